/*
 * run: the timer's job.  Every drop of every agreement that sends to us is
 * walked; one parcel's trouble never keeps the next from its way.
 */
#include "terima.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/intl.h"
#include "base/log.h"
#include "drop.h"
#include "receive.h"
#include "sys/process.h"
#include "tally.h"
#include "walls.h"

#define RUN_PAUSE 5 /* seconds between two looks of --wait */

struct run {
	struct cli *cli;
	struct desk s;
	struct tally tally;
};

static const char *
result(enum fault f)
{
	if (f == FAULT_NONE)
		return "staged";
	if (f == FAULT_DUPLICATE)
		return "duplicate";
	return cli_result(f);
}

static void
print_json(
    const char *parcel, enum fault f, uint64_t rows, const struct cause *why)
{
	struct writer *w = cli_object();

	if (w == NULL)
		return;
	writer_string(w, "parcel", parcel);
	writer_string(w, "result", result(f));
	if (f == FAULT_NONE)
		writer_null(w, "code");
	else
		cli_write_cause(w, why);
	writer_integer(w, "rows", (int64_t)rows);
	cli_print(w);
}

/* One line a parcel; a duplicate is worth one only to who asked for more. */
static void
print_parcel(const struct cli *cli, const char *parcel, enum fault f,
    uint64_t rows, const struct cause *why)
{
	char text[2048];

	if (cli_json(cli)) {
		print_json(parcel, f, rows, why);
		if (f == FAULT_NONE || f == FAULT_DUPLICATE)
			return;
	}
	if (f == FAULT_NONE) {
		if (!cli_quiet(cli))
			(void)printf(_("%s: staged, %llu rows\n"), parcel,
			    (unsigned long long)rows);
		return;
	}
	if (f == FAULT_DUPLICATE) {
		cause_text(text, sizeof(text), why);
		log_info("%s: %s", parcel, text);
		return;
	}
	cli_tell(parcel, f, why);
}

/* Trouble that belongs to no parcel: a drop, an agreement. */
static void
print_trouble(
    struct run *run, const char *subject, enum fault f, const struct cause *why)
{
	struct writer *w;

	tally_add(&run->tally, f);
	cli_tell(subject, f, why);
	if (!cli_json(run->cli) || (w = cli_object()) == NULL)
		return;
	writer_string(w, "subject", subject);
	writer_string(w, "result", result(f));
	cli_write_cause(w, why);
	cli_print(w);
}

static void
receive_one(struct run *run, struct remote *r, struct home_agreement *paper,
    const struct parcel_name *name)
{
	struct arrival a;
	struct cause why;
	uint64_t rows = 0;
	enum fault f;

	memset(&a, 0, sizeof(a));
	cause_clear(&why);
	a.s = &run->s;
	a.remote = r;
	a.paper = paper;
	a.name = *name;
	f = receive_parcel(&a, &rows, &why);
	/* It is here, whatever became of the answer: who waits for "staged"
	 * would never be told later. */
	if (a.staged && f != FAULT_NONE) {
		print_trouble(run, a.text, f, &why);
		f = FAULT_NONE;
	}
	/* What was answered long ago is neither success nor failure now. */
	if (f != FAULT_DUPLICATE)
		tally_add(&run->tally, f);
	print_parcel(run->cli, a.text, f, rows, &why);
	arrival_free(&a);
}

/* A stream on the drop: its parcels in their order. */
static enum fault
walk_stream(struct run *run, struct remote *r, struct home_agreement *paper,
    const struct parcel_name *stream, struct cause *why)
{
	struct remote_names names = { NULL, 0 };
	struct parcel_name name;
	char path[PARCEL_NAME_MAX], full[PARCEL_NAME_MAX + 16];
	enum fault f;
	size_t i;

	parcel_name_stream(path, stream);
	if ((f = remote_list(r, path, &names, why)) != FAULT_NONE)
		return f;
	for (i = 0; i < names.n && !process_interrupted; i++) {
		/* Temporary and foreign names are not ours to judge. */
		if (strlen(names.name[i]) != 8)
			continue;
		(void)snprintf(
		    full, sizeof(full), "%s/%s", path, names.name[i]);
		if (parcel_name_parse(&name, full))
			receive_one(run, r, paper, &name);
	}
	remote_names_free(&names);
	return FAULT_NONE;
}

