/*
 * fuzz_name: names that become directories and files, and times: whatever is
 * taken stays below the directory where it is opened, and is written as it was
 * read.
 */
#include "base/clock.h"
#include "base/path.h"
#include "fuzz.h"
#include "record/receipt.h"

static void
hold_file(const char *name)
{
	FUZZ_HOLD(strchr(name, '/') == NULL && name[0] != '\0');
	FUZZ_HOLD(name[0] != '.' && strlen(name) <= LIMIT_MEMBER_NAME);
	FUZZ_HOLD(fuzz_shown(name));
}

static void
hold_parcel(const struct parcel_name *p)
{
	char text[PARCEL_NAME_MAX];
	struct parcel_name again;

	FUZZ_HOLD(p->sequence >= 1 && p->sequence <= PARCEL_SEQUENCE_MAX);
	hold_file(p->agreement);
	hold_file(p->dataset);
	hold_file(p->sender);
	parcel_name_dir(text, p);
	FUZZ_HOLD(parcel_name_parse(&again, text));
	FUZZ_HOLD(parcel_name_equal(&again, p));
	parcel_name_text(text, p);
	FUZZ_HOLD(parcel_name_parse(&again, text));
	FUZZ_HOLD(parcel_name_equal(&again, p));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size);
	char written[RECEIPT_NAME_MAX], party[LIMIT_ID + 1] = "";
	enum stage stage = STAGE_RECEIVED;
	struct parcel_name parcel;
	int64_t when = 0;

	if (path_id_ok(text) || path_member_ok(text))
		hold_file(text);
	if (parcel_name_parse(&parcel, text))
		hold_parcel(&parcel);
	if (receipt_name_parse(text, party, &stage)) {
		receipt_name(written, party, stage);
		FUZZ_HOLD(strcmp(written, text) == 0);
	}
	if (clock_parse(&when, text)) {
		clock_text(written, when);
		FUZZ_HOLD(strcmp(written, text) == 0);
	}
	(void)clock_parse_day(&when, text);
	free(text);
	return 0;
}
