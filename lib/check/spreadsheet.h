/*
 * spreadsheet: the marks that a spreadsheet leaves on what passes through it.
 * It takes text for numbers and dates, keeps 15 digits, and ends at 1,048,576
 * rows.  Only cells that break a rule anyway are looked at for their form.
 */
#ifndef CHECK_SPREADSHEET_H
#define CHECK_SPREADSHEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "check/value.h"

/* Rows of the largest sheet, its header included. */
#define SPREADSHEET_ROWS 1048576
/* Digits of a number beyond which zeros follow. */
#define SPREADSHEET_DIGITS 15

enum spreadsheet_mark {
	SPREADSHEET_NONE,
	SPREADSHEET_EXPONENT, /* 8,80101E+15 */
	SPREADSHEET_ZEROS,    /* 3 for 003 */
	SPREADSHEET_PLUS,     /* 62811 for +62811 */
	SPREADSHEET_DATE,     /* 03-Mei for 003/005 */
	SPREADSHEET_SERIAL    /* 33059 for a date */
};

/*
 * Of a cell that value_check refused: what may have been done to it.
 * EXPONENT: digits with an exponent, where text or an integer is agreed.
 * ZEROS: up to 12 digits, the first not 0, that would be right with zeros
 * before them.  PLUS: digits that would be right with a plus before them.
 * DATE: a day and a month's name, or a month's name and a year, where text is
 * agreed, or for a date one without all of its year.  SERIAL: five digits where
 * a date is agreed.
 */
enum spreadsheet_mark spreadsheet_mark(
    const struct column *c, const char *text, size_t len);

/* Identifiers of 16 digits in a column, and those that end in 0. */
struct spreadsheet_digits {
	uint64_t all, zeros;
};

/*
 * Whether so many end in 0 that a spreadsheet must have cut them: more than a
 * quarter of at least 100, or all of at least 10.  Of sound
 * files one in 200,000 would look so by chance, and that only if their last
 * digits were drawn by lot.
 */
bool spreadsheet_cut(const struct spreadsheet_digits *d);

#endif
