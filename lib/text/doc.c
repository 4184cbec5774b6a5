/*
 * doc: strict reading of JSON over jansson.
 *
 * jansson already refuses duplicate keys (when told), bad UTF-8, big integers
 * and trailing bytes.  What it still lets through (reals, depth up to 2048,
 * integers beyond 2^53 that other readers round, a NUL byte after a number or a
 * word) is refused here, so that signer and reader can never see two different
 * documents.
 *
 * Out of memory, jansson is not safe: it drops bytes of what it reads, writes
 * behind the end of a text, or calls it wrong.  So it is never told: its
 * allocator keeps a list of all that it gave, and leaves the parser for good.
 */
#include "text/doc.h"

#include <pthread.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/intl.h"
#include "base/limits.h"

#define DOC_INTEGER_MAX 9007199254740991LL /* 2^53 - 1 */

struct doc {
	json_t *root;
};

/* Stands before each block that jansson was given; all are in a ring. */
struct given {
	_Alignas(max_align_t) struct given *before;
	struct given *after;
};

struct parser {
	struct given ring;
	jmp_buf starved;
};

/* jansson gives its allocator no context. */
static _Thread_local struct parser *parser;
static pthread_once_t prepared = PTHREAD_ONCE_INIT;

static void
leave_ring(struct given *g)
{
	g->before->after = g->after;
	g->after->before = g->before;
}

static void *
take(size_t len)
{
	struct given *g = len > SIZE_MAX / 2 ? NULL : malloc(sizeof(*g) + len);

	/* Someone else in this process may use jansson, too. */
	if (parser == NULL) {
		if (g == NULL)
			return NULL;
		g->before = g->after = g;
		return g + 1;
	}
	if (g == NULL)
		longjmp(parser->starved, 1);
	g->after = &parser->ring;
	g->before = parser->ring.before;
	g->before->after = g;
	parser->ring.before = g;
	return g + 1;
}

static void
give_back(void *bytes)
{
	struct given *g;

	if (bytes == NULL)
		return;
	g = (struct given *)bytes - 1;
	leave_ring(g);
	free(g);
}

static void
prepare(void)
{
	json_set_alloc_funcs(take, give_back);
}

/* Apart from load, whose "p" stays as it is when the allocator leaves. */
static enum fault
try(struct parser *p, json_t **out, const void *bytes, size_t len,
    json_error_t *error)
{
	if (setjmp(p->starved) != 0)
		return FAULT_MEMORY;
	*out = json_loadb(bytes, len, JSON_REJECT_DUPLICATES, error);
	return *out == NULL ? FAULT_FORMAT : FAULT_NONE;
}

/* FAULT_FORMAT with *error, or FAULT_MEMORY; then *out is NULL. */
static enum fault
load(json_t **out, const void *bytes, size_t len, json_error_t *error)
{
	struct parser p;
	enum fault f;

	(void)pthread_once(&prepared, prepare);
	p.ring.before = p.ring.after = &p.ring;
	*out = NULL;
	parser = &p;
	f = try(&p, out, bytes, len, error);
	parser = NULL;
	if (f == FAULT_MEMORY)
		while (p.ring.after != &p.ring)
			give_back(p.ring.after + 1);
	else
		/* The tree frees itself, later. */
		leave_ring(&p.ring);
	return f;
}

static const json_t *
in(const struct node *node)
{
	return (const json_t *)(const void *)node;
}

static const struct node *
give(const json_t *json)
{
	return (const struct node *)(const void *)json;
}

static enum fault hold(const json_t *json, unsigned depth, struct cause *why);

static enum fault
hold_members(const json_t *json, unsigned depth, struct cause *why)
{
	const json_t *value;
	void *it;
	enum fault f = FAULT_NONE;
	size_t i;

	if (json_is_array(json)) {
		for (i = 0; f == FAULT_NONE && i < json_array_size(json); i++)
			f = hold(json_array_get(json, i), depth + 1, why);
		return f;
	}
	/* jansson's iterator wants a mutable object, but does not change it. */
	it = json_object_iter((json_t *)(uintptr_t)json);
	while (f == FAULT_NONE && it != NULL) {
		value = json_object_iter_value(it);
		f = hold(value, depth + 1, why);
		it = json_object_iter_next((json_t *)(uintptr_t)json, it);
	}
	return f;
}

