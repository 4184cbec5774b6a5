/*
 * value: the check of one cell.
 *
 * Called for every cell of every file, so a rule that a column does not have
 * costs nothing: free strings return at once, numbers and dates are only
 * compared when there is something to compare with.  The steps are kept from
 * being inlined into value_check, so that each cell pays for its own type only.
 */
#include "check/value.h"

#include <stdlib.h>
#include <string.h>

#include "check/agreed.h"
#include "check/column.h"
#include "text/utf8.h"

#define STEP __attribute__((noinline)) static enum value_wrong
#define UNIT ((int64_t)NUMBER_PART_UNIT)
/* A sum beyond this could overflow; 10^18 of the largest values reach it. */
#define SUM_MAX ((value_wide)NUMBER_PART_UNIT * 10000000000000000000ULL)

const char *
value_wrong_text(enum value_wrong wrong)
{
	switch (wrong) {
	case VALUE_REQUIRED:
		return "required";
	case VALUE_TYPE:
		return "type";
	case VALUE_FORMAT:
		return "format";
	case VALUE_PATTERN:
		return "pattern";
	case VALUE_ENUM:
		return "enum";
	case VALUE_MINIMUM:
		return "minimum";
	case VALUE_MAXIMUM:
		return "maximum";
	case VALUE_MIN_LENGTH:
		return "minLength";
	case VALUE_MAX_LENGTH:
		return "maxLength";
	case VALUE_EXCLUSIVE_MINIMUM:
		return "exclusiveMinimum";
	case VALUE_EXCLUSIVE_MAXIMUM:
		return "exclusiveMaximum";
	case VALUE_CATEGORIES:
		return "categories";
	case VALUE_WRONGS:
	case VALUE_OK:
	default:
		return "";
	}
}

void
column_free(struct column *c)
{
	if (c == NULL)
		return;
	free(c->name);
	agreed_free(c);
	free(c->values);
	pattern_free(c->pattern);
	set_free(c->words);
	free(c);
}

const char *
column_name(const struct column *c)
{
	return c->name;
}

bool
column_required(const struct column *c)
{
	return c->required;
}

bool
column_unique(const struct column *c)
{
	return c->unique;
}

void
column_require(struct column *c)
{
	c->required = true;
}

bool
column_numeric(const struct column *c)
{
	return c->kind == COLUMN_INTEGER || c->kind == COLUMN_NUMBER;
}

bool
column_dated(const struct column *c)
{
	return c->kind == COLUMN_DATE || c->kind == COLUMN_DATETIME;
}

bool
column_timed(const struct column *c)
{
	return c->kind == COLUMN_DATETIME;
}

/*
 * n bytes are at most n and at least n / 4 code points: between low and low +
 * span bytes nobody has to count them.
 */
static void
find_sure(struct column *c)
{
	size_t low = c->min_length == 0 ? 0 : c->min_length * 4 - 3;

	if (low <= c->max_length) {
		c->sure_low = low;
		c->sure_span = c->max_length - low;
	} else {
		/* No length but this one, which no cell has. */
		c->sure_low = SIZE_MAX;
		c->sure_span = 0;
	}
}

/* The fewest rules that decide, in the order of how common they are. */
static enum column_path
find_path(struct column *c)
{
	bool lengths = c->min_length > 0 || c->max_length < SIZE_MAX;

	switch (c->kind) {
	case COLUMN_INTEGER:
	case COLUMN_NUMBER:
		return PATH_NUMBER;
	case COLUMN_BOOLEAN:
		return PATH_BOOLEAN;
	case COLUMN_DATE:
	case COLUMN_DATETIME:
		return PATH_DATE;
	case COLUMN_TIME:
	case COLUMN_YEAR:
	case COLUMN_YEARMONTH:
		return PATH_TIME;
	case COLUMN_DURATION:
		return PATH_DURATION;
	case COLUMN_STRING:
	default:
		if (c->form != FORM_ANY)
			return PATH_STRING;
		if (c->pattern == NULL && c->words == NULL)
			return PATH_LENGTH;
		if (c->pattern == NULL && !lengths)
			return PATH_WORDS;
		if (c->words != NULL || lengths)
			return PATH_STRING;
		c->shape = pattern_shape(c->pattern);
		return c->shape != NULL ? PATH_SHAPE : PATH_PATTERN;
	}
}

