/*
 * parcel: facts first, then the sealed stream, then the one signed page that
 * names its hash; visible in the outbox only when all three are on the disk.
 */
#include "parcel.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"

#include "ahead.h"
#include "base/clock.h"
#include "base/intl.h"
#include "base/io.h"
#include "payload.h"
#include "spool/outbox.h"

/* ---- the manifest ---- */

static enum fault
add_fields(struct manifest *m, const struct parcel_job *job, struct cause *why)
{
	char name[CAUSE_NAME_MAX];
	const char *equals;
	size_t i, n;

	for (i = 0; i < job->n_fields; i++) {
		equals = strchr(job->fields[i], '=');
		n = equals == NULL ? 0 : (size_t)(equals - job->fields[i]);
		if (n == 0 || n >= sizeof(name))
			return cause_set(why, FAULT_USAGE,
			    N_("--field is not of the form NAME=VALUE"));
		memcpy(name, job->fields[i], n);
		name[n] = '\0';
		if (manifest_add_field(m, name, equals + 1) != FAULT_NONE)
			return cause_memory(why);
	}
	return FAULT_NONE;
}

/* What is known before the data is read. */
static enum fault
draft_new(
    struct manifest **out, const struct parcel_job *job, struct cause *why)
{
	const struct agreement *a = job->licence->agreement;
	const struct dataset *d = job->licence->dataset;
	struct manifest *m = calloc(1, sizeof(*m));
	enum fault f = FAULT_NONE;
	size_t i;

	*out = m;
	if (m == NULL)
		return cause_memory(why);
	memcpy(m->agreement, a->id, sizeof(m->agreement));
	m->agreement_version = a->version;
	memcpy(m->agreement_sha256, a->sha256, sizeof(m->agreement_sha256));
	memcpy(m->dataset, d->id, sizeof(m->dataset));
	memcpy(m->sender, d->from, sizeof(m->sender));
	memcpy(m->kind, "data", 5);
	memcpy(m->mode, "full", 5);
	(void)snprintf(m->purpose, sizeof(m->purpose), "%s",
	    job->test ? "test" : "production");
	(void)snprintf(
	    m->payload_name, sizeof(m->payload_name), "%s", PAYLOAD_NAME);
	(void)snprintf(m->tool, sizeof(m->tool), "serah %s", PACKAGE_VERSION);
	if (job->period != NULL && strlen(job->period) >= sizeof(m->period))
		return cause_set(why, FAULT_USAGE, N_("--period is too long"));
	if (job->period != NULL)
		memcpy(m->period, job->period, strlen(job->period) + 1);
	for (i = 0; f == FAULT_NONE && i < d->n_to; i++)
		f = manifest_add_recipient(m, d->to[i]);
	return f != FAULT_NONE ? cause_memory(why) : add_fields(m, job, why);
}

/* The age recipient of every party in "to"; one missing refuses the whole. */
static enum fault
recipients(struct recipient **out, struct manifest *m, struct desk *s,
    const struct dataset *d, struct cause *why)
{
	const struct recipient *key = NULL;
	char text[RECIPIENT_TEXT_LEN];
	const struct card *card;
	enum fault f;
	size_t i;

	if ((*out = calloc(d->n_to, sizeof(**out))) == NULL)
		return cause_memory(why);
	for (i = 0; i < d->n_to; i++) {
		card = trust_card(s->home->trust, d->to[i]);
		if (card == NULL)
			return cause_set(why, FAULT_UNKNOWN_SIGNER,
			    N_("no card of %s is pinned; see: saksi trust"),
			    d->to[i]);
		if ((f = card_encryption_key(&key, card, s->now, why)) !=
		    FAULT_NONE)
			return f;
		(*out)[i] = *key;
		recipient_text(text, key);
		if (manifest_add_payload_recipient(m, text) != FAULT_NONE)
			return cause_memory(why);
	}
	return FAULT_NONE;
}

