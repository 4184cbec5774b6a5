/*
 * date: no strptime, which follows the locale, skips blanks and takes 31
 * February.  Every part has a fixed width, so a cell is checked by offsets.
 */
#include "check/date.h"

#include <string.h>

#include "base/intl.h"

/* PostgreSQL takes no zone beyond this, and no place on Earth has one. */
#define ZONE_HOURS_MAX 15
#define FRACTION_DIGITS 9

static uint8_t *
part_of(struct date_format *f, char directive)
{
	switch (directive) {
	case 'Y':
		return &f->year;
	case 'm':
		return &f->month;
	case 'd':
		return &f->day;
	case 'H':
		return &f->hour;
	case 'M':
		return &f->minute;
	case 'S':
		return &f->second;
	default:
		return NULL;
	}
}

static enum fault
put(struct date_format *f, char lo, char hi, size_t n, struct cause *why)
{
	if (shape_put(&f->shape, (unsigned char)lo, (unsigned char)hi, n))
		return FAULT_NONE;
	return cause_set(why, FAULT_FORMAT,
	    N_("the format makes cells longer than %d bytes"), SHAPE_MAX);
}

static enum fault
directive(struct date_format *f, char c, bool last, struct cause *why)
{
	uint8_t *part = part_of(f, c);

	if (c == '%')
		return put(f, c, c, 1, why);
	if (c == 'z' && last) {
		f->zone = true;
		return FAULT_NONE;
	}
	if (c == 'z')
		return cause_set(
		    why, FAULT_FORMAT, N_("%%z must end the format"));
	if (part == NULL)
		return cause_set(why, FAULT_FORMAT,
		    N_("\"%%%c\" is not supported in this version"), c);
	if (*part != DATE_NONE)
		return cause_set(why, FAULT_FORMAT,
		    N_("\"%%%c\" stands twice in the format"), c);
	*part = (uint8_t)f->shape.len;
	return put(f, '0', '9', c == 'Y' ? 4 : 2, why);
}

static enum fault
complete_clock(const struct date_format *f, struct cause *why)
{
	if (f->hour == DATE_NONE || f->minute == DATE_NONE)
		return cause_set(
		    why, FAULT_FORMAT, N_("the format needs %%H and %%M"));
	if (f->kind == DATE_CLOCK && f->zone)
		return cause_set(
		    why, FAULT_FORMAT, N_("a time of day has no zone"));
	return FAULT_NONE;
}

/* A date needs its day; a time its minute, and the rest goes with it.  Years
 * and months have no format but ours. */
static enum fault
complete(const struct date_format *f, struct cause *why)
{
	bool clock = f->hour != DATE_NONE || f->minute != DATE_NONE ||
	    f->second != DATE_NONE || f->zone;
	bool day = f->year != DATE_NONE && f->month != DATE_NONE &&
	    f->day != DATE_NONE;
	bool some = f->year != DATE_NONE || f->month != DATE_NONE ||
	    f->day != DATE_NONE;

	if (f->kind == DATE_YEAR || f->kind == DATE_MONTH)
		return FAULT_NONE;
	if (f->kind != DATE_CLOCK && !day)
		return cause_set(
		    why, FAULT_FORMAT, N_("the format needs %%Y, %%m and %%d"));
	if (f->kind == DATE_CLOCK && some)
		return cause_set(why, FAULT_FORMAT,
		    N_("the format of a time of day has no date"));
	if (f->kind != DATE_DAY)
		return complete_clock(f, why);
	if (clock)
		return cause_set(why, FAULT_FORMAT,
		    N_("a date's format has no time of day"));
	return FAULT_NONE;
}

static enum fault
refuse_names(const char *format, struct cause *why)
{
	if (strcmp(format, "any") == 0)
		return cause_set(why, FAULT_FORMAT,
		    N_("format \"any\" is not supported: the parties must "
		       "agree on one way of writing"));
	if (strncmp(format, "fmt:", 4) == 0)
		return cause_set(why, FAULT_FORMAT,
		    N_("formats beginning with \"fmt:\" are not supported in "
		       "this version"));
	return FAULT_NONE;
}

