/*
 * project: bytes are gathered until records are whole (csv_cut), then split
 * with the reader of the table and written again.  A record that needs no
 * change but its line end is copied in one go.
 */
#include "check/project.h"

#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "base/limits.h"
#include "check/finding.h"
#include "check/scan.h"
#include "check/set.h"
#include "check/table.h"

/* Taken at a time. */
#define SLICE (128 * KIB)
/* A record that is not whole, and a slice. */
#define GATHER (LIMIT_CSV_RECORD + SLICE)
/* Written beyond this, the room is emptied into the sink. */
#define FULL (128 * KIB)
/* That, and what one record may become: each byte doubled, quotes, delimiter
 * and a pseudonym for each field. */
#define ROOM                           \
	(FULL + 2 * LIMIT_CSV_RECORD + \
	    LIMIT_CSV_COLUMNS * (2 * PSEUDONYM_LEN + 8))

/* A column that leaves. */
struct route {
	size_t from; /* field of the source */
	const struct mask *mask;
};

/* A column that chooses. */
struct sieve {
	size_t from;
	const struct projection_only *only;
};

struct project {
	struct project_job job;
	struct sink to;
	struct csv_reader reader;
	struct csv_field *fields;
	uint64_t *map;
	char *gather;  /* what is not cut yet */
	size_t n;      /* bytes of it */
	size_t cut;    /* of these csv_cut has seen */
	bool inside;   /* in quotes after them */
	uint64_t base; /* bytes of the source before gather */
	uint64_t rows; /* records taken, with the header */
	char *room;
	size_t used;
	char *scratch; /* two values of LIMIT_CSV_RECORD */

	struct route *route;
	size_t routes;
	struct sieve sieve[PROJECTION_ONLY_MAX];
	size_t sieves;
	size_t columns; /* of the source; 0: no header yet */
	bool same;      /* all leave as they are, in their order */
	struct cause *causes;
	size_t n_causes;
	uint64_t faults;
};

enum fault
project_new(struct project **out, const struct project_job *job, struct sink to,
    struct cause *why)
{
	struct project *p = calloc(1, sizeof(*p));

	*out = NULL;
	if (p == NULL)
		return cause_memory(why);
	p->job = *job;
	p->to = to;
	p->routes = schema_count(job->schema);
	if (p->job.max_faults < 1)
		p->job.max_faults = 1;
	p->fields = calloc(LIMIT_CSV_COLUMNS, sizeof(*p->fields));
	p->map = malloc(CSV_MAP_WORDS(GATHER) * sizeof(*p->map));
	p->gather = malloc(GATHER);
	p->room = malloc(ROOM);
	p->scratch = malloc(2 * LIMIT_CSV_RECORD + PSEUDONYM_LEN);
	p->route = calloc(p->routes, sizeof(*p->route));
	p->causes = calloc(p->job.max_faults, sizeof(*p->causes));
	if (p->fields == NULL || p->map == NULL || p->gather == NULL ||
	    p->room == NULL || p->scratch == NULL || p->route == NULL ||
	    p->causes == NULL) {
		project_free(p);
		return cause_memory(why);
	}
	*out = p;
	return FAULT_NONE;
}

void
project_free(struct project *p)
{
	if (p == NULL)
		return;
	free(p->fields);
	free(p->map);
	free(p->gather);
	free(p->room);
	free(p->scratch);
	free(p->route);
	free(p->causes);
	free(p);
}

/* ---- writing ---- */

static enum fault
empty(struct project *p, struct cause *why)
{
	enum fault f = FAULT_NONE;

	/* Who takes the rows may ask for them at once. */
	if (p->job.origin != NULL && origin_tell(p->job.origin) != FAULT_NONE)
		return cause_memory(why);
	if (p->used > 0)
		f = p->to.write(p->to.self, p->room, p->used, why);
	p->used = 0;
	return f;
}

static inline void
put(struct project *p, const char *bytes, size_t len)
{
	memcpy(p->room + p->used, bytes, len);
	p->used += len;
}

