/*
 * receive: the receiver's way through the house.
 *
 * manifest, signature, agreement, place, order (arrival) -> room -> payload
 * into the inbox, hash proved -> opened, checked, recounted (opening) -> staged
 * by one rename -> journal -> receipt.
 */
#include "receive.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "answer.h"
#include "apart.h"
#include "reading.h"
#include "base/clock.h"
#include "base/intl.h"
#include "base/io.h"
#include "check/sql.h"
#include "record/dataset.h"
#include "spool/inbox.h"
#include "spool/lists.h"
#include "spool/outbox.h"
#include "spool/stage.h"

/* Left free on the disk beside what a parcel needs. */
#define RECEIVE_SPARE (64 * MIB)
#define SCRIPT_NAME "load.sql"

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
note(struct arrival *a, const char *event, const struct journal_member *members,
    size_t n, struct cause *why)
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
	if (a->same &&
	    (strcmp(a->known.state, "refused") != 0 ||
		a->known.code >= FAULT_COLUMNS))
		return FAULT_NONE;
	return note(
	    a, "taken", members, sizeof(members) / sizeof(members[0]), why);
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
 * says of damaged bytes that some were not fetched now: after a power cut they
 * may never have come from the drop.
 */
static enum fault
fetch_once(struct arrival *a, struct inbox_part *part, bool *resumed,
    struct cause *why)
{
	const struct manifest *m = a->manifest;
	char path[PARCEL_NAME_MAX + 64], sha256[HASH_TEXT_LEN];
	uint64_t before;
	enum fault f;

	(void)snprintf(path, sizeof(path), "%s/%s", a->dir, PAYLOAD_NAME);
	if ((f = inbox_open(a->s->home, &a->name, a->sha256, part, why)) !=
	    FAULT_NONE)
		return f;
	before = part->have;
	if (before < m->payload_bytes) {
		if ((f = payload_size(a, path, why)) != FAULT_NONE)
			return f;
		/* Fetching goes on, in its process, beside hashing and
		 * writing.  What came before a fault is kept, to be gone on
		 * with. */
		f = remote_get(a->remote, path, part->have, m->payload_bytes,
		    inbox_sink(part), why);
		/* A drop that gives more than it said gives other bytes: no
		 * finding about the sender, and no last word. */
		if (f != FAULT_NONE && f != FAULT_LARGER)
			return f;
	}
	hash_finish_text(part->hash, sha256);
	if (f == FAULT_NONE && part->have == m->payload_bytes &&
	    hash_text_equal(sha256, m->payload_sha256))
		return FAULT_NONE;
	*resumed = before > 0;
	/* Damaged bytes must not be gone on with. */
	inbox_close(part);
	if ((f = inbox_remove(a->s->home, &a->name, why)) != FAULT_NONE)
		return f;
	cause_place(why, PAYLOAD_NAME, 0, NULL, UINT64_MAX);
	return cause_set(why, FAULT_PAYLOAD_HASH,
	    N_("its SHA-256 is not the one in the manifest"));
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
	char sha256[HASH_TEXT_LEN];
	enum fault f;

	f = io_load(&page, d->dir, CONTENTS_NAME, why);
	if (f == FAULT_NONE &&
	    hash_bytes_text(sha256, page.data, page.len) != FAULT_NONE)
		f = cause_memory(why);
	/* The half that wrote it is not believed: the manifest is. */
	if (f == FAULT_NONE &&
	    !hash_text_equal(sha256, a->manifest->contents_sha256))
		f = cause_set(why, FAULT_SYSTEM,
		    N_("it is not the one the manifest names"));
	if (f == FAULT_NONE)
		f = records_save(a->s->home, &a->name, CONTENTS_NAME, page.data,
		    page.len, why);
	if (f == FAULT_NONE)
		f = records_save(a->s->home, &a->name, MANIFEST_NAME,
		    a->bytes.data, a->bytes.len, why);
	if (f == FAULT_NONE)
		f = records_save(a->s->home, &a->name, MANIFEST_SIG_NAME,
		    a->signature.data, a->signature.len, why);
	buf_free(&page);
	return f;
}

/* The counts as queries, for whoever loads it: from the agreement and from what
 * is proved of the contents, since psql runs what stands there. */
