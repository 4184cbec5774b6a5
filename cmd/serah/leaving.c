/*
 * leaving: two stages, each a sink into the next, or none.
 *
 *   recode (the agreed encoding, proved) -> project (records, written again)
 */
#include "leaving.h"

#include <stdlib.h>

#include "check/project.h"
#include "text/recode.h"

struct leaving {
	struct leaving_job job;
	struct sink to;
	struct recode *recode;   /* NULL: as it is */
	struct project *project; /* the same */
	enum fault later;        /* fault of the second stage */
};

/* The second stage as a sink of the first: whose fault it was must be known. */
static enum fault
second_write(void *self, const void *bytes, size_t len, struct cause *why)
{
	struct leaving *l = self;

	l->later = project_write(l->project, bytes, len, why);
	return l->later;
}

enum fault
leaving_new(struct leaving **out, const struct leaving_job *job, struct sink to,
    struct cause *why)
{
	const struct dataset *d = job->dataset;
	struct project_job how = { &d->projection, d->schema, d->dialect.csv,
		job->file, d->clause, job->pseudonym, job->origin,
		job->max_faults, UINT64_MAX, false };
	struct leaving *l = calloc(1, sizeof(*l));
	enum fault f = FAULT_NONE;

	*out = NULL;
	if (l == NULL)
		return cause_memory(why);
	l->job = *job;
	l->to = to;
	if (!dataset_leaves_as_is(d)) {
		/* In UTF-8 alone bytes stay where they are. */
		if (d->dialect.encoding == RECODE_UTF8)
			how.offset =
			    d->dialect.csv.bom ? recode_bom(RECODE_UTF8) : 0;
		f = project_new(&l->project, &how, to, why);
		if (f == FAULT_NONE)
			f = recode_new(&l->recode, d->dialect.encoding,
			    d->dialect.csv.bom,
			    (struct sink){ second_write, l }, why);
	}
	if (f != FAULT_NONE) {
		leaving_free(l);
		l = NULL;
	}
	*out = l;
	return f;
}

void
leaving_free(struct leaving *l)
{
	if (l == NULL)
		return;
	recode_free(l->recode);
	project_free(l->project);
	free(l);
}

/* A byte that is not in the encoding is told by row and column too; but a fault
 * of the structure before it comes first. */
static enum fault
explain(struct leaving *l, enum fault f, struct cause *why)
{
	struct cause lost;
	enum fault g = FAULT_NONE;

	if (f != FAULT_ENCODING || l->later != FAULT_NONE)
		return f;
	cause_clear(&lost);
	g = project_place(l->project, &lost);
	if (g != FAULT_NONE) {
		if (why != NULL)
			*why = lost;
		return g;
	}
	cause_place(why, lost.file, lost.row,
	    lost.column[0] == '\0' ? NULL : lost.column, UINT64_MAX);
	cause_clause(why, "%s.dialect", l->job.dataset->clause);
	return f;
}

enum fault
leaving_write(
    struct leaving *l, const void *bytes, size_t len, struct cause *why)
{
	if (l->recode == NULL)
		return l->to.write(l->to.self, bytes, len, why);
	return explain(l, recode_write(l->recode, bytes, len, why), why);
}

enum fault
leaving_end(struct leaving *l, struct cause *why)
{
	enum fault f = FAULT_NONE;

	if (l->recode == NULL)
		return FAULT_NONE;
	f = explain(l, recode_end(l->recode, why), why);
	return f == FAULT_NONE ? project_end(l->project, why) : f;
}

uint64_t
leaving_faults(const struct leaving *l)
{
	return l->project == NULL ? 0 : project_faults(l->project);
}

size_t
leaving_causes(const struct leaving *l, const struct cause **out)
{
	*out = NULL;
	return l->project == NULL ? 0 : project_causes(l->project, out);
}