enum fault
date_format_parse(struct date_format *out, const char *format,
    enum date_kind kind, struct cause *why)
{
	/* By enum date_kind. */
	static const char *const dflts[] = { "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%z",
		"%H:%M:%S", "%Y", "%Y-%m" };
	bool dflt = strcmp(format, "default") == 0;
	const char *at = format;
	enum fault f = FAULT_NONE;

	memset(out, 0, sizeof(*out));
	out->year = out->month = out->day = DATE_NONE;
	out->hour = out->minute = out->second = DATE_NONE;
	if ((f = refuse_names(format, why)) != FAULT_NONE)
		return f;
	if (dflt)
		at = dflts[kind];
	out->kind = kind;
	out->fraction = dflt && (kind == DATE_MOMENT || kind == DATE_CLOCK);
	for (; f == FAULT_NONE && *at != '\0'; at++) {
		if (*at < ' ' || *at > '~')
			return cause_set(why, FAULT_FORMAT,
			    N_("the format holds a byte that is not printable "
			       "ASCII"));
		if (*at == '%' && at[1] != '\0') {
			f = directive(out, at[1], at[2] == '\0', why);
			at++;
		} else if (*at == '%') {
			f = cause_set(why, FAULT_FORMAT,
			    N_("the format ends within a directive"));
		} else {
			f = put(out, *at, *at, 1, why);
		}
	}
	return f != FAULT_NONE ? f : complete(out, why);
}

static inline unsigned
digit(const char *at)
{
	return (unsigned)(unsigned char)*at - '0';
}

/* Two bytes that are digits. */
static inline unsigned
two(const char *at)
{
	return digit(at) * 10 + digit(at + 1);
}

static inline unsigned
four(const char *at)
{
	return two(at) * 100 + two(at + 2);
}

static inline bool
leap(unsigned year)
{
	return (year & 3) == 0 && (year % 100 != 0 || year % 400 == 0);
}

static inline bool
real_day(unsigned year, unsigned month, unsigned day)
{
	static const uint8_t days[13] = { 0, 31, 28, 31, 30, 31, 30, 31, 31, 30,
		31, 30, 31 };

	if (year == 0 || month > 12 || day < 1)
		return false;
	/* There is no month 0: it has no days. */
	return day <= days[month] || (month == 2 && day == 29 && leap(year));
}

/* Days since 1 March of year 0: years begin in March, so that the leap day is
 * a year's last. */
static int64_t
day_number(unsigned year, unsigned month, unsigned day)
{
	unsigned y = year - (month <= 2);
	unsigned m = (month + 9) % 12;

	return (int64_t)y * 365 + y / 4 - y / 100 + y / 400 +
	    (m * 153 + 2) / 5 + day - 1;
}

/* .d{1,9} in nanoseconds; *at moves behind it.  False when no digit is there
 * or too many are. */
static bool
read_fraction(int64_t *nano, const char **at, const char *end)
{
	int64_t v = 0;
	int n = 0;
	const char *p = *at + 1;

	for (; p < end && digit(p) <= 9; p++, n++) {
		if (n == FRACTION_DIGITS)
			return false;
		v = v * 10 + (int64_t)digit(p);
	}
	*at = p;
	*nano = v;
	for (; n > 0 && n < FRACTION_DIGITS; n++)
		*nano *= 10;
	return n > 0;
}

/* Z, +HH:MM or +HHMM, to the end; seconds east of UTC. */
static enum value_wrong
read_zone(int64_t *east, const char *at, const char *end)
{
	size_t len = (size_t)(end - at);
	unsigned hours = 0;
	unsigned minutes = 0;

	*east = 0;
	if (len == 1 && *at == 'Z')
		return VALUE_OK;
	if ((len != 6 && len != 5) || (*at != '+' && *at != '-') ||
	    (len == 6 && at[3] != ':'))
		return VALUE_FORMAT;
	if (digit(at + 1) > 9 || digit(at + 2) > 9 || digit(end - 2) > 9 ||
	    digit(end - 1) > 9)
		return VALUE_FORMAT;
	hours = two(at + 1);
	minutes = two(end - 2);
	if (hours > ZONE_HOURS_MAX || minutes > 59)
		return VALUE_TYPE;
	*east = (int64_t)hours * 3600 + (int64_t)minutes * 60;
	if (*at == '-')
		*east = -*east;
	return VALUE_OK;
}

