/*
 * totals: what to count, and the counts as text.
 *
 * Every number has one way of being written, so that two sides that counted the
 * same write the same bytes and can compare a hash of them.
 */
#include "check/totals.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "base/limits.h"
#include "check/moment.h"
#include "text/writer.h"

#define COUNT_MAX 9007199254740991LL /* 2^53 - 1: what JSON carries */

const char *
total_kind_text(enum total_kind kind)
{
	switch (kind) {
	case TOTAL_ROWS:
		return "rows";
	case TOTAL_COUNT_BY:
		return "count_by";
	case TOTAL_SUM:
		return "sum";
	case TOTAL_MIN:
		return "min";
	case TOTAL_MAX:
		return "max";
	case TOTAL_FILLED:
		return "filled";
	case TOTAL_DISTINCT:
	default:
		return "distinct";
	}
}

/* The kind whose name is a member of the object, from "from" on; TOTAL_FILLED,
 * the last, if there is none. */
static enum total_kind
kind_of(const struct node *object, enum total_kind from)
{
	enum total_kind kind = from;

	while (kind < TOTAL_FILLED &&
	    node_get(object, total_kind_text(kind)) == NULL)
		kind++;
	return kind;
}

static bool
is_edge(enum total_kind kind)
{
	return kind == TOTAL_MIN || kind == TOTAL_MAX;
}

/* ---- what to total ---- */

static enum fault
parse_column(struct total_spec *out, const struct node *object,
    const struct schema *schema, const char *where, struct cause *why)
{
	static const struct node_member members[] = {
		{ "count_by", NODE_STRING, false, false },
		{ "sum", NODE_STRING, false, false },
		{ "distinct", NODE_STRING, false, false },
		{ "min", NODE_STRING, false, false },
		{ "max", NODE_STRING, false, false },
		{ "filled", NODE_STRING, false, false },
	};
	const char *key = NULL;
	const char *name = NULL;
	enum fault f = node_members(
	    object, where, members, sizeof(members) / sizeof(members[0]), why);

	if (f != FAULT_NONE)
		return f;
	if (node_count(object) != 1) {
		cause_clause(why, "%s", where);
		return cause_set(
		    why, FAULT_FORMAT, N_("a total has exactly one member"));
	}
	out->kind = kind_of(object, TOTAL_COUNT_BY);
	key = total_kind_text(out->kind);
	name = node_text(object, key);
	cause_clause(why, "%s.%s", where, key);
	out->column = schema_find(schema, name);
	if (out->column == SIZE_MAX)
		return cause_set(why, FAULT_FORMAT,
		    N_("\"%s\" is not a column of the schema"), name);
	if (out->kind == TOTAL_SUM &&
	    !column_numeric(schema_column(schema, out->column)))
		return cause_set(why, FAULT_FORMAT,
		    N_("column \"%s\" is no number: it has no sum"), name);
	if (is_edge(out->kind) &&
	    !column_dated(schema_column(schema, out->column)))
		return cause_set(why, FAULT_FORMAT,
		    N_("column \"%s\" is no date or datetime: it has no "
		       "\"%s\""),
		    name, key);
	return FAULT_NONE;
}

static enum fault
parse_total(struct total_spec *out, const struct node *node,
    const struct schema *schema, const char *where, struct cause *why)
{
	const char *word = node_string(node);

	out->column = SIZE_MAX;
	if (word == NULL)
		return parse_column(out, node, schema, where, why);
	/* "filled" alone has no column yet: it is one total for each. */
	for (out->kind = TOTAL_ROWS;; out->kind = TOTAL_FILLED) {
		if (strcmp(word, total_kind_text(out->kind)) == 0)
			return FAULT_NONE;
		if (out->kind == TOTAL_FILLED)
			break;
	}
	cause_clause(why, "%s", where);
	return cause_set(why, FAULT_FORMAT,
	    N_("total \"%s\" is not supported in this version"), word);
}

/* Twice the same total would be two promises of which one is enough. */
static bool
is_twice(const struct totals_spec *t, const struct total_spec *one)
{
	size_t i = 0;

	for (i = 0; i < t->n; i++)
		if (t->spec[i].kind == one->kind &&
		    t->spec[i].column == one->column)
			return true;
	return false;
}

/* Takes one, or where it stands for all columns, one for each.  There is room:
 * no two are the same. */
