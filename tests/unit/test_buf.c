/*
 * test_buf: a buffer never passes its maximum, keeps its bytes when it refuses
 * more, and can always be read as a string.
 */
#include "tap.h"

#include <stdlib.h>

#include "base/buf.h"

static void
test_empty(void)
{
	struct buf b = BUF_MAX(10);

	TAP_STR(buf_text(&b), "");
	TAP_INT(buf_put(&b, "", 0), FAULT_NONE);
	TAP_INT(b.len, 0);
	TAP_STR(buf_text(&b), "");
	TAP_INT(buf_puts(&b, ""), FAULT_NONE);
	TAP_INT(buf_putf(&b, "%s", ""), FAULT_NONE);
	TAP_INT(b.len, 0);
	buf_free(&b);
	TAP_OK(b.data == NULL && b.len == 0 && b.cap == 0);
	TAP_INT(b.max, 10);
	TAP_INT(buf_puts(&b, "again"), FAULT_NONE);
	TAP_STR(buf_text(&b), "again");
	buf_wipe(&b);
	TAP_OK(b.data == NULL && b.len == 0 && b.cap == 0);
	TAP_INT(b.max, 10);
	TAP_STR(buf_text(&b), "");
	buf_wipe(&b);
	buf_free(NULL);
	buf_wipe(NULL);
}

/* Byte by byte up to the maximum, around the sizes where growing changes. */
static void
fill(size_t max)
{
	struct buf b = { NULL, 0, 0, max };
	size_t i, bad = 0;
	char c;

	for (i = 0; i < max; i++) {
		c = (char)('a' + i % 26);
		bad += buf_put(&b, &c, 1) != FAULT_NONE;
		bad += b.len != i + 1 || b.data[b.len] != '\0';
	}
	TAP_INT(bad, 0);
	TAP_INT(buf_put(&b, "x", 1), FAULT_LARGER);
	TAP_INT(buf_puts(&b, "xy"), FAULT_LARGER);
	TAP_INT(buf_putf(&b, "%d", 1), FAULT_LARGER);
	TAP_INT(buf_put(&b, "", 0), FAULT_NONE);
	TAP_INT(b.len, max);
	for (i = 0; i < b.len; i++)
		bad += b.data[i] != 'a' + i % 26;
	TAP_INT(bad, 0);
	if (b.data != NULL)
		TAP_INT(strlen(buf_text(&b)), max);
	buf_free(&b);
}

static void
test_refused(void)
{
	struct buf b = BUF_MAX(8);
	char long_text[400];

	memset(long_text, 'z', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	TAP_INT(buf_put(&b, "123456789", 9), FAULT_LARGER);
	TAP_OK(b.data == NULL && b.len == 0);
	TAP_INT(buf_puts(&b, "12345"), FAULT_NONE);
	TAP_INT(buf_puts(&b, "6789"), FAULT_LARGER);
	TAP_INT(buf_putf(&b, "%04d", 6789), FAULT_LARGER);
	TAP_INT(buf_putf(&b, "%s", long_text), FAULT_LARGER);
	/* Sums that would wrap. */
	TAP_INT(buf_put(&b, "1", SIZE_MAX), FAULT_LARGER);
	TAP_INT(buf_put(&b, "1", SIZE_MAX - 4), FAULT_LARGER);
	TAP_STR(buf_text(&b), "12345");
	TAP_INT(b.len, 5);
	TAP_INT(buf_puts(&b, "678"), FAULT_NONE);
	TAP_STR(buf_text(&b), "12345678");
	buf_free(&b);
}

static void
test_formatted(void)
{
	struct buf b = BUF_MAX(4000);
	unsigned i;

	for (i = 0; i < 300; i++)
		if (buf_putf(&b, "%u,%s;", i, "ab") != FAULT_NONE)
			break;
	TAP_INT(i, 300);
	TAP_INT(b.len, 10 * 5 + 90 * 6 + 200 * 7);
	TAP_OK(strncmp(buf_text(&b), "0,ab;1,ab;", 10) == 0);
	TAP_STR(buf_text(&b) + b.len - 7, "299,ab;");
	buf_free(&b);
	TAP_INT(buf_put(&b, "a\0b", 3), FAULT_NONE);
	TAP_INT(buf_put(&b, "\0", 1), FAULT_NONE);
	TAP_INT(b.len, 4);
	TAP_OK(memcmp(b.data, "a\0b\0", 5) == 0);
	buf_wipe(&b);
}

int
main(void)
{
	static const size_t max[] = { 0, 1, 2, 127, 128, 255, 256, 257, 300,
		511, 512, 513, 1000, 4096, 5000 };
	size_t i;

	test_empty();
	for (i = 0; i < sizeof(max) / sizeof(max[0]); i++)
		fill(max[i]);
	test_refused();
	test_formatted();
	return TAP_DONE();
}
