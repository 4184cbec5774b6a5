/*
 * language: texts that a regular expression matches, made from it.
 *
 * Understood: literals, ".", classes, \d \w \s \h and their opposites, \x, \t,
 * POSIX names, \p{L} and a few others, groups of every kind that captures or
 * not, alternatives, repeats.  Anchors and look-around are passed over, so what
 * is made must still be held against the expression.  Back references,
 * recursion, conditions, verbs and switches other than (?i) are not understood.
 */
#ifndef CHECK_LANGUAGE_H
#define CHECK_LANGUAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cause.h"
#include "check/chance.h"
#include "check/mould.h"

struct language;

/*
 * "regex" is one that pattern_new took.  FAULT_FORMAT with the byte of what is
 * not understood; FAULT_MEMORY.  Nothing of regex is kept.
 */
enum fault language_new(
    struct language **out, const char *regex, struct cause *why) FAULT_CHECKED;
void language_free(struct language *l);

/* Chooses by chance; false when it became longer than MOULD_LONGEST. */
bool language_any(
    const struct language *l, struct chance *chance, struct mould *out);
/*
 * Chooses the same way at each place: alternative number "choice" (or the last
 * there is), and the least count plus "extra" (or the most).  All texts of one
 * mould have the same length, so that no two of its numbers give one text.
 */
bool language_fixed(
    const struct language *l, size_t choice, size_t extra, struct mould *out);

#endif
