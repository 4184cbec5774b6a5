/*
 * run_table: whole files as others judge them, held against the table engine.
 *
 * usage: run_table DIR
 *
 * DIR is the folder table-schema: frictionless-reports.json names files of
 * ../frictionless-py and says what Frictionless finds in each, by row, field
 * and kind; frictionless-reports-inline.json holds its tables itself.  A valid
 * file must pass; of any other every value that is named must be found, and
 * where Frictionless goes on after a broken row (we stop) its first.  Any other
 * folder: each *.csv and *.tsv in it and below, with a schema of its own
 * header's names, must be judged by the engine as by the plain record reader.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "check/table.h"
#include "key/key.h"
#include "text/doc.h"
#include "text/utf8.h"
#include "text/writer.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define FILE_MAX (64 * MIB)
#define FAULTS_MAX 64

/* Reports that we answer otherwise, by file and Frictionless's first word. */
static const struct exception {
	const char *file, *word, *reason;
} exceptions[] = {
	{ "data/nested.csv", "valid",
	    "foreignKeys lead to code lists only: refused by name" },
	{ "data/issue-833.csv", "valid",
	    "type array is not in our subset: refused by name" },
	{ "inline", "primary-key", "a key's cell may not be missing" },
};

static unsigned passed, failed, skipped;
static unsigned nameless; /* files whose columns no schema can name */

static void
verdict(bool ok, const char *what, const char *why)
{
	if (ok) {
		passed++;
		return;
	}
	failed++;
	printf("FAILED %s: %s\n", what, why);
}

/* ---- files and schemas ---- */

static struct doc *
load(int dir, const char *name)
{
	struct buf b = BUF_MAX(FILE_MAX);
	struct doc *d = NULL;

	if (io_load(&b, dir, name, NULL) == FAULT_NONE)
		(void)!doc_parse(&d, b.data, b.len, NULL);
	buf_free(&b);
	return d;
}

/* The newline that ends the first record, and the record itself. */
static size_t
header_of(struct csv_dialect *d, const struct buf *file, char delimiter,
    struct csv_field field[LIMIT_CSV_COLUMNS])
{
	const char *bytes = buf_text(file);
	size_t n = 0, used = 0;

	*d = (struct csv_dialect){ delimiter, '"', CSV_CRLF, false };
	if (csv_record(d, bytes, file->len, true, field, LIMIT_CSV_COLUMNS, &n,
		&used) == CSV_OK &&
	    used >= 2 && bytes[used - 2] == '\r')
		return n;
	d->newline = CSV_LF;
	if (file->len == 0 ||
	    csv_record(d, bytes, file->len, true, field, LIMIT_CSV_COLUMNS, &n,
		&used) != CSV_OK)
		return 0;
	return n;
}

/* Strings under the header's own names; NULL where they name nothing. */
static struct doc *
schema_of(
    const struct csv_dialect *dialect, const struct csv_field *field, size_t n)
{
	struct writer *w = NULL;
	struct buf b = BUF_MAX(FILE_MAX);
	struct doc *d = NULL;

	if (writer_new(&w, false) != FAULT_NONE)
		abort();
	writer_open(w, NULL, NODE_OBJECT);
	writer_open(w, "fields", NODE_ARRAY);
	for (size_t i = 0; i < n; i++) {
		char *name = malloc(field[i].len + 1U);

		if (name == NULL)
			abort();
		name[csv_unquote(dialect, &field[i], name)] = '\0';
		writer_open(w, NULL, NODE_OBJECT);
		writer_string(w, "name", name);
		writer_string(w, "type", "string");
		writer_close(w);
		free(name);
	}
	writer_close(w);
	writer_close(w);
	if (writer_finish(w, &b) == FAULT_NONE)
		(void)!doc_parse(&d, b.data, b.len, NULL);
	writer_free(w);
	buf_free(&b);
	return d;
}

/* ---- the engine ---- */

struct memory {
	const struct buf *file;
	size_t at;
};

static enum fault
memory_read(void *self, void *bytes, size_t cap, size_t *got, struct cause *why)
{
	struct memory *m = self;
	size_t left = m->file->len - m->at;

	(void)why;
	*got = left < cap ? left : cap;
	memcpy(bytes, buf_text(m->file) + m->at, *got);
	m->at += *got;
	return FAULT_NONE;
}

/* What the engine said. */
struct said {
	enum fault fault;
	struct cause cause[FAULTS_MAX];
	size_t n;
	uint64_t rows;
};

