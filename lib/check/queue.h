/*
 * queue: a fixed number of blocks going round between the thread that fills
 * them, the workers that tap (hash) and check them, and the ledger that enters
 * them in order.
 * All calls lock by themselves.
 */
#ifndef CHECK_QUEUE_H
#define CHECK_QUEUE_H

#include "check/block.h"

struct queue;

/* n blocks, at least 2. */
enum fault queue_new(struct queue **out, size_t n, size_t columns,
    size_t max_faults, uint64_t max_rows) FAULT_CHECKED;
void queue_free(struct queue *q); /* NULL-safe; no thread may use it */

/* Filling thread: an empty block, waiting for one; NULL once the structure is
 * lost or a worker failed. */
struct block *queue_take(struct queue *q);
/* Filling thread: hands the block to the workers, in file order. */
void queue_submit(struct queue *q, struct block *b);
/* Filling thread: waits until all that was submitted is in the ledger. */
void queue_drain(struct queue *q);
/* Tells the workers to end when nothing waits. */
void queue_stop(struct queue *q);

/* Before the first block: each is tapped, one after the other in file order,
 * before it is checked. */
void queue_tap(struct queue *q);

/* Before the first block: the keys of these sets are followed, and hashed only
 * in blocks begun after they ceased to ascend. */
void queue_follow(struct queue *q, uint64_t sets);

/* Before the first block: what is found is listed as it is entered.  Borrowed;
 * touched under the queue's lock until queue_drain. */
void queue_list(struct queue *q, struct listing *listing);

enum queue_work { QUEUE_END, QUEUE_TAP, QUEUE_CHECK };
/*
 * Worker: what to do next with which block, waiting for something.  What must
 * be done in a row goes first, so that it is never waited for.  *skip says that
 * its content does not count any more.
 */
enum queue_work queue_next(struct queue *q, struct block **b, bool *skip);
/* Worker: gives it back tapped. */
void queue_tapped(struct queue *q);
/* Worker: gives it back checked. */
void queue_done(struct queue *q, struct block *b);

/* After queue_drain. */
struct ledger *queue_ledger(struct queue *q);

#endif
