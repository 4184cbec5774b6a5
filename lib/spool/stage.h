/*
 * stage: where proved data appears, by one rename:
 * staged/AGREEMENT/DATASET/SENDER/SEQUENCE/ with data files, contents.json,
 * manifest.json; for a test staged-test/AGREEMENT/DATASET~test/… , so that
 * whatever looks for data below staged/ never meets one.
 */
#ifndef SPOOL_STAGE_H
#define SPOOL_STAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cause.h"
#include "base/path.h"
#include "base/stream.h"
#include "spool/home.h"

struct flush;

struct stage_draft {
	struct home *home; /* borrowed */
	char path[PARCEL_NAME_MAX + 16];
	int dir; /* staged/.new-… */
	int fd;  /* file being written, or -1 */
	uint64_t written;
	struct flush *flush;
};

/* The directory of the home for such a parcel; static. */
const char *stage_shelf(const struct parcel_name *name);

/* Begins: an earlier draft is removed. */
enum fault stage_begin(struct home *h, const struct parcel_name *name,
    struct stage_draft *out, struct cause *why) FAULT_CHECKED;
/* Opens a new file below the draft (openat2 beneath it, O_EXCL, 0600).
 * FAULT_ARCHIVE for a name that path_member_ok refuses, FAULT_EXISTS. */
enum fault stage_file(
    struct stage_draft *d, const char *name, struct cause *why) FAULT_CHECKED;
/* Appends to the open file; starts write-back early so the end is quick. */
enum fault stage_write(struct stage_draft *d, const void *bytes, size_t len,
    struct cause *why) FAULT_CHECKED;
/* fsyncs and closes the open file. */
enum fault stage_file_end(
    struct stage_draft *d, struct cause *why) FAULT_CHECKED;
/* A descriptor for reading a file of the draft again. */
enum fault stage_reopen(struct stage_draft *d, const char *name, int *fd,
    struct cause *why) FAULT_CHECKED;
/* fsyncs the directory and renames to the final name (FAULT_EXISTS).  On a
 * fault nothing is visible; the draft goes with stage_end. */
enum fault stage_commit(struct stage_draft *d, const struct parcel_name *name,
    struct cause *why) FAULT_CHECKED;
/* Removes an uncommitted draft.  NULL-safe. */
void stage_end(struct stage_draft *d);

/* Whether a parcel is staged. */
enum fault stage_exists(struct home *h, const struct parcel_name *name,
    bool *exists, struct cause *why) FAULT_CHECKED;

#endif
