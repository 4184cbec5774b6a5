/*
 * run_utf8: validity of UTF-8 as others test it.
 *
 *	run_utf8 DIR	the folder utf8 of the corpora
 *
 * Each byte sequence of flenniken's utf8tests.txt must be taken or refused as
 * it says, and what stands before the offset of a refusal must be what the
 * suite keeps when it skips invalid bytes.  Kuhn's stress test is invalid.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/limits.h"
#include "text/utf8.h"

static unsigned passed, failed;

static void
verdict(bool ok, const char *what, const char *why)
{
	if (ok) {
		passed++;
		return;
	}
	failed++;
	printf("FAILED %s: %s\n", what, why);
}

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* "C2 A9" up to a colon or the end; returns the number of bytes. */
static size_t
unhex(const char *text, unsigned char *out, size_t cap)
{
	size_t n = 0;

	if (strncmp(text, "nothing", 7) == 0)
		return 0;
	while (*text != '\0' && *text != ':' && n < cap) {
		if (digit(text[0]) < 0 || digit(text[1]) < 0) {
			text++;
			continue;
		}
		out[n++] =
		    (unsigned char)(digit(text[0]) * 16 + digit(text[1]));
		text += 2;
	}
	return n;
}

static void
run_valid(const char *name, const void *bytes, size_t len)
{
	verdict(utf8_valid(bytes, len) == len, name, "valid but refused");
}

static void
run_invalid(const char *name, const char *text)
{
	unsigned char bytes[256], kept[256];
	size_t len = unhex(text, bytes, sizeof(bytes));
	const char *colon = strchr(text, ':');
	size_t n = 0, at = utf8_valid(bytes, len);

	if (colon != NULL)
		n = unhex(colon + 1, kept, sizeof(kept));
	if (at == len)
		verdict(false, name, "invalid but taken");
	else
		verdict(at <= n && memcmp(bytes, kept, at) == 0, name,
		    "the offset lies behind the first invalid byte");
}

/* "NUM:KIND:TEXT" */
static void
run_line(char *line)
{
	static const char valid[] = ":valid:", hex[] = ":valid hex:",
			  invalid[] = ":invalid hex:";
	unsigned char bytes[256];
	char *at = strchr(line, ':');
	const char *text = NULL;

	if (line[0] == '#' || line[0] == '\0' || at == NULL)
		return;
	if (strncmp(at, valid, strlen(valid)) == 0) {
		text = at + strlen(valid);
		*at = '\0';
		run_valid(line, text, strlen(text));
	} else if (strncmp(at, hex, strlen(hex)) == 0) {
		text = at + strlen(hex);
		*at = '\0';
		run_valid(line, bytes, unhex(text, bytes, sizeof(bytes)));
	} else if (strncmp(at, invalid, strlen(invalid)) == 0) {
		text = at + strlen(invalid);
		*at = '\0';
		run_invalid(line, text);
	}
}

static void
run_suite(struct buf *suite)
{
	char *line = (char *)suite->data, *next = NULL;

	for (; line != NULL && *line != '\0'; line = next) {
		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		line[strcspn(line, "\r")] = '\0';
		run_line(line);
	}
}

int
main(int argc, char **argv)
{
	struct buf suite = BUF_MAX(LIMIT_DOCUMENT);
	struct buf kuhn = BUF_MAX(LIMIT_DOCUMENT);
	struct cause why = { 0 };
	int dir = -1;

	if (argc != 2) {
		fprintf(stderr, "usage: run_utf8 DIR\n");
		return 2;
	}
	if (io_opendir(&dir, AT_FDCWD, argv[1], &why) != FAULT_NONE) {
		printf("# %s is not there: skipped\n", argv[1]);
		printf("0 passed, 0 failed, 1 skipped\n");
		return 0;
	}
	if (io_load(&suite, dir, "flenniken-utf8tests.txt", &why) == FAULT_NONE)
		run_suite(&suite);
	verdict(passed + failed > 200, "utf8tests.txt", "cases are missing");
	if (io_load(&kuhn, dir, "kuhn-UTF-8-test-2015.txt", &why) == FAULT_NONE)
		verdict(utf8_valid(kuhn.data, kuhn.len) < kuhn.len, "Kuhn",
		    "taken as a whole");
	else
		verdict(false, "Kuhn", why.detail);
	printf("%u passed, %u failed, 0 skipped\n", passed, failed);
	buf_free(&suite);
	buf_free(&kuhn);
	return failed == 0 ? 0 : 1;
}
