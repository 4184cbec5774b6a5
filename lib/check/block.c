/*
 * block: pieces of the file.  Workers finish them in any order; the ledger sees
 * them in file order, so that rows and first faults do not depend on threads.
 */
#include <stdlib.h>
#include <string.h>

#include "check/block.h"
#include "check/screen.h"

enum fault
block_init(struct block *b, size_t columns, size_t max_faults)
{
	memset(b, 0, sizeof(*b));
	findings_init(&b->found, columns, max_faults);
	findings_init(&b->warned, columns, max_faults);
	b->found.block = b->warned.block = true;
	b->bytes = malloc(BLOCK_CAPACITY + SCREEN_SLACK);
	return b->bytes == NULL ? FAULT_MEMORY : FAULT_NONE;
}

void
block_free(struct block *b)
{
	free(b->bytes);
	b->bytes = NULL;
	findings_free(&b->found);
	findings_free(&b->warned);
}

void
block_begin(struct block *b, uint64_t index, uint64_t offset)
{
	/* What it held may still lie there: len says that it does not count. */
	b->len = 0;
	b->index = index;
	b->offset = offset;
	b->last = false;
	b->held = 0;
	findings_clear(&b->found);
	findings_clear(&b->warned);
	b->records = 0;
	b->lost = false;
	b->fault = FAULT_NONE;
	b->done = false;
}

void
ledger_init(
    struct ledger *l, size_t columns, size_t max_faults, uint64_t max_rows)
{
	memset(l, 0, sizeof(*l));
	findings_init(&l->found, columns, max_faults);
	findings_init(&l->warned, columns, max_faults);
	l->max_rows = max_rows;
}

void
ledger_free(struct ledger *l)
{
	findings_free(&l->found);
	findings_free(&l->warned);
	free(l->block);
	l->block = NULL;
}

/* Notes where the next block lies: 16 bytes for each 256 KiB of file. */
static enum fault
ledger_note(struct ledger *l, const struct block *b)
{
	size_t cap = l->cap > 0 ? l->cap * 2 : 256;
	struct ledger_block *more = NULL;

	if (l->n == l->cap) {
		more = reallocarray(l->block, cap, sizeof(*more));
		if (more == NULL)
			return FAULT_MEMORY;
		l->block = more;
		l->cap = cap;
	}
	l->block[l->n++] = (struct ledger_block){ l->records + 1,
		(uint32_t)b->len, (uint32_t)b->records };
	return FAULT_NONE;
}

enum fault
ledger_add(struct ledger *l, const struct finding *found)
{
	if (l->listing != NULL &&
	    listing_late(l->listing, found, false) != FAULT_NONE)
		return FAULT_MEMORY;
	return findings_insert(&l->found, found);
}

enum fault
ledger_warn(struct ledger *l, const struct finding *found)
{
	if (l->listing != NULL &&
	    listing_late(l->listing, found, true) != FAULT_NONE)
		return FAULT_MEMORY;
	return findings_insert(&l->warned, found);
}

void
ledger_enter(struct ledger *l, const struct block *b)
{
	if (l->lost || l->fault != FAULT_NONE)
		return;
	l->fault = b->fault;
	if (l->fault == FAULT_NONE)
		l->fault = ledger_note(l, b);
	if (l->fault == FAULT_NONE)
		l->fault = findings_merge(&l->found, &b->found, l->records + 1);
	if (l->fault == FAULT_NONE)
		l->fault =
		    findings_merge(&l->warned, &b->warned, l->records + 1);
	if (l->fault == FAULT_NONE && l->listing != NULL)
		listing_block(l->listing, b, l->records + 1);
	if (!b->lost)
		order_enter(&l->order, b->index, b->held, b->run);
	/* A lost block counts up to the record that is lost. */
	l->records += b->records;
	l->lost = b->lost;
	/* The header is no row of data: row max_rows + 2 is the first beyond.
	 */
	if (l->max_rows > 0 && l->records > 0 && l->records - 1 > l->max_rows) {
		struct finding over = { l->max_rows + 2, UINT64_MAX, 0,
			FINDING_RECORD, FINDING_ROWS };

		l->lost = true;
		if (l->fault == FAULT_NONE)
			l->fault = ledger_add(l, &over);
	}
}

uint64_t
ledger_row(const struct ledger *l, uint64_t code)
{
	uint64_t index = code >> BLOCK_ROW_BITS;

	if (index >= l->n)
		return 0;
	return l->block[index].row + (code & ((1U << BLOCK_ROW_BITS) - 1));
}
