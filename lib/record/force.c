/*
 * force: whether an agreement binds today.  Signatures are judged by the root
 * key in the agreement, and that key only counts when it is the one on the
 * party's pinned card: the paper alone cannot introduce a key.
 */
#include "record/agreement.h"

#include <string.h>

#include "base/clock.h"
#include "base/intl.h"

static const struct agreement_signature *
find(const struct agreement_signature *signatures, size_t n, const char *party)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(signatures[i].party, party) == 0)
			return &signatures[i];
	return NULL;
}

/*
 * Missing comes before all else: it is what people can do something about.  The
 * card comes before the signature, because without it nothing is proved.
 */
enum signature_state
agreement_signature_state(const struct agreement *a, const void *bytes,
    size_t len, const struct agreement_signature *signatures, size_t n,
    const char *party, const struct trust *trust)
{
	const struct agreement_signature *s = find(signatures, n, party);
	const struct agreement_party *p = agreement_party(a, party);
	const struct card *card = NULL;
	struct signature parsed;
	struct cause unused;

	if (s == NULL || p == NULL)
		return SIGNATURE_MISSING;
	card = trust_card(trust, party);
	if (card == NULL)
		return SIGNATURE_NO_CARD;
	if (!public_key_equal(&card->root, &p->root))
		return SIGNATURE_OTHER_ROOT;
	cause_clear(&unused);
	if (signature_parse(&parsed, s->bytes.data, s->bytes.len, &unused) !=
		FAULT_NONE ||
	    signature_verify(&parsed, &p->root, bytes, len, &unused) !=
		FAULT_NONE)
		return SIGNATURE_INVALID;
	return SIGNATURE_VALID;
}

/*
 * Only a signature that is there and does not hold is an alarm (201); a card
 * that is not trusted yet is a step that is missing (101).
 */
static enum fault
explain(enum signature_state state, const char *party, struct cause *why)
{
	if (state == SIGNATURE_VALID)
		return FAULT_NONE;
	cause_clause(why, "signatures_required[%s]", party);
	switch (state) {
	case SIGNATURE_INVALID:
		return cause_set(why, FAULT_SIGNATURE,
		    N_("the signature of %s is not one over these bytes"),
		    party);
	case SIGNATURE_NO_CARD:
		return cause_set(why, FAULT_SIGNATURE_MISSING,
		    N_("the signature of %s cannot be judged: its card is not "
		       "trusted here"),
		    party);
	case SIGNATURE_OTHER_ROOT:
		return cause_set(why, FAULT_SIGNATURE_MISSING,
		    N_("the agreement names another root key for %s than its "
		       "trusted card"),
		    party);
	case SIGNATURE_MISSING:
	case SIGNATURE_VALID:
	default:
		return cause_set(why, FAULT_SIGNATURE_MISSING,
		    N_("the signature of %s is missing"), party);
	}
}

/* Told as times, not days: near midnight, Jakarta and UTC name other days. */
static enum fault
check_day(const struct agreement *a, int64_t now, struct cause *why)
{
	char text[CLOCK_TEXT_LEN];

	if (now < a->valid_from) {
		clock_text(text, a->valid_from);
		cause_clause(why, "valid.from");
		return cause_set(
		    why, FAULT_OUTSIDE_VALIDITY, N_("it begins at %s"), text);
	}
	if (now >= a->valid_until) {
		clock_text(text, a->valid_until);
		cause_clause(why, "valid.until");
		return cause_set(
		    why, FAULT_OUTSIDE_VALIDITY, N_("it ended at %s"), text);
	}
	return FAULT_NONE;
}

enum fault
agreement_in_force(const struct agreement *a, const void *bytes, size_t len,
    const struct agreement_signature *signatures, size_t n,
    const struct trust *trust, int64_t now, struct cause *why)
{
	char hash[HASH_TEXT_LEN];
	enum fault f = FAULT_NONE;
	size_t i;

	/* The signatures must be over what was parsed, not over other bytes. */
	if (hash_bytes_text(hash, bytes, len) != FAULT_NONE)
		return cause_memory(why);
	if (!hash_text_equal(hash, a->sha256))
		return cause_set(why, FAULT_SIGNATURE,
		    N_("these bytes are not the agreement that was read"));
	for (i = 0; i < a->n_required && f == FAULT_NONE; i++)
		f = explain(agreement_signature_state(a, bytes, len, signatures,
				n, a->required[i], trust),
		    a->required[i], why);
	return f != FAULT_NONE ? f : check_day(a, now, why);
}
