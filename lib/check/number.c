/*
 * number: hand-written digit code, because strtod rounds, follows the locale
 * and takes hexadecimal, and because this runs for every numeric cell.
 */
#include "check/number.h"

#include <endian.h>
#include <string.h>

#include "check/shape.h"

/* Enough for sign, every digit we take and the decimal character. */
#define GROUPED_MAX 64

static const uint64_t power10[NUMBER_PART_DIGITS + 1] = { 1ULL, 10ULL, 100ULL,
	1000ULL, 10000ULL, 100000ULL, 1000000ULL, 10000000ULL, 100000000ULL,
	1000000000ULL, 10000000000ULL, 100000000000ULL, 1000000000000ULL,
	10000000000000ULL, 100000000000000ULL, 1000000000000000ULL,
	10000000000000000ULL, 100000000000000000ULL, 1000000000000000000ULL };

/* The number that eight bytes, all digits, write; by halves, in parallel. */
static inline uint64_t
eight(uint64_t v)
{
	v -= 0x3030303030303030ULL;
	v = v * 10 + (v >> 8);
	return ((v & 0x000000ff000000ffULL) * 0x000f424000000064ULL +
		   ((v >> 16) & 0x000000ff000000ffULL) *
		       0x0000271000000001ULL) >>
	    32;
}

/* One to eight bytes as if zeros stood before them. */
static inline uint64_t
padded(const char *at, size_t n)
{
	uint64_t v = 0;
	uint32_t head = 0;
	uint32_t tail = 0;

	if (n == 8) {
		memcpy(&v, at, 8);
		return le64toh(v);
	}
	if (n >= 4) {
		/* Where both overlap they hold the same bytes. */
		memcpy(&head, at, 4);
		memcpy(&tail, at + n - 4, 4);
		v = (uint64_t)le32toh(head) << (64 - 8 * n) |
		    (uint64_t)le32toh(tail) << 32;
	} else {
		v = (uint64_t)(unsigned char)at[0] << (64 - 8 * n) |
		    (uint64_t)(unsigned char)at[n / 2] << (n == 3 ? 48 : 56) |
		    (uint64_t)(unsigned char)at[n - 1] << 56;
	}
	return v | 0x3030303030303030ULL >> (8 * n);
}

static inline bool
all_digits(uint64_t v)
{
	const uint64_t ones = 0x0101010101010101ULL;

	return shape_wrong(v, (0x7f - '9') * ones, '0' * ones) == 0;
}

/* The common case, 1 to 16 digits and nothing else, without a loop. */
static inline bool
read_short(struct number *out, const char *at, size_t len)
{
	uint64_t high = 0;
	uint64_t low = 0;

	if (len - 1 >= 16)
		return false;
	if (len > 8) {
		high = padded(at, len - 8);
		if (!all_digits(high))
			return false;
		high = eight(high) * 100000000;
		at += len - 8;
		len = 8;
	}
	low = padded(at, len);
	if (!all_digits(low))
		return false;
	*out = (struct number){ high + eight(low), 0, false };
	return true;
}

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

/* Kept out of number_read, which then needs no stack. */
__attribute__((noinline)) static enum value_wrong
read_long(struct number *out, const struct number_format *f, const char *text,
    size_t len)
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

enum value_wrong
number_read(struct number *out, const struct number_format *f, const char *text,
    size_t len)
{
	if (read_short(out, text, len))
		return VALUE_OK;
	return read_long(out, f, text, len);
}
