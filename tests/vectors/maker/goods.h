/*
 * goods: what is handed over in the vectors, and the vectors of
 * serahterima-contents(5).
 */
#ifndef MAKER_GOODS_H
#define MAKER_GOODS_H

#include "papers.h"
#include "record/contents.h"
#include "set.h"

#define GOODS_NAME "warga.csv"
/* A table that holds every agreed rule, and its size. */
#define GOODS_BYTES "212"
extern const char goods_table[];

/* The contents of one file, counted as the programs count; label is that of
 * the salt. */
struct contents *goods_count(const struct paper *paper, const char *label,
    const char *name, const struct text *table);
/* One more file. */
void goods_add(struct contents *c, const struct paper *paper, const char *name,
    const struct text *table);
void goods_put(const struct paper *paper);

#endif