/* Whether it must be in quotes to be read again as one field. */
static bool
needs_quotes(const struct project *p, const char *text, size_t len)
{
	const struct csv_dialect *d = &p->job.dialect;
	size_t i = 0;

	/* Alone in its line this would end the data of a COPY. */
	if (p->routes == 1 && len == 2 && memcmp(text, "\\.", 2) == 0)
		return true;
	for (i = 0; i < len; i++)
		if (text[i] == d->delimiter || text[i] == d->quote ||
		    text[i] == '\n' || text[i] == '\r')
			return true;
	return false;
}

/* A value, where "quotes" it is within quotes whatever it holds. */
static void
put_value(struct project *p, const char *text, size_t len, bool quotes)
{
	const char quote = p->job.dialect.quote;
	size_t i = 0;

	if (quote == 0 || (!quotes && !needs_quotes(p, text, len))) {
		put(p, text, len);
		return;
	}
	p->room[p->used++] = quote;
	for (i = 0; i < len; i++) {
		if (text[i] == quote)
			p->room[p->used++] = quote;
		p->room[p->used++] = text[i];
	}
	p->room[p->used++] = quote;
}

/* As it lies in the source, its quotes left out where they mean nothing.  An
 * empty text in quotes keeps them: COPY takes one without for NULL. */
static void
put_field(struct project *p, const struct csv_field *f)
{
	char quote = p->job.dialect.quote;
	bool needs = f->doubled || (f->quoted && f->len == 0);

	if (!needs && (f->quoted || p->routes == 1))
		needs = quote != 0 && needs_quotes(p, f->at, f->len);
	if (!needs) {
		put(p, f->at, f->len);
		return;
	}
	/* Doubled quotes are still doubled. */
	p->room[p->used++] = quote;
	put(p, f->at, f->len);
	p->room[p->used++] = quote;
}

/* The field's value; p->scratch is used where it must be copied. */
static const char *
value_of(struct project *p, const struct csv_field *f, size_t *len)
{
	*len = f->len;
	if (!f->doubled)
		return f->at;
	*len = csv_unquote(&p->job.dialect, f, p->scratch);
	return p->scratch;
}

static void
put_masked(
    struct project *p, const struct csv_field *f, const struct mask *mask)
{
	char *out = p->scratch + LIMIT_CSV_RECORD;
	size_t len = 0;
	const char *value = value_of(p, f, &len);

	/* What is missing shows nothing, and must still be missing there. */
	if (schema_missing(p->job.schema, value, len)) {
		put_field(p, f);
		return;
	}
	len = mask_apply(mask, p->job.pseudonym, value, len, out);
	put_value(p, out, len, false);
}

/* ---- the header ---- */

/* For header_check and finding_cause. */
static struct table_job
table_job(const struct project *p)
{
	return (struct table_job){ .schema = p->job.schema,
		.dialect = p->job.dialect,
		.file = p->job.file,
		.clause = p->job.clause };
}

static bool
is_named(const struct csv_field *f, const char *name)
{
	return f->len == strlen(name) && memcmp(f->at, name, f->len) == 0;
}

static size_t
find_field(const struct project *p, size_t n, const char *name)
{
	size_t i = 0;

	for (i = 0; i < n; i++)
		if (is_named(&p->fields[i], name))
			return i;
	return SIZE_MAX;
}

/* Whether what left still shows what the rows were chosen by. */
static bool
is_shown(const struct projection *how, const struct projection_only *only)
{
	return only->own != SIZE_MAX &&
	    (how->mask == NULL || how->mask[only->own].kind == MASK_NONE);
}

