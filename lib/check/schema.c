/*
 * schema: columns in order, names found by hash, missing values, keys.
 *
 * Read once for each agreement, asked for each cell: all searching is done in
 * schema_parse, and afterwards nothing changes, so that threads may share it.
 */
#include "check/schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "base/limits.h"
#include "check/set.h"
#include "text/utf8.h"

#define MISSING_MAX 64       /* words of missingValues */
#define MISSING_BYTES_MAX 64 /* of one such word */
#define UNIQUE_KEYS_MAX 16   /* each takes memory for each record */
#define NAME_SIZE 129

struct key {
	size_t *columns; /* owned */
	size_t n;
};

struct schema {
	char *where; /* clause prefix; owned */
	struct column **columns;
	size_t n;
	struct set *names;   /* as written */
	struct set *missing; /* missingValues but for "" */
	size_t missing_longest;
	bool missing_empty; /* "" is among missingValues */
	struct key primary;
	struct key *unique; /* owned, with what is in them */
	size_t n_unique;
	struct foreign *foreign; /* owned */
	size_t n_foreign;
};

/* Clause "WHERE.fields[NAME]", or the number of a field without a name. */
static void
field_where(char *out, size_t cap, const char *where, const struct node *field,
    size_t i)
{
	const char *name = NULL;

	if (node_type(field) == NODE_OBJECT)
		name = node_text(field, "name");
	if (name != NULL && name[0] != '\0')
		(void)snprintf(out, cap, "%s.fields[%s]", where, name);
	else
		(void)snprintf(out, cap, "%s.fields[%zu]", where, i + 1);
}

static enum fault
read_fields(struct schema *s, const struct node *fields, struct cause *why)
{
	char where[CAUSE_NAME_MAX];
	size_t n = node_count(fields);
	enum fault f = FAULT_NONE;

	if (n < 1 || n > LIMIT_CSV_COLUMNS) {
		cause_clause(why, "%s.fields", s->where);
		return cause_set(why, FAULT_FORMAT,
		    N_("a schema has 1 to %d fields"), LIMIT_CSV_COLUMNS);
	}
	if ((s->columns = calloc(n, sizeof(struct column *))) == NULL)
		return cause_memory(why);
	for (s->n = 0; f == FAULT_NONE && s->n < n; s->n++) {
		const struct node *field = node_at(fields, s->n);

		field_where(where, sizeof(where), s->where, field, s->n);
		f = column_parse(&s->columns[s->n], field, where, why);
		if (f != FAULT_NONE)
			return f;
	}
	return f;
}

/* A to Z only: what databases fold in names, and the same in every locale. */
static void
fold_name(char out[NAME_SIZE], const char *name)
{
	size_t i = 0;

	for (i = 0; i < NAME_SIZE - 1 && name[i] != '\0'; i++)
		out[i] = name[i] >= 'A' && name[i] <= 'Z'
		    ? (char)(name[i] - 'A' + 'a')
		    : name[i];
	out[i] = '\0';
}

static enum fault
refuse_twice(const struct schema *s, const char *name, struct cause *why)
{
	cause_clause(why, "%s.fields[%s].name", s->where, name);
	return cause_set(why, FAULT_FORMAT,
	    N_("two columns have this name (capitals count as small "
	       "letters)"));
}

/* Two sets: folded names only to find equal ones, names as written to stay. */
static enum fault
read_names(struct schema *s, struct cause *why)
{
	char(*folded)[NAME_SIZE] = calloc(s->n, NAME_SIZE);
	const char **names = calloc(s->n, sizeof(*names));
	struct set *equal = NULL;
	size_t twice = 0;
	size_t i = 0;
	enum fault f = FAULT_MEMORY;

	if (folded == NULL || names == NULL)
		goto out;
	for (i = 0; i < s->n; i++) {
		fold_name(folded[i], column_name(s->columns[i]));
		names[i] = folded[i];
	}
	f = set_new(&equal, names, s->n, &twice);
	if (f != FAULT_NONE)
		goto out;
	for (i = 0; i < s->n; i++)
		names[i] = column_name(s->columns[i]);
	f = set_new(&s->names, names, s->n, &twice);
out:
	if (f == FAULT_EXISTS)
		f = refuse_twice(s, column_name(s->columns[twice]), why);
	else if (f == FAULT_MEMORY)
		f = cause_memory(why);
	set_free(equal);
	free(folded);
	free(names);
	return f;
}

