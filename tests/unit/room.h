/*
 * room: a temporary directory for a unit test, removed at its end.
 */
#ifndef UNIT_ROOM_H
#define UNIT_ROOM_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/io.h"

static char room_path[256];
static int room_dir = -1;

static inline bool
room_make(void)
{
	const char *tmp = getenv("TMPDIR");

	(void)umask(077);
	(void)snprintf(room_path, sizeof(room_path), "%s/serahterima-XXXXXX",
	    tmp != NULL && tmp[0] != '\0' ? tmp : "/tmp");
	if (mkdtemp(room_path) == NULL)
		return false;
	room_dir = open(room_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return room_dir >= 0;
}

static inline void
room_clear(void)
{
	if (io_remove_tree(AT_FDCWD, room_path, NULL) != FAULT_NONE)
		printf("# %s is left\n", room_path);
	(void)close(room_dir);
}

/* PATH of a name in the room; overwritten by the fourth next call. */
static inline const char *
room_name(const char *name)
{
	static char path[4][512];
	static unsigned turn;

	turn = (turn + 1) % 4;
	(void)snprintf(
	    path[turn], sizeof(path[turn]), "%s/%s", room_path, name);
	return path[turn];
}

/* Writes a file of the room, replacing it. */
static inline bool
room_write(const char *name, const void *bytes, size_t len)
{
	FILE *f = fopen(room_name(name), "w");
	bool ok = f != NULL && fwrite(bytes, 1, len, f) == len;

	return f != NULL && fclose(f) == 0 && ok;
}

/* Length of a file of the room, -1 when it is not there. */
static inline long
room_size(const char *name)
{
	struct stat st;

	return stat(room_name(name), &st) == 0 ? (long)st.st_size : -1;
}

/* The file's permission bits, 0 when it is not there. */
static inline unsigned
room_mode(const char *name)
{
	struct stat st;

	return stat(room_name(name), &st) == 0 ? st.st_mode & 07777U : 0U;
}

#endif
