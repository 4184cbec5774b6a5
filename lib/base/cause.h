/*
 * cause: why something failed and where.
 *
 * Functions that can explain a failure take a "struct cause *why" as their
 * last argument; it may be NULL.  It is filled once, by the function that knows
 * the facts; callers pass it on untouched, or add only the place.  Below cmd/
 * nothing prints: the command prints the cause once.  A cause never holds a
 * cell value, a key or a passphrase; foreign names in it are made printable.
 */
#ifndef BASE_CAUSE_H
#define BASE_CAUSE_H

#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"

#define CAUSE_NAME_MAX 192
#define CAUSE_DETAIL_MAX 384

struct cause {
	enum fault fault;
	char clause[CAUSE_NAME_MAX]; /* place in the agreement, or "" */
	char file[CAUSE_NAME_MAX];   /* file concerned, or "" */
	uint64_t row;                /* record, the header is 1; 0 = none */
	char column[CAUSE_NAME_MAX]; /* column name, or "" */
	uint64_t offset;             /* byte in the file; UINT64_MAX = none */
	char rule[32]; /* rule broken, "pattern", "required" … */
	char detail[CAUSE_DETAIL_MAX]; /* facts in English, for receipts */
	char local[CAUSE_DETAIL_MAX];  /* the same in the reader's language */
};

/* Makes the cause empty: FAULT_NONE, no place. */
void cause_clear(struct cause *why);

/*
 * Records fault and facts, and returns the fault.  "fmt" is a printf format
 * marked with N_(); it is formatted in English into detail and translated into
 * local.  Place fields already set stay.  Output is made printable (control
 * bytes and invalid UTF-8 become '?').  "why" may be NULL.
 */
enum fault cause_set(struct cause *why, enum fault f, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * The same for a failed system call: FAULT_SYSTEM, or FAULT_NO_ROOM when errno
 * is ENOSPC, EDQUOT or EFBIG, FAULT_MEMORY when ENOMEM, FAULT_ABSENT when
 * ENOENT.  "what" names the call ("open"), "name" the object; errno is read
 * first.  "name" goes into "file" as well when that is still empty.
 */
enum fault cause_system(struct cause *why, const char *what, const char *name);

/*
 * Takes over a cause from another process, whose bytes prove nothing: texts are
 * ended and made printable, and a fault that is not in the list is
 * FAULT_SYSTEM.  Returns the fault.
 */
enum fault cause_adopt(struct cause *why, const struct cause *foreign);

/* FAULT_MEMORY with its sentence. */
enum fault cause_memory(struct cause *why);

/* Sets the place; a NULL name, row 0 or offset UINT64_MAX leaves it as it is.
 */
void cause_place(struct cause *why, const char *file, uint64_t row,
    const char *column, uint64_t offset);

/* Sets clause or rule, truncating; NULL-safe in "why". */
void cause_clause(struct cause *why, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void cause_rule(struct cause *why, const char *rule);

/*
 * Formats "FAULT SENTENCE: detail (file F, row N, column C)" without newline,
 * in the reader's language, into out (always NUL-terminated).  A cause without
 * a fault is a warning.
 */
void cause_text(char *out, size_t cap, const struct cause *why);

#endif
