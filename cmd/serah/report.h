/*
 * report: what pass 1 found, in words or JSON.
 */
#ifndef CMD_REPORT_H
#define CMD_REPORT_H

#include "cli.h"
#include "extract.h"
#include "sheet.h"

/*
 * Faults (the first EXTRACT_FAULTS, then counts by column and rule), or rows
 * and totals when "f" is FAULT_NONE; the sheet, which may be NULL, is ended.  A
 * person who was shown the list is then only told how long it is: "why" becomes
 * that sum.  Returns "f", or if that is none what kept the sheet from being
 * written.
 */
enum fault report_extract(const struct cli *cli, const struct extract *x,
    struct sheet *sheet, enum fault f, struct cause *why);

#endif
