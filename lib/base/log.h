/*
 * log: what a program tells people on stderr, one line a call.
 *
 * "serah: text", lower case, no full stop.  The evidence is the journal; the
 * log is for people.  Every line passes through log_quote, so that one call is
 * one line whatever foreign string is in it.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stddef.h>

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARN,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG
};

/* Sets the program's name and the highest level printed; call once. */
void log_setup(const char *program, enum log_level level);
enum log_level log_level(void);

void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * Length of the UTF-8 sequence at text (1 to 4) if it is valid and a terminal
 * may see it, else 0: control bytes, DEL, C1, bidi and other format controls,
 * line separators, tags.
 */
size_t log_shown(const char *text);

/*
 * Copies foreign text so that a terminal may see it: each byte that log_shown
 * does not take becomes '?'.  Returns out, which is always
 * NUL-terminated and at most cap bytes.
 */
const char *log_quote(char *out, size_t cap, const char *text);

#endif
