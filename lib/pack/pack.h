/*
 * pack: files into one pax tar stream, compressed as one zstd frame.
 *
 * Reproducible: same members, same bytes (times are given, owner 0, mode 0600,
 * no user names).  With unpack the only user of archive.h and zstd.h.
 */
#ifndef PACK_PACK_H
#define PACK_PACK_H

#include <stddef.h>
#include <stdint.h>

#include "base/cause.h"
#include "base/stream.h"

struct pack;

struct pack_job {
	int level;        /* zstd level, 1 … 19 */
	unsigned threads; /* zstd workers; 0 = in the caller's thread */
	int64_t mtime;    /* of every member, seconds */
};

/* FAULT_MEMORY; FAULT_USAGE for a level out of range.  into must outlive the
 * pack. */
enum fault pack_new(struct pack **out, struct sink into,
    const struct pack_job *job, struct cause *why) FAULT_CHECKED;
/* Begins a member of exactly "size" bytes.  FAULT_FORMAT for an unsafe name,
 * FAULT_EXISTS for one that is there already but for the case of letters. */
enum fault pack_member(struct pack *p, const char *name, uint64_t size,
    struct cause *why) FAULT_CHECKED;
/* Its bytes; more or fewer than said is FAULT_FORMAT (here or at the next
 * member or the end). */
enum fault pack_write(struct pack *p, const void *bytes, size_t len,
    struct cause *why) FAULT_CHECKED;
/* Ends archive and frame (with content checksum). */
enum fault pack_finish(struct pack *p, struct cause *why) FAULT_CHECKED;
void pack_free(struct pack *p);

#endif
