/*
 * sample: a cell depends on seed, row and column only, so that rows need no
 * memory of each other; a key's column counts with the rows instead.
 */
#include "check/sample.h"

#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "base/limits.h"
#include "check/sample_plan.h"

/* Different values of a column by which is counted: far below LIMIT_GROUPS. */
#define FEW 40
#define FEW_ROW UINT64_MAX / 2
/* One cell in so many is missing, where it may be. */
#define MISSING_EVERY 8
/* A row is made anew so often until it keeps the rules across columns; from the
 * half of it on with no value missing. */
#define ATTEMPTS 256
#define SPREAD 0x9e3779b97f4a7c15ULL

static const struct node *
field_of(const struct sample *s, size_t column)
{
	return node_at(node_get(s->job.node, "fields"), column);
}

/* ---- keys ---- */

/* A column that is unique by several rules is so by the first of them. */
static bool
is_alone(const struct sample *s, size_t column)
{
	size_t i = 0;

	for (i = 0; i < s->n_keys; i++)
		if (s->key[i].n == 1 && s->key[i].column[0] == column)
			return true;
	return false;
}

static enum fault
add_key(struct sample *s, const size_t *columns, size_t n, const char *rule,
    struct cause *why)
{
	struct key *k = &s->key[s->n_keys];

	if (n == 1 && is_alone(s, columns[0]))
		return FAULT_NONE;
	if (s->n_keys == SAMPLE_KEYS_MAX)
		return cause_set(why, FAULT_FORMAT,
		    N_("no sample is made with more than %d keys"),
		    SAMPLE_KEYS_MAX);
	k->column = calloc(n, sizeof(*k->column));
	if (k->column == NULL)
		return cause_memory(why);
	memcpy(k->column, columns, n * sizeof(*columns));
	k->n = n;
	k->rule = rule;
	s->n_keys++;
	return FAULT_NONE;
}

/* Single columns first: a wider key then has nothing to add. */
static enum fault
read_keys(struct sample *s, struct cause *why)
{
	const struct schema *schema = s->job.schema;
	const size_t *columns = NULL;
	size_t n = schema_key(schema, &columns), i = 0;
	enum fault f = FAULT_NONE;

	if (n == 1)
		f = add_key(s, columns, 1, "primaryKey", why);
	for (i = 0; f == FAULT_NONE && i < s->n; i++)
		if (column_unique(schema_column(schema, i)))
			f = add_key(s, &i, 1, "unique", why);
	for (i = 0; f == FAULT_NONE &&
	     (n = schema_unique_key(schema, i, &columns)) > 0;
	     i++)
		if (n == 1)
			f = add_key(s, columns, 1, "uniqueKeys", why);
	n = schema_key(schema, &columns);
	if (f == FAULT_NONE && n > 1)
		f = add_key(s, columns, n, "primaryKey", why);
	for (i = 0; f == FAULT_NONE &&
	     (n = schema_unique_key(schema, i, &columns)) > 0;
	     i++)
		if (n > 1)
			f = add_key(s, columns, n, "uniqueKeys", why);
	return f;
}

static enum fault
too_few(const struct sample *s, const struct key *k, uint64_t have,
    struct cause *why)
{
	cause_clause(why, "%s.%s", s->job.where, k->rule);
	cause_place(
	    why, NULL, 0, schema_name(s->job.schema, k->column[0]), UINT64_MAX);
	return cause_set(why, FAULT_FORMAT,
	    N_("the column has only %llu different values for %llu rows; ask "
	       "for fewer rows"),
	    (unsigned long long)have, (unsigned long long)s->job.rows);
}

/* The column counts: its base is what it has, or what is needed. */
static void
let_count(struct sample *s, size_t column, uint64_t have, uint64_t above)
{
	struct part *p = &s->part[column];
	struct chance chance = chance_at(s->job.seed, UINT64_MAX, column);
	uint64_t spare = have - s->job.rows;

	p->counts = true;
	p->have = have;
	p->above = above;
	/* Alone it may begin anywhere, so that seeds differ; and it ascends. */
	if (have > s->job.rows && have < UINT64_MAX)
		p->start = chance_below(&chance, spare + 1);
}

