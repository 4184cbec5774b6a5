/*
 * codelist: a list of codes that an agreement names, as a table in memory.
 */
#ifndef CHECK_CODELIST_H
#define CHECK_CODELIST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cause.h"
#include "base/limits.h"
#include "text/csv.h"

struct set; /* check/set.h */

#define CODELIST_RECORDS_MAX 200000 /* all villages of a country, twice */

struct codelist;

/* What a table may be held against; "list" is owned by who made it. */
struct codelists {
	struct codelist *list[LIMIT_CODE_LISTS];
	size_t n;
};

/* A file that is read as a list; all borrowed. */
struct codelist_file {
	const char *id;
	struct csv_dialect dialect;
	const void *bytes;
	size_t len;
};

/*
 * Reads the whole file, which must have been proved: strict CSV in UTF-8 with a
 * header of different names.  FAULT_FORMAT with row, FAULT_MEMORY.
 */
enum fault codelist_parse(struct codelist **out,
    const struct codelist_file *file, struct cause *why) FAULT_CHECKED;
void codelist_free(struct codelist *l);
void codelists_free(struct codelists *l); /* what is inside; NULL-safe */

/* The list of that id, or NULL. */
const struct codelist *codelists_find(
    const struct codelists *l, const char *id);
/* Whether the list has a column of that name. */
bool codelist_has(const struct codelist *l, const char *column);
/* The different texts of a column, the empty one left out; *out is the
 * caller's.  FAULT_MEMORY, FAULT_ABSENT (no such column, or all empty). */
enum fault codelist_set(struct set **out, const struct codelist *l,
    const char *column) FAULT_CHECKED;

#endif
