/*
 * sweep_same: whether a version of sweep gives what the scalar one gives, for
 * the same bytes.
 */
#ifndef UNIT_SWEEP_SAME_H
#define UNIT_SWEEP_SAME_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "text/sweep.h"
#include "text/utf8.h"

#define SAME_ROOM 100

static inline bool
same_marks(
    const struct sweep *v, const uint64_t *map, size_t words, size_t room)
{
	const struct sweep *s = sweep_scalar();
	uint32_t a[SAME_ROOM + SWEEP_SPARE] = { 0 };
	uint32_t b[SAME_ROOM + SWEEP_SPARE] = { 0 };
	size_t i = 0, j = 0, n = 0;

	while (i < words) {
		n = s->marks(a, room, map, &i, words);
		if (v->marks(b, room, map, &j, words) != n || i != j ||
		    memcmp(a, b, n * sizeof(*a)) != 0)
			return false;
	}
	return true;
}

static inline bool
same_maps(const struct sweep *v, const char *p, size_t len, const char *signs)
{
	size_t words = len / SWEEP_WORD;
	uint64_t *a = calloc(words + 1, sizeof(*a));
	uint64_t *b = calloc(words + 1, sizeof(*b));
	bool same = false;

	if (a == NULL || b == NULL)
		abort();
	sweep_scalar()->map(a, p, words, signs[0], signs[1]);
	v->map(b, p, words, signs[0], signs[1]);
	same = memcmp(a, b, words * sizeof(*a)) == 0 &&
	    same_marks(v, a, words, 1) && same_marks(v, a, words, SAME_ROOM);
	free(a);
	free(b);
	return same;
}

/* What it skips is valid, and it does not stop before the fault without need.
 */
static inline bool
same_text(const struct sweep *v, const unsigned char *p, size_t len)
{
	size_t good = utf8_valid_by(sweep_scalar(), p, len);
	size_t skipped = v->utf8(p, len);

	return utf8_valid_by(v, p, len) == good && skipped <= good &&
	    utf8_valid_by(sweep_scalar(), p, skipped) == skipped &&
	    good - skipped < 3 * SWEEP_WORD;
}

/* signs: the delimiter, then the quote. */
static inline bool
sweep_same(const struct sweep *v, const char *p, size_t len, const char *signs)
{
	return same_maps(v, p, len, signs) &&
	    v->parity(p, len, signs[1]) ==
	    sweep_scalar()->parity(p, len, signs[1]) &&
	    same_text(v, (const unsigned char *)p, len);
}

/* The bytes at each alignment, then cut at each of up to "cuts" places; nothing
 * behind them may be read.  Returns how often they differed. */
static inline unsigned
sweep_differs(const struct sweep *v, const char *bytes, size_t len, size_t cuts,
    const char *signs)
{
	size_t step = len <= cuts ? 1 : len / cuts, i = 0;
	unsigned differs = 0;
	char *room = NULL;

	for (i = 0; i < SWEEP_WORD; i++) {
		/* Of its own, so that a sanitizer sees the end. */
		room = malloc(len + i + 1);
		if (room == NULL)
			abort();
		memcpy(room + i, bytes, len);
		differs += !sweep_same(v, room + i, len, signs);
		free(room);
	}
	for (i = 0; i < len; i += step) {
		room = malloc(i + 1);
		if (room == NULL)
			abort();
		memcpy(room, bytes, i);
		differs += !sweep_same(v, room, i, signs);
		differs += !sweep_same(v, bytes + i, len - i, signs);
		free(room);
	}
	return differs;
}

#endif
