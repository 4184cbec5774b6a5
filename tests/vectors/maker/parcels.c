/*
 * parcels: the outer half, manifest, signature, receipts and the places on the
 * drop.  plans.c says what is bent in which.
 */
#include "parcels.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "load.h"
#include "manifests.h"
#include "plans.h"
#include "receipts.h"

#define PAYLOAD "payload.tar.zst.age"
#define RECORD_TEXT 100 /* base64 of a signature's 74 bytes */

/* A parcel as it lies in its directory. */
struct parcel {
	struct buf manifest, signature, payload, contents;
};

static void
parcel_free(struct parcel *p)
{
	buf_free(&p->manifest);
	buf_free(&p->signature);
	buf_free(&p->payload);
	buf_free(&p->contents);
}

/* ---- manifest and signature ---- */

static void
manifest_make(struct parcel *p, const struct plan *plan,
    const struct load *load, struct manifest *m)
{
	struct buf good = BUF_MAX(SET_DOCUMENT);

	m->payload_bytes = load->sealed.len;
	set_must(hash_bytes_text(
		     m->payload_sha256, load->sealed.data, load->sealed.len),
	    plan->name);
	set_must(hash_bytes_text(
		     m->contents_sha256, load->page.data, load->page.len),
	    plan->name);
	m->unpacked_bytes = load->unpacked;
	m->rows = load->rows;
	m->files = load->files;
	if (plan->says == SAYS_OTHER_AGREEMENT)
		memset(m->agreement_sha256, '0', HASH_TEXT_LEN - 1);
	if (plan->says == SAYS_OTHER_CONTENTS)
		memset(m->contents_sha256, '0', HASH_TEXT_LEN - 1);
	if (plan->says == SAYS_UNPACKED_LESS)
		m->unpacked_bytes = 10;
	set_must(manifest_format(&good, m), plan->name);
	if (plan->manifest_from.at != NULL)
		set_change(&p->manifest, &good, &plan->manifest_from,
		    &plan->manifest_to);
	else
		set_must(
		    buf_put(&p->manifest, good.data, good.len), plan->name);
	buf_free(&good);
}

static const struct secret_key *
signer(enum bend_sign bend, const struct cast *cast)
{
	const struct cast *sender = cast_find(cast, CAST_SENDER);

	if (bend == SIGN_OLD)
		return sender->old;
	if (bend == SIGN_ROOT)
		return sender->root;
	if (bend == SIGN_RECIPIENT)
		return cast_find(cast, CAST_RECIPIENT)->signing;
	if (bend == SIGN_STRANGER || bend == SIGN_STRANGER_AS_SENDER)
		return cast_find(cast, CAST_STRANGER)->signing;
	return sender->signing;
}

/* The signature's file, bent as text. */
static void
signature_bend(struct buf *s, enum bend_sign bend)
{
	static const struct {
		enum bend_sign bend;
		struct text from, to;
	} bends[] = {
		{ SIGN_TRUSTED, TEXT("test manifest"), TEXT("best manifest") },
		{ SIGN_UNTRUSTED, TEXT("comment: signature"),
		    TEXT("comment: love") },
		{ SIGN_CRLF, TEXT("minisign\n"), TEXT("minisign\r\n") },
	};
	struct buf copy = BUF_MAX(SET_DOCUMENT);

	set_must(buf_put(&copy, s->data, s->len), "signature");
	for (size_t i = 0; i < sizeof(bends) / sizeof(bends[0]); i++)
		if (bends[i].bend == bend)
			set_change(s, &copy, &bends[i].from, &bends[i].to);
	buf_free(&copy);
	if (bend == SIGN_EMPTY)
		s->len = 0;
}

/* The record in the second line: algorithm, key id, signature. */
static void
signature_record(struct buf *s, enum bend_sign bend, const struct cast *cast)
{
	char *line = memchr(s->data, '\n', s->len);
	char text[RECORD_TEXT + 1] = "";
	struct public_key sender;
	uint8_t record[74];

	if (line == NULL ||
	    sodium_base642bin(record, sizeof(record), line + 1, RECORD_TEXT,
		NULL, NULL, NULL, sodium_base64_VARIANT_ORIGINAL) != 0)
		set_stop("signature");
	secret_key_public(cast_find(cast, CAST_SENDER)->signing, &sender);
	if (bend == SIGN_STRANGER_AS_SENDER)
		memcpy(record + 2, sender.id, KEY_ID_LEN);
	if (bend == SIGN_BIT)
		record[40] ^= 1;
	(void)sodium_bin2base64(text, sizeof(text), record, sizeof(record),
	    sodium_base64_VARIANT_ORIGINAL);
	memcpy(line + 1, text, RECORD_TEXT);
}

