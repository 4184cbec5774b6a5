/*
 * card: reads and writes a party's card.  A card is read before anybody knows
 * the party, so every text in it is held to what may be shown and become a file
 * name.
 */
#include <string.h>

#include "base/clock.h"
#include "base/intl.h"
#include "base/log.h"
#include "base/path.h"
#include "key/card.h"
#include "text/doc.h"
#include "text/writer.h"

#define CARD_FORMAT "serahterima-card/1"
#define CARD_SERIAL_MAX ((1ULL << 53) - 1) /* JSON's exact integers */

/* The members in the order in which they are written. */
static const struct node_member card_members[] = {
	{ "format", NODE_STRING, true, false },
	{ "party", NODE_STRING, true, false },
	{ "name", NODE_STRING, true, false },
	{ "serial", NODE_INTEGER, true, false },
	{ "root_key", NODE_STRING, true, false },
	{ "signing_keys", NODE_ARRAY, true, false },
	{ "encryption_keys", NODE_ARRAY, true, false },
};

static const struct node_member key_members[] = {
	{ "key", NODE_STRING, true, false },
	{ "from", NODE_STRING, true, false },
	{ "until", NODE_STRING, true, false },
};

/* A macro, for the sentence must stay a literal that can be translated. */
#define WRONG(why, clause, sentence)          \
	(cause_clause((why), "%s", (clause)), \
	    cause_set((why), FAULT_FORMAT, sentence))

/* ---- what a sound card is ---- */

/* What a screen must not see would let a name pretend to be another one. */
static bool
name_ok(const char *name)
{
	size_t n = strlen(name), step = 1;

	for (size_t i = 0; i < n && step > 0; i += step)
		step = log_shown(name + i);
	return n > 0 && n < CARD_NAME_MAX && step > 0;
}

/* One key, one entry: an id that stands twice would have two validities. */
static bool
signing_ok(const struct card *c, size_t i)
{
	const struct card_signing_key *k = &c->signing[i];

	if (k->from >= k->until ||
	    memcmp(k->key.id, c->root.id, KEY_ID_LEN) == 0 ||
	    memcmp(k->key.key, c->root.key, KEY_PUBLIC_LEN) == 0)
		return false;
	for (size_t j = 0; j < i; j++)
		if (memcmp(k->key.id, c->signing[j].key.id, KEY_ID_LEN) == 0 ||
		    memcmp(k->key.key, c->signing[j].key.key, KEY_PUBLIC_LEN) ==
			0)
			return false;
	return true;
}

/* A recipient has no id; the key itself must stand once. */
static bool
encryption_ok(const struct card *c, size_t i)
{
	const struct card_encryption_key *k = &c->encryption[i];

	if (k->from >= k->until)
		return false;
	for (size_t j = 0; j < i; j++)
		if (memcmp(&k->key, &c->encryption[j].key, sizeof k->key) == 0)
			return false;
	return true;
}

/*
 * The rules of serahterima-card(5).  Asked when reading and before writing, so
 * that no card leaves us that we would not take.
 */
static enum fault
card_sound(const struct card *c, struct cause *why)
{
	if (!path_id_ok(c->party))
		return WRONG(why, "party",
		    N_("not an identifier (letters, digits, '.', '_', '-', at "
		       "most 64)"));
	if (!name_ok(c->name))
		return WRONG(
		    why, "name", N_("not 1 to 255 bytes of printable UTF-8"));
	if (c->serial == 0 || c->serial > CARD_SERIAL_MAX)
		return WRONG(why, "serial", N_("not a number from 1 on"));
	for (size_t i = 0; i < c->n_signing; i++)
		if (!signing_ok(c, i))
			return WRONG(why, "signing_keys",
			    N_("a key stands twice, is the root key, or ends "
			       "before it begins"));
	for (size_t i = 0; i < c->n_encryption; i++)
		if (!encryption_ok(c, i))
			return WRONG(why, "encryption_keys",
			    N_("a key stands twice, or ends before it "
			       "begins"));
	return FAULT_NONE;
}

/* ---- reading ---- */

/* A text that does not fit is refused, never cut: a cut name is another. */
static enum fault
text_take(char *out, size_t cap, const struct node *root, const char *key,
    struct cause *why)
{
	const char *text = node_text(root, key);

	if (text == NULL || strlen(text) >= cap)
		return WRONG(why, key, N_("too long"));
	memcpy(out, text, strlen(text) + 1);
	return FAULT_NONE;
}

