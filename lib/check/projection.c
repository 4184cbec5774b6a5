/*
 * projection: compiled while the agreement is read, so that a rule that names
 * no column is found before it is signed.
 */
#include "check/projection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "check/set.h"

static enum fault
read_extra(struct projection *p, const struct node *dataset, const char *where,
    struct cause *why)
{
	const char *text = node_text(dataset, "extra_columns");

	p->drop = text != NULL && strcmp(text, "drop") == 0;
	if (text == NULL || p->drop || strcmp(text, "refuse") == 0)
		return FAULT_NONE;
	cause_clause(why, "%s.extra_columns", where);
	return cause_set(why, FAULT_FORMAT, N_("\"%s\" must be %s"),
	    "extra_columns", "\"refuse\" or \"drop\"");
}

/* ---- masks ---- */

static enum fault
read_mask(struct projection *p, const struct schema *schema, const char *column,
    const struct node *value, struct cause *why)
{
	const char *text = node_string(value);
	size_t c = schema_find(schema, column);

	if (c == SIZE_MAX)
		return cause_set(why, FAULT_FORMAT,
		    N_("\"%s\" is no column of the schema"), column);
	if (text == NULL || !mask_parse(&p->mask[c], text))
		return cause_set(why, FAULT_FORMAT,
		    N_("a mask is \"last:N\", \"first:N\" (N from 1 to %d), "
		       "\"star\" or \"hash\""),
		    MASK_POINTS_MAX);
	if (strcmp(schema_type(schema, c), "string") != 0)
		return cause_set(why, FAULT_FORMAT,
		    N_("only a column of type string can be masked: the schema "
		       "describes what leaves"));
	p->hashes |= p->mask[c].kind == MASK_HASH;
	return FAULT_NONE;
}

static enum fault
read_masks(struct projection *p, const struct node *dataset,
    const struct schema *schema, const char *where, struct cause *why)
{
	const struct node *masks = node_get(dataset, "mask"), *value = NULL;
	const char *column = NULL;
	enum fault f = FAULT_NONE;
	void *it = NULL;

	if (node_count(masks) == 0)
		return FAULT_NONE;
	p->mask = calloc(schema_count(schema), sizeof(*p->mask));
	if (p->mask == NULL)
		return cause_memory(why);
	while (f == FAULT_NONE && node_each(masks, &it, &column, &value)) {
		f = read_mask(p, schema, column, value, why);
		if (f != FAULT_NONE)
			cause_clause(why, "%s.mask.%s", where, column);
	}
	return f;
}

/* ---- rows ---- */

/* The set copies the words. */
static enum fault
read_values(
    struct projection_only *only, const struct node *list, struct cause *why)
{
	const char **words = NULL;
	size_t i = 0, duplicate = 0, n = 0;
	enum fault f = FAULT_NONE;

	if (list != NULL && node_type(list) == NODE_ARRAY)
		n = node_count(list);
	if (n == 0 || n > PROJECTION_VALUES_MAX)
		return cause_set(why, FAULT_FORMAT,
		    N_("must be a list of 1 to %d texts"),
		    PROJECTION_VALUES_MAX);
	words = calloc(n, sizeof(*words));
	if (words == NULL)
		return cause_memory(why);
	for (i = 0; f == FAULT_NONE && i < n; i++) {
		words[i] = node_string(node_at(list, i));
		if (words[i] == NULL)
			f = cause_set(why, FAULT_FORMAT,
			    N_("element %zu is no text: values are compared as "
			       "they are written"),
			    i + 1);
	}
	if (f == FAULT_NONE)
		f = set_new(&only->values, words, n, &duplicate);
	if (f == FAULT_EXISTS)
		f = cause_set(why, FAULT_FORMAT,
		    N_("element %zu is there twice"), duplicate + 1);
	else if (f == FAULT_MEMORY)
		f = cause_memory(why);
	only->n = n;
	free(words);
	return f;
}

static enum fault
read_only(struct projection *p, const struct schema *schema, const char *column,
    const struct node *value, struct cause *why)
{
	struct projection_only *only = &p->only[p->n_only];

	only->own = schema_find(schema, column);
	if (only->own == SIZE_MAX && !p->drop)
		return cause_set(why, FAULT_FORMAT,
		    N_("\"%s\" is no column of the schema; one that stays here "
		       "can choose rows only where extra_columns is \"drop\""),
		    column);
	only->column = strdup(column);
	if (only->column == NULL)
		return cause_memory(why);
	p->n_only++;
	return read_values(only, value, why);
}

static enum fault
read_rows(struct projection *p, const struct node *dataset,
    const struct schema *schema, const char *where, struct cause *why)
{
	const struct node *rows = node_get(dataset, "only"), *value = NULL;
	const char *column = NULL;
	size_t n = node_count(rows);
	enum fault f = FAULT_NONE;
	void *it = NULL;

	if (n == 0)
		return FAULT_NONE;
	if (n > PROJECTION_ONLY_MAX) {
		cause_clause(why, "%s.only", where);
		return cause_set(why, FAULT_FORMAT,
		    N_("rows are chosen by at most %d columns"),
		    PROJECTION_ONLY_MAX);
	}
	p->only = calloc(n, sizeof(*p->only));
	if (p->only == NULL)
		return cause_memory(why);
	while (f == FAULT_NONE && node_each(rows, &it, &column, &value)) {
		f = read_only(p, schema, column, value, why);
		if (f != FAULT_NONE)
			cause_clause(why, "%s.only.%s", where, column);
	}
	return f;
}

/* ---- the whole ---- */

enum fault
projection_parse(struct projection *p, const struct node *dataset,
    const struct schema *schema, const char *where, struct cause *why)
{
	enum fault f = read_extra(p, dataset, where, why);

	if (f == FAULT_NONE)
		f = read_masks(p, dataset, schema, where, why);
	if (f == FAULT_NONE)
		f = read_rows(p, dataset, schema, where, why);
	return f;
}

void
projection_free(struct projection *p)
{
	size_t i = 0;

	for (i = 0; i < p->n_only; i++) {
		free(p->only[i].column);
		set_free(p->only[i].values);
	}
	free(p->only);
	free(p->mask);
	memset(p, 0, sizeof(*p));
}

bool
projection_is_none(const struct projection *p)
{
	return !p->drop && p->mask == NULL && p->n_only == 0;
}

bool
projection_shows(const struct projection *p)
{
	bool shows = p->mask != NULL;
	size_t i = 0;

	for (i = 0; i < p->n_only; i++)
		shows |= p->only[i].own != SIZE_MAX;
	return shows;
}

enum fault
projection_fits(const struct projection *p, const struct csv_dialect *d,
    const char *where, struct cause *why)
{
	char c = d->delimiter;

	if (p->mask == NULL || d->quote != 0)
		return FAULT_NONE;
	if (c != '*' && !(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f'))
		return FAULT_NONE;
	cause_clause(why, "%s.mask", where);
	return cause_set(why, FAULT_FORMAT,
	    N_("a mask writes the delimiter, and the dialect has no quotes"));
}
