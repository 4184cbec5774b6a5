/*
 * sql: a script for psql that loads the files of a parcel into PostgreSQL (15
 * or later) and counts again there: what the totals of contents.json are, as
 * queries, with what they must give beside them.
 *
 * Pure: facts in, text out; the same facts give the same text.
 */
#ifndef CHECK_SQL_H
#define CHECK_SQL_H

#include <stddef.h>

#include "base/buf.h"
#include "check/schema.h"
#include "check/totals.h"
#include "text/csv.h"

/* Longer names PostgreSQL would cut. */
#define SQL_NAME_MAX 63

struct sql_file {
	const char *name; /* a safe member's name */
	const struct totals *totals;
};

struct sql_job {
	const char *table; /* its name, unless psql is given another */
	const struct schema *schema;
	const struct csv_dialect *dialect; /* of the files as they lie there */
	const struct sql_file *file;
	size_t n;
};

/*
 * Appends the script.  It is one transaction that either loads everything, all
 * totals being right, or nothing.  FAULT_MEMORY, FAULT_LARGER (out->max).
 */
enum fault sql_format(struct buf *out, const struct sql_job *job) FAULT_CHECKED;

#endif
