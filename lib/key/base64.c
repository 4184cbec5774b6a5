/*
 * base64: libsodium's decoder, which works in constant time, behind a look at
 * the characters: version 1.0.18 takes a byte of 0xaf for '/' and 0xab for '+'
 * where char is signed, so that one signature could be spelt in two ways.
 */
#include <sodium.h>

#include "key/base64.h"

static bool
ascii(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (((unsigned char)text[i] & 0x80) != 0)
			return false;
	return true;
}

/* A NULL end pointer tells libsodium that the whole text must be base64. */

bool
base64_padded(uint8_t *out, size_t n, const char *text, size_t len)
{
	size_t got = 0;

	return ascii(text, len) &&
	    sodium_base642bin(out, n, text, len, NULL, &got, NULL,
		sodium_base64_VARIANT_ORIGINAL) == 0 &&
	    got == n;
}

bool
base64_bare(uint8_t *out, size_t cap, size_t *got, const char *text, size_t len)
{
	*got = 0;
	return ascii(text, len) &&
	    sodium_base642bin(out, cap, text, len, NULL, got, NULL,
		sodium_base64_VARIANT_ORIGINAL_NO_PADDING) == 0;
}
