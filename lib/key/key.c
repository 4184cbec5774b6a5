/*
 * key: minisign's key files.  The secret half lives in libsodium's guarded
 * memory from the first decoded byte on; no copy of it is made elsewhere.
 */
#include <errno.h>
#include <sodium.h>
#include <string.h>

#include "base/hex.h"
#include "base/intl.h"
#include "base/limits.h"
#include "key/key.h"
#include "key/minisign.h"

#define SECRET_KEY_LEN 64 /* seed, then public key, as Ed25519 stores it */

struct secret_key {
	uint8_t id[KEY_ID_LEN];
	uint8_t key[SECRET_KEY_LEN];
};

/* The secret record of 158 bytes; numbers are little-endian. */
enum {
	REC_ALG = 0,
	REC_KDF = 2,
	REC_SUM_ALG = 4,
	REC_SALT = 6,
	REC_OPS = 38,
	REC_MEM = 46,
	REC_ID = 54,
	REC_KEY = 62,
	REC_SUM = 126,
	REC_LEN = 158,
	REC_BOX = REC_LEN - REC_ID, /* what the passphrase covers */
	REC_SUM_LEN = REC_LEN - REC_SUM
};

/* The public record of 42 bytes. */
enum { PUB_ID = 2, PUB_KEY = 10, PUB_LEN = 42 };

static const uint8_t kdf_none[2] = { 0, 0 };

enum fault
key_setup(struct cause *why)
{
	if (sodium_init() < 0)
		return cause_set(
		    why, FAULT_SYSTEM, N_("libsodium does not start"));
	return FAULT_NONE;
}

/* ---- the secret key ---- */

static enum fault
guarded_new(struct secret_key **out, struct cause *why)
{
	*out = sodium_malloc(sizeof **out);
	return *out == NULL ? cause_memory(why) : FAULT_NONE;
}

enum fault
secret_key_new(struct secret_key **out, struct cause *why)
{
	uint8_t pub[KEY_PUBLIC_LEN] = { 0 };
	enum fault f = guarded_new(out, why);

	if (f != FAULT_NONE)
		return f;
	/* The id is no hash of the key: minisign draws it, and so do we. */
	randombytes_buf((*out)->id, sizeof(*out)->id);
	(void)crypto_sign_keypair(pub, (*out)->key);
	(void)sodium_mprotect_readonly(*out);
	return FAULT_NONE;
}

void
secret_key_free(struct secret_key *k)
{
	/* Wipes, too; NULL is fine. */
	sodium_free(k);
}

void
secret_key_public(const struct secret_key *k, struct public_key *out)
{
	memcpy(out->id, k->id, sizeof out->id);
	memcpy(out->key, k->key + SECRET_KEY_LEN - KEY_PUBLIC_LEN,
	    sizeof out->key);
}

void
secret_key_detached(const struct secret_key *k,
    uint8_t sig[static MINISIGN_SIG_LEN], const void *bytes, size_t len)
{
	(void)crypto_sign_detached(sig, NULL, bytes, len, k->key);
}

/* By bytes, so that the file is the same on every processor. */
static uint64_t
le64_get(const uint8_t *at)
{
	uint64_t v = 0;

	for (size_t i = 8; i-- > 0;)
		v = v << 8 | at[i];
	return v;
}

static void
le64_put(uint8_t *at, uint64_t v)
{
	for (size_t i = 0; i < 8; i++) {
		at[i] = (uint8_t)(v & 0xff);
		v >>= 8;
	}
}

/* The file's record, still closed, into guarded memory. */
static enum fault
record_read(uint8_t **out, const void *bytes, size_t len, struct cause *why)
{
	struct minisign_text text = { bytes, len };
	struct minisign_line comment = { NULL, 0 };
	struct minisign_line line = { NULL, 0 };
	uint8_t *rec = sodium_malloc(REC_LEN);

	*out = NULL;
	if (rec == NULL)
		return cause_memory(why);
	if (len > LIMIT_KEY_FILE || !minisign_next(&text, &comment) ||
	    comment.len >= LIMIT_COMMENT ||
	    !minisign_prefix(&comment, MINISIGN_UNTRUSTED) ||
	    !minisign_next(&text, &line) || !minisign_end(&text) ||
	    !minisign_base64(rec, REC_LEN, &line)) {
		sodium_free(rec);
		return cause_set(why, FAULT_FORMAT,
		    N_("this is not a minisign secret key file of two lines"));
	}
	if (memcmp(rec + REC_ALG, "Ed", 2) != 0 ||
	    memcmp(rec + REC_SUM_ALG, "B2", 2) != 0 ||
	    (memcmp(rec + REC_KDF, "Sc", 2) != 0 &&
		memcmp(rec + REC_KDF, kdf_none, 2) != 0)) {
		sodium_free(rec);
		return cause_set(why, FAULT_FORMAT,
		    N_("the secret key file names an unknown algorithm"));
	}
	*out = rec;
	return FAULT_NONE;
}

