/*
 * clock: our own calendar arithmetic, free of locale and time zone.
 *
 * Days are counted by the era method (400 years have 146,097 days), which holds
 * for every Gregorian date without tables.
 */
#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

int64_t
clock_now(void)
{
	struct timespec ts = { 0, 0 };

	(void)clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec;
}

static bool
leap(unsigned year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

bool
clock_days(int64_t *out, unsigned year, unsigned month, unsigned day)
{
	static const unsigned char length[12] = { 31, 28, 31, 30, 31, 30, 31,
		31, 30, 31, 30, 31 };
	int64_t y, era, yoe, doy;

	if (month < 1 || month > 12 || day < 1 || year > 9999 ||
	    day > length[month - 1] + (month == 2 && leap(year) ? 1U : 0U))
		return false;
	/* The year begins in March, so that the leap day is its last. */
	y = (int64_t)year - (month <= 2 ? 1 : 0);
	era = (y >= 0 ? y : y - 399) / 400;
	yoe = y - era * 400;
	doy = (153 * ((int64_t)month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	*out = era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
	return true;
}

void
clock_text(char out[CLOCK_TEXT_LEN], int64_t t)
{
	int64_t days, rest, era, doe, yoe, doy, mp, y, m, d;

	days = t / 86400;
	rest = t % 86400;
	if (rest < 0) {
		rest += 86400;
		days--;
	}
	days += 719468;
	era = (days >= 0 ? days : days - 146096) / 146097;
	doe = days - era * 146097;
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	mp = (5 * doy + 2) / 153;
	d = doy - (153 * mp + 2) / 5 + 1;
	m = mp < 10 ? mp + 3 : mp - 9;
	y = yoe + era * 400 + (m <= 2 ? 1 : 0);
	if (y < 0 || y > 9999) {
		(void)snprintf(out, CLOCK_TEXT_LEN, "0000-01-01T00:00:00Z");
		return;
	}
	(void)snprintf(out, CLOCK_TEXT_LEN, "%04u-%02u-%02uT%02u:%02u:%02uZ",
	    (unsigned)y % 10000U, (unsigned)m % 100U, (unsigned)d % 100U,
	    (unsigned)(rest / 3600) % 100U, (unsigned)(rest / 60 % 60) % 100U,
	    (unsigned)(rest % 60) % 100U);
}

/* n digits at s; false if one is none. */
static bool
digits(unsigned *out, const char *s, size_t n)
{
	size_t i;

	*out = 0;
	for (i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		*out = *out * 10 + (unsigned)(s[i] - '0');
	}
	return true;
}

bool
clock_parse_day(int64_t *out, const char *text)
{
	unsigned y, m, d;
	int64_t days;

	if (strlen(text) != 10 || text[4] != '-' || text[7] != '-' ||
	    !digits(&y, text, 4) || !digits(&m, text + 5, 2) ||
	    !digits(&d, text + 8, 2) || !clock_days(&days, y, m, d))
		return false;
	*out = days * 86400;
	return true;
}

bool
clock_parse(int64_t *out, const char *text)
{
	unsigned h, m, s;
	char day[11];

	if (strlen(text) != CLOCK_TEXT_LEN - 1 || text[10] != 'T' ||
	    text[13] != ':' || text[16] != ':' || text[19] != 'Z')
		return false;
	memcpy(day, text, 10);
	day[10] = '\0';
	if (!clock_parse_day(out, day) || !digits(&h, text + 11, 2) ||
	    !digits(&m, text + 14, 2) || !digits(&s, text + 17, 2) || h > 23 ||
	    m > 59 || s > 59)
		return false;
	*out += (int64_t)h * 3600 + (int64_t)m * 60 + s;
	return true;
}
