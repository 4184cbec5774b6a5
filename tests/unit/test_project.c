/*
 * What leaves of a source, byte for byte, and what is refused of it, with row,
 * column and offset: the same wherever the stream is cut.  The normal form of a
 * file is its own normal form.
 */
#include "check/project.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/limits.h"
#include "check/dialect.h"
#include "key/key.h"
#include "tap.h"

/* Of all cases: columns id, nama, kota. */
static const char fields[] =
    "{\"fields\":[{\"name\":\"id\",\"type\":\"string\"},"
    "{\"name\":\"nama\",\"type\":\"string\"},"
    "{\"name\":\"kota\",\"type\":\"string\"}],"
    "\"missingValues\":[\"\",\"-\"]}";

struct rules {
	struct doc *doc, *schema_doc;
	struct schema *schema;
	struct projection projection;
	struct dialect dialect;
	struct pseudonym *pseudonym;
};

static void
rules_free(struct rules *r)
{
	projection_free(&r->projection);
	schema_free(r->schema);
	pseudonym_free(r->pseudonym);
	doc_free(r->doc);
	doc_free(r->schema_doc);
}

static enum fault
rules_read(struct rules *r, const char *dataset, struct cause *why)
{
	uint8_t secret[PSEUDONYM_SECRET] = { 1, 2, 3 };
	enum fault f;

	memset(r, 0, sizeof(*r));
	cause_clear(why);
	if ((f = doc_parse(&r->schema_doc, fields, strlen(fields), why)) !=
		FAULT_NONE ||
	    (f = doc_parse(&r->doc, dataset, strlen(dataset), why)) !=
		FAULT_NONE ||
	    (f = schema_parse(&r->schema, doc_root(r->schema_doc), "schema",
		 why)) != FAULT_NONE ||
	    (f = dialect_parse(&r->dialect,
		 node_get(doc_root(r->doc), "dialect"), "dialect", why)) !=
		FAULT_NONE ||
	    (f = pseudonym_new(&r->pseudonym, secret, why)) != FAULT_NONE ||
	    (f = projection_parse(&r->projection, doc_root(r->doc), r->schema,
		 "datasets[x]", why)) != FAULT_NONE)
		return f;
	return projection_fits(
	    &r->projection, &r->dialect.csv, "datasets[x]", why);
}

static enum fault
take(void *self, const void *bytes, size_t len, struct cause *why)
{
	(void)why;
	return buf_put(self, bytes, len);
}

/* How it went. */
struct run {
	struct buf out;
	struct cause why;
	enum fault fault;
	uint64_t ragged;
	uint64_t ragged_row;   /* of the first */
	uint64_t third_origin; /* of the third row that left */
};

static void
project_all(struct run *run, const struct rules *r, const char *bytes,
    size_t len, size_t first, size_t step, bool prove)
{
	struct origin *origin = NULL;
	struct project_job job = { &r->projection, r->schema, r->dialect.csv,
		"f.csv", "datasets[x]", r->pseudonym, NULL, 2, 0, prove };
	const struct cause *causes = NULL;
	struct project *p = NULL;
	size_t at = 0, n = first;
	enum fault f = origin_new(&origin);

	memset(run, 0, sizeof(*run));
	run->out.max = 16 * MIB;
	cause_clear(&run->why);
	job.origin = origin;
	if (prove)
		job.dialect = dialect_normal(&r->dialect);
	if (f == FAULT_NONE)
		f = project_new(
		    &p, &job, (struct sink){ take, &run->out }, &run->why);
	for (; f == FAULT_NONE && at < len; at += n, n = step) {
		if (n > len - at)
			n = len - at;
		f = project_write(p, bytes + at, n, &run->why);
	}
	if (f == FAULT_NONE)
		f = project_end(p, &run->why);
	run->fault = f;
	run->ragged = project_faults(p);
	if (project_causes(p, &causes) > 0)
		run->ragged_row = causes[0].row;
	run->third_origin = origin_row(origin, 4);
	project_free(p);
	origin_free(origin);
}

struct want {
	const char *dataset;
	const char *source;
	const char *out; /* all that was written */
	enum fault fault;
	uint64_t row;
	const char *column, *rule;
	uint64_t offset;
	uint64_t ragged, ragged_row;
};

