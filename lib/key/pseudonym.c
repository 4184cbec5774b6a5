/*
 * pseudonym: HMAC by libsodium.  What the key alone decides is computed once:
 * there may be 200 million values.
 */
#include "key/pseudonym.h"

#include <sodium.h>
#include <string.h>

#include "base/hex.h"

struct pseudonym {
	crypto_auth_hmacsha256_state keyed;
};

enum fault
pseudonym_new(struct pseudonym **out,
    const uint8_t secret[static PSEUDONYM_SECRET], struct cause *why)
{
	*out = sodium_malloc(sizeof(**out));
	if (*out == NULL)
		return cause_memory(why);
	(void)crypto_auth_hmacsha256_init(
	    &(*out)->keyed, secret, PSEUDONYM_SECRET);
	return FAULT_NONE;
}

void
pseudonym_free(struct pseudonym *p)
{
	sodium_free(p);
}

void
pseudonym_text(const struct pseudonym *p, const void *value, size_t len,
    char out[static PSEUDONYM_LEN])
{
	crypto_auth_hmacsha256_state state = p->keyed;
	uint8_t mac[crypto_auth_hmacsha256_BYTES];
	char text[PSEUDONYM_LEN + 1];

	(void)crypto_auth_hmacsha256_update(&state, value, len);
	(void)crypto_auth_hmacsha256_final(&state, mac);
	hex_encode(text, mac, PSEUDONYM_LEN / 2);
	memcpy(out, text, PSEUDONYM_LEN);
	sodium_memzero(&state, sizeof(state));
}
