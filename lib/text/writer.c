/*
 * writer: builds JSON text member by member, so that the order and the spacing
 * are ours and equal facts always give equal bytes.
 */
#include "text/writer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/log.h"
#include "text/utf8.h"

/* More than any reader of ours takes, so that a slip is caught, not written. */
#define WRITER_DEPTH (LIMIT_JSON_DEPTH + 1)

struct writer {
	struct buf text;
	enum fault fault; /* the first; later calls do nothing */
	bool pretty;
	unsigned depth;
	char closing[WRITER_DEPTH]; /* '}' or ']' of each open level */
	bool filled[WRITER_DEPTH];  /* the level has a member already */
	bool done;                  /* the top value is complete */
};

enum fault
writer_new(struct writer **out, bool pretty)
{
	if ((*out = calloc(1, sizeof(**out))) == NULL)
		return FAULT_MEMORY;
	(*out)->pretty = pretty;
	(*out)->text.max = 64 * MIB;
	return FAULT_NONE;
}

void
writer_free(struct writer *w)
{
	if (w == NULL)
		return;
	buf_free(&w->text);
	free(w);
}

/* The first fault stays: what fails after it is only its consequence. */
static void
wrong(struct writer *w)
{
	if (w->fault == FAULT_NONE)
		w->fault = FAULT_FORMAT;
}

static void
put(struct writer *w, const char *bytes, size_t len)
{
	if (w->fault == FAULT_NONE)
		w->fault = buf_put(&w->text, bytes, len);
}

static void
line(struct writer *w)
{
	unsigned i;

	if (!w->pretty)
		return;
	put(w, "\n", 1);
	for (i = 0; i < w->depth; i++)
		put(w, "  ", 2);
}

/* One UTF-16 unit, as JSON escapes it. */
static void
unit(struct writer *w, unsigned long u)
{
	char escape[8];

	(void)snprintf(escape, sizeof(escape), "\\u%04lx", u & 0xffff);
	put(w, escape, 6);
}

/* Escapes the character at s, which is valid UTF-8; its length. */
static size_t
escaped(struct writer *w, const char *s)
{
	const unsigned char *c = (const unsigned char *)s;
	unsigned long code = c[0];
	size_t i, n = c[0] < 0x80 ? 1 : c[0] < 0xe0 ? 2 : c[0] < 0xf0 ? 3 : 4;

	if (n > 1)
		code &= 0x7fUL >> n;
	for (i = 1; i < n; i++)
		code = code << 6 | (c[i] & 0x3fU);
	if (code == '"' || code == '\\')
		put(w, code == '"' ? "\\\"" : "\\\\", 2);
	else if (code == '\n' || code == '\t' || code == '\r')
		put(w, code == '\n' ? "\\n" : code == '\t' ? "\\t" : "\\r", 2);
	else if (code < 0x10000)
		unit(w, code);
	else {
		unit(w, 0xd800 + ((code - 0x10000) >> 10));
		unit(w, 0xdc00 + (code & 0x3ff));
	}
	return n;
}

/* Text in quotes: RFC 8259 section 7 demands escapes for quotes, backslashes
 * and control bytes; format controls, which turn the direction of writing on a
 * screen, are escaped as well. */
static void
quoted(struct writer *w, const char *s)
{
	size_t n, i = 0, from = 0, len = strlen(s);

	if (utf8_valid(s, len) != len) {
		wrong(w);
		return;
	}
	put(w, "\"", 1);
	while (i < len) {
		n = s[i] == '"' || s[i] == '\\' ? 0 : log_shown(s + i);
		if (n > 0) {
			i += n;
			continue;
		}
		put(w, s + from, i - from);
		i += escaped(w, s + i);
		from = i;
	}
	put(w, s + from, len - from);
	put(w, "\"", 1);
}

/* Comma, line and key before a value. */
static void
begin(struct writer *w, const char *key)
{
	bool object;

	/* At the top stands one object or array, which writer_open begins. */
	if (w->depth == 0) {
		wrong(w);
		return;
	}
	object = w->closing[w->depth - 1] == '}';
	if (object != (key != NULL)) {
		wrong(w);
		return;
	}
	if (w->filled[w->depth - 1])
		put(w, ",", 1);
	w->filled[w->depth - 1] = true;
	line(w);
	if (object) {
		quoted(w, key);
		put(w, ": ", w->pretty ? 2 : 1);
	}
}

void
writer_open(struct writer *w, const char *key, enum node_type type)
{
	if (w->depth > 0 || w->done || key != NULL)
		begin(w, key);
	if (w->depth >= WRITER_DEPTH ||
	    (type != NODE_OBJECT && type != NODE_ARRAY))
		wrong(w);
	if (w->fault != FAULT_NONE)
		return;
	put(w, type == NODE_OBJECT ? "{" : "[", 1);
	w->closing[w->depth] = type == NODE_OBJECT ? '}' : ']';
	w->filled[w->depth] = false;
	w->depth++;
}

void
writer_close(struct writer *w)
{
	bool filled;

	if (w->depth == 0)
		wrong(w);
	if (w->fault != FAULT_NONE)
		return;
	w->depth--;
	filled = w->filled[w->depth];
	if (filled)
		line(w);
	put(w, &w->closing[w->depth], 1);
	w->done = w->depth == 0;
}

void
writer_string(struct writer *w, const char *key, const char *value)
{
	begin(w, key);
	quoted(w, value);
}

void
writer_integer(struct writer *w, const char *key, int64_t value)
{
	begin(w, key);
	if (w->fault == FAULT_NONE)
		w->fault = buf_putf(&w->text, "%" PRId64, value);
}

void
writer_boolean(struct writer *w, const char *key, bool value)
{
	begin(w, key);
	put(w, value ? "true" : "false", value ? 4 : 5);
}

void
writer_null(struct writer *w, const char *key)
{
	begin(w, key);
	put(w, "null", 4);
}

void
writer_string_or_null(struct writer *w, const char *key, const char *value)
{
	if (value == NULL || value[0] == '\0')
		writer_null(w, key);
	else
		writer_string(w, key, value);
}

static void
members(struct writer *w, const struct node *node)
{
	const struct node *value = NULL;
	const char *name = NULL;
	void *it = NULL;
	size_t i;

	if (node_type(node) == NODE_ARRAY) {
		for (i = 0; i < node_count(node); i++)
			writer_node(w, NULL, node_at(node, i));
		return;
	}
	while (node_each(node, &it, &name, &value))
		writer_node(w, name, value);
}

void
writer_node(struct writer *w, const char *key, const struct node *node)
{
	switch (node_type(node)) {
	case NODE_OBJECT:
	case NODE_ARRAY:
		writer_open(w, key, node_type(node));
		members(w, node);
		writer_close(w);
		break;
	case NODE_STRING:
		writer_string(w, key, node_string(node));
		break;
	case NODE_INTEGER:
		writer_integer(w, key, node_integer(node));
		break;
	case NODE_BOOL:
		writer_boolean(w, key, node_boolean(node));
		break;
	case NODE_NULL:
	case NODE_ANY:
	default:
		writer_null(w, key);
		break;
	}
}

enum fault
writer_finish(struct writer *w, struct buf *out)
{
	if (w->fault == FAULT_NONE && (!w->done || w->depth != 0))
		wrong(w);
	if (w->pretty)
		put(w, "\n", 1);
	if (w->fault != FAULT_NONE)
		return w->fault;
	return buf_put(out, w->text.data, w->text.len);
}
