/*
 * ahead: a thread that opens the drop while the first bytes are packed, and
 * then follows the payload's file as it grows.
 */
#include "ahead.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/intl.h"
#include "drop.h"
#include "spool/outbox.h"
#include "sys/process.h"
#include "upload.h"

struct ahead {
	struct ahead_job job;
	struct growth *growth;
	pthread_t thread;
	bool started;

	/* The thread's until it is joined. */
	struct remote *remote;
	char temp[UPLOAD_TEMP_MAX]; /* "" until it is made */
	enum fault fault;
	struct cause why;
};

/* The temporary name needs the payload's head.  Nothing is put where the final
 * name is taken: what that means is told when the parcel is delivered. */
static enum fault
make_temporary(struct ahead *a)
{
	char final[PARCEL_NAME_MAX];
	uint64_t size = 0;
	bool taken = false;
	enum fault f;

	parcel_name_dir(final, a->job.name);
	if ((f = remote_exists(a->remote, final, &taken, &a->why)) !=
	    FAULT_NONE)
		return f;
	if (taken)
		return FAULT_EXISTS;
	if ((f = growth_wait(a->growth, UPLOAD_HEAD - 1, &size, &a->why)) !=
		FAULT_NONE ||
	    (f = upload_temporary(
		 a->temp, a->job.name, a->job.payload, &a->why)) != FAULT_NONE)
		return f;
	return remote_mkdirs(a->remote, a->temp, &a->why);
}

static void *
carry(void *self)
{
	struct ahead *a = self;
	char path[UPLOAD_TEMP_MAX + 64];

	a->fault = drop_open(&a->remote, a->job.desk, a->job.licence->agreement,
	    a->job.licence->dataset->drop, a->job.url, &a->why);
	if (a->fault == FAULT_NONE)
		a->fault = make_temporary(a);
	if (a->fault != FAULT_NONE)
		return NULL;
	(void)snprintf(path, sizeof(path), "%s/%s", a->temp, PAYLOAD_NAME);
	a->fault =
	    remote_follow(a->remote, path, a->job.payload, a->growth, &a->why);
	return NULL;
}

enum fault
ahead_start(struct ahead **out, const struct ahead_job *job, struct cause *why)
{
	struct ahead *a = calloc(1, sizeof(*a));
	sigset_t all, was;
	int rc;

	*out = NULL;
	if (a == NULL || growth_new(&a->growth) != FAULT_NONE) {
		free(a);
		return cause_memory(why);
	}
	cause_clear(&a->why);
	a->job = *job;
	/* Signals are for the thread that waits for people. */
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &was);
	rc = pthread_create(&a->thread, NULL, carry, a);
	(void)pthread_sigmask(SIG_SETMASK, &was, NULL);
	if (rc != 0) {
		ahead_free(a);
		return cause_set(
		    why, FAULT_SYSTEM, N_("a thread cannot be started"));
	}
	a->started = true;
	*out = a;
	return FAULT_NONE;
}

struct growth *
ahead_growth(struct ahead *a)
{
	return a->growth;
}

/* Nothing of a payload that was given up stays on the drop. */
static void
take_back(struct ahead *a)
{
	const sig_atomic_t stopped = process_interrupted;
	struct cause none;

	if (a->remote == NULL || a->temp[0] == '\0')
		return;
	cause_clear(&none);
	/* Whoever asked us to stop is served by cleaning up; a second signal
	 * still ends it. */
	process_interrupted = 0;
	/* If the line is down the part stays, under a name that no one looks
	 * at; the next parcel of this number removes it. */
	(void)!remote_remove_dir(a->remote, a->temp, &none);
	if (stopped)
		process_interrupted = stopped;
}

enum fault
ahead_end(struct ahead *a, bool whole, struct remote **r, struct cause *why)
{
	*r = NULL;
	growth_end(a->growth, whole);
	(void)pthread_join(a->thread, NULL);
	a->started = false;
	if (!whole)
		take_back(a);
	if (whole && a->fault == FAULT_NONE) {
		*r = a->remote;
		a->remote = NULL;
	}
	remote_close(a->remote);
	a->remote = NULL;
	if (a->fault != FAULT_NONE && why != NULL)
		*why = a->why;
	return a->fault;
}

void
ahead_free(struct ahead *a)
{
	struct remote *r = NULL;

	if (a == NULL)
		return;
	if (a->started)
		(void)!ahead_end(a, false, &r, NULL);
	growth_free(a->growth);
	free(a);
}
