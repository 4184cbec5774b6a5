/*
 * leaving: the bytes of a source file as they leave: decoded, projected, in
 * the normal form of the data set.  A source that is to leave as it is goes
 * through unchanged.
 */
#ifndef CMD_LEAVING_H
#define CMD_LEAVING_H

#include "base/stream.h"
#include "check/origin.h"
#include "key/pseudonym.h"
#include "record/dataset.h"

struct leaving_job {
	const struct dataset *dataset;     /* borrowed */
	const char *file;                  /* borrowed; for causes */
	const struct pseudonym *pseudonym; /* borrowed; for masks that ask */
	struct origin *origin;             /* borrowed; is told; or NULL */
	size_t max_faults;
};

struct leaving;

/* FAULT_MEMORY; FAULT_CONF when the C library does not know the encoding. */
enum fault leaving_new(struct leaving **out, const struct leaving_job *job,
    struct sink to, struct cause *why) FAULT_CHECKED;
/* NULL-safe. */
void leaving_free(struct leaving *l);

/*
 * Takes the source's next bytes.  FAULT_ENCODING and FAULT_COLUMNS with file,
 * row, column and, where it is known, byte of the source: then all that stands
 * before it was written.  Faults of the sink are passed on.
 */
enum fault leaving_write(struct leaving *l, const void *bytes, size_t len,
    struct cause *why) FAULT_CHECKED;
enum fault leaving_end(struct leaving *l, struct cause *why) FAULT_CHECKED;

/* Rows that did not leave because they have a wrong number of fields. */
uint64_t leaving_faults(const struct leaving *l);
size_t leaving_causes(const struct leaving *l, const struct cause **out);

#endif
