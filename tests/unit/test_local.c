/*
 * test_local: a drop that is a directory; what is promised, and that nobody who
 * writes below its root leads us out of it.
 */
#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "remote/content.h"
#include "remote/remote.h"
#include "sys/process.h"

static char root[256];
static char url[300];

static void
in_root(char out[512], const char *name)
{
	(void)snprintf(out, 512, "%s/%s", root, name);
}

static void
write_file(const char *path, const void *bytes, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || write(fd, bytes, len) != (ssize_t)len)
		TAP_OK(strcmp("write_file", "failed") == 0);
	(void)close(fd);
}

/* A descriptor of "size" bytes that differ from place to place. */
static int
pattern(size_t size, unsigned seed)
{
	char name[512];
	unsigned char *b = malloc(size + 1);
	int fd;

	(void)snprintf(name, sizeof(name), "%s.pattern", root);
	for (size_t i = 0; i < size; i++)
		b[i] = (unsigned char)((i * 2654435761U + seed) >> 13);
	write_file(name, b, size);
	free(b);
	fd = open(name, O_RDONLY);
	(void)unlink(name);
	return fd;
}

static bool
same(struct remote *r, const char *path, int fd, size_t size)
{
	struct buf got = BUF_MAX(64 * MIB);
	unsigned char *want = malloc(size + 1);
	bool ok;

	ok = remote_load(r, path, &got, NULL) == FAULT_NONE &&
	    got.len == size && pread(fd, want, size, 0) == (ssize_t)size &&
	    (size == 0 || memcmp(got.data, want, size) == 0);
	free(want);
	buf_free(&got);
	return ok;
}

static mode_t
mode_of(const char *name)
{
	struct stat st = { 0 };
	char full[512];

	in_root(full, name);
	return stat(full, &st) == 0 ? st.st_mode & 07777 : 0;
}

static void
test_open(void)
{
	struct remote_job job = { .url = url };
	struct remote *r = NULL;
	struct cause why;
	char absent[400];

	cause_clear(&why);
	(void)snprintf(absent, sizeof(absent), "%s/not-mounted", url);
	job.url = absent;
	TAP_INT(remote_open(&r, &job, &why), FAULT_UNREACHABLE);
	TAP_OK(r == NULL && strstr(why.detail, "not-mounted") != NULL);
	job.url = "file:///etc/passwd";
	TAP_INT(remote_open(&r, &job, &why), FAULT_UNREACHABLE);
	job.url = "ftp://x/y";
	TAP_INT(remote_open(&r, &job, &why), FAULT_FORMAT);
	job.url = "sftp://host/x";
	TAP_INT(remote_open(&r, &job, &why), FAULT_FORMAT); /* no user */
	remote_close(NULL);
}

static void
test_small_files(struct remote *r)
{
	struct buf b = BUF_MAX(8);
	struct cause why;
	uint64_t size = 9;
	bool there = true;

	cause_clear(&why);
	TAP_INT(remote_save(r, "a", "12345678", 8, false, &why), FAULT_NONE);
	TAP_INT(mode_of("a"), 0640);
	TAP_INT(remote_save(r, "a", "other", 5, false, &why), FAULT_EXISTS);
	TAP_INT(remote_load(r, "a", &b, &why), FAULT_NONE);
	TAP_STR(buf_text(&b), "12345678");
	/* No room for one more byte: the buffer is as it was. */
	TAP_INT(remote_load(r, "a", &b, &why), FAULT_LARGER);
	TAP_STR(buf_text(&b), "12345678");
	TAP_INT(remote_save(r, "a", "new", 3, true, &why), FAULT_NONE);
	buf_free(&b);
	TAP_INT(remote_load(r, "a", &b, &why), FAULT_NONE);
	TAP_STR(buf_text(&b), "new");
	buf_free(&b);
	TAP_INT(remote_save(r, "empty", NULL, 0, false, &why), FAULT_NONE);
	TAP_INT(remote_size(r, "empty", &size, &why), FAULT_NONE);
	TAP_INT(size, 0);
	TAP_INT(remote_load(r, "empty", &b, &why), FAULT_NONE);
	TAP_INT(remote_load(r, "none", &b, &why), FAULT_ABSENT);
	TAP_INT(remote_size(r, "none", &size, &why), FAULT_ABSENT);
	TAP_INT(remote_exists(r, "none", &there, &why), FAULT_NONE);
	TAP_OK(!there);
	TAP_INT(remote_exists(r, "a", &there, &why), FAULT_NONE);
	TAP_OK(there);
	TAP_INT(remote_exists(r, "a.part", &there, &why), FAULT_NONE);
	TAP_OK(!there);
	TAP_INT(remote_save(r, "no/dir", "x", 1, false, &why), FAULT_ABSENT);
	TAP_INT(remote_remove(r, "a", &why), FAULT_NONE);
	TAP_INT(remote_remove(r, "a", &why), FAULT_NONE);
	TAP_INT(remote_remove(r, "empty", &why), FAULT_NONE);
	TAP_INT(remote_load(r, "a", &b, &why), FAULT_ABSENT);
	buf_free(&b);
}

