/*
 * project: records of a source in, records of the normal form out: the agreed
 * columns and rows, masked, with LF and no more quotes than are needed.
 *
 * A stage of a stream, on the caller's thread, in constant memory (and the
 * origin's bit a record).  Strict: what is not RFC 4180 in the source's dialect
 * is a fault, with the source's row.
 */
#ifndef CHECK_PROJECT_H
#define CHECK_PROJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cause.h"
#include "base/stream.h"
#include "check/origin.h"
#include "check/projection.h"
#include "check/schema.h"
#include "key/pseudonym.h"
#include "text/csv.h"

struct project_job {
	const struct projection *projection; /* borrowed */
	const struct schema *schema;         /* borrowed: of what leaves */
	struct csv_dialect dialect; /* of the source; UTF-8, its mark gone */
	const char *file;           /* borrowed; for causes */
	const char *clause;         /* borrowed; clause prefix for causes */
	const struct pseudonym *pseudonym; /* borrowed; NULL if no mask asks */
	struct origin *origin;             /* borrowed; is told; or NULL */
	size_t max_faults;                 /* causes kept, at least 1 */
	uint64_t offset; /* of the first byte in the file; UINT64_MAX: the
			  * file's bytes are not these */
	bool prove;      /* nothing is written: the bytes are what left, and are
			  * held against masks and rows as far as they show them;
			  * FAULT_VALUE */
};

struct project;

/* FAULT_MEMORY. */
enum fault project_new(struct project **out, const struct project_job *job,
    struct sink to, struct cause *why) FAULT_CHECKED;
/* NULL-safe. */
void project_free(struct project *p);

/*
 * Takes the next bytes of valid UTF-8, cut anywhere.  FAULT_COLUMNS when the
 * header is not as agreed or the structure is lost; faults of "to" are passed
 * on.  A record with another number of fields than the header is kept as a
 * cause and does not leave, so that more may be found.  What leaves does not
 * depend on the cuts, nor does the fault.
 */
enum fault project_write(struct project *p, const void *bytes, size_t len,
    struct cause *why) FAULT_CHECKED;
enum fault project_end(struct project *p, struct cause *why) FAULT_CHECKED;

/* Row and column in which the next byte would stand, for a fault of an earlier
 * stage there; FAULT_COLUMNS when the structure was lost before it. */
enum fault project_place(struct project *p, struct cause *why) FAULT_CHECKED;
/* Records with a wrong number of fields: all, and the first as causes. */
uint64_t project_faults(const struct project *p);
size_t project_causes(const struct project *p, const struct cause **out);

#endif
