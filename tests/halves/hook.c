/*
 * hook: arbitrary code inside each half, as if a parser had a hole.  Linked
 * into test builds of serah and terima alone (the linker's --wrap puts it
 * before the functions below); no product has it.
 *
 * HOOK_IN says where (opening, reading, courier, control), HOOK_DO what is
 * tried, HOOK_PATH on which file, HOOK_WALLS=off leaves the walls out, to show
 * that the same code does succeed then.  The outcome is told as a fault, "hook:
 * done" or "hook: failed"; a half that is killed tells nothing.
 */
#include "hook.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "remote/site.h"
#include "spool/journal.h"
#include "sys/sandbox.h"

/* ---- what is tried ---- */

static bool
try_socket(int family)
{
	int fd = socket(family, SOCK_STREAM, 0);

	return fd >= 0 && close(fd) == 0;
}

/* A word to the world. */
static bool
try_udp(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return fd >= 0 &&
	    sendto(fd, "x", 1, 0, (struct sockaddr *)&to, sizeof(to)) == 1;
}

static bool
try_read(const char *path)
{
	char byte;
	int fd = open(path, O_RDONLY);

	return fd >= 0 && read(fd, &byte, 1) == 1;
}

static bool
try_write(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	return fd >= 0 && write(fd, "x", 1) == 1;
}

/* Tells by a file, for it does not come back. */
static bool
try_exec(const char *path)
{
	char *const argv[] = { (char *)(uintptr_t) "touch",
		(char *)(uintptr_t)path, NULL };
	char *const envp[] = { NULL };

	(void)execve("/usr/bin/touch", argv, envp);
	return false;
}

static bool
try_fork(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return pid > 0 && waitpid(pid, NULL, 0) == pid;
}

/* A look into whoever made us; seized, it is not stopped. */
static bool
try_ptrace(void)
{
	return ptrace(PTRACE_SEIZE, getppid(), NULL, NULL) == 0;
}

static bool
try_memory(void)
{
	char byte;
	struct iovec here = { &byte, 1 };
	struct iovec there = { (void *)(uintptr_t)&environ, 1 };

	return process_vm_readv(getppid(), &here, 1, &there, 1, 0) == 1;
}

static bool
try_signal(void)
{
	return kill(getppid(), 0) == 0;
}

/* Code that was not in the program. */
static bool
try_code(void)
{
	void *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return at != MAP_FAILED;
}

static bool
attempt(const char *what, const char *path)
{
	if (strcmp(what, "socket") == 0)
		return try_socket(AF_INET);
	if (strcmp(what, "unix") == 0)
		return try_socket(AF_UNIX);
	if (strcmp(what, "udp") == 0)
		return try_udp();
	if (strcmp(what, "read") == 0)
		return try_read(path);
	if (strcmp(what, "write") == 0)
		return try_write(path);
	if (strcmp(what, "exec") == 0)
		return try_exec(path);
	if (strcmp(what, "fork") == 0)
		return try_fork();
	if (strcmp(what, "ptrace") == 0)
		return try_ptrace();
	if (strcmp(what, "memory") == 0)
		return try_memory();
	if (strcmp(what, "signal") == 0)
		return try_signal();
	return strcmp(what, "code") == 0 && try_code();
}

enum fault
hook(const char *where, struct cause *why)
{
	const char *in = getenv("HOOK_IN"), *what = getenv("HOOK_DO");
	const char *path = getenv("HOOK_PATH");

	if (in == NULL || what == NULL || strcmp(in, where) != 0)
		return FAULT_NONE;
	return cause_set(why, FAULT_SYSTEM, "hook: %s",
	    attempt(what, path != NULL ? path : "") ? "done" : "failed");
}

/* ---- where ---- */

enum fault __real_sandbox_enter(enum wall wall,
    const struct sandbox_place *place, size_t n, struct cause *why);
enum fault __wrap_sandbox_enter(enum wall wall,
    const struct sandbox_place *place, size_t n, struct cause *why);

enum fault
__wrap_sandbox_enter(enum wall wall, const struct sandbox_place *place,
    size_t n, struct cause *why)
{
	const char *walls = getenv("HOOK_WALLS");

	if (walls != NULL && strcmp(walls, "off") == 0)
		return FAULT_NONE;
	return __real_sandbox_enter(wall, place, n, why);
}

enum fault __real_site_exists(
    struct site *s, const char *path, bool *exists, struct cause *why);
enum fault __wrap_site_exists(
    struct site *s, const char *path, bool *exists, struct cause *why);

enum fault
__wrap_site_exists(
    struct site *s, const char *path, bool *exists, struct cause *why)
{
	enum fault f = hook("courier", why);

	return f != FAULT_NONE ? f : __real_site_exists(s, path, exists, why);
}

enum fault __real_site_list(struct site *s, const char *path,
    struct remote_names *out, struct cause *why);
enum fault __wrap_site_list(struct site *s, const char *path,
    struct remote_names *out, struct cause *why);

enum fault
__wrap_site_list(struct site *s, const char *path, struct remote_names *out,
    struct cause *why)
{
	enum fault f = hook("courier", why);

	return f != FAULT_NONE ? f : __real_site_list(s, path, out, why);
}

enum fault __real_journal_append(struct journal *j, int64_t now,
    const char *event, const char *subject,
    const struct journal_member *members, size_t n, struct cause *why);
enum fault __wrap_journal_append(struct journal *j, int64_t now,
    const char *event, const char *subject,
    const struct journal_member *members, size_t n, struct cause *why);

enum fault
__wrap_journal_append(struct journal *j, int64_t now, const char *event,
    const char *subject, const struct journal_member *members, size_t n,
    struct cause *why)
{
	enum fault f = hook("control", why);

	return f != FAULT_NONE
	    ? f
	    : __real_journal_append(j, now, event, subject, members, n, why);
}
