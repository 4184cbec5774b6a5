/*
 * plan: what must be done with each cell, drawn up once from schema and totals,
 * then only read, by all workers.
 */
#ifndef CHECK_PLAN_H
#define CHECK_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/limits.h"
#include "check/codelist.h"
#include "check/finding.h"
#include "check/order.h"
#include "check/schema.h"
#include "check/screen.h"
#include "check/totals.h"
#include "check/unique.h"
#include "text/csv.h"

/* Something beyond the value's own rule, for a column. */
enum job_kind {
	JOB_UNIQUE,
	JOB_DISTINCT,
	JOB_COUNT,
	JOB_SUM,
	JOB_EDGE,
	JOB_FILLED
};
struct plan_job {
	enum job_kind kind;
	uint32_t index; /* set for unique and distinct, else the total */
};

struct plan_column {
	const struct column *rule;
	struct screen *screen; /* owned */
	struct set *codes; /* owned; one of which a value must be, or NULL */
	bool required;
	bool identifiers; /* of 16 digits each */
	bool formulas;    /* there may be */
	uint32_t first;   /* into job */
	uint32_t jobs;
	uint64_t keys; /* bit of its set, if its keys can be followed */
};

/* A set of keys: a unique column, a primary key, or a distinct total. */
struct plan_set {
	struct unique *unique; /* owned; filled by the workers */
	const size_t *columns; /* borrowed from the schema, or &own */
	size_t n;
	size_t own;
	uint32_t rule;   /* enum finding_rule */
	uint32_t column; /* that a finding names, or FINDING_RECORD */
	bool distinct;   /* only counted: equal keys are fine */
};

struct plan {
	const struct schema *schema;
	const struct totals_spec *totals; /* or NULL */
	size_t columns;
	struct plan_column *column;
	struct plan_job *job;
	size_t n_jobs;
	struct plan_set *set;
	size_t n_sets;
	size_t composite; /* so many sets, the last, are of several columns */
	uint64_t keys;    /* of all columns */
	uint64_t seed[2]; /* of all groups */
};

/* FAULT_CONF: a code list that the schema needs is not among the lists, which
 * may be NULL. */
enum fault plan_new(struct plan **out, const struct schema *schema,
    const struct totals_spec *totals, const struct codelists *lists,
    struct cause *why) FAULT_CHECKED;
void plan_free(struct plan *p);

/* Before the first entry: of all sets together at most "most" bytes stay in
 * memory, the rest goes to files in the directory; see unique_spill. */
void plan_spill(struct plan *p, int dir, size_t most);
/* Why a worker failed: what a set says, or else that memory ran out. */
enum fault plan_trouble(const struct plan *p, struct cause *why);

/* The bytes of a record's key; NULL: a part is missing, and with that no key
 * is equal to any. */
struct plan_key {
	const char *at;
	size_t len;
	struct buf parts; /* where several columns are put together */
};
/* No key is longer than a record with the length of each field. */
#define PLAN_KEY                                                             \
	{                                                                    \
		NULL, 0, BUF_MAX(LIMIT_CSV_RECORD + LIMIT_CSV_COLUMNS * 4UL) \
	}

/*
 * Of one column the text itself, of several each text behind its length.
 * Fields must be without doubled quotes; the key lives as long as they and
 * until the next call.
 */
enum fault plan_key(struct plan_key *key, const struct plan *p,
    const struct plan_set *set, const struct csv_field *fields) FAULT_CHECKED;

#endif
