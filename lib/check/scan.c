/*
 * scan: records of one block against the plan.  The hot loop of the house: no
 * allocation, no lock and no copy for a cell that is not quoted.
 *
 * Some records are split first and then checked column by column: the same rule
 * many times in a row is what a processor predicts best.  Findings are put back
 * into the order of the file.
 */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "check/scan.h"
#include "check/set.h"
#include "text/utf8.h"

/* Columns beyond the agreed ones that the header's cause can name. */
#define EXTRA_FIELDS 64

enum fault
scanner_init(struct scanner *s, const struct table_job *job,
    const struct plan *plan, struct cause *header)
{
	memset(s, 0, sizeof(*s));
	s->job = job;
	s->plan = plan;
	s->sweep = sweep_best();
	s->header = header;
	s->max = SCAN_CELLS / (plan->columns + 1) + 1;
	if (s->max > SCAN_RECORDS)
		s->max = SCAN_RECORDS;
	s->fields =
	    calloc(s->max * plan->columns + EXTRA_FIELDS, sizeof(*s->fields));
	s->map = malloc(CSV_MAP_WORDS(BLOCK_CAPACITY) * sizeof(*s->map));
	s->digits = calloc(plan->columns + 1, sizeof(*s->digits));
	if (s->fields == NULL || s->map == NULL || s->digits == NULL)
		return FAULT_MEMORY;
	if (rules_count(job->rules) > 0) {
		s->missing = calloc(plan->columns, sizeof(*s->missing));
		s->sound = calloc(plan->columns, sizeof(*s->sound));
		if (s->missing == NULL || s->sound == NULL)
			return FAULT_MEMORY;
	}
	return tally_init(&s->tally, plan);
}

void
scanner_free(struct scanner *s)
{
	tally_free(&s->tally);
	free(s->fields);
	free(s->map);
	free(s->missing);
	free(s->sound);
	free(s->digits);
	memset(s, 0, sizeof(*s));
}

void
scanner_scalar(struct scanner *s)
{
	s->sweep = sweep_scalar();
	s->cells.scalar = true;
}

static void
scan_found(struct block *b, const struct finding *found)
{
	if (b->fault == FAULT_NONE)
		b->fault = findings_insert(&b->found, found);
}

/* The structure is lost: nothing behind this can be understood. */
static void
scan_lost(struct block *b, size_t at, uint32_t column, uint32_t rule)
{
	struct finding found = { b->records, b->offset + at, 0, column, rule };

	scan_found(b, &found);
	b->lost = true;
}

/* Doubled quotes are halved in place: the block is ours. */
static void
scan_unquote(struct scanner *s, struct block *b, struct csv_field *f)
{
	f->len = (uint32_t)csv_unquote(
	    &s->job->dialect, f, b->bytes + (f->at - b->bytes));
	f->doubled = false;
}

static void
scan_wrong(
    struct scanner *s, struct block *b, size_t record, size_t c, uint32_t rule)
{
	const char *at = s->fields[record * s->plan->columns + c].at;
	struct finding found = { s->row[record],
		b->offset + (uint64_t)(at - b->bytes), 0, (uint32_t)c, rule };

	scan_found(b, &found);
}

/* Values with doubled quotes, or words that stand for nothing: cell by cell. */
static uint64_t
scan_words(struct scanner *s, struct block *b, size_t c, size_t longest)
{
	const struct schema *schema = s->plan->schema;
	struct csv_field *f = &s->fields[c];
	uint64_t missing = 0;
	size_t i = 0;

	for (i = 0; i < s->n; i++, f += s->plan->columns) {
		if (f->doubled)
			scan_unquote(s, b, f);
		if (f->len <= longest)
			missing |=
			    (uint64_t)schema_missing(schema, f->at, f->len)
			    << i;
	}
	return missing;
}

/* Marks what is missing; from here on the values lie there as they are meant.
 * Mostly only the empty cell is. */
static void
scan_missing(struct scanner *s, struct block *b, size_t c)
{
	const struct schema *schema = s->plan->schema;
	const struct csv_field *f = &s->fields[c];
	size_t longest = schema_missing_longest(schema);
	size_t i = 0, n = s->n, columns = s->plan->columns;
	uint64_t empty = 0;
	bool doubled = false;

	for (i = 0; i < n; i++, f += columns) {
		empty |= (uint64_t)(f->len == 0) << i;
		doubled |= f->doubled;
	}
	if (!schema_missing(schema, "", 0))
		empty = 0;
	if (doubled || longest > 0)
		empty |= scan_words(s, b, c, longest);
	s->cells.missing = empty;
}

