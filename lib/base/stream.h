/*
 * stream: source and sink, the only function pointers of the house.
 *
 * A stage wraps the next: seal is a sink that writes into a sink, unseal a
 * source that reads from a source.
 */
#ifndef BASE_STREAM_H
#define BASE_STREAM_H

#include <stddef.h>

#include "base/fault.h"

struct cause;

/*
 * Takes all "len" bytes or fails; "why" may be NULL.  After a fault the sink
 * must not be written again.
 */
struct sink {
	enum fault (*write)(
	    void *self, const void *bytes, size_t len, struct cause *why);
	void *self;
};

/*
 * Gives between 1 and "cap" bytes in *got, or *got = 0 at a proven end.  After
 * a fault the source must not be read again.
 */
struct source {
	enum fault (*read)(void *self, void *bytes, size_t cap, size_t *got,
	    struct cause *why);
	void *self;
};

#endif
