/*
 * difference: two documents walked side by side.  What has a name is found by
 * it, lists of values are compared as sets, and whatever a later format adds is
 * shown by its own word: nothing that is signed may go unsaid.
 */
#include "record/difference.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "text/writer.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define WORD_MAX 128

/* Where the walk is. */
struct place {
	const char *thing, *name, *dataset;
	char word[WORD_MAX]; /* members from the thing on, with points */
	char clause[CAUSE_NAME_MAX];
};

struct walk {
	struct difference *out;
	enum fault fault; /* the first */
};

/* Lists whose elements have names. */
static const struct named {
	const char *list; /* the member */
	const char *key;  /* of each element */
	const char *thing;
	const char *tell; /* a member that is told of a new one */
	bool order;       /* the order means something */
} named[] = {
	{ "parties", "id", N_("party"), "role", false },
	{ "drops", "id", N_("drop"), "url", false },
	{ "code_lists", "id", N_("code list"), "sha256", false },
	{ "datasets", "id", N_("data set"), "from", false },
	{ "fields", "name", N_("column"), "type", true },
	{ "manifest_fields", "name", N_("manifest field"), "type", false },
};

/* Words for people; members without one are told by their own. */
static const char *const words[][2] = {
	{ "version", N_("version") },
	{ "replaces", N_("version before it") },
	{ "title", N_("title") },
	{ "documents", N_("document") },
	{ "valid.from", N_("valid from") },
	{ "valid.until", N_("valid until") },
	{ "purpose", N_("purpose") },
	{ "legal_basis", N_("legal basis") },
	{ "name", N_("name") },
	{ "role", N_("role") },
	{ "url", N_("address") },
	{ "root_key", N_("root key") },
	{ "signatures_required", N_("required signature") },
	{ "host_keys", N_("host key") },
	{ "handling.onward_transfer", N_("onward transfer") },
	{ "handling.location", N_("location of the data") },
	{ "contacts", N_("contact") },
	{ "from", N_("sender") },
	{ "to", N_("recipient") },
	{ "drop", N_("drop") },
	{ "dialect.delimiter", N_("delimiter") },
	{ "dialect.quoteChar", N_("quote character") },
	{ "dialect.lineTerminator", N_("line end") },
	{ "dialect.encoding", N_("encoding") },
	{ "dialect.bom", N_("byte order mark") },
	{ "schema.primaryKey", N_("primary key") },
	{ "schema.uniqueKeys", N_("unique key") },
	{ "schema.missingValues", N_("word for no value") },
	{ "extra_columns", N_("columns not agreed") },
	{ "totals", N_("control total") },
	{ "rules", N_("rule") },
	{ "limits.rows", N_("rows a parcel, at most") },
	{ "limits.bytes", N_("bytes a parcel, at most") },
	{ "schedule.every", N_("sent every") },
	{ "schedule.due", N_("due within") },
	{ "retention", N_("kept for") },
	{ "approvals", N_("approvals before sending") },
};

static void compare(struct walk *w, const struct place *at,
    const struct node *old, const struct node *new);

/* ---- nodes ---- */

static bool same(const struct node *a, const struct node *b);

static bool
same_members(const struct node *a, const struct node *b)
{
	const struct node *value = NULL;
	const char *key = NULL;
	void *it = NULL;

	while (node_each(a, &it, &key, &value))
		if (!same(value, node_get(b, key)))
			return false;
	return true;
}

/* A document has at most LIMIT_JSON_DEPTH levels. */
static bool
same(const struct node *a, const struct node *b)
{
	size_t i = 0;

	if (a == NULL || b == NULL)
		return a == b;
	if (node_type(a) != node_type(b))
		return false;
	switch (node_type(a)) {
	case NODE_OBJECT:
		return same_members(a, b) && same_members(b, a);
	case NODE_ARRAY:
		if (node_count(a) != node_count(b))
			return false;
		for (i = 0; i < node_count(a); i++)
			if (!same(node_at(a, i), node_at(b, i)))
				return false;
		return true;
	case NODE_STRING:
		return strcmp(node_string(a), node_string(b)) == 0;
	case NODE_INTEGER:
		return node_integer(a) == node_integer(b);
	case NODE_BOOL:
		return node_boolean(a) == node_boolean(b);
	case NODE_NULL:
	case NODE_ANY:
		break;
	}
	return true;
}

/* Whether the text can be shown as it is. */
static bool
is_plain(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return false;
	return true;
}

/* The value as text: a string as it is, anything else as JSON, and so line ends
 * and their like. */
