/*
 * card: a party's public card (serahterima-card/1): who it is and its keys,
 * signed by its root key.
 */
#ifndef KEY_CARD_H
#define KEY_CARD_H

#include <stdint.h>

#include "base/buf.h"
#include "base/cause.h"
#include "base/limits.h"
#include "key/key.h"
#include "key/recipient.h"

#define CARD_KEYS_MAX 16
#define CARD_NAME_MAX 256

struct card_signing_key {
	struct public_key key;
	int64_t from;  /* valid from this second */
	int64_t until; /* until before this second */
};

struct card_encryption_key {
	struct recipient key;
	int64_t from;
	int64_t until;
};

struct card {
	char party[LIMIT_ID + 1];
	char name[CARD_NAME_MAX]; /* display name, UTF-8 */
	uint64_t serial;          /* 1, 2 …; a higher one replaces */
	struct public_key root;
	struct card_signing_key signing[CARD_KEYS_MAX];
	size_t n_signing;
	struct card_encryption_key encryption[CARD_KEYS_MAX];
	size_t n_encryption;
};

/*
 * Parses strictly (unknown members refused).  FAULT_FORMAT with the member as
 * clause.  Does not look at any signature.
 */
enum fault card_parse(struct card *out, const void *bytes, size_t len,
    struct cause *why) FAULT_CHECKED;
/* Appends the card as JSON, pretty, times as RFC 3339.  FAULT_FORMAT for a card
 * that card_parse would refuse, FAULT_MEMORY, FAULT_LARGER. */
enum fault card_format(struct buf *out, const struct card *card) FAULT_CHECKED;
/*
 * Parses and verifies that the card is signed by the root key it names.
 * FAULT_FORMAT, FAULT_SIGNATURE, FAULT_UNKNOWN_SIGNER.
 */
enum fault card_check(struct card *out, const void *bytes, size_t len,
    const void *signature, size_t signature_len,
    struct cause *why) FAULT_CHECKED;

/*
 * The signing key with this id, valid at "when".  FAULT_UNKNOWN_SIGNER,
 * FAULT_KEY_EXPIRED (known, but not valid then; *out is set all the same).
 */
enum fault card_signing_key(const struct public_key **out,
    const struct card *card, const uint8_t id[static KEY_ID_LEN], int64_t when,
    struct cause *why) FAULT_CHECKED;
/* The encryption key valid at "when" that lasts longest; FAULT_KEY_EXPIRED. */
enum fault card_encryption_key(const struct recipient **out,
    const struct card *card, int64_t when, struct cause *why) FAULT_CHECKED;

#endif
