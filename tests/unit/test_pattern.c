/*
 * pattern: known answers, refusals, and both engines held against each other on
 * random expressions and texts.
 */
#include "check/pattern.h"

#include <stdlib.h>

#include "tap.h"

struct answer {
	const char *regex;
	const char *text;
	bool match;
	bool simple;
};

static const struct answer answers[] = {
	{ "^[0-9]{16}$", "8801010101010001", true, true },
	{ "^[0-9]{16}$", "880101010101000", false, true },
	{ "^[0-9]{16}$", "88010101010100011", false, true },
	{ "^[0-9]{16}$", "8801010101010x01", false, true },
	{ "^[0-9]{16}$", "/801010101010001", false, true },
	{ "^[0-9]{16}$", "880101010101000:", false, true },
	{ "^[0-9]{16}$",
	    "880101010\xc3\xa9"
	    "00012",
	    false, true },
	{ "[0-9]{16}", "8801010101010001", true, true },
	{ "^[0-9]{12}\\*{4}$", "880101010101****", true, true },
	{ "^[0-9]{12}\\*{4}$", "8801010101010001", false, true },
	{ "^[A-Z]{1,2}[0-9]{6,7}$", "C1234567", true, true },
	{ "^[A-Z]{1,2}[0-9]{6,7}$", "AB123456", true, true },
	{ "^[A-Z]{1,2}[0-9]{6,7}$", "ABC123456", false, true },
	{ "^[A-Z]{1,2}[0-9]{6,7}$", "A12345", false, true },
	{ "^[A-Z]{1,2}[0-9]{6,7}$", "A12345678", false, true },
	{ "^[A-Z]{1,2}[0-9]{6,7}$", "a1234567", false, true },
	{ "^[0-9]{2}\\.[0-9]{2}\\.[0-9]{2}\\.[0-9]{4}$", "32.73.01.1001", true,
	    true },
	{ "^[0-9]{2}\\.[0-9]{2}$", "32-73", false, true },
	{ "^\\+[0-9]{6,15}$", "+628123456789", true, true },
	{ "^\\d+$", "0123", true, true },
	{ "^\\d+$", "", false, true },
	{ "^\\w*$", "A_z9", true, true },
	{ "^KBRI-[A-Z]{3}$", "KBRI-KUL", true, true },
	{ "^a?b*c+$", "bbbc", true, true },
	{ "^$", "", true, true },
	{ "", "a", false, true },
	/* Whole value: nothing before, nothing behind, no final newline. */
	{ "[0-9]{3}", "1234", false, true },
	{ "^[0-9]{3}$", "123\n", false, true },
	{ "^(?:[0-9]{3})$", "123\n", false, false },
	{ "^[A-Z]{1,2}[A-Z]{2,3}$", "ABC", true, true },
	{ "^[A-Z]{1,2}[A-Z]{2,3}$", "ABCDEF", false, true },
	{ "^[0-9]{2}[.][0-9]{2}$", "32.73", true, true },
	{ "^[A-Z0-9]{3,64}[.]?$", "AB1.", true, true },
	{ "^[0-9]{65}$", "1", false, true },
	{ "^[A-Z0-9-]{4,20}$", "PEN-0001", true, true },
	{ "^[A-Z0-9-]{4,20}$", "PEN_0001", false, true },
	{ "^[A-Z0-9-]{4,20}$", "PEN", false, true },
	{ "^[A-Z0-9-]{4,20}$", "PEN-00000000000000001", false, true },
	{ "a|b", "a", true, false },
	{ "a|b", "b", true, false },
	{ "a|b", "ab", false, false },
	{ "a|ab", "ab", true, false },
	{ "^[A-Z]{1,2}[A-Z0-9]{6}$", "A123456", true, false },
	{ "^[A-Z]{1,2}[A-Z0-9]{6}$", "AB12345", true, false },
	{ "^a+?b$", "aab", true, false },
	{ "^(a)(b)(c)\\3$", "abcc", true, false },
	{ "^.{3}$", "n\xc3\xa9o", true, false },
	{ "^[^;]+$", "K\xc3\xb6ln", true, false },
	{ "^\\p{Lu}+$", "\xc3\x85RHUS", true, false },
	{ "^(?i)kbri$", "KBRI", true, false },
	{ "^(?!00)[0-9]{4}$", "0012", false, false },
	{ "^(?!00)[0-9]{4}$", "0112", true, false },
	/* Text that is not UTF-8 matches nothing. */
	{ "^(?:.)+$", "a\xff", false, false },
	/* A trap ends at the match limit. */
	{ "^(a+)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", false,
	    false },
};

static void
test_answers(void)
{
	size_t i = 0;

	for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		const struct answer *a = &answers[i];
		struct pattern *p = NULL;

		printf("# %s\n", a->regex);
		TAP_INT(pattern_new(&p, a->regex, NULL), FAULT_NONE);
		if (p == NULL)
			continue;
		TAP_INT(pattern_is_simple(p), a->simple);
		TAP_INT(pattern_match(p, a->text, strlen(a->text)), a->match);
		pattern_free(p);
	}
}

