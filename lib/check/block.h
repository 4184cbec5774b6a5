/*
 * block: a piece of the file that ends where a record ends, with what was found
 * in it; and the ledger into which blocks are entered in file order.
 */
#ifndef CHECK_BLOCK_H
#define CHECK_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "check/finding.h"
#include "check/listing.h"
#include "check/order.h"

/* A block is cut when it holds this much: it stays in the second cache. */
#define BLOCK_TARGET (256 * KIB)
/* What a push may add before the next cut. */
#define BLOCK_SPACE (64 * KIB)
/* Room for the longest record, and for seeing that it is too long. */
#define BLOCK_CAPACITY (LIMIT_CSV_RECORD + BLOCK_TARGET + 2 * BLOCK_SPACE)

struct block {
	/* what it is */
	/* BLOCK_CAPACITY and SCREEN_SLACK; untouched pages cost nothing */
	char *bytes;
	size_t len;
	uint64_t index;  /* 0, 1, … in file order */
	uint64_t offset; /* of its first byte in the file */
	bool last;       /* the file ends with it */
	uint64_t held;   /* sets whose keys are followed, not hashed */
	/* what came of it */
	struct findings found;  /* rows counted from 0 in the block */
	struct findings warned; /* the same, of what refuses nothing */
	uint64_t records;
	struct order_run run[ORDER_SETS]; /* of the sets held */
	bool lost;        /* structure lost: nothing behind it counts */
	enum fault fault; /* ours, as FAULT_MEMORY */
	bool done;
};

enum fault block_init(
    struct block *b, size_t columns, size_t max_faults) FAULT_CHECKED;
void block_free(struct block *b); /* what is inside */
/* Makes it an empty block at this place of the file. */
void block_begin(struct block *b, uint64_t index, uint64_t offset);

/*
 * A row as a worker knows it, before the blocks ahead are counted: block and
 * row in the block.  Codes sort as rows do.
 */
#define BLOCK_ROW_BITS 24
#define BLOCK_ROW(index, row) ((uint64_t)(index) << BLOCK_ROW_BITS | (row))

/* A block that was entered. */
struct ledger_block {
	uint64_t row; /* of the file, its first */
	uint32_t len; /* bytes */
	uint32_t records;
};

struct ledger {
	struct findings found; /* rows of the file: the header is 1 */
	struct findings
	    warned;        /* kept apart: no warning takes a fault's place */
	uint64_t records;  /* with the header */
	uint64_t max_rows; /* without the header; 0 = none */
	struct ledger_block *block;
	size_t n, cap; /* blocks entered */
	struct order order;
	struct listing *listing; /* borrowed; or NULL */
	bool lost;
	enum fault fault; /* ours */
};

void ledger_init(
    struct ledger *l, size_t columns, size_t max_faults, uint64_t max_rows);
void ledger_free(struct ledger *l);
/* Enters the next block.  After a lost one nothing counts. */
void ledger_enter(struct ledger *l, const struct block *b);
/* Enters a fault, or a warning, that shows only when the file is whole.
 * FAULT_MEMORY. */
enum fault ledger_warn(
    struct ledger *l, const struct finding *found) FAULT_CHECKED;
enum fault ledger_add(
    struct ledger *l, const struct finding *found) FAULT_CHECKED;
/* The row of the file that a BLOCK_ROW code means. */
uint64_t ledger_row(const struct ledger *l, uint64_t code);

#endif
