/*
 * report: faults with their place, never a value; totals as they will be
 * signed.
 */
#include "report.h"

#include <stdio.h>

#include "base/intl.h"
#include "base/log.h"

static void
faults_text(const struct extract *x)
{
	char text[2048];
	size_t i;

	for (i = 0; i < x->n_causes; i++) {
		cause_text(text, sizeof(text), &x->causes[i]);
		(void)printf("%s\n", text);
	}
	if (x->faults > x->n_causes)
		(void)printf(_("… and %llu faults more; by column and rule:\n"),
		    (unsigned long long)(x->faults - x->n_causes));
	else if (x->faults > 1)
		(void)printf("%s", _("by column and rule:\n"));
	/* Of a single fault everything was said. */
	for (i = 0; x->faults > 1 && i < x->n_counts; i++)
		(void)printf("%10llu  %s  %s\n",
		    (unsigned long long)x->counts[i].count,
		    x->counts[i].column[0] == '\0' ? "-" : x->counts[i].column,
		    x->counts[i].rule);
}

static void
sheet_text(const struct extract *x, const char *sheet)
{
	if (sheet == NULL || x->faults + x->warnings == 0)
		return;
	if (x->listed == x->faults + x->warnings)
		(void)printf(_("each of them is listed in %s\n"), sheet);
	else
		(void)printf(_("%llu of them are listed in %s\n"),
		    (unsigned long long)x->listed, sheet);
}

/* Those of all files together, first to last. */
static void
warnings_text(const struct extract *x)
{
	const struct contents_file *file;
	const struct table_count *count;
	char text[2048];
	size_t i, j;

	for (i = 0; i < x->n_cautions; i++) {
		cause_text(text, sizeof(text), &x->cautions[i]);
		(void)printf("%s\n", text);
	}
	if (x->warnings <= x->n_cautions)
		return;
	(void)printf(_("… and %llu warnings more; by column and rule:\n"),
	    (unsigned long long)(x->warnings - x->n_cautions));
	for (i = 0; i < x->n; i++) {
		file = &x->contents->file[i];
		for (j = 0; j < file->warnings.n; j++) {
			count = &file->warnings.item[j];
			(void)printf("%10llu  %s  %s\n",
			    (unsigned long long)count->count, count->column,
			    count->rule);
		}
	}
}

static void
warnings_json(const struct extract *x)
{
	struct writer *w;
	size_t i;

	for (i = 0; i < x->n_cautions; i++) {
		if ((w = cli_object()) == NULL)
			return;
		writer_string(w, "result", "warning");
		cli_write_cause(w, &x->cautions[i]);
		cli_print(w);
	}
}

static void
faults_json(const struct extract *x, const char *sheet)
{
	struct writer *w;
	size_t i;

	for (i = 0; i < x->n_causes; i++) {
		if ((w = cli_object()) == NULL)
			return;
		writer_string(w, "result", "fault");
		cli_write_cause(w, &x->causes[i]);
		cli_print(w);
	}
	if (x->faults == 0 || (w = cli_object()) == NULL)
		return;
	writer_integer(w, "faults", (int64_t)x->faults);
	if (sheet != NULL) {
		writer_string(w, "report", sheet);
		writer_integer(w, "listed", (int64_t)x->listed);
	}
	writer_open(w, "counts", NODE_ARRAY);
	for (i = 0; i < x->n_counts; i++) {
		writer_open(w, NULL, NODE_OBJECT);
		writer_string(w, "column", x->counts[i].column);
		writer_string(w, "rule", x->counts[i].rule);
		writer_integer(w, "count", (int64_t)x->counts[i].count);
		writer_close(w);
	}
	writer_close(w);
	cli_print(w);
}

