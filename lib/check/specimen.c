/*
 * specimen: follows the recipe until the column takes what comes of it.
 */
#include "check/specimen.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "base/limits.h"
#include "check/language.h"
#include "check/stamp.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define TRIES 96      /* by chance, until one is valid */
#define TAME_TRIES 64 /* of them with plain letters only */
#define TEXT_CAP 8192 /* of a cell that is too long on purpose */
#define PROBES 16
#define CELL_MAX (64 * KIB)

struct specimen {
	struct recipe recipe;
};

/* What was appended since "before". */
static bool
usable_since(const struct specimen *s, const struct buf *out, size_t before)
{
	return recipe_makes(
	    &s->recipe, buf_text(out) + before, out->len - before);
}

static void
cut(struct buf *out, size_t before)
{
	if (out->len == before)
		return;
	out->len = before;
	out->data[before] = '\0';
}

/* A first cell, so that what cannot be made is told before anything is
 * written. */
static enum fault
prove(const struct specimen *s, struct cause *why)
{
	struct buf cell = BUF_MAX(CELL_MAX);
	struct chance chance = { 1 };
	enum fault f = specimen_any(s, &chance, &cell, why);

	buf_free(&cell);
	return f;
}

enum fault
specimen_new(
    struct specimen **out, const struct recipe_job *job, struct cause *why)
{
	struct specimen *s = calloc(1, sizeof(*s));
	enum fault f = FAULT_NONE;

	*out = NULL;
	if (s == NULL)
		return cause_memory(why);
	f = recipe_read(&s->recipe, job, why);
	if (f == FAULT_NONE)
		f = prove(s, why);
	if (f == FAULT_NONE)
		*out = s;
	else
		specimen_free(s);
	return f;
}

void
specimen_free(struct specimen *s)
{
	if (s == NULL)
		return;
	recipe_free(&s->recipe);
	free(s);
}

/* ---- one by chance ---- */

/* Names that no person has, single ones among them, and now and then what must
 * be quoted: a reader that cannot is found with a sample. */
static enum fault
text_any(const struct specimen *s, struct chance *chance, struct buf *out)
{
	static const char *const words[] = { "SATU", "DUA", "TIGA", "EMPAT",
		"LIMA", "ENAM", "TUJUH", "DELAPAN", "SEMBILAN", "SEPULUH" };
	static const char *const odd[] = { ", NO. 2", " \"SATU\"", "; BARU",
		"\nLANTAI 3", " (D/H)" };
	size_t before = out->len, n = 1 + chance_below(chance, 3);
	enum fault f = FAULT_NONE;
	const char *more = NULL;

	if (s->recipe.max_length < 6) {
		n = s->recipe.max_length - s->recipe.min_length;
		n = s->recipe.min_length + chance_below(chance, n + 1);
		n += n == 0 && s->recipe.max_length > 0 ? 1 : 0;
		while (f == FAULT_NONE && n-- > 0)
			f = buf_putf(out, "%c",
			    (char)('A' + (char)chance_below(chance, 26)));
		return f;
	}
	f = buf_puts(out, "CONTOH");
	for (; f == FAULT_NONE && n > 0; n--) {
		more = words[chance_below(chance, COUNT(words))];
		if (out->len - before + 1 + strlen(more) <=
		    s->recipe.max_length)
			f = buf_putf(out, " %s", more);
	}
	more = odd[chance_below(chance, COUNT(odd))];
	if (f == FAULT_NONE && chance_below(chance, 16) == 0 &&
	    out->len - before + strlen(more) <= s->recipe.max_length)
		f = buf_puts(out, more);
	while (f == FAULT_NONE && out->len - before < s->recipe.min_length)
		f = buf_puts(out, "X");
	return f;
}

