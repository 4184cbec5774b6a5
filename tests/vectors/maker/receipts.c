/*
 * receipts: every stage, and what a receipt may not say.
 */
#include "receipts.h"

#include <stdio.h>
#include <string.h>

#include "papers.h"
#include "set.h"

#define TIME "2026-06-02T03:04:05Z"
#define PARCEL PAPERS_ID "/" PAPERS_DATASET "/" CAST_SENDER "/1"

void
receipts_base(struct receipt *out, enum stage stage)
{
	memset(out, 0, sizeof(*out));
	cause_clear(&out->refusal);
	if (!parcel_name_parse(&out->parcel, PARCEL))
		set_stop(PARCEL);
	(void)strcpy(out->recipient, CAST_RECIPIENT);
	out->stage = stage;
	out->time = cast_time(TIME);
	set_must(hash_bytes_text(out->manifest_sha256, "manifest", 8), "hash");
	set_must(hash_bytes_text(out->journal_head, "journal", 7), "hash");
	out->journal_entries = 9;
	(void)strcpy(out->tool, "test vectors");
	if (stage == STAGE_STAGED || stage == STAGE_LOADED) {
		out->rows = 5;
		out->warnings = 2;
		set_must(hash_bytes_text(out->contents_sha256, "contents", 8),
		    "hash");
	}
	if (stage != STAGE_REFUSED)
		return;
	cause_clause(&out->refusal, "datasets[warga].schema.fields[nilai]");
	cause_place(&out->refusal, "warga.csv", 4, "nilai", UINT64_MAX);
	cause_rule(&out->refusal, "maximum");
	(void)cause_set(
	    &out->refusal, FAULT_VALUE, "%s", "1 value breaks the rule");
}

/* Of the receipt "staged". */
static const struct change receipts_changes[] = {
	{ "blanks", 0, "other", TEXT("{\n  \"format\""), TEXT("{\"format\""),
	    "other white space" },
	{ "largest", 0, "own", TEXT("\"rows\": 5"),
	    TEXT("\"rows\": 9007199254740991"), "2^53 - 1 rows" },
	{ "empty", 5, NULL, { NULL, 0 }, TEXT(""), "no bytes at all" },
	{ "twice", 5, NULL, TEXT("\"rows\": 5"),
	    TEXT("\"rows\": 5,\n  \"rows\": 6"), "a member twice" },
	{ "unknown", 5, NULL, TEXT("\"rows\": 5"),
	    TEXT("\"rows\": 5,\n  \"thanks\": true"), "an unknown member" },
	{ "missing", 5, NULL, TEXT("  \"rows\": 5,\n"), TEXT(""), "no rows" },
	{ "warnings-missing", 5, NULL, TEXT("  \"warnings\": 2,\n"), TEXT(""),
	    "no warnings" },
	{ "warnings-negative", 5, NULL, TEXT("\"warnings\": 2"),
	    TEXT("\"warnings\": -1"), "a negative number of warnings" },
	{ "trailing", 5, NULL, TEXT("\"test vectors\"\n}\n"),
	    TEXT("\"test vectors\"\n}\n\"\""), "something behind it" },
	{ "format", 5, NULL, TEXT("serahterima-receipt/1"),
	    TEXT("serahterima-receipt/9"), "a later version" },
	{ "parcel-zeros", 5, NULL, TEXT(CAST_SENDER "/1\""),
	    TEXT(CAST_SENDER "/00000001\""),
	    "the parcel by the name of its directory" },
	{ "parcel-0", 5, NULL, TEXT(CAST_SENDER "/1\""),
	    TEXT(CAST_SENDER "/0\""), "parcel 0" },
	{ "parcel-parts", 5, NULL, TEXT(CAST_SENDER "/1\""),
	    TEXT(CAST_SENDER "\""), "a name of three parts" },
	{ "parcel-climbs", 5, NULL, TEXT(PAPERS_DATASET "/"), TEXT("../"),
	    "a name that climbs out" },
	{ "recipient", 5, NULL, TEXT("\"recipient\": \"" CAST_RECIPIENT "\""),
	    TEXT("\"recipient\": \"\""), "nobody answers" },
	{ "stage", 5, NULL, TEXT("\"staged\""), TEXT("\"lost\""),
	    "an unknown stage" },
	{ "stage-case", 5, NULL, TEXT("\"staged\""), TEXT("\"Staged\""),
	    "a stage in capitals" },
	{ "manifest", 5, NULL, TEXT("\"manifest\": \""),
	    TEXT("\"manifest\": \"0"), "65 hex digits" },
	{ "manifest-null", 5, NULL, TEXT("\"manifest\": \""),
	    TEXT("\"manifest\": null,\n  \"x\": \""), "no manifest" },
	{ "rows-negative", 5, NULL, TEXT("\"rows\": 5"), TEXT("\"rows\": -1"),
	    "a negative number of rows" },
	{ "staged-not-counted", 5, NULL, TEXT("\"contents\": \""),
	    TEXT("\"contents\": null,\n  \"x\": \""),
	    "staged, but nothing was counted" },
	{ "time", 5, NULL, TEXT(TIME), TEXT("2026-06-02 03:04:05"),
	    "a time in another form" },
	{ "staged-refused", 5, NULL, TEXT("\"refusal\": null"),
	    TEXT("\"refusal\": {\"code\": 402, \"reason\": \"x\", "
		 "\"clause\": null, \"file\": null, \"row\": null, "
		 "\"column\": null, \"rule\": null, \"advice\": null}"),
	    "staged and refused" },
	{ "journal", 5, NULL, TEXT("\"entries\": 9"), TEXT("\"entries\": -9"),
	    "a negative number of entries" },
	{ "journal-unknown", 5, NULL, TEXT("\"entries\": 9"),
	    TEXT("\"entries\": 9,\n    \"file\": \"x\""),
	    "an unknown member of the journal" },
	{ "tool-empty", 5, NULL, TEXT("\"test vectors\""), TEXT("\"\""),
	    "a tool without a name" },
};