static enum fault
text_of(char **out, const struct node *node)
{
	struct buf text = BUF_MAX(LIMIT_DOCUMENT * 2);
	struct writer *w = NULL;
	enum fault f = FAULT_NONE;

	*out = NULL;
	if (node == NULL)
		return FAULT_NONE;
	if (node_string(node) != NULL && is_plain(node_string(node))) {
		*out = strdup(node_string(node));
		return *out == NULL ? FAULT_MEMORY : FAULT_NONE;
	}
	/* A writer writes lists and objects: the value is the only element. */
	f = writer_new(&w, false);
	if (f == FAULT_NONE) {
		writer_open(w, NULL, NODE_ARRAY);
		writer_node(w, NULL, node);
		writer_close(w);
		f = writer_finish(w, &text);
	}
	if (f == FAULT_NONE && text.len >= 2)
		*out = strndup(buf_text(&text) + 1, text.len - 2);
	writer_free(w);
	buf_free(&text);
	return *out == NULL ? FAULT_MEMORY : FAULT_NONE;
}

/* ---- changes ---- */

/* A word of ours, or the last of its own. */
static const char *
word_of(const struct place *at, const char *member)
{
	size_t i = 0;

	for (i = 0; i < COUNT(words); i++)
		if (strcmp(words[i][0], at->word) == 0)
			return words[i][1];
	return member;
}

static struct change *
add(struct walk *w, const struct place *at, enum change_kind kind,
    const char *member)
{
	struct change *more =
	    reallocarray(w->out->change, w->out->n + 1, sizeof(*more));

	if (more == NULL) {
		w->fault = FAULT_MEMORY;
		return NULL;
	}
	w->out->change = more;
	more += w->out->n++;
	memset(more, 0, sizeof(*more));
	more->kind = kind;
	more->thing = at->thing;
	more->name = at->name;
	more->dataset = at->dataset;
	more->member = member == NULL ? NULL : word_of(at, member);
	memcpy(more->clause, at->clause, sizeof(more->clause));
	return more;
}

static void
add_values(struct walk *w, const struct place *at, const char *member,
    const struct node *old, const struct node *new)
{
	enum change_kind kind = old == NULL ? CHANGE_ADDED
	    : new == NULL                   ? CHANGE_REMOVED
					    : CHANGE_CHANGED;
	struct change *c = add(w, at, kind, member);

	if (c != NULL &&
	    (text_of(&c->from, old) != FAULT_NONE ||
		text_of(&c->to, new) != FAULT_NONE))
		w->fault = FAULT_MEMORY;
}

/* ---- lists ---- */

static const struct node *
find_value(const struct node *list, const struct node *value)
{
	size_t i = 0;

	for (i = 0; i < node_count(list); i++)
		if (same(node_at(list, i), value))
			return node_at(list, i);
	return NULL;
}

/* As sets; two that differ in their order only are told as a whole. */
static void
compare_values(struct walk *w, const struct place *at, const char *member,
    const struct node *old, const struct node *new)
{
	size_t i = 0, before = w->out->n;

	for (i = 0; i < node_count(old) && w->fault == FAULT_NONE; i++)
		if (find_value(new, node_at(old, i)) == NULL)
			add_values(w, at, member, node_at(old, i), NULL);
	for (i = 0; i < node_count(new) && w->fault == FAULT_NONE; i++)
		if (find_value(old, node_at(new, i)) == NULL)
			add_values(w, at, member, NULL, node_at(new, i));
	if (w->out->n == before && w->fault == FAULT_NONE)
		add_values(w, at, member, old, new);
}

static const struct node *
find_named(const struct node *list, const char *key, const char *name)
{
	const char *other = NULL;
	size_t i = 0;

	for (i = 0; i < node_count(list); i++) {
		other = node_text(node_at(list, i), key);
		if (other != NULL && strcmp(other, name) == 0)
			return node_at(list, i);
	}
	return NULL;
}

static void
enter_named(struct place *out, const struct place *at, const struct named *how,
    const char *name)
{
	*out = *at;
	/* What is in a data set is told with it. */
	if (at->thing != NULL)
		out->dataset = at->name;
	out->thing = how->thing;
	out->name = name;
	out->word[0] = '\0';
	(void)snprintf(out->clause, sizeof(out->clause), "%.100s[%.80s]",
	    at->clause, name);
}

/* Number of an element among those that both lists have. */
static size_t
rank_of(const struct node *list, const struct node *other, const char *key,
    const char *name)
{
	const char *here = NULL;
	size_t i = 0, rank = 1;

	for (i = 0; i < node_count(list); i++) {
		here = node_text(node_at(list, i), key);
		if (here == NULL || strcmp(here, name) == 0)
			break;
		rank += find_named(other, key, here) != NULL ? 1 : 0;
	}
	return rank;
}

static void
compare_rank(struct walk *w, const struct place *at, size_t old, size_t new)
{
	struct change *c = NULL;

	if (old == new)
		return;
	c = add(w, at, CHANGE_CHANGED, N_("place among the columns"));
	if (c != NULL &&
	    (asprintf(&c->from, "%zu", old) < 0 ||
		asprintf(&c->to, "%zu", new) < 0))
		w->fault = FAULT_MEMORY;
}

