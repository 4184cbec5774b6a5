/*
 * Whether an agreement is in force: real keys, real cards, every way in which
 * it is not.
 */
#include "tap.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"
#include "record/agreement.h"
#include "record_fixture.h"

#define IN_FORCE 1795498920 /* 2026-11-24 */

static const char *const ids[] = { "KEMLU", "KPU", "DUKCAPIL" };

struct stage_set {
	char dir[256];
	int fd;
	struct secret_key *root[3];
	char text[FIXTURE_MAX];
	struct agreement *a;
	struct agreement_signature signature[3];
	struct trust *trust;
};

/* A card with one key of each kind, signed by "root", under the party's name.
 */
static void
put_card(
    const struct stage_set *s, const char *party, const struct secret_key *root)
{
	struct buf text = BUF_MAX(LIMIT_DOCUMENT),
		   sig = BUF_MAX(LIMIT_KEY_FILE);
	struct card *card = calloc(1, sizeof(*card));
	struct identity *identity = NULL;
	struct secret_key *machine = NULL;
	char name[128];

	if (card == NULL)
		return;
	(void)snprintf(card->party, sizeof(card->party), "%s", party);
	(void)snprintf(card->name, sizeof(card->name), "%s", party);
	card->serial = 1;
	secret_key_public(root, &card->root);
	card->n_signing = card->n_encryption = 1;
	TAP_INT(secret_key_new(&machine, NULL), FAULT_NONE);
	secret_key_public(machine, &card->signing[0].key);
	secret_key_free(machine);
	TAP_INT(identity_new(&identity, NULL), FAULT_NONE);
	identity_recipient(identity, &card->encryption[0].key);
	card->signing[0].from = card->encryption[0].from = IN_FORCE;
	card->signing[0].until = card->encryption[0].until = IN_FORCE + 86400;
	TAP_INT(card_format(&text, card), FAULT_NONE);
	TAP_INT(key_sign(&sig, root, text.data, text.len, "card", NULL),
	    FAULT_NONE);
	(void)snprintf(name, sizeof(name), "%s.card.json", party);
	TAP_INT(io_save(s->fd, name, text.data, text.len, 0600, true, NULL),
	    FAULT_NONE);
	(void)snprintf(name, sizeof(name), "%s.card.json.minisig", party);
	TAP_INT(io_save(s->fd, name, sig.data, sig.len, 0600, true, NULL),
	    FAULT_NONE);
	buf_free(&text);
	buf_free(&sig);
	identity_free(identity);
	free(card);
}

static void
load_trust(struct stage_set *s)
{
	struct cause why;

	cause_clear(&why);
	trust_free(s->trust);
	s->trust = NULL;
	TAP_INT(trust_load(&s->trust, s->fd, &why), FAULT_NONE);
	if (why.fault != FAULT_NONE)
		printf("# %s %s\n", why.file, why.detail);
}

static void
sign(struct stage_set *s, size_t i, const struct secret_key *key,
    const char *text)
{
	struct agreement_signature *g = &s->signature[i];

	(void)snprintf(g->party, sizeof(g->party), "%s", ids[i]);
	buf_free(&g->bytes);
	g->bytes.max = LIMIT_KEY_FILE;
	TAP_INT(key_sign(&g->bytes, key, text, strlen(text), "agreement", NULL),
	    FAULT_NONE);
}

