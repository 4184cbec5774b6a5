/*
 * column: compiles a field descriptor.
 *
 * What is not understood is refused, never skipped: a rule that the parties
 * signed and that we do not check would be a promise nobody keeps.
 */
#include "check/column.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "base/log.h"

#define NAME_MAX_BYTES 128
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define ALL 0x3fU
#define BIT(kind) (1U << (kind))
#define NUMERIC (BIT(COLUMN_INTEGER) | BIT(COLUMN_NUMBER))
#define ORDERED (NUMERIC | BIT(COLUMN_DATE) | BIT(COLUMN_DATETIME))

/* One descriptor being read: what every step needs.  "why" is never NULL. */
struct reading {
	struct column *column;
	const char *where;
	struct cause *why;
};

static const char *const kind_names[] = { "string", "integer", "number",
	"boolean", "date", "datetime" };

/* Which types a member has a meaning for; elsewhere it is refused. */
struct place {
	struct node_member member;
	unsigned kinds;
};

static const struct place field_places[] = {
	{ { "name", NODE_STRING, true, false }, ALL },
	{ { "type", NODE_STRING, true, false }, ALL },
	{ { "format", NODE_STRING, false, false }, ALL },
	{ { "title", NODE_STRING, false, false }, ALL },
	{ { "description", NODE_STRING, false, false }, ALL },
	{ { "constraints", NODE_OBJECT, false, false }, ALL },
	{ { "decimalChar", NODE_STRING, false, false }, BIT(COLUMN_NUMBER) },
	{ { "groupChar", NODE_STRING, false, false }, NUMERIC },
	{ { "bareNumber", NODE_BOOL, false, false }, NUMERIC },
	{ { "trueValues", NODE_ARRAY, false, false }, BIT(COLUMN_BOOLEAN) },
	{ { "falseValues", NODE_ARRAY, false, false }, BIT(COLUMN_BOOLEAN) },
};

static const struct place constraint_places[] = {
	{ { "required", NODE_BOOL, false, false }, ALL },
	{ { "unique", NODE_BOOL, false, false }, ALL },
	{ { "minLength", NODE_INTEGER, false, false }, BIT(COLUMN_STRING) },
	{ { "maxLength", NODE_INTEGER, false, false }, BIT(COLUMN_STRING) },
	{ { "pattern", NODE_STRING, false, false }, BIT(COLUMN_STRING) },
	{ { "minimum", NODE_ANY, false, false }, ORDERED },
	{ { "maximum", NODE_ANY, false, false }, ORDERED },
	{ { "enum", NODE_ARRAY, false, false }, ALL },
};

#define PLACES_MAX COUNT(field_places)
_Static_assert(COUNT(constraint_places) <= COUNT(field_places),
    "hold_places has room for both tables");

static void
at_member(const struct reading *r, const char *member)
{
	cause_clause(r->why, "%s.%s", r->where, member);
}

static void
at_constraint(const struct reading *r, const char *member)
{
	cause_clause(r->why, "%s.constraints.%s", r->where, member);
}

/* Names, JSON types, and then whether the column's type has such a member. */
static enum fault
hold_members(const struct node *node, const char *where,
    const struct place *places, size_t n, struct cause *why)
{
	struct node_member members[PLACES_MAX];
	size_t i = 0;

	for (i = 0; i < n; i++)
		members[i] = places[i].member;
	return node_members(node, where, members, n, why);
}

static enum fault
hold_kind(const struct reading *r, const struct node *node,
    const struct place *places, size_t n, bool constraint)
{
	size_t i = 0;

	for (i = 0; i < n; i++) {
		const char *name = places[i].member.name;

		if (node_get(node, name) == NULL ||
		    (places[i].kinds & BIT(r->column->kind)) != 0)
			continue;
		if (constraint)
			at_constraint(r, name);
		else
			at_member(r, name);
		return cause_set(r->why, FAULT_FORMAT,
		    N_("a column of type %s has no \"%s\""),
		    kind_names[r->column->kind], name);
	}
	return FAULT_NONE;
}