static enum fault
number_any(const struct specimen *s, struct chance *chance, struct buf *out)
{
	uint64_t span = (uint64_t)s->recipe.hi - (uint64_t)s->recipe.lo;
	uint64_t step = span == UINT64_MAX ? chance_next(chance)
					   : chance_below(chance, span + 1);
	int64_t n = (int64_t)((uint64_t)s->recipe.lo + step);

	if (s->recipe.decimal != 0 && chance_below(chance, 2) == 0)
		return buf_putf(out, "%" PRId64 "%c%02u", n, s->recipe.decimal,
		    (unsigned)chance_below(chance, 100));
	return buf_putf(out, "%" PRId64, n);
}

static enum fault
language_text(
    const struct specimen *s, struct chance *chance, bool tame, struct buf *out)
{
	struct mould mould;

	if (!language_any(s->recipe.language, chance, &mould))
		return FAULT_NONE; /* too long; the next may be shorter */
	if (tame)
		mould_tame(&mould);
	return mould_write_any(&mould, chance, out);
}

static enum fault
attempt(
    const struct specimen *s, struct chance *chance, bool tame, struct buf *out)
{
	switch (s->recipe.how) {
	case FROM_WORDS:
		if (s->recipe.n_words == 0)
			return FAULT_NONE;
		return buf_puts(out,
		    s->recipe.words[chance_below(chance, s->recipe.n_words)]);
	case FROM_LANGUAGE:
		return language_text(s, chance, tame, out);
	case FROM_TEXT:
		return text_any(s, chance, out);
	case FROM_NUMBERS:
		if (s->recipe.lo > s->recipe.hi)
			return FAULT_NONE;
		return number_any(s, chance, out);
	case FROM_STAMPS:
		if (s->recipe.lo > s->recipe.hi)
			return FAULT_NONE;
		return stamp_write(out, s->recipe.unit, s->recipe.format,
		    s->recipe.lo +
			(int64_t)chance_below(chance,
			    (uint64_t)(s->recipe.hi - s->recipe.lo) + 1));
	}
	return FAULT_NONE;
}

enum fault
specimen_any(const struct specimen *s, struct chance *chance, struct buf *out,
    struct cause *why)
{
	size_t before = out->len;
	enum fault f = FAULT_NONE;
	unsigned i = 0;

	for (i = 0; f == FAULT_NONE && i < TRIES; i++) {
		cut(out, before);
		f = attempt(s, chance, i < TAME_TRIES, out);
		if (f == FAULT_NONE && out->len > before)
			recipe_star(
			    &s->recipe, out->data + before, out->len - before);
		if (f == FAULT_NONE && usable_since(s, out, before))
			return FAULT_NONE;
	}
	cut(out, before);
	if (f != FAULT_NONE)
		return f == FAULT_MEMORY
		    ? cause_memory(why)
		    : cause_set(why, f, N_("a cell became too long"));
	cause_place(why, NULL, 0,
	    schema_name(s->recipe.job.schema, s->recipe.job.column),
	    UINT64_MAX);
	return cause_set(why, FAULT_FORMAT,
	    N_("no value was found that keeps all rules of the column"));
}

/* ---- different ones ---- */

/* Whether cells of the mould pass, here and there. */
static enum fault
probe(
    const struct specimen *s, const struct mould *mould, uint64_t n, bool *good)
{
	struct buf cell = BUF_MAX(CELL_MAX);
	enum fault f = FAULT_NONE;
	uint64_t i = 0;

	*good = n > 0;
	for (i = 0; f == FAULT_NONE && *good && i <= PROBES; i++) {
		cut(&cell, 0);
		f = mould_write(mould, (n - 1) / PROBES * i, &cell);
		*good = usable_since(s, &cell, 0);
	}
	buf_free(&cell);
	return f;
}

/* Keeps the mould if it is the best so far. */
static enum fault
take_mould(struct specimen *s, struct mould *mould, uint64_t n, uint64_t *have)
{
	uint64_t count = mould_count(mould);
	bool good = false;
	enum fault f = FAULT_NONE;

	if (count <= *have)
		return FAULT_NONE;
	f = probe(s, mould, count < n ? count : n, &good);
	if (f != FAULT_NONE || !good)
		return f;
	*s->recipe.key = *mould;
	*have = count;
	return FAULT_NONE;
}

