/*
 * The engine with vectors and without: faults, counts, warnings and totals of a
 * file must be the same, whatever is wrong with it.
 */
#include <stdbool.h>
#include <stdlib.h>

#include "check/table.h"
#include "tap.h"

#define FILES 150
#define CAUSES 200
#define CELLS 8
#define ROW_MAX 700

static const char schema_text[] =
    "{\"fields\":["
    "{\"name\":\"id\",\"type\":\"string\",\"constraints\":{\"required\":true,"
    "\"pattern\":\"^[A-Z0-9-]{4,20}$\"}},"
    "{\"name\":\"nik\",\"type\":\"string\","
    "\"constraints\":{\"pattern\":\"^[0-9]{16}$\"}},"
    "{\"name\":\"passport\",\"type\":\"string\","
    "\"constraints\":{\"pattern\":\"^[A-Z]{1,2}[0-9]{6,7}$\"}},"
    "{\"name\":\"name\",\"type\":\"string\","
    "\"constraints\":{\"minLength\":2,\"maxLength\":30}},"
    "{\"name\":\"born\",\"type\":\"date\",\"format\":\"%d-%m-%Y\","
    "\"constraints\":{\"minimum\":\"01-01-1900\"}},"
    "{\"name\":\"sex\",\"type\":\"string\","
    "\"constraints\":{\"enum\":[\"L\",\"P\"]}},"
    "{\"name\":\"fee\",\"type\":\"integer\"},"
    "{\"name\":\"at\",\"type\":\"datetime\"}],"
    "\"missingValues\":[\"\"],\"primaryKey\":\"id\"}";

static const char totals_text[] =
    "[\"rows\",{\"count_by\":\"sex\"},{\"sum\":\"fee\"}]";

static const char *const samples[CELLS][4] = {
	{ "P-0001", "ABCDEFGHIJ0123456789", "AAAA", "X-9" },
	{ "3171234567890123", "0000000000000000", "", "9999999999999999" },
	{ "A1234567", "AB123456", "", "ZZ9999999" },
	{ "NUR'AINI", "\xc3\x89lodie \xe4\xb8\xad\xe6\x96\x87", "\"a;b\"",
	    "\"said \"\"yes\"\"\"" },
	{ "08-01-1990", "29-02-2000", "31-12-2024", "" },
	{ "L", "P", "P", "" },
	{ "0", "1234567890", "-17", "" },
	{ "2020-03-21T16:21:39Z", "1970-01-01T00:00:00+07:00", "",
	    "2024-12-31T23:59:59.5Z" },
};

static unsigned seed = 3;

static unsigned
chance(unsigned below)
{
	return (unsigned)rand_r(&seed) % below;
}

/* One row; of "odds" cells one has a byte changed, of a hundred times as many
 * one has one that breaks the structure. */
static size_t
row_put(char *out, unsigned number, unsigned odds)
{
	static const char near[] = "0123456789/:@AZ[az- .TZ\x7f";
	static const char bad[] = "\"\n\r\x80\xff;";
	size_t at = 0, c = 0, i = 0, len = 0;

	for (c = 0; c < CELLS; c++) {
		const char *cell = samples[c][chance(4)];

		len = strlen(cell);
		memcpy(out + at, cell, len);
		if (c == 0 && (odds > 5000 || chance(20) > 0))
			len = (size_t)snprintf(out + at, 20, "P%07u", number);
		for (i = 0; len > 0 && i < 2; i++)
			if (chance(odds) == 0)
				out[at + chance((unsigned)len)] =
				    near[chance(sizeof(near) - 1)];
		if (len > 0 && chance(odds * 100) == 0)
			out[at + chance((unsigned)len)] =
			    bad[chance(sizeof(bad) - 1)];
		at += len;
		out[at++] = c + 1 < CELLS ? ';' : '\n';
	}
	return at;
}

struct text {
	char *bytes;
	size_t len, at;
};

static void
text_make(struct text *t, unsigned rows, unsigned odds)
{
	static const char names[] = "id;nik;passport;name;born;sex;fee;at\n";
	unsigned i = 0;

	t->bytes = malloc(sizeof(names) + (size_t)rows * ROW_MAX);
	if (t->bytes == NULL)
		exit(1);
	t->len = strlen(names);
	memcpy(t->bytes, names, t->len);
	for (i = 0; i < rows; i++)
		t->len += row_put(t->bytes + t->len, i, odds);
}