/* Seconds of the day; false beyond 23:59:59. */
static bool
read_clock(int64_t *seconds, const struct date_format *f, const char *text)
{
	unsigned h = two(text + f->hour);
	unsigned m = two(text + f->minute);
	unsigned s = f->second == DATE_NONE ? 0 : two(text + f->second);

	*seconds = (int64_t)h * 3600 + (int64_t)m * 60 + (int64_t)s;
	return h <= 23 && m <= 59 && s <= 59;
}

/* Everything behind the day; badly written outranks badly meant. */
static inline enum value_wrong
read_time(int64_t *seconds, int64_t *nano, const struct date_format *f,
    const char *text, size_t len)
{
	const char *at = text + f->shape.len;
	const char *end = text + len;
	int64_t east = 0;
	enum value_wrong zone = VALUE_OK;
	bool real = read_clock(seconds, f, text);

	if (f->fraction && at < end && *at == '.' &&
	    !read_fraction(nano, &at, end))
		return VALUE_FORMAT;
	if (f->zone)
		zone = read_zone(&east, at, end);
	else if (at != end)
		return VALUE_FORMAT;
	*seconds -= east;
	return zone == VALUE_OK && !real ? VALUE_TYPE : zone;
}

static enum value_wrong
read_datetime(
    value_wide *key, const struct date_format *f, const char *text, size_t len)
{
	unsigned year = four(text + f->year);
	unsigned month = two(text + f->month);
	unsigned day = two(text + f->day);
	int64_t seconds = 0;
	int64_t nano = 0;
	enum value_wrong wrong = read_time(&seconds, &nano, f, text, len);

	if (wrong != VALUE_OK)
		return wrong;
	if (!real_day(year, month, day))
		return VALUE_TYPE;
	if (key == NULL)
		return VALUE_OK;
	seconds += day_number(year, month, day) * 86400;
	*key = (value_wide)seconds * 1000000000 + nano;
	return VALUE_OK;
}

static enum value_wrong
read_clock_only(
    value_wide *key, const struct date_format *f, const char *text, size_t len)
{
	int64_t seconds = 0;
	int64_t nano = 0;
	enum value_wrong wrong = read_time(&seconds, &nano, f, text, len);

	if (key != NULL)
		*key = (value_wide)seconds * 1000000000 + nano;
	return wrong;
}

static inline value_wide
day_key(unsigned year, unsigned month, unsigned day)
{
	return (value_wide)(year << 9 | month << 5 | day);
}

/* What is not a day; kept out of date_read, which then needs no stack. */
__attribute__((noinline)) static enum value_wrong
read_other(
    value_wide *key, const struct date_format *f, const char *text, size_t len)
{
	unsigned year = 0;
	unsigned month = 1;

	if (f->kind == DATE_MOMENT)
		return read_datetime(key, f, text, len);
	if (f->kind == DATE_CLOCK)
		return read_clock_only(key, f, text, len);
	if (len != f->shape.len)
		return VALUE_FORMAT;
	year = four(text + f->year);
	if (f->month != DATE_NONE)
		month = two(text + f->month);
	if (key != NULL)
		*key = day_key(year, month, 1);
	return real_day(year, month, 1) ? VALUE_OK : VALUE_TYPE;
}

enum value_wrong
date_read(
    value_wide *key, const struct date_format *f, const char *text, size_t len)
{
	unsigned year = 0;
	unsigned month = 0;
	unsigned day = 0;

	if (len < f->shape.len || !shape_match(&f->shape, text))
		return VALUE_FORMAT;
	if (f->kind != DATE_DAY)
		return read_other(key, f, text, len);
	if (len != f->shape.len)
		return VALUE_FORMAT;
	year = four(text + f->year);
	month = two(text + f->month);
	day = two(text + f->day);
	if (key != NULL)
		*key = day_key(year, month, day);
	return real_day(year, month, day) ? VALUE_OK : VALUE_TYPE;
}

void
date_parts(const struct date_format *f, const char *text, unsigned *year,
    unsigned *month, unsigned *day)
{
	*year = four(text + f->year);
	*month = two(text + f->month);
	*day = two(text + f->day);
}
