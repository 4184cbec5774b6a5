/*
 * courier: the half that reaches a drop.  It knows how to log in there, and
 * holds no key of ours but the SSH key, no journal, and no data that is not
 * sealed.
 */
#ifndef REMOTE_COURIER_H
#define REMOTE_COURIER_H

#include "sys/half.h"

/*
 * Inside a new half: takes orders from its line until that is closed.  The
 * first one opens the drop; before, the walls go up around it.  "memory" is the
 * shared piece; it is closed here.
 */
void courier_run(struct half *h, int memory);

#endif
