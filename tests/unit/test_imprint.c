/*
 * Equal bytes have equal imprints however they are cut; one flipped bit, one
 * byte more or less, or another object gives another.
 */
#include "key/imprint.h"

#include <stdlib.h>

#include "key/hash.h"
#include "key/key.h"
#include "tap.h"

#define SIZE 100000

static void
take(struct imprint *p, const uint8_t *bytes, size_t len, size_t step,
    uint8_t out[IMPRINT_LEN])
{
	size_t at, n;
	enum fault f = FAULT_NONE;

	for (at = 0; f == FAULT_NONE && at < len; at += n) {
		n = len - at < step ? len - at : step;
		f = imprint_add(p, bytes + at, n);
	}
	if (f == FAULT_NONE)
		f = imprint_finish(p, out);
	TAP_INT(f, FAULT_NONE);
}

int
main(void)
{
	static const size_t steps[] = { 1, 7, 16, 4096, SIZE };
	uint8_t *bytes = malloc(SIZE), first[IMPRINT_LEN], next[IMPRINT_LEN];
	struct imprint *p = NULL, *other = NULL;
	struct cause why;
	size_t i, at;

	cause_clear(&why);
	TAP_INT(key_setup(&why), FAULT_NONE);
	if (bytes == NULL || imprint_new(&p, &why) != FAULT_NONE ||
	    imprint_new(&other, &why) != FAULT_NONE) {
		TAP_OK(0);
		return TAP_DONE();
	}
	hash_random(bytes, SIZE);
	take(p, bytes, SIZE, SIZE, first);
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		take(p, bytes, SIZE, steps[i], next);
		TAP_INT(memcmp(first, next, IMPRINT_LEN), 0);
	}
	for (i = 0; i < 100; i++) {
		at = (i * 7919) % SIZE;
		bytes[at] ^= (uint8_t)(1U << (i % 8));
		take(p, bytes, SIZE, SIZE, next);
		TAP_OK(memcmp(first, next, IMPRINT_LEN) != 0);
		bytes[at] ^= (uint8_t)(1U << (i % 8));
	}
	take(p, bytes, SIZE - 1, SIZE, next);
	TAP_OK(memcmp(first, next, IMPRINT_LEN) != 0);
	take(other, bytes, SIZE, SIZE, next);
	TAP_OK(memcmp(first, next, IMPRINT_LEN) != 0);
	imprint_free(p);
	imprint_free(other);
	imprint_free(NULL);
	free(bytes);
	return TAP_DONE();
}
