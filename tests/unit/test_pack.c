/*
 * pack: what it writes is what unpack accepts and what stock tools read, the
 * same bytes each time; and it does not believe its caller.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cause.h"
#include "pack/pack.h"
#include "pack/unpack.h"
#include "tap.h"

/* ---- a sink into memory, a source out of it ---- */

struct memory {
	struct buf bytes;
	size_t at;
	size_t fail_at; /* SIZE_MAX = never */
};

static enum fault
memory_write(void *self, const void *bytes, size_t len, struct cause *why)
{
	struct memory *m = self;

	if (m->bytes.len + len > m->fail_at)
		return cause_set(why, FAULT_NO_ROOM, "injected");
	return buf_put(&m->bytes, bytes, len);
}

static enum fault
memory_read(void *self, void *bytes, size_t cap, size_t *got, struct cause *why)
{
	struct memory *m = self;

	(void)why;
	*got = m->bytes.len - m->at;
	if (*got > cap)
		*got = cap;
	memcpy(bytes, m->bytes.data + m->at, *got);
	m->at += *got;
	return FAULT_NONE;
}

#define MEMORY                                  \
	{                                       \
		BUF_MAX(256 << 20), 0, SIZE_MAX \
	}

/* ---- members ---- */

struct member {
	const char *name;
	size_t size;
};

static const struct member members[] = {
	{ "contents.json", 3 },
	{ "a.csv", 0 },
	{ "b.csv", 1 },
	{ "c.csv", 511 },
	{ "d.csv", 512 },
	{ "e.csv", 513 },
	{ "0123456789012345678901234567890123456789012345678901234567890123456"
	  "789012345678901234567890123.csv",
	    70000 },
	{ "f.csv", 9000000 },
};
#define MEMBERS (sizeof(members) / sizeof(members[0]))

static unsigned char
byte_of(size_t member, size_t at)
{
	/* Compresses, but not to nothing. */
	return (unsigned char)('a' + (at * at / 7 + member) % 19);
}

static enum fault
pack_one(struct pack *p, size_t i, size_t piece, struct cause *why)
{
	unsigned char *b = malloc(piece);
	enum fault f = FAULT_NONE;
	size_t n = 0;

	f = pack_member(p, members[i].name, members[i].size, why);
	for (size_t at = 0; at < members[i].size && f == FAULT_NONE; at += n) {
		for (n = 0; n < piece && at + n < members[i].size; n++)
			b[n] = byte_of(i, at + n);
		f = pack_write(p, b, n, why);
	}
	free(b);
	return f;
}

static enum fault
pack_all(struct memory *m, const struct pack_job *job, size_t piece,
    struct cause *why)
{
	struct sink to = { memory_write, m };
	struct pack *p = NULL;
	enum fault f = FAULT_NONE;

	cause_clear(why);
	f = pack_new(&p, to, job, why);
	for (size_t i = 0; i < MEMBERS && f == FAULT_NONE; i++)
		f = pack_one(p, i, piece, why);
	if (f == FAULT_NONE)
		f = pack_finish(p, why);
	pack_free(p);
	return f;
}

/* Whether the packed bytes hold exactly the members. */
static bool
holds(struct memory *m)
{
	const struct unpack_limits limits = { 64 << 20, MEMBERS };
	struct source from = { memory_read, m };
	struct unpack_member member;
	struct unpack *u = NULL;
	unsigned char b[5000];
	bool end = false;
	bool ok = true;
	size_t got = 1;
	size_t at = 0;

	m->at = 0;
	ok = unpack_new(&u, from, &limits, NULL) == FAULT_NONE;
	for (size_t i = 0; i < MEMBERS && ok; i++) {
		ok = unpack_next(u, &member, &end, NULL) == FAULT_NONE &&
		    !end && strcmp(member.name, members[i].name) == 0 &&
		    member.size == members[i].size;
		for (at = 0, got = 1; ok && got > 0;) {
			ok = unpack_read(u, b, sizeof(b), &got, NULL) ==
			    FAULT_NONE;
			for (size_t j = 0; ok && j < got; j++)
				ok = b[j] == byte_of(i, at++);
		}
		ok = ok && at == members[i].size;
	}
	ok = ok && unpack_next(u, &member, &end, NULL) == FAULT_NONE && end;
	unpack_free(u);
	return ok;
}

