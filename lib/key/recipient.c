/*
 * recipient: age's X25519 keys in Bech32.  Both texts have one fixed length, so
 * the decoder knows what it wants and takes nothing else.
 */
#include <sodium.h>
#include <string.h>

#include "base/clock.h"
#include "base/intl.h"
#include "base/limits.h"
#include "key/recipient.h"

#define RECIPIENT_PREFIX "age"
#define IDENTITY_PREFIX "AGE-SECRET-KEY-"
#define IDENTITY_TEXT_LEN 75 /* "AGE-SECRET-KEY-1" + 58 and NUL */

#define GROUPS 52             /* 32 bytes in groups of five bits, padded */
#define CHECK 6               /* groups of checksum */
#define DATA (GROUPS + CHECK) /* what follows the separator */

struct identity {
	uint8_t secret[32];
	uint8_t public[32];
};

static const char charset[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/* ---- Bech32 (BIP 173) ---- */

/* The checksum's polynomial, one group of five bits at a time. */
static uint32_t
bech32_step(uint32_t sum, uint8_t value)
{
	static const uint32_t generator[5] = { 0x3b6a57b2, 0x26508e6d,
		0x1ea119fa, 0x3d4233dd, 0x2a1462b3 };
	uint32_t top = sum >> 25;

	sum = (sum & 0x1ffffff) << 5 ^ value;
	for (unsigned i = 0; i < 5; i++)
		if ((top >> i & 1) != 0)
			sum ^= generator[i];
	return sum;
}

/* Checksum state after the prefix, which counts in lower case. */
static uint32_t
bech32_prefix(const char *prefix)
{
	uint32_t sum = 1;
	size_t n = strlen(prefix);

	for (size_t pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < n; i++) {
			uint8_t c = (uint8_t)prefix[i];

			if (c >= 'A' && c <= 'Z')
				c = (uint8_t)(c - 'A' + 'a');
			sum = bech32_step(sum, pass == 0 ? c >> 5 : c & 31);
		}
		if (pass == 0)
			sum = bech32_step(sum, 0);
	}
	return sum;
}