static enum fault
count_language(struct specimen *s, uint64_t n, uint64_t *have)
{
	struct mould mould;
	enum fault f = FAULT_NONE;
	size_t extra = 0, choice = 0;

	if (s->recipe.key == NULL &&
	    (s->recipe.key = calloc(1, sizeof(*s->recipe.key))) == NULL)
		return FAULT_MEMORY;
	for (extra = 0; extra < 64 && f == FAULT_NONE && *have < n; extra++)
		for (choice = 0; choice < 8 && f == FAULT_NONE && *have < n;
		     choice++) {
			if (!language_fixed(
				s->recipe.language, choice, extra, &mould))
				continue;
			mould_tame(&mould);
			f = take_mould(s, &mould, n, have);
		}
	return f;
}

/* Without an agreed bound the range may grow to what is needed. */
static void
count_range(struct specimen *s, uint64_t n, uint64_t *have)
{
	bool stamps = s->recipe.how == FROM_STAMPS;
	int64_t last = stamps ? stamp_last(s->recipe.unit) : INT64_MAX;

	if (stamps && strstr(s->recipe.format, "%Y") == NULL)
		last = s->recipe.hi;
	*have = s->recipe.lo > s->recipe.hi
	    ? 0
	    : (uint64_t)s->recipe.hi - (uint64_t)s->recipe.lo + 1;
	if (*have >= n || s->recipe.has_hi || s->recipe.lo > s->recipe.hi ||
	    n > INT64_MAX)
		return;
	s->recipe.hi = last - s->recipe.lo < (int64_t)n
	    ? last
	    : s->recipe.lo + (int64_t)n - 1;
	*have = (uint64_t)s->recipe.hi - (uint64_t)s->recipe.lo + 1;
}

enum fault
specimen_count(struct specimen *s, uint64_t n, uint64_t *have)
{
	*have = 0;
	switch (s->recipe.how) {
	case FROM_WORDS:
		*have = s->recipe.n_words;
		return FAULT_NONE;
	case FROM_LANGUAGE:
	case FROM_TEXT:
		return count_language(s, n, have);
	case FROM_NUMBERS:
	case FROM_STAMPS:
		count_range(s, n, have);
		return FAULT_NONE;
	}
	return FAULT_NONE;
}

enum fault
specimen_key(
    const struct specimen *s, uint64_t at, struct buf *out, struct cause *why)
{
	size_t before = out->len;
	int64_t n = (int64_t)((uint64_t)s->recipe.lo + at);
	enum fault f = FAULT_NONE;

	switch (s->recipe.how) {
	case FROM_WORDS:
		f = buf_puts(out, s->recipe.words[at]);
		break;
	case FROM_LANGUAGE:
	case FROM_TEXT:
		f = mould_write(s->recipe.key, at, out);
		break;
	case FROM_NUMBERS:
		f = buf_putf(out, "%" PRId64, n);
		break;
	case FROM_STAMPS:
		f = stamp_write(out, s->recipe.unit, s->recipe.format, n);
		break;
	}
	if (f != FAULT_NONE)
		return f == FAULT_MEMORY
		    ? cause_memory(why)
		    : cause_set(why, f, N_("a cell became too long"));
	if (usable_since(s, out, before))
		return FAULT_NONE;
	cause_place(why, NULL, 0,
	    schema_name(s->recipe.job.schema, s->recipe.job.column),
	    UINT64_MAX);
	return cause_set(why, FAULT_FORMAT,
	    N_("no value was found that keeps all rules of the column"));
}

/* ---- wrong ones ---- */

static enum fault
put_many(struct buf *out, char c, size_t n)
{
	enum fault f = FAULT_NONE;

	while (f == FAULT_NONE && n-- > 0)
		f = buf_put(out, &c, 1);
	return f;
}

