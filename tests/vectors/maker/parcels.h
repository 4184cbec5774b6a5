/*
 * parcels: vectors of serahterima-parcel(5), as they lie on a drop.
 */
#ifndef MAKER_PARCELS_H
#define MAKER_PARCELS_H

#include "papers.h"

void parcels_put(const struct paper *paper, const struct cast *cast);

#endif
