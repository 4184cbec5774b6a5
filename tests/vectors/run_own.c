/*
 * run_own: holds our readers and writers against the vectors of our own
 * formats.
 *
 * usage: run_own DIR
 *
 * DIR is laid out as tests/vectors/own/README says: INDEX.tsv names each
 * scenario and the fault that is expected.  What is accepted must format back
 * to the same bytes (form "own"), or to one form that stays (form "other").
 * Whole parcels are for terima itself: 15-own-vectors.sh lets it judge them.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "key/trust.h"
#include "proof.h"
#include "record/agreement.h"
#include "record/contents.h"
#include "record/manifest.h"
#include "record/receipt.h"
#include "spool/journal.h"
#include "spool/store.h"
#include "text/writer.h"

#define DOCUMENT_MAX (2 * MIB)
#define STEPS_MAX 8
#define MEMBERS_MAX 16
#define PATH_LEN 512
#define SENDER "UJI-PENGIRIM"
#define RECIPIENT "UJI-PENERIMA"
#define PAPER "agreement/in-force"
#define DATASET "warga"

static unsigned passed, failed, skipped;
static int dir = -1;                 /* DIR */
static int scratch = -1;             /* a directory of ours */
static struct trust *trust;          /* the cards below DIR/parties */
static struct home_agreement *paper; /* what manifests are held against */

/* A line of the index. */
enum { PATH, FORMAT, CODES, FORM, AT, WHAT, COLUMNS };

/* What became of a scenario. */
struct outcome {
	enum fault fault[STEPS_MAX];
	size_t n;
	const char *wrong; /* with what it formats to; NULL: nothing */
};

/* A document in hand, and what it formats to. */
struct document {
	struct buf bytes;
	struct buf signature;
	bool is_signed;
	struct buf again;
};

static const struct document blank = { BUF_MAX(DOCUMENT_MAX),
	BUF_MAX(LIMIT_KEY_FILE), false, BUF_MAX(DOCUMENT_MAX) };

static void
document_free(struct document *d)
{
	buf_free(&d->bytes);
	buf_free(&d->signature);
	buf_free(&d->again);
}

/* The signature lies beside it, if there is one. */
static bool
document_load(struct document *d, const char *path)
{
	char beside[PATH_LEN];

	*d = blank;
	(void)snprintf(beside, sizeof(beside), "%s.minisig", path);
	d->is_signed = io_load(&d->signature, dir, beside, NULL) == FAULT_NONE;
	return io_load(&d->bytes, dir, path, NULL) == FAULT_NONE;
}

