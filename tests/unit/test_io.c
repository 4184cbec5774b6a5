/*
 * test_io: whole reads and writes under signals, files that appear at once or
 * not at all, and links that lead nowhere.
 */
#include "tap.h"

#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <errno.h>
#include <signal.h>

#include "base/io.h"
#include "room.h"

static int
holds(const char *name, const char *text)
{
	struct buf b = BUF_MAX(4096);
	int same = io_load(&b, room_dir, name, NULL) == FAULT_NONE &&
	    strcmp(buf_text(&b), text) == 0;

	buf_free(&b);
	return same;
}

static void
test_round_trip(void)
{
	static const size_t sizes[] = { 0, 1, 16383, 16384, 16385, 32768,
		100000 };
	struct buf out = BUF_MAX(100000);
	unsigned char *bytes = calloc(1, 100000);
	size_t i, n;

	for (i = 0; bytes != NULL && i < 100000; i++)
		bytes[i] = (unsigned char)(i * 7 + i / 256);
	for (i = 0; bytes != NULL && i < sizeof(sizes) / sizeof(*sizes); i++) {
		n = sizes[i];
		TAP_INT(io_save(room_dir, "f", bytes, n, 0640, true, NULL),
		    FAULT_NONE);
		TAP_INT(room_mode("f"), 0640);
		TAP_INT(room_size("f"), n);
		TAP_INT(io_load(&out, room_dir, "f", NULL), FAULT_NONE);
		TAP_INT(out.len, n);
		TAP_OK(n == 0 || memcmp(out.data, bytes, n) == 0);
		buf_free(&out);
	}
	TAP_INT(buf_puts(&out, "before"), FAULT_NONE);
	TAP_INT(io_save(room_dir, "f", "+", 1, 0600, true, NULL), FAULT_NONE);
	TAP_INT(io_load(&out, room_dir, "f", NULL), FAULT_NONE);
	TAP_STR(buf_text(&out), "before+");
	TAP_INT(room_mode("f"), 0600);
	buf_free(&out);
	free(bytes);
}

static void
test_save(void)
{
	struct cause why;

	cause_clear(&why);
	TAP_INT(
	    io_save(room_dir, "s", "one", 3, 0600, false, &why), FAULT_NONE);
	TAP_INT(
	    io_save(room_dir, "s", "two", 3, 0600, false, &why), FAULT_EXISTS);
	TAP_STR(why.file, "s");
	TAP_OK(holds("s", "one"));
	TAP_INT(room_size(".s.new"), -1);
	TAP_INT(io_save(room_dir, "s", "two", 3, 0600, true, NULL), FAULT_NONE);
	TAP_OK(holds("s", "two"));
	/* A link in its place is replaced, not followed. */
	TAP_INT(symlinkat("s", room_dir, "link"), 0);
	TAP_INT(io_save(room_dir, "link", "new", 3, 0600, false, NULL),
	    FAULT_EXISTS);
	TAP_INT(
	    io_save(room_dir, "link", "new", 3, 0600, true, NULL), FAULT_NONE);
	TAP_OK(holds("s", "two"));
	TAP_OK(holds("link", "new"));
	/* What a crash or an enemy left aside is not written through. */
	TAP_INT(symlinkat("s", room_dir, ".t.new"), 0);
	TAP_INT(
	    io_save(room_dir, "t", "tee", 3, 0600, false, NULL), FAULT_NONE);
	TAP_OK(holds("t", "tee"));
	TAP_OK(holds("s", "two"));
	TAP_INT(io_save(room_dir, "no/where", "x", 1, 0600, true, NULL),
	    FAULT_ABSENT);
	TAP_INT(mkdirat(room_dir, "dir", 0700), 0);
	TAP_INT(
	    io_save(room_dir, "dir", "x", 1, 0600, true, NULL), FAULT_SYSTEM);
	TAP_INT(room_size(".dir.new"), -1);
	TAP_INT(
	    io_save(room_dir, "dir/in", "x", 1, 0600, true, NULL), FAULT_NONE);
	TAP_OK(holds("dir/in", "x"));
	TAP_INT(io_save(AT_FDCWD, room_name("abs"), "x", 1, 0600, false, NULL),
	    FAULT_NONE);
	TAP_OK(holds("abs", "x"));
}

