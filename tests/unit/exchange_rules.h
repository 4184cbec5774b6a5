/*
 * exchange_rules: what the receiver does with a parcel and the sender with a
 * receipt, in the order of cmd/terima/arrival.c, receive.c and opening.c and of
 * cmd/serah/collect.c, driven by the same functions, but over memory, so that a
 * hundred thousand damaged parcels can be tried.  tests/flow/35-every-bit.sh
 * shows on a sample that the programs answer the same.
 */
#ifndef UNIT_EXCHANGE_RULES_H
#define UNIT_EXCHANGE_RULES_H

#include "exchange.h"

/* What lies in a parcel's directory; borrowed. */
struct offer {
	const struct buf *manifest, *manifest_sig;
	const struct buf *payload;
	const struct buf *receipt, *receipt_sig;
};

static inline struct offer
offer_of(const struct exchange *x)
{
	return (struct offer){ &x->manifest, &x->manifest_sig, &x->payload,
		&x->receipt, &x->receipt_sig };
}

/* ---- the receiver: arrival ---- */

static inline enum fault
rule_place(const struct world *w, const struct exchange *at,
    const struct manifest *m, struct cause *why)
{
	struct parcel_name named;
	char dir[PARCEL_NAME_MAX];

	if (m->n_recipients != 1 ||
	    strcmp(m->recipients[0], w->kit[at->receiver].id) != 0)
		return cause_set(why, FAULT_NOT_ADDRESSED, "recipients");
	manifest_name(&named, m);
	parcel_name_dir(dir, &named);
	if (strcmp(dir, at->dir) != 0)
		return cause_set(why, FAULT_WRONG_PLACE, "directory");
	return FAULT_NONE;
}

static inline enum fault
rule_sequence(
    const struct exchange *at, const struct manifest *m, struct cause *why)
{
	if (m->sequence > at->expected)
		return cause_set(why, FAULT_GAP, "sequence");
	if (m->sequence < at->expected ||
	    strcmp(m->previous, at->previous) != 0)
		return cause_set(why, FAULT_CHAIN, "previous");
	return FAULT_NONE;
}

/* "at" says where it lies and what the receiver has on record. */
static inline enum fault
rules_manifest(struct manifest **out, const struct world *w,
    const struct exchange *at, const struct offer *o, struct cause *why)
{
	const struct paper *p = at->paper;
	struct manifest *m = NULL;
	struct proof proof;
	enum fault f;

	if ((f = proof_holds(&proof, w->trust, at->name.sender, o->manifest,
		 o->manifest_sig, why)) != FAULT_NONE)
		return f;
	f = manifest_parse(out, o->manifest->data, o->manifest->len, why);
	if (f != FAULT_NONE)
		return f == FAULT_FORMAT ? FAULT_MANIFEST_FIELD : f;
	m = *out;
	if ((f = proof_valid(&proof, m->created, why)) != FAULT_NONE)
		return f;
	if (strcmp(m->agreement, p->a->id) != 0)
		return cause_set(why, FAULT_WRONG_PLACE, "agreement");
	if (!hash_text_equal(m->agreement_sha256, p->a->sha256))
		return cause_set(why, FAULT_SIGNATURE_MISSING, "agreement");
	if ((f = agreement_in_force(p->a, p->text.data, p->text.len, p->sig,
		 PARTIES, w->trust, EXCHANGE_NOW, why)) != FAULT_NONE ||
	    (f = rule_place(w, at, m, why)) != FAULT_NONE ||
	    (f = rule_sequence(at, m, why)) != FAULT_NONE)
		return f;
	return manifest_check(m, p->a, at->dataset, why);
}

/* ---- the receiver: opening ---- */

/* What came out of unseal: how much of it, and whether it is the beginning of
 * what went in. */
struct release {
	struct source in;
	const struct buf *plain; /* NULL: only counted */
	size_t n;
	bool other; /* bytes that never went in */
};

static inline enum fault
release_read(
    void *self, void *bytes, size_t cap, size_t *got, struct cause *why)
{
	struct release *r = self;
	enum fault f = r->in.read(r->in.self, bytes, cap, got, why);

	if (f != FAULT_NONE)
		return f;
	if (r->plain != NULL &&
	    (r->n + *got > r->plain->len ||
		memcmp(r->plain->data + r->n, bytes, *got) != 0))
		r->other = true;
	r->n += *got;
	return FAULT_NONE;
}

