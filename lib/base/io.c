/*
 * io: every write is whole or a fault, and a name appears only when what it
 * names is complete and on the disk.
 */
#include "base/io.h"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/intl.h"

enum fault
io_write(
    int fd, const void *bytes, size_t len, const char *name, struct cause *why)
{
	const char *p = bytes;
	ssize_t n;

	while (len > 0) {
		n = write(fd, p, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return cause_system(why, "write", name);
		p += n;
		len -= (size_t)n;
	}
	return FAULT_NONE;
}

enum fault
io_read(int fd, void *bytes, size_t cap, size_t *got, const char *name,
    struct cause *why)
{
	char *p = bytes;
	ssize_t n;

	*got = 0;
	while (*got < cap) {
		n = read(fd, p + *got, cap - *got);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return cause_system(why, "read", name);
		if (n == 0)
			break;
		*got += (size_t)n;
	}
	return FAULT_NONE;
}

enum fault
io_load(struct buf *out, int dir, const char *name, struct cause *why)
{
	char block[16384];
	struct stat st;
	enum fault f = FAULT_NONE;
	size_t got = 0;
	int fd = -1;

	/* O_NONBLOCK: a fifo in the file's place must not hold us. */
	fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return cause_system(why, "open", name);
	if (fstat(fd, &st) != 0) {
		f = cause_system(why, "stat", name);
		goto out;
	}
	if (!S_ISREG(st.st_mode)) {
		cause_place(why, name, 0, NULL, UINT64_MAX);
		f = cause_set(why, FAULT_FORMAT, N_("is no regular file"));
		goto out;
	}
	do {
		f = io_read(fd, block, sizeof(block), &got, name, why);
		if (f == FAULT_NONE &&
		    (f = buf_put(out, block, got)) != FAULT_NONE) {
			cause_place(why, name, 0, NULL, UINT64_MAX);
			f = f == FAULT_MEMORY
			    ? cause_memory(why)
			    : cause_set(
				  why, f, N_("more than %zu bytes"), out->max);
		}
	} while (f == FAULT_NONE && got == sizeof(block));
out:
	explicit_bzero(block, sizeof(block));
	(void)close(fd);
	return f;
}

/* Directory part of a path, "." if there is none; false if too long. */
static bool
parent(char out[PATH_MAX], const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t n = slash == NULL ? 0 : (size_t)(slash - path);

	if (n >= PATH_MAX)
		return false;
	if (slash == NULL) {
		memcpy(out, ".", 2);
		return true;
	}
	memcpy(out, path, n);
	out[n] = '\0';
	if (n == 0)
		memcpy(out, "/", 2);
	return true;
}

enum fault
io_sync_dir(int dir, const char *path, struct cause *why)
{
	enum fault f = FAULT_NONE;
	int fd;

	fd = openat(dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return cause_system(why, "open", path);
	if (fsync(fd) != 0)
		f = cause_system(why, "fsync", path);
	if (close(fd) != 0 && f == FAULT_NONE)
		f = cause_system(why, "close", path);
	return f;
}

static enum fault
sync_parent(int dir, const char *path, struct cause *why)
{
	char up[PATH_MAX];

	if (!parent(up, path)) {
		errno = ENAMETOOLONG;
		return cause_system(why, "open", path);
	}
	return io_sync_dir(dir, up, why);
}

/* Writes a fresh file aside and brings it to the disk. */
static enum fault
save_aside(int dir, const char *aside, const struct buf *content, mode_t mode,
    struct cause *why)
{
	enum fault f;
	int fd;

	if (unlinkat(dir, aside, 0) != 0 && errno != ENOENT)
		return cause_system(why, "unlink", aside);
	fd = openat(dir, aside,
	    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
	if (fd < 0)
		return cause_system(why, "create", aside);
	f = io_write(fd, content->data, content->len, aside, why);
	/* The umask may have taken what the caller asked for. */
	if (f == FAULT_NONE && fchmod(fd, mode) != 0)
		f = cause_system(why, "chmod", aside);
	if (f == FAULT_NONE && fsync(fd) != 0)
		f = cause_system(why, "fsync", aside);
	if (close(fd) != 0 && f == FAULT_NONE)
		f = cause_system(why, "close", aside);
	return f;
}

enum fault
io_save(int dir, const char *name, const void *bytes, size_t len, mode_t mode,
    bool replace, struct cause *why)
{
	struct buf content = { NULL, len, len, len };
	char aside[PATH_MAX];
	const char *base;
	enum fault f = FAULT_NONE;
	int n;

	content.data = (unsigned char *)(uintptr_t)bytes;
	base = strrchr(name, '/');
	base = base == NULL ? name : base + 1;
	n = snprintf(aside, sizeof(aside), "%.*s.%s.new", (int)(base - name),
	    name, base);
	if (n < 0 || (size_t)n >= sizeof(aside)) {
		errno = ENAMETOOLONG;
		return cause_system(why, "create", name);
	}
	f = save_aside(dir, aside, &content, mode, why);
	if (f == FAULT_NONE &&
	    renameat2(dir, aside, dir, name, replace ? 0 : RENAME_NOREPLACE) !=
		0)
		f = cause_system(why, "rename", name);
	if (f == FAULT_NONE)
		return sync_parent(dir, name, why);
	(void)unlinkat(dir, aside, 0);
	return f;
}

/* Makes one directory.  What stands there already must be one: a file in its
 * place would be told by whoever uses it, and of something else. */
static enum fault
make_directory(int dir, const char *path, struct cause *why)
{
	struct stat st;

	if (mkdirat(dir, path, 0700) == 0)
		return sync_parent(dir, path, why);
	if (errno != EEXIST)
		return cause_system(why, "mkdir", path);
	if (fstatat(dir, path, &st, 0) != 0)
		return cause_system(why, "stat", path);
	if (S_ISDIR(st.st_mode))
		return FAULT_NONE;
	errno = ENOTDIR;
	return cause_system(why, "mkdir", path);
}

enum fault
io_mkdirs(int dir, const char *path, struct cause *why)
{
	char part[PATH_MAX];
	enum fault f = FAULT_NONE;
	size_t i;

	if (strlen(path) >= sizeof(part)) {
		errno = ENAMETOOLONG;
		return cause_system(why, "mkdir", path);
	}
	for (i = 1; f == FAULT_NONE; i++) {
		if (path[i - 1] == '\0')
			break;
		if (path[i] != '/' && path[i] != '\0')
			continue;
		memcpy(part, path, i);
		part[i] = '\0';
		f = make_directory(dir, part, why);
		if (path[i] == '\0')
			break;
	}
	return f;
}

enum fault
io_opendir(int *out, int dir, const char *path, struct cause *why)
{
	*out =
	    openat(dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	return *out < 0 ? cause_system(why, "open", path) : FAULT_NONE;
}

enum fault
io_rename(int from_dir, const char *from, int to_dir, const char *to,
    struct cause *why)
{
	enum fault f;

	if (renameat2(from_dir, from, to_dir, to, RENAME_NOREPLACE) != 0)
		return cause_system(why, "rename", to);
	if ((f = sync_parent(to_dir, to, why)) != FAULT_NONE)
		return f;
	return sync_parent(from_dir, from, why);
}

static enum fault remove_inside(int dir, const char *path, struct cause *why);

static enum fault
remove_entry(int dir, const char *name, struct cause *why)
{
	enum fault f;

	if (unlinkat(dir, name, 0) == 0 || errno == ENOENT)
		return FAULT_NONE;
	/* Linux says EISDIR, POSIX EPERM. */
	if (errno != EISDIR && errno != EPERM)
		return cause_system(why, "unlink", name);
	if ((f = remove_inside(dir, name, why)) != FAULT_NONE)
		return f;
	if (unlinkat(dir, name, AT_REMOVEDIR) != 0 && errno != ENOENT)
		return cause_system(why, "rmdir", name);
	return FAULT_NONE;
}

static enum fault
remove_inside(int dir, const char *path, struct cause *why)
{
	struct dirent *e;
	enum fault f = FAULT_NONE;
	DIR *d = NULL;
	int fd;

	fd = openat(dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return cause_system(why, "open", path);
	if ((d = fdopendir(fd)) == NULL) {
		f = cause_system(why, "open", path);
		(void)close(fd);
		return f;
	}
	while (f == FAULT_NONE && (errno = 0, e = readdir(d)) != NULL)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			f = remove_entry(fd, e->d_name, why);
	if (f == FAULT_NONE && errno != 0)
		f = cause_system(why, "read", path);
	(void)closedir(d);
	return f;
}

enum fault
io_remove_tree(int dir, const char *path, struct cause *why)
{
	enum fault f;

	if (faccessat(dir, path, F_OK, AT_SYMLINK_NOFOLLOW) != 0 &&
	    errno == ENOENT)
		return FAULT_NONE;
	if ((f = remove_entry(dir, path, why)) != FAULT_NONE)
		return f;
	return sync_parent(dir, path, why);
}

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Appends one name, growing the array by doubling. */
static enum fault
names_add(struct io_names *out, const char *name, struct cause *why)
{
	char **grown;

	if ((out->n & (out->n - 1)) == 0) {
		grown = realloc(
		    out->name, (out->n == 0 ? 1 : 2 * out->n) * sizeof(*grown));
		if (grown == NULL)
			return cause_memory(why);
		out->name = grown;
	}
	if ((out->name[out->n] = strdup(name)) == NULL)
		return cause_memory(why);
	out->n++;
	return FAULT_NONE;
}

enum fault
io_names(struct io_names *out, int dir, const char *path, size_t max,
    struct cause *why)
{
	struct dirent *e;
	enum fault f = FAULT_NONE;
	DIR *d = NULL;
	int fd;

	memset(out, 0, sizeof(*out));
	fd = openat(dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? FAULT_NONE
				       : cause_system(why, "open", path);
	if ((d = fdopendir(fd)) == NULL) {
		f = cause_system(why, "open", path);
		(void)close(fd);
		return f;
	}
	while (f == FAULT_NONE && (errno = 0, e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		if (out->n >= max) {
			cause_place(why, path, 0, NULL, UINT64_MAX);
			f = cause_set(
			    why, FAULT_LARGER, N_("more than %zu names"), max);
		} else
			f = names_add(out, e->d_name, why);
	}
	if (f == FAULT_NONE && errno != 0)
		f = cause_system(why, "read", path);
	(void)closedir(d);
	if (f != FAULT_NONE)
		io_names_free(out);
	else if (out->n > 1)
		qsort(out->name, out->n, sizeof(*out->name), by_bytes);
	return f;
}

void
io_names_free(struct io_names *names)
{
	size_t i;

	if (names == NULL)
		return;
	for (i = 0; i < names->n; i++)
		free(names->name[i]);
	free(names->name);
	names->name = NULL;
	names->n = 0;
}

static enum fault
sink_write(void *self, const void *bytes, size_t len, struct cause *why)
{
	struct io_file *file = self;

	return io_write(file->fd, bytes, len, file->name, why);
}

static enum fault
source_read(void *self, void *bytes, size_t cap, size_t *got, struct cause *why)
{
	struct io_file *file = self;

	return io_read(file->fd, bytes, cap, got, file->name, why);
}

struct sink
io_sink(struct io_file *file)
{
	return (struct sink){ sink_write, file };
}

struct source
io_source(struct io_file *file)
{
	return (struct source){ source_read, file };
}

enum fault
io_free_bytes(unsigned long long *out, int dir, struct cause *why)
{
	struct statvfs vfs;

	if (fstatvfs(dir, &vfs) != 0)
		return cause_system(why, "statvfs", ".");
	*out = (unsigned long long)vfs.f_bavail * vfs.f_frsize;
	return FAULT_NONE;
}
