/*
 * taker: the stages of leaving, and the table at their end.  What the stages
 * find and what the table finds become one list, in the order of the source.
 */
#include "taker.h"

#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "departure.h"
#include "leaving.h"

/* Rows with a wrong number of fields that find room in the report. */
#define TAKER_LISTED 1000

struct taker {
	struct extract *x;
	size_t i;
	struct contents_file *file; /* of x */
	struct origin *origin;
	struct leaving *leaving;
	struct departure *anew;  /* for keys that do not ascend */
	struct departure *again; /* for equal hashes */
	struct table *table;
	struct hash *hash;
	uint64_t bytes;      /* that left */
	struct cause own;    /* of the stages, or of the table */
	bool stopped, whose; /* something was refused; by the table */
};

static enum fault
table_take(void *self, const void *bytes, size_t len, struct cause *why)
{
	struct taker *t = self;
	enum fault f = table_write(t->table, bytes, len, why);

	t->bytes += len;
	t->whose = f != FAULT_NONE;
	return f;
}

static enum fault
open_stages(struct taker *t, struct cause *why)
{
	struct leaving_job job = { t->x->dataset, t->file->name,
		t->x->pseudonym, NULL, 1 };
	int fd = t->x->fd[t->i];
	enum fault f;

	/* Those that only read again must not tell the origin once more. */
	if ((f = departure_new(&t->anew, &job, fd, NULL, why)) != FAULT_NONE ||
	    (f = departure_new(&t->again, &job, fd, NULL, why)) != FAULT_NONE)
		return f;
	if (!dataset_leaves_as_is(t->x->dataset)) {
		if (origin_new(&t->origin) != FAULT_NONE)
			return cause_memory(why);
		job.origin = t->origin;
		job.max_faults =
		    t->x->listing.write == NULL ? EXTRACT_FAULTS : TAKER_LISTED;
	}
	return leaving_new(
	    &t->leaving, &job, (struct sink){ table_take, t }, why);
}

static enum fault
open_table(struct taker *t, struct cause *why)
{
	const struct dataset *d = t->x->dataset;
	struct table_job job = { .schema = d->schema,
		.dialect = dataset_staged_dialect(d),
		.totals = &d->totals,
		.rules = d->rules,
		.lists = t->x->lists,
		.file = t->file->name,
		.clause = d->clause,
		.max_faults = EXTRACT_FAULTS,
		.listing = t->x->listing,
		.max_listed = LIMIT_REPORT - t->x->listed,
		.origin = t->origin };
	enum fault f;

	if (d->max_rows != 0 &&
	    (job.max_rows = d->max_rows - t->x->rows) == 0) {
		cause_place(why, t->file->name, 0, NULL, UINT64_MAX);
		cause_clause(why, "%s.limits.rows", d->clause);
		cause_rule(why, "rows");
		return cause_set(why, FAULT_OVER_LIMITS,
		    N_("more than %llu rows"), (unsigned long long)d->max_rows);
	}
	if (hash_new(&t->hash) != FAULT_NONE)
		return cause_memory(why);
	if ((f = table_new(&t->table, &job, why)) != FAULT_NONE)
		return f;
	table_hash(t->table, t->hash);
	table_spill(t->table, t->x->dir, LIMIT_KEYS_MEMORY);
	table_sorted(t->table, departure_source(t->anew));
	return FAULT_NONE;
}

enum fault
taker_new(struct taker **out, struct extract *x, size_t i, struct cause *why)
{
	struct taker *t = calloc(1, sizeof(*t));
	enum fault f;

	*out = NULL;
	if (t == NULL)
		return cause_memory(why);
	t->x = x;
	t->i = i;
	t->file = &x->contents->file[i];
	cause_clear(&t->own);
	if ((f = open_stages(t, why)) == FAULT_NONE)
		f = open_table(t, why);
	if (f != FAULT_NONE) {
		taker_free(t);
		t = NULL;
	}
	*out = t;
	return f;
}

void
taker_free(struct taker *t)
{
	if (t == NULL)
		return;
	/* The table's workers use the hash: they must end first. */
	table_free(t->table);
	hash_free(t->hash);
	leaving_free(t->leaving);
	departure_free(t->anew);
	departure_free(t->again);
	origin_free(t->origin);
	free(t);
}

bool
taker_wants(const struct taker *t)
{
	return !t->stopped;
}

/* A refusal stops this taker alone; anything else stops the work. */
static enum fault
settle(struct taker *t, enum fault f, struct cause *why)
{
	if (f == FAULT_NONE)
		return f;
	if (fault_exit(f) == EXIT_STATUS_REFUSED) {
		t->stopped = true;
		return FAULT_NONE;
	}
	if (why != NULL)
		*why = t->own;
	return f;
}

