/*
 * imprint: GMAC by libcrypto, which uses the processor's carry-less multiply.
 *
 * One key serves several messages with one nonce, which for GMAC as a signature
 * would be a fault: here no imprint is shown to anyone, so that only equality
 * of two of them is ever learnt, and that by ourselves.
 */
#include "key/imprint.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdlib.h>

#include "base/intl.h"
#include "key/hash.h"

#define IMPRINT_KEY 16
#define IMPRINT_NONCE 12

struct imprint {
	EVP_MAC_CTX *mac;
	uint8_t key[IMPRINT_KEY];
	uint8_t nonce[IMPRINT_NONCE];
};

static enum fault
restart(struct imprint *p)
{
	char cipher[] = "AES-128-GCM";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(
		    OSSL_MAC_PARAM_CIPHER, cipher, 0),
		OSSL_PARAM_construct_octet_string(
		    OSSL_MAC_PARAM_IV, p->nonce, sizeof(p->nonce)),
		OSSL_PARAM_construct_end(),
	};

	return EVP_MAC_init(p->mac, p->key, sizeof(p->key), params) == 1
	    ? FAULT_NONE
	    : FAULT_SYSTEM;
}

enum fault
imprint_new(struct imprint **out, struct cause *why)
{
	struct imprint *p = calloc(1, sizeof(*p));
	EVP_MAC *gmac = NULL;
	enum fault f = FAULT_NONE;

	*out = NULL;
	if (p == NULL)
		return cause_memory(why);
	hash_random(p->key, sizeof(p->key));
	hash_random(p->nonce, sizeof(p->nonce));
	if (hash_library() == NULL)
		f = cause_memory(why);
	else if ((gmac = EVP_MAC_fetch(
		      hash_library(), OSSL_MAC_NAME_GMAC, NULL)) == NULL ||
	    (p->mac = EVP_MAC_CTX_new(gmac)) == NULL ||
	    restart(p) != FAULT_NONE)
		f = cause_set(
		    why, FAULT_SYSTEM, N_("libcrypto does not offer GMAC"));
	EVP_MAC_free(gmac);
	if (f != FAULT_NONE) {
		imprint_free(p);
		return f;
	}
	*out = p;
	return FAULT_NONE;
}

void
imprint_free(struct imprint *p)
{
	if (p == NULL)
		return;
	EVP_MAC_CTX_free(p->mac);
	free(p);
}

enum fault
imprint_add(struct imprint *p, const void *bytes, size_t len)
{
	return EVP_MAC_update(p->mac, bytes, len) == 1 ? FAULT_NONE
						       : FAULT_SYSTEM;
}

enum fault
imprint_finish(struct imprint *p, uint8_t out[static IMPRINT_LEN])
{
	size_t len = 0;

	if (EVP_MAC_final(p->mac, out, &len, IMPRINT_LEN) != 1 ||
	    len != IMPRINT_LEN)
		return FAULT_SYSTEM;
	return restart(p);
}
