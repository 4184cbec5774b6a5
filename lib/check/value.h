/*
 * value: one column's compiled rule, and the check of one cell against it.
 *
 * The hot path of the house: value_check runs for every cell, without
 * allocation, without locale, thread-safe on a const column.
 */
#ifndef CHECK_VALUE_H
#define CHECK_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cause.h"
#include "check/pattern.h"
#include "text/doc.h"

enum value_wrong { VALUE_OK, VALUE_REQUIRED, VALUE_TYPE, VALUE_FORMAT,
	VALUE_PATTERN, VALUE_ENUM, VALUE_MINIMUM, VALUE_MAXIMUM,
	VALUE_MIN_LENGTH, VALUE_MAX_LENGTH };

/* The Table Schema word of the rule broken ("required", "type" …); static. */
const char *value_wrong_text(enum value_wrong wrong);

struct column; /* opaque: a compiled field descriptor */

/*
 * Compiles a field descriptor {name, type, format, constraints …}.  FAULT_FORMAT
 * with clause "WHERE.MEMBER"; FAULT_MEMORY.
 */
enum fault column_parse(struct column **out, const struct node *field,
    const char *where, struct cause *why) FAULT_CHECKED;
void column_free(struct column *c);
const char *column_name(const struct column *c);
const char *column_type(const struct column *c);
bool column_required(const struct column *c);
bool column_unique(const struct column *c);
void column_require(struct column *c); /* primary key columns */
bool column_numeric(const struct column *c); /* integer or number: may be summed */

/*
 * Checks a cell that is not missing.  The text is valid UTF-8 already.
 */
enum value_wrong value_check(const struct column *c, const char *text,
    size_t len);

/*
 * An exact decimal sum.  Adding needs a value that value_check accepted.
 * Thread-safe by having one a thread and merging.
 */
struct value_sum {
	__int128 unit;	   /* sum in units of 10^-scale */
	unsigned scale;	   /* digits after the point, at most 18 */
	bool overflow;
};
void value_sum_add(struct value_sum *sum, const struct column *c,
    const char *text, size_t len);
void value_sum_merge(struct value_sum *into, const struct value_sum *from);
/* Decimal text without trailing zeros; false on overflow. */
bool value_sum_text(const struct value_sum *sum, char *out, size_t cap);

#endif
