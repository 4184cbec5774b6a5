/*
 * drive: runs a program whose n-th call of some kinds fails, or at which it
 * dies, and says what came of it.
 *
 *	drive -k KIND[,KIND...] [-e ERROR] [-n N] [-l] -o FILE COMMAND...
 *
 * ERROR is a name of errno, short, kill or die.  Without -n, calls are only
 * counted; -l: the n-th and all later ones.  FILE gets one line: calls counted,
 * calls hit, descriptors open at the end, processes that had to be ended, the
 * first call hit.  Exit status: the command's; 128 + n when signal n ended it;
 * 124 after a minute.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fate.h"

#define PATIENCE 60 /* seconds */
#define GRACE 5     /* for what the command leaves behind */

struct word {
	const char *name;
	int value;
};

static const struct word kinds[] = {
	{ "memory", FATE_MEMORY },
	{ "process", FATE_PROCESS },
	{ "open", FATE_OPEN },
	{ "create", FATE_CREATE },
	{ "close", FATE_CLOSE },
	{ "read", FATE_READ },
	{ "write", FATE_WRITE },
	{ "sync", FATE_SYNC },
	{ "rename", FATE_RENAME },
	{ "mkdir", FATE_MKDIR },
	{ "unlink", FATE_UNLINK },
	{ "change", FATE_CHANGE },
	{ "wait", FATE_WAIT },
	{ "random", FATE_RANDOM },
	{ "list", FATE_LIST },
	{ NULL, 0 },
};

static const struct word errors[] = {
	{ "ENOMEM", ENOMEM },
	{ "ENOSPC", ENOSPC },
	{ "EDQUOT", EDQUOT },
	{ "EIO", EIO },
	{ "EROFS", EROFS },
	{ "EINTR", EINTR },
	{ "EMFILE", EMFILE },
	{ "ENFILE", ENFILE },
	{ "EAGAIN", EAGAIN },
	{ "ENOSYS", ENOSYS },
	{ "short", FATE_SHORT },
	{ "kill", FATE_KILL },
	{ "die", FATE_DIE },
	{ NULL, 0 },
};

static int
lookup(const struct word *list, const char *name)
{
	for (; list->name != NULL; list++)
		if (strcmp(list->name, name) == 0)
			return list->value;
	fprintf(stderr, "drive: what is %s?\n", name);
	exit(2);
}

/* The library lies beside us. */
static void
preload(const char *self, int fd)
{
	const char *slash = strrchr(self, '/');
	const char *asan = getenv("ASAN_OPTIONS");
	char text[4096];

	(void)snprintf(text, sizeof(text), "%.*sfaults.so",
	    slash == NULL ? 0 : (int)(slash - self) + 1, self);
	if (access(text, R_OK) != 0) {
		perror(text);
		_exit(2);
	}
	(void)setenv("LD_PRELOAD", text, 1);
	/* A sanitizer wants to be first, but is content to come second. */
	(void)snprintf(text, sizeof(text),
	    "%s%sverify_asan_link_order=0:"
	    "allocator_may_return_null=1",
	    asan == NULL ? "" : asan, asan == NULL ? "" : ":");
	(void)setenv("ASAN_OPTIONS", text, 1);
	(void)snprintf(text, sizeof(text), "%d", fd);
	(void)setenv(FATE_FD, text, 1);
}

static struct fate *
share(int *fd)
{
	void *page;

	*fd = memfd_create("fate", 0);
	if (*fd < 0 || ftruncate(*fd, sizeof(struct fate)) != 0) {
		perror("drive: memfd");
		exit(2);
	}
	page = mmap(NULL, sizeof(struct fate), PROT_READ | PROT_WRITE,
	    MAP_SHARED, *fd, 0);
	if (page == MAP_FAILED) {
		perror("drive: mmap");
		exit(2);
	}
	return page;
}

static double
now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Ends everything that still runs; how many that were. */
static int
sweep(pid_t group)
{
	const double until = now() + GRACE;
	const struct timespec moment = { 0, 1000000 };
	int ended = 0;
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) >= 0 || errno == EINTR) {
		if (pid > 0)
			continue;
		if (now() > until) {
			ended++;
			(void)kill(-group, SIGKILL);
		}
		(void)nanosleep(&moment, NULL);
	}
	return ended;
}

/* The exit status. */
static int
watch(pid_t child, const struct fate *fate)
{
	const double until = now() + PATIENCE;
	const struct timespec moment = { 0, 500000 };
	bool late = false;
	int status = 0;

	while (waitpid(child, &status, WNOHANG) == 0) {
		late = late || now() > until;
		if (fate->stuck || late) {
			(void)kill(-child, SIGKILL);
			(void)kill(child, SIGKILL);
		}
		(void)nanosleep(&moment, NULL);
	}
	if (late)
		return 124;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				   : WEXITSTATUS(status);
}

static void
report(const char *path, const struct fate *fate, int strays)
{
	FILE *f = fopen(path, "w");

	if (f == NULL ||
	    fprintf(f, "%ld %ld %d %d %s\n", fate->count, fate->hits,
		fate->open, strays, fate->where) < 0 ||
	    fclose(f) != 0) {
		perror(path);
		exit(2);
	}
}

int
main(int argc, char **argv)
{
	const char *out = NULL;
	char *word;
	struct fate *fate;
	pid_t child;
	int c, fd, status;

	fate = share(&fd);
	while ((c = getopt(argc, argv, "+k:e:n:lo:")) != -1) {
		if (c == 'k')
			while ((word = strsep(&optarg, ",")) != NULL)
				fate->kinds |= (unsigned)lookup(kinds, word);
		else if (c == 'e')
			fate->error = lookup(errors, optarg);
		else if (c == 'n')
			fate->nth = atol(optarg);
		else if (c == 'l')
			fate->lasting = true;
		else if (c == 'o')
			out = optarg;
		else
			return 2;
	}
	if (out == NULL || optind == argc)
		return 2;
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	if ((child = fork()) == 0) {
		(void)setpgid(0, 0);
		/* What we were given must not count as left open. */
		for (int i = STDERR_FILENO + 1; i < 256; i++)
			if (i != fd)
				(void)close(i);
		preload(argv[0], fd);
		(void)execvp(argv[optind], argv + optind);
		perror(argv[optind]);
		_exit(2);
	}
	status = watch(child, fate);
	report(out, fate, sweep(child));
	return status;
}
