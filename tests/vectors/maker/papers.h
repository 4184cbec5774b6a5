/*
 * papers: vectors of serahterima-agreement(5).
 */
#ifndef MAKER_PAPERS_H
#define MAKER_PAPERS_H

#include "cast.h"
#include "record/agreement.h"

#define PAPERS_ID "UJI-VEKTOR"
#define PAPERS_DATASET "warga"

/* The agreement on which everything else rests; it lies in the set as
 * agreement/in-force. */
struct paper {
	struct buf bytes;
	struct agreement *agreement;
	const struct dataset *dataset; /* borrowed: PAPERS_DATASET */
};

void papers_new(struct paper *out, const struct cast *cast);
void papers_free(struct paper *paper);
void papers_put(const struct paper *paper, const struct cast *cast);

#endif
