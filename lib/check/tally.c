/*
 * tally: counting without locks.  Each worker has its own, merged at the end;
 * counts and exact sums come out the same in whatever order rows were taken.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/moment.h"
#include "check/tally.h"

/* Entries waiting in one worker, over all sets. */
#define BATCH_ALL 8192
#define BATCH_MIN 64
#define BATCH_MAX 2048
/* A column of few values, counted as distinct, would hand over each row: what
 * passed lately is left out. */
#define SEEN 1024

static size_t
tally_n(const struct plan *plan)
{
	return plan->totals == NULL ? 0 : plan->totals->n;
}

static enum fault
tally_init_sets(struct tally *t)
{
	const struct plan *plan = t->plan;
	size_t i = 0;

	/* Memory stays the same, however many columns are unique. */
	t->batch_max = BATCH_ALL / (plan->n_sets + 1);
	if (t->batch_max > BATCH_MAX)
		t->batch_max = BATCH_MAX;
	if (t->batch_max < BATCH_MIN)
		t->batch_max = BATCH_MIN;
	for (i = 0; i < plan->n_sets; i++) {
		struct tally_batch *b = &t->batch[i];

		b->entry = calloc(t->batch_max, sizeof(*b->entry));
		if (b->entry == NULL)
			return FAULT_MEMORY;
		if (!plan->set[i].distinct)
			continue;
		b->seen = calloc(SEEN, sizeof(*b->seen));
		if (b->seen == NULL)
			return FAULT_MEMORY;
	}
	return FAULT_NONE;
}

static enum fault
tally_init_count(struct tally *t, size_t total)
{
	size_t column = t->plan->totals->spec[total].column;
	size_t words = screen_words(t->plan->column[column].screen);

	if (words > 0) {
		t->words[total] = calloc(words, sizeof(**t->words));
		if (t->words[total] == NULL)
			return FAULT_MEMORY;
	}
	return groups_init(&t->groups[total], t->plan->seed);
}

enum fault
tally_init(struct tally *t, const struct plan *plan)
{
	size_t n = tally_n(plan), i = 0;

	memset(t, 0, sizeof(*t));
	t->plan = plan;
	t->key = (struct plan_key)PLAN_KEY;
	t->batch = calloc(plan->n_sets + 1, sizeof(*t->batch));
	t->groups = calloc(n + 1, sizeof(*t->groups));
	t->words = calloc(n + 1, sizeof(*t->words));
	t->sum = calloc(n + 1, sizeof(*t->sum));
	t->edge = calloc(n + 1, sizeof(*t->edge));
	t->filled = calloc(n + 1, sizeof(*t->filled));
	if (t->batch == NULL || t->groups == NULL || t->words == NULL ||
	    t->sum == NULL || t->edge == NULL || t->filled == NULL)
		return FAULT_MEMORY;
	for (i = 0; i < n; i++)
		if (plan->totals->spec[i].kind == TOTAL_COUNT_BY &&
		    tally_init_count(t, i) != FAULT_NONE)
			return FAULT_MEMORY;
	return tally_init_sets(t);
}

void
tally_free(struct tally *t)
{
	size_t i = 0;

	if (t->plan == NULL)
		return;
	for (i = 0; t->batch != NULL && i < t->plan->n_sets; i++) {
		free(t->batch[i].entry);
		free(t->batch[i].seen);
	}
	for (i = 0; t->groups != NULL && i < tally_n(t->plan); i++)
		groups_free(&t->groups[i]);
	free(t->batch);
	for (i = 0; t->words != NULL && i < tally_n(t->plan); i++)
		free(t->words[i]);
	free(t->groups);
	free(t->words);
	free(t->sum);
	free(t->edge);
	free(t->filled);
	buf_free(&t->key.parts);
	memset(t, 0, sizeof(*t));
}

static enum fault
batch_flush(struct tally *t, size_t set)
{
	struct tally_batch *b = &t->batch[set];
	size_t n = b->n;

	/* Emptied whatever comes: after a fault the file is refused. */
	b->n = 0;
	return n == 0 ? FAULT_NONE
		      : unique_add(t->plan->set[set].unique, b->entry, n);
}

static enum fault
batch_put(
    struct tally *t, size_t set, const char *key, size_t len, uint64_t row)
{
	struct tally_batch *b = &t->batch[set];
	uint64_t hash = unique_hash(t->plan->set[set].unique, key, len);

