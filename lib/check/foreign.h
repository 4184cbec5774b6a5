/*
 * foreign: columns whose values stand in a code list of the agreement.
 */
#ifndef CHECK_FOREIGN_H
#define CHECK_FOREIGN_H

#include <stddef.h>

#include "base/cause.h"
#include "base/limits.h"
#include "text/doc.h"

#define FOREIGN_MAX 64

struct schema; /* check/schema.h */

struct foreign {
	size_t column; /* of the schema */
	char list[LIMIT_ID + 1];
	char *in; /* owned; the list's column */
};

/*
 * Reads foreignKeys of a schema whose columns are there.  FAULT_FORMAT, clause
 * "WHERE.foreignKeys[N].…", for what is no code list, for several columns, for
 * a column that is no string or was named before; FAULT_MEMORY.  *out is the
 * caller's, also after a fault.
 */
enum fault foreign_parse(struct foreign **out, size_t *n,
    const struct schema *schema, const struct node *array, const char *where,
    struct cause *why) FAULT_CHECKED;
void foreign_free(struct foreign *f, size_t n);

#endif
