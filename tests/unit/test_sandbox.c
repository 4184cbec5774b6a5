/*
 * test_sandbox: what can be done behind each wall, tried in a process of its
 * own.  A list is held to its length, and to its own words.
 */
#include "tap.h"

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "sys/sandbox.h"

#define KILLED 1000

static char base[64]; /* holds own/, own/file, other */
static int own = -1;  /* base/own */

/* What is tried; 0 or the errno. */
enum deed {
	DEED_READ_OWN,
	DEED_WRITE_OWN,
	DEED_MAKE_OWN,
	DEED_LINK_OWN,
	DEED_DIR_OWN,
	DEED_REMOVE_OWN,
	DEED_MOVE_OWN,
	DEED_LIST_OWN,
	DEED_READ_OTHER,
	DEED_WRITE_OTHER,
	DEED_MAKE_OTHER,
	DEED_INTERNET,
	DEED_UNIX,
	DEED_FORK,
	DEED_EXEC,
	DEED_CODE,
	DEED_THREAD,
	DEED_COUNT
};

static int
result(long value)
{
	return value >= 0 ? 0 : errno;
}

static int
open_at(int dir, const char *name, int flags)
{
	return result(openat(dir, name, flags, 0600));
}

static void *
nothing(void *self)
{
	return self;
}

static int
make_thread(void)
{
	pthread_t t;

	return pthread_create(&t, NULL, nothing, NULL) != 0
	    ? 1
	    : pthread_join(t, NULL);
}

static int
make_process(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return result(pid);
}

static int
run_program(void)
{
	char name[] = "true";
	char *argv[] = { name, NULL }, *envp[] = { NULL };

	(void)execve("/bin/true", argv, envp);
	return errno;
}

static int
make_code(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED
	    ? errno
	    : 0;
}

static int
try_file(enum deed deed)
{
	switch ((int)deed) {
	case DEED_READ_OWN:
		return open_at(own, "file", O_RDONLY);
	case DEED_WRITE_OWN:
		return open_at(own, "file", O_WRONLY | O_TRUNC);
	case DEED_MAKE_OWN:
		return open_at(own, "new", O_WRONLY | O_CREAT | O_EXCL);
	case DEED_LINK_OWN:
		return result(symlinkat("/", own, "link"));
	case DEED_DIR_OWN:
		return result(mkdirat(own, "dir", 0700));
	case DEED_REMOVE_OWN:
		return result(unlinkat(own, "file", 0));
	case DEED_MOVE_OWN:
		return result(renameat(own, "file", own, "moved"));
	case DEED_LIST_OWN:
		return open_at(own, ".", O_RDONLY | O_DIRECTORY);
	case DEED_READ_OTHER:
		return open_at(own, "../other", O_RDONLY);
	case DEED_WRITE_OTHER:
		return open_at(own, "../other", O_WRONLY);
	default:
		return open_at(own, "../new", O_WRONLY | O_CREAT);
	}
}

static int
try(enum deed deed)
{
	switch ((int)deed) {
	case DEED_INTERNET:
		return result(socket(AF_INET, SOCK_STREAM, 0));
	case DEED_UNIX:
		return result(socket(AF_UNIX, SOCK_STREAM, 0));
	case DEED_FORK:
		return make_process();
	case DEED_EXEC:
		return run_program();
	case DEED_CODE:
		return make_code();
	case DEED_THREAD:
		return make_thread();
	default:
		return try_file(deed);
	}
}

static void
lay_out(void)
{
	char path[96];
	int fd;

	(void)snprintf(path, sizeof(path), "rm -rf %s/*", base);
	TAP_OK(system(path) == 0);
	(void)snprintf(path, sizeof(path), "%s/own", base);
	TAP_INT(mkdir(path, 0700), 0);
	if (own >= 0)
		(void)close(own);
	own = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fd = openat(own, "file", O_WRONLY | O_CREAT, 0600);
	(void)close(fd);
	fd = openat(own, "../other", O_WRONLY | O_CREAT, 0600);
	(void)close(fd);
}

/* What comes of a deed behind a wall with one place: 0, errno or KILLED. */
static int
behind(enum wall wall, enum sandbox_may may, enum deed deed)
{
	const struct sandbox_place place = { own, NULL, may };
	int status = -1;
	pid_t pid;

	(void)fflush(stdout);
	if ((pid = fork()) == 0)
		_exit(sandbox_enter(wall, &place, 1, NULL) != FAULT_NONE
			? 255
			: try(deed));
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : KILLED;
}