static enum fault
put_total(struct totals_spec *out, const struct total_spec *one,
    const struct schema *schema, struct cause *why)
{
	struct total_spec each = *one;
	bool all = one->kind == TOTAL_FILLED && one->column == SIZE_MAX;
	size_t n = all ? schema_count(schema) : 1, i = 0;

	for (i = 0; i < n; i++) {
		if (all)
			each.column = i;
		if (is_twice(out, &each))
			return cause_set(why, FAULT_FORMAT,
			    N_("the same total stands twice"));
		out->spec[out->n++] = each;
	}
	return FAULT_NONE;
}

static enum fault
parse_all(struct totals_spec *out, const struct node *array,
    const struct schema *schema, const char *where, struct cause *why)
{
	char place[CAUSE_NAME_MAX];
	enum fault f = FAULT_NONE;
	size_t i = 0;

	cause_clause(why, "%s", where);
	if (node_type(array) != NODE_ARRAY || node_count(array) > TOTALS_LISTED)
		return cause_set(why, FAULT_FORMAT,
		    N_("must be an array of at most %d totals"), TOTALS_LISTED);
	for (i = 0; i < node_count(array); i++) {
		struct total_spec one = { TOTAL_ROWS, SIZE_MAX };

		(void)snprintf(place, sizeof(place), "%s[%zu]", where, i + 1);
		f = parse_total(&one, node_at(array, i), schema, place, why);
		if (f != FAULT_NONE)
			return f;
		cause_clause(why, "%s", place);
		if ((f = put_total(out, &one, schema, why)) != FAULT_NONE)
			return f;
	}
	return FAULT_NONE;
}

enum fault
totals_parse(struct totals_spec *out, const struct node *array,
    const struct schema *schema, const char *where, struct cause *why)
{
	char before[CAUSE_NAME_MAX] = "";
	enum fault f = FAULT_NONE;

	memset(out, 0, sizeof(*out));
	if (array == NULL)
		return FAULT_NONE;
	if (why != NULL)
		(void)snprintf(before, sizeof(before), "%s", why->clause);
	f = parse_all(out, array, schema, where, why);
	if (f == FAULT_NONE)
		cause_clause(why, "%s", before);
	return f;
}

/* ---- results ---- */

void
totals_free(struct totals *t)
{
	size_t i = 0;
	size_t j = 0;

	if (t == NULL)
		return;
	for (i = 0; i < t->n; i++) {
		for (j = 0; j < t->total[i].n_groups; j++)
			free(t->total[i].groups[j].value);
		free(t->total[i].groups);
		free(t->total[i].column);
	}
	free(t->total);
	t->total = NULL;
	t->n = 0;
}

static void
write_count(struct writer *w, const char *key, const char *value)
{
	writer_integer(w, key, strtoll(value, NULL, 10));
}

static void
write_groups(struct writer *w, const struct total *t)
{
	size_t i = 0;

	writer_open(w, "values", NODE_OBJECT);
	for (i = 0; i < t->n_groups; i++)
		writer_integer(
		    w, t->groups[i].value, (int64_t)t->groups[i].count);
	writer_close(w);
}

void
totals_write(struct writer *w, const char *key, const struct totals *t)
{
	size_t i = 0;

	writer_open(w, key, NODE_ARRAY);
	for (i = 0; i < t->n; i++) {
		const struct total *one = &t->total[i];

		writer_open(w, NULL, NODE_OBJECT);
		if (one->kind == TOTAL_ROWS)
			write_count(w, "rows", one->value);
		else
			writer_string(
			    w, total_kind_text(one->kind), one->column);
		if (one->kind == TOTAL_COUNT_BY)
			write_groups(w, one);
		else if (one->kind == TOTAL_SUM)
			writer_string(w, "value", one->value);
		else if (is_edge(one->kind))
			writer_string_or_null(w, "value", one->value);
		else if (one->kind != TOTAL_ROWS)
			write_count(w, "value", one->value);
		writer_close(w);
	}
	writer_close(w);
}

/* ---- reading results ---- */

/* Minus, digits without a leading zero, fraction without a trailing one. */
static bool
sum_ok(const char *s, size_t cap)
{
	const char *at = s + (*s == '-');
	size_t n = strspn(at, "0123456789");

	if (strlen(s) >= cap || n == 0 || (n > 1 && *at == '0'))
		return false;
	if (at[n] == '\0')
		return *s != '-' || *at != '0';
	if (at[n] != '.')
		return false;
	at += n + 1;
	n = strspn(at, "0123456789");
	return n > 0 && at[n] == '\0' && at[n - 1] != '0';
}

