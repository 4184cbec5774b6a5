/*
 * totals: control totals of a file: rows, count_by, sum, distinct, min, max,
 * filled.
 *
 * The list of what to total comes from the agreement; values are computed by
 * lib/check/table on both sides and compared as text, so they have one form:
 * counts in decimal, sums as decimal without trailing zeros, days and moments
 * as lib/check/moment writes them.
 */
#ifndef CHECK_TOTALS_H
#define CHECK_TOTALS_H

#include <stddef.h>
#include <stdint.h>

#include "base/cause.h"
#include "base/limits.h"
#include "check/schema.h"
#include "text/doc.h"
#include "text/writer.h"

enum total_kind {
	TOTAL_ROWS,
	TOTAL_COUNT_BY,
	TOTAL_SUM,
	TOTAL_DISTINCT,
	TOTAL_MIN,
	TOTAL_MAX,
	TOTAL_FILLED
};

/* Elements of an agreement's list; and totals, for "filled" is one a column. */
#define TOTALS_LISTED 64
#define TOTALS_MAX (TOTALS_LISTED + LIMIT_CSV_COLUMNS)

/* What to total, as the agreement says. */
struct total_spec {
	enum total_kind kind;
	size_t column; /* in the schema; unused for rows */
};
struct totals_spec {
	struct total_spec spec[TOTALS_MAX];
	size_t n;
};

/*
 * Reads totals[] of a data set: "rows", {"count_by": C}, {"sum": C},
 * {"distinct": C}, {"min": C}, {"max": C}, {"filled": C}, and "filled" for each
 * column in the schema's order.  FAULT_FORMAT for an unknown kind, a column
 * that is not in the schema, a sum of a column that is no integer or number, a
 * min or max of one that is no date or datetime, the same total twice, more
 * than TOTALS_LISTED elements.
 */
enum fault totals_parse(struct totals_spec *out, const struct node *array,
    const struct schema *schema, const char *where,
    struct cause *why) FAULT_CHECKED;

/* Results. */
struct total_group {
	char *value; /* owned; "" for missing */
	uint64_t count;
};
struct total {
	enum total_kind kind;
	char *column;               /* owned; NULL for rows */
	char value[80];             /* all but count_by: the text; "" for a min
				       or max of no values */
	struct total_group *groups; /* count_by: sorted bytewise by value */
	size_t n_groups;
};
struct totals {
	struct total *total;
	size_t n;
};

struct writer; /* text/writer.h */

/* "rows", "count_by", "sum", "distinct", "min", "max", "filled"; static. */
const char *total_kind_text(enum total_kind kind);

/* Frees what is inside and leaves it empty; NULL-safe. */
void totals_free(struct totals *t);
/* {"rows":N} {"count_by":"C","values":{"V":N,…}} {"sum":"C","value":"S"}
 * {"distinct":"C","value":N} {"min":"C","value":"2026-01-31"} (or null)
 * {"max":…} {"filled":"C","value":N}, as array member "key". */
void totals_write(struct writer *w, const char *key, const struct totals *t);
/*
 * Reads exactly what totals_write writes: counts below 2^53, sums and moments
 * in their one form, groups ascending bytewise, at most LIMIT_GROUPS each and
 * TOTALS_MAX totals.  FAULT_FORMAT with clause "WHERE[N].MEMBER", FAULT_MEMORY;
 * then *out is empty.
 */
enum fault totals_read(struct totals *out, const struct node *array,
    const char *where, struct cause *why) FAULT_CHECKED;
/*
 * FAULT_TOTALS with the first total that differs: kind, column and both counts
 * or sums.  A group is named by its number in bytewise order, a min or max by
 * its column alone, because values of cells may be in no cause.
 */
enum fault totals_compare(const struct totals *want, const struct totals *got,
    struct cause *why) FAULT_CHECKED;

#endif
