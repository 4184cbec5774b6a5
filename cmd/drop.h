/*
 * drop: opens the place an agreement names, the way this party reaches it.
 */
#ifndef CMD_DROP_H
#define CMD_DROP_H

#include "record/agreement.h"
#include "remote/remote.h"
#include "desk.h"

/*
 * Whether a URL from the command line can be used, before any work is done for
 * it; NULL (none given) is fine.  FAULT_USAGE.
 */
enum fault drop_url_check(const char *url, struct cause *why) FAULT_CHECKED;

/*
 * Opens drop "id" of the agreement.  The URL is "url" (from the command line)
 * if not NULL, else the configuration's, else the agreement's; user, SSH key
 * and proxy come from the configuration's [drop ID], host keys from the
 * agreement alone.  Faults as remote_open, but FAULT_CONF instead of
 * FAULT_FORMAT: the agreement's URL was judged when it was read.
 */
enum fault drop_open(struct remote **out, struct desk *s,
    const struct agreement *a, const char *id, const char *url,
    struct cause *why) FAULT_CHECKED;

#endif
