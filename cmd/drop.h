/*
 * drop: opens the place an agreement names, the way this party reaches it.
 */
#ifndef CMD_DROP_H
#define CMD_DROP_H

#include "record/agreement.h"
#include "remote/remote.h"
#include "spool/home.h"

/*
 * Opens drop "id" of the agreement.  The URL is "url" (from the command line)
 * if not NULL, else the configuration's, else the agreement's; user, SSH key and
 * proxy come from the configuration's [drop ID], host keys from the agreement
 * alone.  Faults as remote_open, or FAULT_CONF.
 */
enum fault drop_open(struct remote **out, struct home *h,
    const struct agreement *a, const char *id, const char *url,
    struct cause *why) FAULT_CHECKED;

#endif
