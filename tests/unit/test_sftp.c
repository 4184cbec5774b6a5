/*
 * test_sftp: a drop on a real sshd; what is promised for files, directories and
 * renames, byte for byte on the server's disk.
 */
#include "server.h"

#include <sys/mount.h>

#include "sys/process.h"

static void
test_small_files(struct remote *r)
{
	struct buf b = BUF_MAX(8);
	struct cause why;
	uint64_t size = 9;
	bool there = true;

	cause_clear(&why);
	TAP_INT(remote_save(r, "a", "12345678", 8, false, &why), FAULT_NONE);
	TAP_INT(remote_save(r, "a", "other", 5, false, &why), FAULT_EXISTS);
	TAP_INT(remote_load(r, "a", &b, &why), FAULT_NONE);
	TAP_STR(buf_text(&b), "12345678");
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
	TAP_INT(remote_exists(r, "a.part", &there, &why), FAULT_NONE);
	TAP_OK(!there);
	TAP_INT(remote_save(r, "no/dir", "x", 1, false, &why), FAULT_ABSENT);
	TAP_INT(remote_remove(r, "a", &why), FAULT_NONE);
	TAP_INT(remote_remove(r, "a", &why), FAULT_NONE);
	TAP_INT(remote_remove(r, "empty", &why), FAULT_NONE);
	TAP_INT(remote_load(r, "../host_key", &b, &why), FAULT_FORMAT);
	buf_free(&b);
}

static void
test_dirs(struct remote *r, const struct server *s)
{
	struct remote_names names = { 0 };
	struct cause why;
	struct stat st = { 0 };
	char full[512];
	bool there = true;

	cause_clear(&why);
	TAP_INT(remote_mkdirs(r, "A/d/S/00000001", &why), FAULT_NONE);
	TAP_INT(remote_mkdirs(r, "A/d/S/00000001", &why), FAULT_NONE);
	TAP_INT(remote_mkdirs(r, "x", &why), FAULT_NONE);
	in_root(full, s, "x");
	TAP_INT(stat(full, &st), 0);
	TAP_INT(st.st_mode & 07, 0);
	TAP_INT(remote_save(r, "x/b", "", 0, false, &why), FAULT_NONE);
	TAP_INT(remote_save(r, "x/.a", "", 0, false, &why), FAULT_NONE);
	TAP_INT(remote_save(r, "x/B", "", 0, false, &why), FAULT_NONE);
	in_root(full, s, "x/b");
	TAP_INT(stat(full, &st), 0);
	TAP_INT(st.st_mode & 07777, 0640);
	in_root(full, s, "x/line\nfeed");
	(void)close(open(full, O_WRONLY | O_CREAT, 0600));
	TAP_INT(remote_list(r, "x", &names, &why), FAULT_NONE);
	TAP_INT(names.n, 3);
	if (names.n == 3) {
		TAP_STR(names.name[0], ".a");
		TAP_STR(names.name[1], "B");
		TAP_STR(names.name[2], "b");
	}
	remote_names_free(&names);
	TAP_INT(remote_list(r, "x/none", &names, &why), FAULT_NONE);
	TAP_INT(names.n, 0);
	TAP_INT(remote_list(r, "", &names, &why), FAULT_NONE);
	TAP_INT(names.n, 2);
	remote_names_free(&names);
	TAP_INT(remote_remove_dir(r, "x", &why), FAULT_SYSTEM);
	(void)unlink(full);
	TAP_INT(remote_remove_dir(r, "x", &why), FAULT_NONE);
	TAP_INT(remote_remove_dir(r, "x", &why), FAULT_NONE);
	TAP_INT(remote_exists(r, "x", &there, &why), FAULT_NONE);
	TAP_OK(!there);
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
test_put(struct remote *r, const struct server *s)
{
	static const size_t sizes[] = { 0, 1, 29999, 30000, 30001, MIB - 1, MIB,
		MIB + 1, 4 * MIB - 1, 4 * MIB, 4 * MIB + 1, 9 * MIB + 77 };
	struct cause why;
	char full[512];
	int fd;

	cause_clear(&why);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		fd = pattern(sizes[i], (unsigned)i);
		TAP_INT(remote_put(r, "big", fd, sizes[i], false, &why),
		    FAULT_NONE);
		TAP_OK(same(s, "big", fd, sizes[i]));
		(void)close(fd);
	}
	fd = pattern(9 * MIB, 9);
	TAP_INT(remote_put(r, "big", fd, 9 * MIB, false, &why), FAULT_NONE);
	in_root(full, s, "big");
	TAP_INT(truncate(full, 5 * MIB + 5), 0);
	TAP_INT(remote_put(r, "big", fd, 9 * MIB, true, &why), FAULT_NONE);
	TAP_OK(same(s, "big", fd, 9 * MIB));
	/* A hole in the last window, as a server with workers may leave. */
	TAP_INT(truncate(full, 4 * MIB + 9), 0);
	TAP_INT(truncate(full, 5 * MIB + 5), 0);
	TAP_INT(remote_put(r, "big", fd, 9 * MIB, true, &why), FAULT_NONE);
	TAP_OK(same(s, "big", fd, 9 * MIB));
	TAP_INT(truncate(full, 10 * MIB), 0);
	TAP_INT(remote_put(r, "big", fd, 9 * MIB, true, &why), FAULT_NONE);
	TAP_OK(same(s, "big", fd, 9 * MIB));
	TAP_INT(remote_put(r, "big", fd, 9 * MIB + 1, false, &why),
	    FAULT_INCOMPLETE);
	process_interrupted = 1;
	TAP_INT(
	    remote_put(r, "big", fd, 9 * MIB, true, &why), FAULT_INTERRUPTED);
	process_interrupted = 0;
	/* The session is still good. */
	TAP_INT(remote_put(r, "big", fd, 9 * MIB, true, &why), FAULT_NONE);
	TAP_OK(same(s, "big", fd, 9 * MIB));
	(void)close(fd);
	TAP_INT(remote_remove(r, "big", &why), FAULT_NONE);
}

