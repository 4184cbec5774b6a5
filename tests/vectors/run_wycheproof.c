/*
 * run_wycheproof: holds the cryptography that parcels rest on against Project
 * Wycheproof's vectors.
 *
 * usage: run_wycheproof DIR
 *
 * Each *.json of DIR (schema testvectors_v1) is read with our own JSON reader.
 * What the product wraps is driven through the wrapper: X25519 through
 * identity_parse and identity_agree, with the secret as an AGE-SECRET-KEY-1
 * text; HKDF-SHA256 through header_hkdf, which gives the first 32 bytes.  What
 * it calls in the middle of its own work (Ed25519 under a prehash, the AEAD of
 * a chunk, the HMAC of a header) has no wrapper that takes a vector: there
 * libsodium's function, the same that it calls, is driven.  XChaCha20-Poly1305
 * is in no parcel; it is held all the same, as it shares code with the other.
 */
#include <fcntl.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/io.h"
#include "base/limits.h"
#include "envelope/header.h"
#include "key/key.h"
#include "key/recipient.h"
#include "text/doc.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define FILE_MAX (64 * MIB)

static unsigned passed, failed, skipped;

/* ---- bytes of a test ---- */

struct bytes {
	unsigned char *at; /* owned; never NULL */
	size_t len;
};

static struct bytes
take(const struct node *test, const char *key)
{
	const char *text = node_text(test, key);
	struct bytes b = { NULL, 0 };

	b.len = text == NULL ? 0 : strlen(text) / 2;
	b.at = malloc(b.len + 1);
	if (text == NULL || b.at == NULL || !hex_decode(b.at, b.len, text)) {
		fprintf(stderr, "run_wycheproof: no bytes in \"%s\"\n", key);
		exit(1);
	}
	return b;
}

static bool
same(const struct bytes *b, const void *bytes, size_t len)
{
	return b->len == len && memcmp(b->at, bytes, len) == 0;
}

/* ---- X25519, through an age identity ---- */

static uint32_t
bech32_step(uint32_t sum, unsigned value)
{
	static const uint32_t generator[] = { 0x3b6a57b2, 0x26508e6d,
		0x1ea119fa, 0x3d4233dd, 0x2a1462b3 };
	uint32_t top = sum >> 25;

	sum = (sum & 0x1ffffff) << 5 ^ value;
	for (unsigned i = 0; i < 5; i++)
		sum ^= (top >> i & 1) != 0 ? generator[i] : 0;
	return sum;
}

/* BIP 173, as age writes a secret key; apart from the product's own code. */
static void
identity_text(char out[75], const unsigned char *secret)
{
	static const char charset[] = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";
	static const char prefix[] = "age-secret-key-";
	unsigned value[58] = { 0 };
	uint32_t sum = 1;
	size_t n = 0;

	for (const char *c = prefix; *c != '\0'; c++)
		sum = bech32_step(sum, (unsigned)*c >> 5);
	sum = bech32_step(sum, 0);
	for (const char *c = prefix; *c != '\0'; c++)
		sum = bech32_step(sum, (unsigned)*c & 31);
	for (size_t bit = 0; bit < 256; bit++)
		if ((secret[bit / 8] >> (7 - bit % 8) & 1) != 0)
			value[bit / 5] |= 16U >> bit % 5;
	for (size_t i = 0; i < 52; i++)
		sum = bech32_step(sum, value[i]);
	for (size_t i = 0; i < 6; i++)
		sum = bech32_step(sum, 0);
	for (size_t i = 0; i < 6; i++)
		value[52 + i] = (sum ^ 1) >> 5 * (5 - i) & 31;
	n = (size_t)snprintf(out, 75, "AGE-SECRET-KEY-1");
	for (size_t i = 0; i < COUNT(value); i++)
		out[n++] = charset[value[i]];
	out[n] = '\0';
}