/* XORs the box with scrypt's output; the same closes and opens it. */
static enum fault
record_cover(uint8_t *rec, const char *passphrase, struct cause *why)
{
	uint8_t *pad = sodium_malloc(REC_BOX);
	enum fault f = FAULT_NONE;

	if (pad == NULL)
		return cause_memory(why);
	/* Its only failure is that the memory is not to be had. */
	if (crypto_pwhash_scryptsalsa208sha256(pad, REC_BOX, passphrase,
		strlen(passphrase), rec + REC_SALT, le64_get(rec + REC_OPS),
		(size_t)le64_get(rec + REC_MEM)) != 0)
		f = cause_memory(why);
	for (size_t i = 0; f == FAULT_NONE && i < REC_BOX; i++)
		rec[REC_ID + i] ^= pad[i];
	sodium_free(pad);
	return f;
}

/* BLAKE2b of algorithm, key id and secret key. */
static void
record_sum(uint8_t sum[static REC_SUM_LEN], const uint8_t *rec)
{
	crypto_generichash_state st;

	(void)crypto_generichash_init(&st, NULL, 0, REC_SUM_LEN);
	(void)crypto_generichash_update(&st, rec + REC_ALG, 2);
	(void)crypto_generichash_update(&st, rec + REC_ID, REC_SUM - REC_ID);
	(void)crypto_generichash_final(&st, sum, REC_SUM_LEN);
	sodium_memzero(&st, sizeof st);
}

/* Uncovers the box and proves by the checksum that it was the right key. */
static enum fault
record_open(uint8_t *rec, const char *passphrase, struct cause *why)
{
	uint8_t sum[REC_SUM_LEN] = { 0 };
	enum fault f = FAULT_NONE;

	/* The limits are not authenticated: a foreign file must not be able to
	 * ask for 64 GiB. */
	if (le64_get(rec + REC_OPS) > LIMIT_SCRYPT_OPS ||
	    le64_get(rec + REC_MEM) > LIMIT_SCRYPT_MEM)
		return cause_set(why, FAULT_LARGER,
		    N_("the key file asks for more scrypt work or memory than "
		       "is allowed"));
	if (passphrase == NULL)
		return cause_set(why, FAULT_PASSPHRASE,
		    N_("the secret key is encrypted; its passphrase is "
		       "needed"));
	f = record_cover(rec, passphrase, why);
	if (f != FAULT_NONE)
		return f;
	record_sum(sum, rec);
	if (sodium_memcmp(sum, rec + REC_SUM, sizeof sum) != 0)
		f = cause_set(why, FAULT_PASSPHRASE,
		    N_("the passphrase does not open the secret key"));
	sodium_memzero(sum, sizeof sum);
	return f;
}

/*
 * An unencrypted record: nothing is in salt and limits.  minisign -W writes no
 * checksum; we do, so that a damaged key id is found here and not by a partner.
 */
static enum fault
record_bare(const uint8_t *rec, struct cause *why)
{
	uint8_t sum[REC_SUM_LEN] = { 0 };
	bool ok = sodium_is_zero(rec + REC_SALT, REC_ID - REC_SALT) == 1;

	record_sum(sum, rec);
	if (sodium_is_zero(rec + REC_SUM, sizeof sum) != 1 &&
	    sodium_memcmp(sum, rec + REC_SUM, sizeof sum) != 0)
		ok = false;
	sodium_memzero(sum, sizeof sum);
	return ok ? FAULT_NONE
		  : cause_set(why, FAULT_FORMAT,
			N_("the secret key file is damaged: its checksum does "
			   "not hold"));
}

/*
 * The stored public half must be that of the seed: minisign -W writes no
 * checksum, and signing with a wrong public half gives the secret away.
 */
static bool
halves_match(const uint8_t *key)
{
	struct {
		uint8_t pub[KEY_PUBLIC_LEN];
		uint8_t sec[SECRET_KEY_LEN];
	} *again = sodium_malloc(sizeof *again);
	bool same = false;

	if (again == NULL)
		return false;
	(void)crypto_sign_seed_keypair(again->pub, again->sec, key);
	same = sodium_memcmp(again->sec, key, SECRET_KEY_LEN) == 0;
	sodium_free(again);
	return same;
}

