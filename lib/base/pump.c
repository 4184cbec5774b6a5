/*
 * A ring of blocks between two threads.
 *
 * One side is ours (the thread that owns the pump), the other is the thread
 * made here.  The ring is the only thing both touch, and its counters only
 * under the lock; the bytes of a block belong to whoever holds the block, so
 * they are copied without it.  Blocks are handed over full, so that a stage
 * that writes a few bytes at a time does not wake its neighbour each time.
 */
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>

#include "base/cause.h"
#include "base/pump.h"

struct block {
	unsigned char *bytes; /* PUMP_BLOCK of them */
	size_t len;
};

struct pump {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed; /* any of the fields below did */

	/* Under the lock. */
	size_t count;     /* blocks that are full */
	bool full;        /* the writing side waits for half of them */
	bool ended;       /* the writing side will give no more */
	bool stop;        /* the owner wants no more */
	enum fault fault; /* of the thread, with its cause */
	struct cause cause;

	/* Owner's side only. */
	struct block *mine; /* block being filled or read, or NULL */
	size_t at;          /* bytes of it used */
	size_t next;        /* index of the owner's next block */
	bool joined;

	/* Fixed before the thread starts. */
	struct block ring[PUMP_BLOCKS];
	struct sink out;
	struct source in;
	bool is_sink;
};

/* The thread's end: the owner sees the fault at its next call. */
static void
leave(struct pump *p, enum fault fault, const struct cause *cause)
{
	pthread_mutex_lock(&p->lock);
	p->fault = fault;
	p->cause = *cause;
	p->ended = true;
	pthread_cond_broadcast(&p->changed);
	pthread_mutex_unlock(&p->lock);
}

/* Waits until a block is full; false when none will come. */
static bool
await_full(struct pump *p)
{
	bool full = false;

	pthread_mutex_lock(&p->lock);
	while (p->count == 0 && !p->ended && !p->stop)
		pthread_cond_wait(&p->changed, &p->lock);
	full = p->count > 0 && !p->stop;
	pthread_mutex_unlock(&p->lock);
	return full;
}

/* Waits until a block is free; false when nobody wants one. */
static bool
await_free(struct pump *p)
{
	bool wanted = false;

	pthread_mutex_lock(&p->lock);
	/* Once it has to wait, it waits for several: to sleep and wake for each
	 * block would cost more than the work between. */
	if (p->count == PUMP_BLOCKS)
		p->full = true;
	while (p->full && !p->ended && !p->stop)
		pthread_cond_wait(&p->changed, &p->lock);
	wanted = !p->ended && !p->stop;
	pthread_mutex_unlock(&p->lock);
	return wanted;
}

/* Hands a block over (+1) or back (-1). */
static void
hand(struct pump *p, bool full)
{
	pthread_mutex_lock(&p->lock);
	if (full)
		p->count++;
	else
		p->count--;
	if (p->count <= PUMP_BLOCKS / 2)
		p->full = false;
	/* Somebody waits for a first block, or for room. */
	if (full ? p->count == 1 : p->count == PUMP_BLOCKS / 2)
		pthread_cond_broadcast(&p->changed);
	pthread_mutex_unlock(&p->lock);
}

/* Thread of a sink: writes what the owner filled, in order. */
static void *
drain(void *self)
{
	struct pump *p = self;
	struct cause cause;
	enum fault f = FAULT_NONE;
	size_t i = 0;

	cause_clear(&cause);
	while (f == FAULT_NONE && await_full(p)) {
		f = p->out.write(
		    p->out.self, p->ring[i].bytes, p->ring[i].len, &cause);
		if (f == FAULT_NONE)
			hand(p, false);
		i = (i + 1) % PUMP_BLOCKS;
	}
	leave(p, f, &cause);
	return NULL;
}

/* Fills a block from the source; less than a whole one is the end. */
static enum fault
fill(struct pump *p, struct block *b, struct cause *why)
{
	enum fault f = FAULT_NONE;
	size_t got = 0;

	b->len = 0;
	while (b->len < PUMP_BLOCK) {
		f = p->in.read(p->in.self, b->bytes + b->len,
		    PUMP_BLOCK - b->len, &got, why);
		if (f != FAULT_NONE || got == 0)
			return f;
		b->len += got;
	}
	return FAULT_NONE;
}

/* Thread of a source: reads ahead of the owner.  What came before a fault is
 * still handed over, so that the fault shows at the same byte every time. */
static void *
suck(void *self)
{
	struct pump *p = self;
	struct cause cause;
	struct block *b = NULL;
	enum fault f = FAULT_NONE;
	size_t i = 0;
	bool more = true;

	cause_clear(&cause);
	while (more && f == FAULT_NONE && await_free(p)) {
		b = &p->ring[i];
		f = fill(p, b, &cause);
		more = b->len == PUMP_BLOCK;
		if (b->len > 0)
			hand(p, true);
		i = (i + 1) % PUMP_BLOCKS;
	}
	leave(p, f, &cause);
	return NULL;
}

/* Passes the thread's fault on; a place the caller has set stays. */
static enum fault
report(const struct pump *p, enum fault f, struct cause *why)
{
	struct cause kept;

	if (why == NULL || f == FAULT_NONE)
		return f;
	kept = *why;
	*why = p->cause;
	why->fault = f;
	if (why->clause[0] == '\0')
		memcpy(why->clause, kept.clause, sizeof(why->clause));
	if (why->file[0] == '\0')
		memcpy(why->file, kept.file, sizeof(why->file));
	return f;
}

