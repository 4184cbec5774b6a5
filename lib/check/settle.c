/*
 * settle: the second reading.  It happens only when a file has equal hashes of
 * a unique key, that is when it will nearly certainly be refused: so it is
 * plain and uses one thread.
 */
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "base/limits.h"
#include "check/settle.h"
#include "key/hash.h"

#define READ_CAPACITY (LIMIT_CSV_RECORD + 64 * KIB)

/* A row that is looked for: once for each end of a pair. */
struct wanted {
	uint64_t row;
	struct settle_pair *pair;
	uint64_t offset;
	uint8_t digest[HASH_LEN];
};

/* Where the second reading stands. */
struct reading {
	const struct plan *plan;
	const struct table_job *job;
	struct source source;
	char *bytes;
	size_t len, at;  /* filled; consumed */
	uint64_t offset; /* of bytes[0] in the file */
	uint64_t row;    /* of the record at "at" */
	bool end;
	struct csv_field *fields;
	struct plan_key key;
	struct wanted *wanted;
	size_t n, next;
};

static int
by_row(const void *a, const void *b)
{
	const struct wanted *x = a, *y = b;

	if (x->row != y->row)
		return x->row < y->row ? -1 : 1;
	return 0;
}

/* Moves the rest to the front and reads on. */
static enum fault
reading_fill(struct reading *r, struct cause *why)
{
	enum fault fault = FAULT_NONE;
	size_t got = 0;

	memmove(r->bytes, r->bytes + r->at, r->len - r->at);
	r->len -= r->at;
	r->offset += r->at;
	r->at = 0;
	while (r->len < READ_CAPACITY && !r->end) {
		fault = r->source.read(r->source.self, r->bytes + r->len,
		    READ_CAPACITY - r->len, &got, why);
		if (fault != FAULT_NONE)
			return fault;
		r->len += got;
		r->end = got == 0;
	}
	return FAULT_NONE;
}

static enum fault
reading_digest(struct reading *r, struct wanted *w)
{
	const struct plan_set *set = &r->plan->set[w->pair->set];
	enum fault fault = plan_key(&r->key, r->plan, set, r->fields);

	if (fault != FAULT_NONE)
		return fault;
	w->offset = r->offset + r->at;
	return hash_bytes(
	    w->digest, r->key.at == NULL ? "" : r->key.at, r->key.len);
}

/* The record just split is looked at if it is wanted. */
static enum fault
reading_record(struct reading *r, size_t n)
{
	enum fault fault = FAULT_NONE;
	size_t i = 0;

	if (r->wanted[r->next].row != r->row)
		return FAULT_NONE;
	if (n != r->plan->columns)
		return FAULT_FORMAT;
	for (i = 0; i < n; i++) {
		struct csv_field *f = &r->fields[i];

		if (!f->doubled)
			continue;
		f->len = (uint32_t)csv_unquote(
		    &r->job->dialect, f, r->bytes + (f->at - r->bytes));
	}
	while (r->next < r->n && r->wanted[r->next].row == r->row &&
	    fault == FAULT_NONE)
		fault = reading_digest(r, &r->wanted[r->next++]);
	return fault;
}

/* All records until the last wanted one. */
static enum fault
reading_run(struct reading *r, struct cause *why)
{
	enum csv_wrong wrong = CSV_OK;
	enum fault fault = FAULT_NONE;
	size_t n = 0, used = 0;

	while (r->next < r->n && fault == FAULT_NONE) {
		wrong = csv_record(&r->job->dialect, r->bytes + r->at,
		    r->len - r->at, r->end, r->fields, r->plan->columns, &n,
		    &used);
		if (wrong == CSV_MORE && !r->end) {
			fault = reading_fill(r, why);
			if (fault != FAULT_NONE)
				return fault;
			continue;
		}
		if (wrong != CSV_OK && wrong != CSV_TOO_MANY)
			fault = FAULT_FORMAT;
		else
			fault = reading_record(r, n);
		r->at += used;
		r->row++;
	}
	if (fault == FAULT_MEMORY)
		return cause_memory(why);
	if (fault != FAULT_NONE)
		return cause_set(why, FAULT_FORMAT,
		    N_("the file changed while it was being checked"));
	return FAULT_NONE;
}

/* Two ends of each pair, in the order of the file. */
static void
wanted_fill(struct wanted *wanted, const struct settle_list *list)
{
	size_t i = 0;

	for (i = 0; i < list->n; i++) {
		wanted[2 * i].row = list->pair[i].first;
		wanted[2 * i].pair = &list->pair[i];
		wanted[2 * i + 1].row = list->pair[i].second;
		wanted[2 * i + 1].pair = &list->pair[i];
	}
	qsort(wanted, 2 * list->n, sizeof(*wanted), by_row);
}

/* Compares the two ends; the later one has been met with the earlier known. */
static enum fault
wanted_compare(struct wanted *wanted, size_t n, struct settle_pair *pairs)
{
	size_t i = 0;
	uint8_t *first = calloc(n, HASH_LEN);

	if (first == NULL)
		return FAULT_MEMORY;
	for (i = 0; i < n; i++) {
		struct settle_pair *pair = wanted[i].pair;
		uint8_t *known = first + (size_t)(pair - pairs) * HASH_LEN;

		if (wanted[i].row == pair->first) {
			memcpy(known, wanted[i].digest, HASH_LEN);
			continue;
		}
		pair->offset = wanted[i].offset;
		pair->equal = memcmp(known, wanted[i].digest, HASH_LEN) == 0;
	}
	free(first);
	return FAULT_NONE;
}

enum fault
settle_pairs(const struct plan *plan, const struct table_job *job,
    struct source again, const struct settle_list *list, struct cause *why)
{
	struct reading r = { .plan = plan,
		.job = job,
		.source = again,
		.row = 1,
		.n = 2 * list->n,
		.key = PLAN_KEY };
	enum fault fault = FAULT_NONE;

	if (list->n == 0)
		return FAULT_NONE;
	r.bytes = malloc(READ_CAPACITY);
	r.fields = calloc(plan->columns + 1, sizeof(*r.fields));
	r.wanted = calloc(r.n, sizeof(*r.wanted));
	if (r.bytes == NULL || r.fields == NULL || r.wanted == NULL) {
		fault = cause_memory(why);
		goto out;
	}
	wanted_fill(r.wanted, list);
	fault = reading_fill(&r, why);
	if (fault != FAULT_NONE)
		goto out;
	if (job->dialect.bom && r.len >= 3)
		r.at = 3;
	fault = reading_run(&r, why);
	if (fault == FAULT_NONE &&
	    wanted_compare(r.wanted, r.n, list->pair) != FAULT_NONE)
		fault = cause_memory(why);
out:
	buf_free(&r.key.parts);
	free(r.wanted);
	free(r.fields);
	free(r.bytes);
	return fault;
}
