/*
 * test_writer: equal facts give equal bytes, our own strict reader reads them
 * back, and calls that do not nest write nothing.
 */
#include "tap.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/log.h"
#include "corpora.h"
#include "text/doc.h"
#include "text/writer.h"

static void
sample(struct writer *w)
{
	writer_open(w, NULL, NODE_OBJECT);
	writer_string(w, "z", "a\"b");
	writer_integer(w, "n", -7);
	writer_open(w, "list", NODE_ARRAY);
	writer_boolean(w, NULL, true);
	writer_boolean(w, NULL, false);
	writer_null(w, NULL);
	writer_open(w, NULL, NODE_OBJECT);
	writer_close(w);
	writer_open(w, NULL, NODE_ARRAY);
	writer_close(w);
	writer_close(w);
	writer_string_or_null(w, "a", "");
	writer_string_or_null(w, "b", NULL);
	writer_string_or_null(w, "c", "x");
	writer_string(w, "", "");
	writer_close(w);
}

static void
test_bytes(void)
{
	static const char compact[] =
	    "{\"z\":\"a\\\"b\",\"n\":-7,\"list\":[true,false,null,{},[]],"
	    "\"a\":null,\"b\":null,\"c\":\"x\",\"\":\"\"}";
	static const char pretty[] =
	    "{\n  \"z\": \"a\\\"b\",\n  \"n\": -7,\n  \"list\": [\n    true,\n"
	    "    false,\n    null,\n    {},\n    []\n  ],\n  \"a\": null,\n"
	    "  \"b\": null,\n  \"c\": \"x\",\n  \"\": \"\"\n}\n";
	struct buf out = BUF_MAX(4096);
	struct writer *w = NULL;
	int i;

	for (i = 0; i < 4; i++) {
		TAP_INT(writer_new(&w, i % 2 == 1), FAULT_NONE);
		sample(w);
		TAP_INT(writer_finish(w, &out), FAULT_NONE);
		TAP_STR(buf_text(&out), i % 2 == 1 ? pretty : compact);
		writer_free(w);
		buf_free(&out);
	}
	/* It appends, and respects the maximum of the buffer. */
	TAP_INT(buf_puts(&out, "x"), FAULT_NONE);
	TAP_INT(writer_new(&w, false), FAULT_NONE);
	sample(w);
	out.max = sizeof(compact) - 1;
	TAP_INT(writer_finish(w, &out), FAULT_LARGER);
	TAP_STR(buf_text(&out), "x");
	out.max = sizeof(compact);
	TAP_INT(writer_finish(w, &out), FAULT_NONE);
	TAP_STR(buf_text(&out) + 1, compact);
	writer_free(w);
	buf_free(&out);
	writer_free(NULL);
}

/* One string as an element and as a key. */
static enum fault
one_string(const char *s, struct buf *out)
{
	struct writer *w = NULL;
	enum fault f;

	if ((f = writer_new(&w, false)) != FAULT_NONE)
		return f;
	writer_open(w, NULL, NODE_OBJECT);
	writer_string(w, s, s);
	writer_close(w);
	f = writer_finish(w, out);
	writer_free(w);
	return f;
}

/* Comes back from the reader as it was, in both places. */
static bool
comes_back(const char *s)
{
	const struct node *value = NULL;
	struct buf out = BUF_MAX(65536);
	struct doc *d = NULL;
	const char *key = NULL;
	bool same = false;

	if (one_string(s, &out) == FAULT_NONE &&
	    doc_parse(&d, out.data, out.len, NULL) == FAULT_NONE) {
		key = node_key_at(doc_root(d), 0, &value);
		same = key != NULL && strcmp(key, s) == 0 &&
		    strcmp(node_string(value), s) == 0;
	}
	doc_free(d);
	buf_free(&out);
	return same;
}

static void
test_strings(void)
{
	static const char *const bad[] = { "\xff", "a\x80", "\xc0\x80",
		"\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc3" };
	struct buf out = BUF_MAX(4096);
	char text[3] = "?";
	unsigned c, lost = 0;
	size_t i;

	for (c = 1; c < 0x80; c++) {
		text[0] = (char)c;
		lost += !comes_back(text);
	}
	TAP_INT(lost, 0);
	TAP_OK(
	    comes_back("\xc3\xa9 \xe2\x80\xa8 \xf0\x9f\x99\x82 \xef\xbb\xbf"));
	TAP_INT(one_string("\x01\x1f\b\f\n\r\t\"\\/\x7f\xc3\xa9", &out),
	    FAULT_NONE);
	TAP_OK(strstr(buf_text(&out),
		   "\"\\u0001\\u001f\\u0008\\u000c\\n\\r\\t\\\"\\\\/\\u007f"
		   "\xc3\xa9\"") != NULL);
	buf_free(&out);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		TAP_INT(one_string(bad[i], &out), FAULT_FORMAT);
		TAP_INT(out.len, 0);
	}
}

/* What a screen must not obey is never in JSON as it is; all of it comes back.
 */
