/*
 * agreement: check, sign, import, list and show the paper that lets data move.
 */
#include "saksi.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/intl.h"
#include "base/io.h"
#include "base/log.h"
#include "desk.h"

#define FAULTS_SHOWN 64

static void
print_fault(const struct cli *cli, const struct cause *why)
{
	char text[2048];
	struct writer *w;

	if (cli_json(cli) && (w = cli_object()) != NULL) {
		writer_string(w, "result", "fault");
		cli_write_cause(w, why);
		cli_print(w);
		return;
	}
	cause_text(text, sizeof(text), why);
	(void)printf("%s\n", text);
}

static void
print_checked(const struct cli *cli, const struct agreement *a)
{
	struct writer *w;

	if (cli_json(cli) && (w = cli_object()) != NULL) {
		writer_string(w, "result", "ok");
		writer_string(w, "agreement", a->id);
		writer_integer(w, "version", (int64_t)a->version);
		writer_string(w, "sha256", a->sha256);
		cli_print(w);
	} else if (!cli_quiet(cli))
		(void)printf(_("%s version %llu: no fault found\n"), a->id,
		    (unsigned long long)a->version);
}

enum exit_status
saksi_agreement_check(struct cli *cli)
{
	struct buf bytes = BUF_MAX(LIMIT_DOCUMENT);
	struct agreement *a = NULL;
	struct cause faults[FAULTS_SHOWN], why;
	size_t i, n = 0;
	enum fault f;

	cause_clear(&why);
	if ((f = io_load(&bytes, AT_FDCWD, cli_arg(cli, 0), &why)) !=
	    FAULT_NONE)
		goto out;
	f = agreement_check(bytes.data, bytes.len, faults, FAULTS_SHOWN, &n);
	if (f != FAULT_NONE) {
		for (i = 0; i < n; i++)
			print_fault(cli, &faults[i]);
		cause_place(&why, cli_arg(cli, 0), 0, NULL, UINT64_MAX);
		f = cause_set(&why, f, N_("faults found: %zu"), n);
		goto out;
	}
	if ((f = agreement_parse(&a, bytes.data, bytes.len, &why)) ==
	    FAULT_NONE)
		print_checked(cli, a);
out:
	agreement_free(a);
	buf_free(&bytes);
	return f == FAULT_NONE ? EXIT_STATUS_DONE : cli_fail(cli, &why);
}

/* ---- sign ---- */

/* Only a party of the agreement, with the root key it names, may sign. */
static enum fault
may_sign(const struct home *h, const struct agreement *a, struct cause *why)
{
	const struct agreement_party *own;
	const struct card *card = trust_card(h->trust, h->conf->party);

	own = agreement_party(a, h->conf->party);
	if (own == NULL)
		return cause_set(why, FAULT_ABSENT,
		    N_("%s is no party of agreement %s"), h->conf->party,
		    a->id);
	if (card == NULL || !public_key_equal(&own->root, &card->root)) {
		cause_clause(why, "parties[%s].root_key", own->id);
		return cause_set(why, FAULT_UNKNOWN_SIGNER,
		    N_("the agreement names another root key than our card"));
	}
	return FAULT_NONE;
}

static enum fault
root_key(const struct cli *cli, struct home *h, struct secret_key **out,
    struct cause *why)
{
	struct buf passphrase = BUF_MAX(1024);
	bool encrypted = false;
	enum fault f;

	f = home_root_encrypted(h, &encrypted, why);
	if (f == FAULT_NONE && encrypted)
		f = cli_passphrase(cli, _("Passphrase of the root key: "),
		    false, &passphrase, why);
	if (f == FAULT_NONE)
		f = home_root_key(
		    h, encrypted ? buf_text(&passphrase) : NULL, out, why);
	buf_wipe(&passphrase);
	return f;
}

/* DIRECTORY-OF-FILE/PARTY.minisig */
static enum fault
signature_path(
    char out[PATH_MAX], const char *file, const char *party, struct cause *why)
{
	const char *slash = strrchr(file, '/');
	int n;

	n = snprintf(out, PATH_MAX, "%.*s%s.minisig",
	    slash == NULL ? 0 : (int)(slash - file + 1), file, party);
	if (n < 0 || n >= PATH_MAX)
		return cause_set(why, FAULT_USAGE, N_("the path is too long"));
	return FAULT_NONE;
}

