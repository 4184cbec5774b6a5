/*
 * set: open addressing at a quarter's load.  A word of up to sixteen bytes is
 * compared as two 64-bit numbers; only longer ones need memcmp.
 */
#include "check/set.h"

#include <stdlib.h>

#include "key/hash.h"

static enum fault
fill(struct set *s, const char *const *words, size_t n, size_t *duplicate)
{
	char *to = s->bytes;
	size_t i = 0;

	for (i = 0; i < n; i++) {
		size_t len = strlen(words[i]);
		struct set_slot *at = set_seek(s, words[i], len);

		if (at->word != NULL) {
			*duplicate = i;
			return FAULT_EXISTS;
		}
		memcpy(to, words[i], len + 1);
		at->head = len == 0 ? 0 : shape_load(to, len < 8 ? len : 8);
		at->tail = len > 8 ? shape_load(to + len - 8, 8) : 0;
		at->word = to;
		at->len = (uint32_t)len;
		at->index = (uint32_t)i;
		if (len == 1)
			s->single[(unsigned char)to[0]] = (uint32_t)i + 1;
		to += len + 1;
	}
	return FAULT_NONE;
}

enum fault
set_new(struct set **out, const char *const *words, size_t n, size_t *duplicate)
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
	hash_random(s->key, sizeof(s->key));
	s->key[0] |= 1;
	s->key[1] |= 1;
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

const char *
set_word(const struct set *s, size_t index)
{
	size_t i = 0;

	for (i = 0; i <= s->mask; i++)
		if (s->slots[i].word != NULL && s->slots[i].index == index)
			return s->slots[i].word;
	return NULL;
}
