/*
 * half: a process of ours that has one job and gives up the rest, so that a
 * hole in what it does for us gives nothing away.
 */
#ifndef SYS_HALF_H
#define SYS_HALF_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/cause.h"
#include "sys/line.h"

struct half {
	struct line line;
	pid_t pid; /* 0: none */
};

/*
 * Forks, with a line between both, and returns twice, as fork(2) does: in the
 * caller's process with *inside false; in the new one with *inside true, where
 * it never returns from the caller's branch but by half_leave.  The half dies
 * with the thread that made it, listens to SIGTERM as we do, and still has all
 * that we had open.  The caller must run no other thread.  FAULT_SYSTEM.
 */
enum fault half_fork(
    struct half *out, bool *inside, struct cause *why) FAULT_CHECKED;

/* Inside: closes every descriptor but the line and these; 0 to 2 lead nowhere.
 */
void half_shut(const struct half *h, const int *keep, size_t n);
/* Inside: ends the process, flushing nothing. */
_Noreturn void half_leave(void);

/*
 * Outside: closes the line and waits for the end, which is brought about if it
 * does not come by itself.  *status (may be NULL) is as of wait(2); the fault
 * is half_verdict's.  A half that was never begun, or ended before, is fine.
 */
enum fault half_end(
    struct half *h, int *status, struct cause *why) FAULT_CHECKED;
/* FAULT_NONE if it left as it should, else FAULT_SYSTEM, saying how it ended.
 */
enum fault half_verdict(int status, struct cause *why) FAULT_CHECKED;

#endif
