/*
 * list: what is staged, and what is known of one parcel.
 */
#include "terima.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "base/log.h"
#include "record/contents.h"
#include "record/receipt.h"
#include "desk.h"
#include "spool/outbox.h"
#include "spool/stage.h"
#include "state.h"

enum exit_status
terima_status(struct cli *cli)
{
	struct desk s;
	struct cause why;
	enum fault f;

	cause_clear(&why);
	if ((f = desk_open(&s, cli, NULL, &why)) != FAULT_NONE)
		return cli_fail(cli, &why);
	f = state_show(cli, &s, PARCEL_IN, cli_arg(cli, 0), &why);
	f = desk_end(&s, f, &why);
	return f == FAULT_NONE ? EXIT_STATUS_DONE : cli_fail(cli, &why);
}

static void
list_one(
    const struct cli *cli, const struct desk *s, const struct parcel_state *p)
{
	char text[PARCEL_NAME_MAX], dir[PARCEL_NAME_MAX];
	char path[PATH_MAX];
	struct writer *w;

	parcel_name_text(text, &p->name);
	parcel_name_dir(dir, &p->name);
	if (!cli_json(cli)) {
		(void)printf("%-40s %10llu  %s/%s/%s\n", text,
		    (unsigned long long)p->rows, s->home->path,
		    stage_shelf(&p->name), dir);
		return;
	}
	if ((w = cli_object()) == NULL)
		return;
	writer_string(w, "parcel", text);
	writer_integer(w, "rows", (int64_t)p->rows);
	writer_string(w, "staged", p->time);
	writer_string(w, "manifest", p->manifest);
	if (p->name.test)
		writer_string(w, "purpose", "test");
	(void)snprintf(path, sizeof(path), "%s/%s/%s", s->home->path,
	    stage_shelf(&p->name), dir);
	writer_string(w, "directory", path);
	cli_print(w);
}

enum exit_status
terima_list(struct cli *cli)
{
	struct parcel_state *states = NULL;
	struct desk s;
	struct cause why;
	size_t i, n = 0;
	bool staged = false;
	enum fault f;

	cause_clear(&why);
	if ((f = desk_open(&s, cli, NULL, &why)) != FAULT_NONE)
		return cli_fail(cli, &why);
	f = index_parcels(s.index, PARCEL_IN, &states, &n, &why);
	for (i = 0; f == FAULT_NONE && i < n; i++) {
		if (strcmp(states[i].state, "staged") != 0)
			continue;
		f = stage_exists(s.home, &states[i].name, &staged, &why);
		if (f == FAULT_NONE && staged)
			list_one(cli, &s, &states[i]);
	}
	free(states);
	f = desk_end(&s, f, &why);
	return f == FAULT_NONE ? EXIT_STATUS_DONE : cli_fail(cli, &why);
}

/* ---- show ---- */

/* A JSON page of the evidence, as a member. */
static enum fault
write_page(struct writer *w, const char *key, struct home *h,
    const struct parcel_name *name, const char *file, struct cause *why)
{
	struct buf page = BUF_MAX(LIMIT_CONTENTS);
	struct doc *doc = NULL;
	enum fault f;

	f = records_load(h, name, file, &page, why);
	if (f == FAULT_NONE)
		f = doc_parse(&doc, page.data, page.len, why);
	if (f == FAULT_NONE)
		writer_node(w, key, doc_root(doc));
	doc_free(doc);
	buf_free(&page);
	if (f == FAULT_ABSENT) {
		cause_clear(why);
		return FAULT_NONE;
	}
	return f;
}

static enum fault
write_receipts(struct writer *w, struct home *h, const struct parcel_name *name,
    struct cause *why)
{
	struct io_names names = { NULL, 0 };
	char party[LIMIT_ID + 1];
	enum stage stage;
	enum fault f;
	size_t i;

	if ((f = records_names(h, name, &names, why)) != FAULT_NONE)
		return f;
	writer_open(w, "receipts", NODE_ARRAY);
	for (i = 0; f == FAULT_NONE && i < names.n; i++)
		if (receipt_name_parse(names.name[i], party, &stage))
			f = write_page(w, NULL, h, name, names.name[i], why);
	writer_close(w);
	io_names_free(&names);
	return f;
}

/* One object for both: --json prints it on a line, else it is laid out. */
static enum fault
show(const struct cli *cli, struct desk *s, const struct parcel_name *name,
    struct cause *why)
{
	struct buf text = BUF_MAX(64 * MIB);
	struct parcel_state state;
	struct writer *w = NULL;
	char parcel[PARCEL_NAME_MAX];
	enum fault f;

	parcel_name_text(parcel, name);
	f = index_parcel(s->index, name, PARCEL_IN, &state, why);
	if (f == FAULT_ABSENT)
		return cause_set(
		    why, f, N_("parcel %s is not known here"), parcel);
	if (f != FAULT_NONE)
		return f;
	if (writer_new(&w, !cli_json(cli)) != FAULT_NONE)
		return cause_memory(why);
	writer_open(w, NULL, NODE_OBJECT);
	writer_string(w, "parcel", parcel);
	writer_string(w, "state", state.state);
	if (state.code != 0)
		writer_integer(w, "code", state.code);
	writer_string(w, "time", state.time);
	f = write_page(w, "manifest", s->home, name, MANIFEST_NAME, why);
	if (f == FAULT_NONE)
		f = write_page(
		    w, "contents", s->home, name, CONTENTS_NAME, why);
	if (f == FAULT_NONE)
		f = write_receipts(w, s->home, name, why);
	writer_close(w);
	if (f == FAULT_NONE && writer_finish(w, &text) != FAULT_NONE)
		f = cause_memory(why);
	if (f == FAULT_NONE)
		(void)printf(
		    "%s%s", buf_text(&text), cli_json(cli) ? "\n" : "");
	writer_free(w);
	buf_free(&text);
	return f;
}

enum exit_status
terima_show(struct cli *cli)
{
	struct parcel_name name;
	struct desk s;
	struct cause why;
	enum fault f;

	cause_clear(&why);
	if (!parcel_name_parse(&name, cli_arg(cli, 0))) {
		(void)cause_set(&why, FAULT_USAGE,
		    N_("%s is not of the form AGREEMENT/DATASET/SENDER/"
		       "SEQUENCE"),
		    cli_arg(cli, 0));
		return cli_fail(cli, &why);
	}
	if ((f = desk_open(&s, cli, NULL, &why)) != FAULT_NONE)
		return cli_fail(cli, &why);
	f = show(cli, &s, &name, &why);
	f = desk_end(&s, f, &why);
	return f == FAULT_NONE ? EXIT_STATUS_DONE : cli_fail(cli, &why);
}
