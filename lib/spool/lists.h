/*
 * lists: the code lists of an agreement, in the directory that is brought and
 * in the home.
 *
 * agreements/ID/lists/SHA256.csv: under its hash a list never changes, so that
 * one directory serves all versions of an agreement.
 */
#ifndef SPOOL_LISTS_H
#define SPOOL_LISTS_H

#include <stdbool.h>

#include "base/cause.h"
#include "check/codelist.h"
#include "spool/home.h"

/*
 * The lists that the data set's schema refers to, proved and read; free with
 * codelists_free, also after a fault.  FAULT_CONF when one is missing in the
 * home or has other bytes: ours to mend, by a new import.
 */
enum fault lists_load(struct codelists *out, struct home *h,
    const struct agreement *a, const struct dataset *d,
    struct cause *why) FAULT_CHECKED;

/*
 * Whether every list of the agreement is there, by its hash: as lists/ID.csv
 * below "from", or, when it is not there, in the agreement's directory "kept"
 * (-1: none); and whether it has the columns that schemas refer to.  *fresh:
 * "kept" lacks one.  FAULT_ABSENT, FAULT_PAYLOAD_HASH, FAULT_FORMAT.
 */
enum fault lists_prove(bool *fresh, const struct agreement *a, int from,
    int kept, struct cause *why) FAULT_CHECKED;

/* Copies from "from" into the agreement's directory "to" what that lacks. */
enum fault lists_put(const struct agreement *a, int from, int to,
    struct cause *why) FAULT_CHECKED;

#endif
