/*
 * dataset: the rules are compiled while the agreement is read, so that a rule
 * nobody can apply is found before it is signed and not when data is due.
 */
#include "record/dataset.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "record/member.h"
#include "record/terms.h"
#include "text/writer.h"

static const struct node_member dataset_members[] = {
	{ "id", NODE_STRING, true, false },
	{ "from", NODE_STRING, true, false },
	{ "to", NODE_ARRAY, true, false },
	{ "drop", NODE_STRING, true, false },
	{ "dialect", NODE_OBJECT, true, false },
	{ "schema", NODE_OBJECT, true, false },
	{ "extra_columns", NODE_STRING, false, false },
	{ "mask", NODE_OBJECT, false, false },
	{ "only", NODE_OBJECT, false, false },
	{ "modes", NODE_ARRAY, false, false },
	{ "manifest_fields", NODE_ARRAY, true, false },
	{ "totals", NODE_ARRAY, true, false },
	{ "rules", NODE_ARRAY, false, false },
	{ "limits", NODE_OBJECT, false, false },
	{ "schedule", NODE_OBJECT, false, false },
	{ "retention", NODE_STRING, false, false },
	{ "approvals", NODE_INTEGER, false, false },
};

static const struct node_member limit_members[] = {
	{ "rows", NODE_INTEGER, false, false },
	{ "bytes", NODE_INTEGER, false, false },
};

