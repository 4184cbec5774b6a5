/*
 * apart: opens a payload in a confined half: with the decryption key, the
 * payload's descriptor and an empty draft, and with nothing else: no network,
 * no file but those it makes in the draft, and few system calls.
 */
#ifndef CMD_APART_H
#define CMD_APART_H

#include <stdbool.h>

#include "opening.h"

/*
 * opening_run in a half of its own, which reads the decryption key itself; "o"
 * needs no identity.  What it tells is held against the manifest, and the draft
 * looked through.  *judged: the fault is about what was opened, and not about
 * our key, disk or memory.  Besides the faults of opening_run FAULT_SYSTEM when
 * the half was stopped, FAULT_ARCHIVE when it broke down over the payload.
 */
enum fault apart_open(struct opening *o, struct home *h, bool *judged,
    struct cause *why) FAULT_CHECKED;

#endif