static void
test_screen(void)
{
	static const unsigned char lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	struct buf out = BUF_MAX(4096);
	char text[5], shown[4096];
	unsigned lost = 0, raw = 0;
	unsigned long c, rest;
	size_t i, n;

	for (c = 1; c <= 0x10ffff; c++) {
		/* Letters of the planes between are left out: nothing there is
		 * a control, and it takes long. */
		if ((c >= 0xd800 && c <= 0xdfff) ||
		    (c > 0x10100 && c < 0xdff00) || c > 0xe0200)
			continue;
		n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
		for (i = n, rest = c; i > 1; i--, rest >>= 6)
			text[i - 1] = (char)(0x80 | (rest & 0x3f));
		text[0] = (char)(lead[n] | rest);
		text[n] = '\0';
		lost += !comes_back(text);
		raw += one_string(text, &out) != FAULT_NONE ||
		    strcmp(log_quote(shown, sizeof(shown), buf_text(&out)),
			buf_text(&out)) != 0;
		buf_free(&out);
	}
	TAP_INT(lost, 0);
	TAP_INT(raw, 0);
	TAP_INT(one_string("\xe2\x80\xae\xf3\xa0\x80\x81\xc2\x9b", &out),
	    FAULT_NONE);
	TAP_OK(
	    strstr(buf_text(&out), "\"\\u202e\\udb40\\udc01\\u009b\"") != NULL);
	buf_free(&out);
}

static void
test_naughty(void)
{
	const char *path = corpora_path("naughty-strings/blns.txt");
	unsigned n = 0, lost = 0;
	char line[8192];
	FILE *f = path == NULL ? NULL : fopen(path, "r");

	if (f == NULL) {
		TAP_SKIP("naughty-strings are absent");
		return;
	}
	for (; fgets(line, sizeof(line), f) != NULL; n++)
		lost += !comes_back(line);
	(void)fclose(f);
	TAP_OK(n > 500);
	TAP_INT(lost, 0);
}

static void
test_integers(void)
{
	static const int64_t n[] = { 0, 1, -1, 9007199254740991,
		-9007199254740991 };
	struct buf out = BUF_MAX(4096);
	struct writer *w = NULL;
	struct doc *d = NULL;
	size_t i;

	TAP_INT(writer_new(&w, false), FAULT_NONE);
	writer_open(w, NULL, NODE_ARRAY);
	for (i = 0; i < 5; i++)
		writer_integer(w, NULL, n[i]);
	writer_close(w);
	TAP_INT(writer_finish(w, &out), FAULT_NONE);
	TAP_STR(buf_text(&out), "[0,1,-1,9007199254740991,-9007199254740991]");
	TAP_INT(doc_parse(&d, out.data, out.len, NULL), FAULT_NONE);
	for (i = 0; d != NULL && i < 5; i++)
		TAP_INT(node_integer(node_at(doc_root(d), i)), n[i]);
	doc_free(d);
	writer_free(w);
	buf_free(&out);
}

/*
 * Plays calls: { } [ ] open and close, n is an element and k a member that is
 * null; O and A open under a key, S is an element "s", X an open that is none.
 */
static enum fault
play(const char *calls, bool pretty)
{
	struct buf out = BUF_MAX(65536);
	struct writer *w = NULL;
	struct doc *d = NULL;
	enum fault f = writer_new(&w, pretty);
	char key[8];

	for (; f == FAULT_NONE && *calls != '\0'; calls++) {
		/* The reader takes no key twice, and each call has its own. */
		(void)snprintf(key, sizeof(key), "k%zu", strlen(calls) % 1000);
		if (strchr("{[", *calls) != NULL)
			writer_open(
			    w, NULL, *calls == '{' ? NODE_OBJECT : NODE_ARRAY);
		else if (strchr("OA", *calls) != NULL)
			writer_open(
			    w, key, *calls == 'O' ? NODE_OBJECT : NODE_ARRAY);
		else if (strchr("}]", *calls) != NULL)
			writer_close(w);
		else if (*calls == 'X')
			writer_open(w, NULL, NODE_STRING);
		else if (*calls == 'S')
			writer_string(w, NULL, "s");
		else if (*calls == 'i')
			writer_integer(w, NULL, 1);
		else
			writer_null(w, *calls == 'k' ? key : NULL);
	}
	if (f == FAULT_NONE)
		f = writer_finish(w, &out);
	/* What is called good must be good, and a fault writes nothing. */
	if (f == FAULT_NONE &&
	    doc_parse(&d, out.data, out.len, NULL) != FAULT_NONE)
		f = FAULT_SYSTEM;
	if (f != FAULT_NONE && f != FAULT_SYSTEM && out.len != 0)
		f = FAULT_SYSTEM;
	doc_free(d);
	writer_free(w);
	buf_free(&out);
	return f;
}

