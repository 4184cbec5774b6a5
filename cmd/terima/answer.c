/*
 * answer: a receipt is evidence, so it is written to our own disk before the
 * drop sees it, and the same question always gets the same bytes.
 */
#include "answer.h"

#include <stdio.h>
#include <string.h>

#include "config.h"

#include "base/clock.h"
#include "base/intl.h"
#include "spool/outbox.h"

#define ANSWER_PATH_MAX (PARCEL_NAME_MAX + RECEIPT_NAME_MAX + 16)

/* A receipt with its signature, as bytes. */
struct slip {
	char name[RECEIPT_NAME_MAX];
	char signature_name[RECEIPT_NAME_MAX + 16];
	struct buf bytes;
	struct buf signature;
};

static void
slip_begin(struct slip *s, const struct arrival *a, enum stage stage)
{
	memset(s, 0, sizeof(*s));
	s->bytes.max = LIMIT_DOCUMENT;
	s->signature.max = LIMIT_KEY_FILE;
	receipt_name(s->name, a->s->home->conf->party, stage);
	(void)snprintf(s->signature_name, sizeof(s->signature_name),
	    "%s.minisig", s->name);
}

static void
slip_free(struct slip *s)
{
	buf_free(&s->bytes);
	buf_free(&s->signature);
}

/* The receipt on record, if it is about this manifest and this code. */
static enum fault
recall(struct slip *s, const struct arrival *a, int code, bool *found,
    struct cause *why)
{
	struct receipt kept;
	enum fault f;

	*found = false;
	f = records_load(a->s->home, &a->name, s->name, &s->bytes, why);
	if (f == FAULT_NONE)
		f = records_load(a->s->home, &a->name, s->signature_name,
		    &s->signature, why);
	if (f == FAULT_ABSENT) {
		cause_clear(why);
		buf_free(&s->bytes);
		return FAULT_NONE;
	}
	if (f != FAULT_NONE ||
	    (f = receipt_parse(&kept, s->bytes.data, s->bytes.len, why)) !=
		FAULT_NONE)
		return f;
	*found = hash_text_equal(kept.manifest_sha256, a->sha256) &&
	    (int)kept.refusal.fault == code;
	if (!*found)
		slip_free(s);
	return FAULT_NONE;
}

static enum fault
write_slip(struct slip *s, struct arrival *a, const struct answer *answer,
    struct cause *why)
{
	struct secret_key *key = NULL;
	struct journal_head head;
	struct receipt r;
	char comment[PARCEL_NAME_MAX + 64];
	enum fault f;

	memset(&r, 0, sizeof(r));
	cause_clear(&r.refusal);
	r.parcel = a->name;
	(void)snprintf(
	    r.recipient, sizeof(r.recipient), "%s", a->s->home->conf->party);
	r.stage = answer->stage;
	memcpy(r.manifest_sha256, a->sha256, sizeof(r.manifest_sha256));
	r.rows = answer->rows;
	r.warnings = answer->warnings;
	if (answer->contents_sha256 != NULL)
		(void)snprintf(r.contents_sha256, sizeof(r.contents_sha256),
		    "%s", answer->contents_sha256);
	r.time = clock_now();
	if (answer->refusal != NULL)
		r.refusal = *answer->refusal;
	if (answer->faults != NULL)
		r.faults = *answer->faults;
	(void)snprintf(r.tool, sizeof(r.tool), "terima %s", PACKAGE_VERSION);
	if ((f = journal_head(a->s->journal, &head, why)) != FAULT_NONE ||
	    (f = home_signing_key(a->s->home, &key, why)) != FAULT_NONE)
		goto out;
	r.journal_entries = head.entries;
	memcpy(r.journal_head, head.hash, sizeof(r.journal_head));
	(void)snprintf(comment, sizeof(comment), "serahterima receipt %s %s",
	    a->text, stage_text(answer->stage));
	if (receipt_format(&s->bytes, &r) != FAULT_NONE) {
		f = cause_memory(why);
		goto out;
	}
	f = key_sign(
	    &s->signature, key, s->bytes.data, s->bytes.len, comment, why);
out:
	secret_key_free(key);
	return f;
}

static enum fault
keep(struct slip *s, const struct arrival *a, struct cause *why)
{
	enum fault f;

	f = records_save(a->s->home, &a->name, s->signature_name,
	    s->signature.data, s->signature.len, why);
	if (f == FAULT_NONE)
		f = records_save(a->s->home, &a->name, s->name, s->bytes.data,
		    s->bytes.len, why);
	return f;
}

