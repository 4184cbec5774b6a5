/*
 * hash: SHA-256 through libcrypto, because its SHA instructions make it four
 * times as fast as libsodium's, and SHA-256 is what a parcel waits for.  The
 * short keyed hash and the random bytes are libsodium's.
 */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "key/hash.h"

struct hash {
	EVP_MD *md;
	EVP_MD_CTX *ctx;
	bool broken; /* libcrypto refused a step; never seen */
};

/* Its own default tables libcrypto uses even when there was no memory to make
 * them; these it has, or says so. */
static OSSL_LIB_CTX *library;
static pthread_once_t library_once = PTHREAD_ONCE_INIT;

static void
library_make(void)
{
	library = OSSL_LIB_CTX_new();
}

void *
hash_library(void)
{
	(void)pthread_once(&library_once, library_make);
	return library;
}

enum fault
hash_new(struct hash **out)
{
	struct hash *h = NULL;

	*out = NULL;
	h = calloc(1, sizeof *h);
	if (h == NULL)
		return FAULT_MEMORY;
	if (hash_library() == NULL) {
		free(h);
		return FAULT_MEMORY;
	}
	/* Fetched once: an implicit fetch would be paid at each restart. */
	h->md = EVP_MD_fetch(hash_library(), "SHA256", NULL);
	h->ctx = EVP_MD_CTX_new();
	if (h->md == NULL || h->ctx == NULL ||
	    EVP_DigestInit_ex2(h->ctx, h->md, NULL) != 1) {
		hash_free(h);
		return FAULT_MEMORY;
	}
	*out = h;
	return FAULT_NONE;
}

void
hash_free(struct hash *h)
{
	if (h == NULL)
		return;
	EVP_MD_CTX_free(h->ctx);
	EVP_MD_free(h->md);
	free(h);
}

void
hash_add(struct hash *h, const void *bytes, size_t len)
{
	if (len > 0 && EVP_DigestUpdate(h->ctx, bytes, len) != 1)
		h->broken = true;
}

void
hash_finish(struct hash *h, uint8_t out[static HASH_LEN])
{
	unsigned len = 0;

	if (EVP_DigestFinal_ex(h->ctx, out, &len) != 1 || len != HASH_LEN)
		h->broken = true;
	/* A digest that failed must compare unequal to every other. */
	if (h->broken)
		randombytes_buf(out, HASH_LEN);
	h->broken = EVP_DigestInit_ex2(h->ctx, h->md, NULL) != 1;
}

void
hash_finish_text(struct hash *h, char out[static HASH_TEXT_LEN])
{
	uint8_t digest[HASH_LEN] = { 0 };

	hash_finish(h, digest);
	hex_encode(out, digest, sizeof digest);
}

enum fault
hash_bytes(uint8_t out[static HASH_LEN], const void *bytes, size_t len)
{
	struct hash *h = NULL;
	enum fault f = hash_new(&h);

	if (f != FAULT_NONE)
		return f;
	hash_add(h, bytes, len);
	hash_finish(h, out);
	hash_free(h);
	return FAULT_NONE;
}

enum fault
hash_bytes_text(char out[static HASH_TEXT_LEN], const void *bytes, size_t len)
{
	uint8_t digest[HASH_LEN] = { 0 };
	enum fault f = hash_bytes(digest, bytes, len);

	if (f == FAULT_NONE)
		hex_encode(out, digest, sizeof digest);
	return f;
}

bool
hash_text_equal(const char *a, const char *b)
{
	/* Two texts that are no hash are not equal either: absent is not equal
	 * to absent. */
	if (a == NULL || b == NULL || !hex_ok(a, HASH_TEXT_LEN - 1) ||
	    !hex_ok(b, HASH_TEXT_LEN - 1))
		return false;
	return sodium_memcmp(a, b, HASH_TEXT_LEN - 1) == 0;
}

void
hash_short_key(uint8_t key[static HASH_SHORT_KEY])
{
	randombytes_buf(key, HASH_SHORT_KEY);
}

uint64_t
hash_short(
    const uint8_t key[static HASH_SHORT_KEY], const void *bytes, size_t len)
{
	uint8_t out[crypto_shorthash_BYTES] = { 0 };
	uint64_t value = 0;

	(void)crypto_shorthash(out, bytes, len, key);
	memcpy(&value, out, sizeof value);
	return value;
}

void
hash_random(void *out, size_t n)
{
	randombytes_buf(out, n);
}
