/*
 * fuzz_key: minisign key files, public and secret; what parses is written and
 * read again as the same key.  Passphrases are not tried: scrypt takes a
 * second.
 *
 * Almost no change of a secret key is one; and no key lies in the tree.  So the
 * record is tried as it is, and with its public half made from its seed.
 */
#include <sodium.h>

#include "fuzz.h"
#include "key/key.h"

static void
try_public(const uint8_t *data, size_t size)
{
	struct public_key key, again;
	struct buf file = FUZZ_BUF;
	struct cause why;
	char text[KEY_TEXT_LEN] = "";
	enum fault f = FAULT_NONE;

	cause_clear(&why);
	f = public_key_parse(&key, data, size, &why);
	if (f != FAULT_NONE) {
		fuzz_refused(f, FAULT_FORMAT, FAULT_FORMAT, &why);
		return;
	}
	FUZZ_HOLD(public_key_format(&file, &key, "again") == FAULT_NONE);
	FUZZ_HOLD(
	    public_key_parse(&again, file.data, file.len, NULL) == FAULT_NONE);
	FUZZ_HOLD(public_key_equal(&key, &again));
	public_key_text(text, &key);
	FUZZ_HOLD(public_key_from_text(&again, text, NULL) == FAULT_NONE);
	FUZZ_HOLD(public_key_equal(&key, &again));
	/* One spelling only: the very line that was read. */
	FUZZ_HOLD(memmem(data, size, text, strlen(text)) != NULL);
	buf_free(&file);
}

static void
hold_secret(const struct secret_key *key)
{
	struct secret_key *again = NULL;
	struct public_key one, two;
	struct buf file = FUZZ_BUF;

	FUZZ_HOLD(
	    secret_key_format(&file, key, NULL, "again", NULL) == FAULT_NONE);
	FUZZ_HOLD(secret_key_parse(&again, file.data, file.len, NULL, NULL) ==
	    FAULT_NONE);
	secret_key_public(key, &one);
	secret_key_public(again, &two);
	FUZZ_HOLD(public_key_equal(&one, &two));
	secret_key_free(again);
	buf_wipe(&file);
}

static void
try_secret(const uint8_t *data, size_t size)
{
	struct secret_key *key = NULL;
	struct cause why;
	bool encrypted = false;
	enum fault f = FAULT_NONE, g = FAULT_NONE;

	cause_clear(&why);
	f = secret_key_parse(&key, data, size, NULL, &why);
	g = secret_key_encrypted(&encrypted, data, size, NULL);
	FUZZ_HOLD((f == FAULT_NONE) == (key != NULL));
	if (f == FAULT_NONE) {
		FUZZ_HOLD(g == FAULT_NONE && !encrypted);
		hold_secret(key);
		secret_key_free(key);
	} else if (g == FAULT_NONE && encrypted) {
		fuzz_refused(f, FAULT_PASSPHRASE, FAULT_LARGER, &why);
	} else {
		fuzz_refused(f, FAULT_FORMAT, FAULT_FORMAT, &why);
	}
}

/* The record of serahterima-keys(5): where the seed lies, and how long it is.
 */
enum { RECORD_LEN = 158, RECORD_SEED = 62, RECORD_SUM = 126 };

static void
try_put_right(const uint8_t *data, size_t size)
{
	const char *lf = memchr(data, '\n', size);
	uint8_t record[RECORD_LEN], key[crypto_sign_SECRETKEYBYTES];
	uint8_t half[crypto_sign_PUBLICKEYBYTES];
	char text[2 * RECORD_LEN] = "";
	struct buf file = FUZZ_BUF;
	size_t len = 0;

	if (lf == NULL ||
	    sodium_base642bin(record, sizeof(record), lf + 1,
		size - (size_t)(lf + 1 - (const char *)data), "\n", &len, NULL,
		sodium_base64_VARIANT_ORIGINAL) != 0 ||
	    len != RECORD_LEN)
		return;
	(void)crypto_sign_seed_keypair(half, key, record + RECORD_SEED);
	memcpy(record + RECORD_SEED, key, sizeof(key));
	memset(record + RECORD_SUM, 0, RECORD_LEN - RECORD_SUM);
	(void)sodium_bin2base64(text, sizeof(text), record, sizeof(record),
	    sodium_base64_VARIANT_ORIGINAL);
	FUZZ_HOLD(buf_put(&file, data, (size_t)(lf + 1 - (const char *)data)) ==
	    FAULT_NONE);
	FUZZ_HOLD(buf_putf(&file, "%s\n", text) == FAULT_NONE);
	try_secret(file.data, file.len);
	buf_free(&file);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FUZZ_HOLD(key_setup(NULL) == FAULT_NONE);
	try_public(data, size);
	try_secret(data, size);
	try_put_right(data, size);
	return 0;
}
