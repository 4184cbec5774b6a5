/*
 * descriptor: what is not understood is refused by its place, never skipped: a
 * rule that the parties signed and that we do not check would be a promise
 * nobody keeps.
 */
#include "check/descriptor.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/intl.h"

void
descriptor_at(const struct descriptor *d, const char *member)
{
	cause_clause(d->why, "%s.%s", d->where, member);
}

void
descriptor_rule(const struct descriptor *d, const char *member)
{
	cause_clause(d->why, "%s.constraints.%s", d->where, member);
}

enum fault
descriptor_members(const struct node *node, const char *where,
    const struct descriptor_place *places, size_t n, struct cause *why)
{
	struct node_member members[DESCRIPTOR_MEMBERS];
	size_t i = 0;

	for (i = 0; i < n; i++)
		members[i] = places[i].member;
	return node_members(node, where, members, n, why);
}

enum fault
descriptor_kinds(const struct descriptor *d, const struct node *node,
    const struct descriptor_place *places, size_t n,
    void (*at)(const struct descriptor *, const char *))
{
	size_t i = 0;

	for (i = 0; i < n; i++) {
		const char *name = places[i].member.name;

		if (node_get(node, name) == NULL ||
		    (places[i].kinds & COLUMN_BIT(d->column->kind)) != 0)
			continue;
		at(d, name);
		return cause_set(d->why, FAULT_FORMAT,
		    N_("a column of type %s has no \"%s\""),
		    column_type(d->column), name);
	}
	return FAULT_NONE;
}

const struct node *
descriptor_value(const struct descriptor *d, const struct node *array, size_t i)
{
	const struct node *node = node_at(array, i);

	if (d->labels && node_type(node) == NODE_OBJECT)
		return node_get(node, "value");
	return node;
}

enum fault
descriptor_count(const struct descriptor *d, const struct node *array)
{
	if (node_count(array) >= 1 && node_count(array) <= COLUMN_ENUM_MAX)
		return FAULT_NONE;
	return cause_set(d->why, FAULT_FORMAT, N_("must have 1 to %d elements"),
	    COLUMN_ENUM_MAX);
}

enum fault
descriptor_words(const struct descriptor *d, const struct node *array,
    const char **words, size_t *n, bool empty)
{
	size_t i = 0;

	for (i = 0; i < node_count(array); i++) {
		const char *word = node_string(descriptor_value(d, array, i));

		if (word == NULL)
			return cause_set(d->why, FAULT_FORMAT,
			    N_("element %zu is not a string"), i + 1);
		if (!empty && word[0] == '\0')
			return cause_set(d->why, FAULT_FORMAT,
			    N_("element %zu is empty"), i + 1);
		words[(*n)++] = word;
	}
	return FAULT_NONE;
}

enum fault
descriptor_set(const struct descriptor *d, const char *const *words, size_t n)
{
	size_t twice = 0;
	enum fault f = set_new(&d->column->words, words, n, &twice);

	if (f == FAULT_EXISTS)
		return cause_set(d->why, FAULT_FORMAT,
		    N_("the word \"%s\" stands twice"), words[twice]);
	return f == FAULT_MEMORY ? cause_memory(d->why) : f;
}

/* A cell of the column as a key. */
static enum value_wrong
read_cell(const struct column *c, value_wide *key, const char *text)
{
	struct number n = { 0, 0, false };
	enum value_wrong wrong = VALUE_OK;

	if (c->kind == COLUMN_DURATION)
		return duration_read(key, text, strlen(text));
	if (!column_numeric(c))
		return date_read(key, &c->date, text, strlen(text));
	wrong = number_read(&n, &c->number, text, strlen(text));
	*key = number_wide(&n);
	return wrong;
}

enum fault
descriptor_key(
    const struct descriptor *d, value_wide *key, const struct node *node)
{
	const struct column *c = d->column;
	const char *text = node_string(node);
	char digits[32];
	bool integer = text == NULL && node_type(node) == NODE_INTEGER;

	if (integer && column_numeric(c)) {
		(void)snprintf(
		    digits, sizeof(digits), "%" PRId64, node_integer(node));
		text = digits;
	} else if (integer && c->kind == COLUMN_YEAR) {
		(void)snprintf(
		    digits, sizeof(digits), "%04" PRId64, node_integer(node));
		text = digits;
	}
	if (text == NULL || read_cell(c, key, text) != VALUE_OK)
		return cause_set(d->why, FAULT_FORMAT,
		    N_("is not a value as a cell of the column would hold it"));
	return FAULT_NONE;
}
