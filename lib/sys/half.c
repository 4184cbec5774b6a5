/*
 * half: forked, not executed: what it needs is in memory already, and no path
 * to a program has to be trusted.  Hence it is forked before anything is loaded
 * that it must not know.
 */
#include "sys/half.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/intl.h"
#include "sys/process.h"
#include "sys/sandbox.h"

/* Grace for a half that was told to end, milliseconds. */
#define HALF_GRACE 5000

/* Whoever kills us kills the half as well, at any moment: a rerun must not meet
 * its work. */
static void
settle(pid_t parent)
{
	sigset_t none;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 ||
	    getppid() != parent)
		_exit(1);
	process_interrupted = 0;
	if (process_listen(NULL) != FAULT_NONE)
		_exit(1);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

enum fault
half_fork(struct half *out, bool *inside, struct cause *why)
{
	pid_t parent = getpid(), pid;
	int end[2];
	enum fault f;

	*out = (struct half){ { -1, 0 }, 0 };
	*inside = false;
	if ((f = line_pair(end, why)) != FAULT_NONE)
		return f;
	if ((pid = fork()) < 0) {
		(void)close(end[0]);
		(void)close(end[1]);
		return cause_system(why, "fork", "half");
	}
	*inside = pid == 0;
	if (*inside)
		settle(parent);
	(void)close(end[*inside ? 0 : 1]);
	out->line.fd = end[*inside ? 1 : 0];
	out->line.peer = pid;
	out->pid = pid;
	return FAULT_NONE;
}

static int
compare(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;

	return (x > y) - (x < y);
}

void
half_shut(const struct half *h, const int *keep, size_t n)
{
	int sorted[LINE_FDS + 4];
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int next = 3;
	size_t i;

	/* Too many to keep is a mistake in the program, met in any test. */
	if (null < 0 || n + 1 > sizeof(sorted) / sizeof(sorted[0]))
		_exit(1);
	for (i = 0; i < 3; i++)
		if ((i < 2 || !sandbox_relaxed()) && dup2(null, (int)i) < 0)
			_exit(1);
	for (i = 0; i < n; i++)
		sorted[i] = keep[i];
	sorted[n] = h->line.fd;
	qsort(sorted, n + 1, sizeof(sorted[0]), compare);
	for (i = 0; i <= n; i++) {
		if (sorted[i] > next)
			(void)close_range(
			    (unsigned)next, (unsigned)sorted[i] - 1, 0);
		next = sorted[i] + 1;
	}
	(void)close_range((unsigned)next, ~0U, 0);
}

#if defined(__SANITIZE_ADDRESS__)
int __lsan_do_recoverable_leak_check(void);
#endif

void
half_leave(void)
{
#if defined(__SANITIZE_ADDRESS__)
	/* No exit handler runs here, and leaks would go unseen. */
	if (__lsan_do_recoverable_leak_check() != 0)
		_exit(23);
#endif
	_exit(0);
}

enum fault
half_verdict(int status, struct cause *why)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return FAULT_NONE;
	if (!WIFSIGNALED(status))
		return cause_set(why, FAULT_SYSTEM,
		    N_("a confined process ended with status %d"),
		    WEXITSTATUS(status));
	if (WTERMSIG(status) == SIGSYS)
		return cause_set(why, FAULT_SYSTEM,
		    N_("a confined process was stopped: it asked the system "
		       "for what it may not do"));
	return cause_set(why, FAULT_SYSTEM,
	    N_("a confined process was stopped by signal %d"),
	    WTERMSIG(status));
}

/* Waits for the end, at most the grace, then brings it about. */
static int
reap(pid_t pid, int *status)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd p = { fd, POLLIN, 0 };
	pid_t got;
	int n;

	/* Without it we only wait: our own halves end when the line does. */
	if (fd >= 0) {
		do
			n = poll(&p, 1, HALF_GRACE);
		while (n < 0 && errno == EINTR);
		if (n == 0)
			(void)kill(pid, SIGKILL);
		(void)close(fd);
	}
	do
		got = waitpid(pid, status, 0);
	while (got < 0 && errno == EINTR);
	return got == pid ? 0 : -1;
}

enum fault
half_end(struct half *h, int *status, struct cause *why)
{
	int ended = 0;

	line_close(&h->line);
	if (h->pid != 0 && reap(h->pid, &ended) != 0)
		return cause_system(why, "waitpid", "half");
	h->pid = 0;
	if (status != NULL)
		*status = ended;
	return half_verdict(ended, why);
}
