/*
 * run_tar: holds unpack against folders of foreign, odd and hostile archives.
 *
 * usage: run_tar DIR
 *
 * DIR holds ARCHIVES.tsv (what libarchive sees in each archive) and folders
 * tar-NAME of archives, one of which may have an INDEX.tsv (what we should do
 * with it); or DIR is one such folder with ARCHIVES.tsv beside it.  A folder
 * notar-NAME holds what is no tar archive at all.  Any other folder (a fuzzer's
 * seeds) has no table: what is in it may be taken or refused.
 *
 * Each archive is unpacked into an empty draft, by the functions with which a
 * parcel is staged.  Draft, its parent and theirs are walked afterwards:
 * nothing but regular files of allowed names may be inside, nothing new
 * outside.  A tar without a filter is refused as it is, and then tried within a
 * zstd frame, so that the policy for tar is what is held against the table.
 * None may take longer than a second.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <zstd.h>

#include "base/io.h"
#include "base/path.h"
#include "pack/unpack.h"
#include "spool/stage.h"

#define FILE_MAX (64UL * 1024 * 1024)
#define PATH_CAP 4096
#define COLUMNS 9
#define ROWS_MAX 4096

static const struct unpack_limits limits = { 64UL * 1024 * 1024,
	LIMIT_FILES + 1 };

/* What one run gave. */
struct outcome {
	enum fault fault;
	char detail[CAUSE_DETAIL_MAX];
	size_t members;
	uint64_t bytes;
	bool contained;
	bool slow;
};

enum want { WANT_REFUSED, WANT_ACCEPTED, WANT_EITHER };

/* A table of tab-separated columns; the first names the archive. */
struct table {
	struct buf text;
	char *cell[ROWS_MAX][COLUMNS];
	size_t n;
};

/* Plain files of the ustar and pax formats: refusing them would be a fault. */
static const char *const controls[] = {
	"tar-commons-compress/COMPRESS-612/test-times-posix.tar",
	"tar-dotnet/tar/ustar/file.tar",
	"tar-go-getter/decompress-tzst/empty.tar.zst",
	"tar-go-getter/decompress-tzst/single.tar.zst",
	"tar-go-getter/decompress-tzst/multiple.tar.zst",
	"tar-stream/one-file.tar",
	"tar-stream/multi-file.tar",
};

static unsigned passed, failed;
static struct table archives;  /* ARCHIVES.tsv */
static struct table generated; /* INDEX.tsv of the folder being read */
static bool no_table;          /* nothing is said of the folder being read */
static char work[PATH_CAP];    /* our directory; work/staged is unpacked into */

/* ---- tables ---- */

static bool
table_load(struct table *t, const char *path)
{
	char *line = NULL;
	char *next = NULL;
	struct cause why;

	t->n = 0;
	buf_free(&t->text);
	t->text.max = FILE_MAX;
	if (io_load(&t->text, AT_FDCWD, path, &why) != FAULT_NONE)
		return false;
	for (line = (char *)t->text.data; line != NULL && t->n < ROWS_MAX;
	     line = next) {
		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		for (size_t c = 0; c < COLUMNS; c++)
			t->cell[t->n][c] = strsep(&line, "\t");
		t->n++;
	}
	return true;
}

/* The cell, "" when the row or the column is not there. */
static const char *
table_cell(const struct table *t, const char *name, size_t column)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->cell[i][0] != NULL && strcmp(t->cell[i][0], name) == 0)
			return t->cell[i][column] != NULL ? t->cell[i][column]
							  : "";
	return "";
}

/* ---- unpacking into a directory ---- */

struct memory {
	const unsigned char *bytes;
	size_t len;
	size_t at;
};

static enum fault
memory_read(void *self, void *bytes, size_t cap, size_t *got, struct cause *why)
{
	struct memory *m = self;

	(void)why;
	*got = m->len - m->at < cap ? m->len - m->at : cap;
	memcpy(bytes, m->bytes + m->at, *got);
	m->at += *got;
	return FAULT_NONE;
}