/* Of the receipt "refused". */
static const struct change receipts_refusals[] = {
	{ "refused-later-code", 0, "other", TEXT("\"code\": 402"),
	    TEXT("\"code\": 499"), "a code of a later version" },
	{ "refused-other-advice", 0, "other", TEXT("mend it at the source"),
	    TEXT("betulkan di sumbernya"), "advice in other words" },
	{ "refused-no-place", 0, "own",
	    TEXT("\"file\": \"warga.csv\",\n    \"row\": 4,\n"
		 "    \"column\": \"nilai\",\n    \"rule\": \"maximum\""),
	    TEXT("\"file\": null,\n    \"row\": null,\n"
		 "    \"column\": null,\n    \"rule\": null"),
	    "no place" },
	{ "refused-code-ours", 5, NULL, TEXT("\"code\": 402"),
	    TEXT("\"code\": 2"), "a fault that is no refusal" },
	{ "refused-code-600", 5, NULL, TEXT("\"code\": 402"),
	    TEXT("\"code\": 600"), "a code beyond 599" },
	{ "refused-code-text", 5, NULL, TEXT("\"code\": 402"),
	    TEXT("\"code\": \"402\""), "a code as text" },
	{ "refused-no-reason", 5, NULL, TEXT("1 value breaks the rule"),
	    TEXT(""), "no reason" },
	{ "refused-reason-escape", 5, NULL, TEXT("1 value breaks the rule"),
	    TEXT("\\u001b]0;x\\u0007"), "a terminal's escape in the reason" },
	{ "refused-row-0", 5, NULL, TEXT("\"row\": 4"), TEXT("\"row\": 0"),
	    "row 0" },
	{ "refused-file-bidi", 5, NULL, TEXT("warga.csv"),
	    TEXT("\\u202evsc.agraw"), "a file name that is turned round" },
	{ "refused-unknown", 5, NULL, TEXT("\"row\": 4"),
	    TEXT("\"row\": 4,\n    \"value\": \"1001\""),
	    "an unknown member: the value" },
	{ "refused-missing", 5, NULL, TEXT("    \"row\": 4,\n"), TEXT(""),
	    "no row, which may be null" },
	{ "refused-no-refusal", 5, NULL, TEXT("\"refusal\": {"),
	    TEXT("\"refusal\": null,\n  \"x\": {"), "refused without a why" },
};

