/*
 * trust: the pinned cards of a home (parties/ID.card.json and .minisig).
 */
#ifndef KEY_TRUST_H
#define KEY_TRUST_H

#include "base/cause.h"
#include "key/card.h"

struct trust;

/*
 * Reads every card below the directory; each must verify by its own root key
 * (a card that does not is FAULT_SIGNATURE, with its file named).
 */
enum fault trust_load(
    struct trust **out, int parties_dir, struct cause *why) FAULT_CHECKED;
void trust_free(struct trust *t);
/* The pinned card, or NULL. */
const struct card *trust_card(const struct trust *t, const char *party);
size_t trust_count(const struct trust *t);
const struct card *trust_at(const struct trust *t, size_t i);

/*
 * Pins a card that card_check accepted: writes both files.  A card of a pinned
 * party must have the same root key (FAULT_UNKNOWN_SIGNER) and a higher serial
 * (FAULT_EXISTS when equal bytes are pinned already, FAULT_CHAIN when lower or
 * equal with other bytes).  The card is proved again first, with the faults of
 * card_check.  A crash at any point leaves the old card or the new one, with
 * a signature that trust_load accepts; PARTY.card.json.minisig.next may stay.
 */
enum fault trust_pin(int parties_dir, const struct card *card,
    const struct buf *bytes, const struct buf *signature,
    struct cause *why) FAULT_CHECKED;

#endif
