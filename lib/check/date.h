/*
 * date: dates and times at fixed places in a cell, by a compiled format.
 *
 * Directives: %Y (four digits, 0001-9999), %m %d %H %M %S (two digits each), %z
 * (Z, +HH:MM or +HHMM; only at the end), %% and literals.  Only days of the
 * Gregorian calendar, hours 00-23, no leap seconds.
 */
#ifndef CHECK_DATE_H
#define CHECK_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cause.h"
#include "check/value.h"

#define DATE_FORMAT_MAX 64 /* bytes of a format */
#define DATE_NONE 0xff	   /* the part is not in the format */

struct date_format {
	uint8_t year, month, day; /* offsets in the cell */
	uint8_t hour, minute, second;
	uint8_t len; /* bytes before fraction and zone */
	bool fraction; /* .1 to .9 digits may follow the seconds */
	bool zone;     /* the zone ends the cell */
	uint8_t n_literals;
	struct {
		uint8_t at;
		char byte;
	} literal[DATE_FORMAT_MAX];
};

/*
 * Compiles a format; "default" is %Y-%m-%d, or with "time" %Y-%m-%dT%H:%M:%S
 * with an optional fraction and a zone (RFC 3339).  FAULT_FORMAT for a
 * directive that is unknown, twice or missing; the caller sets the clause.
 */
enum fault date_format_parse(struct date_format *out, const char *format,
    bool time, struct cause *why) FAULT_CHECKED;

/*
 * VALUE_FORMAT when the cell is not written so, VALUE_TYPE when it is but names
 * no real day, time or zone.  *key (nanoseconds since 1 March 0000, UTC, for
 * comparing; a missing zone counts as UTC) is set only when key is not NULL.
 */
enum value_wrong date_read(value_wide *key, const struct date_format *f,
    const char *text, size_t len);

#endif
