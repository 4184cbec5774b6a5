/*
 * plan: the agreement's wishes, turned round to go by column.
 */
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "check/plan.h"
#include "check/set.h"
#include "key/hash.h"

/* The rule that makes a column by itself unique; 0 if none does. */
static uint32_t
alone_rule(const struct schema *schema, size_t column)
{
	const size_t *columns = NULL;
	size_t n = schema_key(schema, &columns);
	size_t i = 0;

	if (n == 1 && columns[0] == column)
		return FINDING_KEY;
	if (column_unique(schema_column(schema, column)))
		return FINDING_UNIQUE;
	for (i = 0; (n = schema_unique_key(schema, i, &columns)) > 0; i++)
		if (n == 1 && columns[0] == column)
			return FINDING_UNIQUE_KEY;
	return 0;
}

/* One more set; the plan has room for all that can be. */
static enum fault
plan_set_new(struct plan *p, const size_t *columns, size_t n, uint32_t *index,
    struct cause *why)
{
	struct plan_set *set = &p->set[p->n_sets];

	/* A single column is copied: "columns" may be a local of the caller. */
	*index = (uint32_t)p->n_sets;
	set->own = columns[0];
	set->columns = n == 1 ? &set->own : columns;
	set->n = n;
	set->column = (uint32_t)columns[0];
	p->n_sets++;
	return unique_new(&set->unique, why);
}

static void
plan_job_add(struct plan *p, enum job_kind kind, uint32_t index)
{
	p->job[p->n_jobs].kind = kind;
	p->job[p->n_jobs].index = index;
	p->n_jobs++;
}

/* The jobs of one column, which must lie together. */
static enum fault
plan_column_jobs(struct plan *p, size_t column, struct cause *why)
{
	const struct totals_spec *totals = p->totals;
	uint32_t rule = alone_rule(p->schema, column);
	enum fault fault = FAULT_NONE;
	uint32_t index = 0, i = 0;

	/* A column that is unique and the whole key is one set, not two. */
	if (rule != 0) {
		fault = plan_set_new(p, &column, 1, &index, why);
		if (fault != FAULT_NONE)
			return fault;
		p->set[index].rule = rule;
		plan_job_add(p, JOB_UNIQUE, index);
		if (index < ORDER_SETS)
			p->column[column].keys = 1ULL << index;
		p->keys |= p->column[column].keys;
	}
	for (i = 0; totals != NULL && i < totals->n; i++) {
		if (totals->spec[i].kind == TOTAL_ROWS ||
		    totals->spec[i].column != column)
			continue;
		if (totals->spec[i].kind == TOTAL_COUNT_BY)
			plan_job_add(p, JOB_COUNT, i);
		if (totals->spec[i].kind == TOTAL_SUM)
			plan_job_add(p, JOB_SUM, i);
		if (totals->spec[i].kind == TOTAL_MIN ||
		    totals->spec[i].kind == TOTAL_MAX)
			plan_job_add(p, JOB_EDGE, i);
		if (totals->spec[i].kind == TOTAL_FILLED)
			plan_job_add(p, JOB_FILLED, i);
		if (totals->spec[i].kind != TOTAL_DISTINCT)
			continue;
		fault = plan_set_new(p, &column, 1, &index, why);
		if (fault != FAULT_NONE)
			return fault;
		p->set[index].distinct = true;
		unique_count(p->set[index].unique);
		plan_job_add(p, JOB_DISTINCT, index);
	}
	return FAULT_NONE;
}

/* A key of several columns can only be put together from a whole record: it is
 * no job of a column.  One of a single column has been seen to. */
static enum fault
plan_composite(struct plan *p, const size_t *columns, size_t n, uint32_t rule,
    struct cause *why)
{
	enum fault fault = FAULT_NONE;
	uint32_t index = 0;

	if (n < 2)
		return FAULT_NONE;
	fault = plan_set_new(p, columns, n, &index, why);
	p->set[index].rule = rule;
	/* A record may have several unique keys, but only one primary. */
	if (rule == FINDING_KEY)
		p->set[index].column = FINDING_RECORD;
	p->composite++;
	return fault;
}

static enum fault
plan_fill(struct plan *p, struct cause *why)
{
	const size_t *key = NULL;
	size_t n = 0, c = 0, i = 0;
	enum fault fault = FAULT_NONE;

	for (c = 0; c < p->columns; c++) {
		p->column[c].rule = schema_column(p->schema, c);
		p->column[c].required = column_required(p->column[c].rule);
		p->column[c].identifiers =
		    column_identifiers(p->column[c].rule);
		p->column[c].formulas = column_formulas(p->column[c].rule);
		p->column[c].first = (uint32_t)p->n_jobs;
		fault = screen_new(&p->column[c].screen, p->column[c].rule);
		if (fault != FAULT_NONE)
			return cause_memory(why);
		fault = plan_column_jobs(p, c, why);
		if (fault != FAULT_NONE)
			return fault;
		p->column[c].jobs = (uint32_t)p->n_jobs - p->column[c].first;
	}
	n = schema_key(p->schema, &key);
	fault = plan_composite(p, key, n, FINDING_KEY, why);
	for (i = 0; fault == FAULT_NONE &&
	     (n = schema_unique_key(p->schema, i, &key)) > 0;
	     i++)
		fault = plan_composite(p, key, n, FINDING_UNIQUE_KEY, why);
	return fault;
}

