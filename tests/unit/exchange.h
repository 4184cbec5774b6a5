/*
 * exchange: four parties, two agreements and eight valid exchanges, made in
 * memory by the library itself; and what both sides do with the parts of one,
 * step by step in the order of cmd/terima (arrival, receive, opening) and of
 * cmd/serah (collect).  Tests bend one part and see what becomes of the whole.
 */
#ifndef UNIT_EXCHANGE_H
#define UNIT_EXCHANGE_H

#include <stdbool.h>
#include <stdlib.h>

#include "check/table.h"
#include "envelope/seal.h"
#include "envelope/unseal.h"
#include "key/card.h"
#include "pack/pack.h"
#include "pack/unpack.h"
#include "proof.h"
#include "record/contents.h"
#include "record/dataset.h"
#include "record/manifest.h"
#include "record/receipt.h"
#include "room.h"
#include "tap.h"

#define EXCHANGE_NOW 1795500000 /* 2026-11-24T06:00:00Z */
#define EXCHANGE_DAY 86400
#define EXCHANGE_FILE "data.csv"
#define EXCHANGES 8

enum { KEMLU, BP2MI, KPU, BAWASLU, PARTIES }; /* two send, two receive */

struct kit {
	const char *id;
	struct secret_key *root, *signing;
	struct identity *identity;
	struct buf card, card_sig;
};

struct paper {
	struct buf text;
	struct agreement_signature sig[PARTIES];
	struct agreement *a;
};

struct exchange {
	size_t sender, receiver;
	const struct paper *paper;
	const struct dataset *dataset;
	struct parcel_name name;
	char dir[PARCEL_NAME_MAX];
	/* What the receiver has on record before it. */
	uint64_t expected;
	char previous[HASH_TEXT_LEN];
	/* The parts. */
	struct buf manifest, manifest_sig, payload, receipt, receipt_sig;
	char sha256[HASH_TEXT_LEN]; /* of the manifest */
};

struct world {
	struct kit kit[PARTIES];
	struct trust *trust;
	struct paper paper[2];
	struct exchange exchange[EXCHANGES];
};

