/*
 * fuzz_receipt: a receipt that parses is written and read again as the same
 * receipt; the name of its file says whose it is and of which stage.
 */
#include "fuzz.h"
#include "record/receipt.h"

static void
hold_name(const struct receipt *r)
{
	char name[RECEIPT_NAME_MAX], party[LIMIT_ID + 1] = "";
	enum stage stage = STAGE_RECEIVED;

	receipt_name(name, r->recipient, r->stage);
	FUZZ_HOLD(receipt_name_parse(name, party, &stage));
	FUZZ_HOLD(stage == r->stage && strcmp(party, r->recipient) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct receipt first, again;
	struct buf one = FUZZ_BUF, two = FUZZ_BUF;
	struct cause why;
	enum fault f = FAULT_NONE;

	cause_clear(&why);
	f = receipt_parse(&first, data, size, &why);
	if (f != FAULT_NONE) {
		fuzz_refused(f, FAULT_FORMAT, FAULT_FORMAT, &why);
		return 0;
	}
	FUZZ_HOLD(receipt_format(&one, &first) == FAULT_NONE);
	FUZZ_HOLD(receipt_parse(&again, one.data, one.len, NULL) == FAULT_NONE);
	FUZZ_HOLD(receipt_format(&two, &again) == FAULT_NONE);
	fuzz_equal(&one, &two);
	hold_name(&first);
	buf_free(&one);
	buf_free(&two);
	return 0;
}
