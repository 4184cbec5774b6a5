/*
 * Text of each encoding becomes the UTF-8 that it is, wherever the stream is
 * cut; and what is not in the encoding is told by the offset of its first byte,
 * wherever the stream is cut, when all before it was written.
 */
#include "text/recode.h"

#include <iconv.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/limits.h"
#include "tap.h"

static enum fault
take(void *self, const void *bytes, size_t len, struct cause *why)
{
	(void)why;
	return buf_put(self, bytes, len);
}

/* In pieces of "step" bytes, the first of which has "first". */
static enum fault
run(enum recode_from from, bool bom, const char *bytes, size_t len,
    size_t first, size_t step, struct buf *out, struct cause *why)
{
	struct recode *r = NULL;
	size_t at = 0, n = first;
	enum fault f;

	cause_clear(why);
	f = recode_new(&r, from, bom, (struct sink){ take, out }, why);
	for (; f == FAULT_NONE && at < len; at += n, n = step) {
		if (n > len - at)
			n = len - at;
		f = recode_write(r, bytes + at, n, why);
	}
	if (f == FAULT_NONE)
		f = recode_end(r, why);
	recode_free(r);
	return f;
}

struct want {
	enum recode_from from;
	bool bom;
	const char *bytes;
	size_t len;
	const char *text; /* all that is written */
	enum fault fault;
	uint64_t offset;
	const char *rule;
};

#define BYTES(s) (s), sizeof(s) - 1

static bool
holds(const struct want *w, size_t first, size_t step)
{
	struct buf out = BUF_MAX(MIB);
	struct cause why;
	enum fault f =
	    run(w->from, w->bom, w->bytes, w->len, first, step, &out, &why);
	bool good = f == w->fault && strcmp(buf_text(&out), w->text) == 0;

	if (good && f != FAULT_NONE)
		good = why.fault == f && why.offset == w->offset &&
		    strcmp(why.rule, w->rule) == 0 && why.detail[0] != '\0';
	if (!good)
		printf("# %s, first %zu, step %zu: fault %d at %llu, \"%s\"\n",
		    recode_name(w->from), first, step, f,
		    (unsigned long long)why.offset, buf_text(&out));
	buf_free(&out);
	return good;
}

static void
test_wants(void)
{
	static const struct want wants[] = {
		{ RECODE_UTF8, false, BYTES(""), "", 0, 0, "" },
		{ RECODE_UTF8, false, BYTES("a"), "a", 0, 0, "" },
		{ RECODE_UTF8, false,
		    BYTES("K\xc3\xb6ln \xf0\x9f\x98\x80\xe2\x82\xac"),
		    "K\xc3\xb6ln \xf0\x9f\x98\x80\xe2\x82\xac", 0, 0, "" },
		{ RECODE_UTF8, true, BYTES("\xef\xbb\xbf"), "", 0, 0, "" },
		{ RECODE_UTF8, true, BYTES("\xef\xbb\xbf\xef\xbb\xbfz"),
		    "\xef\xbb\xbfz", 0, 0, "" },
		{ RECODE_UTF8, true, BYTES("id;nama"), "", FAULT_ENCODING, 0,
		    "bom" },
		{ RECODE_UTF8, true, BYTES("\xef\xbb"), "", FAULT_ENCODING, 0,
		    "bom" },
		{ RECODE_UTF8, false, BYTES("\xef\xbb\xbfid"), "",
		    FAULT_ENCODING, 0, "bom" },
		{ RECODE_UTF8, false, BYTES("K\xf6ln"), "K", FAULT_ENCODING, 1,
		    "encoding" },
		{ RECODE_UTF8, false, BYTES("abc\xc3"), "abc", FAULT_ENCODING,
		    3, "encoding" },
		{ RECODE_UTF8, false, BYTES("abcd\xe2\x82x"), "abcd",
		    FAULT_ENCODING, 4, "encoding" },
		{ RECODE_UTF8, false, BYTES("ab\xf0\x9f\x98"), "ab",
		    FAULT_ENCODING, 2, "encoding" },
		{ RECODE_UTF8, false, BYTES("ab\xff\xfez"), "ab",
		    FAULT_ENCODING, 2, "encoding" },
		{ RECODE_UTF8, true,
		    BYTES("\xef\xbb\xbf"
			  "ab\x80z"),
		    "ab", FAULT_ENCODING, 5, "encoding" },
		{ RECODE_WINDOWS_1252, false, BYTES("\xc5rhus \x80 K\xf6ln"),
		    "\xc3\x85rhus \xe2\x82\xac K\xc3\xb6ln", 0, 0, "" },
		{ RECODE_WINDOWS_1252, false, BYTES("a"), "a", 0, 0, "" },
		{ RECODE_WINDOWS_1252, false, BYTES("ab\x81z"), "ab",
		    FAULT_ENCODING, 2, "encoding" },
		{ RECODE_WINDOWS_1252, false, BYTES("abcdefgh\x9d"), "abcdefgh",
		    FAULT_ENCODING, 8, "encoding" },
		{ RECODE_WINDOWS_1252, false, BYTES("\xef\xbb\xbfid"), "",
		    FAULT_ENCODING, 0, "bom" },
		{ RECODE_UTF16LE, true,
		    BYTES("\xff\xfe"
			  "a\0\xac\x20"),
		    "a\xe2\x82\xac", 0, 0, "" },
		{ RECODE_UTF16LE, false,
		    BYTES("a\0=\xd8\0\xde"
			  "b\0"),
		    "a\xf0\x9f\x98\x80"
		    "b",
		    0, 0, "" },
		{ RECODE_UTF16BE, true, BYTES("\xfe\xff\0a \xac\xd8=\xde\0"),
		    "a\xe2\x82\xac\xf0\x9f\x98\x80", 0, 0, "" },
		{ RECODE_UTF16LE, true, BYTES("\xfe\xff\0a"), "",
		    FAULT_ENCODING, 0, "bom" },
		{ RECODE_UTF16LE, false,
		    BYTES("\xff\xfe"
			  "a\0"),
		    "", FAULT_ENCODING, 0, "bom" },
		{ RECODE_UTF16LE, false, BYTES("a\0b"), "a", FAULT_ENCODING, 2,
		    "encoding" },
		{ RECODE_UTF16LE, true,
		    BYTES("\xff\xfe"
			  "a\0\0\xde"
			  "b\0"),
		    "a", FAULT_ENCODING, 4, "encoding" },
		{ RECODE_UTF16LE, false,
		    BYTES("a\0=\xd8"
			  "b\0c\0"),
		    "a", FAULT_ENCODING, 2, "encoding" },
		{ RECODE_UTF16BE, false, BYTES("\0a\xd8="), "a", FAULT_ENCODING,
		    2, "encoding" },
		{ RECODE_UTF16LE, false, BYTES("a"), "", FAULT_ENCODING, 0,
		    "encoding" },
	};
	size_t i = 0, first = 0, step = 0;

	for (i = 0; i < sizeof(wants) / sizeof(wants[0]); i++) {
		const struct want *w = &wants[i];
		bool good = true;

		for (first = 0; first <= w->len; first++)
			for (step = 1; step <= w->len + 1; step++)
				good &= holds(w, first, step);
		TAP_OK(good);
	}
}

