/*
 * shape: text of a fixed length in which each byte lies in a range of its own:
 * 16 digits; a letter and seven digits; a date.  Eight bytes are tried at once,
 * by arithmetic whose carries never leave a byte of valid input.
 */
#ifndef CHECK_SHAPE_H
#define CHECK_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define SHAPE_MAX 64 /* bytes */

/* Zero bytes are the empty shape. */
struct shape {
	size_t len;
	uint8_t over[SHAPE_MAX];  /* 0x7f - highest byte */
	uint8_t under[SHAPE_MAX]; /* lowest byte */
};

/* Appends n bytes of the range lo to hi, both ASCII; false when full. */
static inline bool
shape_put(struct shape *s, unsigned char lo, unsigned char hi, size_t n)
{
	if (n > SHAPE_MAX - s->len)
		return false;
	memset(s->over + s->len, 0x7f - hi, n);
	memset(s->under + s->len, lo, n);
	s->len += n;
	return true;
}

/* The first n bytes, 1 to 8, spread over 64 bits; some may come twice. */
static inline uint64_t
shape_load(const void *bytes, size_t n)
{
	const unsigned char *at = bytes;
	uint64_t v = 0;
	uint32_t head = 0;
	uint32_t tail = 0;

	if (n == 8) {
		memcpy(&v, at, 8);
	} else if (n >= 4) {
		memcpy(&head, at, 4);
		memcpy(&tail, at + n - 4, 4);
		v = (uint64_t)head | (uint64_t)tail << 32;
	} else {
		v = (uint64_t)at[0] | (uint64_t)at[n / 2] << 8 |
		    (uint64_t)at[n - 1] << 16;
	}
	return v;
}

/* High bit of each byte that is not ASCII, beyond the range or below it. */
static inline uint64_t
shape_wrong(uint64_t v, uint64_t over, uint64_t under)
{
	const uint64_t high = 0x8080808080808080ULL;

	return (v | (v + over) | ~((v | high) - under)) & high;
}

/* The eight bytes at offset i held against their ranges. */
static inline uint64_t
shape_eight(const struct shape *s, const char *text, size_t i)
{
	return shape_wrong(shape_load(text + i, 8), shape_load(s->over + i, 8),
	    shape_load(s->under + i, 8));
}

/* Whether the s->len bytes at text have the shape. */
static inline bool
shape_match(const struct shape *s, const char *text)
{
	uint64_t wrong = 0;
	size_t i = 0;

	if (s->len < 8)
		return s->len == 0 ||
		    shape_wrong(shape_load(text, s->len),
			shape_load(s->over, s->len),
			shape_load(s->under, s->len)) == 0;
	/* The last eight overlap the ones before. */
	wrong = shape_eight(s, text, 0) | shape_eight(s, text, s->len - 8);
	for (i = 8; i + 8 < s->len; i += 8)
		wrong |= shape_eight(s, text, i);
	return wrong == 0;
}

#endif
