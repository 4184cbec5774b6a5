/*
 * cards: each is signed by its root key over the bytes that lie there, so that
 * a card is refused for the one thing that is wrong in it.
 */
#include "cards.h"

#include <stdio.h>
#include <string.h>

#include "chance.h"
#include "set.h"

#define ID64                              \
	"A123456789012345678901234567890" \
	"123456789012345678901234567890123"
#define NAME64                             \
	"0123456789abcdef0123456789abcdef" \
	"0123456789abcdef0123456789abcdef"
#define NAME "\"name\": \"Pengirim (test party)\""
#define PARTY "\"party\": \"" CAST_SENDER "\""

static const struct change cards_changes[] = {
	/* accepted in another form than ours */
	{ "blanks", 0, "other", TEXT("{\n  \"format\""),
	    TEXT("\t{ \r\n \"format\""), "other white space" },
	{ "escaped", 0, "other", TEXT("Pengirim"),
	    TEXT("\\u0050engirim \\u00fc"), "a name with escapes" },
	{ "order", 0, "other", TEXT(PARTY ",\n  " NAME),
	    TEXT(NAME ",\n  " PARTY), "members in another order" },
	{ "longest-name", 0, "own", TEXT("Pengirim (test party)"),
	    TEXT(NAME64 NAME64 NAME64 "0123456789abcdef0123456789abcdef"
				      "0123456789abcdef0123456789abcde"),
	    "a name of 255 bytes" },
	{ "beyond-ascii", 0, "own", TEXT("Pengirim"),
	    TEXT("\xe5\xa4\x96\xe4\xba\xa4 \xc3\xa9 \xf0\x9f\x93\xa6"),
	    "a name in other scripts" },
	{ "longest-party", 0, "own", TEXT(CAST_SENDER), TEXT(ID64),
	    "a party of 64 characters" },
	{ "largest-serial", 0, "own", TEXT("\"serial\": 1"),
	    TEXT("\"serial\": 9007199254740991"), "serial 2^53 - 1" },

	/* the document */
	{ "empty", 5, NULL, { NULL, 0 }, TEXT(""), "no bytes at all" },
	{ "array", 5, NULL, { NULL, 0 }, TEXT("[]"), "an array" },
	{ "string", 5, NULL, { NULL, 0 }, TEXT("\"card\""), "a string" },
	{ "html", 5, NULL, { NULL, 0 },
	    TEXT("<html><body>404 Not Found</body></html>\n"),
	    "what a web server says" },
	{ "deep", 5, NULL, TEXT("\"serial\": 1"),
	    TEXT("\"serial\": [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]"),
	    "18 levels" },
	{ "bom", 5, NULL, TEXT("{\n  \"format\""),
	    TEXT("\xef\xbb\xbf{\n  \"format\""), "a byte order mark" },
	{ "utf-16", 5, NULL, { NULL, 0 }, TEXT("\xff\xfe{\0}\0"), "UTF-16" },
	{ "trailing", 5, NULL, TEXT("  ]\n}\n"), TEXT("  ]\n}\n{}"),
	    "a second object" },
	{ "trailing-nul", 5, NULL, TEXT("  ]\n}\n"), TEXT("  ]\n}\n\0"),
	    "a NUL behind the object" },
	{ "cut", 5, NULL, TEXT("  ]\n}\n"), TEXT("  ]\n"), "cut short" },
	{ "comma", 5, NULL, TEXT("  ]\n}\n"), TEXT("  ],\n}\n"),
	    "a comma behind the last member" },
	{ "comment", 5, NULL, TEXT("{\n"), TEXT("{ // comment\n"),
	    "a comment" },
	{ "twice", 5, NULL, TEXT(NAME), TEXT(NAME ",\n  " NAME),
	    "a member twice, with equal values" },
	{ "twice-escaped", 5, NULL, TEXT(NAME),
	    TEXT(NAME ",\n  \"\\u006eame\": \"B\""),
	    "a member twice, once spelt with an escape" },
	{ "not-utf-8", 5, NULL, TEXT("Pengirim"), TEXT("Peng\xffirim"),
	    "a byte that is no UTF-8" },
	{ "overlong", 5, NULL, TEXT("Pengirim"), TEXT("Peng\xc0\xafrim"),
	    "an overlong form" },
	{ "surrogate", 5, NULL, TEXT("Pengirim"), TEXT("Peng\\ud800irim"),
	    "half a surrogate pair" },
	{ "nul", 5, NULL, TEXT("Pengirim"), TEXT("Peng\\u0000irim"),
	    "an escaped NUL" },
	{ "raw-nul", 5, NULL, TEXT("Pengirim"), TEXT("Peng\0irim"), "a NUL" },
	{ "raw-newline", 5, NULL, TEXT("Pengirim"), TEXT("Peng\nirim"),
	    "a line break within a string" },

	/* members */
	{ "unknown", 5, NULL, TEXT(NAME), TEXT(NAME ",\n  \"nama\": \"A\""),
	    "a member that the page does not name" },
	{ "missing", 5, NULL, TEXT("  " NAME ",\n"), TEXT(""),
	    "name is missing" },
	{ "null", 5, NULL, TEXT(NAME), TEXT("\"name\": null"), "name is null" },
	{ "format", 5, NULL, TEXT("serahterima-card/1"),
	    TEXT("serahterima-receipt/1"), "another format" },
	{ "version", 5, NULL, TEXT("serahterima-card/1"),
	    TEXT("serahterima-card/2"), "a later version" },
	{ "version-case", 5, NULL, TEXT("serahterima-card/1"),
	    TEXT("Serahterima-Card/1"), "the format in other letters" },
	{ "party-empty", 5, NULL, TEXT(PARTY), TEXT("\"party\": \"\""),
	    "no party" },
	{ "party-path", 5, NULL, TEXT(PARTY), TEXT("\"party\": \"../KPU\""),
	    "a party that climbs out" },
	{ "party-dot", 5, NULL, TEXT(PARTY), TEXT("\"party\": \".KPU\""),
	    "a hidden party" },
	{ "party-option", 5, NULL, TEXT(PARTY), TEXT("\"party\": \"-KPU\""),
	    "a party that looks like an option" },
	{ "party-blank", 5, NULL, TEXT(PARTY), TEXT("\"party\": \"KPU \""),
	    "a blank at the end" },
	{ "party-cyrillic", 5, NULL, TEXT(PARTY),
	    TEXT("\"party\": \"\xd0\x9aPU\""), "a letter that looks Latin" },
	{ "party-long", 5, NULL, TEXT(CAST_SENDER), TEXT(ID64 "4"),
	    "a party of 65 characters" },
	{ "name-empty", 5, NULL, TEXT(NAME), TEXT("\"name\": \"\""),
	    "an empty name" },
	{ "name-long", 5, NULL, TEXT("Pengirim (test party)"),
	    TEXT(NAME64 NAME64 NAME64 NAME64), "a name of 256 bytes" },
	{ "name-control", 5, NULL, TEXT("Pengirim"), TEXT("\\u001b[2JPengirim"),
	    "a terminal's escape in the name" },
	{ "name-c1", 5, NULL, TEXT("Pengirim"),
	    TEXT("\xc2\x9b"
		 "2J"),
	    "a control character of the upper half" },
	{ "name-bidi", 5, NULL, TEXT("Pengirim"), TEXT("\xe2\x80\xaemirigneP"),
	    "a name that turns the direction of writing" },
	{ "name-zero-width", 5, NULL, TEXT("Pengirim"),
	    TEXT("Peng\xe2\x80\x8birim"), "a blank of no width" },
	{ "name-tag", 5, NULL, TEXT("Pengirim"),
	    TEXT("Peng\xf3\xa0\x81\x81irim"), "an invisible tag" },
	{ "serial-0", 5, NULL, TEXT("\"serial\": 1"), TEXT("\"serial\": 0"),
	    "serial 0" },
	{ "serial-negative", 5, NULL, TEXT("\"serial\": 1"),
	    TEXT("\"serial\": -1"), "a negative serial" },
	{ "serial-real", 5, NULL, TEXT("\"serial\": 1"),
	    TEXT("\"serial\": 1.0"), "a serial with a fraction" },
	{ "serial-exponent", 5, NULL, TEXT("\"serial\": 1"),
	    TEXT("\"serial\": 1e2"), "a serial with an exponent" },
	{ "serial-large", 5, NULL, TEXT("\"serial\": 1"),
	    TEXT("\"serial\": 9007199254740992"), "serial 2^53" },
	{ "serial-huge", 5, NULL, TEXT("\"serial\": 1"),
	    TEXT("\"serial\": 18446744073709551617"), "serial 2^64 + 1" },
	{ "serial-text", 5, NULL, TEXT("\"serial\": 1"),
	    TEXT("\"serial\": \"1\""), "the serial as text" },
	{ "serial-zero-first", 5, NULL, TEXT("\"serial\": 1"),
	    TEXT("\"serial\": 01"), "a serial with a zero before it" },

	/* keys */
	{ "root-short", 5, NULL, TEXT("\"root_key\": \"RW"),
	    TEXT("\"root_key\": \"R"), "a character of the root key is gone" },
	{ "root-blank", 5, NULL, TEXT("\"root_key\": \"RW"),
	    TEXT("\"root_key\": \" RW"), "a blank before the root key" },
	{ "root-secret", 5, NULL, TEXT("\"root_key\": \"RW"),
	    TEXT("\"root_key\": \"RU"), "another algorithm" },
	{ "key-unknown-member", 5, NULL,
	    TEXT("\"until\": \"" CAST_OLD_END "\""),
	    TEXT("\"until\": \"" CAST_OLD_END "\",\n      \"use\": \"all\""),
	    "an unknown member of a key" },
	{ "key-no-end", 5, NULL,
	    TEXT(",\n      \"until\": \"" CAST_OLD_END "\""), TEXT(""),
	    "a key without an end" },
	{ "key-text", 5, NULL, TEXT("\"signing_keys\": ["),
	    TEXT("\"signing_keys\": [\n    \"all\","),
	    "a key that is no object" },
	{ "keys-null", 5, NULL, TEXT("\"signing_keys\": ["),
	    TEXT("\"signing_keys\": null, \"x\": ["), "no array of keys" },
	{ "key-never", 5, NULL, TEXT(CAST_OLD_END), TEXT(CAST_FROM),
	    "a key that ends when it begins" },
	{ "time-zone", 5, NULL, TEXT(CAST_OLD_END),
	    TEXT("2026-03-01T07:00:00+07:00"), "a time of another zone" },
	{ "time-fraction", 5, NULL, TEXT(CAST_OLD_END),
	    TEXT("2026-03-01T00:00:00.0Z"), "a fraction of a second" },
	{ "time-lower", 5, NULL, TEXT(CAST_OLD_END),
	    TEXT("2026-03-01t00:00:00z"), "small letters in a time" },
	{ "time-no-day", 5, NULL, TEXT(CAST_OLD_END),
	    TEXT("2026-02-29T00:00:00Z"), "a day that there is not" },
	{ "time-leap", 5, NULL, TEXT(CAST_OLD_END),
	    TEXT("2026-02-28T23:59:60Z"), "a leap second" },
	{ "age-upper", 5, NULL, TEXT("\"age1"), TEXT("\"AGE1"),
	    "a recipient in capitals and small letters" },
	{ "age-short", 5, NULL, TEXT("\"age1"), TEXT("\"age"),
	    "a recipient without its separator" },
};

