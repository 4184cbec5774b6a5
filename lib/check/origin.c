/*
 * origin: a bit for each record, in pages that know how many were set before
 * them.
 */
#include "check/origin.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/limits.h"

#define PAGE_WORDS 1024
#define PAGE_BITS (PAGE_WORDS * 64)

struct page {
	uint64_t before; /* bits set in the pages ahead */
	uint64_t set;    /* bits set in this one */
	uint64_t word[PAGE_WORDS];
};

struct origin {
	uint64_t next[PAGE_WORDS]; /* entered, not told yet */
	size_t n_next;
	pthread_mutex_t lock; /* of all below */
	uint64_t same;        /* records until the first that stays */
	uint64_t n;           /* records behind them: bits in use */
	struct page **page;
	size_t pages, cap;
};

enum fault
origin_new(struct origin **out)
{
	*out = calloc(1, sizeof(**out));
	if (*out == NULL || pthread_mutex_init(&(*out)->lock, NULL) == 0)
		return *out == NULL ? FAULT_MEMORY : FAULT_NONE;
	free(*out);
	*out = NULL;
	return FAULT_MEMORY;
}

void
origin_free(struct origin *o)
{
	size_t i = 0;

	if (o == NULL)
		return;
	for (i = 0; i < o->pages; i++)
		free(o->page[i]);
	free(o->page);
	(void)pthread_mutex_destroy(&o->lock);
	free(o);
}

static enum fault
add_page(struct origin *o)
{
	size_t cap = o->cap > 0 ? o->cap * 2 : 16;
	struct page **more = NULL, *p = NULL;

	if (o->pages == o->cap) {
		more = reallocarray(o->page, cap, sizeof(struct page *));
		if (more == NULL)
			return FAULT_MEMORY;
		o->page = more;
		o->cap = cap;
	}
	if ((p = calloc(1, sizeof(*p))) == NULL)
		return FAULT_MEMORY;
	if (o->pages > 0)
		p->before =
		    o->page[o->pages - 1]->before + o->page[o->pages - 1]->set;
	o->page[o->pages++] = p;
	return FAULT_NONE;
}

static enum fault
add(struct origin *o, bool leaves)
{
	uint64_t bit = 0;
	struct page *p = NULL;

	if (leaves && o->n == 0) {
		o->same++;
		return FAULT_NONE;
	}
	if (o->n == o->pages * PAGE_BITS && add_page(o) != FAULT_NONE)
		return FAULT_MEMORY;
	if (leaves) {
		p = o->page[o->pages - 1];
		bit = o->n % PAGE_BITS;
		p->word[bit / 64] |= 1ULL << bit % 64;
		p->set++;
	}
	o->n++;
	return FAULT_NONE;
}

enum fault
origin_tell(struct origin *o)
{
	enum fault f = FAULT_NONE;
	size_t i = 0;

	(void)pthread_mutex_lock(&o->lock);
	for (i = 0; f == FAULT_NONE && i < o->n_next; i++)
		f = add(o, (o->next[i / 64] >> i % 64 & 1) != 0);
	(void)pthread_mutex_unlock(&o->lock);
	o->n_next = 0;
	return f;
}

enum fault
origin_enter(struct origin *o, bool leaves)
{
	uint64_t *word = &o->next[o->n_next / 64];
	uint64_t bit = 1ULL << o->n_next % 64;

	*word = leaves ? *word | bit : *word & ~bit;
	return ++o->n_next == PAGE_BITS ? origin_tell(o) : FAULT_NONE;
}

/* The place in the page of the bit that has "rank" set ones before it. */
static uint64_t
page_place(const struct page *p, uint64_t rank)
{
	uint64_t word = 0;
	size_t i = 0;

	for (i = 0; i < PAGE_WORDS; i++) {
		uint64_t ones = (uint64_t)__builtin_popcountll(p->word[i]);

		if (rank < ones)
			break;
		rank -= ones;
	}
	for (word = p->word[i]; rank > 0; rank--)
		word &= word - 1;
	return i * 64 + (uint64_t)__builtin_ctzll(word);
}

static uint64_t
find(const struct origin *o, uint64_t row)
{
	uint64_t rank = 0;
	size_t low = 0, high = o->pages, middle = 0;

	/* Row 0 is none, 1 the header, 2 the first record. */
	if (row < o->same + 2)
		return row;
	rank = row - 2 - o->same;
	/* The last page with no more than "rank" ahead of it. */
	while (high - low > 1) {
		middle = low + (high - low) / 2;
		if (o->page[middle]->before <= rank)
			low = middle;
		else
			high = middle;
	}
	if (o->pages == 0)
		return row;
	if (rank - o->page[low]->before >= o->page[low]->set)
		return 2 + o->same + o->n +
		    (rank - o->page[low]->before - o->page[low]->set);
	return 2 + o->same + low * PAGE_BITS +
	    page_place(o->page[low], rank - o->page[low]->before);
}

uint64_t
origin_row(struct origin *o, uint64_t row)
{
	uint64_t found = 0;

	(void)pthread_mutex_lock(&o->lock);
	found = find(o, row);
	(void)pthread_mutex_unlock(&o->lock);
	return found;
}
