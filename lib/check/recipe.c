/*
 * recipe: five ways to make a cell: words of a list, a pattern's language, free
 * text, numbers and moments within their bounds; and which of them a field
 * descriptor asks for.
 */
#include "check/recipe.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "check/number.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define DIGITS_16 1000000000000000 /* the first number that could be a NIK */

/* Types of moments: unit, default format, and the range without bounds. */
static const struct moment {
	const char *type;
	enum stamp_unit unit;
	const char *format;
	const char *from, *to; /* by the default format */
} moments[] = {
	{ "date", STAMP_DAY, "%Y-%m-%d", "1950-01-01", "2025-12-31" },
	{ "datetime", STAMP_SECOND, "%Y-%m-%dT%H:%M:%S%z",
	    "2024-01-01T00:00:00Z", "2025-12-31T23:59:59Z" },
	{ "time", STAMP_SECOND, "%H:%M:%S", "00:00:00", "23:59:59" },
	{ "year", STAMP_YEAR, "%Y", "1950", "2025" },
	{ "yearmonth", STAMP_MONTH, "%Y-%m", "1950-01", "2025-12" },
};

/* What stands behind a type or a format as an expression. */
static const struct {
	const char *word;
	const char *regex;
} languages[] = {
	{ "email", "contoh[0-9]{6,9}@example\\.invalid" },
	{ "uri", "https://example\\.invalid/[0-9]{6,9}" },
	{ "uuid",
	    "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-"
	    "[0-9a-f]{12}" },
	{ "duration", "P[1-9][0-9]{0,3}D" },
};

static const char *
language_of(const char *word)
{
	size_t i = 0;

	for (i = 0; word != NULL && i < COUNT(languages); i++)
		if (strcmp(languages[i].word, word) == 0)
			return languages[i].regex;
	return NULL;
}

/* ---- what is understood ---- */

static const char *const field_words[] = { "name", "type", "format", "title",
	"description", "constraints", "decimalChar", "groupChar", "bareNumber",
	"trueValues", "falseValues", "categories", "categoriesOrdered" };
static const char *const constraint_words[] = { "required", "unique",
	"minLength", "maxLength", "pattern", "minimum", "maximum",
	"exclusiveMinimum", "exclusiveMaximum", "enum" };

static enum fault
hold_words(const struct node *object, const char *const *known, size_t n,
    struct cause *why)
{
	const struct node *value = NULL;
	const char *key = NULL;
	void *it = NULL;
	size_t i = 0;

	while (object != NULL && node_each(object, &it, &key, &value)) {
		for (i = 0; i < n && strcmp(known[i], key) != 0; i++)
			;
		if (i == n)
			return cause_set(why, FAULT_FORMAT,
			    N_("no sample can be made for a column with "
			       "\"%s\""),
			    key);
	}
	return FAULT_NONE;
}

/* ---- masks ---- */

static void
read_mask(struct recipe *s, const char *mask)
{
	s->hashed = strcmp(mask, "hash") == 0;
	if (strcmp(mask, "star") == 0)
		s->stars_first = SIZE_MAX;
	else if (strncmp(mask, "first:", 6) == 0)
		s->stars_first = (size_t)strtoul(mask + 6, NULL, 10);
	else if (strncmp(mask, "last:", 5) == 0)
		s->stars_last = (size_t)strtoul(mask + 5, NULL, 10);
}

void
recipe_star(const struct recipe *s, unsigned char *text, size_t len)
{
	size_t first = s->stars_first < len ? s->stars_first : len;
	size_t last = s->stars_last < len ? s->stars_last : len;

	if (first > 0)
		memset(text, '*', first);
	if (last > 0)
		memset(text + len - last, '*', last);
}

/* A star is one byte: bytes decide, whatever the letters between are. */
static bool
is_starred(const struct recipe *s, const char *text, size_t len)
{
	size_t i = 0;

	for (i = 0; i < len; i++)
		if ((i < s->stars_first || len - i <= s->stars_last) &&
		    text[i] != '*')
			return false;
	return true;
}

/* ---- the judge ---- */

/* Without quotes nothing may look like the end of a cell. */
bool
recipe_fits(const struct recipe *s, const char *text, size_t len)
{
	const struct csv_dialect *d = s->job.dialect;

	return d->quote != 0 ||
	    (memchr(text, d->delimiter, len) == NULL &&
		memchr(text, '\n', len) == NULL &&
		memchr(text, '\r', len) == NULL);
}

bool
recipe_makes(const struct recipe *s, const char *text, size_t len)
{
	return !schema_missing(s->job.schema, text, len) &&
	    recipe_fits(s, text, len) && is_starred(s, text, len) &&
	    value_check(s->column, text, len) == VALUE_OK;
}

/* ---- words ---- */

