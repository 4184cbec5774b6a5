/*
 * calls: what each confined process may ask of the kernel.  The lists are short
 * enough to be read; a test holds the programs to them, and their length.
 */
#ifndef SYS_CALLS_H
#define SYS_CALLS_H

#include <stddef.h>

enum wall {
	WALL_OPENING, /* opens foreign bytes: no network, no name but its own */
	WALL_NETWORK, /* speaks to a server: no key of ours, no data */
	WALL_DISK,   /* a drop that is a directory: the same, without network */
	WALL_CONTROL /* holds keys and journal: everything but these */
};

enum call_rule {
	CALL_ALLOWED,
	CALL_THREAD,   /* only what makes a thread, no process */
	CALL_NO_CODE,  /* no memory that can be executed */
	CALL_INTERNET, /* IPv4, IPv6 and the kernel's routes; no other family */
	CALL_MISSING,  /* answered as by a kernel without it: the C library then
			* does without */
	CALL_DENIED    /* answered as not permitted */
};

struct call {
	const char *name;
	enum call_rule rule;
};

/*
 * The list of a wall.  What is not in it kills the process; only WALL_CONTROL's
 * is a list of what is denied, and all else is allowed.
 */
const struct call *calls_list(enum wall wall, size_t *n);
/* How many of a list may be made. */
size_t calls_allowed(enum wall wall);
/* "opening", "network", "disk", "control"; static. */
const char *calls_name(enum wall wall);

#endif
