/*
 * local: every path is walked one name at a time from the root's descriptor,
 * with O_NOFOLLOW: others may write below the root of a drop, and a link that
 * one of them plants must lead nowhere.
 */
#include "remote/local.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/intl.h"
#include "base/io.h"
#include "base/limits.h"
#include "sys/process.h"

/* As on a server, whatever our umask is: the drop's group works there. */
#define DIR_MODE 0770
#define FILE_MODE 0640

#define CHUNK (1 * MIB)

struct local {
	int root;
};

/* The directory that holds a path's last name, and that name. */
struct place {
	int dir; /* owned */
	char name[NAME_MAX + 1];
};

/* EEXIST is an answer here, and not a failure of the machine. */
static enum fault
system_fault(const char *what, const char *path, struct cause *why)
{
	if (errno != EEXIST)
		return cause_system(why, what, path);
	cause_place(why, path, 0, NULL, UINT64_MAX);
	return cause_set(
	    why, FAULT_EXISTS, N_("the drop has \"%s\" already"), path);
}

/* Walks to the parent of the last name. "" gives the root and ".". */
static enum fault
place_open(struct place *out, const struct local *l, const char *path,
    struct cause *why)
{
	const char *at = path;
	/* A copy, so that every place is closed in the same way. */
	int dir = fcntl(l->root, F_DUPFD_CLOEXEC, 3);

	out->dir = -1;
	(void)snprintf(out->name, sizeof(out->name), ".");
	if (dir < 0)
		return cause_system(why, "dup", path);
	while (*at != '\0') {
		size_t len = strcspn(at, "/");
		int next;

		if (len > NAME_MAX) {
			(void)close(dir);
			errno = ENAMETOOLONG;
			return cause_system(why, "open", path);
		}
		memcpy(out->name, at, len);
		out->name[len] = '\0';
		at += len;
		if (*at++ == '\0')
			break;
		next = openat(dir, out->name,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (next < 0) {
			int saved = errno;

			(void)close(dir);
			/* A file where a directory should be. */
			errno = saved == ENOTDIR ? ENOENT : saved;
			return cause_system(why, "open", path);
		}
		(void)close(dir);
		dir = next;
	}
	out->dir = dir;
	return FAULT_NONE;
}

static void
place_close(struct place *p)
{
	if (p->dir >= 0)
		(void)close(p->dir);
	p->dir = -1;
}

/* A new or vanished name survives a power cut only when its directory is
 * synced; a disk that is carried is pulled out soon after. */
static enum fault
place_sync(const struct place *p, const char *path, struct cause *why)
{
	return fsync(p->dir) == 0 ? FAULT_NONE
				  : cause_system(why, "fsync", path);
}

/*
 * process_setup's umask is for our home; on a drop the group must read.  The
 * set-group bit of the parent is kept.  File systems without modes (a carried
 * disk is often FAT) refuse, and that is no fault.
 */
static enum fault
set_mode(int fd, mode_t mode, const char *path, struct cause *why)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return cause_system(why, "fstat", path);
	if ((st.st_mode & 0777) == mode)
		return FAULT_NONE;
	if (fchmod(fd, (st.st_mode & 07000) | mode) != 0 && errno != EPERM &&
	    errno != EOPNOTSUPP && errno != EINVAL)
		return cause_system(why, "fchmod", path);
	return FAULT_NONE;
}

/* The root itself may be a link: its host says where the drop lies. */
enum fault
local_open(struct local **out, const char *root, struct cause *why)
{
	struct local *l = NULL;

	*out = NULL;
	if ((l = calloc(1, sizeof(*l))) == NULL)
		return cause_memory(why);
	l->root = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (l->root < 0) {
		free(l);
		return cause_set(why, FAULT_UNREACHABLE,
		    N_("the directory %s cannot be opened: %s"), root,
		    strerror(errno));
	}
	*out = l;
	return FAULT_NONE;
}

void
local_close(struct local *l)
{
	if (l == NULL)
		return;
	(void)close(l->root);
	free(l);
}

enum fault
local_look(
    struct local *l, const char *path, struct entry *entry, struct cause *why)
{
	struct cause scratch;
	struct place p;
	struct stat st;
	enum fault f;

	*entry = (struct entry){ 0 };
	cause_clear(&scratch);
	f = place_open(&p, l, path, &scratch);
	/* That a parent is missing is an answer too, and leaves no cause. */
	if (f == FAULT_ABSENT)
		return FAULT_NONE;
	if (f != FAULT_NONE && why != NULL)
		*why = scratch;
	if (f != FAULT_NONE)
		return f;
	if (fstatat(p.dir, p.name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		entry->exists = true;
		entry->file = S_ISREG(st.st_mode);
		entry->directory = S_ISDIR(st.st_mode);
		entry->size = entry->file ? (uint64_t)st.st_size : 0;
	} else if (errno != ENOENT) {
		f = cause_system(why, "stat", path);
	}
	place_close(&p);
	return f;
}

/* readdir tells its end from a failure only by errno. */
static enum fault
read_names(DIR *d, const char *path, struct entry_list *list, struct cause *why)
{
	const struct dirent *e;
	enum fault f;

	for (;;) {
		if (process_interrupted)
			return cause_set(why, FAULT_INTERRUPTED,
			    N_("stopped while listing the drop"));
		errno = 0;
		if ((e = readdir(d)) == NULL)
			return errno == 0 ? FAULT_NONE
					  : cause_system(why, "readdir", path);
		f = entry_list_add(list, e->d_name, strlen(e->d_name), why);
		if (f != FAULT_NONE)
			return f;
	}
}

enum fault
local_list(struct local *l, const char *path, struct entry_list *list,
    struct cause *why)
{
	struct place p;
	DIR *d = NULL;
	enum fault f;
	int fd;