/* Members and validity of one entry of either array of keys. */
static enum fault
entry_take(int64_t *from, int64_t *until, const struct node *entry,
    const char *where, struct cause *why)
{
	enum fault f = FAULT_NONE;

	if (node_type(entry) != NODE_OBJECT)
		return WRONG(why, where,
		    N_("holds something else than "
		       "objects"));
	f = node_members(entry, where, key_members,
	    sizeof key_members / sizeof key_members[0], why);
	if (f != FAULT_NONE)
		return f;
	if (!clock_parse(from, node_text(entry, "from")) ||
	    !clock_parse(until, node_text(entry, "until")))
		return WRONG(why, where,
		    N_("a time is not of the form 2026-11-24T05:42:00Z"));
	return FAULT_NONE;
}

static enum fault
signing_take(struct card *out, const struct node *array, struct cause *why)
{
	enum fault f = FAULT_NONE;

	if (node_count(array) > CARD_KEYS_MAX)
		return WRONG(why, "signing_keys", N_("more than 16 keys"));
	for (size_t i = 0; i < node_count(array) && f == FAULT_NONE; i++) {
		const struct node *entry = node_at(array, i);
		struct card_signing_key *k = &out->signing[i];

		f = entry_take(&k->from, &k->until, entry, "signing_keys", why);
		if (f != FAULT_NONE)
			break;
		f = public_key_from_text(&k->key, node_text(entry, "key"), why);
		if (f != FAULT_NONE)
			cause_clause(why, "signing_keys.key");
		out->n_signing = i + 1;
	}
	return f;
}

static enum fault
encryption_take(struct card *out, const struct node *array, struct cause *why)
{
	enum fault f = FAULT_NONE;

	if (node_count(array) > CARD_KEYS_MAX)
		return WRONG(why, "encryption_keys", N_("more than 16 keys"));
	for (size_t i = 0; i < node_count(array) && f == FAULT_NONE; i++) {
		const struct node *entry = node_at(array, i);
		struct card_encryption_key *k = &out->encryption[i];

		f = entry_take(
		    &k->from, &k->until, entry, "encryption_keys", why);
		if (f != FAULT_NONE)
			break;
		f = recipient_parse(&k->key, node_text(entry, "key"), why);
		if (f != FAULT_NONE)
			cause_clause(why, "encryption_keys.key");
		out->n_encryption = i + 1;
	}
	return f;
}

static enum fault
card_take(struct card *out, const struct node *root, struct cause *why)
{
	int64_t serial = 0;
	enum fault f = FAULT_NONE;

	if (node_type(root) != NODE_OBJECT)
		return WRONG(why, "", N_("a card is a JSON object"));
	f = node_members(root, "", card_members,
	    sizeof card_members / sizeof card_members[0], why);
	if (f != FAULT_NONE)
		return f;
	if (strcmp(node_text(root, "format"), CARD_FORMAT) != 0)
		return WRONG(why, "format", N_("not serahterima-card/1"));
	f = text_take(out->party, sizeof out->party, root, "party", why);
	if (f == FAULT_NONE)
		f = text_take(out->name, sizeof out->name, root, "name", why);
	if (f != FAULT_NONE)
		return f;
	serial = node_int(root, "serial", 0);
	if (serial < 1)
		return WRONG(why, "serial", N_("not a number from 1 on"));
	out->serial = (uint64_t)serial;
	f = public_key_from_text(&out->root, node_text(root, "root_key"), why);
	if (f != FAULT_NONE) {
		cause_clause(why, "root_key");
		return f;
	}
	f = signing_take(out, node_get(root, "signing_keys"), why);
	if (f == FAULT_NONE)
		f = encryption_take(
		    out, node_get(root, "encryption_keys"), why);
	if (f == FAULT_NONE)
		f = card_sound(out, why);
	return f;
}

enum fault
card_parse(struct card *out, const void *bytes, size_t len, struct cause *why)
{
	struct doc *d = NULL;
	enum fault f = FAULT_NONE;

	memset(out, 0, sizeof *out);
	if (len > LIMIT_DOCUMENT)
		return cause_set(
		    why, FAULT_FORMAT, N_("the card is larger than 1 MiB"));
	f = doc_parse(&d, bytes, len, why);
	if (f == FAULT_NONE)
		f = card_take(out, doc_root(d), why);
	doc_free(d);
	/* Half a card must not be mistaken for one. */
	if (f != FAULT_NONE)
		memset(out, 0, sizeof *out);
	return f;
}

