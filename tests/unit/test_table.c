/*
 * table: whole files through the engine, with one worker and with many, in one
 * piece and byte by byte: what is found must not depend on either.
 */
#include <stdbool.h>
#include <stdlib.h>

#include "base/limits.h"
#include "check/dialect.h"
#include "check/table.h"
#include "tap.h"

static const char people[] =
    "{\"fields\":["
    "{\"name\":\"id\",\"type\":\"integer\","
    "\"constraints\":{\"unique\":true,\"required\":true}},"
    "{\"name\":\"name\",\"type\":\"string\"},"
    "{\"name\":\"land\",\"type\":\"string\","
    "\"constraints\":{\"enum\":[\"MYS\",\"SAU\",\"a,b\",\"q\\\"q\"]}},"
    "{\"name\":\"fee\",\"type\":\"number\"}]}";

static const char pairs[] =
    "{\"fields\":[{\"name\":\"a\",\"type\":\"string\"},"
    "{\"name\":\"b\",\"type\":\"string\"}],"
    "\"primaryKey\":[\"a\",\"b\"],\"missingValues\":[\"\",\"-\"]}";

static const char alone[] =
    "{\"fields\":[{\"name\":\"x\",\"type\":\"string\"}]}";

/* What a run is to be like, and what came of it. */
struct run {
	const char *schema;
	struct table_job job;
	struct totals_spec totals;
	size_t step;       /* bytes a write; 0 = all */
	const char *again; /* content of the second reading; NULL = the same */
	size_t again_len;
	bool hash_alone;

	enum fault fault;
	struct cause first;
	uint64_t rows, faults;
	struct cause cause[40];
	size_t n_causes;
	struct table_count count[8];
	size_t n_counts;
	struct totals got;
};

struct memory {
	const char *bytes;
	size_t len, at;
};

static enum fault
memory_read(void *self, void *bytes, size_t cap, size_t *got, struct cause *why)
{
	struct memory *m = self;
	size_t n = m->len - m->at;

	(void)why;
	/* Small and odd, so that records are cut anywhere. */
	if (n > 9973)
		n = 9973;
	if (n > cap)
		n = cap;
	memcpy(bytes, m->bytes + m->at, n);
	m->at += n;
	*got = n;
	return FAULT_NONE;
}

static struct run
run_of(const char *schema)
{
	struct run r = { .schema = schema };

	r.job.dialect = (struct csv_dialect){ ',', '"', CSV_LF, false };
	r.job.file = "file.csv";
	r.job.clause = "datasets[d]";
	r.job.max_faults = 40;
	r.job.threads = 3;
	return r;
}

static void
run_push(struct run *r, struct table *t, const char *text, size_t len)
{
	struct sink sink = table_sink(t);
	size_t step = r->step > 0 ? r->step : len, n = 0, at = 0;
	enum fault fault = FAULT_NONE;

	for (at = 0; at < len && fault == FAULT_NONE; at += n) {
		n = len - at < step ? len - at : step;
		fault = sink.write(sink.self, text + at, n, &r->first);
	}
	if (fault != FAULT_NONE) {
		TAP_INT(r->first.fault, fault);
		TAP_INT(sink.write(sink.self, "x", 1, NULL), fault);
	}
}

static void
run_results(struct run *r, struct table *t)
{
	const struct cause *causes = NULL;
	const struct table_count *counts = NULL;
	size_t i = 0, n = table_causes(t, &causes);

	r->rows = table_rows(t);
	r->faults = table_faults(t);
	for (i = 0; i < n && i < 40; i++)
		r->cause[i] = causes[i];
	r->n_causes = n;
	n = table_counts(t, &counts);
	for (i = 0; i < n && i < 8; i++)
		r->count[i] = counts[i];
	r->n_counts = n;
	table_totals(t, &r->got);
	if (r->fault != FAULT_NONE)
		TAP_INT(r->got.n, 0);
}

