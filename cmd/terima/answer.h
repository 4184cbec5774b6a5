/*
 * answer: our signed receipts: made once, kept, put beside the parcel.
 */
#ifndef CMD_ANSWER_H
#define CMD_ANSWER_H

#include "arrival.h"
#include "record/receipt.h"

/* What we found, for the receipt. */
struct answer {
	enum stage stage;
	uint64_t rows;               /* as recounted */
	uint64_t warnings;           /* likewise */
	const char *contents_sha256; /* as recounted, or "" */
	const struct cause *refusal; /* stage refused */
	const struct faults *faults; /* the same, or NULL */
};

/*
 * Signs a receipt and keeps it in records/; one of the same stage about this
 * manifest (and of the same code) is kept as it is: the same receipt again.
 * Then puts it and its signature beside the parcel, if they do not lie there.
 */
enum fault answer_give(struct arrival *a, const struct answer *answer,
    struct cause *why) FAULT_CHECKED;

/* Whether the receipt of a stage is on record: about this manifest, and a
 * refusal with the code that the journal has. */
enum fault answer_kept(const struct arrival *a, enum stage stage, bool *kept,
    struct cause *why) FAULT_CHECKED;

/*
 * Puts the receipt of a stage that is on record beside the parcel again, if it
 * does not lie there.
 */
enum fault answer_again(
    struct arrival *a, enum stage stage, struct cause *why) FAULT_CHECKED;

/* Removes the payload from the drop when every recipient's staged receipt lies
 * there, unless the configuration keeps it. */
enum fault answer_clear(struct arrival *a, struct cause *why) FAULT_CHECKED;

#endif
