/*
 * difference: what one version of an agreement says that another does not, in
 * the order of the document, for people who are asked to sign it.
 */
#ifndef RECORD_DIFFERENCE_H
#define RECORD_DIFFERENCE_H

#include <stddef.h>

#include "base/cause.h"
#include "record/agreement.h"

enum change_kind { CHANGE_ADDED, CHANGE_REMOVED, CHANGE_CHANGED };

struct change {
	enum change_kind kind;
	const char *thing;   /* N_() word, "column" …; NULL: the agreement */
	const char *name;    /* of the thing; foreign, lent by an agreement */
	const char *dataset; /* in which the thing is; NULL: in none */
	const char *member;  /* what of it: N_() words, or a word of the format
			      * lent by an agreement; NULL: the thing itself */
	char *from, *to;     /* owned; foreign; NULL: nothing */
	char clause[CAUSE_NAME_MAX];
};

struct difference {
	struct change *change;
	size_t n;
};

/*
 * Compares what both say, not how it is written: blanks and the order of
 * members do not count, nor does the order of parties, drops and data sets.
 * "difference" lives as long as both.  FAULT_MEMORY; free also after a fault.
 */
enum fault difference_find(struct difference *out, const struct agreement *old,
    const struct agreement *new, struct cause *why) FAULT_CHECKED;
void difference_free(struct difference *d);

/* "added", "removed", "changed"; static. */
const char *change_kind_text(enum change_kind kind);

#endif