	if (b->seen != NULL) {
		/* 0 stands for an empty place: such a hash always passes. */
		if (b->seen[hash % SEEN] == hash && hash != 0)
			return FAULT_NONE;
		b->seen[hash % SEEN] = hash;
		/* It is only counted: no row is asked for. */
		row = unique_hash_second(t->plan->set[set].unique, key, len);
	}
	b->entry[b->n].hash = hash;
	b->entry[b->n].row = row;
	b->n++;
	return b->n == t->batch_max ? batch_flush(t, set) : FAULT_NONE;
}

/* Keys; missing values are equal to nothing, as in SQL. */
static enum fault
tally_keys(struct tally *t, size_t set, const struct cells *cells)
{
	uint64_t bits = cells->good & ~cells->missing;
	const struct csv_field *f = NULL;
	enum fault fault = FAULT_NONE;
	size_t i = 0;

	if (set < ORDER_SETS && (t->held >> set & 1) != 0) {
		order_cells(&t->run[set], cells);
		return FAULT_NONE;
	}
	for (; bits != 0 && fault == FAULT_NONE; bits &= bits - 1) {
		i = (size_t)__builtin_ctzll(bits);
		f = &cells->field[i * cells->stride];
		fault = batch_put(
		    t, set, f->at, f->len, cells->base + cells->row[i]);
	}
	return fault;
}

/* Groups; missing values are one of their own, named "". */
static enum fault
tally_count(struct tally *t, size_t total, const struct cells *cells)
{
	uint64_t bits = cells->good & cells->missing;
	uint64_t *words = t->words[total];
	enum fault fault = FAULT_NONE;

	if (bits != 0)
		fault = groups_add(&t->groups[total], "", 0,
		    (uint64_t)__builtin_popcountll(bits));
	bits = cells->good & ~cells->missing;
	if (fault != FAULT_NONE)
		return fault;
	if (words == NULL)
		return groups_add_cells(&t->groups[total], cells, bits);
	/* The check has found which word it is. */
	for (; bits != 0; bits &= bits - 1)
		words[cells->word[__builtin_ctzll(bits)]]++;
	return FAULT_NONE;
}

static void
tally_sum(struct tally *t, size_t total, const struct column *rule,
    const struct cells *cells)
{
	uint64_t bits = cells->good & ~cells->missing;
	const struct csv_field *f = NULL;

	for (; bits != 0; bits &= bits - 1) {
		f = &cells
			 ->field[(size_t)__builtin_ctzll(bits) * cells->stride];
		value_sum_add(&t->sum[total], rule, f->at, f->len);
	}
}

static void
tally_edge(struct tally *t, size_t total, const struct column *rule,
    const struct cells *cells)
{
	bool latest = t->plan->totals->spec[total].kind == TOTAL_MAX;
	uint64_t bits = cells->good & ~cells->missing;
	const struct csv_field *f = NULL;

	for (; bits != 0; bits &= bits - 1) {
		f = &cells
			 ->field[(size_t)__builtin_ctzll(bits) * cells->stride];
		value_edge_add(&t->edge[total], rule, f->at, f->len, latest);
	}
}

enum fault
tally_cells(struct tally *t, size_t column, const struct cells *cells)
{
	const struct plan_column *c = &t->plan->column[column];
	const struct plan_job *job = &t->plan->job[c->first];
	const struct plan_job *end = job + c->jobs;
	enum fault fault = FAULT_NONE;

	for (; job < end && fault == FAULT_NONE; job++) {
		/* Of a column among those the key has one set. */
		if (t->only != 0 && job->kind != JOB_UNIQUE)
			continue;
		switch (job->kind) {
		case JOB_UNIQUE:
		case JOB_DISTINCT:
			fault = tally_keys(t, job->index, cells);
			break;
		case JOB_COUNT:
			fault = tally_count(t, job->index, cells);
			break;
		case JOB_SUM:
			tally_sum(t, job->index, c->rule, cells);
			break;
		case JOB_EDGE:
			tally_edge(t, job->index, c->rule, cells);
			break;
		case JOB_FILLED:
			t->filled[job->index] += (uint64_t)__builtin_popcountll(
			    cells->good & ~cells->missing);
			break;
		}
	}
	return fault;
}

enum fault
tally_record(struct tally *t, const struct csv_field *fields, uint64_t row)
{
	size_t set = t->plan->n_sets - t->plan->composite;
	enum fault fault = FAULT_NONE;

	for (; set < t->plan->n_sets && fault == FAULT_NONE; set++) {
		fault = plan_key(&t->key, t->plan, &t->plan->set[set], fields);
		if (fault == FAULT_NONE && t->key.at != NULL)
			fault = batch_put(t, set, t->key.at, t->key.len, row);
	}
	return fault;
}

