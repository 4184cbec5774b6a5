/*
 * tap: checks of a unit test, counted and printed as TAP.  A failed check shows
 * the expression, both values, file and line; the test goes on.
 */
#ifndef UNIT_TAP_H
#define UNIT_TAP_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static unsigned tap_n;
static unsigned tap_failed;

#define TAP_OK(expr) tap_ok((expr) ? 1 : 0, #expr, __FILE__, __LINE__)
#define TAP_INT(got, want) \
	tap_int((intmax_t)(got), (intmax_t)(want), #got, __FILE__, __LINE__)
#define TAP_STR(got, want) tap_str((got), (want), #got, __FILE__, __LINE__)
#define TAP_SKIP(why) tap_skip(why)
#define TAP_DONE() tap_done()

static inline void
tap_ok(int ok, const char *what, const char *file, int line)
{
	printf("%sok %u - %s\n", ok ? "" : "not ", ++tap_n, what);
	if (!ok) {
		tap_failed++;
		printf("# at %s:%d\n", file, line);
	}
}

static inline void
tap_int(
    intmax_t got, intmax_t want, const char *what, const char *file, int line)
{
	tap_ok(got == want, what, file, line);
	if (got != want)
		printf("# got %" PRIdMAX ", want %" PRIdMAX "\n", got, want);
}

static inline void
tap_str(const char *got, const char *want, const char *what, const char *file,
    int line)
{
	int ok = got != NULL && strcmp(got, want) == 0;

	tap_ok(ok, what, file, line);
	if (!ok)
		printf(
		    "# got \"%s\", want \"%s\"\n", got ? got : "(null)", want);
}

static inline void
tap_skip(const char *why)
{
	printf("ok %u # SKIP %s\n", ++tap_n, why);
}

static inline int
tap_done(void)
{
	printf("1..%u\n", tap_n);
	return tap_failed == 0 ? 0 : 1;
}

#endif
