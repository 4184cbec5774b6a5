/*
 * walk: the archive policy, held over the plain bytes of a tar archive as they
 * pass.
 *
 * Sees every byte before libarchive does: headers (ustar, pax), padding, the
 * end-of-archive marker and what comes after it.  Pure: bytes in, no I/O.
 */
#ifndef PACK_WALK_H
#define PACK_WALK_H

#include <stddef.h>

#include "base/cause.h"
#include "base/limits.h"
#include "pack/unpack.h"

/* Zero bytes after the end-of-archive marker: writers fill a tape record, by
 * default 10 KiB; beyond this it is no padding. */
#define WALK_PADDING (1 * MIB)

struct walk;

/* FAULT_MEMORY. */
enum fault walk_new(struct walk **out, const struct unpack_limits *limits,
    struct cause *why) FAULT_CHECKED;
/*
 * Looks at the next bytes.  FAULT_ARCHIVE, FAULT_LARGER (as soon as a header
 * announces too much), FAULT_MEMORY; the cause holds the offset in the archive.
 * After a fault the walk is over.
 */
enum fault walk_feed(struct walk *w, const unsigned char *bytes, size_t len,
    struct cause *why) FAULT_CHECKED;
/* The bytes have ended: FAULT_ARCHIVE unless the archive has, too. */
enum fault walk_end(struct walk *w, struct cause *why) FAULT_CHECKED;
/* The i-th member seen so far, or NULL; borrowed until the next feed. */
const struct unpack_member *walk_member(const struct walk *w, size_t i);
void walk_free(struct walk *w);

#endif