/* An all-zero secret must be refused, whatever the vector says of it. */
static bool
x25519(const struct node *group, const struct node *test, bool valid)
{
	struct bytes share = take(test, "public");
	struct bytes secret = take(test, "private");
	struct bytes want = take(test, "shared");
	struct identity *id = NULL;
	uint8_t shared[32] = { 0 };
	char text[75] = "";
	bool good = share.len == 32 && secret.len == 32;
	enum fault f = FAULT_NONE;

	(void)group;
	(void)valid;
	if (good) {
		identity_text(text, secret.at);
		f = identity_parse(&id, text, strlen(text), NULL);
		good = f == FAULT_NONE;
	}
	if (good) {
		f = identity_agree(id, share.at, shared);
		good = sodium_is_zero(want.at, want.len)
		    ? f == FAULT_DECRYPT
		    : f == FAULT_NONE && same(&want, shared, sizeof(shared));
	}
	identity_free(id);
	free(share.at);
	free(secret.at);
	free(want.at);
	return good;
}

/* ---- HKDF-SHA256 ---- */

/* All of it, by the same HMAC that header_hkdf is made of; false when the
 * length is more than RFC 5869 has. */
static bool
hkdf_all(struct bytes *out, const struct bytes *ikm, const struct bytes *salt,
    const struct bytes *info)
{
	crypto_auth_hmacsha256_state st;
	uint8_t prk[32], block[32];

	if (out->len > 255 * sizeof(block))
		return false;
	crypto_auth_hmacsha256_init(&st, salt->at, salt->len);
	crypto_auth_hmacsha256_update(&st, ikm->at, ikm->len);
	crypto_auth_hmacsha256_final(&st, prk);
	for (size_t at = 0; at < out->len; at += sizeof(block)) {
		uint8_t n = (uint8_t)(at / sizeof(block) + 1);
		size_t left = out->len - at;

		crypto_auth_hmacsha256_init(&st, prk, sizeof(prk));
		if (at > 0)
			crypto_auth_hmacsha256_update(
			    &st, block, sizeof(block));
		crypto_auth_hmacsha256_update(&st, info->at, info->len);
		crypto_auth_hmacsha256_update(&st, &n, 1);
		crypto_auth_hmacsha256_final(&st, block);
		memcpy(out->at + at, block,
		    left < sizeof(block) ? left : sizeof(block));
	}
	return true;
}

static bool
hkdf(const struct node *group, const struct node *test, bool valid)
{
	struct bytes ikm = take(test, "ikm");
	struct bytes salt = take(test, "salt");
	struct bytes info = take(test, "info");
	struct bytes okm = take(test, "okm");
	int64_t size = node_int(test, "size", 0);
	struct bytes all = { malloc((size_t)size + 1), (size_t)size };
	uint8_t first[32] = { 0 };
	size_t n = okm.len < sizeof(first) ? okm.len : sizeof(first);
	char *word = strndup((const char *)info.at, info.len);
	bool good = false;

	(void)group;
	if (all.at == NULL || word == NULL)
		abort();
	good = hkdf_all(&all, &ikm, &salt, &info) == valid;
	if (valid)
		good = good && same(&okm, all.at, all.len);
	/* The product's info is a word, and it takes no more than 32 bytes. */
	header_hkdf(first, ikm.at, ikm.len, salt.at, salt.len, word);
	if (valid && strlen(word) == info.len)
		good = good && memcmp(first, okm.at, n) == 0;
	else if (valid)
		good = false; /* no vector has such an info today */
	free(word);
	free(all.at);
	free(ikm.at);
	free(salt.at);
	free(info.at);
	free(okm.at);
	return good;
}

/* ---- HMAC-SHA256 ---- */

static bool
hmac(const struct node *group, const struct node *test, bool valid)
{
	struct bytes key = take(test, "key");
	struct bytes msg = take(test, "msg");
	struct bytes tag = take(test, "tag");
	size_t len = (size_t)node_int(group, "tagSize", 0) / 8;
	crypto_auth_hmacsha256_state st;
	uint8_t mac[32] = { 0 };
	bool good = false;

	crypto_auth_hmacsha256_init(&st, key.at, key.len);
	crypto_auth_hmacsha256_update(&st, msg.at, msg.len);
	crypto_auth_hmacsha256_final(&st, mac);
	good = len > 0 && len <= sizeof(mac) &&
	    (tag.len == len && sodium_memcmp(tag.at, mac, len) == 0) == valid;
	free(key.at);
	free(msg.at);
	free(tag.at);
	return good;
}