/* Finds the columns that choose rows, each once. */
static enum fault
find_sieves(struct project *p, size_t n, struct cause *why)
{
	const struct projection *how = p->job.projection;
	size_t i = 0, k = 0;

	for (i = 0; i < how->n_only; i++) {
		const struct projection_only *only = &how->only[i];
		size_t times = 0;

		if (p->job.prove && !is_shown(how, only))
			continue;
		for (k = 0; k < n; k++)
			times += is_named(&p->fields[k], only->column);
		p->sieve[p->sieves++] =
		    (struct sieve){ find_field(p, n, only->column), only };
		if (times == 1)
			continue;
		cause_place(why, p->job.file, 1, only->column, UINT64_MAX);
		cause_rule(why, "columns");
		cause_clause(why, "%s.only.%s", p->job.clause, only->column);
		return times == 0
		    ? cause_set(why, FAULT_COLUMNS,
			  N_("the column that chooses the rows is missing"))
		    : cause_set(why, FAULT_COLUMNS,
			  N_("the column that chooses the rows is there "
			     "twice"));
	}
	return FAULT_NONE;
}

/* The agreed columns among the n of the source, whose names lie in fields. */
static enum fault
find_routes(struct project *p, size_t n, struct cause *why)
{
	const struct mask *mask = p->job.projection->mask;
	const struct table_job job = table_job(p);
	struct csv_field *agreed = calloc(n + 1, sizeof(*agreed));
	size_t i = 0, k = 0, m = 0;
	enum fault f = FAULT_NONE;

	if (agreed == NULL)
		return cause_memory(why);
	for (i = 0; i < n; i++) {
		bool is = p->job.prove || !p->job.projection->drop;

		for (k = 0; !is && k < p->routes; k++)
			is = is_named(
			    &p->fields[i], schema_name(p->job.schema, k));
		if (is)
			agreed[m++] = p->fields[i];
	}
	f = header_check(&job, agreed, m, why);
	free(agreed);
	/* They stand in their order, each once. */
	p->same = n == p->routes && mask == NULL;
	for (k = 0; f == FAULT_NONE && k < p->routes; k++) {
		p->route[k].from =
		    find_field(p, n, schema_name(p->job.schema, k));
		p->route[k].mask =
		    mask == NULL || mask[k].kind == MASK_NONE ? NULL : &mask[k];
	}
	return f;
}

static enum fault
take_header(struct project *p, size_t n, struct cause *why)
{
	size_t i = 0, len = 0;
	char *at = p->scratch;
	enum fault f = FAULT_NONE;

	if (n > LIMIT_CSV_COLUMNS) {
		cause_place(why, p->job.file, 1, NULL, UINT64_MAX);
		cause_rule(why, "columns");
		return cause_set(why, FAULT_COLUMNS,
		    N_("the file has more than %d columns"), LIMIT_CSV_COLUMNS);
	}
	for (i = 0; i < n; i++)
		if (p->fields[i].doubled) {
			len = csv_unquote(&p->job.dialect, &p->fields[i], at);
			p->fields[i].at = at;
			p->fields[i].len = (uint32_t)len;
			at += len;
		}
	f = find_routes(p, n, why);
	if (f == FAULT_NONE)
		f = find_sieves(p, n, why);
	if (f != FAULT_NONE)
		return f;
	p->columns = n;
	for (i = 0; !p->job.prove && i < p->routes; i++) {
		const char *name = schema_name(p->job.schema, i);

		if (i > 0)
			put(p, &p->job.dialect.delimiter, 1);
		put_value(p, name, strlen(name), false);
	}
	if (!p->job.prove)
		put(p, "\n", 1);
	return FAULT_NONE;
}

/* ---- records ---- */

/* Kept for the report; the record stays here. */
static enum fault
keep_ragged(struct project *p, size_t n, uint64_t offset, struct cause *why)
{
	struct cause *c = &p->causes[p->n_causes];

	p->faults++;
	if (p->job.origin != NULL &&
	    origin_enter(p->job.origin, false) != FAULT_NONE)
		return cause_memory(why);
	if (p->n_causes == p->job.max_faults)
		return FAULT_NONE;
	p->n_causes++;
	cause_clear(c);
	cause_place(c, p->job.file, p->rows + 1, NULL, offset);
	cause_rule(c, "columns");
	cause_clause(c, "%s%sschema.fields", p->job.clause,
	    p->job.clause[0] == '\0' ? "" : ".");
	(void)cause_set(c, FAULT_COLUMNS,
	    N_("the row has %zu fields, the header has %zu"), n, p->columns);
	return FAULT_NONE;
}

