/*
 * members: the names and sizes of one archive, each name once.
 */
#ifndef PACK_MEMBERS_H
#define PACK_MEMBERS_H

#include <stddef.h>
#include <stdint.h>

#include "base/cause.h"
#include "pack/unpack.h"

struct members {
	struct unpack_member *at; /* owned, in the archive's order */
	size_t n;
	size_t cap;
};

/*
 * Adds a member.  FAULT_FORMAT when path_member_ok says no, FAULT_EXISTS when
 * the name is there already but for the case of its letters, FAULT_MEMORY; the
 * list is then as it was.
 */
enum fault members_add(struct members *m, const char *name, uint64_t size,
    struct cause *why) FAULT_CHECKED;
/* Frees and empties the list. */
void members_free(struct members *m);

#endif
