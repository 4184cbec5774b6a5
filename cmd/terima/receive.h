/*
 * receive: one parcel's whole way from the drop into staged/.
 */
#ifndef CMD_RECEIVE_H
#define CMD_RECEIVE_H

#include "arrival.h"

/*
 * Takes the parcel whose name, remote, desk and paper are set in "a".
 * FAULT_NONE: staged now, *rows counted.  FAULT_DUPLICATE: answered before, the
 * same receipt lies on the drop.  Other faults: refused or waiting, with the
 * cause; a refusal is on record (refused/, journal) and, if the parcel is
 * authentically ours, answered by a signed receipt.
 */
enum fault receive_parcel(
    struct arrival *a, uint64_t *rows, struct cause *why) FAULT_CHECKED;

#endif
