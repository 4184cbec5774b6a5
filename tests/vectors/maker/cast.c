/*
 * cast: parties whose names say that they are for tests, with keys that follow
 * from their names.
 */
#include "cast.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "chance.h"
#include "key/minisign.h"
#include "set.h"

static const struct {
	const char *id;
	const char *name;
} cast_names[CAST_N] = {
	{ CAST_SENDER, "Pengirim (test party)" },
	{ CAST_RECIPIENT, "Penerima (test party)" },
	{ CAST_GUARDIAN, "Wali data (test party)" },
	{ CAST_STRANGER, "Pihak asing (test party)" },
};

int64_t
cast_time(const char *text)
{
	int64_t t = 0;

	if (!clock_parse(&t, text))
		set_stop(text);
	return t;
}

static struct secret_key *
new_key(const char *id, const char *which)
{
	struct secret_key *k = NULL;
	char label[128];

	(void)snprintf(label, sizeof(label), "key %s %s", id, which);
	chance_label(label);
	set_must(secret_key_new(&k, NULL), label);
	return k;
}

static void
new_card(struct cast *c, const char *name)
{
	struct card *card = &c->card;

	(void)snprintf(card->party, sizeof(card->party), "%s", c->id);
	(void)snprintf(card->name, sizeof(card->name), "%s", name);
	card->serial = 1;
	secret_key_public(c->root, &card->root);
	secret_key_public(c->old, &card->signing[0].key);
	card->signing[0].from = cast_time(CAST_FROM);
	card->signing[0].until = cast_time(CAST_OLD_END);
	secret_key_public(c->signing, &card->signing[1].key);
	card->signing[1].from = cast_time(CAST_NEW);
	card->signing[1].until = cast_time(CAST_UNTIL);
	card->n_signing = 2;
	identity_recipient(c->identity, &card->encryption[0].key);
	card->encryption[0].from = cast_time(CAST_FROM);
	card->encryption[0].until = cast_time(CAST_UNTIL);
	card->n_encryption = 1;
}

void
cast_new(struct cast cast[static CAST_N])
{
	char label[128];

	memset(cast, 0, CAST_N * sizeof(*cast));
	for (size_t i = 0; i < CAST_N; i++) {
		struct cast *c = &cast[i];

		c->id = cast_names[i].id;
		c->root = new_key(c->id, "root");
		c->old = new_key(c->id, "old signing");
		c->signing = new_key(c->id, "signing");
		(void)snprintf(
		    label, sizeof(label), "key %s decryption", c->id);
		chance_label(label);
		set_must(identity_new(&c->identity, NULL), label);
		new_card(c, cast_names[i].name);
	}
}

void
cast_free(struct cast cast[static CAST_N])
{
	for (size_t i = 0; i < CAST_N; i++) {
		secret_key_free(cast[i].root);
		secret_key_free(cast[i].old);
		secret_key_free(cast[i].signing);
		identity_free(cast[i].identity);
	}
}

const struct cast *
cast_find(const struct cast *cast, const char *id)
{
	for (size_t i = 0; i < CAST_N; i++)
		if (strcmp(cast[i].id, id) == 0)
			return &cast[i];
	set_stop(id);
}

/* ---- signing ---- */

void
cast_sign(struct buf *out, const struct secret_key *key,
    const struct buf *bytes, const char *comment)
{
	out->len = 0;
	set_must(key_sign(out, key, bytes->data, bytes->len, comment, NULL),
	    comment);
}

/* By hand, since no program of ours makes this kind. */
void
cast_sign_legacy(struct buf *out, const struct secret_key *key,
    const struct buf *bytes, const char *comment)
{
	struct public_key public;
	uint8_t record[74] = { 'E', 'd' };
	uint8_t covered[MINISIGN_SIG_LEN + 256] = { 0 };
	uint8_t global[MINISIGN_SIG_LEN] = { 0 };
	char record_text[128] = "", global_text[128] = "";
	size_t n = strlen(comment);

	secret_key_public(key, &public);
	memcpy(record + 2, public.id, KEY_ID_LEN);
	secret_key_detached(key, record + 10, bytes->data, bytes->len);
	memcpy(covered, record + 10, MINISIGN_SIG_LEN);
	memcpy(covered + MINISIGN_SIG_LEN, comment, n);
	secret_key_detached(key, global, covered, MINISIGN_SIG_LEN + n);
	(void)sodium_bin2base64(record_text, sizeof(record_text), record,
	    sizeof(record), sodium_base64_VARIANT_ORIGINAL);
	(void)sodium_bin2base64(global_text, sizeof(global_text), global,
	    sizeof(global), sodium_base64_VARIANT_ORIGINAL);
	out->len = 0;
	set_must(buf_putf(out, "%slegacy\n%s\n%s%s\n%s\n", MINISIGN_UNTRUSTED,
		     record_text, MINISIGN_TRUSTED, comment, global_text),
	    comment);
}

void
cast_put_signed(const char *path, const struct secret_key *key,
    const struct buf *bytes, const char *comment)
{
	struct buf signature = BUF_MAX(LIMIT_KEY_FILE);
	char name[512];

	cast_sign(&signature, key, bytes, comment);
	set_buf(path, bytes);
	(void)snprintf(name, sizeof(name), "%s.minisig", path);
	set_buf(name, &signature);
	buf_free(&signature);
}

/* ---- files ---- */

void
cast_put_parties(const struct cast *cast)
{
	struct buf text = BUF_MAX(SET_DOCUMENT);
	char path[128];

	for (size_t i = 0; i < CAST_N; i++) {
		if (strcmp(cast[i].id, CAST_STRANGER) == 0)
			continue;
		text.len = 0;
		set_must(card_format(&text, &cast[i].card), cast[i].id);
		(void)snprintf(
		    path, sizeof(path), "parties/%s.card.json", cast[i].id);
		cast_put_signed(path, cast[i].root, &text, "test card");
		set_row(&(struct set_row){ path, "card", "0", "own", NULL,
		    "a party of the other vectors" });
	}
	buf_free(&text);
}

void
cast_put_keys(const struct cast *cast)
{
	const struct cast *c = cast_find(cast, CAST_RECIPIENT);
	struct buf text = BUF_MAX(LIMIT_KEY_FILE);

	set_must(
	    secret_key_format(&text, c->signing, NULL,
		"TEST KEY of " CAST_RECIPIENT ", known to everybody", NULL),
	    "signing.key");
	set_buf("signing.key", &text);
	text.len = 0;
	set_must(identity_format(&text, c->identity, cast_time(CAST_FROM)),
	    "decryption.key");
	set_buf("decryption.key", &text);
	buf_wipe(&text);
}
