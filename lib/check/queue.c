/*
 * queue: blocks between threads.  One lock for everything: it is taken four
 * times a block, that is some thousand times a second.
 *
 * Blocks in flight have consecutive indexes and never outnumber the slots, so
 * index modulo n finds both the next to check and the next to enter.
 */
#include <pthread.h>
#include <stdlib.h>

#include "check/queue.h"

struct queue {
	pthread_mutex_t lock;
	pthread_cond_t work;  /* something to check, or the end */
	pthread_cond_t empty; /* a block came back */
	struct block *block;
	size_t n;
	struct block **order; /* slot index % n: submitted blocks */
	struct block **spare; /* empty blocks */
	size_t n_spare;
	/* Indexes, the next of each: entered <= started <= tapped <= submitted.
	 */
	uint64_t submitted, tapped, started, entered;
	bool tap;     /* blocks are tapped at all */
	bool tapping; /* one is */
	bool waiting; /* the filling thread, for half of the blocks */
	bool stop;
	size_t max_faults; /* of a block, when nothing is listed */
	struct ledger ledger;
};

enum fault
queue_new(struct queue **out, size_t n, size_t columns, size_t max_faults,
    uint64_t max_rows)
{
	struct queue *q = calloc(1, sizeof(*q));
	size_t i = 0;

	*out = NULL;
	if (q == NULL)
		return FAULT_MEMORY;
	/* Default attributes: on Linux these cannot fail. */
	(void)pthread_mutex_init(&q->lock, NULL);
	(void)pthread_cond_init(&q->work, NULL);
	(void)pthread_cond_init(&q->empty, NULL);
	ledger_init(&q->ledger, columns, max_faults, max_rows);
	q->block = calloc(n, sizeof(*q->block));
	q->order = calloc(n, sizeof(struct block *));
	q->spare = calloc(n, sizeof(struct block *));
	if (q->block == NULL || q->order == NULL || q->spare == NULL)
		goto fail;
	q->n = n;
	q->max_faults = max_faults;
	for (i = 0; i < n; i++) {
		if (block_init(&q->block[i], columns, max_faults) != FAULT_NONE)
			goto fail;
		q->spare[q->n_spare++] = &q->block[i];
	}
	*out = q;
	return FAULT_NONE;
fail:
	queue_free(q);
	return FAULT_MEMORY;
}

void
queue_free(struct queue *q)
{
	size_t i = 0;

	if (q == NULL)
		return;
	for (i = 0; i < q->n; i++)
		block_free(&q->block[i]);
	free(q->block);
	free(q->order);
	free(q->spare);
	ledger_free(&q->ledger);
	(void)pthread_cond_destroy(&q->empty);
	(void)pthread_cond_destroy(&q->work);
	(void)pthread_mutex_destroy(&q->lock);
	free(q);
}

static void
queue_lock(struct queue *q)
{
	(void)pthread_mutex_lock(&q->lock);
}

static void
queue_unlock(struct queue *q)
{
	(void)pthread_mutex_unlock(&q->lock);
}

static bool
queue_ended(const struct queue *q)
{
	return q->ledger.lost || q->ledger.fault != FAULT_NONE;
}

struct block *
queue_take(struct queue *q)
{
	struct block *b = NULL;

	queue_lock(q);
	/* Once it has to wait, it waits for several: to sleep and wake for each
	 * block would cost more than the work between. */
	if (q->n_spare == 0)
		q->waiting = true;
	while (q->waiting && !queue_ended(q))
		(void)pthread_cond_wait(&q->empty, &q->lock);
	if (!queue_ended(q))
		b = q->spare[--q->n_spare];
	queue_unlock(q);
	return b;
}

void
queue_submit(struct queue *q, struct block *b)
{
	queue_lock(q);
	/* One more block wakes one more worker at most. */
	q->order[q->submitted % q->n] = b;
	q->submitted++;
	if (!q->tap)
		q->tapped = q->submitted;
	(void)pthread_cond_signal(&q->work);
	queue_unlock(q);
}

void
queue_tap(struct queue *q)
{
	queue_lock(q);
	q->tap = true;
	queue_unlock(q);
}

void
queue_follow(struct queue *q, uint64_t sets)
{
	queue_lock(q);
	order_follow(&q->ledger.order, sets);
	queue_unlock(q);
}

void
queue_list(struct queue *q, struct listing *listing)
{
	queue_lock(q);
	q->ledger.listing = listing;
	queue_unlock(q);
}

/* How many faults of the next block are noted with their place.  The ledger
 * keeps the first of them, the listing takes them all. */
static size_t
queue_noted(const struct queue *q)
{
	const struct listing *l = q->ledger.listing;

	return l != NULL && listing_open(l) ? LISTING_BLOCK : q->max_faults;
}

void
queue_drain(struct queue *q)
{
	queue_lock(q);
	while (q->entered < q->submitted)
		(void)pthread_cond_wait(&q->empty, &q->lock);
	queue_unlock(q);
}

void
queue_stop(struct queue *q)
{
	queue_lock(q);
	q->stop = true;
	(void)pthread_cond_broadcast(&q->work);
	queue_unlock(q);
}

/* What could be done now; QUEUE_END: nothing. */
static enum queue_work
queue_ready(const struct queue *q)
{
	if (!q->tapping && q->tapped < q->submitted)
		return QUEUE_TAP;
	return q->started < q->tapped ? QUEUE_CHECK : QUEUE_END;
}

enum queue_work
queue_next(struct queue *q, struct block **b, bool *skip)
{
	enum queue_work work = QUEUE_END;

	queue_lock(q);
	/* What was submitted before the stop is still worked off. */
	while ((work = queue_ready(q)) == QUEUE_END &&
	    (!q->stop || q->started < q->submitted))
		(void)pthread_cond_wait(&q->work, &q->lock);
	if (work == QUEUE_TAP) {
		*b = q->order[q->tapped % q->n];
		q->tapping = true;
	} else if (work == QUEUE_CHECK) {
		*b = q->order[q->started % q->n];
		q->started++;
		/* Under the lock and in file order: so those hashed are all
		 * behind those that are not. */
		(*b)->held = q->ledger.order.sorted;
		(*b)->found.max = (*b)->warned.max = queue_noted(q);
		/* The last one: nothing will wake those who still wait. */
		if (q->stop && q->started == q->submitted)
			(void)pthread_cond_broadcast(&q->work);
	}
	*skip = queue_ended(q);
	queue_unlock(q);
	return work;
}

void
queue_tapped(struct queue *q)
{
	queue_lock(q);
	q->tapping = false;
	q->tapped++;
	/* This worker takes up one thing, another the other. */
	(void)pthread_cond_signal(&q->work);
	queue_unlock(q);
}

void
queue_done(struct queue *q, struct block *b)
{
	queue_lock(q);
	/* Whoever completes the row of finished blocks enters them all. */
	b->done = true;
	while (q->entered < q->started) {
		struct block *next = q->order[q->entered % q->n];

		if (!next->done)
			break;
		ledger_enter(&q->ledger, next);
		q->entered++;
		q->spare[q->n_spare++] = next;
	}
	/* Only the filling thread waits for these; to the last block, when it
	 * drains. */
	if (q->n_spare >= q->n / 2 || q->entered == q->submitted ||
	    queue_ended(q)) {
		q->waiting = false;
		(void)pthread_cond_signal(&q->empty);
	}
	queue_unlock(q);
}

struct ledger *
queue_ledger(struct queue *q)
{
	return &q->ledger;
}
