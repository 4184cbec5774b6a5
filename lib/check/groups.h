/*
 * groups: counts of different values, at most LIMIT_GROUPS of them; one map a
 * thread, merged at the end.
 */
#ifndef CHECK_GROUPS_H
#define CHECK_GROUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/limits.h"
#include "check/screen.h"
#include "check/totals.h"

/* Text of all groups of one total. */
#define GROUPS_TEXT (1 * MIB)

struct group_slot {
	uint64_t hash;
	uint64_t last;  /* its last eight bytes: if it is no longer, all, and
			   zeros */
	uint64_t count; /* 0 = free */
	uint32_t at;    /* in text */
	uint32_t len;
};

struct groups {
	struct group_slot *slot;
	size_t mask; /* slots - 1 */
	size_t n;
	struct buf text;
	uint64_t seed[2]; /* secret: values cannot be made to collide */
	bool over;        /* more than the limits: counts are void */
};

enum fault groups_init(struct groups *g, const uint64_t seed[2]) FAULT_CHECKED;
void groups_free(struct groups *g);
/* Counts the value n times. */
enum fault groups_add(
    struct groups *g, const char *text, size_t len, uint64_t n) FAULT_CHECKED;
/* Counts each of the cells whose bits are set once. */
enum fault groups_add_cells(
    struct groups *g, const struct cells *cells, uint64_t bits) FAULT_CHECKED;
/* Adds all of "from", which has the same seed. */
enum fault groups_merge(
    struct groups *g, const struct groups *from) FAULT_CHECKED;
/* The groups sorted bytewise, owned by the caller. */
enum fault groups_result(
    const struct groups *g, struct total_group **out, size_t *n) FAULT_CHECKED;

#endif
