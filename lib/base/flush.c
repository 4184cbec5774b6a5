/*
 * flush: steps of FLUSH_STEP, each written and waited for.
 *
 * Merely started write-back (SYNC_FILE_RANGE_WRITE alone) counts as background
 * work, which the kernel holds back (wbt); what somebody waits for it does not.
 */
#include "base/flush.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "base/growth.h"

#define FLUSH_STEP (16UL * 1024 * 1024)

struct flush {
	int fd;
	struct growth *growth;
	pthread_t thread;
};

/* What fails here, fsync reports. */
static void *
work(void *self)
{
	const unsigned wait = SYNC_FILE_RANGE_WAIT_BEFORE |
	    SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
	struct flush *f = self;
	uint64_t done = 0, size = 0;

	while (growth_wait(f->growth, done + FLUSH_STEP, &size, NULL) ==
		FAULT_NONE &&
	    size > done + FLUSH_STEP) {
		(void)!sync_file_range(
		    f->fd, (off64_t)done, (off64_t)(size - done), wait);
		done = size;
	}
	return NULL;
}

static struct flush *
start(int fd)
{
	struct flush *f = calloc(1, sizeof(*f));
	sigset_t all, was;
	int rc;

	if (f == NULL || growth_new(&f->growth) != FAULT_NONE) {
		free(f);
		return NULL;
	}
	f->fd = fd;
	/* Signals are for the thread that waits for people. */
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &was);
	rc = pthread_create(&f->thread, NULL, work, f);
	(void)pthread_sigmask(SIG_SETMASK, &was, NULL);
	if (rc != 0) {
		growth_free(f->growth);
		free(f);
		return NULL;
	}
	return f;
}

void
flush_reach(struct flush **f, int fd, uint64_t size)
{
	if (*f == NULL && size > FLUSH_STEP)
		*f = start(fd);
	if (*f != NULL)
		growth_tell((*f)->growth, size);
}

void
flush_end(struct flush **f)
{
	if (*f == NULL)
		return;
	growth_end((*f)->growth, true);
	(void)pthread_join((*f)->thread, NULL);
	growth_free((*f)->growth);
	free(*f);
	*f = NULL;
}
