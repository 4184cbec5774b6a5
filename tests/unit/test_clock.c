/*
 * test_clock: our calendar against the C library's, every day of ten thousand
 * years, and only the one form of a time is read.
 */
#include "tap.h"

#include <stdlib.h>
#include <time.h>

#include "base/clock.h"

static void
test_known(void)
{
	static const struct {
		int64_t t;
		const char *text;
	} known[] = { { 0, "1970-01-01T00:00:00Z" },
		{ -1, "1969-12-31T23:59:59Z" },
		{ 1000000000, "2001-09-09T01:46:40Z" },
		{ 951782400, "2000-02-29T00:00:00Z" },
		{ 2147483648, "2038-01-19T03:14:08Z" },
		{ 4107542399, "2100-02-28T23:59:59Z" },
		{ 4107542400, "2100-03-01T00:00:00Z" },
		{ -62167219200, "0000-01-01T00:00:00Z" },
		{ 253402300799, "9999-12-31T23:59:59Z" } };
	char text[CLOCK_TEXT_LEN];
	int64_t t = 0;
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		clock_text(text, known[i].t);
		TAP_STR(text, known[i].text);
		TAP_OK(clock_parse(&t, known[i].text));
		TAP_INT(t, known[i].t);
	}
	/* Beyond the years: some text of the form, and no trap. */
	clock_text(text, INT64_MIN);
	TAP_INT(strlen(text), CLOCK_TEXT_LEN - 1);
	clock_text(text, INT64_MAX);
	TAP_INT(strlen(text), CLOCK_TEXT_LEN - 1);
	clock_text(text, 253402300800);
	TAP_INT(strlen(text), CLOCK_TEXT_LEN - 1);
	clock_text(text, -62167219201);
	TAP_INT(strlen(text), CLOCK_TEXT_LEN - 1);
}

/* A day is the one before and one; no other date is a day. */
static void
test_days(void)
{
	static const unsigned len[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
		30, 31 };
	int64_t want = -719528, got = 0;
	unsigned y, m, d, n, bad = 0;

	for (y = 0; y <= 9999; y++)
		for (m = 1; m <= 12; m++) {
			n = len[m - 1];
			if (m == 2 && y % 4 == 0 &&
			    (y % 100 != 0 || y % 400 == 0))
				n++;
			for (d = 1; d <= n; d++)
				bad +=
				    !clock_days(&got, y, m, d) || got != want++;
			bad += clock_days(&got, y, m, n + 1);
			bad += clock_days(&got, y, m, 0);
		}
	TAP_INT(bad, 0);
	TAP_INT(want, 2932897);
	TAP_OK(!clock_days(&got, 2026, 0, 1));
	TAP_OK(!clock_days(&got, 2026, 13, 1));
	TAP_OK(!clock_days(&got, 10000, 1, 1));
	TAP_OK(!clock_days(&got, 2026, 1, UINT32_MAX));
	TAP_OK(!clock_days(&got, 2026, UINT32_MAX, 1));
	TAP_OK(!clock_days(&got, UINT32_MAX, 1, 1));
}

static void
test_against_libc(void)
{
	char ours[CLOCK_TEXT_LEN], libc[64];
	unsigned i, bad = 0;
	struct tm tm;
	int64_t t, back = 0;
	time_t tt;

	srandom(20261124);
	for (i = 0; i < 50000; i++) {
		t = ((int64_t)random() << 20 ^ random()) % 315569520000LL -
		    62167219200LL;
		tt = (time_t)t;
		memset(&tm, 0, sizeof(tm));
		if (gmtime_r(&tt, &tm) == NULL)
			continue;
		(void)snprintf(libc, sizeof(libc),
		    "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900,
		    tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
		    tm.tm_sec);
		clock_text(ours, t);
		bad += strcmp(ours, libc) != 0;
		bad += !clock_parse(&back, ours) || back != t;
	}
	TAP_INT(bad, 0);
}

static void
test_refused(void)
{
	static const char *const wrong[] = { "", "2026", "2026-11-24",
		"2026-11-24T05:42:00", "2026-11-24T05:42:00z",
		"2026-11-24t05:42:00Z", "2026-11-24 05:42:00Z",
		"2026-11-24T05:42:00ZZ", " 2026-11-24T05:42:00Z",
		"2026-11-24T05:42:00Z ", "2026-11-24T05:42:00Z\n",
		"2026-11-24T24:00:00Z", "2026-11-24T05:60:00Z",
		"2026-11-24T05:42:60Z", "2026-02-29T00:00:00Z",
		"1900-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
		"2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z",
		"2026-04-31T00:00:00Z", "2026-11-24T5:42:00Z",
		"2026-11-24T05:42Z", "2026-11-24T05:42:00.0Z",
		"2026-11-24T05:42:00+0", "2026-11-24T05:42:00+00:00",
		"+026-11-24T05:42:00Z", "-026-11-24T05:42:00Z",
		"2026-1a-24T05:42:00Z", "2026-11-24T0x:42:00Z",
		"2026-11-24T05:-1:00Z", "2026-11-24T05:42: 0Z",
		"2026/11/24T05:42:00Z", "20261-1-24T05:42:00Z",
		"\xd9\xa2\xd9\xa0-11-24T05:42:00Z" };
	static const char *const days[] = { "", "2026-11-2", "2026-11-241",
		"2026-11-24T", "2026-11-31", "2026-02-30", "26-11-24",
		"24-11-2026", "2026-11-24 ", " 2026-11-24", "2026 11-24",
		"2026-11--1" };
	int64_t t = 0;
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		if (clock_parse(&t, wrong[i]))
			printf("# taken: \"%s\"\n", wrong[i]);
		TAP_OK(!clock_parse(&t, wrong[i]));
	}
	for (i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		if (clock_parse_day(&t, days[i]))
			printf("# taken: \"%s\"\n", days[i]);
		TAP_OK(!clock_parse_day(&t, days[i]));
	}
	TAP_OK(clock_parse_day(&t, "2026-11-24"));
	TAP_INT(t, 1795478400);
}

/* The reader's zone must not move a time that is signed. */
static void
test_zone(void)
{
	char text[CLOCK_TEXT_LEN];
	int64_t t = 0, now = clock_now();

	(void)setenv("TZ", "Asia/Jakarta", 1);
	tzset();
	clock_text(text, 0);
	TAP_STR(text, "1970-01-01T00:00:00Z");
	TAP_OK(clock_parse(&t, "1970-01-01T07:00:00Z"));
	TAP_INT(t, 25200);
	TAP_OK(
	    now - (int64_t)time(NULL) <= 0 && now + 60 > (int64_t)time(NULL));
}

int
main(void)
{
	test_known();
	test_days();
	test_against_libc();
	test_refused();
	test_zone();
	return TAP_DONE();
}
