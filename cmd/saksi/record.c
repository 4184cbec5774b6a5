/*
 * record: the hand-over record (berita acara serah terima) as text.  Every line
 * comes from a signed page of the evidence that verifies now; not one value of
 * a person's row is in it, only the agreed totals.
 */
#include "saksi.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/intl.h"
#include "base/io.h"
#include "base/log.h"
#include "proof.h"
#include "record/contents.h"
#include "record/manifest.h"
#include "record/receipt.h"
#include "desk.h"
#include "spool/outbox.h"

/* The evidence of one parcel. */
struct evidence {
	struct home *home;
	struct parcel_name name;
	struct buf bytes; /* manifest.json */
	char sha256[HASH_TEXT_LEN];
	struct manifest *manifest;
	struct contents *contents;
	struct receipt *receipts; /* those that verify */
	size_t n_receipts;
	size_t staged; /* recipients whose staged receipt is here */
};

/* ---- gathering ---- */

static enum fault
load_signed(struct evidence *e, const char *file, struct buf *bytes,
    const char *party, struct proof *proof, struct cause *why)
{
	struct buf signature = BUF_MAX(LIMIT_KEY_FILE);
	char name[RECEIPT_NAME_MAX + 16];
	enum fault f;

	(void)snprintf(name, sizeof(name), "%s.minisig", file);
	f = records_load(e->home, &e->name, file, bytes, why);
	if (f == FAULT_NONE)
		f = records_load(e->home, &e->name, name, &signature, why);
	if (f == FAULT_NONE)
		f = proof_holds(
		    proof, e->home->trust, party, bytes, &signature, why);
	buf_free(&signature);
	return f;
}

static enum fault
gather_receipt(
    struct evidence *e, const char *file, const char *party, struct cause *why)
{
	struct buf bytes = BUF_MAX(LIMIT_DOCUMENT);
	struct receipt *r = &e->receipts[e->n_receipts];
	struct proof proof;
	enum fault f;

	cause_place(why, file, 0, NULL, UINT64_MAX);
	if ((f = load_signed(e, file, &bytes, party, &proof, why)) ==
		FAULT_NONE &&
	    (f = receipt_parse(r, bytes.data, bytes.len, why)) == FAULT_NONE)
		f = proof_valid(&proof, r->time, why);
	buf_free(&bytes);
	if (f != FAULT_NONE)
		return f;
	if (!hash_text_equal(r->manifest_sha256, e->sha256))
		return cause_set(why, FAULT_WRONG_PLACE,
		    N_("the receipt is about another manifest; ours is "
		       "%.16s…"),
		    e->sha256);
	e->n_receipts++;
	e->staged += r->stage == STAGE_STAGED ? 1 : 0;
	return FAULT_NONE;
}

static enum fault
gather_receipts(struct evidence *e, struct cause *why)
{
	struct io_names names = { NULL, 0 };
	char party[LIMIT_ID + 1];
	enum stage stage;
	enum fault f;
	size_t i;

	if ((f = records_names(e->home, &e->name, &names, why)) != FAULT_NONE)
		return f;
	e->receipts = calloc(names.n + 1, sizeof(*e->receipts));
	if (e->receipts == NULL)
		f = cause_memory(why);
	for (i = 0; f == FAULT_NONE && i < names.n; i++)
		if (receipt_name_parse(names.name[i], party, &stage))
			f = gather_receipt(e, names.name[i], party, why);
	io_names_free(&names);
	return f;
}

/* The page of totals must be the one the manifest names. */
static enum fault
gather_contents(struct evidence *e, struct cause *why)
{
	struct buf page = BUF_MAX(LIMIT_CONTENTS);
	char sha256[HASH_TEXT_LEN];
	enum fault f;

	f = records_load(e->home, &e->name, CONTENTS_NAME, &page, why);
	if (f == FAULT_NONE &&
	    hash_bytes_text(sha256, page.data, page.len) != FAULT_NONE)
		f = cause_memory(why);
	if (f == FAULT_NONE &&
	    !hash_text_equal(sha256, e->manifest->contents_sha256))
		f = cause_set(why, FAULT_TOTALS,
		    N_("the kept contents.json is not the one the manifest "
		       "names"));
	if (f == FAULT_NONE)
		f = contents_parse(&e->contents, page.data, page.len, why);
	buf_free(&page);
	return f;
}

