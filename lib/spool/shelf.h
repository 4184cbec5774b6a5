/*
 * shelf: the directories of a home that hold parcels by name: outbox, inbox,
 * staged, refused, records (lib/spool only).
 *
 * SHELF/AGREEMENT/DATASET/SENDER/SEQUENCE/ is a parcel's place on it,
 * SHELF/.new-… what is being made, SHELF/.old/ what is being removed.
 */
#ifndef SPOOL_SHELF_H
#define SPOOL_SHELF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/cause.h"
#include "base/path.h"
#include "spool/home.h"

#define SHELF_PATH_MAX (PARCEL_NAME_MAX + 16)

/* The parcel's place: "SHELF/A/D/S/00000017". */
void shelf_place(char out[SHELF_PATH_MAX], const char *shelf,
    const struct parcel_name *name);

/*
 * Makes an empty draft directory SHELF/.new-A+D+S for the parcel's stream and
 * opens it; an earlier draft is removed.  On a fault *dir is -1 and at most an
 * empty draft is left.
 */
enum fault shelf_begin(struct home *h, const char *shelf,
    const struct parcel_name *name, char path[SHELF_PATH_MAX], int *dir,
    struct cause *why) FAULT_CHECKED;

/*
 * Brings the draft directory to the disk and renames it to its place, whose
 * parents are made.  FAULT_EXISTS when the place is taken.  After a fault the
 * draft is where it was; only when the fsync after the rename failed, it is in
 * its place.
 */
enum fault shelf_publish(struct home *h, const char *draft, int dir,
    const char *place, struct cause *why) FAULT_CHECKED;

/*
 * Removes what is at the place, which vanishes by one rename before its files
 * go, so that no half parcel is ever seen.  Missing is fine.  A call that was
 * cut short is finished by the next one on the same shelf.
 */
enum fault shelf_remove(struct home *h, const char *shelf, const char *place,
    struct cause *why) FAULT_CHECKED;

/* All parcels on the shelf, by stream and sequence; free the array. */
enum fault shelf_list(struct home *h, const char *shelf,
    struct parcel_name **out, size_t *n, struct cause *why) FAULT_CHECKED;

/* io_load of a file that may be missing; then *there is false. */
enum fault shelf_read(struct buf *out, bool *there, int dir, const char *name,
    struct cause *why) FAULT_CHECKED;

#endif
