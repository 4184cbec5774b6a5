/*
 * column: compiles a field descriptor.
 */
#include "check/agreed.h"
#include "check/column.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "base/log.h"
#include "check/constraint.h"
#include "check/descriptor.h"

#define NAME_MAX_BYTES 128
#define ANY COLUMN_KINDS
#define NUMERIC (COLUMN_BIT(COLUMN_INTEGER) | COLUMN_BIT(COLUMN_NUMBER))
#define LISTED (COLUMN_BIT(COLUMN_STRING) | COLUMN_BIT(COLUMN_INTEGER))

/* By enum column_kind. */
static const char *const kind_names[] = { "string", "integer", "number",
	"boolean", "date", "datetime", "time", "year", "yearmonth",
	"duration" };

static const struct descriptor_place places[] = {
	{ { "name", NODE_STRING, true, false }, ANY },
	{ { "type", NODE_STRING, true, false }, ANY },
	{ { "format", NODE_STRING, false, false }, ANY },
	{ { "title", NODE_STRING, false, false }, ANY },
	{ { "description", NODE_STRING, false, false }, ANY },
	{ { "constraints", NODE_OBJECT, false, false }, ANY },
	{ { "decimalChar", NODE_STRING, false, false },
	    COLUMN_BIT(COLUMN_NUMBER) },
	{ { "groupChar", NODE_STRING, false, false }, NUMERIC },
	{ { "bareNumber", NODE_BOOL, false, false }, NUMERIC },
	{ { "trueValues", NODE_ARRAY, false, false },
	    COLUMN_BIT(COLUMN_BOOLEAN) },
	{ { "falseValues", NODE_ARRAY, false, false },
	    COLUMN_BIT(COLUMN_BOOLEAN) },
	{ { "categories", NODE_ARRAY, false, false }, LISTED },
	{ { "categoriesOrdered", NODE_BOOL, false, false }, LISTED },
};

_Static_assert(DESCRIPTOR_COUNT(places) <= DESCRIPTOR_MEMBERS,
    "descriptor_members has room");

/* A name becomes a database column and a line of a receipt. */
static enum fault
read_name(const struct descriptor *d, const char *name)
{
	char shown[NAME_MAX_BYTES + 1];

	descriptor_at(d, "name");
	if (name[0] == '\0' || strlen(name) > NAME_MAX_BYTES)
		return cause_set(d->why, FAULT_FORMAT,
		    N_("a column name has 1 to %d bytes"), NAME_MAX_BYTES);
	if (strcmp(log_quote(shown, sizeof(shown), name), name) != 0)
		return cause_set(d->why, FAULT_FORMAT,
		    N_("a column name holds only printable characters"));
	if ((d->column->name = strdup(name)) == NULL)
		return cause_memory(d->why);
	return FAULT_NONE;
}

static enum fault
read_type(const struct descriptor *d, const char *type)
{
	size_t i = 0;

	for (i = 0; i < DESCRIPTOR_COUNT(kind_names); i++) {
		if (strcmp(type, kind_names[i]) == 0) {
			d->column->kind = (enum column_kind)i;
			return FAULT_NONE;
		}
	}
	descriptor_at(d, "type");
	return cause_set(d->why, FAULT_FORMAT,
	    N_("type \"%s\" is not supported in this version"), type);
}

static enum fault
refuse_format(const struct descriptor *d, const char *format)
{
	return cause_set(d->why, FAULT_FORMAT,
	    N_("format \"%s\" is not supported in this version"), format);
}

static enum fault
read_format(const struct descriptor *d, const char *format)
{
	struct column *c = d->column;
	bool dflt = strcmp(format, "default") == 0;

	descriptor_at(d, "format");
	switch (c->kind) {
	case COLUMN_DATE:
		return date_format_parse(&c->date, format, DATE_DAY, d->why);
	case COLUMN_DATETIME:
		return date_format_parse(&c->date, format, DATE_MOMENT, d->why);
	case COLUMN_TIME:
		return date_format_parse(&c->date, format, DATE_CLOCK, d->why);
	case COLUMN_YEAR:
		return dflt
		    ? date_format_parse(&c->date, format, DATE_YEAR, d->why)
		    : refuse_format(d, format);
	case COLUMN_YEARMONTH:
		return dflt
		    ? date_format_parse(&c->date, format, DATE_MONTH, d->why)
		    : refuse_format(d, format);
	case COLUMN_STRING:
		if (!form_find(&c->form, format))
			return refuse_format(d, format);
		return FAULT_NONE;
	case COLUMN_INTEGER:
	case COLUMN_NUMBER:
	case COLUMN_BOOLEAN:
	case COLUMN_DURATION:
		break;
	}
	return dflt ? FAULT_NONE : refuse_format(d, format);
}

/* A character of numbers: one printable ASCII byte that is no digit or sign. */
static enum fault
read_char(
    const struct descriptor *d, char *out, const char *member, const char *text)
{
	if (text == NULL)
		return FAULT_NONE;
	descriptor_at(d, member);
	if (text[0] < ' ' || text[0] > '~' || text[1] != '\0' ||
	    strchr("0123456789+-", text[0]) != NULL)
		return cause_set(d->why, FAULT_FORMAT,
		    N_("must be one ASCII character, not a digit or sign"));
	*out = text[0];
	return FAULT_NONE;
}

