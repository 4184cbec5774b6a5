/*
 * unpack: members out of a tar.zst stream, under our own policy.
 *
 * Exactly one zstd frame (window at most 2^LIMIT_ZSTD_WINDOW_LOG, no skippable
 * frame, nothing after), plain tar inside, regular files only, names by
 * path_member_ok and different after case folding, only zero padding after the
 * end of the archive, and any libarchive warning is a refusal.  Everything else
 * is FAULT_ARCHIVE; beyond the limits FAULT_LARGER.
 */
#ifndef PACK_UNPACK_H
#define PACK_UNPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cause.h"
#include "base/limits.h"
#include "base/stream.h"

struct unpack;

struct unpack_limits {
	uint64_t bytes; /* of all members together */
	size_t members;
};

struct unpack_member {
	char name[LIMIT_MEMBER_NAME + 1];
	uint64_t size;
};

/* in gives the compressed stream and must outlive the unpack. */
enum fault unpack_new(struct unpack **out, struct source in,
    const struct unpack_limits *limits, struct cause *why) FAULT_CHECKED;
/* Next member; *end is set when there is none and the end is proven (archive,
 * frame, source). */
enum fault unpack_next(struct unpack *u, struct unpack_member *member,
    bool *end, struct cause *why) FAULT_CHECKED;
/* Bytes of the current member; *got = 0 at its end. */
enum fault unpack_read(struct unpack *u, void *bytes, size_t cap, size_t *got,
    struct cause *why) FAULT_CHECKED;
void unpack_free(struct unpack *u);

#endif