/* A source over memory. */
struct bytes {
	const unsigned char *at;
	size_t left;
};

static inline enum fault
bytes_read(void *self, void *out, size_t cap, size_t *got, struct cause *why)
{
	struct bytes *b = self;

	(void)why;
	*got = b->left < cap ? b->left : cap;
	if (*got > 0)
		memcpy(out, b->at, *got);
	b->at += *got;
	b->left -= *got;
	return FAULT_NONE;
}

/* A member of this name, whole. */
static inline enum fault
rule_member(struct unpack *u, const char *name, uint64_t max, struct buf *out,
    struct cause *why)
{
	struct unpack_member member;
	char block[16 * 1024];
	bool end = false;
	size_t got = 1;
	enum fault f;

	if ((f = unpack_next(u, &member, &end, why)) != FAULT_NONE)
		return f;
	if (end || strcmp(member.name, name) != 0)
		return cause_set(why, FAULT_ARCHIVE, "member");
	if (member.size > max)
		return cause_set(why, FAULT_LARGER, "member");
	while (f == FAULT_NONE && got > 0) {
		f = unpack_read(u, block, sizeof(block), &got, why);
		if (f == FAULT_NONE && got > 0)
			f = buf_put(out, block, got);
	}
	return f;
}

static inline enum fault
rule_page(struct contents **out, struct unpack *u, const struct manifest *m,
    struct cause *why)
{
	struct buf page = BUF_MAX(LIMIT_CONTENTS);
	char sha256[HASH_TEXT_LEN];
	enum fault f;

	f = rule_member(u, CONTENTS_NAME, LIMIT_CONTENTS, &page, why);
	if (f == FAULT_NONE)
		f = hash_bytes_text(sha256, page.data, page.len);
	if (f == FAULT_NONE && !hash_text_equal(sha256, m->contents_sha256))
		f = cause_set(why, FAULT_TOTALS, "contents");
	if (f == FAULT_NONE)
		f = contents_parse(out, page.data, page.len, why);
	if (f == FAULT_NONE && (*out)->n != m->files)
		f = cause_set(why, FAULT_TOTALS, "files");
	buf_free(&page);
	return f == FAULT_FORMAT ? FAULT_ARCHIVE : f;
}

/* Counts the file anew; the page made of it must be the manifest's. */
static inline enum fault
rule_recount(const struct contents *told, const struct exchange *at,
    const struct buf *file, const struct manifest *m, struct cause *why)
{
	struct buf page = BUF_MAX(LIMIT_CONTENTS);
	struct contents *counted = NULL;
	char sha256[HASH_TEXT_LEN];
	enum fault f;

	if ((f = contents_new(&counted, 1)) != FAULT_NONE ||
	    (f = count_file(&counted->file[0], at->dataset, file->data,
		 file->len, why)) != FAULT_NONE)
		goto out;
	memcpy(counted->salt, told->salt, sizeof(counted->salt));
	if (!hash_text_equal(counted->file[0].sha256, told->file[0].sha256)) {
		f = cause_set(why, FAULT_TOTALS, "file");
		goto out;
	}
	if ((f = contents_format(&page, counted)) != FAULT_NONE ||
	    (f = hash_bytes_text(sha256, page.data, page.len)) != FAULT_NONE)
		goto out;
	if (!hash_text_equal(sha256, m->contents_sha256) ||
	    counted->file[0].rows != m->rows)
		f = cause_set(why, FAULT_TOTALS, "recount");
out:
	contents_free(counted);
	buf_free(&page);
	return f;
}

static inline enum fault
rules_unpack(const struct exchange *at, const struct manifest *m,
    struct unpack *u, struct cause *why)
{
	struct buf file = BUF_MAX(64 * MIB);
	struct contents *told = NULL;
	struct unpack_member member;
	bool end = false;
	enum fault f;

