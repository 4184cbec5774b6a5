/*
 * line: messages between two processes of ours, each whole or not at all, with
 * descriptors going along.  What comes out of a confined process is foreign:
 * the reader bounds and checks it.
 */
#ifndef SYS_LINE_H
#define SYS_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/cause.h"

#define LINE_MAX (32 * 1024) /* bytes of a message */
#define LINE_FDS 2           /* descriptors of a message */

struct line {
	int fd; /* -1: none */
	/* Whom to send SIGTERM while we wait and were asked to stop ourselves;
	 * a process, a group (negative), or 0: a half, whose waits only end
	 * with a message. */
	pid_t peer;
};

struct line_message {
	void *bytes;
	size_t cap; /* room; unused when sending */
	size_t len;
	int fd[LINE_FDS]; /* when received: the caller's to close */
	size_t n_fds;
};

/* Both ends, close-on-exec. FAULT_SYSTEM. */
enum fault line_pair(int end[2], struct cause *why) FAULT_CHECKED;
/* NULL-safe; the other side then reads the end. */
void line_close(struct line *l);

/* FAULT_ABSENT when the other side is gone, FAULT_SYSTEM. */
enum fault line_send(const struct line *l, const struct line_message *m,
    struct cause *why) FAULT_CHECKED;
/*
 * The next message, at most cap bytes: FAULT_LARGER beyond.  FAULT_ABSENT when
 * the other side is gone, FAULT_SYSTEM.  On a fault no descriptor is open.
 */
enum fault line_receive(
    struct line *l, struct line_message *m, struct cause *why) FAULT_CHECKED;
/* Whether a message, or the end, can be read at once. */
bool line_ready(const struct line *l);
#endif