static enum fault
sign(const struct cli *cli, struct desk *s, const struct buf *bytes,
    const struct agreement *a, struct cause *why)
{
	struct buf signature = BUF_MAX(LIMIT_KEY_FILE);
	struct secret_key *key = NULL;
	struct journal_member members[2];
	char comment[256], path[PATH_MAX], quoted[PATH_MAX];
	enum fault f;

	(void)snprintf(comment, sizeof(comment),
	    "serahterima agreement %s version %llu", a->id,
	    (unsigned long long)a->version);
	members[0] = (struct journal_member){ "version", NULL, a->version };
	members[1] = (struct journal_member){ "sha256", a->sha256, 0 };
	if ((f = may_sign(s->home, a, why)) != FAULT_NONE ||
	    (f = signature_path(path, cli_arg(cli, 0), s->home->conf->party,
		 why)) != FAULT_NONE ||
	    (f = root_key(cli, s->home, &key, why)) != FAULT_NONE ||
	    (f = key_sign(&signature, key, bytes->data, bytes->len, comment,
		 why)) != FAULT_NONE ||
	    (f = desk_note(s, "signed", a->id, members, 2, why)) != FAULT_NONE)
		goto out;
	f = io_save(
	    AT_FDCWD, path, signature.data, signature.len, 0644, true, why);
	if (f == FAULT_NONE && !cli_quiet(cli) && !cli_json(cli))
		(void)printf(
		    _("signed: %s\n"), log_quote(quoted, sizeof(quoted), path));
out:
	secret_key_free(key);
	buf_free(&signature);
	return f;
}

enum exit_status
saksi_agreement_sign(struct cli *cli)
{
	struct buf bytes = BUF_MAX(LIMIT_DOCUMENT);
	struct agreement *a = NULL;
	struct desk s;
	struct cause why;
	enum fault f;

	cause_clear(&why);
	if ((f = desk_open(&s, cli, NULL, &why)) != FAULT_NONE)
		return cli_fail(cli, &why);
	cause_place(&why, cli_arg(cli, 0), 0, NULL, UINT64_MAX);
	if ((f = io_load(&bytes, AT_FDCWD, cli_arg(cli, 0), &why)) !=
		FAULT_NONE ||
	    (f = agreement_parse(&a, bytes.data, bytes.len, &why)) !=
		FAULT_NONE)
		goto out;
	/* From here on it may be the key that fails, not the file. */
	cause_clear(&why);
	if ((f = sign(cli, &s, &bytes, a, &why)) != FAULT_NONE)
		goto out;
	if (cli_json(cli))
		print_checked(cli, a);
out:
	agreement_free(a);
	buf_free(&bytes);
	f = desk_end(&s, f, &why);
	return f == FAULT_NONE ? EXIT_STATUS_DONE : cli_fail(cli, &why);
}

/* ---- import, list, show ---- */

/* Why the agreement is not in force, or FAULT_NONE. */
static enum fault
standing(struct home *h, const struct home_agreement *a, struct cause *why)
{
	cause_clear(why);
	return home_agreement_in_force(h, a, clock_now(), why);
}

static void
print_line(const struct cli *cli, struct home *h,
    const struct home_agreement *a, bool pending)
{
	struct cause why;
	char text[2048] = "";
	enum fault f = standing(h, a, &why);
	struct writer *w;

	if (cli_json(cli)) {
		if ((w = cli_object()) == NULL)
			return;
		writer_string(w, "agreement", a->agreement->id);
		writer_integer(w, "version", (int64_t)a->agreement->version);
		writer_string(w, "sha256", a->agreement->sha256);
		writer_boolean(w, "pending", pending);
		writer_boolean(w, "in_force", !pending && f == FAULT_NONE);
		if (f != FAULT_NONE)
			cli_write_cause(w, &why);
		cli_print(w);
		return;
	}
	if (f != FAULT_NONE)
		cause_text(text, sizeof(text), &why);
	(void)printf(_("%s version %llu: %s%s\n"), a->agreement->id,
	    (unsigned long long)a->agreement->version,
	    pending               ? _("waits; ")
		: f == FAULT_NONE ? _("in force")
				  : _("not in force; "),
	    text);
}

static enum fault
import(const struct cli *cli, struct desk *s, struct cause *why)
{
	char id[LIMIT_ID + 1] = "";
	struct home_agreement *a = NULL;
	struct journal_member members[3];
	bool complete = false, pending = false;
	size_t added = 0;
	enum fault f;

	if ((f = home_agreement_import(s->home, cli_arg(cli, 0), id, &complete,
		 &added, why)) != FAULT_NONE)
		return f;
	f = home_agreement_pending(s->home, id, &a, why);
	pending = f == FAULT_NONE;
	if (f == FAULT_ABSENT) {
		cause_clear(why);
		f = home_agreement(s->home, id, &a, why);
	}
	if (f != FAULT_NONE)
		goto out;
	members[0] =
	    (struct journal_member){ "version", NULL, a->agreement->version };
	members[1] =
	    (struct journal_member){ "sha256", a->agreement->sha256, 0 };
	members[2] =
	    (struct journal_member){ "signatures", NULL, a->n_signatures };
	/* With nothing new as well: a card trusted meanwhile can complete it,
	 * and an earlier run may have been cut short before this entry. */
	f = desk_note(s, "imported", id, members, 3, why);
	if (f == FAULT_NONE && !cli_quiet(cli))
		print_line(cli, s->home, a, pending);
out:
	home_agreement_free(a);
	return f;
}

