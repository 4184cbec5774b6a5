/*
 * warnings: how often each rule was broken that refuses nothing, by column.
 *
 * Counted by lib/check/table on both sides and compared, as totals are: there
 * is one form, sorted by the bytes of column and rule, each pair once.
 */
#ifndef CHECK_WARNINGS_H
#define CHECK_WARNINGS_H

#include <stddef.h>
#include <stdint.h>

#include "base/cause.h"
#include "text/doc.h"
#include "text/writer.h"

/* How often a rule was broken; column "" is the record as a whole. */
struct table_count {
	char column[CAUSE_NAME_MAX];
	char rule[32];
	uint64_t count;
};

struct warnings {
	struct table_count *item;
	size_t n;
};

/* Pairs of column and rule of one file beyond this are refused. */
#define WARNINGS_MAX 16384
/* 2^53 - 1: what JSON carries. */
#define WARNINGS_COUNT_MAX 9007199254740991ULL

/* Frees what is inside and leaves it empty; NULL-safe. */
void warnings_free(struct warnings *w);
/* Into the one form: sorted, equal pairs added up. */
void warnings_sort(struct warnings *w);
/* All together. */
uint64_t warnings_total(const struct warnings *w);

/* [{"column":"C","rule":"R","count":N},…] as array member "key". */
void warnings_write(
    struct writer *out, const char *key, const struct warnings *w);
/*
 * Reads exactly what warnings_write writes of sorted ones: ascending, counts of
 * at least 1 and below 2^53, columns and rules that people can read.
 * FAULT_FORMAT with clause "WHERE[N].MEMBER", FAULT_MEMORY; then *out is empty.
 */
enum fault warnings_read(struct warnings *out, const struct node *array,
    const char *where, struct cause *why) FAULT_CHECKED;
/* FAULT_TOTALS with column and rule of the first count that differs, and both
 * counts. */
enum fault warnings_compare(const struct warnings *want,
    const struct warnings *got, struct cause *why) FAULT_CHECKED;

#endif
