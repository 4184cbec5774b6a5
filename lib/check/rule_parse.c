/*
 * rule_parse: rules[] of a data set.  What can never be broken, or never be
 * kept, is refused as the slip that it is, before it is signed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "check/rule_plan.h"
#include "check/value.h"

/* Columns of one rule, and values of "is". */
#define COLUMNS_MAX 64
#define IS_MAX 1000

/* What is being read. */
struct reading {
	struct rule *rule;
	const struct schema *schema;
	const struct node *object;
	const char *where; /* "rules[N]" */
	struct cause *why;
};

static const struct node_member list_members[] = {
	{ "", NODE_ARRAY, true, false },
	{ "level", NODE_STRING, false, false },
};

static const struct node_member when_members[] = {
	{ "required_when", NODE_OBJECT, true, false },
	{ "level", NODE_STRING, false, false },
};

static const struct node_member when_parts[] = {
	{ "column", NODE_STRING, true, false },
	{ "when", NODE_STRING, true, false },
	{ "is", NODE_ARRAY, true, false },
};

static const struct node_member nik_members[] = {
	{ "nik", NODE_STRING, true, false },
	{ "birth_date", NODE_STRING, false, false },
	{ "sex", NODE_STRING, false, false },
	{ "region", NODE_STRING, false, false },
	{ "male", NODE_STRING, false, false },
	{ "female", NODE_STRING, false, false },
	{ "level", NODE_STRING, false, false },
};

