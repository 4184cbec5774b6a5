/*
 * dataset: one kind of data that flows under an agreement: from whom, to whom,
 * through which drop, and what it must look like.
 */
#ifndef RECORD_DATASET_H
#define RECORD_DATASET_H

#include "base/cause.h"
#include "record/agreement.h"
#include "text/doc.h"

#define DATASET_MAX 256

/*
 * Reads one element of datasets[] by itself; "at" is its place.  FAULT_FORMAT,
 * with a clause below "datasets[ID]", FAULT_MEMORY; what was read stays in d
 * for dataset_free.
 */
enum fault dataset_read(struct dataset *d, const struct node *node, size_t at,
    struct cause *why) FAULT_CHECKED;

/* Holds a data set against parties and drops: from and to[] are parties, from
 * is not in to[], the drop exists. */
enum fault dataset_check(const struct dataset *d, const struct agreement *a,
    struct cause *why) FAULT_CHECKED;

/* Whether its schema refers to the code list. */
bool dataset_needs(const struct dataset *d, const char *list);
/* How what leaves, and what is staged, is written. */
struct csv_dialect dataset_staged_dialect(const struct dataset *d);
/* Whether a source leaves byte for byte. */
bool dataset_leaves_as_is(const struct dataset *d);

/* Frees what is inside. */
void dataset_free(struct dataset *d);

#endif
