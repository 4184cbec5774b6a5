/*
 * fault: the closed list of what can go wrong, and what follows from each.
 *
 * A fault below 100 is ours (disk, memory, configuration, usage).  A fault of
 * 100 and above is a refusal: its number is the stable code that partners,
 * receipts and tests rely on (serahterima-refusal(5)).  Every fallible function
 * returns an enum fault and is marked FAULT_CHECKED.
 */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#include <stdbool.h>

#define FAULT_CHECKED __attribute__((warn_unused_result))

enum fault {
	FAULT_NONE = 0,

	/* Our side: exit status 1, unless said otherwise. */
	FAULT_SYSTEM = 1,       /* a system call failed; the cause names it */
	FAULT_MEMORY = 2,       /* no memory */
	FAULT_CONF = 3,         /* configuration or home is wrong */
	FAULT_USAGE = 4,        /* command line is wrong: exit status 2 */
	FAULT_FORMAT = 5,       /* bytes are not in the format asked for */
	FAULT_ABSENT = 6,       /* the named thing does not exist */
	FAULT_EXISTS = 7,       /* the named thing exists already */
	FAULT_PASSPHRASE = 8,   /* wrong or missing passphrase */
	FAULT_UNSAFE = 9,       /* permissions let others in */
	FAULT_BUSY = 10,        /* another instance works: exit status 4 */
	FAULT_INTERRUPTED = 11, /* a signal asked us to stop: exit status 4 */

	/* 1xx agreement */
	FAULT_SIGNATURE_MISSING = 101,
	FAULT_OUTSIDE_VALIDITY = 102,
	FAULT_SUSPENDED = 103,
	FAULT_NO_DATASET = 104,
	FAULT_DIRECTION = 105,
	FAULT_OVER_LIMITS = 106,
	FAULT_MANIFEST_FIELD = 107,

	/* 2xx provenance */
	FAULT_SIGNATURE = 201,
	FAULT_UNKNOWN_SIGNER = 202,
	FAULT_KEY_EXPIRED = 203,
	FAULT_NOT_ADDRESSED = 204,
	FAULT_WRONG_PLACE = 205,

	/* 3xx order */
	FAULT_DUPLICATE = 301,
	FAULT_EQUIVOCATION = 302,
	FAULT_GAP = 303,
	FAULT_CHAIN = 304,
	FAULT_RECALLED = 305,

	/* 4xx content */
	FAULT_COLUMNS = 401,
	FAULT_VALUE = 402,
	FAULT_TOTALS = 403,
	FAULT_PAYLOAD_HASH = 404,
	FAULT_DECRYPT = 405,
	FAULT_ARCHIVE = 406,
	FAULT_LARGER = 407,
	FAULT_SPREADSHEET = 408,
	FAULT_ENCODING = 409,
	FAULT_NOT_UNIQUE = 410,

	/* 5xx carriage */
	FAULT_HOST_KEY = 501,
	FAULT_LOGIN = 502,
	FAULT_UNREACHABLE = 503,
	FAULT_NO_ROOM = 504,
	FAULT_INCOMPLETE = 505
};

/* Exit statuses of every program (CONTRACT of the manual, EXIT STATUS). */
enum exit_status {
	EXIT_STATUS_DONE = 0,
	EXIT_STATUS_OURS = 1,
	EXIT_STATUS_USAGE = 2,
	EXIT_STATUS_REFUSED = 3,
	EXIT_STATUS_LATER = 4,
	EXIT_STATUS_PARTLY = 5
};

/* One sentence for people, in the reader's language; never NULL; static. */
const char *fault_text(enum fault f);

/* What to do next, in the reader's language; never NULL, may be empty. */
const char *fault_advice(enum fault f);

/* The same in English, whatever the reader's language: for receipts. */
const char *fault_text_english(enum fault f);
const char *fault_advice_english(enum fault f);

/* Whether a number is one of the list, FAULT_NONE included. */
bool fault_known(int number);

/* The exit status that belongs to the fault. */
enum exit_status fault_exit(enum fault f);

#endif
