/*
 * cast: the parties of the vectors, their keys and their cards.
 */
#ifndef MAKER_CAST_H
#define MAKER_CAST_H

#include "base/buf.h"
#include "key/card.h"
#include "key/key.h"
#include "key/recipient.h"

/* "UJI" is Indonesian for "test". */
#define CAST_SENDER "UJI-PENGIRIM"
#define CAST_RECIPIENT "UJI-PENERIMA"
#define CAST_GUARDIAN "UJI-WALI"
/* Known to nobody: its card is not among the pinned ones. */
#define CAST_STRANGER "UJI-ASING"

/* The old signing key is good until this, the new one begins two weeks before;
 * everything else is good from 2026 to 2099. */
#define CAST_FROM "2026-01-01T00:00:00Z"
#define CAST_NEW "2026-02-15T00:00:00Z"
#define CAST_OLD_END "2026-03-01T00:00:00Z"
#define CAST_UNTIL "2099-12-31T00:00:00Z"

struct cast {
	const char *id;
	struct secret_key *root;
	struct secret_key *old;     /* signing key that has expired */
	struct secret_key *signing; /* the present one */
	struct identity *identity;
	struct card card;
};

enum { CAST_N = 4 };

/* Makes all; the order is sender, recipient, guardian, stranger. */
void cast_new(struct cast cast[static CAST_N]);
void cast_free(struct cast cast[static CAST_N]);
const struct cast *cast_find(const struct cast *cast, const char *id);

/* Seconds of a time in the form of the documents. */
int64_t cast_time(const char *text);
/* The signature file over bytes; out is emptied first. */
void cast_sign(struct buf *out, const struct secret_key *key,
    const struct buf *bytes, const char *comment);
/* The same by the legacy kind ("Ed"), which signs the bytes themselves. */
void cast_sign_legacy(struct buf *out, const struct secret_key *key,
    const struct buf *bytes, const char *comment);
/* Writes PATH and PATH.minisig into the set. */
void cast_put_signed(const char *path, const struct secret_key *key,
    const struct buf *bytes, const char *comment);

/* parties/ID.card.json with signature, for all but the stranger. */
void cast_put_parties(const struct cast *cast);
/* The recipient's secret keys as files below an existing directory: what a home
 * needs to receive the parcels. */
void cast_put_keys(const struct cast *cast);

#endif
