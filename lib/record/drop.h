/*
 * drop: where parcels are put down, as an agreement names it: an SFTP directory
 * with its pinned host keys, or a directory of a disk.
 */
#ifndef RECORD_DROP_H
#define RECORD_DROP_H

#include "base/cause.h"
#include "record/agreement.h"
#include "text/doc.h"

#define DROP_URL_MAX 512
#define DROP_USER_MAX 64 /* as the carrier reads it: remote/url.h */
#define DROP_HOST_MAX 255
#define DROP_MAX 64
#define DROP_HOST_KEYS_MAX 16

/*
 * Reads drops[] of the root into a.  FAULT_FORMAT, FAULT_MEMORY; what was read
 * stays in a for agreement_free.
 */
enum fault drop_read(struct agreement *a, const struct node *root,
    struct cause *why) FAULT_CHECKED;
void drop_free(struct agreement *a);

/* sftp://[user@]host[:port]/path or file:///path; no password, no query, no
 * escapes, no "." or ".." in the path. */
bool drop_url_ok(const char *url);

/* "TYPE BASE64" as ssh-keyscan prints it after the host's name: ssh-ed25519 and
 * ecdsa-sha2-nistp256, 384, 521 (RFC 8709, RFC 5656). */
bool drop_host_key_ok(const char *line);

#endif
