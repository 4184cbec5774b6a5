/*
 * codelist: the text is kept with its separators turned into NUL, and each cell
 * as a pointer into it, so that a set of any column can be made.
 */
#include "check/codelist.h"

#include "check/set.h"

#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "text/utf8.h"

#define BOM "\xef\xbb\xbf"

struct codelist {
	char id[LIMIT_ID + 1];
	struct csv_dialect dialect;
	char *bytes;       /* owned; every cell ends in NUL */
	const char **cell; /* owned; record by record, the header first */
	size_t columns;
	size_t records; /* with the header */
	size_t cap;     /* of records */
};

/* Room for one more record. */
static enum fault
grow(struct codelist *l)
{
	const char **more = NULL;
	size_t cap = l->cap == 0 ? 256 : l->cap * 2;

	if (l->records < l->cap)
		return FAULT_NONE;
	more = reallocarray(l->cell, cap * l->columns, sizeof(*more));
	if (more == NULL)
		return FAULT_MEMORY;
	l->cell = more;
	l->cap = cap;
	return FAULT_NONE;
}

/* The byte behind a cell is its separator or quote, or is ours at the end: it
 * has been read, and may become NUL. */
static enum fault
take_record(struct codelist *l, const struct csv_field *field, size_t n)
{
	size_t i = 0;

	if (grow(l) != FAULT_NONE)
		return FAULT_MEMORY;
	for (i = 0; i < n; i++) {
		char *at = l->bytes + (field[i].at - l->bytes);
		size_t len = field[i].len;

		if (field[i].doubled)
			len = csv_unquote(&l->dialect, &field[i], at);
		at[len] = '\0';
		l->cell[l->records * l->columns + i] = at;
	}
	l->records++;
	return FAULT_NONE;
}

static enum fault
refuse(const struct codelist *l, size_t row, struct cause *why)
{
	cause_place(why, NULL, row, NULL, UINT64_MAX);
	return cause_set(why, FAULT_FORMAT,
	    N_("the code list %s is not CSV as it was agreed"), l->id);
}

static enum fault
read_records(struct codelist *l, size_t at, size_t len, struct cause *why)
{
	struct csv_field *field = calloc(LIMIT_CSV_COLUMNS, sizeof(*field));
	enum csv_wrong wrong = CSV_OK;
	enum fault f = FAULT_NONE;
	size_t n = 0, used = 0;

	if (field == NULL)
		return cause_memory(why);
	while (at < len && f == FAULT_NONE) {
		wrong = csv_record(&l->dialect, l->bytes + at, len - at, true,
		    field, LIMIT_CSV_COLUMNS, &n, &used);
		if (l->columns == 0)
			l->columns = n;
		if (wrong != CSV_OK || n != l->columns ||
		    l->records > CODELIST_RECORDS_MAX)
			f = refuse(l, l->records + 1, why);
		else if (take_record(l, field, n) != FAULT_NONE)
			f = cause_memory(why);
		at += used;
	}
	free(field);
	return f;
}

/* Two columns of one name would leave open which is meant. */
static enum fault
hold_names(const struct codelist *l, struct cause *why)
{
	struct set *names = NULL;
	size_t twice = 0;
	enum fault f = set_new(&names, l->cell, l->columns, &twice);

	set_free(names);
	if (f == FAULT_EXISTS)
		return refuse(l, 1, why);
	return f == FAULT_MEMORY ? cause_memory(why) : f;
}

/* Both ways round: an unexpected mark would become part of a name. */
static bool
mark_holds(const struct codelist_file *file)
{
	bool mark = file->len >= 3 && memcmp(file->bytes, BOM, 3) == 0;

	return mark == file->dialect.bom;
}

enum fault
codelist_parse(
    struct codelist **out, const struct codelist_file *file, struct cause *why)
{
	struct codelist *l = calloc(1, sizeof(*l));
	size_t len = file->len, at = file->dialect.bom ? 3 : 0;
	enum fault f = FAULT_NONE;

	*out = NULL;
	if (l == NULL)
		return cause_memory(why);
	strncpy(l->id, file->id, sizeof(l->id) - 1);
	l->dialect = file->dialect;
	if ((l->bytes = malloc(len + 1)) == NULL) {
		f = cause_memory(why);
		goto out;
	}
	if (len > 0)
		memcpy(l->bytes, file->bytes, len);
	l->bytes[len] = '\0';
	if (len == 0 || !mark_holds(file) || len == at ||
	    utf8_valid(l->bytes, len) != len)
		f = refuse(l, 0, why);
	else
		f = read_records(l, at, len, why);
	if (f == FAULT_NONE)
		f = hold_names(l, why);
	if (f == FAULT_NONE) {
		*out = l;
		l = NULL;
	}
out:
	codelist_free(l);
	return f;
}

void
codelist_free(struct codelist *l)
{
	if (l == NULL)
		return;
	free(l->cell);
	free(l->bytes);
	free(l);
}

void
codelists_free(struct codelists *l)
{
	if (l == NULL)
		return;
	while (l->n > 0)
		codelist_free(l->list[--l->n]);
}

const struct codelist *
codelists_find(const struct codelists *l, const char *id)
{
	size_t i = 0;

	for (i = 0; l != NULL && i < l->n; i++)
		if (strcmp(l->list[i]->id, id) == 0)
			return l->list[i];
	return NULL;
}

/* The column of a name, or the number of columns. */
static size_t
find(const struct codelist *l, const char *column)
{
	size_t c = 0;

	while (c < l->columns && strcmp(l->cell[c], column) != 0)
		c++;
	return c;
}

bool
codelist_has(const struct codelist *l, const char *column)
{
	return find(l, column) < l->columns;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

enum fault
codelist_set(struct set **out, const struct codelist *l, const char *column)
{
	size_t c = find(l, column);
	const char **word = NULL;
	size_t i = 0, n = 0, different = 0;
	enum fault f = FAULT_ABSENT;

	*out = NULL;
	if (c == l->columns)
		return FAULT_ABSENT;
	if ((word = calloc(l->records, sizeof(*word))) == NULL)
		return FAULT_MEMORY;
	for (i = 1; i < l->records; i++)
		if (l->cell[i * l->columns + c][0] != '\0')
			word[n++] = l->cell[i * l->columns + c];
	qsort(word, n, sizeof(*word), by_text);
	for (i = 0; i < n; i++)
		if (i == 0 || strcmp(word[i], word[different - 1]) != 0)
			word[different++] = word[i];
	if (different > 0)
		f = set_new(out, word, different, &i);
	free(word);
	return f;
}
