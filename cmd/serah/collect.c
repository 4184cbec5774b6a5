/*
 * collect: a hand-over is done when the receiver's signed receipt says so, and
 * not before; only then is the sealed copy let go.
 */
#include "collect.h"

#include <stdio.h>
#include <string.h>

#include "base/intl.h"
#include "licence.h"
#include "proof.h"
#include "reading.h"
#include "spool/outbox.h"
#include "upload.h"

#define COLLECT_PATH_MAX (PARCEL_NAME_MAX + RECEIPT_NAME_MAX + 16)

/* A receipt as it lies on the drop. */
struct found {
	char name[RECEIPT_NAME_MAX];
	struct buf bytes;
	struct buf signature;
	struct receipt receipt;
};

static bool
is_recipient(const struct manifest *m, const char *party)
{
	size_t i;

	for (i = 0; i < m->n_recipients; i++)
		if (strcmp(m->recipients[i], party) == 0)
			return true;
	return false;
}

static enum fault
load(struct found *found, struct remote *r, const char *dir, struct cause *why)
{
	char path[COLLECT_PATH_MAX];
	enum fault f;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, found->name);
	if ((f = remote_load(r, path, &found->bytes, why)) != FAULT_NONE)
		return f;
	(void)snprintf(path, sizeof(path), "%s/%s.minisig", dir, found->name);
	return remote_load(r, path, &found->signature, why);
}

/* Signed by the recipient's key; parsed only when the signature holds. */
static enum fault
prove(struct found *found, struct desk *s, const char *party, struct cause *why)
{
	struct proof proof;
	enum fault f;

	if ((f = proof_holds(&proof, s->home->trust, party, &found->bytes,
		 &found->signature, why)) != FAULT_NONE)
		return f;
	f = reading_receipt(
	    &found->receipt, found->bytes.data, found->bytes.len, why);
	/* A receipt that is none is a damaged one. */
	if (f == FAULT_FORMAT)
		f = why->fault = FAULT_SIGNATURE;
	if (f != FAULT_NONE)
		return f;
	return proof_valid(&proof, found->receipt.time, why);
}

/* The receipt must be about this very parcel, and say what we know. */
static enum fault
compare(const struct found *found, const struct outbox_manifest *m,
    const char *party, enum stage stage, struct cause *why)
{
	const struct receipt *r = &found->receipt;
	struct parcel_name name;

	manifest_name(&name, m->manifest);
	if (strcmp(r->recipient, party) != 0 || r->stage != stage ||
	    !parcel_name_equal(&r->parcel, &name))
		return cause_set(why, FAULT_WRONG_PLACE,
		    N_("the receipt is about something else than its name "
		       "says"));
	if (!hash_text_equal(r->manifest_sha256, m->sha256))
		return cause_set(why, FAULT_WRONG_PLACE,
		    N_("the receipt is about another manifest; ours is %.16s…"),
		    m->sha256);
	if (stage == STAGE_STAGED &&
	    (r->rows != m->manifest->rows ||
		!hash_text_equal(
		    r->contents_sha256, m->manifest->contents_sha256)))
		return cause_set(why, FAULT_TOTALS,
		    N_("%s counted %llu rows, we sent %llu"), party,
		    (unsigned long long)r->rows,
		    (unsigned long long)m->manifest->rows);
	return FAULT_NONE;
}

static enum fault
record(struct found *found, struct desk *s, const struct outbox_manifest *m,
    struct cause *why)
{
	const struct receipt *r = &found->receipt;
	struct journal_member members[] = { { "manifest", m->sha256, 0 },
		{ "party", r->recipient, 0 },
		{ "stage", stage_text(r->stage), 0 }, { "rows", NULL, r->rows },
		{ "code", NULL, (uint64_t)r->refusal.fault },
		{ "their_entries", NULL, r->journal_entries },
		{ "their_head", r->journal_head, 0 } };
	char text[PARCEL_NAME_MAX], signature[RECEIPT_NAME_MAX + 16];
	enum fault f;

