/*
 * utf8: validity by Unicode 15 table 3-7 (no surrogates, no overlong forms).
 */
#ifndef TEXT_UTF8_H
#define TEXT_UTF8_H

#include <stdbool.h>
#include <stddef.h>

#include "text/sweep.h"

/* Index where the first sequence that is not valid UTF-8 begins (a sequence cut
 * off by the end is not valid), or len. */
size_t utf8_valid(const void *bytes, size_t len);
/* The same with this version of the loops. */
size_t utf8_valid_by(const struct sweep *by, const void *bytes, size_t len);

/* Number of code points of valid UTF-8. */
size_t utf8_length(const void *bytes, size_t len);

#endif
