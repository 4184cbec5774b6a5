/*
 * unique: finds equal hashes among very many.
 *
 * Entries go by the top bits of their hash into one of many buckets, each a
 * chain of small chunks: memory grows evenly, nothing is ever copied to grow.
 * At the end each bucket alone is put through an open-addressing table that
 * fits into the processor's second cache.
 *
 * When the memory given is full, all buckets are written out as a run, and
 * their chunks used anew; at the end a bucket is read from all runs.  A bucket
 * of 205 million keys has 400 thousand, so that its table has 16 MiB.
 *
 * One lock is enough: a batch of a thousand entries holds it for a few
 * microseconds, once in the millisecond that the worker spends on the rows.
 */
#include <sys/mman.h>

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "check/pairs.h"
#include "check/spill.h"
#include "check/unique.h"
#include "key/hash.h"

#define BUCKET_BITS 9
#define BUCKETS (1U << BUCKET_BITS)
#define CHUNK_ENTRIES 127 /* with the link: 2 KiB */
#define SLAB_FIRST 127    /* 254 KiB: most sets of values are small */
#define SLAB_CHUNKS \
	1027 /* then 2 MiB at once: one page, where there are such */
#define SLAB_ALIGN (2UL * 1024 * 1024)
#define SLOTS_START 32768 /* 512 KiB of slots, the second cache */

struct chunk {
	struct chunk *next;
	struct unique_entry entry[CHUNK_ENTRIES];
};

/* Chunks come from slabs: some ten thousand calls of malloc under the lock,
 * each growing a thread's arena a little, would be felt; so would a fault for
 * each of as many pages. */
struct slab {
	struct slab *next;
	size_t n;
	struct chunk chunk[];
};

_Static_assert(
    sizeof(struct slab) + SLAB_CHUNKS * sizeof(struct chunk) <= SLAB_ALIGN,
    "a slab is one large page");

struct bucket {
	struct chunk *head; /* the newest; only it may have room */
	uint64_t n;
};

struct unique {
	pthread_mutex_t lock;
	uint8_t key[HASH_SHORT_KEY];
	uint8_t second[HASH_SHORT_KEY];
	bool count;          /* keys have two hashes and no row */
	struct slab *slabs;  /* the newest first */
	struct slab *spare;  /* emptied into a run */
	size_t chunks;       /* of the newest slab that are left */
	size_t taken;        /* chunks in use */
	size_t most;         /* of them; then comes a run */
	int dir;             /* of the file, or -1 */
	struct spill *spill; /* NULL until there is need */
	struct cause trouble;
	struct bucket bucket[BUCKETS];
};

/* Hash table of one bucket at a time.  Every hash and row may occur, so that
 * "used" says which slots are. */
struct slots {
	struct unique_entry *slot;
	uint8_t *used;
	size_t mask; /* size - 1 */
	size_t n;
	bool both; /* of equal hashes the rows must be equal, too */
};

enum fault
unique_new(struct unique **out, struct cause *why)
{
	struct unique *u = calloc(1, sizeof(*u));

	*out = NULL;
	if (u == NULL)
		return cause_memory(why);
	if (pthread_mutex_init(&u->lock, NULL) != 0) {
		free(u);
		return cause_memory(why);
	}
	hash_short_key(u->key);
	hash_short_key(u->second);
	u->dir = -1;
	u->most = SIZE_MAX;
	*out = u;
	return FAULT_NONE;
}

static void
slabs_free(struct slab *slab)
{
	struct slab *next = NULL;

	for (; slab != NULL; slab = next) {
		next = slab->next;
		free(slab);
	}
}

void
unique_free(struct unique *u)
{
	if (u == NULL)
		return;
	slabs_free(u->slabs);
	slabs_free(u->spare);
	spill_free(u->spill);
	(void)pthread_mutex_destroy(&u->lock);
	free(u);
}

uint64_t
unique_hash(const struct unique *u, const void *key, size_t len)
{
	return hash_short(u->key, key, len);
}

void
unique_count(struct unique *u)
{
	u->count = true;
}

