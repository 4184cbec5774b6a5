/*
 * test_half: a process with one job, and the messages to it.  What the other
 * side may be, hostile or dead, the caller is told in time.
 */
#include "tap.h"

#include <sys/prctl.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "sys/half.h"
#include "sys/process.h"

static int
open_descriptors(void)
{
	int n = 0;

	for (int fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) >= 0 ? 1 : 0;
	return n;
}

static double
now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- messages ---- */

static void
test_messages(void)
{
	char got[LINE_MAX], text[] = "seven by seven";
	struct line a = { -1, 0 }, b = { -1, 0 };
	struct line_message m = { text, 0, sizeof(text), { 0 }, 0 };
	struct line_message in = { got, sizeof(got), 0, { -1, -1 }, 0 };
	struct cause why;
	int end[2], before;

	cause_clear(&why);
	TAP_INT(line_pair(end, &why), FAULT_NONE);
	a.fd = end[0];
	b.fd = end[1];
	TAP_OK(!line_ready(&b));
	TAP_INT(line_send(&a, &m, &why), FAULT_NONE);
	TAP_INT(line_send(&a, &m, &why), FAULT_NONE);
	TAP_OK(line_ready(&b));
	TAP_INT(line_receive(&b, &in, &why), FAULT_NONE);
	TAP_INT(in.len, sizeof(text));
	TAP_STR(got, text);
	/* More than there is room for is a fault, and costs one message. */
	in.cap = 4;
	TAP_INT(line_receive(&b, &in, &why), FAULT_LARGER);
	TAP_OK(!line_ready(&b));
	/* Descriptors go along; when the message is refused, none stays. */
	in.cap = sizeof(got);
	m.n_fds = 2;
	m.fd[0] = STDOUT_FILENO;
	m.fd[1] = end[0];
	before = open_descriptors();
	TAP_INT(line_send(&a, &m, &why), FAULT_NONE);
	TAP_INT(line_receive(&b, &in, &why), FAULT_NONE);
	TAP_INT(in.n_fds, 2);
	TAP_INT(open_descriptors(), before + 2);
	TAP_OK((fcntl(in.fd[0], F_GETFD) & FD_CLOEXEC) != 0);
	(void)close(in.fd[0]);
	(void)close(in.fd[1]);
	TAP_INT(line_send(&a, &m, &why), FAULT_NONE);
	in.cap = 4;
	TAP_INT(line_receive(&b, &in, &why), FAULT_LARGER);
	TAP_INT(in.n_fds, 0);
	TAP_INT(open_descriptors(), before);
	/* What was said before the end is still heard. */
	in.cap = sizeof(got);
	m.n_fds = 0;
	TAP_INT(line_send(&a, &m, &why), FAULT_NONE);
	line_close(&a);
	TAP_INT(a.fd, -1);
	TAP_INT(line_receive(&b, &in, &why), FAULT_NONE);
	TAP_INT(line_receive(&b, &in, &why), FAULT_ABSENT);
	TAP_INT(in.len, 0);
	TAP_INT(line_send(&b, &m, &why), FAULT_ABSENT);
	line_close(&b);
	line_close(&b);
	line_close(NULL);
}

/* ---- processes ---- */

enum job {
	JOB_LEAVE,
	JOB_SAY,    /* what it has open, and how it stands */
	JOB_STATUS, /* ends by itself, with a status */
	JOB_CRASH,
	JOB_WAIT, /* until it is asked to stop, and says so */
	JOB_STAY  /* whatever happens */
};

struct state {
	int open;
	int kept; /* the descriptor it was to keep */
	int standard;
	int death; /* the signal of its parent's death */
	sig_atomic_t interrupted;
	pid_t parent;
};

static struct state
look(int keep)
{
	struct state s = { open_descriptors(), fcntl(keep, F_GETFD), 0, 0,
		process_interrupted, getppid() };
	char byte;

	s.standard = read(0, &byte, 1) == 0 && write(1, "x", 1) == 1;
	(void)prctl(PR_GET_PDEATHSIG, &s.death, 0, 0, 0);
	return s;
}

static _Noreturn void
work(const struct half *h, enum job job, int keep)
{
	struct state s;
	struct line_message m = { &s, 0, sizeof(s), { 0 }, 0 };

	if (job == JOB_STATUS)
		_exit(7);
	if (job == JOB_CRASH)
		(void)raise(SIGKILL);
	if (job == JOB_STAY)
		for (;;)
			(void)pause();
	if (job == JOB_LEAVE)
		half_leave();
	half_shut(h, &keep, 1);
	while (job == JOB_WAIT && !process_interrupted)
		(void)poll(NULL, 0, 10000);
	s = look(keep);
	(void)!line_send(&h->line, &m, NULL);
	half_leave();
}

