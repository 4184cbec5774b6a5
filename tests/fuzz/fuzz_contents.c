/*
 * fuzz_contents: contents that parse are written and read again as the same,
 * and every name in them is one that may become a file.
 */
#include "base/path.h"
#include "fuzz.h"
#include "record/contents.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct contents *first = NULL, *again = NULL;
	struct buf one = FUZZ_BUF, two = FUZZ_BUF;
	struct cause why;
	enum fault f = FAULT_NONE;

	cause_clear(&why);
	f = contents_parse(&first, data, size, &why);
	if (f != FAULT_NONE) {
		fuzz_refused(f, FAULT_FORMAT, FAULT_FORMAT, &why);
		FUZZ_HOLD(first == NULL);
		return 0;
	}
	FUZZ_HOLD(contents_format(&one, first) == FAULT_NONE);
	FUZZ_HOLD(
	    contents_parse(&again, one.data, one.len, NULL) == FAULT_NONE);
	FUZZ_HOLD(contents_format(&two, again) == FAULT_NONE);
	fuzz_equal(&one, &two);
	for (size_t i = 0; i < first->n; i++) {
		FUZZ_HOLD(path_member_ok(first->file[i].name));
		FUZZ_HOLD(!contents_name_reserved(first->file[i].name));
		FUZZ_HOLD(totals_compare(&first->file[i].totals,
			      &again->file[i].totals, NULL) == FAULT_NONE);
		FUZZ_HOLD(warnings_compare(&first->file[i].warnings,
			      &again->file[i].warnings, NULL) == FAULT_NONE);
	}
	contents_free(first);
	contents_free(again);
	buf_free(&one);
	buf_free(&two);
	return 0;
}
