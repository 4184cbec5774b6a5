/*
 * order: both orders are strict and total on texts of bytes, so that a chain in
 * either one proves that all its keys differ.
 */
#include <string.h>

#include "check/order.h"

/* The orders in which a comes strictly before b. */
static unsigned
order_before(const char *a, size_t a_len, const char *b, size_t b_len)
{
	int way = memcmp(a, b, a_len < b_len ? a_len : b_len);

	if (a_len == b_len)
		return way < 0 ? ORDER_ALL : 0;
	if (a_len < b_len)
		return way <= 0 ? ORDER_ALL : ORDER_LENGTH;
	return way < 0 ? ORDER_BYTES : 0;
}

void
order_begin(struct order_run *run, uint64_t sets)
{
	for (; sets != 0; sets &= sets - 1)
		run[__builtin_ctzll(sets)] =
		    (struct order_run){ NULL, NULL, 0, 0, ORDER_ALL };
}

void
order_cells(struct order_run *run, const struct cells *cells)
{
	uint64_t bits = cells->good & ~cells->missing;
	const struct csv_field *f = NULL;
	struct order_run r = *run;

	for (; bits != 0 && r.orders != 0; bits &= bits - 1) {
		f = &cells
			 ->field[(size_t)__builtin_ctzll(bits) * cells->stride];
		if (r.last == NULL) {
			r.first = f->at;
			r.first_len = f->len;
		} else {
			r.orders &=
			    order_before(r.last, r.last_len, f->at, f->len);
		}
		r.last = f->at;
		r.last_len = f->len;
	}
	*run = r;
}

void
order_follow(struct order *o, uint64_t sets)
{
	size_t i = 0;

	o->sorted = sets;
	for (i = 0; i < ORDER_SETS; i++)
		o->chain[i].orders = ORDER_ALL;
}

static void
chain_join(struct order_chain *c, const struct order_run *run)
{
	if (run->last == NULL)
		return;
	c->orders &= run->orders;
	if (c->any)
		c->orders &=
		    order_before(c->last, c->len, run->first, run->first_len);
	if (run->last_len > ORDER_KEY)
		c->orders = 0;
	if (c->orders == 0)
		return;
	c->any = true;
	c->len = run->last_len;
	memcpy(c->last, run->last, run->last_len);
}

void
order_enter(
    struct order *o, uint64_t index, uint64_t held, const struct order_run *run)
{
	struct order_chain *c = NULL;
	size_t i = 0;

	for (; held != 0; held &= held - 1) {
		i = (size_t)__builtin_ctzll(held);
		c = &o->chain[i];
		c->held = index + 1;
		chain_join(c, &run[i]);
		if (c->orders == 0)
			o->sorted &= ~(1ULL << i);
	}
}

uint64_t
order_left(const struct order *o, uint64_t index)
{
	uint64_t left = 0;
	size_t i = 0;

	for (i = 0; i < ORDER_SETS; i++)
		left |= (uint64_t)(o->chain[i].held > index) << i;
	return left & ~o->sorted;
}
