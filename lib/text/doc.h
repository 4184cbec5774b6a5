/*
 * doc: a JSON document, read strictly.  writer writes one.
 *
 * Strict (over jansson): objects and arrays only at the top, no duplicate keys,
 * no real numbers, integers within +-(2^53-1), no NUL, valid UTF-8, at most
 * LIMIT_JSON_DEPTH levels, LIMIT_JSON_VALUES values and LIMIT_JSON_NESTS lists
 * and objects, nothing after the end.  Pure: bytes in, no I/O.
 *
 * A "const struct node *" is borrowed from its document and lives as long.
 *
 * jansson's allocator in this process is ours from the first doc_parse on.
 */
#ifndef TEXT_DOC_H
#define TEXT_DOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cause.h"

struct doc;
struct node;

enum node_type {
	NODE_OBJECT,
	NODE_ARRAY,
	NODE_STRING,
	NODE_INTEGER,
	NODE_BOOL,
	NODE_NULL,
	NODE_ANY
};

/* ---- reading ---- */

/*
 * Parses; FAULT_FORMAT with line, column and byte in the cause, FAULT_MEMORY.
 * On a fault *out is NULL.
 */
enum fault doc_parse(struct doc **out, const void *bytes, size_t len,
    struct cause *why) FAULT_CHECKED;
/* Whether the text is small enough for doc_parse in values, lists and objects:
 * for who writes one. */
bool doc_fits(const void *bytes, size_t len);
void doc_free(struct doc *d);
const struct node *doc_root(const struct doc *d);

/*
 * One allowed member of an object.  NODE_ANY takes every type; a member that
 * may be null says so.
 */
struct node_member {
	const char *name;
	enum node_type type;
	bool required;
	bool nullable;
};

/*
 * Holds an object against its table of members: an unknown, a missing or a
 * wrongly typed member is FAULT_FORMAT, with "where.name" as clause.  "node"
 * itself must be an object.
 */
enum fault node_members(const struct node *node, const char *where,
    const struct node_member *members, size_t n,
    struct cause *why) FAULT_CHECKED;

enum node_type node_type(const struct node *node);
/* Member of an object, or NULL when absent (or node is NULL / no object). */
const struct node *node_get(const struct node *object, const char *key);
/* Text of a string member or element; NULL when absent, null or no string. */
const char *node_text(const struct node *object, const char *key);
const char *node_string(const struct node *node);
/* Integer member; dflt when absent. */
int64_t node_int(const struct node *object, const char *key, int64_t dflt);
int64_t node_integer(const struct node *node);
/* Boolean member; dflt when absent. */
bool node_bool(const struct node *object, const char *key, bool dflt);
bool node_boolean(const struct node *node);
/* Elements of an array (members of an object for node_key_at). */
size_t node_count(const struct node *node);
const struct node *node_at(const struct node *array, size_t i);
const char *node_key_at(
    const struct node *object, size_t i, const struct node **value);
/*
 * Walks the members of an object in document order: begin with *it = NULL;
 * false when there are no more.  Linear, unlike node_key_at in a loop.
 */
bool node_each(const struct node *object, void **it, const char **key,
    const struct node **value);

#endif
