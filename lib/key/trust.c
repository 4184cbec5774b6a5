/*
 * trust: the cards that a person has compared and pinned.  A pinned card is a
 * file of the home; its root key is what "the same party" means from then on.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/intl.h"
#include "base/io.h"
#include "base/limits.h"
#include "key/trust.h"

#define CARD_SUFFIX ".card.json"
#define SIGNATURE_SUFFIX ".card.json.minisig"
/* The signature of a card that is about to take the pinned one's place. */
#define NEXT_SUFFIX ".card.json.minisig.next"
#define FILE_NAME_MAX (LIMIT_ID + sizeof NEXT_SUFFIX)
/* Card and two signatures of each party an agreement can name, and some to
 * spare. */
#define TRUST_FILES_MAX (4 * LIMIT_RECIPIENTS)

struct trust {
	struct card *cards; /* sorted as their files are */
	size_t n;
};

/* Card and signature as they lie in the directory. */
struct pinned {
	struct buf card;
	struct buf signature;
};

static void
pinned_free(struct pinned *p)
{
	buf_free(&p->card);
	buf_free(&p->signature);
}

/* The party a file name belongs to; false when it is no card's. */
static bool
card_file(char party[static LIMIT_ID + 1], const char *name)
{
	size_t n = strlen(name);
	size_t suffix = sizeof CARD_SUFFIX - 1;

	if (n <= suffix || n - suffix > LIMIT_ID ||
	    strcmp(name + n - suffix, CARD_SUFFIX) != 0)
		return false;
	memcpy(party, name, n - suffix);
	party[n - suffix] = '\0';
	return true;
}

/*
 * Two files cannot be replaced as one: between the new card and its signature
 * lies a moment when only the signature put aside beforehand holds.
 */
static enum fault
card_prove(struct card *out, const struct pinned *p, int dir, const char *party,
    struct cause *why)
{
	struct buf next = BUF_MAX(LIMIT_KEY_FILE);
	char name[FILE_NAME_MAX] = "";
	enum fault f = card_check(out, p->card.data, p->card.len,
	    p->signature.data, p->signature.len, why);

	if (f != FAULT_SIGNATURE && f != FAULT_UNKNOWN_SIGNER)
		return f;
	(void)snprintf(name, sizeof name, "%s%s", party, NEXT_SUFFIX);
	if (io_load(&next, dir, name, NULL) == FAULT_NONE &&
	    card_check(out, p->card.data, p->card.len, next.data, next.len,
		NULL) == FAULT_NONE)
		f = FAULT_NONE;
	buf_free(&next);
	return f;
}

static enum fault
card_load(struct card *out, int dir, const char *party, struct cause *why)
{
	struct pinned p = { BUF_MAX(LIMIT_DOCUMENT), BUF_MAX(LIMIT_KEY_FILE) };
	char name[FILE_NAME_MAX] = "";
	enum fault f = FAULT_NONE;

	(void)snprintf(name, sizeof name, "%s%s", party, SIGNATURE_SUFFIX);
	f = io_load(&p.signature, dir, name, why);
	if (f == FAULT_ABSENT)
		f = cause_set(why, FAULT_SIGNATURE,
		    N_("the card has no signature beside it"));
	if (f != FAULT_NONE)
		goto out;
	(void)snprintf(name, sizeof name, "%s%s", party, CARD_SUFFIX);
	f = io_load(&p.card, dir, name, why);
	if (f != FAULT_NONE)
		goto out;
	cause_place(why, name, 0, NULL, UINT64_MAX);
	f = card_prove(out, &p, dir, party, why);
	/* By its own root key or not at all: one fault for both. */
	if (f == FAULT_UNKNOWN_SIGNER)
		f = cause_set(why, FAULT_SIGNATURE,
		    N_("the card is not signed by the root key it names"));
	/* A card under another party's name would speak for that one. */
	if (f == FAULT_NONE && strcmp(out->party, party) != 0)
		f = cause_set(why, FAULT_FORMAT,
		    N_("the card is that of %s, not of the party its file "
		       "names"),
		    out->party);
out:
	pinned_free(&p);
	return f;
}

enum fault
trust_load(struct trust **out, int parties_dir, struct cause *why)
{
	struct io_names names = { NULL, 0 };
	struct trust *t = calloc(1, sizeof *t);
	enum fault f = FAULT_NONE;

	*out = NULL;
	if (t == NULL)
		return cause_memory(why);
	f = io_names(&names, parties_dir, ".", TRUST_FILES_MAX, why);
	if (f != FAULT_NONE)
		goto out;
	/* One more than files: an empty directory must not look like a failed
	 * allocation. */
	t->cards = calloc(names.n + 1, sizeof *t->cards);
	if (t->cards == NULL)
		f = cause_memory(why);
	for (size_t i = 0; i < names.n && f == FAULT_NONE; i++) {
		char party[LIMIT_ID + 1] = "";

		/* Signatures are read with their cards; notes that somebody
		 * left there are not ours to judge. */
		if (!card_file(party, names.name[i]))
			continue;
		f = card_load(&t->cards[t->n], parties_dir, party, why);
		t->n++;
	}
	if (f == FAULT_NONE) {
		*out = t;
		t = NULL;
		/* The last card has no part in what may fail later. */
		cause_clear(why);
	}
out:
	io_names_free(&names);
	trust_free(t);
	return f;
}