static void
run_once(struct said *out, const struct schema *s,
    const struct csv_dialect *dialect, const struct buf *file, bool scalar)
{
	struct table_job job = { .schema = s,
		.dialect = *dialect,
		.file = "file",
		.clause = "D",
		.max_faults = FAULTS_MAX,
		.threads = 2 };
	struct memory m = { file, 0 };
	const struct cause *cause = NULL;
	struct table *t = NULL;
	struct cause why;
	enum fault f = FAULT_NONE;

	memset(out, 0, sizeof(*out));
	cause_clear(&why);
	if (table_new(&t, &job, &why) != FAULT_NONE)
		abort();
	if (scalar)
		table_scalar(t);
	/* In pieces that divide nothing. */
	for (size_t at = 0; f == FAULT_NONE && at < file->len; at += 97)
		f = table_write(t, buf_text(file) + at,
		    file->len - at < 97 ? file->len - at : 97, &why);
	out->fault = table_finish(t, (struct source){ memory_read, &m }, &why);
	out->rows = table_rows(t);
	out->n = table_causes(t, &cause);
	if (out->n > FAULTS_MAX)
		out->n = FAULTS_MAX;
	if (out->n > 0)
		memcpy(out->cause, cause, out->n * sizeof(*cause));
	table_free(t);
}

static bool
same_cause(const struct cause *a, const struct cause *b)
{
	return a->fault == b->fault && a->row == b->row &&
	    a->offset == b->offset && strcmp(a->column, b->column) == 0 &&
	    strcmp(a->rule, b->rule) == 0 && strcmp(a->detail, b->detail) == 0;
}

/* With vectors and without, which must come out the same. */
static void
run_engine(struct said *out, const struct schema *s,
    const struct csv_dialect *dialect, const struct buf *file)
{
	static struct said scalar;
	bool same = false;

	run_once(&scalar, s, dialect, file, true);
	run_once(out, s, dialect, file, false);
	same = scalar.fault == out->fault && scalar.rows == out->rows &&
	    scalar.n == out->n;
	for (size_t i = 0; same && i < out->n; i++)
		same = same_cause(&scalar.cause[i], &out->cause[i]);
	if (!same)
		verdict(false, "vectors", "differ from the scalar engine");
}

/* ---- reports ---- */

/* One line of a report: [row or null, field or null, kind]. */
struct line {
	uint64_t row;
	size_t field; /* from 1; 0 = none */
	const char *kind;
};

static struct line
line_at(const struct node *expect, size_t i)
{
	const struct node *node = node_at(expect, i);
	struct line l = { 0, 0, node_string(node_at(node, 2)) };

	if (node_type(node_at(node, 0)) == NODE_INTEGER)
		l.row = (uint64_t)node_integer(node_at(node, 0));
	if (node_type(node_at(node, 1)) == NODE_INTEGER)
		l.field = (size_t)node_integer(node_at(node, 1));
	return l;
}

static bool
is_kind(const char *kind, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(kind, list[i]) == 0)
			return true;
	return false;
}

static bool
said_at(const struct said *said, const struct line *l, const char *column)
{
	for (size_t i = 0; i < said->n; i++)
		if (said->cause[i].row == l->row &&
		    (l->field == 0 ||
			strcmp(said->cause[i].column, column) == 0))
			return true;
	return false;
}

/* Whether what Frictionless names is what the engine says. */
static bool
line_holds(const struct line *l, const struct said *said,
    const struct schema *s, const struct node *resource, size_t bytes)
{
	static const char *const labels[] = { "blank-label",
		"duplicate-label" };
	static const char *const rows[] = { "missing-cell", "extra-cell",
		"source-error" };

	/* No schema of ours names such columns. */
	if (is_kind(l->kind, labels, COUNT(labels)))
		return s == NULL;
	if (strcmp(l->kind, "byte-count") == 0)
		return bytes != (size_t)node_int(resource, "bytes", -1);
	if (strcmp(l->kind, "row-count") == 0)
		return said->rows != (uint64_t)node_int(resource, "rows", -1);
	/* A row of empty cells is a row: what must be there is "required". */
	if (strcmp(l->kind, "blank-row") == 0)
		return true;
	/* No agreement has such columns, so no row is looked at. */
	if (s == NULL)
		return node_get(resource, "schema") == NULL;
	if (is_kind(l->kind, rows, COUNT(rows)))
		return said->fault == FAULT_COLUMNS &&
		    (l->row == 0 || said->cause[0].row == l->row);
	/* type-error, constraint-error, unique-error, primary-key */
	return said_at(said, l,
	    l->field > 0 && l->field <= schema_count(s)
		? schema_name(s, l->field - 1)
		: "");
}