static void
test_dirs(struct remote *r)
{
	struct remote_names names = { 0 };
	struct cause why;
	char full[512];
	bool there = true;

	cause_clear(&why);
	TAP_INT(remote_mkdirs(r, "A/d/S/00000001", &why), FAULT_NONE);
	TAP_INT(remote_mkdirs(r, "A/d/S/00000001", &why), FAULT_NONE);
	TAP_INT(remote_mkdirs(r, "x", &why), FAULT_NONE);
	TAP_INT(remote_mkdirs(r, "", &why), FAULT_NONE);
	TAP_INT(mode_of("A/d/S"), 0770);
	TAP_INT(remote_list(r, "A/d/S", &names, &why), FAULT_NONE);
	TAP_INT(names.n, 1);
	TAP_STR(names.n > 0 ? names.name[0] : NULL, "00000001");
	remote_names_free(&names);

	/* Odd names are left out; the rest comes sorted by bytes. */
	in_root(full, "x/b");
	write_file(full, "", 0);
	in_root(full, "x/.a");
	write_file(full, "", 0);
	in_root(full, "x/B");
	write_file(full, "", 0);
	in_root(full, "x/line\nfeed");
	write_file(full, "", 0);
	in_root(full, "x/bad\xff");
	write_file(full, "", 0);
	in_root(full, "x/\xc3\xa9");
	write_file(full, "", 0);
	TAP_INT(remote_list(r, "x", &names, &why), FAULT_NONE);
	TAP_INT(names.n, 4);
	if (names.n == 4) {
		TAP_STR(names.name[0], ".a");
		TAP_STR(names.name[1], "B");
		TAP_STR(names.name[2], "b");
		TAP_STR(names.name[3], "\xc3\xa9");
	}
	remote_names_free(&names);
	TAP_INT(remote_list(r, "x/none", &names, &why), FAULT_NONE);
	TAP_INT(names.n, 0);
	TAP_INT(remote_list(r, "", &names, &why), FAULT_NONE);
	TAP_INT(names.n, 2);
	remote_names_free(&names);

	/* What cannot be listed is not removed, so the directory stays. */
	TAP_INT(remote_remove_dir(r, "x", &why), FAULT_SYSTEM);
	in_root(full, "x/line\nfeed");
	(void)unlink(full);
	in_root(full, "x/bad\xff");
	(void)unlink(full);
	TAP_INT(remote_remove_dir(r, "x", &why), FAULT_NONE);
	TAP_INT(remote_remove_dir(r, "x", &why), FAULT_NONE);
	TAP_INT(remote_exists(r, "x", &there, &why), FAULT_NONE);
	TAP_OK(!there);
}

/* A file stands where a directory is wanted. */
static void
test_file_in_the_way(struct remote *r)
{
	struct cause why;
	bool there = true;

	cause_clear(&why);
	TAP_INT(remote_save(r, "file", "x", 1, false, &why), FAULT_NONE);
	TAP_OK(remote_mkdirs(r, "file/below", &why) != FAULT_NONE);
	TAP_INT(remote_exists(r, "file/below", &there, &why), FAULT_NONE);
	TAP_OK(!there);
	TAP_INT(remote_remove(r, "file", &why), FAULT_NONE);
}

static void
test_rename(struct remote *r)
{
	struct buf b = BUF_MAX(64);
	struct cause why;

	cause_clear(&why);
	TAP_INT(remote_save(r, "p", "p", 1, false, &why), FAULT_NONE);
	TAP_INT(remote_save(r, "q", "q", 1, false, &why), FAULT_NONE);
	TAP_INT(remote_rename(r, "p", "q", &why), FAULT_EXISTS);
	TAP_INT(remote_load(r, "q", &b, &why), FAULT_NONE);
	TAP_STR(buf_text(&b), "q");
	TAP_INT(remote_rename(r, "p", "A/p", &why), FAULT_NONE);
	TAP_INT(remote_rename(r, "p", "z", &why), FAULT_ABSENT);
	TAP_INT(remote_mkdirs(r, ".new", &why), FAULT_NONE);
	TAP_INT(remote_rename(r, ".new", "A", &why), FAULT_EXISTS);
	TAP_INT(remote_rename(r, ".new", "B", &why), FAULT_NONE);
	TAP_INT(remote_remove_dir(r, "B", &why), FAULT_NONE);
	TAP_INT(remote_remove(r, "q", &why), FAULT_NONE);
	TAP_INT(remote_remove(r, "A/p", &why), FAULT_NONE);
	buf_free(&b);
}

