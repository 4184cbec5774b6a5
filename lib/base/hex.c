/*
 * hex: lower case only, so that equal bytes have one text.
 */
#include "base/hex.h"

static const char hex_digits[] = "0123456789abcdef";

void
hex_encode(char *out, const uint8_t *bytes, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		out[2 * i] = hex_digits[bytes[i] >> 4];
		out[2 * i + 1] = hex_digits[bytes[i] & 15];
	}
	out[2 * n] = '\0';
}

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

bool
hex_ok(const char *text, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (digit(text[i]) < 0)
			return false;
	return text[n] == '\0';
}

bool
hex_decode(uint8_t *out, size_t n, const char *text)
{
	size_t i;

	if (!hex_ok(text, 2 * n))
		return false;
	for (i = 0; i < n; i++)
		out[i] =
		    (uint8_t)(digit(text[2 * i]) << 4 | digit(text[2 * i + 1]));
	return true;
}