uint64_t
unique_hash_second(const struct unique *u, const void *key, size_t len)
{
	return hash_short(u->second, key, len);
}

/* Entries in the newest chunk. */
static size_t
bucket_fill(const struct bucket *b)
{
	return b->head == NULL ? CHUNK_ENTRIES
			       : (size_t)((b->n - 1) % CHUNK_ENTRIES) + 1;
}

void
unique_spill(struct unique *u, int dir, size_t most)
{
	if (most < UNIQUE_LEAST)
		most = UNIQUE_LEAST;
	u->dir = dir;
	u->most = dir < 0 ? SIZE_MAX : most / sizeof(struct chunk);
}

/* The first is small; the others are large pages, if the system gives any. */
static struct slab *
slab_new(struct unique *u)
{
	struct slab *slab = u->spare;
	size_t n = u->slabs == NULL ? SLAB_FIRST : SLAB_CHUNKS;

	if (slab != NULL) {
		u->spare = slab->next;
		return slab;
	}
	if (u->slabs == NULL)
		slab = malloc(sizeof(*slab) + n * sizeof(struct chunk));
	else
		slab = aligned_alloc(SLAB_ALIGN, SLAB_ALIGN);
	if (slab == NULL)
		return NULL;
	if (u->slabs != NULL)
		(void)madvise(slab, SLAB_ALIGN, MADV_HUGEPAGE);
	slab->n = n;
	return slab;
}

/* An empty chunk, or NULL. */
static struct chunk *
chunk_take(struct unique *u)
{
	struct slab *slab = NULL;

	if (u->chunks == 0) {
		slab = slab_new(u);
		if (slab == NULL)
			return NULL;
		slab->next = u->slabs;
		u->slabs = slab;
		u->chunks = slab->n;
	}
	u->taken++;
	return &u->slabs->chunk[--u->chunks];
}

/* ---- the file ---- */

static enum fault
bucket_out(struct unique *u, const struct bucket *b)
{
	const struct chunk *chunk = b->head;
	size_t fill = bucket_fill(b);
	enum fault fault = FAULT_NONE;

	for (; chunk != NULL && fault == FAULT_NONE;
	     chunk = chunk->next, fill = CHUNK_ENTRIES)
		fault = spill_put(u->spill, chunk->entry, fill, &u->trouble);
	spill_bucket_end(u->spill);
	return fault;
}

/* Makes all chunks free. */
static void
chunks_return(struct unique *u)
{
	struct slab *slab = u->slabs;

	for (; slab != NULL; slab = u->slabs) {
		u->slabs = slab->next;
		slab->next = u->spare;
		u->spare = slab;
	}
	u->chunks = 0;
	u->taken = 0;
	memset(u->bucket, 0, sizeof(u->bucket));
}

/* Writes all that is in memory out as a run. */
static enum fault
unique_out(struct unique *u)
{
	enum fault fault = FAULT_NONE;
	size_t i = 0;

	if (u->spill == NULL)
		fault = spill_new(&u->spill, u->dir, BUCKETS, &u->trouble);
	if (fault == FAULT_ABSENT) {
		/* Then memory must do. */
		cause_clear(&u->trouble);
		u->most = SIZE_MAX;
		return FAULT_NONE;
	}
	if (fault == FAULT_NONE)
		fault = spill_begin(u->spill, &u->trouble);
	for (i = 0; i < BUCKETS && fault == FAULT_NONE; i++)
		fault = bucket_out(u, &u->bucket[i]);
	if (fault == FAULT_NONE)
		fault = spill_end(u->spill, &u->trouble);
	if (fault == FAULT_NONE)
		chunks_return(u);
	return fault;
}

enum fault
unique_trouble(const struct unique *u, struct cause *why)
{
	if (u->trouble.fault != FAULT_NONE && why != NULL)
		*why = u->trouble;
	return u->trouble.fault;
}