static bool
set_up(struct stage_set *s)
{
	static const char *const keys[] = { KEY_KEMLU, KEY_KPU, KEY_DUKCAPIL };
	const char *tmp = getenv("TMPDIR");
	char next[FIXTURE_MAX], key[KEY_TEXT_LEN];
	struct public_key public;
	size_t i;

	memset(s, 0, sizeof(*s));
	(void)snprintf(s->dir, sizeof(s->dir), "%s/force.XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(s->dir) == NULL)
		return false;
	s->fd = open(s->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	memcpy(s->text, fixture, sizeof(fixture));
	for (i = 0; i < 3; i++) {
		if (secret_key_new(&s->root[i], NULL) != FAULT_NONE)
			return false;
		secret_key_public(s->root[i], &public);
		public_key_text(key, &public);
		fixture_change(next, s->text, keys[i], key);
		memcpy(s->text, next, sizeof(next));
		put_card(s, ids[i], s->root[i]);
	}
	load_trust(s);
	for (i = 0; i < 3; i++)
		sign(s, i, s->root[i], s->text);
	return agreement_parse(&s->a, s->text, strlen(s->text), NULL) ==
	    FAULT_NONE;
}

static void
tear_down(struct stage_set *s)
{
	size_t i;

	for (i = 0; i < 3; i++) {
		secret_key_free(s->root[i]);
		buf_free(&s->signature[i].bytes);
	}
	agreement_free(s->a);
	trust_free(s->trust);
	(void)close(s->fd);
	TAP_INT(io_remove_tree(AT_FDCWD, s->dir, NULL), FAULT_NONE);
}

static enum fault
ask(const struct stage_set *s, size_t n, int64_t now, struct cause *why)
{
	cause_clear(why);
	return agreement_in_force(s->a, s->text, strlen(s->text), s->signature,
	    n, s->trust, now, why);
}

static enum signature_state
state(const struct stage_set *s, size_t n, const char *party)
{
	return agreement_signature_state(
	    s->a, s->text, strlen(s->text), s->signature, n, party, s->trust);
}

static void
test_days(const struct stage_set *s)
{
	struct cause why;

	TAP_INT(ask(s, 3, IN_FORCE, &why), FAULT_NONE);
	TAP_INT(ask(s, 3, s->a->valid_from, &why), FAULT_NONE);
	TAP_INT(ask(s, 3, s->a->valid_from - 1, &why), FAULT_OUTSIDE_VALIDITY);
	TAP_STR(why.clause, "valid.from");
	/* The last second of the last day counts, the next does not. */
	TAP_INT(ask(s, 3, s->a->valid_until - 1, &why), FAULT_NONE);
	TAP_INT(ask(s, 3, s->a->valid_until, &why), FAULT_OUTSIDE_VALIDITY);
	TAP_STR(why.clause, "valid.until");
}

static void
test_signatures(struct stage_set *s)
{
	struct cause why;
	char edited[FIXTURE_MAX];

	/* The guardian's is the third. */
	TAP_INT(ask(s, 2, IN_FORCE, &why), FAULT_SIGNATURE_MISSING);
	TAP_STR(why.clause, "signatures_required[DUKCAPIL]");
	TAP_INT(state(s, 2, "DUKCAPIL"), SIGNATURE_MISSING);
	TAP_INT(state(s, 3, "DUKCAPIL"), SIGNATURE_VALID);
	TAP_INT(state(s, 3, "BSSN"), SIGNATURE_MISSING);
	/* Somebody else's signature under the guardian's name. */
	sign(s, 2, s->root[0], s->text);
	TAP_INT(ask(s, 3, IN_FORCE, &why), FAULT_SIGNATURE);
	TAP_INT(state(s, 3, "DUKCAPIL"), SIGNATURE_INVALID);
	/* The right key over other bytes: edited after signing. */
	fixture_change(edited, s->text, "\"rows\":1000", "\"rows\":9000");
	sign(s, 2, s->root[2], edited);
	TAP_INT(ask(s, 3, IN_FORCE, &why), FAULT_SIGNATURE);
	sign(s, 2, s->root[2], s->text);
	TAP_INT(ask(s, 3, IN_FORCE, &why), FAULT_NONE);
	/* Rubbish, and nothing at all, in the file. */
	s->signature[2].bytes.data[10] ^= 1;
	TAP_INT(ask(s, 3, IN_FORCE, &why), FAULT_SIGNATURE);
	buf_free(&s->signature[2].bytes);
	TAP_INT(ask(s, 3, IN_FORCE, &why), FAULT_SIGNATURE);
	sign(s, 2, s->root[2], s->text);
	/* Bytes that are not those that were read. */
	cause_clear(&why);
	TAP_INT(agreement_in_force(s->a, edited, strlen(edited), s->signature,
		    3, s->trust, IN_FORCE, &why),
	    FAULT_SIGNATURE);
}

static void
test_cards(struct stage_set *s)
{
	struct secret_key *other = NULL;
	struct cause why;

	TAP_INT(secret_key_new(&other, NULL), FAULT_NONE);
	put_card(s, "DUKCAPIL", other);
	load_trust(s);
	TAP_INT(ask(s, 3, IN_FORCE, &why), FAULT_SIGNATURE_MISSING);
	TAP_INT(state(s, 3, "DUKCAPIL"), SIGNATURE_OTHER_ROOT);
	TAP_INT(unlinkat(s->fd, "DUKCAPIL.card.json", 0), 0);
	TAP_INT(unlinkat(s->fd, "DUKCAPIL.card.json.minisig", 0), 0);
	load_trust(s);
	TAP_INT(ask(s, 3, IN_FORCE, &why), FAULT_SIGNATURE_MISSING);
	TAP_INT(state(s, 3, "DUKCAPIL"), SIGNATURE_NO_CARD);
	TAP_INT(state(s, 2, "DUKCAPIL"), SIGNATURE_MISSING);
	secret_key_free(other);
}

int
main(void)
{
	struct stage_set s;
	struct cause why;

	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	if (key_setup(&why) != FAULT_NONE)
		return 1;
	if (set_up(&s)) {
		test_days(&s);
		test_signatures(&s);
		test_cards(&s);
	} else
		TAP_OK(false);
	tear_down(&s);
	return TAP_DONE();
}