/* One column that can count for all rows, or several that count together. */
static enum fault
settle_key(struct sample *s, const struct key *k, struct cause *why)
{
	uint64_t have = 0, all = 1, most = 0;
	enum fault f = FAULT_NONE;
	size_t i = 0;

	for (i = 0; i < k->n; i++)
		s->part[k->column[i]].keyed = true;
	for (i = 0; i < k->n; i++)
		if (s->part[k->column[i]].counts &&
		    s->part[k->column[i]].have >= s->job.rows)
			return FAULT_NONE;
	for (i = 0; i < k->n; i++) {
		f = specimen_count(
		    s->part[k->column[i]].specimen, s->job.rows, &have);
		if (f != FAULT_NONE)
			return cause_memory(why);
		if (have >= s->job.rows) {
			let_count(s, k->column[i], have, 1);
			return FAULT_NONE;
		}
	}
	for (i = k->n; i > 0; i--) {
		struct part *p = &s->part[k->column[i - 1]];

		f = specimen_count(p->specimen, s->job.rows, &have);
		if (f != FAULT_NONE)
			return cause_memory(why);
		most = have > most ? have : most;
		if (have == 0 || p->counts || all >= s->job.rows)
			continue;
		let_count(s, k->column[i - 1], have, all);
		if (__builtin_mul_overflow(all, have, &all))
			all = UINT64_MAX;
	}
	return all < s->job.rows ? too_few(s, k, all, why) : FAULT_NONE;
}

/* ---- reading ---- */

static const char *const schema_words[] = { "fields", "missingValues",
	"primaryKey", "uniqueKeys", "fieldsMatch", "$schema", "name", "title",
	"description" };

static enum fault
hold_schema(const struct sample *s, struct cause *why)
{
	const struct node *value = NULL;
	const char *key = NULL;
	void *it = NULL;
	size_t i = 0, n = sizeof(schema_words) / sizeof(schema_words[0]);

	while (node_each(s->job.node, &it, &key, &value)) {
		for (i = 0; i < n && strcmp(schema_words[i], key) != 0; i++)
			;
		if (i < n || node_count(value) == 0)
			continue;
		cause_clause(why, "%s.%s", s->job.where, key);
		return cause_set(why, FAULT_FORMAT,
		    N_("no sample can be made for a schema with \"%s\""), key);
	}
	return FAULT_NONE;
}

/* Rows are chosen by a column that stays with the sender: then the schema says
 * nothing of it. */
static enum fault
hold_only(const struct sample *s, struct cause *why)
{
	const struct node *value = NULL;
	const char *key = NULL;
	void *it = NULL;

	while (node_each(s->job.only, &it, &key, &value))
		if (schema_find(s->job.schema, key) == SIZE_MAX)
			return cause_set(why, FAULT_FORMAT,
			    N_("no sample can be made: rows are chosen by "
			       "column \"%s\", which is not in the schema"),
			    key);
	return FAULT_NONE;
}

/* The empty cell, or the first word that means the same. */
static enum fault
read_missing(struct sample *s, struct cause *why)
{
	const struct node *list = node_get(s->job.node, "missingValues");
	const struct node *first = node_at(list, 0);
	const char *word = node_string(first);

	if (word == NULL)
		word = node_text(first, "value");
	if (schema_missing(s->job.schema, "", 0)) {
		/* A line with nothing on it is no record. */
		s->has_missing = s->n > 1;
		return FAULT_NONE;
	}
	s->has_missing =
	    word != NULL && schema_missing(s->job.schema, word, strlen(word));
	if (s->has_missing && buf_puts(&s->missing, word) != FAULT_NONE)
		return cause_memory(why);
	return FAULT_NONE;
}

/* What a rule of identifiers wants to see, for a column without a pattern. */
static const char *
hint_of(const struct sample *s, size_t column)
{
	static const char *const hints[][2] = {
		{ "nik", "[0-9]{16}" },
		{ "nkk", "[0-9]{16}" },
		{ "passport", "[A-Z][0-9]{7}" },
		{ "area_code", "[0-9]{2}\\.[0-9]{2}" },
	};
	const char *name = schema_name(s->job.schema, column), *named = NULL;
	size_t i = 0, j = 0;

	for (i = 0; i < node_count(s->job.rules_node); i++)
		for (j = 0; j < sizeof(hints) / sizeof(hints[0]); j++) {
			named = node_text(
			    node_at(s->job.rules_node, i), hints[j][0]);
			if (named != NULL && strcmp(named, name) == 0)
				return hints[j][1];
		}
	return NULL;
}