/* ---- the AEADs ---- */

/* What a message, a nonce and a key are to one of the two. */
struct sealed {
	struct bytes key, iv, aad, msg, ct, tag;
	struct bytes whole; /* ct, then tag: as libsodium has it */
	bool wide;          /* XChaCha20 */
};

static int
aead_open(unsigned char *out, const struct sealed *s)
{
	return s->wide ? crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL,
			     NULL, s->whole.at, s->whole.len, s->aad.at,
			     s->aad.len, s->iv.at, s->key.at)
		       : crypto_aead_chacha20poly1305_ietf_decrypt(out, NULL,
			     NULL, s->whole.at, s->whole.len, s->aad.at,
			     s->aad.len, s->iv.at, s->key.at);
}

static void
aead_seal(unsigned char *out, const struct sealed *s)
{
	if (s->wide)
		(void)crypto_aead_xchacha20poly1305_ietf_encrypt(out, NULL,
		    s->msg.at, s->msg.len, s->aad.at, s->aad.len, NULL,
		    s->iv.at, s->key.at);
	else
		(void)crypto_aead_chacha20poly1305_ietf_encrypt(out, NULL,
		    s->msg.at, s->msg.len, s->aad.at, s->aad.len, NULL,
		    s->iv.at, s->key.at);
}

/* Opened it is the message, sealed it is the vector; or neither may be. */
static bool
aead_holds(const struct sealed *s, bool valid)
{
	size_t nonce = s->wide ? crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
			       : crypto_aead_chacha20poly1305_ietf_NPUBBYTES;
	unsigned char *out = NULL;
	bool good = false;

	/* A nonce of another size is refused by the function's own type. */
	if (s->iv.len != nonce || s->key.len != 32 || s->tag.len != 16)
		return !valid;
	out = malloc(s->whole.len + s->msg.len + 16);
	if (out == NULL)
		abort();
	good = (aead_open(out, s) == 0) == valid;
	if (valid) {
		good = good && memcmp(out, s->msg.at, s->msg.len) == 0;
		aead_seal(out, s);
		good = good && s->whole.len == s->msg.len + 16 &&
		    memcmp(out, s->whole.at, s->whole.len) == 0;
	}
	free(out);
	return good;
}

static bool
aead(const struct node *test, bool valid, bool wide)
{
	struct sealed s = { take(test, "key"), take(test, "iv"),
		take(test, "aad"), take(test, "msg"), take(test, "ct"),
		take(test, "tag"), { NULL, 0 }, wide };
	bool good = false;

	s.whole.len = s.ct.len + s.tag.len;
	s.whole.at = malloc(s.whole.len + 1);
	if (s.whole.at == NULL)
		abort();
	memcpy(s.whole.at, s.ct.at, s.ct.len);
	memcpy(s.whole.at + s.ct.len, s.tag.at, s.tag.len);
	good = aead_holds(&s, valid);
	free(s.key.at);
	free(s.iv.at);
	free(s.aad.at);
	free(s.msg.at);
	free(s.ct.at);
	free(s.tag.at);
	free(s.whole.at);
	return good;
}

static bool
chacha(const struct node *group, const struct node *test, bool valid)
{
	(void)group;
	return aead(test, valid, false);
}

static bool
xchacha(const struct node *group, const struct node *test, bool valid)
{
	(void)group;
	return aead(test, valid, true);
}

/* ---- Ed25519 ---- */

static bool
ed25519(const struct node *group, const struct node *test, bool valid)
{
	struct bytes key = take(node_get(group, "publicKey"), "pk");
	struct bytes msg = take(test, "msg");
	struct bytes sig = take(test, "sig");
	bool holds = key.len == 32 && sig.len == 64 &&
	    crypto_sign_verify_detached(sig.at, msg.at, msg.len, key.at) == 0;

	free(key.at);
	free(msg.at);
	free(sig.at);
	return holds == valid;
}