static enum fault
unique_put(struct unique *u, const struct unique_entry *entry)
{
	struct bucket *b = &u->bucket[entry->hash >> (64 - BUCKET_BITS)];
	size_t fill = bucket_fill(b);
	enum fault fault = FAULT_NONE;

	if (fill == CHUNK_ENTRIES) {
		struct chunk *chunk = NULL;

		if (u->taken >= u->most)
			fault = unique_out(u);
		if (fault != FAULT_NONE)
			return fault;
		chunk = chunk_take(u);
		if (chunk == NULL)
			return FAULT_MEMORY;
		chunk->next = b->head;
		b->head = chunk;
		fill = 0;
	}
	b->head->entry[fill] = *entry;
	b->n++;
	return FAULT_NONE;
}

enum fault
unique_add(struct unique *u, const struct unique_entry *entries, size_t n)
{
	enum fault fault = FAULT_NONE;
	size_t i = 0;

	if (pthread_mutex_lock(&u->lock) != 0)
		return FAULT_MEMORY;
	/* Half a run is none. */
	fault = u->trouble.fault;
	for (i = 0; i < n && fault == FAULT_NONE; i++)
		fault = unique_put(u, &entries[i]);
	(void)pthread_mutex_unlock(&u->lock);
	return fault;
}

static void
slots_free(struct slots *s)
{
	free(s->slot);
	free(s->used);
	*s = (struct slots){ .both = s->both };
}

/* Empties the table and gives it at least "size" slots, a power of two. */
static enum fault
slots_reset(struct slots *s, size_t size)
{
	s->n = 0;
	if (s->slot != NULL && s->mask + 1 >= size) {
		memset(s->used, 0, s->mask + 1);
		return FAULT_NONE;
	}
	slots_free(s);
	s->slot = malloc(size * sizeof(*s->slot));
	s->used = calloc(size, 1);
	if (s->slot == NULL || s->used == NULL) {
		slots_free(s);
		return FAULT_MEMORY;
	}
	s->mask = size - 1;
	return FAULT_NONE;
}

/* The slot of an entry, or the free one where it belongs. */
static size_t
slots_find(const struct slots *s, const struct unique_entry *e)
{
	size_t i = (size_t)e->hash & s->mask;

	while (s->used[i] != 0 &&
	    (s->slot[i].hash != e->hash ||
		(s->both && s->slot[i].row != e->row)))
		i = (i + 1) & s->mask;
	return i;
}

/* Doubles the table; a column of few values never needs a large one. */
static enum fault
slots_grow(struct slots *s)
{
	struct slots more = { .both = s->both };
	size_t i = 0, to = 0;

	if (slots_reset(&more, (s->mask + 1) * 2) != FAULT_NONE)
		return FAULT_MEMORY;
	for (i = 0; i <= s->mask; i++) {
		if (s->used[i] == 0)
			continue;
		to = slots_find(&more, &s->slot[i]);
		more.slot[to] = s->slot[i];
		more.used[to] = 1;
	}
	more.n = s->n;
	slots_free(s);
	*s = more;
	return FAULT_NONE;
}

/* Puts an entry in; *equal says that its hash was there.  The slot keeps the
 * earliest row. */
static enum fault
slots_put(struct slots *s, const struct unique_entry *entry, bool *equal)
{
	size_t i = slots_find(s, entry);

	*equal = s->used[i] != 0;
	if (*equal) {
		if (entry->row < s->slot[i].row)
			s->slot[i].row = entry->row;
		return FAULT_NONE;
	}
	s->slot[i] = *entry;
	s->used[i] = 1;
	s->n++;
	return s->n * 2 > s->mask ? slots_grow(s) : FAULT_NONE;
}

/* A piece of entries; adds how many of their hashes were there. */
static enum fault
slots_put_all(struct slots *s, const struct unique_entry *entries, size_t n,
    uint64_t *equals)
{
	uint64_t found = 0;
	size_t i = 0;
	bool equal = false;

	for (i = 0; i < n; i++) {
		if (slots_put(s, &entries[i], &equal) != FAULT_NONE)
			return FAULT_MEMORY;
		found += equal;
	}
	*equals += found;
	return FAULT_NONE;
}

/* The entries of one bucket, in memory and in the file. */
struct walk {
	struct spill *spill; /* NULL: none */
	const struct chunk *chunk;
	size_t fill;
};