static void
put_changes(const struct buf *good, const struct change *changes, size_t n)
{
	struct buf text = BUF_MAX(SET_DOCUMENT);
	char path[128];

	for (size_t i = 0; i < n; i++) {
		set_change(&text, good, &changes[i].from, &changes[i].to);
		(void)snprintf(
		    path, sizeof(path), "receipt/%s.json", changes[i].name);
		set_buf(path, &text);
		set_change_row(path, "receipt", &changes[i]);
	}
	buf_free(&text);
}

static void
put_stages(void)
{
	static const char *const what[] = { "received", "staged", "loaded",
		"destroyed", "refused" };
	struct buf text = BUF_MAX(SET_DOCUMENT);
	struct receipt r;
	char path[128];

	for (unsigned i = 0; i <= STAGE_REFUSED; i++) {
		receipts_base(&r, (enum stage)i);
		text.len = 0;
		set_must(receipt_format(&text, &r), what[i]);
		(void)snprintf(
		    path, sizeof(path), "receipt/stage-%s.json", what[i]);
		set_buf(path, &text);
		set_row(&(struct set_row){
		    path, "receipt", "0", "own", NULL, what[i] });
	}
	buf_free(&text);
}

static void
put_signed(const struct cast *cast)
{
	const struct cast *c = cast_find(cast, CAST_RECIPIENT);
	const struct {
		const char *name;
		const struct secret_key *key;
		const char *time;
		const char *code, *what;
	} signers[] = {
		{ "signed", c->signing, TIME, "0", "by the recipient's key" },
		{ "signed-old-key", c->old, CAST_FROM, "0",
		    "given while the old key was good" },
		{ "signed-expired", c->old, TIME, "203",
		    "by a key that had ended" },
		{ "signed-by-root", c->root, TIME, "202",
		    "by the recipient's root key" },
		{ "signed-by-sender", cast_find(cast, CAST_SENDER)->signing,
		    TIME, "202", "by the sender itself" },
	};
	struct buf text = BUF_MAX(SET_DOCUMENT);
	struct receipt r;
	char path[128];

	receipts_base(&r, STAGE_STAGED);
	for (size_t i = 0; i < sizeof(signers) / sizeof(signers[0]); i++) {
		r.time = cast_time(signers[i].time);
		text.len = 0;
		set_must(receipt_format(&text, &r), "receipt");
		(void)snprintf(
		    path, sizeof(path), "receipt/%s.json", signers[i].name);
		cast_put_signed(path, signers[i].key, &text, "test receipt");
		set_row(&(struct set_row){ path, "receipt", signers[i].code,
		    strcmp(signers[i].code, "0") == 0 ? "own" : NULL, NULL,
		    signers[i].what });
	}
	buf_free(&text);
}

void
receipts_put(const struct cast *cast)
{
	struct buf good = BUF_MAX(SET_DOCUMENT);
	struct receipt r;

	put_stages();
	receipts_base(&r, STAGE_STAGED);
	set_must(receipt_format(&good, &r), "receipt");
	put_changes(&good, receipts_changes,
	    sizeof(receipts_changes) / sizeof(receipts_changes[0]));
	receipts_base(&r, STAGE_REFUSED);
	good.len = 0;
	set_must(receipt_format(&good, &r), "receipt");
	put_changes(&good, receipts_refusals,
	    sizeof(receipts_refusals) / sizeof(receipts_refusals[0]));
	put_signed(cast);
	buf_free(&good);
}
