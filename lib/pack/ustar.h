/*
 * ustar: one 512-byte header of a tar archive, read strictly and purely.
 *
 * POSIX.1-2017, pax, "ustar Interchange Format".  Accepted are a regular file
 * and the extended header 'x' of one file; everything that some reader could
 * take for something else is refused.
 */
#ifndef PACK_USTAR_H
#define PACK_USTAR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cause.h"
#include "base/limits.h"

#define USTAR_BLOCK 512

enum ustar_type { USTAR_FILE, USTAR_EXTENDED };

struct ustar {
	enum ustar_type type;
	char name[LIMIT_MEMBER_NAME + 1]; /* of a file, not yet judged */
	uint64_t size;
	bool wide; /* the size does not fit eleven octal digits */
};

/* FAULT_ARCHIVE with the field that is wrong. */
enum fault ustar_parse(struct ustar *out, const unsigned char *block,
    struct cause *why) FAULT_CHECKED;

/* Whether all bytes are zero. */
bool ustar_zero(const unsigned char *bytes, size_t len);

#endif
