/*
 * scan: records of one block against the plan.  The hot loop of the house: no
 * allocation, no lock and no copy for a cell that is not quoted.
 */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "check/scan.h"
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
	s->header = header;
	s->max_fields = plan->columns + EXTRA_FIELDS;
	s->fields = calloc(s->max_fields, sizeof(*s->fields));
	s->map = malloc(CSV_MAP_WORDS(BLOCK_CAPACITY) * sizeof(*s->map));
	if (s->fields == NULL || s->map == NULL)
		return FAULT_MEMORY;
	return tally_init(&s->tally, plan);
}

void
scanner_free(struct scanner *s)
{
	tally_free(&s->tally);
	free(s->fields);
	free(s->map);
	memset(s, 0, sizeof(*s));
}

static void
scan_found(struct block *b, size_t at, uint32_t column, uint32_t rule,
    uint64_t other)
{
	struct finding found = { b->records, UINT64_MAX, other, column, rule };

	if (at != SIZE_MAX)
		found.offset = b->offset + at;
	if (b->fault == FAULT_NONE)
		b->fault = findings_add(&b->found, &found);
}

/* The same where nothing behind it can be understood. */
static void
scan_lost(struct block *b, size_t at, uint32_t column, uint32_t rule)
{
	scan_found(b, at, column, rule, 0);
	b->lost = true;
}

/* Doubled quotes are halved in place: the block is ours. */
static void
scan_unquote(struct scanner *s, struct block *b, struct csv_field *f)
{
	f->len = (uint32_t)csv_unquote(&s->job->dialect, f,
	    b->bytes + (f->at - b->bytes));
	f->doubled = false;
}

static void
scan_cell(struct scanner *s, struct block *b, size_t c, uint64_t row)
{
	const struct plan_column *column = &s->plan->column[c];
	struct csv_field *f = &s->fields[c];
	enum value_wrong wrong = VALUE_OK;
	bool missing = false;

	if (f->doubled)
		scan_unquote(s, b, f);
	missing = schema_missing(s->plan->schema, f->at, f->len);
	if (!missing)
		wrong = value_check(column->rule, f->at, f->len);
	else if (column->required)
		wrong = VALUE_REQUIRED;
	if (wrong != VALUE_OK) {
		scan_found(b, (size_t)(f->at - b->bytes), (uint32_t)c,
		    (uint32_t)wrong, 0);
		return;
	}
	if (column->jobs > 0 && b->fault == FAULT_NONE)
		b->fault = tally_cell(&s->tally, c, f, missing, row);
}

static void
scan_record(struct scanner *s, struct block *b, size_t begin, size_t n)
{
	uint64_t row = BLOCK_ROW(b->index, b->records);
	size_t c = 0;

	if (n != s->plan->columns) {
		scan_found(b, begin, FINDING_RECORD, FINDING_RAGGED, n);
		return;
	}
	for (c = 0; c < n; c++)
		scan_cell(s, b, c, row);
	if (b->fault == FAULT_NONE)
		b->fault = tally_record(&s->tally, s->fields, row);
}

/* The agreed column that byte "at" lies in, given the n fields read. */
static uint32_t
scan_column(const struct scanner *s, const struct block *b, size_t at, size_t n)
{
	size_t c = 0;

	while (c < n && c < s->max_fields &&
	    (size_t)(s->fields[c].at - b->bytes) + s->fields[c].len <= at)
		c++;
	return c < s->plan->columns ? (uint32_t)c : FINDING_RECORD;
}

static void
scan_header(struct scanner *s, struct block *b, size_t begin, size_t n)
{
	size_t c = 0;

	if (n > s->max_fields)
		n = s->max_fields;
	for (c = 0; c < n; c++)
		if (s->fields[c].doubled)
			scan_unquote(s, b, &s->fields[c]);
	if (header_check(s->job, s->fields, n, s->header) != FAULT_NONE)
		scan_lost(b, begin, FINDING_RECORD, FINDING_HEADER);
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

/* Whether the record just read is lost; "bad" is the first byte that is not
 * UTF-8, or the block's length. */
static bool
scan_broken(struct scanner *s, struct block *b, enum csv_wrong wrong, size_t n,
    size_t at, size_t bad)
{
	uint32_t column = FINDING_RECORD;
	bool sound = wrong == CSV_OK || wrong == CSV_TOO_MANY;

	/* A block that is cut without a record end holds one too long. */
	if (wrong == CSV_MORE)
		wrong = CSV_TOO_LONG;
	if (bad < at) {
		scan_lost(b, bad, scan_column(s, b, bad, n), FINDING_ENCODING);
		return true;
	}
	if (sound)
		return false;
	if (wrong != CSV_TOO_LONG && wrong != CSV_LONE_CR &&
	    wrong != CSV_NEWLINE && n < s->plan->columns)
		column = (uint32_t)n;
	scan_lost(b, at, column, FINDING_CSV + wrong);
	return true;
}

void
scanner_block(struct scanner *s, struct block *b)
{
	size_t skip = scan_bom(s, b), bad = 0, begin = 0, end = 0, n = 0;
	enum csv_wrong wrong = CSV_OK;
	struct csv_reader r = { .last = false };

	if (b->lost)
		return;
	bad = utf8_valid(b->bytes, b->len) - skip;
	csv_reader_start(&r, &s->job->dialect, b->bytes + skip, b->len - skip,
	    b->last, s->map);
	while (r.at < r.len && !b->lost && b->fault == FAULT_NONE) {
		begin = r.at;
		wrong = csv_reader_next(&r, s->fields, s->max_fields, &n, &end);
		if (scan_broken(s, b, wrong, n, end + skip, bad + skip))
			break;
		if (b->index == 0 && b->records == 0)
			scan_header(s, b, begin + skip, n);
		else
			scan_record(s, b, begin + skip, n);
		b->records++;
	}
}
