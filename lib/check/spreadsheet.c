/*
 * spreadsheet: forms, tried on cells that are wrong already; nothing here may
 * be called for a cell that is right.
 */
#include "check/spreadsheet.h"

#include <string.h>
#include <strings.h>

#include "check/column.h"

/* Codes and row numbers; a longer number begins with no zeros. */
#define PADDED_MAX 12
/* A phone number with its plus. */
#define PLUS_MAX 32

/* As English and Indonesian spreadsheets write them, by their first three
 * letters. */
static const char months[][4] = { "jan", "feb", "mar", "apr", "mei", "may",
	"jun", "jul", "agu", "agt", "ags", "aug", "sep", "okt", "oct", "nov",
	"nop", "des", "dec" };

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* How many digits text begins with. */
static size_t
digits(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && is_digit(text[n]))
		n++;
	return n;
}

/* 8,80101E+15 */
static bool
has_exponent(const char *text, size_t len)
{
	size_t n = digits(text, len);

	if (n != 1)
		return false;
	if (n < len && (text[n] == ',' || text[n] == '.')) {
		n++;
		n += digits(text + n, len - n);
	}
	if (len - n < 3 || (text[n] != 'E' && text[n] != 'e') ||
	    text[n + 1] != '+')
		return false;
	n += 2;
	return len - n <= 3 && digits(text + n, len - n) == len - n;
}

/* Letters that are a month's name; how many. */
static size_t
month(const char *text, size_t len)
{
	size_t n = 0, i = 0;

	while (n < len &&
	    ((text[n] >= 'A' && text[n] <= 'Z') ||
		(text[n] >= 'a' && text[n] <= 'z')))
		n++;
	for (i = 0; n >= 3 && n <= 9 && i < sizeof(months) / sizeof(*months);
	     i++)
		if (strncasecmp(text, months[i], 3) == 0)
			return n;
	return 0;
}

static bool
is_mark(char c)
{
	return c == '-' || c == '/' || c == ' ' || c == '.';
}

/* 3-Mei, 03-May-24, Mar-05; *year: digits of the year. */
static bool
is_date(const char *text, size_t len, size_t *year)
{
	size_t day = digits(text, len), at = 0, n = 0;

	*year = 0;
	if (day > 2)
		return false;
	if (day > 0 && (day == len || !is_mark(text[day])))
		return false;
	at = day > 0 ? day + 1 : 0;
	n = month(text + at, len - at);
	at += n;
	if (n == 0)
		return false;
	/* A name alone is a word. */
	if (at == len)
		return day > 0;
	if (!is_mark(text[at]))
		return false;
	at++;
	*year = len - at;
	return (*year == 2 || *year == 4) && digits(text + at, *year) == *year;
}

/* Zeros that were taken off in front. */
static bool
lacks_zeros(const struct column *c, const char *text, size_t len)
{
	char padded[PADDED_MAX];
	size_t n = 0;

	if (len == 0 || len >= PADDED_MAX || text[0] == '0' ||
	    digits(text, len) != len)
		return false;
	memset(padded, '0', sizeof(padded));
	memcpy(padded + PADDED_MAX - len, text, len);
	for (n = len + 1; n <= PADDED_MAX; n++)
		if (value_check(c, padded + PADDED_MAX - n, n) == VALUE_OK)
			return true;
	return false;
}

static bool
lacks_plus(const struct column *c, const char *text, size_t len)
{
	char whole[PLUS_MAX];

	if (len == 0 || len >= PLUS_MAX || digits(text, len) != len)
		return false;
	whole[0] = '+';
	memcpy(whole + 1, text, len);
	return value_check(c, whole, len + 1) == VALUE_OK;
}

static enum spreadsheet_mark
mark_text(const struct column *c, const char *text, size_t len)
{
	size_t year = 0;

	if (has_exponent(text, len))
		return SPREADSHEET_EXPONENT;
	if (is_date(text, len, &year))
		return SPREADSHEET_DATE;
	if (lacks_zeros(c, text, len))
		return SPREADSHEET_ZEROS;
	return lacks_plus(c, text, len) ? SPREADSHEET_PLUS : SPREADSHEET_NONE;
}

/* A date with all of its year is whole, only written in another way. */
static enum spreadsheet_mark
mark_date(const char *text, size_t len)
{
	size_t year = 0;

	if (len == 5 && digits(text, len) == 5)
		return SPREADSHEET_SERIAL;
	if (is_date(text, len, &year) && year < 4)
		return SPREADSHEET_DATE;
	return SPREADSHEET_NONE;
}

enum spreadsheet_mark
spreadsheet_mark(const struct column *c, const char *text, size_t len)
{
	switch (c->kind) {
	case COLUMN_STRING:
		return mark_text(c, text, len);
	case COLUMN_INTEGER:
		return has_exponent(text, len) ? SPREADSHEET_EXPONENT
					       : SPREADSHEET_NONE;
	case COLUMN_DATE:
	case COLUMN_DATETIME:
		return mark_date(text, len);
	case COLUMN_NUMBER:
	case COLUMN_BOOLEAN:
	case COLUMN_TIME:
	case COLUMN_YEAR:
	case COLUMN_YEARMONTH:
	case COLUMN_DURATION:
	default:
		return SPREADSHEET_NONE;
	}
}

bool
spreadsheet_cut(const struct spreadsheet_digits *d)
{
	return (d->all >= 100 && d->zeros * 4 > d->all) ||
	    (d->all >= 10 && d->zeros == d->all);
}

/* ---- columns ---- */

bool
column_identifiers(const struct column *c)
{
	const struct shape *s =
	    c->pattern == NULL ? NULL : pattern_shape(c->pattern);
	size_t i = 0;

	if (c->kind != COLUMN_STRING || s == NULL || s->len != 16)
		return false;
	while (i < 16 && s->under[i] == '0' && s->over[i] == 0x7f - '9')
		i++;
	return i == 16;
}

/* What makes a formula of a cell, and a number with a sign. */
static const char formula_bytes[] = "=+-@\t\r";
static const char number_bytes[] = "+-0123456789 ().";

static bool
shape_begins(const struct shape *s)
{
	const char *c = NULL;

	for (c = formula_bytes; s->len > 0 && *c != '\0'; c++)
		if (*c >= s->under[0] && *c <= 0x7f - s->over[0])
			return true;
	return false;
}

bool
column_formulas(const struct column *c)
{
	struct pattern_class class = { { false }, 0, 0 };
	const struct shape *shape = NULL;
	const char *b = NULL;
	size_t n = 0, i = 0;

	/* Words are agreed one by one. */
	if (c->kind != COLUMN_STRING || c->words != NULL)
		return false;
	if (c->pattern == NULL)
		return true;
	shape = pattern_shapes(c->pattern, &n);
	for (i = 0; i < n; i++)
		if (shape_begins(&shape[i]))
			return true;
	if (n > 0)
		return false;
	if (!pattern_class(c->pattern, &class))
		return true;
	for (b = formula_bytes; *b != '\0'; b++)
		if (class.in[(unsigned char)*b])
			return true;
	return false;
}

bool
column_formula(const struct column *c, const char *text, size_t len)
{
	size_t i = 0;

	if (len == 0 || memchr(formula_bytes, text[0], 6) == NULL)
		return false;
	if (c->pattern == NULL)
		return true;
	while (i < len && memchr(number_bytes, text[i], 16) != NULL)
		i++;
	return i < len;
}