/* Fixtures must stand, or nothing after them means anything. */
#define MUST(expr)                                                          \
	do {                                                                \
		if (!(expr)) {                                              \
			printf("Bail out! %s:%d: %s\n", __FILE__, __LINE__, \
			    #expr);                                         \
			exit(99);                                           \
		}                                                           \
	} while (0)

static inline enum fault
exchange_put(void *self, const void *bytes, size_t len, struct cause *why)
{
	(void)why;
	return buf_put(self, bytes, len);
}

/* ---- parties ---- */

static inline void
make_kit(struct kit *k, const char *id)
{
	struct card *card = calloc(1, sizeof(*card));

	MUST(card != NULL);
	k->id = id;
	k->card = (struct buf)BUF_MAX(LIMIT_DOCUMENT);
	k->card_sig = (struct buf)BUF_MAX(LIMIT_KEY_FILE);
	MUST(secret_key_new(&k->root, NULL) == FAULT_NONE);
	MUST(secret_key_new(&k->signing, NULL) == FAULT_NONE);
	MUST(identity_new(&k->identity, NULL) == FAULT_NONE);
	(void)snprintf(card->party, sizeof(card->party), "%s", id);
	(void)snprintf(card->name, sizeof(card->name), "Lembaga %s", id);
	card->serial = 1;
	secret_key_public(k->root, &card->root);
	card->n_signing = card->n_encryption = 1;
	secret_key_public(k->signing, &card->signing[0].key);
	identity_recipient(k->identity, &card->encryption[0].key);
	card->signing[0].from = card->encryption[0].from =
	    EXCHANGE_NOW - EXCHANGE_DAY;
	card->signing[0].until = card->encryption[0].until =
	    EXCHANGE_NOW + EXCHANGE_DAY;
	MUST(card_format(&k->card, card) == FAULT_NONE);
	MUST(key_sign(&k->card_sig, k->root, k->card.data, k->card.len, "card",
		 NULL) == FAULT_NONE);
	free(card);
}

static inline void
pin_kit(const struct kit *k)
{
	char name[LIMIT_ID + 32];

	(void)snprintf(name, sizeof(name), "%s.card.json", k->id);
	MUST(room_write(name, k->card.data, k->card.len));
	(void)snprintf(name, sizeof(name), "%s.card.json.minisig", k->id);
	MUST(room_write(name, k->card_sig.data, k->card_sig.len));
}

/* ---- agreements ---- */

#define EXCHANGE_DATASET                                                   \
	"{\"id\":\"%s-%s\",\"from\":\"%s\",\"to\":[\"%s\"],"               \
	"\"drop\":\"disk\",\"dialect\":{\"delimiter\":\";\","              \
	"\"quoteChar\":\"\\\"\",\"lineTerminator\":\"\\n\","               \
	"\"encoding\":\"utf-8\",\"bom\":false,\"header\":true},"           \
	"\"schema\":{\"fields\":[{\"name\":\"id\",\"type\":\"string\"},"   \
	"{\"name\":\"n\",\"type\":\"integer\"}],\"primaryKey\":[\"id\"]}," \
	"\"manifest_fields\":[],\"totals\":[\"rows\",{\"sum\":\"n\"}],"    \
	"\"limits\":{\"rows\":1000000,\"bytes\":100000000}}%s"

static inline void
put_party(struct buf *text, const struct kit *k, size_t i)
{
	static const char *const role[PARTIES] = { "provider", "provider",
		"recipient", "recipient" };
	struct public_key root;
	char key[KEY_TEXT_LEN];

	secret_key_public(k->root, &root);
	public_key_text(key, &root);
	MUST(buf_putf(text,
		 "%s{\"id\":\"%s\",\"role\":\"%s\",\"name\":\"%s\","
		 "\"root_key\":\"%s\"}",
		 i == 0 ? "" : ",", k->id, role[i], k->id, key) == FAULT_NONE);
}

/* Every sender has a data set for every receiver. */
static inline void
make_paper(struct world *w, size_t n)
{
	struct paper *p = &w->paper[n];
	struct buf *t = &p->text;
	struct cause why;
	size_t i;

	*t = (struct buf)BUF_MAX(LIMIT_DOCUMENT);
	MUST(buf_putf(t,
		 "{\"format\":\"serahterima-agreement/1\",\"id\":\"PKS-%zu\","
		 "\"version\":1,\"replaces\":null,\"title\":\"Uji\","
		 "\"documents\":[{\"kind\":\"PKS\",\"number\":\"1\","
		 "\"date\":\"2026-01-02\"}],\"valid\":{\"from\":\"2026-01-02\","
		 "\"until\":\"2026-12-31\"},\"purpose\":\"uji\","
		 "\"legal_basis\":[\"UU 7/2017\"],\"parties\":[",
		 n + 1) == FAULT_NONE);
	for (i = 0; i < PARTIES; i++)
		put_party(t, &w->kit[i], i);
	MUST(buf_puts(t,
		 "],\"signatures_required\":[\"KEMLU\",\"BP2MI\",\"KPU\","
		 "\"BAWASLU\"],\"drops\":[{\"id\":\"disk\","
		 "\"url\":\"file:///media/disk\",\"host_keys\":[]}],"
		 "\"datasets\":[") == FAULT_NONE);
	for (i = 0; i < 4; i++) {
		const char *from = w->kit[i / 2].id,
			   *to = w->kit[KPU + i % 2].id;

		MUST(buf_putf(t, EXCHANGE_DATASET, from, to, from, to,
			 i == 3 ? "]," : ",") == FAULT_NONE);
	}
	MUST(buf_puts(t,
		 "\"handling\":{\"onward_transfer\":\"forbidden\","
		 "\"location\":\"ID\"},\"contacts\":[{\"party\":\"KPU\","
		 "\"role\":\"PDP\",\"post\":\"pdp@example.invalid\","
		 "\"hours\":\"24x7\"}]}\n") == FAULT_NONE);
	for (i = 0; i < PARTIES; i++) {
		(void)snprintf(p->sig[i].party, sizeof(p->sig[i].party), "%s",
		    w->kit[i].id);
		p->sig[i].bytes = (struct buf)BUF_MAX(LIMIT_KEY_FILE);
		MUST(key_sign(&p->sig[i].bytes, w->kit[i].root, t->data, t->len,
			 "agreement", NULL) == FAULT_NONE);
	}
	cause_clear(&why);
	if (agreement_parse(&p->a, t->data, t->len, &why) != FAULT_NONE)
		printf("# %s: %s\n", why.clause, why.detail);
	MUST(p->a != NULL);
}

/* ---- an exchange ---- */

/* One file's facts, as pass 1 of the sender and the receiver count them. */
static inline enum fault
count_file(struct contents_file *out, const struct dataset *d, const void *csv,
    size_t len, struct cause *why)
{
	struct table_job job = { .schema = d->schema,
		.dialect = dataset_staged_dialect(d),
		.totals = &d->totals,
		.rules = d->rules,
		.file = EXCHANGE_FILE,
		.clause = d->clause,
		.max_rows = d->max_rows,
		.max_faults = 1,
		.threads = 1 };
	struct source none = { NULL, NULL };
	struct table *table = NULL;
	enum fault f;

	(void)snprintf(out->name, sizeof(out->name), "%s", EXCHANGE_FILE);
	out->bytes = len;
	if ((f = hash_bytes_text(out->sha256, csv, len)) != FAULT_NONE ||
	    (f = table_new(&table, &job, why)) != FAULT_NONE)
		return f;
	if ((f = table_write(table, csv, len, why)) == FAULT_NONE)
		f = table_finish(table, none, why);
	if (f == FAULT_NONE) {
		out->rows = table_rows(table);
		table_totals(table, &out->totals);
		table_warned(table, &out->warnings);
	}
	table_free(table);
	return f;
}

/* Packs and seals contents.json and the file. */
static inline void
seal_payload(struct buf *out, const struct recipient *to,
    const struct buf *page, const void *csv, size_t len)
{
	struct pack_job job = { 1, 0, EXCHANGE_NOW };
	struct sink into = { exchange_put, out };
	struct seal *seal = NULL;
	struct pack *pack = NULL;

	MUST(seal_new(&seal, into, to, 1, NULL) == FAULT_NONE);
	MUST(pack_new(&pack, seal_sink(seal), &job, NULL) == FAULT_NONE);
	MUST(pack_member(pack, CONTENTS_NAME, page->len, NULL) == FAULT_NONE);
	MUST(pack_write(pack, page->data, page->len, NULL) == FAULT_NONE);
	MUST(pack_member(pack, EXCHANGE_FILE, len, NULL) == FAULT_NONE);
	MUST(pack_write(pack, csv, len, NULL) == FAULT_NONE);
	MUST(pack_finish(pack, NULL) == FAULT_NONE);
	MUST(seal_finish(seal, NULL) == FAULT_NONE);
	pack_free(pack);
	seal_free(seal);
}

static inline void
write_manifest(struct world *w, struct exchange *x, const struct buf *page,
    size_t csv_len, uint64_t rows)
{
	struct manifest *m = calloc(1, sizeof(*m));
	char age[RECIPIENT_TEXT_LEN];
	struct recipient to;

	MUST(m != NULL);
	memcpy(m->agreement, x->name.agreement, sizeof(m->agreement));
	m->agreement_version = 1;
	memcpy(m->agreement_sha256, x->paper->a->sha256, HASH_TEXT_LEN);
	memcpy(m->dataset, x->name.dataset, sizeof(m->dataset));
	memcpy(m->sender, x->name.sender, sizeof(m->sender));
	MUST(manifest_add_recipient(m, w->kit[x->receiver].id) == FAULT_NONE);
	m->sequence = x->name.sequence;
	memcpy(m->previous, x->previous, HASH_TEXT_LEN);
	(void)snprintf(m->kind, sizeof(m->kind), "data");
	(void)snprintf(m->mode, sizeof(m->mode), "full");
	(void)snprintf(m->purpose, sizeof(m->purpose), "production");
	m->created = EXCHANGE_NOW;
	(void)snprintf(
	    m->payload_name, sizeof(m->payload_name), "payload.tar.zst.age");
	m->payload_bytes = x->payload.len;
	MUST(hash_bytes_text(m->payload_sha256, x->payload.data,
		 x->payload.len) == FAULT_NONE);
	identity_recipient(w->kit[x->receiver].identity, &to);
	recipient_text(age, &to);
	MUST(manifest_add_payload_recipient(m, age) == FAULT_NONE);
	m->unpacked_bytes = page->len + csv_len;
	MUST(hash_bytes_text(m->contents_sha256, page->data, page->len) ==
	    FAULT_NONE);
	m->files = 1;
	m->rows = rows;
	memset(m->journal_head, '0', HASH_TEXT_LEN - 1);
	(void)snprintf(m->tool, sizeof(m->tool), "test");
	MUST(manifest_format(&x->manifest, m) == FAULT_NONE);
	manifest_free(m);
	MUST(key_sign(&x->manifest_sig, w->kit[x->sender].signing,
		 x->manifest.data, x->manifest.len, "manifest",
		 NULL) == FAULT_NONE);
	MUST(hash_bytes_text(x->sha256, x->manifest.data, x->manifest.len) ==
	    FAULT_NONE);
}

static inline void
write_receipt(
    struct world *w, struct exchange *x, const struct buf *page, uint64_t rows)
{
	struct receipt *r = calloc(1, sizeof(*r));

	MUST(r != NULL);
	cause_clear(&r->refusal);
	r->parcel = x->name;
	(void)snprintf(
	    r->recipient, sizeof(r->recipient), "%s", w->kit[x->receiver].id);
	r->stage = STAGE_STAGED;
	memcpy(r->manifest_sha256, x->sha256, HASH_TEXT_LEN);
	r->rows = rows;
	MUST(hash_bytes_text(r->contents_sha256, page->data, page->len) ==
	    FAULT_NONE);
	r->time = EXCHANGE_NOW;
	memset(r->journal_head, '0', HASH_TEXT_LEN - 1);
	(void)snprintf(r->tool, sizeof(r->tool), "test");
	MUST(receipt_format(&x->receipt, r) == FAULT_NONE);
	free(r);
	MUST(key_sign(&x->receipt_sig, w->kit[x->receiver].signing,
		 x->receipt.data, x->receipt.len, "receipt",
		 NULL) == FAULT_NONE);
}

/* Number i of the eight: sender, agreement and sequence are its bits, and the
 * receiver follows from them, so that any two differ in two things at least. */
static inline void
make_exchange(struct world *w, size_t i, const void *csv, size_t len)
{
	struct exchange *x = &w->exchange[i];
	struct buf page = BUF_MAX(LIMIT_CONTENTS);
	struct contents *c = NULL;
	struct recipient to;

	memset(x, 0, sizeof(*x));
	x->sender = i & 1;
	x->paper = &w->paper[i >> 1 & 1];
	x->name.sequence = x->expected = 1 + (i >> 2 & 1);
	x->receiver = KPU + ((i ^ i >> 1 ^ i >> 2) & 1);
	if (x->expected > 1)
		memset(x->previous, 'a' + (char)(i & 3), HASH_TEXT_LEN - 1);
	(void)snprintf(x->name.agreement, sizeof(x->name.agreement), "%s",
	    x->paper->a->id);
	(void)snprintf(x->name.dataset, sizeof(x->name.dataset), "%s-%s",
	    w->kit[x->sender].id, w->kit[x->receiver].id);
	(void)snprintf(
	    x->name.sender, sizeof(x->name.sender), "%s", w->kit[x->sender].id);
	parcel_name_dir(x->dir, &x->name);
	x->dataset = agreement_dataset(x->paper->a, x->name.dataset);
	x->manifest.max = x->receipt.max = LIMIT_DOCUMENT;
	x->manifest_sig.max = x->receipt_sig.max = LIMIT_KEY_FILE;
	x->payload.max = 64 * MIB;

	/* The rows are the same in all: only the salt tells them apart. */
	MUST(contents_new(&c, 1) == FAULT_NONE);
	MUST(count_file(&c->file[0], x->dataset, csv, len, NULL) == FAULT_NONE);
	MUST(contents_format(&page, c) == FAULT_NONE);
	identity_recipient(w->kit[x->receiver].identity, &to);
	seal_payload(&x->payload, &to, &page, csv, len);
	write_manifest(w, x, &page, len, c->file[0].rows);
	write_receipt(w, x, &page, c->file[0].rows);
	contents_free(c);
	buf_free(&page);
}

static inline void
exchange_free(struct exchange *x)
{
	buf_free(&x->manifest);
	buf_free(&x->manifest_sig);
	buf_free(&x->payload);
	buf_free(&x->receipt);
	buf_free(&x->receipt_sig);
}

/* Parties, pinned cards and papers; exchanges are made by who needs them.  The
 * room must be there and empty. */
static inline struct world *
world_make(void)
{
	static const char *const ids[PARTIES] = { "KEMLU", "BP2MI", "KPU",
		"BAWASLU" };
	struct world *w = calloc(1, sizeof(*w));
	size_t i;

	MUST(w != NULL);
	MUST(key_setup(NULL) == FAULT_NONE);
	for (i = 0; i < PARTIES; i++) {
		make_kit(&w->kit[i], ids[i]);
		pin_kit(&w->kit[i]);
	}
	MUST(trust_load(&w->trust, room_dir, NULL) == FAULT_NONE);
	make_paper(w, 0);
	make_paper(w, 1);
	return w;
}

static inline void
world_free(struct world *w)
{
	size_t i, j;

	for (i = 0; i < PARTIES; i++) {
		secret_key_free(w->kit[i].root);
		secret_key_free(w->kit[i].signing);
		identity_free(w->kit[i].identity);
		buf_free(&w->kit[i].card);
		buf_free(&w->kit[i].card_sig);
	}
	for (i = 0; i < 2; i++) {
		for (j = 0; j < PARTIES; j++)
			buf_free(&w->paper[i].sig[j].bytes);
		agreement_free(w->paper[i].a);
		buf_free(&w->paper[i].text);
	}
	for (i = 0; i < EXCHANGES; i++)
		exchange_free(&w->exchange[i]);
	trust_free(w->trust);
	free(w);
}

#endif