enum fault
parcel_ready(struct desk *s, const struct parcel_job *job, struct cause *why)
{
	const struct dataset *d = job->licence->dataset;
	struct recipient *to = NULL;
	struct manifest *m = NULL;
	enum fault f;

	if ((f = draft_new(&m, job, why)) == FAULT_NONE &&
	    (f = manifest_check(m, job->licence->agreement, d, why)) ==
		FAULT_NONE)
		f = recipients(&to, m, s, d, why);
	free(to);
	manifest_free(m);
	return f;
}

/* Next number of the stream, and the hash of the manifest before it. */
static enum fault
number(struct manifest *m, struct desk *s, struct cause *why)
{
	struct parcel_name stream;
	struct parcel_state last;
	enum fault f;

	manifest_name(&stream, m);
	f = index_last(s->index, &stream, PARCEL_OUT, &last, why);
	if (f == FAULT_ABSENT) {
		cause_clear(why);
		m->sequence = 1;
		return FAULT_NONE;
	}
	if (f != FAULT_NONE)
		return f;
	if (last.name.sequence >= PARCEL_SEQUENCE_MAX)
		return cause_set(why, FAULT_OVER_LIMITS,
		    N_("no sequence numbers are left for this data set"));
	m->sequence = last.name.sequence + 1;
	memcpy(m->previous, last.manifest, sizeof(m->previous));
	return FAULT_NONE;
}

/* Our signing key, which our own card must vouch for today. */
static enum fault
signing_key(struct secret_key **out, struct desk *s, struct cause *why)
{
	const struct public_key *known = NULL;
	struct public_key own;
	const struct card *card;
	enum fault f;

	if ((f = home_signing_key(s->home, out, why)) != FAULT_NONE)
		return f;
	secret_key_public(*out, &own);
	card = trust_card(s->home->trust, s->home->conf->party);
	if (card == NULL)
		return cause_set(
		    why, FAULT_CONF, N_("our own card is missing in parties/"));
	return card_signing_key(&known, card, own.id, s->now, why);
}

/* ---- sealing ---- */

/* All that lives while one parcel is made. */
struct making {
	struct desk *s;
	const struct parcel_job *job;
	struct manifest *m;
	struct recipient *to;
	struct secret_key *key;
	struct buf page;     /* contents.json */
	struct buf manifest; /* exact bytes */
	struct buf signature;
	struct outbox_draft draft;
	struct parcel_name name;
	struct remote *drop; /* with the payload on it, or NULL */
};

static enum fault
describe(struct making *k, struct cause *why)
{
	const struct dataset *d = k->job->licence->dataset;
	struct extract *x = k->job->extract;
	enum fault f;

	if ((f = draft_new(&k->m, k->job, why)) != FAULT_NONE ||
	    (f = recipients(&k->to, k->m, k->s, d, why)) != FAULT_NONE ||
	    (f = number(k->m, k->s, why)) != FAULT_NONE ||
	    (f = signing_key(&k->key, k->s, why)) != FAULT_NONE)
		return f;
	if (contents_format(&k->page, x->contents) != FAULT_NONE ||
	    hash_bytes_text(k->m->contents_sha256, k->page.data, k->page.len) !=
		FAULT_NONE)
		return cause_memory(why);
	k->m->created = k->s->now;
	k->m->files = x->n;
	k->m->rows = x->rows;
	k->m->unpacked_bytes = x->bytes + k->page.len;
	manifest_name(&k->name, k->m);
	return manifest_check(k->m, k->job->licence->agreement, d, why);
}

/* Whatever keeps it from being carried ahead is met again, and told, when the
 * sealed parcel is delivered. */
static void
end_ahead(struct making *k, struct ahead *ahead, bool whole)
{
	struct cause none;

	cause_clear(&none);
	(void)!ahead_end(ahead, whole, &k->drop, &none);
	ahead_free(ahead);
}

