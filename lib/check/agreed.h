/*
 * agreed: what a column's rules say, for the one who must mend a value.
 */
#ifndef CHECK_AGREED_H
#define CHECK_AGREED_H

#include "check/column.h"

/* Keeps the rules' texts of a sound descriptor.  FAULT_MEMORY. */
enum fault agreed_read(
    struct column *c, const struct node *field) FAULT_CHECKED;
void agreed_free(struct column *c);

#endif
