/*
 * spill: entries of keys beyond memory, in a file without a name that vanishes
 * with its last descriptor, whatever becomes of us.  It holds keyed hashes and
 * rows, never a key.
 *
 * Entries are written run by run, in each bucket by bucket; at the end each
 * bucket is read by itself, over all runs.
 */
#ifndef CHECK_SPILL_H
#define CHECK_SPILL_H

#include <stddef.h>
#include <stdint.h>

#include "base/cause.h"

struct unique_entry;
struct spill;

/*
 * A file in the directory, for so many buckets.  FAULT_ABSENT when the file
 * system there has no files without names; FAULT_SYSTEM, FAULT_NO_ROOM,
 * FAULT_MEMORY.
 */
enum fault spill_new(struct spill **out, int dir, size_t buckets,
    struct cause *why) FAULT_CHECKED;
void spill_free(struct spill *s);

/* A run: begun, then for each bucket in turn its entries and its end, ended.
 * Nothing is read before the last one has ended. */
enum fault spill_begin(struct spill *s, struct cause *why) FAULT_CHECKED;
enum fault spill_put(struct spill *s, const struct unique_entry *entries,
    size_t n, struct cause *why) FAULT_CHECKED;
void spill_bucket_end(struct spill *s);
enum fault spill_end(struct spill *s, struct cause *why) FAULT_CHECKED;

/* Entries of one bucket. */
uint64_t spill_count(const struct spill *s, size_t bucket);
/* Goes to the start of a bucket; then gives its entries piece by piece, at the
 * end a piece of none.  Lent until the next call. */
enum fault spill_seek(
    struct spill *s, size_t bucket, struct cause *why) FAULT_CHECKED;
enum fault spill_next(struct spill *s, const struct unique_entry **entries,
    size_t *n, struct cause *why) FAULT_CHECKED;

#endif
