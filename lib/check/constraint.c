/*
 * constraint: bounds that nothing can meet are a slip of whoever wrote them,
 * and two rules that say the same leave open which counts: both are refused.
 */
#include "check/constraint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"

#define ANY COLUMN_KINDS
#define TEXT COLUMN_BIT(COLUMN_STRING)
/* A duration has no order: nobody can say if a month is longer than 30 days. */
#define ORDERED                                   \
	(ANY &                                    \
	    ~(TEXT | COLUMN_BIT(COLUMN_BOOLEAN) | \
		COLUMN_BIT(COLUMN_DURATION)))

static const struct descriptor_place places[] = {
	{ { "required", NODE_BOOL, false, false }, ANY },
	{ { "unique", NODE_BOOL, false, false }, ANY },
	{ { "minLength", NODE_INTEGER, false, false }, TEXT },
	{ { "maxLength", NODE_INTEGER, false, false }, TEXT },
	{ { "pattern", NODE_STRING, false, false }, TEXT },
	{ { "minimum", NODE_ANY, false, false }, ORDERED },
	{ { "maximum", NODE_ANY, false, false }, ORDERED },
	{ { "exclusiveMinimum", NODE_ANY, false, false }, ORDERED },
	{ { "exclusiveMaximum", NODE_ANY, false, false }, ORDERED },
	{ { "enum", NODE_ARRAY, false, false }, ANY },
};

_Static_assert(DESCRIPTOR_COUNT(places) <= DESCRIPTOR_MEMBERS,
    "descriptor_members has room");

/* A bound and how it is called with and without its value. */
struct bound {
	const char *with, *without;
	enum value_wrong wrong, exclusive;
	int inwards;
};

static const struct bound low = { "minimum", "exclusiveMinimum", VALUE_MINIMUM,
	VALUE_EXCLUSIVE_MINIMUM, 1 };
static const struct bound high = { "maximum", "exclusiveMaximum", VALUE_MAXIMUM,
	VALUE_EXCLUSIVE_MAXIMUM, -1 };

/* Keys are whole numbers, so that "above this" is "from the next one on". */
static enum fault
read_bound(const struct descriptor *d, const struct node *rules,
    const struct bound *b, value_wide *key, enum value_wrong *wrong)
{
	const struct node *with = node_get(rules, b->with);
	const struct node *without = node_get(rules, b->without);
	value_wide step = d->column->kind == COLUMN_INTEGER
	    ? (value_wide)NUMBER_PART_UNIT
	    : 1;
	enum fault f = FAULT_NONE;

	descriptor_rule(d, without != NULL ? b->without : b->with);
	if (with != NULL && without != NULL)
		return cause_set(d->why, FAULT_FORMAT,
		    N_("\"%s\" is given too: only one of the two may be"),
		    b->with);
	if (with == NULL && without == NULL)
		return FAULT_NONE;
	f = descriptor_key(d, key, with != NULL ? with : without);
	*wrong = with != NULL ? b->wrong : b->exclusive;
	if (without != NULL)
		*key += step * b->inwards;
	return f;
}

static enum fault
read_bounds(const struct descriptor *d, const struct node *rules)
{
	struct column *c = d->column;
	enum fault f = read_bound(d, rules, &low, &c->minimum, &c->low);

	if (f == FAULT_NONE)
		f = read_bound(d, rules, &high, &c->maximum, &c->high);
	c->has_minimum = c->low != VALUE_OK;
	c->has_maximum = c->high != VALUE_OK;
	if (f == FAULT_NONE && c->has_minimum && c->has_maximum &&
	    c->minimum > c->maximum)
		f = cause_set(d->why, FAULT_FORMAT,
		    N_("the maximum is below the minimum"));
	return f;
}

static enum fault
read_length(const struct descriptor *d, const struct node *rules,
    const char *member, size_t *out)
{
	int64_t n = node_int(rules, member, -1);

	if (node_get(rules, member) == NULL)
		return FAULT_NONE;
	descriptor_rule(d, member);
	if (n < 0 || n > COLUMN_LENGTH_MAX)
		return cause_set(d->why, FAULT_FORMAT, N_("must be 0 to %ld"),
		    COLUMN_LENGTH_MAX);
	*out = (size_t)n;
	return FAULT_NONE;
}

static enum fault
read_lengths(const struct descriptor *d, const struct node *rules)
{
	struct column *c = d->column;
	enum fault f = read_length(d, rules, "minLength", &c->min_length);

	if (f == FAULT_NONE)
		f = read_length(d, rules, "maxLength", &c->max_length);
	if (f == FAULT_NONE && c->min_length > c->max_length)
		f = cause_set(d->why, FAULT_FORMAT,
		    N_("the greatest length is below the least"));
	return f;
}

