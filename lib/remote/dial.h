/*
 * dial: every network connection of this room is opened here, by libcurl, so
 * that HTTP CONNECT and SOCKS5 proxies work, with both address families tried
 * side by side.
 */
#ifndef REMOTE_DIAL_H
#define REMOTE_DIAL_H

#include <stdbool.h>

#include "base/cause.h"

struct dial;

struct dial_job {
	const char *host;  /* name or address, IPv6 without brackets */
	unsigned port;     /* 1 to 65535 */
	const char *proxy; /* http://, socks5:// or socks5h://; may be NULL */
	unsigned wait;     /* seconds for name, connection and proxy together */
};

/*
 * Connects.  FAULT_UNREACHABLE (name, network, proxy, time), FAULT_FORMAT (a
 * proxy of another kind), FAULT_INTERRUPTED, FAULT_MEMORY, FAULT_SYSTEM.  The
 * environment's proxy variables are not looked at: the configuration decides.
 */
enum fault dial_open(struct dial **out, const struct dial_job *job,
    struct cause *why) FAULT_CHECKED;
/* The connected socket; dial keeps owning it. */
int dial_socket(const struct dial *d);
/*
 * Until told otherwise, only whole segments leave: what is sent in pieces then
 * arrives in fewer, and wakes the other side less often.  Where it cannot be
 * had, nothing changes.
 */
void dial_cork(const struct dial *d, bool corked);
/* No byte passes any more; whoever waits on the socket wakes up. */
void dial_shutdown(struct dial *d);
/* Closes.  NULL-safe. */
void dial_close(struct dial *d);

#endif
