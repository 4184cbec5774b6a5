/*
 * member: one place where the kinds of members are told apart (identifier,
 * hash, time, text), so that all five documents judge them alike.
 */
#include "record/member.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hex.h"
#include "base/intl.h"
#include "base/log.h"
#include "base/path.h"
#include "check/set.h"

struct cause *
member_place(const struct member *m, const char *name)
{
	if (m->where[0] == '\0')
		cause_clause(m->why, "%s", name);
	else
		cause_clause(m->why, "%s.%s", m->where, name);
	return m->why;
}

void
member_element(char out[static MEMBER_PLACE_MAX], const char *list,
    const struct node *element, size_t i)
{
	const char *id = NULL;

	if (element != NULL && node_type(element) == NODE_OBJECT)
		id = node_text(element, "id");
	if (path_id_ok(id))
		(void)snprintf(out, MEMBER_PLACE_MAX, "%s[%s]", list, id);
	else
		(void)snprintf(out, MEMBER_PLACE_MAX, "%s[%zu]", list, i + 1);
}

bool
member_has(const struct member *m, const char *name)
{
	return m->fault == FAULT_NONE && node_get(m->object, name) != NULL;
}

void
member_table(struct member *m, const struct node_member *table, size_t n)
{
	if (m->fault == FAULT_NONE)
		m->fault = node_members(m->object, m->where, table, n, m->why);
}

/* The part begins with the fault of the whole, so that it does nothing then. */
struct member
member_enter(struct member *m, const char *name, const char *where)
{
	struct member part = { NULL, where, m->why, FAULT_NONE };

	part.object = member_object(m, name);
	part.fault = m->fault;
	return part;
}

/* The string member, or NULL: absent and null are told apart by the table. */
static const char *
take(const struct member *m, const char *name)
{
	if (m->fault != FAULT_NONE)
		return NULL;
	return node_text(m->object, name);
}

void
member_format(struct member *m, const char *format)
{
	const char *text = take(m, "format");

	if (m->fault == FAULT_NONE &&
	    (text == NULL || strcmp(text, format) != 0))
		m->fault = cause_set(member_place(m, "format"), FAULT_FORMAT,
		    N_("the format must be %s"), format);
}

/* No case is folded: on every disk, as in every signature, it is the bytes. */
void
member_id(struct member *m, const char *name, char out[LIMIT_ID + 1])
{
	const char *text = take(m, name);

	if (m->fault != FAULT_NONE)
		return;
	if (!path_id_ok(text)) {
		m->fault = cause_set(member_place(m, name), FAULT_FORMAT,
		    N_("an identifier begins with a letter or digit, goes on "
		       "with letters, digits, dot, hyphen or underscore, and "
		       "has at most %d characters"),
		    LIMIT_ID);
		return;
	}
	memcpy(out, text, strlen(text) + 1);
}

/* Lower case only: hashes are compared and looked up as text. */
void
member_hash(struct member *m, const char *name, char out[static HASH_TEXT_LEN])
{
	const char *text = take(m, name);

	if (m->fault != FAULT_NONE)
		return;
	out[0] = '\0';
	if (text == NULL)
		return;
	if (!hex_ok(text, HASH_TEXT_LEN - 1)) {
		m->fault = cause_set(member_place(m, name), FAULT_FORMAT,
		    N_("a SHA-256 has 64 lower-case hex digits"));
		return;
	}
	memcpy(out, text, HASH_TEXT_LEN);
}

bool
member_text_ok(const char *text, size_t max)
{
	char shown[MEMBER_TEXT_MAX + 1];

	if (text[0] == '\0' || strlen(text) > max || max > MEMBER_TEXT_MAX)
		return false;
	/* What a screen must not show as it is, nobody shall sign: line breaks,
	 * control and bidi characters. */
	return strcmp(log_quote(shown, sizeof(shown), text), text) == 0;
}

/* The string member if it is there and fit for people, else NULL. */
static const char *
take_text(struct member *m, const char *name, size_t max)
{
	const char *text = take(m, name);

	if (text == NULL || member_text_ok(text, max))
		return text;
	m->fault = cause_set(member_place(m, name), FAULT_FORMAT,
	    N_("a text here is not empty, has printable characters only and at "
	       "most %zu bytes"),
	    max);
	return NULL;
}

void
member_text(struct member *m, const char *name, char *out, size_t cap)
{
	const char *text = take_text(m, name, cap - 1);

	if (m->fault != FAULT_NONE)
		return;
	out[0] = '\0';
	if (text != NULL)
		memcpy(out, text, strlen(text) + 1);
}