/* The line goes to its end while the disk does. */
static enum fault
settle_payload(
    const struct outbox_draft *draft, struct growth *growth, struct cause *why)
{
	growth_end(growth, true);
	return fdatasync(draft->payload) == 0
	    ? FAULT_NONE
	    : cause_system(why, "fdatasync", PAYLOAD_NAME);
}

static enum fault
seal_payload(struct making *k, struct cause *why)
{
	struct ahead_job carry = { k->s, k->job->licence, k->job->url, &k->name,
		-1 };
	struct payload_job job = { k->draft.payload, k->job->extract, &k->page,
		k->to, k->m->n_recipients, NULL, k->s->home->conf->level,
		k->m->created };
	struct payload payload = { 0, "" };
	struct ahead *ahead = NULL;
	enum fault f;

	/* It goes to a process that is to read it, and no more. */
	carry.payload = openat(
	    k->draft.dir, PAYLOAD_NAME, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (carry.payload < 0)
		return cause_system(why, "open", PAYLOAD_NAME);
	if ((f = ahead_start(&ahead, &carry, why)) == FAULT_NONE) {
		job.growth = ahead_growth(ahead);
		f = payload_write(&payload, &job, why);
		if (f == FAULT_NONE)
			f = settle_payload(&k->draft, job.growth, why);
		end_ahead(k, ahead, f == FAULT_NONE);
	}
	(void)close(carry.payload);
	if (f != FAULT_NONE)
		return f;
	k->m->payload_bytes = payload.bytes;
	memcpy(k->m->payload_sha256, payload.sha256, sizeof(payload.sha256));
	return FAULT_NONE;
}

static enum fault
sign_manifest(struct making *k, char sha256[HASH_TEXT_LEN], struct cause *why)
{
	struct journal_head head;
	char comment[PARCEL_NAME_MAX + 32], name[PARCEL_NAME_MAX];
	enum fault f;

	if ((f = journal_head(k->s->journal, &head, why)) != FAULT_NONE)
		return f;
	k->m->journal_entries = head.entries;
	memcpy(k->m->journal_head, head.hash, sizeof(head.hash));
	parcel_name_text(name, &k->name);
	(void)snprintf(
	    comment, sizeof(comment), "serahterima manifest %s", name);
	if (manifest_format(&k->manifest, k->m) != FAULT_NONE ||
	    hash_bytes_text(sha256, k->manifest.data, k->manifest.len) !=
		FAULT_NONE)
		return cause_memory(why);
	return key_sign(&k->signature, k->key, k->manifest.data,
	    k->manifest.len, comment, why);
}

/* What stays as evidence when the sealed copy is let go. */
static enum fault
keep_records(struct making *k, struct cause *why)
{
	struct home *h = k->s->home;
	enum fault f;

	f = records_save(
	    h, &k->name, CONTENTS_NAME, k->page.data, k->page.len, why);
	if (f == FAULT_NONE)
		f = records_save(h, &k->name, MANIFEST_NAME, k->manifest.data,
		    k->manifest.len, why);
	if (f == FAULT_NONE)
		f = records_save(h, &k->name, MANIFEST_SIG_NAME,
		    k->signature.data, k->signature.len, why);
	return f;
}

static enum fault
note_sealed(struct desk *s, const struct manifest *m, const char *sha256,
    struct cause *why)
{
	struct journal_member members[4] = { { "manifest", sha256, 0 },
		{ "rows", NULL, m->rows }, { "bytes", NULL, m->payload_bytes },
		{ "agreement", m->agreement_sha256, 0 } };
	struct parcel_name name;
	char text[PARCEL_NAME_MAX];

	manifest_name(&name, m);
	parcel_name_text(text, &name);
	return desk_note(s, "sealed", text, members, 4, why);
}

static enum fault
make(struct making *k, struct parcel *out, struct cause *why)
{
	enum fault f;

	if ((f = describe(k, why)) != FAULT_NONE ||
	    (f = outbox_begin(k->s->home, &k->name, &k->draft, why)) !=
		FAULT_NONE ||
	    (f = seal_payload(k, why)) != FAULT_NONE ||
	    (f = sign_manifest(k, out->manifest_sha256, why)) != FAULT_NONE ||
	    (f = keep_records(k, why)) != FAULT_NONE ||
	    (f = outbox_commit(&k->draft, &k->name, &k->manifest, &k->signature,
		 why)) != FAULT_NONE ||
	    (f = note_sealed(k->s, k->m, out->manifest_sha256, why)) !=
		FAULT_NONE)
		return f;
	out->name = k->name;
	parcel_name_text(out->text, &k->name);
	out->rows = k->m->rows;
	out->bytes = k->job->extract->bytes;
	out->sealed_bytes = k->m->payload_bytes;
	out->drop = k->drop;
	k->drop = NULL;
	return FAULT_NONE;
}

enum fault
parcel_make(struct parcel *out, struct desk *s, const struct parcel_job *job,
    struct cause *why)
{
	struct making k;
	enum fault f;

	memset(out, 0, sizeof(*out));
	memset(&k, 0, sizeof(k));
	k.s = s;
	k.job = job;
	k.page.max = LIMIT_CONTENTS;
	k.manifest.max = LIMIT_DOCUMENT;
	k.signature.max = LIMIT_KEY_FILE;
	k.draft.dir = k.draft.payload = -1;
	f = make(&k, out, why);
	remote_close(k.drop);
	outbox_end(&k.draft);
	secret_key_free(k.key);
	manifest_free(k.m);
	free(k.to);
	buf_free(&k.page);
	buf_free(&k.manifest);
	buf_free(&k.signature);
	return f;
}

/* ---- parcels that lie in the outbox ---- */

enum fault
outbox_manifest_load(struct outbox_manifest *out, struct home *h,
    const struct parcel_name *name, struct cause *why)
{
	enum fault f;

	memset(out, 0, sizeof(*out));
	out->dir = -1;
	out->bytes.max = LIMIT_DOCUMENT;
	if ((f = outbox_open(h, name, &out->dir, why)) != FAULT_NONE ||
	    (f = io_load(&out->bytes, out->dir, MANIFEST_NAME, why)) !=
		FAULT_NONE ||
	    (f = manifest_parse(&out->manifest, out->bytes.data, out->bytes.len,
		 why)) != FAULT_NONE)
		goto out;
	if (hash_bytes_text(out->sha256, out->bytes.data, out->bytes.len) !=
	    FAULT_NONE)
		f = cause_memory(why);
out:
	if (f != FAULT_NONE)
		outbox_manifest_free(out);
	return f;
}

void
outbox_manifest_free(struct outbox_manifest *m)
{
	if (m->dir >= 0)
		(void)close(m->dir);
	m->dir = -1;
	manifest_free(m->manifest);
	m->manifest = NULL;
	buf_free(&m->bytes);
}

static enum fault
recover_one(struct desk *s, const struct parcel_name *name, struct cause *why)
{
	struct parcel_state state;
	struct outbox_manifest m;
	enum fault f;

	f = index_parcel(s->index, name, PARCEL_OUT, &state, why);
	if (f != FAULT_ABSENT)
		return f;
	cause_clear(why);
	if ((f = outbox_manifest_load(&m, s->home, name, why)) != FAULT_NONE)
		return f;
	f = note_sealed(s, m.manifest, m.sha256, why);
	outbox_manifest_free(&m);
	return f;
}

enum fault
parcel_recover(struct desk *s, struct cause *why)
{
	struct outbox_list list = { NULL, 0 };
	enum fault f;
	size_t i;

	if ((f = outbox_list(s->home, &list, why)) != FAULT_NONE)
		return f;
	for (i = 0; f == FAULT_NONE && i < list.n; i++)
		f = recover_one(s, &list.name[i], why);
	outbox_list_free(&list);
	return f;
}
