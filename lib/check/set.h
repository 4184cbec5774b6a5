/*
 * set: a fixed list of different words, found by one hash and one comparison.
 * For enum, trueValues, missingValues and column names; const and thread-safe
 * once made.
 */
#ifndef CHECK_SET_H
#define CHECK_SET_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/fault.h"
#include "check/shape.h"

struct set_slot {
	uint64_t head;    /* first eight bytes, or all of a shorter word */
	uint64_t tail;    /* last eight bytes of a longer word, else 0 */
	const char *word; /* NULL: free; owned by the set */
	uint32_t len;
	uint32_t index;
};

/* Open only for set_find, which runs for every cell of an enum. */
struct set {
	struct set_slot *slots;
	char *bytes;     /* all words, one after another */
	size_t mask;     /* slots - 1, a power of two less one */
	unsigned shift;  /* 64 - log2(slots) */
	uint64_t key[2]; /* odd, of chance: nobody can choose equal hashes */
	uint32_t single[256]; /* words of one byte: index + 1 */
};

/*
 * Copies n words.  FAULT_EXISTS with the index of a word that came before in
 * *duplicate; FAULT_MEMORY.  On a fault *out is NULL.
 */
enum fault set_new(struct set **out, const char *const *words, size_t n,
    size_t *duplicate) FAULT_CHECKED;
void set_free(struct set *s);
/* The word at an index of the list given, or NULL beyond its end; slow. */
const char *set_word(const struct set *s, size_t index);

/* Of what lies between the first and the last eight bytes: without it, words
 * that differ only there would all be sought in one place. */
static inline uint64_t
set_middle(const struct set *s, const char *text, size_t len)
{
	uint64_t h = 0;
	size_t i = 0;

	for (i = 8; i < len - 8; i += 8)
		h = (h + shape_load(text + i, 8)) * s->key[0];
	return h ^ h >> 32;
}

/* The word's slot, or the free slot where it belongs. */
static inline struct set_slot *
set_seek(const struct set *s, const char *text, size_t len)
{
	uint64_t head = 0;
	uint64_t tail = 0;
	uint64_t h = 0;
	size_t i = 0;
	struct set_slot *at = NULL;

	if (len > 8) {
		head = shape_load(text, 8);
		tail = shape_load(text + len - 8, 8);
	} else if (len > 0) {
		head = shape_load(text, len);
	}
	h = head * s->key[0] + tail * s->key[1];
	if (len > 16)
		h += set_middle(s, text, len) * s->key[1];
	i = (size_t)(h >> s->shift);
	for (;; i = (i + 1) & s->mask) {
		at = &s->slots[i];
		if (at->word == NULL)
			return at;
		if (at->head == head && at->tail == tail && at->len == len &&
		    (len <= 16 || memcmp(at->word, text, len) == 0))
			return at;
	}
}

/* The word's index in the list given, or SIZE_MAX. */
static inline size_t
set_find(const struct set *s, const char *text, size_t len)
{
	const struct set_slot *at = NULL;

	/* Codes of one letter are common enough for a path of their own. */
	if (len == 1)
		return (size_t)s->single[(unsigned char)text[0]] - 1;
	at = set_seek(s, text, len);
	return at->word == NULL ? SIZE_MAX : at->index;
}

#endif