static void
put_changes(const struct cast *c, const struct buf *good)
{
	struct buf text = BUF_MAX(SET_DOCUMENT);
	char path[128];

	for (size_t i = 0; i < sizeof(cards_changes) / sizeof(cards_changes[0]);
	     i++) {
		const struct change *change = &cards_changes[i];

		set_change(&text, good, &change->from, &change->to);
		(void)snprintf(
		    path, sizeof(path), "card/%s.json", change->name);
		cast_put_signed(path, c->root, &text, "test card");
		set_change_row(path, "card", change);
	}
	buf_free(&text);
}

/* ---- keys that stand there too often, or not at all ---- */

/* One key's text in another one's place, both of the card. */
static void
put_swapped(const struct cast *c, const struct buf *good, const char *name,
    const char *from, const char *to, const char *what)
{
	struct change change = { name, 5, NULL, { from, strlen(from) },
		{ to, strlen(to) }, what };
	struct buf text = BUF_MAX(SET_DOCUMENT);
	char path[128];

	set_change(&text, good, &change.from, &change.to);
	(void)snprintf(path, sizeof(path), "card/%s.json", name);
	cast_put_signed(path, c->root, &text, "test card");
	set_change_row(path, "card", &change);
	buf_free(&text);
}

/* Sixteen signing keys, and one more. */
static void
put_many(const struct cast *c)
{
	struct card card = c->card;
	struct secret_key *k = NULL;
	struct buf text = BUF_MAX(SET_DOCUMENT), more = BUF_MAX(SET_DOCUMENT);
	const struct text from = TEXT("\"signing_keys\": [\n");
	struct text to = { NULL, 0 };
	char key[KEY_TEXT_LEN], entry[512];

	chance_label("card/keys-16.json");
	for (card.n_signing = 0; card.n_signing < CARD_KEYS_MAX;
	     card.n_signing++) {
		set_must(secret_key_new(&k, NULL), "keys-16");
		card.signing[card.n_signing] = card.signing[1];
		secret_key_public(k, &card.signing[card.n_signing].key);
		secret_key_free(k);
	}
	set_must(card_format(&text, &card), "keys-16");
	cast_put_signed("card/keys-16.json", c->root, &text, "test card");
	set_row(&(struct set_row){
	    "card/keys-16.json", "card", "0", "own", NULL, "16 signing keys" });
	public_key_text(key, &c->card.signing[0].key);
	to.at = entry;
	to.len = (size_t)snprintf(entry, sizeof(entry),
	    "%s    {\n      \"key\": \"%s\",\n      \"from\": \"%s\",\n"
	    "      \"until\": \"%s\"\n    },\n",
	    from.at, key, CAST_FROM, CAST_UNTIL);
	set_change(&more, &text, &from, &to);
	cast_put_signed("card/keys-17.json", c->root, &more, "test card");
	set_row(&(struct set_row){
	    "card/keys-17.json", "card", "5", NULL, NULL, "17 signing keys" });
	buf_free(&more);
	buf_free(&text);
}

