/*
 * spoil: rows that a check must refuse, and for what.  Not two follow each
 * other, so that a key can be that of the row before, which is sound.
 */
#include "check/sample_plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "check/value.h"

static enum fault
add_fault(struct sample *s, uint64_t at, size_t column, const char *rule)
{
	struct sample_fault *more =
	    reallocarray(s->fault, s->n_faults + 1, sizeof(*more));

	if (more == NULL)
		return FAULT_MEMORY;
	s->fault = more;
	s->fault[s->n_faults++] = (struct sample_fault){ at + 2, column, rule };
	return FAULT_NONE;
}

static bool
within(const struct key *k, const struct key *wide)
{
	size_t i = 0, j = 0;

	for (i = 0; i < k->n; i++) {
		for (j = 0; j < wide->n; j++)
			if (k->column[i] == wide->column[j])
				break;
		if (j == wide->n)
			return false;
	}
	return true;
}

/* Only a primary key of several columns is told of the whole row. */
static size_t
key_place(const struct key *k)
{
	return k->n > 1 && strcmp(k->rule, "primaryKey") == 0 ? SIZE_MAX
							      : k->column[0];
}

/* Takes the last spoil back if chance makes no row with it that keeps all other
 * rules, or of a rule no row that breaks it. */
static enum fault
keep_spoil(struct sample *s, size_t faults, struct draft_wrong *wrong)
{
	struct spoil *spoil = &s->spoil[s->n_spoils - 1];
	struct cause none;
	enum fault f = FAULT_NONE;

	cause_clear(&none);
	f = sample_make(s, spoil->at, spoil, wrong, &none);
	if (f != FAULT_FORMAT)
		return f;
	s->n_faults = faults;
	buf_free(&spoil->cell);
	s->n_spoils--;
	return FAULT_NONE;
}

/* A row whose key is that of the row before, and every key within it. */
static enum fault
spoil_key(struct sample *s, const struct key *k, uint64_t at, size_t room)
{
	struct spoil *spoil = &s->spoil[s->n_spoils];
	struct draft_wrong wrong = { 0 };
	enum fault f = FAULT_NONE;
	size_t i = 0, n = 0, faults = s->n_faults;

	for (i = 0; i < s->n_keys; i++)
		n += within(&s->key[i], k) ? 1 : 0;
	if (n > room)
		return FAULT_NONE;
	*spoil = (struct spoil){ at, SIZE_MAX, BUF_MAX(0), k, 0 };
	s->n_spoils++;
	for (i = 0; f == FAULT_NONE && i < s->n_keys; i++)
		if (within(&s->key[i], k))
			f = add_fault(
			    s, at, key_place(&s->key[i]), s->key[i].rule);
	return f == FAULT_NONE ? keep_spoil(s, faults, &wrong) : f;
}

static enum fault
spoil_rule(struct sample *s, size_t rule, uint64_t at)
{
	size_t spoils = s->n_spoils;
	struct draft_wrong wrong = { 0 };
	enum fault f = FAULT_NONE;

	s->spoil[s->n_spoils++] =
	    (struct spoil){ at, SIZE_MAX, BUF_MAX(0), NULL, rule + 1 };
	f = keep_spoil(s, s->n_faults, &wrong);
	if (f != FAULT_NONE || s->n_spoils == spoils)
		return f;
	return add_fault(s, at, wrong.column, rule_word_text(wrong.word));
}

/* A row with another text in such a column does not leave: nothing is found. */
static bool
is_filtered(const struct sample *s, size_t column)
{
	return node_get(s->job.only, schema_name(s->job.schema, column)) !=
	    NULL;
}

/* The next wrong of a column that breaks a rule not broken yet. */
static enum fault
spoil_cell(struct sample *s, size_t column, uint64_t at, size_t *next,
    unsigned *broken)
{
	const struct column *c = schema_column(s->job.schema, column);
	struct spoil *spoil = &s->spoil[s->n_spoils];
	enum value_wrong rule = VALUE_OK;
	struct draft_wrong wrong = { 0 };
	enum fault f = FAULT_NONE;

	*spoil = (struct spoil){ at, column, BUF_MAX(SAMPLE_ROW_MAX), NULL, 0 };
	while (f == FAULT_NONE && rule == VALUE_OK && !is_filtered(s, column) &&
	    *next <= SPECIMEN_WRONGS) {
		size_t i = (*next)++;

		buf_free(&spoil->cell);
		if (i > 0)
			f = specimen_wrong(s->part[column].specimen, i - 1,
			    &spoil->cell, &rule);
		else if (column_required(c) && s->has_missing) {
			rule = VALUE_REQUIRED;
			f = buf_puts(&spoil->cell, buf_text(&s->missing));
		}
		if ((*broken & 1U << rule) != 0)
			rule = VALUE_OK;
	}
	*broken |= 1U << rule;
	if (f == FAULT_NONE && rule != VALUE_OK) {
		s->n_spoils++;
		f = add_fault(s, at, column, value_wrong_text(rule));
		return f == FAULT_NONE ? keep_spoil(s, s->n_faults - 1, &wrong)
				       : f;
	}
	buf_free(&spoil->cell);
	return f;
}

/* Spoils every step-th row: keys first, then each column in turn. */
static enum fault
spoil_each(struct sample *s, size_t *next, unsigned *broken, struct cause *why)
{
	uint64_t most = (s->job.rows - 1) / 2, step = 2, at = 1;
	enum fault f = FAULT_NONE;
	size_t i = 0, round = 0;

	most = most < SAMPLE_FAULTS ? most : SAMPLE_FAULTS;
	step = (s->job.rows - 1) / most;
	for (i = 0; f == FAULT_NONE && i < s->n_keys && s->n_faults < most;
	     i++) {
		f = spoil_key(s, &s->key[i], at, most - s->n_faults);
		at = 1 + s->n_spoils * step;
	}
	for (i = 0; f == FAULT_NONE && i < rules_count(s->job.rules) &&
	     s->n_faults < most;
	     i++) {
		f = spoil_rule(s, i, at);
		at = 1 + s->n_spoils * step;
	}
	for (round = 0; f == FAULT_NONE && round <= SPECIMEN_WRONGS; round++)
		for (i = 0; f == FAULT_NONE && i < s->n && s->n_faults < most;
		     i++) {
			f = spoil_cell(s, i, at, &next[i], &broken[i]);
			at = 1 + s->n_spoils * step;
		}
	return f == FAULT_NONE ? f : cause_memory(why);
}

enum fault
spoil_rows(struct sample *s, struct cause *why)
{
	size_t *next = calloc(s->n, sizeof(*next));
	unsigned *broken = calloc(s->n, sizeof(*broken));
	enum fault f = FAULT_NONE;

	if (s->job.rows < 3)
		f = cause_set(
		    why, FAULT_USAGE, N_("faults need at least 3 rows"));
	else if (next == NULL || broken == NULL)
		f = cause_memory(why);
	else
		f = spoil_each(s, next, broken, why);
	if (f == FAULT_NONE && s->n_faults == 0)
		f = cause_set(why, FAULT_FORMAT,
		    N_("nothing that the columns hold can be wrong"));
	free(next);
	free(broken);
	return f;
}
