/*
 * ahead: carries a payload to the drop on a thread of its own while it is still
 * being sealed, so that the line does not wait for the seal.  Nobody is told:
 * the bytes lie under a temporary name until the manifest is signed and on
 * record.
 */
#ifndef CMD_AHEAD_H
#define CMD_AHEAD_H

#include "base/growth.h"
#include "desk.h"
#include "licence.h"
#include "remote/remote.h"

struct ahead;

/* What is carried, and where to; all of it must outlive ahead_end. */
struct ahead_job {
	struct desk *desk;
	const struct licence *licence;
	const char *url; /* instead of the agreement's, or NULL */
	const struct parcel_name *name;
	int payload; /* being written; a descriptor for reading alone */
};

/* FAULT_MEMORY, FAULT_SYSTEM. */
enum fault ahead_start(struct ahead **out, const struct ahead_job *job,
    struct cause *why) FAULT_CHECKED;

/* What the writer of the payload tells. */
struct growth *ahead_growth(struct ahead *a);

/*
 * The payload is at its end, or given up (whole false: what was carried is
 * removed again).  Waits.  With FAULT_NONE *r is the open drop, the caller's to
 * close, and the payload lies there whole; else *r is NULL, and the cause says
 * why it could not be carried.
 */
enum fault ahead_end(struct ahead *a, bool whole, struct remote **r,
    struct cause *why) FAULT_CHECKED;
/* NULL-safe; after ahead_end. */
void ahead_free(struct ahead *a);

#endif
