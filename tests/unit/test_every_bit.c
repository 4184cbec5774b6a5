/*
 * Every bit of every small file of a parcel and of what proves it changed, one
 * at a time; every length cut; grown by 1 to 64 bytes.  All of it is refused.
 * The only bytes nobody vouches for are the untrusted comment of a minisign
 * file, the comment lines of an age identity, and line ends behind the last
 * line of either.
 */
#include "bending.h"

static struct world *w;
static struct exchange *x;

/* ---- manifest, receipt, card, agreement and their signatures ---- */

static enum fault
as_manifest(const struct buf *changed, struct cause *why)
{
	struct offer o = offer_of(x);

	o.manifest = changed;
	return rules_receive(w, x, &o, why);
}

static enum fault
as_manifest_sig(const struct buf *changed, struct cause *why)
{
	struct offer o = offer_of(x);

	o.manifest_sig = changed;
	return rules_receive(w, x, &o, why);
}

static enum fault
as_receipt(const struct buf *changed, struct cause *why)
{
	struct offer o = offer_of(x);

	o.receipt = changed;
	return rules_receipt(w, x, &o, why);
}

static enum fault
as_receipt_sig(const struct buf *changed, struct cause *why)
{
	struct offer o = offer_of(x);

	o.receipt_sig = changed;
	return rules_receipt(w, x, &o, why);
}

static enum fault
as_card(const struct buf *changed, struct cause *why)
{
	const struct kit *k = &w->kit[KEMLU];
	struct card card;

	return card_check(&card, changed->data, changed->len, k->card_sig.data,
	    k->card_sig.len, why);
}

static enum fault
as_card_sig(const struct buf *changed, struct cause *why)
{
	const struct kit *k = &w->kit[KEMLU];
	struct card card;

	return card_check(
	    &card, k->card.data, k->card.len, changed->data, changed->len, why);
}

static enum fault
as_agreement(const struct buf *changed, struct cause *why)
{
	const struct paper *p = &w->paper[0];
	struct agreement *a = NULL;
	enum fault f;

	f = agreement_parse(&a, changed->data, changed->len, why);
	if (f == FAULT_NONE)
		f = agreement_in_force(a, changed->data, changed->len, p->sig,
		    PARTIES, w->trust, EXCHANGE_NOW, why);
	agreement_free(a);
	return f;
}

static enum fault
as_agreement_sig(const struct buf *changed, struct cause *why)
{
	const struct paper *p = &w->paper[0];
	struct agreement_signature sig[PARTIES];

	memcpy(sig, p->sig, sizeof(sig));
	sig[KPU].bytes = *changed;
	return agreement_in_force(p->a, p->text.data, p->text.len, sig, PARTIES,
	    w->trust, EXCHANGE_NOW, why);
}

static void
test_pages(void)
{
	struct subject pages[] = {
		{ "manifest.json", &x->manifest, as_manifest, 0, 0,
		    { FAULT_SIGNATURE } },
		{ "manifest.json.minisig", &x->manifest_sig, as_manifest_sig, 0,
		    0, { FAULT_SIGNATURE, FAULT_UNKNOWN_SIGNER } },
		{ "receipt", &x->receipt, as_receipt, 0, 0,
		    { FAULT_SIGNATURE } },
		{ "receipt's signature", &x->receipt_sig, as_receipt_sig, 0, 0,
		    { FAULT_SIGNATURE, FAULT_UNKNOWN_SIGNER } },
		{ "card", &w->kit[KEMLU].card, as_card, 0, 0,
		    { FAULT_FORMAT, FAULT_SIGNATURE, FAULT_UNKNOWN_SIGNER } },
		{ "card's signature", &w->kit[KEMLU].card_sig, as_card_sig, 0,
		    0,
		    { FAULT_FORMAT, FAULT_SIGNATURE, FAULT_UNKNOWN_SIGNER } },
		{ "agreement.json", &w->paper[0].text, as_agreement, 0, 0,
		    { FAULT_NONE } },
		{ "PARTY.minisig", &w->paper[0].sig[KPU].bytes,
		    as_agreement_sig, 0, 0,
		    { FAULT_SIGNATURE, FAULT_SIGNATURE_MISSING } },
	};
	size_t i;

	for (i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		if (pages[i].good->data[0] == 'u')
			untrusted(&pages[i]);
		bend(&pages[i]);
	}
}

