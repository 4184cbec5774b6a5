/*
 * number: hand-written digit code, because strtod rounds, follows the locale
 * and takes hexadecimal, and because this runs for every numeric cell.
 */
#include "check/number.h"

#include <string.h>

/* Enough for sign, every digit we take and the decimal character. */
#define GROUPED_MAX 64

static const uint64_t power10[NUMBER_PART_DIGITS + 1] = { 1ULL, 10ULL, 100ULL,
	1000ULL, 10000ULL, 100000ULL, 1000000ULL, 10000000ULL, 100000000ULL,
	1000000000ULL, 10000000000ULL, 100000000000ULL, 1000000000000ULL,
	10000000000000ULL, 100000000000000ULL, 1000000000000000ULL,
	10000000000000000ULL, 100000000000000000ULL, 1000000000000000000ULL };

/* Takes digits; wraps beyond 19 of them, which the caller counts. */
static const char *
digits(const char *at, const char *end, uint64_t *value)
{
	uint64_t v = 0;
	unsigned d = 0;

	while (at < end && (d = (unsigned)(unsigned char)*at - '0') <= 9) {
		v = v * 10 + d;
		at++;
	}
	*value = v;
	return at;
}

static enum value_wrong
read_plain(struct number *out, char decimal, const char *at, const char *end)
{
	const char *start = NULL;
	const char *whole_end = NULL;
	size_t n_part = 0;
	bool any = false;

	out->part = 0;
	out->negative = at < end && *at == '-';
	if (at < end && (*at == '-' || *at == '+'))
		at++;
	start = at;
	while (at < end && *at == '0')
		at++;
	any = at > start;
	start = at;
	at = whole_end = digits(at, end, &out->whole);
	any = any || at > start;
	if (at < end && decimal != '\0' && *at == decimal) {
		const char *part = ++at;

		at = digits(at, end, &out->part);
		n_part = (size_t)(at - part);
		any = any || n_part > 0;
	}
	if (at != end || !any)
		return VALUE_TYPE;
	if (whole_end - start > NUMBER_WHOLE_DIGITS ||
	    n_part > NUMBER_PART_DIGITS)
		return VALUE_FORMAT;
	out->part *= power10[NUMBER_PART_DIGITS - n_part];
	return VALUE_OK;
}

/*
 * Copies the text without its group characters, holding the groups to 1-3
 * digits first and then 3 each.  False when they are not so.
 */
static bool
ungroup(char *out, size_t *n, const struct number_format *f, const char *text,
    size_t len)
{
	size_t run = 0;
	size_t i = 0;
	bool grouped = false;

	*n = 0;
	if (len > 0 && (text[0] == '-' || text[0] == '+'))
		out[(*n)++] = text[i++];
	for (; i < len && (f->decimal == '\0' || text[i] != f->decimal); i++) {
		if (text[i] == f->group) {
			if (run == 0 || run > 3 || (grouped && run != 3))
				return false;
			grouped = true;
			run = 0;
			continue;
		}
		run++;
		out[(*n)++] = text[i];
	}
	if (grouped && run != 3)
		return false;
	memcpy(out + *n, text + i, len - i);
	*n += len - i;
	return true;
}

enum value_wrong
number_read(struct number *out, const struct number_format *f,
    const char *text, size_t len)
{
	char plain[GROUPED_MAX];
	size_t n = 0;

	if (f->group == '\0' || memchr(text, f->group, len) == NULL)
		return read_plain(out, f->decimal, text, text + len);
	if (len > sizeof(plain))
		return VALUE_FORMAT;
	if (!ungroup(plain, &n, f, text, len))
		return VALUE_TYPE;
	return read_plain(out, f->decimal, plain, plain + n);
}

value_wide
number_wide(const struct number *n)
{
	value_wide v = (value_wide)n->whole * (value_wide)NUMBER_PART_UNIT +
	    (value_wide)n->part;

	return n->negative ? -v : v;
}
