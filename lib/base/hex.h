/*
 * hex: lower-case hexadecimal.
 */
#ifndef BASE_HEX_H
#define BASE_HEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Writes 2n digits and a NUL. */
void hex_encode(char *out, const uint8_t *bytes, size_t n);
/* Exactly 2n lower-case digits, then NUL. */
bool hex_decode(uint8_t *out, size_t n, const char *text);
/* Whether text is exactly n lower-case hex digits. */
bool hex_ok(const char *text, size_t n);

#endif
