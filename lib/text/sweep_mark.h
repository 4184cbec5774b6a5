/*
 * sweep_mark: what the versions of sweep share; for no one else.
 */
#ifndef TEXT_SWEEP_MARK_H
#define TEXT_SWEEP_MARK_H

#include "text/sweep.h"

/* Both only where the processor has what they need. */
const struct sweep *sweep_avx2(void);
const struct sweep *sweep_neon(void);

/*
 * struct sweep's marks, to be compiled in each version: counting and finding
 * bits is one instruction each where the version may use it.
 *
 * Eight positions of a word are written whether they are there or not: to
 * branch on their number, which differs from word to word, would cost more.
 */
static inline __attribute__((always_inline)) size_t
sweep_marks(
    uint32_t *out, size_t room, const uint64_t *map, size_t *at, size_t words)
{
	size_t word = *at, n = 0, bits = 0, i = 0;
	uint32_t base = (uint32_t)(word * SWEEP_WORD);
	uint64_t left = 0;

	for (; n < room && word < words; word++, base += SWEEP_WORD) {
		left = map[word];
		bits = (size_t)__builtin_popcountll(left);
		/* Without a loop: gcc -O2 would not do so by itself. */
#pragma GCC unroll 8
		for (i = 0; i < 8; i++) {
			/* With the top bit, no bit has a position too. */
			out[n + i] =
			    base + (uint32_t)__builtin_ctzll(left | 1ULL << 63);
			left &= left - 1;
		}
		for (; i < bits; i++) {
			out[n + i] = base + (uint32_t)__builtin_ctzll(left);
			left &= left - 1;
		}
		n += bits;
	}
	*at = word;
	return n;
}

/*
 * The first byte of the last sequence before i, which may go on behind it: from
 * there on whoever looks at each byte must go.
 */
static inline size_t
sweep_retreat(const unsigned char *p, size_t i)
{
	size_t back = 0;

	for (back = 0; i > 0 && back < 4; back++)
		if ((p[--i] & 0xc0) != 0x80)
			break;
	return i;
}

/*
 * Bits for what may be wrong with two bytes that follow each other; what the
 * high half of the first, its low half and the high half of the second have in
 * common is wrong (Keiser and Lemire, "Validating UTF-8 In Less Than One
 * Instruction Per Byte", 2021).
 */
#define TOO_SHORT 0x01 /* a lead, then no continuation */
#define TOO_LONG 0x02  /* ASCII, then a continuation */
#define OVERLONG_3 0x04
#define TOO_LARGE 0x08 /* beyond U+10FFFF */
#define SURROGATE 0x10
#define OVERLONG_2 0x20
#define OVERLONG_4 0x40 /* or, behind F5 to FF, too large */
#define TWO_CONTS 0x80  /* right only as third or fourth byte */
#define CARRY (TOO_SHORT | TOO_LONG | TWO_CONTS)
#define LARGE (TOO_LARGE | OVERLONG_4)

#define SWEEP_FIRST_HIGH                                                      \
	TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, \
	    TOO_LONG, TWO_CONTS, TWO_CONTS, TWO_CONTS, TWO_CONTS,             \
	    TOO_SHORT | OVERLONG_2, TOO_SHORT,                                \
	    TOO_SHORT | OVERLONG_3 | SURROGATE,                               \
	    TOO_SHORT | TOO_LARGE | OVERLONG_4
#define SWEEP_FIRST_LOW                                                    \
	CARRY | OVERLONG_3 | OVERLONG_2 | OVERLONG_4, CARRY | OVERLONG_2,  \
	    CARRY, CARRY, CARRY | TOO_LARGE, CARRY | LARGE, CARRY | LARGE, \
	    CARRY | LARGE, CARRY | LARGE, CARRY | LARGE, CARRY | LARGE,    \
	    CARRY | LARGE, CARRY | LARGE, CARRY | LARGE | SURROGATE,       \
	    CARRY | LARGE, CARRY | LARGE
#define SWEEP_SECOND_HIGH                                                 \
	TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, \
	    TOO_SHORT, TOO_SHORT,                                         \
	    TOO_LONG | OVERLONG_2 | TWO_CONTS | OVERLONG_3 | OVERLONG_4,  \
	    TOO_LONG | OVERLONG_2 | TWO_CONTS | OVERLONG_3 | TOO_LARGE,   \
	    TOO_LONG | OVERLONG_2 | TWO_CONTS | SURROGATE | TOO_LARGE,    \
	    TOO_LONG | OVERLONG_2 | TWO_CONTS | SURROGATE | TOO_LARGE,    \
	    TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT

#endif
