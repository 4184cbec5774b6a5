/*
 * content: the bytes to be put on a drop, from a descriptor or from memory.
 */
#ifndef REMOTE_CONTENT_H
#define REMOTE_CONTENT_H

#include <stddef.h>
#include <stdint.h>

#include "base/cause.h"

struct content {
	int fd;            /* read with pread; not used if bytes is set */
	const void *bytes; /* or NULL */
	uint64_t size;
};

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
