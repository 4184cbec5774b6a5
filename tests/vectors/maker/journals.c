/*
 * journals: chained here by hand, from the manual page, so that the programs'
 * writer is held against another one.
 */
#include "journals.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "papers.h"
#include "set.h"

#define PARCEL PAPERS_ID "/" PAPERS_DATASET "/" CAST_SENDER
#define ONES                               \
	"11111111111111111111111111111111" \
	"11111111111111111111111111111111"
#define ZEROS                              \
	"00000000000000000000000000000000" \
	"00000000000000000000000000000000"
#define FIRST "000000000001.jsonl"
#define ENTRIES 8

/* What stands between n and prev. */
static const char *const journals_entries[ENTRIES] = {
	"\"time\":\"2026-01-03T01:00:00Z\",\"event\":\"init\","
	"\"subject\":\"" CAST_RECIPIENT "\"",
	"\"time\":\"2026-01-03T02:00:00Z\",\"event\":\"trusted\","
	"\"subject\":\"" CAST_SENDER "\",\"fingerprint\":\"" ONES "\","
	"\"serial\":1",
	"\"time\":\"2026-01-04T01:00:00Z\",\"event\":\"imported\","
	"\"subject\":\"" PAPERS_ID "\",\"version\":1,\"sha256\":\"" ONES
	"\",\"signatures\":3",
	"\"time\":\"2026-06-01T12:10:00Z\",\"event\":\"taken\","
	"\"subject\":\"" PARCEL "/1\",\"manifest\":\"" ONES "\",\"rows\":5,"
	"\"their_entries\":7,\"their_head\":\"" ONES "\"",
	"\"time\":\"2026-06-01T12:10:01Z\",\"event\":\"staged\","
	"\"subject\":\"" PARCEL "/1\",\"manifest\":\"" ONES "\",\"rows\":5,"
	"\"contents\":\"" ONES "\"",
	/* Clocks are set back: the order is that of the numbers. */
	"\"time\":\"2026-06-01T11:00:00Z\",\"event\":\"refused\","
	"\"subject\":\"" PARCEL "/2\",\"manifest\":\"" ONES "\",\"code\":402",
	"\"time\":\"2026-06-02T12:00:00Z\",\"event\":\"later-event\","
	"\"subject\":\"\xc3\xa9 \\\"\\u202e\\\"\",\"later-member\":\"\\t\"",
	"\"time\":\"2026-06-03T12:00:00Z\",\"event\":\"equivocation\","
	"\"subject\":\"" PARCEL "/1\",\"manifest\":\"" ONES "\",\"code\":302",
};

/* A chain being made. */
struct chain {
	struct buf text;
	uint64_t n; /* entries so far */
	char head[HASH_TEXT_LEN];
};

static void
chain_begin(struct chain *c)
{
	c->text.len = 0;
	c->n = 0;
	memset(c->head, '0', HASH_TEXT_LEN - 1);
	c->head[HASH_TEXT_LEN - 1] = '\0';
}

/* A line as it is, which counts as the next entry. */
static void
chain_line(struct chain *c, const char *line, size_t len)
{
	set_must(buf_put(&c->text, line, len), "journal");
	set_must(buf_puts(&c->text, "\n"), "journal");
	set_must(hash_bytes_text(c->head, line, len), "journal");
	c->n++;
}

static void
chain_entry(struct chain *c, uint64_t n, const char *middle, const char *prev)
{
	char line[1024];
	int len = snprintf(line, sizeof(line),
	    "{\"n\":%" PRIu64 ",%s,\"prev\":\"%s\"}", n, middle, prev);

	chain_line(c, line, (size_t)len);
}

/* The entries from one number to another, in their order. */
static void
chain_range(struct chain *c, size_t from, size_t to)
{
	char prev[HASH_TEXT_LEN];

	for (size_t i = from; i <= to; i++) {
		memcpy(prev, c->head, sizeof(prev));
		chain_entry(c, i, journals_entries[i - 1], prev);
	}
}

static void
put_file(const char *scenario, const char *name, const void *bytes, size_t len)
{
	char path[256];

	(void)snprintf(
	    path, sizeof(path), "journal/%s/journal/%s", scenario, name);
	set_file(path, bytes, len);
}

