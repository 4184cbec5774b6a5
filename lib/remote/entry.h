/*
 * entry: what stands under a name of a drop, and the names of a directory.
 */
#ifndef REMOTE_ENTRY_H
#define REMOTE_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cause.h"
#include "remote/remote.h"

struct entry {
	bool exists;
	bool file; /* regular */
	bool directory;
	uint64_t size; /* of a regular file */
};

/* Names while they are read; all zero is an empty list. */
struct entry_list {
	struct remote_names names;
	size_t cap;
	size_t seen; /* names offered, kept or not: a listing must end */
};

/*
 * Takes a name, or leaves it out ("." and "..", longer than 255 bytes, with '/'
 * or control bytes, no UTF-8).  FAULT_LARGER after LIMIT_DROP_ENTRIES names,
 * FAULT_MEMORY.
 */
enum fault entry_list_add(struct entry_list *list, const char *name, size_t len,
    struct cause *why) FAULT_CHECKED;
/* Moves the names, sorted bytewise and each once, to out. */
void entry_list_finish(struct entry_list *list, struct remote_names *out);

#endif