/* A name becomes a database column and a line of a receipt. */
static enum fault
read_name(const struct reading *r, const char *name)
{
	char shown[NAME_MAX_BYTES + 1];

	at_member(r, "name");
	if (name[0] == '\0' || strlen(name) > NAME_MAX_BYTES)
		return cause_set(r->why, FAULT_FORMAT,
		    N_("a column name has 1 to %d bytes"), NAME_MAX_BYTES);
	if (strcmp(log_quote(shown, sizeof(shown), name), name) != 0)
		return cause_set(r->why, FAULT_FORMAT,
		    N_("a column name holds only printable characters"));
	if ((r->column->name = strdup(name)) == NULL)
		return cause_memory(r->why);
	return FAULT_NONE;
}

static enum fault
read_type(const struct reading *r, const char *type)
{
	size_t i = 0;

	for (i = 0; i < COUNT(kind_names); i++) {
		if (strcmp(type, kind_names[i]) == 0) {
			r->column->kind = (enum column_kind)i;
			return FAULT_NONE;
		}
	}
	at_member(r, "type");
	return cause_set(r->why, FAULT_FORMAT,
	    N_("type \"%s\" is not supported in this version"), type);
}

/* Formats of strings (email, uri …) promise what nobody checks alike. */
static enum fault
read_format(const struct reading *r, const char *format)
{
	struct column *c = r->column;

	at_member(r, "format");
	if (c->kind == COLUMN_DATE || c->kind == COLUMN_DATETIME)
		return date_format_parse(
		    &c->date, format, c->kind == COLUMN_DATETIME, r->why);
	if (strcmp(format, "default") == 0)
		return FAULT_NONE;
	return cause_set(r->why, FAULT_FORMAT,
	    N_("format \"%s\" is not supported in this version"), format);
}

/* A character of numbers: one printable ASCII byte that is no digit or sign. */
static enum fault
read_char(
    const struct reading *r, char *out, const char *member, const char *text)
{
	if (text == NULL)
		return FAULT_NONE;
	at_member(r, member);
	if (text[0] < ' ' || text[0] > '~' || text[1] != '\0' ||
	    strchr("0123456789+-", text[0]) != NULL)
		return cause_set(r->why, FAULT_FORMAT,
		    N_("must be one ASCII character, not a digit or sign"));
	*out = text[0];
	return FAULT_NONE;
}

/*
 * bareNumber false would take any text around the digits: a currency today,
 * half an identifier tomorrow.
 */
static enum fault
read_number_format(const struct reading *r, const struct node *field)
{
	struct number_format *n = &r->column->number;
	enum fault f = FAULT_NONE;

	if (r->column->kind == COLUMN_NUMBER)
		n->decimal = '.';
	f = read_char(
	    r, &n->decimal, "decimalChar", node_text(field, "decimalChar"));
	if (f != FAULT_NONE)
		return f;
	f = read_char(r, &n->group, "groupChar", node_text(field, "groupChar"));
	if (f != FAULT_NONE)
		return f;
	at_member(r, "groupChar");
	if (n->group != '\0' && n->group == n->decimal)
		return cause_set(r->why, FAULT_FORMAT,
		    N_("is the same as the decimal character"));
	at_member(r, "bareNumber");
	if (!node_bool(field, "bareNumber", true))
		return cause_set(r->why, FAULT_FORMAT,
		    N_("false is not supported in this version"));
	return FAULT_NONE;
}

/* Appends the strings of an array; refuses others and the empty word. */
static enum fault
collect(const struct reading *r, const struct node *array, const char **words,
    size_t *n, bool empty)
{
	size_t i = 0;

	for (i = 0; i < node_count(array); i++) {
		const char *word = node_string(node_at(array, i));

		if (word == NULL)
			return cause_set(r->why, FAULT_FORMAT,
			    N_("element %zu is not a string"), i + 1);
		if (!empty && word[0] == '\0')
			return cause_set(r->why, FAULT_FORMAT,
			    N_("element %zu is empty"), i + 1);
		words[(*n)++] = word;
	}
	return FAULT_NONE;
}