static void
test_get(struct remote *r)
{
	const size_t size = 9 * MIB + 3;
	struct cause why;
	char name[256];
	unsigned char *a = malloc(size);
	unsigned char *b = malloc(size);
	int from = pattern(size, 4);
	struct io_file file;

	cause_clear(&why);
	(void)snprintf(name, sizeof(name), "%s/got", base);
	file = (struct io_file){ open(name, O_RDWR | O_CREAT | O_TRUNC, 0600),
		"got" };
	TAP_INT(remote_put(r, "g", from, size, false, &why), FAULT_NONE);
	TAP_INT(remote_get(r, "g", 0, size, io_sink(&file), &why), FAULT_NONE);
	TAP_INT(lseek(file.fd, 0, SEEK_CUR), size);
	TAP_OK(pread(from, a, size, 0) == (ssize_t)size &&
	    pread(file.fd, b, size, 0) == (ssize_t)size &&
	    memcmp(a, b, size) == 0);
	TAP_INT(lseek(file.fd, 0, SEEK_SET), 0);
	TAP_INT(remote_get(r, "g", 5 * MIB, size, io_sink(&file), &why),
	    FAULT_NONE);
	TAP_INT(lseek(file.fd, 0, SEEK_CUR), 4 * MIB + 3);
	TAP_OK(pread(file.fd, b, 4 * MIB + 3, 0) == 4 * MIB + 3 &&
	    memcmp(a + 5 * MIB, b, 4 * MIB + 3) == 0);
	TAP_INT(
	    remote_get(r, "g", size, size, io_sink(&file), &why), FAULT_NONE);
	TAP_INT(remote_get(r, "g", 0, size + 1, io_sink(&file), &why),
	    FAULT_INCOMPLETE);
	TAP_INT(remote_get(r, "g", 0, size - 1, io_sink(&file), &why),
	    FAULT_LARGER);
	TAP_INT(
	    remote_get(r, "none", 0, 1, io_sink(&file), &why), FAULT_ABSENT);
	TAP_INT(remote_remove(r, "g", &why), FAULT_NONE);
	free(a);
	free(b);
	(void)close(from);
	(void)close(file.fd);
}

/* Root may write anywhere; only an ordinary user can be refused. */
static void
test_denied(struct remote *r, const struct server *s)
{
	struct cause why;
	char full[512];

	if (geteuid() == 0) {
		TAP_SKIP("permission denied: runs as root");
		return;
	}
	cause_clear(&why);
	in_root(full, s, "closed");
	TAP_INT(mkdir(full, 0500), 0);
	TAP_INT(remote_save(r, "closed/x", "x", 1, false, &why), FAULT_SYSTEM);
	TAP_OK(strstr(why.detail, "permission denied on the drop") != NULL);
	TAP_INT(remote_mkdirs(r, "closed/d", &why), FAULT_SYSTEM);
	(void)rmdir(full);
}

/* A file system of 2 MiB fills up; only root can make one. */
static void
test_full(struct remote *r, const struct server *s)
{
	struct cause why;
	char full[512];
	uint64_t size = 0;
	int fd = pattern(5 * MIB, 3);

	cause_clear(&why);
	in_root(full, s, "small");
	(void)mkdir(full, 0700);
	if (mount("none", full, "tmpfs", 0, "size=2m") != 0) {
		TAP_SKIP("full disk: no tmpfs can be mounted here");
		(void)rmdir(full);
		(void)close(fd);
		return;
	}
	TAP_INT(
	    remote_put(r, "small/f", fd, 5 * MIB, false, &why), FAULT_NO_ROOM);
	printf("# %s\n", why.detail);
	/* The part stays, to be gone on with when there is room. */
	TAP_INT(remote_size(r, "small/f", &size, &why), FAULT_NONE);
	TAP_OK(size > MIB && size <= 2 * MIB);
	TAP_INT(
	    remote_put(r, "small/f", fd, 5 * MIB, true, &why), FAULT_NO_ROOM);
	TAP_INT(remote_save(r, "small/s", "x", 1, false, &why), FAULT_NO_ROOM);
	TAP_INT(remote_remove(r, "small/f", &why), FAULT_NONE);
	TAP_INT(remote_put(r, "small/f", fd, 100, false, &why), FAULT_NONE);
	TAP_INT(umount(full), 0);
	(void)rmdir(full);
	(void)close(fd);
}

/* After a full disk and every other "no", the session still serves. */
int
main(void)
{
	struct server s = { 0 };
	struct remote *r;
	struct cause why;

	if (!server_setup())
		return TAP_DONE();
	TAP_OK(server_start(&s, "s", "ed25519", ""));
	if ((r = open_pinned(&s, FAULT_NONE, &why)) != NULL) {
		test_small_files(r);
		test_dirs(r, &s);
		test_rename(r);
		test_put(r, &s);
		test_get(r);
		test_denied(r, &s);
		test_full(r, &s);
		test_rename(r);
	}
	remote_close(r);
	server_stop(&s);
	server_clean();
	return TAP_DONE();
}
