/*
 * run_schema: Table Schema as others test it, held against lib/check.
 *
 *	run_schema DIR	the folder table-schema of the corpora
 *
 * Cells, constraints by type, constraint cells and whole schemas.  What this
 * version does not support must be refused by name (FAULT_FORMAT with a
 * clause); where we are stricter on purpose the table below says why, and a
 * line of it that no case needs is a failure too.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/limits.h"
#include "check/schema.h"
#include "text/doc.h"
#include "text/writer.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static unsigned passed;
static unsigned failed;
static unsigned skipped;

/* Cells that others take and we refuse. */
struct stricter {
	const char *type;
	const char *source;
	const char *why;
	unsigned used;
};

static struct stricter stricter[] = {
	{ "integer", " 01 ", "blanks are not part of a number", 0 },
	{ "number", " 01 ", "blanks are not part of a number", 0 },
	{ "datetime", "2014-01-01T06:00:00",
	    "without a zone the time is not known", 0 },
	{ "time", "06:00:00Z", "a time of day has no zone", 0 },
	{ "time", "06:00:00+01:00", "a time of day has no zone", 0 },
};

/* Schemas that others take, and where we refuse them: another package or file
 * of foreignKeys, a type that is not in our subset, a format that is empty or
 * "binary". */
static const struct refused {
	const char *file, *clause;
} refused[] = {
	{ "tableschema-py/schema_valid_fk_array.json",
	    ".reference.datapackage" },
	{ "tableschema-py/schema_valid_full.json", "[photo].format" },
	{ "tableschema-java/foreignkeys/schema_valid_fk_array.json",
	    ".reference.resource" },
	{ "tableschema-java/foreignkeys/schema_valid_fk_string.json",
	    "[home_location].type" },
	{ "goodtables-py/contacts/schema_valid.json", "[first_name].format" },
	{ "goodtables-py/contacts/schema_valid_not_field_order.json",
	    "[last_name].format" },
	{ "goodtables-py/schema_valid_full.json", "].format" },
	{ "../frictionless-py/data/schema-valid-fk-array.json",
	    ".reference.datapackage" },
	{ "../frictionless-py/data/schema-valid-full.json", "[photo].format" },
};

static void
verdict(bool ok, const char *what, const char *detail)
{
	if (ok) {
		passed++;
		return;
	}
	failed++;
	printf("FAILED %s: %s\n", what, detail);
}

/* NULL when the file is not there: parts of the corpora may be held back. */
static struct doc *
load(int dir, const char *name)
{
	struct buf b = BUF_MAX(LIMIT_CONTENTS);
	struct doc *d = NULL;
	struct cause why = { 0 };
	enum fault f = io_load(&b, dir, name, &why);

	if (f == FAULT_ABSENT) {
		printf("# %s is not there: skipped\n", name);
		skipped++;
	} else if (f != FAULT_NONE) {
		verdict(false, name, "cannot be read");
	} else if (doc_parse(&d, b.data, b.len, &why) != FAULT_NONE) {
		verdict(false, name, why.detail);
	}
	buf_free(&b);
	return d;
}

/* A field descriptor from a case's type, format, options or constraints. */
static struct doc *
field_of(const struct node *node)
{
	struct writer *w = NULL;
	struct buf b = BUF_MAX(64 * KIB);
	struct doc *d = NULL;
	const struct node *value = NULL;
	const char *key = NULL;
	void *it = NULL;
	const struct node *options = node_get(node, "options");

	if (writer_new(&w, false) != FAULT_NONE)
		abort();
	writer_open(w, NULL, NODE_OBJECT);
	writer_string(w, "name", "name");
	writer_string(w, "type", node_text(node, "type"));
	if (node_text(node, "format") != NULL)
		writer_string(w, "format", node_text(node, "format"));
	while (options != NULL && node_each(options, &it, &key, &value))
		writer_node(w, key, value);
	if (node_get(node, "constraints") != NULL)
		writer_node(w, "constraints", node_get(node, "constraints"));
	writer_close(w);
	if (writer_finish(w, &b) != FAULT_NONE ||
	    doc_parse(&d, b.data, b.len, NULL) != FAULT_NONE)
		abort();
	writer_free(w);
	buf_free(&b);
	return d;
}

