/*
 * Documents with as much of something as their rules allow.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "key/card.h"
#include "record/contents.h"
#include "record/manifest.h"
#include "record/receipt.h"
#include "shape.h"

#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define HOST_KEY       \
	"ssh-ed25519 " \
	"AAAAC3NzaC1lZDI1NTE5AAAAIP7+2PyJAIzhdlWd3x2kR/3dnOy2gZE8hvgn+OAe3RjS"

static void
must(enum fault f)
{
	if (f == FAULT_NONE)
		return;
	fprintf(stderr, "shape: fault %d\n", (int)f);
	abort();
}

/* No two are equal, and nobody has their secrets. */
static struct public_key
key_of(size_t i)
{
	struct public_key k = { { 1 }, { 2 } };

	k.id[6] = k.key[30] = (uint8_t)(i >> 8);
	k.id[7] = k.key[31] = (uint8_t)i;
	return k;
}

static struct recipient
recipient_of(size_t i)
{
	struct recipient r = { { 9 } };

	r.key[1] = (uint8_t)(i >> 8);
	r.key[2] = (uint8_t)i;
	return r;
}

/* ---- card ---- */

static void
card_keys(struct buf *out, size_t n)
{
	struct card *c = calloc(1, sizeof(*c));

	if (c == NULL)
		abort();
	strcpy(c->party, "KPU");
	strcpy(c->name, "Komisi Pemilihan Umum");
	c->serial = 3;
	c->root = key_of(0);
	c->n_signing = c->n_encryption = n;
	for (size_t i = 0; i < n; i++) {
		c->signing[i] = (struct card_signing_key){ key_of(i + 1),
			1700000000, 1800000000 };
		c->encryption[i] =
		    (struct card_encryption_key){ recipient_of(i), 1700000000,
			    1800000000 };
	}
	must(card_format(out, c));
	free(c);
}

/* What is not known here, before what is. */
static void
unknown(struct buf *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		shape_text(out, "%s\"m%zu\": %zu", i > 0 ? ", " : "{", i, i);
	shape_text(out, "}\n");
}

static void
blanks(struct buf *out, size_t n)
{
	shape_text(out, "{");
	shape_repeat(out, " \n", n / 2);
	shape_text(out, "}");
}

/* ---- manifest ---- */

static struct manifest *
manifest_new(size_t parties, size_t recipients, size_t fields)
{
	struct manifest *m = calloc(1, sizeof(*m));
	char name[64] = "", age[RECIPIENT_TEXT_LEN] = "";

	if (m == NULL)
		abort();
	strcpy(m->agreement, "PKS-1");
	m->agreement_version = 1;
	strcpy(m->agreement_sha256, HASH);
	strcpy(m->dataset, "lapor");
	strcpy(m->sender, "KEMLU");
	for (size_t i = 0; i < parties; i++) {
		(void)snprintf(name, sizeof(name), "KPU-%zu", i);
		must(manifest_add_recipient(m, name));
	}
	m->sequence = 1;
	strcpy(m->kind, "data");
	strcpy(m->mode, "full");
	strcpy(m->purpose, "production");
	m->created = 1780000000;
	strcpy(m->payload_name, "payload.tar.zst.age");
	m->payload_bytes = m->unpacked_bytes = 4096;
	strcpy(m->payload_sha256, HASH);
	for (size_t i = 0; i < recipients; i++) {
		struct recipient r = recipient_of(i);

		recipient_text(age, &r);
		must(manifest_add_payload_recipient(m, age));
	}
	strcpy(m->contents_sha256, HASH);
	m->files = 1;
	m->rows = 17;
	for (size_t i = 0; i < fields; i++) {
		(void)snprintf(name, sizeof(name), "nomor_surat_%zu", i);
		must(manifest_add_field(m, name, "17/2026"));
	}
	m->journal_entries = 1;
	strcpy(m->journal_head, HASH);
	strcpy(m->tool, "shape");
	return m;
}

static void
manifest_put(struct buf *out, struct manifest *m)
{
	must(manifest_format(out, m));
	manifest_free(m);
}

static void
manifest_recipients(struct buf *out, size_t n)
{
	manifest_put(out, manifest_new(n, 1, 1));
}

static void
manifest_keys(struct buf *out, size_t n)
{
	manifest_put(out, manifest_new(1, n, 1));
}

static void
manifest_fields(struct buf *out, size_t n)
{
	manifest_put(out, manifest_new(1, 1, n));
}

/* ---- receipt ---- */