/* What jansson lets through and we do not. */
static enum fault
hold(const json_t *json, unsigned depth, struct cause *why)
{
	json_int_t n;

	/* Only what nests is a level; its last may hold text and numbers. */
	if (depth > LIMIT_JSON_DEPTH &&
	    (json_is_array(json) || json_is_object(json)))
		return cause_set(why, FAULT_FORMAT,
		    N_("more than %d levels deep"), LIMIT_JSON_DEPTH);
	if (json_is_real(json))
		return cause_set(
		    why, FAULT_FORMAT, N_("a number is not an integer"));
	if (json_is_integer(json)) {
		n = json_integer_value(json);
		if (n > DOC_INTEGER_MAX || n < -DOC_INTEGER_MAX)
			return cause_set(
			    why, FAULT_FORMAT, N_("an integer is beyond 2^53"));
	}
	if (json_is_array(json) || json_is_object(json))
		return hold_members(json, depth, why);
	return FAULT_NONE;
}

/* jansson forgets a NUL that it has read ahead, after a number or a word. */
static enum fault
hold_no_nul(const char *bytes, size_t len, struct cause *why)
{
	const char *nul = len > 0 ? memchr(bytes, '\0', len) : NULL;
	const char *s, *start = bytes;
	int line = 1;

	if (nul == NULL)
		return FAULT_NONE;
	for (s = bytes; s < nul; s++)
		if (*s == '\n') {
			line++;
			start = s + 1;
		}
	return cause_set(why, FAULT_FORMAT,
	    N_("no valid JSON at line %d, column %d, byte %d"), line,
	    (int)(nul - start) + 1, (int)(nul - bytes) + 1);
}

/*
 * Counts before jansson builds its tree: a value has a comma before it or is
 * the first of its list or object.  Of text that is no JSON it may count
 * anything.
 */
static enum fault
hold_size(const char *bytes, size_t len, struct cause *why)
{
	size_t i, nests = 0, values = 1;
	bool inside = false;

	for (i = 0; i < len; i++) {
		if (bytes[i] == '"')
			inside = !inside;
		else if (inside)
			i += bytes[i] == '\\' ? 1 : 0;
		else if (bytes[i] == '[' || bytes[i] == '{')
			nests++;
		else if (bytes[i] == ',')
			values++;
	}
	if (nests > LIMIT_JSON_NESTS)
		return cause_set(why, FAULT_FORMAT,
		    N_("more than %d lists and objects"), LIMIT_JSON_NESTS);
	if (values + nests > LIMIT_JSON_VALUES)
		return cause_set(why, FAULT_FORMAT, N_("more than %d values"),
		    LIMIT_JSON_VALUES);
	return FAULT_NONE;
}

bool
doc_fits(const void *bytes, size_t len)
{
	return hold_size(bytes, len, NULL) == FAULT_NONE;
}

enum fault
doc_parse(struct doc **out, const void *bytes, size_t len, struct cause *why)
{
	json_error_t error;
	json_t *root = NULL;
	enum fault f;

	*out = NULL;
	if ((f = hold_no_nul(bytes, len, why)) != FAULT_NONE ||
	    (f = hold_size(bytes, len, why)) != FAULT_NONE)
		return f;
	f = load(&root, bytes, len, &error);
	if (f == FAULT_MEMORY)
		return cause_memory(why);
	/* jansson's text may quote what it found: name the place only. */
	if (f != FAULT_NONE &&
	    json_error_code(&error) == json_error_duplicate_key)
		return cause_set(why, f,
		    N_("a key stands twice, at line %d, column %d, byte %d"),
		    error.line, error.column, error.position);
	if (f != FAULT_NONE)
		return cause_set(why, f,
		    N_("no valid JSON at line %d, column %d, byte %d"),
		    error.line, error.column, error.position);
	if ((f = hold(root, 1, why)) != FAULT_NONE)
		goto out;
	if ((*out = malloc(sizeof(**out))) == NULL) {
		f = cause_memory(why);
		goto out;
	}
	(*out)->root = root;
	root = NULL;
out:
	json_decref(root);
	return f;
}

void
doc_free(struct doc *d)
{
	if (d == NULL)
		return;
	json_decref(d->root);
	free(d);
}

const struct node *
doc_root(const struct doc *d)
{
	return give(d->root);
}

enum node_type
node_type(const struct node *node)
{
	switch (json_typeof(in(node))) {
	case JSON_OBJECT:
		return NODE_OBJECT;
	case JSON_ARRAY:
		return NODE_ARRAY;
	case JSON_STRING:
		return NODE_STRING;
	case JSON_TRUE:
	case JSON_FALSE:
		return NODE_BOOL;
	case JSON_NULL:
		return NODE_NULL;
	case JSON_INTEGER:
	case JSON_REAL:
	default:
		return NODE_INTEGER;
	}
}

