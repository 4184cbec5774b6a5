/*
 * projection: what of a source leaves: which columns, which rows, and what of
 * their values.  The members extra_columns, mask and only of a data set.
 */
#ifndef CHECK_PROJECTION_H
#define CHECK_PROJECTION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cause.h"
#include "check/mask.h"
#include "check/schema.h"
#include "text/csv.h"
#include "text/doc.h"

/* Values that a row must have in a column of the source to leave. */
#define PROJECTION_VALUES_MAX 10000
#define PROJECTION_ONLY_MAX 16
struct set; /* check/set.h */
struct projection_only {
	char *column;       /* of the source */
	size_t own;         /* of the schema, or SIZE_MAX */
	struct set *values; /* before they are masked */
	size_t n;           /* how many */
};

struct projection {
	bool drop;         /* columns that are not agreed stay; else refused */
	struct mask *mask; /* one a column of the schema; NULL: none at all */
	bool hashes;       /* some mask is MASK_HASH */
	struct projection_only *only;
	size_t n_only;
};

/*
 * Reads the three members of a data set's object; "where" is the data set's
 * clause.  FAULT_FORMAT with "WHERE.mask.COLUMN" and the like, FAULT_MEMORY;
 * what was read stays in p for projection_free.
 */
enum fault projection_parse(struct projection *p, const struct node *dataset,
    const struct schema *schema, const char *where,
    struct cause *why) FAULT_CHECKED;
/* Frees what is inside. */
void projection_free(struct projection *p);

/* Whether the source leaves as it is. */
bool projection_is_none(const struct projection *p);
/* Whether what left can be held against it: masks, or rows chosen by a column
 * that left as it is. */
bool projection_shows(const struct projection *p);
/* Whether every mask can be written in the dialect: where nothing is quoted, a
 * star must not be the delimiter.  FAULT_FORMAT. */
enum fault projection_fits(const struct projection *p,
    const struct csv_dialect *d, const char *where,
    struct cause *why) FAULT_CHECKED;

#endif
