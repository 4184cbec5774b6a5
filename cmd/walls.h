/*
 * walls: what a command gives up before it looks at anything: this process,
 * which will hold keys and journal, the network and every file but its own.
 */
#ifndef CMD_WALLS_H
#define CMD_WALLS_H

#include <stddef.h>

#include "cli.h"

#include "remote/outpost.h"
#include "sys/sandbox.h"

/* What is let in. */
struct walls_gate {
	const char *const *file; /* to be read */
	size_t n;
	struct sandbox_place place; /* one more, or a "dir" of -1 */
};

/*
 * With "out" not NULL the command reaches drops: *out is the process from which
 * its couriers come, the caller's to close.  Then this process is confined to
 * its home and what the gate lets in, if there is one.  A kernel that lacks
 * something is warned of.
 */
enum fault walls_raise(struct outpost **out, const struct cli *cli,
    const struct walls_gate *gate, struct cause *why) FAULT_CHECKED;

#endif
