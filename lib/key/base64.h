/*
 * base64: standard alphabet (RFC 4648, section 4), canonical only.
 */
#ifndef KEY_BASE64_H
#define KEY_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Decodes text into out, at most cap bytes, *got of them.  padded says whether
 * "=" must or must not fill the last group.  False for any other character
 * (blanks and newlines too) and for trailing bits that are not zero.
 */
bool base64_decode(uint8_t *out, size_t cap, size_t *got, const char *text,
    size_t len, bool padded);

#endif