/* The sets of code lists, made once for all workers. */
static enum fault
plan_codes(struct plan *p, const struct codelists *lists, struct cause *why)
{
	const struct foreign *foreign = NULL;
	size_t n = schema_foreign(p->schema, &foreign), i = 0;
	enum fault fault = FAULT_NONE;

	for (i = 0; i < n && fault == FAULT_NONE; i++) {
		const struct codelist *l =
		    codelists_find(lists, foreign[i].list);

		if (l == NULL)
			return cause_set(why, FAULT_CONF,
			    N_("the code list %s is not here"),
			    foreign[i].list);
		fault = codelist_set(
		    &p->column[foreign[i].column].codes, l, foreign[i].in);
		if (fault == FAULT_ABSENT)
			return cause_set(why, FAULT_CONF,
			    N_("the code list %s has no codes in a column %s"),
			    foreign[i].list, foreign[i].in);
		if (fault != FAULT_NONE)
			return cause_memory(why);
	}
	return fault;
}

enum fault
plan_new(struct plan **out, const struct schema *schema,
    const struct totals_spec *totals, const struct codelists *lists,
    struct cause *why)
{
	struct plan *p = calloc(1, sizeof(*p));
	size_t columns = schema_count(schema);
	/* At most one unique set a column, the keys, one set a total. */
	size_t keys = 1, room = 0;
	const size_t *key = NULL;
	enum fault fault = FAULT_NONE;

	*out = NULL;
	if (p == NULL)
		return cause_memory(why);
	while (schema_unique_key(schema, keys - 1, &key) > 0)
		keys++;
	room = columns + keys + (totals == NULL ? 0 : totals->n);
	p->schema = schema;
	p->totals = totals;
	p->columns = columns;
	p->column = calloc(columns + 1, sizeof(*p->column));
	p->job = calloc(room, sizeof(*p->job));
	p->set = calloc(room, sizeof(*p->set));
	if (p->column == NULL || p->job == NULL || p->set == NULL)
		fault = cause_memory(why);
	else
		fault = plan_fill(p, why);
	if (fault == FAULT_NONE)
		fault = plan_codes(p, lists, why);
	if (fault != FAULT_NONE) {
		plan_free(p);
		return fault;
	}
	hash_random(p->seed, sizeof(p->seed));
	*out = p;
	return FAULT_NONE;
}

void
plan_free(struct plan *p)
{
	size_t i = 0;

	if (p == NULL)
		return;
	for (i = 0; i < p->n_sets; i++)
		unique_free(p->set[i].unique);
	for (i = 0; p->column != NULL && i < p->columns; i++) {
		screen_free(p->column[i].screen);
		set_free(p->column[i].codes);
	}
	free(p->set);
	free(p->job);
	free(p->column);
	free(p);
}

void
plan_spill(struct plan *p, int dir, size_t most)
{
	size_t i = 0;

	for (i = 0; i < p->n_sets; i++)
		unique_spill(p->set[i].unique, dir, most / p->n_sets);
}

enum fault
plan_trouble(const struct plan *p, struct cause *why)
{
	enum fault fault = FAULT_NONE;
	size_t i = 0;

	for (i = 0; i < p->n_sets && fault == FAULT_NONE; i++)
		fault = unique_trouble(p->set[i].unique, why);
	return fault == FAULT_NONE ? cause_memory(why) : fault;
}

enum fault
plan_key(struct plan_key *key, const struct plan *p, const struct plan_set *set,
    const struct csv_field *fields)
{
	const struct csv_field *f = NULL;
	enum fault fault = FAULT_NONE;
	size_t i = 0;

	key->at = NULL;
	key->len = 0;
	key->parts.len = 0;
	for (i = 0; i < set->n; i++) {
		f = &fields[set->columns[i]];
		if (schema_missing(p->schema, f->at, f->len))
			return FAULT_NONE;
	}
	if (set->n == 1) {
		key->at = fields[set->columns[0]].at;
		key->len = fields[set->columns[0]].len;
		return FAULT_NONE;
	}
	/* Lengths keep "a","bc" and "ab","c" apart. */
	for (i = 0; i < set->n && fault == FAULT_NONE; i++) {
		f = &fields[set->columns[i]];
		fault = buf_put(&key->parts, &f->len, sizeof(f->len));
		if (fault == FAULT_NONE)
			fault = buf_put(&key->parts, f->at, f->len);
	}
	key->at = buf_text(&key->parts);
	key->len = key->parts.len;
	return fault;
}
