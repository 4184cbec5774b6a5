/*
 * date: dates and times at fixed places in a cell, by a compiled format.  Years
 * and months are dates of their first day.
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
#include "check/shape.h"
#include "check/value.h"

#define DATE_NONE 0xff /* the part is not in the format */

enum date_kind {
	DATE_DAY,
	DATE_MOMENT, /* a day and a time */
	DATE_CLOCK,  /* a time of day, without a zone */
	DATE_YEAR,
	DATE_MONTH
};

struct date_format {
	enum date_kind kind;
	uint8_t year, month, day; /* offsets in the cell */
	uint8_t hour, minute, second;
	bool fraction;      /* a point and 1 to 9 digits may follow */
	bool zone;          /* the zone ends the cell */
	struct shape shape; /* all bytes before fraction and zone */
};

/*
 * Compiles a format.  "default" is %Y-%m-%d of a day, %Y-%m-%dT%H:%M:%S with an
 * optional fraction and a zone of a moment (RFC 3339), %H:%M:%S with an
 * optional fraction of a clock, %Y and %Y-%m.  FAULT_FORMAT for a directive
 * that is unknown, twice, missing or of another kind, and for cells beyond
 * SHAPE_MAX bytes; the caller sets the clause.
 */
enum fault date_format_parse(struct date_format *out, const char *format,
    enum date_kind kind, struct cause *why) FAULT_CHECKED;

/*
 * VALUE_FORMAT when the cell is not written so, VALUE_TYPE when it is but names
 * no real day, time or zone.  On VALUE_OK *key, unless key is NULL, orders as
 * the dates do: days without a time, nanoseconds of UTC with one (without a
 * zone the time counts as UTC), nanoseconds of the day for a clock.  Keys of
 * two kinds are not comparable.
 */
enum value_wrong date_read(
    value_wide *key, const struct date_format *f, const char *text, size_t len);
/* The parts of a DATE_DAY that date_read accepted. */
void date_parts(const struct date_format *f, const char *text, unsigned *year,
    unsigned *month, unsigned *day);

#endif
