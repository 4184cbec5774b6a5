/*
 * fuzz_pattern: the quick matchers give PCRE2's answer.  The input is a regular
 * expression, a line feed, and texts, one a line.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "check/language.h"
#include "check/pattern.h"
#include "fuzz.h"
#include "text/utf8.h"

/* As lib/check/pattern.c compiles what it does not match by itself. */
static pcre2_code *
reference(const char *regex)
{
	PCRE2_SIZE offset = 0;
	int error = 0;

	return pcre2_compile((PCRE2_SPTR)regex, PCRE2_ZERO_TERMINATED,
	    PCRE2_UTF | PCRE2_ANCHORED | PCRE2_ENDANCHORED |
		PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C,
	    &error, &offset, NULL);
}

static bool
reference_match(const pcre2_code *code, pcre2_match_data *match,
    const char *text, size_t len)
{
	return utf8_valid(text, len) == len &&
	    pcre2_match(code, (PCRE2_SPTR)text, len, 0, 0, match, NULL) >= 0;
}

static void
compare(
    const struct pattern *p, const char *regex, const char *text, size_t size)
{
	pcre2_code *code = reference(regex);
	pcre2_match_data *match = NULL;
	const char *lf = NULL;
	size_t len = 0;

	/* Nothing that PCRE2 refuses may be taken for simple. */
	FUZZ_HOLD(code != NULL);
	match = pcre2_match_data_create_from_pattern(code, NULL);
	FUZZ_HOLD(match != NULL);
	for (; size > 0; text += len + 1, size -= len + 1) {
		lf = memchr(text, '\n', size);
		len = lf != NULL ? (size_t)(lf - text) : size;
		FUZZ_HOLD(pattern_match(p, text, len) ==
		    reference_match(code, match, text, len));
		if (lf == NULL)
			break;
	}
	pcre2_match_data_free(match);
	pcre2_code_free(code);
}

/* Texts made from it are UTF-8 and no longer than they may be. */
static void
imagine(const char *regex)
{
	static struct mould mould;
	struct buf text = BUF_MAX(4 * MOULD_LONGEST);
	struct chance chance = { strlen(regex) };
	struct language *l = NULL;
	struct cause why;
	size_t i = 0;

	cause_clear(&why);
	if (language_new(&l, regex, &why) != FAULT_NONE)
		return;
	for (i = 0; i < 8; i++) {
		text.len = 0;
		if (i % 2 == 0 ? !language_any(l, &chance, &mould)
			       : !language_fixed(l, i / 2, i, &mould))
			continue;
		FUZZ_HOLD(mould.n <= MOULD_LONGEST);
		if (i > 3)
			mould_tame(&mould);
		FUZZ_HOLD(
		    mould_write_any(&mould, &chance, &text) == FAULT_NONE);
		FUZZ_HOLD(utf8_valid(buf_text(&text), text.len) == text.len);
		FUZZ_HOLD(mould_write(&mould, 0, &text) == FAULT_NONE);
	}
	language_free(l);
	buf_free(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size);
	char *regex = text, *lf = memchr(text, '\n', size);
	struct pattern *p = NULL;
	struct cause why;
	enum fault f = FAULT_NONE;

	cause_clear(&why);
	if (lf != NULL)
		*lf++ = '\0';
	f = pattern_new(&p, regex, &why);
	FUZZ_HOLD((f == FAULT_NONE) == (p != NULL));
	if (f != FAULT_NONE)
		fuzz_refused(f, FAULT_FORMAT, FAULT_FORMAT, &why);
	else if (pattern_is_simple(p) && strlen(regex) <= PATTERN_MAX)
		compare(p, regex, lf != NULL ? lf : "",
		    lf != NULL ? size - (size_t)(lf - text) : 0);
	else if (lf != NULL)
		/* PCRE2's own, whose steps are bounded. */
		(void)pattern_match(p, lf, size - (size_t)(lf - text));
	if (f == FAULT_NONE)
		imagine(regex);
	pattern_free(p);
	free(text);
	return 0;
}
