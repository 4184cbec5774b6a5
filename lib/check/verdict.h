/*
 * verdict: what a table ended with, in words: faults and, apart from them,
 * warnings.
 */
#ifndef CHECK_VERDICT_H
#define CHECK_VERDICT_H

#include "check/block.h"
#include "check/table.h"

/* All zero is none yet. */
struct verdict {
	struct cause *causes; /* the first in file order */
	size_t n_causes;
	struct table_count *counts; /* most first */
	size_t n_counts;
	struct cause *cautions; /* of warnings: without a fault */
	size_t n_cautions;
	struct warnings warned; /* sorted */
};

/*
 * Explains what the ledger has.  "header" is what a header that is not as
 * agreed has for a cause.  Returns the first fault, or FAULT_NONE, or
 * FAULT_MEMORY; free after each of them.
 */
enum fault verdict_reach(struct verdict *v, const struct ledger *l,
    const struct table_job *job, const struct cause *header,
    struct cause *why) FAULT_CHECKED;
void verdict_free(struct verdict *v);

#endif
