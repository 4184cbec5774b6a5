/*
 * manifests: the page, held first for its form and then against the agreement.
 */
#include "manifests.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "set.h"

/* 64 of them. */
#define ZEROS                              \
	"00000000000000000000000000000000" \
	"00000000000000000000000000000000"
#define RECIPIENTS "\"recipients\": [\n    \"" CAST_RECIPIENT "\"\n  ]"
#define SURAT "\"surat\": \"17/UJI\""

static void
hash_words(char out[static HASH_TEXT_LEN], const char *words)
{
	set_must(hash_bytes_text(out, words, strlen(words)), words);
}

struct manifest *
manifests_base(const struct paper *paper, const struct cast *cast)
{
	struct manifest *m = calloc(1, sizeof(*m));
	char age[RECIPIENT_TEXT_LEN];

	if (m == NULL)
		set_stop("no memory");
	(void)strcpy(m->agreement, PAPERS_ID);
	m->agreement_version = 1;
	memcpy(m->agreement_sha256, paper->agreement->sha256, HASH_TEXT_LEN);
	(void)strcpy(m->dataset, PAPERS_DATASET);
	(void)strcpy(m->sender, CAST_SENDER);
	m->sequence = 1;
	(void)strcpy(m->kind, "data");
	(void)strcpy(m->mode, "full");
	(void)strcpy(m->purpose, "production");
	(void)strcpy(m->period, "2026-05");
	m->created = cast_time(MANIFESTS_CREATED);
	(void)strcpy(m->payload_name, "payload.tar.zst.age");
	m->payload_bytes = 4096;
	hash_words(m->payload_sha256, "payload");
	m->unpacked_bytes = 1234;
	hash_words(m->contents_sha256, "contents");
	m->files = 1;
	m->rows = 5;
	m->journal_entries = 7;
	hash_words(m->journal_head, "journal");
	(void)strcpy(m->tool, "test vectors");
	recipient_text(
	    age, &cast_find(cast, CAST_RECIPIENT)->card.encryption[0].key);
	set_must(manifest_add_recipient(m, CAST_RECIPIENT), "manifest");
	set_must(manifest_add_payload_recipient(m, age), "manifest");
	set_must(manifest_add_field(m, "surat", "17/UJI"), "manifest");
	set_must(manifest_add_field(m, "gelombang", "1"), "manifest");
	return m;
}