enum exit_status
saksi_agreement_import(struct cli *cli)
{
	struct desk s;
	struct cause why;
	enum fault f;

	cause_clear(&why);
	if ((f = desk_open(&s, cli, NULL, &why)) != FAULT_NONE)
		return cli_fail(cli, &why);
	f = import(cli, &s, &why);
	f = desk_end(&s, f, &why);
	return f == FAULT_NONE ? EXIT_STATUS_DONE : cli_fail(cli, &why);
}

static enum fault
list_one(
    const struct cli *cli, struct home *h, const char *id, struct cause *why)
{
	struct home_agreement *a = NULL;
	enum fault f;

	if ((f = home_agreement(h, id, &a, why)) == FAULT_NONE)
		print_line(cli, h, a, false);
	home_agreement_free(a);
	a = NULL;
	if (f == FAULT_ABSENT)
		f = FAULT_NONE;
	if (f == FAULT_NONE) {
		cause_clear(why);
		if ((f = home_agreement_pending(h, id, &a, why)) == FAULT_NONE)
			print_line(cli, h, a, true);
		else if (f == FAULT_ABSENT)
			f = FAULT_NONE;
		home_agreement_free(a);
	}
	return f;
}

enum exit_status
saksi_agreement_list(struct cli *cli)
{
	struct io_names ids = { NULL, 0 };
	struct home *home = NULL;
	struct cause why;
	enum fault f;
	size_t i;

	cause_clear(&why);
	if ((f = home_open(&home, cli_home(cli), &why)) != FAULT_NONE ||
	    (f = home_agreements(home, &ids, &why)) != FAULT_NONE)
		goto out;
	for (i = 0; f == FAULT_NONE && i < ids.n; i++)
		f = list_one(cli, home, ids.name[i], &why);
out:
	io_names_free(&ids);
	home_close(home);
	return f == FAULT_NONE ? EXIT_STATUS_DONE : cli_fail(cli, &why);
}

static const char *
state_text(enum signature_state state)
{
	switch (state) {
	case SIGNATURE_VALID:
		return _("signed");
	case SIGNATURE_MISSING:
		return _("signature missing");
	case SIGNATURE_INVALID:
		return _("signature does not hold");
	case SIGNATURE_NO_CARD:
		return _("no card pinned; see: saksi trust");
	case SIGNATURE_OTHER_ROOT:
		return _("pinned card has another root key");
	}
	return "";
}

static const char *
state_word(enum signature_state state)
{
	static const char *const word[] = { "valid", "missing", "invalid",
		"no-card", "other-root" };

	return word[state];
}

static enum signature_state
signature_of(
    const struct home *h, const struct home_agreement *a, const char *party)
{
	return agreement_signature_state(a->agreement, a->bytes.data,
	    a->bytes.len, a->signatures, a->n_signatures, party, h->trust);
}

static void
show_json(struct home *h, const struct home_agreement *a)
{
	const struct agreement *g = a->agreement;
	struct cause why;
	enum fault f = standing(h, a, &why);
	struct writer *w;
	size_t i;

	if ((w = cli_object()) == NULL)
		return;
	writer_string(w, "agreement", g->id);
	writer_integer(w, "version", (int64_t)g->version);
	writer_string(w, "sha256", g->sha256);
	writer_boolean(w, "in_force", f == FAULT_NONE);
	if (f != FAULT_NONE)
		cli_write_cause(w, &why);
	writer_open(w, "signatures", NODE_ARRAY);
	for (i = 0; i < g->n_required; i++) {
		writer_open(w, NULL, NODE_OBJECT);
		writer_string(w, "party", g->required[i]);
		writer_string(
		    w, "state", state_word(signature_of(h, a, g->required[i])));
		writer_close(w);
	}
	writer_close(w);
	writer_node(w, "document", doc_root(g->doc));
	cli_print(w);
}

static void
show_mask(const struct mask *mask, const char *column)
{
	switch (mask->kind) {
	case MASK_NONE:
		break;
	case MASK_LAST:
		(void)printf(_("  masked: the last %zu characters of %s\n"),
		    mask->n, column);
		break;
	case MASK_FIRST:
		(void)printf(_("  masked: the first %zu characters of %s\n"),
		    mask->n, column);
		break;
	case MASK_STAR:
		(void)printf(_("  masked: all of %s\n"), column);
		break;
	case MASK_HASH:
		(void)printf(_("  a pseudonym in the place of %s\n"), column);
		break;
	}
}

/* As many values as a person reads in a line. */
#define VALUES_SHOWN 8

