/*
 * rehash: keys that were not hashed, because they ascended up to there, are
 * hashed now that they turned out not to ascend to the end.
 */
#ifndef CHECK_REHASH_H
#define CHECK_REHASH_H

#include "base/stream.h"
#include "check/scan.h"

/*
 * When all blocks are in the ledger: reads "again" from its start, as far as
 * something is left, and puts the keys into their sets, with the rows of the
 * first reading.  Nothing is read where nothing is left.  The scanner's worker
 * has ended; the block is an empty one.  FAULT_FORMAT when the file is not the
 * same any more.
 */
enum fault rehash_blocks(struct scanner *s, struct block *b,
    const struct ledger *ledger, struct source again,
    struct cause *why) FAULT_CHECKED;

#endif
