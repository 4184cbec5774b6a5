/*
 * descriptor: a field descriptor while it is being compiled: where it stands,
 * which members its type has, and values written as the column's cells are.
 * For column.c and constraint.c.
 */
#ifndef CHECK_DESCRIPTOR_H
#define CHECK_DESCRIPTOR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cause.h"
#include "check/column.h"
#include "text/doc.h"

#define DESCRIPTOR_COUNT(a) (sizeof(a) / sizeof((a)[0]))
/* Of no object more members are known. */
#define DESCRIPTOR_MEMBERS 16

/* What every step needs; "why" is never NULL. */
struct descriptor {
	struct column *column;
	const char *where;
	struct cause *why;
	bool labels; /* values may be {"value", "label"} */
};

/* Which types, by COLUMN_BIT, a member has a meaning for; elsewhere it is
 * refused. */
struct descriptor_place {
	struct node_member member;
	unsigned kinds;
};

/* Sets the clause to a member of the field, or of its constraints. */
void descriptor_at(const struct descriptor *d, const char *member);
void descriptor_rule(const struct descriptor *d, const char *member);

/* Names and JSON types.  FAULT_FORMAT. */
enum fault descriptor_members(const struct node *node, const char *where,
    const struct descriptor_place *places, size_t n,
    struct cause *why) FAULT_CHECKED;
/* Whether the column's type has such members; "at" sets the clause. */
enum fault descriptor_kinds(const struct descriptor *d, const struct node *node,
    const struct descriptor_place *places, size_t n,
    void (*at)(const struct descriptor *, const char *)) FAULT_CHECKED;

/* Element i, or its value where values may have labels. */
const struct node *descriptor_value(
    const struct descriptor *d, const struct node *array, size_t i);
/* 1 to COLUMN_ENUM_MAX elements. */
enum fault descriptor_count(
    const struct descriptor *d, const struct node *array) FAULT_CHECKED;
/* Appends the strings of an array to words, which has room; refuses others,
 * and, unless "empty", the empty word. */
enum fault descriptor_words(const struct descriptor *d,
    const struct node *array, const char **words, size_t *n,
    bool empty) FAULT_CHECKED;
/* Makes the column's set of words.  FAULT_FORMAT for a word that stands twice.
 */
enum fault descriptor_set(const struct descriptor *d, const char *const *words,
    size_t n) FAULT_CHECKED;
/*
 * The key of a number, date or duration: written as a cell would be, or, for
 * numbers and years, a JSON integer.  FAULT_FORMAT.
 */
enum fault descriptor_key(const struct descriptor *d, value_wide *key,
    const struct node *node) FAULT_CHECKED;

#endif