static void
test_refused(void)
{
	static const char *const bad[] = { "[", "(", "a{2,1}", "[z-a]", "*a",
		"\\C", "[[:nope:]]", "[:a:]", "a{65536}", "\\" };
	struct cause why = { 0 };
	struct pattern *p = NULL;
	char longest[514];
	size_t i = 0;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		printf("# %s\n", bad[i]);
		cause_clear(&why);
		TAP_INT(pattern_new(&p, bad[i], &why), FAULT_FORMAT);
		TAP_OK(p == NULL);
		TAP_OK(strstr(why.detail, "at byte") != NULL);
	}
	memset(longest, 'a', sizeof(longest));
	longest[513] = '\0';
	TAP_INT(pattern_new(&p, longest, NULL), FAULT_FORMAT);
	longest[512] = '\0';
	TAP_INT(pattern_new(&p, longest, NULL), FAULT_NONE);
	TAP_OK(pattern_match(p, longest, 512));
	TAP_OK(!pattern_match(p, longest, 511));
	pattern_free(p);
}

static uint64_t state = 88172645463325252ULL;

static unsigned
next(unsigned n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)((state >> 11) % n);
}

static const char *
pick(void)
{
	static const char *const atoms[] = { "a", "b", "-", "_", "\\.", "\\-",
		"[ab]", "[a-c]", "[b-]", "[-a]", "[0-9]", "\\d", "\\w",
		"[\\d.]", "[A-Z]", "[a-c0-2_]", "0", "1", " ", "\\*", "[+*]",
		"[,-/]", "[\\w]", "[!-~]", ".", "[^a]", "(a|b)", "\\s",
		"[\\d-]", "[.a]", "[.]", "[..]", "[:a:]", "[.-]", "[=0=]",
		"[:.]", "[a-c-]", "[0-2-9]", "[A-Z0-9-]", "[\\d-x]",
		"[\\.-/]" };

	return atoms[next(sizeof(atoms) / sizeof(atoms[0]))];
}

static const char *
repeat(void)
{
	static const char *const repeats[] = { "", "", "", "?", "*", "+", "{2}",
		"{1,2}", "{0,3}", "{2,}", "{8}", "{9,12}", "{16}", "+?", "{0}",
		"{,2}", "?+" };

	return repeats[next(sizeof(repeats) / sizeof(repeats[0]))];
}

static void
random_regex(char *out, size_t cap)
{
	size_t n = next(5) + 1;
	size_t at = 0;

	at += (size_t)snprintf(out + at, cap - at, "%s", next(2) ? "^" : "");
	while (n-- > 0)
		at += (size_t)snprintf(
		    out + at, cap - at, "%s%s", pick(), repeat());
	(void)snprintf(out + at, cap - at, "%s", next(2) ? "$" : "");
}

/* Mostly bytes the atoms know, in runs, so that matches happen. */
static size_t
random_text(char *out, size_t cap)
{
	static const char bytes[] = "aaabbc--__..0012**+,/ AZz~\x01\x7f";
	size_t parts = next(5);
	size_t len = 0;

	while (parts-- > 0) {
		size_t run = next(8) == 0 ? next(18) : next(3) + 1;
		char c = bytes[next(sizeof(bytes) - 1)];

		for (; run > 0 && len + 2 < cap; run--) {
			if (next(40) == 0) {
				out[len++] = '\xc3';
				out[len++] = '\xa9';
			} else {
				out[len++] = next(4) == 0
				    ? bytes[next(sizeof(bytes) - 1)]
				    : c;
			}
		}
	}
	return len;
}

static void
test_both(void)
{
	char regex[128];
	char wrapped[160];
	char text[128];
	unsigned simple = 0;
	unsigned matched = 0;
	unsigned wrong = 0;
	int i = 0;
	int j = 0;

	for (i = 0; i < 6000; i++) {
		struct pattern *ours = NULL;
		struct pattern *theirs = NULL;
		enum fault a = FAULT_NONE;
		enum fault b = FAULT_NONE;

		random_regex(regex, sizeof(regex));
		(void)snprintf(wrapped, sizeof(wrapped), "(?:%s)", regex);
		a = pattern_new(&ours, regex, NULL);
		b = pattern_new(&theirs, wrapped, NULL);
		if (a != b || (b == FAULT_NONE && pattern_is_simple(theirs))) {
			wrong++;
			printf("# made differently: %s\n", regex);
		} else if (a == FAULT_NONE && pattern_is_simple(ours)) {
			simple++;
			for (j = 0; j < 60; j++) {
				size_t n = random_text(text, sizeof(text));
				bool yes = pattern_match(ours, text, n);

				matched += yes;
				if (yes == pattern_match(theirs, text, n))
					continue;
				wrong++;
				printf("# %s differs on %.*s\n", regex, (int)n,
				    text);
			}
		}
		pattern_free(ours);
		pattern_free(theirs);
	}
	printf("# %u simple, %u matches\n", simple, matched);
	TAP_INT(wrong, 0);
	TAP_OK(simple > 500);
	TAP_OK(matched > 500);
}

int
main(void)
{
	test_answers();
	test_refused();
	test_both();
	pattern_free(NULL);
	return TAP_DONE();
}
