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
/* Stops, frees, and sets *f to NULL; nothing is proven by it: fsync the file.
 */
void flush_end(struct flush **f);

#endif
