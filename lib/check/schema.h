/*
 * schema: the named subset of Frictionless Table Schema, ready to check with.
 *
 * Fields, missingValues, primaryKey, uniqueKeys, foreignKeys to code lists and
 * fieldsMatch "exact"; of fields what column.c and constraint.c know.
 * Everything else is refused by name: what we do not check we do not accept.
 * serahterima-schema(5) is the page.
 */
#ifndef CHECK_SCHEMA_H
#define CHECK_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cause.h"
#include "check/foreign.h"
#include "check/value.h"
#include "text/doc.h"

struct schema;

/*
 * Compiles the schema object.  FAULT_FORMAT, with clause
 * "WHERE.fields[NAME].…". FAULT_MEMORY.  "node" is only read during the call.
 */
enum fault schema_parse(struct schema **out, const struct node *node,
    const char *where, struct cause *why) FAULT_CHECKED;
void schema_free(struct schema *s);

size_t schema_count(const struct schema *s);
const struct column *schema_column(const struct schema *s, size_t column);
/* Whether the text is one of missingValues (default: only ""). */
bool schema_missing(const struct schema *s, const char *text, size_t len);
/* The words of missingValues, "" first; NULL beyond the last. */
const char *schema_missing_word(const struct schema *s, size_t index);
/* Bytes of the longest of missingValues; nothing longer is missing. */
size_t schema_missing_longest(const struct schema *s);
const char *schema_name(const struct schema *s, size_t column);
/* "string", "integer" …; static. */
const char *schema_type(const struct schema *s, size_t column);
/* Column of a name, or SIZE_MAX. */
size_t schema_find(const struct schema *s, const char *name);
/* Columns of the primary key; 0 if there is none. */
size_t schema_key(const struct schema *s, const size_t **columns);
/* Columns of unique key i, counted from 0; 0 if there is none such. */
size_t schema_unique_key(
    const struct schema *s, size_t i, const size_t **columns);

/* Columns held against code lists. */
size_t schema_foreign(const struct schema *s, const struct foreign **out);

/*
 * Holds one value against a column: NULL or "" missing.  Used for manifest
 * fields; the table engine uses the same rules.  FAULT_VALUE with the rule.
 */
enum fault schema_check(const struct schema *s, size_t column,
    const char *value, struct cause *why) FAULT_CHECKED;

#endif
