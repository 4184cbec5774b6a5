/*
 * specimen: made-up cells of one column, from its field descriptor alone.
 *
 * The descriptor says how to make a cell; the compiled column judges it, so
 * that nothing leaves here that the check would refuse.  A member of the
 * descriptor that this room does not know is refused by name: a sample that
 * passes over a rule would not pass the check.
 */
#ifndef CHECK_SPECIMEN_H
#define CHECK_SPECIMEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cause.h"
#include "check/chance.h"
#include "check/recipe.h"

struct specimen;

/* FAULT_FORMAT, with the clause, when no cell can be made; FAULT_MEMORY. */
enum fault specimen_new(struct specimen **out, const struct recipe_job *job,
    struct cause *why) FAULT_CHECKED;
void specimen_free(struct specimen *s);

/* Appends a valid cell that is not missing.  FAULT_FORMAT when chance found
 * none; FAULT_MEMORY, FAULT_LARGER. */
enum fault specimen_any(const struct specimen *s, struct chance *chance,
    struct buf *out, struct cause *why) FAULT_CHECKED;

/*
 * Gets ready to give n different cells, and says in *have how many there are
 * (at least; UINT64_MAX: no end): less than n when they are too few.
 * FAULT_MEMORY.
 */
enum fault specimen_count(
    struct specimen *s, uint64_t n, uint64_t *have) FAULT_CHECKED;
/* Appends number "at" of them, below *have.  As specimen_any. */
enum fault specimen_key(const struct specimen *s, uint64_t at, struct buf *out,
    struct cause *why) FAULT_CHECKED;

/*
 * Appends a wrong cell, number "at" of what can be wrong with such a column,
 * and says which rule it breaks first, as value_check does.  VALUE_OK: nothing
 * was appended, this wrong does not exist here.  FAULT_MEMORY, FAULT_LARGER.
 */
#define SPECIMEN_WRONGS 8
enum fault specimen_wrong(const struct specimen *s, size_t at, struct buf *out,
    enum value_wrong *rule) FAULT_CHECKED;

#endif