static void
run_bytes(struct run *r, const char *text, size_t len)
{
	struct memory m = { text, len, 0 };
	struct source again = { memory_read, &m };
	struct doc *doc = NULL;
	struct schema *schema = NULL;
	struct table *t = NULL;

	cause_clear(&r->first);
	if (doc_parse(&doc, r->schema, strlen(r->schema), NULL) != FAULT_NONE ||
	    schema_parse(&schema, doc_root(doc), "s", NULL) != FAULT_NONE)
		exit(1);
	if (r->again != NULL)
		m = (struct memory){ r->again, r->again_len, 0 };
	if (r->hash_alone)
		again.read = NULL;
	r->job.schema = schema;
	r->job.totals = &r->totals;
	if (table_new(&t, &r->job, NULL) != FAULT_NONE)
		exit(1);
	run_push(r, t, text, len);
	r->fault = table_finish(t, again, &r->first);
	TAP_INT(table_finish(t, again, NULL), r->fault);
	TAP_INT(r->first.fault, r->fault);
	run_results(r, t);
	table_free(t);
	schema_free(schema);
	doc_free(doc);
}

#define RUN(r, text) run_bytes(r, text, sizeof(text) - 1)

#define HEAD "id,name,land,fee\n"

/* One fault, at this place. */
static void
only(const struct run *r, enum fault fault, uint64_t row, const char *column,
    const char *rule)
{
	TAP_INT(r->fault, fault);
	TAP_INT(r->n_causes, 1);
	TAP_INT(r->first.row, row);
	TAP_STR(r->first.column, column);
	TAP_STR(r->first.rule, rule);
	TAP_STR(r->first.file, "file.csv");
	TAP_INT(r->faults, 1);
}

static void
test_good(void)
{
	struct run r = run_of(people);

	r.totals.n = 5;
	r.totals.spec[0].kind = TOTAL_ROWS;
	r.totals.spec[1] = (struct total_spec){ TOTAL_COUNT_BY, 2 };
	r.totals.spec[2] = (struct total_spec){ TOTAL_SUM, 3 };
	r.totals.spec[3] = (struct total_spec){ TOTAL_DISTINCT, 1 };
	r.totals.spec[4] = (struct total_spec){ TOTAL_DISTINCT, 0 };
	RUN(&r,
	    HEAD "1,A,MYS,1.50\n2,\"A\",\"a,b\",-0.25\n3,B,,\n"
		 "4,\"C \"\"D\"\"\nE\",\"q\"\"q\",100\n5,,MYS,0");
	TAP_INT(r.fault, FAULT_NONE);
	TAP_INT(r.rows, 5);
	TAP_INT(r.faults, 0);
	TAP_INT(r.got.n, 5);
	if (r.got.n != 5)
		return;
	TAP_STR(r.got.total[0].value, "5");
	TAP_OK(r.got.total[0].column == NULL);
	TAP_STR(r.got.total[1].column, "land");
	TAP_INT(r.got.total[1].n_groups, 4);
	TAP_STR(r.got.total[1].groups[0].value, "");
	TAP_STR(r.got.total[1].groups[1].value, "MYS");
	TAP_INT(r.got.total[1].groups[1].count, 2);
	TAP_STR(r.got.total[1].groups[2].value, "a,b");
	TAP_STR(r.got.total[1].groups[3].value, "q\"q");
	TAP_STR(r.got.total[2].value, "101.25");
	TAP_STR(r.got.total[3].value, "3");
	TAP_STR(r.got.total[4].value, "5");
	totals_free(&r.got);
}

