/*
 * utf8: validity of text.  Nearly all of it is skipped by text/sweep; what that
 * leaves goes through table 3-7 of Unicode.
 */
#include <stdint.h>
#include <string.h>

#include "text/utf8.h"

/* Bytes looked at one by one, before it is tried again to skip some. */
#define WALK 16

static bool
between(unsigned char c, unsigned char low, unsigned char high)
{
	return c >= low && c <= high;
}

/* Length of the well-formed sequence at p, 0 if there is none. */
static size_t
sequence(const unsigned char *p, size_t len)
{
	unsigned char low = 0x80, high = 0xbf;
	size_t need = 0, i = 0;

	if (p[0] < 0x80)
		return 1;
	if (between(p[0], 0xc2, 0xdf))
		need = 2;
	else if (between(p[0], 0xe0, 0xef))
		need = 3;
	else if (between(p[0], 0xf0, 0xf4))
		need = 4;
	if (need == 0 || len < need)
		return 0;
	/* Only the second byte has narrower bounds: overlong forms,
	 * surrogates and what lies beyond U+10FFFF end there. */
	if (p[0] == 0xe0)
		low = 0xa0;
	else if (p[0] == 0xed)
		high = 0x9f;
	else if (p[0] == 0xf0)
		low = 0x90;
	else if (p[0] == 0xf4)
		high = 0x8f;
	if (!between(p[1], low, high))
		return 0;
	for (i = 2; i < need; i++)
		if (!between(p[i], 0x80, 0xbf))
			return 0;
	return need;
}

size_t
utf8_valid_by(const struct sweep *by, const void *bytes, size_t len)
{
	const unsigned char *p = bytes;
	size_t i = 0, n = 0, end = 0;

	while (i < len) {
		i += by->utf8(p + i, len - i);
		end = len - i < WALK ? len : i + WALK;
		for (; i < end; i += n) {
			n = sequence(p + i, len - i);
			if (n == 0)
				return i;
		}
	}
	return len;
}

size_t
utf8_valid(const void *bytes, size_t len)
{
	return utf8_valid_by(sweep_best(), bytes, len);
}

size_t
utf8_length(const void *bytes, size_t len)
{
	const unsigned char *p = bytes;
	size_t i = 0, n = 0;

	/* Each code point has one byte that is no continuation. */
	for (i = 0; i < len; i++)
		n += (p[i] & 0xc0) != 0x80;
	return n;
}
