/*
 * screen: tries up to 64 cells of a column at once, and says which of them are
 * surely sound.  It decides nothing against a cell: whoever is not sure asks
 * value_check, whose answer is the rule.
 */
#ifndef CHECK_SCREEN_H
#define CHECK_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "check/value.h"
#include "text/csv.h"

#define SCREEN_CELLS 64 /* one bit each in a word */
/* So many bytes behind the first of any cell may be read, whatever they are. */
#define SCREEN_SLACK 32

/* One column of some records. */
struct cells {
	const struct csv_field *field; /* of the first record */
	size_t stride;                 /* fields from record to record */
	size_t n;                      /* at most SCREEN_CELLS */
	uint64_t missing;              /* a bit a cell */
	uint64_t good;                 /* breaks no rule */
	const uint64_t *row;           /* of each record, */
	uint64_t base;                 /* to which this is added */
	uint16_t word[SCREEN_CELLS];   /* see screen_words */
	bool scalar; /* leave to value_check what takes vectors */
};

struct screen;

/* The column is borrowed.  FAULT_MEMORY. */
enum fault screen_new(
    struct screen **out, const struct column *c) FAULT_CHECKED;
void screen_free(struct screen *s);

/*
 * Bits of the cells that value_check would take; those of missing cells mean
 * nothing.  Cells are without doubled quotes, and without NUL, which the reader
 * of CSV lets nobody have.
 */
uint64_t screen_sound(const struct screen *s, struct cells *cells);

/*
 * Where the rule is a list of words, their number: screen_sound then is exact,
 * and puts the index of each sound cell's word into cells->word.  Else 0.
 */
size_t screen_words(const struct screen *s);
const char *screen_word(const struct screen *s, size_t index);

#endif
