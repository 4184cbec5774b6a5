/*
 * receive: the receiver's way through the house.
 *
 * manifest, signature, agreement, place, order (arrival) -> room -> payload into
 * the inbox, hash proved -> opened, checked, recounted (opening) -> staged by
 * one rename -> journal -> receipt.
 */
#include "receive.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "answer.h"
#include "base/clock.h"
#include "base/intl.h"
#include "base/io.h"
#include "opening.h"
#include "spool/inbox.h"
#include "spool/outbox.h"
#include "spool/stage.h"

/* Left free on the disk beside what a parcel needs. */
#define RECEIVE_SPARE (64 * MIB)

static enum fault
room(struct arrival *a, struct cause *why)
{
	const struct manifest *m = a->manifest;
	unsigned long long left = 0, need;
	enum fault f;

	if ((f = io_free_bytes(&left, a->s->home->dir, why)) != FAULT_NONE)
		return f;
	need = m->payload_bytes + m->unpacked_bytes + RECEIVE_SPARE;
	if (left < need)
		return cause_set(why, FAULT_NO_ROOM,
		    N_("%llu bytes are needed, %llu are free"), need, left);
	return FAULT_NONE;
}

static enum fault
note(struct arrival *a, const char *event,
    const struct journal_member *members, size_t n, struct cause *why)
{
	return desk_note(a->s, event, a->text, members, n, why);
}

/* On record before the payload is touched: from here on, another manifest with
 * this number is an equivocation. */
static enum fault
note_taken(struct arrival *a, struct cause *why)
{
	const struct manifest *m = a->manifest;
	struct journal_member members[] = { { "manifest", a->sha256, 0 },
		{ "rows", NULL, m->rows },
		{ "their_entries", NULL, m->journal_entries },
		{ "their_head", m->journal_head, 0 } };

	/* A refusal by paper or order came before this and took nothing. */
	if (a->same && (strcmp(a->known.state, "refused") != 0 ||
	    a->known.code >= FAULT_COLUMNS))
		return FAULT_NONE;
	return note(a, "taken", members, sizeof(members) / sizeof(members[0]),
	    why);
}

/* ---- payload ---- */

static enum fault
payload_size(struct arrival *a, const char *path, struct cause *why)
{
	uint64_t size = 0;
	enum fault f;

	f = remote_size(a->remote, path, &size, why);
	if (f == FAULT_ABSENT) {
		cause_clear(why);
		cause_place(why, PAYLOAD_NAME, 0, NULL, UINT64_MAX);
		return cause_set(why, FAULT_INCOMPLETE,
		    N_("the parcel's directory lacks it"));
	}
	if (f == FAULT_NONE && size != a->manifest->payload_bytes) {
		cause_place(why, PAYLOAD_NAME, 0, NULL, UINT64_MAX);
		return cause_set(why, FAULT_PAYLOAD_HASH,
		    N_("%llu bytes, the manifest says %llu"),
		    (unsigned long long)size,
		    (unsigned long long)a->manifest->payload_bytes);
	}
	return f;
}

/*
 * Into the inbox, going on where an earlier run stopped; hash proved.  *resumed
 * says that some bytes were not fetched now: after a power cut they may never
 * have come from the drop.
 */
static enum fault
fetch_once(struct arrival *a, struct inbox_part *part, bool *resumed,
    struct cause *why)
{
	const struct manifest *m = a->manifest;
	char path[PARCEL_NAME_MAX + 64], sha256[HASH_TEXT_LEN];
	enum fault f;

	(void)snprintf(path, sizeof(path), "%s/%s", a->dir, PAYLOAD_NAME);
	if ((f = inbox_open(a->s->home, &a->name, a->sha256, part, why)) !=
	    FAULT_NONE)
		return f;
	*resumed = part->have > 0;
	if (part->have < m->payload_bytes) {
		if ((f = payload_size(a, path, why)) != FAULT_NONE ||
		    (f = remote_get(a->remote, path, part->have,
			 m->payload_bytes, inbox_sink(part), why)) !=
			FAULT_NONE)
			return f;
	}
	hash_finish_text(part->hash, sha256);
	if (part->have != m->payload_bytes ||
	    !hash_text_equal(sha256, m->payload_sha256)) {
		/* Damaged bytes must not be gone on with. */
		inbox_close(part);
		if ((f = inbox_remove(a->s->home, &a->name, why)) !=
		    FAULT_NONE)
			return f;
		cause_place(why, PAYLOAD_NAME, 0, NULL, UINT64_MAX);
		return cause_set(why, FAULT_PAYLOAD_HASH,
		    N_("its SHA-256 is not the one in the manifest"));
	}
	return FAULT_NONE;
}