static const struct change manifests_changes[] = {
	{ "plain", 0, "own", TEXT("{"), TEXT("{"), "as it should be" },
	{ "test", 0, "own", TEXT("\"production\""), TEXT("\"test\""),
	    "for a test" },
	{ "no-period", 0, "own", TEXT("\"period\": \"2026-05\""),
	    TEXT("\"period\": null"), "no period" },
	{ "no-rows", 0, "own", TEXT("\"rows\": 5"), TEXT("\"rows\": 0"),
	    "no rows" },
	{ "no-journal", 0, "own", TEXT("\"entries\": 7"),
	    TEXT("\"entries\": 0"), "an empty journal" },
	{ "later", 0, "own", TEXT("\"sequence\": 1,\n  \"previous\": null"),
	    TEXT("\"sequence\": 99999999,\n  \"previous\": \"" ZEROS "\""),
	    "the last number" },
	{ "rows-limit", 0, "own", TEXT("\"rows\": 5"), TEXT("\"rows\": 1000"),
	    "as many rows as agreed" },
	{ "bytes-limit", 0, "own", TEXT("\"unpacked_bytes\": 1234"),
	    TEXT("\"unpacked_bytes\": 100000"), "as many bytes as agreed" },
	{ "files-64", 0, "own", TEXT("\"files\": 1"), TEXT("\"files\": 64"),
	    "64 files" },
	{ "field-left-out", 0, "own", TEXT(",\n    \"gelombang\": \"1\""),
	    TEXT(""), "a field that is not required" },
	{ "blanks", 0, "other", TEXT("{\n  \"format\""), TEXT("{\"format\""),
	    "other white space" },
	{ "order", 0, "other", TEXT("\"files\": 1,\n  \"rows\": 5"),
	    TEXT("\"rows\": 5,\n  \"files\": 1"), "another order" },

	/* the document */
	{ "empty", 5, NULL, { NULL, 0 }, TEXT(""), "no bytes at all" },
	{ "twice", 5, NULL, TEXT("\"rows\": 5"),
	    TEXT("\"rows\": 5,\n  \"rows\": 5"), "a member twice" },
	{ "unknown", 5, NULL, TEXT("\"rows\": 5"),
	    TEXT("\"rows\": 5,\n  \"urgent\": true"), "an unknown member" },
	{ "missing-rows", 5, NULL, TEXT("  \"rows\": 5,\n"), TEXT(""),
	    "no rows" },
	{ "missing-base", 5, NULL, TEXT("  \"base\": null,\n"), TEXT(""),
	    "no base, which must be null" },
	{ "trailing", 5, NULL, TEXT("\"test vectors\"\n}\n"),
	    TEXT("\"test vectors\"\n}\n{}\n"), "a second object" },
	{ "format", 5, NULL, TEXT("serahterima-manifest/1"),
	    TEXT("serahterima-manifest/2"), "a later version" },
	{ "agreement-unknown", 5, NULL, TEXT("\"version\": 1,"),
	    TEXT("\"version\": 1,\n    \"title\": \"x\","),
	    "an unknown member within" },
	{ "agreement-version-0", 5, NULL, TEXT("\"version\": 1"),
	    TEXT("\"version\": 0"), "version 0" },
	{ "dataset-path", 5, NULL, TEXT("\"dataset\": \"" PAPERS_DATASET "\""),
	    TEXT("\"dataset\": \"../x\""), "a data set that climbs out" },
	{ "sender-path", 5, NULL, TEXT("\"sender\": \"" CAST_SENDER "\""),
	    TEXT("\"sender\": \"a/b\""), "a sender that is a path" },
	{ "no-recipients", 5, NULL, TEXT(RECIPIENTS),
	    TEXT("\"recipients\": []"), "to nobody" },
	{ "recipient-twice", 5, NULL, TEXT(RECIPIENTS),
	    TEXT("\"recipients\": [\n    \"" CAST_RECIPIENT
		 "\",\n    \"" CAST_RECIPIENT "\"\n  ]"),
	    "a recipient twice" },
	{ "sequence-0", 5, NULL, TEXT("\"sequence\": 1"),
	    TEXT("\"sequence\": 0"), "number 0" },
	{ "sequence-large", 5, NULL,
	    TEXT("\"sequence\": 1,\n  \"previous\": null"),
	    TEXT("\"sequence\": 100000000,\n  \"previous\": \"" ZEROS "\""),
	    "a number of nine digits" },
	{ "sequence-text", 5, NULL, TEXT("\"sequence\": 1"),
	    TEXT("\"sequence\": \"1\""), "a number as text" },
	{ "previous-first", 5, NULL, TEXT("\"previous\": null"),
	    TEXT("\"previous\": \"" ZEROS "\""), "something before the first" },
	{ "previous-none", 5, NULL, TEXT("\"sequence\": 1"),
	    TEXT("\"sequence\": 2"), "nothing before the second" },
	{ "previous-upper", 5, NULL,
	    TEXT("\"sequence\": 1,\n  \"previous\": null"),
	    TEXT("\"sequence\": 2,\n  \"previous\": \"A" ZEROS "\""),
	    "no hash before the second" },
	{ "kind-nil", 5, NULL, TEXT("\"data\""), TEXT("\"nil\""),
	    "a kind that is reserved" },
	{ "kind-recall", 5, NULL, TEXT("\"data\""), TEXT("\"recall\""),
	    "a kind that is reserved" },
	{ "mode-delta", 5, NULL, TEXT("\"full\""), TEXT("\"delta\""),
	    "a mode that is reserved" },
	{ "base", 5, NULL, TEXT("\"base\": null"),
	    TEXT("\"base\": \"" ZEROS "\""), "a base, which is reserved" },
	{ "purpose", 5, NULL, TEXT("\"production\""), TEXT("\"demo\""),
	    "another purpose" },
	{ "period-long", 5, NULL, TEXT("\"2026-05\""), TEXT("\"" ZEROS "\""),
	    "a period of 64 bytes" },
	{ "created-zone", 5, NULL, TEXT(MANIFESTS_CREATED),
	    TEXT("2026-06-01T19:00:00+07:00"), "a time of another zone" },
	{ "created-no-day", 5, NULL, TEXT(MANIFESTS_CREATED),
	    TEXT("2026-06-31T12:00:00Z"), "a day that there is not" },

	/* the payload */
	{ "payload-path", 5, NULL, TEXT("payload.tar.zst.age"),
	    TEXT("../payload.tar.zst.age"), "a payload that climbs out" },
	{ "payload-empty", 5, NULL, TEXT("\"bytes\": 4096"),
	    TEXT("\"bytes\": 0"), "an empty payload" },
	{ "payload-negative", 5, NULL, TEXT("\"bytes\": 4096"),
	    TEXT("\"bytes\": -4096"), "a negative size" },
	{ "payload-huge", 5, NULL, TEXT("\"bytes\": 4096"),
	    TEXT("\"bytes\": 18446744073709551615"), "2^64 - 1" },
	{ "payload-hash", 5, NULL, TEXT("\"bytes\": 4096,\n    \"sha256\": \""),
	    TEXT("\"bytes\": 4096,\n    \"sha256\": \"0"), "65 hex digits" },
	{ "payload-nobody", 5, NULL, TEXT("\"age1"), TEXT("\"ssh1"),
	    "no age recipient" },
	{ "unpacked-0", 5, NULL, TEXT("\"unpacked_bytes\": 1234"),
	    TEXT("\"unpacked_bytes\": 0"), "nothing inside" },
	{ "files-0", 5, NULL, TEXT("\"files\": 1"), TEXT("\"files\": 0"),
	    "no files" },
	{ "files-65", 5, NULL, TEXT("\"files\": 1"), TEXT("\"files\": 65"),
	    "65 files" },
	{ "rows-negative", 5, NULL, TEXT("\"rows\": 5"), TEXT("\"rows\": -5"),
	    "a negative number of rows" },

	/* fields and the rest */
	{ "field-number", 5, NULL, TEXT("\"gelombang\": \"1\""),
	    TEXT("\"gelombang\": 1"), "a value that is no text" },
	{ "field-control", 5, NULL, TEXT("17/UJI"), TEXT("17/UJI\\n"),
	    "a line break in a value" },
	{ "field-empty", 5, NULL, TEXT("17/UJI"), TEXT(""), "an empty value" },
	{ "fields-list", 5, NULL, TEXT("\"fields\": {"),
	    TEXT("\"fields\": [],\n  \"x\": {"), "a list of fields" },
	{ "journal-head", 5, NULL, TEXT("\"entries\": 7,\n    \"head\": \""),
	    TEXT("\"entries\": 7,\n    \"head\": \"-"), "no hash" },
	{ "tool-control", 5, NULL, TEXT("test vectors"),
	    TEXT("test\\u0007vectors"), "a bell in the tool's name" },
	{ "tool-long", 5, NULL, TEXT("test vectors"), TEXT(ZEROS),
	    "a tool's name of 64 bytes" },

	/* against the agreement */
	{ "agreement-other", 205, NULL, TEXT("\"id\": \"" PAPERS_ID "\""),
	    TEXT("\"id\": \"UJI-LAIN\""), "another agreement" },
	{ "agreement-version", 101, NULL, TEXT("\"version\": 1"),
	    TEXT("\"version\": 2"), "another version" },
	{ "dataset-other", 104, NULL,
	    TEXT("\"dataset\": \"" PAPERS_DATASET "\""),
	    TEXT("\"dataset\": \"balikan\""),
	    "in the place of " PAPERS_DATASET ": another data set" },
	{ "sender-other", 105, NULL, TEXT("\"sender\": \"" CAST_SENDER "\""),
	    TEXT("\"sender\": \"" CAST_GUARDIAN "\""),
	    "somebody who may not send it" },
	{ "recipient-more", 105, NULL, TEXT(RECIPIENTS),
	    TEXT("\"recipients\": [\n    \"" CAST_RECIPIENT
		 "\",\n    \"" CAST_GUARDIAN "\"\n  ]"),
	    "a recipient who was not agreed" },
	{ "recipient-other", 105, NULL, TEXT(RECIPIENTS),
	    TEXT("\"recipients\": [\n    \"" CAST_GUARDIAN "\"\n  ]"),
	    "another recipient" },
	{ "rows-more", 106, NULL, TEXT("\"rows\": 5"), TEXT("\"rows\": 1001"),
	    "more rows than agreed" },
	{ "bytes-more", 106, NULL, TEXT("\"unpacked_bytes\": 1234"),
	    TEXT("\"unpacked_bytes\": 100001"), "more bytes than agreed" },
	{ "field-missing", 107, NULL, TEXT(SURAT ",\n    "), TEXT(""),
	    "a required field is missing" },
	{ "field-pattern", 107, NULL, TEXT("17/UJI"), TEXT("17/uji"),
	    "a value breaks its pattern" },
	{ "field-type", 107, NULL, TEXT("\"gelombang\": \"1\""),
	    TEXT("\"gelombang\": \"satu\""), "a value of another type" },
	{ "field-minimum", 107, NULL, TEXT("\"gelombang\": \"1\""),
	    TEXT("\"gelombang\": \"0\""), "a value below its minimum" },
	{ "field-unknown", 107, NULL, TEXT(SURAT),
	    TEXT(SURAT ",\n    \"urusan\": \"x\""), "an unknown field" },
};

