/*
 * listing: a line of CSV for every fault, written as the blocks are entered, so
 * that no number of faults takes more memory.
 */
#ifndef CHECK_LISTING_H
#define CHECK_LISTING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cause.h"
#include "base/limits.h"
#include "base/stream.h"
#include "check/finding.h"

struct table_job;
struct block;

/* The line above all others, with its line end. */
#define LISTING_HEADER "file,row,column,byte,rule,code,severity,reason\n"

/* Faults or warnings of one block that can be listed: more than cells of two
 * bytes find room in one, unless it holds a record of the longest kind. */
#define LISTING_BLOCK (256 * KIB)
/* Those that show only when the file is whole. */
#define LISTING_LATE 100000

struct listing {
	const struct table_job *job; /* borrowed: names, and where to write */
	const struct cause *header;  /* borrowed: explains FINDING_HEADER */
	struct findings late, late_warned;
	struct buf line;
	uint64_t lines;  /* written */
	uint64_t warned; /* of them: warnings */
	bool done;       /* full, or its sink failed: it takes no more */
};

/* Of a job without a sink nothing is listed.  Allocates nothing. */
void listing_init(struct listing *l, const struct table_job *job,
    const struct cause *header, size_t columns);
void listing_free(struct listing *l);
/* Whether it takes more. */
bool listing_open(const struct listing *l);
/* Writes what a block's worker found, its rows moved by "rows".  Warnings take
 * at most half of the lines, so that there is room for faults. */
void listing_block(struct listing *l, const struct block *b, uint64_t rows);
/* Keeps what shows only now, to be written at the end, in file order. */
enum fault listing_late(
    struct listing *l, const struct finding *found, bool warning) FAULT_CHECKED;
/* Appends a field of text, in quotes when it must be. */
enum fault listing_text(struct buf *line, const char *text) FAULT_CHECKED;
/* Appends one line; a cause without a fault is a warning. */
enum fault listing_line(
    struct buf *line, const struct cause *why) FAULT_CHECKED;
/* Writes those. */
void listing_end(struct listing *l);

#endif
