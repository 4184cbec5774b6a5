/*
 * unpack: what is accepted, and above all what is not.  Archives are built here
 * byte by byte, so that each refusal has one cause.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <zstd.h>

#include "base/buf.h"
#include "base/cause.h"
#include "pack/unpack.h"
#include "pack/walk.h"
#include "tap.h"

#define BLOCK 512

/* ---- a source over memory ---- */

struct memory {
	const unsigned char *bytes;
	size_t len;
	size_t at;
	size_t piece;	/* at most so many at a time */
	size_t fail_at; /* FAULT_DECRYPT there; SIZE_MAX = never */
	bool ended;	/* has said so once */
};

static enum fault
memory_read(void *self, void *bytes, size_t cap, size_t *got, struct cause *why)
{
	struct memory *m = self;
	size_t n = m->len - m->at;

	if (n > cap)
		n = cap;
	if (n > m->piece)
		n = m->piece;
	if (m->at + n > m->fail_at)
		return cause_set(why, FAULT_DECRYPT, "injected");
	/* The end of a source is asked for once. */
	if (m->ended)
		return cause_set(why, FAULT_SYSTEM, "read after the end");
	m->ended = n == 0;
	memcpy(bytes, m->bytes + m->at, n);
	m->at += n;
	*got = n;
	return FAULT_NONE;
}

/* ---- building archives ---- */

static void
put(struct buf *b, const void *bytes, size_t len)
{
	if (buf_put(b, bytes, len) != FAULT_NONE)
		abort();
}

static void
put_zeros(struct buf *b, size_t len)
{
	static const unsigned char zeros[4096];

	for (; len > sizeof(zeros); len -= sizeof(zeros))
		put(b, zeros, sizeof(zeros));
	put(b, zeros, len);
}

static void
sum(unsigned char *header)
{
	unsigned total = 0;

	memset(header + 148, ' ', 8);
	for (size_t i = 0; i < BLOCK; i++)
		total += header[i];
	(void)snprintf((char *)header + 148, 8, "%06o", total);
}

static void
put_header(struct buf *b, const char *name, size_t size, char type)
{
	unsigned char h[BLOCK] = { 0 };

	memcpy(h, name, strlen(name));
	memcpy(h + 100, "0000600", 7);
	memcpy(h + 108, "0000000", 7);
	memcpy(h + 116, "0000000", 7);
	(void)snprintf((char *)h + 124, 12, "%011zo", size);
	memcpy(h + 136, "14524770400", 11);
	h[156] = (unsigned char)type;
	memcpy(h + 257, "ustar\0"
			"00",
	    8);
	sum(h);
	put(b, h, BLOCK);
}

static void
put_padded(struct buf *b, const void *bytes, size_t len)
{
	put(b, bytes, len);
	put_zeros(b, (BLOCK - len % BLOCK) % BLOCK);
}

static void
put_file(struct buf *b, const char *name, const char *text)
{
	put_header(b, name, strlen(text), '0');
	put_padded(b, text, strlen(text));
}

/* One frame at level 1; flags as zstd's own tool sets them. */
static void
squeeze(struct buf *out, const void *bytes, size_t len)
{
	ZSTD_CCtx *z = ZSTD_createCCtx();
	size_t cap = ZSTD_compressBound(len);
	unsigned char *to = malloc(cap);
	size_t n = 0;

	(void)ZSTD_CCtx_setParameter(z, ZSTD_c_checksumFlag, 1);
	n = ZSTD_compress2(z, to, cap, bytes, len);
	put(out, to, n);
	free(to);
	ZSTD_freeCCtx(z);
}

/* ---- running ---- */

static const struct unpack_limits wide = { 1 << 30, 64 };

/* Unpacks all; names and bytes go to out as "name=bytes;" if not NULL. */
static enum fault
run(struct memory *m, const struct unpack_limits *limits, struct buf *out,
    struct cause *why)
{
	struct source in = { memory_read, m };
	struct unpack_member member;
	struct unpack *u = NULL;
	enum fault f = FAULT_NONE;
	unsigned char bytes[100];
	uint64_t total = 0;
	size_t got = 1;
	bool end = false;

	cause_clear(why);
	if (unpack_new(&u, in, limits, why) != FAULT_NONE)
		abort();
	while (f == FAULT_NONE && !end) {
		f = unpack_next(u, &member, &end, why);
		if (f == FAULT_NONE && !end && out != NULL)
			put(out, member.name, strlen(member.name));
		if (f == FAULT_NONE && !end && out != NULL)
			put(out, "=", 1);
		total = 0;
		for (got = 1; f == FAULT_NONE && !end && got > 0; total += got) {
			f = unpack_read(u, bytes, sizeof(bytes), &got, why);
			if (f == FAULT_NONE && out != NULL)
				put(out, bytes, got);
		}
		if (f == FAULT_NONE && !end && total != member.size)
			abort();
		if (f == FAULT_NONE && !end && out != NULL)
			put(out, ";", 1);
	}
	/* A fault stays. */
	if (f != FAULT_NONE && unpack_next(u, &member, &end, why) != f)
		abort();
	if (f != FAULT_NONE && unpack_read(u, bytes, 1, &got, why) != f)
		abort();
	unpack_free(u);
	return f;
}

