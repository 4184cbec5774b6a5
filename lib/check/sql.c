/*
 * sql: every file is first copied as text, cell by cell as it was checked; then
 * a view leaves out what stands for no value, and a second one gives each
 * column its type.  So missing values, group characters and dates in any format
 * mean in the database what the agreement says, and COPY has nothing to guess.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "check/column.h"
#include "check/sql.h"

#define MOMENT_FORM "YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\""

/* The first fault is kept; what comes after it changes nothing. */
struct script {
	struct buf *out;
	const struct sql_job *job;
	enum fault fault;
};

static void
put(struct script *s, const char *text)
{
	if (s->fault == FAULT_NONE)
		s->fault = buf_puts(s->out, text);
}

static void
put_byte(struct script *s, char c)
{
	if (s->fault == FAULT_NONE)
		s->fault = buf_put(s->out, &c, 1);
}

static void
put_number(struct script *s, unsigned long long n)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%llu", n);
	put(s, text);
}

/* ---- words ---- */

/* A text as a literal that is on one line and holds no control byte. */
static void
put_literal(struct script *s, const char *text)
{
	bool plain = true;
	char escaped[8];
	const char *at = NULL;

	for (at = text; *at != '\0'; at++)
		plain = plain && (unsigned char)*at >= ' ' && *at != 0x7f &&
		    *at != '\\';
	put(s, plain ? "'" : "E'");
	for (at = text; *at != '\0'; at++) {
		if (*at == '\'') {
			put(s, "''");
		} else if (*at == '\\') {
			put(s, "\\\\");
		} else if ((unsigned char)*at < ' ' || *at == 0x7f) {
			(void)snprintf(escaped, sizeof(escaped), "\\x%02x",
			    (unsigned char)*at);
			put(s, escaped);
		} else {
			put_byte(s, *at);
		}
	}
	put_byte(s, '\'');
}

static void
put_quoted(struct script *s, const char *name)
{
	put_byte(s, '"');
	for (; *name != '\0'; name++) {
		if (*name == '"')
			put_byte(s, '"');
		put_byte(s, *name);
	}
	put_byte(s, '"');
}