static void
judge(const char *name, const struct node *report, const struct said *said,
    const struct schema *s, size_t bytes)
{
	static const char *const broken[] = { "missing-cell", "extra-cell",
		"blank-label", "duplicate-label" };
	const struct node *expect = node_get(report, "expect");
	const struct node *resource = node_get(report, "resource");
	const char *word = node_string(expect);

	if (word == NULL)
		word = line_at(expect, 0).kind;
	for (size_t i = 0; i < COUNT(exceptions); i++)
		if (strcmp(exceptions[i].file, name) == 0 &&
		    strcmp(exceptions[i].word, word) == 0) {
			printf(
			    "# stricter: %s: %s\n", name, exceptions[i].reason);
			verdict(s == NULL || said->fault != FAULT_NONE, name,
			    "taken");
			return;
		}
	if (node_string(expect) != NULL) {
		verdict(s != NULL && said->fault == FAULT_NONE, name,
		    s == NULL ? "no schema" : said->cause[0].detail);
		return;
	}
	for (size_t i = 0; i < node_count(expect); i++) {
		struct line l = line_at(expect, i);

		if (!line_holds(&l, said, s, resource, bytes)) {
			printf("# %s: row %llu, field %zu, %s\n", name,
			    (unsigned long long)l.row, l.field, l.kind);
			verdict(false, name, said->cause[0].detail);
			return;
		}
		/* Here we have stopped. */
		if (is_kind(l.kind, broken, COUNT(broken)))
			break;
	}
	passed++;
}

static void
run_bytes(int dir, const char *name, const struct node *report,
    const struct buf *file)
{
	static struct csv_field field[LIMIT_CSV_COLUMNS];
	const struct node *resource = node_get(report, "resource");
	const struct node *node = node_get(resource, "schema");
	struct csv_dialect dialect;
	static struct said said;
	struct schema *s = NULL;
	struct doc *d = NULL;
	size_t n = header_of(&dialect, file, ',', field);

	if (node_string(node) != NULL)
		d = load(dir, node_string(node));
	else if (node == NULL)
		d = schema_of(&dialect, field, n);
	if (d != NULL)
		node = doc_root(d);
	memset(&said, 0, sizeof(said));
	/* An empty file has no header to make a schema of. */
	if (n == 0)
		said.fault = FAULT_COLUMNS;
	else if (node != NULL &&
	    schema_parse(&s, node, "S", NULL) == FAULT_NONE)
		run_engine(&said, s, &dialect, file);
	if (n == 0)
		verdict(node_string(node_get(report, "expect")) == NULL, name,
		    "empty");
	else
		judge(name, report, &said, s, file->len);
	schema_free(s);
	doc_free(d);
}

/* A table within the report; what is missing in a row is empty. */
static void
inline_put(struct buf *out, const struct node *data)
{
	size_t columns = node_count(node_at(data, 0));
	enum fault f = FAULT_NONE;

	for (size_t i = 0; i < node_count(data); i++) {
		for (size_t j = 0; j < columns && f == FAULT_NONE; j++) {
			const struct node *cell = node_at(node_at(data, i), j);
			const char *text = node_string(cell);

			if (cell != NULL && node_type(cell) == NODE_INTEGER)
				f = buf_putf(
				    out, "%lld", (long long)node_integer(cell));
			else
				f = buf_puts(out, text != NULL ? text : "");
			if (f == FAULT_NONE)
				f = buf_puts(out, j + 1 < columns ? "," : "\n");
		}
	}
	if (f != FAULT_NONE)
		abort();
}

static void
run_report(int dir, const struct node *report)
{
	const struct node *resource = node_get(report, "resource");
	const char *path = node_text(resource, "path");
	struct buf file = BUF_MAX(FILE_MAX);
	bool there = true;

	if (path == NULL)
		inline_put(&file, node_get(resource, "data"));
	else
		there = io_load(&file, dir, path, NULL) == FAULT_NONE;
	if (there)
		run_bytes(dir, path != NULL ? path : "inline", report, &file);
	else {
		printf("SKIPPED %s: it is not in this folder\n", path);
		skipped++;
	}
	buf_free(&file);
}

