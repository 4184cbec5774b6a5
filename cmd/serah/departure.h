/*
 * departure: what leaves of an open source file, as a source of its own: to
 * look at it again, and to pack it.
 */
#ifndef CMD_DEPARTURE_H
#define CMD_DEPARTURE_H

#include "key/imprint.h"
#include "leaving.h"

struct departure;

/*
 * From the file's start.  "imprint", borrowed as what the job names, is told
 * the bytes of the source, and the descriptor moves with them: one reader at a
 * time; with NULL it stays where it stands.  Reading it gives the faults of
 * leaving_write, FAULT_SYSTEM, and FAULT_INTERRUPTED when a signal came.
 */
enum fault departure_new(struct departure **out, const struct leaving_job *job,
    int fd, struct imprint *imprint, struct cause *why) FAULT_CHECKED;
/* NULL-safe. */
void departure_free(struct departure *d);
struct source departure_source(struct departure *d);

#endif