static enum fault
extract_member(struct unpack *u, struct stage_draft *d,
    const struct unpack_member *m, struct outcome *o, struct cause *why)
{
	static unsigned char bytes[65536];
	enum fault f = stage_file(d, m->name, why);
	uint64_t total = 0;
	size_t got = 1;

	if (f != FAULT_NONE)
		return f;
	while (f == FAULT_NONE && got > 0) {
		f = unpack_read(u, bytes, sizeof(bytes), &got, why);
		if (f == FAULT_NONE && got > 0)
			f = stage_write(d, bytes, got, why);
		total += f == FAULT_NONE ? got : 0;
	}
	if (f == FAULT_NONE)
		f = stage_file_end(d, why);
	/* A member is as long as was said, or it is a fault. */
	if (f == FAULT_NONE && total != m->size)
		f = cause_set(why, FAULT_SYSTEM, "size differs");
	o->members++;
	o->bytes += total;
	return f;
}

static enum fault
extract(struct memory *m, struct stage_draft *d, struct outcome *o,
    struct cause *why)
{
	struct unpack_member member;
	struct unpack *u = NULL;
	enum fault f = FAULT_NONE;
	bool end = false;

	f = unpack_new(&u, (struct source){ memory_read, m }, &limits, why);
	while (f == FAULT_NONE && !end) {
		f = unpack_next(u, &member, &end, why);
		if (f == FAULT_NONE && !end)
			f = extract_member(u, d, &member, o, why);
	}
	unpack_free(u);
	return f;
}

/* Whether an entry is a regular file as we make them, under a name we allow. */
static bool
our_file(int dir, const char *name)
{
	struct stat st;

	return path_member_ok(name) &&
	    fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISREG(st.st_mode) && st.st_nlink == 1 &&
	    (st.st_mode & 07777) == 0600;
}

/* Whether each of the *n entries of a directory is such a file; with "only", is
 * that directory, mode 0700. */
