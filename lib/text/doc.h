/*
 * doc: a JSON document, read strictly and written in one stable form.
 *
 * Strict (over jansson): objects and arrays only at the top, no duplicate keys,
 * no real numbers, integers within +-(2^53-1), no NUL, valid UTF-8, at most
 * LIMIT_JSON_DEPTH levels, nothing after the end.  Pure: bytes in, no I/O.
 *
 * A "const struct node *" is borrowed from its document and lives as long.
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

enum node_type { NODE_OBJECT, NODE_ARRAY, NODE_STRING, NODE_INTEGER, NODE_BOOL,
	NODE_NULL, NODE_ANY };

/* ---- reading ---- */

/*
 * Parses; FAULT_FORMAT with line, column and byte in the cause, FAULT_MEMORY.
 * On a fault *out is NULL.
 */
enum fault doc_parse(struct doc **out, const void *bytes, size_t len,
    struct cause *why) FAULT_CHECKED;
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
    const struct node_member *members, size_t n, struct cause *why)
    FAULT_CHECKED;

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
const char *node_key_at(const struct node *object, size_t i,
    const struct node **value);

/* ---- writing ---- */

/*
 * Writers build text directly: members come out in the order they are put.
 * Faults are remembered and returned by writer_finish.  Compact: one line,
 * no blanks.  Pretty: two blanks a level, and a final newline.
 * Non-ASCII is written as UTF-8; only what JSON demands is escaped.
 */
struct writer;

enum fault writer_new(struct writer **out, bool pretty) FAULT_CHECKED;
void writer_free(struct writer *w);
/* key is NULL inside an array. */
void writer_open(struct writer *w, const char *key, enum node_type type);
void writer_close(struct writer *w);
void writer_string(struct writer *w, const char *key, const char *value);
void writer_integer(struct writer *w, const char *key, int64_t value);
void writer_boolean(struct writer *w, const char *key, bool value);
void writer_null(struct writer *w, const char *key);
/* Writes a read node again (agreement show). */
void writer_node(struct writer *w, const char *key, const struct node *node);
/* A string, or null when value is NULL or "". */
void writer_string_or_null(struct writer *w, const char *key,
    const char *value);
/*
 * Appends the text to out.  FAULT_MEMORY, FAULT_LARGER (out->max), FAULT_FORMAT
 * when a string is not valid UTF-8 or the calls do not nest.
 */
enum fault writer_finish(struct writer *w, struct buf *out) FAULT_CHECKED;

#endif