static bool
holds(const struct want *w, const struct rules *r, size_t first, size_t step)
{
	struct run run;
	bool good;

	project_all(&run, r, w->source, strlen(w->source), first, step, false);
	good = run.fault == w->fault &&
	    strcmp(buf_text(&run.out), w->out) == 0 &&
	    run.ragged == w->ragged && run.ragged_row == w->ragged_row;
	if (good && w->fault != FAULT_NONE)
		good = run.why.fault == w->fault && run.why.row == w->row &&
		    strcmp(run.why.column, w->column) == 0 &&
		    strcmp(run.why.rule, w->rule) == 0 &&
		    run.why.offset == w->offset;
	if (!good)
		printf("# first %zu step %zu: %d row %llu column %s rule %s "
		       "offset %llu ragged %llu: %s\n%s\n",
		    first, step, run.fault, (unsigned long long)run.why.row,
		    run.why.column, run.why.rule,
		    (unsigned long long)run.why.offset,
		    (unsigned long long)run.ragged, run.why.detail,
		    buf_text(&run.out));
	buf_free(&run.out);
	return good;
}

/* What left is taken by the recipient, and is its own normal form. */
static bool
again(const struct rules *r, const char *out)
{
	struct rules plain;
	struct cause why;
	struct run run;
	bool good =
	    rules_read(&plain,
		r->dialect.csv.quote == 0 ? "{\"dialect\":{\"quoteChar\":null}}"
					  : "{}",
		&why) == FAULT_NONE;

	plain.dialect.csv = dialect_normal(&r->dialect);
	project_all(&run, &plain, out, strlen(out), 3, 5, false);
	good &= run.fault == FAULT_NONE && run.ragged == 0 &&
	    strcmp(buf_text(&run.out), out) == 0;
	buf_free(&run.out);
	project_all(&run, r, out, strlen(out), 3, 5, true);
	good &= run.fault == FAULT_NONE && run.ragged == 0 && run.out.len == 0;
	buf_free(&run.out);
	rules_free(&plain);
	return good;
}

#define HEAD "id,nama,kota\n"
#define NONE UINT64_MAX
#define SOUND 0, 0, "", "", 0, 0, 0

