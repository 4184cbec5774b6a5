/*
 * utf8: every sequence of up to three bytes, and all beginnings of four,
 * against a decoder that works by arithmetic instead of by table 3-7.
 */
#include <stdbool.h>
#include <stdlib.h>

#include "tap.h"
#include "text/utf8.h"

/* Length of the sequence at p by its first byte, 0 for none. */
static size_t
lead(unsigned char c)
{
	if (c < 0x80)
		return 1;
	if (c >= 0xc0 && c < 0xe0)
		return 2;
	if (c >= 0xe0 && c < 0xf0)
		return 3;
	return c >= 0xf0 && c < 0xf8 ? 4 : 0;
}

static size_t
reference(const unsigned char *p, size_t len)
{
	static const uint32_t lowest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t i = 0, k = 0, n = 0;

	for (i = 0; i < len; i += n) {
		uint32_t point = 0;

		n = lead(p[i]);
		if (n == 0 || i + n > len)
			return i;
		point = n == 1 ? p[i] : p[i] & (0x7fU >> n);
		for (k = 1; k < n; k++) {
			if ((p[i + k] & 0xc0) != 0x80)
				return i;
			point = point << 6 | (p[i + k] & 0x3fU);
		}
		if (point < lowest[n] || point > 0x10ffff ||
		    (point >= 0xd800 && point <= 0xdfff))
			return i;
	}
	return len;
}

static unsigned
all_short(void)
{
	unsigned char p[4] = { 0 };
	unsigned wrong = 0;
	uint32_t i = 0;

	for (i = 0; i < 1U << 24; i++) {
		p[0] = (unsigned char)(i >> 16);
		p[1] = (unsigned char)(i >> 8);
		p[2] = (unsigned char)i;
		wrong += utf8_valid(p, 3) != reference(p, 3);
	}
	for (i = 0; i < 1U << 16; i++) {
		p[0] = (unsigned char)(i >> 8);
		p[1] = (unsigned char)i;
		wrong += utf8_valid(p, 2) != reference(p, 2);
		wrong += utf8_valid(p, 1) != reference(p, 1);
	}
	return wrong;
}

static unsigned
all_four(void)
{
	static const unsigned char edge[] = { 0x00, 0x7f, 0x80, 0x8f, 0x90,
		0x9f, 0xa0, 0xbf, 0xc0, 0xff };
	unsigned char p[4] = { 0 };
	unsigned wrong = 0, i = 0;
	size_t a = 0, b = 0;

	for (i = 0; i < 1U << 16; i++)
		for (a = 0; a < sizeof(edge); a++)
			for (b = 0; b < sizeof(edge); b++) {
				p[0] = (unsigned char)(i >> 8);
				p[1] = (unsigned char)i;
				p[2] = edge[a];
				p[3] = edge[b];
				wrong += utf8_valid(p, 4) != reference(p, 4);
			}
	return wrong;
}

/* Long texts, so that the steps over ASCII meet everything else anywhere. */
static unsigned
long_texts(void)
{
	static const char *piece[] = { "a", "\xc2\xa9", "\xe2\x80\x90",
		"\xf0\x9d\x92\x9c", "0123456789abcdef0123456789abcdef", "\xff",
		"\xe2\x80" };
	unsigned char text[400];
	unsigned wrong = 0, i = 0, seed = 7;
	size_t len = 0, n = 0;

	for (i = 0; i < 20000; i++) {
		for (len = 0; len < 300; len += n) {
			size_t kind = (size_t)rand_r(&seed) % 5;

			if (rand_r(&seed) % 40 == 0)
				kind = 5 + (size_t)rand_r(&seed) % 2;
			n = strlen(piece[kind]);
			memcpy(text + len, piece[kind], n);
		}
		wrong += utf8_valid(text, len) != reference(text, len);
	}
	return wrong;
}

int
main(void)
{
	TAP_INT(all_short(), 0);
	TAP_INT(all_four(), 0);
	TAP_INT(long_texts(), 0);
	TAP_INT(utf8_valid("", 0), 0);
	TAP_INT(utf8_valid("abc\x80", 4), 3);
	TAP_INT(utf8_valid("abc\xe2\x80", 5), 3);
	TAP_INT(utf8_length("", 0), 0);
	TAP_INT(utf8_length("a\xc2\xa9\xe2\x80\x90\xf0\x9d\x92\x9c", 10), 4);
	return TAP_DONE();
}