static void
test_header(void)
{
	struct run r = run_of(people);

	RUN(&r, "id,name,fee\n1,a,2\n");
	only(&r, FAULT_COLUMNS, 1, "land", "columns");
	TAP_STR(r.first.detail, "columns missing: land");
	TAP_STR(r.first.clause, "datasets[d].schema.fields");
	TAP_INT(r.rows, 0);
	RUN(&r, "id,name,land,fee,\"x\"\"\x1b\"\n");
	only(&r, FAULT_COLUMNS, 1, "", "columns");
	TAP_STR(r.first.detail, "columns not agreed: x\"?");
	RUN(&r, "id,land,name,fee\n1,MYS,a,2\n");
	only(&r, FAULT_COLUMNS, 1, "name", "columns");
	TAP_STR(r.first.detail,
	    "columns are out of order: column 2 is "
	    "\"land\", agreed is \"name\"");
	RUN(&r, "id,Name,land,fee\n");
	TAP_STR(r.first.detail,
	    "columns missing: name; columns not agreed: number 2");
	/* No header at all: what stands there is a person's. */
	RUN(&r, "7,Rahasia,MYS,2\n");
	TAP_STR(r.first.detail,
	    "the first line has none of the agreed column names; it must be: "
	    "id, name, land, fee (upper and lower case matter)");
	RUN(&r, "id;name;land;fee\n1;A;MYS;2\n");
	TAP_STR(r.first.detail,
	    "the first line is a single field: columns are separated by ',' "
	    "as agreed");
	RUN(&r, "id,name,land,fee,fee\n");
	TAP_STR(r.first.detail, "columns not agreed: fee");
	RUN(&r, "");
	only(&r, FAULT_COLUMNS, 1, "", "columns");
	TAP_STR(r.first.detail, "the file has no header row");
	RUN(&r, HEAD);
	TAP_INT(r.fault, FAULT_NONE);
	TAP_INT(r.rows, 0);
	totals_free(&r.got);
	RUN(&r, "id,name,land,fee");
	TAP_INT(r.fault, FAULT_NONE);
	totals_free(&r.got);
}

/* Why a row is too short, most likely. */
#define FEWER                                                      \
	"; a value that holds a line break must stand in quotes, " \
	"and no line may be empty"

static void
test_values(void)
{
	struct run r = run_of(people);

	RUN(&r, HEAD "1,a,MYS,2\n,a,ZZZ,two\n3,b\n4,b,MYS,1,\n\n5,b,\"\",\n");
	TAP_INT(r.fault, FAULT_VALUE);
	TAP_INT(r.rows, 6);
	TAP_INT(r.faults, 6);
	TAP_INT(r.n_causes, 6);
	TAP_INT(r.cause[0].row, 3);
	TAP_STR(r.cause[0].rule, "required");
	TAP_STR(r.cause[0].column, "id");
	TAP_INT(r.cause[0].offset, 27);
	TAP_STR(r.cause[0].clause, "datasets[d].schema.fields[id]");
	TAP_STR(r.cause[1].rule, "enum");
	TAP_STR(r.cause[1].column, "land");
	TAP_STR(r.cause[2].rule, "type");
	TAP_STR(r.cause[2].detail, "the value is not of type number");
	TAP_INT(r.cause[3].row, 4);
	TAP_INT(r.cause[3].fault, FAULT_COLUMNS);
	TAP_STR(r.cause[3].detail, "the row has 2 fields, agreed are 4" FEWER);
	TAP_STR(r.cause[4].detail,
	    "the row has 5 fields, agreed are 4; a value that holds ',' must "
	    "stand in quotes");
	TAP_STR(r.cause[5].detail, "the row has 1 fields, agreed are 4" FEWER);
	TAP_INT(r.n_counts, 4);
	TAP_STR(r.count[0].column, "");
	TAP_STR(r.count[0].rule, "columns");
	TAP_INT(r.count[0].count, 3);
	/* An empty line is a row of one column. */
	r = run_of(alone);
	RUN(&r, "x\n1\n\n\n");
	TAP_INT(r.fault, FAULT_NONE);
	TAP_INT(r.rows, 3);
	totals_free(&r.got);
	/* Only the first are kept, all are counted. */
	r = run_of(people);
	r.job.max_faults = 2;
	RUN(&r, HEAD "x,,,\nx,,,\nx,,,\nx,,,x\n");
	TAP_INT(r.n_causes, 2);
	TAP_INT(r.cause[1].row, 3);
	TAP_INT(r.faults, 5);
	TAP_INT(r.count[0].count, 4);
}

