/*
 * proof: whether a page was signed by a pinned party.
 */
#ifndef CMD_PROOF_H
#define CMD_PROOF_H

#include "base/buf.h"
#include "base/cause.h"
#include "key/trust.h"

struct proof {
	const struct card *card; /* the signer's, borrowed from trust */
	uint8_t key_id[KEY_ID_LEN];
};

/*
 * Verifies the signature over the exact bytes by some signing key on the
 * party's card, in force or not: when it was made is only known from the page,
 * which may be parsed after this.  FAULT_UNKNOWN_SIGNER, FAULT_SIGNATURE (also
 * for a signature file that is none).
 */
enum fault proof_holds(struct proof *out, const struct trust *trust,
    const char *party, const struct buf *bytes, const struct buf *signature,
    struct cause *why) FAULT_CHECKED;

/* Whether the key was valid when the page says it was made.
 * FAULT_KEY_EXPIRED. */
enum fault proof_valid(
    const struct proof *proof, int64_t when, struct cause *why) FAULT_CHECKED;

#endif
