/*
 * spill: keys beyond memory.  What comes out must be the same as from memory,
 * on the disk there is no key and no name, and a full disk is told as such.
 */
#include <sys/resource.h>

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check/table.h"
#include "check/unique.h"
#include "tap.h"

#define MANY 1000000U
#define PAIRS 500

static char place[] = "/tmp/test_spill.XXXXXX";
static int dir = -1;

static uint64_t
spread(uint64_t i)
{
	i = (i ^ (i >> 31)) * 0x9e3779b97f4a7c15ULL;
	return (i ^ (i >> 29)) * 0xbf58476d1ce4e5b9ULL;
}

/* Names in the directory. */
static int
names(void)
{
	DIR *d = opendir(place);
	const struct dirent *e = NULL;
	int n = 0;

	while (d != NULL && (e = readdir(d)) != NULL)
		n += e->d_name[0] != '.';
	if (d != NULL)
		(void)closedir(d);
	return n;
}

/* Our open file that has no name; -1 if there is none. */
static int
nameless(void)
{
	char path[64], to[256];
	ssize_t len = 0;
	int fd = 0;

	for (fd = 3; fd < 64; fd++) {
		(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		len = readlink(path, to, sizeof(to) - 1);
		to[len < 0 ? 0 : len] = '\0';
		if (strncmp(to, place, strlen(place)) == 0 &&
		    strstr(to, "(deleted)") != NULL)
			return fd;
	}
	return -1;
}

struct outcome {
	uint64_t distinct, equal;
	size_t n;
	struct unique_pair pair[PAIRS];
};

/* Where "shape" 0: all different but a few; 1: one in ten there before; 2: few
 * values only. */
static uint64_t
hash_of(int shape, uint64_t i)
{
	if (shape == 0)
		return spread(i % (MANY - 7));
	if (shape == 1)
		return spread(i % 10 == 9 ? i / 10 : i);
	return spread(i % 300);
}

static void
fill(struct unique *u, int shape)
{
	struct unique_entry e[500];
	uint64_t i = 0, k = 0;
	int failed = 0;

	for (i = 0; i < MANY; i += 500) {
		for (k = 0; k < 500; k++)
			e[k] = (struct unique_entry){ hash_of(shape, i + k),
				MANY - (i + k) };
		failed |= unique_add(u, e, 500) != FAULT_NONE;
	}
	TAP_OK(!failed);
}

static void
run(struct outcome *o, int shape, int where, size_t most)
{
	struct unique *u = NULL;

	TAP_INT(unique_new(&u, NULL), FAULT_NONE);
	unique_spill(u, where, most);
	fill(u, shape);
	TAP_INT(unique_finish(
		    u, &o->distinct, o->pair, PAIRS, &o->n, &o->equal, NULL),
	    FAULT_NONE);
	/* 8 runs or more, of 16 bytes each entry. */
	if (where == dir && most < MANY) {
		TAP_OK(nameless() >= 0);
		TAP_OK(lseek(nameless(), 0, SEEK_END) > (off_t)MANY * 12);
	} else {
		TAP_INT(nameless(), -1);
	}
	TAP_INT(names(), 0);
	TAP_INT(unique_trouble(u, NULL), FAULT_NONE);
	unique_free(u);
	TAP_INT(nameless(), -1);
}

static void
test_same(int shape, uint64_t distinct)
{
	static struct outcome memory, disk, none;
	int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	size_t i = 0, wrong = 0;

	run(&memory, shape, -1, 0);
	run(&disk, shape, dir, 0);
	TAP_INT(disk.distinct, distinct);
	TAP_INT(memory.distinct, distinct);
	TAP_INT(disk.equal, MANY - distinct);
	TAP_INT(memory.equal, MANY - distinct);
	TAP_INT(disk.n, memory.n);
	for (i = 0; i < disk.n; i++)
		wrong += disk.pair[i].first != memory.pair[i].first ||
		    disk.pair[i].second != memory.pair[i].second;
	TAP_INT(wrong, 0);
	/* A file system that has no such files: memory does. */
	run(&none, shape, proc, 0);
	TAP_INT(none.distinct, distinct);
	(void)close(proc);
}

static void
test_enough(void)
{
	static struct outcome o;

	run(&o, 0, dir, 64 * MIB);
	TAP_INT(o.distinct, MANY - 7);
}

/* ---- through the engine ---- */

static const char schema_text[] =
    "{\"fields\":[{\"name\":\"nik\",\"type\":\"string\"},"
    "{\"name\":\"a\",\"type\":\"string\","
    "\"constraints\":{\"unique\":true}},"
    "{\"name\":\"b\",\"type\":\"string\"}],\"primaryKey\":[\"nik\",\"b\"]}";

struct memory {
	const char *bytes;
	size_t len, at;
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

#define ROWS 600000U

/* Row i + 2; two rows repeat what came long before. */
static char *
rows(size_t *len)
{
	char *text = malloc(ROWS * 40UL + 64);
	size_t i = 0, n = 0, a = 0, k = 0;

	if (text == NULL)
		exit(1);
	n = (size_t)sprintf(text, "nik,a,b\n");
	for (i = 0; i < ROWS; i++) {
		k = i == 500000 ? 17 : i;
		a = i == 400000 ? 5 : i;
		n += (size_t)sprintf(text + n, "%016zu,A%zu,x\n",
		    (k * 48271) % ROWS + 3171010101900000, (a * 7919) % ROWS);
	}
	*len = n;
	return text;
}

static void
begin(struct table **t, struct schema **schema, struct doc **doc,
    const struct memory *text)
{
	struct table_job job = { .dialect = { ',', '"', CSV_LF, false },
		.file = "f.csv",
		.clause = "d",
		.max_faults = 9,
		.threads = 2 };

	if (doc_parse(doc, schema_text, strlen(schema_text), NULL) !=
		FAULT_NONE ||
	    schema_parse(schema, doc_root(*doc), "s", NULL) != FAULT_NONE)
		exit(1);
	job.schema = *schema;
	TAP_INT(table_new(t, &job, NULL), FAULT_NONE);
	table_spill(*t, dir, 1);
	(void)text;
}

static void
look_for_keys(int fd)
{
	size_t len = (size_t)lseek(fd, 0, SEEK_END), n = 0;
	char *bytes = malloc(len + 1);

	if (bytes == NULL)
		exit(1);
	while (n < len) {
		ssize_t got = pread(fd, bytes + n, len - n, (off_t)n);

		if (got <= 0)
			break;
		n += (size_t)got;
	}
	TAP_INT(n, len);
	TAP_OK(len > MIB);
	/* All keys begin so. */
	TAP_OK(memmem(bytes, len, "317101010", 9) == NULL);
	free(bytes);
}

static void
test_table(void)
{
	struct memory m = { NULL, 0, 0 };
	char *text = rows(&m.len);
	struct schema *schema = NULL;
	struct doc *doc = NULL;
	struct table *t = NULL;
	const struct cause *cause = NULL;
	struct cause why;

	cause_clear(&why);
	m.bytes = text;
	begin(&t, &schema, &doc, &m);
	TAP_INT(table_write(t, text, m.len, NULL), FAULT_NONE);
	TAP_INT(table_finish(t, (struct source){ memory_read, &m }, &why),
	    FAULT_NOT_UNIQUE);
	TAP_INT(table_faults(t), 2);
	TAP_INT(table_causes(t, &cause), 2);
	TAP_INT(cause[0].row, 400002);
	TAP_STR(cause[0].column, "a");
	TAP_INT(cause[1].row, 500002);
	if (nameless() >= 0)
		look_for_keys(nameless());
	else
		TAP_OK(nameless() >= 0);
	table_free(t);
	TAP_INT(nameless(), -1);
	schema_free(schema);
	doc_free(doc);
	free(text);
}

/* A disk that is full at half a run: said so, and nothing else. */
static void
test_full(void)
{
	struct rlimit old, less;
	struct memory m = { NULL, 0, 0 };
	char *text = rows(&m.len);
	struct schema *schema = NULL;
	struct doc *doc = NULL;
	struct table *t = NULL;
	struct cause why;

	cause_clear(&why);
	(void)signal(SIGXFSZ, SIG_IGN);
	(void)getrlimit(RLIMIT_FSIZE, &old);
	less = old;
	less.rlim_cur = 3 * MIB;
	(void)setrlimit(RLIMIT_FSIZE, &less);
	m.bytes = text;
	begin(&t, &schema, &doc, &m);
	(void)!table_write(t, text, m.len, NULL);
	TAP_INT(table_finish(t, (struct source){ memory_read, &m }, &why),
	    FAULT_NO_ROOM);
	TAP_STR(why.file, "keys-beyond-memory");
	(void)setrlimit(RLIMIT_FSIZE, &old);
	table_free(t);
	TAP_INT(names(), 0);
	TAP_INT(nameless(), -1);
	schema_free(schema);
	doc_free(doc);
	free(text);
}

int
main(void)
{
	if (mkdtemp(place) == NULL ||
	    (dir = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		return 99;
	test_same(0, MANY - 7);
	test_same(1, 910000);
	test_same(2, 300);
	test_enough();
	test_table();
	test_full();
	(void)close(dir);
	(void)rmdir(place);
	return TAP_DONE();
}
