/*
 * fuzz_frame: a zstd frame that is taken is the whole input, and zstd itself
 * makes the same bytes of it; unpacking any bytes fails in the documented ways.
 */
#include <zstd.h>

#include "fuzz.h"
#include "pack/frame.h"
#include "pack/unpack.h"

/* A few bytes can stand for gigabytes: enough is enough. */
#define PLAIN_MAX (4UL * 1024 * 1024)

/* True when the frame was read to its proven end. */
static bool
read_frame(const uint8_t *data, size_t size, size_t piece, struct buf *plain)
{
	struct fuzz_input in = { data, size, piece, true, false };
	const unsigned char *bytes = NULL;
	struct frame *frame = NULL;
	struct cause why;
	enum fault f = FAULT_NONE;
	size_t len = 1;

	cause_clear(&why);
	FUZZ_HOLD(frame_new(&frame, fuzz_source(&in), &why) == FAULT_NONE);
	while (f == FAULT_NONE && len > 0 && plain->len < PLAIN_MAX) {
		f = frame_next(frame, &bytes, &len, &why);
		if (f == FAULT_NONE)
			FUZZ_HOLD(buf_put(plain, bytes, len) == FAULT_NONE);
	}
	if (f != FAULT_NONE)
		fuzz_refused(f, FAULT_ARCHIVE, FAULT_ARCHIVE, &why);
	frame_free(frame);
	return f == FAULT_NONE && len == 0;
}

static void
hold_same(const uint8_t *data, size_t size, const struct buf *plain)
{
	uint8_t *again = malloc(plain->len + 1);
	size_t n = 0;

	FUZZ_HOLD(again != NULL);
	FUZZ_HOLD(ZSTD_findFrameCompressedSize(data, size) == size);
	n = ZSTD_decompress(again, plain->len + 1, data, size);
	/* A frame of nothing that says it holds something: zstd -d takes it,
	 * ZSTD_decompress does not.  It is no archive. */
	FUZZ_HOLD(plain->len == 0 || !ZSTD_isError(n));
	FUZZ_HOLD(ZSTD_isError(n) || n == plain->len);
	FUZZ_HOLD(plain->len == 0 || memcmp(again, plain->data, n) == 0);
	free(again);
}

static void
try_unpack(const uint8_t *data, size_t size)
{
	static const struct unpack_limits limits = { MIB, LIMIT_FILES };
	struct fuzz_input in = { data, size, SIZE_MAX, true, false };
	struct unpack_member member;
	struct unpack *u = NULL;
	struct cause why;
	enum fault f = FAULT_NONE;
	bool end = false;

	cause_clear(&why);
	FUZZ_HOLD(
	    unpack_new(&u, fuzz_source(&in), &limits, &why) == FAULT_NONE);
	while (f == FAULT_NONE && !end)
		f = unpack_next(u, &member, &end, &why);
	if (f != FAULT_NONE)
		fuzz_refused(f, FAULT_ARCHIVE, FAULT_LARGER, &why);
	unpack_free(u);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf one = FUZZ_BUF, two = FUZZ_BUF;
	bool taken = read_frame(data, size, SIZE_MAX, &one);

	if (taken)
		hold_same(data, size, &one);
	/* How the bytes come changes nothing. */
	if (size < 4096) {
		FUZZ_HOLD(read_frame(data, size, 1, &two) == taken);
		if (taken)
			fuzz_equal(&one, &two);
	}
	try_unpack(data, size);
	buf_free(&one);
	buf_free(&two);
	return 0;
}