/*
 * bareNumber false would take any text around the digits: a currency today,
 * half an identifier tomorrow.
 */
static enum fault
read_number_format(const struct descriptor *d, const struct node *field)
{
	struct number_format *n = &d->column->number;
	enum fault f = FAULT_NONE;

	if (d->column->kind == COLUMN_NUMBER)
		n->decimal = '.';
	f = read_char(
	    d, &n->decimal, "decimalChar", node_text(field, "decimalChar"));
	if (f != FAULT_NONE)
		return f;
	f = read_char(d, &n->group, "groupChar", node_text(field, "groupChar"));
	if (f != FAULT_NONE)
		return f;
	descriptor_at(d, "groupChar");
	if (n->group != '\0' && n->group == n->decimal)
		return cause_set(d->why, FAULT_FORMAT,
		    N_("is the same as the decimal character"));
	descriptor_at(d, "bareNumber");
	if (!node_bool(field, "bareNumber", true))
		return cause_set(d->why, FAULT_FORMAT,
		    N_("false is not supported in this version"));
	return FAULT_NONE;
}

/* One of the two lists of a boolean: as given, or its default. */
static enum fault
read_words(const struct descriptor *d, const struct node *field,
    const char *member, const char **words, size_t *n)
{
	static const char *const yes[] = { "true", "True", "TRUE", "1" };
	static const char *const no[] = { "false", "False", "FALSE", "0" };
	const struct node *array = node_get(field, member);
	enum fault f = FAULT_NONE;
	size_t i = 0;

	descriptor_at(d, member);
	if (array != NULL) {
		f = descriptor_count(d, array);
		return f != FAULT_NONE
		    ? f
		    : descriptor_words(d, array, words, n, false);
	}
	for (i = 0; i < DESCRIPTOR_COUNT(yes); i++)
		words[(*n)++] = member[0] == 't' ? yes[i] : no[i];
	return FAULT_NONE;
}

static enum fault
read_boolean_format(const struct descriptor *d, const struct node *field)
{
	struct column *c = d->column;
	size_t n = node_count(node_get(field, "trueValues")) +
	    node_count(node_get(field, "falseValues")) + 8;
	const char **words = calloc(n, sizeof(*words));
	enum fault f = FAULT_NONE;

	if (words == NULL)
		return cause_memory(d->why);
	n = 0;
	f = read_words(d, field, "trueValues", words, &n);
	if (f != FAULT_NONE)
		goto out;
	c->n_true = n;
	f = read_words(d, field, "falseValues", words, &n);
	if (f != FAULT_NONE)
		goto out;
	c->allow_true = c->allow_false = true;
	f = descriptor_set(d, words, n);
out:
	free(words);
	return f;
}

static enum fault
read_field(struct descriptor *d, const struct node *field)
{
	const char *format = NULL;
	struct column *c = d->column;
	enum fault f = descriptor_members(
	    field, d->where, places, DESCRIPTOR_COUNT(places), d->why);

	if (f != FAULT_NONE ||
	    (f = read_name(d, node_text(field, "name"))) != FAULT_NONE ||
	    (f = read_type(d, node_text(field, "type"))) != FAULT_NONE)
		return f;
	f = descriptor_kinds(
	    d, field, places, DESCRIPTOR_COUNT(places), descriptor_at);
	if (f != FAULT_NONE)
		return f;
	format = node_text(field, "format");
	f = read_format(d, format != NULL ? format : "default");
	if (f == FAULT_NONE && column_numeric(c))
		f = read_number_format(d, field);
	if (f == FAULT_NONE && c->kind == COLUMN_BOOLEAN)
		f = read_boolean_format(d, field);
	if (f == FAULT_NONE)
		f = constraint_parse(d, field);
	column_settle(c);
	if (f == FAULT_NONE && agreed_read(c, field) != FAULT_NONE)
		f = cause_memory(d->why);
	return f;
}

enum fault
column_parse(struct column **out, const struct node *field, const char *where,
    struct cause *why)
{
	struct cause ignored;
	struct descriptor d = { NULL, where, why != NULL ? why : &ignored,
		false };
	char before[CAUSE_NAME_MAX] = "";
	enum fault f = FAULT_NONE;

	*out = NULL;
	cause_clear(&ignored);
	if ((d.column = calloc(1, sizeof(*d.column))) == NULL)
		return cause_memory(why);
	d.column->max_length = SIZE_MAX;
	d.column->unlisted = VALUE_ENUM;
	(void)snprintf(before, sizeof(before), "%s", d.why->clause);
	f = read_field(&d, field);
	if (f == FAULT_NONE) {
		/* Steps left their own clause behind. */
		cause_clause(d.why, "%s", before);
		*out = d.column;
		d.column = NULL;
	}
	column_free(d.column);
	return f;
}

const char *
column_type(const struct column *c)
{
	return kind_names[c->kind];
}
