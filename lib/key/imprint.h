/*
 * imprint: whether bytes read twice are the same, five times as fast as by
 * SHA-256: GMAC (NIST SP 800-38D) under a random key that never leaves this
 * object.
 *
 * Two different messages of up to 2^40 bytes have equal imprints with a chance
 * below 2^-90, whoever made them, as nobody can know the key.  An imprint is of
 * no use outside the object that made it: what others must check is a SHA-256.
 */
#ifndef KEY_IMPRINT_H
#define KEY_IMPRINT_H

#include <stddef.h>
#include <stdint.h>

#include "base/cause.h"

#define IMPRINT_LEN 16

struct imprint;

/* FAULT_MEMORY, FAULT_SYSTEM (libcrypto without GMAC). */
enum fault imprint_new(struct imprint **out, struct cause *why) FAULT_CHECKED;
void imprint_free(struct imprint *p);
enum fault imprint_add(
    struct imprint *p, const void *bytes, size_t len) FAULT_CHECKED;
/* Ends and restarts, under the same key. */
enum fault imprint_finish(
    struct imprint *p, uint8_t out[static IMPRINT_LEN]) FAULT_CHECKED;

#endif