/* AGREEMENT/DATASET/SENDER, and then its tests, whose order is their own. */
static enum fault
walk_dataset(struct run *run, struct remote *r, struct home_agreement *paper,
    const struct dataset *d, struct cause *why)
{
	struct parcel_name stream;
	enum fault f;

	memset(&stream, 0, sizeof(stream));
	memcpy(
	    stream.agreement, paper->agreement->id, sizeof(stream.agreement));
	memcpy(stream.dataset, d->id, sizeof(stream.dataset));
	memcpy(stream.sender, d->from, sizeof(stream.sender));
	f = walk_stream(run, r, paper, &stream, why);
	stream.test = true;
	return f == FAULT_NONE ? walk_stream(run, r, paper, &stream, why) : f;
}

static bool
addressed(const struct dataset *d, const char *party)
{
	size_t i;

	for (i = 0; i < d->n_to; i++)
		if (strcmp(d->to[i], party) == 0)
			return true;
	return false;
}

/* All data sets that come to us over one drop, on one connection. */
static void
walk_drop(struct run *run, struct home_agreement *paper, const char *drop)
{
	const struct agreement *g = paper->agreement;
	const char *own = run->s.home->conf->party;
	struct remote *r = NULL;
	struct cause why;
	enum fault f = FAULT_NONE;
	bool any = false;
	size_t i;

	for (i = 0; i < g->n_datasets; i++)
		any = any ||
		    (strcmp(g->datasets[i].drop, drop) == 0 &&
			addressed(&g->datasets[i], own));
	if (!any)
		return;
	cause_clear(&why);
	f = drop_open(&r, &run->s, g, drop, cli_value(run->cli, "from"), &why);
	for (i = 0; f == FAULT_NONE && i < g->n_datasets; i++)
		if (strcmp(g->datasets[i].drop, drop) == 0 &&
		    addressed(&g->datasets[i], own))
			f = walk_dataset(run, r, paper, &g->datasets[i], &why);
	remote_close(r);
	if (f != FAULT_NONE)
		print_trouble(run, drop, f, &why);
}

static void
walk_agreement(struct run *run, const char *id)
{
	struct home_agreement *paper = NULL;
	struct cause why;
	char text[2048];
	enum fault f;
	size_t i;

	cause_clear(&why);
	if ((f = home_agreement(run->s.home, id, &paper, &why)) != FAULT_NONE) {
		/* Only a version that waits for signatures: nothing to do. */
		if (f != FAULT_ABSENT)
			print_trouble(run, id, f, &why);
		return;
	}
	/* The drop is looked at all the same, so that what lies there is
	 * refused by name; nothing of it is opened. */
	if (home_agreement_in_force(run->s.home, paper, run->s.now, &why) !=
	    FAULT_NONE) {
		cause_text(text, sizeof(text), &why);
		log_warn("%s: %s", id, text);
	}
	for (i = 0; i < paper->agreement->n_drops && !process_interrupted; i++)
		walk_drop(run, paper, paper->agreement->drops[i].id);
	home_agreement_free(paper);
}

static enum fault
walk(struct run *run, struct cause *why)
{
	struct io_names ids = { NULL, 0 };
	enum fault f;
	size_t i;

	if ((f = home_agreements(run->s.home, &ids, why)) != FAULT_NONE)
		return f;
	for (i = 0; i < ids.n && !process_interrupted; i++)
		walk_agreement(run, ids.name[i]);
	io_names_free(&ids);
	return FAULT_NONE;
}

enum exit_status
terima_run(struct cli *cli)
{
	struct outpost *outpost = NULL;
	struct run run;
	struct cause why;
	enum fault f;
	bool wait = cli_value(cli, "wait") != NULL;

	memset(&run, 0, sizeof(run));
	run.cli = cli;
	cause_clear(&why);
	if ((f = walls_raise(&outpost, cli, NULL, &why)) != FAULT_NONE)
		return cli_fail(cli, &why);
	do {
		cause_clear(&why);
		memset(&run.tally, 0, sizeof(run.tally));
		if ((f = desk_open(&run.s, cli, "terima", &why)) ==
		    FAULT_NONE) {
			run.s.outpost = outpost;
			f = walk(&run, &why);
			f = desk_end(&run.s, f, &why);
		}
		/* A parcel that waits, or a drop out of reach, is worth
		 * another look; what is done or refused ends the wait. */
		if (!wait || run.tally.done + run.tally.refused > 0 ||
		    run.tally.ours != FAULT_NONE ||
		    (f != FAULT_NONE && f != FAULT_BUSY))
			break;
		(void)sleep(RUN_PAUSE);
	} while (!process_interrupted);
	outpost_close(outpost);
	if (f == FAULT_NONE && process_interrupted)
		f = cause_set(&why, FAULT_INTERRUPTED, "%s", "");
	return f == FAULT_NONE ? tally_exit(&run.tally) : cli_fail(cli, &why);
}
