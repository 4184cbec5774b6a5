/*
 * pattern: an anchored regular expression.  Sequences of character classes with
 * bounded repeats (^[A-Z]{1,2}[0-9]{6,7}$ and the like, whose meaning does not
 * depend on backtracking) run on a small matcher of our own; everything else
 * runs on PCRE2 (UTF, with match limits).  Both give the same answers: a test
 * compares them.
 */
#ifndef CHECK_PATTERN_H
#define CHECK_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cause.h"

#define PATTERN_MAX 512 /* bytes of a regular expression */

struct pattern;
struct shape; /* check/shape.h */

/*
 * FAULT_FORMAT with PCRE2's message and offset, or when the expression is
 * longer than PATTERN_MAX; FAULT_MEMORY.  On a fault *out is NULL.
 * Thread-safe once made.
 */
enum fault pattern_new(
    struct pattern **out, const char *regex, struct cause *why) FAULT_CHECKED;
void pattern_free(struct pattern *p);
/*
 * Whole-value match; a match limit reached counts as no match, and so does
 * text that is not valid UTF-8.
 */
bool pattern_match(const struct pattern *p, const char *text, size_t len);
/* The one shape that is all of the pattern, lent; NULL if it is not so. */
const struct shape *pattern_shape(const struct pattern *p);
/* All n shapes, one of which a text must have, lent; NULL and 0 if it is not
 * so. */
const struct shape *pattern_shapes(const struct pattern *p, size_t *n);
/* A pattern that is one class of ASCII bytes and how often. */
struct pattern_class {
	bool in[128];
	size_t min, max; /* max SIZE_MAX: without end */
};
bool pattern_class(const struct pattern *p, struct pattern_class *out);
/* Whether the small matcher runs it (for tests). */
bool pattern_is_simple(const struct pattern *p);

#endif