static enum fault
make_set(const struct reading *r, const char *const *words, size_t n)
{
	size_t twice = 0;
	enum fault f = set_new(&r->column->words, words, n, &twice);

	if (f == FAULT_EXISTS)
		return cause_set(r->why, FAULT_FORMAT,
		    N_("the word \"%s\" stands twice"), words[twice]);
	return f == FAULT_MEMORY ? cause_memory(r->why) : f;
}

static enum fault
hold_count(const struct reading *r, const struct node *array)
{
	if (node_count(array) >= 1 && node_count(array) <= COLUMN_ENUM_MAX)
		return FAULT_NONE;
	return cause_set(r->why, FAULT_FORMAT, N_("must have 1 to %d elements"),
	    COLUMN_ENUM_MAX);
}

/* One of the two lists of a boolean: as given, or its default. */
static enum fault
read_words(const struct reading *r, const struct node *field,
    const char *member, const char **words, size_t *n)
{
	static const char *const yes[] = { "true", "True", "TRUE", "1" };
	static const char *const no[] = { "false", "False", "FALSE", "0" };
	const struct node *array = node_get(field, member);
	enum fault f = FAULT_NONE;
	size_t i = 0;

	at_member(r, member);
	if (array != NULL) {
		f = hold_count(r, array);
		return f != FAULT_NONE ? f : collect(r, array, words, n, false);
	}
	for (i = 0; i < COUNT(yes); i++)
		words[(*n)++] = member[0] == 't' ? yes[i] : no[i];
	return FAULT_NONE;
}

static enum fault
read_boolean_format(const struct reading *r, const struct node *field)
{
	struct column *c = r->column;
	size_t n = node_count(node_get(field, "trueValues")) +
	    node_count(node_get(field, "falseValues")) + 8;
	const char **words = calloc(n, sizeof(*words));
	enum fault f = FAULT_NONE;

	if (words == NULL)
		return cause_memory(r->why);
	n = 0;
	f = read_words(r, field, "trueValues", words, &n);
	if (f != FAULT_NONE)
		goto out;
	c->n_true = n;
	f = read_words(r, field, "falseValues", words, &n);
	if (f != FAULT_NONE)
		goto out;
	c->allow_true = c->allow_false = true;
	f = make_set(r, words, n);
out:
	free(words);
	return f;
}

/*
 * A number or date of a constraint: written as a cell would be, or, for
 * numbers, a JSON integer.
 */
static enum fault
read_key(const struct reading *r, value_wide *key, const struct node *node)
{
	const struct column *c = r->column;
	const char *text = node_string(node);
	char digits[32];
	struct number n = { 0, 0, false };
	enum value_wrong wrong = VALUE_TYPE;
	bool numeric = column_numeric(c);

	if (numeric && text == NULL && node_type(node) == NODE_INTEGER) {
		(void)snprintf(
		    digits, sizeof(digits), "%" PRId64, node_integer(node));
		text = digits;
	}
	if (text != NULL && numeric) {
		wrong = number_read(&n, &c->number, text, strlen(text));
		*key = number_wide(&n);
	} else if (text != NULL) {
		wrong = date_read(key, &c->date, text, strlen(text));
	}
	if (wrong != VALUE_OK)
		return cause_set(r->why, FAULT_FORMAT,
		    N_("is not a value as a cell of the column would hold it"));
	return FAULT_NONE;
}

