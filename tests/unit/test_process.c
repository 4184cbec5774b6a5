/*
 * test_process: what a process has given up after its setup.  Each case runs in
 * a child, which tells by its exit status the first thing that was not so.
 */
#include "tap.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "sys/process.h"

/* Exit status of the child that ran it, 1000 and the signal if it was killed.
 */
static int
child(int (*run)(unsigned), unsigned argument)
{
	int status = -1;
	pid_t pid;

	(void)fflush(stdout);
	if ((pid = fork()) == 0)
		_exit(run(argument));
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status)
				 : 1000 + WTERMSIG(status);
}

static int
gives_up(unsigned argument)
{
	struct rlimit core = { 1, 1 };
	int p[2];

	(void)argument;
	(void)umask(0);
	(void)prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	if (process_setup(NULL) != FAULT_NONE)
		return 1;
	if (getrlimit(RLIMIT_CORE, &core) != 0 || core.rlim_cur != 0 ||
	    core.rlim_max != 0)
		return 2;
	if (prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0)
		return 3;
	if (umask(0) != 077)
		return 4;
	/* A reader that is gone is an error to handle, no death. */
	if (pipe(p) != 0 || close(p[0]) != 0 || write(p[1], "x", 1) != -1 ||
	    errno != EPIPE)
		return 5;
	return process_interrupted != 0 ? 6 : 0;
}

static int
notes(unsigned signal)
{
	if (process_setup(NULL) != FAULT_NONE || process_interrupted != 0)
		return 1;
	if (raise((int)signal) != 0)
		return 2;
	/* A wait ends, so that the flag is looked at. */
	return process_interrupted == 1 ? 0 : 3;
}

static int
is_null(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) &&
	    st.st_rdev == makedev(1, 3);
}

/* The bits of "closed" tell which of 0 to 2 the caller left closed. */
static int
fills(unsigned closed)
{
	struct stat before[3], after;
	int fd, next;

	/* A pipe stands in for a terminal: surely not the null device. */
	for (fd = 0; fd < 3; fd++)
		if (dup2(3, fd) != fd || fstat(fd, &before[fd]) != 0)
			return 1;
	for (fd = 0; fd < 3; fd++)
		if ((closed >> fd & 1) != 0 && close(fd) != 0)
			return 2;
	if (process_setup(NULL) != FAULT_NONE)
		return 3;
	for (fd = 0; fd < 3; fd++) {
		if (fstat(fd, &after) != 0)
			return 10 + fd;
		if ((closed >> fd & 1) != 0 ? !is_null(fd)
					    : before[fd].st_ino != after.st_ino)
			return 20 + fd;
		/* Programs we start need them as well. */
		if ((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0)
			return 30 + fd;
	}
	/* None more is left open, and the next file is none of the three. */
	next = open("/", O_RDONLY);
	return next == 5 ? 0 : 40;
}

/* Without 0 to 2 filled nothing but 3 and 4 must be open. */
static int
fills_from(unsigned closed)
{
	int p[2] = { -1, -1 };

	if (pipe(p) != 0 || dup2(p[0], 103) != 103 || dup2(p[1], 104) != 104)
		return 50;
	for (int fd = 3; fd < 103; fd++)
		(void)close(fd);
	if (dup2(103, 3) != 3 || dup2(104, 4) != 4)
		return 51;
	return fills(closed);
}

int
main(void)
{
	unsigned closed;

	TAP_INT(process_interrupted, 0);
	TAP_INT(child(gives_up, 0), 0);
	TAP_INT(child(notes, SIGINT), 0);
	TAP_INT(child(notes, SIGTERM), 0);
	/* Others keep their meaning. */
	TAP_INT(child(notes, SIGKILL), 1000 + SIGKILL);
	for (closed = 0; closed < 8; closed++)
		TAP_INT(child(fills_from, closed), 0);
	return TAP_DONE();
}