/* One order only, or equal totals could have different hashes. */
static enum fault
read_groups(struct total *t, const struct node *object, struct cause *why)
{
	const struct node *value = NULL;
	const char *name = NULL;
	void *it = NULL;

	if (node_count(object) > LIMIT_GROUPS)
		return cause_set(
		    why, FAULT_FORMAT, N_("more than %d groups"), LIMIT_GROUPS);
	t->groups = calloc(node_count(object) + 1, sizeof(*t->groups));
	if (t->groups == NULL)
		return cause_memory(why);
	while (node_each(object, &it, &name, &value)) {
		struct total_group *g = &t->groups[t->n_groups];

		if (t->n_groups > 0 && strcmp(g[-1].value, name) >= 0)
			return cause_set(why, FAULT_FORMAT,
			    N_("groups are not in bytewise order"));
		if (node_type(value) != NODE_INTEGER || node_integer(value) < 1)
			return cause_set(why, FAULT_FORMAT,
			    N_("the count of group %zu is not a positive "
			       "integer"),
			    t->n_groups + 1);
		g->count = (uint64_t)node_integer(value);
		if ((g->value = strdup(name)) == NULL)
			return cause_memory(why);
		t->n_groups++;
	}
	return FAULT_NONE;
}

static enum fault
read_count(struct total *t, const struct node *object, const char *member,
    struct cause *why)
{
	int64_t n = node_int(object, member, -1);

	if (n < 0 || n > COUNT_MAX)
		return cause_set(
		    why, FAULT_FORMAT, N_("a count is not below 2^53"));
	(void)snprintf(t->value, sizeof(t->value), "%" PRId64, n);
	return FAULT_NONE;
}

static enum fault
read_sum(struct total *t, const struct node *object, struct cause *why)
{
	const char *text = node_text(object, "value");

	if (text == NULL || !sum_ok(text, sizeof(t->value)))
		return cause_set(why, FAULT_FORMAT,
		    N_("a sum is not written as it must be"));
	(void)snprintf(t->value, sizeof(t->value), "%s", text);
	return FAULT_NONE;
}

static enum fault
read_edge(struct total *t, const struct node *object, struct cause *why)
{
	const char *text = node_text(object, "value");

	/* null: the column has no value. */
	if (text == NULL)
		return FAULT_NONE;
	if (!moment_ok(text))
		return cause_set(why, FAULT_FORMAT,
		    N_("a day or a moment is not written as it must be"));
	(void)snprintf(t->value, sizeof(t->value), "%s", text);
	return FAULT_NONE;
}

/* Of the value; a sum may have more digits than an integer of JSON. */
static enum node_type
value_type(enum total_kind kind)
{
	if (kind == TOTAL_COUNT_BY)
		return NODE_OBJECT;
	return kind == TOTAL_SUM || is_edge(kind) ? NODE_STRING : NODE_INTEGER;
}

/* Members by kind; the first names the kind. */
static enum fault
hold_total(const struct node *object, enum total_kind kind, const char *where,
    struct cause *why)
{
	const struct node_member members[2] = {
		{ total_kind_text(kind),
		    kind == TOTAL_ROWS ? NODE_INTEGER : NODE_STRING, true,
		    false },
		{ kind == TOTAL_COUNT_BY ? "values" : "value", value_type(kind),
		    true, is_edge(kind) },
	};

	return node_members(
	    object, where, members, kind == TOTAL_ROWS ? 1 : 2, why);
}

static enum fault
read_total(struct total *t, const struct node *object, const char *where,
    struct cause *why)
{
	enum fault f = FAULT_NONE;

	if (node_type(object) == NODE_OBJECT)
		t->kind = kind_of(object, TOTAL_ROWS);
	if ((f = hold_total(object, t->kind, where, why)) != FAULT_NONE)
		return f;
	cause_clause(why, "%s.%s", where, total_kind_text(t->kind));
	if (t->kind == TOTAL_ROWS)
		return read_count(t, object, "rows", why);
	t->column = strdup(node_text(object, total_kind_text(t->kind)));
	if (t->column == NULL)
		return cause_memory(why);
	if (t->kind == TOTAL_COUNT_BY)
		return read_groups(t, node_get(object, "values"), why);
	if (t->kind == TOTAL_SUM)
		return read_sum(t, object, why);
	if (is_edge(t->kind))
		return read_edge(t, object, why);
	return read_count(t, object, "value", why);
}

