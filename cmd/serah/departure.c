/*
 * departure: reads a block of the file, lets the stages write what leaves of it
 * into a buffer, and gives that away.  A file that leaves as it is, is read
 * where the bytes are wanted.
 */
#include "departure.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/limits.h"
#include "sys/process.h"

#define BLOCK (128 * KIB)

struct departure {
	int fd;
	off_t at;
	const char *file;
	struct imprint *imprint;
	struct leaving *leaving; /* NULL: as it is */
	char *block;
	struct buf ready; /* what leaves, not given yet */
	size_t given;     /* of it */
	bool ended;
};

static enum fault
ready_write(void *self, const void *bytes, size_t len, struct cause *why)
{
	struct departure *d = self;

	return buf_put(&d->ready, bytes, len) == FAULT_NONE ? FAULT_NONE
							    : cause_memory(why);
}

enum fault
departure_new(struct departure **out, const struct leaving_job *job, int fd,
    struct imprint *imprint, struct cause *why)
{
	struct departure *d = calloc(1, sizeof(*d));
	enum fault f = FAULT_NONE;

	*out = NULL;
	if (d == NULL)
		return cause_memory(why);
	d->fd = fd;
	d->file = job->file;
	d->imprint = imprint;
	/* A block, and a record that was not whole before it, written again. */
	d->ready.max = 8 * MIB;
	if (imprint != NULL && lseek(fd, 0, SEEK_SET) != 0)
		f = cause_system(why, "lseek", job->file);
	if (f == FAULT_NONE && !dataset_leaves_as_is(job->dataset)) {
		d->block = malloc(BLOCK);
		f = d->block == NULL
		    ? cause_memory(why)
		    : leaving_new(&d->leaving, job,
			  (struct sink){ ready_write, d }, why);
	}
	if (f != FAULT_NONE) {
		departure_free(d);
		d = NULL;
	}
	*out = d;
	return f;
}

void
departure_free(struct departure *d)
{
	if (d == NULL)
		return;
	leaving_free(d->leaving);
	buf_free(&d->ready);
	free(d->block);
	free(d);
}

/* Wherever the descriptor stands. */
static enum fault
look(struct departure *d, void *bytes, size_t cap, size_t *got,
    struct cause *why)
{
	ssize_t n = 0;

	do
		n = pread(d->fd, bytes, cap, d->at);
	while (n < 0 && errno == EINTR && !process_interrupted);
	if (process_interrupted)
		return cause_set(why, FAULT_INTERRUPTED, "%s", "");
	if (n < 0)
		return cause_system(why, "pread", d->file);
	d->at += n;
	*got = (size_t)n;
	return FAULT_NONE;
}

/* The file's next bytes; 0 at its end. */
static enum fault
next(struct departure *d, void *bytes, size_t cap, size_t *got,
    struct cause *why)
{
	enum fault f = FAULT_NONE;

	if (d->imprint == NULL)
		return look(d, bytes, cap, got, why);
	if ((f = io_read(d->fd, bytes, cap, got, d->file, why)) != FAULT_NONE)
		return f;
	return imprint_add(d->imprint, bytes, *got);
}

/* Until something leaves, or nothing more will. */
static enum fault
fill(struct departure *d, struct cause *why)
{
	enum fault f = FAULT_NONE;
	size_t got = 0;

	d->given = d->ready.len = 0;
	while (f == FAULT_NONE && d->ready.len == 0 && !d->ended) {
		f = next(d, d->block, BLOCK, &got, why);
		d->ended = got == 0;
		if (f == FAULT_NONE)
			f = d->ended
			    ? leaving_end(d->leaving, why)
			    : leaving_write(d->leaving, d->block, got, why);
	}
	return f;
}

static enum fault
departure_read(
    void *self, void *bytes, size_t cap, size_t *got, struct cause *why)
{
	struct departure *d = self;
	enum fault f = FAULT_NONE;

	*got = 0;
	if (d->leaving == NULL)
		return next(d, bytes, cap, got, why);
	if (d->given == d->ready.len && (f = fill(d, why)) != FAULT_NONE)
		return f;
	*got = d->ready.len - d->given;
	if (*got > cap)
		*got = cap;
	if (*got > 0)
		memcpy(bytes, d->ready.data + d->given, *got);
	d->given += *got;
	return FAULT_NONE;
}

struct source
departure_source(struct departure *d)
{
	return (struct source){ departure_read, d };
}