void
column_settle(struct column *c)
{
	c->compare = c->has_minimum || c->has_maximum || c->values != NULL;
	c->path = find_path(c);
	find_sure(c);
}

/* Lengths in code points; counted only when bytes alone do not decide. */
STEP
check_length(const struct column *c, const char *text, size_t len)
{
	size_t points = 0;

	if (len < c->min_length)
		return VALUE_MIN_LENGTH;
	points = utf8_length(text, len);
	if (points < c->min_length)
		return VALUE_MIN_LENGTH;
	return points > c->max_length ? VALUE_MAX_LENGTH : VALUE_OK;
}

STEP
check_words(const struct column *c, const char *text, size_t len)
{
	return set_find(c->words, text, len) == SIZE_MAX ? c->unlisted
							 : VALUE_OK;
}

STEP
check_string(const struct column *c, const char *text, size_t len)
{
	enum value_wrong wrong = VALUE_OK;

	if (c->form != FORM_ANY && !form_holds(c->form, text, len))
		return VALUE_FORMAT;
	if (len - c->sure_low > c->sure_span)
		wrong = check_length(c, text, len);
	if (wrong != VALUE_OK)
		return wrong;
	if (c->pattern != NULL && !pattern_match(c->pattern, text, len))
		return VALUE_PATTERN;
	return c->words != NULL ? check_words(c, text, len) : VALUE_OK;
}

/* Bisection: enums of numbers are short, but nobody says they must be. */
static bool
is_among(const value_wide *values, size_t n, value_wide key)
{
	size_t low = 0;

	while (low < n) {
		size_t middle = low + (n - low) / 2;

		if (values[middle] == key)
			return true;
		if (values[middle] < key)
			low = middle + 1;
		else
			n = middle;
	}
	return false;
}

static inline enum value_wrong
check_key(const struct column *c, value_wide key)
{
	if (c->has_minimum && key < c->minimum)
		return c->low;
	if (c->has_maximum && key > c->maximum)
		return c->high;
	if (c->values != NULL && !is_among(c->values, c->n_values, key))
		return c->unlisted;
	return VALUE_OK;
}

STEP
check_number(const struct column *c, const char *text, size_t len)
{
	struct number n = { 0, 0, false };
	enum value_wrong wrong = number_read(&n, &c->number, text, len);

	if (wrong != VALUE_OK || !c->compare)
		return wrong;
	return check_key(c, number_wide(&n));
}

STEP
check_date(const struct column *c, const char *text, size_t len)
{
	value_wide key = 0;
	enum value_wrong wrong = VALUE_OK;

	if (!c->compare)
		return date_read(NULL, &c->date, text, len);
	wrong = date_read(&key, &c->date, text, len);
	return wrong != VALUE_OK ? wrong : check_key(c, key);
}

STEP
check_duration(const struct column *c, const char *text, size_t len)
{
	value_wide key = 0;
	enum value_wrong wrong = duration_read(&key, text, len);

	return wrong != VALUE_OK ? wrong : check_key(c, key);
}

STEP
check_boolean(const struct column *c, const char *text, size_t len)
{
	size_t word = set_find(c->words, text, len);

	if (word == SIZE_MAX)
		return VALUE_TYPE;
	if (word < c->n_true ? c->allow_true : c->allow_false)
		return VALUE_OK;
	return VALUE_ENUM;
}