static bool
equal(const struct memory *a, const struct memory *b)
{
	return a->bytes.len == b->bytes.len &&
	    memcmp(a->bytes.data, b->bytes.data, a->bytes.len) == 0;
}

static void
test_round_trip(void)
{
	static const struct pack_job jobs[] = {
		{ 1, 0, 1700000000 },
		{ 1, 1, 1700000000 },
		{ 1, 2, 1700000000 },
		{ 3, 2, 0 },
		{ 19, 0, 4102444800 },
		{ 1, 0, -1 },
		{ 1, 0, 1LL << 40 },
	};
	struct cause why;

	for (size_t i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++) {
		struct memory a = MEMORY;
		struct memory b = MEMORY;

		TAP_INT(pack_all(&a, &jobs[i], 100000, &why), FAULT_NONE);
		TAP_OK(holds(&a));
		/* The same bytes, however the caller cuts its own. */
		TAP_INT(pack_all(&b, &jobs[i], 4099, &why), FAULT_NONE);
		TAP_OK(equal(&a, &b));
		buf_free(&a.bytes);
		buf_free(&b.bytes);
	}
}

/* As many workers as there are make no other bytes. */
static void
test_workers(void)
{
	struct pack_job one = { 1, 1, 1 };
	struct pack_job many = { 1, 7, 1 };
	struct memory a = MEMORY;
	struct memory b = MEMORY;
	struct cause why;

	TAP_INT(pack_all(&a, &one, 65536, &why), FAULT_NONE);
	TAP_INT(pack_all(&b, &many, 65536, &why), FAULT_NONE);
	TAP_OK(equal(&a, &b));
	/* The frame says that it carries a checksum, and no dictionary. */
	TAP_OK(a.bytes.len > 5 && (a.bytes.data[4] & 0x07) == 0x04);
	buf_free(&a.bytes);
	buf_free(&b.bytes);
}

static void
test_faults(void)
{
	struct pack_job job = { 1, 0, 0 };
	struct memory m = MEMORY;
	struct sink to = { memory_write, &m };
	struct pack *p = NULL;
	struct cause why;

	cause_clear(&why);
	job.level = 0;
	TAP_INT(pack_new(&p, to, &job, &why), FAULT_USAGE);
	job.level = 20;
	TAP_INT(pack_new(&p, to, &job, &why), FAULT_USAGE);
	TAP_OK(p == NULL);
	job.level = 1;
	TAP_INT(pack_new(&p, to, &job, &why), FAULT_NONE);
	TAP_INT(pack_write(p, "x", 1, &why), FAULT_FORMAT);
	pack_free(p);
	TAP_INT(pack_new(&p, to, &job, &why), FAULT_NONE);
	TAP_INT(pack_member(p, "../a.csv", 1, &why), FAULT_FORMAT);
	TAP_INT(pack_member(p, "/a.csv", 1, &why), FAULT_FORMAT);
	TAP_INT(pack_member(p, "", 1, &why), FAULT_FORMAT);
	TAP_INT(pack_member(p, "caf\xc3\xa9.csv", 1, &why), FAULT_FORMAT);
	TAP_INT(pack_member(p, "a.csv", UINT64_MAX, &why), FAULT_FORMAT);
	TAP_INT(pack_member(p, "a.csv", 3, &why), FAULT_NONE);
	TAP_INT(pack_write(p, "ab", 2, &why), FAULT_NONE);
	TAP_INT(pack_write(p, "cd", 2, &why), FAULT_FORMAT);
	TAP_INT(pack_write(p, "c", 1, &why), FAULT_FORMAT);
	TAP_INT(pack_finish(p, &why), FAULT_FORMAT);
	pack_free(p);
	TAP_INT(pack_new(&p, to, &job, &why), FAULT_NONE);
	TAP_INT(pack_member(p, "a.csv", 3, &why), FAULT_NONE);
	TAP_INT(pack_member(p, "b.csv", 3, &why), FAULT_FORMAT);
	pack_free(p);
	TAP_INT(pack_new(&p, to, &job, &why), FAULT_NONE);
	TAP_INT(pack_member(p, "a.csv", 0, &why), FAULT_NONE);
	TAP_INT(pack_member(p, "A.csv", 0, &why), FAULT_EXISTS);
	TAP_INT(pack_member(p, "b.csv", 1, &why), FAULT_NONE);
	TAP_INT(pack_finish(p, &why), FAULT_FORMAT);
	pack_free(p);
	pack_free(NULL);
	/* Nothing that was not finished became an archive. */
	TAP_INT(m.bytes.len, 0);
	buf_free(&m.bytes);
}

