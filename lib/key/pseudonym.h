/*
 * pseudonym: what stands in the place of a value that must not leave, the same
 * for the same value: the first 128 bits of HMAC-SHA-256 (RFC 2104) under a
 * secret of one agreement, in hex.
 *
 * Who has not the secret can neither compute it nor try values: a NIK has few
 * enough of them that a plain hash would tell it.
 */
#ifndef KEY_PSEUDONYM_H
#define KEY_PSEUDONYM_H

#include <stddef.h>
#include <stdint.h>

#include "base/cause.h"

#define PSEUDONYM_SECRET 32
#define PSEUDONYM_LEN 32 /* hex digits */

struct pseudonym;

/* The secret is copied into guarded memory.  FAULT_MEMORY. */
enum fault pseudonym_new(struct pseudonym **out,
    const uint8_t secret[static PSEUDONYM_SECRET],
    struct cause *why) FAULT_CHECKED;
/* NULL-safe. */
void pseudonym_free(struct pseudonym *p);

/* Writes PSEUDONYM_LEN lower-case hex digits, without NUL.  Thread-safe. */
void pseudonym_text(const struct pseudonym *p, const void *value, size_t len,
    char out[static PSEUDONYM_LEN]);

#endif
