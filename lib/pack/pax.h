/*
 * pax: the records of one extended header, read strictly and purely.
 *
 * POSIX.1-2017, pax, "pax Extended Header".  Accepted are the keys that writers
 * give a plain file: mtime, atime, ctime; size, path, uid, gid; SCHILY.dev,
 * SCHILY.ino, SCHILY.nlink; each once.  Only size and path mean something, and
 * the caller must find them equal to those of the header that follows.
 */
#ifndef PACK_PAX_H
#define PACK_PAX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cause.h"
#include "base/limits.h"

/* Bytes of one extended header: the keys above need some 400. */
#define PAX_MAX 4096

struct pax {
	bool has_size;
	uint64_t size;
	bool has_path;
	char path[LIMIT_MEMBER_NAME + 1];
	unsigned seen; /* a bit for each key */
};

/* FAULT_ARCHIVE with what is wrong. */
enum fault pax_parse(struct pax *out, const unsigned char *bytes, size_t len,
    struct cause *why) FAULT_CHECKED;

#endif
