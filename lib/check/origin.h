/*
 * origin: where a row of what leaves stands in the source.
 *
 * Until the first record that does not leave, rows are the same and nothing is
 * kept; from then on one bit a record of the source: 26 MB for 205 million.
 */
#ifndef CHECK_ORIGIN_H
#define CHECK_ORIGIN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"

struct origin;

/* FAULT_MEMORY. */
enum fault origin_new(struct origin **out) FAULT_CHECKED;
/* NULL-safe. */
void origin_free(struct origin *o);

/* The next record of the source, the header not counted, and whether it leaves;
 * by one thread.  FAULT_MEMORY. */
enum fault origin_enter(struct origin *o, bool leaves) FAULT_CHECKED;
/* The records entered so far can be asked for, by every thread.  FAULT_MEMORY.
 */
enum fault origin_tell(struct origin *o) FAULT_CHECKED;

/* The row of the source, where the header is 1, for a row of what leaves.  One
 * behind all that left is as far behind the last that did. */
uint64_t origin_row(struct origin *o, uint64_t row);

#endif
