/*
 * arrival: one parcel on the drop, and what is proved of it so far.
 */
#ifndef CMD_ARRIVAL_H
#define CMD_ARRIVAL_H

#include <stdbool.h>

#include "record/manifest.h"
#include "remote/remote.h"
#include "desk.h"

struct arrival {
	struct desk *s;        /* borrowed */
	struct remote *remote; /* borrowed */
	struct home_agreement
	    *paper;                 /* borrowed: of the directory it lies in */
	struct parcel_name name;    /* from the directory it lies in */
	char text[PARCEL_NAME_MAX]; /* for people */
	char dir[PARCEL_NAME_MAX];  /* on the drop */
	struct buf bytes;           /* manifest.json, exact */
	struct buf signature;
	char sha256[HASH_TEXT_LEN]; /* of bytes */

	/* What is on record about this name; state "" when nothing. */
	struct parcel_state known;
	bool same; /* on record, and with this very manifest */

	/* Set when the signature holds. */
	struct manifest *manifest;
	const struct dataset *dataset; /* of paper */
	bool ours; /* authentic, addressed to us, in its place */

	bool staged; /* now, and on record: whatever else fails */
};

/* Fetches manifest and signature, and looks up what is on record. */
enum fault arrival_load(struct arrival *a, struct cause *why) FAULT_CHECKED;
void arrival_free(struct arrival *a);

/*
 * Rules 1 to 5 of the receiver, in this order: signature by the sender's key,
 * valid when created; agreement known by hash and in force; addressed to us; in
 * the directory it names; sequence; then direction, limits and agreed fields.
 * Nothing is parsed before the signature holds.  201 to 203, 101 to 104, 204,
 * 205, 302 to 304, 105 to 107.
 */
enum fault arrival_prove(struct arrival *a, struct cause *why) FAULT_CHECKED;

/* Whether a refusal of this code ends the matter, so that the next number may
 * be taken: those found after the order was proved, but for a damaged or
 * undecryptable payload, which may still be mended. */
bool arrival_final(int code);

#endif
