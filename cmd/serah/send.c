/*
 * send: the sender's way through the house, in one function a step.
 *
 * agreement in force -> agreed fields -> table check (pass 1) -> pack, seal,
 * sign (pass 2) -> outbox -> upload -> one rename.
 */
#include "serah.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* One data set of those that the files are handed over as. */
struct hand {
	struct licence licence;
	struct parcel_job job;
	const char **fields; /* of the job */
	struct parcel parcel;
};

/* All of them: the first as named, then those of --also. */
struct hands {
	struct hand *hand;
	struct extract *extract; /* one a hand, of the same files */
	size_t n;
};

/* Whether the field is one of those that the data set's manifests carry. */
static bool
is_asked(const struct dataset *d, const char *field)
{
	char name[CAUSE_NAME_MAX];
	size_t n = strcspn(field, "=");

	if (d->manifest_fields == NULL || n >= sizeof(name))
		return false;
	memcpy(name, field, n);
	name[n] = '\0';
	return schema_find(d->manifest_fields, name) != SIZE_MAX;
}

/* The values of --field go to the data sets that ask for them; one that none
 * does goes to all, and is refused there by its name. */
static enum fault
fields(const struct cli *cli, struct hands *all, struct cause *why)
{
	const char *value = NULL;
	size_t n = 0, i, k;
	bool asked;

	while (cli_value_at(cli, "field", n) != NULL)
		n++;
	for (k = 0; k < all->n; k++) {
		all->hand[k].fields = calloc(n + 1, sizeof(char *));
		if (all->hand[k].fields == NULL)
			return cause_memory(why);
		all->hand[k].job.fields = all->hand[k].fields;
	}
	for (i = 0; i < n; i++) {
		value = cli_value_at(cli, "field", i);
		asked = false;
		for (k = 0; k < all->n; k++)
			asked |= is_asked(all->hand[k].licence.dataset, value);
		for (k = 0; k < all->n; k++)
			if (!asked ||
			    is_asked(all->hand[k].licence.dataset, value))
				all->hand[k]
				    .fields[all->hand[k].job.n_fields++] =
				    value;
	}
	return FAULT_NONE;
}

static void
hands_free(struct hands *all)
{
	size_t k;

	for (k = all->n; k-- > 0;) {
		remote_close(all->hand[k].parcel.drop);
		extract_free(&all->extract[k]);
		licence_free(&all->hand[k].licence);
		free(all->hand[k].fields);
	}
	free(all->hand);
	free(all->extract);
}

static enum fault
hands_new(struct hands *all, const struct cli *cli, struct cause *why)
{
	size_t n = 1;

	while (cli_value_at(cli, "also", n - 1) != NULL)
		n++;
	if (n > LIMIT_FILES)
		return cause_set(why, FAULT_USAGE,
		    N_("more than %d data sets at once"), LIMIT_FILES);
	/* Their lines would be mixed up. */
	if (n > 1 && cli_value(cli, "report") != NULL)
		return cause_set(why, FAULT_USAGE,
		    N_("--report and --also do not go together; run serah "
		       "check with --report for each data set"));
	all->hand = calloc(n, sizeof(*all->hand));
	all->extract = calloc(n, sizeof(*all->extract));
	if (all->hand == NULL || all->extract == NULL)
		return cause_memory(why);
	all->n = n;
	return FAULT_NONE;
}

/* The papers first: what one of them does not allow, nobody is to read. */
static enum fault
hands_licence(
    struct hands *all, struct cli *cli, struct desk *s, struct cause *why)
{
	struct hand *h = NULL;
	const char *name = NULL;
	enum fault f = FAULT_NONE;
	size_t k, i;

	for (k = 0; f == FAULT_NONE && k < all->n; k++) {
		h = &all->hand[k];
		name =
		    k == 0 ? cli_arg(cli, 0) : cli_value_at(cli, "also", k - 1);
		h->job.licence = &h->licence;
		h->job.extract = &all->extract[k];
		h->job.period = cli_value(cli, "period");
		h->job.url = cli_value(cli, "to");
		h->job.test = cli_value(cli, "test") != NULL;
		f = licence_get(&h->licence, s->home, name, why);
		if (f == FAULT_NONE)
			f = licence_pseudonym(&h->licence, s->home, true, why);
		for (i = 0; f == FAULT_NONE && i < k; i++)
			if (strcmp(name,
				i == 0 ? cli_arg(cli, 0)
				       : cli_value_at(cli, "also", i - 1)) == 0)
				f = cause_set(why, FAULT_USAGE,
				    N_("%s is named twice"), name);
	}
	return f == FAULT_NONE ? fields(cli, all, why) : f;
}