static enum fault
run_coded(const void *bytes, size_t len, struct buf *out, struct cause *why)
{
	struct memory m = { bytes, len, 0, SIZE_MAX, SIZE_MAX, false };

	return run(&m, &wide, out, why);
}

static enum fault
run_tar(const struct buf *tar, struct buf *out, struct cause *why)
{
	struct buf coded = BUF_MAX(64 << 20);
	enum fault f = FAULT_NONE;

	squeeze(&coded, tar->data, tar->len);
	f = run_coded(coded.data, coded.len, out, why);
	buf_free(&coded);
	return f;
}

/* "refused", the reason shown when the test fails. */
static void
refused(const struct buf *tar, enum fault want, const char *what)
{
	struct cause why;
	enum fault f = run_tar(tar, NULL, &why);

	tap_ok(f == want && why.fault == want && why.detail[0] != '\0', what,
	    __FILE__, __LINE__);
	if (f != want)
		printf("# fault %d: %s\n", (int)f, why.detail);
}

static void
accepted(const struct buf *tar, const char *want, const char *what)
{
	struct buf out = BUF_MAX(64 << 20);
	struct cause why;
	enum fault f = run_tar(tar, &out, &why);

	tap_ok(f == FAULT_NONE && strcmp(buf_text(&out), want) == 0, what,
	    __FILE__, __LINE__);
	if (f != FAULT_NONE)
		printf("# fault %d: %s\n", (int)f, why.detail);
	buf_free(&out);
}

/* ---- what is accepted ---- */

