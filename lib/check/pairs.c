/*
 * pairs: the earliest of many pairs, kept as a heap with the latest on top, so
 * that a file of nothing but equal keys takes no more memory than another.
 */
#include <stdbool.h>
#include <stdlib.h>

#include "check/pairs.h"

static bool
later(const struct unique_pair *a, const struct unique_pair *b)
{
	return a->second != b->second ? a->second > b->second
				      : a->first > b->first;
}

static void
pairs_swap(struct pairs *h, size_t a, size_t b)
{
	struct unique_pair pair = h->pair[a];

	h->pair[a] = h->pair[b];
	h->pair[b] = pair;
}

static void
pairs_down(struct pairs *h)
{
	size_t i = 0, child = 0;

	for (i = 0; (child = 2 * i + 1) < h->n; i = child) {
		if (child + 1 < h->n &&
		    later(&h->pair[child + 1], &h->pair[child]))
			child++;
		if (!later(&h->pair[child], &h->pair[i]))
			break;
		pairs_swap(h, i, child);
	}
}

/* Keeps the pair if it is among the earliest max. */
void
pairs_put(struct pairs *h, struct unique_pair pair)
{
	size_t i = 0;

	if (h->n == h->max) {
		if (h->max == 0 || !later(&h->pair[0], &pair))
			return;
		h->pair[0] = pair;
		pairs_down(h);
		return;
	}
	h->pair[h->n] = pair;
	for (i = h->n++; i > 0; i = (i - 1) / 2) {
		if (!later(&h->pair[i], &h->pair[(i - 1) / 2]))
			break;
		pairs_swap(h, i, (i - 1) / 2);
	}
}

static int
by_second(const void *a, const void *b)
{
	const struct unique_pair *x = a, *y = b;

	if (later(x, y))
		return 1;
	return later(y, x) ? -1 : 0;
}

void
pairs_sort(struct pairs *h)
{
	if (h->n > 1)
		qsort(h->pair, h->n, sizeof(*h->pair), by_second);
}
