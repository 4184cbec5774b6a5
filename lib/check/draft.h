/*
 * draft: one record being made up: its cells, whether the check would take them
 * together, and how they are written.
 */
#ifndef CHECK_DRAFT_H
#define CHECK_DRAFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "check/rule.h"
#include "check/schema.h"
#include "text/csv.h"

struct draft {
	struct buf text;         /* the cells, one after another */
	size_t *end;             /* of each cell in text */
	struct csv_field *field; /* valid after draft_judge */
	uint64_t *missing;       /* as of struct rule_cells */
	uint64_t *sound;
	size_t n;  /* columns */
	size_t at; /* cells there are */
};

/* FAULT_MEMORY; free in any case. */
enum fault draft_init(struct draft *d, size_t columns) FAULT_CHECKED;
void draft_free(struct draft *d);

/* Begins the next record. */
void draft_clear(struct draft *d);
/* What was appended to d->text is the next cell. */
void draft_cell(struct draft *d);

/* What is wrong with a whole draft. */
struct draft_wrong {
	size_t cells;  /* that break rules of their own, or miss a value */
	size_t rules;  /* broken words of rules that refuse */
	size_t rule;   /* the last of them: which rule, */
	size_t column; /* where, as of struct rule_found, */
	enum rule_word word; /* and what */
};
/* Column "but" is not looked at (SIZE_MAX: all are); rules may be NULL. */
void draft_judge(struct draft *d, const struct schema *schema,
    const struct rules *rules, size_t but, struct draft_wrong *out);

/* Appends the record with its newline.  FAULT_MEMORY, FAULT_LARGER. */
enum fault draft_write(const struct draft *d, const struct csv_dialect *dialect,
    struct buf *out) FAULT_CHECKED;

#endif