/* Whether this version promises to take such a descriptor. */
static bool
supported(const struct node *node)
{
	static const char *const types[] = { "string", "integer", "number",
		"boolean", "date", "datetime", "time", "year", "yearmonth",
		"duration" };
	static const char *const formats[] = { "default", "email", "uri",
		"%H:%M", "%M:%H" };
	const char *type = node_text(node, "type");
	const char *format = node_text(node, "format");
	size_t i = 0;

	for (i = 0; i < COUNT(types); i++)
		if (strcmp(type, types[i]) == 0)
			break;
	if (i == COUNT(types) ||
	    !node_bool(node_get(node, "options"), "bareNumber", true))
		return false;
	/* Other formats of dates have two digits of a year. */
	for (i = 0; format != NULL && i < COUNT(formats); i++)
		if (strcmp(format, formats[i]) == 0)
			return true;
	return format == NULL;
}

static bool
stricter_on_purpose(const char *type, const char *source)
{
	size_t i = 0;

	for (i = 0; i < COUNT(stricter); i++) {
		if (strcmp(stricter[i].type, type) == 0 &&
		    strcmp(stricter[i].source, source) == 0) {
			stricter[i].used++;
			return true;
		}
	}
	return false;
}

static void
run_cell(const struct node *node)
{
	struct doc *field = field_of(node);
	struct column *c = NULL;
	struct cause why = { 0 };
	const char *source = node_text(node, "source");
	bool want = node_bool(node, "valid", false);
	bool ok = false;
	char what[160];
	enum fault f = column_parse(&c, doc_root(field), "F", &why);

	(void)snprintf(what, sizeof(what), "cell %s %s \"%s\"",
	    node_text(node, "type"), node_text(node, "format"), source);
	if (!supported(node)) {
		verdict(f == FAULT_FORMAT && c == NULL &&
			strncmp(why.clause, "F.", 2) == 0,
		    what, "not refused by name");
	} else if (f != FAULT_NONE) {
		verdict(false, what, why.detail);
	} else {
		/* An empty cell is missing: it casts to no value. */
		ok = source[0] != '\0' &&
		    value_check(c, source, strlen(source)) == VALUE_OK;
		if (want && !ok)
			ok = stricter_on_purpose(
			    node_text(node, "type"), source);
		verdict(ok == want, what, want ? "refused" : "taken");
	}
	column_free(c);
	doc_free(field);
}

static void
run_constraint_type(const struct node *node)
{
	struct doc *field = field_of(node);
	struct column *c = NULL;
	struct cause why = { 0 };
	bool want =
	    supported(node) && node_bool(node, "descriptor_valid", false);
	char what[160];
	enum fault f = column_parse(&c, doc_root(field), "F", &why);

	(void)snprintf(what, sizeof(what), "constraint of type %s",
	    node_text(node, "type"));
	verdict(want ? f == FAULT_NONE : f == FAULT_FORMAT && why.clause[0],
	    what, want ? why.detail : "not refused by name");
	column_free(c);
	doc_free(field);
}

/* A schema of one field; the field's missingValues are the schema's. */
static struct doc *
schema_of(const struct node *field)
{
	struct writer *w = NULL;
	struct buf b = BUF_MAX(64 * KIB);
	struct doc *d = NULL;
	const struct node *value = NULL;
	const char *key = NULL;
	void *it = NULL;

	if (writer_new(&w, false) != FAULT_NONE)
		abort();
	writer_open(w, NULL, NODE_OBJECT);
	writer_open(w, "fields", NODE_ARRAY);
	writer_open(w, NULL, NODE_OBJECT);
	while (node_each(field, &it, &key, &value))
		if (strcmp(key, "missingValues") != 0)
			writer_node(w, key, value);
	writer_close(w);
	writer_close(w);
	if (node_get(field, "missingValues") != NULL)
		writer_node(
		    w, "missingValues", node_get(field, "missingValues"));
	writer_close(w);
	if (writer_finish(w, &b) != FAULT_NONE ||
	    doc_parse(&d, b.data, b.len, NULL) != FAULT_NONE)
		abort();
	writer_free(w);
	buf_free(&b);
	return d;
}

