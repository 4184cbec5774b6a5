/*
 * rule: what must hold between the columns of a record, and what identifiers
 * must look like.  serahterima-schema(5), RULES, is the page.
 *
 * Compiled once, then only read, by all workers; the records of a batch are
 * held against a rule together, as bits.
 */
#ifndef CHECK_RULE_H
#define CHECK_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cause.h"
#include "check/schema.h"
#include "text/csv.h"
#include "text/doc.h"

/* Rules of one data set. */
#define RULES_MAX 64

/* What can be found, in the words of reports; those of one kind of rule stand
 * together, the one that is about a shape first. */
enum rule_word {
	RULE_AT_LEAST_ONE,
	RULE_REQUIRED_WHEN,
	RULE_NOT_BEFORE,
	RULE_EQUAL,
	RULE_NIK,
	RULE_NIK_DATE,
	RULE_NIK_SERIAL,
	RULE_NIK_PROVINCE,
	RULE_NIK_BIRTH_DATE,
	RULE_NIK_SEX,
	RULE_NIK_REGION,
	RULE_NKK,
	RULE_NKK_DATE,
	RULE_NKK_SERIAL,
	RULE_NKK_PROVINCE,
	RULE_PASSPORT,
	RULE_AREA_CODE,
	RULE_AREA_PROVINCE,
	RULE_AREA_REGENCY,
	RULE_WORDS
};
/* "at_least_one" …; static. */
const char *rule_word_text(enum rule_word word);

struct rules; /* opaque */

/*
 * Reads rules[] of a data set; NULL gives no rules.  FAULT_FORMAT with clause
 * "WHERE[N]…": an unknown rule or member, a column that is not in the schema or
 * of another type than the rule needs, a rule that can never be broken or met,
 * the same one twice, more than RULES_MAX.  FAULT_MEMORY.
 */
enum fault rules_parse(struct rules **out, const struct node *array,
    const struct schema *schema, const char *where,
    struct cause *why) FAULT_CHECKED;
void rules_free(struct rules *r);
size_t rules_count(const struct rules *r); /* NULL: 0 */

/* Up to 64 records, and what is known of their cells: a bit for each record,
 * the masks by column. */
struct rule_cells {
	const struct csv_field *fields; /* record by record */
	size_t columns;
	uint64_t all;            /* the records there are */
	const uint64_t *missing; /* without a value */
	const uint64_t *sound;   /* with a value that breaks no rule itself */
};

/* Words that one rule can find. */
#define RULE_FOUND 7
struct rule_found {
	size_t column;       /* where it is found; SIZE_MAX: the record */
	enum rule_word word; /* of broken[0]; the others follow */
	size_t n;            /* words */
	uint64_t broken[RULE_FOUND]; /* records, by word */
	bool warning[RULE_FOUND];    /* by word: refuses nothing */
};
/* Holds the records against one rule. */
void rule_check(const struct rules *r, size_t at,
    const struct rule_cells *cells, struct rule_found *found);

/* Adds sentence and fault of a broken rule; returns the fault. */
enum fault rule_cause(
    const struct rules *r, size_t at, enum rule_word word, struct cause *why);

#endif
