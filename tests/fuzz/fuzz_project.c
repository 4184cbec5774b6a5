/*
 * fuzz_project: cutting a source anywhere changes neither what leaves nor what
 * is refused; what leaves is taken by the reader of CSV, holds only the agreed
 * columns, is its own normal form, and is proved by who receives it.
 *
 * The first byte says the dialect and the projection; the second is where to
 * cut.  Bytes that are not UTF-8 end the source.
 */
#include "check/dialect.h"
#include "check/project.h"
#include "fuzz.h"
#include "key/key.h"
#include "text/utf8.h"

static const char fields[] =
    "{\"fields\":[{\"name\":\"a\",\"type\":\"string\"},"
    "{\"name\":\"b\",\"type\":\"string\"}]}";

static const char *const projections[] = {
	"{}",
	"{\"extra_columns\":\"drop\"}",
	"{\"extra_columns\":\"drop\",\"mask\":{\"a\":\"last:2\",\"b\":\"star\"}"
	"}",
	"{\"extra_columns\":\"drop\",\"mask\":{\"a\":\"hash\"},"
	"\"only\":{\"b\":[\"x\",\"\"]}}",
	"{\"mask\":{\"b\":\"first:1\"}}",
	"{\"extra_columns\":\"drop\",\"only\":{\"c\":[\"1\",\"x\"]}}",
	"{\"only\":{\"a\":[\"1\",\"x\",\"a\\\"b\"]}}",
	"{\"extra_columns\":\"drop\",\"mask\":{\"b\":\"hash\"}}",
};

/* Made once: only the bytes are foreign. */
static struct schema *schema;
static struct projection projection[8], none;
static struct pseudonym *pseudonym;

static void
make_rules(void)
{
	const uint8_t secret[PSEUDONYM_SECRET] = { 7 };
	struct doc *doc = NULL;
	size_t i;

	FUZZ_HOLD(key_setup(NULL) == FAULT_NONE);
	FUZZ_HOLD(doc_parse(&doc, fields, strlen(fields), NULL) == FAULT_NONE &&
	    schema_parse(&schema, doc_root(doc), "", NULL) == FAULT_NONE);
	doc_free(doc);
	for (i = 0; i < 8; i++) {
		FUZZ_HOLD(doc_parse(&doc, projections[i],
			      strlen(projections[i]), NULL) == FAULT_NONE);
		FUZZ_HOLD(projection_parse(&projection[i], doc_root(doc),
			      schema, "d", NULL) == FAULT_NONE);
		doc_free(doc);
	}
	FUZZ_HOLD(pseudonym_new(&pseudonym, secret, NULL) == FAULT_NONE);
}

struct run {
	struct buf out;
	struct cause why;
	enum fault fault;
	uint64_t ragged;
};

static void
run_all(struct run *r, const struct project_job *job, const void *bytes,
    size_t size, size_t cut)
{
	struct project *p = NULL;
	const char *at = bytes;
	enum fault f;

	memset(r, 0, sizeof(*r));
	r->out.max = 16 * MIB;
	cause_clear(&r->why);
	f = project_new(
	    &p, job, (struct sink){ fuzz_buf_write, &r->out }, &r->why);
	FUZZ_HOLD(f == FAULT_NONE);
	f = project_write(p, at, cut, &r->why);
	if (f == FAULT_NONE)
		f = project_write(p, at + cut, size - cut, &r->why);
	if (f == FAULT_NONE)
		f = project_end(p, &r->why);
	if (f != FAULT_NONE)
		fuzz_refused(f, FAULT_COLUMNS, FAULT_COLUMNS, &r->why);
	r->fault = f;
	r->ragged = project_faults(p);
	project_free(p);
}

/* What left: two columns, its own normal form, proved. */
static void
take(const struct project_job *job, const struct run *left)
{
	struct project_job how = *job;
	struct run again;

	how.dialect.newline = CSV_LF;
	how.projection = &none;
	run_all(&again, &how, buf_text(&left->out), left->out.len, 0);
	FUZZ_HOLD(again.fault == FAULT_NONE && again.ragged == 0);
	fuzz_equal(&left->out, &again.out);
	buf_free(&again.out);
	how.projection = job->projection;
	how.prove = true;
	run_all(&again, &how, buf_text(&left->out), left->out.len, 0);
	FUZZ_HOLD(again.fault == FAULT_NONE && again.ragged == 0);
	FUZZ_HOLD(again.out.len == 0);
	buf_free(&again.out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct project_job job = { .dialect = { ',', '"', CSV_LF, false },
		.file = "f",
		.clause = "d",
		.max_faults = 1 };
	struct run whole, parts;
	size_t cut = 0;

	if (schema == NULL)
		make_rules();
	if (size < 3)
		return 0;
	job.schema = schema;
	job.pseudonym = pseudonym;
	job.projection = &projection[data[0] & 7];
	job.dialect.newline = (data[0] & 8) != 0 ? CSV_CRLF : CSV_LF;
	if ((data[0] & 16) != 0)
		job.dialect.quote = '\0';
	size -= 2;
	size = utf8_valid(data + 2, size);
	cut = data[1] * size / 255;
	run_all(&whole, &job, data + 2, size, size);
	run_all(&parts, &job, data + 2, size, cut);
	FUZZ_HOLD(whole.fault == parts.fault && whole.ragged == parts.ragged);
	FUZZ_HOLD(whole.why.row == parts.why.row &&
	    whole.why.offset == parts.why.offset);
	fuzz_equal(&whole.out, &parts.out);
	if (whole.fault == FAULT_NONE)
		take(&job, &whole);
	buf_free(&whole.out);
	buf_free(&parts.out);
	return 0;
}