static enum fault
walk_begin(
    struct walk *w, const struct unique *u, size_t bucket, struct cause *why)
{
	*w = (struct walk){ u->spill, u->bucket[bucket].head,
		bucket_fill(&u->bucket[bucket]) };
	return w->spill == NULL ? FAULT_NONE
				: spill_seek(w->spill, bucket, why);
}

/* The next piece; of none at the end. */
static enum fault
walk_next(struct walk *w, const struct unique_entry **entries, size_t *n,
    struct cause *why)
{
	*n = 0;
	if (w->chunk == NULL)
		return w->spill == NULL ? FAULT_NONE
					: spill_next(w->spill, entries, n, why);
	*entries = w->chunk->entry;
	*n = w->fill;
	w->chunk = w->chunk->next;
	w->fill = CHUNK_ENTRIES;
	return FAULT_NONE;
}

/* Second look at a bucket with equal hashes: each later row is one pair with
 * the earliest, whatever the order in which threads brought them. */
static enum fault
bucket_pairs(const struct unique *u, size_t bucket, const struct slots *s,
    struct pairs *h, struct cause *why)
{
	const struct unique_entry *e = NULL;
	struct walk w = { NULL, NULL, 0 };
	enum fault fault = walk_begin(&w, u, bucket, why);
	uint64_t first = 0;
	size_t n = 0;

	while (fault == FAULT_NONE) {
		fault = walk_next(&w, &e, &n, why);
		if (fault != FAULT_NONE || n == 0)
			break;
		for (; n > 0; n--, e++) {
			first = s->slot[slots_find(s, e)].row;
			if (e->row != first)
				pairs_put(
				    h, (struct unique_pair){ first, e->row });
		}
	}
	return fault;
}

/* Puts all entries of the bucket into the table. */
static enum fault
bucket_table(const struct unique *u, size_t bucket, struct slots *s,
    uint64_t *equals, struct cause *why)
{
	const struct unique_entry *e = NULL;
	struct walk w = { NULL, NULL, 0 };
	enum fault fault = walk_begin(&w, u, bucket, why);
	size_t n = 0;

	while (fault == FAULT_NONE) {
		fault = walk_next(&w, &e, &n, why);
		if (fault != FAULT_NONE || n == 0)
			break;
		if (slots_put_all(s, e, n, equals) != FAULT_NONE)
			return cause_memory(why);
	}
	return fault;
}

static enum fault
bucket_finish(const struct unique *u, size_t bucket, struct slots *s,
    struct pairs *h, struct cause *why)
{
	uint64_t n = u->bucket[bucket].n, equals = 0;
	enum fault fault = FAULT_NONE;
	size_t size = 64;

	s->n = 0;
	if (u->spill != NULL)
		n += spill_count(u->spill, bucket);
	if (n == 0)
		return FAULT_NONE;
	/* Where keys are unique, this is right from the start. */
	while (size < SLOTS_START && size < n * 2 + 1)
		size *= 2;
	if (slots_reset(s, size) != FAULT_NONE)
		return cause_memory(why);
	fault = bucket_table(u, bucket, s, &equals, why);
	h->total += equals;
	if (fault == FAULT_NONE && equals > 0 && h->max > 0)
		fault = bucket_pairs(u, bucket, s, h, why);
	return fault;
}

enum fault
unique_finish(struct unique *u, uint64_t *distinct, struct unique_pair *pairs,
    size_t max, size_t *n_pairs, uint64_t *n_equal, struct cause *why)
{
	struct pairs kept = { pairs, 0, max, 0 };
	struct slots slots = { .both = u->count };
	enum fault fault = FAULT_NONE;
	size_t i = 0;

	*distinct = 0;
	*n_pairs = 0;
	*n_equal = 0;
	for (i = 0; i < BUCKETS && fault == FAULT_NONE; i++) {
		fault = bucket_finish(u, i, &slots, &kept, why);
		*distinct += slots.n;
	}
	slots_free(&slots);
	if (fault != FAULT_NONE)
		return fault;
	pairs_sort(&kept);
	*n_pairs = kept.n;
	*n_equal = kept.total;
	return FAULT_NONE;
}
