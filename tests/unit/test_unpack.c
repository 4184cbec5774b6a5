/*
 * unpack: what is accepted, and above all what is not.
 */
#include <stdbool.h>
#include <stdlib.h>

#include "pack/walk.h"
#include "archive_fixture.h"

static void
test_good(void)
{
	struct buf b = BUF_MAX(64 << 20);

	good(&b);
	put_zeros(&b, 2 * BLOCK);
	accepted(&b, GOOD, "plain");
	put_zeros(&b, 17 * BLOCK);
	accepted(&b, GOOD, "padded to a record");
	b.len = 0;
	put_zeros(&b, 2 * BLOCK);
	accepted(&b, "", "empty archive");
	b.len = 0;
	put_header(&b, "old", 0, '\0');
	put_zeros(&b, 2 * BLOCK);
	accepted(&b, "old=;", "type NUL");
	buf_free(&b);
}

/* Members of many sizes around the blocks of tar and zstd. */
static void
test_sizes(void)
{
	static const size_t sizes[] = { 1, 511, 512, 513, 131071, 131072,
		131073, 1000000 };
	struct buf b = BUF_MAX(64 << 20);
	struct buf want = BUF_MAX(64 << 20);
	char name[32];
	char *text = calloc(1, 1000001);

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		(void)snprintf(name, sizeof(name), "f%zu", i);
		for (size_t j = 0; j < sizes[i]; j++)
			text[j] = (char)('a' + (j * j + i) % 23);
		text[sizes[i]] = '\0';
		put_file(&b, name, text);
		if (buf_putf(&want, "%s=%s;", name, text) != FAULT_NONE)
			abort();
	}
	put_zeros(&b, 2 * BLOCK);
	accepted(&b, buf_text(&want), "sizes");
	free(text);
	buf_free(&b);
	buf_free(&want);
}

/* A caller may skip a member; the policy still sees it. */
static void
test_skip(void)
{
	struct buf b = BUF_MAX(1 << 20);
	struct buf coded = BUF_MAX(1 << 20);
	struct memory m = { NULL, 0, 0, 3, SIZE_MAX, false };
	struct unpack_member member;
	struct unpack *u = NULL;
	bool end = false;

	good(&b);
	put_zeros(&b, 2 * BLOCK);
	squeeze(&coded, b.data, b.len);
	m.bytes = coded.data;
	m.len = coded.len;
	TAP_INT(unpack_new(&u, (struct source){ memory_read, &m }, &wide, NULL),
	    FAULT_NONE);
	for (int i = 0; i < 3; i++) {
		TAP_INT(unpack_next(u, &member, &end, NULL), FAULT_NONE);
		TAP_OK(!end);
	}
	TAP_STR(member.name, "empty.csv");
	TAP_INT(unpack_next(u, &member, &end, NULL), FAULT_NONE);
	TAP_OK(end);
	unpack_free(u);
	unpack_free(NULL);
	buf_free(&b);
	buf_free(&coded);
}

/* ---- one header bent ---- */

struct bend {
	const char *what;
	size_t at;
	const char *bytes;
	size_t len;
	bool sum; /* and the checksum made right again */
	enum fault want;
};

#define BEND(what, at, bytes, sum)                                     \
	{                                                              \
		what, at, bytes, sizeof(bytes) - 1, sum, FAULT_ARCHIVE \
	}
#define FINE(what, at, bytes)                                        \
	{                                                            \
		what, at, bytes, sizeof(bytes) - 1, true, FAULT_NONE \
	}