/* Whether the drop has these very bytes under the name. */
static enum fault
lies_there(const struct arrival *a, const char *name, const struct buf *bytes,
    bool *same, struct cause *why)
{
	struct buf there = BUF_MAX(bytes->max);
	char path[ANSWER_PATH_MAX];
	enum fault f;

	(void)snprintf(path, sizeof(path), "%s/%s", a->dir, name);
	f = remote_load(a->remote, path, &there, why);
	*same = f == FAULT_NONE && there.len == bytes->len &&
	    memcmp(there.data, bytes->data, there.len) == 0;
	buf_free(&there);
	if (f != FAULT_ABSENT && f != FAULT_LARGER)
		return f;
	cause_clear(why);
	return FAULT_NONE;
}

/* Signature first: a receipt on the drop is never without one. */
static enum fault
put(struct slip *s, const struct arrival *a, struct cause *why)
{
	char path[ANSWER_PATH_MAX];
	bool same = false;
	enum fault f;

	f = lies_there(a, s->name, &s->bytes, &same, why);
	if (f == FAULT_NONE && same)
		f = lies_there(a, s->signature_name, &s->signature, &same, why);
	if (f != FAULT_NONE || same)
		return f;
	(void)snprintf(path, sizeof(path), "%s/%s", a->dir, s->signature_name);
	if ((f = remote_save(a->remote, path, s->signature.data,
		 s->signature.len, true, why)) != FAULT_NONE)
		return f;
	(void)snprintf(path, sizeof(path), "%s/%s", a->dir, s->name);
	return remote_save(
	    a->remote, path, s->bytes.data, s->bytes.len, true, why);
}

enum fault
answer_give(struct arrival *a, const struct answer *answer, struct cause *why)
{
	struct slip s;
	bool found = false;
	enum fault f;

	slip_begin(&s, a, answer->stage);
	f = recall(&s, a,
	    answer->refusal != NULL ? (int)answer->refusal->fault : 0, &found,
	    why);
	if (f == FAULT_NONE && !found) {
		f = write_slip(&s, a, answer, why);
		if (f == FAULT_NONE)
			f = keep(&s, a, why);
	}
	if (f == FAULT_NONE)
		f = put(&s, a, why);
	slip_free(&s);
	return f;
}

enum fault
answer_kept(
    const struct arrival *a, enum stage stage, bool *kept, struct cause *why)
{
	struct slip s;
	enum fault f;

	slip_begin(&s, a, stage);
	f = recall(
	    &s, a, stage == STAGE_REFUSED ? a->known.code : 0, kept, why);
	slip_free(&s);
	return f;
}

enum fault
answer_again(struct arrival *a, enum stage stage, struct cause *why)
{
	struct slip s;
	bool found = false;
	enum fault f;

	slip_begin(&s, a, stage);
	f = recall(
	    &s, a, stage == STAGE_REFUSED ? a->known.code : 0, &found, why);
	if (f == FAULT_NONE && found)
		f = put(&s, a, why);
	slip_free(&s);
	return f;
}

static bool
listed(const struct remote_names *names, const char *name)
{
	size_t i;

	for (i = 0; i < names->n; i++)
		if (strcmp(names->name[i], name) == 0)
			return true;
	return false;
}

enum fault
answer_clear(struct arrival *a, struct cause *why)
{
	struct remote_names names = { NULL, 0 };
	char path[ANSWER_PATH_MAX], name[RECEIPT_NAME_MAX];
	bool all = true;
	enum fault f;
	size_t i;

	if (a->s->home->conf->keep_payload || a->manifest == NULL)
		return FAULT_NONE;
	if ((f = remote_list(a->remote, a->dir, &names, why)) != FAULT_NONE)
		return f;
	for (i = 0; i < a->manifest->n_recipients; i++) {
		receipt_name(name, a->manifest->recipients[i], STAGE_STAGED);
		all = all && listed(&names, name);
	}
	if (all && listed(&names, PAYLOAD_NAME)) {
		(void)snprintf(
		    path, sizeof(path), "%s/%s", a->dir, PAYLOAD_NAME);
		f = remote_remove(a->remote, path, why);
	}
	remote_names_free(&names);
	return f;
}