enum fault
card_check(struct card *out, const void *bytes, size_t len,
    const void *signature, size_t signature_len, struct cause *why)
{
	struct signature s;
	enum fault f = card_parse(out, bytes, len, why);

	if (f != FAULT_NONE)
		return f;
	/* By the key that the card itself names: this shows that it is whole,
	 * not whose it is.  For that the fingerprint is compared. */
	f = signature_parse(&s, signature, signature_len, why);
	if (f == FAULT_NONE)
		f = signature_verify(&s, &out->root, bytes, len, why);
	if (f != FAULT_NONE)
		memset(out, 0, sizeof *out);
	return f;
}

/* ---- writing ---- */

static void
entry_put(struct writer *w, const char *key, int64_t from, int64_t until)
{
	char time[CLOCK_TEXT_LEN] = "";

	writer_open(w, NULL, NODE_OBJECT);
	writer_string(w, "key", key);
	clock_text(time, from);
	writer_string(w, "from", time);
	clock_text(time, until);
	writer_string(w, "until", time);
	writer_close(w);
}

static void
card_put(struct writer *w, const struct card *card)
{
	char key[KEY_TEXT_LEN] = "";
	char recipient[RECIPIENT_TEXT_LEN] = "";

	writer_open(w, NULL, NODE_OBJECT);
	writer_string(w, "format", CARD_FORMAT);
	writer_string(w, "party", card->party);
	writer_string(w, "name", card->name);
	writer_integer(w, "serial", (int64_t)card->serial);
	public_key_text(key, &card->root);
	writer_string(w, "root_key", key);
	writer_open(w, "signing_keys", NODE_ARRAY);
	for (size_t i = 0; i < card->n_signing; i++) {
		public_key_text(key, &card->signing[i].key);
		entry_put(
		    w, key, card->signing[i].from, card->signing[i].until);
	}
	writer_close(w);
	writer_open(w, "encryption_keys", NODE_ARRAY);
	for (size_t i = 0; i < card->n_encryption; i++) {
		recipient_text(recipient, &card->encryption[i].key);
		entry_put(w, recipient, card->encryption[i].from,
		    card->encryption[i].until);
	}
	writer_close(w);
	writer_close(w);
}

enum fault
card_format(struct buf *out, const struct card *card)
{
	struct writer *w = NULL;
	enum fault f = FAULT_FORMAT;

	/* Nothing is written that card_parse would refuse. */
	if (card->n_signing > CARD_KEYS_MAX ||
	    card->n_encryption > CARD_KEYS_MAX)
		return f;
	f = card_sound(card, NULL);
	if (f == FAULT_NONE)
		f = writer_new(&w, true);
	if (f != FAULT_NONE)
		return f;
	card_put(w, card);
	f = writer_finish(w, out);
	writer_free(w);
	return f;
}

/* ---- choosing a key ---- */

enum fault
card_signing_key(const struct public_key **out, const struct card *card,
    const uint8_t id[static KEY_ID_LEN], int64_t when, struct cause *why)
{
	char time[CLOCK_TEXT_LEN] = "";

	*out = NULL;
	for (size_t i = 0; i < card->n_signing; i++) {
		const struct card_signing_key *k = &card->signing[i];

		if (memcmp(k->key.id, id, KEY_ID_LEN) != 0)
			continue;
		*out = &k->key;
		if (when >= k->from && when < k->until)
			return FAULT_NONE;
		clock_text(time, when);
		return cause_set(why, FAULT_KEY_EXPIRED,
		    N_("the signing key of %s is not valid at %s"), card->party,
		    time);
	}
	return cause_set(why, FAULT_UNKNOWN_SIGNER,
	    N_("the card of %s has no such signing key"), card->party);
}

enum fault
card_encryption_key(const struct recipient **out, const struct card *card,
    int64_t when, struct cause *why)
{
	const struct card_encryption_key *best = NULL;
	char time[CLOCK_TEXT_LEN] = "";

	*out = NULL;
	/* The one that lasts longest: a payload may lie on the drop a while. */
	for (size_t i = 0; i < card->n_encryption; i++) {
		const struct card_encryption_key *k = &card->encryption[i];

		if (when < k->from || when >= k->until)
			continue;
		if (best == NULL || k->until > best->until)
			best = k;
	}
	if (best == NULL) {
		clock_text(time, when);
		return cause_set(why, FAULT_KEY_EXPIRED,
		    N_("%s has no encryption key that is valid at %s"),
		    card->party, time);
	}
	*out = &best->key;
	return FAULT_NONE;
}
