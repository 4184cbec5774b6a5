/*
 * walls: what a command gives up before it looks at anything: this process,
 * which will hold keys and journal, the network and every file but its own.
 */
#ifndef CMD_WALLS_H
#define CMD_WALLS_H

#include <stddef.h>

#include "cli.h"

#include "remote/outpost.h"

/*
 * With "out" not NULL the command reaches drops: *out is the process from which
 * its couriers come, the caller's to close.  Then this process is confined to
 * its home and the n files named.  A kernel that lacks something is warned of.
 */
enum fault walls_raise(struct outpost **out, const struct cli *cli,
    const char *const *file, size_t n, struct cause *why) FAULT_CHECKED;

#endif
