/* header: HKDF's known answers, round trips, and headers changed by a byte. */
#include <stdlib.h>

#include "base/limits.h"
#include "envelope/header.h"
#include "key/key.h"
#include "tap.h"

static enum fault
open_it(const struct buf *b, size_t len, const struct identity *id,
    uint8_t *key, size_t *used, enum header_failure *failure)
{
	size_t stanzas = 0;

	return header_open(
	    buf_text(b), len, id, key, used, &stanzas, failure, NULL);
}

/* RFC 5869, A.1 and A.3, their first 32 bytes. */
static void
hkdf(void)
{
	static const uint8_t want1[32] = { 0x3c, 0xb2, 0x5f, 0x25, 0xfa, 0xac,
		0xd5, 0x7a, 0x90, 0x43, 0x4f, 0x64, 0xd0, 0x36, 0x2f, 0x2a,
		0x2d, 0x2d, 0x0a, 0x90, 0xcf, 0x1a, 0x5a, 0x4c, 0x5d, 0xb0,
		0x2d, 0x56, 0xec, 0xc4, 0xc5, 0xbf };
	static const uint8_t want3[32] = { 0x8d, 0xa4, 0xe7, 0x75, 0xa5, 0x63,
		0xc1, 0x8f, 0x71, 0x5f, 0x80, 0x2a, 0x06, 0x3c, 0x5a, 0x31,
		0xb8, 0xa1, 0x1f, 0x5c, 0x5e, 0xe1, 0x87, 0x9e, 0xc3, 0x45,
		0x4e, 0x5f, 0x3c, 0x73, 0x8d, 0x2d };
	uint8_t secret[22];
	uint8_t salt[13];
	uint8_t out[32] = { 0 };

	memset(secret, 0x0b, sizeof secret);
	for (size_t i = 0; i < sizeof salt; i++)
		salt[i] = (uint8_t)i;
	header_hkdf(out, secret, sizeof secret, salt, sizeof salt,
	    "\xf0\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9");
	TAP_OK(memcmp(out, want1, sizeof out) == 0);
	header_hkdf(out, secret, sizeof secret, "", 0, "");
	TAP_OK(memcmp(out, want3, sizeof out) == 0);
}

static void
round_trip(const struct identity *id, const struct identity *stranger)
{
	static const uint8_t key[FILE_KEY_LEN] = "0123456789abcde";
	static const uint8_t zero[FILE_KEY_LEN];
	struct recipient to[20];
	struct buf b = BUF_MAX(LIMIT_AGE_HEADER);
	uint8_t got[FILE_KEY_LEN] = { 0 };
	enum header_failure failure = HEADER_OK;
	size_t used = 0;
	size_t n = 0;

	identity_recipient(id, &to[19]);
	for (size_t i = 0; i < 19; i++) {
		struct identity *other = NULL;

		TAP_INT(identity_new(&other, NULL), FAULT_NONE);
		identity_recipient(other, &to[i]);
		identity_free(other);
	}
	TAP_INT(header_format(&b, key, to, 20, NULL), FAULT_NONE);
	n = b.len;
	TAP_INT(buf_puts(&b, "payload"), FAULT_NONE);
	TAP_INT(open_it(&b, b.len, id, got, &used, &failure), FAULT_NONE);
	TAP_INT(failure, HEADER_OK);
	TAP_INT(used, n);
	TAP_OK(memcmp(got, key, sizeof key) == 0);
	TAP_INT(
	    open_it(&b, b.len, stranger, got, &used, &failure), FAULT_DECRYPT);
	TAP_INT(failure, HEADER_NO_MATCH);
	TAP_OK(memcmp(got, zero, sizeof zero) == 0);
	/* More bytes are needed at every length before the last. */
	for (size_t i = 0; i < n; i++)
		if (open_it(&b, i, id, got, &used, &failure) != FAULT_DECRYPT ||
		    failure != HEADER_MALFORMED || used != 0)
			TAP_INT(i, -1);
	buf_free(&b);
}

/* Every single bit of a header is under the MAC. */
static void
flipped(const struct identity *id)
{
	static const uint8_t key[FILE_KEY_LEN] = "0123456789abcde";
	static const uint8_t zero[FILE_KEY_LEN];
	struct recipient to;
	struct buf b = BUF_MAX(LIMIT_AGE_HEADER);
	uint8_t got[FILE_KEY_LEN] = { 0 };
	enum header_failure failure = HEADER_OK;
	size_t used = 0;
	size_t accepted = 0;

	identity_recipient(id, &to);
	TAP_INT(header_format(&b, key, &to, 1, NULL), FAULT_NONE);
	for (size_t bit = 0; bit < b.len * 8; bit++) {
		b.data[bit / 8] ^= (unsigned char)(1U << bit % 8);
		if (open_it(&b, b.len, id, got, &used, &failure) ==
			FAULT_NONE ||
		    memcmp(got, zero, sizeof zero) != 0)
			accepted++;
		b.data[bit / 8] ^= (unsigned char)(1U << bit % 8);
	}
	TAP_INT(accepted, 0);
	TAP_INT(open_it(&b, b.len, id, got, &used, &failure), FAULT_NONE);
	buf_free(&b);
}

static void
refused(const struct identity *id)
{
	static const struct recipient low; /* all zero: of low order */
	static const uint8_t key[FILE_KEY_LEN];
	struct recipient *many = calloc(LIMIT_AGE_STANZAS + 1, sizeof *many);
	struct buf b = BUF_MAX(LIMIT_AGE_HEADER);
	size_t fits = (LIMIT_AGE_HEADER - 22 - 48) / 98;
	enum fault want = FAULT_NONE;

	TAP_INT(header_format(&b, key, NULL, 0, NULL), FAULT_FORMAT);
	TAP_INT(header_format(&b, key, &low, 1, NULL), FAULT_FORMAT);
	TAP_INT(b.len, 0);
	if (many == NULL)
		return;
	for (size_t i = 0; i < LIMIT_AGE_STANZAS + 1; i++)
		identity_recipient(id, &many[i]);
	TAP_INT(header_format(&b, key, many, LIMIT_AGE_STANZAS + 1, NULL),
	    FAULT_LARGER);
	want = LIMIT_RECIPIENTS > fits ? FAULT_LARGER : FAULT_NONE;
	TAP_INT(header_format(&b, key, many, LIMIT_RECIPIENTS, NULL), want);
	buf_free(&b);
	free(many);
}

int
main(void)
{
	struct identity *id = NULL;
	struct identity *stranger = NULL;

	TAP_INT(key_setup(NULL), FAULT_NONE);
	TAP_INT(identity_new(&id, NULL), FAULT_NONE);
	TAP_INT(identity_new(&stranger, NULL), FAULT_NONE);
	hkdf();
	round_trip(id, stranger);
	flipped(id);
	refused(id);
	identity_free(id);
	identity_free(stranger);
	return TAP_DONE();
}