static void
tell_named(struct walk *w, const struct place *at, enum change_kind kind,
    const struct node *tell)
{
	struct change *c = add(w, at, kind, NULL);

	if (c != NULL &&
	    text_of(kind == CHANGE_ADDED ? &c->to : &c->from, tell) !=
		FAULT_NONE)
		w->fault = FAULT_MEMORY;
}

static void
compare_named(struct walk *w, const struct place *at, const struct named *how,
    const struct node *old, const struct node *new)
{
	const struct node *a = NULL, *b = NULL;
	const char *name = NULL;
	struct place in;
	size_t i = 0;

	for (i = 0; i < node_count(old) && w->fault == FAULT_NONE; i++) {
		a = node_at(old, i);
		if ((name = node_text(a, how->key)) == NULL)
			continue;
		b = find_named(new, how->key, name);
		enter_named(&in, at, how, name);
		if (b == NULL) {
			tell_named(
			    w, &in, CHANGE_REMOVED, node_get(a, how->tell));
			continue;
		}
		if (how->order)
			compare_rank(w, &in, rank_of(old, new, how->key, name),
			    rank_of(new, old, how->key, name));
		compare(w, &in, a, b);
	}
	for (i = 0; i < node_count(new) && w->fault == FAULT_NONE; i++) {
		b = node_at(new, i);
		if ((name = node_text(b, how->key)) == NULL ||
		    find_named(old, how->key, name) != NULL)
			continue;
		enter_named(&in, at, how, name);
		tell_named(w, &in, CHANGE_ADDED, node_get(b, how->tell));
	}
}

/* ---- the walk ---- */

static bool
is_list(const struct node *old, const struct node *new)
{
	return (old != NULL && node_type(old) == NODE_ARRAY) ||
	    (new != NULL &&node_type(new) == NODE_ARRAY);
}

static bool
is_object(const struct node *old, const struct node *new)
{
	return (old != NULL && node_type(old) == NODE_OBJECT &&
		   (new == NULL || node_type(new) == NODE_OBJECT)) ||
	    (old == NULL && new != NULL &&node_type(new) == NODE_OBJECT);
}

static void
compare_member(struct walk *w, const struct place *at, const char *key,
    const struct node *old, const struct node *new)
{
	struct place in = *at;
	size_t i = 0;

	if (w->fault != FAULT_NONE || same(old, new))
		return;
	(void)snprintf(in.word, sizeof(in.word), "%.60s%s%.60s", at->word,
	    at->word[0] == '\0' ? "" : ".", key);
	(void)snprintf(in.clause, sizeof(in.clause), "%.120s%s%.60s",
	    at->clause, at->clause[0] == '\0' ? "" : ".", key);
	for (i = 0; i < COUNT(named); i++)
		if (strcmp(named[i].list, key) == 0 && is_list(old, new)) {
			compare_named(w, &in, &named[i], old, new);
			return;
		}
	if (is_object(old, new))
		compare(w, &in, old, new);
	else if (is_list(old, new) &&
	    (old == NULL || node_type(old) == NODE_ARRAY) &&
	    (new == NULL || node_type(new) == NODE_ARRAY))
		compare_values(w, &in, key, old, new);
	else
		add_values(w, &in, key, old, new);
}

static void
compare(struct walk *w, const struct place *at, const struct node *old,
    const struct node *new)
{
	const struct node *value = NULL;
	const char *key = NULL;
	void *it = NULL;

	while (node_each(old, &it, &key, &value))
		compare_member(w, at, key, value, node_get(new, key));
	it = NULL;
	while (node_each(new, &it, &key, &value))
		if (node_get(old, key) == NULL)
			compare_member(w, at, key, NULL, value);
}

enum fault
difference_find(struct difference *out, const struct agreement *old,
    const struct agreement *new, struct cause *why)
{
	struct place at = { NULL, NULL, NULL, "", "" };
	struct walk w = { out, FAULT_NONE };

	memset(out, 0, sizeof(*out));
	compare(&w, &at, doc_root(old->doc), doc_root(new->doc));
	return w.fault == FAULT_NONE ? FAULT_NONE : cause_memory(why);
}

void
difference_free(struct difference *d)
{
	size_t i = 0;

	for (i = 0; i < d->n; i++) {
		free(d->change[i].from);
		free(d->change[i].to);
	}
	free(d->change);
	memset(d, 0, sizeof(*d));
}

const char *
change_kind_text(enum change_kind kind)
{
	switch (kind) {
	case CHANGE_ADDED:
		return "added";
	case CHANGE_REMOVED:
		return "removed";
	case CHANGE_CHANGED:
		break;
	}
	return "changed";
}