/* ---- signatures ---- */

/* Who signs the plain page, when it says it was made. */
static void
put_signed(const struct paper *paper, const struct cast *cast)
{
	const struct cast *c = cast_find(cast, CAST_SENDER);
	const struct {
		const char *name;
		const struct secret_key *key;
		const char *created;
		const char *code, *what;
	} signers[] = {
		{ "signed", c->signing, MANIFESTS_CREATED, "0",
		    "signed by the present key" },
		{ "signed-first-second", c->signing, CAST_NEW, "0",
		    "made in the first second of the key" },
		{ "signed-old-key", c->old, "2026-02-28T23:59:59Z", "0",
		    "made in the last second of the key" },
		{ "signed-expired", c->old, CAST_OLD_END, "203",
		    "made in the first second after the key" },
		{ "signed-too-early", c->signing, "2026-02-14T23:59:59Z", "203",
		    "made a second before the key" },
		{ "signed-by-root", c->root, MANIFESTS_CREATED, "202",
		    "signed by the root key" },
		{ "signed-by-other", cast_find(cast, CAST_RECIPIENT)->signing,
		    MANIFESTS_CREATED, "202", "signed by another party" },
	};
	struct buf text = BUF_MAX(SET_DOCUMENT);
	struct manifest *m = manifests_base(paper, cast);
	char path[128];

	for (size_t i = 0; i < sizeof(signers) / sizeof(signers[0]); i++) {
		m->created = cast_time(signers[i].created);
		text.len = 0;
		set_must(manifest_format(&text, m), "manifest");
		(void)snprintf(
		    path, sizeof(path), "manifest/%s.json", signers[i].name);
		cast_put_signed(path, signers[i].key, &text, "test manifest");
		set_row(&(struct set_row){ path, "manifest", signers[i].code,
		    strcmp(signers[i].code, "0") == 0 ? "own" : NULL, NULL,
		    signers[i].what });
	}
	manifest_free(m);
	buf_free(&text);
}

void
manifests_put(const struct paper *paper, const struct cast *cast)
{
	struct buf good = BUF_MAX(SET_DOCUMENT), text = BUF_MAX(SET_DOCUMENT);
	struct manifest *m = manifests_base(paper, cast);
	char path[128];

	set_must(manifest_format(&good, m), "manifest");
	for (size_t i = 0;
	     i < sizeof(manifests_changes) / sizeof(manifests_changes[0]);
	     i++) {
		const struct change *c = &manifests_changes[i];

		set_change(&text, &good, &c->from, &c->to);
		(void)snprintf(path, sizeof(path), "manifest/%s.json", c->name);
		set_buf(path, &text);
		set_change_row(path, "manifest", c);
	}
	hash_words(m->agreement_sha256, "another text");
	text.len = 0;
	set_must(manifest_format(&text, m), "manifest");
	set_buf("manifest/agreement-hash.json", &text);
	set_row(&(struct set_row){ "manifest/agreement-hash.json", "manifest",
	    "101", NULL, NULL, "another text of the version" });
	manifest_free(m);
	put_signed(paper, cast);
	buf_free(&good);
	buf_free(&text);
}
