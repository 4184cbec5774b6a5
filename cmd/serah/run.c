/*
 * run: the timer's job.  Every parcel in the outbox is taken one step on:
 * uploaded if it is not published, acknowledged if receipts came.
 */
#include "serah.h"

#include <stdio.h>
#include <string.h>

#include "base/intl.h"
#include "base/log.h"
#include "collect.h"
#include "drop.h"
#include "parcel.h"
#include "desk.h"
#include "licence.h"
#include "spool/outbox.h"
#include "sys/process.h"
#include "tally.h"
#include "upload.h"
#include "walls.h"

/* The result as a person reads it. */
static const char *
word(const char *result)
{
	static const char *const words[][2] = {
		{ "acknowledged", N_("acknowledged") },
		{ "mended", N_("damaged on the drop; uploaded again") },
		{ "refused", N_("refused") },
		{ "sent", N_("sent") },
		{ "waiting", N_("waiting for a receipt") },
	};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(result, words[i][0]) == 0)
			return _(words[i][1]);
	return result;
}

static void
print_step(const struct cli *cli, const char *parcel, const char *result,
    const struct collected *c)
{
	struct writer *w;

	if (cli_json(cli)) {
		if ((w = cli_object()) == NULL)
			return;
		writer_string(w, "parcel", parcel);
		writer_string(w, "result", result);
		writer_integer(w, "staged", (int64_t)c->staged);
		writer_integer(w, "recipients", (int64_t)c->wanted);
		cli_print(w);
		return;
	}
	if (!cli_quiet(cli))
		(void)printf(_("%s: %s; staged by %zu of %zu\n"), parcel,
		    word(result), c->staged, c->wanted);
}

static void
print_refusal(const struct cli *cli, const char *parcel, enum fault f,
    const struct cause *why)
{
	struct writer *w;

	cli_tell(parcel, f, why);
	if (!cli_json(cli) || (w = cli_object()) == NULL)
		return;
	writer_string(w, "parcel", parcel);
	writer_string(w, "result", cli_result(f));
	cli_write_cause(w, why);
	cli_print(w);
}

/* What was sealed may leave only while its agreement holds. */
static enum fault
reach(struct remote **r, struct desk *s, const struct cli *cli,
    const struct manifest *m, bool sent, struct cause *why)
{
	struct home_agreement *paper = NULL;
	const struct dataset *d;
	enum fault f;

	if ((f = home_agreement(s->home, m->agreement, &paper, why)) !=
	    FAULT_NONE)
		return f;
	/* Receipts may come in after the end; data may not go out. */
	if (!sent && (f = licence_still(s, paper, m, why)) != FAULT_NONE)
		goto out;
	d = agreement_dataset(paper->agreement, m->dataset);
	if (d == NULL)
		f = cause_set(why, FAULT_NO_DATASET,
		    N_("agreement %s has no data set %s"), m->agreement,
		    m->dataset);
	else
		f = drop_open(
		    r, s, paper->agreement, d->drop, cli_value(cli, "to"), why);
out:
	home_agreement_free(paper);
	return f;
}

static enum fault
step(struct cli *cli, struct desk *s, const struct parcel_name *name,
    struct cause *why)
{
	char text[PARCEL_NAME_MAX];
	struct outbox_manifest m;
	struct parcel_state state;
	struct collected c;
	struct remote *r = NULL;
	bool sent;
	enum fault f;

	memset(&c, 0, sizeof(c));
	parcel_name_text(text, name);
	if ((f = outbox_manifest_load(&m, s->home, name, why)) != FAULT_NONE)
		return f;
	if ((f = index_parcel(s->index, name, PARCEL_OUT, &state, why)) !=
	    FAULT_NONE)
		goto out;
	sent = strcmp(state.state, "sealed") != 0;
	if ((f = reach(&r, s, cli, m.manifest, sent, why)) != FAULT_NONE ||
	    (!sent &&
		(f = upload_parcel(s, r, name, false, why)) != FAULT_NONE) ||
	    (f = collect_receipts(&c, s, r, &m, why)) != FAULT_NONE) {
		/* What came in before is on record and not told again. */
		if (c.refusal.fault != FAULT_NONE)
			print_refusal(cli, text, c.refusal.fault, &c.refusal);
		goto out;
	}
	/* A refusal, when it is new, is this run's result. */
	if (c.refusal.fault != FAULT_NONE) {
		*why = c.refusal;
		f = c.refusal.fault;
		goto out;
	}
	print_step(cli, text,
	    c.released                                ? "acknowledged"
		: c.mended                            ? "mended"
		: !sent                               ? "sent"
		: strcmp(state.state, "refused") == 0 ? "refused"
						      : "waiting",
	    &c);
out:
	remote_close(r);
	outbox_manifest_free(&m);
	return f;
}

enum exit_status
serah_run(struct cli *cli)
{
	struct outbox_list list = { NULL, 0 };
	char text[PARCEL_NAME_MAX];
	struct tally tally = { 0, 0, 0, FAULT_NONE };
	struct outpost *outpost = NULL;
	struct desk s;
	struct cause why;
	enum fault f;
	size_t i;

	cause_clear(&why);
	if ((f = walls_raise(&outpost, cli, NULL, &why)) != FAULT_NONE ||
	    (f = desk_open(&s, cli, "serah", &why)) != FAULT_NONE) {
		outpost_close(outpost);
		return cli_fail(cli, &why);
	}
	s.outpost = outpost;
	if ((f = drop_url_check(cli_value(cli, "to"), &why)) != FAULT_NONE ||
	    (f = parcel_recover(&s, &why)) != FAULT_NONE ||
	    (f = outbox_list(s.home, &list, &why)) != FAULT_NONE)
		goto out;
	/* One parcel's trouble never keeps the next from its way. */
	for (i = 0; i < list.n && !process_interrupted; i++) {
		cause_clear(&why);
		f = step(cli, &s, &list.name[i], &why);
		parcel_name_text(text, &list.name[i]);
		if (f != FAULT_NONE)
			print_refusal(cli, text, f, &why);
		tally_add(&tally, f);
	}
	/* Those not looked at any more wait for the next run. */
	if (i < list.n)
		tally_add(&tally, FAULT_INTERRUPTED);
	f = FAULT_NONE;
out:
	outbox_list_free(&list);
	f = desk_end(&s, f, &why);
	outpost_close(outpost);
	return f == FAULT_NONE ? tally_exit(&tally) : cli_fail(cli, &why);
}