static void
receipt_reason(struct buf *out, size_t n)
{
	struct receipt r;
	char text[CAUSE_DETAIL_MAX] = "";

	memset(&r, 0, sizeof(r));
	cause_clear(&r.refusal);
	(void)parcel_name_parse(&r.parcel, "PKS-1/lapor/KEMLU/17");
	strcpy(r.recipient, "KPU");
	r.stage = STAGE_REFUSED;
	strcpy(r.manifest_sha256, HASH);
	r.time = 1780000000;
	memset(text, 'x', n < sizeof(text) ? n : sizeof(text) - 1);
	cause_place(&r.refusal, "a.csv", 2, "nama", UINT64_MAX);
	(void)cause_set(&r.refusal, FAULT_VALUE, "%s", text);
	strcpy(r.journal_head, HASH);
	strcpy(r.tool, "shape");
	must(receipt_format(out, &r));
}

/* ---- contents ---- */

static struct contents *
contents_of(size_t files, size_t groups)
{
	struct contents *c = NULL;
	char text[64] = "";

	must(contents_new(&c, files));
	strcpy(c->salt, "00112233445566778899aabbccddeeff");
	for (size_t i = 0; i < files; i++) {
		struct contents_file *f = &c->file[i];
		struct total *t = calloc(1, sizeof(*t));

		(void)snprintf(f->name, sizeof(f->name), "file-%zu.csv", i);
		strcpy(f->sha256, HASH);
		f->rows = groups;
		if (t == NULL ||
		    (t->groups = calloc(groups, sizeof(*t->groups))) == NULL)
			abort();
		t->kind = TOTAL_COUNT_BY;
		t->column = strdup("kota");
		for (size_t k = 0; k < groups; k++) {
			(void)snprintf(text, sizeof(text), "kota %08zu", k);
			t->groups[k].value = strdup(text);
			t->groups[k].count = 1;
		}
		t->n_groups = groups;
		f->totals = (struct totals){ t, 1 };
	}
	return c;
}

static void
contents_files(struct buf *out, size_t n)
{
	struct contents *c = contents_of(n, 2);

	must(contents_format(out, c));
	contents_free(c);
}

static void
contents_groups(struct buf *out, size_t n)
{
	struct contents *c = contents_of(1, n);

	must(contents_format(out, c));
	contents_free(c);
}

/* ---- agreement ---- */

/* How many there are of each. */
struct paper {
	size_t witnesses, drops, host_keys, datasets, to, fields, words;
};

static void
put_parties(struct buf *out, size_t n)
{
	char key[KEY_TEXT_LEN] = "";

	shape_text(out, "\"parties\": [");
	for (size_t i = 0; i < n + 2; i++) {
		struct public_key k = key_of(i);

		public_key_text(key, &k);
		shape_text(out,
		    "%s{\"id\": \"P%zu\", \"role\": \"%s\", \"name\": \"P\", "
		    "\"root_key\": \"%s\"}",
		    i > 0 ? "," : "", i,
		    i == 0       ? "provider"
			: i == 1 ? "recipient"
				 : "witness",
		    key);
	}
	shape_text(out, "], \"signatures_required\": [");
	for (size_t i = 0; i < n + 2; i++)
		shape_text(out, "%s\"P%zu\"", i > 0 ? "," : "", i);
	shape_text(out, "],\n");
}

static void
put_drops(struct buf *out, const struct paper *p)
{
	shape_text(out, "\"drops\": [");
	for (size_t i = 0; i < p->drops; i++) {
		shape_text(out,
		    "%s{\"id\": \"d%zu\", \"url\": "
		    "\"sftp://hub%zu.example.invalid/st\", \"host_keys\": [",
		    i > 0 ? "," : "", i, i);
		for (size_t k = 0; k < p->host_keys; k++)
			shape_text(out, "%s\"%.*s%02zu%s\"", k > 0 ? "," : "",
			    60, HOST_KEY, k, &HOST_KEY[62]);
		shape_text(out, "]}");
	}
	shape_text(out, "],\n");
}

static void
put_schema(struct buf *out, const struct paper *p)
{
	shape_text(out, "\"schema\": {\"fields\": [");
	for (size_t i = 0; i < p->fields; i++) {
		shape_text(out,
		    "%s{\"name\": \"k%zu\", \"type\": \"string\", "
		    "\"constraints\": {\"enum\": [",
		    i > 0 ? "," : "", i);
		for (size_t k = 0; k < p->words; k++)
			shape_text(out, "%s\"w%zu\"", k > 0 ? "," : "", k);
		shape_text(out, "]}}");
	}
	shape_text(out, "]}");
}