static struct half
start(enum job job, int keep)
{
	struct half h;
	bool inside = true;

	TAP_INT(half_fork(&h, &inside, NULL), FAULT_NONE);
	if (inside)
		work(&h, job, keep);
	return h;
}

static void
test_ends(void)
{
	struct half h = start(JOB_LEAVE, -1);
	struct cause why;
	int status = -1;
	double begun;

	cause_clear(&why);
	TAP_OK(h.pid > 0 && h.line.fd >= 0);
	TAP_INT(half_end(&h, &status, &why), FAULT_NONE);
	TAP_INT(status, 0);
	TAP_INT(h.pid, 0);
	/* Ended twice, or never begun, is no fault. */
	TAP_INT(half_end(&h, &status, &why), FAULT_NONE);
	h = start(JOB_STATUS, -1);
	TAP_INT(half_end(&h, &status, &why), FAULT_SYSTEM);
	TAP_STR(why.detail, "a confined process ended with status 7");
	TAP_INT(WEXITSTATUS(status), 7);
	h = start(JOB_CRASH, -1);
	TAP_INT(half_end(&h, &status, &why), FAULT_SYSTEM);
	TAP_STR(why.detail, "a confined process was stopped by signal 9");
	TAP_INT(WTERMSIG(status), SIGKILL);
	TAP_INT(half_verdict(SIGSYS, &why), FAULT_SYSTEM);
	TAP_OK(strstr(why.detail, "may not do") != NULL);
	/* One that does not want to end is ended. */
	begun = now();
	h = start(JOB_STAY, -1);
	TAP_INT(half_end(&h, NULL, &why), FAULT_SYSTEM);
	TAP_OK(now() - begun < 30);
	TAP_INT(waitpid(-1, NULL, WNOHANG), -1);
	TAP_INT(errno, ECHILD);
}

static void
test_inside(void)
{
	int keep = open("/dev/null", O_RDONLY), other = dup(keep);
	struct half h = start(JOB_SAY, keep);
	struct state s;
	struct line_message m = { &s, sizeof(s), 0, { 0 }, 0 };

	memset(&s, 0, sizeof(s));
	TAP_INT(line_receive(&h.line, &m, NULL), FAULT_NONE);
	/* 0 to 2, the line and the one. */
	TAP_INT(s.open, 5);
	TAP_OK(s.kept >= 0);
	TAP_INT(s.standard, 1);
	TAP_INT(s.death, SIGKILL);
	TAP_INT(s.parent, getpid());
	TAP_INT(s.interrupted, 0);
	TAP_INT(half_end(&h, NULL, NULL), FAULT_NONE);
	(void)close(keep);
	(void)close(other);
}

/* Who waits and is asked to stop asks the half to stop. */
static void
test_stop(void)
{
	struct half h = start(JOB_WAIT, STDOUT_FILENO);
	struct state s;
	struct line_message m = { &s, sizeof(s), 0, { 0 }, 0 };
	double begun = now();

	memset(&s, 0, sizeof(s));
	process_interrupted = 1;
	TAP_INT(line_receive(&h.line, &m, NULL), FAULT_NONE);
	process_interrupted = 0;
	TAP_OK(s.interrupted != 0);
	TAP_OK(now() - begun < 5);
	TAP_INT(half_end(&h, NULL, NULL), FAULT_NONE);
}

/* When its maker is killed, it is as well. */
static void
test_orphan(void)
{
	struct half outer, inner;
	struct line_message m = { &inner.pid, sizeof(inner.pid),
		sizeof(inner.pid), { 0 }, 0 };
	bool inside = true;
	int i;

	TAP_INT(half_fork(&outer, &inside, NULL), FAULT_NONE);
	if (inside) {
		inner = start(JOB_STAY, -1);
		(void)!line_send(&outer.line, &m, NULL);
		for (;;)
			(void)pause();
	}
	TAP_INT(line_receive(&outer.line, &m, NULL), FAULT_NONE);
	TAP_INT(kill(inner.pid, 0), 0);
	TAP_INT(kill(outer.pid, SIGKILL), 0);
	TAP_INT(half_end(&outer, NULL, NULL), FAULT_SYSTEM);
	for (i = 0; i < 500 && kill(inner.pid, 0) == 0; i++) {
		/* Where nobody reaps it, it stays as a name. */
		char path[64], state[256] = "";
		int fd;

		(void)snprintf(
		    path, sizeof(path), "/proc/%d/stat", (int)inner.pid);
		fd = open(path, O_RDONLY);
		if (fd >= 0 && read(fd, state, sizeof(state) - 1) > 0 &&
		    strstr(state, ") Z ") != NULL)
			i = 500;
		if (fd >= 0)
			(void)close(fd);
		(void)poll(NULL, 0, 10);
	}
	TAP_OK(i != 500);
}

int
main(void)
{
	test_messages();
	test_ends();
	test_inside();
	test_stop();
	test_orphan();
	return TAP_DONE();
}