static void
test_wants(void)
{
	static const struct want wants[] = {
		{ "{}", "", "", SOUND },
		{ "{}", HEAD, HEAD, SOUND },
		{ "{}", "id,nama,kota", HEAD, SOUND },
		{ "{}", HEAD "1,A,B\n2,C,D", HEAD "1,A,B\n2,C,D\n", SOUND },
		/* No more quotes than are needed. */
		{ "{}", HEAD "\"1\",\"A,x\",\"B\nC\"\n2,\"a\"\"b\",\"\"\n",
		    HEAD "1,\"A,x\",\"B\nC\"\n2,\"a\"\"b\",\"\"\n", SOUND },
		{ "{}", "\"id\",nama,\"kota\"\n1, A ,\"x\ry\"\n",
		    HEAD "1, A ,\"x\ry\"\n", SOUND },
		{ "{\"dialect\":{\"lineTerminator\":\"\\r\\n\"}}",
		    "id,nama,kota\r\n1,A,\"x\r\ny\"\r\n2,B,C",
		    HEAD "1,A,\"x\r\ny\"\n2,B,C\n", SOUND },
		{ "{\"dialect\":{\"delimiter\":\";\",\"quoteChar\":null,"
		  "\"lineTerminator\":\"\\r\\n\"}}",
		    "id;nama;kota\r\n1;\"A\";,\r\n",
		    "id;nama;kota\n1;\"A\";,\n", SOUND },
		/* Columns that stay here. */
		{ "{\"extra_columns\":\"drop\"}",
		    "a,id,b,nama,kota,c\n1,2,3,4,5,6\n\"x\ny\",q,r,s,t,u\n",
		    HEAD "2,4,5\nq,s,t\n", SOUND },
		{ "{\"extra_columns\":\"drop\"}", "x,nama,kota\n1,2,3\n", "",
		    FAULT_COLUMNS, 1, "id", "columns", NONE, 0, 0 },
		{ "{\"extra_columns\":\"drop\"}", "nama,id,kota\n1,2,3\n", "",
		    FAULT_COLUMNS, 1, "id", "columns", NONE, 0, 0 },
		{ "{\"extra_columns\":\"drop\"}", "id,nama,x,nama,kota\n", "",
		    FAULT_COLUMNS, 1, "kota", "columns", NONE, 0, 0 },
		{ "{}", "id,nama,kota,x\n1,2,3,4\n", "", FAULT_COLUMNS, 1, "",
		    "columns", NONE, 0, 0 },
		/* Masks; what is missing stays missing. */
		{ "{\"mask\":{\"id\":\"last:4\",\"kota\":\"first:2\"}}",
		    HEAD "12345678,A,K\xc3\xb6ln\n123,B,\xc3\x85\n-,C,\n",
		    HEAD "1234****,A,**ln\n***,B,*\n-,C,\n", SOUND },
		{ "{\"mask\":{\"nama\":\"star\"}}",
		    HEAD "1,\"JA\"\"FAR, S\",x\n2,\"\",y\n",
		    HEAD "1,*********,x\n2,\"\",y\n", SOUND },
		{ "{\"mask\":{\"nama\":\"first:1\"}}",
		    HEAD "1,\"J\"\"F, S\",x\n", HEAD "1,\"*\"\"F, S\",x\n",
		    SOUND },
		{ "{\"mask\":{\"id\":\"hash\"}}", HEAD "12345,A,B\n-,C,D\n",
		    HEAD "70dd2ae4cf4753f5757970c95df6c87a,A,B\n-,C,D\n",
		    SOUND },
		/* Rows. */
		{ "{\"only\":{\"kota\":[\"X\",\"Y,Z\"]}}",
		    HEAD "1,A,X\n2,B,W\n3,C,\"Y,Z\"\n4,D,\"X\"\n5,E,x\n",
		    HEAD "1,A,X\n3,C,\"Y,Z\"\n4,D,X\n", SOUND },
		{ "{\"extra_columns\":\"drop\",\"only\":{\"pos\":[\"KBRI\"],"
		  "\"id\":[\"1\",\"2\"]},\"mask\":{\"id\":\"star\"}}",
		    "id,nama,kota,pos\n1,A,B,KBRI\n2,A,B,KJRI\n3,A,B,KBRI\n",
		    HEAD "*,A,B\n", SOUND },
		{ "{\"only\":{\"kota\":[\"X\"]}}", HEAD "1,A,B\n", HEAD,
		    SOUND },
		{ "{\"extra_columns\":\"drop\",\"only\":{\"pos\":[\"KBRI\"]}}",
		    HEAD "1,A,B\n", "", FAULT_COLUMNS, 1, "pos", "columns",
		    NONE, 0, 0 },
		{ "{\"extra_columns\":\"drop\",\"only\":{\"pos\":[\"KBRI\"]}}",
		    "id,pos,nama,kota,pos\n", "", FAULT_COLUMNS, 1, "pos",
		    "columns", NONE, 0, 0 },
		/* What is wrong in the source. */
		{ "{}", HEAD "1,A\n2,B,C\n3,D,E,F\n4,G,H\n",
		    HEAD "2,B,C\n4,G,H\n", 0, 0, "", "", 0, 2, 2 },
		{ "{\"extra_columns\":\"drop\"}",
		    "x,id,nama,kota\n1,2,3,4\n1,A,B\n5,6,7,8\n",
		    HEAD "2,3,4\n6,7,8\n", 0, 0, "", "", 0, 1, 3 },
		{ "{}", HEAD "1,A,B\n2,C\"D,E\n3,F,G\n", HEAD "1,A,B\n",
		    FAULT_COLUMNS, 3, "nama", "quote", 22, 0, 0 },
		{ "{}", HEAD "1,A,\"B\n2,C,D\n", HEAD, FAULT_COLUMNS, 2, "kota",
		    "quote", 17, 0, 0 },
		{ "{}", HEAD "1,\"A\"x,B\n", HEAD, FAULT_COLUMNS, 2, "nama",
		    "quote", 18, 0, 0 },
		{ "{}", HEAD "1,A,B\r\n2,C,D\n", HEAD, FAULT_COLUMNS, 2, "",
		    "newline", 18, 0, 0 },
		{ "{\"dialect\":{\"lineTerminator\":\"\\r\\n\"}}",
		    "id,nama,kota\r\n1,A,B\n2,C,D\r\n", HEAD, FAULT_COLUMNS, 2,
		    "", "newline", 19, 0, 0 },
		{ "{\"extra_columns\":\"drop\"}",
		    "x,id,nama,kota\n\"1\"2,3,4,5\n", HEAD, FAULT_COLUMNS, 2,
		    "", "quote", 18, 0, 0 },
	};
	size_t i = 0, first = 0;

	for (i = 0; i < sizeof(wants) / sizeof(wants[0]); i++) {
		const struct want *w = &wants[i];
		size_t len = strlen(w->source);
		struct rules r;
		struct cause why;
		bool good = true;

		TAP_INT(rules_read(&r, w->dataset, &why), FAULT_NONE);
		for (first = 0; first <= len; first++) {
			good &= holds(w, &r, first, len + 1);
			good &= holds(w, &r, first, 1 + first % 7);
		}
		if (w->fault == FAULT_NONE && w->out[0] != '\0')
			good &= again(&r, w->out);
		TAP_OK(good);
		rules_free(&r);
	}
}