static void
good(struct buf *b)
{
	put_file(b, "contents.json", "{}\n");
	put_file(b, "a.csv", "hello\n");
	put_file(b, "empty.csv", "");
}
#define GOOD "contents.json={}\n;a.csv=hello\n;empty.csv=;"

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
	TAP_INT(unpack_new(&u, (struct source) { memory_read, &m }, &wide,
		    NULL),
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

#define BEND(what, at, bytes, sum) \
	{ what, at, bytes, sizeof(bytes) - 1, sum, FAULT_ARCHIVE }
#define FINE(what, at, bytes) \
	{ what, at, bytes, sizeof(bytes) - 1, true, FAULT_NONE }

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
	BEND("negative size", 124, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
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
#define YES(s) { s, sizeof(s) - 1, true }
#define NO(s) { s, sizeof(s) - 1, false }

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
		try_records(records[i].bytes, records[i].len, records[i].fine,
		    what);
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
	m = (struct memory) { coded.data, coded.len, 0, 1, SIZE_MAX, false };
	TAP_INT(run(&m, &limits, NULL, &why), FAULT_NONE);
	m = (struct memory) { coded.data, coded.len, 0, 1, SIZE_MAX, false };
	limits.bytes = 8;
	TAP_INT(run(&m, &limits, NULL, &why), FAULT_LARGER);
	m = (struct memory) { coded.data, coded.len, 0, 1, SIZE_MAX, false };
	limits = (struct unpack_limits) { 9, 2 };
	TAP_INT(run(&m, &limits, NULL, &why), FAULT_LARGER);
	m = (struct memory) { coded.data, coded.len, 0, 1, SIZE_MAX, false };
	limits = (struct unpack_limits) { 0, 0 };
	TAP_INT(run(&m, &limits, NULL, &why), FAULT_LARGER);
	buf_free(&b);
	buf_free(&coded);
}

/* ---- the frame ---- */

static void
test_frame(void)
{
	static const unsigned char skip[] = { 0x50, 0x2a, 0x4d, 0x18, 4, 0, 0,
		0, 'h', 'i', 'd', 'e' };
	struct buf b = BUF_MAX(1 << 20);
	struct buf coded = BUF_MAX(1 << 20);
	struct buf t = BUF_MAX(1 << 20);
	struct cause why;

	good(&b);
	put_zeros(&b, 2 * BLOCK);
	squeeze(&coded, b.data, b.len);
	TAP_INT(run_coded(coded.data, coded.len, NULL, &why), FAULT_NONE);
	TAP_INT(run_coded("", 0, NULL, &why), FAULT_ARCHIVE);
	TAP_INT(run_coded(b.data, b.len, NULL, &why), FAULT_ARCHIVE);
	TAP_STR(why.detail, "the payload is not a zstd frame");
	TAP_INT(run_coded(skip, sizeof(skip), NULL, &why), FAULT_ARCHIVE);

	put(&t, skip, sizeof(skip));
	put(&t, coded.data, coded.len);
	TAP_INT(run_coded(t.data, t.len, NULL, &why), FAULT_ARCHIVE);
	t.len = 0;
	put(&t, coded.data, coded.len);
	put(&t, skip, sizeof(skip));
	TAP_INT(run_coded(t.data, t.len, NULL, &why), FAULT_ARCHIVE);
	TAP_STR(why.detail,
	    "there are bytes after the end of the zstd frame");
	TAP_INT(run_coded(t.data, coded.len + 1, NULL, &why), FAULT_ARCHIVE);

	/* Two frames that only together are the archive. */
	t.len = 0;
	squeeze(&t, b.data, BLOCK);
	squeeze(&t, b.data + BLOCK, b.len - BLOCK);
	TAP_INT(run_coded(t.data, t.len, NULL, &why), FAULT_ARCHIVE);
	/* A frame within the frame. */
	t.len = 0;
	squeeze(&t, coded.data, coded.len);
	TAP_INT(run_coded(t.data, t.len, NULL, &why), FAULT_ARCHIVE);

	/* Header: dictionary, reserved bit; window of 16 MiB, of 8 MiB + 1/8. */
	coded.data[4] |= 1;
	TAP_INT(run_coded(coded.data, coded.len, NULL, &why), FAULT_ARCHIVE);
	TAP_STR(why.detail, "the zstd frame asks for a dictionary");
	coded.data[4] &= 0xfe;
	coded.data[4] |= 8;
	TAP_INT(run_coded(coded.data, coded.len, NULL, &why), FAULT_ARCHIVE);
	TAP_INT(run_coded("\x28\xb5\x2f\xfd\0\x70\1\0\0", 9, NULL, &why),
	    FAULT_ARCHIVE);
	TAP_OK(strstr(why.detail, "window") != NULL);
	TAP_INT(run_coded("\x28\xb5\x2f\xfd\0\x69\1\0\0", 9, NULL, &why),
	    FAULT_ARCHIVE);
	TAP_OK(strstr(why.detail, "window") != NULL);
	/* One segment of 8 MiB + 1: its window is its content. */
	TAP_INT(run_coded("\x28\xb5\x2f\xfd\xa0\1\0\x80\0\1\0\0", 12, NULL,
		    &why),
	    FAULT_ARCHIVE);
	TAP_OK(strstr(why.detail, "window") != NULL);
	/* An empty frame with a window of 8 MiB is whole, but no archive. */
	TAP_INT(run_coded("\x28\xb5\x2f\xfd\0\x68\1\0\0", 9, NULL, &why),
	    FAULT_ARCHIVE);
	TAP_OK(strstr(why.detail, "end-of-archive") != NULL);
	buf_free(&b);
	buf_free(&coded);
	buf_free(&t);
}

/* Cut anywhere: refused.  Flipped anywhere: refused, or no different. */
static void
test_damage(void)
{
	struct buf b = BUF_MAX(1 << 20);
	struct buf coded = BUF_MAX(1 << 20);
	struct buf out = BUF_MAX(1 << 20);
	struct memory m = { NULL, 0, 0, 1, SIZE_MAX, false };
	struct cause why;
	unsigned wrong = 0;
	unsigned passed = 0;

	good(&b);
	put_zeros(&b, 2 * BLOCK);
	squeeze(&coded, b.data, b.len);
	for (size_t n = 0; n < coded.len; n++)
		wrong += run_coded(coded.data, n, NULL, &why) != FAULT_ARCHIVE;
	TAP_INT(wrong, 0);
	for (size_t i = 0; i < coded.len * 8; i++) {
		coded.data[i / 8] ^= (unsigned char)(1U << i % 8);
		out.len = 0;
		if (run_coded(coded.data, coded.len, &out, &why) ==
		    FAULT_NONE) {
			passed++;
			wrong += strcmp(buf_text(&out), GOOD) != 0;
		}
		coded.data[i / 8] ^= (unsigned char)(1U << i % 8);
	}
	TAP_INT(wrong, 0);
	/* A few bits may say the same in another way; most may not. */
	TAP_OK(passed < coded.len);
	/* A fault of the source comes through as it is, wherever it is. */
	for (size_t n = 0; n < coded.len; n++) {
		m = (struct memory) { coded.data, coded.len, 0, 1, n, false };
		wrong += run(&m, &wide, NULL, &why) != FAULT_DECRYPT ||
		    strcmp(why.detail, "injected") != 0;
	}
	TAP_INT(wrong, 0);
	buf_free(&b);
	buf_free(&coded);
	buf_free(&out);
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
	test_frame();
	test_damage();
	return TAP_DONE();
}