static void
run_reports(int dir, const char *name)
{
	struct doc *d = load(dir, name);
	int data = -1;

	if (d == NULL)
		return;
	if (io_opendir(&data, dir, "../frictionless-py", NULL) != FAULT_NONE)
		printf("# there is no frictionless-py beside it\n");
	for (size_t i = 0; i < node_count(doc_root(d)); i++)
		run_report(data, node_at(doc_root(d), i));
	doc_free(d);
	if (data >= 0)
		(void)close(data);
}

/* ---- any CSV ---- */

/* The plain reader's word: FAULT_NONE, or a fault and the record it is in. */
static enum fault
plain(const struct csv_dialect *d, const struct buf *file, uint64_t *row)
{
	static struct csv_field field[LIMIT_CSV_COLUMNS];
	const char *bytes = buf_text(file);
	size_t bad = utf8_valid(bytes, file->len);
	size_t at = 0, n = 0, used = 0, columns = 0;

	for (*row = 1; at < file->len; (*row)++) {
		enum csv_wrong wrong = csv_record(d, bytes + at, file->len - at,
		    true, field, LIMIT_CSV_COLUMNS, &n, &used);

		/* The engine looks at the text before it looks at records. */
		if (bad < at + used)
			return FAULT_ENCODING;
		if (wrong != CSV_OK || (*row > 1 && n != columns))
			return FAULT_COLUMNS;
		columns = n;
		at += used;
	}
	return bad < file->len ? FAULT_ENCODING : FAULT_NONE;
}

static void
run_file(int dir, const char *name)
{
	static struct csv_field field[LIMIT_CSV_COLUMNS];
	struct buf file = BUF_MAX(FILE_MAX);
	size_t len = strlen(name);
	char delimiter = strcmp(name + len - 4, ".tsv") == 0 ? '\t' : ',';
	struct csv_dialect dialect;
	static struct said said;
	struct schema *s = NULL;
	struct doc *d = NULL;
	enum fault want = FAULT_NONE;
	uint64_t row = 0;
	size_t n = 0;

	if (io_load(&file, dir, name, NULL) != FAULT_NONE) {
		verdict(false, name, "cannot be read");
		return;
	}
	n = header_of(&dialect, &file, delimiter, field);
	d = n > 0 ? schema_of(&dialect, field, n) : NULL;
	/* Names that no agreement can have, none, or no UTF-8: refused. */
	if (d == NULL ||
	    schema_parse(&s, doc_root(d), "S", NULL) != FAULT_NONE) {
		passed++;
		nameless++;
		goto out;
	}
	want = plain(&dialect, &file, &row);
	run_engine(&said, s, &dialect, &file);
	if (want == FAULT_NONE)
		verdict(said.fault == FAULT_NONE && said.rows + 2 == row, name,
		    said.cause[0].detail);
	else
		verdict((said.fault == FAULT_COLUMNS ||
			    said.fault == FAULT_ENCODING) &&
			said.n > 0 && said.cause[0].row == row,
		    name, said.cause[0].detail);
out:
	schema_free(s);
	doc_free(d);
	buf_free(&file);
}

static void
run_tree(int at, const char *path)
{
	struct io_names names = { NULL, 0 };
	int dir = -1;

	if (io_opendir(&dir, at, path, NULL) != FAULT_NONE)
		return;
	if (io_names(&names, dir, ".", 100000, NULL) != FAULT_NONE)
		abort();
	for (size_t i = 0; i < names.n; i++) {
		size_t len = strlen(names.name[i]);
		const char *end = len > 4 ? names.name[i] + len - 4 : "";

		if (strcmp(end, ".csv") == 0 || strcmp(end, ".tsv") == 0)
			run_file(dir, names.name[i]);
		else
			run_tree(dir, names.name[i]);
	}
	io_names_free(&names);
	(void)close(dir);
}

int
main(int argc, char **argv)
{
	int dir = -1;

	if (argc != 2) {
		fprintf(stderr, "usage: run_table DIR\n");
		return 2;
	}
	if (key_setup(NULL) != FAULT_NONE ||
	    io_opendir(&dir, AT_FDCWD, argv[1], NULL) != FAULT_NONE) {
		fprintf(stderr, "run_table: %s: cannot be read\n", argv[1]);
		return 2;
	}
	run_reports(dir, "frictionless-reports.json");
	run_reports(dir, "frictionless-reports-inline.json");
	run_tree(dir, ".");
	printf("# files whose columns no agreement can name: %u\n", nameless);
	printf("%u passed, %u failed, %u skipped\n", passed, failed, skipped);
	return failed > 0 || passed == 0 ? 1 : 0;
}