static void
run_constraint_cell(const struct node *node)
{
	struct doc *d = schema_of(node_get(node, "field"));
	struct schema *s = NULL;
	struct cause why = { 0 };
	const struct node *rules = node_get(node, "failed");
	const char *source = node_text(node, "source");
	bool ok = false;
	char what[160];
	enum fault f = schema_parse(&s, doc_root(d), "S", &why);
	size_t i = 0;

	(void)snprintf(what, sizeof(what), "constraint cell \"%s\"", source);
	if (f != FAULT_NONE) {
		verdict(false, what, why.detail);
		goto out;
	}
	f = schema_check(s, 0, source, &why);
	if (node_bool(node, "valid", false)) {
		verdict(f == FAULT_NONE, what, why.detail);
		goto out;
	}
	/* Several rules may be broken: we name the first. */
	for (i = 0; i < node_count(rules); i++)
		ok =
		    ok || strcmp(node_string(node_at(rules, i)), why.rule) == 0;
	verdict(f == FAULT_VALUE && ok, what, "not refused by its rule");
out:
	schema_free(s);
	doc_free(d);
}

static void
run_all(int dir, const char *name, void (*run)(const struct node *))
{
	struct doc *d = load(dir, name);
	size_t i = 0;

	if (d == NULL)
		return;
	for (i = 0; i < node_count(doc_root(d)); i++)
		run(node_at(doc_root(d), i));
	doc_free(d);
}

static void
run_schema(int dir, const char *file, bool valid)
{
	struct doc *d = load(dir, file);
	struct schema *s = NULL;
	struct cause why = { 0 };
	const char *place = NULL;
	enum fault f = FAULT_NONE;
	size_t i = 0;

	if (d == NULL)
		return;
	f = schema_parse(&s, doc_root(d), "S", &why);
	for (i = 0; i < COUNT(refused); i++)
		if (strcmp(refused[i].file, file) == 0)
			place = refused[i].clause;
	if (place != NULL)
		verdict(f == FAULT_FORMAT && strstr(why.clause, place) != NULL,
		    file, why.clause);
	else if (valid)
		verdict(f == FAULT_NONE, file, why.detail);
	else
		verdict(f == FAULT_FORMAT && why.clause[0] != '\0', file,
		    "not refused by name");
	schema_free(s);
	doc_free(d);
}

/* SCHEMAS.tsv: file, tab, "valid-schema" or "invalid-schema". */
static void
run_schemas(int dir)
{
	struct buf b = BUF_MAX(64 * KIB);
	char *line = NULL;
	char *rest = NULL;
	char *tab = NULL;

	if (io_load(&b, dir, "SCHEMAS.tsv", NULL) != FAULT_NONE) {
		printf("# SCHEMAS.tsv is not there: skipped\n");
		skipped++;
		return;
	}
	line = strtok_r((char *)b.data, "\n", &rest);
	while (line != NULL) {
		tab = strchr(line, '\t');
		if (tab != NULL && strcmp(tab + 1, "expect") != 0) {
			*tab = '\0';
			run_schema(dir, line, tab[1] == 'v');
		}
		line = strtok_r(NULL, "\n", &rest);
	}
	buf_free(&b);
}

int
main(int argc, char **argv)
{
	struct cause why = { 0 };
	int dir = -1;
	size_t i = 0;

	if (argc != 2) {
		fprintf(stderr, "usage: run_schema DIR\n");
		return 2;
	}
	if (io_opendir(&dir, AT_FDCWD, argv[1], &why) != FAULT_NONE) {
		printf("# %s is not there: skipped\n", argv[1]);
		printf("0 passed, 0 failed, 1 skipped\n");
		return 0;
	}
	run_all(dir, "frictionless-cells.json", run_cell);
	run_all(dir, "frictionless-constraint-types.json", run_constraint_type);
	run_all(dir, "frictionless-constraint-cells.json", run_constraint_cell);
	run_schemas(dir);
	for (i = 0; i < COUNT(stricter); i++) {
		printf("# stricter: %s \"%s\": %s\n", stricter[i].type,
		    stricter[i].source, stricter[i].why);
		verdict(stricter[i].used > 0, stricter[i].source,
		    "no case needs this exception");
	}
	printf("# whole-file reports: run_table\n");
	printf("%u passed, %u failed, %u skipped\n", passed, failed, skipped);
	return failed == 0 ? 0 : 1;
}