static const struct node_member one_members[] = {
	{ "", NODE_STRING, true, false },
	{ "level", NODE_STRING, false, false },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* ---- columns ---- */

static enum fault
make_room(struct reading *r, size_t n)
{
	size_t i = 0;

	r->rule->at = calloc(n, sizeof(*r->rule->at));
	r->rule->column = calloc(n, sizeof(struct column *));
	if (r->rule->at == NULL || r->rule->column == NULL)
		return cause_memory(r->why);
	r->rule->n = n;
	for (i = 0; i < n; i++)
		r->rule->at[i] = SIZE_MAX;
	return FAULT_NONE;
}

/* "type" NULL: any.  The cause's clause is set. */
static enum fault
take_column(struct reading *r, size_t which, const char *name, const char *type)
{
	size_t i = 0,
	       at = name == NULL ? SIZE_MAX : schema_find(r->schema, name);

	if (name == NULL)
		return cause_set(
		    r->why, FAULT_FORMAT, N_("must be a list of texts"));
	if (at == SIZE_MAX)
		return cause_set(r->why, FAULT_FORMAT,
		    N_("\"%s\" is not a column of the schema"), name);
	if (type != NULL && strcmp(schema_type(r->schema, at), type) != 0)
		return cause_set(r->why, FAULT_FORMAT,
		    N_("column \"%s\" must be of type %s for this rule"), name,
		    type);
	for (i = 0; i < r->rule->n; i++)
		if (r->rule->at[i] == at)
			return cause_set(r->why, FAULT_FORMAT,
			    N_("column \"%s\" stands twice in this rule"),
			    name);
	r->rule->at[which] = at;
	r->rule->column[which] = schema_column(r->schema, at);
	return FAULT_NONE;
}

/* A member that names a column; an absent one is not agreed. */
static enum fault
take_member(
    struct reading *r, size_t which, const char *member, const char *type)
{
	const char *name = node_text(r->object, member);

	cause_clause(r->why, "%s.%s", r->where, member);
	return name == NULL ? FAULT_NONE : take_column(r, which, name, type);
}

static bool
is_required(const struct reading *r, size_t which)
{
	return column_required(r->rule->column[which]);
}

/* Whether the text is a value that the column may have. */
static bool
is_value(const struct reading *r, size_t which, const char *text)
{
	size_t len = strlen(text);

	return !schema_missing(r->schema, text, len) &&
	    value_check(r->rule->column[which], text, len) == VALUE_OK;
}

static enum fault
no_value(struct reading *r, size_t which, const char *text)
{
	return cause_set(r->why, FAULT_FORMAT,
	    N_("\"%s\" is no value that column \"%s\" may have"), text,
	    column_name(r->rule->column[which]));
}

/* ---- across columns ---- */

/* The element that the rule is named by, a list of columns of one type. */
static enum fault
take_list(struct reading *r, size_t min, size_t max)
{
	const char *key = rule_word_text(r->rule->word);
	const struct node *list = node_get(r->object, key);
	size_t i = 0, n = node_count(list);
	enum fault f = FAULT_NONE;

	cause_clause(r->why, "%s.%s", r->where, key);
	if (n < min || n > max)
		return cause_set(r->why, FAULT_FORMAT,
		    N_("must be a list of %zu to %zu columns"), min, max);
	f = make_room(r, n);
	for (i = 0; i < n && f == FAULT_NONE; i++)
		f = take_column(r, i, node_string(node_at(list, i)), NULL);
	return f;
}

static enum fault
read_at_least_one(struct reading *r)
{
	enum fault f = take_list(r, 2, COLUMNS_MAX);
	size_t i = 0;

	for (i = 0; f == FAULT_NONE && i < r->rule->n; i++)
		if (is_required(r, i))
			f = cause_set(r->why, FAULT_FORMAT,
			    N_("column \"%s\" is required anyway"),
			    column_name(r->rule->column[i]));
	return f;
}

/* Both of one type; only days or only moments have an order here. */
static enum fault
read_pair(struct reading *r)
{
	const char *a = NULL, *b = NULL;
	enum fault f = take_list(r, 2, 2);

	if (f != FAULT_NONE)
		return f;
	a = column_type(r->rule->column[0]);
	b = column_type(r->rule->column[1]);
	if (strcmp(a, b) != 0)
		return cause_set(r->why, FAULT_FORMAT,
		    N_("the columns are of different types, %s and %s"), a, b);
	if (r->rule->word == RULE_NOT_BEFORE && strcmp(a, "date") != 0 &&
	    strcmp(a, "datetime") != 0)
		return cause_set(r->why, FAULT_FORMAT,
		    N_("the columns must be of type date or datetime"));
	return FAULT_NONE;
}

static enum fault
read_is(struct reading *r, const struct node *list)
{
	const char **word = NULL;
	size_t i = 0, n = node_count(list), twice = 0;
	enum fault f = FAULT_NONE;

	cause_clause(r->why, "%s.required_when.is", r->where);
	if (n < 1 || n > IS_MAX)
		return cause_set(r->why, FAULT_FORMAT,
		    N_("must be a list of 1 to %d texts"), IS_MAX);
	if ((word = calloc(n, sizeof(char *))) == NULL)
		return cause_memory(r->why);
	for (i = 0; i < n && f == FAULT_NONE; i++) {
		word[i] = node_string(node_at(list, i));
		if (word[i] == NULL)
			f = cause_set(r->why, FAULT_FORMAT,
			    N_("must be a list of texts"));
		else if (!is_value(r, 1, word[i]))
			f = no_value(r, 1, word[i]);
	}
	if (f == FAULT_NONE)
		f = set_new(&r->rule->is, word, n, &twice);
	if (f == FAULT_EXISTS)
		f = cause_set(r->why, FAULT_FORMAT,
		    N_("\"%s\" stands there twice"), word[twice]);
	else if (f == FAULT_MEMORY)
		f = cause_memory(r->why);
	free(word);
	return f;
}

static enum fault
read_required_when(struct reading *r)
{
	const struct node *when = node_get(r->object, "required_when");
	char where[CAUSE_NAME_MAX + 16] = "";
	enum fault f = FAULT_NONE;

	(void)snprintf(where, sizeof(where), "%s.required_when", r->where);
	if ((f = node_members(when, where, when_parts, COUNT(when_parts),
		 r->why)) != FAULT_NONE ||
	    (f = make_room(r, 2)) != FAULT_NONE)
		return f;
	cause_clause(r->why, "%s.column", where);
	f = take_column(r, 0, node_text(when, "column"), NULL);
	if (f == FAULT_NONE && is_required(r, 0))
		f = cause_set(r->why, FAULT_FORMAT,
		    N_("column \"%s\" is required anyway"),
		    column_name(r->rule->column[0]));
	if (f != FAULT_NONE)
		return f;
	cause_clause(r->why, "%s.when", where);
	f = take_column(r, 1, node_text(when, "when"), NULL);
	return f == FAULT_NONE ? read_is(r, node_get(when, "is")) : f;
}

/* ---- identifiers ---- */

/* The word that column "sex" has for one of them. */
static enum fault
take_sex(struct reading *r, const char *member, const char *dflt, char **out,
    size_t *len)
{
	const char *text = node_text(r->object, member);
	bool agreed = r->rule->at[RULE_SEX] != SIZE_MAX;

	cause_clause(r->why, "%s.%s", r->where, member);
	if (text != NULL && !agreed)
		return cause_set(
		    r->why, FAULT_FORMAT, N_("says nothing without \"sex\""));
	if (!agreed)
		return FAULT_NONE;
	if (text == NULL)
		text = dflt;
	if (!is_value(r, RULE_SEX, text))
		return no_value(r, RULE_SEX, text);
	if ((*out = strdup(text)) == NULL)
		return cause_memory(r->why);
	*len = strlen(text);
	return FAULT_NONE;
}

/* Codes with leading zeros are texts: all but the date of birth are. */
static enum fault
read_nik(struct reading *r)
{
	struct rule *rule = r->rule;
	enum fault f = make_room(r, RULE_NIK_COLUMNS);

	if (f != FAULT_NONE ||
	    (f = take_member(r, 0, "nik", "string")) != FAULT_NONE ||
	    (f = take_member(r, RULE_BIRTH_DATE, "birth_date", "date")) !=
		FAULT_NONE ||
	    (f = take_member(r, RULE_SEX, "sex", NULL)) != FAULT_NONE ||
	    (f = take_member(r, RULE_REGION, "region", "string")) !=
		FAULT_NONE ||
	    (f = take_sex(r, "male", "L", &rule->male, &rule->male_len)) !=
		FAULT_NONE ||
	    (f = take_sex(r, "female", "P", &rule->female,
		 &rule->female_len)) != FAULT_NONE)
		return f;
	if (rule->male != NULL && strcmp(rule->male, rule->female) == 0)
		return cause_set(r->why, FAULT_FORMAT,
		    N_("\"male\" and \"female\" are the same"));
	return FAULT_NONE;
}

static enum fault
read_one(struct reading *r)
{
	enum fault f = make_room(r, 1);

	if (f != FAULT_NONE)
		return f;
	return take_member(r, 0, rule_word_text(r->rule->word), "string");
}

/* ---- the list ---- */

/* The members of each kind of rule; the first names it. */
static enum fault
hold_members(struct reading *r)
{
	struct node_member own[2];
	enum rule_word word = r->rule->word;

	if (word == RULE_REQUIRED_WHEN)
		return node_members(r->object, r->where, when_members,
		    COUNT(when_members), r->why);
	if (word == RULE_NIK)
		return node_members(r->object, r->where, nik_members,
		    COUNT(nik_members), r->why);
	memcpy(own, word < RULE_NIK ? list_members : one_members, sizeof(own));
	own[0].name = rule_word_text(word);
	return node_members(r->object, r->where, own, COUNT(own), r->why);
}

static enum fault
read_level(struct reading *r)
{
	const char *text = node_text(r->object, "level");

	if (text == NULL)
		return FAULT_NONE;
	cause_clause(r->why, "%s.level", r->where);
	if (strcmp(text, "error") == 0)
		r->rule->level = RULE_LEVEL_ERROR;
	else if (strcmp(text, "warning") == 0)
		r->rule->level = RULE_LEVEL_WARNING;
	else
		return cause_set(r->why, FAULT_FORMAT,
		    N_("must be \"error\" or \"warning\""));
	return FAULT_NONE;
}

/* The kind of rule, by the member that names it. */
static bool
find_word(struct reading *r)
{
	static const enum rule_word kinds[] = { RULE_AT_LEAST_ONE,
		RULE_REQUIRED_WHEN, RULE_NOT_BEFORE, RULE_EQUAL, RULE_NIK,
		RULE_NKK, RULE_PASSPORT, RULE_AREA_CODE };
	size_t i = 0;

	for (i = 0; i < COUNT(kinds); i++) {
		r->rule->word = kinds[i];
		if (node_type(r->object) == NODE_OBJECT &&
		    node_get(r->object, rule_word_text(kinds[i])) != NULL)
			return true;
	}
	return false;
}

static enum fault
read_rule(struct reading *r)
{
	enum fault f = FAULT_NONE;

	cause_clause(r->why, "%s", r->where);
	if (!find_word(r))
		return cause_set(r->why, FAULT_FORMAT,
		    N_("no rule of this name is known; serahterima-schema(5) "
		       "lists them"));
	if ((f = hold_members(r)) != FAULT_NONE ||
	    (f = read_level(r)) != FAULT_NONE)
		return f;
	switch ((int)r->rule->word) {
	case RULE_AT_LEAST_ONE:
		return read_at_least_one(r);
	case RULE_REQUIRED_WHEN:
		return read_required_when(r);
	case RULE_NOT_BEFORE:
	case RULE_EQUAL:
		return read_pair(r);
	case RULE_NIK:
		return read_nik(r);
	default:
		return read_one(r);
	}
}

/* The same rule twice would count everything twice.  One and the same column
 * may be required for several reasons. */
static bool
is_twice(const struct rules *rules, const struct rule *one)
{
	size_t i = 0, n = one->word >= RULE_NIK ? 1 : one->n;

	if (one->word == RULE_REQUIRED_WHEN)
		return false;
	for (i = 0; i < rules->n; i++) {
		const struct rule *other = &rules->rule[i];

		if (other->word == one->word && other->n == one->n &&
		    memcmp(other->at, one->at, n * sizeof(*one->at)) == 0)
			return true;
	}
	return false;
}

static enum fault
read_all(struct rules *rules, const struct node *array,
    const struct schema *schema, const char *where, struct cause *why)
{
	char place[CAUSE_NAME_MAX] = "";
	struct reading r = { NULL, schema, NULL, place, why };
	size_t i = 0, n = node_count(array);
	enum fault f = FAULT_NONE;

	cause_clause(why, "%s", where);
	if (node_type(array) != NODE_ARRAY || n > RULES_MAX)
		return cause_set(why, FAULT_FORMAT,
		    N_("must be an array of at most %d rules"), RULES_MAX);
	if ((rules->rule = calloc(n + 1, sizeof(*rules->rule))) == NULL)
		return cause_memory(why);
	for (i = 0; i < n && f == FAULT_NONE; i++) {
		(void)snprintf(place, sizeof(place), "%s[%zu]", where, i + 1);
		r.rule = &rules->rule[i];
		r.object = node_at(array, i);
		f = read_rule(&r);
		if (f == FAULT_NONE && is_twice(rules, r.rule)) {
			cause_clause(why, "%s", place);
			f = cause_set(why, FAULT_FORMAT,
			    N_("the same rule stands twice"));
		}
		/* What was read of a wrong one is freed, too. */
		rules->n++;
	}
	return f;
}

enum fault
rules_parse(struct rules **out, const struct node *array,
    const struct schema *schema, const char *where, struct cause *why)
{
	char before[CAUSE_NAME_MAX] = "";
	struct rules *rules = NULL;
	enum fault f = FAULT_NONE;

	*out = NULL;
	if (array == NULL)
		return FAULT_NONE;
	if (why != NULL)
		(void)snprintf(before, sizeof(before), "%s", why->clause);
	if ((rules = calloc(1, sizeof(*rules))) == NULL)
		return cause_memory(why);
	f = read_all(rules, array, schema, where, why);
	if (f == FAULT_NONE) {
		cause_clause(why, "%s", before);
		*out = rules;
		rules = NULL;
	}
	rules_free(rules);
	return f;
}

void
rules_free(struct rules *r)
{
	size_t i = 0;

	if (r == NULL)
		return;
	for (i = 0; i < r->n; i++) {
		free(r->rule[i].at);
		free(r->rule[i].column);
		set_free(r->rule[i].is);
		free(r->rule[i].male);
		free(r->rule[i].female);
	}
	free(r->rule);
	free(r);
}