/* One wall: what may be done; everything else must fail. */
static void
test_wall(
    enum wall wall, enum sandbox_may may, const enum deed *allowed, size_t n)
{
	enum deed deed;

	for (deed = DEED_READ_OWN; deed < DEED_COUNT; deed++) {
		bool is_allowed = false, ok;
		size_t i;
		int got;

		for (i = 0; i < n; i++)
			is_allowed = is_allowed || allowed[i] == deed;
		lay_out();
		got = behind(wall, may, deed);
		ok = is_allowed ? got == 0 : got > 0 && got != 255;
		if (!ok)
			printf("# wall %s, deed %d: %d\n", calls_name(wall),
			    (int)deed, got);
		TAP_OK(ok);
	}
}

static void
test_walls(void)
{
	static const enum deed opening[] = { DEED_READ_OWN, DEED_WRITE_OWN,
		DEED_MAKE_OWN, DEED_THREAD };
	static const enum deed network[] = { DEED_READ_OWN, DEED_LIST_OWN,
		DEED_INTERNET, DEED_THREAD, DEED_CODE };
	static const enum deed disk[] = { DEED_READ_OWN, DEED_WRITE_OWN,
		DEED_MAKE_OWN, DEED_DIR_OWN, DEED_REMOVE_OWN, DEED_MOVE_OWN,
		DEED_LIST_OWN, DEED_THREAD };
	static const enum deed control[] = { DEED_READ_OWN, DEED_WRITE_OWN,
		DEED_MAKE_OWN, DEED_DIR_OWN, DEED_REMOVE_OWN, DEED_MOVE_OWN,
		DEED_LIST_OWN, DEED_THREAD, DEED_FORK, DEED_CODE };

#define WALL(wall, may, list) \
	test_wall(wall, may, list, sizeof(list) / sizeof(list[0]))
	WALL(WALL_OPENING, SANDBOX_FILL, opening);
	WALL(WALL_NETWORK, SANDBOX_READ, network);
	WALL(WALL_DISK, SANDBOX_KEEP, disk);
	WALL(WALL_CONTROL, SANDBOX_KEEP, control);
#undef WALL
}

static void
test_lists(void)
{
	static const enum wall walls[] = { WALL_OPENING, WALL_NETWORK,
		WALL_DISK };
	static const char *const never[] = { "execve", "execveat", "ptrace",
		"fork", "vfork", "kill", "process_vm_readv", "bpf",
		"io_uring_setup", "accept", "listen", "symlinkat", "linkat",
		"mount", "unshare", "setns" };
	const struct call *list;
	size_t i, j, k, n, doubles = 0, bad = 0;

	for (i = 0; i < sizeof(walls) / sizeof(walls[0]); i++) {
		list = calls_list(walls[i], &n);
		printf("# %s: %zu calls\n", calls_name(walls[i]),
		    calls_allowed(walls[i]));
		TAP_OK(calls_allowed(walls[i]) <= 45);
		TAP_OK(calls_allowed(walls[i]) > 20);
		for (j = 0; j < n; j++)
			for (k = 0; k < j; k++)
				doubles +=
				    strcmp(list[j].name, list[k].name) == 0;
		for (j = 0; j < n; j++)
			for (k = 0; k < sizeof(never) / sizeof(never[0]); k++)
				bad += list[j].rule != CALL_MISSING &&
				    strcmp(list[j].name, never[k]) == 0;
	}
	TAP_INT(doubles, 0);
	TAP_INT(bad, 0);
	TAP_INT(calls_allowed(WALL_CONTROL), 0);
}

int
main(void)
{
	const char *tmp = getenv("TMPDIR");

	test_lists();
	(void)snprintf(base, sizeof(base), "%.40s/sandbox.XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	TAP_OK(mkdtemp(base) != NULL);
	if (sandbox_lacks() != 0)
		TAP_SKIP("this kernel lacks Landlock or seccomp filters");
	else if (sandbox_relaxed())
		TAP_SKIP("a build with sanitizers: its walls are lower");
	else
		test_walls();
	(void)close(own);
	{
		char command[96];

		(void)snprintf(command, sizeof(command), "rm -rf %s", base);
		TAP_OK(system(command) == 0);
	}
	return TAP_DONE();
}
