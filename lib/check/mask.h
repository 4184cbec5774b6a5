/*
 * mask: what of a value must not leave.
 */
#ifndef CHECK_MASK_H
#define CHECK_MASK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "key/pseudonym.h"

enum mask_kind {
	MASK_NONE,
	MASK_LAST,  /* a star for each of the last n code points */
	MASK_FIRST, /* of the first n */
	MASK_STAR,  /* of all */
	MASK_HASH   /* a pseudonym */
};

#define MASK_POINTS_MAX 1000

struct mask {
	enum mask_kind kind;
	size_t n; /* code points, 1 to MASK_POINTS_MAX */
};

/* "last:N", "first:N", "star", "hash"; false for anything else. */
bool mask_parse(struct mask *out, const char *text);

/*
 * Writes the masked value; out has room for len + PSEUDONYM_LEN bytes and lies
 * apart.  The value is valid UTF-8; "p" is for MASK_HASH.  Returns its length.
 */
size_t mask_apply(const struct mask *m, const struct pseudonym *p,
    const char *value, size_t len, char *out);

/* Whether a value may be one that was masked so: for the recipient, who has no
 * secret. */
bool mask_holds(const struct mask *m, const char *value, size_t len);

#endif