enum fault
totals_read(struct totals *out, const struct node *array, const char *where,
    struct cause *why)
{
	char place[CAUSE_NAME_MAX] = "";
	char before[CAUSE_NAME_MAX] = "";
	size_t n = node_count(array);
	enum fault f = FAULT_NONE;

	memset(out, 0, sizeof(*out));
	if (why != NULL)
		(void)snprintf(before, sizeof(before), "%s", why->clause);
	cause_clause(why, "%s", where);
	if (array == NULL || node_type(array) != NODE_ARRAY || n > TOTALS_MAX)
		return cause_set(why, FAULT_FORMAT,
		    N_("must be an array of at most %d totals"), TOTALS_MAX);
	if ((out->total = calloc(n + 1, sizeof(*out->total))) == NULL)
		return cause_memory(why);
	while (f == FAULT_NONE && out->n < n) {
		(void)snprintf(
		    place, sizeof(place), "%s[%zu]", where, out->n + 1);
		f = read_total(
		    &out->total[out->n], node_at(array, out->n), place, why);
		out->n++;
	}
	if (f != FAULT_NONE)
		totals_free(out);
	else
		cause_clause(why, "%s", before);
	return f;
}

/* ---- comparing ---- */

/* Groups are named by number: their names are values of cells. */
static enum fault
compare_groups(
    const struct total *want, const struct total *got, struct cause *why)
{
	size_t i = 0;

	for (i = 0; i < want->n_groups && i < got->n_groups; i++) {
		if (strcmp(want->groups[i].value, got->groups[i].value) != 0)
			return cause_set(why, FAULT_TOTALS,
			    N_("\"count_by\" differs: group %zu of %zu "
			       "declared is not group %zu of %zu counted"),
			    i + 1, want->n_groups, i + 1, got->n_groups);
		if (want->groups[i].count != got->groups[i].count)
			return cause_set(why, FAULT_TOTALS,
			    N_("\"count_by\" differs in group %zu: %llu "
			       "declared, %llu counted"),
			    i + 1, (unsigned long long)want->groups[i].count,
			    (unsigned long long)got->groups[i].count);
	}
	if (want->n_groups != got->n_groups)
		return cause_set(why, FAULT_TOTALS,
		    N_("\"count_by\" differs: %zu groups declared, %zu "
		       "counted"),
		    want->n_groups, got->n_groups);
	return FAULT_NONE;
}

static bool
same_total(const struct total *a, const struct total *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->column == NULL || b->column == NULL)
		return a->column == b->column;
	return strcmp(a->column, b->column) == 0;
}

static enum fault
compare_one(
    const struct total *want, const struct total *got, struct cause *why)
{
	if (want->kind == TOTAL_COUNT_BY)
		return compare_groups(want, got, why);
	if (strcmp(want->value, got->value) == 0)
		return FAULT_NONE;
	/* They are values of cells. */
	if (is_edge(want->kind))
		return cause_set(why, FAULT_TOTALS, N_("total \"%s\" differs"),
		    total_kind_text(want->kind));
	return cause_set(why, FAULT_TOTALS,
	    N_("total \"%s\" differs: %s declared, %s counted"),
	    total_kind_text(want->kind), want->value, got->value);
}

enum fault
totals_compare(
    const struct totals *want, const struct totals *got, struct cause *why)
{
	enum fault f = FAULT_NONE;
	size_t i = 0;

	/* Which totals there are comes from the agreement: first of all. */
	if (want->n != got->n)
		return cause_set(why, FAULT_TOTALS,
		    N_("%zu totals declared, %zu counted"), want->n, got->n);
	for (i = 0; i < want->n; i++)
		if (!same_total(&want->total[i], &got->total[i]))
			return cause_set(why, FAULT_TOTALS,
			    N_("total %zu declared is not the one counted"),
			    i + 1);
	for (i = 0; f == FAULT_NONE && i < want->n; i++) {
		f = compare_one(&want->total[i], &got->total[i], why);
		if (f == FAULT_NONE)
			continue;
		cause_place(why, NULL, 0, want->total[i].column, UINT64_MAX);
		cause_rule(why, total_kind_text(want->total[i].kind));
	}
	return f;
}
