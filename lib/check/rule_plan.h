/*
 * rule_plan: what an element of rules[] compiles to.  For rule_parse.c, which
 * fills it, and rule.c, which reads it; nobody else looks in.
 */
#ifndef CHECK_RULE_PLAN_H
#define CHECK_RULE_PLAN_H

#include <stddef.h>

#include "check/rule.h"
#include "check/set.h"

/* What refuses: all, nothing, or all but what digits mean. */
enum rule_level { RULE_LEVEL_DEFAULT, RULE_LEVEL_ERROR, RULE_LEVEL_WARNING };

/* Places of the columns of a rule "nik"; the number itself is at 0. */
enum { RULE_BIRTH_DATE = 1, RULE_SEX, RULE_REGION, RULE_NIK_COLUMNS };

struct rule {
	enum rule_word word; /* its first */
	enum rule_level level;
	size_t *at;                   /* owned; places, SIZE_MAX: not agreed */
	const struct column **column; /* owned list; these, or NULL */
	size_t n;
	struct set *is;      /* required_when; owned */
	char *male, *female; /* nik; owned */
	size_t male_len, female_len;
};

struct rules {
	struct rule *rule;
	size_t n;
};

#endif