/* A fault of the sink comes through as it is, wherever it happens. */
static void
test_sink_fault(void)
{
	struct pack_job job = { 1, 0, 0 };
	struct memory whole = MEMORY;
	struct cause why;
	unsigned wrong = 0;

	TAP_INT(pack_all(&whole, &job, 100000, &why), FAULT_NONE);
	for (size_t i = 0; i < 9; i++) {
		struct memory m = MEMORY;

		job.threads = i % 2 == 0 ? 0 : 2;
		m.fail_at = whole.bytes.len / 10 * i;
		wrong += pack_all(&m, &job, 100000, &why) != FAULT_NO_ROOM ||
		    strcmp(why.detail, "injected") != 0;
		buf_free(&m.bytes);
	}
	TAP_INT(wrong, 0);
	buf_free(&whole.bytes);
}

/* ---- stock tools ---- */

static bool
save(const char *path, const struct memory *m)
{
	FILE *f = fopen(path, "w");
	bool ok = f != NULL;

	ok = ok && fwrite(m->bytes.data, 1, m->bytes.len, f) == m->bytes.len;
	if (f != NULL)
		ok = fclose(f) == 0 && ok;
	return ok;
}

static bool
load(const char *path, struct memory *m)
{
	unsigned char b[4096];
	FILE *f = fopen(path, "r");
	size_t n = 0;

	if (f == NULL)
		return false;
	while ((n = fread(b, 1, sizeof(b), f)) > 0)
		if (buf_put(&m->bytes, b, n) != FAULT_NONE)
			abort();
	return fclose(f) == 0;
}

/* The recipe of the manual, and the other way round. */
static void
test_stock(void)
{
	const char *tmp = getenv("TMPDIR");
	struct pack_job job = { 1, 2, 1700000000 };
	struct memory m = MEMORY;
	struct memory back = MEMORY;
	struct cause why;
	struct stat st;
	char dir[4096];

	if (system("zstd --version >/dev/null 2>&1 && "
		   "tar --version 2>/dev/null | grep -q GNU") != 0) {
		TAP_SKIP("no zstd or no GNU tar here");
		return;
	}
	(void)snprintf(dir, sizeof(dir), "%s/serahterima-pack-XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(dir) == NULL || chdir(dir) != 0) {
		TAP_OK(false);
		return;
	}
	TAP_INT(pack_all(&m, &job, 65536, &why), FAULT_NONE);
	TAP_OK(save("p.tar.zst", &m));
	TAP_INT(system("mkdir x && zstd -dc p.tar.zst | tar x -C x"), 0);
	for (size_t i = 0; i < MEMBERS; i++) {
		char path[256];

		(void)snprintf(path, sizeof(path), "x/%s", members[i].name);
		TAP_OK(stat(path, &st) == 0 &&
		    st.st_size == (off_t)members[i].size &&
		    (st.st_mode & 07777) == 0600 && st.st_mtime == 1700000000);
	}
	/* Unordered is fine; the order of members is the writer's. */
	TAP_INT(system("cd x && tar --format=pax -cf - contents.json a.csv "
		       "b.csv c.csv d.csv e.csv 0*.csv f.csv | "
		       "zstd -qc > ../q.tar.zst"),
	    0);
	TAP_OK(load("q.tar.zst", &back));
	TAP_OK(holds(&back));
	TAP_INT(system("rm -rf x p.tar.zst q.tar.zst"), 0);
	TAP_INT(chdir("/"), 0);
	TAP_INT(rmdir(dir), 0);
	buf_free(&m.bytes);
	buf_free(&back.bytes);
}

int
main(void)
{
	test_round_trip();
	test_workers();
	test_faults();
	test_sink_fault();
	test_stock();
	return TAP_DONE();
}
