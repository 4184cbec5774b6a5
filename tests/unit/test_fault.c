/*
 * test_fault: each fault has its number, exit status and words; the numbers and
 * statuses are what partners and scripts rely on, so they stand here again.
 */
#include "tap.h"

#include <stdbool.h>

#include "base/fault.h"

struct promise {
	enum fault fault;
	int code;
	int exit;
};

static const struct promise promises[] = {
	{ FAULT_NONE, 0, 0 },
	{ FAULT_SYSTEM, 1, 1 },
	{ FAULT_MEMORY, 2, 1 },
	{ FAULT_CONF, 3, 1 },
	{ FAULT_USAGE, 4, 2 },
	{ FAULT_FORMAT, 5, 3 },
	{ FAULT_ABSENT, 6, 1 },
	{ FAULT_EXISTS, 7, 1 },
	{ FAULT_PASSPHRASE, 8, 1 },
	{ FAULT_UNSAFE, 9, 1 },
	{ FAULT_BUSY, 10, 4 },
	{ FAULT_INTERRUPTED, 11, 4 },
	{ FAULT_SIGNATURE_MISSING, 101, 3 },
	{ FAULT_OUTSIDE_VALIDITY, 102, 3 },
	{ FAULT_SUSPENDED, 103, 3 },
	{ FAULT_NO_DATASET, 104, 3 },
	{ FAULT_DIRECTION, 105, 3 },
	{ FAULT_OVER_LIMITS, 106, 3 },
	{ FAULT_MANIFEST_FIELD, 107, 3 },
	{ FAULT_SIGNATURE, 201, 3 },
	{ FAULT_UNKNOWN_SIGNER, 202, 3 },
	{ FAULT_KEY_EXPIRED, 203, 3 },
	{ FAULT_NOT_ADDRESSED, 204, 3 },
	{ FAULT_WRONG_PLACE, 205, 3 },
	{ FAULT_DUPLICATE, 301, 0 },
	{ FAULT_EQUIVOCATION, 302, 3 },
	{ FAULT_GAP, 303, 4 },
	{ FAULT_CHAIN, 304, 3 },
	{ FAULT_RECALLED, 305, 3 },
	{ FAULT_COLUMNS, 401, 3 },
	{ FAULT_VALUE, 402, 3 },
	{ FAULT_TOTALS, 403, 3 },
	{ FAULT_PAYLOAD_HASH, 404, 3 },
	{ FAULT_DECRYPT, 405, 3 },
	{ FAULT_ARCHIVE, 406, 3 },
	{ FAULT_LARGER, 407, 3 },
	{ FAULT_SPREADSHEET, 408, 3 },
	{ FAULT_ENCODING, 409, 3 },
	{ FAULT_NOT_UNIQUE, 410, 3 },
	{ FAULT_HOST_KEY, 501, 3 },
	{ FAULT_LOGIN, 502, 3 },
	{ FAULT_UNREACHABLE, 503, 4 },
	{ FAULT_NO_ROOM, 504, 4 },
	{ FAULT_INCOMPLETE, 505, 4 },
};
#define N_PROMISES (sizeof(promises) / sizeof(promises[0]))

/*
 * Does not compile when a member is added to the enum and forgotten here, and
 * thereby in the table above, which must be as long as the list.
 */
#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wswitch"
static bool
listed(enum fault f)
{
	switch (f) {
	case FAULT_NONE:
	case FAULT_SYSTEM:
	case FAULT_MEMORY:
	case FAULT_CONF:
	case FAULT_USAGE:
	case FAULT_FORMAT:
	case FAULT_ABSENT:
	case FAULT_EXISTS:
	case FAULT_PASSPHRASE:
	case FAULT_UNSAFE:
	case FAULT_BUSY:
	case FAULT_INTERRUPTED:
	case FAULT_SIGNATURE_MISSING:
	case FAULT_OUTSIDE_VALIDITY:
	case FAULT_SUSPENDED:
	case FAULT_NO_DATASET:
	case FAULT_DIRECTION:
	case FAULT_OVER_LIMITS:
	case FAULT_MANIFEST_FIELD:
	case FAULT_SIGNATURE:
	case FAULT_UNKNOWN_SIGNER:
	case FAULT_KEY_EXPIRED:
	case FAULT_NOT_ADDRESSED:
	case FAULT_WRONG_PLACE:
	case FAULT_DUPLICATE:
	case FAULT_EQUIVOCATION:
	case FAULT_GAP:
	case FAULT_CHAIN:
	case FAULT_RECALLED:
	case FAULT_COLUMNS:
	case FAULT_VALUE:
	case FAULT_TOTALS:
	case FAULT_PAYLOAD_HASH:
	case FAULT_DECRYPT:
	case FAULT_ARCHIVE:
	case FAULT_LARGER:
	case FAULT_SPREADSHEET:
	case FAULT_ENCODING:
	case FAULT_NOT_UNIQUE:
	case FAULT_HOST_KEY:
	case FAULT_LOGIN:
	case FAULT_UNREACHABLE:
	case FAULT_NO_ROOM:
	case FAULT_INCOMPLETE:
		return true;
	}
	return false;
}
#pragma GCC diagnostic pop

/* One sentence of the house: begins small, ends without a stop. */
static bool
sentence(const char *s)
{
	size_t n = strlen(s);

	return n > 3 && s[0] >= 'a' && s[0] <= 'z' && s[n - 1] != '.' &&
	    s[n - 1] != ' ' && strchr(s, '\n') == NULL &&
	    strchr(s, '%') == NULL;
}

static void
test_words(const struct promise *p)
{
	const char *text = fault_text_english(p->fault);
	const char *advice = fault_advice_english(p->fault);
	bool silent = p->fault == FAULT_NONE || p->fault == FAULT_DUPLICATE;
	size_t i, same = 0;

	TAP_INT(p->fault, p->code);
	TAP_INT(fault_exit(p->fault), p->exit);
	tap_ok(sentence(text), text, __FILE__, __LINE__);
	tap_ok(silent ? advice[0] == '\0' : sentence(advice), advice, __FILE__,
	    __LINE__);
	/* No catalogue is bound here: the reader's words are the English. */
	TAP_STR(fault_text(p->fault), text);
	TAP_STR(fault_advice(p->fault), advice);
	for (i = 0; i < N_PROMISES; i++)
		same +=
		    strcmp(text, fault_text_english(promises[i].fault)) == 0;
	TAP_INT(same, 1);
}

int
main(void)
{
	unsigned n, members = 0, strange = 0;
	size_t i;

	for (i = 0; i < N_PROMISES; i++)
		test_words(&promises[i]);
	for (n = 0; n < 1000; n++) {
		enum fault f = (enum fault)n;
		bool known =
		    strcmp(fault_text_english(f), "unknown fault") != 0;

		members += listed(f);
		strange += known != listed(f);
		/* What nobody knows is never taken for success. */
		if (!known)
			strange += fault_exit(f) != EXIT_STATUS_OURS ||
			    fault_text(f)[0] == '\0' ||
			    fault_advice(f)[0] != '\0' ||
			    fault_advice_english(f)[0] != '\0';
	}
	TAP_INT(members, N_PROMISES);
	TAP_INT(strange, 0);
	TAP_INT(EXIT_STATUS_DONE, 0);
	TAP_INT(EXIT_STATUS_OURS, 1);
	TAP_INT(EXIT_STATUS_USAGE, 2);
	TAP_INT(EXIT_STATUS_REFUSED, 3);
	TAP_INT(EXIT_STATUS_LATER, 4);
	TAP_INT(EXIT_STATUS_PARTLY, 5);
	return TAP_DONE();
}
