/*
 * sheet: written beside its name, and renamed behind the walls, which leave the
 * directory open for that alone.
 */
#include "sheet.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/intl.h"
#include "base/io.h"
#include "check/listing.h"

/* Lines are short: a write for each would cost more than finding them. */
#define SHEET_BLOCK (64 * KIB)

struct sheet {
	char *path; /* as given */
	const char *name;
	char aside[64];
	int dir, fd;
	struct stat old; /* what has the name now; st_ino 0: nothing */
	struct buf block;
	struct cause why; /* of the first write that failed */
};

static enum fault
open_dir(struct sheet *s, const char *path, struct cause *why)
{
	char *slash = NULL;
	enum fault f;

	if ((s->path = strdup(path)) == NULL)
		return cause_memory(why);
	slash = strrchr(s->path, '/');
	s->name = slash == NULL ? s->path : slash + 1;
	cause_place(why, path, 0, NULL, UINT64_MAX);
	if (s->name[0] == '\0' || strcmp(s->name, ".") == 0 ||
	    strcmp(s->name, "..") == 0)
		return cause_set(why, FAULT_USAGE, N_("names no file"));
	if (slash == NULL)
		return io_opendir(&s->dir, AT_FDCWD, ".", why);
	*slash = '\0';
	f = io_opendir(
	    &s->dir, AT_FDCWD, slash == s->path ? "/" : s->path, why);
	*slash = '/';
	return f;
}

static enum fault
begin(struct sheet *s, struct cause *why)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;

	if (fstatat(s->dir, s->name, &s->old, AT_SYMLINK_NOFOLLOW) != 0) {
		if (errno != ENOENT)
			return cause_system(why, "stat", s->path);
		s->old.st_ino = 0;
	} else if (!S_ISREG(s->old.st_mode))
		return cause_set(why, FAULT_USAGE, N_("is no regular file"));
	(void)snprintf(
	    s->aside, sizeof(s->aside), ".serah-report.%ld", (long)getpid());
	/* Left by a process of this number that was killed. */
	(void)unlinkat(s->dir, s->aside, 0);
	if ((s->fd = openat(s->dir, s->aside, flags, 0600)) < 0)
		return cause_system(why, "open", s->path);
	return FAULT_NONE;
}

enum fault
sheet_open(struct sheet **out, const char *path, struct cause *why)
{
	struct sheet *s = NULL;
	enum fault f;

	*out = NULL;
	if (path == NULL)
		return FAULT_NONE;
	if ((s = calloc(1, sizeof(*s))) == NULL)
		return cause_memory(why);
	s->dir = s->fd = -1;
	s->block.max = 2 * SHEET_BLOCK;
	cause_clear(&s->why);
	if ((f = open_dir(s, path, why)) != FAULT_NONE ||
	    (f = begin(s, why)) != FAULT_NONE) {
		sheet_free(s);
		return f;
	}
	cause_clear(why);
	/* Fits: the block is empty. */
	(void)!buf_puts(&s->block, LISTING_HEADER);
	*out = s;
	return FAULT_NONE;
}

void
sheet_free(struct sheet *s)
{
	if (s == NULL)
		return;
	if (s->fd >= 0) {
		(void)close(s->fd);
		(void)unlinkat(s->dir, s->aside, 0);
	}
	if (s->dir >= 0)
		(void)close(s->dir);
	buf_free(&s->block);
	free(s->path);
	free(s);
}

struct sandbox_place
sheet_place(const struct sheet *s)
{
	return (struct sandbox_place){ s == NULL ? -1 : s->dir, NULL,
		SANDBOX_NAME };
}

enum fault
sheet_apart(const struct sheet *s, const int *fd, size_t n, struct cause *why)
{
	struct stat st;
	size_t i;

	for (i = 0; s != NULL && s->old.st_ino != 0 && i < n; i++) {
		if (fstat(fd[i], &st) != 0)
			return cause_system(why, "stat", s->path);
		if (st.st_dev != s->old.st_dev || st.st_ino != s->old.st_ino)
			continue;
		cause_place(why, s->path, 0, NULL, UINT64_MAX);
		return cause_set(why, FAULT_USAGE,
		    N_("is one of the files to be checked; give the report "
		       "another name"));
	}
	return FAULT_NONE;
}

static enum fault
sheet_write(void *self, const void *bytes, size_t len, struct cause *why)
{
	struct sheet *s = self;
	enum fault f = s->why.fault;

	if (f != FAULT_NONE)
		return f;
	f = buf_put(&s->block, bytes, len);
	if (f != FAULT_NONE)
		return cause_memory(&s->why);
	if (s->block.len < SHEET_BLOCK)
		return FAULT_NONE;
	f = io_write(s->fd, s->block.data, s->block.len, s->path, &s->why);
	s->block.len = 0;
	if (f != FAULT_NONE && why != NULL)
		*why = s->why;
	return f;
}

struct sink
sheet_sink(struct sheet *s)
{
	struct sink sink = { s == NULL ? NULL : sheet_write, s };

	return sink;
}

/* Everything is on the disk before the name is there. */
static enum fault
finish(struct sheet *s, struct cause *why)
{
	if (s->why.fault != FAULT_NONE) {
		*why = s->why;
		return why->fault;
	}
	if (io_write(s->fd, s->block.data, s->block.len, s->path, why) !=
	    FAULT_NONE)
		return why->fault;
	if (fsync(s->fd) != 0)
		return cause_system(why, "fsync", s->path);
	if (renameat(s->dir, s->aside, s->dir, s->name) != 0)
		return cause_system(why, "rename", s->path);
	(void)close(s->fd);
	s->fd = -1;
	/* The name is there; whether it outlives a power cut is no reason to
	 * say that it is not. */
	(void)fsync(s->dir);
	return FAULT_NONE;
}

enum fault
sheet_end(struct sheet *s, uint64_t unlisted, struct cause *why)
{
	char line[256];

	if (s == NULL)
		return FAULT_NONE;
	if (unlisted > 0) {
		(void)snprintf(line, sizeof(line), ",,,,more,,,\"");
		(void)snprintf(line + strlen(line), sizeof(line) - strlen(line),
		    _("%llu more are not listed here"),
		    (unsigned long long)unlisted);
		(void)!sheet_write(s, line, strlen(line), NULL);
		(void)!sheet_write(s, "\"\n", 2, NULL);
	}
	return finish(s, why);
}

const char *
sheet_name(const struct sheet *s)
{
	return s == NULL || s->fd >= 0 ? NULL : s->path;
}
