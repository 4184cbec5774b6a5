/*
 * fuzz_signature: minisign signature files.  One key has signed one message
 * once: no other bytes may verify for it, whatever stands in the file.
 */
#include "fuzz.h"
#include "key/key.h"
#include "text/utf8.h"

static const char message[] = "the message\n";
static const char signer[] =
    "RWRnCHX/mFEw+9raQ5kdjSxfVGQFFm318+xGh5s7IesuZIrjVjQDf3Ut";
#define COMMENT "timestamp:0\tfile:message"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct public_key key;
	struct signature s;
	struct cause why;
	enum fault f = FAULT_NONE;
	size_t len = 0;

	FUZZ_HOLD(key_setup(NULL) == FAULT_NONE);
	FUZZ_HOLD(public_key_from_text(&key, signer, NULL) == FAULT_NONE);
	cause_clear(&why);
	f = signature_parse(&s, data, size, &why);
	if (f != FAULT_NONE) {
		fuzz_refused(f, FAULT_FORMAT, FAULT_SIGNATURE, &why);
		return 0;
	}
	len = strlen(s.trusted_comment);
	FUZZ_HOLD(len < sizeof(s.trusted_comment));
	FUZZ_HOLD(utf8_valid(s.trusted_comment, len) == len);
	cause_clear(&why);
	f = signature_verify(&s, &key, message, strlen(message), &why);
	if (f == FAULT_NONE)
		FUZZ_HOLD(strcmp(s.trusted_comment, COMMENT) == 0);
	else
		fuzz_refused(f, FAULT_SIGNATURE, FAULT_UNKNOWN_SIGNER, &why);
	/* It speaks of no other message. */
	FUZZ_HOLD(signature_verify(&s, &key, "x", 1, NULL) != FAULT_NONE);
	return 0;
}