static enum fault
add_word(struct recipe *s, const char *word, struct cause *why)
{
	if (word == NULL || !recipe_makes(s, word, strlen(word)))
		return FAULT_NONE;
	s->words[s->n_words] = strdup(word);
	if (s->words[s->n_words] == NULL)
		return cause_memory(why);
	s->n_words++;
	return FAULT_NONE;
}

/* An element is a text, a whole number, or an object that holds it (value). */
static enum fault
add_words(struct recipe *s, const struct node *list, struct cause *why)
{
	char digits[32];
	char **more = NULL;
	enum fault f = FAULT_NONE;
	size_t i = 0, n = node_count(list);

	more = reallocarray(s->words, s->n_words + n + 1, sizeof(*more));
	if (more == NULL)
		return cause_memory(why);
	s->words = more;
	for (i = 0; f == FAULT_NONE && i < n; i++) {
		const struct node *e = node_at(list, i);

		if (node_type(e) == NODE_OBJECT)
			e = node_get(e, "value");
		if (e != NULL && node_type(e) == NODE_INTEGER) {
			(void)snprintf(digits, sizeof(digits), "%" PRId64,
			    node_integer(e));
			f = add_word(s, digits, why);
		} else if (e != NULL)
			f = add_word(s, node_string(e), why);
	}
	return f;
}

static enum fault
read_boolean(struct recipe *s, struct cause *why)
{
	static const char *const lists[] = { "trueValues", "falseValues" };
	const struct node *list = NULL;
	char **room = calloc(3, sizeof(*room));
	enum fault f = FAULT_NONE;
	size_t i = 0;

	s->how = FROM_WORDS;
	s->words = room;
	if (room == NULL)
		return cause_memory(why);
	for (i = 0; f == FAULT_NONE && i < 2; i++) {
		list = node_get(s->job.field, lists[i]);
		f = list != NULL ? add_words(s, list, why)
				 : add_word(s, i == 0 ? "true" : "false", why);
	}
	return f;
}

/* ---- numbers and moments ---- */

/* Whole numbers within a bound that is written as a cell would be. */
static bool
read_number(
    const struct recipe *s, const struct node *node, int64_t *out, bool up)
{
	struct number_format format = { s->decimal, 0 };
	const char *group = node_text(s->job.field, "groupChar");
	const char *text = node_string(node);
	struct number n = { 0, 0, false };
	value_wide wide = 0, unit = (value_wide)NUMBER_PART_UNIT;

	if (text == NULL) {
		*out = node_integer(node);
		return node_type(node) == NODE_INTEGER;
	}
	format.group = group == NULL ? '\0' : group[0];
	if (number_read(&n, &format, text, strlen(text)) != VALUE_OK)
		return false;
	wide = number_wide(&n);
	*out = (int64_t)(wide / unit);
	if (up && wide > 0 && wide % unit != 0)
		(*out)++;
	else if (!up && wide < 0 && wide % unit != 0)
		(*out)--;
	return wide / unit < INT64_MAX && wide / unit > INT64_MIN;
}

static bool
read_bound(const struct recipe *s, const char *name, int64_t *out, bool up)
{
	const struct node *rules = node_get(s->job.field, "constraints");
	const struct node *node = node_get(rules, name);

	if (node == NULL)
		return false;
	if (s->how == FROM_NUMBERS)
		return read_number(s, node, out, up);
	if (node_type(node) == NODE_INTEGER) {
		*out = node_integer(node);
		return s->unit == STAMP_YEAR;
	}
	return node_string(node) != NULL &&
	    stamp_read(out, s->unit, s->format, node_string(node));
}

/* lo and hi come in as the range without bounds, and move with them. */
static void
read_bounds(struct recipe *s)
{
	int64_t span = s->hi - s->lo, at = 0;

	s->has_lo = read_bound(s, "minimum", &at, true);
	if (!s->has_lo && read_bound(s, "exclusiveMinimum", &at, true)) {
		s->has_lo = true;
		at++;
	}
	if (s->has_lo && (at < s->lo || at > s->hi))
		s->hi = at > INT64_MAX - span ? INT64_MAX : at + span;
	if (s->has_lo)
		s->lo = at;
	s->has_hi = read_bound(s, "maximum", &at, false);
	if (!s->has_hi && read_bound(s, "exclusiveMaximum", &at, false)) {
		s->has_hi = true;
		at--;
	}
	if (s->has_hi && !s->has_lo && at < s->lo)
		s->lo = at < INT64_MIN + span ? INT64_MIN : at - span;
	if (s->has_hi)
		s->hi = at;
}

/* Of 16 digits: those that no live NIK has, where the bounds allow them. */
static void
tame_numbers(struct recipe *s)
{
	if (s->lo < DIGITS_16 && s->hi >= DIGITS_16)
		s->hi = DIGITS_16 - 1;
	if (s->lo < DIGITS_16 || s->lo > 8800000000009000 ||
	    s->hi < 8800000000009999)
		return;
	s->lo = 8800000000009000;
	s->hi = 8800000000009999;
}

