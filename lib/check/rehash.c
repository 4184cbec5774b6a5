/*
 * rehash: the same blocks, cut at the same places, through the same scanner,
 * so that the same cells are keys and their rows have the same codes.  For keys
 * in no order it is only the first few blocks; so it uses one thread.
 */
#include "base/intl.h"
#include "check/rehash.h"

/* Reads len bytes; fewer when the file is shorter now. */
static enum fault
block_read(struct block *b, struct source again, size_t len, struct cause *why)
{
	enum fault fault = FAULT_NONE;
	size_t got = 1;

	while (b->len < len && got > 0 && fault == FAULT_NONE) {
		fault = again.read(
		    again.self, b->bytes + b->len, len - b->len, &got, why);
		if (fault == FAULT_NONE)
			b->len += got;
	}
	return fault;
}

static enum fault
rehash_block(struct scanner *s, struct block *b,
    const struct ledger_block *entered, struct source again, struct cause *why)
{
	enum fault fault = block_read(b, again, entered->len, why);

	if (fault != FAULT_NONE)
		return fault;
	if (b->len == entered->len)
		scanner_block(s, b);
	if (b->fault != FAULT_NONE)
		return plan_trouble(s->plan, why);
	if (b->lost || b->records != entered->records)
		return cause_set(why, FAULT_FORMAT,
		    N_("the file changed while it was being checked"));
	return FAULT_NONE;
}

enum fault
rehash_blocks(struct scanner *s, struct block *b, const struct ledger *ledger,
    struct source again, struct cause *why)
{
	enum fault fault = FAULT_NONE;
	uint64_t left = 0;
	size_t i = 0;

	for (i = 0; i < ledger->n && fault == FAULT_NONE; i++) {
		left = order_left(&ledger->order, i);
		if (left == 0)
			break;
		block_begin(b, i, 0);
		b->last = i + 1 == ledger->n;
		s->tally.only = left;
		fault = rehash_block(s, b, &ledger->block[i], again, why);
	}
	s->tally.only = 0;
	if (fault == FAULT_NONE && tally_flush(&s->tally) != FAULT_NONE)
		fault = plan_trouble(s->plan, why);
	return fault;
}
