/*
 * sandbox: walls around the calling process: Landlock for names, seccomp for
 * system calls.  There is no way back, and threads and processes made later are
 * inside as well.
 */
#ifndef SYS_SANDBOX_H
#define SYS_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cause.h"
#include "sys/calls.h"

/* What may be done at a place and below it. */
enum sandbox_may {
	SANDBOX_READ, /* read files, list directories */
	SANDBOX_NAME, /* rename regular files and remove them, unread */
	SANDBOX_FILL, /* make, write and read regular files */
	SANDBOX_KEEP  /* the same, and directories, renames, removals */
};

/* A place in the file system; what is not there needs no permission. */
struct sandbox_place {
	int dir;          /* AT_FDCWD, or the directory itself */
	const char *path; /* or NULL: "dir" is meant */
	enum sandbox_may may;
};

/* What a kernel may lack. */
#define SANDBOX_NO_LANDLOCK 1U
#define SANDBOX_NO_SECCOMP 2U

/*
 * Confines this process, which must have one thread: only these places can be
 * opened by name, only the wall's calls can be made, no TCP port be used but
 * by WALL_NETWORK.  What the kernel lacks is left out; anything else that fails
 * is a fault, after which the process must not go on.  FAULT_SYSTEM,
 * FAULT_MEMORY.
 */
enum fault sandbox_enter(enum wall wall, const struct sandbox_place *place,
    size_t n, struct cause *why) FAULT_CHECKED;

/* SANDBOX_NO_… of this kernel; asked anew each time. */
unsigned sandbox_lacks(void);

/* Whether this build is one with sanitizers, which need more calls and files:
 * its walls are lower. */
bool sandbox_relaxed(void);

#endif
