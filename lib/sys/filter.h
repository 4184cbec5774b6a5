/*
 * filter: a list of system calls as a program that the kernel runs before each
 * call (seccomp).  No memory is asked for: a library that does, and does not
 * get it, may damage the process that is about to be confined.
 */
#ifndef SYS_FILTER_H
#define SYS_FILTER_H

#include <stdbool.h>
#include <stddef.h>

#include "sys/calls.h"

#define FILTER_CALLS 96

struct filter {
	bool allow_rest; /* what is not in the list: allowed, or the end */
	size_t n;
	struct {
		unsigned number;
		enum call_rule rule;
	} call[FILTER_CALLS];
};

/* A name that this machine does not have is passed over; false when the list is
 * full. */
bool filter_add(struct filter *f, const struct call *call);
/* From here on it holds for this thread and all it makes.  False with errno.
 * The process must have given up new privileges (no_new_privs). */
bool filter_load(struct filter *f);

#endif