enum fault
secret_key_parse(struct secret_key **out, const void *bytes, size_t len,
    const char *passphrase, struct cause *why)
{
	struct secret_key *k = NULL;
	uint8_t *rec = NULL;
	enum fault f = FAULT_NONE;

	*out = NULL;
	f = record_read(&rec, bytes, len, why);
	if (f != FAULT_NONE)
		goto out;
	f = memcmp(rec + REC_KDF, kdf_none, 2) != 0
	    ? record_open(rec, passphrase, why)
	    : record_bare(rec, why);
	if (f != FAULT_NONE)
		goto out;
	if (!halves_match(rec + REC_KEY)) {
		f = cause_set(why, FAULT_FORMAT,
		    N_("the secret key file is damaged: its two halves do not "
		       "belong together"));
		goto out;
	}
	f = guarded_new(&k, why);
	if (f != FAULT_NONE)
		goto out;
	memcpy(k->id, rec + REC_ID, sizeof k->id);
	memcpy(k->key, rec + REC_KEY, sizeof k->key);
	(void)sodium_mprotect_readonly(k);
	*out = k;
out:
	sodium_free(rec);
	return f;
}

enum fault
secret_key_encrypted(
    bool *out, const void *bytes, size_t len, struct cause *why)
{
	uint8_t *rec = NULL;
	enum fault f = record_read(&rec, bytes, len, why);

	*out = f == FAULT_NONE && memcmp(rec + REC_KDF, kdf_none, 2) != 0;
	sodium_free(rec);
	return f;
}

/*
 * Builds the record that is written.  The limits are the largest that we read
 * ourselves: a root key is opened a few times a year and may take a second.
 */
static enum fault
record_fill(uint8_t *rec, const struct secret_key *k, const char *passphrase,
    struct cause *why)
{
	memset(rec, 0, REC_LEN);
	memcpy(rec + REC_ALG, "Ed", 2);
	memcpy(rec + REC_SUM_ALG, "B2", 2);
	memcpy(rec + REC_ID, k->id, sizeof k->id);
	memcpy(rec + REC_KEY, k->key, sizeof k->key);
	record_sum(rec + REC_SUM, rec);
	/* KDF, salt and limits stay zero, as minisign -W leaves them. */
	if (passphrase == NULL)
		return FAULT_NONE;
	memcpy(rec + REC_KDF, "Sc", 2);
	randombytes_buf(rec + REC_SALT, REC_OPS - REC_SALT);
	le64_put(rec + REC_OPS, LIMIT_SCRYPT_OPS);
	le64_put(rec + REC_MEM, LIMIT_SCRYPT_MEM);
	return record_cover(rec, passphrase, why);
}

/* minisign reads the comment line, newline and NUL included, into 1024. */
static bool
comment_ok(const char *comment)
{
	size_t n = strlen(comment);

	return n + sizeof MINISIGN_UNTRUSTED < LIMIT_COMMENT &&
	    minisign_printable(comment, n);
}

enum fault
secret_key_format(struct buf *out, const struct secret_key *k,
    const char *passphrase, const char *comment, struct cause *why)
{
	size_t cap = LIMIT_COMMENT +
	    sodium_base64_ENCODED_LEN(REC_LEN, sodium_base64_VARIANT_ORIGINAL) +
	    2;
	uint8_t *rec = sodium_malloc(REC_LEN);
	char *text = sodium_malloc(cap);
	enum fault f = FAULT_NONE;
	size_t n = 0;

	if (rec == NULL || text == NULL) {
		f = cause_memory(why);
		goto out;
	}
	if (!comment_ok(comment)) {
		f = cause_set(why, FAULT_FORMAT,
		    N_("the comment is too long or not printable"));
		goto out;
	}
	f = record_fill(rec, k, passphrase, why);
	if (f != FAULT_NONE)
		goto out;
	/* Put in one go, so that a growing buffer leaves no copy behind. */
	n = strlen(strcpy(text, MINISIGN_UNTRUSTED));
	n += strlen(strcpy(text + n, comment));
	text[n++] = '\n';
	(void)sodium_bin2base64(text + n, cap - n - 1, rec, REC_LEN,
	    sodium_base64_VARIANT_ORIGINAL);
	n += strlen(text + n);
	text[n++] = '\n';
	f = buf_put(out, text, n);
	if (f != FAULT_NONE)
		(void)cause_set(why, f, N_("the secret key cannot be written"));
out:
	sodium_free(text);
	sodium_free(rec);
	return f;
}

