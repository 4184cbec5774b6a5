/*
 * finding: notes of faults.  A file may break its rules in every cell, so the
 * list is bounded and everything beyond it is only counted.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "base/log.h"
#include "check/finding.h"
#include "check/table.h"

/* What a list may keep when it is cleared. */
#define FINDINGS_KEPT 4096

void
findings_init(struct findings *f, size_t columns, size_t max)
{
	memset(f, 0, sizeof(*f));
	f->columns = columns;
	f->max = max > 0 ? max : 1;
}

void
findings_free(struct findings *f)
{
	free(f->item);
	free(f->count);
	f->item = NULL;
	f->count = NULL;
	f->n = f->cap = 0;
	f->total = 0;
}

static size_t
counters(const struct findings *f)
{
	return (f->columns + 1) * FINDING_RULES;
}

void
findings_clear(struct findings *f)
{
	/* Sound blocks are the rule: they pay nothing for the table. */
	if (f->total > 0 && f->count != NULL)
		memset(f->count, 0, counters(f) * sizeof(*f->count));
	/* One bad block does not hold its memory for ever. */
	if (f->cap > FINDINGS_KEPT) {
		free(f->item);
		f->item = NULL;
		f->cap = 0;
	}
	f->n = 0;
	f->total = 0;
}

/* Makes room for one more item, and the counters. */
static enum fault
findings_room(struct findings *f)
{
	struct finding *item = NULL;
	size_t cap = f->cap > 0 ? f->cap * 2 : 8;

	if (f->count == NULL)
		f->count = calloc(counters(f), sizeof(*f->count));
	if (f->count == NULL)
		return FAULT_MEMORY;
	if (f->n < f->cap || f->n == f->max)
		return FAULT_NONE;
	item = reallocarray(f->item, cap, sizeof(*item));
	if (item == NULL)
		return FAULT_MEMORY;
	f->item = item;
	f->cap = cap;
	return FAULT_NONE;
}

void
findings_count(struct findings *f, const struct finding *found, uint64_t n)
{
	size_t row = found->column == FINDING_RECORD ? 0 : found->column + 1U;

	if (f->count == NULL)
		return;
	f->count[row * FINDING_RULES + found->rule] += n;
	f->total += n;
}

enum fault
findings_add(struct findings *f, const struct finding *found)
{
	if (findings_room(f) != FAULT_NONE)
		return FAULT_MEMORY;
	findings_count(f, found, 1);
	if (f->n < f->max)
		f->item[f->n++] = *found;
	return FAULT_NONE;
}

/* No row is behind all rows; in a block 0 is the first of them. */
bool
findings_before(
    const struct findings *f, const struct finding *a, const struct finding *b)
{
	/* 0 becomes the highest number. */
	uint64_t none = f->block ? 0 : 1;
	uint64_t ra = a->row - none, rb = b->row - none;

	return ra != rb ? ra < rb : a->column < b->column;
}

enum fault
findings_insert(struct findings *f, const struct finding *found)
{
	size_t i = 0;

	if (findings_room(f) != FAULT_NONE)
		return FAULT_MEMORY;
	findings_count(f, found, 1);
	/* Nearly always the place is at the end, or near it. */
	for (i = f->n; i > 0 && findings_before(f, found, &f->item[i - 1]); i--)
		;
	if (i == f->max)
		return FAULT_NONE;
	if (f->n == f->max)
		f->n--; /* the last one makes room */
	memmove(&f->item[i + 1], &f->item[i], (f->n - i) * sizeof(*f->item));
	f->item[i] = *found;
	f->n++;
	return FAULT_NONE;
}

enum fault
findings_merge(struct findings *f, const struct findings *from, uint64_t rows)
{
	size_t i = 0;

	if (from->total == 0)
		return FAULT_NONE;
	for (i = 0; i < from->n && f->n < f->max; i++) {
		if (findings_room(f) != FAULT_NONE)
			return FAULT_MEMORY;
		f->item[f->n] = from->item[i];
		f->item[f->n++].row += rows;
	}
	if (findings_room(f) != FAULT_NONE)
		return FAULT_MEMORY;
	for (i = 0; i < counters(f); i++)
		f->count[i] += from->count[i];
	f->total += from->total;
	return FAULT_NONE;
}

