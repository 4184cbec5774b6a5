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
#include "sys/process.h"

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

enum fault
extract_open(struct extract *x, const struct dataset *d,
    const char *const *paths, size_t n, struct cause *why)
{
	enum fault f;
	size_t i;

	memset(x, 0, sizeof(*x));
	x->dataset = d;
	x->dir = -1;
	if (n > LIMIT_FILES)
		return cause_set(
		    why, FAULT_USAGE, N_("more than %d files"), LIMIT_FILES);
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
	if (contents_new(&x->contents, n) != FAULT_NONE)
		return cause_memory(why);
	f = imprint_new(&x->imprint, why);
	for (i = 0; f == FAULT_NONE && i < n; i++)
		f = open_one(x, i, why);
	/* Which file it was is part of a fault only. */
	if (f == FAULT_NONE)
		cause_clear(why);
	return f;
}

void
extract_free(struct extract *x)
{
	size_t i;

	for (i = 0; i < x->n; i++)
		if (x->fd[i] >= 0)
			(void)close(x->fd[i]);
	free(x->fd);
	free(x->path);
	free(x->imprints);
	imprint_free(x->imprint);
	contents_free(x->contents);
	memset(x, 0, sizeof(*x));
}

/* ---- pass 1 ---- */

/* Reads into the table's own blocks: no copy between disk and check. */
static enum fault
push(struct extract *x, size_t i, struct table *table, struct cause *why)
{
	struct contents_file *file = &x->contents->file[i];
	enum fault f = FAULT_NONE;
	size_t cap = 0, got = 0;
	char *at = NULL;

	do {
		if (process_interrupted)
			return cause_set(why, FAULT_INTERRUPTED, "%s", "");
		if ((f = table_space(table, &at, &cap, why)) != FAULT_NONE)
			return f;
		if (cap > EXTRACT_BLOCK)
			cap = EXTRACT_BLOCK;
		if ((f = io_read(x->fd[i], at, cap, &got, file->name, why)) !=
			FAULT_NONE ||
		    (f = imprint_add(x->imprint, at, got)) != FAULT_NONE ||
		    (f = table_commit(table, got, why)) != FAULT_NONE)
			return f;
		file->bytes += got;
	} while (got == cap);
	return imprint_finish(x->imprint, x->imprints[i]);
}

/* A fault that no table finds. */
static enum fault
keep_alone(struct extract *x, const struct cause *why)
{
	struct buf line = BUF_MAX(4 * sizeof(*why));

	x->faults++;
	if (x->n_causes < EXTRACT_FAULTS)
		x->causes[x->n_causes++] = *why;
	/* What cannot be listed is counted as such. */
	if (x->listing.write != NULL && x->listed < LIMIT_REPORT &&
	    listing_line(&line, why) == FAULT_NONE &&
	    x->listing.write(x->listing.self, line.data, line.len, NULL) ==
		FAULT_NONE)
		x->listed++;
	buf_free(&line);
	return why->fault;
}

/* Keeps the faults of one file for the report. */
static void
keep(struct extract *x, const struct table *table)
{
	const struct cause *causes = NULL;
	const struct table_count *counts = NULL;
	size_t i, n;

	x->faults += table_faults(table);
	x->listed += table_listed(table);
	n = table_causes(table, &causes);
	for (i = 0; i < n && x->n_causes < EXTRACT_FAULTS; i++)
		x->causes[x->n_causes++] = causes[i];
	n = table_counts(table, &counts);
	for (i = 0; i < n && x->n_counts < EXTRACT_COUNTS; i++)
		x->counts[x->n_counts++] = counts[i];
	x->warnings += table_warnings(table);
	n = table_warning_causes(table, &causes);
	for (i = 0; i < n && x->n_cautions < EXTRACT_FAULTS; i++)
		x->cautions[x->n_cautions++] = causes[i];
}

static struct source
again(struct io_file *file)
{
	/* Only called when two keys have equal hashes; failing here would be
	 * found by the read that follows. */
	(void)lseek(file->fd, 0, SEEK_SET);
	return io_source(file);
}

/* The file once more, wherever its descriptor stands. */
struct anew {
	const struct io_file *file;
	off_t at;
};

static enum fault
anew_read(void *self, void *bytes, size_t cap, size_t *got, struct cause *why)
{
	struct anew *a = self;
	ssize_t n = 0;

	do
		n = pread(a->file->fd, bytes, cap, a->at);
	while (n < 0 && errno == EINTR && !process_interrupted);
	if (process_interrupted)
		return cause_set(why, FAULT_INTERRUPTED, "%s", "");
	if (n < 0)
		return cause_system(why, "pread", a->file->name);
	a->at += n;
	*got = (size_t)n;
	return FAULT_NONE;
}