static const struct node_member schedule_members[] = {
	{ "every", NODE_STRING, true, false },
	{ "due", NODE_STRING, false, false },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
/* "datasets[ID].manifest_fields" and the like. */
#define PLACE_MAX (LIMIT_ID + 64)

/*
 * Words of the format that this version does not act on.  They are refused with
 * a plain sentence, because a rule that nobody holds must not be signed.
 */
static void
check_later(struct member *m)
{
	const struct node *modes = NULL;
	const char *mode = NULL;

	if (member_has(m, "modes")) {
		modes = node_get(m->object, "modes");
		mode = node_string(node_at(modes, 0));
		if (node_count(modes) != 1 || mode == NULL ||
		    strcmp(mode, "full") != 0)
			m->fault = cause_set(member_place(m, "modes"),
			    FAULT_FORMAT,
			    N_("this version knows the mode \"full\" only"));
	}
	if (member_has(m, "approvals") &&
	    node_int(m->object, "approvals", 0) != 0)
		m->fault = cause_set(member_place(m, "approvals"), FAULT_FORMAT,
		    N_("this version asks for no approvals before sending; a "
		       "rule that it does not hold must not be signed"));
}

static void
check_duration(struct member *m, const char *name)
{
	char text[32] = "";

	if (!member_has(m, name))
		return;
	member_text(m, name, text, sizeof(text));
	if (m->fault == FAULT_NONE && !terms_duration_ok(text))
		m->fault = cause_set(member_place(m, name), FAULT_FORMAT,
		    N_("a duration is written as P180D, P1M or PT2H (ISO "
		       "8601)"));
}

/* Shown to people and held against the calendar by others; here only the form,
 * so that a typing error is not signed. */
static void
check_times(struct member *m, const struct dataset *d)
{
	char where[PLACE_MAX];
	struct member part;

	check_duration(m, "retention");
	if (!member_has(m, "schedule"))
		return;
	(void)snprintf(where, sizeof(where), "%s.schedule", d->clause);
	part = member_enter(m, "schedule", where);
	member_table(&part, schedule_members, COUNT(schedule_members));
	check_duration(&part, "every");
	check_duration(&part, "due");
	m->fault = part.fault;
}

/* Absent means no limit; zero would mean that nothing may be sent, and is
 * refused as a slip. */
static void
read_limits(struct member *m, struct dataset *d)
{
	char where[PLACE_MAX];
	struct member part;

	if (!member_has(m, "limits"))
		return;
	(void)snprintf(where, sizeof(where), "%s.limits", d->clause);
	part = member_enter(m, "limits", where);
	member_table(&part, limit_members, COUNT(limit_members));
	member_count(&part, "rows", 1, &d->max_rows);
	member_count(&part, "bytes", 1, &d->max_bytes);
	m->fault = part.fault;
}

/* ---- manifest fields ---- */

/* The array as a schema {"fields": [...]}, so that one compiler serves both. */
static enum fault
wrap_fields(struct doc **out, const struct node *array, struct cause *why)
{
	struct buf text = BUF_MAX(LIMIT_DOCUMENT);
	struct writer *w = NULL;
	enum fault f = writer_new(&w, false);

	if (f == FAULT_NONE) {
		writer_open(w, NULL, NODE_OBJECT);
		writer_node(w, "fields", array);
		writer_close(w);
		f = writer_finish(w, &text);
	}
	if (f == FAULT_NONE)
		f = doc_parse(out, text.data, text.len, why);
	else
		f = cause_memory(why);
	writer_free(w);
	buf_free(&text);
	return f;
}

/* "X.manifest_fields.fields[N]" came from the wrapping: people wrote
 * "X.manifest_fields[N]". */
static void
unwrap_clause(struct cause *why)
{
	static const char outer[] = "manifest_fields", inner[] = ".fields";
	char *at = why != NULL ? strstr(why->clause, outer) : NULL;

	if (at == NULL)
		return;
	at += sizeof(outer) - 1;
	if (strncmp(at, inner, sizeof(inner) - 1) == 0)
		memmove(at, at + sizeof(inner) - 1,
		    strlen(at + sizeof(inner) - 1) + 1);
}

/* What means something for a table only, or cannot be typed as NAME=VALUE. */
static enum fault
check_field(const struct dataset *d, size_t i, struct cause *why)
{
	const char *name = schema_name(d->manifest_fields, i);

	if (strchr(name, '=') != NULL ||
	    !member_text_ok(name, MEMBER_TEXT_MAX)) {
		cause_clause(
		    why, "%s.manifest_fields[%s].name", d->clause, name);
		return cause_set(why, FAULT_FORMAT,
		    N_("the name of a manifest field has no \"=\" and no "
		       "control characters"));
	}
	if (column_unique(schema_column(d->manifest_fields, i))) {
		cause_clause(why, "%s.manifest_fields[%s].constraints.unique",
		    d->clause, name);
		return cause_set(why, FAULT_FORMAT,
		    N_("a manifest field is one value: \"unique\" says nothing "
		       "about it"));
	}
	return FAULT_NONE;
}

/* An empty list compiles to NULL: then a manifest carries no field at all. */
static void
read_manifest_fields(struct member *m, struct dataset *d)
{
	const struct node *list =
	    member_list(m, "manifest_fields", 0, TERMS_LIST_MAX);
	char where[PLACE_MAX];
	struct doc *doc = NULL;
	size_t i;

	if (list == NULL || node_count(list) == 0)
		return;
	(void)snprintf(where, sizeof(where), "%s.manifest_fields", d->clause);
	m->fault = wrap_fields(&doc, list, m->why);
	if (m->fault == FAULT_NONE)
		m->fault = schema_parse(
		    &d->manifest_fields, doc_root(doc), where, m->why);
	if (m->fault != FAULT_NONE)
		unwrap_clause(m->why);
	doc_free(doc);
	for (i = 0;
	     m->fault == FAULT_NONE && i < schema_count(d->manifest_fields);
	     i++)
		m->fault = check_field(d, i, m->why);
}

/* ---- dialect, schema, totals, rules ---- */

/* In this order, because totals and rules name columns of the schema. */
static void
read_table(struct member *m, struct dataset *d)
{
	char where[PLACE_MAX];

	if (m->fault == FAULT_NONE) {
		(void)snprintf(where, sizeof(where), "%s.dialect", d->clause);
		m->fault = dialect_parse(
		    &d->dialect, node_get(m->object, "dialect"), where, m->why);
	}
	if (m->fault == FAULT_NONE) {
		(void)snprintf(where, sizeof(where), "%s.schema", d->clause);
		m->fault = schema_parse(
		    &d->schema, node_get(m->object, "schema"), where, m->why);
	}
	if (m->fault == FAULT_NONE)
		m->fault = projection_parse(
		    &d->projection, m->object, d->schema, d->clause, m->why);
	if (m->fault == FAULT_NONE)
		m->fault = projection_fits(
		    &d->projection, &d->dialect.csv, d->clause, m->why);
	if (m->fault == FAULT_NONE) {
		(void)snprintf(where, sizeof(where), "%s.totals", d->clause);
		m->fault = totals_parse(&d->totals,
		    node_get(m->object, "totals"), d->schema, where, m->why);
	}
	if (m->fault == FAULT_NONE) {
		(void)snprintf(where, sizeof(where), "%s.rules", d->clause);
		m->fault = rules_parse(&d->rules, node_get(m->object, "rules"),
		    d->schema, where, m->why);
	}
}

/* Cheap and plain members first: their faults are the easiest to mend. */
enum fault
dataset_read(
    struct dataset *d, const struct node *node, size_t at, struct cause *why)
{
	char where[MEMBER_PLACE_MAX];
	struct member m = { node, where, why, FAULT_NONE };

	member_element(where, "datasets", node, at);
	(void)snprintf(d->clause, sizeof(d->clause), "%s", where);
	member_table(&m, dataset_members, COUNT(dataset_members));
	member_id(&m, "id", d->id);
	member_id(&m, "from", d->from);
	member_ids(&m, "to", &d->to, &d->n_to);
	member_id(&m, "drop", d->drop);
	check_later(&m);
	read_limits(&m, d);
	check_times(&m, d);
	read_table(&m, d);
	read_manifest_fields(&m, d);
	return m.fault;
}

static enum fault
no_party(const struct dataset *d, const char *member, const char *id,
    struct cause *why)
{
	cause_clause(why, "%s.%s", d->clause, member);
	return cause_set(
	    why, FAULT_FORMAT, N_("%s is no party of the agreement"), id);
}

/* Every list that the schema refers to is one of the agreement. */
static enum fault
lists_known(
    const struct dataset *d, const struct agreement *a, struct cause *why)
{
	const struct foreign *foreign = NULL;
	size_t n = schema_foreign(d->schema, &foreign), i;

	for (i = 0; i < n; i++) {
		if (agreement_list(a, foreign[i].list) != NULL)
			continue;
		cause_clause(why,
		    "%s.schema.foreignKeys[%zu].reference.resource", d->clause,
		    i + 1);
		return cause_set(why, FAULT_FORMAT,
		    N_("%s is no code list of the agreement"), foreign[i].list);
	}
	return FAULT_NONE;
}

bool
dataset_needs(const struct dataset *d, const char *list)
{
	const struct foreign *foreign = NULL;
	size_t n = schema_foreign(d->schema, &foreign), i;

	for (i = 0; i < n; i++)
		if (strcmp(foreign[i].list, list) == 0)
			return true;
	return false;
}

enum fault
dataset_check(
    const struct dataset *d, const struct agreement *a, struct cause *why)
{
	size_t i;

	/* Any party may send: return data flows from recipient to provider. */
	if (agreement_party(a, d->from) == NULL)
		return no_party(d, "from", d->from, why);
	for (i = 0; i < d->n_to; i++) {
		if (agreement_party(a, d->to[i]) == NULL)
			return no_party(d, "to", d->to[i], why);
		if (strcmp(d->to[i], d->from) == 0) {
			cause_clause(why, "%s.to", d->clause);
			return cause_set(why, FAULT_FORMAT,
			    N_("%s would send to itself"), d->from);
		}
	}
	if (agreement_drop(a, d->drop) == NULL) {
		cause_clause(why, "%s.drop", d->clause);
		return cause_set(why, FAULT_FORMAT,
		    N_("%s is no drop of the agreement"), d->drop);
	}
	return lists_known(d, a, why);
}

struct csv_dialect
dataset_staged_dialect(const struct dataset *d)
{
	return dialect_normal(&d->dialect);
}

bool
dataset_leaves_as_is(const struct dataset *d)
{
	return dialect_is_normal(&d->dialect) &&
	    projection_is_none(&d->projection);
}

void
dataset_free(struct dataset *d)
{
	size_t i;

	for (i = 0; i < d->n_to; i++)
		free(d->to[i]);
	free(d->to);
	projection_free(&d->projection);
	schema_free(d->schema);
	rules_free(d->rules);
	schema_free(d->manifest_fields);
}