static void
put_keys(const struct cast *cast, const struct buf *good)
{
	const struct cast *c = cast_find(cast, CAST_SENDER);
	struct card bare = c->card;
	struct buf text = BUF_MAX(SET_DOCUMENT);
	char root[KEY_TEXT_LEN], old[KEY_TEXT_LEN], now[KEY_TEXT_LEN];
	char age[RECIPIENT_TEXT_LEN], bent[RECIPIENT_TEXT_LEN];

	public_key_text(root, &c->card.root);
	public_key_text(old, &c->card.signing[0].key);
	public_key_text(now, &c->card.signing[1].key);
	recipient_text(age, &c->card.encryption[0].key);
	put_swapped(c, good, "key-twice", now, old, "a signing key twice");
	put_swapped(
	    c, good, "key-is-root", now, root, "the root key as a signing key");
	memcpy(bent, age, sizeof(bent));
	bent[10] = bent[10] == 'q' ? 'p' : 'q';
	put_swapped(c, good, "age-checksum", age, bent,
	    "a recipient with a wrong checksum");
	put_swapped(c, good, "age-is-minisign", age, now,
	    "a signing key as a recipient");
	bare.n_signing = 0;
	bare.n_encryption = 0;
	set_must(card_format(&text, &bare), "no-keys");
	cast_put_signed("card/no-keys.json", c->root, &text, "test card");
	set_row(&(struct set_row){
	    "card/no-keys.json", "card", "0", "own", NULL, "no keys" });
	put_many(c);
	buf_free(&text);
}