static bool
same(const struct buf *a, const struct buf *b)
{
	return a->len == b->len &&
	    (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

/* ---- one document of each format: judged, and formatted again ---- */

static enum fault
judge_card(struct document *d, struct cause *why)
{
	struct card card;
	enum fault f = FAULT_NONE;

	if (d->is_signed)
		f = card_check(&card, d->bytes.data, d->bytes.len,
		    d->signature.data, d->signature.len, why);
	else
		f = card_parse(&card, d->bytes.data, d->bytes.len, why);
	return f != FAULT_NONE ? f : card_format(&d->again, &card);
}

/* People write agreements and sign their bytes; a program only shows one. */
static enum fault
judge_agreement(struct document *d, struct cause *why)
{
	struct agreement *a = NULL;
	struct writer *w = NULL;
	enum fault f = agreement_parse(&a, d->bytes.data, d->bytes.len, why);

	if (f == FAULT_NONE)
		f = writer_new(&w, false);
	if (f == FAULT_NONE) {
		writer_node(w, NULL, doc_root(a->doc));
		f = writer_finish(w, &d->again);
	}
	writer_free(w);
	agreement_free(a);
	return f;
}

/* As the receiver does: proof before the page is read, then the page, then the
 * key's days; what breaks the agreement is well-formed all the same. */
static enum fault
judge_manifest(struct document *d, struct cause *why)
{
	struct manifest *m = NULL;
	struct proof proof;
	enum fault f = FAULT_NONE;

	if (d->is_signed)
		f = proof_holds(
		    &proof, trust, SENDER, &d->bytes, &d->signature, why);
	if (f == FAULT_NONE)
		f = manifest_parse(&m, d->bytes.data, d->bytes.len, why);
	if (f == FAULT_NONE)
		f = manifest_format(&d->again, m);
	if (f == FAULT_NONE && d->is_signed)
		f = proof_valid(&proof, m->created, why);
	if (f == FAULT_NONE)
		f = manifest_check(m, paper->agreement,
		    agreement_dataset(paper->agreement, DATASET), why);
	manifest_free(m);
	return f;
}

static enum fault
judge_contents(struct document *d, struct cause *why)
{
	struct contents *c = NULL;
	enum fault f = contents_parse(&c, d->bytes.data, d->bytes.len, why);

	if (f == FAULT_NONE)
		f = contents_format(&d->again, c);
	contents_free(c);
	return f;
}

static enum fault
judge_receipt(struct document *d, struct cause *why)
{
	struct receipt r;
	struct proof proof;
	enum fault f = FAULT_NONE;

	if (d->is_signed)
		f = proof_holds(
		    &proof, trust, RECIPIENT, &d->bytes, &d->signature, why);
	if (f == FAULT_NONE)
		f = receipt_parse(&r, d->bytes.data, d->bytes.len, why);
	if (f == FAULT_NONE)
		f = receipt_format(&d->again, &r);
	if (f == FAULT_NONE && d->is_signed)
		f = proof_valid(&proof, r.time, why);
	return f;
}

typedef enum fault judge(struct document *d, struct cause *why);

/* What is well-formed formats to the same bytes; what was written in another
 * form, to bytes that are judged alike and stay what they are. */
static const char *
check_form(const struct document *d, judge *judged, enum fault f, bool other)
{
	struct document once = blank;
	struct cause why;
	const char *wrong = NULL;

	if (!other)
		return same(&d->bytes, &d->again) ? NULL : "formats back";
	cause_clear(&why);
	if (buf_put(&once.bytes, d->again.data, d->again.len) != FAULT_NONE)
		wrong = "memory";
	else if (same(&d->bytes, &d->again))
		wrong = "is in our own form";
	else if (judged(&once, &why) != f || !same(&once.bytes, &once.again))
		wrong = "its form does not stay";
	document_free(&once);
	return wrong;
}

static void
run_document(struct outcome *out, char **row, judge *judged)
{
	struct document d;
	struct cause why;
	enum fault f = FAULT_NONE;

	cause_clear(&why);
	if (!document_load(&d, row[PATH])) {
		out->wrong = "cannot be read";
		document_free(&d);
		return;
	}
	f = judged(&d, &why);
	out->fault[out->n++] = f;
	if (d.again.len > 0)
		out->wrong =
		    check_form(&d, judged, f, strcmp(row[FORM], "other") == 0);
	document_free(&d);
}

/* ---- cards, one after another ---- */

static void
run_cards(struct outcome *out, char **row)
{
	struct document d;
	struct card card;
	struct cause why;
	char path[PATH_LEN];
	enum fault f = FAULT_NONE;
	int parties = -1;

	cause_clear(&why);
	if (io_remove_tree(scratch, "parties", &why) != FAULT_NONE ||
	    io_mkdirs(scratch, "parties", &why) != FAULT_NONE ||
	    io_opendir(&parties, scratch, "parties", &why) != FAULT_NONE) {
		out->wrong = "no room for it";
		return;
	}
	while (out->n < STEPS_MAX) {
		(void)snprintf(
		    path, sizeof(path), "%s/%zu.json", row[PATH], out->n + 1);
		if (!document_load(&d, path)) {
			document_free(&d);
			break;
		}
		f = card_check(&card, d.bytes.data, d.bytes.len,
		    d.signature.data, d.signature.len, &why);
		if (f == FAULT_NONE)
			f = trust_pin(
			    parties, &card, &d.bytes, &d.signature, &why);
		out->fault[out->n++] = f;
		document_free(&d);
	}
	(void)close(parties);
}

/* ---- an agreement with its signatures, on a day ---- */

static void
run_force(struct outcome *out, char **row)
{
	struct home_agreement *a = NULL;
	struct cause why;
	int64_t at = 0;
	int fd = -1;
	enum fault f = FAULT_NONE;

	cause_clear(&why);
	if (!clock_parse(&at, row[AT]) ||
	    io_opendir(&fd, dir, row[PATH], &why) != FAULT_NONE) {
		out->wrong = "cannot be read";
		return;
	}
	f = store_load(&a, fd, &why);
	if (f == FAULT_NONE)
		f = agreement_in_force(a->agreement, a->bytes.data,
		    a->bytes.len, a->signatures, a->n_signatures, trust, at,
		    &why);
	out->fault[out->n++] = f;
	home_agreement_free(a);
	(void)close(fd);
}

/* ---- journals ---- */

/* The bytes of all files that the walk reads, torn line and all. */
static bool
journal_bytes(struct buf *out, int home)
{
	struct io_names names = { NULL, 0 };
	char path[PATH_LEN];
	bool good = io_names(&names, home, "journal", 100, NULL) == FAULT_NONE;

	for (size_t i = 0; good && i < names.n; i++) {
		(void)snprintf(path, sizeof(path), "journal/%s", names.name[i]);
		if (strstr(names.name[i], ".jsonl") != NULL)
			good = io_load(out, home, path, NULL) == FAULT_NONE;
	}
	io_names_free(&names);
	return good;
}

/* The members between subject and prev. */
static size_t
members_of(struct journal_member *out, const struct journal_entry *e)
{
	static const char *const every[] = { "n", "time", "event", "subject",
		"prev" };
	const struct node *value = NULL;
	const char *name = NULL;
	void *it = NULL;
	size_t n = 0, i = 0;

	while (node_each(doc_root(e->doc), &it, &name, &value)) {
		for (i = 0; i < 5 && strcmp(name, every[i]) != 0; i++)
			;
		if (i < 5 || n == MEMBERS_MAX)
			continue;
		out[n++] = (struct journal_member){ name, node_string(value),
			(uint64_t)node_integer(value) };
	}
	return n;
}

/* Writes every entry anew, into a journal of ours. */
static enum fault
journal_again(struct home *from, struct home *to, struct cause *why)
{
	struct journal_member members[MEMBERS_MAX];
	struct journal_entry e = { 0 };
	struct journal_walk *w = NULL;
	struct journal *j = NULL;
	int64_t when = 0;
	int end = 0;
	enum fault f = journal_open(&j, to, why);

	if (f == FAULT_NONE)
		f = journal_walk_new(&w, from, 1, why);
	while (f == FAULT_NONE) {
		f = journal_walk_next(w, &e, &end, why);
		if (f != FAULT_NONE || end)
			break;
		if (!clock_parse(&when, e.time))
			f = FAULT_FORMAT;
		else
			f = journal_append(j, when, e.event, e.subject, members,
			    members_of(members, &e), why);
		journal_entry_free(&e);
	}
	journal_walk_free(w);
	journal_close(j);
	return f;
}

/* All files together are the same bytes; a torn line is nobody's entry. */
static const char *
check_journal(struct home *home, struct cause *why)
{
	struct buf before = BUF_MAX(DOCUMENT_MAX);
	struct buf after = BUF_MAX(DOCUMENT_MAX);
	struct home again = *home;
	const char *wrong = "does not format back";

	again.dir = scratch;
	if (io_remove_tree(scratch, "journal", why) == FAULT_NONE &&
	    io_mkdirs(scratch, "journal", why) == FAULT_NONE &&
	    journal_again(home, &again, why) == FAULT_NONE &&
	    journal_bytes(&before, home->dir) &&
	    journal_bytes(&after, scratch)) {
		while (before.len > 0 && before.data[before.len - 1] != '\n')
			before.len--;
		if (same(&before, &after))
			wrong = NULL;
	}
	buf_free(&before);
	buf_free(&after);
	return wrong;
}

static void
run_journal(struct outcome *out, char **row)
{
	struct conf conf = { .party = RECIPIENT };
	struct home home = { -1, row[PATH], &conf, trust };
	struct journal_head head;
	struct cause why;
	enum fault f = FAULT_NONE;

	cause_clear(&why);
	if (io_opendir(&home.dir, dir, row[PATH], &why) != FAULT_NONE) {
		out->wrong = "cannot be read";
		return;
	}
	f = journal_verify(&home, &head, &why);
	out->fault[out->n++] = f;
	if (f == FAULT_NONE)
		out->wrong = check_journal(&home, &why);
	(void)close(home.dir);
}

/* ---- the index ---- */

static bool
is_directory(const char *path)
{
	int fd = -1;

	if (io_opendir(&fd, dir, path, NULL) != FAULT_NONE)
		return false;
	(void)close(fd);
	return true;
}

/* "0,304" of what came out; the codes of the index are written alike. */
static void
codes_text(char *out, size_t cap, const struct outcome *o)
{
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < o->n && len < cap; i++)
		len += (size_t)snprintf(out + len, cap - len, "%s%d",
		    i > 0 ? "," : "", (int)o->fault[i]);
}

static void
verdict(char **row, const struct outcome *o)
{
	char codes[128];

	codes_text(codes, sizeof(codes), o);
	if (strcmp(codes, row[CODES]) == 0 && o->wrong == NULL) {
		passed++;
		return;
	}
	failed++;
	printf("FAILED %s (%s): wanted %s, got %s%s%s\n", row[PATH], row[WHAT],
	    row[CODES], codes, o->wrong != NULL ? "; " : "",
	    o->wrong != NULL ? o->wrong : "");
}

static void
run_row(char **row)
{
	static const struct {
		const char *format;
		judge *judged;
		void (*in_directory)(struct outcome *out, char **row);
	} formats[] = {
		{ "card", judge_card, run_cards },
		{ "agreement", judge_agreement, run_force },
		{ "manifest", judge_manifest, NULL },
		{ "contents", judge_contents, NULL },
		{ "receipt", judge_receipt, NULL },
		{ "journal", NULL, run_journal },
	};
	struct outcome o = { { FAULT_NONE }, 0, NULL };

	/* Not for us: whole parcels, and what no file can show. */
	if (strcmp(row[FORMAT], "parcel") == 0 || strcmp(row[PATH], "-") == 0)
		return;
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (strcmp(formats[i].format, row[FORMAT]) != 0)
			continue;
		if (formats[i].in_directory != NULL && is_directory(row[PATH]))
			formats[i].in_directory(&o, row);
		else if (formats[i].judged != NULL)
			run_document(&o, row, formats[i].judged);
		verdict(row, &o);
		return;
	}
	skipped++;
	printf("SKIPPED %s: no such format: %s\n", row[PATH], row[FORMAT]);
}