void
member_copy(struct member *m, const char *name, char **out)
{
	const char *text = take_text(m, name, MEMBER_TEXT_MAX);
	char *copy = NULL;

	if (text == NULL)
		return;
	copy = strdup(text);
	if (copy == NULL) {
		m->fault = cause_memory(m->why);
		return;
	}
	free(*out);
	*out = copy;
}

void
member_count(struct member *m, const char *name, uint64_t min, uint64_t *out)
{
	const struct node *node = NULL;
	int64_t value = 0;

	if (m->fault != FAULT_NONE)
		return;
	node = node_get(m->object, name);
	if (node == NULL)
		return;
	value = node_type(node) == NODE_INTEGER ? node_integer(node) : -1;
	if (value < 0 || (uint64_t)value < min) {
		m->fault = cause_set(member_place(m, name), FAULT_FORMAT,
		    N_("a whole number of %llu or more is expected"),
		    (unsigned long long)min);
		return;
	}
	*out = (uint64_t)value;
}

/* One form of time only; zones and fractions would be compared as text once. */
void
member_time(struct member *m, const char *name, int64_t *out)
{
	const char *text = take(m, name);

	if (m->fault == FAULT_NONE && (text == NULL || !clock_parse(out, text)))
		m->fault = cause_set(member_place(m, name), FAULT_FORMAT,
		    N_("a time is written as 2026-11-24T05:42:00Z, in UTC"));
}

void
member_day(struct member *m, const char *name, int64_t *out)
{
	const char *text = take(m, name);

	if (m->fault == FAULT_NONE &&
	    (text == NULL || !clock_parse_day(out, text)))
		m->fault = cause_set(member_place(m, name), FAULT_FORMAT,
		    N_("a day is written as 2026-11-24 and must exist"));
}

const struct node *
member_list(struct member *m, const char *name, size_t min, size_t max)
{
	const struct node *node = NULL;

	if (m->fault != FAULT_NONE)
		return NULL;
	node = node_get(m->object, name);
	if (node == NULL || node_type(node) != NODE_ARRAY ||
	    node_count(node) < min || node_count(node) > max) {
		m->fault = cause_set(member_place(m, name), FAULT_FORMAT,
		    N_("a list of %zu to %zu elements is expected"), min, max);
		return NULL;
	}
	return node;
}

const struct node *
member_object(struct member *m, const char *name)
{
	const struct node *node = NULL;

	if (m->fault != FAULT_NONE)
		return NULL;
	node = node_get(m->object, name);
	if (node == NULL || node_type(node) != NODE_OBJECT) {
		m->fault = cause_set(member_place(m, name), FAULT_FORMAT,
		    N_("an object is expected"));
		return NULL;
	}
	return node;
}

static void
wrong_id(struct member *m, const char *name, size_t at)
{
	m->fault = cause_set(member_place(m, name), FAULT_FORMAT,
	    N_("element %zu is no identifier, or is there twice"), at + 1);
}

/* A set, since 1,400 names compared with each other are a million times. */
static void
hold_different(
    struct member *m, const char *name, const char *const *ids, size_t n)
{
	struct set *set = NULL;
	size_t twice = 0;
	enum fault f = set_new(&set, ids, n, &twice);

	if (f == FAULT_EXISTS)
		wrong_id(m, name, twice);
	else if (f != FAULT_NONE)
		m->fault = cause_memory(m->why);
	set_free(set);
}

void
member_ids(struct member *m, const char *name, char ***out, size_t *n)
{
	const struct node *list = member_list(m, name, 1, LIMIT_RECIPIENTS);
	const char *id = NULL;
	size_t i;

	if (list == NULL)
		return;
	*out = calloc(node_count(list), sizeof(**out));
	if (*out == NULL) {
		m->fault = cause_memory(m->why);
		return;
	}
	for (i = 0; i < node_count(list); i++) {
		id = node_string(node_at(list, i));
		if (!path_id_ok(id)) {
			wrong_id(m, name, i);
			return;
		}
		(*out)[*n] = strdup(id);
		if ((*out)[*n] == NULL) {
			m->fault = cause_memory(m->why);
			return;
		}
		(*n)++;
	}
	hold_different(m, name, (const char *const *)*out, *n);
}

void
member_journal(
    struct member *m, uint64_t *entries, char head[static HASH_TEXT_LEN])
{
	static const struct node_member table[] = {
		{ "entries", NODE_INTEGER, true, false },
		{ "head", NODE_STRING, true, false },
	};
	struct member part = member_enter(m, "journal", "journal");

	member_table(&part, table, sizeof(table) / sizeof(table[0]));
	member_count(&part, "entries", 0, entries);
	member_hash(&part, "head", head);
	m->fault = part.fault;
}
