/*
 * cause: facts of a failure, kept in English for receipts and in the reader's
 * language for the screen.
 */
#include "base/cause.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/intl.h"
#include "base/log.h"

void
cause_clear(struct cause *why)
{
	if (why == NULL)
		return;
	memset(why, 0, sizeof(*why));
	why->offset = UINT64_MAX;
}

static void fill(char *out, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));

static void
fill(char *out, const char *fmt, va_list ap)
{
	char raw[CAUSE_DETAIL_MAX];

	(void)vsnprintf(raw, sizeof(raw), fmt, ap);
	(void)log_quote(out, CAUSE_DETAIL_MAX, raw);
}

/* A cause that was never cleared would show offset 0 as a place. */
static void
begin(struct cause *why, enum fault f)
{
	if (why->fault == FAULT_NONE && why->offset == 0)
		why->offset = UINT64_MAX;
	why->fault = f;
}

enum fault
cause_set(struct cause *why, enum fault f, const char *fmt, ...)
{
	va_list ap;

	if (why == NULL)
		return f;
	begin(why, f);
	va_start(ap, fmt);
	fill(why->detail, fmt, ap);
	va_end(ap);
	va_start(ap, fmt);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	fill(why->local, fmt[0] != '\0' ? gettext(fmt) : fmt, ap);
#pragma GCC diagnostic pop
	va_end(ap);
	return f;
}

static enum fault
errno_fault(int err)
{
	switch (err) {
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return FAULT_NO_ROOM;
	case ENOMEM:
		return FAULT_MEMORY;
	case ENOENT:
		return FAULT_ABSENT;
	case EEXIST:
		return FAULT_EXISTS;
	default:
		return FAULT_SYSTEM;
	}
}

enum fault
cause_system(struct cause *why, const char *what, const char *name)
{
	int err = errno;
	enum fault f = errno_fault(err);
	char text[128] = "";

	if (why == NULL)
		return f;
	if (why->file[0] == '\0' && name != NULL)
		cause_place(why, name, 0, NULL, UINT64_MAX);
	/* strerror is translated by libc; receipts carry English. */
	begin(why, f);
	(void)snprintf(why->detail, sizeof(why->detail), "%s: %s", what,
	    strerrordesc_np(err) != NULL ? strerrordesc_np(err) : "error");
	(void)snprintf(why->local, sizeof(why->local), "%s: %s", what,
	    strerror_r(err, text, sizeof(text)));
	return f;
}

/* Both of the same size; the source may have no end. */
static void
adopt(char *out, const char *text, size_t cap)
{
	char ended[CAUSE_DETAIL_MAX];

	memcpy(ended, text, cap);
	ended[cap - 1] = '\0';
	(void)log_quote(out, cap, ended);
}

enum fault
cause_adopt(struct cause *why, const struct cause *foreign)
{
	enum fault f =
	    fault_known((int)foreign->fault) ? foreign->fault : FAULT_SYSTEM;

	if (why == NULL)
		return f;
	why->fault = f;
	why->row = foreign->row;
	why->offset = foreign->offset;
	adopt(why->clause, foreign->clause, sizeof(why->clause));
	adopt(why->file, foreign->file, sizeof(why->file));
	adopt(why->column, foreign->column, sizeof(why->column));
	adopt(why->rule, foreign->rule, sizeof(why->rule));
	adopt(why->detail, foreign->detail, sizeof(why->detail));
	adopt(why->local, foreign->local, sizeof(why->local));
	return f;
}

enum fault
cause_memory(struct cause *why)
{
	if (why != NULL)
		begin(why, FAULT_MEMORY);
	return FAULT_MEMORY;
}

void
cause_place(struct cause *why, const char *file, uint64_t row,
    const char *column, uint64_t offset)
{
	if (why == NULL)
		return;
	if (why->fault == FAULT_NONE && why->offset == 0)
		why->offset = UINT64_MAX;
	if (file != NULL)
		(void)log_quote(why->file, sizeof(why->file), file);
	if (row != 0)
		why->row = row;
	if (column != NULL)
		(void)log_quote(why->column, sizeof(why->column), column);
	if (offset != UINT64_MAX)
		why->offset = offset;
}

void
cause_clause(struct cause *why, const char *fmt, ...)
{
	char raw[CAUSE_NAME_MAX];
	va_list ap;

	if (why == NULL)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	(void)log_quote(why->clause, sizeof(why->clause), raw);
}

void
cause_rule(struct cause *why, const char *rule)
{
	if (why != NULL)
		(void)snprintf(why->rule, sizeof(why->rule), "%s", rule);
}

/* Appends to a bounded text; what does not fit is left out. */
static void add(char *out, size_t cap, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void
add(char *out, size_t cap, const char *fmt, ...)
{
	size_t used = strlen(out);
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(out + used, cap - used, fmt, ap);
	va_end(ap);
}

/* Takes off a character that the end of the room cut in two. */
static void
trim(char *out)
{
	size_t n = strlen(out), i = n, need;
	unsigned char c;

	while (i > 0 && n - i < 3 && ((unsigned char)out[i - 1] & 0xc0) == 0x80)
		i--;
	if (i == 0 || ((unsigned char)out[i - 1] & 0xc0) != 0xc0)
		return;
	c = (unsigned char)out[i - 1];
	need = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
	if (n - i + 1 < need)
		out[i - 1] = '\0';
}

void
cause_text(char *out, size_t cap, const struct cause *why)
{
	const char *sep = " (";

	if (cap == 0)
		return;
	out[0] = '\0';
	/* What refuses nothing has no fault. */
	add(out, cap, "%s",
	    why->fault == FAULT_NONE ? _("warning") : fault_text(why->fault));
	if (why->local[0] != '\0')
		add(out, cap, ": %s", why->local);
	if (why->file[0] != '\0') {
		add(out, cap, "%s%s %s", sep, _("file"), why->file);
		sep = ", ";
	}
	if (why->row != 0) {
		add(out, cap, "%s%s %llu", sep, _("row"),
		    (unsigned long long)why->row);
		sep = ", ";
	}
	if (why->column[0] != '\0') {
		add(out, cap, "%s%s %s", sep, _("column"), why->column);
		sep = ", ";
	}
	if (why->rule[0] != '\0') {
		add(out, cap, "%s%s %s", sep, _("rule"), why->rule);
		sep = ", ";
	}
	if (why->offset != UINT64_MAX && why->offset != 0) {
		add(out, cap, "%s%s %llu", sep, _("byte"),
		    (unsigned long long)why->offset);
		sep = ", ";
	}
	if (why->clause[0] != '\0') {
		add(out, cap, "%s%s %s", sep, _("clause"), why->clause);
		sep = ", ";
	}
	if (sep[0] == ',')
		add(out, cap, ")");
	trim(out);
}
