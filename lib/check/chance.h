/*
 * chance: numbers that look like chance and come out the same for one seed: for
 * samples, never for secrets (splitmix64, public domain).
 */
#ifndef CHECK_CHANCE_H
#define CHECK_CHANCE_H

#include <stdint.h>

struct chance {
	uint64_t state;
};

static inline uint64_t
chance_next(struct chance *c)
{
	uint64_t z = c->state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

/* One of 0 to n - 1; n is not 0. */
static inline uint64_t
chance_below(struct chance *c, uint64_t n)
{
	return chance_next(c) % n;
}

/* Where a cell's numbers begin: of its own, so that no cell depends on what was
 * made before it. */
static inline struct chance
chance_at(uint64_t seed, uint64_t row, uint64_t column)
{
	struct chance c = { seed };

	c.state = chance_next(&c) ^ row * 0xd1342543de82ef95ULL;
	c.state = chance_next(&c) ^ column * 0xaf251af3b0f025b5ULL;
	return c;
}

#endif
