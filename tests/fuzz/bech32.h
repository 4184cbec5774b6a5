/*
 * bech32: writes the checksum of an age identity (BIP 173), and with it an
 * identity of our own: no secret key lies in the tree, so the one that the age
 * targets open with is counted up from nothing.
 */
#ifndef FUZZ_BECH32_H
#define FUZZ_BECH32_H

#include <ctype.h>

#include "fuzz.h"
#include "key/recipient.h"

#define BECH32_PREFIX "AGE-SECRET-KEY-"
#define BECH32_DATA 52 /* digits of 32 bytes */
#define BECH32_SUM 6
/* Prefix, "1", data, checksum. */
#define BECH32_LEN (sizeof(BECH32_PREFIX) + BECH32_DATA + BECH32_SUM)

/* What our seeds' headers wrap. */
#define BECH32_FILE_KEY "sixteen bytes ok"

static const char bech32_digits[] = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";

static inline uint32_t
bech32_step(uint32_t sum, unsigned digit)
{
	static const uint32_t generator[] = { 0x3b6a57b2, 0x26508e6d,
		0x1ea119fa, 0x3d4233dd, 0x2a1462b3 };
	uint32_t top = sum >> 25;

	sum = (sum & 0x1ffffff) << 5 ^ digit;
	for (unsigned i = 0; i < 5; i++)
		sum ^= (top >> i & 1) != 0 ? generator[i] : 0;
	return sum;
}

/* Puts the checksum of the text right, which is BECH32_LEN bytes; false when
 * its data are no Bech32. */
static inline bool
bech32_sum(char *text)
{
	char *data = text + sizeof(BECH32_PREFIX);
	uint32_t sum = 1;

	for (const char *p = BECH32_PREFIX; *p != '\0'; p++)
		sum =
		    bech32_step(sum, (unsigned)tolower((unsigned char)*p) >> 5);
	sum = bech32_step(sum, 0);
	for (const char *p = BECH32_PREFIX; *p != '\0'; p++)
		sum =
		    bech32_step(sum, (unsigned)tolower((unsigned char)*p) & 31);
	for (size_t i = 0; i < BECH32_DATA; i++) {
		const char *at =
		    data[i] != '\0' ? strchr(bech32_digits, data[i]) : NULL;

		if (at == NULL)
			return false;
		sum = bech32_step(sum, (unsigned)(at - bech32_digits));
	}
	for (unsigned i = 0; i < BECH32_SUM; i++)
		sum = bech32_step(sum, 0);
	sum ^= 1;
	for (unsigned i = 0; i < BECH32_SUM; i++)
		data[BECH32_DATA + i] = bech32_digits[sum >> 5 * (5 - i) & 31];
	return true;
}

/* Digits in their order; to be freed by identity_free. */
static inline struct identity *
bech32_identity(void)
{
	char text[BECH32_LEN + 2] = BECH32_PREFIX "1";
	struct identity *id = NULL;

	for (size_t i = 0; i < BECH32_DATA; i++)
		text[sizeof(BECH32_PREFIX) + i] = bech32_digits[i % 32];
	/* The last digit holds one bit only. */
	text[sizeof(BECH32_PREFIX) + BECH32_DATA - 1] = 'Q';
	FUZZ_HOLD(bech32_sum(text));
	text[BECH32_LEN] = '\n';
	FUZZ_HOLD(
	    identity_parse(&id, text, BECH32_LEN + 1, NULL) == FAULT_NONE);
	return id;
}

#endif
