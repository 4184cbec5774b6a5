/*
 * outpost: an empty process, forked before a key or a row is in memory, from
 * which each courier is forked.  So whoever holds the keys needs no network
 * ever, and no courier was ever a copy of a process that had them.
 */
#ifndef REMOTE_OUTPOST_H
#define REMOTE_OUTPOST_H

#include "base/cause.h"
#include "sys/line.h"

struct outpost;

/* To be called before anything is loaded; no other thread may run.
 * FAULT_MEMORY, FAULT_SYSTEM. */
enum fault outpost_open(struct outpost **out, struct cause *why) FAULT_CHECKED;
/* Its couriers must have ended.  NULL-safe. */
void outpost_close(struct outpost *o);

/*
 * A new courier over a piece of shared memory, and the line to it, the caller's
 * to close.  One thread at a time.  FAULT_SYSTEM.
 */
enum fault outpost_send(struct outpost *o, int memory, struct line *line,
    pid_t *pid, struct cause *why) FAULT_CHECKED;
/* Waits for a courier whose line is closed: as half_end. */
enum fault outpost_reap(
    struct outpost *o, pid_t pid, struct cause *why) FAULT_CHECKED;

#endif