static enum fault
write_script(struct arrival *a, const struct opening *o, struct cause *why)
{
	struct buf script = BUF_MAX(LIMIT_SQL);
	struct sql_file file[LIMIT_FILES];
	struct csv_dialect dialect = dataset_staged_dialect(a->dataset);
	struct sql_job job = { a->dataset->id, a->dataset->schema, &dialect,
		file, o->counted->n };
	enum fault f;
	size_t i;

	for (i = 0; i < o->counted->n; i++)
		file[i] = (struct sql_file){ o->counted->file[i].name,
			&o->counted->file[i].totals };
	if (sql_format(&script, &job) != FAULT_NONE)
		f = cause_memory(why);
	else
		f = stage_page(o->draft, SCRIPT_NAME, &script, why);
	buf_free(&script);
	return f;
}

static enum fault
open_and_stage(
    struct arrival *a, struct opening *o, bool *judged, struct cause *why)
{
	struct stage_draft draft;
	bool staged = false;
	enum fault f;

	memset(&draft, 0, sizeof(draft));
	draft.dir = draft.fd = -1;
	if ((f = stage_begin(a->s->home, &a->name, &draft, why)) != FAULT_NONE)
		goto out;
	o->draft = &draft;
	if ((f = apart_open(o, a->s->home, judged, why)) != FAULT_NONE)
		goto out;
	if ((f = stage_page(&draft, MANIFEST_NAME, &a->bytes, why)) !=
		FAULT_NONE ||
	    (f = stage_page(&draft, MANIFEST_SIG_NAME, &a->signature, why)) !=
		FAULT_NONE ||
	    (f = write_script(a, o, why)) != FAULT_NONE ||
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
	contents_free(o->counted);
	o->counted = NULL;
	return f;
}

/*
 * From the proved manifest to the last receipt.  *judged says of a fault that
 * it was found in what was sent: our own keys, journal and disk, and a drop
 * that does not take our receipts, are never held against a parcel.
 */
static enum fault
take(struct arrival *a, struct opening *o, bool *judged, struct cause *why)
{
	struct answer received = { STAGE_RECEIVED, 0, 0, "", NULL, NULL };
	struct answer staged = { STAGE_STAGED, 0, 0, o->contents_sha256, NULL,
		NULL };
	struct journal_member members[] = { { "manifest", a->sha256, 0 },
		{ "rows", NULL, 0 }, { "warnings", NULL, 0 },
		{ "contents", o->contents_sha256, 0 } };
	struct codelists lists = { { NULL }, 0 };
	struct inbox_part part;
	struct cause untold;
	enum fault f;

	memset(&part, 0, sizeof(part));
	part.fd = -1;
	*judged = false;
	if ((f = lists_load(&lists, a->s->home, a->paper->agreement, a->dataset,
		 why)) != FAULT_NONE ||
	    (f = room(a, why)) != FAULT_NONE ||
	    (f = note_taken(a, why)) != FAULT_NONE)
		goto out;
	if ((f = fetch(a, &part, why)) != FAULT_NONE) {
		*judged = true;
		goto out;
	}
	/* A drop that takes no receipt now keeps back nothing that is here; the
	 * receipt that follows tells of it, and the next run makes it good. */
	cause_clear(&untold);
	(void)!answer_give(a, &received, &untold);
	o->payload = part.fd;
	o->manifest = a->manifest;
	o->dataset = a->dataset;
	o->lists = &lists;
	if (lseek(part.fd, 0, SEEK_SET) != 0) {
		f = cause_system(why, "lseek", PAYLOAD_NAME);
		goto out;
	}
	if ((f = open_and_stage(a, o, judged, why)) != FAULT_NONE)
		goto out;
	members[1].number = staged.rows = o->rows;
	members[2].number = staged.warnings = o->warnings;
	if ((f = note(a, "staged", members, 4, why)) != FAULT_NONE)
		goto out;
	a->staged = true;
	if ((f = inbox_remove(a->s->home, &a->name, why)) != FAULT_NONE ||
	    (f = answer_give(a, &staged, why)) != FAULT_NONE)
		goto out;
	f = answer_clear(a, why);
out:
	codelists_free(&lists);
	o->lists = NULL;
	inbox_close(&part);
	return f;
}

/* ---- refusing ---- */

/* Whether the evidence of this refusal, of these bytes, lies there already: a
 * timer must not fill the journal with the same finding. */
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
	    (kept.len == 0 || memcmp(kept.data, a->bytes.data, kept.len) == 0);
	buf_free(&kept);
	return same;
}

/*
 * A refusal of a parcel that is authentically ours is an answer: "refused",
 * with its manifest.  Of a stranger's or damaged one only the finding is noted
 * ("rejected"), so that it can never change what is on record about the number.
 */
