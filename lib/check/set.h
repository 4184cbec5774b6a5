/*
 * set: a fixed list of different words, found by one hash and one comparison.
 * For enum, trueValues, missingValues and column names; const and thread-safe
 * once made.
 */
#ifndef CHECK_SET_H
#define CHECK_SET_H

#include <stddef.h>

#include "base/fault.h"

struct set;

/*
 * Copies n words.  FAULT_EXISTS with the index of a word that came before in
 * *duplicate; FAULT_MEMORY.  On a fault *out is NULL.
 */
enum fault set_new(struct set **out, const char *const *words, size_t n,
    size_t *duplicate) FAULT_CHECKED;
void set_free(struct set *s);
/* The word's index in the list given, or SIZE_MAX. */
size_t set_find(const struct set *s, const char *text, size_t len);

#endif
