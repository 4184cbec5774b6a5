/*
 * fuzz_card: a card that parses is written and read again as the same card, and
 * each of its keys is found on its first day.
 */
#include "fuzz.h"
#include "key/card.h"

static void
find_keys(const struct card *c)
{
	const struct public_key *key = NULL;
	const struct recipient *to = NULL;
	enum fault f = FAULT_NONE;

	for (size_t i = 0; i < c->n_signing; i++) {
		f = card_signing_key(
		    &key, c, c->signing[i].key.id, c->signing[i].from, NULL);
		FUZZ_HOLD(f == FAULT_NONE || f == FAULT_KEY_EXPIRED);
		FUZZ_HOLD(key != NULL);
	}
	for (size_t i = 0; i < c->n_encryption; i++)
		FUZZ_HOLD(card_encryption_key(&to, c, c->encryption[i].from,
			      NULL) == FAULT_NONE);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct card first, again;
	struct buf one = FUZZ_BUF, two = FUZZ_BUF;
	struct cause why;
	enum fault f = FAULT_NONE;

	cause_clear(&why);
	f = card_parse(&first, data, size, &why);
	if (f != FAULT_NONE) {
		fuzz_refused(f, FAULT_FORMAT, FAULT_FORMAT, &why);
		return 0;
	}
	FUZZ_HOLD(card_format(&one, &first) == FAULT_NONE);
	FUZZ_HOLD(card_parse(&again, one.data, one.len, NULL) == FAULT_NONE);
	FUZZ_HOLD(card_format(&two, &again) == FAULT_NONE);
	fuzz_equal(&one, &two);
	find_keys(&again);
	buf_free(&one);
	buf_free(&two);
	return 0;
}