	if ((f = place_open(&p, l, path, why)) != FAULT_NONE)
		return f;
	fd = openat(
	    p.dir, p.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || (d = fdopendir(fd)) == NULL) {
		f = cause_system(why, "open", path);
		if (fd >= 0)
			(void)close(fd);
		goto out;
	}
	f = read_names(d, path, list, why);
	(void)closedir(d);
out:
	place_close(&p);
	return f;
}

/* O_NONBLOCK: a FIFO that somebody left there must not stop us. */
static enum fault
open_file(int *out, const struct place *p, int flags, const char *path,
    struct cause *why)
{
	struct stat st;
	int fd;

	*out = -1;
	fd = openat(p->dir, p->name,
	    flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, FILE_MODE);
	if (fd < 0 && (errno == ELOOP || errno == EISDIR || errno == ENXIO))
		return cause_set(why, FAULT_ABSENT,
		    N_("\"%s\" on the drop is no regular file"), path);
	if (fd < 0)
		return cause_system(why, "open", path);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		(void)close(fd);
		return cause_set(why, FAULT_ABSENT,
		    N_("\"%s\" on the drop is no regular file"), path);
	}
	*out = fd;
	return FAULT_NONE;
}

/* The file may still be growing or be cut while it is read: the bytes are
 * counted, and its size is not asked for. */
static enum fault
copy_out(int fd, const char *path, const struct carry_want *want,
    struct sink into, struct cause *why)
{
	unsigned char *buffer = NULL;
	uint64_t at = want->offset;
	enum fault f = FAULT_NONE;
	size_t n = 0;

	if ((buffer = malloc(CHUNK)) == NULL)
		return cause_memory(why);
	if (lseek(fd, (off_t)at, SEEK_SET) < 0) {
		f = cause_system(why, "lseek", path);
		goto out;
	}
	do {
		if (process_interrupted) {
			f = cause_set(why, FAULT_INTERRUPTED,
			    N_("stopped in the middle of a file"));
			goto out;
		}
		if ((f = io_read(fd, buffer, CHUNK, &n, path, why)) !=
		    FAULT_NONE)
			goto out;
		at += n;
		if (at > want->expected) {
			f = cause_set(why, FAULT_LARGER,
			    N_("\"%s\" on the "
			       "drop goes on after %llu bytes"),
			    path, (unsigned long long)want->expected);
			goto out;
		}
		if (n > 0 &&
		    (f = into.write(into.self, buffer, n, why)) != FAULT_NONE)
			goto out;
	} while (n == CHUNK);
	if (want->exact && at < want->expected)
		f = cause_set(why, FAULT_INCOMPLETE,
		    N_("\"%s\" on the drop ends after %llu of %llu bytes"),
		    path, (unsigned long long)at,
		    (unsigned long long)want->expected);
out:
	free(buffer);
	return f;
}

enum fault
local_get(struct local *l, const char *path, const struct carry_want *want,
    struct sink into, struct cause *why)
{
	struct place p;
	enum fault f;
	int fd = -1;

