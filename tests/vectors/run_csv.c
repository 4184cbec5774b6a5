/*
 * run_csv: CSV files of others.
 *
 *	run_csv DIR...	folders csv-spectrum, csv-csvkit and the like
 *
 * A folder with csvs/ and json/ holds files that must parse to the JSON beside
 * them.  In any other folder, and the folders in it, each *.csv and *.tsv (each
 * file at all, where there is none: a fuzzer's seeds) is held against our
 *policy (UTF-8, RFC 4180, no NUL, as many fields in each row as in the first):
 *those named below must be refused; for all, both readers must agree to the
 *byte, and what is read and written again is the same file.  Each line of a
 * csv-payload.txt is a formula that must pass through a cell unchanged.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "text/csv.h"
#include "text/doc.h"
#include "text/utf8.h"

#define FILE_MAX (64 * MIB)

static unsigned passed, failed, skipped;

/* Files of csvkit that must be refused, and why. */
static const struct {
	const char *name, *why;
} bad[] = {
	{ "bad.csv", "ragged" },
	{ "null_byte.csv", "NUL" },
	{ "test_utf16_big.csv", "UTF-16" },
	{ "test_utf16_little.csv", "UTF-16" },
	{ "test_latin1.csv", "Latin-1" },
	{ "mac_newlines.csv", "lines end with CR" },
	{ "blanks_ragged.csv", "ragged" },
	{ "dummy_ragged.csv", "ragged" },
	{ "dummy_dialect_ragged.csv", "ragged" },
	{ "test_join_short_rows.csv", "ragged" },
	{ "test_empty_columns.csv", "ragged" },
	{ "test_empty_columns_long_row.csv", "ragged" },
	{ "test_empty_columns_short_row.csv", "ragged" },
};

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

/* One parse of a whole file. */
struct parse {
	struct csv_dialect dialect;
	const char *bytes;
	size_t len;
	struct csv_field field[LIMIT_CSV_COLUMNS];
	size_t n, columns; /* fields of the last record; of the first */
	size_t row, at;
	enum csv_wrong wrong;
	bool ragged;
};

static bool
parse_next(struct parse *p)
{
	size_t used = 0;

	if (p->at == p->len)
		return false;
	p->wrong = csv_record(&p->dialect, p->bytes + p->at, p->len - p->at,
	    true, p->field, LIMIT_CSV_COLUMNS, &p->n, &used);
	p->at += used;
	if (p->wrong != CSV_OK)
		return false;
	p->row++;
	if (p->row == 1)
		p->columns = p->n;
	p->ragged = p->n != p->columns;
	return true;
}

static void
parse_start(struct parse *p, const struct buf *file, char delimiter,
    enum csv_newline newline)
{
	memset(p, 0, sizeof(*p));
	p->dialect = (struct csv_dialect){ delimiter, '"', newline, false };
	p->bytes = buf_text(file);
	p->len = file->len;
}

/* The newline that ends the first record. */
static enum csv_newline
newline_of(const struct buf *file, char delimiter)
{
	static struct parse p;

	parse_start(&p, file, delimiter, CSV_CRLF);
	return parse_next(&p) && p.at >= 2 && p.bytes[p.at - 2] == '\r'
	    ? CSV_CRLF
	    : CSV_LF;
}

/* The mapped reader over the same file must end in the same place. */
static bool
readers_agree(const struct parse *plain, const struct buf *file)
{
	static struct csv_field field[LIMIT_CSV_COLUMNS];
	uint64_t *map = calloc(CSV_MAP_WORDS(file->len) + 1, sizeof(*map));
	enum csv_wrong wrong = CSV_OK;
	struct csv_reader r;
	size_t n = 0, used = 0, rows = 0;

	if (map == NULL)
		exit(1);
	csv_reader_start(&r, &plain->dialect, buf_text(file), file->len, true);
	csv_reader_map(&r, sweep_best(), map);
	while (r.at < r.len && wrong == CSV_OK) {
		wrong =
		    csv_reader_next(&r, field, LIMIT_CSV_COLUMNS, &n, &used);
		rows += wrong == CSV_OK;
	}
	free(map);
	return wrong == plain->wrong && rows == plain->row &&
	    (file->len == 0 || used == plain->at);
}

/* ---- files with their JSON ---- */

/* Upstream, the line ends of newlines_crlf.csv were turned to LF when it was
 * checked in, but not in its JSON: where a file has no CR, none is wanted. */
static bool
same_text(const char *got, const char *want, bool no_cr)
{
	for (; *want != '\0'; want++) {
		if (no_cr && *want == '\r')
			continue;
		if (*got++ != *want)
			return false;
	}
	return *got == '\0';
}

