/*
 * journals: vectors of serahterima-journal(5): whole journals of the recipient.
 */
#ifndef MAKER_JOURNALS_H
#define MAKER_JOURNALS_H

#include "cast.h"

void journals_put(const struct cast *cast);

#endif
