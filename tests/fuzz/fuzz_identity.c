/*
 * fuzz_identity: age's identity files and recipients.  Bech32 has one spelling:
 * a recipient that parses is written as it was read.
 *
 * An identity's checksum stops almost every change.  So it is tried as it is,
 * and with the checksum put right.
 */
#include "bech32.h"
#include "fuzz.h"
#include "key/key.h"
#include "key/recipient.h"

static void
try_identity(const uint8_t *data, size_t size)
{
	struct identity *id = NULL, *again = NULL;
	struct recipient one, two;
	struct buf file = FUZZ_BUF;
	struct cause why;
	enum fault f = FAULT_NONE;

	cause_clear(&why);
	f = identity_parse(&id, data, size, &why);
	FUZZ_HOLD((f == FAULT_NONE) == (id != NULL));
	if (f != FAULT_NONE) {
		fuzz_refused(f, FAULT_FORMAT, FAULT_FORMAT, &why);
		return;
	}
	FUZZ_HOLD(identity_format(&file, id, 0) == FAULT_NONE);
	FUZZ_HOLD(
	    identity_parse(&again, file.data, file.len, NULL) == FAULT_NONE);
	identity_recipient(id, &one);
	identity_recipient(again, &two);
	FUZZ_HOLD(memcmp(&one, &two, sizeof(one)) == 0);
	identity_free(id);
	identity_free(again);
	buf_wipe(&file);
}

static void
try_recipient(const uint8_t *data, size_t size)
{
	char written[RECIPIENT_TEXT_LEN] = "";
	char *text = fuzz_string(data, size);
	struct recipient to;
	struct cause why;
	enum fault f = FAULT_NONE;

	cause_clear(&why);
	f = recipient_parse(&to, text, &why);
	if (f == FAULT_NONE) {
		recipient_text(written, &to);
		FUZZ_HOLD(strcmp(written, text) == 0);
	} else {
		fuzz_refused(f, FAULT_FORMAT, FAULT_FORMAT, &why);
	}
	free(text);
}

static void
try_put_right(const uint8_t *data, size_t size)
{
	const uint8_t *at =
	    memmem(data, size, BECH32_PREFIX "1", sizeof(BECH32_PREFIX));
	char *copy = NULL;

	if (at == NULL || size - (size_t)(at - data) < BECH32_LEN)
		return;
	copy = fuzz_string(data, size);
	if (bech32_sum(copy + (at - data)))
		try_identity((const uint8_t *)copy, size);
	free(copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FUZZ_HOLD(key_setup(NULL) == FAULT_NONE);
	try_identity(data, size);
	try_put_right(data, size);
	try_recipient(data, size);
	return 0;
}
