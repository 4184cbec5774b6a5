/*
 * flush: brings a file that is being written to the disk on a thread of its
 * own, so that the fsync at the end, which is what counts, finds little left.
 */
#ifndef BASE_FLUSH_H
#define BASE_FLUSH_H

#include <stdint.h>

#include "base/cause.h"

struct flush;

/*
 * The file has "size" bytes by now.  *f is NULL at first; it is made when the
 * file is large enough to be worth it, and borrows fd until flush_end.  Without
 * memory or a thread to be had it stays NULL: the fsync only takes longer.
 */
void flush_reach(struct flush **f, int fd, uint64_t size);
/*
 * Stops, frees, and sets *f to NULL.  Nothing is proven by it: fsync the file.
 * But a fault is final (FAULT_SYSTEM, FAULT_NO_ROOM): the kernel tells of bytes
 * that did not reach the disk once, and a later fsync may say that all is well.
 */
enum fault flush_end(
    struct flush **f, const char *name, struct cause *why) FAULT_CHECKED;

#endif