static const struct bend bends[] = {
	FINE("nothing", 0, "a"),
	FINE("blanks before an octal", 124, "         06 "),
	FINE("blank after an octal", 124, "0000000006 \0"),
	FINE("twelve octal digits", 124, "000000000006"),
	FINE("owner by name", 265, "root"),
	FINE("binary owner", 108, "\x80\0\0\0\x12\x34\x56\x78"),
	FINE("no time", 136, "\0\0\0\0\0\0\0\0\0\0\0\0"),
	BEND("wrong checksum", 0, "b", false),
	BEND("checksum missing", 148, "\0\0\0\0\0\0\0\0", false),
	BEND("slash", 0, "a/b", true),
	BEND("absolute", 0, "/ab", true),
	BEND("dots", 0, "..\0\0\0", true),
	BEND("no name", 0, "\0\0\0\0\0", true),
	BEND("dash", 0, "-rf", true),
	BEND("dot file", 0, ".ab", true),
	BEND("blank", 0, "a b", true),
	BEND("newline", 0, "a\nb", true),
	BEND("backslash", 0, "a\\b", true),
	BEND("high byte", 0, "a\xc3\xa9", true),
	BEND("device", 0, "con.c", true),
	BEND("trailing dot", 0, "a.cs.", true),
	BEND("bytes behind the name", 50, "x", true),
	BEND("prefix", 345, "dir", true),
	BEND("prefix not first", 400, "dir", true),
	BEND("hard link", 156, "1", true),
	BEND("symbolic link", 156, "2", true),
	BEND("character device", 156, "3", true),
	BEND("block device", 156, "4", true),
	BEND("directory", 156, "5", true),
	BEND("fifo", 156, "6", true),
	BEND("contiguous", 156, "7", true),
	BEND("global header", 156, "g", true),
	BEND("GNU long name", 156, "L", true),
	BEND("GNU long link", 156, "K", true),
	BEND("GNU sparse", 156, "S", true),
	BEND("GNU volume", 156, "V", true),
	BEND("Solaris header", 156, "X", true),
	BEND("unknown type", 156, "\xff", true),
	BEND("link name in a file", 157, "x", true),
	BEND("link name not first", 200, "x", true),
	BEND("GNU magic", 257, "ustar  \0", true),
	BEND("no magic", 257, "\0\0\0\0\0\0\0\0", true),
	BEND("other version", 263, "01", true),
	BEND("star's mark", 508, "tar", true),
	BEND("size not octal", 124, "0000000008\0", true),
	BEND("size with a tail", 124, "06\0\0\0\0\0\0\0\0\0x", true),
	BEND("size with a sign", 124, "-0000000006", true),
	BEND("no size", 124, "\0\0\0\0\0\0\0\0\0\0\0\0", true),
	BEND("negative size", 124,
	    "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
	    "\xff\xff",
	    true),
	BEND("binary size too wide", 124, "\x80\0\0\1\0\0\0\0\0\0\0\6", true),
	BEND("binary size with top bit", 124, "\x80\0\0\0\x80\0\0\0\0\0\0\6",
	    true),
	BEND("size one less", 124, "00000000005", true),
	BEND("mode not octal", 100, "rw-r--r", true),
	BEND("owner not octal", 108, "root\0\0\0", true),
	BEND("time not octal", 136, "yesterday..", true),
	BEND("device not octal", 329, "x", true),
	BEND("padding not zero", BLOCK + 6, "\1", false),
	BEND("padding not zero at its end", 2 * BLOCK - 1, "x", false),
	BEND("one zero block, then more", 3 * BLOCK, "x", false),
	BEND("bytes after the end", 4 * BLOCK, "x", false),
	BEND("bytes long after the end", 8 * BLOCK - 1, "x", false),
	{ "large size", 124, "77777777777", 11, true, FAULT_LARGER },
};

static void
test_bends(void)
{
	struct buf b = BUF_MAX(1 << 20);
	const struct bend *e = NULL;

	for (size_t i = 0; i < sizeof(bends) / sizeof(bends[0]); i++) {
		e = &bends[i];
		b.len = 0;
		put_file(&b, "a.csv", "hello\n");
		put_zeros(&b, 6 * BLOCK);
		memcpy(b.data + e->at, e->bytes, e->len);
		if (e->sum)
			sum(b.data);
		if (e->want == FAULT_NONE)
			accepted(&b, "a.csv=hello\n;", e->what);
		else
			refused(&b, e->want, e->what);
	}
	buf_free(&b);
}

/* ---- extended headers ---- */

struct records {
	const char *bytes;
	size_t len;
	bool fine;
};
#define YES(s)                         \
	{                              \
		s, sizeof(s) - 1, true \
	}
#define NO(s)                           \
	{                               \
		s, sizeof(s) - 1, false \
	}

