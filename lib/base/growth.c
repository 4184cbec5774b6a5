/*
 * growth: one number under a lock.  The bytes themselves go through the file,
 * where the writer needs them anyway.
 */
#include "base/growth.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/intl.h"

struct growth {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	uint64_t size;
	bool ended;
	bool whole;
};

enum fault
growth_new(struct growth **out)
{
	struct growth *g = calloc(1, sizeof(*g));

	*out = NULL;
	if (g == NULL)
		return FAULT_MEMORY;
	if (pthread_mutex_init(&g->lock, NULL) != 0) {
		free(g);
		return FAULT_MEMORY;
	}
	if (pthread_cond_init(&g->changed, NULL) != 0) {
		(void)pthread_mutex_destroy(&g->lock);
		free(g);
		return FAULT_MEMORY;
	}
	*out = g;
	return FAULT_NONE;
}

void
growth_free(struct growth *g)
{
	if (g == NULL)
		return;
	(void)pthread_cond_destroy(&g->changed);
	(void)pthread_mutex_destroy(&g->lock);
	free(g);
}

void
growth_tell(struct growth *g, uint64_t size)
{
	(void)pthread_mutex_lock(&g->lock);
	g->size = size;
	(void)pthread_cond_signal(&g->changed);
	(void)pthread_mutex_unlock(&g->lock);
}

void
growth_end(struct growth *g, bool whole)
{
	(void)pthread_mutex_lock(&g->lock);
	g->ended = true;
	g->whole = whole;
	(void)pthread_cond_signal(&g->changed);
	(void)pthread_mutex_unlock(&g->lock);
}

static enum fault
given_up(struct cause *why)
{
	return cause_set(
	    why, FAULT_INTERRUPTED, N_("the file was given up before its end"));
}

enum fault
growth_look(struct growth *g, uint64_t *size, struct cause *why)
{
	bool broken;

	(void)pthread_mutex_lock(&g->lock);
	*size = g->size;
	broken = g->ended && !g->whole;
	(void)pthread_mutex_unlock(&g->lock);
	return broken ? given_up(why) : FAULT_NONE;
}

enum fault
growth_wait(struct growth *g, uint64_t from, uint64_t *size, struct cause *why)
{
	bool broken;

	(void)pthread_mutex_lock(&g->lock);
	while (g->size <= from && !g->ended)
		(void)pthread_cond_wait(&g->changed, &g->lock);
	*size = g->size;
	broken = g->ended && !g->whole;
	(void)pthread_mutex_unlock(&g->lock);
	return broken ? given_up(why) : FAULT_NONE;
}
