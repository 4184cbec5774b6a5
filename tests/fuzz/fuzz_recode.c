/*
 * fuzz_recode: cutting a stream anywhere changes neither what is written nor
 * what is refused; all that is written is UTF-8, and is refused by nobody who
 * takes it as such.
 *
 * The first byte says the encoding and whether there is a mark; the second is
 * where to cut.
 */
#include "fuzz.h"
#include "text/recode.h"
#include "text/utf8.h"

static enum fault
run(uint8_t how, const uint8_t *data, size_t size, size_t cut, struct buf *out,
    struct cause *why)
{
	struct recode *r = NULL;
	enum fault f;

	cause_clear(why);
	f = recode_new(&r, (enum recode_from)(how & 3), (how & 4) != 0,
	    (struct sink){ fuzz_buf_write, out }, why);
	FUZZ_HOLD(f == FAULT_NONE);
	f = recode_write(r, data, cut, why);
	if (f == FAULT_NONE)
		f = recode_write(r, data + cut, size - cut, why);
	if (f == FAULT_NONE)
		f = recode_end(r, why);
	recode_free(r);
	return f;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf whole = FUZZ_BUF, parts = FUZZ_BUF, again = FUZZ_BUF;
	struct cause why, other;
	enum fault f;
	uint8_t how = 0;
	size_t cut = 0;

	if (size < 3)
		return 0;
	how = data[0];
	cut = data[1];
	data += 2;
	size -= 2;
	cut = cut * size / 255;
	f = run(how, data, size, size, &whole, &why);
	if (f != FAULT_NONE) {
		fuzz_refused(f, FAULT_ENCODING, FAULT_ENCODING, &why);
		FUZZ_HOLD(why.offset < size);
	}
	FUZZ_HOLD(run(how, data, size, cut, &parts, &other) == f);
	FUZZ_HOLD(f == FAULT_NONE || why.offset == other.offset);
	fuzz_equal(&whole, &parts);
	FUZZ_HOLD(utf8_valid(buf_text(&whole), whole.len) == whole.len);
	/* As UTF-8 it is itself; a mark within the text looks like one. */
	if (whole.len > 0 &&
	    memcmp(whole.data, "\xef\xbb\xbf", whole.len < 3 ? whole.len : 3) !=
		0) {
		FUZZ_HOLD(run(RECODE_UTF8, whole.data, whole.len, 0, &again,
			      &other) == FAULT_NONE);
		fuzz_equal(&whole, &again);
	}
	buf_free(&whole);
	buf_free(&parts);
	buf_free(&again);
	return 0;
}
