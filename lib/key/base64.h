/*
 * base64: standard alphabet (RFC 4648, section 4), canonical only.
 */
#ifndef KEY_BASE64_H
#define KEY_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Decodes text that must be exactly n bytes, the last group filled with "=".
 * False for any other character (blanks and newlines too), for trailing bits
 * that are not zero, and for another length.
 */
bool base64_padded(uint8_t *out, size_t n, const char *text, size_t len);

/*
 * The same without padding, for at most cap bytes; *got is how many.
 */
bool base64_bare(
    uint8_t *out, size_t cap, size_t *got, const char *text, size_t len);

#endif
