/*
 * keys: several unique keys of one or more columns, through the whole engine,
 * with one worker and with two.
 */
#include <stdlib.h>

#include "check/table.h"
#include "tap.h"

#define FIELDS                                                  \
	"{\"fields\":[{\"name\":\"a\",\"type\":\"string\"},"    \
	"{\"name\":\"b\",\"type\":\"string\"},{\"name\":\"c\"," \
	"\"type\":\"string\"}],\"missingValues\":[\"\",\"-\"]"

/* What came of a file. */
struct said {
	enum fault fault;
	struct cause cause[8];
	size_t n;
	uint64_t faults;
};

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

static struct said
run(const char *json, const char *file, unsigned threads)
{
	struct said said = { .fault = FAULT_NONE };
	struct memory m = { file, strlen(file), 0 };
	struct table_job job = { .dialect = { ',', '"', CSV_LF, false },
		.file = "f.csv",
		.clause = "d",
		.max_faults = 8,
		.threads = threads };
	const struct cause *cause = NULL;
	struct schema *s = NULL;
	struct table *t = NULL;
	struct doc *d = NULL;
	struct cause why = { 0 };

	if (doc_parse(&d, json, strlen(json), &why) != FAULT_NONE ||
	    schema_parse(&s, doc_root(d), "S", &why) != FAULT_NONE) {
		printf("# %s: %s\n", why.clause, why.detail);
		abort();
	}
	job.schema = s;
	if (table_new(&t, &job, &why) != FAULT_NONE)
		abort();
	(void)!table_write(t, file, m.len, &why);
	said.fault = table_finish(t, (struct source){ memory_read, &m }, &why);
	said.n = table_causes(t, &cause);
	if (said.n > 0)
		memcpy(said.cause, cause, said.n * sizeof(*cause));
	said.faults = table_faults(t);
	table_free(t);
	schema_free(s);
	doc_free(d);
	return said;
}

static void
passes(const char *json, const char *file)
{
	printf("# %s\n", file);
	for (unsigned threads = 1; threads <= 2; threads++)
		TAP_INT(run(json, file, threads).fault, FAULT_NONE);
}

/* Exactly one fault. */
static void
refused(const char *json, const char *file, uint64_t row, const char *column,
    const char *rule)
{
	printf("# %s\n", file);
	for (unsigned threads = 1; threads <= 2; threads++) {
		struct said said = run(json, file, threads);

		TAP_INT(said.fault, FAULT_NOT_UNIQUE);
		TAP_INT(said.faults, 1);
		TAP_INT(said.cause[0].row, row);
		TAP_STR(said.cause[0].column, column);
		TAP_STR(said.cause[0].rule, rule);
	}
}

static void
test_single(void)
{
	static const char json[] = FIELDS ",\"uniqueKeys\":[[\"b\"]]}";

	passes(json, "a,b,c\n1,x,1\n1,y,1\n1,z,1\n");
	/* Nobody knows whether two missing values are the same. */
	passes(json, "a,b,c\n1,,1\n1,,1\n1,-,1\n1,-,1\n");
	refused(json, "a,b,c\n1,x,1\n1,y,1\n1,x,1\n", 4, "b", "uniqueKeys");
}

static void
test_several(void)
{
	static const char json[] =
	    FIELDS ",\"uniqueKeys\":[[\"a\",\"b\"],[\"c\",\"b\"]]}";
	struct said said;

	passes(json, "a,b,c\n1,x,1\n2,x,2\n1,y,3\n3,y,1\n");
	/* "a","bc" is not "ab","c". */
	passes(json, "a,b,c\na,bc,1\nab,c,2\n");
	passes(json, "a,b,c\n1,-,1\n1,-,1\n,x,1\n-,x,2\n");
	refused(json, "a,b,c\n1,x,1\n2,x,2\n1,x,3\n", 4, "a", "uniqueKeys");
	refused(json, "a,b,c\n1,x,1\n2,x,2\n3,x,1\n", 4, "c", "uniqueKeys");
	/* Quotes are not part of the value. */
	refused(json, "a,b,c\n1,\"x\"\"\",1\n\"1\",\"x\"\"\",2\n", 3, "a",
	    "uniqueKeys");
	said = run(json, "a,b,c\n1,x,1\n1,x,1\n", 2);
	TAP_INT(said.faults, 2);
	TAP_STR(said.cause[0].clause, "d.schema.uniqueKeys");
	TAP_OK(strstr(said.cause[0].detail, "row 2") != NULL);
}

static void
test_with_primary(void)
{
	static const char json[] = FIELDS
	    ",\"primaryKey\":[\"a\",\"b\"],\"uniqueKeys\":[[\"b\",\"c\"],"
	    "[\"c\"]]}";
	struct said said;

	passes(json, "a,b,c\n1,x,1\n2,x,2\n1,y,3\n");
	refused(json, "a,b,c\n1,x,1\n2,x,2\n1,x,3\n", 4, "", "primaryKey");
	refused(json, "a,b,c\n1,x,1\n2,x,2\n1,y,2\n", 4, "c", "uniqueKeys");
	said = run(json, "a,b,c\n1,x,1\n1,x,1\n", 1);
	TAP_INT(said.faults, 3);
}

/* A column that is unique anyway is not counted twice. */
static void
test_merged(void)
{
	static const char json[] =
	    "{\"fields\":[{\"name\":\"a\",\"type\":\"string\",\"constraints\":"
	    "{\"unique\":true}}],\"uniqueKeys\":[[\"a\"]],"
	    "\"fieldsMatch\":\"exact\"}";

	refused(json, "a\n1\n2\n1\n", 4, "a", "unique");
}

int
main(void)
{
	test_single();
	test_several();
	test_with_primary();
	test_merged();
	return TAP_DONE();
}