/* In a process of its own, since the limit cannot be taken back. */
static void
test_no_room(void)
{
	static const char bytes[8192];
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC), status = -1;
	pid_t pid;

	if (fd >= 0) {
		TAP_INT(io_write(fd, "x", 1, "full", NULL), FAULT_NO_ROOM);
		(void)close(fd);
	}
	if ((pid = fork()) == 0) {
		const struct rlimit small = { 4096, 4096 };

		(void)signal(SIGXFSZ, SIG_IGN);
		_exit(setrlimit(RLIMIT_FSIZE, &small) == 0 &&
			    io_save(room_dir, "big", bytes, sizeof(bytes), 0600,
				true, NULL) == FAULT_NO_ROOM
			? 0
			: 1);
	}
	TAP_INT(waitpid(pid, &status, 0), pid);
	TAP_INT(status, 0);
	TAP_INT(room_size("big"), -1);
	TAP_INT(room_size(".big.new"), -1);
}

static void
test_load_refused(void)
{
	struct buf out = BUF_MAX(10);
	struct cause why;

	cause_clear(&why);
	TAP_INT(io_load(&out, room_dir, "absent", &why), FAULT_ABSENT);
	TAP_STR(why.file, "absent");
	TAP_INT(io_load(&out, room_dir, "dir", NULL), FAULT_FORMAT);
	TAP_INT(mkfifoat(room_dir, "fifo", 0600), 0);
	/* With nobody at its other end a read would wait for ever. */
	(void)alarm(20);
	TAP_INT(io_load(&out, room_dir, "fifo", NULL), FAULT_FORMAT);
	(void)alarm(0);
	TAP_OK(room_write("ten", "0123456789", 10));
	TAP_INT(symlinkat("ten", room_dir, "to-ten"), 0);
	TAP_INT(io_load(&out, room_dir, "to-ten", NULL), FAULT_SYSTEM);
	TAP_INT(out.len, 0);
	TAP_INT(io_load(&out, room_dir, "ten", NULL), FAULT_NONE);
	TAP_STR(buf_text(&out), "0123456789");
	buf_free(&out);
	TAP_OK(room_write("eleven", "0123456789a", 11));
	cause_clear(&why);
	TAP_INT(io_load(&out, room_dir, "eleven", &why), FAULT_LARGER);
	TAP_STR(why.file, "eleven");
	TAP_STR(why.detail, "more than 10 bytes");
	buf_free(&out);
}

static void
ignore(int sig)
{
	(void)sig;
}

