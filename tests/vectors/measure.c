/*
 * measure: runs a command and tells what it took, its children together: the
 * most memory one of them had (KiB), the time they used the processor (ms), and
 * what they wrote to a disk (KiB; nothing where files live in memory), as
 * "MEMORY TIME WRITTEN" in FILE.
 * usage: measure FILE COMMAND [ARGUMENT ...]
 */
#include <sys/resource.h>
#include <sys/wait.h>

#include <stdio.h>
#include <unistd.h>

static long
ms(const struct timeval *t)
{
	return t->tv_sec * 1000 + t->tv_usec / 1000;
}

int
main(int argc, char **argv)
{
	struct rusage use;
	int status = 0;
	FILE *f = NULL;
	pid_t pid;

	if (argc < 3)
		return 125;
	if ((pid = fork()) < 0)
		return 125;
	if (pid == 0) {
		(void)execvp(argv[2], argv + 2);
		_exit(127);
	}
	/* Of its children too: the halves of a program are processes. */
	if (waitpid(pid, &status, 0) != pid ||
	    getrusage(RUSAGE_CHILDREN, &use) != 0 ||
	    (f = fopen(argv[1], "w")) == NULL)
		return 125;
	(void)fprintf(f, "%ld %ld %ld\n", use.ru_maxrss,
	    ms(&use.ru_utime) + ms(&use.ru_stime), use.ru_oublock / 2);
	if (fclose(f) != 0)
		return 125;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