/* Bounds that nothing can meet are a slip of whoever wrote them: refused. */
static enum fault
read_bounds(const struct reading *r, const struct node *rules)
{
	struct column *c = r->column;
	const struct node *minimum = node_get(rules, "minimum");
	const struct node *maximum = node_get(rules, "maximum");
	enum fault f = FAULT_NONE;

	c->has_minimum = minimum != NULL;
	c->has_maximum = maximum != NULL;
	if (c->has_minimum) {
		at_constraint(r, "minimum");
		f = read_key(r, &c->minimum, minimum);
	}
	if (f == FAULT_NONE && c->has_maximum) {
		at_constraint(r, "maximum");
		f = read_key(r, &c->maximum, maximum);
	}
	if (f == FAULT_NONE && c->has_minimum && c->has_maximum &&
	    c->minimum > c->maximum)
		f = cause_set(r->why, FAULT_FORMAT,
		    N_("the maximum is below the minimum"));
	return f;
}

static enum fault
read_length(const struct reading *r, const struct node *rules,
    const char *member, size_t *out)
{
	int64_t n = node_int(rules, member, -1);

	if (node_get(rules, member) == NULL)
		return FAULT_NONE;
	at_constraint(r, member);
	if (n < 0 || n > COLUMN_LENGTH_MAX)
		return cause_set(r->why, FAULT_FORMAT, N_("must be 0 to %ld"),
		    COLUMN_LENGTH_MAX);
	*out = (size_t)n;
	return FAULT_NONE;
}

static enum fault
read_lengths(const struct reading *r, const struct node *rules)
{
	struct column *c = r->column;
	enum fault f = read_length(r, rules, "minLength", &c->min_length);

	if (f == FAULT_NONE)
		f = read_length(r, rules, "maxLength", &c->max_length);
	if (f == FAULT_NONE && c->min_length > c->max_length)
		f = cause_set(r->why, FAULT_FORMAT,
		    N_("the greatest length is below the least"));
	return f;
}

static enum fault
enum_of_words(const struct reading *r, const struct node *array)
{
	const char **words = calloc(node_count(array), sizeof(*words));
	size_t n = 0;
	enum fault f = FAULT_NONE;

	if (words == NULL)
		return cause_memory(r->why);
	f = collect(r, array, words, &n, true);
	if (f == FAULT_NONE)
		f = make_set(r, words, n);
	free(words);
	return f;
}

static int
by_key(const void *a, const void *b)
{
	value_wide x = *(const value_wide *)a;
	value_wide y = *(const value_wide *)b;

	return (x > y) - (x < y);
}

/* By value: 03 is 3, and one moment is one moment in every zone. */
static enum fault
enum_of_keys(const struct reading *r, const struct node *array)
{
	struct column *c = r->column;
	size_t n = node_count(array);
	enum fault f = FAULT_NONE;
	size_t i = 0;

	if ((c->values = calloc(n, sizeof(*c->values))) == NULL)
		return cause_memory(r->why);
	c->n_values = n;
	for (i = 0; f == FAULT_NONE && i < n; i++)
		f = read_key(r, &c->values[i], node_at(array, i));
	if (f != FAULT_NONE)
		return f;
	qsort(c->values, n, sizeof(*c->values), by_key);
	for (i = 1; i < n; i++)
		if (c->values[i] == c->values[i - 1])
			return cause_set(
			    r->why, FAULT_FORMAT, N_("a value stands twice"));
	return FAULT_NONE;
}

/* Of the many words only two values remain. */
static enum fault
enum_of_booleans(const struct reading *r, const struct node *array)
{
	struct column *c = r->column;
	size_t i = 0;

	c->allow_true = c->allow_false = false;
	for (i = 0; i < node_count(array); i++) {
		const struct node *node = node_at(array, i);
		const char *word = node_string(node);
		size_t at = word == NULL
		    ? SIZE_MAX
		    : set_find(c->words, word, strlen(word));
		bool truth = at < c->n_true;

		if (node_type(node) == NODE_BOOL)
			truth = node_boolean(node);
		else if (at == SIZE_MAX)
			return cause_set(r->why, FAULT_FORMAT,
			    N_("element %zu is not a boolean"), i + 1);
		c->allow_true = c->allow_true || truth;
		c->allow_false = c->allow_false || !truth;
	}
	return FAULT_NONE;
}

