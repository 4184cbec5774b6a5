/*
 * proof: first any key of the card, then the page, then the key's validity:
 * nothing in a page is read before its signature holds.
 */
#include "proof.h"

#include <stdlib.h>
#include <string.h>

#include "base/intl.h"

enum fault
proof_holds(struct proof *out, const struct trust *trust, const char *party,
    const struct buf *bytes, const struct buf *signature, struct cause *why)
{
	const struct public_key *key = NULL;
	struct signature *sig = NULL;
	enum fault f;

	memset(out, 0, sizeof(*out));
	if ((out->card = trust_card(trust, party)) == NULL)
		return cause_set(why, FAULT_UNKNOWN_SIGNER,
		    N_("no card of %s is pinned; see: saksi trust"), party);
	if ((sig = calloc(1, sizeof(*sig))) == NULL)
		return cause_memory(why);
	f = signature_parse(sig, signature->data, signature->len, why);
	if (f == FAULT_FORMAT || f == FAULT_LARGER)
		f = cause_set(
		    why, FAULT_SIGNATURE, N_("the signature file is damaged"));
	if (f != FAULT_NONE)
		goto out;
	memcpy(out->key_id, sig->key_id, sizeof(out->key_id));
	/* Validity is asked later: "expired now" is no answer yet. */
	f = card_signing_key(&key, out->card, sig->key_id, 0, why);
	if (f != FAULT_NONE && f != FAULT_KEY_EXPIRED)
		goto out;
	cause_clear(why);
	f = signature_verify(sig, key, bytes->data, bytes->len, why);
out:
	free(sig);
	return f;
}

enum fault
proof_valid(const struct proof *proof, int64_t when, struct cause *why)
{
	const struct public_key *key = NULL;

	return card_signing_key(&key, proof->card, proof->key_id, when, why);
}
