/*
 * log: one line a call, on stderr, begun with the program's name.
 */
#include "base/log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

/* The only globals of the house besides the interrupt flag. */
static const char *log_program = "serahterima";
static enum log_level log_limit = LOG_LEVEL_WARN;

void
log_setup(const char *program, enum log_level level)
{
	log_program = program;
	log_limit = level;
}

enum log_level
log_level(void)
{
	return log_limit;
}

static void print(enum log_level level, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));

static void
print(enum log_level level, const char *fmt, va_list ap)
{
	char raw[2048], line[2048];

	if (level > log_limit)
		return;
	(void)vsnprintf(raw, sizeof(raw), fmt, ap);
	/* One write a line, so that lines of two processes do not mix. */
	(void)fprintf(stderr, "%s: %s\n", log_program,
	    log_quote(line, sizeof(line), raw));
}

void
log_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print(LOG_LEVEL_ERROR, fmt, ap);
	va_end(ap);
}

void
log_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print(LOG_LEVEL_WARN, fmt, ap);
	va_end(ap);
}

void
log_info(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print(LOG_LEVEL_INFO, fmt, ap);
	va_end(ap);
}

void
log_debug(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print(LOG_LEVEL_DEBUG, fmt, ap);
	va_end(ap);
}

/* Bidi and other format controls can make text on a screen read as what it is
 * not, so they count as unprintable. */
size_t
log_shown(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	unsigned long c;
	size_t n, i;

	if (s[0] < 0x80)
		return s[0] >= 0x20 && s[0] != 0x7f ? 1 : 0;
	if (s[0] >= 0xc2 && s[0] <= 0xdf) {
		n = 2;
		c = s[0] & 0x1fU;
	} else if (s[0] >= 0xe0 && s[0] <= 0xef) {
		n = 3;
		c = s[0] & 0x0fU;
	} else if (s[0] >= 0xf0 && s[0] <= 0xf4) {
		n = 4;
		c = s[0] & 0x07U;
	} else
		return 0;
	for (i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3fU);
	}
	if ((n == 3 && c < 0x800) ||
	    (n == 4 && (c < 0x10000 || c > 0x10ffff)) ||
	    (c >= 0xd800 && c <= 0xdfff) || c < 0xa0 ||
	    (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	    (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || c == 0x61c ||
	    (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe007f))
		return 0;
	return n;
}

const char *
log_quote(char *out, size_t cap, const char *text)
{
	const char *s = text;
	size_t n, used = 0;

	if (cap == 0)
		return "";
	while (s != NULL && *s != '\0') {
		n = log_shown(s);
		if (used + (n == 0 ? 1 : n) >= cap)
			break;
		if (n == 0) {
			out[used++] = '?';
			s++;
			continue;
		}
		while (n-- > 0)
			out[used++] = *s++;
	}
	out[used] = '\0';
	return out;
}