/* ---- signatures ---- */

static void
put_signature(const char *name, const struct buf *card,
    const struct buf *signature, const char *code, const char *what)
{
	char path[128], beside[160];

	(void)snprintf(path, sizeof(path), "card/%s.json", name);
	(void)snprintf(beside, sizeof(beside), "%s.minisig", path);
	set_buf(path, card);
	set_buf(beside, signature);
	set_row(&(struct set_row){ path, "card", code,
	    strcmp(code, "0") == 0 ? "own" : NULL, NULL, what });
}

/* The card's own signature, bent. */
static void
put_bent(const struct buf *good, const struct buf *signature)
{
	static const struct {
		const char *name;
		struct text from, to;
		const char *code, *what;
	} bends[] = {
		{ "signature-comment", TEXT("comment: signature"),
		    TEXT("comment: love"), "0",
		    "another untrusted comment: it is not signed" },
		{ "signature-trusted-comment", TEXT("test card"),
		    TEXT("best card"), "201",
		    "the trusted comment was changed" },
		{ "signature-no-comment", TEXT("untrusted comment"),
		    TEXT("comment"), "5", "another first line" },
		{ "signature-control", TEXT("test card"), TEXT("test\acard"),
		    "5", "a control character in the trusted comment" },
		{ "signature-algorithm", TEXT("\nRU"), TEXT("\nRX"), "5",
		    "an unknown algorithm" },
		{ "signature-lone-cr", TEXT("test card"), TEXT("test\rcard"),
		    "5", "a CR within a line" },
	};
	struct buf bent = BUF_MAX(LIMIT_KEY_FILE);

	for (size_t i = 0; i < sizeof(bends) / sizeof(bends[0]); i++) {
		set_change(&bent, signature, &bends[i].from, &bends[i].to);
		put_signature(
		    bends[i].name, good, &bent, bends[i].code, bends[i].what);
	}
	buf_free(&bent);
}