static enum fault
gather(struct evidence *e, const char *parcel, struct cause *why)
{
	struct proof proof;
	enum fault f;

	if (!parcel_name_parse(&e->name, parcel))
		return cause_set(why, FAULT_USAGE,
		    N_("%s is not of the form AGREEMENT/DATASET/SENDER/"
		       "SEQUENCE"),
		    parcel);
	e->bytes.max = LIMIT_DOCUMENT;
	f = load_signed(
	    e, MANIFEST_NAME, &e->bytes, e->name.sender, &proof, why);
	if (f == FAULT_ABSENT) {
		cause_clear(why);
		return cause_set(
		    why, f, N_("parcel %s is not known here"), parcel);
	}
	if (f != FAULT_NONE)
		return f;
	if (hash_bytes_text(e->sha256, e->bytes.data, e->bytes.len) !=
	    FAULT_NONE)
		return cause_memory(why);
	if ((f = manifest_parse(&e->manifest, e->bytes.data, e->bytes.len,
		 why)) != FAULT_NONE ||
	    (f = proof_valid(&proof, e->manifest->created, why)) !=
		FAULT_NONE ||
	    (f = gather_contents(e, why)) != FAULT_NONE)
		return f;
	return gather_receipts(e, why);
}

static void
evidence_free(struct evidence *e)
{
	buf_free(&e->bytes);
	manifest_free(e->manifest);
	contents_free(e->contents);
	free(e->receipts);
}

/* ---- writing ---- */

/* The page being written: the first fault is remembered, as a writer does. */
struct page {
	struct buf text;
	enum fault fault;
};

