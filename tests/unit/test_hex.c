/*
 * test_hex: equal bytes have one text, and no other text is read.
 */
#include "tap.h"

#include <stdlib.h>

#include "base/hex.h"

static void
test_each_digit(void)
{
	char text[3] = "0a";
	uint8_t byte = 0;
	unsigned c, bad = 0;

	for (c = 1; c < 256; c++) {
		int want = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');

		text[1] = (char)c;
		bad += hex_ok(text, 2) != want;
		bad += hex_decode(&byte, 1, text) != want;
		text[0] = (char)c;
		text[1] = '0';
		bad += hex_ok(text, 2) != want;
		text[0] = '0';
	}
	TAP_INT(bad, 0);
}

static void
test_length(void)
{
	uint8_t bytes[2] = { 7, 7 };

	TAP_OK(hex_ok("", 0));
	TAP_OK(hex_decode(bytes, 0, ""));
	TAP_OK(!hex_ok("a", 0));
	TAP_OK(!hex_ok("", 1));
	TAP_OK(hex_ok("abc", 3));
	TAP_OK(!hex_ok("abc", 2));
	TAP_OK(!hex_ok("abc", 4));
	TAP_OK(!hex_decode(bytes, 2, "abc"));
	TAP_OK(!hex_decode(bytes, 2, "abcd0"));
	TAP_OK(!hex_decode(bytes, 2, "ab"));
	TAP_OK(!hex_decode(bytes, 2, ""));
	TAP_OK(!hex_decode(bytes, 2, "ABCD"));
	TAP_OK(!hex_decode(bytes, 2, "0xab"));
	TAP_OK(!hex_decode(bytes, 2, " abc"));
	TAP_OK(!hex_decode(bytes, 2, "abc\n"));
	/* A text that is refused leaves the bytes alone. */
	TAP_OK(bytes[0] == 7 && bytes[1] == 7);
	TAP_OK(hex_decode(bytes, 2, "00ff"));
	TAP_OK(bytes[0] == 0 && bytes[1] == 255);
}

static void
test_round_trip(void)
{
	uint8_t in[64], out[64];
	unsigned i, bad = 0;
	size_t n, j;
	char *text;

	srandom(7);
	for (i = 0; i < 2000; i++) {
		n = (size_t)random() % (sizeof(in) + 1);
		for (j = 0; j < n; j++)
			in[j] = (uint8_t)random();
		if ((text = malloc(2 * n + 1)) == NULL)
			break;
		hex_encode(text, in, n);
		memset(out, 0x55, sizeof(out));
		bad += strlen(text) != 2 * n || !hex_ok(text, 2 * n);
		bad += !hex_decode(out, n, text) || memcmp(in, out, n) != 0;
		free(text);
	}
	TAP_INT(bad, 0);
	TAP_INT(i, 2000);
}

int
main(void)
{
	static const uint8_t known[] = { 0x00, 0x0f, 0xf0, 0xde, 0xad };
	char text[2 * sizeof(known) + 1];

	hex_encode(text, known, sizeof(known));
	TAP_STR(text, "000ff0dead");
	hex_encode(text, known, 0);
	TAP_STR(text, "");
	test_each_digit();
	test_length();
	test_round_trip();
	return TAP_DONE();
}
