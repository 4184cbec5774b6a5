/*
 * code: the lists of codes that an agreement names.
 */
#ifndef RECORD_CODE_H
#define RECORD_CODE_H

#include "base/cause.h"
#include "record/agreement.h"
#include "text/doc.h"

/* Reads "code_lists" of the root into a->lists; absent is none.  FAULT_FORMAT,
 * FAULT_MEMORY. */
enum fault code_read(struct agreement *a, const struct node *root,
    struct cause *why) FAULT_CHECKED;
/* Whether the list has every column that a data set refers to.  FAULT_FORMAT
 * with the data set's clause. */
enum fault code_fits(const struct agreement *a, const char *id,
    const struct codelist *list, struct cause *why) FAULT_CHECKED;
void code_free(struct agreement *a);

#endif