/* What is wrong with a cell that is not surely good; rare. */
static void
scan_doubt(struct scanner *s, struct block *b, size_t c, size_t i)
{
	const struct csv_field *f = &s->fields[i * s->plan->columns + c];
	const struct column *rule = s->plan->column[c].rule;
	enum value_wrong wrong = VALUE_OK;
	enum spreadsheet_mark mark = SPREADSHEET_NONE;

	if (s->cells.missing >> i & 1) {
		scan_wrong(s, b, i, c, VALUE_REQUIRED);
		return;
	}
	wrong = value_check(rule, f->at, f->len);
	if (wrong == VALUE_OK) {
		s->cells.good |= 1ULL << i;
		return;
	}
	/* What a program did to it says more than the rule it breaks. */
	mark = spreadsheet_mark(rule, f->at, f->len);
	scan_wrong(s, b, i, c,
	    mark == SPREADSHEET_NONE ? (uint32_t)wrong
				     : (uint32_t)FINDING_MARK + mark);
}

/* Looks up in the column's code list what breaks no other rule. */
static void
scan_codes(struct scanner *s, struct block *b, size_t c)
{
	const struct csv_field *f = &s->fields[c];
	const struct set *codes = s->plan->column[c].codes;
	uint64_t left = s->cells.good & ~s->cells.missing;
	size_t i = 0;

	for (i = 0; i < s->n; i++, f += s->plan->columns) {
		if ((left >> i & 1) == 0 ||
		    set_find(codes, f->at, f->len) != SIZE_MAX)
			continue;
		s->cells.good &= ~(1ULL << i);
		scan_wrong(s, b, i, c, FINDING_FOREIGN);
	}
}

/* Identifiers of 16 digits, and those that end in 0.  Shorter cells are read
 * beyond their end, within the block, and do not count. */
static void
scan_digits(struct scanner *s, size_t c, uint64_t all)
{
	struct spreadsheet_digits *d = &s->digits[c];
	const struct csv_field *f = &s->fields[c];
	uint64_t zeros = 0;
	size_t i = 0;

	for (i = 0; i < s->n; i++, f += s->plan->columns)
		zeros |= (uint64_t)(f->at[SPREADSHEET_DIGITS] == '0') << i;
	d->all += (uint64_t)__builtin_popcountll(all);
	d->zeros += (uint64_t)__builtin_popcountll(all & zeros);
}

/* Bytes that make a formula, by their code. */
static const uint8_t formula_first[256] = {
	['='] = 1, ['+'] = 1, ['-'] = 1, ['@'] = 1, ['\t'] = 1, ['\r'] = 1
};

/* Warns of cells that a spreadsheet would run. */
static void
scan_formulas(struct scanner *s, struct block *b, size_t c)
{
	const struct column *rule = s->plan->column[c].rule;
	const size_t columns = s->plan->columns;
	const struct csv_field *f = &s->fields[c];
	uint64_t hits = 0;
	size_t i = 0;

	for (i = 0; i < s->n; i++, f += columns)
		hits |= (uint64_t)formula_first[(unsigned char)*f->at] << i;
	hits &= s->cells.good & ~s->cells.missing;
	for (; hits != 0 && b->fault == FAULT_NONE; hits &= hits - 1) {
		i = (size_t)__builtin_ctzll(hits);
		f = &s->fields[i * columns + c];
		struct finding found = { s->row[i],
			b->offset + (uint64_t)(f->at - b->bytes), 0,
			(uint32_t)c, FINDING_FORMULA };

		if (column_formula(rule, f->at, f->len))
			b->fault = findings_insert(&b->warned, &found);
	}
}

/* One column of the records held, of which there is one at least. */
static void
scan_column(struct scanner *s, struct block *b, size_t c)
{
	const struct plan_column *column = &s->plan->column[c];
	struct cells *cells = &s->cells;
	uint64_t doubt = UINT64_MAX >> (SCREEN_CELLS - s->n);

	cells->field = &s->fields[c];
	scan_missing(s, b, c);
	cells->good = screen_sound(column->screen, cells) & ~cells->missing;
	if (!column->required)
		cells->good |= cells->missing;
	for (doubt &= ~cells->good; doubt != 0; doubt &= doubt - 1)
		scan_doubt(s, b, c, (size_t)__builtin_ctzll(doubt));
	if (column->codes != NULL)
		scan_codes(s, b, c);
	if (column->identifiers && s->tally.only == 0)
		scan_digits(s, c, cells->good & ~cells->missing);
	if (column->formulas && s->tally.only == 0)
		scan_formulas(s, b, c);
	if (column->jobs > 0 && b->fault == FAULT_NONE)
		b->fault = tally_cells(&s->tally, c, cells);
	if (s->sound != NULL) {
		s->missing[c] = cells->missing;
		s->sound[c] = cells->good & ~cells->missing;
	}
}

