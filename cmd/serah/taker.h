/*
 * taker: pass 1 of one file for one data set: what leaves of it is held against
 * schema, keys and limits, counted and hashed.
 */
#ifndef CMD_TAKER_H
#define CMD_TAKER_H

#include "extract.h"

struct taker;

/* For file i of x, which it fills.  FAULT_OVER_LIMITS when the files before it
 * have all rows that are agreed. */
enum fault taker_new(struct taker **out, struct extract *x, size_t i,
    struct cause *why) FAULT_CHECKED;
/* NULL-safe. */
void taker_free(struct taker *t);

/* Whether more bytes can make a difference. */
bool taker_wants(const struct taker *t);
/* The source's next bytes.  A refusal is kept for taker_end: another taker may
 * go on. */
enum fault taker_write(struct taker *t, const void *bytes, size_t len,
    struct cause *why) FAULT_CHECKED;

/* Where a source that leaves as it is may be put in place of taker_write, which
 * saves a copy; as table_space and table_commit. */
enum fault taker_space(
    struct taker *t, char **at, size_t *cap, struct cause *why) FAULT_CHECKED;
enum fault taker_commit(
    struct taker *t, size_t len, struct cause *why) FAULT_CHECKED;

/* The source is at its end, or nobody wants more of it: sums up, and puts what
 * was found into the extract.  The first fault, in the source's order. */
enum fault taker_end(struct taker *t, struct cause *why) FAULT_CHECKED;

#endif