/* ---- the public key ---- */

enum fault
public_key_format(
    struct buf *out, const struct public_key *k, const char *comment)
{
	char text[KEY_TEXT_LEN] = "";

	if (!comment_ok(comment))
		return FAULT_FORMAT;
	public_key_text(text, k);
	return buf_putf(out, "%s%s\n%s\n", MINISIGN_UNTRUSTED, comment, text);
}

/* The one place where 42 bytes become a key, for files and bare lines. */
static enum fault
public_key_line(
    struct public_key *out, const struct minisign_line *line, struct cause *why)
{
	uint8_t rec[PUB_LEN] = { 0 };

	memset(out, 0, sizeof *out);
	if (!minisign_base64(rec, sizeof rec, line) ||
	    memcmp(rec, "Ed", 2) != 0)
		return cause_set(
		    why, FAULT_FORMAT, N_("this is not a minisign public key"));
	memcpy(out->id, rec + PUB_ID, sizeof out->id);
	memcpy(out->key, rec + PUB_KEY, sizeof out->key);
	return FAULT_NONE;
}

enum fault
public_key_parse(
    struct public_key *out, const void *bytes, size_t len, struct cause *why)
{
	struct minisign_text text = { bytes, len };
	struct minisign_line comment = { NULL, 0 };
	struct minisign_line line = { NULL, 0 };

	if (len > LIMIT_KEY_FILE || !minisign_next(&text, &comment) ||
	    comment.len >= LIMIT_COMMENT ||
	    !minisign_prefix(&comment, MINISIGN_UNTRUSTED) ||
	    !minisign_next(&text, &line) || !minisign_end(&text)) {
		memset(out, 0, sizeof *out);
		return cause_set(why, FAULT_FORMAT,
		    N_("this is not a minisign public key file of two lines"));
	}
	return public_key_line(out, &line, why);
}

void
public_key_text(char out[static KEY_TEXT_LEN], const struct public_key *k)
{
	uint8_t rec[PUB_LEN] = { 'E', 'd' };

	memcpy(rec + PUB_ID, k->id, sizeof k->id);
	memcpy(rec + PUB_KEY, k->key, sizeof k->key);
	(void)sodium_bin2base64(
	    out, KEY_TEXT_LEN, rec, sizeof rec, sodium_base64_VARIANT_ORIGINAL);
}

enum fault
public_key_from_text(
    struct public_key *out, const char *text, struct cause *why)
{
	struct minisign_line line = { text, strlen(text) };

	return public_key_line(out, &line, why);
}

bool
public_key_equal(const struct public_key *a, const struct public_key *b)
{
	return memcmp(a->id, b->id, sizeof a->id) == 0 &&
	    memcmp(a->key, b->key, sizeof a->key) == 0;
}

/* ---- the fingerprint ---- */

static void
fingerprint_digits(char out[static 2 * crypto_hash_sha256_BYTES + 1],
    const struct public_key *k)
{
	uint8_t digest[crypto_hash_sha256_BYTES] = { 0 };

	/* libsodium's, which cannot fail: 32 bytes need no speed. */
	(void)crypto_hash_sha256(digest, k->key, sizeof k->key);
	hex_encode(out, digest, sizeof digest);
}

void
public_key_fingerprint(
    char out[static KEY_FINGERPRINT_LEN], const struct public_key *k)
{
	char digits[2 * crypto_hash_sha256_BYTES + 1] = "";
	size_t n = 0;

	fingerprint_digits(digits, k);
	for (size_t i = 0; digits[i] != '\0'; i++) {
		if (i > 0 && i % 4 == 0)
			out[n++] = ' ';
		out[n++] = digits[i];
	}
	out[n] = '\0';
}

bool
public_key_fingerprint_equal(const struct public_key *k, const char *text)
{
	char digits[2 * crypto_hash_sha256_BYTES + 1] = "";
	size_t n = 0;

	fingerprint_digits(digits, k);
	/* People copy it from a letter or a screen: layout does not count. */
	for (; *text != '\0'; text++) {
		char c = *text;

		if (strchr(" \t\r\n:", c) != NULL)
			continue;
		if (c >= 'A' && c <= 'F')
			c = (char)(c - 'A' + 'a');
		/* At the end the NUL of digits meets no digit. */
		if (digits[n] != c)
			return false;
		n++;
	}
	return n == sizeof digits - 1;
}
