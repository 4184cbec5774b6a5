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

enum value_wrong {
	VALUE_OK,
	VALUE_REQUIRED,
	VALUE_TYPE,
	VALUE_FORMAT,
	VALUE_PATTERN,
	VALUE_ENUM,
	VALUE_MINIMUM,
	VALUE_MAXIMUM,
	VALUE_MIN_LENGTH,
	VALUE_MAX_LENGTH,
	VALUE_EXCLUSIVE_MINIMUM,
	VALUE_EXCLUSIVE_MAXIMUM,
	VALUE_CATEGORIES,
	VALUE_WRONGS /* how many */
};

/* The Table Schema word of the rule broken ("required", "type" …); static. */
const char *value_wrong_text(enum value_wrong wrong);

struct column; /* opaque: a compiled field descriptor */

/*
 * Compiles a field descriptor {name, type, format, constraints …}; name and
 * type are required.  FAULT_FORMAT with clause "WHERE.MEMBER" or
 * "WHERE.constraints.MEMBER"; FAULT_MEMORY.  "field" is only read during the
 * call.
 */
enum fault column_parse(struct column **out, const struct node *field,
    const char *where, struct cause *why) FAULT_CHECKED;
void column_free(struct column *c);
const char *column_name(const struct column *c);
const char *column_type(const struct column *c);
/* What was agreed, for people: a pattern, a list, a bound, "DD-MM-YYYY"; ""
 * when there is nothing to say. */
const char *column_agreed(const struct column *c, enum value_wrong rule);
bool column_required(const struct column *c);
bool column_unique(const struct column *c);
void column_require(struct column *c); /* primary key columns */
/* Text of 16 digits, whatever else is agreed about it. */
bool column_identifiers(const struct column *c);
/* Text that may begin with one of the bytes that make a formula. */
bool column_formulas(const struct column *c);
/* Whether a value that begins with one is a formula, and not, in a column with
 * a pattern, a number with a sign: +62 811-234. */
bool column_formula(const struct column *c, const char *text, size_t len);
/* Integer or number: may be summed. */
bool column_numeric(const struct column *c);
/* Date or datetime: has an earliest and a latest. */
bool column_dated(const struct column *c);
/* Of those two: whether it is a datetime. */
bool column_timed(const struct column *c);

/*
 * Checks a cell that is not missing.  The text is valid UTF-8 already.  Returns
 * the first rule broken; VALUE_REQUIRED never (missing is the caller's word).
 */
enum value_wrong value_check(
    const struct column *c, const char *text, size_t len);

__extension__ typedef __int128 value_wide;

/* Of a date or datetime that value_check accepted: what orders it among those
 * of its type, in whatever formats.  Of a date: its parts. */
value_wide value_moment(const struct column *c, const char *text, size_t len);
void value_day(const struct column *c, const char *text, unsigned *year,
    unsigned *month, unsigned *day);

/*
 * An exact decimal sum: whole + part / 10^18, carried apart so that neither the
 * order of adding nor the place of the decimal point can change the result.
 * All zero bytes is an empty sum.  Adding needs a value that value_check
 * accepted.  Thread-safe by having one a thread and merging.
 */
struct value_sum {
	value_wide whole;
	int64_t part;  /* within +-10^18, may differ in sign from whole */
	bool overflow; /* beyond 10^37: no file gets there */
};
void value_sum_add(struct value_sum *sum, const struct column *c,
    const char *text, size_t len);
void value_sum_merge(struct value_sum *into, const struct value_sum *from);
/* Decimal text without trailing zeros; false on overflow or when cap is less
 * than the text needs (VALUE_SUM_TEXT always does). */
#define VALUE_SUM_TEXT 64
bool value_sum_text(const struct value_sum *sum, char *out, size_t cap);

/*
 * The earliest or the latest of a dated column; all zero bytes is none yet.
 * Adding needs a value that value_check accepted.
 */
struct value_edge {
	value_wide key; /* as date_read gives it */
	bool any;
};
void value_edge_add(struct value_edge *edge, const struct column *c,
    const char *text, size_t len, bool latest);
void value_edge_merge(
    struct value_edge *into, const struct value_edge *from, bool latest);

#endif
