/*
 * diff: what a new version of an agreement changes, one line each, for those
 * who are to sign it.  Equal or not, the work is done: exit status 0.
 */
#include "saksi.h"

#include <stdio.h>
#include <string.h>

#include "base/intl.h"
#include "base/log.h"
#include "paper.h"
#include "record/difference.h"

#define SHOWN_MAX 2048

static void
print_json(const struct change *c)
{
	struct writer *w = cli_object();

	if (w == NULL)
		return;
	writer_string(w, "change", change_kind_text(c->kind));
	writer_string(w, "clause", c->clause);
	if (c->thing != NULL) {
		writer_string(w, "thing", c->thing);
		writer_string(w, "name", c->name);
	}
	if (c->dataset != NULL)
		writer_string(w, "dataset", c->dataset);
	if (c->member != NULL)
		writer_string(w, "member", c->member);
	if (c->from != NULL)
		writer_string(w, "from", c->from);
	if (c->to != NULL)
		writer_string(w, "to", c->to);
	cli_print(w);
}

/* "+ column telepon (string)", "column nama: maxLength 100 -> 120", and the
 * data set behind. */
static void
print_text(const struct change *c)
{
	static const char *const signs[] = { "+ ", "- ", "" };
	const char *value = c->to != NULL ? c->to : c->from;
	char quoted[SHOWN_MAX];

	(void)printf("%s", signs[c->kind]);
	if (c->thing != NULL)
		(void)printf("%s %s", _(c->thing),
		    log_quote(quoted, sizeof(quoted), c->name));
	if (c->member == NULL && value != NULL)
		(void)printf(" (%s)", log_quote(quoted, sizeof(quoted), value));
	if (c->member != NULL)
		(void)printf("%s%s ", c->thing != NULL ? ": " : "",
		    log_quote(quoted, sizeof(quoted), _(c->member)));
	if (c->member != NULL && c->from != NULL)
		(void)printf("%s", log_quote(quoted, sizeof(quoted), c->from));
	if (c->kind == CHANGE_CHANGED)
		(void)printf(" -> ");
	if (c->member != NULL && c->to != NULL)
		(void)printf("%s", log_quote(quoted, sizeof(quoted), c->to));
	if (c->dataset != NULL)
		(void)printf(_(" (data set %s)"),
		    log_quote(quoted, sizeof(quoted), c->dataset));
	(void)printf("\n");
}

static void
print_end(const struct cli *cli, const struct difference *d,
    const struct agreement *old, const struct agreement *new)
{
	bool same = hash_text_equal(old->sha256, new->sha256);
	struct writer *w = NULL;

	if (cli_json(cli)) {
		if ((w = cli_object()) == NULL)
			return;
		writer_string(w, "result",
		    d->n > 0   ? "different"
			: same ? "same"
			       : "rewritten");
		writer_integer(w, "changes", (int64_t)d->n);
		writer_string(w, "from", old->sha256);
		writer_string(w, "to", new->sha256);
		cli_print(w);
	} else if (d->n == 0 && !cli_quiet(cli))
		(void)printf("%s\n",
		    same ? _("the same, byte for byte")
			 : _("they say the same; only how it is written "
			     "differs, so signatures of one do not hold for "
			     "the other"));
}

/* A and B; or ID alone: the version here, and the one that waits. */
static enum fault
find(struct paper *old, struct paper *new, const struct cli *cli,
    struct cause *why)
{
	enum fault f = paper_get(old, cli, cli_arg(cli, 0), why);

	if (f != FAULT_NONE)
		return f;
	if (cli_count(cli) == 1)
		return paper_waiting(new, cli, cli_arg(cli, 0), why);
	return paper_get(new, cli, cli_arg(cli, 1), why);
}

enum exit_status
saksi_agreement_diff(struct cli *cli)
{
	struct paper old = { 0 }, new = { 0 };
	struct difference d = { NULL, 0 };
	struct cause why;
	enum fault f = FAULT_NONE;
	size_t i = 0;

	cause_clear(&why);
	if ((f = find(&old, &new, cli, &why)) != FAULT_NONE ||
	    (f = difference_find(&d, old.agreement, new.agreement, &why)) !=
		FAULT_NONE)
		goto out;
	for (i = 0; i < d.n; i++) {
		if (cli_json(cli))
			print_json(&d.change[i]);
		else
			print_text(&d.change[i]);
	}
	print_end(cli, &d, old.agreement, new.agreement);
out:
	difference_free(&d);
	paper_free(&old);
	paper_free(&new);
	return f == FAULT_NONE ? EXIT_STATUS_DONE : cli_fail(cli, &why);
}
