/*
 * state: parcels and how far they got, as text or JSON.
 */
#ifndef CMD_STATE_H
#define CMD_STATE_H

#include "cli.h"
#include "desk.h"

/*
 * Shows every parcel of a side, or the one named (FAULT_USAGE for no such form,
 * FAULT_ABSENT when it is not known).
 */
enum fault state_show(const struct cli *cli, struct desk *s,
    enum parcel_side side, const char *parcel, struct cause *why) FAULT_CHECKED;

#endif