/* A megabyte through a pipe while a clock interrupts both ends. */
static void
test_interrupted(void)
{
	enum { SIZE = 1 << 20 };
	const struct itimerval fast = { { 0, 500 }, { 0, 500 } };
	const struct itimerval off = { { 0, 0 }, { 0, 0 } };
	struct sigaction sa = { .sa_handler = ignore };
	unsigned char *bytes = malloc(SIZE), *back = malloc(SIZE + 10);
	int p[2] = { -1, -1 }, status = -1;
	size_t i, got = 0, bad = 0;
	pid_t pid;

	TAP_INT(sigaction(SIGALRM, &sa, NULL), 0);
	TAP_INT(pipe(p), 0);
	for (i = 0; bytes != NULL && i < SIZE; i++)
		bytes[i] = (unsigned char)(i % 251);
	if ((pid = fork()) == 0) {
		(void)close(p[0]);
		(void)setitimer(ITIMER_REAL, &fast, NULL);
		_exit((int)io_write(p[1], bytes, SIZE, "pipe", NULL));
	}
	(void)close(p[1]);
	(void)setitimer(ITIMER_REAL, &fast, NULL);
	TAP_INT(io_read(p[0], back, SIZE / 2, &got, "pipe", NULL), FAULT_NONE);
	TAP_INT(got, SIZE / 2);
	TAP_INT(io_read(p[0], back + got, SIZE / 2 + 10, &i, "pipe", NULL),
	    FAULT_NONE);
	TAP_INT(i, SIZE / 2);
	(void)setitimer(ITIMER_REAL, &off, NULL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	TAP_INT(status, 0);
	for (i = 0; back != NULL && i < SIZE; i++)
		bad += back[i] != i % 251;
	TAP_INT(bad, 0);
	TAP_INT(io_read(p[0], back, 1, &got, "pipe", NULL), FAULT_NONE);
	TAP_INT(got, 0);
	(void)close(p[0]);
	TAP_INT(io_read(p[0], back, 1, &got, "pipe", NULL), FAULT_SYSTEM);
	(void)signal(SIGALRM, SIG_DFL);
	free(bytes);
	free(back);
}

static void
test_directories(void)
{
	int fd = -1;

	TAP_INT(io_mkdirs(room_dir, "m/n/o", NULL), FAULT_NONE);
	TAP_INT(room_mode("m/n/o"), 0700);
	TAP_INT(io_mkdirs(room_dir, "m/n/o", NULL), FAULT_NONE);
	TAP_INT(io_mkdirs(room_dir, "m//n/p/", NULL), FAULT_NONE);
	TAP_INT(room_mode("m/n/p"), 0700);
	TAP_INT(io_mkdirs(AT_FDCWD, room_name("m/q/r"), NULL), FAULT_NONE);
	TAP_INT(room_mode("m/q/r"), 0700);
	/* What is there and no directory is not "made". */
	TAP_OK(room_write("m/file", "x", 1));
	TAP_INT(io_mkdirs(room_dir, "m/file/x", NULL), FAULT_SYSTEM);
	TAP_INT(io_mkdirs(room_dir, "m/file", NULL), FAULT_SYSTEM);
	TAP_INT(symlinkat("nowhere", room_dir, "m/dangling"), 0);
	TAP_OK(io_mkdirs(room_dir, "m/dangling", NULL) != FAULT_NONE);
	TAP_INT(io_opendir(&fd, room_dir, "absent", NULL), FAULT_ABSENT);
	TAP_INT(fd, -1);
	TAP_INT(io_opendir(&fd, room_dir, "m/file", NULL), FAULT_SYSTEM);
	TAP_INT(symlinkat("n", room_dir, "m/link"), 0);
	TAP_INT(io_opendir(&fd, room_dir, "m/link", NULL), FAULT_SYSTEM);
	TAP_INT(fd, -1);
	TAP_INT(io_opendir(&fd, room_dir, "m/n", NULL), FAULT_NONE);
	TAP_OK(fd >= 0 && (fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
	(void)close(fd);
	TAP_INT(io_sync_dir(room_dir, ".", NULL), FAULT_NONE);
	TAP_INT(io_sync_dir(room_dir, "m/n", NULL), FAULT_NONE);
	TAP_INT(io_sync_dir(room_dir, "absent", NULL), FAULT_ABSENT);
}

static void
test_rename(void)
{
	struct cause why;

	cause_clear(&why);
	TAP_OK(room_write("r1", "one", 3) && room_write("r2", "two", 3));
	TAP_INT(io_rename(room_dir, "r1", room_dir, "r2", &why), FAULT_EXISTS);
	TAP_STR(why.file, "r2");
	TAP_OK(holds("r1", "one") && holds("r2", "two"));
	TAP_INT(io_rename(room_dir, "r1", room_dir, "m/r3", NULL), FAULT_NONE);
	TAP_OK(holds("m/r3", "one"));
	TAP_INT(room_size("r1"), -1);
	TAP_INT(io_rename(room_dir, "r1", room_dir, "r4", NULL), FAULT_ABSENT);
	TAP_INT(
	    io_rename(room_dir, "r2", room_dir, "no/r", NULL), FAULT_ABSENT);
	TAP_OK(holds("r2", "two"));
	/* An empty directory is not replaced either, as rename(2) would. */
	TAP_INT(io_mkdirs(room_dir, "rd/full", NULL), FAULT_NONE);
	TAP_INT(io_mkdirs(room_dir, "empty", NULL), FAULT_NONE);
	TAP_INT(
	    io_rename(room_dir, "rd", room_dir, "empty", NULL), FAULT_EXISTS);
	TAP_INT(io_rename(room_dir, "rd", room_dir, "rd2", NULL), FAULT_NONE);
	TAP_INT(room_mode("rd2/full"), 0700);
}

static void
test_remove(void)
{
	TAP_INT(io_remove_tree(room_dir, "absent", NULL), FAULT_NONE);
	TAP_INT(io_remove_tree(room_dir, "absent/x", NULL), FAULT_NONE);
	TAP_INT(io_mkdirs(room_dir, "keep", NULL), FAULT_NONE);
	TAP_OK(room_write("keep/this", "k", 1));
	TAP_INT(io_mkdirs(room_dir, "tree/a/b/c", NULL), FAULT_NONE);
	TAP_OK(room_write("tree/a/.hidden", "x", 1));
	TAP_OK(room_write("tree/a/b/file", "x", 1));
	TAP_INT(fchmodat(room_dir, "tree/a/b/file", 0, 0), 0);
	/* Links are removed, never what they name. */
	TAP_INT(symlinkat("../../keep", room_dir, "tree/a/out"), 0);
	TAP_INT(symlinkat("nowhere", room_dir, "tree/dangling"), 0);
	TAP_INT(symlinkat("keep", room_dir, "to-keep"), 0);
	TAP_INT(io_remove_tree(room_dir, "tree", NULL), FAULT_NONE);
	TAP_INT(room_size("tree"), -1);
	TAP_OK(holds("keep/this", "k"));
	TAP_INT(io_remove_tree(room_dir, "to-keep", NULL), FAULT_NONE);
	TAP_INT(faccessat(room_dir, "to-keep", F_OK, AT_SYMLINK_NOFOLLOW), -1);
	TAP_OK(holds("keep/this", "k"));
	TAP_INT(symlinkat("nowhere", room_dir, "dang"), 0);
	TAP_INT(io_remove_tree(room_dir, "dang", NULL), FAULT_NONE);
	TAP_INT(faccessat(room_dir, "dang", F_OK, AT_SYMLINK_NOFOLLOW), -1);
	TAP_INT(io_remove_tree(room_dir, "keep/this", NULL), FAULT_NONE);
	TAP_INT(room_size("keep/this"), -1);
	TAP_INT(room_mode("keep"), 0700);
}

static void
test_names(void)
{
	static const char *const files[] = { "b", "a", "B", "10", "9", "ab",
		".hidden", "\xc3\xa9", "_" };
	static const char *const want[] = { "10", "9", "B", "_", "a", "ab", "b",
		"\xc3\xa9" };
	struct io_names names = { NULL, 0 };
	struct cause why;
	char path[64];
	size_t i;

	TAP_INT(io_mkdirs(room_dir, "list", NULL), FAULT_NONE);
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		(void)snprintf(path, sizeof(path), "list/%s", files[i]);
		TAP_OK(room_write(path, "", 0));
	}
	TAP_INT(io_names(&names, room_dir, "list", 8, NULL), FAULT_NONE);
	TAP_INT(names.n, 8);
	for (i = 0; i < names.n && i < 8; i++)
		TAP_STR(names.name[i], want[i]);
	io_names_free(&names);
	TAP_OK(names.name == NULL && names.n == 0);
	io_names_free(&names);
	io_names_free(NULL);
	cause_clear(&why);
	TAP_INT(io_names(&names, room_dir, "list", 7, &why), FAULT_LARGER);
	TAP_STR(why.file, "list");
	TAP_OK(names.name == NULL && names.n == 0);
	TAP_INT(io_names(&names, room_dir, "absent", 7, NULL), FAULT_NONE);
	TAP_OK(names.name == NULL && names.n == 0);
	TAP_INT(io_names(&names, room_dir, "list/a", 7, NULL), FAULT_SYSTEM);
	TAP_OK(names.name == NULL && names.n == 0);
}

static void
test_streams(void)
{
	struct io_file file = { -1, "stream" };
	unsigned long long bytes = 0;
	struct source in;
	struct sink out;
	char got[8] = "";
	size_t n = 0;

	file.fd =
	    openat(room_dir, "stream", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	TAP_OK(file.fd >= 0);
	out = io_sink(&file);
	in = io_source(&file);
	TAP_INT(out.write(out.self, "abc", 3, NULL), FAULT_NONE);
	TAP_INT(out.write(out.self, "", 0, NULL), FAULT_NONE);
	TAP_INT(out.write(out.self, "de", 2, NULL), FAULT_NONE);
	TAP_INT(lseek(file.fd, 0, SEEK_SET), 0);
	TAP_INT(in.read(in.self, got, 4, &n, NULL), FAULT_NONE);
	TAP_INT(n, 4);
	TAP_OK(memcmp(got, "abcd", 4) == 0);
	TAP_INT(in.read(in.self, got, 4, &n, NULL), FAULT_NONE);
	TAP_OK(n == 1 && got[0] == 'e');
	TAP_INT(in.read(in.self, got, 4, &n, NULL), FAULT_NONE);
	TAP_INT(n, 0);
	(void)close(file.fd);
	TAP_INT(out.write(out.self, "x", 1, NULL), FAULT_SYSTEM);
	TAP_INT(in.read(in.self, got, 4, &n, NULL), FAULT_SYSTEM);
	TAP_INT(io_free_bytes(&bytes, room_dir, NULL), FAULT_NONE);
	TAP_OK(bytes > 0);
	TAP_INT(io_free_bytes(&bytes, -1, NULL), FAULT_SYSTEM);
}

int
main(void)
{
	if (!room_make()) {
		printf("Bail out! no temporary directory\n");
		return 1;
	}
	test_round_trip();
	test_save();
	test_no_room();
	test_load_refused();
	test_interrupted();
	test_directories();
	test_rename();
	test_remove();
	test_names();
	test_streams();
	room_clear();
	return TAP_DONE();
}
