/*
 * number: decimal numbers as they are written in cells, read exactly.
 *
 * [+-] digits, one decimal character, digits; at least one digit.  No exponent,
 * no NaN, no infinity, no blanks: what a spreadsheet made of an identifier must
 * not pass as a number.  With a group character, either no group at all or
 * groups of exactly three digits before the decimal character.
 */
#ifndef CHECK_NUMBER_H
#define CHECK_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "check/value.h"

/* Digits before the point, leading zeros not counted: 64 bits hold them. */
#define NUMBER_WHOLE_DIGITS 19
/* Digits after the point. */
#define NUMBER_PART_DIGITS 18
#define NUMBER_PART_UNIT 1000000000000000000ULL /* 10^18 */

struct number_format {
	char decimal; /* 0: integers only */
	char group;   /* 0: none */
};

struct number {
	uint64_t whole;
	uint64_t part; /* in units of 10^-18 */
	bool negative;
};

/*
 * VALUE_TYPE when the text is no such number, VALUE_FORMAT when it has more
 * digits than we compare exactly.
 */
enum value_wrong number_read(struct number *out, const struct number_format *f,
    const char *text, size_t len);

/* The number in units of 10^-18: fits, and orders as the numbers do. */
static inline value_wide
number_wide(const struct number *n)
{
	value_wide v = (value_wide)n->whole * (value_wide)NUMBER_PART_UNIT +
	    (value_wide)n->part;

	return n->negative ? -v : v;
}

#endif
