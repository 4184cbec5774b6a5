/*
 * run_keywords: the rules that Table Schema shares with JSON Schema, as the
 * JSON-Schema-Test-Suite tests them.
 *
 * usage: run_keywords DIR
 *
 * DIR holds draft folders, or is one.  A group is ours when its schema is one
 * of minLength, maxLength, minimum, maximum, the exclusive ones, pattern, enum,
 * or the format date, date-time, email, uri or uuid, and nothing
 * else; a test of it when its datum is of the keyword's type: text for a column
 * of strings, an integer for one of integers. All else in the suite
 * (references, combinations, objects and arrays) has no counterpart in a table,
 * and is not counted.  The suite's JSON has fractions, which our own reader
 * refuses, so jansson reads it.
 */
#include <fcntl.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "check/value.h"
#include "text/doc.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define MAILBOX "no quotes and no addresses in brackets"
#define LEAP "a leap second: databases do not keep it"

/* What the suite takes and we refuse (serahterima-schema(5)). */
static struct exception {
	const char *text, *reason;
	unsigned used;
} exceptions[] = {
	{ "1998-12-31T23:59:60Z", LEAP, 0 },
	{ "1998-12-31T15:59:60.123-08:00", LEAP, 0 },
	{ "1963-06-19t08:30:06.283185z", "T and Z are upper case", 0 },
	{ "1985-04-12T00:59:59.999999999999999Z",
	    "a second has at most nine decimals", 0 },
	{ "\"joe bloggs\"@example.com", MAILBOX, 0 },
	{ "\"joe..bloggs\"@example.com", MAILBOX, 0 },
	{ "\"joe@bloggs\"@example.com", MAILBOX, 0 },
	{ "joe.bloggs@[127.0.0.1]", MAILBOX, 0 },
	{ "joe.bloggs@[IPv6:::1]", MAILBOX, 0 },
};

static unsigned passed, failed;
static unsigned elsewhere; /* tests of what a table has not */
static unsigned unnamed;   /* tests of a rule that no schema of ours takes */

static bool
exception(const char *text)
{
	for (size_t i = 0; i < COUNT(exceptions); i++)
		if (strcmp(exceptions[i].text, text) == 0) {
			exceptions[i].used++;
			return true;
		}
	return false;
}

/* ---- a schema of theirs as a column of ours ---- */

/* JSON Schema finds a pattern anywhere, a column's must match the whole. */
static json_t *
whole(const json_t *pattern)
{
	char text[1024];

	(void)snprintf(text, sizeof(text), "[\\s\\S]*(?:%s)[\\s\\S]*",
	    json_string_value(pattern));
	return json_string(text);
}

/* The one keyword of the schema, but for $schema and comments; or NULL. */
static const char *
keyword_of(const json_t *schema, const json_t **value)
{
	static const char *const ours[] = { "minLength", "maxLength", "minimum",
		"maximum", "exclusiveMinimum", "exclusiveMaximum", "pattern",
		"enum", "format" };
	const char *found = NULL;
	const char *key = NULL;
	void *it = NULL;

	if (!json_is_object(schema))
		return NULL;
	it = json_object_iter((json_t *)(uintptr_t)schema);
	for (; it != NULL;
	     it = json_object_iter_next((json_t *)(uintptr_t)schema, it)) {
		key = json_object_iter_key(it);
		if (key[0] == '$')
			continue;
		if (found != NULL)
			return NULL;
		found = key;
		*value = json_object_iter_value(it);
	}
	for (size_t i = 0; found != NULL && i < COUNT(ours); i++)
		if (strcmp(found, ours[i]) == 0)
			return ours[i];
	return NULL;
}

static bool
all_of(const json_t *list, json_type type)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (json_typeof(json_array_get(list, i)) != type)
			return false;
	return json_array_size(list) > 0;
}

/* A format's type of ours.  Durations there are RFC 3339's, ours XML Schema's.
 */
static const char *
type_of_format(const char *format)
{
	static const struct {
		const char *format, *type;
	} types[] = { { "date", "date" }, { "date-time", "datetime" },
		{ "email", "string" }, { "uri", "string" },
		{ "uuid", "string" } };

	for (size_t i = 0; format != NULL && i < COUNT(types); i++)
		if (strcmp(format, types[i].format) == 0)
			return types[i].type;
	return NULL;
}

/* The column's type for a keyword and its value; NULL when there is none. */
static const char *
type_of(const char *keyword, const json_t *value)
{
	if (strcmp(keyword, "format") == 0)
		return type_of_format(json_string_value(value));
	if (strcmp(keyword, "enum") == 0)
		return all_of(value, JSON_STRING) ? "string"
		    : all_of(value, JSON_INTEGER) ? "integer"
						  : NULL;
	if (strcmp(keyword, "pattern") == 0)
		return "string";
	if (!json_is_integer(value))
		return NULL;
	return strstr(keyword, "Length") != NULL ? "string" : "integer";
}

