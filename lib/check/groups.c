/*
 * groups: a small open-addressing map from text to count.  The hash multiplies
 * with secret numbers, eight bytes at a time: SipHash would take longer than
 * all the rest of counting a short code.
 */
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "check/groups.h"

#define GROUPS_START 64

__extension__ typedef unsigned __int128 wide;

static inline uint64_t
mix(uint64_t a, uint64_t b)
{
	wide product = (wide)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t
load8(const char *at)
{
	uint64_t word = 0;

	memcpy(&word, at, 8);
	return le64toh(word);
}

static inline uint64_t
load4(const char *at)
{
	uint32_t word = 0;

	memcpy(&word, at, 4);
	return le32toh(word);
}

/* The last eight bytes, or all with zeros behind if there are fewer.  Loads of
 * fixed sizes overlap; a copy of "len" bytes would stall. */
static inline uint64_t
last_word(const char *text, size_t len)
{
	if (len >= 8)
		return load8(text + len - 8);
	/* Where both overlap they hold the same bytes. */
	if (len >= 4)
		return load4(text) | load4(text + len - 4) << 8 * (len - 4);
	if (len == 0)
		return 0;
	return (uint64_t)(unsigned char)text[0] |
	    (uint64_t)(unsigned char)text[len / 2] << 8 * (len / 2) |
	    (uint64_t)(unsigned char)text[len - 1] << 8 * (len - 1);
}

static inline uint64_t
groups_hash(const struct groups *g, const char *text, size_t len, uint64_t last)
{
	uint64_t hash = g->seed[0] ^ len;
	size_t i = 0;

	for (i = 0; i + 8 < len; i += 8)
		hash = mix(hash ^ load8(text + i), g->seed[1]);
	return mix(hash ^ last, g->seed[1] ^ g->seed[0]);
}

enum fault
groups_init(struct groups *g, const uint64_t seed[2])
{
	memset(g, 0, sizeof(*g));
	g->slot = calloc(GROUPS_START, sizeof(*g->slot));
	g->mask = GROUPS_START - 1;
	g->text.max = GROUPS_TEXT;
	g->seed[0] = seed[0];
	g->seed[1] = seed[1] | 1; /* never 0 */
	return g->slot == NULL ? FAULT_MEMORY : FAULT_NONE;
}

void
groups_free(struct groups *g)
{
	free(g->slot);
	g->slot = NULL;
	buf_free(&g->text);
}

static enum fault
groups_grow(struct groups *g)
{
	size_t mask = g->mask * 2 + 1, i = 0, to = 0;
	struct group_slot *more = calloc(mask + 1, sizeof(*more));

	if (more == NULL)
		return FAULT_MEMORY;
	for (i = 0; i <= g->mask; i++) {
		if (g->slot[i].count == 0)
			continue;
		to = (size_t)g->slot[i].hash & mask;
		while (more[to].count != 0)
			to = (to + 1) & mask;
		more[to] = g->slot[i];
	}
	free(g->slot);
	g->slot = more;
	g->mask = mask;
	return FAULT_NONE;
}

/* A value that was not there: s is its free slot. */
static enum fault
groups_new(struct groups *g, struct group_slot *s, const char *text, size_t len)
{
	enum fault fault = FAULT_NONE;
	size_t at = g->text.len;

	if (g->n < LIMIT_GROUPS && len < GROUPS_TEXT)
		fault = len > 0 ? buf_put(&g->text, text, len) : FAULT_NONE;
	else
		fault = FAULT_LARGER;
	if (fault == FAULT_LARGER) {
		g->over = true;
		return FAULT_NONE;
	}
	if (fault != FAULT_NONE)
		return fault;
	s->at = (uint32_t)at;
	s->len = (uint32_t)len;
	g->n++;
	return FAULT_NONE;
}

/* The slot of a value, or the free one where it belongs. */
static inline struct group_slot *
groups_find(const struct groups *g, uint64_t hash, uint64_t last,
    const char *text, size_t len)
{
	size_t i = (size_t)hash & g->mask;

	for (; g->slot[i].count != 0; i = (i + 1) & g->mask) {
		const struct group_slot *s = &g->slot[i];

		if (s->hash != hash || s->last != last || s->len != len)
			continue;
		if (len <= 8 || memcmp(g->text.data + s->at, text, len) == 0)
			break;
	}
	return &g->slot[i];
}

/* Counts the text, whose last word is "last". */
static inline enum fault
groups_count(
    struct groups *g, const char *text, size_t len, uint64_t last, uint64_t n)
{
	uint64_t hash = groups_hash(g, text, len, last);
	struct group_slot *s = groups_find(g, hash, last, text, len);
	enum fault fault = FAULT_NONE;

	if (s->count > 0) {
		/* All but ten thousand of millions of values end here. */
		s->count += n;
		return FAULT_NONE;
	}
	fault = groups_new(g, s, text, len);
	if (fault != FAULT_NONE || g->over)
		return fault;
	s->hash = hash;
	s->last = last;
	s->count += n;
	/* Half full at most, so that a free slot always ends a search. */
	return g->n * 2 > g->mask ? groups_grow(g) : FAULT_NONE;
}

enum fault
groups_add(struct groups *g, const char *text, size_t len, uint64_t n)
{
	return groups_count(g, text, len, last_word(text, len), n);
}

enum fault
groups_add_cells(struct groups *g, const struct cells *cells, uint64_t bits)
{
	/* What of eight bytes belongs to a shorter text. */
	static const uint64_t kept[8] = { 0, 0xff, 0xffff, 0xffffff, 0xffffffff,
		0xffffffffff, 0xffffffffffff, 0xffffffffffffff };
	const struct csv_field *f = NULL;
	enum fault fault = FAULT_NONE;
	uint64_t last = 0;

	for (; bits != 0 && fault == FAULT_NONE; bits &= bits - 1) {
		f = &cells
			 ->field[(size_t)__builtin_ctzll(bits) * cells->stride];
		/* Short ones of changing length without a branch. */
		last = f->len < 8 ? load8(f->at) & kept[f->len]
				  : load8(f->at + f->len - 8);
		fault = groups_count(g, f->at, f->len, last, 1);
	}
	return fault;
}

enum fault
groups_merge(struct groups *g, const struct groups *from)
{
	enum fault fault = FAULT_NONE;
	const char *text = buf_text(&from->text);
	size_t i = 0;

	g->over |= from->over;
	for (i = 0; i <= from->mask && fault == FAULT_NONE; i++)
		if (from->slot[i].count > 0)
			fault = groups_add(g, text + from->slot[i].at,
			    from->slot[i].len, from->slot[i].count);
	return fault;
}

static int
by_value(const void *a, const void *b)
{
	const struct total_group *x = a, *y = b;

	/* No NUL is inside: the parser refuses it. */
	return strcmp(x->value, y->value);
}

enum fault
groups_result(const struct groups *g, struct total_group **out, size_t *n)
{
	struct total_group *group = calloc(g->n + 1, sizeof(*group));
	const char *text = buf_text(&g->text);
	size_t i = 0, used = 0;

	*out = NULL;
	*n = 0;
	if (group == NULL)
		return FAULT_MEMORY;
	for (i = 0; i <= g->mask; i++) {
		if (g->slot[i].count == 0)
			continue;
		group[used].value =
		    strndup(text + g->slot[i].at, g->slot[i].len);
		group[used].count = g->slot[i].count;
		if (group[used].value == NULL)
			goto fail;
		used++;
	}
	if (used > 1)
		qsort(group, used, sizeof(*group), by_value);
	*out = group;
	*n = used;
	return FAULT_NONE;
fail:
	while (used > 0)
		free(group[--used].value);
	free(group);
	return FAULT_MEMORY;
}
