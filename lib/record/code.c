/*
 * code: who signs the agreement signs its code lists, by their hashes, so that
 * both sides hold a table against the same codes.
 */
#include "record/code.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "check/dialect.h"
#include "record/member.h"

static const struct node_member list_members[] = {
	{ "id", NODE_STRING, true, false },
	{ "sha256", NODE_STRING, true, false },
	{ "title", NODE_STRING, true, false },
	{ "edition", NODE_STRING, true, false },
	{ "dialect", NODE_OBJECT, false, false },
};

/* Cells are compared with a list byte for byte, and those are UTF-8. */
static enum fault
read_dialect(
    struct agreement_list *l, const struct member *m, struct cause *why)
{
	char where[MEMBER_PLACE_MAX + 16];
	struct dialect d;
	enum fault f = FAULT_NONE;

	(void)snprintf(where, sizeof(where), "%s.dialect", m->where);
	f = dialect_parse(&d, node_get(m->object, "dialect"), where, why);
	l->dialect = d.csv;
	if (f != FAULT_NONE || d.encoding == RECODE_UTF8)
		return f;
	cause_clause(why, "%s.encoding", where);
	return cause_set(
	    why, FAULT_FORMAT, N_("a code list is written in UTF-8"));
}

static enum fault
read_list(
    struct agreement *a, const struct node *node, size_t at, struct cause *why)
{
	struct agreement_list *l = &a->lists[at];
	char where[MEMBER_PLACE_MAX];
	char text[MEMBER_TEXT_MAX + 1];
	struct member m = { node, where, why, FAULT_NONE };
	size_t i;

	member_element(where, "code_lists", node, at);
	member_table(
	    &m, list_members, sizeof(list_members) / sizeof(list_members[0]));
	member_id(&m, "id", l->id);
	member_hash(&m, "sha256", l->sha256);
	member_text(&m, "title", text, sizeof(text));
	member_text(&m, "edition", text, sizeof(text));
	if (m.fault == FAULT_NONE)
		m.fault = read_dialect(l, &m, why);
	for (i = 0; m.fault == FAULT_NONE && i < at; i++)
		if (strcmp(a->lists[i].id, l->id) == 0)
			m.fault = cause_set(member_place(&m, "id"),
			    FAULT_FORMAT, N_("this id is there twice"));
	return m.fault;
}

enum fault
code_read(struct agreement *a, const struct node *root, struct cause *why)
{
	struct member top = { root, "", why, FAULT_NONE };
	const struct node *list = NULL;
	enum fault f = FAULT_NONE;
	size_t i;

	if (!member_has(&top, "code_lists"))
		return FAULT_NONE;
	list = member_list(&top, "code_lists", 1, LIMIT_CODE_LISTS);
	if (list == NULL)
		return top.fault;
	a->lists = calloc(node_count(list), sizeof(*a->lists));
	if (a->lists == NULL)
		return cause_memory(why);
	a->n_lists = node_count(list);
	for (i = 0; f == FAULT_NONE && i < a->n_lists; i++)
		f = read_list(a, node_at(list, i), i, why);
	return f;
}

void
code_free(struct agreement *a)
{
	free(a->lists);
	a->lists = NULL;
	a->n_lists = 0;
}

enum fault
code_fits(const struct agreement *a, const char *id,
    const struct codelist *list, struct cause *why)
{
	const struct foreign *foreign = NULL;
	size_t d, i, n;

	for (d = 0; d < a->n_datasets; d++) {
		n = schema_foreign(a->datasets[d].schema, &foreign);
		for (i = 0; i < n; i++) {
			if (strcmp(foreign[i].list, id) != 0 ||
			    codelist_has(list, foreign[i].in))
				continue;
			cause_clause(why,
			    "%s.schema.foreignKeys[%zu].reference.fields",
			    a->datasets[d].clause, i + 1);
			return cause_set(why, FAULT_FORMAT,
			    N_("the code list %s has no column %s"), id,
			    foreign[i].in);
		}
	}
	return FAULT_NONE;
}
