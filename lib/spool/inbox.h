/*
 * inbox: fetched parcels being proved (ciphertext only), and refused/.
 */
#ifndef SPOOL_INBOX_H
#define SPOOL_INBOX_H

#include <stddef.h>
#include <stdint.h>

#include "base/cause.h"
#include "base/path.h"
#include "key/hash.h"
#include "spool/home.h"

/*
 * Opens inbox/A/D/S/SEQUENCE/payload.part for going on: *have bytes lie there
 * and are already in the hash (re-read from the start).  A part that belongs to
 * another manifest (its hash lies beside it) is begun anew.  A power cut may
 * leave bytes in a part that never came from the drop: when a payload's hash
 * does not hold and *have was not 0, fetch it once more from its start before
 * you believe that the drop has other bytes.  On a fault nothing is open.
 */
struct inbox_part {
	int fd;
	uint64_t have;
	struct hash *hash; /* of the bytes in the part */
	char path[PARCEL_NAME_MAX + 32];
};
enum fault inbox_open(struct home *h, const struct parcel_name *name,
    const char *manifest_sha256, struct inbox_part *out,
    struct cause *why) FAULT_CHECKED;
/* Appends to part and hash. */
struct sink inbox_sink(struct inbox_part *part);
/* Closes; the part stays for the next run. */
void inbox_close(struct inbox_part *part);
/* Removes the parcel's inbox directory; missing is fine. */
enum fault inbox_remove(struct home *h, const struct parcel_name *name,
    struct cause *why) FAULT_CHECKED;

/*
 * Keeps what was refused and why: refused/A/D/S/SEQUENCE.CODE/ with
 * refusal.json, manifest.json and its signature (as fetched; may be NULL).
 * An earlier one of the same name is replaced.  On a fault the earlier one may
 * be gone already; a half one is never there.
 */
enum fault refused_save(struct home *h, const struct parcel_name *name,
    const struct cause *why_refused, const struct buf *manifest,
    const struct buf *signature, int64_t now, struct cause *why) FAULT_CHECKED;

#endif
