/*
 * cards: vectors of serahterima-card(5).
 */
#ifndef MAKER_CARDS_H
#define MAKER_CARDS_H

#include "cast.h"

void cards_put(const struct cast *cast);

#endif
