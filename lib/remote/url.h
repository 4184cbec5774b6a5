/*
 * url: where a drop is.
 *
 * "sftp://[user@]host[:port]/path" (IPv6 hosts in brackets) or "file:///path".
 * A deliberate part of RFC 3986: %XX is decoded, but there is no password, no
 * query, no fragment, and no "." or ".." in the path.
 */
#ifndef REMOTE_URL_H
#define REMOTE_URL_H

#include "base/cause.h"

#define URL_HOST_MAX 256  /* a DNS name has at most 253 bytes */
#define URL_USER_MAX 65   /* a Unix account name has at most 32 */
#define URL_PATH_MAX 1024 /* leaves room for our names below PATH_MAX */

enum url_scheme { URL_SFTP, URL_FILE };

struct url {
	enum url_scheme scheme;
	char user[URL_USER_MAX]; /* "" if the URL names none */
	char host[URL_HOST_MAX]; /* without brackets; "" for a file */
	unsigned port;           /* 22 unless the URL says otherwise */
	char path[URL_PATH_MAX]; /* absolute; ends with '/' only if "/" */
};

/*
 * Parses.  FAULT_FORMAT says what is wrong, without repeating the URL: it may
 * hold a password that somebody put there.  *out is whole or untouched.
 */
enum fault url_parse(
    struct url *out, const char *text, struct cause *why) FAULT_CHECKED;

#endif