/* An identifier that is none: what a program did to it says more. */
static uint32_t
scan_shape(const struct scanner *s, const struct rule_found *f,
    const struct csv_field *field)
{
	const struct column *rule = s->plan->column[f->column].rule;

	if (spreadsheet_mark(rule, field->at, field->len) ==
	    SPREADSHEET_EXPONENT)
		return (uint32_t)FINDING_MARK + SPREADSHEET_EXPONENT;
	return (uint32_t)FINDING_RULE + f->word;
}

/* Notes the records that break a word of rule "at". */
static void
scan_broken_rule(struct scanner *s, struct block *b, size_t at,
    const struct rule_found *f, size_t word)
{
	struct findings *into = f->warning[word] ? &b->warned : &b->found;
	struct finding found = { 0, 0, at, FINDING_RECORD,
		FINDING_RULE + f->word + (uint32_t)word };
	uint64_t broken = f->broken[word];

	if (f->column != SIZE_MAX)
		found.column = (uint32_t)f->column;
	for (; broken != 0 && b->fault == FAULT_NONE; broken &= broken - 1) {
		size_t i = (size_t)__builtin_ctzll(broken);
		const struct csv_field *field =
		    &s->fields[i * s->plan->columns];

		if (f->column != SIZE_MAX)
			field += f->column;
		found.row = s->row[i];
		found.offset = b->offset + (uint64_t)(field->at - b->bytes);
		if (word == 0 && f->word >= RULE_NIK && !f->warning[0])
			found.rule = scan_shape(s, f, field);
		b->fault = findings_insert(into, &found);
	}
}

/* The rules across columns, once all columns were looked at. */
static void
scan_rules(struct scanner *s, struct block *b)
{
	struct rule_cells cells = { s->fields, s->plan->columns,
		UINT64_MAX >> (SCREEN_CELLS - s->n), s->missing, s->sound };
	struct rule_found found;
	size_t i = 0, w = 0;

	for (i = 0; i < rules_count(s->job->rules); i++) {
		rule_check(s->job->rules, i, &cells, &found);
		/* Where no pattern tells, the rule does. */
		if ((found.word == RULE_NIK || found.word == RULE_NKK) &&
		    !s->plan->column[found.column].identifiers)
			scan_digits(s, found.column,
			    s->sound[found.column] & ~found.broken[0]);
		for (w = 0; w < found.n; w++)
			if (found.broken[w] != 0)
				scan_broken_rule(s, b, i, &found, w);
	}
}

/* Checks the records held and lets them go. */
static void
scan_batch(struct scanner *s, struct block *b)
{
	const struct plan *plan = s->plan;
	uint64_t only = s->tally.only;
	size_t c = 0, i = 0;

	s->cells.n = s->n;
	s->cells.stride = plan->columns;
	s->cells.row = s->row;
	s->cells.base = BLOCK_ROW(b->index, 0);
	for (c = 0; s->n > 0 && c < plan->columns; c++)
		if (only == 0 || (plan->column[c].keys & only) != 0)
			scan_column(s, b, c);
	for (i = 0; plan->composite > 0 && only == 0 && i < s->n; i++)
		if (b->fault == FAULT_NONE)
			b->fault = tally_record(&s->tally,
			    &s->fields[i * plan->columns],
			    BLOCK_ROW(b->index, s->row[i]));
	if (s->sound != NULL && only == 0 && s->n > 0)
		scan_rules(s, b);
	s->n = 0;
}

/* The record just split. */
struct split {
	enum csv_wrong wrong;
	size_t begin, end; /* in the block; end: of the fault, if one */
	size_t n;          /* fields */
};

/* Puts it behind those held. */
static void
scan_record(struct scanner *s, struct block *b, const struct split *split)
{
	struct finding ragged = { b->records, b->offset + split->begin,
		split->n, FINDING_RECORD, FINDING_RAGGED };

	if (split->n != s->plan->columns) {
		scan_found(b, &ragged);
		return;
	}
	s->row[s->n++] = b->records;
	if (s->n == s->max)
		scan_batch(s, b);
}

/* The agreed column that byte "at" lies in, given the n fields read. */
static uint32_t
column_at(const struct scanner *s, const struct block *b,
    const struct csv_field *fields, size_t at, size_t n)
{
	size_t c = 0;

	while (c < n && c < s->plan->columns &&
	    (size_t)(fields[c].at - b->bytes) + fields[c].len <= at)
		c++;
	return c < s->plan->columns ? (uint32_t)c : FINDING_RECORD;
}

