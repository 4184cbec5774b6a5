/*
 * flush: steps of FLUSH_STEP, each brought to the disk and waited for.
 *
 * sync_file_range(2) would only hand the bytes to the disk, whose own cache is
 * then emptied by the fsync at the end: most of the time is there.
 */
#include "base/flush.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/growth.h"

#define FLUSH_STEP (16UL * 1024 * 1024)

struct flush {
	int fd;
	struct growth *growth;
	pthread_t thread;
	int error; /* the thread's until it is joined */
};

static void *
work(void *self)
{
	struct flush *f = self;
	uint64_t done = 0, size = 0;

	while (f->error == 0 &&
	    growth_wait(f->growth, done + FLUSH_STEP, &size, NULL) ==
		FAULT_NONE &&
	    size > done + FLUSH_STEP) {
		if (fdatasync(f->fd) != 0)
			f->error = errno;
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

enum fault
flush_end(struct flush **f, const char *name, struct cause *why)
{
	int error;

	if (*f == NULL)
		return FAULT_NONE;
	growth_end((*f)->growth, true);
	(void)pthread_join((*f)->thread, NULL);
	error = (*f)->error;
	growth_free((*f)->growth);
	free(*f);
	*f = NULL;
	if (error == 0)
		return FAULT_NONE;
	errno = error;
	return cause_system(why, "fdatasync", name);
}
