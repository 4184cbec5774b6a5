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
#include "record/agreement.h"
#include "record/contents.h"

#define EXTRACT_FAULTS 20 /* shown to a person; the rest is counted */
#define EXTRACT_COUNTS 64

struct extract {
	const struct dataset *dataset; /* borrowed */
	const struct codelists *lists; /* borrowed; set after extract_open */
	int *fd;                       /* one a file, open from pass to pass */
	const char **path;             /* borrowed strings */
	uint8_t (*imprints)[IMPRINT_LEN]; /* one a file, of pass 1 */
	struct imprint *imprint;          /* what they were made with */
	size_t n;
	int dir; /* borrowed: for keys beyond memory; -1 = none */
	struct contents *contents; /* filled by pass 1 */
	uint64_t rows;
	uint64_t bytes; /* of all files */

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
enum fault extract_open(struct extract *x, const struct dataset *d,
    const char *const *paths, size_t n, struct cause *why) FAULT_CHECKED;
void extract_free(struct extract *x);

/*
 * Pass 1: reads every file once, holds it against schema, keys and limits, sums
 * the totals and hashes it.  Gives the first fault; all are in x.
 */
enum fault extract_check(struct extract *x, struct cause *why) FAULT_CHECKED;

/*
 * Pass 2: contents.json (its bytes are "page") and every file into the pack.
 * FAULT_PAYLOAD_HASH when a file is not the one that was checked.
 */
enum fault extract_pack(struct extract *x, const struct buf *page,
    struct pack *pack, struct cause *why) FAULT_CHECKED;

#endif