static enum fault
fetch(struct arrival *a, struct inbox_part *part, struct cause *why)
{
	bool resumed = false;
	enum fault f;

	f = fetch_once(a, part, &resumed, why);
	if (f != FAULT_PAYLOAD_HASH || !resumed)
		return f;
	/* Before the drop is blamed, all of it is fetched anew. */
	cause_clear(why);
	return fetch_once(a, part, &resumed, why);
}

/* ---- opening and staging ---- */

static enum fault
stage_page(struct stage_draft *d, const char *name, const struct buf *bytes,
    struct cause *why)
{
	enum fault f;

	f = stage_file(d, name, why);
	if (f == FAULT_NONE)
		f = stage_write(d, bytes->data, bytes->len, why);
	if (f == FAULT_NONE)
		f = stage_file_end(d, why);
	return f;
}

/* contents.json goes to the evidence as well: staged data is purged one day. */
static enum fault
keep_records(struct arrival *a, struct stage_draft *d, struct cause *why)
{
	struct buf page = BUF_MAX(LIMIT_CONTENTS);
	enum fault f;

	f = io_load(&page, d->dir, CONTENTS_NAME, why);
	if (f == FAULT_NONE)
		f = records_save(a->s->home, &a->name, CONTENTS_NAME,
		    page.data, page.len, why);
	if (f == FAULT_NONE)
		f = records_save(a->s->home, &a->name, MANIFEST_NAME,
		    a->bytes.data, a->bytes.len, why);
	if (f == FAULT_NONE)
		f = records_save(a->s->home, &a->name, MANIFEST_SIG_NAME,
		    a->signature.data, a->signature.len, why);
	buf_free(&page);
	return f;
}

static enum fault
open_and_stage(struct arrival *a, struct opening *o, struct cause *why)
{
	struct identity *identity = NULL;
	struct stage_draft draft;
	bool staged = false;
	enum fault f;

	memset(&draft, 0, sizeof(draft));
	draft.dir = draft.fd = -1;
	if ((f = home_decryption_key(a->s->home, &identity, why)) !=
		FAULT_NONE ||
	    (f = stage_begin(a->s->home, &a->name, &draft, why)) !=
		FAULT_NONE)
		goto out;
	o->identity = identity;
	o->draft = &draft;
	if ((f = opening_run(o, why)) != FAULT_NONE ||
	    (f = stage_page(&draft, MANIFEST_NAME, &a->bytes, why)) !=
		FAULT_NONE ||
	    (f = stage_page(&draft, MANIFEST_SIG_NAME, &a->signature, why)) !=
		FAULT_NONE ||
	    (f = keep_records(a, &draft, why)) != FAULT_NONE ||
	    (f = stage_exists(a->s->home, &a->name, &staged, why)) !=
		FAULT_NONE)
		goto out;
	/* A crash between rename and journal leaves it staged: proved again
	 * now, so what lies there is what we would put there. */
	if (!staged)
		f = stage_commit(&draft, &a->name, why);
 out:
	stage_end(&draft);
	identity_free(identity);
	return f;
}

static enum fault
take(struct arrival *a, struct opening *o, struct cause *why)
{
	struct answer received = { STAGE_RECEIVED, 0, "", NULL };
	struct answer staged = { STAGE_STAGED, 0, o->contents_sha256, NULL };
	struct journal_member members[] = { { "manifest", a->sha256, 0 },
		{ "rows", NULL, 0 }, { "contents", o->contents_sha256, 0 } };
	struct inbox_part part;
	enum fault f;

	memset(&part, 0, sizeof(part));
	part.fd = -1;
	if ((f = room(a, why)) != FAULT_NONE ||
	    (f = note_taken(a, why)) != FAULT_NONE ||
	    (f = fetch(a, &part, why)) != FAULT_NONE ||
	    (f = answer_give(a, &received, why)) != FAULT_NONE)
		goto out;
	o->payload = part.fd;
	o->manifest = a->manifest;
	o->dataset = a->dataset;
	if (lseek(part.fd, 0, SEEK_SET) != 0) {
		f = cause_system(why, "lseek", PAYLOAD_NAME);
		goto out;
	}
	if ((f = open_and_stage(a, o, why)) != FAULT_NONE)
		goto out;
	members[1].number = staged.rows = o->rows;
	if ((f = note(a, "staged", members, 3, why)) != FAULT_NONE ||
	    (f = inbox_remove(a->s->home, &a->name, why)) != FAULT_NONE ||
	    (f = answer_give(a, &staged, why)) != FAULT_NONE)
		goto out;
	f = answer_clear(a, why);
 out:
	inbox_close(&part);
	return f;
}

