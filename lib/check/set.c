/*
 * set: open addressing at a quarter's load.  A word of up to eight bytes is
 * compared as one 64-bit number; only longer ones need memcmp.
 */
#include "check/set.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct slot {
	uint64_t fold;
	const char *word; /* NULL: free; owned by the set */
	size_t len;
	size_t index;
};

struct set {
	struct slot *slots;
	char *bytes;	/* all words, one after another */
	size_t mask;	/* slots - 1, a power of two less one */
	unsigned shift; /* 64 - log2(slots) */
};

static uint64_t
load(const char *at, size_t n)
{
	uint64_t v = 0;

	memcpy(&v, at, n);
	return v;
}

/* Folds a word into 64 bits: one to one for each length up to 8. */
static inline uint64_t
fold(const char *text, size_t len)
{
	if (len > 8)
		return load(text, 8) ^
		    (load(text + len - 8, 8) * 0x9e3779b97f4a7c15ULL);
	if (len == 8)
		return load(text, 8);
	if (len >= 4)
		return load(text, 4) | load(text + len - 4, 4) << 32;
	if (len == 0)
		return 0;
	return (uint64_t)(unsigned char)text[0] |
	    (uint64_t)(unsigned char)text[len / 2] << 8 |
	    (uint64_t)(unsigned char)text[len - 1] << 16;
}

static inline size_t
place(const struct set *s, uint64_t folded, size_t len)
{
	uint64_t h = (folded ^ (len * 0xc2b2ae3d27d4eb4fULL)) *
	    0x9e3779b97f4a7c15ULL;

	h ^= h >> 32;
	return (size_t)((h * 0x9e3779b97f4a7c15ULL) >> s->shift);
}

/* The word's slot, or the free slot where it belongs. */
static inline struct slot *
seek(const struct set *s, const char *text, size_t len, uint64_t folded)
{
	size_t i = place(s, folded, len);
	struct slot *at = NULL;

	for (;; i = (i + 1) & s->mask) {
		at = &s->slots[i];
		if (at->word == NULL)
			return at;
		if (at->fold == folded && at->len == len &&
		    (len <= 8 || memcmp(at->word, text, len) == 0))
			return at;
	}
}

static enum fault
fill(struct set *s, const char *const *words, size_t n, size_t *duplicate)
{
	char *to = s->bytes;
	size_t i = 0;

	for (i = 0; i < n; i++) {
		size_t len = strlen(words[i]);
		uint64_t folded = fold(words[i], len);
		struct slot *at = seek(s, words[i], len, folded);

		if (at->word != NULL) {
			*duplicate = i;
			return FAULT_EXISTS;
		}
		memcpy(to, words[i], len + 1);
		*at = (struct slot){ folded, to, len, i };
		to += len + 1;
	}
	return FAULT_NONE;
}

enum fault
set_new(struct set **out, const char *const *words, size_t n,
    size_t *duplicate)
{
	struct set *s = NULL;
	size_t bytes = 1;
	size_t slots = 4;
	size_t i = 0;
	enum fault f = FAULT_MEMORY;

	*out = NULL;
	if ((s = calloc(1, sizeof(*s))) == NULL)
		return FAULT_MEMORY;
	for (s->shift = 62; slots / 4 < n; s->shift--)
		slots *= 2;
	for (i = 0; i < n; i++)
		bytes += strlen(words[i]) + 1;
	s->mask = slots - 1;
	if ((s->slots = calloc(slots, sizeof(*s->slots))) == NULL ||
	    (s->bytes = malloc(bytes)) == NULL)
		goto out;
	if ((f = fill(s, words, n, duplicate)) != FAULT_NONE)
		goto out;
	*out = s;
	s = NULL;
 out:
	set_free(s);
	return f;
}

void
set_free(struct set *s)
{
	if (s == NULL)
		return;
	free(s->slots);
	free(s->bytes);
	free(s);
}

size_t
set_find(const struct set *s, const char *text, size_t len)
{
	const struct slot *at = seek(s, text, len, fold(text, len));

	return at->word == NULL ? SIZE_MAX : at->index;
}