/* What the recipient refuses: the sender did not do as was agreed. */
static void
test_proof(void)
{
	static const struct {
		const char *dataset, *bytes, *column, *rule;
		uint64_t row;
	} wrong[] = {
		{ "{\"mask\":{\"id\":\"last:4\"}}",
		    HEAD "1234****,A,B\n12345***,C,D\n", "id", "mask", 3 },
		{ "{\"mask\":{\"id\":\"first:2\"}}", HEAD "*1,A,B\n", "id",
		    "mask", 2 },
		{ "{\"mask\":{\"nama\":\"star\"}}", HEAD "1,**a,B\n", "nama",
		    "mask", 2 },
		{ "{\"mask\":{\"nama\":\"star\"}}", HEAD "1,*\xc3\xb6,B\n",
		    "nama", "mask", 2 },
		{ "{\"mask\":{\"nama\":\"hash\"}}", HEAD "1,A,B\n", "nama",
		    "mask", 2 },
		{ "{\"mask\":{\"nama\":\"hash\"}}",
		    HEAD "1,19E05F22acb32ecf4eabbc61c97fc5ad,B\n", "nama",
		    "mask", 2 },
		{ "{\"only\":{\"kota\":[\"B\"]}}", HEAD "1,A,B\n2,C,\"D\"\n",
		    "kota", "only", 3 },
	};
	struct rules r;
	struct cause why;
	struct run run;
	size_t i = 0;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		TAP_INT(rules_read(&r, wrong[i].dataset, &why), FAULT_NONE);
		project_all(&run, &r, wrong[i].bytes, strlen(wrong[i].bytes), 4,
		    3, true);
		TAP_INT(run.fault, FAULT_VALUE);
		TAP_STR(run.why.column, wrong[i].column);
		TAP_STR(run.why.rule, wrong[i].rule);
		TAP_INT(run.why.row, wrong[i].row);
		TAP_OK(strncmp(run.why.clause, "datasets[x].", 12) == 0);
		buf_free(&run.out);
		rules_free(&r);
	}
	/* A column that stayed or is masked chose the rows: nothing to see. */
	TAP_INT(rules_read(&r,
		    "{\"extra_columns\":\"drop\",\"only\":{\"pos\":[\"X\"],"
		    "\"id\":[\"1\"]},\"mask\":{\"id\":\"star\"}}",
		    &why),
	    FAULT_NONE);
	project_all(
	    &run, &r, HEAD "*,A,B\n", sizeof(HEAD "*,A,B\n") - 1, 4, 3, true);
	TAP_INT(run.fault, FAULT_NONE);
	buf_free(&run.out);
	rules_free(&r);
}

/* Rules that cannot be held are found in the agreement. */
static void
test_parse(void)
{
	static const struct {
		const char *dataset, *clause;
	} wrong[] = {
		{ "{\"extra_columns\":\"keep\"}", "extra_columns" },
		{ "{\"mask\":{\"nik\":\"star\"}}", "mask.nik" },
		{ "{\"mask\":{\"id\":\"stars\"}}", "mask.id" },
		{ "{\"mask\":{\"id\":\"last\"}}", "mask.id" },
		{ "{\"mask\":{\"id\":\"last:\"}}", "mask.id" },
		{ "{\"mask\":{\"id\":\"last:0\"}}", "mask.id" },
		{ "{\"mask\":{\"id\":\"last:04\"}}", "mask.id" },
		{ "{\"mask\":{\"id\":\"last:1001\"}}", "mask.id" },
		{ "{\"mask\":{\"id\":\"first:-1\"}}", "mask.id" },
		{ "{\"mask\":{\"id\":4}}", "mask.id" },
		{ "{\"only\":{\"pos\":[\"X\"]}}", "only.pos" },
		{ "{\"only\":{\"id\":[]}}", "only.id" },
		{ "{\"only\":{\"id\":\"X\"}}", "only.id" },
		{ "{\"only\":{\"id\":[\"X\",\"Y\",\"X\"]}}", "only.id" },
		{ "{\"only\":{\"id\":[1]}}", "only.id" },
		{ "{\"dialect\":{\"quoteChar\":null,\"delimiter\":\"*\"},"
		  "\"mask\":{\"id\":\"star\"}}",
		    "mask" },
	};
	struct rules r;
	struct cause why;
	size_t i = 0;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		TAP_INT(rules_read(&r, wrong[i].dataset, &why), FAULT_FORMAT);
		TAP_OK(strncmp(why.clause, "datasets[x].", 12) == 0);
		TAP_STR(why.clause + (strlen(why.clause) > 12 ? 12 : 0),
		    wrong[i].clause);
		rules_free(&r);
	}
}

