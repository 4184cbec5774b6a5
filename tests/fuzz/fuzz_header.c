/*
 * fuzz_header: age's text header.  A header that opens gives the file key that
 * was wrapped, and no beginning of it opens.
 *
 * Almost every change breaks the MAC.  So each input is tried twice: as it is,
 * and with the MAC that its writer would have put there, so that the grammar
 * is reached by itself.
 */
#include <sodium.h>

#include "envelope/header.h"
#include "fuzz.h"
#include "key/key.h"
#include "bech32.h"

#define MAC_LINE 48 /* "--- ", 43 digits, a line feed */

static const uint8_t file_key[FILE_KEY_LEN] = BECH32_FILE_KEY;

static bool
opens(const uint8_t *data, size_t size, size_t *used)
{
	static const uint8_t none[FILE_KEY_LEN];
	struct identity *id = bech32_identity();
	enum header_failure failure = HEADER_OK;
	uint8_t key[FILE_KEY_LEN] = { 0 };
	struct cause why;
	enum fault f = FAULT_NONE;
	size_t stanzas = 0;

	cause_clear(&why);
	f = header_open(data, size, id, key, used, &stanzas, &failure, &why);
	identity_free(id);
	FUZZ_HOLD(*used <= size && stanzas <= LIMIT_AGE_STANZAS + 1);
	FUZZ_HOLD((f == FAULT_NONE) == (failure == HEADER_OK));
	if (f != FAULT_NONE) {
		fuzz_refused(f, FAULT_DECRYPT, FAULT_DECRYPT, &why);
		FUZZ_HOLD(memcmp(key, none, sizeof(key)) == 0);
		return false;
	}
	FUZZ_HOLD(stanzas > 0 && memcmp(key, file_key, sizeof(key)) == 0);
	return true;
}

static void
try(const uint8_t *data, size_t size)
{
	size_t used = 0, less = 0;

	if (!opens(data, size, &used))
		return;
	FUZZ_HOLD(used > MAC_LINE);
	FUZZ_HOLD(!opens(data, used - 1, &less) && less == 0);
	FUZZ_HOLD(opens(data, used, &less) && less == used);
}

/* HMAC over the header through "---", as C2SP age.md has it. */
static void
sign(uint8_t *header, size_t covered)
{
	uint8_t key[32] = { 0 }, mac[crypto_auth_hmacsha256_BYTES];
	char text[64] = "";

	header_hkdf(key, file_key, sizeof(file_key), "", 0, "header");
	(void)crypto_auth_hmacsha256(mac, header, covered, key);
	(void)sodium_bin2base64(text, sizeof(text), mac, sizeof(mac),
	    sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
	memcpy(header + covered + 1, text, strlen(text));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = memmem(data, size, "\n--- ", 5);
	uint8_t *copy = NULL;
	size_t covered = 0;

	FUZZ_HOLD(key_setup(NULL) == FAULT_NONE);
	try(data, size);
	if (end == NULL || size - (size_t)(end + 1 - data) < MAC_LINE)
		return 0;
	covered = (size_t)(end + 1 - data) + 3;
	copy = malloc(size);
	FUZZ_HOLD(copy != NULL);
	memcpy(copy, data, size);
	sign(copy, covered);
	try(copy, size);
	free(copy);
	return 0;
}