/* The column that keeps the record here; NULL: it leaves. */
static const struct projection_only *
stopped_by(struct project *p)
{
	size_t i = 0, len = 0;

	for (i = 0; i < p->sieves; i++) {
		const struct sieve *s = &p->sieve[i];
		const char *value = value_of(p, &p->fields[s->from], &len);

		if (set_find(s->only->values, value, len) == SIZE_MAX)
			return s->only;
	}
	return NULL;
}

/* ---- proving ---- */

static enum fault
not_projected(const struct project *p, const char *member, const char *column,
    struct cause *why)
{
	cause_place(why, p->job.file, p->rows + 1, column, UINT64_MAX);
	cause_rule(why, member);
	cause_clause(why, "%s.%s.%s", p->job.clause, member, column);
	return strcmp(member, "mask") == 0
	    ? cause_set(
		  why, FAULT_VALUE, N_("the value is not masked as agreed"))
	    : cause_set(why, FAULT_VALUE,
		  N_("the row is not one of those that were agreed to leave"));
}

static enum fault
prove_record(struct project *p, struct cause *why)
{
	const struct projection_only *only = stopped_by(p);
	size_t i = 0, len = 0;

	if (only != NULL)
		return not_projected(p, "only", only->column, why);
	for (i = 0; i < p->routes; i++) {
		const struct mask *mask = p->route[i].mask;
		const char *value = NULL;

		if (mask == NULL)
			continue;
		value = value_of(p, &p->fields[p->route[i].from], &len);
		if (!schema_missing(p->job.schema, value, len) &&
		    !mask_holds(mask, value, len))
			return not_projected(
			    p, "mask", schema_name(p->job.schema, i), why);
	}
	return FAULT_NONE;
}

/* No field is in quotes: only the line end may change. */
static bool
put_plain(struct project *p)
{
	const struct csv_field *last = &p->fields[p->columns - 1];
	const char *begin = p->fields[0].at;
	size_t i = 0;
	bool quoted = false;

	for (i = 0; i < p->columns; i++)
		quoted |= p->fields[i].quoted;
	if (quoted || p->routes == 1)
		return false;
	put(p, begin, (size_t)(last->at - begin) + last->len);
	return true;
}

static enum fault
take_record(struct project *p, size_t n, uint64_t offset, struct cause *why)
{
	size_t i = 0;
	bool out = false;

	if (n != p->columns)
		return keep_ragged(p, n, offset, why);
	if (p->job.prove)
		return prove_record(p, why);
	out = stopped_by(p) == NULL;
	if (p->job.origin != NULL &&
	    origin_enter(p->job.origin, out) != FAULT_NONE)
		return cause_memory(why);
	if (!out)
		return FAULT_NONE;
	if (!p->same || !put_plain(p))
		for (i = 0; i < p->routes; i++) {
			const struct route *r = &p->route[i];

			if (i > 0)
				put(p, &p->job.dialect.delimiter, 1);
			if (r->mask != NULL)
				put_masked(p, &p->fields[r->from], r->mask);
			else
				put_field(p, &p->fields[r->from]);
		}
	put(p, "\n", 1);
	return p->used > FULL ? empty(p, why) : FAULT_NONE;
}

static uint64_t
offset_of(const struct project *p, size_t at)
{
	return p->job.offset == UINT64_MAX ? UINT64_MAX
					   : p->job.offset + p->base + at;
}

/* The agreed column that field n of the source is. */
static uint32_t
column_of(const struct project *p, size_t n)
{
	size_t i = 0;

	for (i = 0; p->columns > 0 && i < p->routes; i++)
		if (p->route[i].from == n)
			return (uint32_t)i;
	return FINDING_RECORD;
}

/* The structure is lost at "at", in field n. */
static enum fault
lost(struct project *p, enum csv_wrong wrong, size_t at, size_t n,
    struct cause *why)
{
	struct finding found = { p->rows + 1, offset_of(p, at), 0,
		FINDING_RECORD, 0 };
	struct table_job job = table_job(p);
	enum fault f = FAULT_NONE;

