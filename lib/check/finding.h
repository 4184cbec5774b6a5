/*
 * finding: what the table engine found wrong, small enough to note in a hurry:
 * place and rule as numbers.  It becomes a cause, with names and sentences,
 * only when the file is done.
 */
#ifndef CHECK_FINDING_H
#define CHECK_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cause.h"
#include "check/rule.h"
#include "check/spreadsheet.h"
#include "check/value.h"
#include "text/csv.h"

struct table_job;
struct table_count;

/* Rules; those of values come first and are enum value_wrong itself. */
enum finding_rule {
	FINDING_RAGGED = VALUE_WRONGS, /* number of fields */
	FINDING_HEADER,                /* names differ */
	FINDING_BOM,
	FINDING_ENCODING,
	FINDING_ROWS,   /* more than max_rows */
	FINDING_GROUPS, /* more than LIMIT_GROUPS */
	FINDING_SUM,    /* more digits than there is room for */
	FINDING_UNIQUE,
	FINDING_KEY,        /* primaryKey */
	FINDING_UNIQUE_KEY, /* uniqueKeys */
	FINDING_FOREIGN,    /* foreignKey */
	FINDING_MARK,       /* plus enum spreadsheet_mark, of a value */
	FINDING_DIGITS = FINDING_MARK + SPREADSHEET_SERIAL + 1,
	FINDING_FULL,    /* as many rows as a spreadsheet has; a warning */
	FINDING_FORMULA, /* a warning */
	FINDING_RULE,    /* plus enum rule_word */
	FINDING_CSV = FINDING_RULE + RULE_WORDS, /* plus enum csv_wrong */
	FINDING_RULES = FINDING_CSV + CSV_TOO_MANY + 1
};

#define FINDING_RECORD UINT32_MAX /* no single column */

struct finding {
	uint64_t row;    /* 0 = none; in a block: counted from 0 */
	uint64_t offset; /* byte in the file; UINT64_MAX = none */
	uint64_t other;  /* fields found, first row of an equal key, which of
			  * the rules, or how many end in 0 */
	uint32_t column; /* FINDING_RECORD for the record as a whole */
	uint32_t rule;
};

/* A list of the first "max" in file order, and counts of all. */
struct findings {
	struct finding *item;
	size_t n, cap, max;
	uint64_t total;
	uint64_t *count; /* (column + 1) * FINDING_RULES + rule; 0 = record */
	size_t columns;
	bool block; /* of one: its rows are counted from 0 */
};

/* max at least 1; allocates nothing. */
void findings_init(struct findings *f, size_t columns, size_t max);
void findings_free(struct findings *f);
/* Empties, keeping a moderate amount of memory. */
void findings_clear(struct findings *f);
/* Whether a stands in the file before b; both of the list's kind. */
bool findings_before(
    const struct findings *f, const struct finding *a, const struct finding *b);
/* Adds behind the others: the caller goes through the file in order.
 * FAULT_MEMORY. */
enum fault findings_add(
    struct findings *f, const struct finding *found) FAULT_CHECKED;
/* Adds where its row and column belong. */
enum fault findings_insert(
    struct findings *f, const struct finding *found) FAULT_CHECKED;
/* Counts n more of the kind of a fault that was added, without their places. */
void findings_count(
    struct findings *f, const struct finding *found, uint64_t n);
/* Adds all of "from", rows moved by "rows", behind the others. */
enum fault findings_merge(struct findings *f, const struct findings *from,
    uint64_t rows) FAULT_CHECKED;

/* Table Schema's or our word for a rule; static. */
const char *finding_rule_text(uint32_t rule);
/* Clears and fills the cause; returns its fault. */
enum fault finding_cause(const struct finding *found,
    const struct table_job *job, struct cause *why);
/* Counts by column and rule, most first; *out is owned by the caller. */
enum fault findings_counts(const struct findings *f,
    const struct table_job *job, struct table_count **out,
    size_t *n) FAULT_CHECKED;

#endif
