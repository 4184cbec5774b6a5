/*
 * send: the sender's way through the house, in one function a step.
 *
 * agreement in force -> agreed fields -> table check (pass 1) -> pack, seal,
 * sign (pass 2) -> outbox -> upload -> one rename.
 */
#include "serah.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/intl.h"
#include "base/log.h"
#include "drop.h"
#include "extract.h"
#include "licence.h"
#include "parcel.h"
#include "report.h"
#include "desk.h"
#include "upload.h"
#include "walls.h"

static void
print_parcel(const struct cli *cli, const struct parcel *p)
{
	struct writer *w;

	if (!cli_json(cli)) {
		if (!cli_quiet(cli))
			(void)printf(_("%s: %llu rows, %llu bytes, sealed in "
				       "%llu bytes\n"),
			    p->text, (unsigned long long)p->rows,
			    (unsigned long long)p->bytes,
			    (unsigned long long)p->sealed_bytes);
		return;
	}
	if ((w = cli_object()) == NULL)
		return;
	writer_string(w, "parcel", p->text);
	writer_string(w, "manifest", p->manifest_sha256);
	writer_integer(w, "rows", (int64_t)p->rows);
	writer_integer(w, "bytes", (int64_t)p->bytes);
	writer_integer(w, "sealed_bytes", (int64_t)p->sealed_bytes);
	cli_print(w);
}

/* They hold nothing up: that is why somebody should be told. */
static void
print_warnings(const struct cli *cli, const struct extract *x)
{
	if (x->warnings > 0 && !cli_json(cli) && !cli_quiet(cli))
		(void)printf(_("  %llu warnings, which refuse nothing; serah "
			       "check lists them\n"),
		    (unsigned long long)x->warnings);
}

/* All values of --field. */
static enum fault
fields(const struct cli *cli, const char *const **out, size_t *n,
    struct cause *why)
{
	const char **list;

	for (*n = 0; cli_value_at(cli, "field", *n) != NULL; (*n)++)
		;
	if ((list = calloc(*n + 1, sizeof(*list))) == NULL)
		return cause_memory(why);
	for (*n = 0; cli_value_at(cli, "field", *n) != NULL; (*n)++)
		list[*n] = cli_value_at(cli, "field", *n);
	*out = list;
	return FAULT_NONE;
}

/* The sealed parcel is safe in the outbox: what fails now can be taken up by
 * any later run, and the person is told so. */
static enum fault
deliver(const struct cli *cli, struct desk *s, const struct licence *l,
    struct parcel *p, struct cause *why)
{
	bool carried = p->drop != NULL;
	enum fault f = FAULT_NONE;

	if (!carried)
		f = drop_open(&p->drop, s, l->agreement, l->dataset->drop,
		    cli_value(cli, "to"), why);
	if (f == FAULT_NONE)
		f = upload_parcel(s, p->drop, &p->name, carried, why);
	remote_close(p->drop);
	p->drop = NULL;
	if (f != FAULT_NONE)
		log_warn(_("%s is sealed and waits in the outbox; do not send "
			   "it again: serah run takes it on"),
		    p->text);
	return f;
}

static enum fault
send_extract(struct cli *cli, struct desk *s, struct parcel_job *job,
    struct sheet *sheet, struct cause *why)
{
	struct parcel parcel;
	enum fault f;

	/* Mistakes on the command line are cheaper found before the data. */
	if ((f = parcel_fields(job, why)) != FAULT_NONE)
		return f;
	/* Pass 1: nothing leaves that was not checked. */
	job->extract->listing = sheet_sink(sheet);
	if ((f = extract_check(job->extract, 1, why)) != FAULT_NONE)
		return report_extract(cli, job->extract, sheet, f, why);
	if ((f = sheet_end(sheet, job->extract->warnings - job->extract->listed,
		 why)) != FAULT_NONE)
		return f;
	/* Pass 2: the very same bytes, packed, sealed, signed. */
	if ((f = parcel_make(&parcel, s, job, why)) != FAULT_NONE)
		return f;
	print_parcel(cli, &parcel);
	print_warnings(cli, job->extract);
	return deliver(cli, s, job->licence, &parcel, why);
}

enum exit_status
serah_send(struct cli *cli)
{
	struct licence licence = { 0 };
	struct extract x = { 0 };
	struct parcel_job job = { &licence, &x, NULL, 0, NULL, NULL,
		cli_value(cli, "test") != NULL };
	struct walls_gate gate = { cli_args(cli, 1), (size_t)cli_count(cli) - 1,
		{ -1, NULL, SANDBOX_NAME } };
	struct outpost *outpost = NULL;
	struct sheet *sheet = NULL;
	struct desk s;
	struct cause why;
	enum fault f;

	cause_clear(&why);
	if ((f = sheet_open(&sheet, cli_value(cli, "report"), &why)) !=
	    FAULT_NONE)
		return cli_fail(cli, &why);
	gate.place = sheet_place(sheet);
	if ((f = walls_raise(&outpost, cli, &gate, &why)) != FAULT_NONE ||
	    (f = desk_open(&s, cli, "serah", &why)) != FAULT_NONE) {
		outpost_close(outpost);
		sheet_free(sheet);
		return cli_fail(cli, &why);
	}
	s.outpost = outpost;
	job.period = cli_value(cli, "period");
	job.url = cli_value(cli, "to");
	if ((f = drop_url_check(job.url, &why)) != FAULT_NONE ||
	    (f = parcel_recover(&s, &why)) != FAULT_NONE ||
	    (f = licence_get(&licence, s.home, cli_arg(cli, 0), &why)) !=
		FAULT_NONE ||
	    (f = fields(cli, &job.fields, &job.n_fields, &why)) != FAULT_NONE ||
	    (f = licence_pseudonym(&licence, s.home, true, &why)) !=
		FAULT_NONE ||
	    (f = extract_open(&x, &licence, cli_args(cli, 1),
		 (size_t)cli_count(cli) - 1, &why)) != FAULT_NONE ||
	    (f = sheet_apart(sheet, x.fd, x.n, &why)) != FAULT_NONE)
		goto out;
	x.dir = s.home->dir;
	f = send_extract(cli, &s, &job, sheet, &why);
out:
	sheet_free(sheet);
	extract_free(&x);
	licence_free(&licence);
	free((void *)(uintptr_t)job.fields);
	f = desk_end(&s, f, &why);
	outpost_close(outpost);
	return f == FAULT_NONE ? EXIT_STATUS_DONE : cli_fail(cli, &why);
}