static void
put_row(const char *scenario, int code, const char *what)
{
	char path[128], text[16];

	(void)snprintf(path, sizeof(path), "journal/%s", scenario);
	(void)snprintf(text, sizeof(text), "%d", code);
	set_row(&(struct set_row){
	    path, "journal", text, code == 0 ? "own" : NULL, NULL, what });
}

/* A journal of one file. */
static void
put_one(const struct chain *c, const char *scenario, int code, const char *what)
{
	put_file(scenario, FIRST, c->text.data, c->text.len);
	put_row(scenario, code, what);
}

/* ---- one place changed in the good journal ---- */

static const struct change journals_changes[] = {
	{ "plain", 0, "own", TEXT("{"), TEXT("{"), "as it should be" },
	{ "value", 304, NULL, TEXT("\"rows\":5"), TEXT("\"rows\":6"),
	    "a number was changed" },
	{ "time", 304, NULL, TEXT("2026-01-04T01"), TEXT("2026-01-04T02"),
	    "a time was changed" },
	{ "blank", 304, NULL, TEXT("{\"n\":3,"), TEXT("{\"n\":3, "),
	    "a blank was put in" },
	{ "crlf", 304, NULL, TEXT("\"}\n{\"n\":3"), TEXT("\"}\r\n{\"n\":3"),
	    "a CR before a newline" },
	{ "empty-line", 304, NULL, TEXT("\n{\"n\":3"), TEXT("\n\n{\"n\":3"),
	    "an empty line" },
	{ "joined", 304, NULL, TEXT("\n{\"n\":3"), TEXT("{\"n\":3"),
	    "two entries on one line" },
	{ "number-0", 304, NULL, TEXT("{\"n\":1,"), TEXT("{\"n\":0,"),
	    "the first entry is number 0" },
	{ "number-text", 304, NULL, TEXT("{\"n\":1,"), TEXT("{\"n\":\"1\","),
	    "a number as text" },
	{ "number-real", 304, NULL, TEXT("{\"n\":1,"), TEXT("{\"n\":1.0,"),
	    "a number with a fraction" },
	{ "prev-first", 304, NULL, TEXT("\"prev\":\"" ZEROS "\""),
	    TEXT("\"prev\":\"" ONES "\""), "something before the first" },
	{ "prev-null", 304, NULL, TEXT("\"prev\":\"" ZEROS "\""),
	    TEXT("\"prev\":null"), "no prev in the first" },
	{ "twice", 304, NULL, TEXT("{\"n\":1,"), TEXT("{\"n\":1,\"n\":1,"),
	    "a member twice" },
	{ "no-event", 304, NULL, TEXT("\"event\":\"init\","), TEXT(""),
	    "an entry without an event" },
	{ "time-zone", 304, NULL, TEXT("2026-01-03T01:00:00Z"),
	    TEXT("2026-01-03T08:00:00+07:00"), "a time of another zone" },
	{ "not-json", 304, NULL, TEXT("{\"n\":1,"), TEXT("{n:1,"), "no JSON" },
	{ "array", 304, NULL, { NULL, 0 }, TEXT("[]\n"), "an array" },
	{ "not-utf-8", 304, NULL, TEXT("init"), TEXT("in\xfft"),
	    "a byte that is no UTF-8" },
	{ "nul", 304, NULL, TEXT("init"), TEXT("in\0t"), "a NUL" },
	{ "bom", 304, NULL, TEXT("{\"n\":1,"), TEXT("\xef\xbb\xbf{\"n\":1,"),
	    "a byte order mark" },
};

static void
put_changes(const struct buf *good)
{
	struct buf text = BUF_MAX(SET_DOCUMENT);

	for (size_t i = 0;
	     i < sizeof(journals_changes) / sizeof(journals_changes[0]); i++) {
		const struct change *c = &journals_changes[i];

		set_change(&text, good, &c->from, &c->to);
		put_file(c->name, FIRST, text.data, text.len);
		put_row(c->name, c->code, c->what);
	}
	buf_free(&text);
}

/* ---- entries taken away, put in, moved ---- */

