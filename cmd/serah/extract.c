/*
 * extract: two passes over the same open descriptors, so that a file replaced
 * under its name cannot slip in, and a file changed in place is found by its
 * imprint.  SHA-256, which contents.json needs, is taken in pass 1 alone.
 */
#include "extract.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/intl.h"
#include "base/io.h"
#include "base/path.h"
#include "check/listing.h"
#include "departure.h"
#include "sys/process.h"
#include "taker.h"

/* Within the processor's second cache. */
#define EXTRACT_BLOCK (128 * 1024)

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

static enum fault
open_one(struct extract *x, size_t i, struct cause *why)
{
	struct contents_file *file = &x->contents->file[i];
	const char *name = base_name(x->path[i]);
	struct stat st;
	size_t j;

	cause_place(why, name, 0, NULL, UINT64_MAX);
	if (!path_member_ok(name))
		return cause_set(why, FAULT_USAGE,
		    N_("the file's name may have only letters, digits, '.', "
		       "'_' and '-', at most %d; rename it"),
		    LIMIT_MEMBER_NAME);
	if (contents_name_reserved(name))
		return cause_set(why, FAULT_USAGE,
		    N_("the name %s is taken by the parcel itself; rename the "
		       "file"),
		    name);
	memcpy(file->name, name, strlen(name) + 1);
	for (j = 0; j < i; j++)
		if (strcasecmp(name, x->contents->file[j].name) == 0)
			return cause_set(
			    why, FAULT_USAGE, N_("two files have this name"));
	x->fd[i] = open(x->path[i], O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (x->fd[i] < 0)
		return cause_system(why, "open", x->path[i]);
	if (fstat(x->fd[i], &st) != 0)
		return cause_system(why, "stat", x->path[i]);
	if (!S_ISREG(st.st_mode))
		return cause_set(why, FAULT_USAGE, N_("is no regular file"));
	(void)posix_fadvise(x->fd[i], 0, 0, POSIX_FADV_SEQUENTIAL);
	return FAULT_NONE;
}

/* What every extract has of its own. */
static enum fault
begin(struct extract *x, const struct licence *l, size_t n, struct cause *why)
{
	memset(x, 0, sizeof(*x));
	x->dataset = l->dataset;
	x->pseudonym = l->pseudonym;
	x->lists = &l->lists;
	x->dir = -1;
	if (n > LIMIT_FILES)
		return cause_set(
		    why, FAULT_USAGE, N_("more than %d files"), LIMIT_FILES);
	return contents_new(&x->contents, n) == FAULT_NONE ? FAULT_NONE
							   : cause_memory(why);
}

enum fault
extract_open(struct extract *x, const struct licence *l,
    const char *const *paths, size_t n, struct cause *why)
{
	enum fault f;
	size_t i;

	if ((f = begin(x, l, n, why)) != FAULT_NONE)
		return f;
	x->fd = malloc(n * sizeof(*x->fd));
	x->path = calloc(n, sizeof(*x->path));
	x->imprints = calloc(n, sizeof(*x->imprints));
	if (x->fd == NULL || x->path == NULL || x->imprints == NULL)
		return cause_memory(why);
	for (i = 0; i < n; i++) {
		x->fd[i] = -1;
		x->path[i] = paths[i];
	}
	x->n = n;
	f = imprint_new(&x->imprint, why);
	for (i = 0; f == FAULT_NONE && i < n; i++)
		f = open_one(x, i, why);
	/* Which file it was is part of a fault only. */
	if (f == FAULT_NONE)
		cause_clear(why);
	return f;
}

enum fault
extract_also(struct extract *x, const struct licence *l,
    const struct extract *first, struct cause *why)
{
	enum fault f;
	size_t i;

	if ((f = begin(x, l, first->n, why)) != FAULT_NONE)
		return f;
	x->first = first;
	x->fd = first->fd;
	x->path = first->path;
	x->imprints = first->imprints;
	x->imprint = first->imprint;
	x->n = first->n;
	for (i = 0; i < x->n; i++)
		memcpy(x->contents->file[i].name, first->contents->file[i].name,
		    sizeof(x->contents->file[i].name));
	return FAULT_NONE;
}

void
extract_free(struct extract *x)
{
	size_t i;

	contents_free(x->contents);
	for (i = 0; x->first == NULL && i < x->n; i++)
		if (x->fd[i] >= 0)
			(void)close(x->fd[i]);
	if (x->first == NULL) {
		free(x->fd);
		free(x->path);
		free(x->imprints);
		imprint_free(x->imprint);
	}
	memset(x, 0, sizeof(*x));
}

/* ---- pass 1 ---- */

/* One reading of one file, for all. */
struct reading {
	struct extract *x; /* n of them */
	size_t n, i;
	struct taker **taker; /* n of them */
	char *block;          /* NULL: into the one table, without a copy */
};

static bool
wanted(const struct reading *r)
{
	size_t k;

	for (k = 0; k < r->n; k++)
		if (taker_wants(r->taker[k]))
			return true;
	return false;
}

/* Where the next bytes go. */
static enum fault
space(struct reading *r, char **at, size_t *cap, struct cause *why)
{
	enum fault f = FAULT_NONE;

	*at = r->block;
	*cap = EXTRACT_BLOCK;
	if (r->block == NULL)
		f = taker_space(r->taker[0], at, cap, why);
	if (*cap > EXTRACT_BLOCK)
		*cap = EXTRACT_BLOCK;
	return f;
}

static enum fault
give(struct reading *r, size_t got, struct cause *why)
{
	enum fault f = FAULT_NONE;
	size_t k;

	if (r->block == NULL)
		return taker_commit(r->taker[0], got, why);
	for (k = 0; f == FAULT_NONE && k < r->n; k++)
		f = taker_write(r->taker[k], r->block, got, why);
	return f;
}

static enum fault
push(struct reading *r, struct cause *why)
{
	struct extract *x = r->x;
	const char *name = x->contents->file[r->i].name;
	enum fault f = FAULT_NONE;
	size_t cap = 0, got = 0;
	char *at = NULL;

	do {
		if (process_interrupted)
			return cause_set(why, FAULT_INTERRUPTED, "%s", "");
		if ((f = space(r, &at, &cap, why)) != FAULT_NONE ||
		    (f = io_read(x->fd[r->i], at, cap, &got, name, why)) !=
			FAULT_NONE ||
		    (f = imprint_add(x->imprint, at, got)) != FAULT_NONE ||
		    (f = give(r, got, why)) != FAULT_NONE)
			return f;
	} while (got == cap && wanted(r));
	return imprint_finish(x->imprint, x->imprints[r->i]);
}

/* All faults are gathered; the first counts. */
static enum fault
sum_up(struct reading *r, struct cause *why)
{
	enum fault f, first = FAULT_NONE;
	struct cause next;
	size_t k;

	for (k = 0; k < r->n; k++) {
		cause_clear(&next);
		f = taker_end(r->taker[k], &next);
		if (f == FAULT_NONE || first != FAULT_NONE)
			continue;
		first = f;
		*why = next;
		if (fault_exit(f) != EXIT_STATUS_REFUSED)
			break;
	}
	return first;
}

void
extract_list(struct extract *x, const struct cause *why)
{
	struct buf line = BUF_MAX(4 * sizeof(*why));

	/* What cannot be listed is counted as such. */
	if (x->listing.write != NULL && x->listed < LIMIT_REPORT &&
	    listing_line(&line, why) == FAULT_NONE &&
	    x->listing.write(x->listing.self, line.data, line.len, NULL) ==
		FAULT_NONE)
		x->listed++;
	buf_free(&line);
}

/* A fault that no table finds. */
static void
keep_alone(struct extract *x, const struct cause *why)
{
	x->faults++;
	if (x->n_causes < EXTRACT_FAULTS)
		x->causes[x->n_causes++] = *why;
	extract_list(x, why);
}

static enum fault
check_file(struct reading *r, struct cause *why)
{
	enum fault f = FAULT_NONE;
	size_t k;

	/* Within the processor's second cache. */
	if (r->n > 1 || !dataset_leaves_as_is(r->x->dataset)) {
		r->block = malloc(EXTRACT_BLOCK);
		if (r->block == NULL)
			return cause_memory(why);
	}
	for (k = 0; f == FAULT_NONE && k < r->n; k++) {
		f = taker_new(&r->taker[k], &r->x[k], r->i, why);
		/* No row is left of those that are agreed. */
		if (f != FAULT_NONE && fault_exit(f) == EXIT_STATUS_REFUSED)
			keep_alone(&r->x[k], why);
	}
	if (f == FAULT_NONE)
		f = push(r, why);
	if (f == FAULT_NONE)
		f = sum_up(r, why);
	for (k = 0; k < r->n; k++) {
		taker_free(r->taker[k]);
		r->taker[k] = NULL;
	}
	free(r->block);
	r->block = NULL;
	return f;
}

/* The agreed number is that of the whole parcel, unpacked: the page of totals
 * counts, as it does for the receiver. */
static enum fault
within_bytes(struct extract *x, struct cause *why)
{
	struct buf page = BUF_MAX(LIMIT_CONTENTS);
	enum fault f;

	f = contents_format(&page, x->contents);
	if (f == FAULT_LARGER) {
		cause_clause(why, "%s.totals", x->dataset->clause);
		f = cause_set(why, FAULT_OVER_LIMITS,
		    N_("groups and warnings are more than contents.json may "
		       "hold; send fewer files at a time, or mend the data"));
	} else if (f != FAULT_NONE) {
		f = cause_memory(why);
	} else if (x->dataset->max_bytes != 0 &&
	    x->bytes + page.len > x->dataset->max_bytes) {
		cause_clause(why, "%s.limits.bytes", x->dataset->clause);
		cause_rule(why, "bytes");
		f = cause_set(why, FAULT_OVER_LIMITS,
		    N_("%llu bytes, and %llu are agreed"),
		    (unsigned long long)(x->bytes + page.len),
		    (unsigned long long)x->dataset->max_bytes);
		keep_alone(x, why);
	}
	buf_free(&page);
	return f;
}

enum fault
extract_check(struct extract *x, size_t n, struct cause *why)
{
	struct reading r = { x, n, 0, NULL, NULL };
	enum fault f = FAULT_NONE, first = FAULT_NONE;
	struct cause next;

	r.taker = calloc(n, sizeof(struct taker *));
	if (r.taker == NULL)
		return cause_memory(why);
	for (; r.i < x->n; r.i++) {
		cause_clear(&next);
		f = check_file(&r, &next);
		if (f == FAULT_NONE || first != FAULT_NONE)
			continue;
		first = f;
		*why = next;
		/* Only faults of data are worth collecting on. */
		if (fault_exit(f) != EXIT_STATUS_REFUSED)
			break;
	}
	free(r.taker);
	for (r.i = 0; first == FAULT_NONE && r.i < n; r.i++)
		first = within_bytes(&x[r.i], why);
	return first;
}

/* ---- pass 2 ---- */

static enum fault
changed(const struct contents_file *file, struct cause *why)
{
	cause_clear(why);
	cause_place(why, file->name, 0, NULL, UINT64_MAX);
	return cause_set(why, FAULT_PAYLOAD_HASH,
	    N_("the file changed between check and packing; nothing was sent"));
}

/* Exactly the bytes of pass 1, or it is another file. */
static enum fault
pour(struct extract *x, size_t i, struct source from, struct pack *pack,
    struct cause *why)
{
	const struct contents_file *file = &x->contents->file[i];
	uint64_t left = file->bytes;
	char *block = malloc(EXTRACT_BLOCK);
	size_t got = 0;
	enum fault f = block == NULL ? cause_memory(why) : FAULT_NONE;

	while (f == FAULT_NONE) {
		if (process_interrupted) {
			f = cause_set(why, FAULT_INTERRUPTED, "%s", "");
			break;
		}
		f = from.read(from.self, block, EXTRACT_BLOCK, &got, why);
		/* What was in order, and is not any more. */
		if (fault_exit(f) == EXIT_STATUS_REFUSED)
			f = changed(file, why);
		if (f != FAULT_NONE)
			break;
		if (got > left || (got == 0 && left > 0))
			f = changed(file, why);
		if (got == 0 || f != FAULT_NONE)
			break;
		left -= got;
		f = pack_write(pack, block, got, why);
	}
	free(block);
	return f;
}

static enum fault
pack_one(struct extract *x, size_t i, struct pack *pack, struct cause *why)
{
	const struct contents_file *file = &x->contents->file[i];
	struct leaving_job job = { x->dataset, file->name, x->pseudonym, NULL,
		1 };
	struct departure *from = NULL;
	uint8_t imprint[IMPRINT_LEN];
	enum fault f;

	if ((f = pack_member(pack, file->name, file->bytes, why)) !=
		FAULT_NONE ||
	    (f = departure_new(&from, &job, x->fd[i], x->imprint, why)) !=
		FAULT_NONE)
		return f;
	f = pour(x, i, departure_source(from), pack, why);
	departure_free(from);
	if (f == FAULT_NONE)
		f = imprint_finish(x->imprint, imprint);
	if (f == FAULT_NONE &&
	    memcmp(imprint, x->imprints[i], sizeof(imprint)) != 0)
		f = changed(file, why);
	return f;
}

enum fault
extract_pack(struct extract *x, const struct buf *page, struct pack *pack,
    struct cause *why)
{
	enum fault f;
	size_t i;

	f = pack_member(pack, CONTENTS_NAME, page->len, why);
	if (f == FAULT_NONE)
		f = pack_write(pack, page->data, page->len, why);
	for (i = 0; f == FAULT_NONE && i < x->n; i++)
		f = pack_one(x, i, pack, why);
	return f;
}
