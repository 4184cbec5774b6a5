/*
 * walls: outpost first, while there is nothing in memory and the network can
 * still be had; then the walls.
 */
#include "walls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "base/log.h"
#include "sys/sandbox.h"

/* Besides home and data: messages, and what the libraries read at their first
 * use. */
static const struct sandbox_place walls_places[] = {
	{ AT_FDCWD, LOCALEDIR, SANDBOX_READ },
	{ AT_FDCWD, "/usr", SANDBOX_READ },
	{ AT_FDCWD, "/lib", SANDBOX_READ },
	{ AT_FDCWD, "/lib64", SANDBOX_READ },
	{ AT_FDCWD, "/etc/ssl/openssl.cnf", SANDBOX_READ },
	{ AT_FDCWD, "/etc/localtime", SANDBOX_READ },
	{ AT_FDCWD, "/dev/urandom", SANDBOX_READ },
	{ AT_FDCWD, "/dev/null", SANDBOX_FILL },
};
#define WALLS_PLACES (sizeof(walls_places) / sizeof(walls_places[0]))

/* Once, for the halves have the same kernel; never a reason to stop: the
 * evidence does not hang on it. */
static void
warn(void)
{
	unsigned lacks = sandbox_lacks();

	if ((lacks & SANDBOX_NO_LANDLOCK) != 0)
		log_warn(_("this kernel has no Landlock: a hole in this "
			   "program could reach files beside its own; see "
			   "saksi doctor"));
	if ((lacks & SANDBOX_NO_SECCOMP) != 0)
		log_warn(_("this kernel has no seccomp filters: a hole in this "
			   "program could use any system call; see saksi "
			   "doctor"));
	if (sandbox_relaxed())
		log_info(_("built with sanitizers: the walls are lower"));
}

/* Catalogues are read from files, which may lie anywhere, when the first text
 * is asked for: ours, and the C library's. */
static void
read_messages(void)
{
	(void)fault_text(FAULT_SYSTEM);
	(void)strerror(EPERM);
}

static enum fault
confine(const struct cli *cli, const struct walls_gate *gate, struct cause *why)
{
	size_t i, n = gate == NULL ? 0 : gate->n;
	struct sandbox_place *place, *next;
	enum fault f;

	if ((place = calloc(n + WALLS_PLACES + 2, sizeof(*place))) == NULL)
		return cause_memory(why);
	next = place;
	for (i = 0; i < n; i++)
		*next++ = (struct sandbox_place){ AT_FDCWD, gate->file[i],
			SANDBOX_READ };
	if (gate != NULL && gate->place.dir != -1)
		*next++ = gate->place;
	for (i = 0; i < WALLS_PLACES; i++)
		*next++ = walls_places[i];
	*next++ =
	    (struct sandbox_place){ AT_FDCWD, cli_home(cli), SANDBOX_KEEP };
	f = sandbox_enter(WALL_CONTROL, place, (size_t)(next - place), why);
	free(place);
	return f;
}

enum fault
walls_raise(struct outpost **out, const struct cli *cli,
    const struct walls_gate *gate, struct cause *why)
{
	enum fault f = FAULT_NONE;

	read_messages();
	warn();
	if (out != NULL)
		f = outpost_open(out, why);
	if (f == FAULT_NONE)
		f = confine(cli, gate, why);
	if (f != FAULT_NONE && out != NULL) {
		outpost_close(*out);
		*out = NULL;
	}
	return f;
}