static void
signature_make(struct parcel *p, enum bend_sign bend, const struct cast *cast)
{
	const struct text from = TEXT("\"tool\": \"test"),
			  to = TEXT("\"tool\": \"best");
	struct buf changed = BUF_MAX(SET_DOCUMENT);

	if (bend == SIGN_LEGACY)
		cast_sign_legacy(&p->signature, signer(bend, cast),
		    &p->manifest, "test manifest");
	else
		cast_sign(&p->signature, signer(bend, cast), &p->manifest,
		    "test manifest");
	signature_record(&p->signature, bend, cast);
	signature_bend(&p->signature, bend);
	if (bend == SIGN_CHANGED) {
		set_change(&changed, &p->manifest, &from, &to);
		buf_free(&p->manifest);
		p->manifest = changed;
	}
}

/* Parcel n of a stream; "before" is the one it follows, or NULL. */
static void
parcel_make(struct parcel *out, const struct plan *plan, uint64_t n,
    const struct parcel *before, const struct scene *scene)
{
	struct manifest *m = manifests_base(scene->paper, scene->cast);
	struct load load;
	char label[128], guardian[RECIPIENT_TEXT_LEN];

	*out = (struct parcel){ BUF_MAX(SET_DOCUMENT), BUF_MAX(LIMIT_KEY_FILE),
		BUF_MAX(SET_DOCUMENT), BUF_MAX(SET_DOCUMENT) };
	(void)snprintf(
	    label, sizeof(label), "parcel %s %u", plan->name, (unsigned)n);
	load_make(&load, plan, label, scene->paper, scene->cast);
	m->sequence = n;
	if (before != NULL)
		set_must(hash_bytes_text(m->previous, before->manifest.data,
			     before->manifest.len),
		    label);
	if (plan->age == AGE_TWO) {
		recipient_text(guardian,
		    &cast_find(scene->cast, CAST_GUARDIAN)
			 ->card.encryption[0]
			 .key);
		set_must(manifest_add_payload_recipient(m, guardian), label);
	}
	manifest_make(out, plan, &load, m);
	signature_make(out, plan->sign, scene->cast);
	set_must(
	    buf_put(&out->payload, load.sealed.data, load.sealed.len), label);
	set_must(buf_put(&out->contents, load.page.data, load.page.len), label);
	load_free(&load);
	manifest_free(m);
}

/* ---- on the drop ---- */

static void
put_receipt(const char *dir, const struct parcel *p, enum stage stage,
    const struct cast *cast)
{
	struct buf text = BUF_MAX(SET_DOCUMENT);
	struct receipt r;
	char path[256], name[RECEIPT_NAME_MAX];

	receipts_base(&r, stage);
	set_must(hash_bytes_text(
		     r.manifest_sha256, p->manifest.data, p->manifest.len),
	    dir);
	if (stage == STAGE_STAGED)
		set_must(hash_bytes_text(r.contents_sha256, p->contents.data,
			     p->contents.len),
		    dir);
	set_must(receipt_format(&text, &r), dir);
	receipt_name(name, CAST_RECIPIENT, stage);
	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	cast_put_signed(path, cast_find(cast, CAST_RECIPIENT)->signing, &text,
	    "test receipt");
	set_row(&(struct set_row){
	    path, "receipt", "0", "own", NULL, "a receipt beside its parcel" });
	buf_free(&text);
}

static void
payload_damage(struct buf *payload, enum bend_drop bend)
{
	if (bend == DROP_BIT)
		payload->data[payload->len - 1] ^= 1;
	if (bend == DROP_SHORTER)
		payload->len--;
	if (bend == DROP_LONGER)
		set_must(buf_put(payload, "\n", 1), "payload");
	if (bend == DROP_EMPTY)
		payload->len = 0;
}

/* Into the directory of this number, which a run of terima sees. */
static void
parcel_put(const char *stream, uint64_t number, struct parcel *p,
    enum bend_drop bend, const struct cast *cast)
{
	char dir[160], path[256];

	(void)snprintf(dir, sizeof(dir), "%s/%08u", stream, (unsigned)number);
	payload_damage(&p->payload, bend);
	if (bend != DROP_NO_MANIFEST) {
		(void)snprintf(path, sizeof(path), "%s/manifest.json", dir);
		set_buf(path, &p->manifest);
	}
	if (bend != DROP_NO_SIGNATURE) {
		(void)snprintf(
		    path, sizeof(path), "%s/manifest.json.minisig", dir);
		set_buf(path, &p->signature);
	}
	if (bend != DROP_NO_PAYLOAD) {
		(void)snprintf(path, sizeof(path), "%s/" PAYLOAD, dir);
		set_buf(path, &p->payload);
	}
	if (bend == DROP_ANSWERED) {
		put_receipt(dir, p, STAGE_RECEIVED, cast);
		put_receipt(dir, p, STAGE_STAGED, cast);
	}
}

static void
put_row(const char *name, const char *codes, const char *what)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "parcel/%s", name);
	set_row(&(struct set_row){ path, "parcel", codes, NULL, NULL, what });
}