static struct column *
column_of(const char *keyword, const json_t *value, const char *type)
{
	json_t *field = json_pack("{s:s,s:s}", "name", "v", "type", type);
	json_t *rule = NULL;
	struct column *c = NULL;
	struct cause why;
	struct doc *d = NULL;
	char *text = NULL;
	json_free_t give_back = NULL;

	if (field == NULL)
		abort();
	if (strcmp(keyword, "format") == 0) {
		if (strcmp(type, "string") == 0)
			(void)json_object_set(
			    field, "format", (json_t *)(uintptr_t)value);
	} else {
		rule = strcmp(keyword, "pattern") == 0
		    ? whole(value)
		    : json_incref((json_t *)(uintptr_t)value);
		(void)json_object_set_new(
		    field, "constraints", json_pack("{s:o}", keyword, rule));
	}
	text = json_dumps(field, 0);
	if (text == NULL)
		abort();
	cause_clear(&why);
	/* What we do not take is refused in the agreement, by its name; an
	 * enum with a NUL by the JSON reader already. */
	if (doc_parse(&d, text, strlen(text), NULL) == FAULT_NONE &&
	    column_parse(&c, doc_root(d), "F", &why) != FAULT_NONE &&
	    (why.fault != FAULT_FORMAT ||
		strncmp(why.clause, "F.constraints.", 14) != 0)) {
		failed++;
		printf("FAILED %s: not refused by name\n", text);
	}
	doc_free(d);
	json_get_alloc_funcs(NULL, &give_back);
	give_back(text);
	json_decref(field);
	return c;
}

/* ---- tests ---- */

/* The datum as a cell: text, or the digits of an integer; false for others. */
static bool
cell_of(char *out, size_t cap, const json_t *data, const char *type)
{
	if (json_is_string(data) && strcmp(type, "integer") != 0 &&
	    json_string_length(data) < cap) {
		memcpy(
		    out, json_string_value(data), json_string_length(data) + 1);
		/* A NUL is no part of a cell, an empty one is missing. */
		return strlen(out) == json_string_length(data) &&
		    out[0] != '\0';
	}
	if (json_is_integer(data) && strcmp(type, "integer") == 0) {
		(void)snprintf(out, cap, "%" JSON_INTEGER_FORMAT,
		    json_integer_value(data));
		return true;
	}
	return false;
}

static void
run_group(const char *file, const json_t *group)
{
	const json_t *tests = json_object_get(group, "tests");
	const json_t *value = NULL;
	const char *keyword =
	    keyword_of(json_object_get(group, "schema"), &value);
	const char *type = keyword == NULL ? NULL : type_of(keyword, value);
	struct column *c =
	    type == NULL ? NULL : column_of(keyword, value, type);
	char cell[1024];

	for (size_t i = 0; i < json_array_size(tests); i++) {
		const json_t *test = json_array_get(tests, i);
		bool want = json_is_true(json_object_get(test, "valid"));
		bool ok = false;

		if (type == NULL ||
		    !cell_of(cell, sizeof(cell), json_object_get(test, "data"),
			type)) {
			elsewhere++;
			continue;
		}
		if (c == NULL) {
			unnamed++;
			passed++;
			continue;
		}
		ok = value_check(c, cell, strlen(cell)) == VALUE_OK;
		if (want && !ok && exception(cell))
			ok = true;
		passed += ok == want;
		failed += ok != want;
		if (ok != want)
			printf("FAILED %s: \"%s\" is %s\n", file, cell,
			    ok ? "taken" : "refused");
	}
	column_free(c);
}

static void
run_file(int dir, const char *name)
{
	struct buf file = BUF_MAX(16 * MIB);
	json_t *root = NULL;

	if (io_load(&file, dir, name, NULL) == FAULT_NONE)
		root =
		    json_loadb(buf_text(&file), file.len, JSON_ALLOW_NUL, NULL);
	/* Integers that are none to jansson are none to a column either. */
	if (root == NULL)
		root = json_loadb(buf_text(&file), file.len,
		    JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, NULL);
	if (root == NULL) {
		failed++;
		printf("FAILED %s: cannot be read\n", name);
	}
	for (size_t i = 0; i < json_array_size(root); i++)
		run_group(name, json_array_get(root, i));
	json_decref(root);
	buf_free(&file);
}

static void
run_tree(int at, const char *path)
{
	struct io_names names = { NULL, 0 };
	int dir = -1;

	/* "remotes" are schemas that others refer to. */
	if (strcmp(path, "remotes") == 0 ||
	    io_opendir(&dir, at, path, NULL) != FAULT_NONE)
		return;
	if (io_names(&names, dir, ".", 10000, NULL) != FAULT_NONE)
		abort();
	for (size_t i = 0; i < names.n; i++) {
		size_t len = strlen(names.name[i]);

		/* There a format says nothing of validity. */
		if (strcmp(names.name[i], "format.json") == 0)
			continue;
		if (len > 5 && strcmp(names.name[i] + len - 5, ".json") == 0)
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
	struct doc *d = NULL;

	if (argc != 2) {
		fprintf(stderr, "usage: run_keywords DIR\n");
		return 2;
	}
	/* The product's reader gives jansson an allocator at its first use:
	 * that must not come between what we allocate and free with it. */
	if (doc_parse(&d, "[]", 2, NULL) != FAULT_NONE)
		return 1;
	doc_free(d);
	run_tree(AT_FDCWD, argv[1]);
	for (size_t i = 0; i < COUNT(exceptions); i++)
		if (exceptions[i].used > 0)
			printf("# stricter: \"%s\": %s\n", exceptions[i].text,
			    exceptions[i].reason);
	printf(
	    "# refused by name in the schema: %u; no counterpart in a table: "
	    "%u\n",
	    unnamed, elsewhere);
	printf("%u passed, %u failed, 0 skipped\n", passed, failed);
	return failed > 0 || passed == 0 ? 1 : 0;
}