/* Sorts the words of missingValues: "" apart, the others into words. */
static enum fault
read_missing_words(struct schema *s, const struct node *array,
    const char **words, size_t *n, struct cause *why)
{
	size_t i = 0;

	for (i = 0; i < node_count(array); i++) {
		const char *word = node_string(node_at(array, i));

		if (word == NULL || strlen(word) > MISSING_BYTES_MAX)
			return cause_set(why, FAULT_FORMAT,
			    N_("element %zu is not a string of at most %d "
			       "bytes"),
			    i + 1, MISSING_BYTES_MAX);
		if (word[0] == '\0') {
			s->missing_empty = true;
			continue;
		}
		words[(*n)++] = word;
		if (strlen(word) > s->missing_longest)
			s->missing_longest = strlen(word);
	}
	return FAULT_NONE;
}

static enum fault
read_missing(struct schema *s, const struct node *array, struct cause *why)
{
	const char *words[MISSING_MAX] = { NULL };
	size_t n = 0;
	size_t twice = 0;
	enum fault f = FAULT_NONE;

	s->missing_empty = array == NULL;
	if (array == NULL)
		return FAULT_NONE;
	cause_clause(why, "%s.missingValues", s->where);
	if (node_count(array) > MISSING_MAX)
		return cause_set(why, FAULT_FORMAT, N_("more than %d elements"),
		    MISSING_MAX);
	f = read_missing_words(s, array, words, &n, why);
	if (f != FAULT_NONE || n == 0)
		return f;
	f = set_new(&s->missing, words, n, &twice);
	if (f == FAULT_EXISTS)
		return cause_set(why, FAULT_FORMAT,
		    N_("the word \"%s\" stands twice"), words[twice]);
	return f == FAULT_MEMORY ? cause_memory(why) : f;
}

static enum fault
add_key(const struct schema *s, struct key *key, const char *name,
    struct cause *why)
{
	size_t column = name == NULL ? SIZE_MAX : schema_find(s, name);
	size_t i = 0;

	if (column == SIZE_MAX)
		return cause_set(why, FAULT_FORMAT,
		    N_("element %zu is not the name of a column"), key->n + 1);
	for (i = 0; i < key->n; i++)
		if (key->columns[i] == column)
			return cause_set(why, FAULT_FORMAT,
			    N_("column \"%s\" stands twice"), name);
	key->columns[key->n++] = column;
	return FAULT_NONE;
}

/* A name, or an array of names. */
static enum fault
read_key(const struct schema *s, struct key *key, const struct node *node,
    struct cause *why)
{
	bool array = node_type(node) == NODE_ARRAY;
	size_t n = array ? node_count(node) : 1;
	enum fault f = FAULT_NONE;
	size_t i = 0;

	if (n == 0 || n > s->n || (!array && node_type(node) != NODE_STRING))
		return cause_set(why, FAULT_FORMAT,
		    N_("must be the name of a column or an array of such "
		       "names"));
	if ((key->columns = calloc(n, sizeof(*key->columns))) == NULL)
		return cause_memory(why);
	for (i = 0; f == FAULT_NONE && i < n; i++)
		f = add_key(
		    s, key, node_string(array ? node_at(node, i) : node), why);
	return f;
}

static enum fault
read_primary(struct schema *s, const struct node *node, struct cause *why)
{
	enum fault f = FAULT_NONE;
	size_t i = 0;

	if (node == NULL)
		return FAULT_NONE;
	cause_clause(why, "%s.primaryKey", s->where);
	f = read_key(s, &s->primary, node, why);
	for (i = 0; f == FAULT_NONE && i < s->primary.n; i++)
		column_require(s->columns[s->primary.columns[i]]);
	return f;
}

/* Whether both have the same columns, in whatever order. */
static bool
key_equal(const struct key *a, const struct key *b)
{
	size_t i = 0;
	size_t j = 0;

	if (a->n != b->n)
		return false;
	for (i = 0; i < a->n; i++) {
		for (j = 0; j < b->n && a->columns[i] != b->columns[j]; j++)
			;
		if (j == b->n)
			return false;
	}
	return true;
}

