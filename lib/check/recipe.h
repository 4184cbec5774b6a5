/*
 * recipe: how cells of one column are made up, as its field descriptor says.
 * For recipe.c, which reads it, and specimen.c, which follows it.
 */
#ifndef CHECK_RECIPE_H
#define CHECK_RECIPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cause.h"
#include "check/language.h"
#include "check/schema.h"
#include "check/stamp.h"
#include "text/csv.h"

/* Of which column it is; all are borrowed for its life. */
struct recipe_job {
	const struct node *field; /* the descriptor */
	const struct schema *schema;
	size_t column; /* of the schema */
	const struct csv_dialect *dialect;
	const char *hint; /* an expression for strings without one, or NULL */
	const struct node *only; /* the texts that leave, or NULL: all do */
	const char *mask;        /* of an agreement's mask{}, or NULL: none */
};

enum making { FROM_WORDS, FROM_LANGUAGE, FROM_TEXT, FROM_NUMBERS, FROM_STAMPS };

struct recipe {
	struct recipe_job job;
	const struct column *column;
	enum making how;
	char **words; /* owned; each valid */
	size_t n_words;
	struct language *language; /* of a pattern, or of keys of free text */
	struct mould *key;         /* set by specimen_count */
	size_t min_length, max_length;
	size_t stars_first, stars_last; /* of a mask; SIZE_MAX: all */
	bool hashed;
	int64_t lo, hi;      /* of numbers and moments */
	bool has_lo, has_hi; /* agreed, not chosen here */
	char decimal;        /* 0: whole numbers only */
	const char *format;  /* of moments */
	enum stamp_unit unit;
};

/*
 * Reads the descriptor into *s, all zero before.  FAULT_FORMAT when it has what
 * is not known here, FAULT_MEMORY; recipe_free also after a fault.
 */
enum fault recipe_read(struct recipe *s, const struct recipe_job *job,
    struct cause *why) FAULT_CHECKED;
void recipe_free(struct recipe *s);

/* Whether the text can stand in the column's cell: where the dialect has no
 * quotes, nothing in it looks like the cell's end. */
bool recipe_fits(const struct recipe *s, const char *text, size_t len);
/* Puts the stars of the mask where they belong, in place. */
void recipe_star(const struct recipe *s, unsigned char *text, size_t len);
/* Whether it is a valid cell, besides, not a missing one, and the same when it
 * is masked again: what is made has the form in which it leaves. */
bool recipe_makes(const struct recipe *s, const char *text, size_t len);

#endif
