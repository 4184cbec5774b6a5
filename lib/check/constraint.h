/*
 * constraint: what a column's values must be beyond their type.
 */
#ifndef CHECK_CONSTRAINT_H
#define CHECK_CONSTRAINT_H

#include "check/descriptor.h"

/*
 * Compiles the field's "constraints" and "categories" into the column, whose
 * type and format are there already.  FAULT_FORMAT with the clause,
 * FAULT_MEMORY.
 */
enum fault constraint_parse(
    struct descriptor *d, const struct node *field) FAULT_CHECKED;

#endif
