/*
 * mould: what is made from a row of letters, counted like the digits of a
 * number.
 */
#include "check/mould.h"

#include <string.h>

void
letter_add(struct letter *t, unsigned lo, unsigned hi)
{
	for (; lo <= hi && lo < 128; lo++)
		t->in[lo / 64] |= 1ULL << lo % 64;
}

static bool
has(const struct letter *t, unsigned c)
{
	return (t->in[c / 64] >> c % 64 & 1) != 0;
}

void
letter_invert(struct letter *t)
{
	struct letter all = { { 0, 0 }, 0 };

	letter_add(&all, ' ', '~');
	t->in[0] = ~t->in[0] & all.in[0];
	t->in[1] = ~t->in[1] & all.in[1];
	t->point = 0;
}

bool
letter_kind(struct letter *t, char kind)
{
	struct letter k = { { 0, 0 }, 0 };

	switch (kind | 0x20) {
	case 'w':
		letter_add(&k, 'A', 'Z');
		letter_add(&k, 'a', 'z');
		letter_add(&k, '_', '_');
		letter_add(&k, '0', '9');
		break;
	case 'd':
		letter_add(&k, '0', '9');
		break;
	case 's':
	case 'h':
		letter_add(&k, ' ', ' ');
		break;
	default:
		return false;
	}
	if (kind < 'a')
		letter_invert(&k);
	t->in[0] |= k.in[0];
	t->in[1] |= k.in[1];
	return true;
}

bool
letter_named(struct letter *t, const char *name, size_t len)
{
	static const struct {
		const char *name;
		const char *ranges; /* pairs */
	} known[] = {
		{ "alpha", "AZaz" },
		{ "digit", "09" },
		{ "alnum", "09AZaz" },
		{ "upper", "AZ" },
		{ "lower", "az" },
		{ "space", "  " },
		{ "blank", "  " },
		{ "xdigit", "09AFaf" },
		{ "punct", "!/:@[`{~" },
		{ "print", " ~" },
		{ "graph", "!~" },
		{ "L", "AZaz" },
		{ "L&", "AZaz" },
		{ "Lu", "AZ" },
		{ "Ll", "az" },
		{ "Latin", "AZaz" },
		{ "N", "09" },
		{ "Nd", "09" },
		{ "Zs", "  " },
		{ "Z", "  " },
		{ "P", "!#%*,/:;" },
	};
	const char *pair = NULL;
	size_t i = 0;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strlen(known[i].name) != len ||
		    strncmp(known[i].name, name, len) != 0)
			continue;
		for (pair = known[i].ranges; *pair != '\0'; pair += 2)
			letter_add(
			    t, (unsigned char)pair[0], (unsigned char)pair[1]);
		return true;
	}
	return false;
}

/* Leaves only lo to hi, if there is any of them. */
static void
narrow(struct letter *t, const char *ranges)
{
	struct letter keep = { { 0, 0 }, 0 };

	for (; *ranges != '\0'; ranges += 2)
		letter_add(
		    &keep, (unsigned char)ranges[0], (unsigned char)ranges[1]);
	keep.in[0] &= t->in[0];
	keep.in[1] &= t->in[1];
	if ((keep.in[0] | keep.in[1]) == 0)
		return;
	t->in[0] = keep.in[0];
	t->in[1] = keep.in[1];
}

static bool
is_digits(const struct letter *t)
{
	struct letter digits = { { 0, 0 }, 0 };

	letter_add(&digits, '0', '9');
	return t->point == 0 && t->in[1] == 0 && t->in[0] != 0 &&
	    (t->in[0] & ~digits.in[0]) == 0;
}

void
mould_tame(struct mould *f)
{
	/* 88 PP CC DDMMYY 9SSS: a day from 01 to 28, a month from 01 to 09. */
	static const char *const nik[16] = { "88", "88", "", "", "", "", "02",
		"18", "00", "19", "", "", "99", "", "", "" };
	size_t i = 0, digits = 0;

	for (i = 0; i < f->n; i++)
		narrow(&f->letter[i], "AZ09");
	for (i = 0; i < f->n; i++)
		narrow(&f->letter[i], "AZ09az");
	while (digits < f->n && is_digits(&f->letter[digits]))
		digits++;
	for (i = 0; f->n == 16 && digits >= 12 && i < 16; i++)
		narrow(&f->letter[i], nik[i]);
}

static unsigned
letter_count(const struct letter *t)
{
	if (t->point != 0)
		return 1;
	return (unsigned)(__builtin_popcountll(t->in[0]) +
	    __builtin_popcountll(t->in[1]));
}

uint64_t
mould_count(const struct mould *f)
{
	uint64_t count = 1;
	size_t i = 0;

	for (i = 0; i < f->n; i++)
		if (__builtin_mul_overflow(
			count, letter_count(&f->letter[i]), &count))
			return UINT64_MAX;
	return count;
}

/* UTF-8 of a code point that is not ASCII. */
static enum fault
put_point(uint32_t point, struct buf *out)
{
	unsigned char bytes[4];
	size_t n = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4, i = 0;

	for (i = n - 1; i > 0; i--, point >>= 6)
		bytes[i] = (unsigned char)(0x80 | (point & 0x3f));
	bytes[0] = (unsigned char)((0xf00U >> n & 0xff) | point);
	return buf_put(out, bytes, n);
}

static enum fault
put_letter(const struct letter *t, uint64_t which, struct buf *out)
{
	unsigned char c = 0;

	if (t->point != 0)
		return put_point(t->point, out);
	for (c = 0; c < 127; c++)
		if (has(t, c) && which-- == 0)
			break;
	return buf_put(out, &c, 1);
}

enum fault
mould_write(const struct mould *f, uint64_t at, struct buf *out)
{
	uint64_t which[MOULD_LONGEST];
	enum fault fault = FAULT_NONE;
	size_t i = 0;

	for (i = f->n; i > 0; i--) {
		which[i - 1] = at % letter_count(&f->letter[i - 1]);
		at /= letter_count(&f->letter[i - 1]);
	}
	for (i = 0; fault == FAULT_NONE && i < f->n; i++)
		fault = put_letter(&f->letter[i], which[i], out);
	return fault;
}

enum fault
mould_write_any(const struct mould *f, struct chance *chance, struct buf *out)
{
	enum fault fault = FAULT_NONE;
	size_t i = 0;

	for (i = 0; fault == FAULT_NONE && i < f->n; i++)
		fault = put_letter(&f->letter[i],
		    chance_below(chance, letter_count(&f->letter[i])), out);
	return fault;
}
