/* hash: known answers, reuse, and what must not compare equal. */
#include <stdlib.h>

#include "key/hash.h"
#include "key/key.h"
#include "tap.h"

static const char abc[] =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
static const char empty[] =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
static const char million[] =
    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

static void
sha256(void)
{
	struct hash *h = NULL;
	char text[HASH_TEXT_LEN] = "";

	TAP_INT(hash_bytes_text(text, "abc", 3), FAULT_NONE);
	TAP_STR(text, abc);
	TAP_INT(hash_bytes_text(text, NULL, 0), FAULT_NONE);
	TAP_STR(text, empty);
	TAP_INT(hash_new(&h), FAULT_NONE);
	hash_add(h, "a", 1);
	hash_add(h, NULL, 0);
	hash_add(h, "bc", 2);
	hash_finish_text(h, text);
	TAP_STR(text, abc);
	/* Restarted by the finish. */
	hash_finish_text(h, text);
	TAP_STR(text, empty);
	for (size_t i = 0; i < 1000; i++) {
		char block[1000];

		memset(block, 'a', sizeof block);
		hash_add(h, block, sizeof block);
	}
	hash_finish_text(h, text);
	TAP_STR(text, million);
	hash_free(h);
	hash_free(NULL);
}

static void
equal(void)
{
	char upper[HASH_TEXT_LEN] = "";
	char other[HASH_TEXT_LEN] = "";

	memcpy(upper, abc, sizeof upper);
	upper[0] = 'B';
	memcpy(other, abc, sizeof other);
	other[63] = 'c';
	TAP_OK(hash_text_equal(abc, abc));
	TAP_OK(!hash_text_equal(abc, other));
	TAP_OK(!hash_text_equal(abc, empty));
	TAP_OK(!hash_text_equal(upper, upper));
	TAP_OK(!hash_text_equal("", ""));
	TAP_OK(!hash_text_equal(NULL, NULL));
	TAP_OK(!hash_text_equal(abc, NULL));
}

/* SipHash-2-4 of its authors' first vectors: key 00..0f, input 00..n-1. */
static void
sip(void)
{
	uint8_t key[HASH_SHORT_KEY] = { 0 };
	uint8_t other[HASH_SHORT_KEY] = { 0 };
	uint8_t in[15] = { 0 };

	for (size_t i = 0; i < sizeof key; i++)
		key[i] = (uint8_t)i;
	for (size_t i = 0; i < sizeof in; i++)
		in[i] = (uint8_t)i;
	TAP_OK(hash_short(key, in, sizeof in) == 0xa129ca6149be45e5ULL);
	TAP_OK(hash_short(key, in, 0) == 0x726fdb47dd0e0e31ULL);
	hash_short_key(key);
	hash_short_key(other);
	TAP_OK(memcmp(key, other, sizeof key) != 0);
	TAP_OK(hash_short(key, in, 5) != hash_short(other, in, 5));
}

int
main(void)
{
	uint8_t a[16] = { 0 };
	uint8_t b[16] = { 0 };

	TAP_INT(key_setup(NULL), FAULT_NONE);
	sha256();
	equal();
	sip();
	hash_random(a, sizeof a);
	hash_random(b, sizeof b);
	TAP_OK(memcmp(a, b, sizeof a) != 0);
	return TAP_DONE();
}
