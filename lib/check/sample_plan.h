/*
 * sample_plan: how a sample is made.  For sample.c, which reads it from the
 * schema and writes rows by it, and spoil.c, which spoils some; nobody else
 * looks in.
 */
#ifndef CHECK_SAMPLE_PLAN_H
#define CHECK_SAMPLE_PLAN_H

#include "check/draft.h"
#include "check/sample.h"
#include "check/specimen.h"

#define SAMPLE_KEYS_MAX 256

/* Columns whose values, together, differ in each row. */
struct key {
	size_t *column; /* owned */
	size_t n;
	const char *rule; /* "unique", "primaryKey" */
};

/* What is made of one column. */
struct part {
	struct specimen *specimen;
	bool few;
	bool keyed; /* of some key: never missing, so that a key is one */
	/* A digit of a number that counts with the rows. */
	bool counts;
	uint64_t have;  /* its base; UINT64_MAX: no end */
	uint64_t above; /* how many rows share a digit */
	uint64_t start;
	size_t same; /* a column it must equal, or SIZE_MAX */
};

/* One spoiled row. */
struct spoil {
	uint64_t at;           /* row, the first is 0 */
	size_t column;         /* its cell is this one, */
	struct buf cell;       /* which is wrong; */
	const struct key *key; /* or these are those of the row before; */
	size_t rule;           /* or rule - 1 is broken, if not 0 */
};

struct sample {
	struct sample_job job;
	struct part *part;
	size_t n;
	struct key key[SAMPLE_KEYS_MAX];
	size_t n_keys;
	struct buf missing; /* the word for no value */
	bool has_missing;
	struct draft draft;
	struct spoil spoil[SAMPLE_FAULTS];
	size_t n_spoils;
	struct sample_fault *fault;
	size_t n_faults;
};

/*
 * Makes row "at" in s->draft, anew until it keeps all rules but the one that
 * "spoil" breaks; NULL: all.  *wrong says what is broken then.  FAULT_FORMAT
 * when chance found none; FAULT_MEMORY.
 */
enum fault sample_make(struct sample *s, uint64_t at, const struct spoil *spoil,
    struct draft_wrong *wrong, struct cause *why) FAULT_CHECKED;

/* Chooses the rows to spoil, and lists the faults.  FAULT_USAGE with less than
 * three rows, FAULT_FORMAT when nothing can be wrong, FAULT_MEMORY. */
enum fault spoil_rows(struct sample *s, struct cause *why) FAULT_CHECKED;

#endif
