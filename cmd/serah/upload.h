/*
 * upload: a sealed parcel from the outbox onto the drop.
 */
#ifndef CMD_UPLOAD_H
#define CMD_UPLOAD_H

#include "record/agreement.h"
#include "remote/remote.h"
#include "desk.h"

/*
 * Uploads under a temporary name and publishes by one rename, then journals
 * "sent".  Goes on where an earlier try stopped; a parcel that is published
 * already is only journalled.  FAULT_EQUIVOCATION when the drop holds another
 * parcel under this number.  Nothing half is ever visible under the final name.
 */
enum fault upload_parcel(struct desk *s, struct remote *r,
    const struct parcel_name *name, struct cause *why) FAULT_CHECKED;

#endif