static bool
field_is(const struct parse *p, const struct csv_field *field, const char *text)
{
	char *value = malloc(field->len + 1U);
	bool no_cr = memchr(p->bytes, '\r', p->len) == NULL;
	bool is = false;

	if (value == NULL)
		exit(1);
	value[csv_unquote(&p->dialect, field, value)] = '\0';
	is = text != NULL && same_text(value, text, no_cr);
	free(value);
	return is;
}

/* Header fields are the keys, in order; every record is an object. */
static void
run_rows(const char *name, const struct buf *file, const struct node *rows)
{
	static struct parse head, p;
	size_t i = 0;

	parse_start(&head, file, ',', newline_of(file, ','));
	if (!parse_next(&head)) {
		verdict(false, name, "no header");
		return;
	}
	p = head;
	while (parse_next(&p)) {
		const struct node *row = node_at(rows, p.row - 2);
		bool same = row != NULL && node_count(row) == p.n;

		for (i = 0; same && i < p.n; i++) {
			const struct node *value = NULL;
			const char *key = node_key_at(row, i, &value);

			same = field_is(&p, &head.field[i], key) &&
			    field_is(&p, &p.field[i], node_string(value));
		}
		if (!same) {
			verdict(false, name, "a row differs");
			return;
		}
	}
	if (p.wrong != CSV_OK)
		verdict(false, name, csv_wrong_text(p.wrong));
	else if (p.row - 1 != node_count(rows))
		verdict(false, name, "another number of rows");
	else
		verdict(readers_agree(&p, file), name, "readers differ");
}

static void
run_pair(int dir, const char *name)
{
	struct buf file = BUF_MAX(FILE_MAX), json = BUF_MAX(LIMIT_DOCUMENT);
	char csv_path[200], json_path[200];
	struct cause why = { 0 };
	struct doc *doc = NULL;
	int stem = (int)strcspn(name, ".");

	(void)snprintf(csv_path, sizeof(csv_path), "csvs/%s", name);
	(void)snprintf(
	    json_path, sizeof(json_path), "json/%.*s.json", stem, name);
	if (io_load(&file, dir, csv_path, &why) != FAULT_NONE ||
	    io_load(&json, dir, json_path, &why) != FAULT_NONE ||
	    doc_parse(&doc, json.data, json.len, &why) != FAULT_NONE)
		verdict(false, name, why.detail);
	else
		run_rows(name, &file, doc_root(doc));
	doc_free(doc);
	buf_free(&file);
	buf_free(&json);
}

/* ---- files against our policy ---- */

static bool
is_refused(struct parse *p, const struct buf *file)
{
	if (utf8_valid(file->data, file->len) < file->len)
		return true;
	while (parse_next(p))
		if (p->ragged)
			return true;
	return p->wrong != CSV_OK;
}

static void
write_value(struct buf *out, const char *value, size_t len, bool quoted)
{
	enum fault f = quoted ? buf_puts(out, "\"") : FAULT_NONE;

	for (size_t i = 0; i < len && f == FAULT_NONE; i++)
		f = quoted && value[i] == '"' ? buf_puts(out, "\"\"")
					      : buf_put(out, value + i, 1);
	if (quoted && f == FAULT_NONE)
		f = buf_puts(out, "\"");
	if (f != FAULT_NONE)
		abort();
}

/* A field as it would be written: in quotes when it was. */
static void
write_field(struct buf *out, const struct parse *p, const struct csv_field *f)
{
	char *value = malloc(f->len + 1U);

	if (value == NULL)
		abort();
	write_value(out, value, csv_unquote(&p->dialect, f, value), f->quoted);
	free(value);
}

/* Reads all, and says whether it is the same file when written again. */
static bool
same_again(struct parse *p)
{
	struct buf out = BUF_MAX(2 * FILE_MAX);
	const char *end = p->dialect.newline == CSV_CRLF ? "\r\n" : "\n";
	bool same = false;

	while (parse_next(p)) {
		for (size_t i = 0; i < p->n; i++) {
			if (i > 0 &&
			    buf_put(&out, &p->dialect.delimiter, 1) != 0)
				abort();
			write_field(&out, p, &p->field[i]);
		}
		if (buf_puts(&out, end) != FAULT_NONE)
			abort();
	}
	/* Up to a fault, and but for a last newline that was missing. */
	same = (p->wrong != CSV_OK || out.len == p->len ||
		   out.len == p->len + strlen(end)) &&
	    (out.len == 0 ||
		memcmp(out.data, p->bytes,
		    out.len < p->len ? out.len : p->len) == 0);
	buf_free(&out);
	return same;
}

