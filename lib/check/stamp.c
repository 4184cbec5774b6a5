/*
 * stamp: days and seconds count from 1970, months and years from year 0.
 */
#include "check/stamp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define DAY 86400
#define ZONE_OF_16 57600 /* no zone is further away, seconds */

struct parts {
	unsigned year, month, day, hour, minute, second;
};

static int64_t
number_of(const struct parts *p, enum stamp_unit unit)
{
	int64_t days = 0;

	if (unit == STAMP_YEAR)
		return p->year;
	if (unit == STAMP_MONTH)
		return (int64_t)p->year * 12 + p->month - 1;
	if (!clock_days(&days, p->year, p->month, p->day))
		return INT64_MIN;
	if (unit == STAMP_DAY)
		return days;
	return days * DAY + p->hour * 3600 + p->minute * 60 + p->second;
}

int64_t
stamp_first(enum stamp_unit unit)
{
	struct parts p = { 1, 1, 1, 0, 0, 0 };

	return number_of(&p, unit);
}

int64_t
stamp_last(enum stamp_unit unit)
{
	struct parts p = { 9999, 12, 31, 23, 59, 59 };

	return number_of(&p, unit);
}

static bool
take_digits(const char **at, size_t n, unsigned *out)
{
	char digits[5] = "";

	if (strspn(*at, "0123456789") < n)
		return false;
	memcpy(digits, *at, n);
	*out = (unsigned)strtoul(digits, NULL, 10);
	*at += n;
	return true;
}

/* Z, +07:00 or +0700, as seconds east. */
static bool
take_zone(const char **at, int64_t *east)
{
	unsigned hours = 0, minutes = 0;
	char sign = **at;

	if (sign == 'Z') {
		(*at)++;
		return true;
	}
	if (sign != '+' && sign != '-')
		return false;
	(*at)++;
	if (!take_digits(at, 2, &hours))
		return false;
	*at += **at == ':' ? 1 : 0;
	if (!take_digits(at, 2, &minutes))
		return false;
	*east = (int64_t)hours * 3600 + minutes * 60;
	if (sign == '-')
		*east = -*east;
	return *east > -ZONE_OF_16 && *east < ZONE_OF_16;
}

static bool
take_part(char what, const char **at, struct parts *p, int64_t *east)
{
	switch (what) {
	case 'Y':
		return take_digits(at, 4, &p->year);
	case 'm':
		return take_digits(at, 2, &p->month) && p->month >= 1 &&
		    p->month <= 12;
	case 'd':
		return take_digits(at, 2, &p->day);
	case 'H':
		return take_digits(at, 2, &p->hour);
	case 'M':
		return take_digits(at, 2, &p->minute);
	case 'S':
		return take_digits(at, 2, &p->second);
	case 'z':
		if (**at == '.')
			*at += 1 + strspn(*at + 1, "0123456789");
		return take_zone(at, east);
	default:
		return *(*at)++ == what;
	}
}

bool
stamp_read(
    int64_t *out, enum stamp_unit unit, const char *format, const char *text)
{
	struct parts p = { 1970, 1, 1, 0, 0, 0 };
	int64_t east = 0;

	for (; *format != '\0'; format++) {
		if (*format == '%' && format[1] != '\0') {
			if (!take_part(*++format, &text, &p, &east))
				return false;
		} else if (*text++ != *format)
			return false;
	}
	*out = number_of(&p, unit);
	if (*out == INT64_MIN)
		return false;
	if (unit == STAMP_SECOND)
		*out -= east;
	return *text == '\0';
}

static void
parts_of(struct parts *p, enum stamp_unit unit, int64_t stamp)
{
	char text[CLOCK_TEXT_LEN];

	*p = (struct parts){ 1970, 1, 1, 0, 0, 0 };
	if (unit == STAMP_YEAR) {
		p->year = (unsigned)stamp;
	} else if (unit == STAMP_MONTH) {
		p->year = (unsigned)(stamp / 12);
		p->month = (unsigned)(stamp % 12 + 1);
	} else {
		clock_text(text, unit == STAMP_DAY ? stamp * DAY : stamp);
		(void)sscanf(text, "%4u-%2u-%2uT%2u:%2u:%2uZ", &p->year,
		    &p->month, &p->day, &p->hour, &p->minute, &p->second);
	}
}

enum fault
stamp_write(
    struct buf *out, enum stamp_unit unit, const char *format, int64_t stamp)
{
	struct parts p;
	enum fault f = FAULT_NONE;

	parts_of(&p, unit, stamp);
	for (; f == FAULT_NONE && *format != '\0'; format++) {
		if (*format != '%' || format[1] == '\0') {
			f = buf_put(out, format, 1);
			continue;
		}
		switch (*++format) {
		case 'Y':
			f = buf_putf(out, "%04u", p.year);
			break;
		case 'm':
			f = buf_putf(out, "%02u", p.month);
			break;
		case 'd':
			f = buf_putf(out, "%02u", p.day);
			break;
		case 'H':
			f = buf_putf(out, "%02u", p.hour);
			break;
		case 'M':
			f = buf_putf(out, "%02u", p.minute);
			break;
		case 'S':
			f = buf_putf(out, "%02u", p.second);
			break;
		case 'z':
			f = buf_puts(out, "Z");
			break;
		default:
			f = buf_put(out, format, 1);
			break;
		}
	}
	return f;
}