/* Two columns that must be equal are made from one, the one that counts if one
 * does. */
static void
read_equals(struct sample *s)
{
	size_t i = 0;

	for (i = 0; i < node_count(s->job.rules_node); i++) {
		const struct node *pair =
		    node_get(node_at(s->job.rules_node, i), "equal");
		const char *a = node_string(node_at(pair, 0));
		const char *b = node_string(node_at(pair, 1));
		size_t from =
		    a == NULL ? SIZE_MAX : schema_find(s->job.schema, a);
		size_t to =
		    b == NULL ? SIZE_MAX : schema_find(s->job.schema, b);

		if (from == SIZE_MAX || to == SIZE_MAX)
			continue;
		if (s->part[to].counts)
			s->part[from].same = to;
		else
			s->part[to].same = from;
	}
}

static enum fault
read_columns(struct sample *s, struct cause *why)
{
	enum fault f = FAULT_NONE;
	size_t i = 0;

	for (i = 0; f == FAULT_NONE && i < s->n; i++) {
		struct recipe_job job = { field_of(s, i), s->job.schema, i,
			&s->job.dialect, hint_of(s, i),
			node_get(s->job.only, schema_name(s->job.schema, i)),
			node_text(s->job.mask, schema_name(s->job.schema, i)) };

		cause_clause(why, "%s.fields[%s]", s->job.where,
		    schema_name(s->job.schema, i));
		f = specimen_new(&s->part[i].specimen, &job, why);
		s->part[i].same = SIZE_MAX;
	}
	for (i = 0; s->job.totals != NULL && i < s->job.totals->n; i++)
		if (s->job.totals->spec[i].kind == TOTAL_COUNT_BY)
			s->part[s->job.totals->spec[i].column].few = true;
	return f;
}

/* ---- making ---- */

static enum fault
sample_read(struct sample *s, struct cause *why)
{
	char before[CAUSE_NAME_MAX] = "";
	enum fault f = FAULT_NONE;
	size_t i = 0;

	if (why != NULL)
		memcpy(before, why->clause, sizeof(before));
	f = hold_schema(s, why);
	if (f == FAULT_NONE)
		f = hold_only(s, why);
	if (f == FAULT_NONE)
		f = read_columns(s, why);
	if (f == FAULT_NONE)
		f = read_missing(s, why);
	if (f == FAULT_NONE)
		f = read_keys(s, why);
	for (i = 0; f == FAULT_NONE && i < s->n_keys; i++)
		f = settle_key(s, &s->key[i], why);
	if (f == FAULT_NONE) {
		cause_clause(why, "%s", before);
		read_equals(s);
	}
	if (f == FAULT_NONE && s->job.faults)
		f = spoil_rows(s, why);
	return f;
}

enum fault
sample_new(struct sample **out, const struct sample_job *job, struct cause *why)
{
	struct sample *s = calloc(1, sizeof(*s));
	enum fault f = FAULT_NONE;

	*out = NULL;
	if (s == NULL)
		return cause_memory(why);
	s->job = *job;
	s->n = schema_count(job->schema);
	s->missing.max = SAMPLE_ROW_MAX;
	s->part = calloc(s->n, sizeof(*s->part));
	if (s->part == NULL || draft_init(&s->draft, s->n) != FAULT_NONE)
		f = cause_memory(why);
	else
		f = sample_read(s, why);
	if (f == FAULT_NONE)
		*out = s;
	else
		sample_free(s);
	return f;
}

void
sample_free(struct sample *s)
{
	size_t i = 0;

	if (s == NULL)
		return;
	for (i = 0; s->part != NULL && i < s->n; i++)
		specimen_free(s->part[i].specimen);
	free(s->part);
	for (i = 0; i < s->n_keys; i++)
		free(s->key[i].column);
	for (i = 0; i < s->n_spoils; i++)
		buf_free(&s->spoil[i].cell);
	free(s->fault);
	buf_free(&s->missing);
	draft_free(&s->draft);
	free(s);
}

size_t
sample_faults(const struct sample *s, const struct sample_fault **out)
{
	*out = s->fault;
	return s->n_faults;
}

/* ---- writing ---- */