static void
test_structure(void)
{
	struct run r = run_of(people);

	RUN(&r, HEAD "1,a,MYS,2\n2,b\"c,MYS,2\n3,\"b\",MYS,2\n");
	only(&r, FAULT_COLUMNS, 3, "name", "quote");
	TAP_INT(r.first.offset, 30);
	TAP_STR(r.first.clause, "datasets[d].dialect");
	TAP_INT(r.rows, 1);
	RUN(&r, HEAD "1,a,\"MYS\" ,2\n");
	only(&r, FAULT_COLUMNS, 2, "land", "quote");
	RUN(&r, HEAD "1,a,MYS,2\n2,\"b,MYS,2\n3,b,MYS,2\n");
	only(&r, FAULT_COLUMNS, 3, "name", "quote");
	TAP_INT(r.first.offset, 29);
	RUN(&r, HEAD "1,a,MYS,2\r\n2,a,MYS,2\r\n");
	only(&r, FAULT_COLUMNS, 2, "", "newline");
	TAP_INT(r.first.offset, 26);
	RUN(&r, HEAD "1,a\rb,MYS,2\n");
	only(&r, FAULT_COLUMNS, 2, "", "newline");
	RUN(&r, HEAD "1,a\0b,MYS,2\n");
	only(&r, FAULT_COLUMNS, 2, "name", "nul");
	RUN(&r, HEAD "1,a,MYS,2\n2,\xc3\xa9\xc3,MYS,2\nx,,,\n");
	only(&r, FAULT_ENCODING, 3, "name", "encoding");
	TAP_INT(r.first.offset, 31);
	/* A fault of the structure before it comes first. */
	RUN(&r, HEAD "1,a\"b,\xff,2\n");
	only(&r, FAULT_COLUMNS, 2, "name", "quote");
	RUN(&r, "id,name,land,f\xff\n");
	only(&r, FAULT_ENCODING, 1, "fee", "encoding");
	/* Faults before the loss are still told, and first. */
	RUN(&r, HEAD "x,a,MYS,2\n2,b\"c,MYS,2\ny,,,\n");
	TAP_INT(r.fault, FAULT_VALUE);
	TAP_INT(r.n_causes, 2);
	TAP_STR(r.cause[1].rule, "quote");
	TAP_INT(r.faults, 2);
}

static void
test_dialects(void)
{
	struct run r = run_of(people);

	r.job.dialect = (struct csv_dialect){ ';', '\'', CSV_CRLF, true };
	RUN(&r,
	    "\xef\xbb\xbfid;name;land;fee\r\n1;'a;''\"';MYS;2\r\n"
	    "1;b;MYS;1\r\n");
	only(&r, FAULT_NOT_UNIQUE, 3, "id", "unique");
	TAP_INT(r.first.offset, 38);
	RUN(&r, "id;name;land;fee\r\n");
	only(&r, FAULT_ENCODING, 1, "", "bom");
	RUN(&r, "\xef\xbb\xbf");
	only(&r, FAULT_COLUMNS, 1, "", "columns");
	r = run_of(people);
	RUN(&r, "\xef\xbb\xbf" HEAD);
	only(&r, FAULT_ENCODING, 1, "", "bom");
	r.job.dialect.quote = 0;
	RUN(&r, HEAD "1,\"a,MYS,2\n2,b\",MYS,2\n");
	TAP_INT(r.fault, FAULT_NONE);
	TAP_INT(r.rows, 2);
	totals_free(&r.got);
}

static void
test_keys(void)
{
	struct run r = run_of(pairs);

	RUN(&r, "a,b\nx,yz\nxy,z\n,\n-,\nx,yz\n");
	TAP_INT(r.fault, FAULT_VALUE);
	TAP_INT(r.faults, 5);
	TAP_INT(r.cause[4].fault, FAULT_NOT_UNIQUE);
	TAP_INT(r.cause[4].row, 6);
	TAP_STR(r.cause[4].rule, "primaryKey");
	TAP_STR(r.cause[4].column, "");
	TAP_STR(r.cause[4].clause, "datasets[d].schema.primaryKey");
	TAP_STR(r.cause[4].detail, "the primary key is the same as in row 2");
	/* Quoted or not, doubled or not: the value counts. */
	RUN(&r, "a,b\n\"x\",\"y\"\"\"\nx,z\n\"x\",\"y\"\"\"\n");
	only(&r, FAULT_NOT_UNIQUE, 4, "", "primaryKey");
	/* No key is compared with a missing one. */
	r = run_of("{\"fields\":[{\"name\":\"x\",\"type\":\"string\","
		   "\"constraints\":{\"unique\":true}}]}");
	RUN(&r, "x\n\n\na\n\"\"\n");
	TAP_INT(r.fault, FAULT_NONE);
	totals_free(&r.got);
	r.hash_alone = true;
	RUN(&r, "x\nb\na\na\na\nb\n");
	TAP_INT(r.fault, FAULT_NOT_UNIQUE);
	TAP_INT(r.faults, 3);
	TAP_INT(r.cause[0].row, 4);
	TAP_INT(r.cause[1].row, 5);
	TAP_STR(r.cause[1].detail,
	    "the value must be unique and is the same as in row 3");
	TAP_INT(r.cause[2].row, 6);
	TAP_STR(r.cause[2].clause, "datasets[d].schema.fields[x]");
}

