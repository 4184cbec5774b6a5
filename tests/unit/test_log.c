/*
 * test_log: nothing foreign reaches a terminal as anything but text, and one
 * call is one line.
 */
#include "tap.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "corpora.h"
#include "text/utf8.h"

/* UTF-8 of a code point, surrogates too: 1 to 4 bytes and a NUL. */
static size_t
encode(char out[5], unsigned long c)
{
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4, i;
	static const unsigned char lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

	for (i = n; i > 1; i--, c >>= 6)
		out[i - 1] = (char)(0x80 | (c & 0x3f));
	out[0] = (char)(lead[n] | c);
	out[n] = '\0';
	return n;
}

static int
forbidden(unsigned long c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x61c ||
	    c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
	    (c >= 0x2066 && c <= 0x2069) || (c >= 0xd800 && c <= 0xdfff);
}

/* The code point at s of valid UTF-8, and its length. */
static unsigned long
decode(const char *s, size_t *n)
{
	const unsigned char *p = (const unsigned char *)s;
	unsigned long c = p[0];
	size_t i;

	*n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	if (*n > 1)
		c &= 0xffUL >> (*n + 1);
	for (i = 1; i < *n; i++)
		c = c << 6 | (p[i] & 0x3fU);
	return c;
}

/* What may be shown: valid, no control, and quoting it again changes nothing.
 */
static int
harmless(const char *s)
{
	size_t len = strlen(s), i, n = 0;
	char again[4096];

	if (utf8_valid(s, len) != len)
		return 0;
	for (i = 0; i < len; i += n)
		if (forbidden(decode(s + i, &n)))
			return 0;
	return len >= sizeof(again) ||
	    strcmp(log_quote(again, sizeof(again), s), s) == 0;
}

static void
test_known(void)
{
	static const char *const table[][2] = { { "", "" },
		{ "plain text, 100 %s %n", "plain text, 100 %s %n" },
		{ "a\tb\nc\rd", "a?b?c?d" },
		{ "\033[31mred\033[0m", "?[31mred?[0m" },
		{ "\x01\x08\x0b\x1f\x7f", "?????" },
		{ "\xc2\x80\xc2\x9b\xc2\x9f", "??????" },
		{ "\xc2\xa0", "\xc2\xa0" },
		{ "a\xe2\x80\xae"
		  "b",
		    "a???b" },
		{ "\xe2\x81\xa6\xe2\x81\xa9", "??????" },
		{ "\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c", "????????" },
		{ "\xe2\x80\xa8\xe2\x80\xa9", "??????" },
		{ "\xef\xbb\xbf", "???" },
		{ "Jos\xc3\xa9 \xe6\x9d\xb1 \xd8\xb9 \xf0\x9f\x99\x82",
		    "Jos\xc3\xa9 \xe6\x9d\xb1 \xd8\xb9 \xf0\x9f\x99\x82" },
		/* Not UTF-8: stray, overlong, surrogate, too high, cut. */
		{ "\x80\xbf\xfe\xff", "????" }, { "\xc0\x80\xc1\xbf", "????" },
		{ "\xe0\x80\x8a", "???" }, { "\xf0\x80\x80\x8a", "????" },
		{ "\xed\xa0\x80", "???" }, { "\xf4\x90\x80\x80", "????" },
		{ "\xf5\x80\x80\x80", "????" }, { "\xc3", "?" },
		{ "\xe2\x82", "??" }, { "\xf0\x9f\x99", "???" },
		{ "\xc3(", "?(" },
		{ "\xe2\x82"
		  "A",
		    "??A" },
		{ "\xf0\x9f\x99\x1b[2J", "????[2J" } };
	char out[256];
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		TAP_STR(log_quote(out, sizeof(out), table[i][0]), table[i][1]);
	TAP_STR(log_quote(out, sizeof(out), NULL), "");
	TAP_OK(log_quote(out, sizeof(out), "x") == out);
}

/* Every code point: forbidden ones vanish, letters stay. */
static void
test_code_points(void)
{
	char in[5], out[8];
	unsigned bad = 0, changed = 0, letters = 0;
	unsigned long c;
	size_t n, i;

	for (c = 1; c <= 0x10ffff; c++) {
		n = encode(in, c);
		(void)log_quote(out, sizeof(out), in);
		bad += strlen(out) != n;
		if (strcmp(in, out) == 0) {
			bad += forbidden(c) ? 1U : 0U;
			continue;
		}
		changed++;
		for (i = 0; i < n; i++)
			bad += out[i] != '?';
		/* Latin, Greek, Cyrillic, Thai, Javanese, CJK, Hangul. */
		letters += (c >= 0x20 && c < 0x7f) ||
		    (c >= 0x100 && c < 0x530) || (c >= 0xe01 && c < 0xe5c) ||
		    (c >= 0xa980 && c < 0xa9e0) || (c >= 0x3041 && c < 0xd7a4);
	}
	TAP_INT(bad, 0);
	TAP_INT(letters, 0);
	/* Few are taken away besides the surrogates. */
	TAP_OK(changed > 2048 && changed < 2048 + 300);
}

