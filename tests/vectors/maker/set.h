/*
 * set: the vectors as they come to lie on disk, and their INDEX.tsv.
 *
 * The maker of vectors is a program for one moment: whatever fails ends it.
 */
#ifndef MAKER_SET_H
#define MAKER_SET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define SET_DOCUMENT (64 * 1024) /* no document of the set is larger */

/* Ends the program with what went wrong. */
_Noreturn void set_stop(const char *what);
/* Ends it unless f is FAULT_NONE. */
void set_must(enum fault f, const char *what);

/* Begins the set below an existing, empty directory. */
void set_begin(const char *dir);
/* A file of the set; directories on the way are made. */
void set_file(const char *path, const void *bytes, size_t len);
void set_buf(const char *path, const struct buf *bytes);

/* A line of the index; see tests/vectors/own/README for the columns. */
struct set_row {
	const char *path;
	const char *format;
	const char *codes;
	const char *form;
	const char *at;
	const char *what;
};
void set_row(const struct set_row *row);
/* Ends the set, with INDEX.tsv if it has an index. */
void set_end(bool index);

/* Bytes that may hold anything, also a NUL. */
struct text {
	const char *at;
	size_t len;
};
#define TEXT(s)                    \
	{                          \
		(s), sizeof(s) - 1 \
	}

/*
 * A document with one place changed.  from.at NULL: the whole document is "to".
 * form is "own" or "other" for what is accepted, NULL for what is refused.
 */
struct change {
	const char *name;
	int code;
	const char *form;
	struct text from;
	struct text to;
	const char *what;
};
/* out is emptied first.  A place that is not there ends the program. */
void set_change(struct buf *out, const struct buf *good,
    const struct text *from, const struct text *to);
/* The change as a line of the index. */
void set_change_row(
    const char *path, const char *format, const struct change *c);

#endif