/* ---- refusing ---- */

/* Whether this refusal, of these bytes, is on record already: a timer must not
 * fill the journal with the same finding. */
static bool
known_refusal(const struct arrival *a, int code)
{
	char path[PARCEL_NAME_MAX + 64];
	struct buf kept = BUF_MAX(LIMIT_DOCUMENT);
	struct cause none;
	bool same;

	cause_clear(&none);
	(void)snprintf(path, sizeof(path), "refused/%s.%d/%s", a->dir, code,
	    MANIFEST_NAME);
	same = io_load(&kept, a->s->home->dir, path, &none) == FAULT_NONE &&
	    kept.len == a->bytes.len &&
	    (kept.len == 0 ||
		memcmp(kept.data, a->bytes.data, kept.len) == 0);
	buf_free(&kept);
	return same;
}

/*
 * A refusal of a parcel that is authentically ours is an answer: "refused", with
 * its manifest.  Of a stranger's or damaged one only the finding is noted
 * ("rejected"), so that it can never change what is on record about the number.
 */
static enum fault
note_refused(struct arrival *a, const struct cause *refusal, struct cause *why)
{
	struct journal_member members[] = { { "manifest", a->sha256, 0 },
		{ "code", NULL, (uint64_t)refusal->fault } };
	const char *event = refusal->fault == FAULT_EQUIVOCATION ?
	    "equivocation" :
	    a->ours && refusal->fault != FAULT_CHAIN ? "refused" : "rejected";

	return note(a, event, members, 2, why);
}

static enum fault
refuse(struct arrival *a, const struct cause *refusal, struct cause *why)
{
	struct answer answer = { STAGE_REFUSED, 0, "", refusal };
	enum fault f = FAULT_NONE;

	if (!known_refusal(a, (int)refusal->fault)) {
		f = refused_save(a->s->home, &a->name, refusal, &a->bytes,
		    &a->signature, clock_now(), why);
		if (f == FAULT_NONE)
			f = note_refused(a, refusal, why);
	}
	if (f == FAULT_NONE && a->ours)
		f = answer_give(a, &answer, why);
	return f;
}

/* Answered before: the same receipts again, nothing else.  These very bytes
 * were proved then, so they may be parsed. */
static enum fault
again(struct arrival *a, struct cause *why)
{
	enum fault f;

	if (strcmp(a->known.state, "refused") == 0)
		f = answer_again(a, STAGE_REFUSED, why);
	else if ((f = answer_again(a, STAGE_RECEIVED, why)) == FAULT_NONE &&
	    (f = answer_again(a, STAGE_STAGED, why)) == FAULT_NONE &&
	    (f = manifest_parse(&a->manifest, a->bytes.data, a->bytes.len,
		 why)) == FAULT_NONE)
		f = answer_clear(a, why);
	if (f != FAULT_NONE)
		return f;
	return cause_set(why, FAULT_DUPLICATE, N_("on record since %s"),
	    a->known.time);
}

static bool
answered(const struct arrival *a)
{
	return a->same &&
	    (strcmp(a->known.state, "staged") == 0 ||
		(strcmp(a->known.state, "refused") == 0 &&
		    arrival_final(a->known.code)));
}

enum fault
receive_parcel(struct arrival *a, uint64_t *rows, struct cause *why)
{
	struct opening o;
	struct cause failing;
	enum fault f, g;

	memset(&o, 0, sizeof(o));
	if ((f = arrival_load(a, why)) == FAULT_NONE) {
		if (answered(a))
			return again(a, why);
		if ((f = arrival_prove(a, why)) == FAULT_NONE)
			f = take(a, &o, why);
	}
	*rows = o.rows;
	if (f == FAULT_NONE || fault_exit(f) != EXIT_STATUS_REFUSED)
		return f;
	/* Host key and login are about the drop, not about the parcel. */
	if (f == FAULT_HOST_KEY || f == FAULT_LOGIN)
		return f;
	cause_clear(&failing);
	if ((g = refuse(a, why, &failing)) != FAULT_NONE) {
		*why = failing;
		return g;
	}
	return f;
}
