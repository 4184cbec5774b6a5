/*
 * scan: a worker's work: checks one block of the file.
 */
#ifndef CHECK_SCAN_H
#define CHECK_SCAN_H

#include "check/block.h"
#include "check/table.h"
#include "check/tally.h"

/* Records taken together, column by column; and their cells, which should stay
 * in the first cache. */
#define SCAN_RECORDS SCREEN_CELLS
#define SCAN_CELLS 1024

struct scanner {
	const struct table_job *job;
	const struct plan *plan;
	const struct sweep *sweep;
	struct tally tally;
	struct csv_field *fields;   /* record by record, columns each */
	uint64_t row[SCAN_RECORDS]; /* of each record, in the block */
	size_t n, max;              /* records held */
	struct cells cells;         /* the column being looked at */
	uint64_t *map;
	/* By column, of the records held: without a value; with a sound one.
	 * NULL where there are no rules. */
	uint64_t *missing, *sound;
	struct spreadsheet_digits *digits; /* by column */
	struct cause *header; /* shared: written with block 0 only */
};

enum fault scanner_init(struct scanner *s, const struct table_job *job,
    const struct plan *plan, struct cause *header) FAULT_CHECKED;
void scanner_free(struct scanner *s);
/* Before the first block: it uses no vectors then. */
void scanner_scalar(struct scanner *s);
/* Checks the block, whose bytes it may change, and fills its results.  Where
 * tally.only says so, it does no more than take those keys. */
void scanner_block(struct scanner *s, struct block *b);

/* Adds what another worker counted, besides its tally. */
void scanner_merge(struct scanner *s, const struct scanner *from);
/* Enters what the whole file shows of a spreadsheet.  FAULT_MEMORY. */
enum fault scanner_judge(
    const struct scanner *s, struct ledger *ledger) FAULT_CHECKED;

/*
 * Holds the names of the header against the schema; they must be equal and in
 * order.  FAULT_COLUMNS naming what is missing, extra or out of order.
 */
enum fault header_check(const struct table_job *job,
    const struct csv_field *fields, size_t n, struct cause *why) FAULT_CHECKED;

#endif
