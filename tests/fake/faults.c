/*
 * faults: a library to be preloaded into the shipped programs.  It counts the
 * calls that may fail, of all threads and forked processes together, and makes
 * the n-th one fail, or the program die at it.
 *
 * Forked processes may be confined, so this makes no system call that they do
 * not make themselves: counting needs none, dying uses getpid, tgkill, futex.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fate.h"

#define FILES 256

static struct fate *fate;
/* Which file a descriptor is, and how much of it is on the disk. */
static struct {
	char name[64];
	off_t synced; /* -1: nobody knows, or cares */
} files[FILES];
/* The last file made; it tells which of several alike steps this is. */
static char made[64];

/* The function of this name that would have been called without us. */
#define NEXT(real)                                                      \
	do {                                                            \
		if ((real) == NULL)                                     \
			*(void **)&(real) = dlsym(RTLD_NEXT, __func__); \
	} while (0)

__attribute__((constructor)) static void
begin(void)
{
	const char *text = getenv(FATE_FD);
	int fd = text == NULL ? -1 : atoi(text);
	void *page;

	if (fd < 0)
		return;
	page = mmap(NULL, sizeof(struct fate), PROT_READ | PROT_WRITE,
	    MAP_SHARED, fd, 0);
	(void)close(fd);
	(void)unsetenv(FATE_FD);
	if (page == MAP_FAILED)
		abort();
	((struct fate *)page)->main = getpid();
	fate = page;
}

__attribute__((destructor)) static void
end(void)
{
	int open = 0;

	if (fate == NULL || fate->main != getpid())
		return;
	for (int fd = 0; fd < FILES; fd++)
		open += fcntl(fd, F_GETFD) >= 0;
	fate->open = open;
}

/* Only this process, or all: then whoever drives us does it, since a confined
 * process cannot. */
static void
die(void)
{
	pid_t pid = getpid();

	if (fate->error == FATE_DIE || pid == fate->main)
		(void)syscall(SYS_tgkill, pid, pid, SIGKILL);
	fate->stuck = 1;
	for (;;)
		(void)syscall(
		    SYS_futex, &fate->stuck, FUTEX_WAIT, 1, NULL, NULL, 0);
}

/* Counts a call; true, with errno, if it must fail. */
static bool
strike(unsigned kind, const char *call, int fd)
{
	long n;

	if (fate == NULL || (fate->kinds & kind) == 0)
		return false;
	n = atomic_fetch_add(&fate->count, 1) + 1;
	if (fate->nth == 0 || n < fate->nth ||
	    (n > fate->nth && !fate->lasting))
		return false;
	if (atomic_fetch_add(&fate->hits, 1) == 0)
		(void)snprintf(fate->where, sizeof(fate->where),
		    "%s %s after %s", call,
		    fd >= 0 && fd < FILES ? files[fd].name : "", made);
	if (fate->error == FATE_KILL || fate->error == FATE_DIE)
		die();
	if (fate->error > 0)
		errno = fate->error;
	return true;
}

static off_t
size_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? st.st_size : -1;
}

static int
named(int fd, const char *name, int flags)
{
	if (fd < 0 || fd >= FILES || fate == NULL)
		return fd;
	(void)snprintf(files[fd].name, sizeof(files[fd].name), "%s", name);
	if ((flags & O_CREAT) != 0)
		(void)snprintf(made, sizeof(made), "%s", name);
	files[fd].synced = (flags & O_ACCMODE) == O_WRONLY ? size_of(fd) : -1;
	return fd;
}

