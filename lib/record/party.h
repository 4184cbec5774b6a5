/*
 * party: who an agreement binds, and whose signatures it needs.
 */
#ifndef RECORD_PARTY_H
#define RECORD_PARTY_H

#include "base/cause.h"
#include "record/agreement.h"
#include "text/doc.h"

/*
 * Reads parties[] of the root into a: at least a provider and a recipient, ids
 * and root keys each different.  FAULT_FORMAT, FAULT_MEMORY; what was read
 * stays in a for agreement_free.
 */
enum fault party_read(struct agreement *a, const struct node *root,
    struct cause *why) FAULT_CHECKED;

/*
 * Reads signatures_required[]: known parties, every provider, recipient and
 * guardian among them.  Needs the parties.
 */
enum fault party_read_required(struct agreement *a, const struct node *root,
    struct cause *why) FAULT_CHECKED;

void party_free(struct agreement *a);

#endif