/* Records of every size up to the limit, in slices that cut them. */
static void
test_large(void)
{
	struct buf in = BUF_MAX(16 * MIB);
	struct rules r;
	struct cause why;
	struct run run;
	char *cell = malloc(LIMIT_CSV_RECORD + 1);
	size_t i = 0, n = 0, rows = 0;
	enum fault f = rules_read(
	    &r, "{\"dialect\":{\"lineTerminator\":\"\\r\\n\"}}", &why);

	if (cell == NULL || f != FAULT_NONE ||
	    buf_puts(&in, "id,nama,kota\r\n") != FAULT_NONE)
		exit(1);
	memset(cell, 'x', LIMIT_CSV_RECORD);
	for (n = 1; n < LIMIT_CSV_RECORD - 16; n = n * 3 + 1, rows++) {
		cell[n] = '\0';
		if (buf_putf(&in, "%zu,\"%s\",\"\"\"\"\r\n", n, cell) !=
		    FAULT_NONE)
			exit(1);
		cell[n] = 'x';
	}
	project_all(&run, &r, buf_text(&in), in.len, 77, 300000, false);
	TAP_INT(run.fault, FAULT_NONE);
	for (i = 0, n = 0; i < run.out.len; i++)
		n += run.out.data[i] == '\n';
	TAP_INT(n, rows + 1);
	/* Two quotes a row and all CR are gone. */
	TAP_INT(run.out.len, in.len - 1 - 3 * rows);
	buf_free(&run.out);
	/* One that is longer is too long. */
	cell[LIMIT_CSV_RECORD] = '\0';
	if (buf_putf(&in, "1,%s,2\r\n", cell) != FAULT_NONE)
		exit(1);
	project_all(&run, &r, buf_text(&in), in.len, 77, 300000, false);
	TAP_INT(run.fault, FAULT_COLUMNS);
	TAP_INT(run.why.row, rows + 2);
	TAP_STR(run.why.rule, "length");
	buf_free(&run.out);
	buf_free(&in);
	free(cell);
	rules_free(&r);
}

/* Rows of the source for rows that left. */
static void
test_origin(void)
{
	struct origin *o = NULL;
	uint64_t i = 0, row = 2, bad = 0;

	TAP_INT(origin_new(&o), FAULT_NONE);
	TAP_INT(origin_row(o, 0), 0);
	TAP_INT(origin_row(o, 1), 1);
	TAP_INT(origin_row(o, 7), 7);
	/* 5 in a row, then those whose number has a remainder below 3 of 7,
	 * with a long gap. */
	for (i = 0; i < 400000; i++)
		if (origin_enter(o,
			i < 5 || (i % 7 < 3 && (i < 100000 || i > 250000))) !=
		    FAULT_NONE)
			exit(1);
	TAP_INT(origin_tell(o), FAULT_NONE);
	for (i = 0; i < 400000; i++)
		if (i < 5 || (i % 7 < 3 && (i < 100000 || i > 250000)))
			bad += origin_row(o, row++) != i + 2;
	TAP_INT(bad, 0);
	TAP_INT(origin_row(o, 1), 1);
	TAP_INT(origin_row(o, row), 400002);
	origin_free(o);
	origin_free(NULL);
}

int
main(void)
{
	struct cause why;

	cause_clear(&why);
	TAP_INT(key_setup(&why), FAULT_NONE);
	test_wants();
	test_proof();
	test_parse();
	test_large();
	test_origin();
	return TAP_DONE();
}
