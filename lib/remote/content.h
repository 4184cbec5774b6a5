/*
 * content: the bytes to be put on a drop, from a descriptor or from memory.
 */
#ifndef REMOTE_CONTENT_H
#define REMOTE_CONTENT_H

#include <stddef.h>
#include <stdint.h>

#include "base/cause.h"
#include "base/growth.h"

struct content {
	int fd;                /* read with pread; not used if bytes is set */
	const void *bytes;     /* or NULL */
	uint64_t size;         /* known so far; final without growth */
	struct growth *growth; /* of a file still being written, or NULL */
};

/*
 * Sees to it that size is more than "at", waiting for the writer of a growing
 * file; size stays "at" only at the end.  The writer's fault.
 */
enum fault content_more(
    struct content *c, uint64_t at, struct cause *why) FAULT_CHECKED;
/* Takes in what a growing file has by now, without waiting.  The writer's
 * fault: of a file that was given up no further byte shall leave. */
enum fault content_look(struct content *c, struct cause *why) FAULT_CHECKED;

/*
 * Reads len bytes at offset; they lie within size.  FAULT_INCOMPLETE if the
 * file is shorter than it was said to be, FAULT_SYSTEM.
 */
enum fault content_read(const struct content *c, uint64_t offset, void *out,
    size_t len, struct cause *why) FAULT_CHECKED;

/* Where to go on with a part of "have" bytes: one window back, or 0 if it can
 * not be a part of this content. */
uint64_t content_resume(const struct content *c, uint64_t have);

#endif