static enum fault
enum_of_words(const struct descriptor *d, const struct node *array)
{
	const char **words = calloc(node_count(array), sizeof(*words));
	size_t n = 0;
	enum fault f = FAULT_NONE;

	if (words == NULL)
		return cause_memory(d->why);
	f = descriptor_words(d, array, words, &n, true);
	if (f == FAULT_NONE)
		f = descriptor_set(d, words, n);
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
enum_of_keys(const struct descriptor *d, const struct node *array)
{
	struct column *c = d->column;
	size_t n = node_count(array);
	enum fault f = FAULT_NONE;
	size_t i = 0;

	if ((c->values = calloc(n, sizeof(*c->values))) == NULL)
		return cause_memory(d->why);
	c->n_values = n;
	for (i = 0; f == FAULT_NONE && i < n; i++)
		f = descriptor_key(
		    d, &c->values[i], descriptor_value(d, array, i));
	if (f != FAULT_NONE)
		return f;
	qsort(c->values, n, sizeof(*c->values), by_key);
	for (i = 1; i < n; i++)
		if (c->values[i] == c->values[i - 1])
			return cause_set(
			    d->why, FAULT_FORMAT, N_("a value stands twice"));
	return FAULT_NONE;
}

/* Of the many words only two values remain. */
static enum fault
enum_of_booleans(const struct descriptor *d, const struct node *array)
{
	struct column *c = d->column;
	size_t i = 0;

	c->allow_true = c->allow_false = false;
	for (i = 0; i < node_count(array); i++) {
		const struct node *node = descriptor_value(d, array, i);
		const char *word = node_string(node);
		size_t at = word == NULL
		    ? SIZE_MAX
		    : set_find(c->words, word, strlen(word));
		bool truth = at < c->n_true;

		if (node_type(node) == NODE_BOOL)
			truth = node_boolean(node);
		else if (at == SIZE_MAX)
			return cause_set(d->why, FAULT_FORMAT,
			    N_("element %zu is not a boolean"), i + 1);
		c->allow_true = c->allow_true || truth;
		c->allow_false = c->allow_false || !truth;
	}
	return FAULT_NONE;
}

static enum fault
read_list(const struct descriptor *d, const struct node *array)
{
	enum fault f = descriptor_count(d, array);

	if (f != FAULT_NONE)
		return f;
	if (d->column->kind == COLUMN_STRING)
		return enum_of_words(d, array);
	if (d->column->kind == COLUMN_BOOLEAN)
		return enum_of_booleans(d, array);
	return enum_of_keys(d, array);
}

/* Values, or values with labels; a mix of both is nobody's intention. */
static enum fault
read_categories(struct descriptor *d, const struct node *array)
{
	static const struct node_member members[] = {
		{ "value", NODE_ANY, true, false },
		{ "label", NODE_STRING, false, false },
	};
	char where[CAUSE_NAME_MAX];
	enum fault f = FAULT_NONE;
	size_t i = 0;

	descriptor_at(d, "categories");
	d->labels = node_count(array) > 0 &&
	    node_type(node_at(array, 0)) == NODE_OBJECT;
	(void)snprintf(where, sizeof(where), "%s.categories", d->where);
	for (i = 0; d->labels && f == FAULT_NONE && i < node_count(array); i++)
		f = node_members(node_at(array, i), where, members,
		    DESCRIPTOR_COUNT(members), d->why);
	if (f == FAULT_NONE)
		f = read_list(d, array);
	d->labels = false;
	d->column->unlisted = VALUE_CATEGORIES;
	return f;
}

static enum fault
read_pattern(const struct descriptor *d, const struct node *rules)
{
	const char *regex = node_text(rules, "pattern");

	if (regex == NULL)
		return FAULT_NONE;
	descriptor_rule(d, "pattern");
	return pattern_new(&d->column->pattern, regex, d->why);
}

static enum fault
read_rules(const struct descriptor *d, const struct node *rules)
{
	struct column *c = d->column;
	char where[CAUSE_NAME_MAX];
	enum fault f = FAULT_NONE;

	if (rules == NULL)
		return FAULT_NONE;
	(void)snprintf(where, sizeof(where), "%s.constraints", d->where);
	f = descriptor_members(
	    rules, where, places, DESCRIPTOR_COUNT(places), d->why);
	if (f == FAULT_NONE)
		f = descriptor_kinds(d, rules, places, DESCRIPTOR_COUNT(places),
		    descriptor_rule);
	if (f != FAULT_NONE)
		return f;
	c->required = node_bool(rules, "required", false);
	c->unique = node_bool(rules, "unique", false);
	if ((f = read_lengths(d, rules)) != FAULT_NONE ||
	    (f = read_pattern(d, rules)) != FAULT_NONE)
		return f;
	return read_bounds(d, rules);
}

enum fault
constraint_parse(struct descriptor *d, const struct node *field)
{
	const struct node *rules = node_get(field, "constraints");
	const struct node *list = node_get(rules, "enum");
	const struct node *categories = node_get(field, "categories");
	enum fault f = read_rules(d, rules);

	if (f != FAULT_NONE)
		return f;
	if (categories == NULL &&
	    node_get(field, "categoriesOrdered") != NULL) {
		descriptor_at(d, "categoriesOrdered");
		return cause_set(d->why, FAULT_FORMAT,
		    N_("there are no categories to be in order"));
	}
	descriptor_rule(d, "enum");
	if (list != NULL && categories != NULL)
		return cause_set(d->why, FAULT_FORMAT,
		    N_("\"%s\" is given too: only one of the two may be"),
		    "categories");
	if (categories != NULL)
		return read_categories(d, categories);
	return list != NULL ? read_list(d, list) : FAULT_NONE;
}