/* ---- files ---- */

static const struct primitive {
	const char *algorithm;
	bool (*holds)(
	    const struct node *group, const struct node *test, bool valid);
	const char *how;
} primitives[] = {
	{ "XDH", x25519, "identity_parse, identity_agree" },
	{ "EDDSA", ed25519, "crypto_sign_verify_detached" },
	{ "CHACHA20-POLY1305", chacha, "crypto_aead_chacha20poly1305_ietf" },
	{ "XCHACHA20-POLY1305", xchacha,
	    "crypto_aead_xchacha20poly1305_ietf, which no parcel uses" },
	{ "HKDF-SHA-256", hkdf, "header_hkdf, and beyond 32 bytes its HMAC" },
	{ "HMACSHA256", hmac, "crypto_auth_hmacsha256" },
};

/* "acceptable" is judged by the primitive; here it is only X25519's. */
static void
run_test(const struct primitive *p, const struct node *group,
    const struct node *test)
{
	const char *result = node_text(test, "result");
	bool valid = result != NULL && strcmp(result, "invalid") != 0;

	if (result != NULL && p->holds(group, test, valid)) {
		passed++;
		return;
	}
	failed++;
	printf("FAILED %s %lld: %s, %s\n", p->algorithm,
	    (long long)node_int(test, "tcId", 0), result,
	    node_text(test, "comment"));
}

static void
run_doc(const char *name, const struct node *root)
{
	const char *algorithm = node_text(root, "algorithm");
	const struct node *groups = node_get(root, "testGroups");
	const struct primitive *p = NULL;
	unsigned before = passed + failed;

	for (size_t i = 0; algorithm != NULL && i < COUNT(primitives); i++)
		if (strcmp(primitives[i].algorithm, algorithm) == 0)
			p = &primitives[i];
	if (p == NULL) {
		printf("SKIPPED %s: no parcel uses %s\n", name,
		    algorithm != NULL ? algorithm : "it");
		skipped += (unsigned)node_int(root, "numberOfTests", 1);
		return;
	}
	for (size_t i = 0; i < node_count(groups); i++) {
		const struct node *group = node_at(groups, i);
		const struct node *tests = node_get(group, "tests");

		for (size_t j = 0; j < node_count(tests); j++)
			run_test(p, group, node_at(tests, j));
	}
	before = passed + failed - before;
	printf("# %s: %u tests, through %s\n", algorithm, before, p->how);
	if (before != (unsigned)node_int(root, "numberOfTests", before)) {
		failed++;
		printf("FAILED %s: not as many tests as it says\n", name);
	}
}

static void
run(int dir, const char *name)
{
	struct buf file = BUF_MAX(FILE_MAX);
	struct doc *d = NULL;

	if (io_load(&file, dir, name, NULL) != FAULT_NONE ||
	    doc_parse(&d, file.data, file.len, NULL) != FAULT_NONE) {
		failed++;
		printf("FAILED %s: cannot be read\n", name);
	} else
		run_doc(name, doc_root(d));
	doc_free(d);
	buf_free(&file);
}

int
main(int argc, char **argv)
{
	struct io_names names = { NULL, 0 };
	int dir = -1;

	if (argc != 2) {
		fprintf(stderr, "usage: run_wycheproof DIR\n");
		return 2;
	}
	if (key_setup(NULL) != FAULT_NONE ||
	    io_opendir(&dir, AT_FDCWD, argv[1], NULL) != FAULT_NONE ||
	    io_names(&names, dir, ".", 10000, NULL) != FAULT_NONE) {
		fprintf(
		    stderr, "run_wycheproof: %s: cannot be read\n", argv[1]);
		return 2;
	}
	for (size_t i = 0; i < names.n; i++) {
		size_t len = strlen(names.name[i]);

		if (len > 5 && strcmp(names.name[i] + len - 5, ".json") == 0)
			run(dir, names.name[i]);
	}
	io_names_free(&names);
	printf("%u passed, %u failed, %u skipped\n", passed, failed, skipped);
	return failed > 0 || passed == 0 ? 1 : 0;
}
