/*
 * parcel: from a checked extract to a sealed parcel in the outbox.
 */
#ifndef CMD_PARCEL_H
#define CMD_PARCEL_H

#include "extract.h"
#include "licence.h"
#include "record/manifest.h"
#include "remote/remote.h"
#include "desk.h"

/* What a parcel is made of. */
struct parcel_job {
	const struct licence *licence;
	struct extract *extract;
	const char *const *fields; /* "NAME=VALUE" */
	size_t n_fields;
	const char *period; /* or NULL */
	const char *url;    /* of the drop, or NULL: the agreement's */
	bool test;          /* never among production data */
};

struct parcel {
	struct parcel_name name;
	char text[PARCEL_NAME_MAX]; /* for people */
	char manifest_sha256[HASH_TEXT_LEN];
	uint64_t rows;
	uint64_t bytes;        /* data, unpacked */
	uint64_t sealed_bytes; /* payload */
	struct remote *drop;   /* open, with the payload on it; or NULL */
};

/*
 * What can be looked at before any data is read: the agreed manifest fields
 * (FAULT_MANIFEST_FIELD, FAULT_USAGE), and a key of every recipient
 * (FAULT_UNKNOWN_SIGNER, FAULT_KEY_EXPIRED).
 */
enum fault parcel_ready(struct desk *s, const struct parcel_job *job,
    struct cause *why) FAULT_CHECKED;

/*
 * Seals the extract (checked before): packs, compresses, encrypts to every
 * recipient, signs the manifest, puts it into the outbox by one rename and
 * journals it ("sealed").  On a fault the outbox is as it was.
 * While it is sealed the payload is carried ahead to the drop; if that went
 * well, out->drop is the caller's to close.
 */
enum fault parcel_make(struct parcel *out, struct desk *s,
    const struct parcel_job *job, struct cause *why) FAULT_CHECKED;

/*
 * Journals parcels that lie in the outbox but are not on record: a crash came
 * between the rename and the entry, and nobody was told of them.
 */
enum fault parcel_recover(struct desk *s, struct cause *why) FAULT_CHECKED;

/* The manifest of an outbox parcel, its exact bytes and hash. */
struct outbox_manifest {
	int dir; /* of the parcel, or -1 */
	struct buf bytes;
	struct manifest *manifest;
	char sha256[HASH_TEXT_LEN];
};
enum fault outbox_manifest_load(struct outbox_manifest *out, struct home *h,
    const struct parcel_name *name, struct cause *why) FAULT_CHECKED;
void outbox_manifest_free(struct outbox_manifest *m);

#endif
