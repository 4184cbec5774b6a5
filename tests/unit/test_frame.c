/*
 * frame: one zstd frame, whole, with nothing around it; and what damage does.
 */
#include <stdbool.h>
#include <stdlib.h>

#include "archive_fixture.h"

static void
test_frame(void)
{
	static const unsigned char skip[] = { 0x50, 0x2a, 0x4d, 0x18, 4, 0, 0,
		0, 'h', 'i', 'd', 'e' };
	struct buf b = BUF_MAX(1 << 20);
	struct buf coded = BUF_MAX(1 << 20);
	struct buf t = BUF_MAX(1 << 20);
	struct cause why;

	good(&b);
	put_zeros(&b, 2 * BLOCK);
	squeeze(&coded, b.data, b.len);
	TAP_INT(run_coded(coded.data, coded.len, NULL, &why), FAULT_NONE);
	TAP_INT(run_coded("", 0, NULL, &why), FAULT_ARCHIVE);
	TAP_INT(run_coded(b.data, b.len, NULL, &why), FAULT_ARCHIVE);
	TAP_STR(why.detail, "the payload is not a zstd frame");
	TAP_INT(run_coded(skip, sizeof(skip), NULL, &why), FAULT_ARCHIVE);

	put(&t, skip, sizeof(skip));
	put(&t, coded.data, coded.len);
	TAP_INT(run_coded(t.data, t.len, NULL, &why), FAULT_ARCHIVE);
	t.len = 0;
	put(&t, coded.data, coded.len);
	put(&t, skip, sizeof(skip));
	TAP_INT(run_coded(t.data, t.len, NULL, &why), FAULT_ARCHIVE);
	TAP_STR(why.detail, "there are bytes after the end of the zstd frame");
	TAP_INT(run_coded(t.data, coded.len + 1, NULL, &why), FAULT_ARCHIVE);

	/* Two frames that only together are the archive. */
	t.len = 0;
	squeeze(&t, b.data, BLOCK);
	squeeze(&t, b.data + BLOCK, b.len - BLOCK);
	TAP_INT(run_coded(t.data, t.len, NULL, &why), FAULT_ARCHIVE);
	/* A frame within the frame. */
	t.len = 0;
	squeeze(&t, coded.data, coded.len);
	TAP_INT(run_coded(t.data, t.len, NULL, &why), FAULT_ARCHIVE);

	/* Header: dictionary, reserved bit; window of 16 MiB, of 8 MiB + 1/8.
	 */
	coded.data[4] |= 1;
	TAP_INT(run_coded(coded.data, coded.len, NULL, &why), FAULT_ARCHIVE);
	TAP_STR(why.detail, "the zstd frame asks for a dictionary");
	coded.data[4] &= 0xfe;
	coded.data[4] |= 8;
	TAP_INT(run_coded(coded.data, coded.len, NULL, &why), FAULT_ARCHIVE);
	TAP_INT(run_coded("\x28\xb5\x2f\xfd\0\x70\1\0\0", 9, NULL, &why),
	    FAULT_ARCHIVE);
	TAP_OK(strstr(why.detail, "window") != NULL);
	TAP_INT(run_coded("\x28\xb5\x2f\xfd\0\x69\1\0\0", 9, NULL, &why),
	    FAULT_ARCHIVE);
	TAP_OK(strstr(why.detail, "window") != NULL);
	/* One segment of 8 MiB + 1: its window is its content. */
	TAP_INT(
	    run_coded("\x28\xb5\x2f\xfd\xa0\1\0\x80\0\1\0\0", 12, NULL, &why),
	    FAULT_ARCHIVE);
	TAP_OK(strstr(why.detail, "window") != NULL);
	/* An empty frame with a window of 8 MiB is whole, but no archive. */
	TAP_INT(run_coded("\x28\xb5\x2f\xfd\0\x68\1\0\0", 9, NULL, &why),
	    FAULT_ARCHIVE);
	TAP_OK(strstr(why.detail, "end-of-archive") != NULL);
	buf_free(&b);
	buf_free(&coded);
	buf_free(&t);
}

/* Cut anywhere: refused.  Flipped anywhere: refused, or no different. */
static void
test_damage(void)
{
	struct buf b = BUF_MAX(1 << 20);
	struct buf coded = BUF_MAX(1 << 20);
	struct buf out = BUF_MAX(1 << 20);
	struct memory m = { NULL, 0, 0, 1, SIZE_MAX, false };
	struct cause why;
	unsigned wrong = 0;
	unsigned passed = 0;

	good(&b);
	put_zeros(&b, 2 * BLOCK);
	squeeze(&coded, b.data, b.len);
	for (size_t n = 0; n < coded.len; n++)
		wrong += run_coded(coded.data, n, NULL, &why) != FAULT_ARCHIVE;
	TAP_INT(wrong, 0);
	for (size_t i = 0; i < coded.len * 8; i++) {
		coded.data[i / 8] ^= (unsigned char)(1U << i % 8);
		out.len = 0;
		if (run_coded(coded.data, coded.len, &out, &why) ==
		    FAULT_NONE) {
			passed++;
			wrong += strcmp(buf_text(&out), GOOD) != 0;
		}
		coded.data[i / 8] ^= (unsigned char)(1U << i % 8);
	}
	TAP_INT(wrong, 0);
	/* A few bits may say the same in another way; most may not. */
	TAP_OK(passed < coded.len);
	/* A fault of the source comes through as it is, wherever it is. */
	for (size_t n = 0; n < coded.len; n++) {
		m = (struct memory){ coded.data, coded.len, 0, 1, n, false };
		wrong += run(&m, &wide, NULL, &why) != FAULT_DECRYPT ||
		    strcmp(why.detail, "injected") != 0;
	}
	TAP_INT(wrong, 0);
	buf_free(&b);
	buf_free(&coded);
	buf_free(&out);
}

int
main(void)
{
	test_frame();
	test_damage();
	return TAP_DONE();
}