static enum fault
text_read(void *self, void *bytes, size_t cap, size_t *got, struct cause *why)
{
	struct text *t = self;

	(void)why;
	*got = t->len - t->at < cap ? t->len - t->at : cap;
	memcpy(bytes, t->bytes + t->at, *got);
	t->at += *got;
	return FAULT_NONE;
}

struct run {
	struct table *table;
	enum fault fault;
	struct totals totals;
};

static void
run_text(
    struct run *r, const struct table_job *job, struct text *text, bool scalar)
{
	struct source again = { text_read, text };
	enum fault fault = FAULT_NONE;
	size_t at = 0, n = 0;

	memset(r, 0, sizeof(*r));
	text->at = 0;
	if (table_new(&r->table, job, NULL) != FAULT_NONE)
		exit(1);
	if (scalar)
		table_scalar(r->table);
	for (; at < text->len && fault == FAULT_NONE; at += n) {
		n = text->len - at < 4099 ? text->len - at : 4099;
		fault = table_write(r->table, text->bytes + at, n, NULL);
	}
	r->fault = table_finish(r->table, again, NULL);
	table_totals(r->table, &r->totals);
}

static void
run_free(struct run *r)
{
	table_free(r->table);
	totals_free(&r->totals);
}

static bool
same_causes(const struct cause *a, const struct cause *b, size_t n)
{
	size_t i = 0;

	for (i = 0; i < n; i++)
		if (a[i].fault != b[i].fault || a[i].row != b[i].row ||
		    a[i].offset != b[i].offset ||
		    strcmp(a[i].column, b[i].column) != 0 ||
		    strcmp(a[i].rule, b[i].rule) != 0 ||
		    strcmp(a[i].detail, b[i].detail) != 0)
			return false;
	return true;
}

static bool
same_run(const struct run *a, const struct run *b)
{
	const struct cause *ca = NULL, *cb = NULL;
	size_t n = table_causes(a->table, &ca);

	if (a->fault != b->fault || n != table_causes(b->table, &cb) ||
	    !same_causes(ca, cb, n) ||
	    table_rows(a->table) != table_rows(b->table) ||
	    table_faults(a->table) != table_faults(b->table))
		return false;
	n = table_warning_causes(a->table, &ca);
	if (n != table_warning_causes(b->table, &cb) ||
	    !same_causes(ca, cb, n) ||
	    table_warnings(a->table) != table_warnings(b->table))
		return false;
	return totals_compare(&a->totals, &b->totals, NULL) == FAULT_NONE;
}

/* A text through both; what came of it is counted in n by fault. */
static bool
holds(const struct table_job *job, unsigned i, unsigned *n)
{
	static const unsigned odds[] = { 5, 100, 3000, 1000000 };
	unsigned rows = 1 + chance(i % 10 == 0 ? 9000 : 300);
	struct run scalar, vector;
	struct text text = { NULL, 0, 0 };
	bool same = false;

	text_make(&text, rows, odds[i % 4]);
	run_text(&scalar, job, &text, true);
	run_text(&vector, job, &text, false);
	same = same_run(&scalar, &vector);
	n[scalar.fault]++;
	run_free(&scalar);
	run_free(&vector);
	free(text.bytes);
	return same;
}

int
main(void)
{
	struct table_job job = { .file = "f.csv",
		.clause = "D",
		.dialect = { ';', '"', CSV_LF, false },
		.max_faults = CAUSES,
		.threads = 2 };
	struct totals_spec totals = { 0 };
	struct doc *d = NULL, *e = NULL;
	struct schema *schema = NULL;
	unsigned n[1000] = { 0 }, wrong = 0, i = 0;

	TAP_INT(
	    doc_parse(&d, schema_text, strlen(schema_text), NULL), FAULT_NONE);
	TAP_INT(schema_parse(&schema, doc_root(d), "S", NULL), FAULT_NONE);
	TAP_INT(
	    doc_parse(&e, totals_text, strlen(totals_text), NULL), FAULT_NONE);
	TAP_INT(
	    totals_parse(&totals, doc_root(e), schema, "T", NULL), FAULT_NONE);
	job.schema = schema;
	job.totals = &totals;
	for (i = 0; i < FILES; i++)
		wrong += !holds(&job, i, n);
	TAP_INT(wrong, 0);
	/* All kinds of files were among them. */
	TAP_OK(n[FAULT_NONE] > 0 && n[FAULT_VALUE] > 0);
	TAP_OK(n[FAULT_COLUMNS] > 0 && n[FAULT_ENCODING] > 0);
	schema_free(schema);
	doc_free(d);
	doc_free(e);
	return TAP_DONE();
}
