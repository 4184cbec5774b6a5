/*
 * test_stage: data appears by one rename, and no name of a foreign archive
 * leads out of the draft.
 */
#include <dlfcn.h>
#include <errno.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "base/cause.h"
#include "base/limits.h"
#include "room.h"
#include "spool/home.h"
#include "spool/stage.h"
#include "tap.h"

#define PLACE "h/staged/A/d/KEMLU/00000003"
#define DRAFT "h/staged/.new-A+d+KEMLU"

static struct home home;
static struct cause why;
static const struct parcel_name name = { "A", "d", "KEMLU", 3, false };

/* A test's place is not below staged, and holds none of its parcels. */
static void
test_test(void)
{
	const struct parcel_name trial = { "A", "d", "KEMLU", 3, true };
	struct stage_draft d;
	bool there = true;

	TAP_INT(stage_begin(&home, &trial, &d, &why), FAULT_NONE);
	TAP_INT(stage_commit(&d, &trial, &why), FAULT_NONE);
	stage_end(&d);
	TAP_OK(room_size("h/staged-test/A/d~test/KEMLU/00000003") >= 0);
	TAP_INT(stage_exists(&home, &trial, &there, &why), FAULT_NONE);
	TAP_OK(there);
	TAP_INT(stage_exists(&home, &name, &there, &why), FAULT_NONE);
	TAP_OK(!there);
}

static void
test_commit(void)
{
	struct stage_draft d = { 0 };
	bool exists = true;
	char text[8] = "";
	size_t got = 0;
	int fd = -1;

	TAP_INT(stage_exists(&home, &name, &exists, NULL), FAULT_NONE);
	TAP_OK(!exists);
	TAP_INT(stage_begin(&home, &name, &d, NULL), FAULT_NONE);
	TAP_INT(stage_file(&d, "data.csv", NULL), FAULT_NONE);
	TAP_INT(stage_write(&d, "a,b\n", 4, NULL), FAULT_NONE);
	TAP_INT(stage_write(&d, "1,2\n", 4, NULL), FAULT_NONE);
	TAP_INT(d.written, 8);
	TAP_INT(stage_file_end(&d, NULL), FAULT_NONE);
	TAP_INT(stage_file(&d, "contents.json", NULL), FAULT_NONE);
	TAP_INT(d.written, 0);
	TAP_INT(stage_write(&d, "{}\n", 3, NULL), FAULT_NONE);
	TAP_INT(stage_file_end(&d, NULL), FAULT_NONE);
	TAP_INT(stage_reopen(&d, "data.csv", &fd, NULL), FAULT_NONE);
	TAP_INT(io_read(fd, text, 8, &got, "data.csv", NULL), FAULT_NONE);
	TAP_OK(memcmp(text, "a,b\n1,2\n", 8) == 0);
	(void)close(fd);
	TAP_INT(stage_reopen(&d, "none.csv", &fd, NULL), FAULT_ABSENT);
	/* Nothing is visible before the rename. */
	TAP_INT(room_size("h/staged/A"), -1);
	TAP_INT(stage_commit(&d, &name, NULL), FAULT_NONE);
	stage_end(&d);
	TAP_INT(room_size(PLACE "/data.csv"), 8);
	TAP_INT(room_mode(PLACE "/data.csv"), 0600);
	TAP_INT(room_size(DRAFT), -1);
	TAP_INT(stage_exists(&home, &name, &exists, NULL), FAULT_NONE);
	TAP_OK(exists);
	/* Staged data is never replaced. */
	TAP_INT(stage_begin(&home, &name, &d, NULL), FAULT_NONE);
	TAP_INT(stage_commit(&d, &name, NULL), FAULT_EXISTS);
	stage_end(&d);
	stage_end(&d);
	stage_end(NULL);
	TAP_INT(room_size(PLACE "/data.csv"), 8);
	TAP_INT(room_size(DRAFT), -1);
}

static void
test_names(void)
{
	static const char *const bad[] = { "", ".", "..", "../x", "/etc/x",
		"a/b", "-x", ".x", "a\\b", "con", "x.", "\xc3\xa9", "a\nb" };
	struct stage_draft d = { 0 };
	int fd = -1;

	TAP_INT(stage_begin(&home, &name, &d, NULL), FAULT_NONE);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		TAP_INT(stage_file(&d, bad[i], NULL), FAULT_ARCHIVE);
		TAP_INT(stage_reopen(&d, bad[i], &fd, NULL), FAULT_ARCHIVE);
	}
	TAP_INT(stage_file(&d, "x.csv", NULL), FAULT_NONE);
	TAP_INT(stage_file_end(&d, NULL), FAULT_NONE);
	TAP_INT(stage_file_end(&d, NULL), FAULT_NONE);
	TAP_INT(stage_file(&d, "x.csv", NULL), FAULT_EXISTS);
	/* Should a link get into the draft: it is not followed. */
	TAP_INT(symlink("/etc/passwd", room_name(DRAFT "/link")), 0);
	TAP_INT(stage_reopen(&d, "link", &fd, NULL), FAULT_SYSTEM);
	TAP_INT(stage_file(&d, "link", NULL), FAULT_EXISTS);
	/* A draft left by a crash is no hindrance, and none of it stays. */
	(void)close(d.dir);
	TAP_INT(stage_begin(&home, &name, &d, NULL), FAULT_NONE);
	TAP_INT(room_size(DRAFT "/x.csv"), -1);
	stage_end(&d);
}