static void
put_signatures(const struct cast *cast, const struct buf *good)
{
	const struct cast *c = cast_find(cast, CAST_SENDER);
	const struct text from = TEXT("Pengirim"), to = TEXT("Penerima");
	struct buf s = BUF_MAX(LIMIT_KEY_FILE);
	struct buf card = BUF_MAX(SET_DOCUMENT);

	cast_sign(&s, c->root, good, "test card");
	put_bent(good, &s);
	set_change(&card, good, &from, &to);
	put_signature("signature-changed-card", &card, &s, "201",
	    "the card was changed after it was signed");
	cast_sign_legacy(&s, c->root, good, "test card");
	put_signature("signature-legacy", good, &s, "201",
	    "a signature of the legacy kind");
	cast_sign(&s, c->signing, good, "test card");
	put_signature("signature-by-signing-key", good, &s, "202",
	    "signed by the signing key instead of the root key");
	cast_sign(&s, cast_find(cast, CAST_STRANGER)->root, good, "test card");
	put_signature("signature-by-stranger", good, &s, "202",
	    "signed by another party");
	s.len = 0;
	put_signature("signature-empty", good, &s, "5", "an empty signature");
	buf_free(&s);
	buf_free(&card);
}

/* ---- one card after another ---- */

static void
put_numbered(const char *scenario, unsigned n, const struct cast *signer,
    const struct card *card)
{
	struct buf text = BUF_MAX(SET_DOCUMENT);
	char path[128];

	(void)snprintf(path, sizeof(path), "card/%s/%u.json", scenario, n);
	set_must(card_format(&text, card), path);
	cast_put_signed(path, signer->root, &text, "test card");
	buf_free(&text);
}

/* A card with serial 2 is pinned, then another one comes. */
static void
put_sequences(const struct cast *cast)
{
	static const struct {
		const char *name;
		const char *signer;
		uint64_t serial;
		const char *codes, *what;
	} then[] = {
		{ "then-higher", CAST_SENDER, 3, "0,0",
		    "a higher serial replaces" },
		{ "then-same-bytes", CAST_SENDER, 0, "0,7",
		    "the same card again" },
		{ "then-lower", CAST_SENDER, 1, "0,304", "a lower serial" },
		{ "then-equal", CAST_SENDER, 2, "0,304",
		    "the same serial in another card" },
		{ "then-other-root", CAST_STRANGER, 3, "0,202",
		    "the party under another root key" },
	};

	for (size_t i = 0; i < sizeof(then) / sizeof(then[0]); i++) {
		const struct cast *signer = cast_find(cast, then[i].signer);
		struct card card = cast_find(cast, CAST_SENDER)->card;
		char path[128];

		card.serial = 2;
		put_numbered(
		    then[i].name, 1, cast_find(cast, CAST_SENDER), &card);
		if (then[i].serial > 0) {
			card.serial = then[i].serial;
			card.root = signer->card.root;
			card.n_signing = 1;
		}
		put_numbered(then[i].name, 2, signer, &card);
		(void)snprintf(path, sizeof(path), "card/%s", then[i].name);
		set_row(&(struct set_row){
		    path, "card", then[i].codes, "own", NULL, then[i].what });
	}
}

void
cards_put(const struct cast *cast)
{
	const struct cast *c = cast_find(cast, CAST_SENDER);
	struct buf good = BUF_MAX(SET_DOCUMENT);

	set_must(card_format(&good, &c->card), "card");
	put_changes(c, &good);
	put_keys(cast, &good);
	put_signatures(cast, &good);
	put_sequences(cast);
	buf_free(&good);
}
