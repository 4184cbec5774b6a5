/*
 * collect: receipts beside a published parcel, proved and put on record.
 */
#ifndef CMD_COLLECT_H
#define CMD_COLLECT_H

#include "parcel.h"
#include "remote/remote.h"
#include "desk.h"

struct collected {
	size_t fresh;         /* receipts put on record now */
	size_t staged;        /* recipients that have staged it, in all */
	size_t wanted;        /* recipients */
	bool released;        /* the sealed copy was let go now */
	bool mended;          /* the payload was put on the drop again */
	struct cause refusal; /* the first refusal found now, or none; not one
			       * of a damaged payload, which was mended */
};

/*
 * Loads every receipt of the parcel that is not on record, verifies it (the
 * recipient's key, this manifest, equal rows and contents) and journals it;
 * when every recipient has staged the parcel, lets go of the sealed copy.  A
 * refusal for a damaged payload goes on record when the payload is mended, so
 * that a fault in between is made good by the next run.  A receipt that does
 * not hold is FAULT_SIGNATURE, FAULT_UNKNOWN_SIGNER or FAULT_TOTALS and is not
 * put on record; the others are.  "out" is filled also after a fault.
 */
enum fault collect_receipts(struct collected *out, struct desk *s,
    struct remote *r, const struct outbox_manifest *m,
    struct cause *why) FAULT_CHECKED;

#endif
