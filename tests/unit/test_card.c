/* card: round trip, every rule broken once, and the choice of keys. */
#include <stdlib.h>

#include "key/card.h"
#include "tap.h"

#define DAY 86400LL
#define START 1790000000LL /* 2026-09-21 */

static struct secret_key *root;
static struct secret_key *machine[2];

static void
card_make(struct card *c)
{
	struct identity *id = NULL;

	memset(c, 0, sizeof *c);
	(void)strcpy(c->party, "KEMLU");
	(void)strcpy(c->name, "Kementerian Luar Negeri \xe2\x80\x93 Jakarta");
	c->serial = 1;
	secret_key_public(root, &c->root);
	for (size_t i = 0; i < 2; i++) {
		secret_key_public(machine[i], &c->signing[i].key);
		c->signing[i].from = START + (int64_t)i * 10 * DAY;
		c->signing[i].until = START + (int64_t)(i + 1) * 20 * DAY;
		TAP_INT(identity_new(&id, NULL), FAULT_NONE);
		identity_recipient(id, &c->encryption[i].key);
		c->encryption[i].from = c->signing[i].from;
		c->encryption[i].until = c->signing[i].until;
		identity_free(id);
	}
	c->n_signing = c->n_encryption = 2;
}

static void
round_trip(const struct card *c)
{
	struct buf a = BUF_MAX(LIMIT_DOCUMENT);
	struct buf b = BUF_MAX(LIMIT_DOCUMENT);
	struct card again;

	TAP_INT(card_format(&a, c), FAULT_NONE);
	TAP_INT(card_parse(&again, a.data, a.len, NULL), FAULT_NONE);
	TAP_INT(card_format(&b, &again), FAULT_NONE);
	TAP_STR(buf_text(&b), buf_text(&a));
	TAP_STR(again.party, c->party);
	TAP_STR(again.name, c->name);
	TAP_OK(public_key_equal(&again.root, &c->root));
	TAP_INT(again.signing[1].until, c->signing[1].until);
	/* Cut at every length: never a card. */
	for (size_t n = 0; n + 2 < a.len; n++)
		if (card_parse(&again, a.data, n, NULL) != FAULT_FORMAT ||
		    again.serial != 0)
			TAP_INT(n, -1);
	buf_free(&a);
	buf_free(&b);
}

static void
signed_card(const struct card *c)
{
	struct buf card = BUF_MAX(LIMIT_DOCUMENT);
	struct buf sig = BUF_MAX(LIMIT_KEY_FILE);
	struct card got;

	TAP_INT(card_format(&card, c), FAULT_NONE);
	TAP_INT(key_sign(&sig, root, card.data, card.len, "card", NULL),
	    FAULT_NONE);
	TAP_INT(card_check(&got, card.data, card.len, sig.data, sig.len, NULL),
	    FAULT_NONE);
	TAP_STR(got.party, "KEMLU");
	/* A space where JSON allows one: another card to the signature. */
	TAP_INT(buf_puts(&card, " "), FAULT_NONE);
	TAP_INT(card_check(&got, card.data, card.len, sig.data, sig.len, NULL),
	    FAULT_SIGNATURE);
	TAP_STR(got.party, "");
	card.len--;
	buf_free(&sig);
	TAP_INT(key_sign(&sig, machine[0], card.data, card.len, "card", NULL),
	    FAULT_NONE);
	TAP_INT(card_check(&got, card.data, card.len, sig.data, sig.len, NULL),
	    FAULT_UNKNOWN_SIGNER);
	TAP_INT(
	    card_check(&got, card.data, card.len, "", 0, NULL), FAULT_FORMAT);
	buf_free(&card);
	buf_free(&sig);
}

/* Replaces the first "from" by "to" in the card's text and parses. */
static void
broken(
    const struct card *c, const char *from, const char *to, const char *clause)
{
	struct buf good = BUF_MAX(LIMIT_DOCUMENT);
	struct buf bad = BUF_MAX(LIMIT_DOCUMENT);
	struct cause why;
	struct card out;
	const char *at = NULL;

	cause_clear(&why);
	TAP_INT(card_format(&good, c), FAULT_NONE);
	at = strstr(buf_text(&good), from);
	TAP_OK(at != NULL);
	if (at != NULL) {
		TAP_INT(
		    buf_put(&bad, good.data, (size_t)(at - buf_text(&good))),
		    FAULT_NONE);
		TAP_INT(buf_puts(&bad, to), FAULT_NONE);
		TAP_INT(buf_puts(&bad, at + strlen(from)), FAULT_NONE);
		TAP_INT(
		    card_parse(&out, bad.data, bad.len, &why), FAULT_FORMAT);
		TAP_STR(why.clause, clause);
	}
	buf_free(&good);
	buf_free(&bad);
}

