/*
 * fuzz_journal: a journal line that parses is kept to the byte, and what the
 * index takes of it is of the form that the index promises.
 */
#include "base/clock.h"
#include "base/hex.h"
#include "base/path.h"
#include "fuzz.h"
#include "spool/event.h"
#include "spool/journal.h"

static void
hold_fact(const struct journal_entry *e)
{
	struct parcel_name name;
	struct fact fact;

	if (!event_fact(&fact, e))
		return;
	FUZZ_HOLD(parcel_name_parse(&name, e->subject));
	FUZZ_HOLD(fact.sequence == (int64_t)name.sequence);
	FUZZ_HOLD(fact.n > 0 && (uint64_t)fact.n == e->n);
	FUZZ_HOLD(fact.manifest != NULL && fact.contents != NULL);
	FUZZ_HOLD(fact.party != NULL && fact.stage != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct journal_entry e;
	struct cause why;
	enum fault f = FAULT_NONE;
	int64_t when = 0;

	cause_clear(&why);
	f = journal_entry_parse(&e, (const char *)data, size, &why);
	if (f != FAULT_NONE) {
		fuzz_refused(f, FAULT_FORMAT, FAULT_FORMAT, &why);
		FUZZ_HOLD(e.doc == NULL && e.line == NULL);
		return 0;
	}
	FUZZ_HOLD(e.len == size && memcmp(e.line, data, size) == 0);
	FUZZ_HOLD(e.line[size] == '\0' && strlen(e.line) == size);
	FUZZ_HOLD(e.n > 0 && hex_ok(e.prev, HASH_TEXT_LEN - 1));
	FUZZ_HOLD(clock_parse(&when, e.time));
	hold_fact(&e);
	journal_entry_free(&e);
	return 0;
}