static enum fault
fault_of(struct pump *p, struct cause *why)
{
	enum fault f = FAULT_NONE;

	pthread_mutex_lock(&p->lock);
	f = p->fault;
	pthread_mutex_unlock(&p->lock);
	return report(p, f, why);
}

/* After its end a pump moves nothing, and must not pretend that it did. */
static enum fault
used_up(struct pump *p, struct cause *why)
{
	enum fault f = fault_of(p, why);

	if (f != FAULT_NONE)
		return f;
	errno = EPIPE;
	return cause_system(why, "pump", "pump");
}

/* Signals are for the program's own thread, whose waits they must interrupt;
 * a broken pipe then is an error of write, not a death. */
static int
start(struct pump *p)
{
	sigset_t all;
	sigset_t before;
	int rc = 0;

	sigfillset(&all);
	rc = pthread_sigmask(SIG_SETMASK, &all, &before);
	if (rc != 0)
		return rc;
	rc = pthread_create(&p->thread, NULL, p->is_sink ? drain : suck, p);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return rc;
}

static void
release(struct pump *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < PUMP_BLOCKS; i++)
		free(p->ring[i].bytes);
	pthread_cond_destroy(&p->changed);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

static enum fault
create(struct pump **out, const struct sink *to, const struct source *from,
    struct cause *why)
{
	struct pump *p = NULL;
	int rc = 0;

	*out = NULL;
	p = calloc(1, sizeof(*p));
	if (p == NULL)
		return cause_memory(why);
	/* With default attributes glibc's initialisers cannot fail. */
	(void)pthread_mutex_init(&p->lock, NULL);
	(void)pthread_cond_init(&p->changed, NULL);
	cause_clear(&p->cause);
	p->is_sink = to != NULL;
	if (to != NULL)
		p->out = *to;
	if (from != NULL)
		p->in = *from;
	for (size_t i = 0; i < PUMP_BLOCKS; i++) {
		p->ring[i].bytes = malloc(PUMP_BLOCK);
		if (p->ring[i].bytes == NULL) {
			release(p);
			return cause_memory(why);
		}
	}
	rc = start(p);
	if (rc != 0) {
		release(p);
		errno = rc;
		return cause_system(why, "pthread_create", "pump");
	}
	*out = p;
	return FAULT_NONE;
}

enum fault
pump_sink_new(struct pump **p, struct sink out, struct cause *why)
{
	return create(p, &out, NULL, why);
}

enum fault
pump_source_new(struct pump **p, struct source in, struct cause *why)
{
	return create(p, NULL, &in, why);
}

/* Hands over the owner's block, full or not. */
static void
push(struct pump *p)
{
	p->mine->len = p->at;
	p->mine = NULL;
	p->at = 0;
	hand(p, true);
}

static enum fault
pump_write(void *self, const void *bytes, size_t len, struct cause *why)
{
	struct pump *p = self;
	const unsigned char *from = bytes;
	size_t n = 0;

	if (p->joined)
		return used_up(p, why);
	while (len > 0) {
		if (p->mine == NULL) {
			/* The thread ends by itself only with a fault. */
			if (!await_free(p))
				return fault_of(p, why);
			p->mine = &p->ring[p->next];
			p->next = (p->next + 1) % PUMP_BLOCKS;
		}
		n = PUMP_BLOCK - p->at;
		if (n > len)
			n = len;
		memcpy(p->mine->bytes + p->at, from, n);
		p->at += n;
		from += n;
		len -= n;
		if (p->at == PUMP_BLOCK)
			push(p);
	}
	return FAULT_NONE;
}

static enum fault
pump_read(void *self, void *bytes, size_t cap, size_t *got, struct cause *why)
{
	struct pump *p = self;
	size_t n = 0;

	*got = 0;
	if (p->joined)
		return used_up(p, why);
	if (p->mine == NULL) {
		if (!await_full(p))
			return fault_of(p, why);
		p->mine = &p->ring[p->next];
		p->next = (p->next + 1) % PUMP_BLOCKS;
		p->at = 0;
	}
	n = p->mine->len - p->at;
	if (n > cap)
		n = cap;
	memcpy(bytes, p->mine->bytes + p->at, n);
	p->at += n;
	if (p->at == p->mine->len) {
		p->mine = NULL;
		hand(p, false);
	}
	*got = n;
	return FAULT_NONE;
}

struct sink
pump_sink(struct pump *p)
{
	return (struct sink){ pump_write, p };
}

struct source
pump_source(struct pump *p)
{
	return (struct source){ pump_read, p };
}

/* Tells the thread and waits for it; it looks up after its current block. */
static void
join(struct pump *p, bool stop)
{
	if (p->joined)
		return;
	pthread_mutex_lock(&p->lock);
	if (stop)
		p->stop = true;
	if (p->is_sink)
		p->ended = true;
	pthread_cond_broadcast(&p->changed);
	pthread_mutex_unlock(&p->lock);
	(void)pthread_join(p->thread, NULL);
	p->joined = true;
}

enum fault
pump_finish(struct pump *p, struct cause *why)
{
	if (p->is_sink && p->mine != NULL)
		push(p);
	join(p, !p->is_sink);
	return fault_of(p, why);
}

void
pump_free(struct pump *p)
{
	if (p == NULL)
		return;
	join(p, true);
	release(p);
}
