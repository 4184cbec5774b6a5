/*
 * mould: a row of letters that are not chosen yet: classes of ASCII, each of a
 * text's letters one.  All texts of one mould have the same length, so that no
 * two of its numbers give one text.
 */
#ifndef CHECK_MOULD_H
#define CHECK_MOULD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "check/chance.h"

/* Letters of one text; nothing longer is made. */
#define MOULD_LONGEST 512

/* One letter: any byte of an ASCII class, or one other code point. */
struct letter {
	uint64_t in[2];
	uint32_t point; /* 0: the class */
};

/* One choice of alternatives and counts; what is left open are the letters. */
struct mould {
	struct letter letter[MOULD_LONGEST];
	size_t n;
};

/* Adds lo to hi, as far as they are ASCII. */
void letter_add(struct letter *t, unsigned lo, unsigned hi);
/* What can be printed and is not in it: a sample is looked at. */
void letter_invert(struct letter *t);
/* Adds what \d, \w, \s, \h mean; capitals are the opposite. */
bool letter_kind(struct letter *t, char kind);
/* Adds the ASCII part of a class that has a name. */
bool letter_named(struct letter *t, const char *name, size_t len);

/*
 * Leaves capitals and digits only where there are any; and of 16 letters that
 * begin with 12 digits, as a NIK does, only those that no live one has: 88 for
 * its province and 9 before its serial number, with a day of birth that exists.
 */
void mould_tame(struct mould *f);
/* How many texts it has; UINT64_MAX for more. */
uint64_t mould_count(const struct mould *f);
/* Appends text number "at", in ascending order.  FAULT_MEMORY, FAULT_LARGER. */
enum fault mould_write(
    const struct mould *f, uint64_t at, struct buf *out) FAULT_CHECKED;
/* Appends one by chance. */
enum fault mould_write_any(const struct mould *f, struct chance *chance,
    struct buf *out) FAULT_CHECKED;

#endif