static void
put_datasets(struct buf *out, const struct paper *p)
{
	shape_text(out, "\"datasets\": [");
	for (size_t i = 0; i < p->datasets; i++) {
		shape_text(out,
		    "%s{\"id\": \"s%zu\", \"from\": \"P0\", \"to\": [",
		    i > 0 ? "," : "", i);
		for (size_t k = 1; k <= p->to; k++)
			shape_text(out, "%s\"P%zu\"", k > 1 ? "," : "", k);
		shape_text(out,
		    "], \"drop\": \"d0\", \"dialect\": "
		    "{\"delimiter\": \";\"}, \"totals\": [\"rows\"], "
		    "\"manifest_fields\": [], ");
		put_schema(out, p);
		shape_text(out, "}");
	}
	shape_text(out, "],\n");
}

static void
agreement_put(struct buf *out, const struct paper *p)
{
	shape_text(out,
	    "{\"format\": \"serahterima-agreement/1\", \"id\": \"PKS-1\", "
	    "\"version\": 1, \"replaces\": null, \"title\": \"Uji\",\n"
	    "\"documents\": [{\"kind\": \"PKS\", \"number\": \"1/2026\", "
	    "\"date\": \"2026-01-02\"}],\n"
	    "\"valid\": {\"from\": \"2026-01-02\", "
	    "\"until\": \"2026-12-31\"},\n"
	    "\"purpose\": \"uji\", \"legal_basis\": [\"UU 7/2017\"],\n");
	put_parties(out, p->witnesses);
	put_drops(out, p);
	put_datasets(out, p);
	shape_text(out,
	    "\"handling\": {\"onward_transfer\": \"forbidden\", "
	    "\"location\": \"ID\"},\n"
	    "\"contacts\": [{\"party\": \"P1\", \"role\": \"petugas\", "
	    "\"post\": \"pdp@example.invalid\", \"hours\": \"24x7\"}]}\n");
}

static void
agreement_parties(struct buf *out, size_t n)
{
	agreement_put(out, &(struct paper){ n, 1, 1, 1, 1, 1, 1 });
}

static void
agreement_drops(struct buf *out, size_t n)
{
	agreement_put(out, &(struct paper){ 0, n, 8, 1, 1, 1, 1 });
}

static void
agreement_datasets(struct buf *out, size_t n)
{
	agreement_put(out, &(struct paper){ 0, 1, 1, n, 1, 1, 1 });
}

static void
agreement_to(struct buf *out, size_t n)
{
	agreement_put(out, &(struct paper){ n, 1, 1, 1, n, 1, 1 });
}

static void
agreement_fields(struct buf *out, size_t n)
{
	agreement_put(out, &(struct paper){ 0, 1, 1, 1, 1, n, 1 });
}

static void
agreement_words(struct buf *out, size_t n)
{
	agreement_put(out, &(struct paper){ 0, 1, 1, 1, 1, 1, n });
}

const struct shape shape_records[] = {
	{ "card", "keys", CARD_KEYS_MAX / 2, card_keys },
	{ "card", "unknown", 2000, unknown },
	{ "card", "blanks", 40000, blanks },
	{ "manifest", "recipients", LIMIT_RECIPIENTS / 2, manifest_recipients },
	{ "manifest", "keys", LIMIT_RECIPIENTS / 2, manifest_keys },
	{ "manifest", "fields", 32, manifest_fields },
	{ "manifest", "unknown", 2000, unknown },
	{ "receipt", "reason", 190, receipt_reason },
	{ "receipt", "unknown", 2000, unknown },
	{ "contents", "files", LIMIT_FILES / 2, contents_files },
	{ "contents", "groups", LIMIT_GROUPS / 10, contents_groups },
	{ "contents", "unknown", 2000, unknown },
	{ "agreement", "parties", LIMIT_RECIPIENTS / 2 - 2, agreement_parties },
	{ "agreement", "drops", 32, agreement_drops },
	{ "agreement", "datasets", 64, agreement_datasets },
	{ "agreement", "to", LIMIT_RECIPIENTS / 2 - 2, agreement_to },
	{ "agreement", "fields", LIMIT_CSV_COLUMNS / 4, agreement_fields },
	{ "agreement", "words", 2000, agreement_words },
	{ "agreement", "unknown", 2000, unknown },
	{ NULL, NULL, 0, NULL },
};