/* The last key may not be one of those before it. */
static enum fault
hold_different(const struct schema *s, struct cause *why)
{
	const struct key *last = &s->unique[s->n_unique - 1];
	bool twice = key_equal(last, &s->primary);
	size_t i = 0;

	for (i = 0; i + 1 < s->n_unique; i++)
		twice = twice || key_equal(last, &s->unique[i]);
	return twice ? cause_set(why, FAULT_FORMAT,
			   N_("another key has the same columns"))
		     : FAULT_NONE;
}

static enum fault
read_unique(struct schema *s, const struct node *array, struct cause *why)
{
	size_t n = node_count(array);
	enum fault f = FAULT_NONE;

	if (array == NULL)
		return FAULT_NONE;
	cause_clause(why, "%s.uniqueKeys", s->where);
	if (n < 1 || n > UNIQUE_KEYS_MAX)
		return cause_set(why, FAULT_FORMAT,
		    N_("must have 1 to %d elements"), UNIQUE_KEYS_MAX);
	if ((s->unique = calloc(n, sizeof(*s->unique))) == NULL)
		return cause_memory(why);
	while (f == FAULT_NONE && s->n_unique < n) {
		const struct node *node = node_at(array, s->n_unique);

		cause_clause(
		    why, "%s.uniqueKeys[%zu]", s->where, s->n_unique + 1);
		if (node_type(node) != NODE_ARRAY)
			return cause_set(why, FAULT_FORMAT,
			    N_("must be an array of names of columns"));
		f = read_key(s, &s->unique[s->n_unique++], node, why);
		if (f == FAULT_NONE)
			f = hold_different(s, why);
	}
	return f;
}

/* Its text says "a string", its JSON Schema "an array": either is taken. */
static enum fault
read_match(const struct schema *s, const struct node *node, struct cause *why)
{
	const char *word = node == NULL ? "exact" : node_string(node);

	if (word == NULL && node_type(node) == NODE_ARRAY &&
	    node_count(node) == 1)
		word = node_string(node_at(node, 0));
	if (word != NULL && strcmp(word, "exact") == 0)
		return FAULT_NONE;
	cause_clause(why, "%s.fieldsMatch", s->where);
	return cause_set(why, FAULT_FORMAT,
	    N_("only \"exact\" is supported: the file has the agreed columns"));
}

static enum fault
read_foreign(struct schema *s, const struct node *array, struct cause *why)
{
	if (array == NULL)
		return FAULT_NONE;
	return foreign_parse(
	    &s->foreign, &s->n_foreign, s, array, s->where, why);
}

static enum fault
read_schema(struct schema *s, const struct node *node, struct cause *why)
{
	static const struct node_member members[] = {
		{ "fields", NODE_ARRAY, true, false },
		{ "missingValues", NODE_ARRAY, false, false },
		{ "primaryKey", NODE_ANY, false, false },
		{ "uniqueKeys", NODE_ARRAY, false, false },
		{ "foreignKeys", NODE_ARRAY, false, false },
		{ "fieldsMatch", NODE_ANY, false, false },
	};
	enum fault f = node_members(
	    node, s->where, members, sizeof(members) / sizeof(members[0]), why);

	if (f == FAULT_NONE)
		f = read_fields(s, node_get(node, "fields"), why);
	if (f == FAULT_NONE)
		f = read_names(s, why);
	if (f == FAULT_NONE)
		f = read_missing(s, node_get(node, "missingValues"), why);
	if (f == FAULT_NONE)
		f = read_primary(s, node_get(node, "primaryKey"), why);
	if (f == FAULT_NONE)
		f = read_unique(s, node_get(node, "uniqueKeys"), why);
	if (f == FAULT_NONE)
		f = read_foreign(s, node_get(node, "foreignKeys"), why);
	if (f == FAULT_NONE)
		f = read_match(s, node_get(node, "fieldsMatch"), why);
	return f;
}

enum fault
schema_parse(struct schema **out, const struct node *node, const char *where,
    struct cause *why)
{
	struct schema *s = NULL;
	char before[CAUSE_NAME_MAX] = "";
	enum fault f = FAULT_NONE;

