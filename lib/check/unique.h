/*
 * unique: counts different keys and finds equal ones, 16 bytes a key (a keyed
 * 64-bit hash and the row), spread over buckets so that the last step works in
 * the processor's cache.  Adding is thread-safe by batches.  Beyond the memory
 * given they go to a file.
 */
#ifndef CHECK_UNIQUE_H
#define CHECK_UNIQUE_H

#include <stddef.h>
#include <stdint.h>

#include "base/cause.h"
#include "base/limits.h"

struct unique;

struct unique_entry {
	uint64_t hash;
	uint64_t row;
};

enum fault unique_new(struct unique **out, struct cause *why) FAULT_CHECKED;
void unique_free(struct unique *u);
/*
 * Before the first entry: beyond "most" bytes (UNIQUE_LEAST at least) entries
 * go to a file without a name in the directory, which is borrowed until
 * unique_finish.  Where there can be none, all stay in memory, as without this.
 */
#define UNIQUE_LEAST (2 * MIB)
void unique_spill(struct unique *u, int dir, size_t most);
/* The keyed hash of a key (secret of this object). */
uint64_t unique_hash(const struct unique *u, const void *key, size_t len);
/*
 * Before the first entry: it only counts, and entries have a second hash where
 * their row would be.  Of 205 million keys two have the same 64 bits once in a
 * thousand files: nobody settles that when both sides only count.
 */
void unique_count(struct unique *u);
uint64_t unique_hash_second(
    const struct unique *u, const void *key, size_t len);
/* Takes n entries; safe from several threads.  FAULT_MEMORY, and of the file
 * FAULT_SYSTEM and FAULT_NO_ROOM, which unique_trouble explains. */
enum fault unique_add(struct unique *u, const struct unique_entry *entries,
    size_t n) FAULT_CHECKED;

/* What unique_add failed of: fills the cause and returns its fault, or
 * FAULT_NONE if it did not. */
enum fault unique_trouble(const struct unique *u, struct cause *why);

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
