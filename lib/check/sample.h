/*
 * sample: a made-up extract from the schema alone, row by row, in constant
 * memory, the same bytes for the same seed.
 *
 * Every cell is one that the check takes; keys are different by construction;
 * nothing in it is a live NIK where the schema allows another (language.h).
 * With faults, some rows are spoiled, and it is known which and how.
 */
#ifndef CHECK_SAMPLE_H
#define CHECK_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cause.h"
#include "check/rule.h"
#include "check/schema.h"
#include "check/totals.h"
#include "text/csv.h"

/* Faults of one sample: as many as "serah check" shows. */
#define SAMPLE_FAULTS 20
/* One row and the header fit in. */
#define SAMPLE_ROW_MAX LIMIT_CSV_RECORD

struct sample_job {
	const struct node *node;          /* the schema object; borrowed */
	const struct schema *schema;      /* compiled from it; borrowed */
	const struct totals_spec *totals; /* borrowed; may be NULL */
	const struct node *rules_node;    /* rules[]; borrowed; may be NULL */
	const struct rules *rules; /* compiled from it; borrowed; may be NULL */
	const struct node *mask;   /* of the data set; borrowed; may be NULL */
	const struct node *only;   /* of the data set; borrowed; may be NULL */
	struct csv_dialect dialect;
	const char *where; /* clause prefix; borrowed */
	uint64_t rows;
	uint64_t seed;
	bool faults;
};

struct sample_fault {
	uint64_t row;  /* as the check counts: the first record is 2 */
	size_t column; /* SIZE_MAX: of the row, for a key of several columns */
	const char *rule; /* as the check says; static */
};

struct sample;

/*
 * FAULT_FORMAT with clause and column when the schema has what no sample can be
 * made for, or has not so many different keys; FAULT_USAGE when there are too
 * few rows for one fault; FAULT_MEMORY.
 */
enum fault sample_new(struct sample **out, const struct sample_job *job,
    struct cause *why) FAULT_CHECKED;
void sample_free(struct sample *s);

/* Appends the header, after a byte order mark where one is agreed. */
enum fault sample_header(
    struct sample *s, struct buf *out, struct cause *why) FAULT_CHECKED;
/* Appends row "at" of 0 to rows - 1.  FAULT_FORMAT, FAULT_MEMORY,
 * FAULT_LARGER. */
enum fault sample_row(struct sample *s, uint64_t at, struct buf *out,
    struct cause *why) FAULT_CHECKED;

/* What must be found, by row and column; lent. */
size_t sample_faults(const struct sample *s, const struct sample_fault **out);

#endif
