/*
 * clock: seconds since 1970 UTC, and their RFC 3339 form.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define CLOCK_TEXT_LEN 21 /* "2026-11-24T05:42:00Z" and NUL */

int64_t clock_now(void);
/* Formats UTC, years 0000 to 9999. */
void clock_text(char out[CLOCK_TEXT_LEN], int64_t t);
/* Parses exactly the form clock_text writes. */
bool clock_parse(int64_t *out, const char *text);
/* "2026-11-24" as the first second of that UTC day. */
bool clock_parse_day(int64_t *out, const char *text);
/* Days since 1970-01-01 of a Gregorian date; false if there is no such day. */
bool clock_days(int64_t *out, unsigned year, unsigned month, unsigned day);

#endif