/* Every character of the plane, and some beyond, as iconv writes them. */
static void
test_all(enum recode_from from, const char *name, unsigned last)
{
	iconv_t to = iconv_open(name, "UTF-32LE");
	char *encoded = malloc(MIB), *in = NULL, *out = encoded;
	struct buf text = BUF_MAX(MIB), got = BUF_MAX(MIB);
	iconv_t utf8 = iconv_open("UTF-8", "UTF-32LE");
	size_t room = MIB, n = 0, left = 0;
	struct cause why;
	unsigned c = 0;

	for (c = 1; c < last && encoded != NULL; c++) {
		unsigned one = c;
		char as[8], *at = as;
		size_t space = sizeof(as);

		in = (char *)&one;
		left = sizeof(one);
		if (iconv(to, &in, &left, &out, &room) != 0)
			continue;
		in = (char *)&one;
		left = sizeof(one);
		if (iconv(utf8, &in, &left, &at, &space) != 0 ||
		    buf_put(&text, as, sizeof(as) - space) != FAULT_NONE)
			continue;
		n++;
	}
	TAP_OK(n >= 250);
	TAP_INT(run(from, false, encoded, MIB - room, 1, 4093, &got, &why),
	    FAULT_NONE);
	TAP_INT(got.len, text.len);
	TAP_INT(memcmp(got.data, text.data, text.len), 0);
	(void)iconv_close(to);
	(void)iconv_close(utf8);
	free(encoded);
	buf_free(&text);
	buf_free(&got);
}

static enum fault
no_room(void *self, const void *bytes, size_t len, struct cause *why)
{
	(void)self;
	(void)bytes;
	(void)len;
	return cause_set(why, FAULT_NO_ROOM, "%s", "");
}

static void
test_names(void)
{
	enum recode_from from = RECODE_UTF8;
	struct recode *r = NULL;
	struct cause why;
	size_t i = 0;

	cause_clear(&why);
	for (i = RECODE_UTF8; i <= RECODE_UTF16BE; i++) {
		TAP_OK(recode_find(&from, recode_name((enum recode_from)i)));
		TAP_INT(from, i);
		TAP_INT(recode_new(&r, (enum recode_from)i, false,
			    (struct sink){ no_room, NULL }, &why),
		    FAULT_NONE);
		/* A fault of the sink is its own. */
		TAP_INT(recode_write(r, "abcdefgh", 8, &why), FAULT_NO_ROOM);
		recode_free(r);
	}
	TAP_OK(!recode_find(&from, "UTF-8"));
	TAP_OK(!recode_find(&from, "utf-16"));
	TAP_OK(!recode_find(&from, ""));
	recode_free(NULL);
}

int
main(void)
{
	test_wants();
	test_all(RECODE_WINDOWS_1252, "WINDOWS-1252", 0x3000);
	test_all(RECODE_UTF16LE, "UTF-16LE", 0x11000);
	test_all(RECODE_UTF16BE, "UTF-16BE", 0x11000);
	test_names();
	return TAP_DONE();
}
