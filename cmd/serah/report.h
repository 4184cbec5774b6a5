/*
 * report: what pass 1 found, in words or JSON.
 */
#ifndef CMD_REPORT_H
#define CMD_REPORT_H

#include "cli.h"
#include "extract.h"

/*
 * Faults (the first EXTRACT_FAULTS, then counts by column and rule), or rows
 * and totals when "f" is FAULT_NONE.  A person who was shown the list is then
 * only told how long it is: "why" becomes that sum.
 */
void report_extract(const struct cli *cli, const struct extract *x,
    enum fault f, struct cause *why);

#endif