static void
refused(const struct card *c)
{
	struct card bad;
	struct buf out = BUF_MAX(LIMIT_DOCUMENT);

	broken(c, "serahterima-card/1", "serahterima-card/2", "format");
	broken(c, "\"KEMLU\"", "\"../KEMLU\"", "party");
	broken(c, "\"KEMLU\"", "\"\"", "party");
	broken(c, "\"serial\": 1", "\"serial\": 0", "serial");
	broken(c, "\"serial\": 1", "\"serial\": \"1\"", "serial");
	broken(c, "\"serial\"", "\"secret\"", "secret");
	broken(c, "Jakarta", "\\u001b[2J", "name");
	broken(c, "Jakarta", "\\u202etxt", "name");
	broken(c, "Jakarta", "\\u009b", "name");
	broken(c, "\"root_key\": \"RW", "\"root_key\": \"RX", "root_key");
	broken(c, "\"key\": \"RW", "\"key\": \"RX", "signing_keys.key");
	broken(c, "\"key\": \"age1", "\"key\": \"age2", "encryption_keys.key");
	broken(c, "2026-09-21T", "2026-09-21 ", "signing_keys");
	broken(c, "2026-09-21T", "2027-09-21T", "signing_keys");
	broken(c, "\"until\"", "\"till\"", "signing_keys.till");
	broken(
	    c, "\"signing_keys\": [", "\"signing_keys\": [1,", "signing_keys");

	bad = *c;
	bad.signing[1].key = bad.signing[0].key;
	TAP_INT(card_format(&out, &bad), FAULT_FORMAT);
	bad.signing[1].key = bad.root;
	TAP_INT(card_format(&out, &bad), FAULT_FORMAT);
	bad = *c;
	bad.encryption[1].key = bad.encryption[0].key;
	TAP_INT(card_format(&out, &bad), FAULT_FORMAT);
	bad = *c;
	memset(bad.name, 'n', CARD_NAME_MAX - 1);
	TAP_INT(card_format(&out, &bad), FAULT_NONE);
	bad.name[0] = '\0';
	buf_free(&out);
	TAP_INT(card_format(&out, &bad), FAULT_FORMAT);
	bad = *c;
	bad.n_signing = CARD_KEYS_MAX + 1;
	TAP_INT(card_format(&out, &bad), FAULT_FORMAT);
	TAP_INT(out.len, 0);
	TAP_INT(card_parse(&bad, "[]", 2, NULL), FAULT_FORMAT);
	TAP_INT(card_parse(&bad, "", 0, NULL), FAULT_FORMAT);
	buf_free(&out);
}

static void
choice(const struct card *c)
{
	const struct public_key *k = NULL;
	const struct recipient *r = NULL;
	const uint8_t *id = c->signing[0].key.id;
	uint8_t none[KEY_ID_LEN] = { 0 };

	TAP_INT(card_signing_key(&k, c, id, START, NULL), FAULT_NONE);
	TAP_OK(k == &c->signing[0].key);
	TAP_INT(
	    card_signing_key(&k, c, id, START - 1, NULL), FAULT_KEY_EXPIRED);
	TAP_OK(k == &c->signing[0].key);
	TAP_INT(card_signing_key(&k, c, id, START + 20 * DAY - 1, NULL),
	    FAULT_NONE);
	TAP_INT(card_signing_key(&k, c, id, START + 20 * DAY, NULL),
	    FAULT_KEY_EXPIRED);
	TAP_INT(
	    card_signing_key(&k, c, none, START, NULL), FAULT_UNKNOWN_SIGNER);
	TAP_OK(k == NULL);
	/* The root key signs cards and agreements, no manifests. */
	TAP_INT(card_signing_key(&k, c, c->root.id, START, NULL),
	    FAULT_UNKNOWN_SIGNER);
	TAP_INT(card_encryption_key(&r, c, START, NULL), FAULT_NONE);
	TAP_OK(r == &c->encryption[0].key);
	TAP_INT(card_encryption_key(&r, c, START + 15 * DAY, NULL), FAULT_NONE);
	TAP_OK(r == &c->encryption[1].key);
	TAP_INT(card_encryption_key(&r, c, START + 40 * DAY, NULL),
	    FAULT_KEY_EXPIRED);
	TAP_OK(r == NULL);
}

int
main(void)
{
	struct card c;

	TAP_INT(key_setup(NULL), FAULT_NONE);
	TAP_INT(secret_key_new(&root, NULL), FAULT_NONE);
	TAP_INT(secret_key_new(&machine[0], NULL), FAULT_NONE);
	TAP_INT(secret_key_new(&machine[1], NULL), FAULT_NONE);
	card_make(&c);
	round_trip(&c);
	signed_card(&c);
	refused(&c);
	choice(&c);
	secret_key_free(root);
	secret_key_free(machine[0]);
	secret_key_free(machine[1]);
	return TAP_DONE();
}
