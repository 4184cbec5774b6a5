/*
 * frame: exactly one zstd frame, read strictly.
 *
 * RFC 8878: a Zstandard frame (no skippable frame, no dictionary, the reserved
 * bit clear) with a window of at most 2^LIMIT_ZSTD_WINDOW_LOG bytes, complete,
 * and then the end of the source.  All else is FAULT_ARCHIVE.
 */
#ifndef PACK_FRAME_H
#define PACK_FRAME_H

#include <stddef.h>

#include "base/cause.h"
#include "base/stream.h"

struct frame;

/* in must outlive the frame.  FAULT_MEMORY. */
enum fault frame_new(
    struct frame **out, struct source in, struct cause *why) FAULT_CHECKED;
/*
 * Next decoded bytes, borrowed until the next call; *len = 0 at the proven end.
 * A fault of the source is passed on as it is.  After a fault the frame must
 * not be read again.
 */
enum fault frame_next(struct frame *f, const unsigned char **bytes, size_t *len,
    struct cause *why) FAULT_CHECKED;
void frame_free(struct frame *f);

#endif