/* Equal hashes are believed only after the keys were seen. */
static void
test_again(void)
{
	static const char text[] = "x\na\nb\na\n";
	struct run r =
	    run_of("{\"fields\":[{\"name\":\"x\","
		   "\"type\":\"string\",\"constraints\":{\"unique\":true}}]}");

	r.again = "x\na\nb\nc\n";
	r.again_len = 8;
	RUN(&r, text);
	TAP_INT(r.fault, FAULT_NONE);
	TAP_INT(r.faults, 0);
	totals_free(&r.got);
	r.again_len = 5;
	RUN(&r, text);
	TAP_INT(r.fault, FAULT_FORMAT);
	r.again = "x\na\nb,\na,b\n";
	r.again_len = 11;
	RUN(&r, text);
	TAP_INT(r.fault, FAULT_FORMAT);
	r.again = "x\na\n\"b\na\n";
	r.again_len = 9;
	RUN(&r, text);
	TAP_INT(r.fault, FAULT_FORMAT);
}

static void
test_limits(void)
{
	struct run r = run_of(alone);
	size_t n = LIMIT_GROUPS + 1, at = 2, i = 0;
	char *text = malloc(n * 8 + 2 * LIMIT_CSV_RECORD);

	if (text == NULL)
		exit(1);
	r.job.max_rows = 3;
	RUN(&r, "x\n1\n2\n3\n");
	TAP_INT(r.fault, FAULT_NONE);
	totals_free(&r.got);
	RUN(&r, "x\n1\n2\n3\n4\n");
	only(&r, FAULT_OVER_LIMITS, 5, "", "rows");
	TAP_STR(r.first.clause, "datasets[d].limits.rows");
	r.job.max_rows = 0;
	r.totals.n = 1;
	r.totals.spec[0].kind = TOTAL_COUNT_BY;
	memcpy(text, "x\n", 2);
	for (i = 0; i < n; i++)
		at += (size_t)snprintf(text + at, 9, "%zu\n", i);
	run_bytes(&r, text, at);
	only(&r, FAULT_OVER_LIMITS, 0, "x", "count_by");
	at = (size_t)(memchr(text + at - 3, '\n', 3) == NULL) + at - 6;
	while (text[at - 1] != '\n')
		at--;
	run_bytes(&r, text, at);
	TAP_INT(r.fault, FAULT_NONE);
	TAP_INT(r.got.n == 1 ? r.got.total[0].n_groups : 0, LIMIT_GROUPS);
	totals_free(&r.got);
	/* The longest record, and one byte more. */
	r.totals.n = 0;
	memset(text + 2, 'y', LIMIT_CSV_RECORD);
	text[LIMIT_CSV_RECORD + 1] = '\n';
	memcpy(text + LIMIT_CSV_RECORD + 2, "z\n", 2);
	r.step = 1000;
	run_bytes(&r, text, LIMIT_CSV_RECORD + 4);
	TAP_INT(r.fault, FAULT_NONE);
	TAP_INT(r.rows, 2);
	totals_free(&r.got);
	memset(text + 2, 'y', 2 * LIMIT_CSV_RECORD - 2);
	text[LIMIT_CSV_RECORD + 2] = '\n';
	run_bytes(&r, text, LIMIT_CSV_RECORD + 10);
	only(&r, FAULT_COLUMNS, 2, "", "length");
	text[LIMIT_CSV_RECORD + 2] = 'y';
	run_bytes(&r, text, 2 * LIMIT_CSV_RECORD);
	only(&r, FAULT_COLUMNS, 2, "", "length");
	free(text);
}

