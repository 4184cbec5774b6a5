/*
 * test_filter: in a process of its own each, a call of each rule is allowed,
 * answered, or the end; for lists of every length, so that each place in the
 * tree is met.
 */
#include <errno.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/filter.h"
#include "tap.h"

#define KILLED -1000

/* Without these no child could tell of anything. */
static const struct call end = { "exit_group", CALL_ALLOWED };

/* Loads the filter and makes the call: 0, its errno, or KILLED. */
static int
outcome(struct filter f, const long call[4])
{
	int status = 0;
	pid_t pid;

	if (!filter_add(&f, &end))
		return -1;
	(void)fflush(NULL);
	if ((pid = fork()) == 0) {
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
		    !filter_load(&f))
			(void)syscall(SYS_exit_group, 255);
		if (syscall(call[0], call[1], call[2], call[3],
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) >= 0)
			errno = 0;
		(void)syscall(SYS_exit_group, errno);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	if (WIFSIGNALED(status))
		return WTERMSIG(status) == SIGSYS ? KILLED : -2;
	return WEXITSTATUS(status) == 255 ? -3 : WEXITSTATUS(status);
}

static void
test_rules(void)
{
	static const struct {
		struct call call;
		long made[4];
		int closed; /* when what is not in the list is the end */
	} cases[] = {
		{ { "getppid", CALL_ALLOWED }, { SYS_getppid }, 0 },
		{ { "getppid", CALL_MISSING }, { SYS_getppid }, ENOSYS },
		{ { "getppid", CALL_DENIED }, { SYS_getppid }, EPERM },
		{ { "getuid", CALL_ALLOWED }, { SYS_getppid }, KILLED },
		{ { "mmap", CALL_NO_CODE },
		    { SYS_mmap, 0, 4096, PROT_READ | PROT_WRITE }, 0 },
		{ { "mmap", CALL_NO_CODE },
		    { SYS_mmap, 0, 4096, PROT_READ | PROT_EXEC }, KILLED },
		{ { "socket", CALL_INTERNET },
		    { SYS_socket, AF_INET, SOCK_STREAM, 0 }, 0 },
		{ { "socket", CALL_INTERNET },
		    { SYS_socket, AF_INET6, SOCK_DGRAM, 0 }, 0 },
		{ { "socket", CALL_INTERNET },
		    { SYS_socket, AF_NETLINK, SOCK_RAW, 0 }, 0 },
		{ { "socket", CALL_INTERNET },
		    { SYS_socket, AF_UNIX, SOCK_STREAM, 0 }, EAFNOSUPPORT },
		{ { "socket", CALL_INTERNET },
		    { SYS_socket, AF_PACKET, SOCK_RAW, 0 }, KILLED },
		{ { "clone", CALL_THREAD }, { SYS_clone, SIGCHLD, 0, 0 },
		    KILLED },
		/* A thread without memory of its own is refused behind us. */
		{ { "clone", CALL_THREAD }, { SYS_clone, CLONE_THREAD, 0, 0 },
		    EINVAL },
		{ { "no_such_call", CALL_ALLOWED }, { SYS_getppid }, KILLED },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct filter f = { 0 };

		TAP_OK(filter_add(&f, &cases[i].call));
		TAP_INT(outcome(f, cases[i].made), cases[i].closed);
	}
}

static void
test_open_list(void)
{
	static const struct call denied = { "getppid", CALL_DENIED };
	static const long getppid_made[4] = { SYS_getppid };
	static const long getuid_made[4] = { SYS_getuid };
	struct filter f = { .allow_rest = true };

	TAP_OK(filter_add(&f, &denied));
	TAP_INT(outcome(f, getppid_made), EPERM);
	TAP_INT(outcome(f, getuid_made), 0);
}

/* Harmless calls, of low and high numbers. */
static const struct {
	const char *name;
	long number;
} harmless[] = { { "getpid", SYS_getpid }, { "getuid", SYS_getuid },
	{ "getgid", SYS_getgid }, { "geteuid", SYS_geteuid },
	{ "getegid", SYS_getegid }, { "getppid", SYS_getppid },
	{ "gettid", SYS_gettid }, { "sched_yield", SYS_sched_yield },
	{ "umask", SYS_umask }, { "times", SYS_times },
	{ "getpgid", SYS_getpgid }, { "getsid", SYS_getsid },
	{ "getpriority", SYS_getpriority } };

#define N_HARMLESS (sizeof(harmless) / sizeof(harmless[0]))

/* Each of a list of n is found, and none that is not in it. */
static void
test_lengths(void)
{
	for (size_t n = 0; n <= N_HARMLESS; n++) {
		struct filter f = { 0 };

		for (size_t i = 0; i < n; i++) {
			struct call call = { harmless[i].name, CALL_ALLOWED };

			TAP_OK(filter_add(&f, &call));
		}
		for (size_t i = 0; i < N_HARMLESS; i++) {
			const long made[4] = { harmless[i].number };

			TAP_INT(outcome(f, made), i < n ? 0 : KILLED);
		}
	}
}

static void
test_full(void)
{
	static const struct call call = { "socket", CALL_INTERNET };
	static const long made[4] = { SYS_exit_group };
	struct filter f = { 0 };

	for (size_t i = 0; i < FILTER_CALLS; i++)
		TAP_OK(filter_add(&f, &call));
	TAP_OK(!filter_add(&f, &call));
	f.n--;
	/* It is loaded all the same: the longest list has room. */
	TAP_INT(outcome(f, made), 0);
}

int
main(void)
{
	test_rules();
	test_open_list();
	test_lengths();
	test_full();
	return TAP_DONE();
}