/* One step beyond a bound. */
static enum fault
beyond(const struct specimen *s, bool low, struct buf *out)
{
	bool agreed = low ? s->recipe.has_lo : s->recipe.has_hi;
	int64_t n = low ? s->recipe.lo : s->recipe.hi;

	if (!agreed || n == INT64_MIN || n == INT64_MAX)
		return FAULT_NONE;
	n += low ? -1 : 1;
	if (s->recipe.how == FROM_NUMBERS)
		return buf_putf(out, "%" PRId64, n);
	if (s->recipe.how != FROM_STAMPS || n < stamp_first(s->recipe.unit) ||
	    n > stamp_last(s->recipe.unit))
		return FAULT_NONE;
	return stamp_write(out, s->recipe.unit, s->recipe.format, n);
}

/* Written as agreed, but no day of the calendar. */
static enum fault
february(const struct specimen *s, struct buf *out)
{
	char format[256] = "";
	size_t n = 0;
	const char *at = NULL;

	if (s->recipe.how != FROM_STAMPS ||
	    strstr(s->recipe.format, "%d") == NULL)
		return FAULT_NONE;
	for (at = s->recipe.format; *at != '\0' && n + 3 < sizeof(format);
	     at++) {
		bool two = at[0] == '%' && (at[1] == 'd' || at[1] == 'm');

		if (two)
			memcpy(format + n, at[1] == 'd' ? "31" : "02", 2);
		else if (*at == '%' && at[1] != '\0')
			memcpy(format + n, at, 2);
		else
			format[n] = *at;
		n += *at == '%' && at[1] != '\0' ? 2 : 1;
		at += *at == '%' && at[1] != '\0' ? 1 : 0;
	}
	return stamp_write(out, s->recipe.unit, format, s->recipe.lo);
}

static enum fault
spoiled(const struct specimen *s, bool small, struct buf *out)
{
	struct chance chance = { 7 };
	size_t before = out->len, i = 0;
	struct cause none;
	enum fault f = FAULT_NONE;

	cause_clear(&none);
	f = specimen_any(s, &chance, out, &none);
	if (f != FAULT_NONE)
		return f == FAULT_FORMAT ? FAULT_NONE : f;
	if (!small)
		return buf_puts(out, "?");
	for (i = before; i < out->len; i++)
		if (out->data[i] >= 'A' && out->data[i] <= 'Z')
			out->data[i] |= 0x20;
	return FAULT_NONE;
}

static enum fault
wrong_text(const struct specimen *s, size_t at, struct buf *out)
{
	switch (at) {
	case 1:
		return buf_puts(out, "??");
	case 2:
		return s->recipe.max_length > 0 &&
			s->recipe.max_length < TEXT_CAP
		    ? put_many(out, 'X', s->recipe.max_length + 1)
		    : FAULT_NONE;
	case 3:
		return s->recipe.min_length > 1
		    ? put_many(out, 'X', s->recipe.min_length - 1)
		    : FAULT_NONE;
	case 4:
	case 5:
		return beyond(s, at == 4, out);
	case 6:
		return february(s, out);
	case 7:
		return spoiled(s, true, out);
	default:
		return spoiled(s, false, out);
	}
}

enum fault
specimen_wrong(const struct specimen *s, size_t at, struct buf *out,
    enum value_wrong *rule)
{
	size_t before = out->len, len = 0;
	const char *text = NULL;
	enum fault f = wrong_text(s, at + 1, out);

	*rule = VALUE_OK;
	if (f == FAULT_NONE && out->len > before)
		recipe_star(&s->recipe, out->data + before, out->len - before);
	text = buf_text(out) + before;
	len = out->len - before;
	/* A pseudonym has its form, whatever it was made of. */
	if (f == FAULT_NONE && len > 0 && !s->recipe.hashed &&
	    recipe_fits(&s->recipe, text, len) &&
	    !schema_missing(s->recipe.job.schema, text, len))
		*rule = value_check(s->recipe.column, text, len);
	if (*rule == VALUE_OK)
		cut(out, before);
	return f;
}