/* Writes prefix, "1", 58 characters and NUL, in the prefix's case. */
static void
bech32_encode(char *out, const char *prefix, const uint8_t key[static 32])
{
	size_t n = strlen(prefix);
	bool upper = prefix[0] >= 'A' && prefix[0] <= 'Z';
	uint8_t value[DATA] = { 0 };
	uint32_t sum = bech32_prefix(prefix);

	for (size_t bit = 0; bit < 256; bit++)
		if ((key[bit / 8] >> (7 - bit % 8) & 1) != 0)
			value[bit / 5] |= (uint8_t)(16 >> bit % 5);
	for (size_t i = 0; i < GROUPS; i++)
		sum = bech32_step(sum, value[i]);
	for (size_t i = 0; i < CHECK; i++)
		sum = bech32_step(sum, 0);
	sum ^= 1;
	for (size_t i = 0; i < CHECK; i++)
		value[GROUPS + i] = (uint8_t)(sum >> 5 * (5 - i) & 31);
	memcpy(out, prefix, n);
	out[n++] = '1';
	for (size_t i = 0; i < DATA; i++) {
		char c = charset[value[i]];

		if (upper && c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		out[n++] = c;
	}
	out[n] = '\0';
	sodium_memzero(value, sizeof value);
}

/* The five bits of a character in the wanted case, or 32. */
static uint8_t
bech32_value(char c, bool upper)
{
	if (upper) {
		if (c >= 'a' && c <= 'z')
			return 32;
		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
	}
	for (uint8_t i = 0; i < 32; i++)
		if (charset[i] == c)
			return i;
	return 32;
}

static bool
bech32_decode(
    uint8_t key[static 32], const char *prefix, const char *text, size_t len)
{
	size_t n = strlen(prefix);
	bool upper = prefix[0] >= 'A' && prefix[0] <= 'Z';
	uint32_t sum = bech32_prefix(prefix);
	uint8_t value[DATA] = { 0 };
	bool good = false;

	memset(key, 0, 32);
	if (len != n + 1 + DATA || memcmp(text, prefix, n) != 0 ||
	    text[n] != '1')
		return false;
	for (size_t i = 0; i < DATA; i++) {
		value[i] = bech32_value(text[n + 1 + i], upper);
		if (value[i] == 32)
			goto out;
		sum = bech32_step(sum, value[i]);
	}
	/* 52 groups hold 260 bits: the last four are padding and zero. */
	if (sum != 1 || (value[GROUPS - 1] & 15) != 0)
		goto out;
	for (size_t bit = 0; bit < 256; bit++)
		if ((value[bit / 5] & 16 >> bit % 5) != 0)
			key[bit / 8] |= (uint8_t)(128 >> bit % 8);
	good = true;
out:
	sodium_memzero(value, sizeof value);
	return good;
}

/* ---- recipients ---- */

enum fault
recipient_parse(struct recipient *out, const char *text, struct cause *why)
{
	if (!bech32_decode(out->key, RECIPIENT_PREFIX, text, strlen(text)))
		return cause_set(why, FAULT_FORMAT,
		    N_("this is not an age X25519 recipient (age1 and 58 "
		       "characters)"));
	return FAULT_NONE;
}

void
recipient_text(char out[static RECIPIENT_TEXT_LEN], const struct recipient *r)
{
	bech32_encode(out, RECIPIENT_PREFIX, r->key);
}

/* ---- identities ---- */

/* Takes the guarded, still writable id; sets what follows from the secret. */
static void
identity_complete(struct identity *id)
{
	(void)crypto_scalarmult_base(id->public, id->secret);
	(void)sodium_mprotect_readonly(id);
}

enum fault
identity_new(struct identity **out, struct cause *why)
{
	*out = sodium_malloc(sizeof **out);
	if (*out == NULL)
		return cause_memory(why);
	randombytes_buf((*out)->secret, sizeof(*out)->secret);
	identity_complete(*out);
	return FAULT_NONE;
}

void
identity_free(struct identity *id)
{
	sodium_free(id);
}

void
identity_recipient(const struct identity *id, struct recipient *out)
{
	memcpy(out->key, id->public, sizeof out->key);
}

/* Takes one line off the text, without its LF or CR LF. */
static const char *
line_next(const char **at, size_t *left, size_t *len)
{
	const char *line = *at;
	const char *lf = memchr(line, '\n', *left);

	*len = lf == NULL ? *left : (size_t)(lf - line);
	*at += *len + (lf != NULL);
	*left -= *len + (lf != NULL);
	if (*len > 0 && line[*len - 1] == '\r')
		(*len)--;
	return line;
}

enum fault
identity_parse(
    struct identity **out, const void *bytes, size_t len, struct cause *why)
{
	struct identity *id = sodium_malloc(sizeof *id);
	const char *at = bytes;
	size_t left = len;
	size_t found = 0;
	bool good = len <= LIMIT_KEY_FILE;

	*out = NULL;
	if (id == NULL)
		return cause_memory(why);
	/* Decoded where it stays: the secret never leaves guarded memory. */
	while (good && left > 0) {
		size_t n = 0;
		const char *line = line_next(&at, &left, &n);

		if (n == 0 || line[0] == '#')
			continue;
		/* A second key would leave open which of them is ours. */
		good = ++found == 1 &&
		    bech32_decode(id->secret, IDENTITY_PREFIX, line, n);
	}
	if (!good || found != 1) {
		sodium_free(id);
		return cause_set(why, FAULT_FORMAT,
		    N_("this is not an age identity file with one "
		       "AGE-SECRET-KEY-1 line"));
	}
	identity_complete(id);
	*out = id;
	return FAULT_NONE;
}

enum fault
identity_format(struct buf *out, const struct identity *id, int64_t created)
{
	char time[CLOCK_TEXT_LEN] = "";
	char public[RECIPIENT_TEXT_LEN] = "";
	struct recipient r = { { 0 } };
	char *secret = sodium_malloc(IDENTITY_TEXT_LEN);
	enum fault f = FAULT_NONE;

	if (secret == NULL)
		return FAULT_MEMORY;
	identity_recipient(id, &r);
	recipient_text(public, &r);
	clock_text(time, created);
	bech32_encode(secret, IDENTITY_PREFIX, id->secret);
	f = buf_putf(out, "# created: %s\n# public key: %s\n", time, public);
	/* Put bare: a formatter might keep the secret in a buffer of its own.
	 */
	if (f == FAULT_NONE)
		f = buf_puts(out, secret);
	if (f == FAULT_NONE)
		f = buf_puts(out, "\n");
	sodium_free(secret);
	return f;
}

enum fault
identity_agree(
    const struct identity *id, const uint8_t share[32], uint8_t shared[32])
{
	/* libsodium refuses the all-zero result, as age demands. */
	if (crypto_scalarmult(shared, id->secret, share) != 0) {
		sodium_memzero(shared, 32);
		return FAULT_DECRYPT;
	}
	return FAULT_NONE;
}