static const char *
csv_rule_text(enum csv_wrong wrong)
{
	switch (wrong) {
	case CSV_STRAY_QUOTE:
	case CSV_AFTER_QUOTE:
	case CSV_OPEN_QUOTE:
		return "quote";
	case CSV_LONE_CR:
	case CSV_NEWLINE:
		return "newline";
	case CSV_NUL:
		return "nul";
	case CSV_OK:
	case CSV_MORE:
	case CSV_TOO_LONG:
		return "length";
	case CSV_TOO_MANY:
		return "columns";
	}
	return "columns";
}

const char *
finding_rule_text(uint32_t rule)
{
	switch (rule) {
	case FINDING_RAGGED:
	case FINDING_HEADER:
		return "columns";
	case FINDING_BOM:
		return "bom";
	case FINDING_ENCODING:
		return "encoding";
	case FINDING_ROWS:
		return "rows";
	case FINDING_GROUPS:
		return "count_by";
	case FINDING_SUM:
		return "sum";
	case FINDING_UNIQUE:
		return "unique";
	case FINDING_KEY:
		return "primaryKey";
	case FINDING_UNIQUE_KEY:
		return "uniqueKeys";
	case FINDING_FOREIGN:
		return "foreignKey";
	case FINDING_FORMULA:
		return "formula";
	default:
		break;
	}
	if (rule >= FINDING_MARK && rule <= FINDING_FULL)
		return "spreadsheet";
	if (rule >= FINDING_CSV)
		return csv_rule_text((enum csv_wrong)(rule - FINDING_CSV));
	if (rule >= FINDING_RULE)
		return rule_word_text((enum rule_word)(rule - FINDING_RULE));
	return value_wrong_text((enum value_wrong)rule);
}

/* "PREFIX.schema.fields[NAME]" and its like. */
static void
finding_clause(const struct finding *found, const struct table_job *job,
    const char *name, struct cause *why)
{
	const char *prefix = job->clause == NULL ? "" : job->clause;
	const char *dot = prefix[0] == '\0' ? "" : ".";
	const char *place = "dialect";

	switch (found->rule) {
	case FINDING_RAGGED:
	case FINDING_HEADER:
		place = "schema.fields";
		break;
	case FINDING_ROWS:
		place = "limits.rows";
		break;
	case FINDING_GROUPS:
	case FINDING_SUM:
		place = "totals";
		break;
	case FINDING_KEY:
		place = "schema.primaryKey";
		break;
	case FINDING_UNIQUE_KEY:
		place = "schema.uniqueKeys";
		break;
	case FINDING_FOREIGN:
		place = "schema.foreignKeys";
		break;
	case FINDING_FULL:
		return;
	default:
		if (found->rule >= FINDING_RULE && found->rule < FINDING_CSV) {
			cause_clause(why, "%s%srules[%llu]", prefix, dot,
			    (unsigned long long)found->other + 1);
			return;
		}
		if (found->rule < VALUE_WRONGS ||
		    found->rule == FINDING_UNIQUE ||
		    (found->rule >= FINDING_MARK &&
			found->rule <= FINDING_FORMULA)) {
			cause_clause(
			    why, "%s%sschema.fields[%s]", prefix, dot, name);
			return;
		}
		break;
	}
	cause_clause(why, "%s%s%s", prefix, dot, place);
}

