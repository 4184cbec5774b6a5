/*
 * verdict: findings are places and numbers until the file is done; only those
 * that somebody will read become sentences.
 */
#include "check/verdict.h"

#include <stdlib.h>
#include <string.h>

void
verdict_free(struct verdict *v)
{
	free(v->causes);
	free(v->counts);
	free(v->cautions);
	warnings_free(&v->warned);
	memset(v, 0, sizeof(*v));
}

/* What is no reason to refuse. */
static enum fault
caution(struct verdict *v, const struct findings *warned,
    const struct table_job *job, struct cause *why)
{
	size_t i = 0;

	if (warned->total == 0)
		return FAULT_NONE;
	v->cautions = calloc(warned->n, sizeof(*v->cautions));
	if (v->cautions == NULL ||
	    findings_counts(warned, job, &v->warned.item, &v->warned.n) !=
		FAULT_NONE)
		return cause_memory(why);
	for (i = 0; i < warned->n; i++) {
		(void)finding_cause(&warned->item[i], job, &v->cautions[i]);
		v->cautions[i].fault = FAULT_NONE;
	}
	v->n_cautions = warned->n;
	warnings_sort(&v->warned);
	return FAULT_NONE;
}

enum fault
verdict_reach(struct verdict *v, const struct ledger *l,
    const struct table_job *job, const struct cause *header, struct cause *why)
{
	const struct findings *found = &l->found;
	enum fault fault = caution(v, &l->warned, job, why);
	size_t i = 0;

	if (fault != FAULT_NONE || found->total == 0)
		return fault;
	v->causes = calloc(found->n, sizeof(*v->causes));
	if (v->causes == NULL ||
	    findings_counts(found, job, &v->counts, &v->n_counts) != FAULT_NONE)
		return cause_memory(why);
	for (i = 0; i < found->n; i++) {
		(void)finding_cause(&found->item[i], job, &v->causes[i]);
		if (found->item[i].rule == FINDING_HEADER &&
		    header->fault != FAULT_NONE)
			v->causes[i] = *header;
	}
	v->n_causes = found->n;
	if (why != NULL)
		*why = v->causes[0];
	return v->causes[0].fault;
}
