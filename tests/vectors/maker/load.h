/*
 * load: what is inside a parcel, from a table to the sealed bytes.
 */
#ifndef MAKER_LOAD_H
#define MAKER_LOAD_H

#include <stddef.h>
#include <stdint.h>

#include "papers.h"
#include "plan.h"

/* The inner half: contents.json and the archive, compressed and sealed. */
struct load {
	struct buf page;   /* contents.json as sent */
	uint64_t unpacked; /* bytes of all members */
	uint64_t rows;
	size_t files;
	struct buf tar, frame, sealed;
};

/* Makes the inner half; label is that of what is drawn. */
void load_make(struct load *out, const struct plan *plan, const char *label,
    const struct paper *paper, const struct cast *cast);
void load_free(struct load *load);

#endif
