/*
 * moment: a day or a moment as text, in one form whatever a column's format is,
 * so that two sides that found the same write the same.
 */
#ifndef CHECK_MOMENT_H
#define CHECK_MOMENT_H

#include <stdbool.h>

#include "check/value.h"

#define MOMENT_TEXT 48

/*
 * date_read's key as text: "2026-01-31"; with "time" the moment in UTC,
 * "2026-01-31T17:05:00Z", with a fraction without trailing zeros where there is
 * one.  Offsets may lead a little beyond the years 0001 to 9999: "0000-12-31",
 * "10000-01-01".
 */
void moment_text(char out[MOMENT_TEXT], value_wide key, bool time);

/* Whether the text is one that moment_text writes. */
bool moment_ok(const char *text);

#endif
