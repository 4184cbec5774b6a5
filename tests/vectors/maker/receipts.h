/*
 * receipts: vectors of serahterima-receipt(5).
 */
#ifndef MAKER_RECEIPTS_H
#define MAKER_RECEIPTS_H

#include "cast.h"
#include "record/receipt.h"

/* A receipt of this stage for parcel 1; a refusal is by code 402. */
void receipts_base(struct receipt *out, enum stage stage);
void receipts_put(const struct cast *cast);

#endif
