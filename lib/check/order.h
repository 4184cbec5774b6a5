/*
 * order: whether the keys of a set ascend.  Where each comes strictly before
 * the next, in one and the same order, no two can be equal: nothing needs to be
 * hashed or kept.  Extracts mostly come ordered by their key.
 *
 * Workers follow the keys within a block (a run); the ledger joins the runs in
 * file order (a chain).  What was not hashed when a chain breaks is always the
 * blocks from the first one up to some block.
 */
#ifndef CHECK_ORDER_H
#define CHECK_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "check/screen.h"

/* Sets are bits of a word; those beyond are hashed. */
#define ORDER_SETS 64
/* A longer key at the end of a block breaks the chain: it is not kept. */
#define ORDER_KEY 64

/* Two orders are followed side by side: that of the bytes, and that in which a
 * shorter key comes first, as whole numbers count up. */
#define ORDER_BYTES 1U
#define ORDER_LENGTH 2U
#define ORDER_ALL (ORDER_BYTES | ORDER_LENGTH)

/* The keys of one set in one block, in which they lie. */
struct order_run {
	const char *first, *last; /* NULL: no key at all */
	size_t first_len, last_len;
	unsigned orders; /* in which they ascend */
};

/* Empties the runs of these sets. */
void order_begin(struct order_run *run, uint64_t sets);
/* Takes the keys among the cells. */
void order_cells(struct order_run *run, const struct cells *cells);

/* The keys of one set in the file up to here. */
struct order_chain {
	uint64_t held; /* blocks from the first one that were not hashed */
	unsigned orders;
	bool any; /* there was a key; the last one: */
	size_t len;
	char last[ORDER_KEY];
};

struct order {
	uint64_t sorted; /* sets that ascend up to here */
	struct order_chain chain[ORDER_SETS];
};

/* Before the first block: these sets are followed, as all are sorted yet.  Of
 * an order of zero bytes none is. */
void order_follow(struct order *o, uint64_t sets);
/*
 * The next block, with the runs of the sets "held", which were not hashed in
 * it: they must be what "sorted" was at some time, and no set may come back.
 */
void order_enter(struct order *o, uint64_t index, uint64_t held,
    const struct order_run *run);
/* Sets that do not ascend, but were not hashed in this block; with each block
 * they are fewer. */
uint64_t order_left(const struct order *o, uint64_t index);

#endif