static enum fault
read_enum(const struct reading *r, const struct node *array)
{
	enum fault f = FAULT_NONE;

	if (array == NULL)
		return FAULT_NONE;
	at_constraint(r, "enum");
	if ((f = hold_count(r, array)) != FAULT_NONE)
		return f;
	if (r->column->kind == COLUMN_STRING)
		return enum_of_words(r, array);
	if (r->column->kind == COLUMN_BOOLEAN)
		return enum_of_booleans(r, array);
	return enum_of_keys(r, array);
}

static enum fault
read_pattern(const struct reading *r, const struct node *rules)
{
	const char *regex = node_text(rules, "pattern");

	if (regex == NULL)
		return FAULT_NONE;
	at_constraint(r, "pattern");
	return pattern_new(&r->column->pattern, regex, r->why);
}

/* The enum comes last: it is read by the rules before it. */
static enum fault
read_constraints(const struct reading *r, const struct node *rules)
{
	struct column *c = r->column;
	char where[CAUSE_NAME_MAX];
	enum fault f = FAULT_NONE;

	if (rules == NULL)
		return FAULT_NONE;
	(void)snprintf(where, sizeof(where), "%s.constraints", r->where);
	f = hold_members(
	    rules, where, constraint_places, COUNT(constraint_places), r->why);
	if (f == FAULT_NONE)
		f = hold_kind(r, rules, constraint_places,
		    COUNT(constraint_places), true);
	if (f != FAULT_NONE)
		return f;
	c->required = node_bool(rules, "required", false);
	c->unique = node_bool(rules, "unique", false);
	if ((f = read_lengths(r, rules)) != FAULT_NONE ||
	    (f = read_pattern(r, rules)) != FAULT_NONE ||
	    (f = read_bounds(r, rules)) != FAULT_NONE)
		return f;
	return read_enum(r, node_get(rules, "enum"));
}

static enum fault
read_field(const struct reading *r, const struct node *field)
{
	const char *format = NULL;
	struct column *c = r->column;
	enum fault f = hold_members(
	    field, r->where, field_places, COUNT(field_places), r->why);

	if (f != FAULT_NONE ||
	    (f = read_name(r, node_text(field, "name"))) != FAULT_NONE ||
	    (f = read_type(r, node_text(field, "type"))) != FAULT_NONE)
		return f;
	f = hold_kind(r, field, field_places, COUNT(field_places), false);
	if (f != FAULT_NONE)
		return f;
	format = node_text(field, "format");
	f = read_format(r, format != NULL ? format : "default");
	if (f == FAULT_NONE && column_numeric(c))
		f = read_number_format(r, field);
	if (f == FAULT_NONE && c->kind == COLUMN_BOOLEAN)
		f = read_boolean_format(r, field);
	if (f == FAULT_NONE)
		f = read_constraints(r, node_get(field, "constraints"));
	column_settle(c);
	return f;
}

enum fault
column_parse(struct column **out, const struct node *field, const char *where,
    struct cause *why)
{
	struct cause ignored;
	struct reading r = { NULL, where, why != NULL ? why : &ignored };
	char before[CAUSE_NAME_MAX] = "";
	enum fault f = FAULT_NONE;

	*out = NULL;
	cause_clear(&ignored);
	if ((r.column = calloc(1, sizeof(*r.column))) == NULL)
		return cause_memory(why);
	r.column->max_length = SIZE_MAX;
	(void)snprintf(before, sizeof(before), "%s", r.why->clause);
	f = read_field(&r, field);
	if (f == FAULT_NONE) {
		/* Steps left their own clause behind. */
		cause_clause(r.why, "%s", before);
		*out = r.column;
		r.column = NULL;
	}
	column_free(r.column);
	return f;
}

const char *
column_type(const struct column *c)
{
	return kind_names[c->kind];
}