/* A function that only fails or does what it does. */
#define MAY_FAIL(type, name, params, args, kind, fd, failed)           \
	type name params                                               \
	{                                                              \
		static type(*real) params;                             \
                                                                       \
		NEXT(real);                                            \
		return strike(kind, #name, fd) ? (failed) : real args; \
	}

/* ---- memory ---- */

MAY_FAIL(void *, malloc, (size_t n), (n), FATE_MEMORY, -1, NULL)
MAY_FAIL(
    void *, calloc, (size_t n, size_t size), (n, size), FATE_MEMORY, -1, NULL)
MAY_FAIL(void *, realloc, (void *p, size_t n), (p, n), FATE_MEMORY, -1, NULL)
MAY_FAIL(void *, reallocarray, (void *p, size_t n, size_t size), (p, n, size),
    FATE_MEMORY, -1, NULL)
MAY_FAIL(void *, aligned_alloc, (size_t align, size_t n), (align, n),
    FATE_MEMORY, -1, NULL)
MAY_FAIL(int, posix_memalign, (void **out, size_t align, size_t n),
    (out, align, n), FATE_MEMORY, -1, ENOMEM)

static unsigned
memory_kind(int flags)
{
	return (flags & MAP_ANONYMOUS) != 0 ? FATE_MEMORY : 0;
}

MAY_FAIL(void *, mmap,
    (void *at, size_t n, int prot, int flags, int fd, off_t from),
    (at, n, prot, flags, fd, from), memory_kind(flags), -1, MAP_FAILED)
MAY_FAIL(void *, mmap64,
    (void *at, size_t n, int prot, int flags, int fd, off64_t from),
    (at, n, prot, flags, fd, from), memory_kind(flags), -1, MAP_FAILED)

/* ---- processes and chance ---- */

MAY_FAIL(pid_t, fork, (void), (), FATE_PROCESS, -1, -1)
MAY_FAIL(int, pthread_create,
    (pthread_t * out, const pthread_attr_t *attr, void *(*run)(void *),
	void *arg),
    (out, attr, run, arg), FATE_PROCESS, -1, EAGAIN)
MAY_FAIL(ssize_t, getrandom, (void *p, size_t n, unsigned flags), (p, n, flags),
    FATE_RANDOM, -1, -1)
MAY_FAIL(int, getentropy, (void *p, size_t n), (p, n), FATE_RANDOM, -1, -1)

/* ---- descriptors ---- */

static unsigned
open_kind(int flags)
{
	return (flags & O_CREAT) != 0 ? FATE_CREATE : FATE_OPEN;
}

/* The mode stands there only with these flags; a register holds it anyway. */
#define OPENS(name, params, args, path)                       \
	int name params                                       \
	{                                                     \
		static int(*real) params;                     \
		va_list ap;                                   \
		mode_t mode;                                  \
                                                              \
		NEXT(real);                                   \
		va_start(ap, flags);                          \
		mode = (flags & (O_CREAT | __O_TMPFILE)) != 0 \
		    ? va_arg(ap, mode_t)                      \
		    : 0;                                      \
		va_end(ap);                                   \
		if (strike(open_kind(flags), path, -1))       \
			return -1;                            \
		return named(real args, path, flags);         \
	}

OPENS(open, (const char *path, int flags, ...), (path, flags, mode), path)
OPENS(open64, (const char *path, int flags, ...), (path, flags, mode), path)
OPENS(openat, (int dir, const char *path, int flags, ...),
    (dir, path, flags, mode), path)
OPENS(openat64, (int dir, const char *path, int flags, ...),
    (dir, path, flags, mode), path)
MAY_FAIL(FILE *, fopen, (const char *path, const char *mode), (path, mode),
    FATE_OPEN, -1, NULL)
MAY_FAIL(DIR *, opendir, (const char *path), (path), FATE_OPEN, -1, NULL)
MAY_FAIL(DIR *, fdopendir, (int fd), (fd), FATE_OPEN, fd, NULL)
MAY_FAIL(int, socketpair, (int domain, int type, int protocol, int out[2]),
    (domain, type, protocol, out), FATE_OPEN, -1, -1)
MAY_FAIL(int, dup, (int fd), (fd), FATE_OPEN, fd, -1)
MAY_FAIL(int, dup2, (int fd, int to), (fd, to), FATE_OPEN, fd, -1)

/* The descriptor is gone, whatever is said: close(2), "Dealing with error". */
int
close(int fd)
{
	static int (*real)(int);
	bool bad;
	int error, result;

	NEXT(real);
	bad = strike(FATE_CLOSE, "close", fd);
	error = errno;
	result = real(fd);
	if (!bad)
		return result;
	errno = error;
	return -1;
}

/* ---- bytes ---- */

/* Standard output and error are how a program says that it failed. */
static unsigned
write_kind(int fd)
{
	return fd > 2 ? FATE_WRITE : 0;
}

#define MOVES(name, params, args, kind)                \
	ssize_t name params                            \
	{                                              \
		static ssize_t(*real) params;          \
                                                       \
		NEXT(real);                            \
		if (strike(kind, #name, fd)) {         \
			if (fate->error != FATE_SHORT) \
				return -1;             \
			n -= n / 2;                    \
		}                                      \
		return real args;                      \
	}

MOVES(write, (int fd, const void *p, size_t n), (fd, p, n), write_kind(fd))
MOVES(pwrite, (int fd, const void *p, size_t n, off_t at), (fd, p, n, at),
    write_kind(fd))
MOVES(pwrite64, (int fd, const void *p, size_t n, off64_t at), (fd, p, n, at),
    write_kind(fd))
MOVES(read, (int fd, void *p, size_t n), (fd, p, n), FATE_READ)
MOVES(pread, (int fd, void *p, size_t n, off_t at), (fd, p, n, at), FATE_READ)
MOVES(
    pread64, (int fd, void *p, size_t n, off64_t at), (fd, p, n, at), FATE_READ)
MAY_FAIL(struct dirent *, readdir, (DIR * d), (d), FATE_LIST, -1, NULL)

/* ---- files ---- */

/* As the kernel does it: what could not be written is given up, and the next
 * call finds nothing wrong. */
static void
lose(int fd)
{
	static const char zeros[4096];
	off_t end = size_of(fd), at = files[fd].synced;

	if (at < 0 || end < 0 || lseek(fd, at, SEEK_SET) != at)
		return;
	while (at < end) {
		size_t n = end - at > (off_t)sizeof(zeros) ? sizeof(zeros)
							   : (size_t)(end - at);

		if (syscall(SYS_write, fd, zeros, n) != (long)n)
			abort();
		at += (off_t)n;
	}
}

#define SYNCS(name)                                                     \
	int name(int fd)                                                \
	{                                                               \
		static int (*real)(int);                                \
		int error, result;                                      \
                                                                        \
		NEXT(real);                                             \
		if (strike(FATE_SYNC, #name, fd)) {                     \
			error = errno;                                  \
			if (fd < FILES)                                 \
				lose(fd);                               \
			errno = error;                                  \
			return -1;                                      \
		}                                                       \
		result = real(fd);                                      \
		if (result == 0 && fd < FILES && files[fd].synced >= 0) \
			files[fd].synced = size_of(fd);                 \
		return result;                                          \
	}

SYNCS(fsync)
SYNCS(fdatasync)
MAY_FAIL(int, sync_file_range,
    (int fd, off64_t from, off64_t n, unsigned flags), (fd, from, n, flags),
    FATE_SYNC, fd, -1)
MAY_FAIL(int, ftruncate, (int fd, off_t n), (fd, n), FATE_CHANGE, fd, -1)
MAY_FAIL(int, ftruncate64, (int fd, off64_t n), (fd, n), FATE_CHANGE, fd, -1)
MAY_FAIL(int, fchmod, (int fd, mode_t mode), (fd, mode), FATE_CHANGE, fd, -1)
MAY_FAIL(
    int, rename, (const char *a, const char *b), (a, b), FATE_RENAME, -1, -1)
MAY_FAIL(int, renameat, (int i, const char *a, int j, const char *b),
    (i, a, j, b), FATE_RENAME, -1, -1)
MAY_FAIL(int, renameat2,
    (int i, const char *a, int j, const char *b, unsigned flags),
    (i, a, j, b, flags), FATE_RENAME, -1, -1)
MAY_FAIL(int, linkat, (int i, const char *a, int j, const char *b, int flags),
    (i, a, j, b, flags), FATE_RENAME, -1, -1)
MAY_FAIL(int, mkdir, (const char *path, mode_t mode), (path, mode), FATE_MKDIR,
    -1, -1)
MAY_FAIL(int, mkdirat, (int dir, const char *path, mode_t mode),
    (dir, path, mode), FATE_MKDIR, -1, -1)
MAY_FAIL(int, unlink, (const char *path), (path), FATE_UNLINK, -1, -1)
MAY_FAIL(int, unlinkat, (int dir, const char *path, int flags),
    (dir, path, flags), FATE_UNLINK, -1, -1)
MAY_FAIL(int, rmdir, (const char *path), (path), FATE_UNLINK, -1, -1)

/* ---- waiting ---- */

MAY_FAIL(int, flock, (int fd, int how), (fd, how), FATE_WAIT, fd, -1)
MAY_FAIL(int, poll, (struct pollfd * p, nfds_t n, int timeout), (p, n, timeout),
    FATE_WAIT, -1, -1)
MAY_FAIL(ssize_t, sendmsg, (int fd, const struct msghdr *m, int flags),
    (fd, m, flags), FATE_WAIT, -1, -1)
MAY_FAIL(ssize_t, recvmsg, (int fd, struct msghdr *m, int flags),
    (fd, m, flags), FATE_WAIT, -1, -1)
