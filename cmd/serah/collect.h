/*
 * collect: receipts beside a published parcel, proved and put on record.
 */
#ifndef CMD_COLLECT_H
#define CMD_COLLECT_H

#include "parcel.h"
#include "remote/remote.h"
#include "desk.h"

struct collected {
	size_t fresh;	 /* receipts put on record now */
	size_t staged;	 /* recipients that have staged it, in all */
	size_t wanted;	 /* recipients */
	bool released;	 /* the sealed copy was let go now */
	struct cause refusal; /* a recipient's refusal found now, or none */
};

/*
 * Loads every receipt of the parcel that is not on record, verifies it (the
 * recipient's key, this manifest, equal rows and contents) and journals it; when
 * every recipient has staged the parcel, lets go of the sealed copy.  A receipt
 * that does not hold is FAULT_SIGNATURE, FAULT_UNKNOWN_SIGNER or FAULT_TOTALS
 * and is not put on record.
 */
enum fault collect_receipts(struct collected *out, struct desk *s,
    struct remote *r, const struct outbox_manifest *m, struct cause *why)
    FAULT_CHECKED;

#endif