/* ---- key files ---- */

static struct buf key_file, pub_file, age_file, age_text;

static enum fault
as_secret(const struct buf *changed, struct cause *why)
{
	struct secret_key *k = NULL;
	struct public_key is, was;
	enum fault f;

	f = secret_key_parse(&k, changed->data, changed->len, NULL, why);
	if (f == FAULT_NONE) {
		secret_key_public(k, &is);
		secret_key_public(w->kit[KEMLU].signing, &was);
		/* Another key than ours is worse than none. */
		if (!public_key_equal(&is, &was))
			f = FAULT_SYSTEM;
	}
	secret_key_free(k);
	return f;
}

/* A public key has no sum of its own: a changed one is another key, and nothing
 * verifies by it. */
static enum fault
as_public(const struct buf *changed, struct cause *why)
{
	static struct signature sig;
	struct public_key k;
	enum fault f;

	f = public_key_parse(&k, changed->data, changed->len, why);
	if (f == FAULT_NONE)
		f = signature_parse(
		    &sig, x->manifest_sig.data, x->manifest_sig.len, why);
	if (f == FAULT_NONE)
		f = signature_verify(
		    &sig, &k, x->manifest.data, x->manifest.len, why);
	return f;
}

static enum fault
as_identity(const struct buf *changed, struct cause *why)
{
	struct recipient is, was;
	struct identity *id = NULL;
	enum fault f;

	f = identity_parse(&id, changed->data, changed->len, why);
	if (f == FAULT_NONE) {
		identity_recipient(id, &is);
		identity_recipient(w->kit[KPU].identity, &was);
		if (memcmp(&is, &was, sizeof(is)) != 0)
			f = FAULT_SYSTEM;
	}
	identity_free(id);
	return f;
}

static enum fault
as_recipient(const struct buf *changed, struct cause *why)
{
	struct recipient r;

	/* A text: what is behind a NUL is not looked at by anybody. */
	if (strlen(buf_text(changed)) != changed->len)
		return cause_set(why, FAULT_FORMAT, "NUL");
	return recipient_parse(&r, buf_text(changed), why);
}

static void
test_keys(void)
{
	struct subject keys[] = {
		{ "signing.key", &key_file, as_secret, 0, 0, { FAULT_NONE } },
		{ "signing.pub", &pub_file, as_public, 0, 0, { FAULT_NONE } },
		{ "decryption.key", &age_file, as_identity, 0, 0,
		    { FAULT_FORMAT } },
		{ "age1 recipient", &age_text, as_recipient, 0, 0,
		    { FAULT_FORMAT } },
	};
	char text[RECIPIENT_TEXT_LEN];
	struct public_key public;
	struct recipient own;
	size_t i;

	key_file.max = pub_file.max = age_file.max = age_text.max =
	    LIMIT_KEY_FILE;
	secret_key_public(w->kit[KEMLU].signing, &public);
	identity_recipient(w->kit[KPU].identity, &own);
	recipient_text(text, &own);
	MUST(secret_key_format(&key_file, w->kit[KEMLU].signing, NULL, "uji",
		 NULL) == FAULT_NONE);
	MUST(public_key_format(&pub_file, &public, "uji") == FAULT_NONE);
	MUST(identity_format(&age_file, w->kit[KPU].identity, EXCHANGE_NOW) ==
	    FAULT_NONE);
	MUST(buf_puts(&age_text, text) == FAULT_NONE);
	untrusted(&keys[0]);
	untrusted(&keys[1]);
	/* Its comment lines come first: "# created", "# public key". */
	keys[2].until =
	    (size_t)(strstr(buf_text(&age_file), "AGE-") - buf_text(&age_file));
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		bend(&keys[i]);
	buf_wipe(&key_file);
	buf_free(&pub_file);
	buf_wipe(&age_file);
	buf_free(&age_text);
}

int
main(void)
{
	static const char csv[] = "id;n\n1;10\n2;20\n3;-7\n";

	MUST(room_make());
	w = world_make();
	x = w->exchange;
	make_exchange(w, 0, csv, sizeof(csv) - 1);
	test_pages();
	test_keys();
	world_free(w);
	room_clear();
	return TAP_DONE();
}
