/*
 * moment: keys of dates turned back into text.  Reading goes by way of writing:
 * what would not be written so again is not in its one form.
 */
#include "check/moment.h"

#include <stdio.h>
#include <string.h>

#define NANO 1000000000LL
#define DAY_SECONDS 86400LL
/* Days of 400 years, of 100 and of 4. */
#define DAYS_400 146097U
#define DAYS_100 36524U
#define DAYS_4 1461U

struct moment_day {
	unsigned year, month, day;
};

/* Of the days since 1 March of year 0, as date_read counts them. */
static struct moment_day
day_of(unsigned days)
{
	unsigned era = days / DAYS_400, left = days % DAYS_400;
	/* Days of the eras that end in a leap year are one more. */
	unsigned year = (left - left / (DAYS_4 - 1) + left / DAYS_100 -
			    left / (DAYS_400 - 1)) /
	    365;
	unsigned in_year = left - (year * 365 + year / 4 - year / 100);
	unsigned m = (in_year * 5 + 2) / 153;
	struct moment_day d = { era * 400 + year, m + 3,
		in_year - (m * 153 + 2) / 5 + 1 };

	if (d.month > 12) {
		d.month -= 12;
		d.year++;
	}
	return d;
}

/* The fraction without zeros at its end; none if it is zero. */
static void
fraction_text(char out[16], long long nano)
{
	size_t n = 0;

	out[0] = '\0';
	if (nano == 0)
		return;
	(void)snprintf(out, 16, ".%09lld", nano);
	for (n = strlen(out); out[n - 1] == '0'; n--)
		out[n - 1] = '\0';
}

void
moment_text(char out[MOMENT_TEXT], value_wide key, bool time)
{
	struct moment_day d = { (unsigned)(key >> 9), (unsigned)(key >> 5) & 15,
		(unsigned)key & 31 };
	char fraction[16] = "";
	long long s = 0;

	if (!time) {
		(void)snprintf(
		    out, MOMENT_TEXT, "%04u-%02u-%02u", d.year, d.month, d.day);
		return;
	}
	s = (long long)(key / NANO);
	fraction_text(fraction, (long long)(key % NANO));
	d = day_of((unsigned)(s / DAY_SECONDS));
	s %= DAY_SECONDS;
	(void)snprintf(out, MOMENT_TEXT,
	    "%04u-%02u-%02uT%02lld:%02lld:%02lld%sZ", d.year, d.month, d.day,
	    s / 3600, s / 60 % 60, s % 60, fraction);
}

/* ---- reading ---- */

/* Takes up to n digits, at least one, off the text. */
static bool
take(const char **at, size_t n, unsigned *value)
{
	const char *p = *at;

	*value = 0;
	for (; n > 0 && *p >= '0' && *p <= '9'; n--)
		*value = *value * 10 + (unsigned)(*p++ - '0');
	if (p == *at)
		return false;
	*at = p;
	return true;
}

static bool
skip(const char **at, char c)
{
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

/* Days since 1 March of year 0, of a day from then on. */
static value_wide
days_to(const struct moment_day *d)
{
	unsigned y = d->year - (d->month <= 2), m = (d->month + 9) % 12;

	return (value_wide)y * 365 + y / 4 - y / 100 + y / 400 +
	    (m * 153 + 2) / 5 + d->day - 1;
}

/* The moment's key; what is wrong with its parts shows when it is written. */
static bool
read_moment(const char *at, const struct moment_day *d, value_wide *key)
{
	unsigned h = 0, m = 0, s = 0, nano = 0, n = 0;
	const char *from = NULL;

	if (!skip(&at, 'T') || !take(&at, 2, &h) || !skip(&at, ':') ||
	    !take(&at, 2, &m) || !skip(&at, ':') || !take(&at, 2, &s))
		return false;
	if (skip(&at, '.')) {
		from = at;
		if (!take(&at, 9, &nano))
			return false;
		for (n = (unsigned)(at - from); n < 9; n++)
			nano *= 10;
	}
	if (strcmp(at, "Z") != 0 || d->month < 1 || d->month > 12 ||
	    (d->year == 0 && d->month < 3))
		return false;
	*key = (days_to(d) * DAY_SECONDS + h * 3600 + m * 60 + s) * NANO + nano;
	return true;
}

static bool
real_day(const struct moment_day *d)
{
	struct moment_day again = { 0, 0, 0 };

	if (d->month < 1 || d->month > 12 || d->year < 1)
		return false;
	again = day_of((unsigned)days_to(d));
	return again.month == d->month && again.day == d->day;
}

bool
moment_ok(const char *text)
{
	struct moment_day d = { 0, 0, 0 };
	char again[MOMENT_TEXT];
	const char *at = text;
	value_wide key = 0;
	bool time = false;

	if (!take(&at, 5, &d.year) || !skip(&at, '-') ||
	    !take(&at, 2, &d.month) || !skip(&at, '-') || !take(&at, 2, &d.day))
		return false;
	time = *at != '\0';
	if (time && !read_moment(at, &d, &key))
		return false;
	if (!time && (d.year > 9999 || !real_day(&d)))
		return false;
	if (!time)
		key = (value_wide)(d.year << 9 | d.month << 5 | d.day);
	moment_text(again, key, time);
	return strcmp(again, text) == 0;
}