#define BIG 60000U

/* Rows with quotes, line breaks and letters of two bytes; "bad" adds faults of
 * every kind that does not end the file. */
static size_t
big_text(char *out, size_t cap, bool bad)
{
	static const char *name[] = { "plain", "\"quoted, with\nbreak\"",
		"\"doubled \"\"x\"\"\"", "\xc3\xa9t\xc3\xa9", "" };
	size_t at = (size_t)snprintf(out, cap, HEAD), i = 0;

	for (i = 0; i < BIG; i++) {
		size_t id = bad && i == 50001 ? 3 : i;
		const char *land = bad && i % 9999 == 77 ? "ZZZ" : "MYS";
		const char *more = bad && i % 20000 == 5 ? ",more" : "";

		at += (size_t)snprintf(out + at, cap - at,
		    "%zu,%s,%s,%zu.5%s\n", id, name[i % 5], land, i, more);
	}
	return at;
}

static void
test_big(void)
{
	static const unsigned threads[] = { 1, 2, 5, 16 };
	static const size_t step[] = { 0, 65536, 101, 1 };
	size_t cap = BIG * 48, len = 0, i = 0, k = 0;
	char *text = malloc(cap);
	struct run one = run_of(people), r = run_of(people);

	if (text == NULL)
		exit(1);
	len = big_text(text, cap, true);
	for (i = 0; i < 4; i++) {
		r = run_of(people);
		r.job.threads = threads[i];
		r.step = step[i];
		run_bytes(&r, text, len);
		TAP_INT(r.fault, FAULT_COLUMNS);
		TAP_INT(r.rows, BIG);
		TAP_INT(r.faults, 6 + 3 + 1);
		TAP_INT(r.cause[0].row, 7);
		if (i == 0)
			one = r;
		for (k = 0; k < r.n_causes && k < 40; k++)
			TAP_OK(memcmp(&r.cause[k], &one.cause[k],
				   sizeof(r.cause[k])) == 0);
	}
	TAP_INT(one.cause[1].row, 79);
	TAP_INT(one.cause[9].row, 50074);
	TAP_INT(one.cause[8].row, 50003);
	TAP_STR(one.cause[8].detail,
	    "the value must be unique and is the same as in row 5");
	len = big_text(text, cap, false);
	r.totals.n = 2;
	r.totals.spec[0] = (struct total_spec){ TOTAL_SUM, 3 };
	r.totals.spec[1] = (struct total_spec){ TOTAL_DISTINCT, 1 };
	run_bytes(&r, text, len);
	TAP_INT(r.fault, FAULT_NONE);
	TAP_STR(r.got.total[0].value, "1800000000");
	TAP_STR(r.got.total[1].value, "4");
	totals_free(&r.got);
	/* Lost in the middle: everything before is told, nothing behind. */
	r.totals.n = 0;
	r.step = 100;
	k = len / 2;
	while (text[k] != '.')
		k++;
	text[k] = '\r';
	run_bytes(&r, text, len);
	only(&r, FAULT_COLUMNS, r.rows + 2, "", "newline");
	TAP_INT(r.first.offset, k);
	r.job.max_rows = 20000;
	run_bytes(&r, text, len);
	only(&r, FAULT_OVER_LIMITS, 20002, "", "rows");
	free(text);
}

/* Every row equal: more pairs than are settled, all counted. */
static void
test_all_equal(void)
{
	struct run r =
	    run_of("{\"fields\":[{\"name\":\"x\","
		   "\"type\":\"string\",\"constraints\":{\"unique\":true}}]}");
	size_t n = 5000, i = 0;
	char *text = malloc(2 + n * 2);

	if (text == NULL)
		exit(1);
	for (i = 0; i <= n; i++)
		memcpy(text + i * 2, i == 0 ? "x\n" : "y\n", 2);
	run_bytes(&r, text, 2 + n * 2);
	TAP_INT(r.fault, FAULT_NOT_UNIQUE);
	TAP_INT(r.first.row, 3);
	TAP_INT(r.faults, n - 1);
	TAP_INT(r.n_causes, 40);
	TAP_INT(r.cause[39].row, 42);
	TAP_INT(r.count[0].count, n - 1);
	free(text);
}