static void
read_numbers(struct recipe *s, const char *type)
{
	const char *decimal = node_text(s->job.field, "decimalChar");

	s->how = FROM_NUMBERS;
	if (strcmp(type, "number") == 0)
		s->decimal = decimal == NULL ? '.' : decimal[0];
	s->hi = 999;
	read_bounds(s);
	tame_numbers(s);
}

static void
read_moments(struct recipe *s, const struct moment *m)
{
	const char *format = node_text(s->job.field, "format");

	s->how = FROM_STAMPS;
	s->unit = m->unit;
	s->format = format == NULL || strcmp(format, "default") == 0 ? m->format
								     : format;
	(void)!stamp_read(&s->lo, m->unit, m->format, m->from);
	(void)!stamp_read(&s->hi, m->unit, m->format, m->to);
	read_bounds(s);
}

/* ---- strings ---- */

/* Keys of free text have this form. */
static enum fault
text_language(struct recipe *s, struct cause *why)
{
	char regex[96];
	size_t lo = s->min_length, hi = s->max_length;

	if (hi >= 16 && lo <= 64)
		(void)snprintf(regex, sizeof(regex), "CONTOH [0-9]{%zu,%zu}",
		    lo > 13 ? lo - 7 : 6, hi > 25 ? 57 : hi - 7);
	else
		(void)snprintf(regex, sizeof(regex), "[A-Z0-9]{%zu,%zu}",
		    lo > 0 ? lo : 1, hi);
	return language_new(&s->language, regex, why);
}

static enum fault
read_string(struct recipe *s, struct cause *why)
{
	const struct node *rules = node_get(s->job.field, "constraints");
	const char *format = node_text(s->job.field, "format");
	const char *regex = node_text(rules, "pattern");

	s->min_length = (size_t)node_int(rules, "minLength", 0);
	s->max_length = (size_t)node_int(rules, "maxLength", 100);
	if (s->max_length < s->min_length)
		s->max_length = s->min_length;
	s->how = FROM_LANGUAGE;
	if (regex == NULL)
		regex = language_of(format);
	if (regex == NULL)
		regex = s->job.hint;
	if (regex != NULL)
		return language_new(&s->language, regex, why);
	if (format != NULL && strcmp(format, "default") != 0)
		return cause_set(why, FAULT_FORMAT,
		    N_("no sample can be made for a column with \"%s\""),
		    format);
	s->how = FROM_TEXT;
	return text_language(s, why);
}

static enum fault
read_type(struct recipe *s, struct cause *why)
{
	const char *type = node_text(s->job.field, "type");
	const struct node *rules = node_get(s->job.field, "constraints");
	const struct node *list = node_get(rules, "enum");
	size_t i = 0;

	if (list == NULL)
		list = node_get(s->job.field, "categories");
	if (s->job.only != NULL)
		list = s->job.only;
	if (type == NULL)
		return FAULT_NONE;
	if (strcmp(type, "boolean") == 0)
		return read_boolean(s, why);
	if (strcmp(type, "string") == 0) {
		s->max_length = (size_t)node_int(rules, "maxLength", 0);
		if (list == NULL)
			return read_string(s, why);
	} else if (strcmp(type, "integer") == 0 ||
	    strcmp(type, "number") == 0) {
		read_numbers(s, type);
	} else if (language_of(type) != NULL) {
		s->how = FROM_LANGUAGE;
		if (list == NULL)
			return language_new(
			    &s->language, language_of(type), why);
	}
	for (i = 0; i < COUNT(moments); i++)
		if (strcmp(moments[i].type, type) == 0)
			read_moments(s, &moments[i]);
	if (list != NULL)
		s->how = FROM_WORDS;
	if (list != NULL)
		return add_words(s, list, why);
	if (s->how == FROM_NUMBERS || s->how == FROM_STAMPS)
		return FAULT_NONE;
	return cause_set(why, FAULT_FORMAT,
	    N_("no sample can be made for a column of type %s"), type);
}

enum fault
recipe_read(struct recipe *s, const struct recipe_job *job, struct cause *why)
{
	const struct node *rules = node_get(job->field, "constraints");
	enum fault f = FAULT_NONE;

	s->job = *job;
	s->column = schema_column(job->schema, job->column);
	if (job->mask != NULL)
		read_mask(s, job->mask);
	f = hold_words(job->field, field_words, COUNT(field_words), why);
	if (f == FAULT_NONE)
		f = hold_words(
		    rules, constraint_words, COUNT(constraint_words), why);
	return f == FAULT_NONE ? read_type(s, why) : f;
}

void
recipe_free(struct recipe *s)
{
	size_t i = 0;

	for (i = 0; i < s->n_words; i++)
		free(s->words[i]);
	free(s->words);
	language_free(s->language);
	free(s->key);
}