static void
scan_header(struct scanner *s, struct block *b, const struct split *split)
{
	size_t c = 0, n = split->n, max = s->plan->columns + EXTRA_FIELDS;

	/* Names beyond are counted, but were not kept. */
	if (n > max)
		n = max;
	for (c = 0; c < n; c++)
		if (s->fields[c].doubled)
			scan_unquote(s, b, &s->fields[c]);
	if (header_check(s->job, s->fields, n, s->header) != FAULT_NONE)
		scan_lost(b, split->begin, FINDING_RECORD, FINDING_HEADER);
}

/* The mark at the start of the file; returns its length. */
static size_t
scan_bom(struct scanner *s, struct block *b)
{
	bool there = b->len >= 3 && memcmp(b->bytes, "\xef\xbb\xbf", 3) == 0;

	if (b->index != 0)
		return 0;
	if (there != s->job->dialect.bom)
		scan_lost(b, 0, FINDING_RECORD, FINDING_BOM);
	else if (b->len == (there ? 3 : 0))
		scan_lost(b, 0, FINDING_RECORD, FINDING_HEADER);
	return there ? 3 : 0;
}

/* Whether it is lost; "bad" is the first byte that is not UTF-8, or the block's
 * length. */
static bool
scan_broken(
    struct scanner *s, struct block *b, const struct split *split, size_t bad)
{
	enum csv_wrong wrong = split->wrong;
	const struct csv_field *fields = &s->fields[s->n * s->plan->columns];
	uint32_t column = FINDING_RECORD;

	/* A block that is cut without a record end holds one too long. */
	if (wrong == CSV_MORE)
		wrong = CSV_TOO_LONG;
	if (bad < split->end) {
		scan_lost(b, bad, column_at(s, b, fields, bad, split->n),
		    FINDING_ENCODING);
		return true;
	}
	if (wrong == CSV_OK || wrong == CSV_TOO_MANY)
		return false;
	/* A line end belongs to no column. */
	if (wrong != CSV_TOO_LONG && wrong != CSV_LONE_CR &&
	    wrong != CSV_NEWLINE && split->n < s->plan->columns)
		column = (uint32_t)split->n;
	scan_lost(b, split->end, column, FINDING_CSV + wrong);
	return true;
}

void
scanner_block(struct scanner *s, struct block *b)
{
	size_t skip = scan_bom(s, b), bad = 0;
	struct split split = { CSV_OK, 0, 0, 0 };
	struct csv_reader r;
	bool header = b->index == 0;

	order_begin(b->run, b->held);
	s->tally.held = b->held;
	s->tally.run = b->run;
	if (b->lost)
		return;
	/* One pass over the whole block, fast, instead of one for each cell. */
	s->n = 0;
	bad = utf8_valid_by(s->sweep, b->bytes, b->len);
	csv_reader_start(
	    &r, &s->job->dialect, b->bytes + skip, b->len - skip, b->last);
	csv_reader_map(&r, s->sweep, s->map);
	while (r.at < r.len && !b->lost && b->fault == FAULT_NONE) {
		split.begin = skip + r.at;
		split.wrong =
		    csv_reader_next(&r, &s->fields[s->n * s->plan->columns],
			s->plan->columns + (header ? EXTRA_FIELDS : 0),
			&split.n, &split.end);
		split.end += skip;
		if (scan_broken(s, b, &split, bad))
			break;
		if (header)
			scan_header(s, b, &split);
		else
			scan_record(s, b, &split);
		header = false;
		b->records++;
	}
	scan_batch(s, b);
}

void
scanner_merge(struct scanner *s, const struct scanner *from)
{
	size_t c = 0;

	for (c = 0; c < s->plan->columns; c++) {
		s->digits[c].all += from->digits[c].all;
		s->digits[c].zeros += from->digits[c].zeros;
	}
}

enum fault
scanner_judge(const struct scanner *s, struct ledger *ledger)
{
	const struct finding full = { 0, UINT64_MAX, 0, FINDING_RECORD,
		FINDING_FULL };
	enum fault fault = FAULT_NONE;
	size_t c = 0;

	if (ledger->records == SPREADSHEET_ROWS)
		fault = ledger_warn(ledger, &full);
	for (c = 0; c < s->plan->columns && fault == FAULT_NONE; c++) {
		struct finding cut = { 0, UINT64_MAX, s->digits[c].zeros,
			(uint32_t)c, FINDING_DIGITS };

		if (spreadsheet_cut(&s->digits[c]))
			fault = ledger_add(ledger, &cut);
	}
	return fault;
}