static void
put_moves(struct chain *c)
{
	char prev[HASH_TEXT_LEN];
	size_t half;

	chain_begin(c);
	chain_range(c, 1, 3);
	memcpy(prev, c->head, sizeof(prev));
	chain_range(c, 5, ENTRIES);
	put_one(c, "taken-out", 304, "entry 4 is gone, the rest chained anew");
	chain_begin(c);
	chain_range(c, 1, 3);
	chain_entry(c, 4, journals_entries[4], ONES);
	put_one(c, "put-in", 304, "entry 4 follows something else");
	chain_begin(c);
	chain_range(c, 1, 3);
	chain_entry(c, 5, journals_entries[4], prev);
	chain_entry(c, 4, journals_entries[3], c->head);
	put_one(c, "swapped", 304, "two entries changed places");
	chain_begin(c);
	chain_range(c, 2, ENTRIES);
	put_one(c, "beheaded", 304, "the first entry is gone");
	chain_begin(c);
	chain_range(c, 1, 4);
	chain_entry(c, 4, journals_entries[4], c->head);
	put_one(c, "number-twice", 304, "a number twice");
	chain_begin(c);
	chain_range(c, 1, ENTRIES);
	half = c->text.len - 20;
	put_file("torn", FIRST, c->text.data, half);
	put_row("torn", 0, "a torn line at the end: nobody was told of it");
	put_file("torn-within", FIRST, c->text.data, half);
	chain_begin(c);
	chain_range(c, ENTRIES, ENTRIES);
	put_file(
	    "torn-within", "000000000009.jsonl", c->text.data, c->text.len);
	put_row("torn-within", 304, "a torn line with another file behind it");
}

/* A line one byte below, and at, the limit. */
static void
put_long(struct chain *c)
{
	static char line[LIMIT_JOURNAL_LINE + 1];
	static const char head[] =
	    "{\"n\":1,\"time\":\"2026-01-03T01:00:00Z\",\"event\":\"init\","
	    "\"subject\":\"x\",\"long\":\"";
	static const char tail[] = "\",\"prev\":\"" ZEROS "\"}";

	for (size_t len = LIMIT_JOURNAL_LINE - 1; len <= LIMIT_JOURNAL_LINE;
	     len++) {
		memset(line, 'a', len);
		memcpy(line, head, sizeof(head) - 1);
		memcpy(line + len - (sizeof(tail) - 1), tail, sizeof(tail));
		chain_begin(c);
		chain_line(c, line, len);
		if (len < LIMIT_JOURNAL_LINE)
			put_one(c, "longest", 0, "a line of 16 KiB");
		else
			put_one(c, "too-long", 304,
			    "a line of 16 KiB and one byte");
	}
}

/* ---- several files ---- */

static void
put_files(struct chain *c)
{
	static const struct {
		const char *scenario;
		const char *second; /* name of the file with entries 4 to 8 */
		int code;
		const char *what;
	} files[] = {
		{ "files", "000000000004.jsonl", 0, "two files" },
		{ "files-misnamed", "000000000005.jsonl", 304,
		    "a file that does not begin with its number" },
		{ "files-gone", NULL, 304, "the first file is gone" },
	};
	struct chain first = { BUF_MAX(SET_DOCUMENT), 0, "" };

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		chain_begin(&first);
		chain_range(&first, 1, 3);
		chain_begin(c);
		memcpy(c->head, first.head, sizeof(c->head));
		chain_range(c, 4, ENTRIES);
		if (files[i].second != NULL)
			put_file(files[i].scenario, FIRST, first.text.data,
			    first.text.len);
		put_file(files[i].scenario,
		    files[i].second != NULL ? files[i].second
					    : "000000000004.jsonl",
		    c->text.data, c->text.len);
		put_row(files[i].scenario, files[i].code, files[i].what);
	}
	put_file("no-entries", "lock", "", 0);
	put_row("no-entries", 0, "a journal that nothing was written into");
	buf_free(&first.text);
}

/* ---- the signed head ---- */

/* What head.json says and who signed it. */
struct head {
	const char *scenario;
	const char *party;
	uint64_t entries;
	const char *hash; /* NULL: the true one */
	enum { BY_SIGNING, BY_OLD, BY_ROOT, BY_STRANGER, BY_NOBODY } by;
	const char *beside; /* name of the signature's file */
	int code;
	const char *what;
};