	*out = NULL;
	if (why != NULL)
		(void)snprintf(before, sizeof(before), "%s", why->clause);
	if ((s = calloc(1, sizeof(*s))) == NULL ||
	    (s->where = strdup(where)) == NULL) {
		f = cause_memory(why);
		goto out;
	}
	if ((f = read_schema(s, node, why)) != FAULT_NONE)
		goto out;
	/* Steps left their own clause behind. */
	cause_clause(why, "%s", before);
	*out = s;
	s = NULL;
out:
	schema_free(s);
	return f;
}

void
schema_free(struct schema *s)
{
	size_t i = 0;

	if (s == NULL)
		return;
	for (i = 0; i < s->n; i++)
		column_free(s->columns[i]);
	free(s->columns);
	free(s->where);
	free(s->primary.columns);
	for (i = 0; i < s->n_unique; i++)
		free(s->unique[i].columns);
	free(s->unique);
	foreign_free(s->foreign, s->n_foreign);
	set_free(s->names);
	set_free(s->missing);
	free(s);
}

size_t
schema_count(const struct schema *s)
{
	return s->n;
}

const struct column *
schema_column(const struct schema *s, size_t column)
{
	return s->columns[column];
}

size_t
schema_missing_longest(const struct schema *s)
{
	return s->missing_longest;
}

const char *
schema_missing_word(const struct schema *s, size_t index)
{
	if (s->missing_empty && index == 0)
		return "";
	index -= s->missing_empty;
	return s->missing == NULL ? NULL : set_word(s->missing, index);
}

/* Nearly every cell is longer than any missing word, or empty. */
bool
schema_missing(const struct schema *s, const char *text, size_t len)
{
	if (len == 0)
		return s->missing_empty;
	return len <= s->missing_longest &&
	    set_find(s->missing, text, len) != SIZE_MAX;
}

const char *
schema_name(const struct schema *s, size_t column)
{
	return column_name(s->columns[column]);
}

const char *
schema_type(const struct schema *s, size_t column)
{
	return column_type(s->columns[column]);
}

size_t
schema_find(const struct schema *s, const char *name)
{
	return set_find(s->names, name, strlen(name));
}

size_t
schema_key(const struct schema *s, const size_t **columns)
{
	*columns = s->primary.columns;
	return s->primary.n;
}

size_t
schema_unique_key(const struct schema *s, size_t i, const size_t **columns)
{
	*columns = i < s->n_unique ? s->unique[i].columns : NULL;
	return i < s->n_unique ? s->unique[i].n : 0;
}

size_t
schema_foreign(const struct schema *s, const struct foreign **out)
{
	*out = s->foreign;
	return s->n_foreign;
}

/* Where in the agreement the rule stands. */
static enum fault
refuse_value(const struct schema *s, size_t column, enum value_wrong wrong,
    struct cause *why)
{
	const char *name = schema_name(s, column);
	const char *rule = value_wrong_text(wrong);
	bool descriptor = wrong == VALUE_TYPE || wrong == VALUE_FORMAT ||
	    wrong == VALUE_CATEGORIES;

	cause_clause(why, "%s.fields[%s]%s.%s", s->where, name,
	    descriptor ? "" : ".constraints", rule);
	cause_place(why, NULL, 0, name, UINT64_MAX);
	cause_rule(why, rule);
	if (wrong == VALUE_REQUIRED)
		return cause_set(why, FAULT_VALUE, N_("a value is required"));
	return cause_set(why, FAULT_VALUE,
	    N_("the value breaks the rule \"%s\" of its column"), rule);
}

/* Unlike cells, these values come from a command line: no one proved UTF-8. */
enum fault
schema_check(
    const struct schema *s, size_t column, const char *value, struct cause *why)
{
	const struct column *c = s->columns[column];
	size_t len = value == NULL ? 0 : strlen(value);
	enum value_wrong wrong = VALUE_OK;

	if (len == 0 || schema_missing(s, value, len))
		wrong = column_required(c) ? VALUE_REQUIRED : VALUE_OK;
	else if (utf8_valid(value, len) != len)
		wrong = VALUE_TYPE;
	else
		wrong = value_check(c, value, len);
	if (wrong != VALUE_OK)
		return refuse_value(s, column, wrong, why);
	return FAULT_NONE;
}
