/*
 * outbox: sealed parcels that are not yet acknowledged, and what is kept of a
 * parcel for evidence (records/): manifest, contents, receipts; never data.
 *
 * outbox/AGREEMENT/DATASET/SENDER/SEQUENCE/ holds manifest.json, its .minisig
 * and payload.tar.zst.age.  It appears by one rename.
 */
#ifndef SPOOL_OUTBOX_H
#define SPOOL_OUTBOX_H

#include <stddef.h>

#include "base/buf.h"
#include "base/cause.h"
#include "base/io.h"
#include "base/path.h"
#include "spool/home.h"

#define MANIFEST_NAME "manifest.json"
#define MANIFEST_SIG_NAME "manifest.json.minisig"
#define PAYLOAD_NAME "payload.tar.zst.age"

/* A parcel being made: outbox/.new-STREAM, an earlier one is removed. */
struct outbox_draft {
	struct home *home; /* borrowed */
	char path[PARCEL_NAME_MAX + 16];
	int dir;     /* descriptor of the draft directory */
	int payload; /* descriptor of the payload, open for writing */
};

enum fault outbox_begin(struct home *h, const struct parcel_name *name,
    struct outbox_draft *out, struct cause *why) FAULT_CHECKED;
/* Writes manifest and signature, fsyncs all, renames to its final name.
 * FAULT_EXISTS when the outbox has it already.  On a fault nothing is visible;
 * the draft goes with outbox_end. */
enum fault outbox_commit(struct outbox_draft *d, const struct parcel_name *name,
    const struct buf *manifest, const struct buf *signature,
    struct cause *why) FAULT_CHECKED;
/* Removes a draft that was not committed; closes descriptors.  NULL-safe. */
void outbox_end(struct outbox_draft *d);

/* Parcels in the outbox, sorted by stream and sequence. */
struct outbox_list {
	struct parcel_name *name;
	size_t n;
};
enum fault outbox_list(
    struct home *h, struct outbox_list *out, struct cause *why) FAULT_CHECKED;
void outbox_list_free(struct outbox_list *l);
/* Its directory. */
enum fault outbox_open(struct home *h, const struct parcel_name *name, int *dir,
    struct cause *why) FAULT_CHECKED;
/* Lets go of an acknowledged parcel; missing is fine. */
enum fault outbox_remove(struct home *h, const struct parcel_name *name,
    struct cause *why) FAULT_CHECKED;

/* Evidence: records/A/D/S/SEQUENCE/FILE. */
enum fault records_save(struct home *h, const struct parcel_name *name,
    const char *file, const void *bytes, size_t len,
    struct cause *why) FAULT_CHECKED;
/* FAULT_ABSENT. */
enum fault records_load(struct home *h, const struct parcel_name *name,
    const char *file, struct buf *out, struct cause *why) FAULT_CHECKED;
enum fault records_names(struct home *h, const struct parcel_name *name,
    struct io_names *out, struct cause *why) FAULT_CHECKED;

#endif
