/*
 * tally: what one worker has counted: totals, and keys on their way to the sets
 * in batches, or followed.  No lock is taken for a cell.
 */
#ifndef CHECK_TALLY_H
#define CHECK_TALLY_H

#include "check/groups.h"
#include "check/plan.h"

struct tally_batch {
	struct unique_entry *entry;
	size_t n;
	uint64_t *seen; /* distinct: hashes lately passed on */
};

struct tally {
	const struct plan *plan;
	struct tally_batch *batch; /* by set */
	size_t batch_max;
	struct groups *groups;   /* by total */
	uint64_t **words;        /* by total: counts by word, or NULL */
	struct value_sum *sum;   /* by total */
	struct value_edge *edge; /* by total: min, max */
	uint64_t *filled;        /* by total */
	struct plan_key key;
	uint64_t held; /* of the block at hand: sets that are followed */
	struct order_run *run; /* borrowed: by set, of those */
	uint64_t only;         /* unless 0: nothing but these sets is done */
};

enum fault tally_init(struct tally *t, const struct plan *plan) FAULT_CHECKED;
void tally_free(struct tally *t);

/* The good cells of a column that has jobs; their rows are codes that sort as
 * rows do. */
enum fault tally_cells(
    struct tally *t, size_t column, const struct cells *cells) FAULT_CHECKED;
/* A whole record, for the keys of several columns that the plan has. */
enum fault tally_record(struct tally *t, const struct csv_field *fields,
    uint64_t row) FAULT_CHECKED;
/* Hands all batches over and counts words as groups: to be called by the worker
 * at its end. */
enum fault tally_flush(struct tally *t) FAULT_CHECKED;

/* Adds what another worker counted. */
enum fault tally_merge(struct tally *t, const struct tally *from) FAULT_CHECKED;
/* Column of the first total that is beyond the limits, or SIZE_MAX; *sum says
 * that it is a sum without room, else it has too many groups. */
size_t tally_over(const struct tally *t, bool *sum);
/* The totals in their one form; "distinct" gives the count of each set. */
enum fault tally_totals(const struct tally *t, uint64_t rows,
    const uint64_t *distinct, struct totals *out,
    struct cause *why) FAULT_CHECKED;

#endif
