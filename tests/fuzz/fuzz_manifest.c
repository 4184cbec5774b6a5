/*
 * fuzz_manifest: a manifest that parses is written and read again as the same
 * manifest; its name is a parcel's; held against an agreement it fails in the
 * documented ways only.
 */
#include "fuzz.h"
#include "record/manifest.h"
#include "../unit/record_fixture.h"

static void
hold_name(const struct manifest *m)
{
	char text[PARCEL_NAME_MAX], dir[PARCEL_NAME_MAX];
	struct parcel_name name, again;

	manifest_name(&name, m);
	parcel_name_text(text, &name);
	parcel_name_dir(dir, &name);
	FUZZ_HOLD(parcel_name_parse(&again, text));
	FUZZ_HOLD(again.sequence == m->sequence);
	FUZZ_HOLD(strcmp(again.sender, m->sender) == 0);
	FUZZ_HOLD(parcel_name_parse(&again, dir));
	FUZZ_HOLD(strcmp(again.agreement, m->agreement) == 0);
	FUZZ_HOLD(strcmp(again.dataset, m->dataset) == 0);
}

/* The fixture's two data sets; the second has no fields. */
static void
hold_agreed(const struct manifest *m)
{
	struct agreement *a = NULL;
	struct cause why;
	enum fault f = FAULT_NONE;

	FUZZ_HOLD(agreement_parse(&a, fixture, sizeof(fixture) - 1, NULL) ==
	    FAULT_NONE);
	for (size_t i = 0; i < a->n_datasets; i++) {
		cause_clear(&why);
		f = manifest_check(m, a, &a->datasets[i], &why);
		if (f == FAULT_NONE || (f >= 101 && f <= 107))
			continue;
		fuzz_refused(f, FAULT_WRONG_PLACE, FAULT_NOT_ADDRESSED, &why);
	}
	agreement_free(a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct manifest *first = NULL, *again = NULL;
	struct buf one = FUZZ_BUF, two = FUZZ_BUF;
	struct cause why;
	enum fault f = FAULT_NONE;

	cause_clear(&why);
	f = manifest_parse(&first, data, size, &why);
	if (f != FAULT_NONE) {
		fuzz_refused(f, FAULT_FORMAT, FAULT_FORMAT, &why);
		FUZZ_HOLD(first == NULL);
		return 0;
	}
	FUZZ_HOLD(manifest_format(&one, first) == FAULT_NONE);
	if (one.len <= LIMIT_DOCUMENT) {
		FUZZ_HOLD(manifest_parse(&again, one.data, one.len, NULL) ==
		    FAULT_NONE);
		FUZZ_HOLD(manifest_format(&two, again) == FAULT_NONE);
		fuzz_equal(&one, &two);
	}
	hold_name(first);
	hold_agreed(first);
	manifest_free(first);
	manifest_free(again);
	buf_free(&one);
	buf_free(&two);
	return 0;
}
