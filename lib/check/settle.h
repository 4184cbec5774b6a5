/*
 * settle: whether rows with equal hashes have equal keys, by reading the file
 * once more.  Memory is bounded: of each candidate key only its SHA-256 is kept
 * until its partner comes, for a key may be as long as a record.
 */
#ifndef CHECK_SETTLE_H
#define CHECK_SETTLE_H

#include "base/stream.h"
#include "check/plan.h"
#include "check/table.h"

/* Beyond so many pairs of equal 64-bit keyed hashes in one set, chance is no
 * explanation any more: they are believed. */
#define SETTLE_PAIRS 1000

struct settle_pair {
	uint64_t first; /* rows of the file; first < second */
	uint64_t second;
	uint64_t offset; /* filled: of the second row, or UINT64_MAX */
	size_t set;      /* in the plan */
	bool equal;      /* filled */
	bool believed;   /* one of too many: equal whatever is filled */
};

struct settle_list {
	struct settle_pair *pair;
	size_t n;
};

/*
 * Reads "again" from its start until all pairs are settled.  FAULT_FORMAT when
 * the rows are not there any more: the file has changed.
 */
enum fault settle_pairs(const struct plan *plan, const struct table_job *job,
    struct source again, const struct settle_list *list,
    struct cause *why) FAULT_CHECKED;

#endif
