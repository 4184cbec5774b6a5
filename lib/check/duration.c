/*
 * duration: one walk over the text; parts come in one order, so each designator
 * is looked for behind the one before.
 */
#include "check/duration.h"

#include <stdbool.h>
#include <stdint.h>

#define DIGITS_MAX 9
#define NANO 1000000000LL
/* Months stand above all nanoseconds: 10^9 days are below 2^77 of them. */
#define MONTH ((value_wide)1 << 80)

/* What is left of the text, and what was read. */
struct walk {
	const char *at;
	const char *end;
	bool long_part; /* more digits than we read */
};

/* Digits; false when there are none. */
static bool
read_digits(struct walk *w, int64_t *value, int *n)
{
	*value = 0;
	for (*n = 0; w->at < w->end && *w->at >= '0' && *w->at <= '9';
	     w->at++, ++*n) {
		if (*n == DIGITS_MAX) {
			w->long_part = true;
			*n = 0;
			*value = 0;
		}
		*value = *value * 10 + (*w->at - '0');
	}
	return *n > 0;
}

/* The fraction of a second, behind its point. */
static bool
read_fraction(struct walk *w, int64_t *nano)
{
	int n = 0;

	w->at++;
	if (!read_digits(w, nano, &n))
		return false;
	for (; n < DIGITS_MAX; n++)
		*nano *= 10;
	return true;
}

/*
 * Parts with the designators of "names", in that order, each of its unit; *any
 * is whether there was one.  Ends before a T or at the end of the text.
 */
static bool
read_parts(struct walk *w, value_wide *sum, const char *names,
    const value_wide *units, bool *any)
{
	int64_t value = 0;
	int64_t nano = 0;
	bool fraction = false;
	int n = 0;

	for (*any = false; w->at < w->end && *w->at != 'T'; *any = true) {
		if (!read_digits(w, &value, &n))
			return false;
		fraction = w->at < w->end && *w->at == '.';
		if (fraction && !read_fraction(w, &nano))
			return false;
		while (w->at < w->end && *names != '\0' && *names != *w->at) {
			names++;
			units++;
		}
		if (w->at == w->end || *names == '\0' ||
		    (fraction && *names != 'S'))
			return false;
		*sum += value * *units + nano;
		names++;
		units++;
		w->at++;
	}
	return true;
}

enum value_wrong
duration_read(value_wide *key, const char *text, size_t len)
{
	static const value_wide days[] = { 12 * MONTH, MONTH,
		(value_wide)86400 * NANO };
	static const value_wide times[] = { (value_wide)3600 * NANO,
		(value_wide)60 * NANO, NANO };
	struct walk w = { text, text + len, false };
	bool negative = len > 0 && text[0] == '-';
	bool day = false;
	bool time = false;
	value_wide sum = 0;

	w.at += negative;
	if (w.at == w.end || *w.at++ != 'P' ||
	    !read_parts(&w, &sum, "YMD", days, &day))
		return VALUE_TYPE;
	if (w.at < w.end) {
		w.at++;
		if (!read_parts(&w, &sum, "HMS", times, &time) || !time)
			return VALUE_TYPE;
	}
	if (w.at != w.end || (!day && !time))
		return VALUE_TYPE;
	*key = negative ? -sum : sum;
	return w.long_part ? VALUE_FORMAT : VALUE_OK;
}
