/*
 * base64: libsodium's decoder, which works in constant time, behind a look at
 * the characters: version 1.0.18 takes a byte of 0xaf for '/' and 0xab for '+'
 * where char is signed, so that one signature could be spelt in two ways.
 */
#include <sodium.h>

#include "key/base64.h"

bool
base64_decode(uint8_t *out, size_t cap, size_t *got, const char *text,
    size_t len, bool padded)
{
	*got = 0;
	for (size_t i = 0; i < len; i++)
		if (((unsigned char)text[i] & 0x80) != 0)
			return false;
	/* A NULL end pointer: the whole text must be base64. */
	return sodium_base642bin(out, cap, text, len, NULL, got, NULL,
		   padded ? sodium_base64_VARIANT_ORIGINAL
			  : sodium_base64_VARIANT_ORIGINAL_NO_PADDING) == 0;
}