	parcel_name_text(text, &r->parcel);
	(void)snprintf(signature, sizeof(signature), "%s.minisig", found->name);
	f = records_save(s->home, &r->parcel, signature, found->signature.data,
	    found->signature.len, why);
	if (f == FAULT_NONE)
		f = records_save(s->home, &r->parcel, found->name,
		    found->bytes.data, found->bytes.len, why);
	if (f == FAULT_NONE)
		f = desk_note(s, "receipt", text, members,
		    sizeof(members) / sizeof(members[0]), why);
	return f;
}

/* A payload damaged on the drop is ours to mend, if it may still leave. */
static enum fault
mend(struct desk *s, struct remote *r, const struct outbox_manifest *m,
    struct cause *why)
{
	struct home_agreement *paper = NULL;
	struct parcel_name name;
	enum fault f;

	manifest_name(&name, m->manifest);
	f = home_agreement(s->home, name.agreement, &paper, why);
	if (f == FAULT_NONE)
		f = licence_still(s, paper, m->manifest, why);
	if (f == FAULT_NONE)
		f = upload_again(s, r, &name, why);
	home_agreement_free(paper);
	return f;
}

/* What a refusal asks of us, before it is on record and thereby known. */
static enum fault
answer(struct collected *out, struct desk *s, struct remote *r,
    const struct outbox_manifest *m, const struct found *found,
    struct cause *why)
{
	enum fault f = FAULT_NONE;

	if (found->receipt.stage != STAGE_REFUSED)
		return FAULT_NONE;
	if (found->receipt.refusal.fault == FAULT_PAYLOAD_HASH) {
		f = mend(s, r, m, why);
		out->mended = f == FAULT_NONE;
	} else if (out->refusal.fault == FAULT_NONE)
		out->refusal = found->receipt.refusal;
	return f;
}

/* Whether these very bytes are on record.  A receiver may refuse a parcel once
 * more for another reason: that is another receipt under the same name. */
static enum fault
on_record(const struct found *found, struct desk *s,
    const struct outbox_manifest *m, bool *same, struct cause *why)
{
	struct buf kept = BUF_MAX(LIMIT_DOCUMENT);
	struct parcel_name name;
	enum fault f;

	manifest_name(&name, m->manifest);
	f = records_load(s->home, &name, found->name, &kept, why);
	*same = f == FAULT_NONE && kept.len == found->bytes.len &&
	    memcmp(kept.data, found->bytes.data, kept.len) == 0;
	buf_free(&kept);
	if (f != FAULT_ABSENT)
		return f;
	cause_clear(why);
	return FAULT_NONE;
}

/* One name of the parcel's directory on the drop. */
static enum fault
take(struct collected *out, struct desk *s, struct remote *r,
    const struct outbox_manifest *m, struct found *found, struct cause *why)
{
	char dir[PARCEL_NAME_MAX], party[LIMIT_ID + 1];
	struct parcel_name name;
	enum stage stage;
	bool known = false, same = false;
	enum fault f;

	if (!receipt_name_parse(found->name, party, &stage) ||
	    !is_recipient(m->manifest, party))
		return FAULT_NONE;
	if ((f = index_receipt(s->index, m->sha256, party, stage_text(stage),
		 &known, why)) != FAULT_NONE ||
	    (known && stage != STAGE_REFUSED))
		return f;
	manifest_name(&name, m->manifest);
	parcel_name_dir(dir, &name);
	/* Receipt and signature are put, and replaced, one after the other. */
	if ((f = load(found, r, dir, why)) == FAULT_ABSENT) {
		cause_clear(why);
		return FAULT_NONE;
	}
	if (f == FAULT_NONE && known)
		f = on_record(found, s, m, &same, why);
	if (f == FAULT_NONE && same)
		return FAULT_NONE;
	if (f != FAULT_NONE ||
	    (f = prove(found, s, party, why)) != FAULT_NONE ||
	    (f = compare(found, m, party, stage, why)) != FAULT_NONE ||
	    (f = answer(out, s, r, m, found, why)) != FAULT_NONE ||
	    (f = record(found, s, m, why)) != FAULT_NONE) {
		/* Steps that went well have cleared the place. */
		if (why->file[0] == '\0')
			cause_place(why, found->name, 0, NULL, UINT64_MAX);
		return f;
	}
	cause_clear(why);
	out->fresh++;
	return FAULT_NONE;
}

