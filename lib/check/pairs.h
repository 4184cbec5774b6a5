/*
 * pairs: of many pairs of rows with equal hashes the earliest ones.
 */
#ifndef CHECK_PAIRS_H
#define CHECK_PAIRS_H

#include <stddef.h>
#include <stdint.h>

#include "check/unique.h"

struct pairs {
	struct unique_pair *pair; /* borrowed: room for max */
	size_t n, max;
	uint64_t total; /* kept or not; the caller's to count */
};

/* Keeps the pair if it is among the earliest max, by second and then first. */
void pairs_put(struct pairs *h, struct unique_pair pair);
/* Puts those kept in order; nothing may be put in after that. */
void pairs_sort(struct pairs *h);

#endif