#define SIG "head.json.minisig"
static const struct head journals_heads[] = {
	{ "head", CAST_RECIPIENT, 8, NULL, BY_SIGNING, SIG, 0,
	    "a signed head of all entries" },
	{ "head-earlier", CAST_RECIPIENT, 5, NULL, BY_SIGNING, SIG, 0,
	    "entries were added after the head was signed" },
	{ "head-zero", CAST_RECIPIENT, 0, NULL, BY_SIGNING, SIG, 0,
	    "the head of the empty journal" },
	{ "head-aside", CAST_RECIPIENT, 8, NULL, BY_SIGNING,
	    ".head.json.minisig.next", 0,
	    "a crash between head and signature" },
	{ "head-old-key", CAST_RECIPIENT, 8, NULL, BY_OLD, SIG, 0,
	    "signed by a key of the card that has ended" },
	{ "head-beyond", CAST_RECIPIENT, 9, ONES, BY_SIGNING, SIG, 304,
	    "the head counts more entries than there are" },
	{ "head-other", CAST_RECIPIENT, 8, ONES, BY_SIGNING, SIG, 304,
	    "the head names another last entry" },
	{ "head-other-party", CAST_SENDER, 8, NULL, BY_SIGNING, SIG, 5,
	    "the head of another party's journal" },
	{ "head-by-root", CAST_RECIPIENT, 8, NULL, BY_ROOT, SIG, 202,
	    "signed by the root key" },
	{ "head-by-stranger", CAST_RECIPIENT, 8, NULL, BY_STRANGER, SIG, 202,
	    "signed by a stranger" },
	{ "head-not-signed", CAST_RECIPIENT, 8, NULL, BY_NOBODY, SIG, 6,
	    "no signature" },
};

static void
head_text(struct buf *out, const struct head *h, struct chain *c)
{
	chain_begin(c);
	if (h->entries > 0)
		chain_range(c, 1, h->entries < ENTRIES ? h->entries : ENTRIES);
	out->len = 0;
	set_must(buf_putf(out,
		     "{\n  \"format\": \"serahterima-head/1\",\n"
		     "  \"party\": \"%s\",\n  \"entries\": %" PRIu64 ",\n"
		     "  \"head\": \"%s\",\n"
		     "  \"time\": \"2026-06-03T12:00:01Z\"\n}\n",
		     h->party, h->entries, h->hash != NULL ? h->hash : c->head),
	    h->scenario);
}

static void
put_heads(const struct cast *cast, struct chain *c)
{
	const struct cast *own = cast_find(cast, CAST_RECIPIENT);
	const struct secret_key *keys[] = { own->signing, own->old, own->root,
		cast_find(cast, CAST_STRANGER)->signing, NULL };
	const struct text from = TEXT("\"entries\": 8"),
			  to = TEXT("\"entries\": 7");
	struct buf text = BUF_MAX(SET_DOCUMENT), s = BUF_MAX(LIMIT_KEY_FILE);
	struct buf changed = BUF_MAX(SET_DOCUMENT);

	for (size_t i = 0;
	     i < sizeof(journals_heads) / sizeof(journals_heads[0]); i++) {
		const struct head *h = &journals_heads[i];

		head_text(&text, h, c);
		put_file(h->scenario, "head.json", text.data, text.len);
		if (keys[h->by] != NULL) {
			cast_sign(&s, keys[h->by], &text, "test head");
			put_file(h->scenario, h->beside, s.data, s.len);
		}
		chain_begin(c);
		chain_range(c, 1, ENTRIES);
		put_one(c, h->scenario, h->code, h->what);
	}
	head_text(&text, &journals_heads[0], c);
	cast_sign(&s, own->signing, &text, "test head");
	set_change(&changed, &text, &from, &to);
	put_file("head-changed", "head.json", changed.data, changed.len);
	put_file("head-changed", SIG, s.data, s.len);
	put_one(c, "head-changed", 201, "the head was changed");
	/* The journal before: its head is signed and lies there, its last
	 * entries are gone. */
	put_file("rolled-back", "head.json", text.data, text.len);
	put_file("rolled-back", SIG, s.data, s.len);
	chain_begin(c);
	chain_range(c, 1, 5);
	put_one(c, "rolled-back", 304, "the last entries are gone");
	buf_free(&text);
	buf_free(&s);
	buf_free(&changed);
}

void
journals_put(const struct cast *cast)
{
	struct chain c = { BUF_MAX(SET_DOCUMENT), 0, "" };

	chain_begin(&c);
	chain_range(&c, 1, ENTRIES);
	put_changes(&c.text);
	put_moves(&c);
	put_long(&c);
	put_files(&c);
	put_heads(cast, &c);
	buf_free(&c.text);
}