static bool
holds(int at, const char *path, const char *only, size_t *n)
{
	int dir = openat(at, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = dir < 0 ? NULL : fdopendir(dir);
	const struct dirent *e = NULL;
	struct stat st;
	bool ok = d != NULL;

	for (*n = 0; ok && (e = readdir(d)) != NULL;) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		(*n)++;
		ok = only == NULL ? our_file(dir, e->d_name)
				  : strcmp(e->d_name, only) == 0 &&
			fstatat(dir, only, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
			(st.st_mode & 07777) == 0700 && S_ISDIR(st.st_mode);
	}
	if (d != NULL)
		(void)closedir(d);
	return ok;
}

/* In the parent there is "staged" and the file that we put beside it. */
static bool
parent_whole(int parent)
{
	struct io_names names = { NULL, 0 };
	struct buf b = BUF_MAX(64);
	bool ok = false;

	ok = io_names(&names, parent, ".", 16, NULL) == FAULT_NONE &&
	    names.n == 2 && strcmp(names.name[0], "beside") == 0 &&
	    strcmp(names.name[1], "staged") == 0 &&
	    io_load(&b, parent, "beside", NULL) == FAULT_NONE &&
	    strcmp(buf_text(&b), "untouched") == 0;
	io_names_free(&names);
	buf_free(&b);
	return ok;
}

static bool
put_beside(void)
{
	char path[PATH_CAP + 16];

	(void)snprintf(path, sizeof(path), "%s/beside", work);
	return !io_save(AT_FDCWD, path, "untouched", 9, 0600, false, NULL);
}

static void
run(struct outcome *o, const void *bytes, size_t len)
{
	static const struct parcel_name name = { "A", "d", "S", 1, false };
	struct memory m = { bytes, len, 0 };
	struct home home = { -1, work, NULL, NULL };
	struct stage_draft draft;
	struct cause why;
	clock_t start = clock();
	size_t files = 0;
	size_t drafts = 0;

	memset(o, 0, sizeof(*o));
	cause_clear(&why);
	home.dir = open(work, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (home.dir < 0 ||
	    stage_begin(&home, &name, &draft, &why) != FAULT_NONE)
		abort();
	o->fault = extract(&m, &draft, o, &why);
	o->slow = clock() - start > CLOCKS_PER_SEC;
	(void)snprintf(o->detail, sizeof(o->detail), "%s", why.detail);
	o->contained = holds(draft.dir, ".", NULL, &files) &&
	    files == o->members &&
	    holds(home.dir, "staged", strrchr(draft.path, '/') + 1, &drafts) &&
	    drafts == 1 && parent_whole(home.dir);
	stage_end(&draft);
	(void)close(home.dir);
}

/* ---- what should happen ---- */

/* Whether the features are "file:N" alone, which N the members must be. */
static bool
files_only(const char *features, size_t *n)
{
	char *end = NULL;

	if (strncmp(features, "file:", 5) != 0)
		return false;
	*n = strtoul(features + 5, &end, 10);
	return *end == '\0';
}

/*
 * Our policy is stricter than a table's "accept": no directories, no member in
 * one, and no GNU or older header.  Looks at whatever stands where a header may
 * stand, in the plain bytes of the archive.
 */
static const char *
stricter(const unsigned char *tar, size_t len)
{
	const unsigned char *h = NULL;

	for (h = tar; (size_t)(h - tar) + 512 <= len; h += 512) {
		if (memcmp(h + 257, "ustar", 5) != 0)
			continue;
		if (memcmp(h + 262,
			"\0"
			"00",
			3) != 0)
			return "a payload has ustar and pax headers only";
		if (h[156] != 'x' && memchr(h, '/', 100) != NULL)
			return "a payload has no directories";
	}
	return NULL;
}

static enum want
want_of(const char *name, const char *file, const unsigned char *tar,
    size_t len, size_t *members)
{
	const char *said = table_cell(&generated, file, 1);
	const char *reason = NULL;

	*members = SIZE_MAX;
	if (no_table ||
	    (said[0] == '\0' && table_cell(&archives, name, 2)[0] == '\0'))
		return WANT_EITHER;
	if (strcmp(said, "accept-empty") == 0)
		*members = 0;
	if (strncmp(said, "accept", 6) == 0) {
		reason = stricter(tar, len);
		if (reason != NULL)
			printf(
			    "stricter than the table: %s: %s\n", name, reason);
		return reason != NULL ? WANT_REFUSED : WANT_ACCEPTED;
	}
	if (strcmp(said, "reject") == 0)
		return WANT_REFUSED;
	if (strcmp(said, "reject-or-contain") == 0)
		return WANT_EITHER;
	for (size_t i = 0; i < sizeof(controls) / sizeof(controls[0]); i++)
		if (strcmp(controls[i], name) == 0) {
			*members =
			    strtoul(table_cell(&archives, name, 3), NULL, 10);
			return WANT_ACCEPTED;
		}
	/* Links, directories, sparse files, names twice …; a warning; an error:
	 * to be refused.  Names are judged by us alone. */
	if (strcmp(table_cell(&archives, name, 2), "ok") != 0 ||
	    !files_only(table_cell(&archives, name, 6), members) ||
	    strcmp(table_cell(&archives, name, 7), "0") != 0)
		return WANT_REFUSED;
	return WANT_EITHER;
}

static void
verdict(const char *name, const char *how, const struct outcome *o,
    enum want want, size_t members)
{
	static const char *const text[] = { "refused", "accepted", "either" };
	bool good = o->contained && !o->slow;

	if (o->fault == FAULT_NONE)
		good = good && want != WANT_REFUSED &&
		    (members == SIZE_MAX || members == o->members);
	else
		/* Our own faults are no refusals. */
		good = good && want != WANT_ACCEPTED && o->fault >= 100;
	if (getenv("RUN_TAR_VERBOSE") != NULL)
		printf("%s (%s): %d %s\n", name, how, (int)o->fault, o->detail);
	if (good) {
		passed++;
		return;
	}
	failed++;
	printf("FAILED %s (%s): wanted %s, got fault %d (%s), %zu members, "
	       "%scontained%s\n",
	    name, how, text[want], (int)o->fault, o->detail, o->members,
	    o->contained ? "" : "not ", o->slow ? ", slow" : "");
}

static void
run_in_frame(
    const char *name, const struct buf *b, enum want want, size_t members)
{
	size_t cap = ZSTD_compressBound(b->len);
	unsigned char *coded = malloc(cap);
	struct outcome o;
	size_t len = 0;

	if (coded == NULL)
		abort();
	len = ZSTD_compress(coded, cap, buf_text(b), b->len, 1);
	if (ZSTD_isError(len))
		abort();
	run(&o, coded, len);
	verdict(name, "in a frame", &o, want, members);
	free(coded);
}

/* The sum of a header, its own field counted as blanks. */
static unsigned
sum_of(const unsigned char *h)
{
	unsigned sum = 8 * ' ';

	for (size_t i = 0; i < 512; i++)
		sum += i < 148 || i >= 156 ? h[i] : 0U;
	return sum;
}

/*
 * The generated archives hold data/NAME, which we refuse before we come to what
 * each of them is about.  So they are tried once more as NAME; the few with
 * nothing wrong must then be taken.
 */
static void
try_flat(
    const char *name, const char *file, const unsigned char *tar, size_t len)
{
	struct buf flat = BUF_MAX(FILE_MAX);
	size_t members = SIZE_MAX;
	enum want want = WANT_EITHER;
	bool changed = false;

	if (len == 0 || table_cell(&generated, file, 1)[0] == '\0')
		return;
	if (buf_put(&flat, tar, len) != FAULT_NONE)
		abort();
	for (size_t at = 0; at + 512 <= flat.len; at += 512) {
		unsigned char *h = flat.data + at;

		if (memcmp(h, "data/", 5) != 0 || h[5] == '\0' ||
		    strtoul((char *)h + 148, NULL, 8) != sum_of(h))
			continue;
		memmove(h, h + 5, 95);
		memset(h + 95, 0, 5);
		(void)snprintf((char *)h + 148, 8, "%06o", sum_of(h));
		changed = true;
	}
	want = want_of(name, file, flat.data, flat.len, &members);
	if (changed)
		run_in_frame(name, &flat, want, members);
	buf_free(&flat);
}

/* A zstd archive: the table speaks of what is in the frame. */
static void
try_coded(const char *name, const char *file, const struct buf *b)
{
	static unsigned char plain[4UL * 1024 * 1024];
	size_t len = ZSTD_decompress(plain, sizeof(plain), b->data, b->len);
	struct outcome o;
	size_t members = SIZE_MAX;
	enum want want = WANT_REFUSED;

	if (strncmp(name, "tar-", 4) == 0 || no_table)
		want = want_of(
		    name, file, plain, ZSTD_isError(len) ? 0 : len, &members);
	run(&o, b->data, b->len);
	verdict(name, "as it is", &o, want, members);
	/* Where something is wrong, it is so with the frame. */
	if (!ZSTD_isError(len) &&
	    strncmp(table_cell(&generated, file, 1), "accept", 6) == 0)
		try_flat(name, file, plain, len);
}

/* Anything else is no payload; in a frame it is one if it is a plain tar. */
static void
try_plain(const char *name, const char *file, const struct buf *b)
{
	const char *filter = table_cell(&archives, name, 5);
	struct outcome o;
	size_t members = SIZE_MAX;
	enum want want = WANT_REFUSED;

	run(&o, buf_text(b), b->len);
	verdict(name, "as it is", &o, WANT_REFUSED, members);
	if ((strncmp(name, "tar-", 4) == 0 || no_table) &&
	    (filter[0] == '\0' || strcmp(filter, "-") == 0))
		want = want_of(name, file, b->data, b->len, &members);
	run_in_frame(name, b, want, members);
	try_flat(name, file, b->data, b->len);
}

/* Licences, tables and what other programs made of an archive. */
static bool
about_them(const char *file)
{
	const char *dot = strrchr(file, '.');

	return strncmp(file, "LICENSE", 7) == 0 ||
	    strncmp(file, "COPYING", 7) == 0 ||
	    strncmp(file, "NOTICE", 6) == 0 ||
	    strncmp(file, "README", 6) == 0 || strcmp(file, "INDEX.tsv") == 0 ||
	    (dot != NULL && strcmp(dot, ".json") == 0);
}

static void
try_file(const char *path, const char *name, const char *file)
{
	static const unsigned char magic[] = { 0x28, 0xb5, 0x2f, 0xfd };
	struct buf b = BUF_MAX(FILE_MAX);

	if (!no_table && about_them(file))
		return;
	if (io_load(&b, AT_FDCWD, path, NULL) != FAULT_NONE)
		abort();
	if (b.len > 4 && memcmp(b.data, magic, 4) == 0)
		try_coded(name, file, &b);
	else
		try_plain(name, file, &b);
	buf_free(&b);
}

/* ---- folders ---- */

static size_t root_len;   /* of the path in front of "tar-NAME/…" */
static size_t folder_len; /* of the path in front of the folder's files */

static int
visit(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)at;
	if (type == FTW_F)
		try_file(path, path + root_len, path + folder_len);
	return 0;
}

static void
read_folder(const char *root, const char *folder)
{
	char path[PATH_CAP];

	(void)snprintf(path, sizeof(path), "%s/%s/INDEX.tsv", root, folder);
	if (!table_load(&generated, path))
		generated.n = 0;
	(void)snprintf(path, sizeof(path), "%s/%s", root, folder);
	root_len = strlen(root) + 1;
	folder_len = strlen(path) + 1;
	if (nftw(path, visit, 16, FTW_PHYS) != 0)
		abort();
}

/* DIR is the folders' parent, or one of them, or a folder of its own kind. */
static void
read_all(char *dir)
{
	struct io_names names = { NULL, 0 };
	char path[PATH_CAP];
	char *slash = NULL;

	(void)snprintf(path, sizeof(path), "%s/ARCHIVES.tsv", dir);
	if (table_load(&archives, path)) {
		if (io_names(&names, AT_FDCWD, dir, 1000, NULL) != FAULT_NONE)
			abort();
		for (size_t i = 0; i < names.n; i++)
			if (strncmp(names.name[i], "tar-", 4) == 0 ||
			    strncmp(names.name[i], "notar-", 6) == 0)
				read_folder(dir, names.name[i]);
		io_names_free(&names);
		return;
	}
	slash = strrchr(dir, '/');
	*slash = '\0';
	(void)snprintf(path, sizeof(path), "%s/ARCHIVES.tsv", dir);
	no_table = !table_load(&archives, path);
	if (no_table)
		printf("# no ARCHIVES.tsv in or beside it: either is right\n");
	read_folder(dir, slash + 1);
}

int
main(int argc, char **argv)
{
	const char *tmp = getenv("TMPDIR");
	char *dir = NULL;

	if (argc != 2) {
		fprintf(stderr, "usage: run_tar DIR\n");
		return 2;
	}
	dir = realpath(argv[1], NULL);
	(void)snprintf(work, sizeof(work), "%s/serahterima-tar-XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	if (dir == NULL || mkdtemp(work) == NULL) {
		fprintf(stderr, "run_tar: %s: %s\n", argv[1], strerror(errno));
		free(dir);
		return 1;
	}
	if (!put_beside())
		abort();
	read_all(dir);
	if (io_remove_tree(AT_FDCWD, work, NULL) != FAULT_NONE)
		failed++;
	buf_free(&archives.text);
	buf_free(&generated.text);
	free(dir);
	printf("%u passed, %u failed, 0 skipped\n", passed, failed);
	return passed > 0 && failed == 0 ? 0 : 1;
}