	if ((f = rule_page(&told, u, m, why)) != FAULT_NONE ||
	    (f = rule_member(u, told->file[0].name, told->file[0].bytes, &file,
		 why)) != FAULT_NONE ||
	    (f = unpack_next(u, &member, &end, why)) != FAULT_NONE)
		goto out;
	if (!end) {
		f = cause_set(why, FAULT_ARCHIVE, "more");
		goto out;
	}
	f = rule_recount(told, at, &file, m, why);
out:
	contents_free(told);
	buf_free(&file);
	return f;
}

/* What unseal, frame and unpack make of the bytes, with no hash before them;
 * "release" tells what left unseal. */
static inline enum fault
rules_open(const struct world *w, const struct exchange *at,
    const struct manifest *m, struct bytes payload, struct release *release,
    struct cause *why)
{
	struct unpack_limits limits = { m->unpacked_bytes, m->files + 2 };
	struct unseal *unseal = NULL;
	struct unpack *unpack = NULL;
	enum fault f;

	if ((f = unseal_new(&unseal, (struct source){ bytes_read, &payload },
		 w->kit[at->receiver].identity, why)) != FAULT_NONE)
		goto out;
	if (unseal_stanzas(unseal) != m->n_payload_recipients) {
		f = cause_set(why, FAULT_DECRYPT, "stanzas");
		goto out;
	}
	release->in = unseal_source(unseal);
	release->n = 0;
	release->other = false;
	if ((f = unpack_new(&unpack, (struct source){ release_read, release },
		 &limits, why)) == FAULT_NONE)
		f = rules_unpack(at, m, unpack, why);
out:
	unpack_free(unpack);
	unseal_free(unseal);
	return f;
}

/* ---- the receiver: the whole way ---- */

static inline enum fault
rule_hash(
    const struct manifest *m, const struct buf *payload, struct cause *why)
{
	char sha256[HASH_TEXT_LEN];

	if (payload->len != m->payload_bytes ||
	    hash_bytes_text(sha256, payload->data, payload->len) !=
		FAULT_NONE ||
	    !hash_text_equal(sha256, m->payload_sha256))
		return cause_set(why, FAULT_PAYLOAD_HASH, "payload");
	return FAULT_NONE;
}

/* FAULT_NONE: it would be staged. */
static inline enum fault
rules_receive(const struct world *w, const struct exchange *at,
    const struct offer *o, struct cause *why)
{
	struct bytes payload = { o->payload->data, o->payload->len };
	struct release release = { { NULL, NULL }, NULL, 0, false };
	struct manifest *m = NULL;
	enum fault f;

	cause_clear(why);
	if ((f = rules_manifest(&m, w, at, o, why)) == FAULT_NONE &&
	    (f = rule_hash(m, o->payload, why)) == FAULT_NONE)
		f = rules_open(w, at, m, payload, &release, why);
	manifest_free(m);
	return f;
}

/* ---- the sender: a receipt ---- */

static inline enum fault
rules_receipt(const struct world *w, const struct exchange *at,
    const struct offer *o, struct cause *why)
{
	struct manifest *m = NULL;
	struct receipt r;
	struct proof proof;
	enum fault f;

	cause_clear(why);
	if ((f = proof_holds(&proof, w->trust, w->kit[at->receiver].id,
		 o->receipt, o->receipt_sig, why)) != FAULT_NONE ||
	    (f = receipt_parse(&r, o->receipt->data, o->receipt->len, why)) !=
		FAULT_NONE ||
	    (f = proof_valid(&proof, r.time, why)) != FAULT_NONE ||
	    (f = manifest_parse(
		 &m, at->manifest.data, at->manifest.len, why)) != FAULT_NONE)
		return f;
	if (strcmp(r.recipient, w->kit[at->receiver].id) != 0 ||
	    r.stage != STAGE_STAGED ||
	    memcmp(&r.parcel, &at->name, sizeof(r.parcel)) != 0 ||
	    !hash_text_equal(r.manifest_sha256, at->sha256))
		f = cause_set(why, FAULT_WRONG_PLACE, "receipt");
	else if (r.rows != m->rows ||
	    !hash_text_equal(r.contents_sha256, m->contents_sha256))
		f = cause_set(why, FAULT_TOTALS, "receipt");
	manifest_free(m);
	return f;
}

#endif