static void
test_put(struct remote *r)
{
	static const size_t sizes[] = { 0, 1, MIB - 1, MIB, MIB + 1,
		3 * MIB + 77 };
	struct cause why;
	char full[512];
	int fd;

	cause_clear(&why);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		fd = pattern(sizes[i], (unsigned)i);
		TAP_INT(remote_put(r, "big", fd, sizes[i], false, &why),
		    FAULT_NONE);
		TAP_OK(same(r, "big", fd, sizes[i]));
		(void)close(fd);
	}
	/* Going on: what is there is kept but for the last window, even if it
	 * is wrong, and the rest is added. */
	fd = pattern(3 * MIB, 9);
	TAP_INT(remote_put(r, "big", fd, 3 * MIB, false, &why), FAULT_NONE);
	in_root(full, "big");
	TAP_INT(truncate(full, 2 * MIB + 5), 0);
	TAP_INT(remote_put(r, "big", fd, 3 * MIB, true, &why), FAULT_NONE);
	TAP_OK(same(r, "big", fd, 3 * MIB));
	TAP_INT(truncate(full, 4 * MIB), 0); /* cannot be a part of it */
	TAP_INT(remote_put(r, "big", fd, 3 * MIB, true, &why), FAULT_NONE);
	TAP_OK(same(r, "big", fd, 3 * MIB));
	TAP_INT(remote_put(r, "big", fd, 3 * MIB + 1, false, &why),
	    FAULT_INCOMPLETE);
	process_interrupted = 1;
	TAP_INT(
	    remote_put(r, "big", fd, 3 * MIB, true, &why), FAULT_INTERRUPTED);
	process_interrupted = 0;
	(void)close(fd);
	TAP_INT(remote_remove(r, "big", &why), FAULT_NONE);
}

static void
test_get(struct remote *r)
{
	struct cause why;
	char name[512];
	int from = pattern(2 * MIB + 3, 4);
	int to;
	struct io_file file;

	cause_clear(&why);
	(void)snprintf(name, sizeof(name), "%s.got", root);
	to = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
	(void)unlink(name);
	file = (struct io_file){ to, "got" };
	TAP_INT(remote_put(r, "g", from, 2 * MIB + 3, false, &why), FAULT_NONE);
	TAP_INT(remote_get(r, "g", 0, 2 * MIB + 3, io_sink(&file), &why),
	    FAULT_NONE);
	TAP_OK(same(r, "g", to, 2 * MIB + 3));
	TAP_INT(lseek(to, 0, SEEK_SET), 0);
	TAP_INT(remote_get(r, "g", 2 * MIB, 2 * MIB + 3, io_sink(&file), &why),
	    FAULT_NONE);
	TAP_INT(lseek(to, 0, SEEK_CUR), 3);
	TAP_INT(
	    remote_get(r, "g", 2 * MIB + 3, 2 * MIB + 3, io_sink(&file), &why),
	    FAULT_NONE);
	TAP_INT(remote_get(r, "g", 0, 2 * MIB + 4, io_sink(&file), &why),
	    FAULT_INCOMPLETE);
	TAP_INT(remote_get(r, "g", 0, 2 * MIB + 2, io_sink(&file), &why),
	    FAULT_LARGER);
	TAP_INT(
	    remote_get(r, "none", 0, 1, io_sink(&file), &why), FAULT_ABSENT);
	TAP_INT(remote_get(r, "A", 0, 1, io_sink(&file), &why), FAULT_ABSENT);
	TAP_INT(remote_remove(r, "g", &why), FAULT_NONE);
	(void)close(from);
	(void)close(to);
}

