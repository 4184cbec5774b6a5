/*
 * tally: many parcels, one exit status.
 */
#ifndef CMD_TALLY_H
#define CMD_TALLY_H

#include <stddef.h>

#include "base/fault.h"

struct tally {
	size_t done;
	size_t refused;
	size_t later;
	enum fault ours; /* the first fault of our side, or FAULT_NONE */
};

void tally_add(struct tally *t, enum fault f);

/* 0 all done; 3 all refused; 5 some done, some refused; 4 some wait, none
 * refused; 1 our side failed. */
enum exit_status tally_exit(const struct tally *t);

#endif