enum fault
taker_write(struct taker *t, const void *bytes, size_t len, struct cause *why)
{
	if (t->stopped)
		return FAULT_NONE;
	return settle(t, leaving_write(t->leaving, bytes, len, &t->own), why);
}

enum fault
taker_space(struct taker *t, char **at, size_t *cap, struct cause *why)
{
	return table_space(t->table, at, cap, why);
}

enum fault
taker_commit(struct taker *t, size_t len, struct cause *why)
{
	t->bytes += len;
	t->whose = true;
	return settle(t, table_commit(t->table, len, &t->own), why);
}

/* ---- the report ---- */

/* Whether a stands in the file before b; no row is behind all rows. */
static bool
before(const struct cause *a, const struct cause *b)
{
	return a->row - 1 < b->row - 1;
}

/* Among those of this file, which begin at "from". */
static void
keep_cause(struct extract *x, size_t from, const struct cause *c)
{
	size_t i = x->n_causes;

	while (i > from && before(c, &x->causes[i - 1]))
		i--;
	if (i == EXTRACT_FAULTS)
		return;
	if (x->n_causes == EXTRACT_FAULTS)
		x->n_causes--;
	memmove(&x->causes[i + 1], &x->causes[i],
	    (x->n_causes - i) * sizeof(*x->causes));
	x->causes[i] = *c;
	x->n_causes++;
}

static void
keep_count(struct extract *x, const struct table_count *count)
{
	if (x->n_counts < EXTRACT_COUNTS && count->count > 0)
		x->counts[x->n_counts++] = *count;
}

/* The table's faults, and those of the stages among them. */
static void
keep(struct taker *t)
{
	struct extract *x = t->x;
	struct table_count ragged = { "", "columns",
		leaving_faults(t->leaving) };
	struct table_count own = { "", "", 1 };
	const struct cause *causes = NULL;
	const struct table_count *counts = NULL;
	size_t from = x->n_causes, i, n;

	n = table_causes(t->table, &causes);
	for (i = 0; i < n; i++)
		keep_cause(x, from, &causes[i]);
	x->listed += table_listed(t->table);
	n = leaving_causes(t->leaving, &causes);
	for (i = 0; i < n; i++) {
		keep_cause(x, from, &causes[i]);
		extract_list(x, &causes[i]);
	}
	n = table_counts(t->table, &counts);
	for (i = 0; i < n; i++)
		keep_count(x, &counts[i]);
	keep_count(x, &ragged);
	x->warnings += table_warnings(t->table);
	n = table_warning_causes(t->table, &causes);
	for (i = 0; i < n && x->n_cautions < EXTRACT_FAULTS; i++)
		x->cautions[x->n_cautions++] = causes[i];
	/* Of a file that is refused, too: they are shown. */
	table_warned(t->table, &t->file->warnings);
	x->faults += table_faults(t->table) + ragged.count;
	if (!t->stopped || t->whose)
		return;
	memcpy(own.column, t->own.column, sizeof(own.column));
	memcpy(own.rule, t->own.rule, sizeof(own.rule));
	keep_cause(x, from, &t->own);
	extract_list(x, &t->own);
	keep_count(x, &own);
	x->faults++;
}

/* Of half a source the table tells no more than rows. */
static enum fault
finish(struct taker *t, struct cause *why)
{
	struct source none = { NULL, NULL };

	if (!t->stopped || t->whose)
		return table_finish(t->table, departure_source(t->again), why);
	if (t->bytes == 0)
		return FAULT_NONE;
	table_cease(t->table);
	return table_finish(t->table, none, why);
}

enum fault
taker_end(struct taker *t, struct cause *why)
{
	struct extract *x = t->x;
	size_t from = x->n_causes;
	uint64_t faults = x->faults;
	enum fault f = FAULT_NONE;

	if (!t->stopped)
		f = settle(t, leaving_end(t->leaving, &t->own), why);
	if (f == FAULT_NONE)
		f = finish(t, why);
	if (f != FAULT_NONE && fault_exit(f) != EXIT_STATUS_REFUSED)
		return f;
	keep(t);
	if (x->faults > faults) {
		/* The list may be full of the files before. */
		if (from < x->n_causes)
			*why = x->causes[from];
		else if (f == FAULT_NONE)
			*why = t->own;
		return why->fault;
	}
	if (f != FAULT_NONE)
		return f;
	t->file->bytes = t->bytes;
	t->file->rows = table_rows(t->table);
	hash_finish_text(t->hash, t->file->sha256);
	table_totals(t->table, &t->file->totals);
	t->file->keyed = table_keyed(t->table);
	x->rows += t->file->rows;
	x->bytes += t->file->bytes;
	return FAULT_NONE;
}