/* Whoever may write below the root plants links and FIFOs. */
static void
test_traps(struct remote *r)
{
	static const char *const out[] = { "..", "../x", "a/../../x", "/etc",
		"a//b", "a/", ".", "./a", "a\nb", "" };
	struct buf b = BUF_MAX(4096);
	struct cause why;
	char full[512];
	uint64_t size = 0;
	bool there = false;

	cause_clear(&why);
	for (size_t i = 0; i < sizeof(out) / sizeof(out[0]); i++)
		TAP_INT(remote_load(r, out[i], &b, &why), FAULT_FORMAT);
	in_root(full, "etc");
	TAP_INT(symlink("/etc", full), 0);
	in_root(full, "link");
	TAP_INT(symlink("/etc/passwd", full), 0);
	in_root(full, "fifo");
	TAP_INT(mkfifo(full, 0600), 0);
	TAP_OK(remote_load(r, "etc/passwd", &b, &why) != FAULT_NONE);
	TAP_INT(remote_load(r, "link", &b, &why), FAULT_ABSENT);
	TAP_INT(remote_load(r, "fifo", &b, &why), FAULT_ABSENT);
	TAP_INT(b.len, 0);
	TAP_INT(remote_put(r, "fifo", 0, 0, false, &why), FAULT_ABSENT);
	TAP_INT(remote_put(r, "link", 0, 0, false, &why), FAULT_ABSENT);
	TAP_INT(remote_size(r, "link", &size, &why), FAULT_ABSENT);
	TAP_INT(remote_exists(r, "link", &there, &why), FAULT_NONE);
	TAP_OK(there);
	TAP_INT(remote_save(r, "link", "x", 1, false, &why), FAULT_EXISTS);
	TAP_OK(remote_mkdirs(r, "etc/new", &why) != FAULT_NONE);
	TAP_OK(access("/etc/new", F_OK) != 0);
	TAP_INT(remote_remove(r, "link", &why), FAULT_NONE);
	TAP_INT(remote_remove(r, "etc", &why), FAULT_NONE);
	TAP_OK(access("/etc/passwd", F_OK) == 0);
	TAP_INT(remote_remove(r, "fifo", &why), FAULT_NONE);
	buf_free(&b);
}

#define FOLLOW_STEP 100003UL
#define FOLLOW_STEPS 60UL

static void *
tell_steps(void *self)
{
	struct growth *g = self;
	size_t i;

	for (i = 1; i <= FOLLOW_STEPS; i++) {
		growth_tell(g, i * FOLLOW_STEP);
		if (i % 10 == 0)
			(void)usleep(1000);
	}
	growth_end(g, true);
	return NULL;
}

static void
test_follow(struct remote *r)
{
	int fd = pattern(FOLLOW_STEPS * FOLLOW_STEP, 7);
	struct content c = { fd, NULL, 0, NULL };
	struct growth *g = NULL;
	struct cause why;
	pthread_t t;

	cause_clear(&why);
	TAP_INT(growth_new(&g), FAULT_NONE);
	TAP_INT(pthread_create(&t, NULL, tell_steps, g), 0);
	TAP_INT(remote_follow(r, "followed", fd, g, &why), FAULT_NONE);
	TAP_INT(pthread_join(t, NULL), 0);
	TAP_OK(same(r, "followed", fd, FOLLOW_STEPS * FOLLOW_STEP));
	growth_free(g);

	/* Given up: not one more byte, however far the file had grown. */
	TAP_INT(growth_new(&g), FAULT_NONE);
	c.growth = g;
	growth_tell(g, FOLLOW_STEPS * FOLLOW_STEP);
	TAP_INT(content_more(&c, 0, &why), FAULT_NONE);
	TAP_INT(c.size, FOLLOW_STEPS * FOLLOW_STEP);
	growth_end(g, false);
	TAP_INT(content_more(&c, FOLLOW_STEP, &why), FAULT_INTERRUPTED);
	TAP_INT(content_look(&c, &why), FAULT_INTERRUPTED);
	growth_free(g);
	(void)close(fd);
}

int
main(void)
{
	const char *tmp = getenv("TMPDIR");
	struct remote_job job = { .url = url };
	struct remote *r = NULL;
	struct cause why;

	cause_clear(&why);
	(void)umask(077);
	(void)snprintf(root, sizeof(root), "%s/st-local-XXXXXX",
	    tmp != NULL && tmp[0] == '/' ? tmp : "/tmp");
	if (mkdtemp(root) == NULL)
		return 1;
	(void)snprintf(url, sizeof(url), "file://%s", root);
	TAP_INT(remote_open(&r, &job, &why), FAULT_NONE);
	if (r != NULL) {
		test_open();
		test_small_files(r);
		test_dirs(r);
		test_file_in_the_way(r);
		test_rename(r);
		test_put(r);
		test_follow(r);
		test_get(r);
		test_traps(r);
	}
	remote_close(r);
	TAP_INT(io_remove_tree(AT_FDCWD, root, &why), FAULT_NONE);
	return TAP_DONE();
}
