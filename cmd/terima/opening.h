/*
 * opening: the half that opens foreign bytes.  It has the payload, the
 * decryption key and an empty staging draft; no network.
 */
#ifndef CMD_OPENING_H
#define CMD_OPENING_H

#include "key/recipient.h"
#include "record/agreement.h"
#include "record/contents.h"
#include "record/faults.h"
#include "record/manifest.h"
#include "spool/stage.h"

struct opening {
	int payload; /* its hash is proved */
	const struct identity *identity;
	const struct manifest *manifest; /* proved */
	const struct dataset *dataset;
	const struct codelists *lists; /* that its schema needs */
	struct stage_draft *draft;

	/* Set by opening_run. */
	uint64_t rows;                       /* as recounted */
	uint64_t warnings;                   /* the same, of all files */
	char contents_sha256[HASH_TEXT_LEN]; /* of what was recounted */
	struct contents *counted;            /* that; the caller frees it */
	struct faults faults;                /* of the file refused */
};

/*
 * Decrypts, unpacks and checks every row again, writes the files into the draft
 * and recounts contents.json, whose hash must be the manifest's.  401 to 410.
 */
enum fault opening_run(struct opening *o, struct cause *why) FAULT_CHECKED;

#endif