/* One "key=value"; its length is put before it. */
static const struct records values[] = {
	YES("mtime=1795500137.109567466"),
	YES("atime=1"),
	YES("ctime=-1.5"),
	YES("size=6"),
	YES("path=a.csv"),
	YES("uid=1234567890"),
	YES("gid=0"),
	YES("SCHILY.dev=123"),
	YES("SCHILY.ino=18446744073709551615"),
	YES("SCHILY.nlink=1"),
	NO("size=5"),
	NO("size=-6"),
	NO("size="),
	NO("size=0x6"),
	NO("size=999999999999999999"),
	NO("size=18446744073709551622"),
	NO("path=b.csv"),
	NO("path=a.csv\0"),
	NO("path=../a"),
	NO("path=a.cs"),
	NO("path="),
	NO("linkpath=abc"),
	NO("comment=hello"),
	NO("uname=root"),
	NO("hdrcharset=BINARY"),
	NO("GNU.sparse.major=1"),
	NO("SCHILY.xattr.a=b"),
	NO("SCHILY.acl.access="),
	NO("SCHILY.realsize=123"),
	NO("SCHILY.dev="),
	NO("SCHILY.dev=-1"),
	NO("LIBARCHIVE.xattr.a=b"),
	NO("SUN.holesdata= 0 1"),
	NO("mtimes=12345"),
	NO("mtim=12345"),
	NO("Mtime=12345"),
	NO("mtime="),
	NO("mtime=-"),
	NO("mtime=x"),
	NO("mtime=1."),
	NO("mtime=.5"),
	NO("mtime=1.5.5"),
	NO("mtime=1234567890123456789"),
	NO("mtime=1x"),
	NO("mtime= 1"),
	NO("=a"),
	NO("="),
	NO("mtime"),
	NO(""),
};

/* Whole records, their lengths included. */
static const struct records records[] = {
	YES("11 mtime=1\n"),
	YES("30 mtime=1795500137.109567466\n30 atime=1795500137.109567466\n"
	    "30 ctime=1795500137.109567466\n"),
	YES("10 size=6\n14 path=a.csv\n"),
	NO("10 size=6\n10 size=6\n"),
	NO("10 mtime=1\n"),
	NO("12 mtime=1\n"),
	NO("011 mtime=1\n"),
	NO("12 mtime=1\n\0"),
	NO("-11 mtime=1\n"),
	NO("+11 mtime=1\n"),
	NO(" 11 mtime=1\n"),
	NO("11\tmtime=1\n"),
	NO("11 mtime=12"),
	NO("11 mtime=1\n\0"),
	NO("11 mtime=1\n11"),
	NO("11 mtime=1\n11 "),
	NO("99999999999999999999 mtime=1\n"),
	NO("18446744073709551627 mtime=1\n"),
	NO("999 mtime=1\n"),
	NO("1 mtime=1\n"),
	NO("0 mtime=1\n"),
	NO("3 \n"),
	NO("2\n"),
	NO("\n"),
};

static void
try_records(const void *bytes, size_t len, bool fine, const char *what)
{
	struct buf b = BUF_MAX(1 << 20);

	put_header(&b, "PaxHeaders/a.csv", len, 'x');
	put_padded(&b, bytes, len);
	put_file(&b, "a.csv", "hello\n");
	put_zeros(&b, 2 * BLOCK);
	if (fine)
		accepted(&b, "a.csv=hello\n;", what);
	else
		refused(&b, FAULT_ARCHIVE, what);
	buf_free(&b);
}

static void
test_records(void)
{
	struct buf b = BUF_MAX(1 << 20);
	char what[64];
	size_t len = 0;

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		/* "LEN key=value\n": LEN is below 10 or of two digits here. */
		len = values[i].len + 3;
		b.len = 0;
		if (buf_putf(&b, "%zu ", len < 10 ? len : len + 1) !=
		    FAULT_NONE)
			abort();
		put(&b, values[i].bytes, values[i].len);
		put(&b, "\n", 1);
		(void)snprintf(what, sizeof(what), "pax %s", values[i].bytes);
		try_records(b.data, b.len, values[i].fine, what);
	}
	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
		(void)snprintf(what, sizeof(what), "records %zu", i);
		try_records(
		    records[i].bytes, records[i].len, records[i].fine, what);
	}
	buf_free(&b);
}