/* No sentence holds the value: a cause travels in receipts and logs. */
static enum fault
value_cause(
    const struct finding *found, const struct table_job *job, struct cause *why)
{
	switch ((enum value_wrong)found->rule) {
	case VALUE_REQUIRED:
		return cause_set(
		    why, FAULT_VALUE, N_("a required value is missing"));
	case VALUE_TYPE:
		/* It has the form of one. */
		if (column_agreed(schema_column(job->schema, found->column),
			VALUE_FORMAT)[0] != '\0')
			return cause_set(why, FAULT_VALUE,
			    N_("there is no such day or time"));
		return cause_set(why, FAULT_VALUE,
		    N_("the value is not of type %s"),
		    schema_type(job->schema, found->column));
	case VALUE_FORMAT:
		return cause_set(why, FAULT_VALUE,
		    N_("the value is not in the agreed format"));
	case VALUE_PATTERN:
		return cause_set(why, FAULT_VALUE,
		    N_("the value does not match the agreed pattern"));
	case VALUE_ENUM:
	case VALUE_CATEGORIES:
		return cause_set(why, FAULT_VALUE,
		    N_("the value is not in the agreed list"));
	case VALUE_MINIMUM:
		return cause_set(why, FAULT_VALUE,
		    N_("the value is below the agreed minimum"));
	case VALUE_MAXIMUM:
		return cause_set(why, FAULT_VALUE,
		    N_("the value is above the agreed maximum"));
	case VALUE_EXCLUSIVE_MINIMUM:
		return cause_set(why, FAULT_VALUE,
		    N_("the value is not above the agreed minimum"));
	case VALUE_EXCLUSIVE_MAXIMUM:
		return cause_set(why, FAULT_VALUE,
		    N_("the value is not below the agreed maximum"));
	case VALUE_MIN_LENGTH:
		return cause_set(
		    why, FAULT_VALUE, N_("the value is shorter than agreed"));
	case VALUE_MAX_LENGTH:
		return cause_set(
		    why, FAULT_VALUE, N_("the value is longer than agreed"));
	case VALUE_WRONGS:
	case VALUE_OK:
		break;
	}
	return cause_set(why, FAULT_VALUE, N_("the value breaks a rule"));
}

/* What was agreed stands behind the sentence, in every language. */
static void
value_agreed(
    const struct finding *found, const struct table_job *job, struct cause *why)
{
	const char *agreed = "";
	char text[CAUSE_DETAIL_MAX];

	if (found->rule < VALUE_WRONGS)
		agreed =
		    column_agreed(schema_column(job->schema, found->column),
			(enum value_wrong)found->rule);
	if (agreed[0] == '\0')
		return;
	(void)log_quote(text, sizeof(text), agreed);
	(void)snprintf(why->detail + strlen(why->detail),
	    sizeof(why->detail) - strlen(why->detail), ": %s", text);
	(void)snprintf(why->local + strlen(why->local),
	    sizeof(why->local) - strlen(why->local), ": %s", text);
}

/* csv_wrong_text is for programmers; these are for people and translated. */
static enum fault
csv_cause(enum csv_wrong wrong, const struct table_job *job, struct cause *why)
{
	switch (wrong) {
	case CSV_STRAY_QUOTE:
		return cause_set(why, FAULT_COLUMNS,
		    N_("there is a quote inside a value that is not quoted; "
		       "put the value in quotes and double the quotes in it"));
	case CSV_AFTER_QUOTE:
		return cause_set(why, FAULT_COLUMNS,
		    N_("there is text after a closing quote; quotes inside a "
		       "quoted value must be doubled"));
	case CSV_OPEN_QUOTE:
		return cause_set(why, FAULT_COLUMNS,
		    N_("a quote is opened and never closed"));
	case CSV_LONE_CR:
		return cause_set(why, FAULT_COLUMNS,
		    N_("a carriage return stands where no line ends"));
	case CSV_NEWLINE:
		return cause_set(why, FAULT_COLUMNS,
		    job->dialect.newline == CSV_LF
			? N_("the line ends with CR LF, agreed is LF alone")
			: N_("the line ends with LF alone, agreed is CR LF"));
	case CSV_NUL:
		return cause_set(why, FAULT_COLUMNS,
		    N_("there is a NUL byte in the record"));
	case CSV_OK:
	case CSV_MORE:
	case CSV_TOO_LONG:
	case CSV_TOO_MANY:
		break;
	}
	return cause_set(
	    why, FAULT_COLUMNS, N_("the record is longer than 1 MiB"));
}