static void
run_policy(int dir, const char *name, bool top)
{
	struct buf file = BUF_MAX(FILE_MAX);
	static struct parse p;
	const char *reason = NULL;
	clock_t start = clock();
	size_t i = 0, len = strlen(name);
	char delimiter =
	    len > 4 && strcmp(name + len - 4, ".tsv") == 0 ? '\t' : ',';
	enum csv_newline newline = CSV_LF;

	if (io_load(&file, dir, name, NULL) != FAULT_NONE) {
		verdict(false, name, "cannot be read");
		return;
	}
	newline = newline_of(&file, delimiter);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (top && strcmp(bad[i].name, name) == 0)
			reason = bad[i].why;
	parse_start(&p, &file, delimiter, newline);
	if (reason != NULL)
		verdict(is_refused(&p, &file), name, reason);
	parse_start(&p, &file, delimiter, newline);
	if (!same_again(&p))
		verdict(false, name, "written again it is another");
	else if (clock() - start > CLOCKS_PER_SEC)
		verdict(false, name, "took more than a second");
	else
		verdict(readers_agree(&p, &file), name, "readers differ");
	buf_free(&file);
}

/* ---- formulas ---- */

/* As the only cell of a row, in quotes: nothing makes it harmless in silence,
 * for then it would be another file than was signed. */
static void
run_formula(const char *text)
{
	static struct parse p;
	struct buf row = BUF_MAX(MIB);

	write_value(&row, text, strlen(text), true);
	if (buf_puts(&row, "\n") != FAULT_NONE)
		abort();
	parse_start(&p, &row, ',', CSV_LF);
	verdict(parse_next(&p) && p.n == 1 && field_is(&p, &p.field[0], text) &&
		p.at == row.len,
	    text, "changed on its way");
	buf_free(&row);
}

static void
run_formulas(int dir)
{
	struct buf file = BUF_MAX(FILE_MAX);
	char *line = NULL;
	char *rest = NULL;

	if (io_load(&file, dir, "csv-payload.txt", NULL) == FAULT_NONE)
		rest = (char *)file.data;
	while ((line = strsep(&rest, "\n")) != NULL)
		if (line[0] != '\0')
			run_formula(line);
	buf_free(&file);
}

/* ---- folders ---- */

static bool
is_csv(const char *name)
{
	size_t len = strlen(name);

	return len > 4 &&
	    (strcmp(name + len - 4, ".csv") == 0 ||
		strcmp(name + len - 4, ".tsv") == 0);
}

/* How many CSV files there were, here and below. */
static size_t
run_tree(int at, const char *path, bool top)
{
	struct io_names names = { NULL, 0 };
	size_t n = 0;
	int dir = -1;

	if (io_opendir(&dir, at, path, NULL) != FAULT_NONE)
		return 0;
	if (io_names(&names, dir, ".", 100000, NULL) != FAULT_NONE)
		abort();
	for (size_t i = 0; i < names.n; i++)
		if (is_csv(names.name[i])) {
			run_policy(dir, names.name[i], top);
			n++;
		} else
			n += run_tree(dir, names.name[i], false);
	io_names_free(&names);
	(void)close(dir);
	return n;
}

static void
run_folder(const char *path)
{
	struct io_names pairs = { NULL, 0 }, files = { NULL, 0 };
	struct cause why = { 0 };
	int dir = -1;
	size_t i = 0;

	if (io_opendir(&dir, AT_FDCWD, path, &why) != FAULT_NONE) {
		printf("# %s is not there: skipped\n", path);
		skipped++;
		return;
	}
	if (io_names(&pairs, dir, "csvs", 10000, &why) != FAULT_NONE ||
	    io_names(&files, dir, ".", 100000, &why) != FAULT_NONE)
		verdict(false, path, why.detail);
	for (i = 0; i < pairs.n; i++)
		run_pair(dir, pairs.name[i]);
	run_formulas(dir);
	/* Neither of these kinds: then all of it is taken for CSV. */
	if (pairs.n == 0 && run_tree(dir, ".", true) == 0 && passed == 0)
		for (i = 0; i < files.n; i++)
			run_policy(dir, files.name[i], true);
	io_names_free(&pairs);
	io_names_free(&files);
	(void)close(dir);
}

int
main(int argc, char **argv)
{
	int i = 0;

	if (argc < 2) {
		fprintf(stderr, "usage: run_csv DIR...\n");
		return 2;
	}
	for (i = 1; i < argc; i++)
		run_folder(argv[i]);
	printf("%u passed, %u failed, %u skipped\n", passed, failed, skipped);
	return failed == 0 ? 0 : 1;
}