/* Counts by word become groups. */
static enum fault
words_flush(struct tally *t, size_t total)
{
	size_t column = t->plan->totals->spec[total].column, i = 0;
	const struct screen *screen = t->plan->column[column].screen;
	enum fault fault = FAULT_NONE;
	const char *word = NULL;

	for (i = 0; i < screen_words(screen) && fault == FAULT_NONE; i++) {
		if (t->words[total][i] == 0)
			continue;
		word = screen_word(screen, i);
		fault = groups_add(
		    &t->groups[total], word, strlen(word), t->words[total][i]);
		t->words[total][i] = 0;
	}
	return fault;
}

enum fault
tally_flush(struct tally *t)
{
	enum fault fault = FAULT_NONE;
	size_t i = 0;

	for (i = 0; i < t->plan->n_sets && fault == FAULT_NONE; i++)
		fault = batch_flush(t, i);
	for (i = 0; i < tally_n(t->plan) && fault == FAULT_NONE; i++)
		if (t->words[i] != NULL)
			fault = words_flush(t, i);
	return fault;
}

enum fault
tally_merge(struct tally *t, const struct tally *from)
{
	const struct totals_spec *totals = t->plan->totals;
	enum fault fault = FAULT_NONE;
	size_t i = 0;

	for (i = 0; i < tally_n(t->plan) && fault == FAULT_NONE; i++) {
		if (totals->spec[i].kind == TOTAL_COUNT_BY)
			fault = groups_merge(&t->groups[i], &from->groups[i]);
		/* Of other kinds these are zero, on both sides. */
		value_sum_merge(&t->sum[i], &from->sum[i]);
		value_edge_merge(&t->edge[i], &from->edge[i],
		    totals->spec[i].kind == TOTAL_MAX);
		t->filled[i] += from->filled[i];
	}
	return fault;
}

size_t
tally_over(const struct tally *t, bool *sum)
{
	const struct total_spec *spec = NULL;
	char text[80] = "";
	size_t i = 0;

	for (i = 0; i < tally_n(t->plan); i++) {
		spec = &t->plan->totals->spec[i];
		*sum = spec->kind == TOTAL_SUM;
		if (spec->kind == TOTAL_COUNT_BY && t->groups[i].over)
			return spec->column;
		if (*sum && !value_sum_text(&t->sum[i], text, sizeof(text)))
			return spec->column;
	}
	return SIZE_MAX;
}

/* The set of a distinct total. */
static uint64_t
distinct_of(const struct plan *p, size_t column, const uint64_t *distinct)
{
	size_t i = 0;

	for (i = 0; i < p->n_sets; i++)
		if (p->set[i].distinct && p->set[i].own == column)
			return distinct[i];
	return 0;
}

static enum fault
tally_total(const struct tally *t, size_t i, uint64_t rows,
    const uint64_t *distinct, struct total *out)
{
	const struct total_spec *spec = &t->plan->totals->spec[i];
	uint64_t count = rows;

	out->kind = spec->kind;
	if (spec->kind != TOTAL_ROWS) {
		out->column =
		    strdup(schema_name(t->plan->schema, spec->column));
		if (out->column == NULL)
			return FAULT_MEMORY;
	}
	switch (spec->kind) {
	case TOTAL_COUNT_BY:
		return groups_result(
		    &t->groups[i], &out->groups, &out->n_groups);
	case TOTAL_SUM:
		/* tally_over has tried it before. */
		(void)value_sum_text(
		    &t->sum[i], out->value, sizeof(out->value));
		return FAULT_NONE;
	case TOTAL_MIN:
	case TOTAL_MAX:
		if (t->edge[i].any)
			moment_text(out->value, t->edge[i].key,
			    column_timed(t->plan->column[spec->column].rule));
		return FAULT_NONE;
	case TOTAL_DISTINCT:
		count = distinct_of(t->plan, spec->column, distinct);
		break;
	case TOTAL_FILLED:
		count = t->filled[i];
		break;
	case TOTAL_ROWS:
		break;
	}
	(void)snprintf(out->value, sizeof(out->value), "%" PRIu64, count);
	return FAULT_NONE;
}

enum fault
tally_totals(const struct tally *t, uint64_t rows, const uint64_t *distinct,
    struct totals *out, struct cause *why)
{
	enum fault fault = FAULT_NONE;
	size_t n = tally_n(t->plan), i = 0;

	memset(out, 0, sizeof(*out));
	out->total = calloc(n + 1, sizeof(*out->total));
	if (out->total == NULL)
		return cause_memory(why);
	out->n = n;
	for (i = 0; i < n && fault == FAULT_NONE; i++)
		fault = tally_total(t, i, rows, distinct, &out->total[i]);
	if (fault == FAULT_NONE)
		return FAULT_NONE;
	totals_free(out);
	return cause_memory(why);
}