	/* What stands before it may have faults of its own. */
	if ((f = empty(p, why)) != FAULT_NONE)
		return f;
	if (wrong == CSV_MORE)
		wrong = CSV_TOO_LONG;
	found.rule = FINDING_CSV + wrong;
	/* A line end belongs to no column. */
	if (wrong != CSV_TOO_LONG && wrong != CSV_LONE_CR &&
	    wrong != CSV_NEWLINE)
		found.column = column_of(p, n);
	return finding_cause(&found, &job, why);
}

/* All records of the first len bytes gathered. */
static enum fault
records(struct project *p, size_t len, bool last, struct cause *why)
{
	struct csv_reader *r = &p->reader;
	enum csv_wrong wrong = CSV_OK;
	size_t n = 0, used = 0, begin = 0;
	enum fault f = FAULT_NONE;

	csv_reader_start(r, &p->job.dialect, p->gather, len, last);
	csv_reader_map(r, sweep_best(), p->map);
	while (f == FAULT_NONE && r->at < r->len) {
		begin = r->at;
		wrong =
		    csv_reader_next(r, p->fields, LIMIT_CSV_COLUMNS, &n, &used);
		if (wrong != CSV_OK && wrong != CSV_TOO_MANY)
			return lost(p, wrong, used, n, why);
		f = p->columns == 0
		    ? take_header(p, n, why)
		    : take_record(p, n, offset_of(p, begin), why);
		p->rows++;
	}
	return f;
}

/* Takes the records that are whole, and keeps the rest. */
static enum fault
cut(struct project *p, struct cause *why)
{
	size_t len = csv_cut(&p->job.dialect, sweep_best(), p->gather + p->cut,
	    p->n - p->cut, &p->inside);
	enum fault f = FAULT_NONE;

	if (len > 0)
		len += p->cut;
	p->cut = p->n;
	/* No end of a record in sight: the reader says what is wrong. */
	if (len == 0 && p->n > LIMIT_CSV_RECORD)
		len = p->n;
	if (len == 0)
		return FAULT_NONE;
	f = records(p, len, false, why);
	memmove(p->gather, p->gather + len, p->n - len);
	p->base += len;
	p->n -= len;
	p->cut -= len;
	return f;
}

enum fault
project_write(
    struct project *p, const void *bytes, size_t len, struct cause *why)
{
	const char *at = bytes;
	size_t n = 0;
	enum fault f = FAULT_NONE;

	for (; f == FAULT_NONE && len > 0; at += n, len -= n) {
		n = len < SLICE ? len : SLICE;
		memcpy(p->gather + p->n, at, n);
		p->n += n;
		f = cut(p, why);
	}
	return f;
}

enum fault
project_end(struct project *p, struct cause *why)
{
	enum fault f = records(p, p->n, true, why);

	p->n = 0;
	return f == FAULT_NONE ? empty(p, why) : f;
}

enum fault
project_place(struct project *p, struct cause *why)
{
	size_t n = 0, used = 0;
	uint32_t c = FINDING_RECORD;
	enum csv_wrong wrong = csv_record(&p->job.dialect, p->gather, p->n,
	    false, p->fields, LIMIT_CSV_COLUMNS, &n, &used);
	enum fault f = FAULT_NONE;

	if (wrong != CSV_MORE)
		return lost(p, wrong, used, n, why);
	if ((f = empty(p, why)) != FAULT_NONE)
		return f;
	c = column_of(p, n);
	cause_place(why, p->job.file, p->rows + 1,
	    c == FINDING_RECORD ? NULL : schema_name(p->job.schema, c),
	    UINT64_MAX);
	return FAULT_NONE;
}

uint64_t
project_faults(const struct project *p)
{
	return p->faults;
}

size_t
project_causes(const struct project *p, const struct cause **out)
{
	*out = p->causes;
	return p->n_causes;
}