static enum fault
count_staged(struct collected *out, struct desk *s,
    const struct outbox_manifest *m, struct cause *why)
{
	enum fault f = FAULT_NONE;
	bool known = false;
	size_t i;

	out->staged = 0;
	out->wanted = m->manifest->n_recipients;
	for (i = 0; f == FAULT_NONE && i < out->wanted; i++) {
		f = index_receipt(s->index, m->sha256,
		    m->manifest->recipients[i], stage_text(STAGE_STAGED),
		    &known, why);
		out->staged += known ? 1 : 0;
	}
	return f;
}

static enum fault
release(struct collected *out, struct desk *s, const struct outbox_manifest *m,
    struct cause *why)
{
	struct journal_member members[1] = { { "manifest", m->sha256, 0 } };
	char text[PARCEL_NAME_MAX];
	struct parcel_state state;
	struct parcel_name name;
	enum fault f;

	manifest_name(&name, m->manifest);
	parcel_name_text(text, &name);
	/* On record first, and once: a crash in between leaves a copy, never a
	 * gap, and the copy is all that is left to remove. */
	f = index_parcel(s->index, &name, PARCEL_OUT, &state, why);
	if (f == FAULT_NONE && strcmp(state.state, "released") != 0)
		f = desk_note(s, "released", text, members, 1, why);
	if (f == FAULT_NONE)
		f = outbox_remove(s->home, &name, why);
	out->released = f == FAULT_NONE;
	return f;
}

static enum fault
take_name(struct collected *out, struct desk *s, struct remote *r,
    const struct outbox_manifest *m, const char *name, struct cause *why)
{
	struct found found;
	enum fault f;

	memset(&found, 0, sizeof(found));
	found.bytes.max = LIMIT_DOCUMENT;
	found.signature.max = LIMIT_KEY_FILE;
	if (strlen(name) >= sizeof(found.name))
		return FAULT_NONE;
	memcpy(found.name, name, strlen(name) + 1);
	f = take(out, s, r, m, &found, why);
	buf_free(&found.bytes);
	buf_free(&found.signature);
	return f;
}

enum fault
collect_receipts(struct collected *out, struct desk *s, struct remote *r,
    const struct outbox_manifest *m, struct cause *why)
{
	struct remote_names names = { NULL, 0 };
	char dir[PARCEL_NAME_MAX];
	struct parcel_name name;
	struct cause each;
	enum fault f, next = FAULT_NONE;
	size_t i;

	memset(out, 0, sizeof(*out));
	cause_clear(&out->refusal);
	manifest_name(&name, m->manifest);
	parcel_name_dir(dir, &name);
	if ((f = remote_list(r, dir, &names, why)) != FAULT_NONE)
		return f;
	/* A receipt that does not hold keeps no other recipient's out; a line
	 * that is down, or a full disk, does. */
	for (i = 0; i < names.n &&
	     (next == FAULT_NONE || fault_exit(next) == EXIT_STATUS_REFUSED);
	     i++) {
		cause_clear(&each);
		next = take_name(out, s, r, m, names.name[i], &each);
		if (f == FAULT_NONE && next != FAULT_NONE) {
			f = next;
			*why = each;
		}
	}
	if (f == FAULT_NONE &&
	    (f = count_staged(out, s, m, why)) == FAULT_NONE &&
	    out->staged == out->wanted)
		f = release(out, s, m, why);
	remote_names_free(&names);
	return f;
}