/* Named as what it is, so that nobody mends it cell by cell. */
static enum fault
mark_cause(const struct finding *found, struct cause *why)
{
	if (found->rule == FINDING_DIGITS)
		return cause_set(why, FAULT_SPREADSHEET,
		    N_("%llu of the 16-digit numbers end in 0, too many to be "
		       "true: a spreadsheet keeps 15 digits"),
		    (unsigned long long)found->other);
	if (found->rule == FINDING_FULL)
		return cause_set(why, FAULT_NONE,
		    N_("the file has 1,048,576 rows, exactly as many as a "
		       "spreadsheet can hold: rows beyond them may have been "
		       "cut off; compare with the source"));
	if (found->rule == FINDING_FORMULA)
		return cause_set(why, FAULT_NONE,
		    N_("the value begins as a formula does (= + - @, tab or "
		       "carriage return): do not open the file in a "
		       "spreadsheet"));
	switch ((enum spreadsheet_mark)(found->rule - FINDING_MARK)) {
	case SPREADSHEET_EXPONENT:
		return cause_set(why, FAULT_SPREADSHEET,
		    N_("the number is written with an exponent (E+): its last "
		       "digits are lost"));
	case SPREADSHEET_ZEROS:
		return cause_set(why, FAULT_SPREADSHEET,
		    N_("the value would be right with zeros in front, which "
		       "spreadsheets take away"));
	case SPREADSHEET_PLUS:
		return cause_set(why, FAULT_SPREADSHEET,
		    N_("the value would be right with a + in front, which "
		       "spreadsheets take away"));
	case SPREADSHEET_DATE:
		return cause_set(why, FAULT_SPREADSHEET,
		    N_("the value is a day and a month, as spreadsheets make "
		       "of 3/5 or 03-05"));
	case SPREADSHEET_SERIAL:
		return cause_set(why, FAULT_SPREADSHEET,
		    N_("the date is a number of days, as spreadsheets count "
		       "them"));
	case SPREADSHEET_NONE:
		break;
	}
	return cause_set(why, FAULT_SPREADSHEET, "%s", "");
}

static enum fault
key_cause(const struct finding *found, struct cause *why)
{
	unsigned long long first = found->other;

	if (found->rule == FINDING_KEY)
		return cause_set(why, FAULT_NOT_UNIQUE,
		    N_("the primary key is the same as in row %llu"), first);
	if (found->rule == FINDING_UNIQUE_KEY)
		return cause_set(why, FAULT_NOT_UNIQUE,
		    N_("the unique key that begins with this column is the "
		       "same as in row %llu"),
		    first);
	return cause_set(why, FAULT_NOT_UNIQUE,
	    N_("the value must be unique and is the same as in row %llu"),
	    first);
}

static enum fault
limit_cause(
    const struct finding *found, const struct table_job *job, struct cause *why)
{
	if (found->rule == FINDING_ROWS)
		return cause_set(why, FAULT_OVER_LIMITS,
		    N_("the file has more than %llu rows"),
		    (unsigned long long)job->max_rows);
	if (found->rule == FINDING_SUM)
		return cause_set(why, FAULT_OVER_LIMITS,
		    N_("the sum of the column has too many digits"));
	return cause_set(why, FAULT_OVER_LIMITS,
	    N_("there are too many different values to count by"));
}

static enum fault
foreign_cause(
    const struct finding *found, const struct table_job *job, struct cause *why)
{
	const struct foreign *foreign = NULL;
	size_t n = schema_foreign(job->schema, &foreign), i = 0;

	while (i + 1 < n && foreign[i].column != found->column)
		i++;
	return cause_set(why, FAULT_VALUE,
	    N_("the value is not in the code list %s"),
	    n > 0 ? foreign[i].list : "");
}

/* Where people find it: in the source. */
static struct finding
finding_place(const struct finding *found, const struct table_job *job)
{
	struct finding here = *found;

	if (job->origin == NULL)
		return here;
	here.row = origin_row(job->origin, found->row);
	here.offset = UINT64_MAX;
	if (found->rule == FINDING_UNIQUE || found->rule == FINDING_KEY ||
	    found->rule == FINDING_UNIQUE_KEY)
		here.other = origin_row(job->origin, found->other);
	return here;
}

/* With the likely reason, for the number alone mends nothing. */
static enum fault
ragged_cause(
    const struct finding *found, const struct table_job *job, struct cause *why)
{
	unsigned long long is = found->other;
	size_t agreed = schema_count(job->schema);

	if (is > agreed)
		return cause_set(why, FAULT_COLUMNS,
		    N_("the row has %llu fields, agreed are %zu; a value that "
		       "holds '%c' must stand in quotes"),
		    is, agreed, job->dialect.delimiter);
	return cause_set(why, FAULT_COLUMNS,
	    N_("the row has %llu fields, agreed are %zu; a value that holds a "
	       "line break must stand in quotes, and no line may be empty"),
	    is, agreed);
}

