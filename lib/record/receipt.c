/*
 * receipt: the answer.  It is written in English whatever the reader's
 * language, because it is evidence that the other side keeps; each side
 * translates the code for its own people.
 */
#include "record/receipt.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/hex.h"
#include "base/intl.h"
#include "record/member.h"
#include "text/doc.h"
#include "text/writer.h"

#define RECEIPT_FORMAT "serahterima-receipt/1"
#define RECEIPT_CODE_MIN 100
#define RECEIPT_CODE_MAX 599

static const struct node_member receipt_members[] = {
	{ "format", NODE_STRING, true, false },
	{ "parcel", NODE_STRING, true, false },
	{ "recipient", NODE_STRING, true, false },
	{ "stage", NODE_STRING, true, false },
	{ "manifest", NODE_STRING, true, false },
	{ "rows", NODE_INTEGER, true, false },
	{ "warnings", NODE_INTEGER, true, false },
	{ "contents", NODE_STRING, true, true },
	{ "time", NODE_STRING, true, false },
	{ "refusal", NODE_OBJECT, true, true },
	{ "journal", NODE_OBJECT, true, false },
	{ "tool", NODE_STRING, true, false },
};

static const struct node_member refusal_members[] = {
	{ "code", NODE_INTEGER, true, false },
	{ "reason", NODE_STRING, true, false },
	{ "clause", NODE_STRING, true, true },
	{ "file", NODE_STRING, true, true },
	{ "row", NODE_INTEGER, true, true },
	{ "column", NODE_STRING, true, true },
	{ "rule", NODE_STRING, true, true },
	{ "advice", NODE_STRING, true, true },
	{ "faults", NODE_OBJECT, false, false },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char *const stage_names[] = {
	[STAGE_RECEIVED] = N_("received"),
	[STAGE_STAGED] = N_("staged"),
	[STAGE_LOADED] = N_("loaded"),
	[STAGE_DESTROYED] = N_("destroyed"),
	[STAGE_REFUSED] = N_("refused"),
};

const char *
stage_text(enum stage stage)
{
	return stage_names[stage];
}

static bool
stage_find(enum stage *out, const char *text, size_t len)
{
	unsigned i;

	for (i = 0; i < COUNT(stage_names); i++)
		if (strlen(stage_names[i]) == len &&
		    memcmp(stage_names[i], text, len) == 0) {
			*out = (enum stage)i;
			return true;
		}
	return false;
}

/* ---- reading ---- */

/*
 * The sentence and the places were made printable by whoever wrote them; here
 * anything else is refused, since it is shown to people and kept for years.
 */
static void
read_refusal(struct member *top, struct receipt *r)
{
	struct member part = member_enter(top, "refusal", "refusal");
	char text[CAUSE_DETAIL_MAX] = "", advice[CAUSE_DETAIL_MAX] = "";
	struct cause *into = &r->refusal;
	uint64_t code = 0;

	member_table(&part, refusal_members, COUNT(refusal_members));
	member_count(&part, "code", RECEIPT_CODE_MIN, &code);
	if (part.fault == FAULT_NONE && code > RECEIPT_CODE_MAX)
		part.fault = cause_set(member_place(&part, "code"),
		    FAULT_FORMAT, N_("a code has three digits, 100 to 599"));
	member_text(&part, "clause", into->clause, sizeof(into->clause));
	member_text(&part, "file", into->file, sizeof(into->file));
	if (part.fault == FAULT_NONE &&
	    node_type(node_get(part.object, "row")) == NODE_INTEGER)
		member_count(&part, "row", 1, &into->row);
	member_text(&part, "column", into->column, sizeof(into->column));
	member_text(&part, "rule", into->rule, sizeof(into->rule));
	member_text(&part, "advice", advice, sizeof(advice));
	member_text(&part, "reason", text, sizeof(text));
	faults_read(&part, &r->faults);
	top->fault = part.fault;
	/* A code of a later version stays a number; its text speaks for it. */
	if (part.fault == FAULT_NONE)
		(void)cause_set(into, (enum fault)code, "%s", text);
}

/* One way of writing the name, as it is looked up by it. */
static void
read_parcel(struct member *top, struct receipt *r)
{
	const char *text = NULL;
	char again[PARCEL_NAME_MAX];

	if (top->fault != FAULT_NONE)
		return;
	text = node_text(top->object, "parcel");
	if (text != NULL && parcel_name_parse(&r->parcel, text)) {
		parcel_name_text(again, &r->parcel);
		if (strcmp(again, text) == 0)
			return;
	}
	top->fault = cause_set(member_place(top, "parcel"), FAULT_FORMAT,
	    N_("a parcel is named AGREEMENT/DATASET/SENDER/SEQUENCE"));
}

static void
read_stage(struct member *top, struct receipt *r)
{
	const char *text = NULL;

	if (top->fault != FAULT_NONE)
		return;
	text = node_text(top->object, "stage");
	if (text == NULL || !stage_find(&r->stage, text, strlen(text)))
		top->fault = cause_set(member_place(top, "stage"), FAULT_FORMAT,
		    N_("no such stage"));
}

/* What a stage must carry: proof of the recount, or the reason of a refusal. */
static void
check_stage(struct member *top, const struct receipt *r)
{
	const struct node *refusal = NULL;

	if (top->fault != FAULT_NONE)
		return;
	refusal = node_get(top->object, "refusal");
	if ((r->stage == STAGE_REFUSED) != (node_type(refusal) == NODE_OBJECT))
		top->fault = cause_set(member_place(top, "refusal"),
		    FAULT_FORMAT, N_("a refusal, and nothing else, says why"));
	else if ((r->stage == STAGE_STAGED || r->stage == STAGE_LOADED) &&
	    r->contents_sha256[0] == '\0')
		top->fault =
		    cause_set(member_place(top, "contents"), FAULT_FORMAT,
			N_("staged or loaded means recounted: the hash of the "
			   "contents is missing"));
}

/* The stage is judged before the refusal is read: it says whether there is one.
 */
static enum fault
read_receipt(struct receipt *r, const struct node *root, struct cause *why)
{
	struct member top = { root, "", why, FAULT_NONE };

	member_table(&top, receipt_members, COUNT(receipt_members));
	member_format(&top, RECEIPT_FORMAT);
	read_parcel(&top, r);
	member_id(&top, "recipient", r->recipient);
	read_stage(&top, r);
	member_hash(&top, "manifest", r->manifest_sha256);
	member_count(&top, "rows", 0, &r->rows);
	member_count(&top, "warnings", 0, &r->warnings);
	member_hash(&top, "contents", r->contents_sha256);
	member_time(&top, "time", &r->time);
	check_stage(&top, r);
	if (r->stage == STAGE_REFUSED)
		read_refusal(&top, r);
	member_journal(&top, &r->journal_entries, r->journal_head);
	member_text(&top, "tool", r->tool, sizeof(r->tool));
	return top.fault;
}

enum fault
receipt_parse(
    struct receipt *out, const void *bytes, size_t len, struct cause *why)
{
	struct doc *doc = NULL;
	enum fault f = FAULT_NONE;

	memset(out, 0, sizeof(*out));
	cause_clear(&out->refusal);
	if (len > LIMIT_DOCUMENT)
		return cause_set(why, FAULT_FORMAT,
		    N_("a receipt has at most %lu bytes"), LIMIT_DOCUMENT);
	f = doc_parse(&doc, bytes, len, why);
	if (f != FAULT_NONE)
		return f;
	f = read_receipt(out, doc_root(doc), why);
	if (f != FAULT_NONE) {
		/* Nobody shall act on half a receipt. */
		memset(out, 0, sizeof(*out));
		cause_clear(&out->refusal);
	}
	doc_free(doc);
	return f;
}

/* ---- from another process ---- */

/* An end within the member's size, before anything reads it as text. */
#define ENDED(member) (memchr((member), '\0', sizeof(member)) != NULL)

static bool
hash_ok(const char *text, bool or_none)
{
	return (or_none && text[0] == '\0') || hex_ok(text, HASH_TEXT_LEN - 1);
}

bool
receipt_check(struct receipt *r)
{
	const struct parcel_name *p = &r->parcel;
	uint32_t code = (uint32_t)r->refusal.fault;
	struct cause foreign = r->refusal;

	if (!ENDED(p->agreement) || !ENDED(p->dataset) || !ENDED(p->sender) ||
	    !ENDED(r->recipient) || !ENDED(r->manifest_sha256) ||
	    !ENDED(r->contents_sha256) || !ENDED(r->journal_head) ||
	    !ENDED(r->tool))
		return false;
	if (!path_id_ok(p->agreement) || !path_id_ok(p->dataset) ||
	    !path_id_ok(p->sender) || !path_id_ok(r->recipient) ||
	    p->sequence == 0 || p->sequence > PARCEL_SEQUENCE_MAX ||
	    (unsigned)r->stage >= COUNT(stage_names) ||
	    !hash_ok(r->manifest_sha256, false) ||
	    !hash_ok(r->contents_sha256, true) ||
	    !hash_ok(r->journal_head, false) ||
	    (r->tool[0] != '\0' &&
		!member_text_ok(r->tool, sizeof(r->tool) - 1)))
		return false;
	if ((r->stage == STAGE_REFUSED) !=
	    (code >= RECEIPT_CODE_MIN && code <= RECEIPT_CODE_MAX))
		return false;
	if (!faults_check(&r->faults))
		return false;
	(void)cause_adopt(&r->refusal, &foreign);
	/* A code of a later version stays a number. */
	r->refusal.fault = (enum fault)code;
	return true;
}

/* ---- writing ---- */

/* Every member is there, null where nothing is known: readers need not guess.
 */
static void
write_refusal(struct writer *w, const struct cause *c, const struct faults *all)
{
	const char *reason = c->detail;

	if (reason[0] == '\0')
		reason = fault_text_english(c->fault);
	writer_open(w, "refusal", NODE_OBJECT);
	writer_integer(w, "code", c->fault);
	writer_string(w, "reason", reason);
	writer_string_or_null(w, "clause", c->clause);
	writer_string_or_null(w, "file", c->file);
	if (c->row != 0)
		writer_integer(w, "row", (int64_t)c->row);
	else
		writer_null(w, "row");
	writer_string_or_null(w, "column", c->column);
	writer_string_or_null(w, "rule", c->rule);
	writer_string_or_null(w, "advice", fault_advice_english(c->fault));
	faults_write(w, all);
	writer_close(w);
}

enum fault
receipt_format(struct buf *out, const struct receipt *r)
{
	char parcel[PARCEL_NAME_MAX], time[CLOCK_TEXT_LEN];
	struct writer *w = NULL;
	enum fault f = FAULT_NONE;

	/* Our own troubles are no refusal of what somebody sent. */
	if (r->stage == STAGE_REFUSED &&
	    ((int)r->refusal.fault < RECEIPT_CODE_MIN ||
		(int)r->refusal.fault > RECEIPT_CODE_MAX))
		return FAULT_FORMAT;
	f = writer_new(&w, true);
	if (f != FAULT_NONE)
		return f;
	parcel_name_text(parcel, &r->parcel);
	clock_text(time, r->time);
	writer_open(w, NULL, NODE_OBJECT);
	writer_string(w, "format", RECEIPT_FORMAT);
	writer_string(w, "parcel", parcel);
	writer_string(w, "recipient", r->recipient);
	writer_string(w, "stage", stage_text(r->stage));
	writer_string(w, "manifest", r->manifest_sha256);
	writer_integer(w, "rows", (int64_t)r->rows);
	writer_integer(w, "warnings", (int64_t)r->warnings);
	writer_string_or_null(w, "contents", r->contents_sha256);
	writer_string(w, "time", time);
	if (r->stage == STAGE_REFUSED)
		write_refusal(w, &r->refusal, &r->faults);
	else
		writer_null(w, "refusal");
	writer_open(w, "journal", NODE_OBJECT);
	writer_integer(w, "entries", (int64_t)r->journal_entries);
	writer_string(w, "head", r->journal_head);
	writer_close(w);
	writer_string(w, "tool", r->tool);
	writer_close(w);
	f = writer_finish(w, out);
	writer_free(w);
	return f;
}

/* ---- names ---- */

void
receipt_name(
    char out[RECEIPT_NAME_MAX], const char *recipient, enum stage stage)
{
	(void)snprintf(out, RECEIPT_NAME_MAX, "receipt.%.*s.%s.json", LIMIT_ID,
	    recipient, stage_text(stage));
}

bool
receipt_name_parse(
    const char *name, char recipient[LIMIT_ID + 1], enum stage *stage)
{
	static const char head[] = "receipt.", tail[] = ".json";
	size_t len = strlen(name), n = sizeof(head) - 1, dot;

	if (len >= RECEIPT_NAME_MAX || len < n + sizeof(tail) ||
	    memcmp(name, head, n) != 0 ||
	    strcmp(name + len - (sizeof(tail) - 1), tail) != 0)
		return false;
	name += n;
	len -= n + sizeof(tail) - 1;
	/* From the right: a party's id may hold dots, a stage has none. */
	for (dot = len; dot > 0 && name[dot - 1] != '.'; dot--)
		;
	if (dot < 2 || dot - 1 > LIMIT_ID ||
	    !stage_find(stage, name + dot, len - dot))
		return false;
	memcpy(recipient, name, dot - 1);
	recipient[dot - 1] = '\0';
	return path_id_ok(recipient);
}
