/*
 * spill: one descriptor, written from start to end and then read, so that a
 * confined half needs no other calls than it has.  A run notes where each of
 * its buckets ends: two kilobytes for the megabytes that it holds.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/intl.h"
#include "base/io.h"
#include "check/spill.h"
#include "check/unique.h"

/* Entries written or read at once: 128 KiB. */
#define PIECE 8192
/* What names the file in a cause. */
#define SPILL_NAME "keys-beyond-memory"

struct run {
	struct run *next; /* an earlier one */
	uint64_t at;      /* in entries of the file */
	uint32_t end[];   /* by bucket: entries of the run up to its end */
};

struct spill {
	int fd;
	size_t buckets;
	struct run *runs; /* the latest first */
	uint64_t written; /* entries of the file */
	size_t bucket;    /* at hand */

	/* reading */
	const struct run *run; /* in which the descriptor stands, or NULL */
	uint64_t left;         /* entries of the bucket in it */

	size_t fill;
	struct unique_entry piece[PIECE];
};

/* Unnamed files are what some network file systems lack: each says so in its
 * own way. */
static bool
has_none(int error)
{
	return error == EOPNOTSUPP || error == EISDIR || error == EINVAL ||
	    error == ENOENT;
}

enum fault
spill_new(struct spill **out, int dir, size_t buckets, struct cause *why)
{
	struct spill *s = NULL;
	int fd =
	    openat(dir, ".", O_TMPFILE | O_EXCL | O_RDWR | O_CLOEXEC, 0600);

	*out = NULL;
	if (fd < 0 && has_none(errno))
		return cause_set(why, FAULT_ABSENT,
		    N_("this file system has no files without names"));
	if (fd < 0)
		return cause_system(why, "open", SPILL_NAME);
	if ((s = malloc(sizeof(*s))) == NULL) {
		(void)close(fd);
		return cause_memory(why);
	}
	s->fd = fd;
	s->buckets = buckets;
	s->runs = NULL;
	s->written = 0;
	s->bucket = 0;
	s->run = NULL;
	s->left = 0;
	s->fill = 0;
	*out = s;
	return FAULT_NONE;
}

void
spill_free(struct spill *s)
{
	struct run *run = NULL, *next = NULL;

	if (s == NULL)
		return;
	for (run = s->runs; run != NULL; run = next) {
		next = run->next;
		free(run);
	}
	(void)close(s->fd);
	free(s);
}

/* ---- writing ---- */

static enum fault
spill_flush(struct spill *s, struct cause *why)
{
	size_t n = s->fill;

	s->fill = 0;
	s->written += n;
	return n == 0
	    ? FAULT_NONE
	    : io_write(s->fd, s->piece, n * sizeof(*s->piece), SPILL_NAME, why);
}

enum fault
spill_begin(struct spill *s, struct cause *why)
{
	struct run *run =
	    malloc(sizeof(*run) + s->buckets * sizeof(run->end[0]));

	if (run == NULL)
		return cause_memory(why);
	run->next = s->runs;
	run->at = s->written;
	s->runs = run;
	s->bucket = 0;
	return FAULT_NONE;
}

enum fault
spill_put(struct spill *s, const struct unique_entry *entries, size_t n,
    struct cause *why)
{
	enum fault fault = FAULT_NONE;
	size_t part = 0;

	for (; n > 0 && fault == FAULT_NONE; n -= part, entries += part) {
		part = PIECE - s->fill < n ? PIECE - s->fill : n;
		memcpy(s->piece + s->fill, entries, part * sizeof(*entries));
		s->fill += part;
		if (s->fill == PIECE)
			fault = spill_flush(s, why);
	}
	return fault;
}

void
spill_bucket_end(struct spill *s)
{
	s->runs->end[s->bucket++] =
	    (uint32_t)(s->written + s->fill - s->runs->at);
}

enum fault
spill_end(struct spill *s, struct cause *why)
{
	return spill_flush(s, why);
}

/* ---- reading ---- */

static uint32_t
run_start(const struct run *run, size_t bucket)
{
	return bucket == 0 ? 0 : run->end[bucket - 1];
}

uint64_t
spill_count(const struct spill *s, size_t bucket)
{
	const struct run *run = NULL;
	uint64_t n = 0;

	for (run = s->runs; run != NULL; run = run->next)
		n += run->end[bucket] - run_start(run, bucket);
	return n;
}

/* Goes to the bucket in this run, or in the next one that has entries of it. */
static enum fault
spill_find(struct spill *s, const struct run *run, struct cause *why)
{
	uint64_t at = 0;

	while (run != NULL && run->end[s->bucket] == run_start(run, s->bucket))
		run = run->next;
	s->run = run;
	if (run == NULL)
		return FAULT_NONE;
	at = run->at + run_start(run, s->bucket);
	s->left = run->end[s->bucket] - run_start(run, s->bucket);
	if (lseek(s->fd, (off_t)(at * sizeof(*s->piece)), SEEK_SET) < 0)
		return cause_system(why, "lseek", SPILL_NAME);
	return FAULT_NONE;
}

enum fault
spill_seek(struct spill *s, size_t bucket, struct cause *why)
{
	s->bucket = bucket;
	return spill_find(s, s->runs, why);
}

enum fault
spill_next(struct spill *s, const struct unique_entry **entries, size_t *n,
    struct cause *why)
{
	enum fault fault = FAULT_NONE;
	size_t got = 0;

	*entries = s->piece;
	*n = 0;
	if (s->run == NULL)
		return FAULT_NONE;
	if (s->left == 0)
		fault = spill_find(s, s->run->next, why);
	if (fault != FAULT_NONE || s->run == NULL)
		return fault;
	*n = s->left < PIECE ? (size_t)s->left : PIECE;
	s->left -= *n;
	fault = io_read(
	    s->fd, s->piece, *n * sizeof(*s->piece), &got, SPILL_NAME, why);
	if (fault == FAULT_NONE && got < *n * sizeof(*s->piece))
		return cause_set(why, FAULT_SYSTEM,
		    N_("the file of keys lost what was written to it"));
	return fault;
}
