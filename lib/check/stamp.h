/*
 * stamp: moments counted in the unit of a column, and how its cells write them:
 * for samples.  The reader is date.h; this is the writer.
 */
#ifndef CHECK_STAMP_H
#define CHECK_STAMP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

enum stamp_unit { STAMP_SECOND, STAMP_DAY, STAMP_MONTH, STAMP_YEAR };

/* The first and the last of the years 0001 to 9999. */
int64_t stamp_first(enum stamp_unit unit);
int64_t stamp_last(enum stamp_unit unit);

/* Reads a cell by a format of %Y %m %d %H %M %S %z %%; what the format does not
 * have is that of 1970-01-01.  A fraction of a second is passed over.  False
 * when the cell is not written so. */
bool stamp_read(
    int64_t *out, enum stamp_unit unit, const char *format, const char *text);

/* Appends the cell; the zone is Z.  FAULT_MEMORY, FAULT_LARGER. */
enum fault stamp_write(struct buf *out, enum stamp_unit unit,
    const char *format, int64_t stamp) FAULT_CHECKED;

#endif