static void
show_values(const struct node *rows, const struct projection_only *only)
{
	const struct node *values = node_get(rows, only->column);
	char quoted[256];
	size_t i;

	(void)printf(_("  only rows with one of %zu values in %s:"), only->n,
	    log_quote(quoted, sizeof(quoted), only->column));
	for (i = 0; i < only->n && i < VALUES_SHOWN; i++)
		(void)printf(" %s",
		    log_quote(quoted, sizeof(quoted),
			node_string(node_at(values, i))));
	(void)printf("%s\n", only->n > VALUES_SHOWN ? " ..." : "");
}

/* What of the source leaves; "at" is the data set's place in the document. */
static void
show_projection(const struct dataset *d, const struct agreement *g, size_t at)
{
	const struct projection *p = &d->projection;
	const struct node *node =
	    node_at(node_get(doc_root(g->doc), "datasets"), at);
	size_t i;

	(void)printf(_("  source: %s%s, lines end in %s\n"),
	    recode_name(d->dialect.encoding),
	    d->dialect.csv.bom ? _(" with byte order mark") : "",
	    d->dialect.csv.newline == CSV_CRLF ? "CRLF" : "LF");
	(void)printf("%s\n",
	    p->drop ? _("  other columns of the source stay with the sender")
		    : _("  a source with other columns is refused"));
	for (i = 0; p->mask != NULL && i < schema_count(d->schema); i++)
		show_mask(&p->mask[i], schema_name(d->schema, i));
	for (i = 0; i < p->n_only; i++)
		show_values(node_get(node, "only"), &p->only[i]);
}

static void
show_dataset(const struct dataset *d)
{
	size_t i;

	(void)printf(_("data set %s: %s to"), d->id, d->from);
	for (i = 0; i < d->n_to; i++)
		(void)printf(" %s", d->to[i]);
	(void)printf(
	    _(", drop %s, %zu columns:"), d->drop, schema_count(d->schema));
	for (i = 0; i < schema_count(d->schema); i++)
		(void)printf(" %s", schema_name(d->schema, i));
	(void)printf("\n");
	if (d->manifest_fields == NULL)
		return;
	(void)printf(_("  to be given with --field:"));
	for (i = 0; i < schema_count(d->manifest_fields); i++)
		(void)printf(" %s", schema_name(d->manifest_fields, i));
	(void)printf("\n");
}

static void
show_text(struct home *h, const struct home_agreement *a)
{
	const struct agreement *g = a->agreement;
	char from[CLOCK_TEXT_LEN], until[CLOCK_TEXT_LEN], quoted[512];
	struct cause why;
	char text[2048];
	size_t i;

	(void)printf(_("agreement  %s version %llu\n"), g->id,
	    (unsigned long long)g->version);
	(void)printf(
	    _("title      %s\n"), log_quote(quoted, sizeof(quoted), g->title));
	(void)printf("SHA-256    %s\n", g->sha256);
	clock_text(from, g->valid_from);
	clock_text(until, g->valid_until - 1);
	(void)printf(_("valid      %.10s to %.10s\n"), from, until);
	for (i = 0; i < g->n_parties; i++)
		(void)printf(_("party      %s, %s (%s)\n"), g->parties[i].id,
		    _(role_text(g->parties[i].role)),
		    log_quote(quoted, sizeof(quoted), g->parties[i].name));
	for (i = 0; i < g->n_required; i++)
		(void)printf(_("signature  %s: %s\n"), g->required[i],
		    state_text(signature_of(h, a, g->required[i])));
	for (i = 0; i < g->n_datasets; i++) {
		show_dataset(&g->datasets[i]);
		show_projection(&g->datasets[i], g, i);
	}
	if (standing(h, a, &why) == FAULT_NONE) {
		(void)printf(_("state      in force\n"));
		return;
	}
	cause_text(text, sizeof(text), &why);
	(void)printf(_("state      not in force; %s\n"), text);
}

enum exit_status
saksi_agreement_show(struct cli *cli)
{
	struct home_agreement *a = NULL;
	struct home *home = NULL;
	struct cause why;
	enum fault f;

	cause_clear(&why);
	if ((f = home_open(&home, cli_home(cli), &why)) != FAULT_NONE)
		goto out;
	if (!path_id_ok(cli_arg(cli, 0)))
		f = cause_set(&why, FAULT_USAGE, N_("%s is no identifier"),
		    cli_arg(cli, 0));
	else
		f = home_agreement(home, cli_arg(cli, 0), &a, &why);
	if (f != FAULT_NONE)
		goto out;
	if (cli_json(cli))
		show_json(home, a);
	else
		show_text(home, a);
out:
	home_agreement_free(a);
	home_close(home);
	return f == FAULT_NONE ? EXIT_STATUS_DONE : cli_fail(cli, &why);
}
