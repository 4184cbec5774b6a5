/*
 * recipient: age X25519 recipients ("age1…") and identities
 * ("AGE-SECRET-KEY-1…").  Source: C2SP age.md, BIP 173 (Bech32).
 */
#ifndef KEY_RECIPIENT_H
#define KEY_RECIPIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cause.h"

#define RECIPIENT_TEXT_LEN 63 /* "age1" + 58 and NUL */

struct recipient {
	uint8_t key[32]; /* X25519 public key */
};

struct identity; /* opaque, guarded: the X25519 secret and its public key */

/* Lower case only; FAULT_FORMAT. */
enum fault recipient_parse(
    struct recipient *out, const char *text, struct cause *why) FAULT_CHECKED;
void recipient_text(
    char out[static RECIPIENT_TEXT_LEN], const struct recipient *r);

enum fault identity_new(struct identity **out, struct cause *why) FAULT_CHECKED;
void identity_free(struct identity *id);
void identity_recipient(const struct identity *id, struct recipient *out);

/*
 * Parses an age identity file: comment lines ("#"), blank lines and exactly one
 * AGE-SECRET-KEY-1 line.  FAULT_FORMAT, FAULT_MEMORY.
 */
enum fault identity_parse(struct identity **out, const void *bytes, size_t len,
    struct cause *why) FAULT_CHECKED;
/* As age-keygen writes it: created, public key, secret.  Wipe out afterwards.
 * FAULT_MEMORY, FAULT_LARGER. */
enum fault identity_format(
    struct buf *out, const struct identity *id, int64_t created) FAULT_CHECKED;

/*
 * What lib/envelope needs of the secret: the X25519 shared secret with a share.
 * FAULT_DECRYPT for the all-zero result.
 */
enum fault identity_agree(const struct identity *id, const uint8_t share[32],
    uint8_t shared[32]) FAULT_CHECKED;

#endif
