/*
 * make: names in a home that home_open and home_make share (lib/spool only).
 */
#ifndef SPOOL_MAKE_H
#define SPOOL_MAKE_H

#include "base/cause.h"

#define HOME_CONF "serahterima.conf"
#define HOME_ROOT_KEY "keys/root.key"
#define HOME_ROOT_PUB "keys/root.pub"
#define HOME_SIGNING_KEY "keys/signing.key"
#define HOME_SIGNING_PUB "keys/signing.pub"
#define HOME_DECRYPTION_KEY "keys/decryption.key"
#define HOME_DECRYPTION_PUB "keys/decryption.pub"

/* The path made absolute, without slashes at its end; free it. */
enum fault home_path(
    char **out, const char *path, struct cause *why) FAULT_CHECKED;

#endif