enum fault
sample_header(struct sample *s, struct buf *out, struct cause *why)
{
	enum fault f = FAULT_NONE;
	size_t i = 0;

	if (s->job.dialect.bom)
		f = buf_puts(out, "\xef\xbb\xbf");
	draft_clear(&s->draft);
	for (i = 0; f == FAULT_NONE && i < s->n; i++) {
		f = buf_puts(&s->draft.text, schema_name(s->job.schema, i));
		draft_cell(&s->draft);
	}
	if (f == FAULT_NONE)
		f = draft_write(&s->draft, &s->job.dialect, out);
	return f == FAULT_NONE ? f : cause_memory(why);
}

static bool
is_key(const struct key *k, size_t column)
{
	size_t i = 0;

	for (i = 0; k != NULL && i < k->n; i++)
		if (k->column[i] == column)
			return true;
	return false;
}

/* The cell as it is when nothing is spoiled, appended to the draft. */
static enum fault
make_cell(struct sample *s, uint64_t at, size_t column, uint64_t attempt,
    struct cause *why)
{
	const struct part *p = &s->part[column];
	const struct column *c = schema_column(s->job.schema, column);
	struct buf *out = &s->draft.text;
	/* A key is taken over as it is, whatever the row's other cells are. */
	struct chance chance = chance_at(
	    s->job.seed + (p->keyed ? 0 : attempt * SPREAD), at, column);

	if (p->counts)
		return specimen_key(p->specimen,
		    (p->start + at / p->above) % p->have, out, why);
	if (s->has_missing && !p->keyed && !column_required(c) &&
	    attempt < ATTEMPTS / 2 && chance_below(&chance, MISSING_EVERY) == 0)
		return buf_puts(out, buf_text(&s->missing));
	if (p->few)
		chance = chance_at(
		    s->job.seed, FEW_ROW + chance_below(&chance, FEW), column);
	return specimen_any(p->specimen, &chance, out, why);
}

static enum fault
try_row(struct sample *s, uint64_t at, const struct spoil *spoil,
    uint64_t attempt, struct cause *why)
{
	enum fault f = FAULT_NONE;
	size_t i = 0, column = 0;

	draft_clear(&s->draft);
	for (i = 0; f == FAULT_NONE && i < s->n; i++) {
		uint64_t before =
		    spoil != NULL && is_key(spoil->key, i) ? 1 : 0;

		column = s->part[i].same == SIZE_MAX ||
			(spoil != NULL && spoil->rule > 0)
		    ? i
		    : s->part[i].same;
		if (spoil != NULL && spoil->column == i)
			f = buf_puts(&s->draft.text, buf_text(&spoil->cell));
		else
			f = make_cell(s, at - before, column, attempt, why);
		draft_cell(&s->draft);
	}
	return f;
}

enum fault
sample_make(struct sample *s, uint64_t at, const struct spoil *spoil,
    struct draft_wrong *wrong, struct cause *why)
{
	size_t but = spoil == NULL ? SIZE_MAX : spoil->column;
	uint64_t attempt = 0;
	enum fault f = FAULT_NONE;

	for (attempt = 0; f == FAULT_NONE && attempt < ATTEMPTS; attempt++) {
		f = try_row(s, at, spoil, attempt, why);
		if (f != FAULT_NONE)
			return f;
		draft_judge(&s->draft, s->job.schema, s->job.rules, but, wrong);
		if (wrong->cells > 0)
			continue;
		if (spoil != NULL && spoil->rule > 0
			? wrong->rules == 1 && wrong->rule == spoil->rule - 1
			: wrong->rules == 0)
			return FAULT_NONE;
	}
	if (wrong->rules == 0)
		return cause_set(why, FAULT_FORMAT,
		    N_("no row was found whose columns agree"));
	return cause_set(why, FAULT_FORMAT,
	    N_("no row was found that keeps rule %zu, %s"), wrong->rule + 1,
	    rule_word_text(wrong->word));
}

enum fault
sample_row(struct sample *s, uint64_t at, struct buf *out, struct cause *why)
{
	const struct spoil *spoil = NULL;
	struct draft_wrong wrong = { 0 };
	enum fault f = FAULT_NONE;
	size_t i = 0;

	for (i = 0; i < s->n_spoils; i++)
		if (s->spoil[i].at == at)
			spoil = &s->spoil[i];
	f = sample_make(s, at, spoil, &wrong, why);
	if (f == FAULT_NONE)
		f = draft_write(&s->draft, &s->job.dialect, out);
	return f == FAULT_MEMORY ? cause_memory(why) : f;
}