static void
put_alone(const struct plan *plan, const struct scene *scene)
{
	struct parcel p;
	char stream[128];

	parcel_make(&p, plan, 1, NULL, scene);
	(void)snprintf(stream, sizeof(stream), "parcel/%s", plan->name);
	parcel_put(stream, 1, &p, plan->drop, scene->cast);
	put_row(plan->name, plan->codes, plan->what);
	parcel_free(&p);
}

/* ---- several parcels ---- */

/* One of the parcels of a stream, and what it follows: an earlier step, itself
 * for nothing. */
struct step {
	uint64_t number;
	const struct plan *plan;
	int after;  /* index of the step it follows; -1: none */
	bool again; /* the bytes of that step once more */
	bool then;  /* seen by the second run only */
};
#define STEPS_MAX 3

static const struct plan bare = { .name = "stream", .what = "" };
static const struct plan bare_other = { .name = "stream-other",
	.what = "",
	.manifest_from = TEXT("17/UJI"),
	.manifest_to = TEXT("18/UJI") };
static const struct plan bare_value = { .name = "stream-value",
	.what = "",
	.table = TEXT("id;nama;tanggal;status;nilai\n"
		      "00000001;CONTOH;01-02-1980;C;1\n") };
static const struct plan bare_damaged = {
	.name = "stream-damaged", .what = "", .drop = DROP_BIT
};

static const struct {
	const char *name, *codes, *what;
	struct step step[STEPS_MAX];
} streams[] = {
	{ "three", "0,0,0", "three parcels in their order",
	    { { 1, &bare, -1, 0, 0 }, { 2, &bare, 0, 0, 0 },
		{ 3, &bare, 1, 0, 0 } } },
	{ "then-again", "0;301", "the same parcel once more",
	    { { 1, &bare, -1, 0, 0 }, { 1, &bare, 0, 1, 1 } } },
	{ "then-other", "0;302", "another manifest with the same number",
	    { { 1, &bare, -1, 0, 0 }, { 1, &bare_other, -1, 0, 1 } } },
	{ "then-mended", "404;0", "a damaged payload that is mended",
	    { { 1, &bare_damaged, -1, 0, 0 }, { 1, &bare_damaged, 0, 1, 1 } } },
	{ "gap", "0,303", "number 2 is missing",
	    { { 1, &bare, -1, 0, 0 }, { 3, &bare, 0, 0, 0 } } },
	{ "gap-first", "303", "number 1 is missing",
	    { { 2, &bare_other, -2, 0, 0 } } },
	{ "gap-damaged", "404,303", "number 1 may still be mended",
	    { { 1, &bare_damaged, -1, 0, 0 }, { 2, &bare, 0, 0, 0 } } },
	{ "previous-wrong", "0,304", "it follows another parcel",
	    { { 1, &bare, -1, 0, 0 }, { 2, &bare, -2, 0, 0 } } },
	{ "refused-then-next", "402,0",
	    "a number that was refused for good is used up",
	    { { 1, &bare_value, -1, 0, 0 }, { 2, &bare, 0, 0, 0 } } },
	{ "moved", "0,205", "parcel 1 in the place of parcel 2",
	    { { 1, &bare, -1, 0, 0 }, { 2, &bare, 0, 1, 0 } } },
};

static void
put_stream(size_t i, const struct scene *scene)
{
	struct parcel p[STEPS_MAX + 1];
	char stream[128];
	size_t n = 0;

	memset(p, 0, sizeof(p));
	/* What a step follows that follows nothing we have. */
	parcel_make(&p[STEPS_MAX], &bare_other, 1, NULL, scene);
	for (; n < STEPS_MAX && streams[i].step[n].number > 0; n++) {
		const struct step *s = &streams[i].step[n];
		const struct parcel *after = s->after >= 0 ? &p[s->after]
		    : s->after == -2                       ? &p[STEPS_MAX]
							   : NULL;

		/* Again: the plan made anew gives the same bytes. */
		parcel_make(&p[n], s->plan,
		    s->again ? streams[i].step[s->after].number : s->number,
		    s->again ? NULL : after, scene);
		(void)snprintf(stream, sizeof(stream), "parcel/%s%s",
		    streams[i].name, s->then ? "/then" : "");
		parcel_put(stream, s->number, &p[n],
		    s->again ? DROP_GOOD : s->plan->drop, scene->cast);
	}
	put_row(streams[i].name, streams[i].codes, streams[i].what);
	for (size_t k = 0; k <= STEPS_MAX; k++)
		parcel_free(&p[k]);
}

void
parcels_put(const struct paper *paper, const struct cast *cast)
{
	const struct scene scene = { paper, cast };
	const struct plan *plans = NULL;
	size_t n = 0;

	for (unsigned part = 0; (plans = plans_part(part, &n)) != NULL; part++)
		for (size_t i = 0; i < n; i++)
			put_alone(&plans[i], &scene);
	for (size_t i = 0; i < sizeof(streams) / sizeof(streams[0]); i++)
		put_stream(i, &scene);
}
