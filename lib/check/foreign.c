/*
 * foreign: a reference to anything but a code list is refused: the keys of a
 * whole file cannot be remembered in constant memory.
 */
#include "check/foreign.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "base/path.h"
#include "check/schema.h"

#define LIST "list:"

/* One element being read. */
struct reading {
	const struct schema *schema;
	const char *where; /* of the element */
	struct cause *why;
};

/* A name, or a list of one. */
static enum fault
one_name(const struct reading *r, const struct node *object, const char *place,
    const char **out)
{
	const struct node *node = node_get(object, "fields");

	cause_clause(r->why, "%s.%sfields", r->where, place);
	if (node_type(node) == NODE_ARRAY && node_count(node) > 1)
		return cause_set(r->why, FAULT_FORMAT,
		    N_("a foreign key of several columns is not supported in "
		       "this version"));
	if (node_type(node) == NODE_ARRAY && node_count(node) == 1)
		node = node_at(node, 0);
	*out = node_string(node);
	if (*out == NULL || (*out)[0] == '\0')
		return cause_set(r->why, FAULT_FORMAT,
		    N_("must be the name of a column, or an array of one"));
	return FAULT_NONE;
}

static enum fault
read_column(const struct reading *r, const struct node *node, size_t *column)
{
	const char *name = NULL;
	enum fault f = one_name(r, node, "", &name);

	if (f != FAULT_NONE)
		return f;
	*column = schema_find(r->schema, name);
	if (*column == SIZE_MAX)
		return cause_set(r->why, FAULT_FORMAT,
		    N_("\"%s\" is not the name of a column"), name);
	/* Other types have many texts for one value; codes have one. */
	if (strcmp(schema_type(r->schema, *column), "string") != 0)
		return cause_set(r->why, FAULT_FORMAT,
		    N_("only strings can be held against a code list"));
	return FAULT_NONE;
}

static enum fault
read_resource(const struct reading *r, const struct node *node, char *out)
{
	const char *text = node_text(node, "resource");

	cause_clause(r->why, "%s.reference.resource", r->where);
	if (strncmp(text, LIST, sizeof(LIST) - 1) != 0)
		return cause_set(r->why, FAULT_FORMAT,
		    N_("only code lists of the agreement (\"list:ID\") are "
		       "supported in this version"));
	text += sizeof(LIST) - 1;
	if (!path_id_ok(text))
		return cause_set(r->why, FAULT_FORMAT,
		    N_("\"%s\" cannot be the id of a code list"), text);
	(void)snprintf(out, LIMIT_ID + 1, "%s", text);
	return FAULT_NONE;
}

static enum fault
read_element(
    const struct reading *r, const struct node *node, struct foreign *out)
{
	static const struct node_member members[] = {
		{ "fields", NODE_ANY, true, false },
		{ "reference", NODE_OBJECT, true, false },
	};
	static const struct node_member reference_members[] = {
		{ "resource", NODE_STRING, true, false },
		{ "fields", NODE_ANY, true, false },
	};
	const struct node *reference = NULL;
	const char *in = NULL;
	char where[CAUSE_NAME_MAX + 16];
	enum fault f = node_members(node, r->where, members, 2, r->why);

	if (f != FAULT_NONE)
		return f;
	reference = node_get(node, "reference");
	(void)snprintf(where, sizeof(where), "%s.reference", r->where);
	f = node_members(reference, where, reference_members, 2, r->why);
	if (f == FAULT_NONE)
		f = read_resource(r, reference, out->list);
	if (f == FAULT_NONE)
		f = read_column(r, node, &out->column);
	if (f == FAULT_NONE)
		f = one_name(r, reference, "reference.", &in);
	if (f != FAULT_NONE)
		return f;
	out->in = strdup(in);
	return out->in == NULL ? cause_memory(r->why) : FAULT_NONE;
}

enum fault
foreign_parse(struct foreign **out, size_t *n, const struct schema *schema,
    const struct node *array, const char *where, struct cause *why)
{
	char place[CAUSE_NAME_MAX];
	struct reading r = { schema, place, why };
	size_t i = 0, k = 0, count = node_count(array);
	enum fault f = FAULT_NONE;

	cause_clause(why, "%s.foreignKeys", where);
	if (count < 1 || count > FOREIGN_MAX)
		return cause_set(why, FAULT_FORMAT,
		    N_("must have 1 to %d elements"), FOREIGN_MAX);
	if ((*out = calloc(count, sizeof(**out))) == NULL)
		return cause_memory(why);
	*n = count;
	for (i = 0; f == FAULT_NONE && i < count; i++) {
		(void)snprintf(
		    place, sizeof(place), "%s.foreignKeys[%zu]", where, i + 1);
		f = read_element(&r, node_at(array, i), &(*out)[i]);
		for (k = 0; f == FAULT_NONE && k < i; k++) {
			if ((*out)[k].column != (*out)[i].column)
				continue;
			cause_clause(why, "%s.fields", place);
			f = cause_set(why, FAULT_FORMAT,
			    N_("the column is held against a list already"));
		}
	}
	return f;
}

void
foreign_free(struct foreign *f, size_t n)
{
	while (f != NULL && n > 0)
		free(f[--n].in);
	free(f);
}
