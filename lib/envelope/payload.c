/*
 * payload: key and nonces of the chunks, the part of STREAM that both ways
 * share; a difference here would show only when nobody can open a file.
 */
#include <sodium.h>
#include <string.h>

#include "envelope/payload.h"

void
payload_key(
    struct payload_keys *keys, const uint8_t nonce[static PAYLOAD_NONCE])
{
	header_hkdf(keys->key, keys->file_key, sizeof keys->file_key, nonce,
	    PAYLOAD_NONCE, "payload");
	sodium_memzero(keys->file_key, sizeof keys->file_key);
}

void
payload_chunk_nonce(uint8_t out[static 12], uint64_t number, bool last)
{
	/* Eleven bytes of counter; 64 bits of it are never used up. */
	memset(out, 0, 12);
	for (size_t i = 0; i < 8; i++) {
		out[10 - i] = (uint8_t)(number & 0xff);
		number >>= 8;
	}
	out[11] = last ? 1 : 0;
}