/* Past several write-back marks, in pieces that do not divide them. */
static void
test_large(void)
{
	static char block[1000003];
	struct stage_draft d = { 0 };
	enum fault f = FAULT_NONE;

	memset(block, 'x', sizeof(block));
	TAP_INT(stage_begin(&home, &name, &d, NULL), FAULT_NONE);
	TAP_INT(stage_file(&d, "x.csv", NULL), FAULT_NONE);
	for (int i = 0; f == FAULT_NONE && i < 20; i++)
		f = stage_write(&d, block, sizeof(block), NULL);
	TAP_INT(f, FAULT_NONE);
	TAP_INT(stage_file_end(&d, NULL), FAULT_NONE);
	TAP_INT(room_size(DRAFT "/x.csv"), 20L * 1000003);
	stage_end(&d);
}

/* ---- how the kernel is asked ---- */

static struct open_how asked; /* the last openat2 */
static int asked_of;          /* the directory it was asked of */
static unsigned times;
static int no_openat2; /* errno of a kernel or a filter without it */

/* Stands in for libc's, which it calls: openat2 leaves no other trace.  As
 * libc's does, it takes six words however many were given. */
__attribute__((no_sanitize("address"))) long
syscall(long number, ...)
{
	long (*real)(long, ...) = NULL;
	void *symbol = dlsym(RTLD_NEXT, "syscall");
	long a[6] = { 0 };
	va_list list;

	va_start(list, number);
	for (size_t i = 0; i < 6; i++)
		a[i] = va_arg(list, long);
	va_end(list);
	if (symbol == NULL)
		abort();
	memcpy(&real, &symbol, sizeof(real));
	if (number == SYS_openat2) {
		memcpy(&asked, (const void *)a[2], sizeof(asked));
		asked_of = (int)a[0];
		times++;
		if (no_openat2 != 0) {
			errno = no_openat2;
			return -1;
		}
	}
	return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

/* Every name of a stranger's becomes a file through openat2, beneath the
 * draft's descriptor; without openat2 it is still a new file, and no link. */
static void
test_beneath(void)
{
	static const int none[] = { 0, ENOSYS, EPERM };
	struct stage_draft d = { 0 };
	int fd = -1;

	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		no_openat2 = none[i];
		times = 0;
		TAP_INT(stage_begin(&home, &name, &d, NULL), FAULT_NONE);
		TAP_INT(stage_file(&d, "x.csv", NULL), FAULT_NONE);
		TAP_INT(times, 1);
		TAP_INT(asked_of, d.dir);
		TAP_INT(asked.resolve,
		    RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS |
			RESOLVE_NO_MAGICLINKS);
		TAP_INT(asked.flags,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC);
		TAP_INT(asked.mode, 0600);
		TAP_INT(stage_file_end(&d, NULL), FAULT_NONE);
		TAP_INT(stage_file(&d, "x.csv", NULL), FAULT_EXISTS);
		TAP_INT(symlink("/etc/passwd", room_name(DRAFT "/link")), 0);
		TAP_INT(stage_reopen(&d, "link", &fd, NULL), FAULT_SYSTEM);
		TAP_INT(stage_file(&d, "link", NULL), FAULT_EXISTS);
		/* A name that is none is not asked for at all. */
		times = 0;
		TAP_INT(stage_file(&d, "../x", NULL), FAULT_ARCHIVE);
		TAP_INT(times, 0);
		stage_end(&d);
	}
	no_openat2 = 0;
}

/* No room: a fault, and nothing of it stays. */
static void
test_room(void)
{
	static char block[100000];
	struct rlimit old = { 0 }, small = { 0 };
	struct stage_draft d = { 0 };
	enum fault f = FAULT_NONE;

	(void)signal(SIGXFSZ, SIG_IGN);
	(void)getrlimit(RLIMIT_FSIZE, &old);
	small = old;
	small.rlim_cur = 250000;
	TAP_INT(setrlimit(RLIMIT_FSIZE, &small), 0);
	cause_clear(&why);
	TAP_INT(stage_begin(&home, &name, &d, NULL), FAULT_NONE);
	TAP_INT(stage_file(&d, "x.csv", NULL), FAULT_NONE);
	for (int i = 0; f == FAULT_NONE && i < 5; i++)
		f = stage_write(&d, block, sizeof(block), &why);
	TAP_INT(f, FAULT_NO_ROOM);
	stage_end(&d);
	TAP_INT(setrlimit(RLIMIT_FSIZE, &old), 0);
	TAP_INT(room_size(DRAFT), -1);
}

int
main(void)
{
	if (!room_make() || mkdir(room_name("h"), 0700) != 0)
		return 1;
	home.dir = open(room_name("h"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	test_test();
	test_commit();
	test_names();
	test_beneath();
	test_large();
	test_room();
	(void)close(home.dir);
	room_clear();
	return TAP_DONE();
}
