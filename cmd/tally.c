/*
 * tally: what weighs most decides: our own failure, then refusals, then
 * waiting.
 */
#include "tally.h"

void
tally_add(struct tally *t, enum fault f)
{
	switch (fault_exit(f)) {
	case EXIT_STATUS_DONE:
		t->done++;
		break;
	case EXIT_STATUS_REFUSED:
		t->refused++;
		break;
	case EXIT_STATUS_LATER:
		t->later++;
		break;
	case EXIT_STATUS_OURS:
	case EXIT_STATUS_USAGE:
	case EXIT_STATUS_PARTLY:
		if (t->ours == FAULT_NONE)
			t->ours = f;
		break;
	}
}

enum exit_status
tally_exit(const struct tally *t)
{
	if (t->ours != FAULT_NONE)
		return EXIT_STATUS_OURS;
	if (t->refused > 0)
		return t->done > 0 ? EXIT_STATUS_PARTLY : EXIT_STATUS_REFUSED;
	return t->later > 0 ? EXIT_STATUS_LATER : EXIT_STATUS_DONE;
}