static void line(struct page *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void
line(struct page *p, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (p->fault == FAULT_NONE)
		p->fault = buf_putf(&p->text, "%s\n", text);
}

/* 593000 as "593,000"; the separator is the reader's. */
static const char *
figure(char out[40], uint64_t n)
{
	char digits[24];
	/* TRANSLATORS: the one byte between thousands, "." in Indonesian. */
	const char *separator = _(",");
	size_t i, len, used = 0;

	(void)snprintf(digits, sizeof(digits), "%llu", (unsigned long long)n);
	len = strlen(digits);
	for (i = 0; i < len && used < 36; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			out[used++] = separator[0];
		out[used++] = digits[i];
	}
	out[used] = '\0';
	return out;
}

static void
write_party(struct page *p, const struct evidence *e, const char *role,
    const char *party)
{
	const struct card *card = trust_card(e->home->trust, party);
	char fingerprint[KEY_FINGERPRINT_LEN] = "-", quoted[CARD_NAME_MAX];

	if (card != NULL)
		public_key_fingerprint(fingerprint, &card->root);
	line(p, "  %-14s %s, %s", role, party,
	    card != NULL ? log_quote(quoted, sizeof(quoted), card->name)
			 : _("no card pinned"));
	line(p, "  %-14s %s", _("fingerprint"), fingerprint);
}

static void
write_parties(struct page *p, const struct evidence *e,
    const struct home_agreement *paper)
{
	const struct agreement *g = paper != NULL ? paper->agreement : NULL;
	size_t i;

	line(p, "%s", _("PARTIES"));
	write_party(p, e, _("handed over by"), e->manifest->sender);
	for (i = 0; i < e->manifest->n_recipients; i++)
		write_party(p, e, _("received by"), e->manifest->recipients[i]);
	for (i = 0; g != NULL && i < g->n_parties; i++)
		if (g->parties[i].role == ROLE_GUARDIAN)
			write_party(p, e, _("data guardian"), g->parties[i].id);
}

static void
write_what(struct page *p, const struct evidence *e,
    const struct home_agreement *paper)
{
	const struct manifest *m = e->manifest;
	char when[CLOCK_TEXT_LEN], quoted[512], n[40];
	size_t i;

	line(p, "%s", _("WHAT WAS HANDED OVER"));
	line(p, "  %-14s %s, %s %llu", _("agreement"), m->agreement,
	    _("version"), (unsigned long long)m->agreement_version);
	if (paper != NULL)
		line(p, "  %-14s %s", "",
		    log_quote(quoted, sizeof(quoted), paper->agreement->title));
	line(p, "  %-14s %s", "", m->agreement_sha256);
	line(p, "  %-14s %s", _("data set"), m->dataset);
	line(p, "  %-14s %llu", _("number"), (unsigned long long)m->sequence);
	if (e->name.test)
		line(p, "  %-14s %s", "",
		    _("a test: no data was handed over for use"));
	if (m->period[0] != '\0')
		line(p, "  %-14s %s", _("period"),
		    log_quote(quoted, sizeof(quoted), m->period));
	for (i = 0; i < m->n_fields; i++)
		line(p, "  %-14s %s", m->fields[i].name,
		    log_quote(quoted, sizeof(quoted), m->fields[i].value));
	clock_text(when, m->created);
	line(p, "  %-14s %s", _("sealed at"), when);
	line(p, "  %-14s %s %s", _("payload"), figure(n, m->payload_bytes),
	    _("bytes"));
	line(p, "  %-14s %s", "SHA-256", m->payload_sha256);
	line(p, "  %-14s %s", _("manifest"), e->sha256);
}

static void
write_total(struct page *p, const struct total *t)
{
	char quoted[256], n[40];
	size_t i;

	switch (t->kind) {
	case TOTAL_ROWS:
		break;
	case TOTAL_SUM:
		line(p, "    %s %s: %s", _("sum of"), t->column, t->value);
		break;
	case TOTAL_DISTINCT:
		line(p, "    %s %s: %s", _("different values of"), t->column,
		    t->value);
		break;
	case TOTAL_MIN:
		line(p, "    %s %s: %s", _("earliest of"), t->column,
		    t->value[0] == '\0' ? _("(empty)") : t->value);
		break;
	case TOTAL_MAX:
		line(p, "    %s %s: %s", _("latest of"), t->column,
		    t->value[0] == '\0' ? _("(empty)") : t->value);
		break;
	case TOTAL_FILLED:
		line(p, "    %s %s: %s", _("values of"), t->column, t->value);
		break;
	case TOTAL_COUNT_BY:
		line(p, "    %s %s:", _("rows by"), t->column);
		for (i = 0; i < t->n_groups; i++)
			line(p, "      %-24s %14s",
			    t->groups[i].value[0] == '\0'
				? _("(empty)")
				: log_quote(quoted, sizeof(quoted),
				      t->groups[i].value),
			    figure(n, t->groups[i].count));
		break;
	}
}

/* What both sides saw and let pass. */
static void
write_warnings(struct page *p, const struct warnings *w)
{
	char n[40];
	size_t i;

	for (i = 0; i < w->n; i++)
		line(p, "    %s %s: %s %s", _("warnings"),
		    figure(n, w->item[i].count), w->item[i].rule,
		    w->item[i].column);
}

static void
write_totals(struct page *p, const struct evidence *e)
{
	const struct contents_file *file;
	char n[40];
	size_t i, j;

	line(p, "%s", _("CONTROL TOTALS (counted by the sender)"));
	line(p, "  %-14s %s", _("rows"), figure(n, e->manifest->rows));
	for (i = 0; i < e->contents->n; i++) {
		file = &e->contents->file[i];
		line(p, "  %s: %s %s", file->name, figure(n, file->rows),
		    _("rows"));
		line(p, "    SHA-256 %s", file->sha256);
		for (j = 0; j < file->totals.n; j++)
			write_total(p, &file->totals.total[j]);
		write_warnings(p, &file->warnings);
	}
}

static void
write_receipt(struct page *p, const struct receipt *r)
{
	char when[CLOCK_TEXT_LEN], n[40];

	clock_text(when, r->time);
	line(
	    p, "  %-14s %-10s %s", r->recipient, _(stage_text(r->stage)), when);
	if (r->stage == STAGE_STAGED)
		line(p, "    %s %s; %s", _("recounted rows"),
		    figure(n, r->rows),
		    _("hash of all totals equal to the sender's"));
	if (r->stage == STAGE_REFUSED)
		line(p, "    %d: %s", (int)r->refusal.fault,
		    fault_text(r->refusal.fault));
	line(p, "    %s %llu %.64s", _("journal"),
	    (unsigned long long)r->journal_entries, r->journal_head);
}

static void
write_end(struct page *p, const struct evidence *e)
{
	const struct manifest *m = e->manifest;
	size_t i;

	line(p, "%s", _("RECEIPTS (signed by the receiver, counted anew)"));
	for (i = 0; i < e->n_receipts; i++)
		write_receipt(p, &e->receipts[i]);
	if (e->n_receipts == 0)
		line(p, "  %s", _("none yet"));
	line(p, "%s", _("SENDER'S JOURNAL BEFORE THIS PARCEL"));
	line(p, "    %s %llu %.64s", _("journal"),
	    (unsigned long long)m->journal_entries, m->journal_head);
	line(p, "%s", "");
	line(p, "  %-24s %-24s %s", _("handed over by"), _("received by"),
	    _("witnessed by, data guardian"));
	line(p, "%s", "");
	line(p, "  %-24s %-24s %s", "____________________",
	    "____________________", "____________________");
}

static enum fault
write_page(struct page *p, const struct evidence *e, struct cause *why)
{
	struct home_agreement *paper = NULL;
	char parcel[PARCEL_NAME_MAX];
	enum fault f;

	f = home_agreement(e->home, e->manifest->agreement, &paper, why);
	if (f != FAULT_NONE && f != FAULT_ABSENT)
		return f;
	cause_clear(why);
	parcel_name_text(parcel, &e->name);
	line(p, "%s", _("HAND-OVER RECORD (BERITA ACARA SERAH TERIMA)"));
	line(p, "%s", parcel);
	if (e->staged < e->manifest->n_recipients)
		line(p, "%s",
		    _("DRAFT: not every recipient has signed a receipt of "
		      "staging"));
	line(p, "%s", "");
	write_parties(p, e, paper);
	write_what(p, e, paper);
	write_totals(p, e);
	write_end(p, e);
	home_agreement_free(paper);
	return p->fault == FAULT_NONE ? FAULT_NONE : cause_memory(why);
}

static void
write_json(const struct evidence *e)
{
	const struct contents *c = e->contents;
	char parcel[PARCEL_NAME_MAX], when[CLOCK_TEXT_LEN];
	struct writer *w = cli_object();
	size_t i;

	if (w == NULL)
		return;
	parcel_name_text(parcel, &e->name);
	writer_string(w, "parcel", parcel);
	writer_boolean(w, "draft", e->staged < e->manifest->n_recipients);
	writer_string(w, "manifest", e->sha256);
	writer_integer(w, "rows", (int64_t)e->manifest->rows);
	writer_open(w, "files", NODE_ARRAY);
	for (i = 0; i < c->n; i++) {
		writer_open(w, NULL, NODE_OBJECT);
		writer_string(w, "name", c->file[i].name);
		writer_integer(w, "rows", (int64_t)c->file[i].rows);
		writer_string(w, "sha256", c->file[i].sha256);
		totals_write(w, "totals", &c->file[i].totals);
		warnings_write(w, "warnings", &c->file[i].warnings);
		writer_close(w);
	}
	writer_close(w);
	writer_open(w, "receipts", NODE_ARRAY);
	for (i = 0; i < e->n_receipts; i++) {
		writer_open(w, NULL, NODE_OBJECT);
		clock_text(when, e->receipts[i].time);
		writer_string(w, "recipient", e->receipts[i].recipient);
		writer_string(w, "stage", stage_text(e->receipts[i].stage));
		writer_string(w, "time", when);
		writer_integer(w, "rows", (int64_t)e->receipts[i].rows);
		writer_string_or_null(
		    w, "contents", e->receipts[i].contents_sha256);
		writer_close(w);
	}
	writer_close(w);
	cli_print(w);
}

enum exit_status
saksi_record(struct cli *cli)
{
	struct page page = { BUF_MAX(16 * MIB), FAULT_NONE };
	const char *out = cli_value(cli, "out");
	struct evidence e;
	struct cause why;
	enum fault f;

	memset(&e, 0, sizeof(e));
	cause_clear(&why);
	if ((f = home_open(&e.home, cli_home(cli), &why)) != FAULT_NONE ||
	    (f = gather(&e, cli_arg(cli, 0), &why)) != FAULT_NONE ||
	    (f = write_page(&page, &e, &why)) != FAULT_NONE)
		goto out;
	if (out != NULL)
		f = io_save(AT_FDCWD, out, page.text.data, page.text.len, 0644,
		    true, &why);
	else if (!cli_json(cli))
		(void)printf("%s", buf_text(&page.text));
	if (f == FAULT_NONE && cli_json(cli))
		write_json(&e);
out:
	evidence_free(&e);
	buf_free(&page.text);
	home_close(e.home);
	return f == FAULT_NONE ? EXIT_STATUS_DONE : cli_fail(cli, &why);
}
