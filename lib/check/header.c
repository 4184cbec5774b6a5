/*
 * header: the first record of a file names its columns.  Agreed names may be
 * shown.  Foreign ones, cut short and made printable, only where all agreed
 * ones stand beside them: else the record may be no header but a person's row.
 */
#include <stdio.h>
#include <string.h>

#include "base/intl.h"
#include "check/scan.h"

/* Names as far as they fit. */
struct names {
	char text[200];
	size_t len, n;
};

static void
names_add(struct names *list, const char *name, size_t len)
{
	const char *comma = list->n == 0 ? "" : ", ";
	size_t room = sizeof(list->text) - list->len;
	int shown = len > 64 ? 64 : (int)len;
	int n = snprintf(
	    list->text + list->len, room, "%s%.*s", comma, shown, name);

	list->n++;
	if (n < 0 || (size_t)n >= room) {
		/* What does not fit is left out whole. */
		list->text[list->len] = '\0';
		return;
	}
	list->len += (size_t)n;
}

static bool
is_name(const struct csv_field *f, const char *name)
{
	return strlen(name) == f->len && memcmp(f->at, name, f->len) == 0;
}

/* Whether the name stands among the first n fields. */
static bool
has_name(const struct csv_field *fields, size_t n, const char *name)
{
	size_t i = 0;

	for (i = 0; i < n; i++)
		if (is_name(&fields[i], name))
			return true;
	return false;
}

static bool
same_field(const struct csv_field *a, const struct csv_field *b)
{
	return a->len == b->len && memcmp(a->at, b->at, a->len) == 0;
}

/* Whether field i is in the schema, and not a second time here. */
static bool
is_agreed(const struct schema *schema, const struct csv_field *fields, size_t i)
{
	size_t c = 0;

	for (c = 0; c < i; c++)
		if (same_field(&fields[c], &fields[i]))
			return false;
	for (c = 0; c < schema_count(schema); c++)
		if (is_name(&fields[i], schema_name(schema, c)))
			return true;
	return false;
}

static enum fault
header_cause(
    const struct names *missing, const struct names *extra, struct cause *why)
{
	if (missing->n > 0 && extra->n > 0)
		return cause_set(why, FAULT_COLUMNS,
		    N_("columns missing: %s; columns not agreed: number %s"),
		    missing->text, extra->text);
	if (missing->n > 0)
		return cause_set(why, FAULT_COLUMNS, N_("columns missing: %s"),
		    missing->text);
	return cause_set(
	    why, FAULT_COLUMNS, N_("columns not agreed: %s"), extra->text);
}

enum fault
header_check(const struct table_job *job, const struct csv_field *fields,
    size_t n, struct cause *why)
{
	size_t columns = schema_count(job->schema), i = 0;
	struct names missing = { "", 0, 0 }, extra = { "", 0, 0 };

	while (i < n && i < columns &&
	    is_name(&fields[i], schema_name(job->schema, i)))
		i++;
	if (i == n && n == columns)
		return FAULT_NONE;
	cause_clear(why);
	cause_place(why, job->file, 1,
	    i < columns ? schema_name(job->schema, i) : NULL, UINT64_MAX);
	cause_rule(why, "columns");
	cause_clause(why, "%s%sschema.fields",
	    job->clause == NULL ? "" : job->clause,
	    job->clause == NULL || job->clause[0] == '\0' ? "" : ".");
	for (size_t c = 0; c < columns; c++) {
		const char *name = schema_name(job->schema, c);

		if (!has_name(fields, n, name))
			names_add(&missing, name, strlen(name));
	}
	for (size_t c = 0; c < n; c++) {
		char number[24] = "";

		if (is_agreed(job->schema, fields, c))
			continue;
		(void)snprintf(number, sizeof(number), "%zu", c + 1);
		if (missing.n > 0)
			names_add(&extra, number, strlen(number));
		else
			names_add(&extra, fields[c].at, fields[c].len);
	}
	if (n == 1 && columns > 1)
		return cause_set(why, FAULT_COLUMNS,
		    N_("the first line is a single field: columns are "
		       "separated by '%c' as agreed"),
		    job->dialect.delimiter);
	if (missing.n == columns)
		return cause_set(why, FAULT_COLUMNS,
		    N_("the first line has none of the agreed column names; "
		       "it must be: %s (upper and lower case matter)"),
		    missing.text);
	if (missing.n > 0 || extra.n > 0 || i >= n || i >= columns)
		return header_cause(&missing, &extra, why);
	return cause_set(why, FAULT_COLUMNS,
	    N_("columns are out of order: column %zu is \"%.*s\", agreed is "
	       "\"%s\""),
	    i + 1, fields[i].len > 64 ? 64 : (int)fields[i].len, fields[i].at,
	    schema_name(job->schema, i));
}