/* Names that PostgreSQL does not take for a column as they are. */
static bool
is_renamed(const char *name)
{
	static const char *const taken[] = { "tableoid", "xmin", "cmin", "xmax",
		"cmax", "ctid" };
	size_t i = 0;

	for (i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		if (strcmp(name, taken[i]) == 0)
			return true;
	return strlen(name) > SQL_NAME_MAX;
}

static void
put_column(struct script *s, size_t column)
{
	const char *name = schema_name(s->job->schema, column);

	if (!is_renamed(name)) {
		put_quoted(s, name);
		return;
	}
	put(s, "\"serahterima_column_");
	put_number(s, column + 1);
	put_byte(s, '"');
}

/* All of them, between commas. */
static void
put_columns(struct script *s)
{
	size_t i = 0;

	for (i = 0; i < schema_count(s->job->schema); i++) {
		put(s, i == 0 ? "" : ", ");
		put_column(s, i);
	}
}

/* ---- types ---- */

static const char *
type_of(const struct column *c)
{
	switch (c->kind) {
	case COLUMN_INTEGER:
	case COLUMN_NUMBER:
		return "numeric";
	case COLUMN_BOOLEAN:
		return "boolean";
	case COLUMN_DATE:
		return "date";
	case COLUMN_DATETIME:
		return "timestamptz";
	case COLUMN_STRING:
	case COLUMN_TIME:
	case COLUMN_YEAR:
	case COLUMN_YEARMONTH:
	case COLUMN_DURATION:
		break;
	}
	return "text";
}

static void
put_substring(struct script *s, size_t column, size_t at, size_t len)
{
	put(s, "substr(");
	put_column(s, column);
	put(s, ", ");
	put_number(s, at + 1);
	if (len > 0) {
		put(s, ", ");
		put_number(s, len);
	}
	put(s, ")");
}

static void
put_date(struct script *s, size_t column, const struct date_format *f)
{
	put(s, "make_date(");
	put_substring(s, column, f->year, 4);
	put(s, "::int, ");
	put_substring(s, column, f->month, 2);
	put(s, "::int, ");
	put_substring(s, column, f->day, 2);
	put(s, "::int)");
}

/* As the default format has it, whatever the column's is. */
static void
put_moment(struct script *s, size_t column, const struct date_format *f)
{
	const struct {
		const char *before;
		size_t at, len;
	} part[] = { { "(", f->year, 4 }, { " || '-' || ", f->month, 2 },
		{ " || '-' || ", f->day, 2 }, { " || 'T' || ", f->hour, 2 },
		{ " || ':' || ", f->minute, 2 },
		{ " || ':' || ", f->second, 2 } };
	size_t i = 0;

	for (i = 0; i < sizeof(part) / sizeof(part[0]); i++) {
		put(s, part[i].before);
		if (part[i].at == DATE_NONE)
			put(s, "'00'");
		else
			put_substring(s, column, part[i].at, part[i].len);
	}
	if (f->fraction || f->zone) {
		put(s, " || ");
		put_substring(s, column, f->shape.len, 0);
	}
	/* Without a zone it counts as UTC, which is the session's. */
	put(s, ")::timestamptz");
}

static void
put_figure(struct script *s, size_t column, const struct number_format *f)
{
	const char group[2] = { f->group, '\0' };
	const char decimal[2] = { f->decimal, '\0' };
	bool grouped = f->group != 0;
	bool pointed = f->decimal != 0 && f->decimal != '.';

	put(s, pointed ? "replace(" : "");
	put(s, grouped ? "replace(" : "");
	put_column(s, column);
	if (grouped) {
		put(s, ", ");
		put_literal(s, group);
		put(s, ", '')");
	}
	if (pointed) {
		put(s, ", ");
		put_literal(s, decimal);
		put(s, ", '.')");
	}
	put(s, "::numeric");
}

/* Words of a list from one index to before another. */
static void
put_words(struct script *s, const struct set *set, size_t from, size_t to)
{
	const char *word = NULL;
	size_t i = 0;

	put(s, "(");
	for (i = from; i < to && (word = set_word(set, i)) != NULL; i++) {
		put(s, i == from ? "" : ", ");
		put_literal(s, word);
	}
	put(s, ")");
}

/* The value of a cell, in its type. */
static void
put_value(struct script *s, size_t column)
{
	const struct column *c = schema_column(s->job->schema, column);

	switch (c->kind) {
	case COLUMN_INTEGER:
	case COLUMN_NUMBER:
		put_figure(s, column, &c->number);
		return;
	case COLUMN_BOOLEAN:
		put_column(s, column);
		put(s, " IN ");
		put_words(s, c->words, 0, c->n_true);
		return;
	case COLUMN_DATE:
		put_date(s, column, &c->date);
		return;
	case COLUMN_DATETIME:
		put_moment(s, column, &c->date);
		return;
	case COLUMN_STRING:
	case COLUMN_TIME:
	case COLUMN_YEAR:
	case COLUMN_YEARMONTH:
	case COLUMN_DURATION:
		put_column(s, column);
	}
}

/* ---- tables ---- */

static void
put_head(struct script *s)
{
	put(s,
	    "-- Loads the files beside it and counts again.  In this "
	    "directory:\n"
	    "--   psql -X -f load.sql [-v table=NAME] DATABASE\n"
	    "-- Everything is loaded, with all totals right, or nothing.  "
	    "PostgreSQL 15 or\n"
	    "-- later.  Each run adds the rows once more.\n"
	    "\\set ON_ERROR_STOP on\n"
	    "\\encoding UTF8\n"
	    "\\if :{?table}\n"
	    "\\else\n"
	    "\\set table ");
	put_literal(s, s->job->table);
	put(s,
	    "\n\\endif\n"
	    "BEGIN;\n"
	    "SET LOCAL standard_conforming_strings = on;\n"
	    "SET LOCAL timezone = 'UTC';\n"
	    "SET LOCAL client_min_messages = warning;\n\n");
}

static void
put_tables(struct script *s)
{
	const struct schema *schema = s->job->schema;
	size_t n = schema_count(schema), i = 0;

	put(s, "CREATE TABLE IF NOT EXISTS :\"table\" (\n");
	for (i = 0; i < n; i++) {
		put(s, "  ");
		put_column(s, i);
		put(s, " ");
		put(s, type_of(schema_column(schema, i)));
		if (column_required(schema_column(schema, i)))
			put(s, " NOT NULL");
		put(s, i + 1 < n ? ", -- " : " -- ");
		put(s, schema_type(schema, i));
		put(s, "\n");
	}
	put(s,
	    ");\n\n"
	    "-- The cells as they were checked.\n"
	    "CREATE TEMP TABLE serahterima_in (\n");
	for (i = 0; i < n; i++) {
		put(s, "  ");
		put_column(s, i);
		put(s, i + 1 < n ? " text,\n" : " text\n");
	}
	put(s, ") ON COMMIT DROP;\n\n");
}

/* NULL where the cell stands for no value. */
static void
put_cell(struct script *s, size_t column)
{
	const char *word = NULL;
	size_t i = 0;

	put(s, "CASE WHEN ");
	put_column(s, column);
	put(s, " IN (");
	for (i = 0; (word = schema_missing_word(s->job->schema, i)) != NULL;
	     i++) {
		put(s, i == 0 ? "" : ", ");
		put_literal(s, word);
	}
	put(s, ") THEN NULL ELSE ");
	put_column(s, column);
	put(s, " END");
}

static void
put_views(struct script *s)
{
	size_t n = schema_count(s->job->schema), i = 0;
	bool missing = schema_missing_word(s->job->schema, 0) != NULL;

	put(s,
	    "-- What stands for no value left out.\n"
	    "CREATE TEMP VIEW serahterima_cells AS SELECT\n");
	for (i = 0; i < n; i++) {
		put(s, "  ");
		if (missing)
			put_cell(s, i);
		else
			put_column(s, i);
		put(s, " AS ");
		put_column(s, i);
		put(s, i + 1 < n ? ",\n" : "\n");
	}
	put(s,
	    "FROM serahterima_in;\n\n"
	    "-- Each column in its type.\n"
	    "CREATE TEMP VIEW serahterima_rows AS SELECT\n");
	for (i = 0; i < n; i++) {
		put(s, "  ");
		put_value(s, i);
		put(s, " AS ");
		put_column(s, i);
		put(s, i + 1 < n ? ",\n" : "\n");
	}
	put(s,
	    "FROM serahterima_cells;\n\n"
	    "CREATE TEMP TABLE serahterima_totals (\n"
	    "  file text, i int, total text, \"column\" text,\n"
	    "  expected text, counted text, same boolean\n"
	    ") ON COMMIT DROP;\n\n");
}

/* ---- a file ---- */

/* One line: \copy ends with it. */
static void
put_copy(struct script *s, const struct sql_file *file)
{
	const struct csv_dialect *d = s->job->dialect;
	const char delimiter[2] = { d->delimiter, '\0' };
	/* A file without quotes gets one that no text has. */
	const char quote[2] = { d->quote == 0 ? '\x01' : d->quote, '\0' };
	size_t n = schema_count(s->job->schema), i = 0;
	/* A mark before the first name, or another name, is no match. */
	bool match = !d->bom;

	for (i = 0; i < n; i++)
		match = match && !is_renamed(schema_name(s->job->schema, i));
	put(s, "TRUNCATE serahterima_in;\n\\copy serahterima_in FROM ");
	put_literal(s, file->name);
	put(s, " WITH (FORMAT csv, HEADER");
	put(s, match ? " MATCH" : "");
	put(s, ", DELIMITER ");
	put_literal(s, delimiter);
	put(s, ", QUOTE ");
	put_literal(s, quote);
	put(s, ", ENCODING 'UTF8', FORCE_NOT_NULL (");
	put_columns(s);
	put(s, "))\n");
}

/* ---- totals ---- */

static void
put_count(struct script *s, const struct total *t)
{
	const struct schema *schema = s->job->schema;
	size_t c = t->column == NULL ? 0 : schema_find(schema, t->column);
	bool timed =
	    t->column != NULL && column_timed(schema_column(schema, c));

	switch (t->kind) {
	case TOTAL_SUM:
		put(s, "trim_scale(coalesce(sum(");
		put_value(s, c);
		put(s, "), 0))::text");
		return;
	case TOTAL_DISTINCT:
		put(s, "count(DISTINCT ");
		put_column(s, c);
		put(s, ")::text");
		return;
	case TOTAL_FILLED:
		put(s, "count(");
		put_column(s, c);
		put(s, ")::text");
		return;
	case TOTAL_MIN:
	case TOTAL_MAX:
		put(s, "to_char(");
		put(s, total_kind_text(t->kind));
		put(s, "(");
		put_value(s, c);
		put(s, timed ? "), '" MOMENT_FORM "')" : "), 'YYYY-MM-DD')");
		return;
	case TOTAL_ROWS:
	case TOTAL_COUNT_BY:
		break;
	}
	put(s, "count(*)::text");
}

/* A moment goes through the same reading and writing as those in the table:
 * PostgreSQL keeps six digits of a fraction. */
static void
put_expected(struct script *s, const struct total *t)
{
	bool edge = t->kind == TOTAL_MIN || t->kind == TOTAL_MAX;
	char text[sizeof(t->value) + 4];

	if (edge && t->value[0] == '\0') {
		put(s, "NULL");
		return;
	}
	if (!edge || strchr(t->value, 'T') == NULL) {
		put_literal(s, t->value);
		return;
	}
	/* There is no year 0 in a database. */
	(void)snprintf(text, sizeof(text), "%s", t->value);
	if (strncmp(text, "0000", 4) == 0)
		(void)snprintf(text, sizeof(text), "0001%s BC", t->value + 4);
	put(s, "to_char(");
	put_literal(s, text);
	put(s, "::timestamptz, '" MOMENT_FORM "')");
}

/* All but groups, in one pass over the file. */
static void
put_totals(struct script *s, const struct sql_file *file)
{
	const struct totals *totals = file->totals;
	bool first = true;
	size_t i = 0;

	put(s,
	    "CREATE TEMP TABLE serahterima_counted ON COMMIT DROP AS\n"
	    "SELECT ARRAY[");
	for (i = 0; i < totals->n; i++) {
		put(s, i == 0 ? "\n  " : ",\n  ");
		put_count(s, &totals->total[i]);
	}
	put(s,
	    "]::text[] AS n FROM serahterima_cells;\n"
	    "INSERT INTO serahterima_totals\n"
	    "SELECT ");
	put_literal(s, file->name);
	put(s,
	    ", i, total, name, expected, n[i],\n"
	    "  expected IS NOT DISTINCT FROM n[i]\n"
	    "FROM serahterima_counted, (VALUES");
	for (i = 0; i < totals->n; i++) {
		if (totals->total[i].kind == TOTAL_COUNT_BY)
			continue;
		put(s, first ? "\n  (" : ",\n  (");
		first = false;
		put_number(s, i + 1);
		put(s, ", '");
		put(s, total_kind_text(totals->total[i].kind));
		put(s, "', ");
		if (totals->total[i].column == NULL)
			put(s, "NULL::text");
		else
			put_literal(s, totals->total[i].column);
		put(s, ", ");
		put_expected(s, &totals->total[i]);
		put(s, ")");
	}
	/* VALUES needs one. */
	put(s, first ? "\n  (0, '', NULL, NULL)" : "");
	put(s, ") AS want (i, total, name, expected)");
	put(s, first ? " WHERE i > 0;\n" : ";\n");
	put(s, "DROP TABLE serahterima_counted;\n");
}

static void
put_groups(struct script *s, const struct sql_file *file, size_t index)
{
	const struct total *t = &file->totals->total[index];
	size_t c = schema_find(s->job->schema, t->column), i = 0;

	put(s, "WITH want (value, n) AS (");
	put(s,
	    t->n_groups == 0 ? "SELECT '', 0::bigint WHERE false" : "VALUES");
	for (i = 0; i < t->n_groups; i++) {
		put(s, i == 0 ? "\n  (" : ",\n  (");
		put_literal(s, t->groups[i].value);
		put(s, ", ");
		put_number(s, t->groups[i].count);
		put(s, i == 0 ? "::bigint)" : ")");
	}
	put(s, "),\ngot AS (SELECT coalesce(");
	put_column(s, c);
	put(s,
	    ", '') AS value, count(*) AS n\n"
	    "  FROM serahterima_cells GROUP BY 1)\n"
	    "INSERT INTO serahterima_totals SELECT ");
	put_literal(s, file->name);
	put(s, ", ");
	put_number(s, index + 1);
	put(s, ", 'count_by', ");
	put_literal(s, t->column);
	put(s,
	    ",\n"
	    "  (SELECT count(*) FROM want) || ' groups',\n"
	    "  (SELECT count(*) FROM got) || ' groups',\n"
	    "  NOT EXISTS (SELECT FROM want FULL JOIN got USING (value)\n"
	    "    WHERE want.n IS DISTINCT FROM got.n);\n");
}

static void
put_file(struct script *s, const struct sql_file *file)
{
	size_t i = 0;

	put(s, "-- ");
	put(s, file->name);
	put(s, "\n");
	put_copy(s, file);
	put_totals(s, file);
	for (i = 0; i < file->totals->n; i++)
		if (file->totals->total[i].kind == TOTAL_COUNT_BY)
			put_groups(s, file, i);
	put(s, "INSERT INTO :\"table\" (");
	put_columns(s);
	put(s, ")\nSELECT * FROM serahterima_rows;\n\n");
}

enum fault
sql_format(struct buf *out, const struct sql_job *job)
{
	struct script s = { out, job, FAULT_NONE };
	size_t i = 0;

	put_head(&s);
	put_tables(&s);
	put_views(&s);
	for (i = 0; i < job->n && s.fault == FAULT_NONE; i++)
		put_file(&s, &job->file[i]);
	put(&s,
	    "SELECT file, total, \"column\", expected, counted, same\n"
	    "FROM serahterima_totals ORDER BY file, i;\n"
	    "DO $$BEGIN\n"
	    "  IF EXISTS (SELECT FROM serahterima_totals WHERE NOT same) "
	    "THEN\n"
	    "    RAISE EXCEPTION 'control totals differ: nothing was "
	    "loaded';\n"
	    "  END IF;\n"
	    "END$$;\n"
	    "DROP VIEW serahterima_rows, serahterima_cells;\n"
	    "COMMIT;\n");
	return s.fault;
}