static void
test_nesting(void)
{
	static const char *const good[] = { "{}", "[]", "[n]", "{k}", "[[],{}]",
		"{O}A]}", "[nSi{k}n]" };
	static const char *const bad[] = { "", "n", "S", "i", "k", "n{}", "S{}",
		"S[]", "i[n]", "{}n", "{}S", "{}k", "{}{}", "[][", "[]]", "}",
		"]", "{", "[", "[[]", "{O}", "{n}", "{S}", "[k]", "{{}}",
		"[O}]", "O}", "X", "[X]", "[Xn]", "{k}}", "[}{]}" };
	char deep[512];
	size_t i;

	for (i = 0; i < 2 * sizeof(good) / sizeof(good[0]); i++) {
		char calls[32];
		size_t j, n = 0;

		for (j = 0; good[i / 2][j] != '\0'; j++)
			if (good[i / 2][j] != ',')
				calls[n++] = good[i / 2][j];
		calls[n] = '\0';
		tap_ok(play(calls, i % 2 == 1) == FAULT_NONE, good[i / 2],
		    __FILE__, __LINE__);
	}
	for (i = 0; i < 2 * sizeof(bad) / sizeof(bad[0]); i++)
		tap_ok(play(bad[i / 2], i % 2 == 1) == FAULT_FORMAT, bad[i / 2],
		    __FILE__, __LINE__);
	memset(deep, '[', LIMIT_JSON_DEPTH);
	memset(deep + LIMIT_JSON_DEPTH, ']', LIMIT_JSON_DEPTH);
	deep[2UL * LIMIT_JSON_DEPTH] = '\0';
	TAP_INT(play(deep, false), FAULT_NONE);
	memset(deep, '[', 200);
	memset(deep + 200, ']', 200);
	deep[400] = '\0';
	TAP_INT(play(deep, false), FAULT_FORMAT);
}

/* Random calls: either a fault, or what the reader takes. */
static void
test_random_calls(void)
{
	static const char set[] = "{[OA}}]]nkSi";
	unsigned i, good = 0, bad = 0;
	char calls[9];
	enum fault f;
	size_t n, j;

	srandom(5);
	for (i = 0; i < 60000; i++) {
		n = 2 + (size_t)random() % 6;
		for (j = 0; j < n; j++)
			calls[j] = set[(size_t)random() % (sizeof(set) - 1)];
		calls[n] = '\0';
		f = play(calls, i % 2 == 1);
		good += f == FAULT_NONE;
		if (f == FAULT_NONE || f == FAULT_FORMAT)
			continue;
		if (bad++ < 5)
			printf("# calls %s\n", calls);
	}
	TAP_INT(bad, 0);
	TAP_OK(good > 100);
}

static enum fault
again(struct buf *out, const void *bytes, size_t len, bool pretty)
{
	struct writer *w = NULL;
	struct doc *d = NULL;
	enum fault f;

	if ((f = doc_parse(&d, bytes, len, NULL)) != FAULT_NONE)
		return f;
	if ((f = writer_new(&w, pretty)) == FAULT_NONE) {
		writer_node(w, NULL, doc_root(d));
		f = writer_finish(w, out);
	}
	writer_free(w);
	doc_free(d);
	return f;
}

/* What the reader takes is written so that writing it again changes nothing,
 * by way of the other form too. */
static bool
stable(const struct buf *in)
{
	struct buf a = BUF_MAX(4 * MIB), b = BUF_MAX(4 * MIB);
	struct buf c = BUF_MAX(4 * MIB);
	bool same = again(&a, in->data, in->len, false) == FAULT_NONE &&
	    again(&b, a.data, a.len, true) == FAULT_NONE &&
	    again(&c, b.data, b.len, false) == FAULT_NONE && a.len == c.len &&
	    memcmp(a.data, c.data, a.len) == 0;

	buf_free(&a);
	buf_free(&b);
	buf_free(&c);
	return same;
}

static void
test_corpus(void)
{
	const char *path = corpora_path("json-parsing/test_parsing");
	struct buf b = BUF_MAX(4 * MIB);
	struct io_names names = { NULL, 0 };
	struct doc *d = NULL;
	unsigned taken = 0;
	int dir = -1;
	size_t i;

	if (path == NULL ||
	    io_opendir(&dir, AT_FDCWD, path, NULL) != FAULT_NONE) {
		TAP_SKIP("json-parsing is absent");
		return;
	}
	TAP_INT(io_names(&names, dir, ".", 1000, NULL), FAULT_NONE);
	for (i = 0; i < names.n; i++) {
		if (io_load(&b, dir, names.name[i], NULL) == FAULT_NONE &&
		    doc_parse(&d, buf_text(&b), b.len, NULL) == FAULT_NONE) {
			taken++;
			tap_ok(stable(&b), names.name[i], __FILE__, __LINE__);
		}
		doc_free(d);
		d = NULL;
		buf_free(&b);
	}
	TAP_OK(taken > 40);
	io_names_free(&names);
	(void)close(dir);
}

int
main(void)
{
	test_bytes();
	test_strings();
	test_screen();
	test_naughty();
	test_integers();
	test_nesting();
	test_random_calls();
	test_corpus();
	return TAP_DONE();
}