static enum fault
check_one(struct extract *x, size_t i, struct cause *why)
{
	struct contents_file *file = &x->contents->file[i];
	const struct dataset *d = x->dataset;
	struct table_job job = { .schema = d->schema,
		.dialect = d->dialect,
		.totals = &d->totals,
		.rules = d->rules,
		.lists = x->lists,
		.file = file->name,
		.clause = d->clause,
		.max_faults = EXTRACT_FAULTS,
		.listing = x->listing,
		.max_listed = LIMIT_REPORT - x->listed };
	struct io_file source = { x->fd[i], file->name };
	struct anew anew = { &source, 0 };
	struct table *table = NULL;
	struct hash *hash = NULL;
	enum fault f;

	if (d->max_rows != 0 && (job.max_rows = d->max_rows - x->rows) == 0) {
		cause_place(why, file->name, 0, NULL, UINT64_MAX);
		cause_clause(why, "%s.limits.rows", d->clause);
		cause_rule(why, "rows");
		(void)cause_set(why, FAULT_OVER_LIMITS,
		    N_("more than %llu rows"), (unsigned long long)d->max_rows);
		return keep_alone(x, why);
	}
	if (hash_new(&hash) != FAULT_NONE)
		return cause_memory(why);
	if ((f = table_new(&table, &job, why)) != FAULT_NONE)
		goto out;
	table_hash(table, hash);
	table_sorted(table, (struct source){ anew_read, &anew });
	table_spill(table, x->dir, LIMIT_KEYS_MEMORY);
	/* A fault that ends the reading is among the table's own faults. */
	f = push(x, i, table, why);
	if (f == FAULT_NONE)
		f = table_finish(table, again(&source), why);
	keep(x, table);
	/* Of a file that is refused, too: they are shown. */
	table_warned(table, &file->warnings);
	if (f != FAULT_NONE)
		goto out;
	file->rows = table_rows(table);
	hash_finish_text(hash, file->sha256);
	table_totals(table, &file->totals);
	file->keyed = table_keyed(table);
	x->rows += file->rows;
	x->bytes += file->bytes;
out:
	/* The table's workers use the hash: they must end first. */
	table_free(table);
	hash_free(hash);
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
		(void)cause_set(why, FAULT_OVER_LIMITS,
		    N_("%llu bytes, and %llu are agreed"),
		    (unsigned long long)(x->bytes + page.len),
		    (unsigned long long)x->dataset->max_bytes);
		f = keep_alone(x, why);
	}
	buf_free(&page);
	return f;
}

enum fault
extract_check(struct extract *x, struct cause *why)
{
	enum fault f, first = FAULT_NONE;
	struct cause next;
	size_t i;

	for (i = 0; i < x->n; i++) {
		cause_clear(&next);
		f = check_one(x, i, &next);
		if (f == FAULT_NONE || first != FAULT_NONE)
			continue;
		first = f;
		*why = next;
		/* Only faults of data are worth collecting on. */
		if (fault_exit(f) != EXIT_STATUS_REFUSED)
			break;
	}
	return first == FAULT_NONE ? within_bytes(x, why) : first;
}

/* ---- pass 2 ---- */

static enum fault
changed(const struct contents_file *file, struct cause *why)
{
	cause_place(why, file->name, 0, NULL, UINT64_MAX);
	return cause_set(why, FAULT_PAYLOAD_HASH,
	    N_("the file changed between check and packing; nothing was sent"));
}

/* Exactly the bytes of pass 1, or it is another file. */
static enum fault
pour(struct extract *x, size_t i, struct pack *pack, char *block,
    struct cause *why)
{
	const struct contents_file *file = &x->contents->file[i];
	uint64_t left = file->bytes;
	size_t got = 0;
	enum fault f;

	for (;;) {
		if (process_interrupted)
			return cause_set(why, FAULT_INTERRUPTED, "%s", "");
		if ((f = io_read(x->fd[i], block, EXTRACT_BLOCK, &got,
			 file->name, why)) != FAULT_NONE)
			return f;
		if (got > left || (got == 0 && left > 0))
			return changed(file, why);
		if (got == 0)
			return FAULT_NONE;
		left -= got;
		if ((f = imprint_add(x->imprint, block, got)) != FAULT_NONE ||
		    (f = pack_write(pack, block, got, why)) != FAULT_NONE)
			return f;
	}
}

static enum fault
pack_one(struct extract *x, size_t i, struct pack *pack, char *block,
    struct cause *why)
{
	const struct contents_file *file = &x->contents->file[i];
	uint8_t imprint[IMPRINT_LEN];
	enum fault f;

	if (lseek(x->fd[i], 0, SEEK_SET) != 0)
		return cause_system(why, "lseek", file->name);
	if ((f = pack_member(pack, file->name, file->bytes, why)) !=
		FAULT_NONE ||
	    (f = pour(x, i, pack, block, why)) != FAULT_NONE ||
	    (f = imprint_finish(x->imprint, imprint)) != FAULT_NONE)
		return f;
	if (memcmp(imprint, x->imprints[i], sizeof(imprint)) != 0)
		return changed(file, why);
	return FAULT_NONE;
}

enum fault
extract_pack(struct extract *x, const struct buf *page, struct pack *pack,
    struct cause *why)
{
	char *block = malloc(EXTRACT_BLOCK);
	enum fault f;
	size_t i;

	if (block == NULL)
		return cause_memory(why);
	f = pack_member(pack, CONTENTS_NAME, page->len, why);
	if (f == FAULT_NONE)
		f = pack_write(pack, page->data, page->len, why);
	for (i = 0; f == FAULT_NONE && i < x->n; i++)
		f = pack_one(x, i, pack, block, why);
	free(block);
	return f;
}
