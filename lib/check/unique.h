/*
 * unique: counts different keys and finds equal ones, 16 bytes a key (a keyed
 * 64-bit hash and the row), spread over buckets so that the last step works in
 * the processor's cache.  Adding is thread-safe by batches.
 */
#ifndef CHECK_UNIQUE_H
#define CHECK_UNIQUE_H

#include <stddef.h>
#include <stdint.h>

#include "base/cause.h"

struct unique;

struct unique_entry {
	uint64_t hash;
	uint64_t row;
};

enum fault unique_new(struct unique **out, struct cause *why) FAULT_CHECKED;
void unique_free(struct unique *u);
/* The keyed hash of a key (secret of this object). */
uint64_t unique_hash(const struct unique *u, const void *key, size_t len);
/* Takes n entries; safe from several threads.  FAULT_MEMORY. */
enum fault unique_add(struct unique *u, const struct unique_entry *entries,
    size_t n) FAULT_CHECKED;

/*
 * Ends: gives the number of different hashes, and up to max pairs of rows whose
 * hashes are equal (first, second; second > first), sorted by second.
 */
struct unique_pair {
	uint64_t first;
	uint64_t second;
};
enum fault unique_finish(struct unique *u, uint64_t *distinct,
    struct unique_pair *pairs, size_t max, size_t *n_pairs, uint64_t *n_equal,
    struct cause *why) FAULT_CHECKED;

#endif
