/*
 * extract: the data files of one hand-over.  Pass 1 checks them, pass 2 packs
 * them and proves that they are still the ones that were checked.
 */
#ifndef CMD_EXTRACT_H
#define CMD_EXTRACT_H

#include <stdint.h>

#include "base/cause.h"
#include "check/table.h"
#include "key/imprint.h"
#include "pack/pack.h"
#include "licence.h"
#include "record/contents.h"
#include "record/dataset.h"

#define EXTRACT_FAULTS 20 /* shown to a person; the rest is counted */
#define EXTRACT_COUNTS 64

struct extract {
	const struct dataset *dataset;     /* borrowed */
	const struct pseudonym *pseudonym; /* borrowed; or NULL */
	const struct codelists *lists;     /* borrowed */
	const struct extract *first; /* whose files they are; NULL: ours */
	int *fd;                     /* one a file, open from pass to pass */
	const char **path;           /* borrowed strings */
	uint8_t (*imprints)[IMPRINT_LEN]; /* of each source, in pass 1 */
	struct imprint *imprint;          /* what they were made with */
	size_t n;
	int dir; /* borrowed: for keys beyond memory; -1 = none */
	struct contents *contents; /* filled by pass 1 */
	uint64_t rows;
	uint64_t bytes; /* of all files, as they leave */

	/* Where a line for each fault goes; write NULL: nowhere. */
	struct sink listing;
	uint64_t listed;

	/* What pass 1 found wrong. */
	struct cause causes[EXTRACT_FAULTS];
	size_t n_causes;
	uint64_t faults;
	struct table_count counts[EXTRACT_COUNTS];
	size_t n_counts;

	/* What refuses nothing; the counts are in contents. */
	struct cause cautions[EXTRACT_FAULTS];
	size_t n_cautions;
	uint64_t warnings;
};

/*
 * Opens the files: regular, readable, with names that may become members
 * (FAULT_USAGE), each name once.  Free with extract_free, also after a fault.
 */
enum fault extract_open(struct extract *x, const struct licence *l,
    const char *const *paths, size_t n, struct cause *why) FAULT_CHECKED;
/* The files of "first", which must outlive it, for another data set. */
enum fault extract_also(struct extract *x, const struct licence *l,
    const struct extract *first, struct cause *why) FAULT_CHECKED;
void extract_free(struct extract *x);

/*
 * Pass 1: reads every file once, and holds what leaves of it for each of the n
 * extracts, of which the others are also of the first, against schema, keys and
 * limits, sums the totals and hashes it.  Gives the first fault; all are in
 * the extracts.
 */
enum fault extract_check(
    struct extract *x, size_t n, struct cause *why) FAULT_CHECKED;

/* A line for a fault that no table finds, where lines go. */
void extract_list(struct extract *x, const struct cause *why);

/*
 * Pass 2: contents.json (its bytes are "page") and every file into the pack.
 * FAULT_PAYLOAD_HASH when a file is not the one that was checked.
 */
enum fault extract_pack(struct extract *x, const struct buf *page,
    struct pack *pack, struct cause *why) FAULT_CHECKED;

#endif
