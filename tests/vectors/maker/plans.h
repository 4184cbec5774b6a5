/*
 * plans: the table of parcels that lie alone on a drop.
 */
#ifndef MAKER_PLANS_H
#define MAKER_PLANS_H

#include "papers.h"
#include "plan.h"

/* What every parcel is made with. */
struct scene {
	const struct paper *paper;
	const struct cast *cast;
};

/* Part 0, 1 … of the table; NULL behind the last. */
const struct plan *plans_part(unsigned part, size_t *n);

#endif
