/*
 * faults: what a refusal says of the faults in the data: how many there are by
 * column and rule, and where the first ones stand; never a value.
 * serahterima-receipt(5) is the page.
 */
#ifndef RECORD_FAULTS_H
#define RECORD_FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cause.h"
#include "check/warnings.h"
#include "record/member.h"
#include "text/writer.h"

/* Kinds and places told: what a person reads.  All of it is one message from
 * the half that opens foreign bytes. */
#define FAULTS_KINDS 32
#define FAULTS_PLACES 20

struct faults_place {
	char file[CAUSE_NAME_MAX];
	uint64_t row; /* the header is 1; 0 = none */
	char column[CAUSE_NAME_MAX];
	char rule[32];
};

/* All zero bytes: nothing is said. */
struct faults {
	uint64_t total;
	size_t n_kinds; /* the most frequent, by column and rule */
	struct table_count kind[FAULTS_KINDS];
	size_t n_places; /* the first, in file order */
	struct faults_place place[FAULTS_PLACES];
};

/* What an engine found: counts most frequent first, causes in file order; the
 * rest is left out. */
void faults_count(struct faults *f, uint64_t total,
    const struct table_count *count, size_t n);
void faults_first(struct faults *f, const struct cause *cause, size_t n);

/* The member "faults" of an open object; nothing when the total is 0. */
void faults_write(struct writer *w, const struct faults *f);
/* The optional member "faults" of the object; all zero without it. */
void faults_read(struct member *m, struct faults *f);

/* Whether those from another process can be said; makes their texts printable.
 */
bool faults_check(struct faults *f);

#endif