/* Given up before the end, in place and without a byte. */
static void
test_giving_up(void)
{
	struct doc *doc = NULL;
	struct schema *schema = NULL;
	struct table *t = NULL;
	struct run r = run_of(alone);
	char *at = NULL;
	size_t cap = 0, i = 0;

	if (doc_parse(&doc, alone, strlen(alone), NULL) != FAULT_NONE ||
	    schema_parse(&schema, doc_root(doc), "s", NULL) != FAULT_NONE)
		exit(1);
	r.job.schema = schema;
	r.job.threads = 0;
	TAP_INT(table_new(&t, &r.job, NULL), FAULT_NONE);
	for (i = 0; i < 40; i++) {
		TAP_INT(table_space(t, &at, &cap, NULL), FAULT_NONE);
		TAP_OK(cap >= 64 * KIB);
		memset(at, '\n', cap);
		at[0] = i == 0 ? 'x' : '\n';
		TAP_INT(table_commit(t, cap, NULL), FAULT_NONE);
	}
	table_free(t);
	TAP_INT(table_new(&t, &r.job, NULL), FAULT_NONE);
	table_free(t);
	table_free(NULL);
	schema_free(schema);
	doc_free(doc);
}

static enum fault
dialect(struct dialect *d, const char *json, struct cause *why)
{
	struct doc *doc = NULL;
	enum fault fault = FAULT_NONE;

	cause_clear(why);
	if (doc_parse(&doc, json, strlen(json), NULL) != FAULT_NONE)
		exit(1);
	fault = dialect_parse(d, doc_root(doc), "dialect", why);
	doc_free(doc);
	return fault;
}

static void
test_dialect_parse(void)
{
	static const struct {
		const char *json, *clause;
	} wrong[] = {
		{ "{\"delimiter\":\";;\"}", "dialect.delimiter" },
		{ "{\"delimiter\":\"\\n\"}", "dialect.delimiter" },
		{ "{\"delimiter\":\"\"}", "dialect.delimiter" },
		{ "{\"delimiter\":\"\\u00a7\"}", "dialect.delimiter" },
		{ "{\"quoteChar\":\",\"}", "dialect.quoteChar" },
		{ "{\"quoteChar\":\"\"}", "dialect.quoteChar" },
		{ "{\"lineTerminator\":\"\\r\"}", "dialect.lineTerminator" },
		{ "{\"encoding\":\"latin1\"}", "dialect.encoding" },
		{ "{\"header\":false}", "dialect.header" },
		{ "{\"escapeChar\":\"x\"}", "dialect.escapeChar" },
		{ "{\"bom\":1}", "dialect.bom" },
		{ "{\"encoding\":\"windows-1252\",\"bom\":true}",
		    "dialect.bom" },
		{ "{\"encoding\":\"UTF-8\"}", "dialect.encoding" },
	};
	struct dialect d;
	struct cause why;
	size_t i = 0;

	TAP_INT(dialect_parse(&d, NULL, "dialect", &why), FAULT_NONE);
	TAP_INT(d.csv.delimiter, ',');
	TAP_INT(d.csv.quote, '"');
	TAP_INT(d.csv.newline, CSV_LF);
	TAP_OK(!d.csv.bom);
	TAP_INT(dialect(&d,
		    "{\"delimiter\":\"\\t\",\"quoteChar\":null,"
		    "\"lineTerminator\":\"\\r\\n\",\"encoding\":\"utf-8\","
		    "\"bom\":true,\"header\":true}",
		    &why),
	    FAULT_NONE);
	TAP_INT(d.csv.delimiter, '\t');
	TAP_INT(d.csv.quote, 0);
	TAP_INT(d.csv.newline, CSV_CRLF);
	TAP_OK(d.csv.bom);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		TAP_INT(dialect(&d, wrong[i].json, &why), FAULT_FORMAT);
		TAP_STR(why.clause, wrong[i].clause);
	}
}

int
main(void)
{
	test_good();
	test_header();
	test_values();
	test_structure();
	test_dialects();
	test_keys();
	test_again();
	test_limits();
	test_big();
	test_all_equal();
	test_giving_up();
	test_dialect_parse();
	return TAP_DONE();
}