static bool
run_index(void)
{
	struct buf text = BUF_MAX(DOCUMENT_MAX);
	char *row[COLUMNS], *rest = NULL, *line = NULL, *cell = NULL;
	bool head = true, good = false;
	size_t n = 0;

	good = io_load(&text, dir, "INDEX.tsv", NULL) == FAULT_NONE &&
	    text.len > 0;
	rest = (char *)text.data;
	while (good && (line = strsep(&rest, "\n")) != NULL) {
		for (n = 0; n < COLUMNS; n++) {
			if ((cell = strsep(&line, "\t")) == NULL)
				break;
			row[n] = cell;
		}
		if (!head && n == COLUMNS)
			run_row(row);
		else if (!head && n > 1)
			good = false;
		head = false;
	}
	buf_free(&text);
	return good;
}

/* What all scenarios stand on: cards and the agreement. */
static bool
prepare(struct cause *why)
{
	int fd = -1;
	enum fault f = io_opendir(&fd, dir, "parties", why);

	if (f == FAULT_NONE)
		f = trust_load(&trust, fd, why);
	if (fd >= 0)
		(void)close(fd);
	if (f == FAULT_NONE)
		f = io_opendir(&fd, dir, PAPER, why);
	if (f == FAULT_NONE) {
		f = store_load(&paper, fd, why);
		(void)close(fd);
	}
	return f == FAULT_NONE;
}

int
main(int argc, char **argv)
{
	const char *tmp = getenv("TMPDIR");
	char path[PATH_LEN], text[1024];
	struct cause why;
	bool good = false;

	cause_clear(&why);
	(void)snprintf(path, sizeof(path), "%s/run_own.XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	if (argc != 2 || key_setup(&why) != FAULT_NONE ||
	    mkdtemp(path) == NULL) {
		(void)fprintf(stderr, "usage: run_own DIR\n");
		return 2;
	}
	scratch = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (scratch >= 0 && dir >= 0 && prepare(&why))
		good = run_index();
	if (!good) {
		cause_text(text, sizeof(text), &why);
		printf("FAILED %s: no set of vectors: %s\n", argv[1], text);
		failed++;
	}
	home_agreement_free(paper);
	trust_free(trust);
	(void)!io_remove_tree(AT_FDCWD, path, NULL);
	printf("%u passed, %u failed, %u skipped\n", passed, failed, skipped);
	return failed == 0 && passed > 0 ? 0 : 1;
}