static void
test_room(void)
{
	static const char text[] = "a\xc3\xa9\xe2\x82\xac\033\xf0\x9f\x99\x82z";
	char whole[64];
	unsigned bad = 0;
	size_t cap, n;
	char *out;

	(void)log_quote(whole, sizeof(whole), text);
	for (cap = 0; cap < sizeof(text) + 3; cap++) {
		if ((out = malloc(cap + 1)) == NULL)
			break;
		memset(out, '#', cap + 1);
		bad += log_quote(out, cap, text) == NULL;
		bad += out[cap] != '#';
		n = cap == 0 ? 0 : strnlen(out, cap);
		bad += cap > 0 && (n == cap || !harmless(out));
		bad += strncmp(whole, out, n) != 0;
		bad += cap > strlen(whole) && strcmp(whole, out) != 0;
		free(out);
	}
	TAP_INT(bad, 0);
}

static void
test_random(void)
{
	static const unsigned char likely[] = { 0x1b, 0x7f, 0x80, 0x9b, 0xc2,
		0xc3, 0xe2, 0x80, 0xae, 0xed, 0xa0, 0xf0, 0x9f, 0x99, 0xf4,
		0x8f, 0xbf, 'a' };
	char in[64], out[64];
	unsigned i, bad = 0;
	size_t n, j;

	srandom(11);
	for (i = 0; i < 50000; i++) {
		n = (size_t)random() % (sizeof(in) - 1);
		for (j = 0; j < n; j++)
			in[j] = (char)(random() % 2 == 0
				? 1 + random() % 255
				: likely[(size_t)random() % sizeof(likely)]);
		in[n] = '\0';
		(void)log_quote(out, sizeof(out), in);
		bad += !harmless(out) || strlen(out) != n;
	}
	TAP_INT(bad, 0);
}

static void
test_naughty(void)
{
	const char *path = corpora_path("naughty-strings/blns.txt");
	char line[8192], out[8192];
	unsigned lines = 0, bad = 0;
	FILE *f = path == NULL ? NULL : fopen(path, "r");

	if (f == NULL) {
		TAP_SKIP("naughty-strings are absent");
		return;
	}
	while (fgets(line, sizeof(line), f) != NULL) {
		lines++;
		/* With its newline: a line break is a control as well. */
		(void)log_quote(out, sizeof(out), line);
		if (harmless(out) && strlen(out) == strlen(line))
			continue;
		bad++;
		printf("# line %u\n", lines);
	}
	(void)fclose(f);
	TAP_OK(lines > 500);
	TAP_INT(bad, 0);
}

/* What one call at each level writes on stderr. */
static const char *
written(enum log_level level, const char *text)
{
	static char got[8192];
	int keep = dup(STDERR_FILENO), p[2] = { -1, -1 };
	ssize_t n = 0;

	if (keep < 0 || pipe(p) != 0 || dup2(p[1], STDERR_FILENO) < 0)
		return "no pipe";
	log_setup("serah", level);
	log_error("e %s", text);
	log_warn("w %s", text);
	log_info("i %s", text);
	log_debug("d %s", text);
	(void)fflush(stderr);
	(void)dup2(keep, STDERR_FILENO);
	(void)close(keep);
	(void)close(p[1]);
	n = read(p[0], got, sizeof(got) - 1);
	(void)close(p[0]);
	got[n > 0 ? n : 0] = '\0';
	return got;
}

static void
test_lines(void)
{
	char big[3000];
	const char *got;

	TAP_INT(log_level(), LOG_LEVEL_WARN);
	TAP_STR(written(LOG_LEVEL_ERROR, "%s"), "serah: e %s\n");
	TAP_INT(log_level(), LOG_LEVEL_ERROR);
	TAP_STR(written(LOG_LEVEL_WARN, "x"), "serah: e x\nserah: w x\n");
	TAP_STR(written(LOG_LEVEL_INFO, "x"),
	    "serah: e x\nserah: w x\nserah: i x\n");
	TAP_STR(written(LOG_LEVEL_DEBUG, "x"),
	    "serah: e x\nserah: w x\nserah: i x\nserah: d x\n");
	/* Whatever is in it, one call is one line of text. */
	TAP_STR(
	    written(LOG_LEVEL_ERROR, "a\nserah: b\033[2J\xc2\x9b\xe2\x80\xae"),
	    "serah: e a?serah: b?[2J?????\n");
	/* Too long a line is cut, and still a line. */
	memset(big, 'y', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	got = written(LOG_LEVEL_ERROR, big);
	TAP_OK(strlen(got) > 1000 && strlen(got) < sizeof(big));
	TAP_STR(got + strlen(got) - 2, "y\n");
	TAP_OK(strchr(got, '\n') == got + strlen(got) - 1);
}

int
main(void)
{
	test_lines();
	test_known();
	test_code_points();
	test_room();
	test_random();
	test_naughty();
	return TAP_DONE();
}
