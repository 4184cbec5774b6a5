/*
 * faults: a bounded summary.  It crosses from the half that reads foreign bytes
 * as plain memory, so there is no pointer in it.
 */
#include "record/faults.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "base/log.h"

static const struct node_member faults_members[] = {
	{ "count", NODE_INTEGER, true, false },
	{ "kinds", NODE_ARRAY, true, false },
	{ "first", NODE_ARRAY, true, false },
};

static const struct node_member place_members[] = {
	{ "file", NODE_STRING, true, true },
	{ "row", NODE_INTEGER, true, true },
	{ "column", NODE_STRING, true, true },
	{ "rule", NODE_STRING, true, false },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

void
faults_count(
    struct faults *f, uint64_t total, const struct table_count *count, size_t n)
{
	struct warnings sorted = { f->kind, 0 };

	f->total = total;
	f->n_kinds = n < FAULTS_KINDS ? n : FAULTS_KINDS;
	if (f->n_kinds > 0)
		memcpy(f->kind, count, f->n_kinds * sizeof(*count));
	/* The one form that such lists have. */
	sorted.n = f->n_kinds;
	warnings_sort(&sorted);
	f->n_kinds = sorted.n;
}

void
faults_first(struct faults *f, const struct cause *cause, size_t n)
{
	size_t i;

	f->n_places = n < FAULTS_PLACES ? n : FAULTS_PLACES;
	for (i = 0; i < f->n_places; i++) {
		struct faults_place *p = &f->place[i];

		memcpy(p->file, cause[i].file, sizeof(p->file));
		p->row = cause[i].row;
		memcpy(p->column, cause[i].column, sizeof(p->column));
		memcpy(p->rule, cause[i].rule, sizeof(p->rule));
	}
}

/* ---- writing ---- */

void
faults_write(struct writer *w, const struct faults *f)
{
	struct table_count kind[FAULTS_KINDS];
	const struct warnings kinds = { kind, f->n_kinds };
	size_t i;

	if (f->total == 0)
		return;
	memcpy(kind, f->kind, sizeof(kind));
	writer_open(w, "faults", NODE_OBJECT);
	writer_integer(w, "count", (int64_t)f->total);
	warnings_write(w, "kinds", &kinds);
	writer_open(w, "first", NODE_ARRAY);
	for (i = 0; i < f->n_places; i++) {
		const struct faults_place *p = &f->place[i];

		writer_open(w, NULL, NODE_OBJECT);
		writer_string_or_null(w, "file", p->file);
		if (p->row != 0)
			writer_integer(w, "row", (int64_t)p->row);
		else
			writer_null(w, "row");
		writer_string_or_null(w, "column", p->column);
		writer_string(w, "rule", p->rule);
		writer_close(w);
	}
	writer_close(w);
	writer_close(w);
}

/* ---- reading ---- */

static void
read_kinds(struct member *m, struct faults *f)
{
	const struct node *list = member_list(m, "kinds", 0, FAULTS_KINDS);
	struct warnings read = { NULL, 0 };

	if (m->fault != FAULT_NONE)
		return;
	m->fault = warnings_read(&read, list, "refusal.faults.kinds", m->why);
	f->n_kinds = read.n;
	if (read.n > 0)
		memcpy(f->kind, read.item, read.n * sizeof(*read.item));
	warnings_free(&read);
}

static void
read_place(struct member *m, struct faults_place *p)
{
	member_table(m, place_members, COUNT(place_members));
	member_text(m, "file", p->file, sizeof(p->file));
	if (m->fault == FAULT_NONE &&
	    node_type(node_get(m->object, "row")) == NODE_INTEGER)
		member_count(m, "row", 1, &p->row);
	member_text(m, "column", p->column, sizeof(p->column));
	member_text(m, "rule", p->rule, sizeof(p->rule));
}

void
faults_read(struct member *m, struct faults *f)
{
	static const char place[] = "refusal.faults";
	struct member part, at;
	const struct node *list = NULL;
	char where[sizeof(place) + 32];

	memset(f, 0, sizeof(*f));
	if (!member_has(m, "faults"))
		return;
	part = member_enter(m, "faults", place);
	member_table(&part, faults_members, COUNT(faults_members));
	member_count(&part, "count", 1, &f->total);
	read_kinds(&part, f);
	list = member_list(&part, "first", 0, FAULTS_PLACES);
	for (; part.fault == FAULT_NONE && f->n_places < node_count(list);
	     f->n_places++) {
		(void)snprintf(where, sizeof(where), "%s.first[%zu]", place,
		    f->n_places + 1);
		at = (struct member){ node_at(list, f->n_places), where,
			part.why, FAULT_NONE };
		read_place(&at, &f->place[f->n_places]);
		part.fault = at.fault;
	}
	m->fault = part.fault;
	if (m->fault != FAULT_NONE)
		memset(f, 0, sizeof(*f));
}

/* ---- from another process ---- */

/* An end within its room, and nothing that a screen must not show. */
static bool
text_ok(char *text, size_t cap)
{
	char shown[CAUSE_NAME_MAX];

	if (memchr(text, '\0', cap) == NULL)
		return false;
	(void)log_quote(shown, cap, text);
	memcpy(text, shown, cap);
	return true;
}

bool
faults_check(struct faults *f)
{
	size_t i;

	if (f->n_kinds > FAULTS_KINDS || f->n_places > FAULTS_PLACES ||
	    f->total > WARNINGS_COUNT_MAX)
		return false;
	for (i = 0; i < f->n_kinds; i++)
		if (!text_ok(f->kind[i].column, sizeof(f->kind[i].column)) ||
		    !text_ok(f->kind[i].rule, sizeof(f->kind[i].rule)) ||
		    f->kind[i].count > WARNINGS_COUNT_MAX)
			return false;
	for (i = 0; i < f->n_places; i++)
		if (!text_ok(f->place[i].file, sizeof(f->place[i].file)) ||
		    !text_ok(f->place[i].column, sizeof(f->place[i].column)) ||
		    !text_ok(f->place[i].rule, sizeof(f->place[i].rule)) ||
		    f->place[i].rule[0] == '\0' ||
		    f->place[i].row > WARNINGS_COUNT_MAX)
			return false;
	return true;
}
