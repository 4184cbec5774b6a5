/*
 * draft: the rules across columns are held by the check's own engine, on a
 * batch of one record.
 */
#include "check/draft.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "check/value.h"

enum fault
draft_init(struct draft *d, size_t columns)
{
	memset(d, 0, sizeof(*d));
	d->text.max = LIMIT_CSV_RECORD;
	d->n = columns;
	d->end = calloc(columns, sizeof(*d->end));
	d->field = calloc(columns, sizeof(*d->field));
	d->missing = calloc(columns, sizeof(*d->missing));
	d->sound = calloc(columns, sizeof(*d->sound));
	if (d->end == NULL || d->field == NULL || d->missing == NULL ||
	    d->sound == NULL)
		return FAULT_MEMORY;
	return FAULT_NONE;
}

void
draft_free(struct draft *d)
{
	buf_free(&d->text);
	free(d->end);
	free(d->field);
	free(d->missing);
	free(d->sound);
	memset(d, 0, sizeof(*d));
}

void
draft_clear(struct draft *d)
{
	d->at = 0;
	d->text.len = 0;
	if (d->text.data != NULL)
		d->text.data[0] = '\0';
}

void
draft_cell(struct draft *d)
{
	d->end[d->at++] = d->text.len;
}

/* Returns whether the cell breaks a rule of its own. */
static bool
judge_cell(struct draft *d, const struct schema *schema, size_t i)
{
	const struct column *c = schema_column(schema, i);
	struct csv_field *f = &d->field[i];

	f->at = buf_text(&d->text) + (i > 0 ? d->end[i - 1] : 0);
	f->len = (uint32_t)(buf_text(&d->text) + d->end[i] - f->at);
	f->quoted = f->doubled = false;
	d->missing[i] = schema_missing(schema, f->at, f->len) ? 1 : 0;
	d->sound[i] =
	    d->missing[i] == 0 && value_check(c, f->at, f->len) == VALUE_OK ? 1
									    : 0;
	return d->sound[i] == 0 && (d->missing[i] == 0 || column_required(c));
}

void
draft_judge(struct draft *d, const struct schema *schema,
    const struct rules *rules, size_t but, struct draft_wrong *out)
{
	struct rule_cells cells = { d->field, d->n, 1, d->missing, d->sound };
	size_t i = 0, j = 0;

	memset(out, 0, sizeof(*out));
	for (i = 0; i < d->n; i++)
		if (judge_cell(d, schema, i) && i != but)
			out->cells++;
	for (i = 0; i < rules_count(rules); i++) {
		struct rule_found found;

		rule_check(rules, i, &cells, &found);
		for (j = 0; j < found.n; j++) {
			if ((found.broken[j] & 1) == 0 || found.warning[j])
				continue;
			out->rules++;
			out->rule = i;
			out->column = found.column;
			out->word = (enum rule_word)(found.word + j);
		}
	}
}

static enum fault
write_cell(
    const struct csv_dialect *d, const char *text, size_t len, struct buf *out)
{
	enum fault f = FAULT_NONE;
	size_t i = 0;

	if (d->quote == 0 ||
	    (memchr(text, d->delimiter, len) == NULL &&
		memchr(text, d->quote, len) == NULL &&
		memchr(text, '\n', len) == NULL &&
		memchr(text, '\r', len) == NULL))
		return buf_put(out, text, len);
	f = buf_put(out, &d->quote, 1);
	for (i = 0; f == FAULT_NONE && i < len; i++) {
		f = buf_put(out, text + i, 1);
		if (f == FAULT_NONE && text[i] == d->quote)
			f = buf_put(out, &d->quote, 1);
	}
	return f == FAULT_NONE ? buf_put(out, &d->quote, 1) : f;
}

enum fault
draft_write(
    const struct draft *d, const struct csv_dialect *dialect, struct buf *out)
{
	const char *text = buf_text(&d->text);
	enum fault f = FAULT_NONE;
	size_t i = 0, start = 0;

	for (i = 0; f == FAULT_NONE && i < d->n; i++) {
		if (i > 0)
			f = buf_put(out, &dialect->delimiter, 1);
		if (f == FAULT_NONE)
			f = write_cell(
			    dialect, text + start, d->end[i] - start, out);
		start = d->end[i];
	}
	if (f == FAULT_NONE)
		f = buf_puts(out, dialect->newline == CSV_CRLF ? "\r\n" : "\n");
	return f;
}
