/*
 * contents_pack: plain and quick to take apart, for what proves it is not its
 * form: who unpacked it formats it, and holds that against a signed hash.
 */
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "base/path.h"
#include "record/contents.h"

/* ---- packing ---- */

static void
put_text(struct buf *out, const char *text, enum fault *f)
{
	if (*f == FAULT_NONE)
		*f = buf_put(out, text, strlen(text) + 1);
}

static void
put_number(struct buf *out, uint64_t n, enum fault *f)
{
	if (*f == FAULT_NONE)
		*f = buf_put(out, &n, sizeof(n));
}

static void
put_totals(struct buf *out, const struct totals *t, enum fault *f)
{
	size_t i, k;

	put_number(out, t->n, f);
	for (i = 0; i < t->n; i++) {
		const struct total *total = &t->total[i];

		put_number(out, total->kind, f);
		put_text(out, total->column == NULL ? "" : total->column, f);
		put_text(out, total->value, f);
		put_number(out, total->n_groups, f);
		for (k = 0; k < total->n_groups; k++) {
			put_text(out, total->groups[k].value, f);
			put_number(out, total->groups[k].count, f);
		}
	}
}

static void
put_warnings(struct buf *out, const struct warnings *w, enum fault *f)
{
	size_t i;

	put_number(out, w->n, f);
	for (i = 0; i < w->n; i++) {
		put_text(out, w->item[i].column, f);
		put_text(out, w->item[i].rule, f);
		put_number(out, w->item[i].count, f);
	}
}

enum fault
contents_pack(struct buf *out, const struct contents *c)
{
	enum fault f = FAULT_NONE;
	size_t i;

	put_text(out, c->salt, &f);
	put_number(out, c->n, &f);
	for (i = 0; i < c->n; i++) {
		const struct contents_file *file = &c->file[i];

		put_text(out, file->name, &f);
		put_number(out, file->bytes, &f);
		put_text(out, file->sha256, &f);
		put_number(out, file->rows, &f);
		put_number(out, file->keyed, &f);
		put_totals(out, &file->totals, &f);
		put_warnings(out, &file->warnings, &f);
	}
	return f;
}

/* ---- unpacking ---- */

struct unpacking {
	const char *at, *end;
	enum fault fault;
};

/* The next text, "" after a fault. */
static const char *
take(struct unpacking *u)
{
	const char *text = u->at;
	size_t left = (size_t)(u->end - u->at);
	size_t len = u->fault == FAULT_NONE ? strnlen(text, left) : left;

	if (len == left) {
		u->fault = FAULT_FORMAT;
		return "";
	}
	u->at += len + 1;
	return text;
}

static void
take_text(struct unpacking *u, char *out, size_t cap)
{
	const char *text = take(u);

	if (strlen(text) >= cap)
		u->fault = FAULT_FORMAT;
	else
		memcpy(out, text, strlen(text) + 1);
}

static void
take_copy(struct unpacking *u, char **out)
{
	*out = strdup(take(u));
	if (*out == NULL)
		u->fault = FAULT_MEMORY;
}

/* Rows have none. */
static void
take_column(struct unpacking *u, struct total *t)
{
	if (t->kind == TOTAL_ROWS)
		(void)take(u);
	else
		take_copy(u, &t->column);
}

/* At most "max", 0 after a fault. */
static uint64_t
take_number(struct unpacking *u, uint64_t max)
{
	uint64_t n = 0;

	if (u->fault == FAULT_NONE && (size_t)(u->end - u->at) < sizeof(n))
		u->fault = FAULT_FORMAT;
	if (u->fault != FAULT_NONE)
		return 0;
	memcpy(&n, u->at, sizeof(n));
	u->at += sizeof(n);
	if (n <= max)
		return n;
	u->fault = FAULT_FORMAT;
	return 0;
}

static void
take_groups(struct unpacking *u, struct total *t)
{
	size_t n = (size_t)take_number(u, LIMIT_GROUPS);

	t->groups = calloc(n > 0 ? n : 1, sizeof(*t->groups));
	if (t->groups == NULL) {
		u->fault = FAULT_MEMORY;
		return;
	}
	while (u->fault == FAULT_NONE && t->n_groups < n) {
		take_copy(u, &t->groups[t->n_groups].value);
		t->groups[t->n_groups++].count = take_number(u, UINT64_MAX);
	}
}

static void
take_totals(struct unpacking *u, struct totals *t)
{
	size_t n = (size_t)take_number(u, TOTALS_MAX);

	t->total = calloc(n > 0 ? n : 1, sizeof(*t->total));
	if (t->total == NULL) {
		u->fault = FAULT_MEMORY;
		return;
	}
	while (u->fault == FAULT_NONE && t->n < n) {
		struct total *total = &t->total[t->n++];

		total->kind = (enum total_kind)take_number(u, TOTAL_FILLED);
		take_column(u, total);
		take_text(u, total->value, sizeof(total->value));
		take_groups(u, total);
	}
}

static void
take_warnings(struct unpacking *u, struct warnings *w)
{
	size_t n = (size_t)take_number(u, WARNINGS_MAX);

	w->item = calloc(n > 0 ? n : 1, sizeof(*w->item));
	if (w->item == NULL) {
		u->fault = FAULT_MEMORY;
		return;
	}
	while (u->fault == FAULT_NONE && w->n < n) {
		struct table_count *item = &w->item[w->n++];

		take_text(u, item->column, sizeof(item->column));
		take_text(u, item->rule, sizeof(item->rule));
		item->count = take_number(u, WARNINGS_COUNT_MAX);
	}
}

static void
take_file(struct unpacking *u, struct contents_file *file)
{
	take_text(u, file->name, sizeof(file->name));
	file->bytes = take_number(u, INT64_MAX);
	take_text(u, file->sha256, sizeof(file->sha256));
	file->rows = take_number(u, INT64_MAX);
	file->keyed = take_number(u, 1) == 1;
	take_totals(u, &file->totals);
	take_warnings(u, &file->warnings);
	if (u->fault == FAULT_NONE &&
	    (!path_member_ok(file->name) || contents_name_reserved(file->name)))
		u->fault = FAULT_FORMAT;
}

enum fault
contents_unpack(
    struct contents **out, const void *bytes, size_t len, struct cause *why)
{
	const char *at = bytes;
	struct unpacking u = { at, at + len, FAULT_NONE };
	char salt[CONTENTS_SALT_LEN] = "";
	struct contents *c = NULL;
	size_t i, n;

	*out = NULL;
	take_text(&u, salt, sizeof(salt));
	n = (size_t)take_number(&u, LIMIT_FILES);
	if (contents_new(&c, n) != FAULT_NONE)
		return cause_memory(why);
	memcpy(c->salt, salt, sizeof(salt));
	for (i = 0; u.fault == FAULT_NONE && i < n; i++)
		take_file(&u, &c->file[i]);
	if (u.fault == FAULT_NONE && (n == 0 || u.at != u.end))
		u.fault = FAULT_FORMAT;
	if (u.fault == FAULT_NONE) {
		*out = c;
		return FAULT_NONE;
	}
	contents_free(c);
	if (u.fault == FAULT_MEMORY)
		return cause_memory(why);
	return cause_set(why, FAULT_FORMAT,
	    N_("what was counted is not what a page of contents can say"));
}
