/*
 * column: what a field descriptor compiles to.  For lib/check/column.c and
 * its readers of descriptors, which fill it, value.c and screen.c, which read
 * it for cells, and sql.c, which writes it in another language; nobody else
 * looks in.
 */
#ifndef CHECK_COLUMN_H
#define CHECK_COLUMN_H

#include <stdbool.h>
#include <stddef.h>

#include "check/date.h"
#include "check/duration.h"
#include "check/form.h"
#include "check/number.h"
#include "check/pattern.h"
#include "check/set.h"
#include "check/value.h"

enum column_kind {
	COLUMN_STRING,
	COLUMN_INTEGER,
	COLUMN_NUMBER,
	COLUMN_BOOLEAN,
	COLUMN_DATE,
	COLUMN_DATETIME,
	COLUMN_TIME,
	COLUMN_YEAR,
	COLUMN_YEARMONTH,
	COLUMN_DURATION
};

#define COLUMN_BIT(kind) (1U << (kind))
#define COLUMN_KINDS (COLUMN_BIT(COLUMN_DURATION + 1) - 1)

/* How a cell is checked: the shortest way that decides. */
enum column_path {
	PATH_LENGTH,
	PATH_SHAPE,
	PATH_PATTERN,
	PATH_WORDS,
	PATH_STRING,
	PATH_NUMBER,
	PATH_BOOLEAN,
	PATH_DATE, /* with a day */
	PATH_TIME, /* of another kind */
	PATH_DURATION
};

/* Values allowed by an enum of numbers or dates beyond this are refused. */
#define COLUMN_ENUM_MAX 10000
/* A length beyond this cannot be met by any record. */
#define COLUMN_LENGTH_MAX (1024L * 1024)

struct column {
	char *name;                 /* owned */
	char *agreed[VALUE_WRONGS]; /* owned: texts of its rules, or NULL */
	enum column_kind kind;
	enum column_path path;
	bool required;
	bool unique;
	bool compare; /* minimum, maximum or values is there */
	struct number_format number;
	struct date_format date;
	/* string */
	enum form form;
	size_t min_length; /* code points */
	size_t max_length; /* SIZE_MAX: none */
	size_t sure_low;   /* bytes from here, */
	size_t sure_span;  /* and so many more, are surely no length's fault */
	struct pattern *pattern;
	const struct shape
	    *shape;        /* lent: the pattern, when it is all there is */
	struct set *words; /* enum of strings; both lists of a boolean */
	/* boolean: words before n_true are true; which of both are allowed */
	size_t n_true;
	bool allow_true;
	bool allow_false;
	/* which rule a value that is not among the listed breaks */
	enum value_wrong unlisted;
	/* integer, number: units of 10^-18; dates and times: date_read's key;
	 * the bounds themselves are allowed, whatever their rules are called */
	enum value_wrong low;
	enum value_wrong high;
	bool has_minimum;
	bool has_maximum;
	value_wide minimum;
	value_wide maximum;
	value_wide *values; /* enum, ascending; NULL if there is none */
	size_t n_values;
};

/* Chooses the path once all else is filled in. */
void column_settle(struct column *c);

#endif