static enum fault
hands_open(
    struct hands *all, struct cli *cli, struct desk *s, struct cause *why)
{
	enum fault f;
	size_t k;

	f = extract_open(&all->extract[0], &all->hand[0].licence,
	    cli_args(cli, 1), (size_t)cli_count(cli) - 1, why);
	for (k = 1; f == FAULT_NONE && k < all->n; k++)
		f = extract_also(&all->extract[k], &all->hand[k].licence,
		    &all->extract[0], why);
	for (k = 0; k < all->n; k++)
		all->extract[k].dir = s->home->dir;
	return f;
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

/* What was found for each data set. */
static enum fault
report(const struct cli *cli, struct hands *all, struct sheet *sheet,
    enum fault f, struct cause *why)
{
	struct cause one;
	uint64_t faults = 0;
	size_t k;

	if (all->n == 1)
		return report_extract(cli, all->extract, sheet, f, why);
	for (k = 0; k < all->n; k++) {
		if (all->extract[k].faults == 0)
			continue;
		faults += all->extract[k].faults;
		if (!cli_json(cli))
			(void)printf(_("as %s/%s:\n"),
			    all->hand[k].licence.agreement->id,
			    all->hand[k].licence.dataset->id);
		one = *why;
		(void)!report_extract(cli, &all->extract[k], NULL, f, &one);
	}
	if (faults == 0 || cli_json(cli))
		return f;
	cause_clear(why);
	return cause_set(why, f,
	    N_("%llu faults found, listed above; nothing was sealed or sent"),
	    (unsigned long long)faults);
}

/* Seals all, then delivers all: what one of them lacks is found before any is
 * on its way. */
static enum fault
seal(
    const struct cli *cli, struct hands *all, struct desk *s, struct cause *why)
{
	enum fault f = FAULT_NONE;
	size_t k;

	for (k = 0; f == FAULT_NONE && k < all->n; k++) {
		f = parcel_make(
		    &all->hand[k].parcel, s, &all->hand[k].job, why);
		if (f != FAULT_NONE)
			continue;
		print_parcel(cli, &all->hand[k].parcel);
		print_warnings(cli, &all->extract[k]);
	}
	/* What is in the outbox is in order, and leaves with the next run. */
	for (; f != FAULT_NONE && k > 1; k--)
		log_warn(_("%s is sealed and waits in the outbox; do not send "
			   "it again: serah run takes it on"),
		    all->hand[k - 2].parcel.text);
	return f;
}

static enum fault
send_all(struct cli *cli, struct desk *s, struct hands *all,
    struct sheet *sheet, struct cause *why)
{
	struct cause next;
	enum fault f = FAULT_NONE, first = FAULT_NONE;
	size_t k;

	/* Mistakes on the command line are cheaper found before the data. */
	for (k = 0; k < all->n; k++)
		if ((f = parcel_ready(s, &all->hand[k].job, why)) != FAULT_NONE)
			return f;
	/* Pass 1: nothing leaves that was not checked. */
	all->extract[0].listing = sheet_sink(sheet);
	if ((f = extract_check(all->extract, all->n, why)) != FAULT_NONE)
		return report(cli, all, sheet, f, why);
	if ((f = sheet_end(sheet,
		 all->extract[0].warnings - all->extract[0].listed, why)) !=
		FAULT_NONE ||
	    /* Pass 2: the very same bytes, packed, sealed, signed. */
	    (f = seal(cli, all, s, why)) != FAULT_NONE)
		return f;
	for (k = 0; k < all->n; k++) {
		cause_clear(&next);
		f = deliver(
		    cli, s, &all->hand[k].licence, &all->hand[k].parcel, &next);
		if (f == FAULT_NONE || first != FAULT_NONE)
			continue;
		first = f;
		*why = next;
	}
	return first;
}

enum exit_status
serah_send(struct cli *cli)
{
	struct hands all = { NULL, NULL, 0 };
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
	if ((f = drop_url_check(cli_value(cli, "to"), &why)) != FAULT_NONE ||
	    (f = hands_new(&all, cli, &why)) != FAULT_NONE ||
	    (f = parcel_recover(&s, &why)) != FAULT_NONE ||
	    (f = hands_licence(&all, cli, &s, &why)) != FAULT_NONE ||
	    (f = hands_open(&all, cli, &s, &why)) != FAULT_NONE ||
	    (f = sheet_apart(sheet, all.extract->fd, all.extract->n, &why)) !=
		FAULT_NONE)
		goto out;
	f = send_all(cli, &s, &all, sheet, &why);
out:
	sheet_free(sheet);
	hands_free(&all);
	f = desk_end(&s, f, &why);
	outpost_close(outpost);
	return f == FAULT_NONE ? EXIT_STATUS_DONE : cli_fail(cli, &why);
}
