/*
 * duration: lengths of time as XML Schema writes them (part 2, 3.3.6):
 * [-]PnYnMnDTnHnMnS, each part 1 to 9 digits, seconds with 1 to 9 digits of a
 * fraction.  No weeks.
 */
#ifndef CHECK_DURATION_H
#define CHECK_DURATION_H

#include <stddef.h>

#include "check/value.h"

/*
 * VALUE_TYPE when the text is no duration, VALUE_FORMAT when it has more digits
 * than we read.  On VALUE_OK *key is equal for equal durations: months, and
 * what is not months to the nanosecond.  It does not order: a month is neither
 * longer nor shorter than thirty days.
 */
enum value_wrong duration_read(value_wide *key, const char *text, size_t len);

#endif