void
trust_free(struct trust *t)
{
	if (t == NULL)
		return;
	free(t->cards);
	free(t);
}

const struct card *
trust_card(const struct trust *t, const char *party)
{
	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->cards[i].party, party) == 0)
			return &t->cards[i];
	return NULL;
}

size_t
trust_count(const struct trust *t)
{
	return t->n;
}

const struct card *
trust_at(const struct trust *t, size_t i)
{
	return i < t->n ? &t->cards[i] : NULL;
}

/* ---- pinning ---- */

static bool
buf_same(const struct buf *a, const struct buf *b)
{
	return a->len == b->len &&
	    (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

/*
 * Holds the new card against the pinned one, if there is any.  The pinned
 * card's signature is not asked for: a crash between the two writes leaves the
 * old card beside the new signature, and pinning again must heal that.
 */
static enum fault
card_follows(const struct card *card, const struct buf *bytes,
    const struct buf *pinned, struct cause *why)
{
	struct card old;
	enum fault f = card_parse(&old, pinned->data, pinned->len, why);

	if (f != FAULT_NONE)
		return f;
	if (!public_key_equal(&old.root, &card->root))
		return cause_set(why, FAULT_UNKNOWN_SIGNER,
		    N_("the card of %s has another root key than the pinned "
		       "one"),
		    card->party);
	if (buf_same(bytes, pinned))
		return cause_set(why, FAULT_EXISTS,
		    N_("this card of %s is pinned already"), card->party);
	if (card->serial <= old.serial)
		return cause_set(why, FAULT_CHAIN,
		    N_("the card of %s has serial %llu, the pinned one has "
		       "%llu"),
		    card->party, (unsigned long long)card->serial,
		    (unsigned long long)old.serial);
	return FAULT_NONE;
}

/* Reads what is pinned under the name; *there tells whether anything is. */
static enum fault
pinned_load(
    struct buf *out, bool *there, int dir, const char *name, struct cause *why)
{
	struct cause local;
	enum fault f = FAULT_NONE;

	/* Its absence is no failure and must leave no cause behind. */
	cause_clear(&local);
	f = io_load(out, dir, name, &local);
	*there = f == FAULT_NONE;
	if (f == FAULT_ABSENT)
		return FAULT_NONE;
	if (f != FAULT_NONE && why != NULL)
		*why = local;
	return f;
}

static enum fault
card_save(int dir, const char *party, const char *suffix,
    const struct buf *bytes, struct cause *why)
{
	char name[FILE_NAME_MAX] = "";

	(void)snprintf(name, sizeof name, "%s%s", party, suffix);
	return io_save(dir, name, bytes->data, bytes->len, 0644, true, why);
}

/*
 * Aside, card, signature: whenever this ends, one of the two signatures is the
 * card's.  A first card gets its signature first: a card without one would stop
 * the home, a signature without a card is passed over.
 */
static enum fault
card_replace(int dir, const char *party, const struct buf *bytes,
    const struct buf *signature, struct cause *why)
{
	char name[FILE_NAME_MAX] = "";
	enum fault f = FAULT_NONE;

	(void)snprintf(name, sizeof name, "%s%s", party, SIGNATURE_SUFFIX);
	if (faccessat(dir, name, F_OK, AT_SYMLINK_NOFOLLOW) != 0)
		f = card_save(dir, party, SIGNATURE_SUFFIX, signature, why);
	if (f == FAULT_NONE)
		f = card_save(dir, party, NEXT_SUFFIX, signature, why);
	if (f == FAULT_NONE)
		f = card_save(dir, party, CARD_SUFFIX, bytes, why);
	if (f == FAULT_NONE)
		f = card_save(dir, party, SIGNATURE_SUFFIX, signature, why);
	/* Left behind it does no harm. */
	(void)snprintf(name, sizeof name, "%s%s", party, NEXT_SUFFIX);
	if (f == FAULT_NONE)
		(void)unlinkat(dir, name, 0);
	return f;
}

enum fault
trust_pin(int parties_dir, const struct card *card, const struct buf *bytes,
    const struct buf *signature, struct cause *why)
{
	struct pinned p = { BUF_MAX(LIMIT_DOCUMENT), BUF_MAX(LIMIT_KEY_FILE) };
	char card_name[FILE_NAME_MAX] = "";
	struct card again;
	bool there = false;
	enum fault saved = FAULT_NONE;
	enum fault f = FAULT_NONE;

	/* Proved again: what is pinned here is believed from now on. */
	f = card_check(&again, bytes->data, bytes->len, signature->data,
	    signature->len, why);
	if (f != FAULT_NONE)
		goto out;
	(void)snprintf(
	    card_name, sizeof card_name, "%s%s", again.party, CARD_SUFFIX);
	f = pinned_load(&p.card, &there, parties_dir, card_name, why);
	if (f == FAULT_NONE && there)
		f = card_follows(card, bytes, &p.card, why);
	if (f != FAULT_NONE && f != FAULT_EXISTS)
		goto out;
	/* Beside an equal card the signature is renewed all the same, should
	 * the old one be lost. */
	saved = card_replace(parties_dir, again.party, bytes, signature, why);
	if (saved != FAULT_NONE)
		f = saved;
out:
	pinned_free(&p);
	return f;
}
