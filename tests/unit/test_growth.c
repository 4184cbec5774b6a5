/*
 * A file followed while it grows: every byte is seen, the end is the end, and a
 * file given up is never taken for a whole one.
 */
#include "base/growth.h"

#include <pthread.h>
#include <unistd.h>

#include "tap.h"

#define STEPS 1000

static void *
write_steps(void *self)
{
	struct growth *g = self;
	uint64_t i;

	for (i = 1; i <= STEPS; i++) {
		growth_tell(g, i * 10);
		if (i % 100 == 0)
			(void)usleep(1000);
	}
	growth_end(g, true);
	return NULL;
}

static void *
give_up(void *self)
{
	struct growth *g = self;

	growth_tell(g, 5);
	(void)usleep(10000);
	growth_end(g, false);
	return NULL;
}

static void
test_followed(void)
{
	struct growth *g = NULL;
	struct cause why;
	pthread_t t;
	uint64_t size = 0, at = 0;
	enum fault f = FAULT_NONE;
	unsigned backwards = 0;

	cause_clear(&why);
	TAP_INT(growth_new(&g), FAULT_NONE);
	TAP_INT(growth_look(g, &size, &why), FAULT_NONE);
	TAP_INT(size, 0);
	TAP_INT(pthread_create(&t, NULL, write_steps, g), 0);
	do {
		at = size;
		f = growth_wait(g, at, &size, &why);
		backwards += size < at ? 1U : 0U;
	} while (f == FAULT_NONE && size > at);
	TAP_INT(f, FAULT_NONE);
	TAP_INT(backwards, 0);
	TAP_INT(size, STEPS * 10);
	TAP_INT(pthread_join(t, NULL), 0);
	growth_free(g);
}

static void
test_given_up(void)
{
	struct growth *g = NULL;
	struct cause why;
	pthread_t t;
	uint64_t size = 0;

	cause_clear(&why);
	TAP_INT(growth_new(&g), FAULT_NONE);
	TAP_INT(pthread_create(&t, NULL, give_up, g), 0);
	(void)!growth_wait(g, 0, &size, &why);
	TAP_INT(growth_wait(g, 5, &size, &why), FAULT_INTERRUPTED);
	TAP_INT(why.fault, FAULT_INTERRUPTED);
	/* Not only at the end: what was told before is given up as well. */
	TAP_INT(growth_look(g, &size, &why), FAULT_INTERRUPTED);
	TAP_INT(size, 5);
	TAP_INT(pthread_join(t, NULL), 0);
	growth_free(g);
}

int
main(void)
{
	test_followed();
	test_given_up();
	growth_free(NULL);
	return TAP_DONE();
}