static void
total_text(const struct total *t)
{
	char quoted[256];
	size_t i;

	switch (t->kind) {
	case TOTAL_ROWS:
		(void)printf(_("  rows %s\n"), t->value);
		break;
	case TOTAL_SUM:
		(void)printf(_("  sum of %s: %s\n"), t->column, t->value);
		break;
	case TOTAL_DISTINCT:
		(void)printf(
		    _("  different values of %s: %s\n"), t->column, t->value);
		break;
	case TOTAL_MIN:
		(void)printf(_("  earliest of %s: %s\n"), t->column,
		    t->value[0] == '\0' ? "-" : t->value);
		break;
	case TOTAL_MAX:
		(void)printf(_("  latest of %s: %s\n"), t->column,
		    t->value[0] == '\0' ? "-" : t->value);
		break;
	case TOTAL_FILLED:
		(void)printf(_("  values of %s: %s\n"), t->column, t->value);
		break;
	case TOTAL_COUNT_BY:
		(void)printf(_("  rows by %s:\n"), t->column);
		for (i = 0; i < t->n_groups; i++)
			(void)printf("    %-24s %llu\n",
			    log_quote(
				quoted, sizeof(quoted), t->groups[i].value),
			    (unsigned long long)t->groups[i].count);
		break;
	}
}

static void
totals_text(const struct extract *x)
{
	const struct contents_file *file;
	size_t i, j;

	for (i = 0; i < x->n; i++) {
		file = &x->contents->file[i];
		(void)printf(_("%s: %llu rows, %llu bytes, no fault found\n"),
		    file->name, (unsigned long long)file->rows,
		    (unsigned long long)file->bytes);
		if (file->warnings.n > 0)
			(void)printf(_("  warnings %llu\n"),
			    (unsigned long long)warnings_total(
				&file->warnings));
		for (j = 0; j < file->totals.n; j++)
			total_text(&file->totals.total[j]);
	}
}

static void
totals_json(const struct extract *x)
{
	const struct contents_file *file;
	struct writer *w;
	size_t i;

	if ((w = cli_object()) == NULL)
		return;
	writer_string(w, "result", "ok");
	writer_integer(w, "rows", (int64_t)x->rows);
	writer_integer(w, "bytes", (int64_t)x->bytes);
	writer_open(w, "files", NODE_ARRAY);
	for (i = 0; i < x->n; i++) {
		file = &x->contents->file[i];
		writer_open(w, NULL, NODE_OBJECT);
		writer_string(w, "name", file->name);
		writer_integer(w, "bytes", (int64_t)file->bytes);
		writer_string(w, "sha256", file->sha256);
		writer_integer(w, "rows", (int64_t)file->rows);
		totals_write(w, "totals", &file->totals);
		warnings_write(w, "warnings", &file->warnings);
		writer_close(w);
	}
	writer_close(w);
	cli_print(w);
}

/* Gives the sheet its name.  Faults of the data weigh more than a sheet that
 * could not be written, which is told beside them. */
static enum fault
end_sheet(const struct cli *cli, const struct extract *x, struct sheet *sheet,
    enum fault f, struct cause *why)
{
	struct cause own;
	enum fault g;

	/* Not looked at to the end: half a sheet would be taken for a whole. */
	if (f != FAULT_NONE && fault_exit(f) != EXIT_STATUS_REFUSED)
		return f;
	cause_clear(&own);
	if ((g = sheet_end(sheet, x->faults + x->warnings - x->listed, &own)) ==
	    FAULT_NONE)
		return f;
	if (f == FAULT_NONE) {
		*why = own;
		return g;
	}
	cli_tell(cli_value(cli, "report"), g, &own);
	return f;
}

enum fault
report_extract(const struct cli *cli, const struct extract *x,
    struct sheet *sheet, enum fault f, struct cause *why)
{
	const char *listed = NULL;

	f = end_sheet(cli, x, sheet, f, why);
	listed = sheet_name(sheet);
	if (f != FAULT_NONE) {
		if (cli_json(cli)) {
			faults_json(x, listed);
			warnings_json(x);
		} else if (x->n_causes > 0) {
			faults_text(x);
			warnings_text(x);
			sheet_text(x, listed);
			cause_clear(why);
			(void)cause_set(why, f,
			    N_("%llu faults found, listed above; nothing was "
			       "sealed or sent"),
			    (unsigned long long)x->faults);
		}
		return f;
	}
	if (cli_json(cli)) {
		warnings_json(x);
		totals_json(x);
	} else if (!cli_quiet(cli)) {
		warnings_text(x);
		sheet_text(x, listed);
		totals_text(x);
	}
	return f;
}
