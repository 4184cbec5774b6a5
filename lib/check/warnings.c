/*
 * warnings: evidence, like totals: both sides must write the same bytes for the
 * same data, so that order and repetition are settled here and nowhere else.
 */
#include "check/warnings.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "base/log.h"

static const struct node_member members[] = {
	{ "column", NODE_STRING, true, false },
	{ "rule", NODE_STRING, true, false },
	{ "count", NODE_INTEGER, true, false },
};

void
warnings_free(struct warnings *w)
{
	if (w == NULL)
		return;
	free(w->item);
	w->item = NULL;
	w->n = 0;
}

static int
by_column(const void *a, const void *b)
{
	const struct table_count *x = a, *y = b;
	int order = strcmp(x->column, y->column);

	return order != 0 ? order : strcmp(x->rule, y->rule);
}

void
warnings_sort(struct warnings *w)
{
	size_t i = 0, n = 0;

	if (w->n == 0)
		return;
	qsort(w->item, w->n, sizeof(*w->item), by_column);
	/* Several findings of the engine may have one word for people. */
	for (i = 1; i < w->n; i++) {
		if (by_column(&w->item[n], &w->item[i]) == 0)
			w->item[n].count += w->item[i].count;
		else
			w->item[++n] = w->item[i];
	}
	w->n = n + 1;
}

uint64_t
warnings_total(const struct warnings *w)
{
	uint64_t total = 0;
	size_t i = 0;

	for (i = 0; i < w->n; i++)
		total += w->item[i].count;
	return total;
}

void
warnings_write(struct writer *out, const char *key, const struct warnings *w)
{
	size_t i = 0;

	writer_open(out, key, NODE_ARRAY);
	for (i = 0; i < w->n; i++) {
		writer_open(out, NULL, NODE_OBJECT);
		writer_string(out, "column", w->item[i].column);
		writer_string(out, "rule", w->item[i].rule);
		writer_integer(out, "count", (int64_t)w->item[i].count);
		writer_close(out);
	}
	writer_close(out);
}

/* ---- reading ---- */

/* Shown to people and kept for years: nothing that a screen must not show. */
static bool
column_ok(const char *text)
{
	char shown[CAUSE_NAME_MAX] = "";

	return strlen(text) < sizeof(shown) &&
	    strcmp(log_quote(shown, sizeof(shown), text), text) == 0;
}

static bool
rule_ok(const char *text)
{
	size_t n = strspn(
	    text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_");

	return n > 0 && text[n] == '\0' &&
	    n < sizeof(((struct table_count *)0)->rule);
}

static enum fault
read_one(struct table_count *out, const struct node *object, const char *where,
    struct cause *why)
{
	const char *column = NULL, *rule = NULL;
	int64_t count = 0;
	enum fault f = node_members(
	    object, where, members, sizeof(members) / sizeof(members[0]), why);

	if (f != FAULT_NONE)
		return f;
	column = node_text(object, "column");
	rule = node_text(object, "rule");
	count = node_int(object, "count", 0);
	cause_clause(why, "%s", where);
	if (!column_ok(column) || !rule_ok(rule))
		return cause_set(why, FAULT_FORMAT,
		    N_("a column or a rule is not written as one is"));
	if (count < 1)
		return cause_set(why, FAULT_FORMAT,
		    N_("the count of a warning is 1 or more"));
	(void)snprintf(out->column, sizeof(out->column), "%s", column);
	(void)snprintf(out->rule, sizeof(out->rule), "%s", rule);
	out->count = (uint64_t)count;
	return FAULT_NONE;
}

enum fault
warnings_read(struct warnings *out, const struct node *array, const char *where,
    struct cause *why)
{
	char place[CAUSE_NAME_MAX] = "", before[CAUSE_NAME_MAX] = "";
	size_t n = node_count(array);
	enum fault f = FAULT_NONE;

	memset(out, 0, sizeof(*out));
	if (why != NULL)
		(void)snprintf(before, sizeof(before), "%s", why->clause);
	cause_clause(why, "%s", where);
	if (array == NULL || node_type(array) != NODE_ARRAY || n > WARNINGS_MAX)
		return cause_set(why, FAULT_FORMAT,
		    N_("must be an array of at most %d warnings"),
		    WARNINGS_MAX);
	if ((out->item = calloc(n + 1, sizeof(*out->item))) == NULL)
		return cause_memory(why);
	for (; f == FAULT_NONE && out->n < n; out->n++) {
		struct table_count *at = &out->item[out->n];

		(void)snprintf(
		    place, sizeof(place), "%s[%zu]", where, out->n + 1);
		f = read_one(at, node_at(array, out->n), place, why);
		if (f == FAULT_NONE && out->n > 0 && by_column(at - 1, at) >= 0)
			f = cause_set(why, FAULT_FORMAT,
			    N_("warnings are not in the order of column and "
			       "rule"));
	}
	if (f != FAULT_NONE)
		warnings_free(out);
	else
		cause_clause(why, "%s", before);
	return f;
}

/* ---- comparing ---- */

enum fault
warnings_compare(
    const struct warnings *want, const struct warnings *got, struct cause *why)
{
	const struct table_count none = { "", "", 0 };
	const struct table_count *a = NULL, *b = NULL, *first = NULL;
	size_t i = 0;

	for (i = 0; i < want->n || i < got->n; i++) {
		int order = 0;

		a = i < want->n ? &want->item[i] : NULL;
		b = i < got->n ? &got->item[i] : NULL;
		if (a != NULL && b != NULL)
			order = by_column(a, b);
		/* The one that comes first is missing on the other side. */
		if (a == NULL || (b != NULL && order > 0))
			a = &none;
		if (b == NULL || (a != &none && order < 0))
			b = &none;
		if (a->count == b->count)
			continue;
		first = a != &none ? a : b;
		cause_place(why, NULL, 0,
		    first->column[0] != '\0' ? first->column : NULL,
		    UINT64_MAX);
		cause_rule(why, first->rule);
		return cause_set(why, FAULT_TOTALS,
		    N_("warnings differ: %llu declared, %llu counted"),
		    (unsigned long long)a->count, (unsigned long long)b->count);
	}
	return FAULT_NONE;
}