enum value_wrong
value_check(const struct column *c, const char *text, size_t len)
{
	switch (c->path) {
	case PATH_LENGTH:
		if (len - c->sure_low <= c->sure_span)
			return VALUE_OK;
		return check_length(c, text, len);
	case PATH_SHAPE:
		if (len == c->shape->len && shape_match(c->shape, text))
			return VALUE_OK;
		return VALUE_PATTERN;
	case PATH_PATTERN:
		return pattern_match(c->pattern, text, len) ? VALUE_OK
							    : VALUE_PATTERN;
	case PATH_WORDS:
		return check_words(c, text, len);
	case PATH_NUMBER:
		return check_number(c, text, len);
	case PATH_BOOLEAN:
		return check_boolean(c, text, len);
	case PATH_DATE:
	case PATH_TIME:
		return check_date(c, text, len);
	case PATH_DURATION:
		return check_duration(c, text, len);
	case PATH_STRING:
	default:
		return check_string(c, text, len);
	}
}

value_wide
value_moment(const struct column *c, const char *text, size_t len)
{
	value_wide key = 0;

	(void)date_read(&key, &c->date, text, len);
	return key;
}

void
value_day(const struct column *c, const char *text, unsigned *year,
    unsigned *month, unsigned *day)
{
	date_parts(&c->date, text, year, month, day);
}

/* Adds a part of less than two units and carries it over. */
static void
add(struct value_sum *sum, value_wide whole, int64_t part)
{
	sum->whole += whole;
	sum->part += part;
	if (sum->part >= UNIT) {
		sum->part -= UNIT;
		sum->whole++;
	} else if (sum->part <= -UNIT) {
		sum->part += UNIT;
		sum->whole--;
	}
	if (sum->whole > SUM_MAX || sum->whole < -SUM_MAX) {
		/* Once is for ever, so that no order of adding can hide it. */
		sum->overflow = true;
		sum->whole = 0;
	}
}

/* value_check took the cell before, so a failure here is a caller's slip: the
 * sum must not look right then. */
void
value_sum_add(
    struct value_sum *sum, const struct column *c, const char *text, size_t len)
{
	struct number n = { 0, 0, false };

	if (number_read(&n, &c->number, text, len) != VALUE_OK)
		sum->overflow = true;
	else if (n.negative)
		add(sum, -(value_wide)n.whole, -(int64_t)n.part);
	else
		add(sum, (value_wide)n.whole, (int64_t)n.part);
}

void
value_sum_merge(struct value_sum *into, const struct value_sum *from)
{
	add(into, from->whole, from->part);
	into->overflow = into->overflow || from->overflow;
}

bool
value_sum_text(const struct value_sum *sum, char *out, size_t cap)
{
	char text[VALUE_SUM_TEXT];
	value_wide whole = sum->whole;
	int64_t part = sum->part;
	bool negative = whole < 0 || (whole == 0 && part < 0);
	size_t at = sizeof(text);
	bool shown = false;
	int i = 0;

	if (sum->overflow)
		return false;
	if (negative) {
		whole = -whole;
		part = -part;
	}
	/* The part may still pull the other way: borrow. */
	if (part < 0) {
		part += UNIT;
		whole--;
	}
	text[--at] = '\0';
	for (i = 0; i < NUMBER_PART_DIGITS; i++, part /= 10) {
		shown = shown || part % 10 != 0;
		if (shown)
			text[--at] = (char)('0' + part % 10);
	}
	if (shown)
		text[--at] = '.';
	do {
		text[--at] = (char)('0' + (int)(whole % 10));
		whole /= 10;
	} while (whole > 0);
	if (negative)
		text[--at] = '-';
	if (sizeof(text) - at > cap)
		return false;
	memcpy(out, text + at, sizeof(text) - at);
	return true;
}

/* ---- edges ---- */

void
value_edge_merge(
    struct value_edge *into, const struct value_edge *from, bool latest)
{
	if (!from->any)
		return;
	if (!into->any ||
	    (latest ? from->key > into->key : from->key < into->key))
		*into = *from;
}

void
value_edge_add(struct value_edge *edge, const struct column *c,
    const char *text, size_t len, bool latest)
{
	struct value_edge one = { 0, true };

	if (date_read(&one.key, &c->date, text, len) == VALUE_OK)
		value_edge_merge(edge, &one, latest);
}
