/*
 * fuzz_stream: what is sealed opens; and of a sealed file that was changed in
 * any place, cut, or made longer, nothing but a beginning of the true plaintext
 * is ever released, and never the proof of its end.
 *
 * The first byte chooses.  Even: the rest is a file, to be opened as it is.
 * Odd: the rest says how long a plaintext is, how it is read, and what happens
 * to the sealed file on its way.
 */
#include "envelope/seal.h"
#include "envelope/unseal.h"
#include "fuzz.h"
#include "key/key.h"
#include "bech32.h"

#define PLAIN_MAX (200 * 1024) /* three chunks and a part */

enum { OP = 9 }; /* bytes of the order */

struct order {
	size_t plain;
	size_t piece; /* how the bytes come */
	uint8_t what;
	size_t where; /* of the sealed file, modulo its length */
	uint8_t with;
};

static struct order
order_read(const uint8_t data[static OP])
{
	struct order o = { 0 };

	o.plain = ((size_t)data[0] << 16 | (size_t)data[1] << 8 | data[2]) %
	    PLAIN_MAX;
	o.piece = data[3] == 0 ? SIZE_MAX : (size_t)data[3] * 257;
	o.what = data[4];
	o.where = (size_t)data[5] << 16 | (size_t)data[6] << 8 | data[7];
	o.with = data[8];
	return o;
}

/* Opens; *len bytes were released, *whole when the end was proven. */
static void
unseal(const uint8_t *data, size_t size, size_t piece, struct buf *plain,
    bool *whole)
{
	struct fuzz_input in = { data, size, piece, false, false };
	struct identity *id = bech32_identity();
	struct unseal *u = NULL;
	struct source from;
	struct cause why;
	uint8_t bytes[4096];
	enum fault f = FAULT_NONE;
	size_t got = 1;

	cause_clear(&why);
	*whole = false;
	f = unseal_new(&u, fuzz_source(&in), id, &why);
	from = f == FAULT_NONE ? unseal_source(u) : (struct source){ 0 };
	while (f == FAULT_NONE && got > 0) {
		f = from.read(from.self, bytes, sizeof(bytes), &got, &why);
		if (f == FAULT_NONE)
			FUZZ_HOLD(buf_put(plain, bytes, got) == FAULT_NONE);
	}
	*whole = f == FAULT_NONE;
	if (f != FAULT_NONE)
		fuzz_refused(f, FAULT_DECRYPT, FAULT_DECRYPT, &why);
	else
		FUZZ_HOLD(unseal_stanzas(u) > 0 && in.left == 0);
	unseal_free(u);
	identity_free(id);
}

static void
seal(struct buf *out, const struct buf *plain)
{
	struct identity *id = bech32_identity();
	struct recipient to;
	struct seal *s = NULL;
	struct sink into;

	identity_recipient(id, &to);
	FUZZ_HOLD(seal_new(&s, (struct sink){ fuzz_buf_write, out }, &to, 1,
		      NULL) == FAULT_NONE);
	into = seal_sink(s);
	FUZZ_HOLD(into.write(into.self, buf_text(plain), plain->len, NULL) ==
	    FAULT_NONE);
	FUZZ_HOLD(seal_finish(s, NULL) == FAULT_NONE);
	seal_free(s);
	identity_free(id);
}

/* What happens on the way; false when nothing did. */
static bool
spoil(struct buf *b, const struct order *o)
{
	size_t at = o->where % b->len;

	switch (o->what % 5) {
	case 1: /* a byte changes */
		b->data[at] = (uint8_t)(b->data[at] ^ o->with);
		return o->with != 0;
	case 2: /* the end is missing */
		b->len = at;
		return true;
	case 3: /* a part is missing */
		if (o->with == 0 || at + o->with >= b->len)
			return false;
		memmove(b->data + at, b->data + at + o->with,
		    b->len - at - o->with);
		b->len -= o->with;
		return true;
	case 4: /* something comes after the end */
		FUZZ_HOLD(buf_put(b, &o->with, 1) == FAULT_NONE);
		return true;
	default:
		return false;
	}
}

/* No two chunks are alike: their length is no multiple of the pattern's. */
static void
fill(struct buf *plain, size_t len)
{
	uint8_t pattern[251];

	for (size_t i = 0; i < sizeof(pattern); i++)
		pattern[i] = (uint8_t)i;
	for (; len > sizeof(pattern); len -= sizeof(pattern))
		FUZZ_HOLD(
		    buf_put(plain, pattern, sizeof(pattern)) == FAULT_NONE);
	FUZZ_HOLD(buf_put(plain, pattern, len) == FAULT_NONE);
}

static void
travel(const struct order *o)
{
	struct buf plain = FUZZ_BUF, sealed = FUZZ_BUF, got = FUZZ_BUF;
	bool spoilt = false, whole = false;

	fill(&plain, o->plain);
	seal(&sealed, &plain);
	spoilt = spoil(&sealed, o);
	unseal(sealed.data, sealed.len, o->piece, &got, &whole);
	FUZZ_HOLD(whole == !spoilt);
	FUZZ_HOLD(got.len <= plain.len);
	FUZZ_HOLD(memcmp(buf_text(&got), buf_text(&plain), got.len) == 0);
	if (whole)
		fuzz_equal(&got, &plain);
	buf_free(&plain);
	buf_free(&sealed);
	buf_free(&got);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf plain = FUZZ_BUF;
	struct order o;
	bool whole = false;

	if (size == 0)
		return 0;
	FUZZ_HOLD(key_setup(NULL) == FAULT_NONE);
	if ((data[0] & 1) == 0) {
		unseal(data + 1, size - 1, SIZE_MAX, &plain, &whole);
		buf_free(&plain);
	} else if (size > OP) {
		o = order_read(data + 1);
		travel(&o);
	}
	return 0;
}