static const char *
type_text(enum node_type type)
{
	switch (type) {
	case NODE_OBJECT:
		return "object";
	case NODE_ARRAY:
		return "array";
	case NODE_STRING:
		return "string";
	case NODE_INTEGER:
		return "integer";
	case NODE_BOOL:
		return "boolean";
	case NODE_NULL:
		return "null";
	case NODE_ANY:
	default:
		return "value";
	}
}

/* "where" begins a clause; the whole document has none. */
static void
clause(struct cause *why, const char *where, const char *name)
{
	cause_clause(why, "%s%s%s", where,
	    where[0] != '\0' && name[0] != '\0' ? "." : "", name);
}

static enum fault
hold_member(const struct node *node, const char *where,
    const struct node_member *m, struct cause *why)
{
	const struct node *value = node_get(node, m->name);

	if (value == NULL) {
		if (!m->required)
			return FAULT_NONE;
		clause(why, where, m->name);
		return cause_set(
		    why, FAULT_FORMAT, N_("\"%s\" is missing"), m->name);
	}
	if (m->type == NODE_ANY || node_type(value) == m->type ||
	    (m->nullable && node_type(value) == NODE_NULL))
		return FAULT_NONE;
	clause(why, where, m->name);
	return cause_set(why, FAULT_FORMAT, N_("\"%s\" is not of type %s"),
	    m->name, type_text(m->type));
}

enum fault
node_members(const struct node *node, const char *where,
    const struct node_member *members, size_t n, struct cause *why)
{
	const char *key = NULL;
	void *it = NULL;
	enum fault f;
	size_t j;

	if (node == NULL || node_type(node) != NODE_OBJECT) {
		clause(why, where, "");
		return cause_set(why, FAULT_FORMAT, N_("is not an object"));
	}
	while (node_each(node, &it, &key, NULL)) {
		for (j = 0; j < n; j++)
			if (strcmp(key, members[j].name) == 0)
				break;
		if (j == n) {
			clause(why, where, key);
			return cause_set(why, FAULT_FORMAT,
			    N_("\"%s\" is not known here"), key);
		}
	}
	for (j = 0; j < n; j++)
		if ((f = hold_member(node, where, &members[j], why)) !=
		    FAULT_NONE)
			return f;
	return FAULT_NONE;
}

const struct node *
node_get(const struct node *object, const char *key)
{
	return object == NULL ? NULL : give(json_object_get(in(object), key));
}

const char *
node_string(const struct node *node)
{
	return node == NULL ? NULL : json_string_value(in(node));
}

const char *
node_text(const struct node *object, const char *key)
{
	return node_string(node_get(object, key));
}

int64_t
node_integer(const struct node *node)
{
	return node == NULL ? 0 : (int64_t)json_integer_value(in(node));
}

int64_t
node_int(const struct node *object, const char *key, int64_t dflt)
{
	const struct node *value = node_get(object, key);

	return value == NULL || node_type(value) != NODE_INTEGER
	    ? dflt
	    : node_integer(value);
}

bool
node_boolean(const struct node *node)
{
	return node != NULL && json_is_true(in(node));
}

bool
node_bool(const struct node *object, const char *key, bool dflt)
{
	const struct node *value = node_get(object, key);

	return value == NULL || node_type(value) != NODE_BOOL
	    ? dflt
	    : node_boolean(value);
}

size_t
node_count(const struct node *node)
{
	if (node == NULL)
		return 0;
	if (json_is_array(in(node)))
		return json_array_size(in(node));
	return json_object_size(in(node));
}

const struct node *
node_at(const struct node *array, size_t i)
{
	return array == NULL ? NULL : give(json_array_get(in(array), i));
}

const char *
node_key_at(const struct node *object, size_t i, const struct node **value)
{
	json_t *json = (json_t *)(uintptr_t)in(object);
	void *it = json_object_iter(json);

	while (it != NULL && i-- > 0)
		it = json_object_iter_next(json, it);
	if (it == NULL)
		return NULL;
	if (value != NULL)
		*value = give(json_object_iter_value(it));
	return json_object_iter_key(it);
}

bool
node_each(const struct node *object, void **it, const char **key,
    const struct node **value)
{
	json_t *json = (json_t *)(uintptr_t)in(object);

	*it = *it == NULL ? json_object_iter(json)
			  : json_object_iter_next(json, *it);
	if (*it == NULL)
		return false;
	*key = json_object_iter_key(*it);
	if (value != NULL)
		*value = give(json_object_iter_value(*it));
	return true;
}