enum fault
finding_cause(
    const struct finding *at, const struct table_job *job, struct cause *why)
{
	const struct finding here = finding_place(at, job), *found = &here;
	const char *name = NULL;

	cause_clear(why);
	if (found->column != FINDING_RECORD)
		name = schema_name(job->schema, found->column);
	cause_place(why, job->file, found->row, name, found->offset);
	cause_rule(why, finding_rule_text(found->rule));
	finding_clause(found, job, name == NULL ? "" : name, why);
	switch (found->rule) {
	case FINDING_RAGGED:
		return ragged_cause(found, job, why);
	case FINDING_HEADER:
		return cause_set(
		    why, FAULT_COLUMNS, N_("the file has no header row"));
	case FINDING_BOM:
		return cause_set(why, FAULT_ENCODING,
		    job->dialect.bom ? N_("the file does not begin with the "
					  "agreed byte order "
					  "mark")
				     : N_("the file begins with a byte order "
					  "mark, which is not "
					  "agreed"));
	case FINDING_ENCODING:
		return cause_set(
		    why, FAULT_ENCODING, N_("the text is not valid UTF-8"));
	case FINDING_ROWS:
	case FINDING_GROUPS:
	case FINDING_SUM:
		return limit_cause(found, job, why);
	case FINDING_UNIQUE:
	case FINDING_KEY:
	case FINDING_UNIQUE_KEY:
		return key_cause(found, why);
	case FINDING_FOREIGN:
		return foreign_cause(found, job, why);
	default:
		break;
	}
	if (found->rule >= FINDING_MARK && found->rule <= FINDING_FORMULA)
		return mark_cause(found, why);
	if (found->rule >= FINDING_CSV)
		return csv_cause(
		    (enum csv_wrong)(found->rule - FINDING_CSV), job, why);
	if (found->rule >= FINDING_RULE)
		return rule_cause(job->rules, found->other,
		    (enum rule_word)(found->rule - FINDING_RULE), why);
	(void)value_cause(found, job, why);
	value_agreed(found, job, why);
	return why->fault;
}

/* Rules that bear one name are counted as one; in a column they are neighbours.
 */
static bool
same_name(const struct table_count *a, const struct table_count *b)
{
	return strcmp(a->column, b->column) == 0 &&
	    strcmp(a->rule, b->rule) == 0;
}

static int
most_first(const void *a, const void *b)
{
	const struct table_count *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return 0;
}

enum fault
findings_counts(const struct findings *f, const struct table_job *job,
    struct table_count **out, size_t *n)
{
	struct table_count *counts = NULL;
	size_t i = 0, used = 0;

	/* Most counters are 0: only those that are not become entries. */
	*out = NULL;
	*n = 0;
	for (i = 0; f->total > 0 && i < counters(f); i++)
		used += f->count[i] > 0;
	if (used == 0)
		return FAULT_NONE;
	counts = calloc(used, sizeof(*counts));
	if (counts == NULL)
		return FAULT_MEMORY;
	for (i = 0, used = 0; i < counters(f); i++) {
		size_t column = i / FINDING_RULES;
		struct cause name = { .fault = FAULT_NONE };

		if (f->count[i] == 0)
			continue;
		if (column > 0) /* through a cause: made printable */
			cause_place(&name, NULL, 0,
			    schema_name(job->schema, column - 1), UINT64_MAX);
		memcpy(counts[used].column, name.column, sizeof(name.column));
		strncpy(counts[used].rule,
		    finding_rule_text((uint32_t)(i % FINDING_RULES)),
		    sizeof(counts[used].rule) - 1);
		counts[used].count = f->count[i];
		if (used == 0 || !same_name(&counts[used - 1], &counts[used]))
			used++;
		else
			counts[used - 1].count += f->count[i];
	}
	qsort(counts, used, sizeof(*counts), most_first);
	*out = counts;
	*n = used;
	return FAULT_NONE;
}
