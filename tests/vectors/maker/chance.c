/*
 * chance: one rule for all that is drawn.  Keys, file keys, ephemeral secrets,
 * nonces and salts follow from it, so the whole set is the same bytes each
 * time, and whoever reads the rule can compute every secret in it.
 */
#include "chance.h"

#include <sodium.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static char chance_name[256] = "nothing";
static unsigned chance_count;

void
chance_label(const char *label)
{
	(void)snprintf(chance_name, sizeof(chance_name), "%s", label);
	chance_count = 0;
}

static void
chance_buf(void *const out, const size_t size)
{
	uint8_t hash[crypto_hash_sha256_BYTES];
	char text[512];
	size_t n = 0, block = 0;

	for (size_t done = 0; done < size; done += n) {
		(void)snprintf(text, sizeof(text),
		    "serah terima test vectors, no secret: %s %u %zu",
		    chance_name, chance_count, block++);
		(void)crypto_hash_sha256(
		    hash, (const uint8_t *)text, strlen(text));
		n = size - done < sizeof(hash) ? size - done : sizeof(hash);
		memcpy((uint8_t *)out + done, hash, n);
	}
	chance_count++;
}

static uint32_t
chance_word(void)
{
	uint32_t word = 0;

	chance_buf(&word, sizeof(word));
	return word;
}

static const char *
chance_implementation(void)
{
	return "chance";
}

void
chance_install(void)
{
	static randombytes_implementation own;

	own.implementation_name = chance_implementation;
	own.random = chance_word;
	own.buf = chance_buf;
	(void)randombytes_set_implementation(&own);
}