static void
put_mtime(struct buf *b)
{
	put_header(b, "PaxHeaders/a.csv", 11, 'x');
	put_padded(b, "11 mtime=1\n", 11);
}

/* Orders of blocks that have no single reading. */
static void
test_order(void)
{
	struct buf b = BUF_MAX(16 << 20);
	unsigned char *h = NULL;

	put_mtime(&b);
	put_mtime(&b);
	put_file(&b, "a.csv", "hello\n");
	put_zeros(&b, 2 * BLOCK);
	refused(&b, FAULT_ARCHIVE, "two extended headers");

	b.len = 0;
	put_mtime(&b);
	put_zeros(&b, 2 * BLOCK);
	refused(&b, FAULT_ARCHIVE, "an extended header before the end");

	b.len = 0;
	put_header(&b, "PaxHeaders/a.csv", 0, 'x');
	put_file(&b, "a.csv", "hello\n");
	put_zeros(&b, 2 * BLOCK);
	refused(&b, FAULT_ARCHIVE, "an empty extended header");

	b.len = 0;
	put_header(&b, "PaxHeaders/a.csv", 1 << 20, 'x');
	put_zeros(&b, 1 << 20);
	refused(&b, FAULT_ARCHIVE, "a large extended header");

	b.len = 0;
	good(&b);
	refused(&b, FAULT_ARCHIVE, "no end");
	put_zeros(&b, BLOCK);
	refused(&b, FAULT_ARCHIVE, "half an end");
	put_zeros(&b, BLOCK);
	good(&b);
	put_zeros(&b, 2 * BLOCK);
	refused(&b, FAULT_ARCHIVE, "a second archive");

	b.len = 0;
	good(&b);
	put_zeros(&b, 2 * BLOCK + 100);
	refused(&b, FAULT_ARCHIVE, "half a block of padding");
	put_zeros(&b, BLOCK - 100 + WALK_PADDING - BLOCK);
	accepted(&b, GOOD, "all the padding there may be");
	put_zeros(&b, BLOCK);
	refused(&b, FAULT_ARCHIVE, "more padding than that");

	b.len = 0;
	good(&b);
	put_file(&b, "A.CSV", "other\n");
	put_zeros(&b, 2 * BLOCK);
	refused(&b, FAULT_ARCHIVE, "a name twice but for its case");

	/* A size beyond eleven digits needs its pax twin. */
	b.len = 0;
	put_header(&b, "big", 0, '0');
	h = b.data;
	memcpy(h + 124, "100000000000", 12);
	sum(h);
	refused(&b, FAULT_ARCHIVE, "8 GiB without pax size");
	buf_free(&b);
}

static void
test_limits(void)
{
	struct buf b = BUF_MAX(1 << 20);
	struct buf coded = BUF_MAX(1 << 20);
	struct unpack_limits limits = { 9, 3 };
	struct memory m = { NULL, 0, 0, SIZE_MAX, SIZE_MAX, false };
	struct cause why;

	good(&b);
	put_zeros(&b, 2 * BLOCK);
	squeeze(&coded, b.data, b.len);
	m = (struct memory){ coded.data, coded.len, 0, 1, SIZE_MAX, false };
	TAP_INT(run(&m, &limits, NULL, &why), FAULT_NONE);
	m = (struct memory){ coded.data, coded.len, 0, 1, SIZE_MAX, false };
	limits.bytes = 8;
	TAP_INT(run(&m, &limits, NULL, &why), FAULT_LARGER);
	m = (struct memory){ coded.data, coded.len, 0, 1, SIZE_MAX, false };
	limits = (struct unpack_limits){ 9, 2 };
	TAP_INT(run(&m, &limits, NULL, &why), FAULT_LARGER);
	m = (struct memory){ coded.data, coded.len, 0, 1, SIZE_MAX, false };
	limits = (struct unpack_limits){ 0, 0 };
	TAP_INT(run(&m, &limits, NULL, &why), FAULT_LARGER);
	buf_free(&b);
	buf_free(&coded);
}

int
main(void)
{
	test_good();
	test_sizes();
	test_skip();
	test_bends();
	test_records();
	test_order();
	test_limits();
	return TAP_DONE();
}
