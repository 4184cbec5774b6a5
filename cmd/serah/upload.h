/*
 * upload: a sealed parcel onto the drop, and its payload ahead of it while it
 * is still being sealed.
 */
#ifndef CMD_UPLOAD_H
#define CMD_UPLOAD_H

#include <stdbool.h>

#include "base/growth.h"
#include "desk.h"
#include "record/agreement.h"
#include "remote/remote.h"

#define UPLOAD_TEMP_MAX (PARCEL_NAME_MAX + 64)
/* Bytes of a payload that make its temporary name; an age file has more. */
#define UPLOAD_HEAD 128

/*
 * The temporary directory of a parcel on the drop, made from its name and the
 * first bytes of its payload (an age header is never the same twice), so that a
 * part of other bytes is never gone on with.  It begins with a dot, which
 * receivers pass over.
 */
enum fault upload_temporary(char out[static UPLOAD_TEMP_MAX],
    const struct parcel_name *name, int payload,
    struct cause *why) FAULT_CHECKED;

/*
 * Uploads an outbox parcel under its temporary name and publishes it by one
 * rename, then journals "sent".  With "carried" the payload lies there already;
 * else it is uploaded, going on where an earlier try stopped.  A parcel that is
 * published already is only journalled.  FAULT_EQUIVOCATION when the drop holds
 * another parcel under this number.  Nothing half is ever visible under the
 * final name.
 */
enum fault upload_parcel(struct desk *s, struct remote *r,
    const struct parcel_name *name, bool carried,
    struct cause *why) FAULT_CHECKED;

/*
 * Puts the payload of a published parcel again, for a receiver found it
 * damaged: beside the old one, which is removed when the new one is whole.
 * Journals "mended".
 */
enum fault upload_again(struct desk *s, struct remote *r,
    const struct parcel_name *name, struct cause *why) FAULT_CHECKED;

#endif