	if ((f = place_open(&p, l, path, why)) != FAULT_NONE)
		return f;
	if ((f = open_file(&fd, &p, O_RDONLY, path, why)) == FAULT_NONE) {
		(void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
		f = copy_out(fd, path, want, into, why);
		(void)close(fd);
	}
	place_close(&p);
	return f;
}

/* fsync belongs to the copy: a failure of it is final, since the kernel then
 * forgets the pages, and a second fsync would report success. */
static enum fault
copy_in(
    int fd, const char *path, struct content *c, uint64_t at, struct cause *why)
{
	unsigned char *buffer = NULL;
	enum fault f = FAULT_NONE;

	if ((buffer = malloc(CHUNK)) == NULL)
		return cause_memory(why);
	if (lseek(fd, (off_t)at, SEEK_SET) < 0) {
		f = cause_system(why, "lseek", path);
		goto out;
	}
	while ((f = content_more(c, at, why)) == FAULT_NONE && at < c->size) {
		size_t n =
		    c->size - at < CHUNK ? (size_t)(c->size - at) : CHUNK;

		if (process_interrupted) {
			f = cause_set(why, FAULT_INTERRUPTED,
			    N_("stopped in "
			       "the middle of a file; it can be gone on with"));
			goto out;
		}
		if ((f = content_read(c, at, buffer, n, why)) != FAULT_NONE ||
		    (f = io_write(fd, buffer, n, path, why)) != FAULT_NONE)
			goto out;
		at += n;
	}
	if (f == FAULT_NONE && fsync(fd) != 0) {
		f = cause_system(why, "fsync", path);
		/* Nothing to be gone on with. */
		(void)!ftruncate(fd, 0);
	}
out:
	free(buffer);
	return f;
}

/* The part's size decides where to go on; one that is too long is cut. */
static enum fault
put_fd(
    int fd, const char *path, struct content *c, bool resume, struct cause *why)
{
	struct stat st;
	uint64_t at = 0;
	enum fault f;

	if (fstat(fd, &st) != 0)
		return cause_system(why, "fstat", path);
	if (resume)
		at = content_resume(c, (uint64_t)st.st_size);
	if (at == 0 && ftruncate(fd, 0) != 0)
		return cause_system(why, "ftruncate", path);
	if ((f = set_mode(fd, FILE_MODE, path, why)) != FAULT_NONE ||
	    (f = copy_in(fd, path, c, at, why)) != FAULT_NONE)
		return f;
	if (fstat(fd, &st) != 0)
		return cause_system(why, "fstat", path);
	if ((uint64_t)st.st_size != c->size)
		return cause_set(why, FAULT_INCOMPLETE,
		    N_("\"%s\" has %llu bytes on the drop, not %llu"), path,
		    (unsigned long long)st.st_size,
		    (unsigned long long)c->size);
	return FAULT_NONE;
}

enum fault
local_put(struct local *l, const char *path, struct content *c, bool resume,
    struct cause *why)
{
	struct place p;
	enum fault f;
	int fd = -1;

	if ((f = place_open(&p, l, path, why)) != FAULT_NONE)
		return f;
	f = open_file(&fd, &p, O_WRONLY | O_CREAT, path, why);
	if (f != FAULT_NONE)
		goto out;
	f = put_fd(fd, path, c, resume, why);
	/* Network file systems report some failures only here. */
	if (close(fd) != 0 && f == FAULT_NONE)
		f = cause_system(why, "close", path);
	if (f == FAULT_NONE)
		f = place_sync(&p, path, why);
out:
	place_close(&p);
	return f;
}

/* The mode is set on the descriptor: under umask 077 mkdir alone would lock the
 * drop's group out. */
enum fault
local_mkdir(struct local *l, const char *path, struct cause *why)
{
	struct place p;
	enum fault f;
	int fd = -1;

	if ((f = place_open(&p, l, path, why)) != FAULT_NONE)
		return f;
	if (mkdirat(p.dir, p.name, DIR_MODE) != 0) {
		f = system_fault("mkdir", path, why);
		goto out;
	}
	fd = openat(
	    p.dir, p.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		f = cause_system(why, "open", path);
		goto out;
	}
	if ((f = set_mode(fd, DIR_MODE, path, why)) == FAULT_NONE)
		f = place_sync(&p, path, why);
	(void)close(fd);
out:
	place_close(&p);
	return f;
}

/* Some file systems (NFS, FUSE) do not know RENAME_NOREPLACE; there a look
 * before is the best that can be had. */
static int
rename_new(const struct place *from, const struct place *to)
{
	struct stat st;

	if (renameat2(from->dir, from->name, to->dir, to->name,
		RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	if (fstatat(to->dir, to->name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		errno = EEXIST;
		return -1;
	}
	if (errno != ENOENT)
		return -1;
	return renameat(from->dir, from->name, to->dir, to->name);
}

enum fault
local_rename(
    struct local *l, const char *from, const char *to, struct cause *why)
{
	struct place a = { .dir = -1 };
	struct place b = { .dir = -1 };
	enum fault f;

	if ((f = place_open(&a, l, from, why)) != FAULT_NONE ||
	    (f = place_open(&b, l, to, why)) != FAULT_NONE)
		goto out;
	if (rename_new(&a, &b) != 0) {
		f = errno == EEXIST ? system_fault("rename", to, why)
				    : system_fault("rename", from, why);
		goto out;
	}
	if ((f = place_sync(&b, to, why)) == FAULT_NONE)
		f = place_sync(&a, from, why);
out:
	place_close(&b);
	place_close(&a);
	return f;
}

/* Removing is made durable as well: what the retention rule destroyed must not
 * be back after a crash. */
static enum fault
unlink_place(struct local *l, const char *path, int flags, struct cause *why)
{
	struct place p;
	enum fault f;

	if ((f = place_open(&p, l, path, why)) != FAULT_NONE)
		return f;
	if (unlinkat(p.dir, p.name, flags) != 0)
		f = cause_system(why, "remove", path);
	else
		f = place_sync(&p, path, why);
	place_close(&p);
	return f;
}

enum fault
local_remove(struct local *l, const char *path, struct cause *why)
{
	return unlink_place(l, path, 0, why);
}

enum fault
local_remove_dir(struct local *l, const char *path, struct cause *why)
{
	return unlink_place(l, path, AT_REMOVEDIR, why);
}