static enum fault
note_refused(struct arrival *a, const struct cause *refusal, struct cause *why)
{
	struct journal_member members[] = { { "manifest", a->sha256, 0 },
		{ "code", NULL, (uint64_t)refusal->fault } };
	const char *event = refusal->fault == FAULT_EQUIVOCATION
	    ? "equivocation"
	    : a->ours && refusal->fault != FAULT_CHAIN ? "refused"
						       : "rejected";

	return note(a, event, members, 2, why);
}

/* Whether the journal has this refusal.  What ends the matter is asked of the
 * journal itself, since the next number waits for it; of all else the evidence
 * tells, which is laid down after the entry. */
static bool
noted(const struct arrival *a, int code)
{
	if (a->ours && arrival_final(code))
		return a->same && strcmp(a->known.state, "refused") == 0 &&
		    a->known.code == code;
	return known_refusal(a, code);
}

/* Entry, evidence, answer: a crash in between may repeat a step, but leaves
 * none out. */
static enum fault
refuse(struct arrival *a, const struct cause *refusal,
    const struct faults *faults, struct cause *why)
{
	struct answer answer = { STAGE_REFUSED, 0, 0, "", refusal, faults };
	int code = (int)refusal->fault;
	enum fault f = FAULT_NONE;

	if (!noted(a, code))
		f = note_refused(a, refusal, why);
	if (f == FAULT_NONE && !known_refusal(a, code))
		f = refused_save(a->s->home, &a->name, refusal, &a->bytes,
		    &a->signature, clock_now(), why);
	if (f == FAULT_NONE && a->ours && arrival_final(code))
		f = inbox_remove(a->s->home, &a->name, why);
	if (f == FAULT_NONE && a->ours)
		f = answer_give(a, &answer, why);
	return f;
}

/* Answered before: the same receipts again, nothing else.  These very bytes
 * were proved then, so they may be parsed. */
static enum fault
again(struct arrival *a, struct cause *why)
{
	struct answer staged = { STAGE_STAGED, a->known.rows, a->known.warnings,
		a->known.contents, NULL, NULL };
	enum fault f;

	/* What a run that was cut short did not come to. */
	if ((f = inbox_remove(a->s->home, &a->name, why)) != FAULT_NONE)
		return f;
	if (strcmp(a->known.state, "refused") == 0)
		f = answer_again(a, STAGE_REFUSED, why);
	else if ((f = answer_again(a, STAGE_RECEIVED, why)) == FAULT_NONE &&
	    (f = answer_give(a, &staged, why)) == FAULT_NONE &&
	    (f = reading_manifest(
		 &a->manifest, a->bytes.data, a->bytes.len, why)) == FAULT_NONE)
		f = answer_clear(a, why);
	if (f != FAULT_NONE)
		return f;
	return cause_set(
	    why, FAULT_DUPLICATE, N_("on record since %s"), a->known.time);
}

/*
 * A refusal without its receipt is the work of a run that was cut short: only
 * the parcel itself tells once more what was wrong with it, and where.
 */
static enum fault
answered(const struct arrival *a, bool *out, struct cause *why)
{
	*out = a->same && strcmp(a->known.state, "staged") == 0;
	if (*out || !a->same || strcmp(a->known.state, "refused") != 0 ||
	    !arrival_final(a->known.code))
		return FAULT_NONE;
	return answer_kept(a, STAGE_REFUSED, out, why);
}

enum fault
receive_parcel(struct arrival *a, uint64_t *rows, struct cause *why)
{
	struct opening o;
	struct cause failing;
	bool judged = true, done = false;
	enum fault f, g;

	memset(&o, 0, sizeof(o));
	if ((f = arrival_load(a, why)) == FAULT_NONE) {
		if ((g = answered(a, &done, why)) != FAULT_NONE)
			return g;
		if (done)
			return again(a, why);
		if ((f = arrival_prove(a, why)) == FAULT_NONE)
			f = take(a, &o, &judged, why);
	}
	*rows = o.rows;
	if (f == FAULT_NONE || fault_exit(f) != EXIT_STATUS_REFUSED || !judged)
		return f;
	/* Host key and login are about the drop, not about the parcel. */
	if (f == FAULT_HOST_KEY || f == FAULT_LOGIN)
		return f;
	cause_clear(&failing);
	if ((g = refuse(a, why, &o.faults, &failing)) != FAULT_NONE) {
		*why = failing;
		return g;
	}
	return f;
}
