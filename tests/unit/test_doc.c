/*
 * test_doc: what two readers could read as two documents is none here, and a
 * document of the right kind is held against its table of members.
 */
#include "tap.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "corpora.h"
#include "text/doc.h"

static enum fault
parse(const void *bytes, size_t len)
{
	struct doc *d = NULL;
	struct cause why;
	enum fault f;
	char *exact = malloc(len + 1);

	cause_clear(&why);
	if (exact == NULL)
		return FAULT_MEMORY;
	/* At the end of its block, so that a byte too far is seen. */
	memcpy(exact + 1, bytes, len);
	f = doc_parse(&d, exact + 1, len, &why);
	if ((f == FAULT_NONE) != (d != NULL) || why.fault != f ||
	    (f != FAULT_NONE && why.detail[0] == '\0'))
		f = FAULT_SYSTEM;
	doc_free(d);
	free(exact);
	return f;
}

static void
test_taken(void)
{
	static const char *const good[] = { "{}", "[]", " \t\r\n{} \n",
		"[1,-1,0]", "[9007199254740991,-9007199254740991]",
		"[\"\",null,true,false,{},[]]", "{\"\":1}",
		"{\"a\":{\"a\":1},\"b\":{\"a\":1}}",
		"[\"\\u00e9\\ud83d\\ude42\\n\\\"\\\\\\/\"]",
		"[\"\xc3\xa9\xf0\x9f\x99\x82\x7f\"]", "{\"a\":1,\"A\":2}" };
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		TAP_INT(parse(good[i], strlen(good[i])), FAULT_NONE);
}

static void
test_refused(void)
{
	static const char *const bad[] = { "", " ", "{", "}", "[", "]", "1",
		"\"a\"", "null", "true", "{}{}", "{} x", "[] ,", "[1,]", "[,1]",
		"{\"a\":1,}", "{a:1}", "{'a':1}", "[1 2]", "{\"a\" 1}", "{1:1}",
		"// c\n{}", "{}/**/", "\xef\xbb\xbf{}", "{}\xef\xbb\xbf",
		"\xff\xfe{", "[NaN]", "[Infinity]", "[+1]", "[01]", "[0x1]",
		"[--1]", "[True]", "[nul]",
		/* keys that stand twice, in whatever dress */
		"{\"a\":1,\"a\":1}", "{\"a\":1,\"b\":2,\"a\":3}",
		"[{\"a\":1,\"\\u0061\":2}]", "{\"\":1,\"\":1}",
		"{\"x\":{\"a\":null,\"a\":null}}",
		/* numbers that readers round */
		"[1.0]", "[0.1]", "[1e2]", "[1E400]", "[-0.0]", "[1e-1]",
		"[9007199254740992]", "[-9007199254740992]",
		"[9223372036854775807]", "[9223372036854775808]",
		"[-9223372036854775809]", "[99999999999999999999999999]",
		"{\"a\":[{\"b\":1.5}]}",
		/* text that is none */
		"[\"\\u0000\"]", "{\"a\\u0000b\":1}", "[\"\x01\"]", "[\"\n\"]",
		"[\"\t\"]", "[\"\\x\"]", "[\"\\u12\"]", "[\"\\ud800\"]",
		"[\"\\udc00\"]", "[\"\\ud800\\u0041\"]", "[\"\xff\"]",
		"[\"\xc0\x80\"]", "[\"\xed\xa0\x80\"]",
		"[\"\xf4\x90\x80\x80\"]", "[\"\xc3\"]", "[\"a]" };
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		TAP_INT(parse(bad[i], strlen(bad[i])), FAULT_FORMAT);
		if (parse(bad[i], strlen(bad[i])) != FAULT_FORMAT)
			printf("# document %zu of the bad\n", i);
	}
	TAP_INT(parse("{}\0", 3), FAULT_FORMAT);
	TAP_INT(parse("\0{}", 3), FAULT_FORMAT);
	TAP_INT(parse("[\"a\0b\"]", 7), FAULT_FORMAT);
	TAP_INT(parse("{\"a\0b\":1}", 9), FAULT_FORMAT);
	TAP_INT(parse("[1\0]", 4), FAULT_FORMAT);
	TAP_INT(parse("{}\0{}", 5), FAULT_FORMAT);
	/* jansson forgets a NUL that it read ahead. */
	TAP_INT(parse("[true\0]", 7), FAULT_FORMAT);
	TAP_INT(parse("[null\0,1]", 9), FAULT_FORMAT);
	TAP_INT(parse("{\"a\":1\0}", 8), FAULT_FORMAT);
	TAP_INT(parse("[1\0\0]", 5), FAULT_FORMAT);
}

/* "[X,X,X]" with n of them. */
static enum fault
parse_many(const char *what, size_t n)
{
	struct buf b = BUF_MAX(8 * MIB);
	enum fault f = buf_puts(&b, "[");
	size_t i;

	for (i = 0; f == FAULT_NONE && i < n; i++)
		f = buf_putf(&b, "%s%s", i == 0 ? "" : ",", what);
	if (f == FAULT_NONE)
		f = buf_puts(&b, "]");
	if (f == FAULT_NONE)
		f = parse(b.data, b.len);
	if ((f == FAULT_NONE) != doc_fits(b.data, b.len))
		f = FAULT_SYSTEM;
	buf_free(&b);
	return f;
}

/* The list counts as well; commas and brackets in texts do not. */
static void
test_size(void)
{
	TAP_INT(parse_many("1", LIMIT_JSON_VALUES - 1), FAULT_NONE);
	TAP_INT(parse_many("1", LIMIT_JSON_VALUES), FAULT_FORMAT);
	TAP_INT(parse_many("{}", LIMIT_JSON_NESTS - 1), FAULT_NONE);
	TAP_INT(parse_many("{}", LIMIT_JSON_NESTS), FAULT_FORMAT);
	TAP_INT(parse_many("[]", LIMIT_JSON_NESTS), FAULT_FORMAT);
	TAP_INT(
	    parse_many("\",,,,,,,,[[[[{{{{\\\",,,,\\\\\"", 60000), FAULT_NONE);
	TAP_INT(parse_many("\"\\\\\",[]", LIMIT_JSON_NESTS), FAULT_FORMAT);
}

/* n levels of arrays or objects, around a scalar or around nothing. */
static enum fault
nested(unsigned n, bool object, const char *inside)
{
	struct buf b = BUF_MAX(4 * MIB);
	enum fault f = FAULT_NONE;
	unsigned i;

	for (i = 0; f == FAULT_NONE && i < n; i++)
		f = buf_puts(&b, !object ? "[" : i + 1 < n ? "{\"k\":" : "{");
	if (f == FAULT_NONE && inside[0] != '\0' && object)
		f = buf_puts(&b, "\"k\":");
	if (f == FAULT_NONE)
		f = buf_puts(&b, inside);
	for (i = 0; f == FAULT_NONE && i < n; i++)
		f = buf_puts(&b, object ? "}" : "]");
	if (f == FAULT_NONE)
		f = parse(b.data, b.len);
	buf_free(&b);
	return f;
}

static void
test_depth(void)
{
	static const char *const inside[] = { "", "1", "\"s\"", "null" };
	size_t i;

	for (i = 0; i < sizeof(inside) / sizeof(inside[0]); i++) {
		TAP_INT(nested(LIMIT_JSON_DEPTH, false, inside[i]), FAULT_NONE);
		TAP_INT(nested(LIMIT_JSON_DEPTH, true, inside[i]), FAULT_NONE);
		TAP_INT(nested(LIMIT_JSON_DEPTH + 1, false, inside[i]),
		    FAULT_FORMAT);
		TAP_INT(nested(LIMIT_JSON_DEPTH + 1, true, inside[i]),
		    FAULT_FORMAT);
		TAP_INT(nested(100000, false, inside[i]), FAULT_FORMAT);
	}
}

static void
test_place(void)
{
	static const char secret[] = "{\n \"a\": 1,\n \"b\": hunter2 }";
	static const char twice[] = "{\"hunter2\": 1, \"hunter2\": 1}";
	struct doc *d = NULL;
	struct cause why;

	cause_clear(&why);
	TAP_INT(doc_parse(&d, secret, strlen(secret), &why), FAULT_FORMAT);
	TAP_OK(d == NULL);
	TAP_OK(strstr(why.detail, "line 3") != NULL);
	TAP_OK(strstr(why.detail, "hunter2") == NULL);
	cause_clear(&why);
	TAP_INT(doc_parse(&d, twice, strlen(twice), &why), FAULT_FORMAT);
	TAP_OK(strstr(why.detail, "line 1") != NULL);
	TAP_OK(strstr(why.detail, "hunter2") == NULL);
	TAP_INT(doc_parse(&d, "[1", 2, NULL), FAULT_FORMAT);
	doc_free(NULL);
}

static void
held(const char *text, enum fault want, const char *clause)
{
	static const struct node_member table[] = {
		{ "id", NODE_STRING, true, false },
		{ "n", NODE_INTEGER, false, false },
		{ "maybe", NODE_OBJECT, false, true },
		{ "any", NODE_ANY, false, false },
	};
	struct doc *d = NULL;
	struct cause why;

	cause_clear(&why);
	TAP_INT(doc_parse(&d, text, strlen(text), &why), FAULT_NONE);
	if (d == NULL)
		return;
	TAP_INT(node_members(doc_root(d), "top", table, 4, &why), want);
	TAP_INT(why.fault, want);
	TAP_STR(why.clause, clause);
	doc_free(d);
}

static void
test_members(void)
{
	struct cause why;

	held("{\"id\":\"a\"}", FAULT_NONE, "");
	held("{\"any\":[],\"maybe\":null,\"n\":1,\"id\":\"\"}", FAULT_NONE, "");
	held("{\"id\":\"a\",\"maybe\":{},\"any\":null}", FAULT_NONE, "");
	held("{}", FAULT_FORMAT, "top.id");
	held("{\"id\":null}", FAULT_FORMAT, "top.id");
	held("{\"id\":1}", FAULT_FORMAT, "top.id");
	held("{\"id\":\"a\",\"n\":\"1\"}", FAULT_FORMAT, "top.n");
	held("{\"id\":\"a\",\"n\":null}", FAULT_FORMAT, "top.n");
	held("{\"id\":\"a\",\"n\":true}", FAULT_FORMAT, "top.n");
	held("{\"id\":\"a\",\"maybe\":[]}", FAULT_FORMAT, "top.maybe");
	held("{\"id\":\"a\",\"Id\":1}", FAULT_FORMAT, "top.Id");
	held("{\"id\":\"a\",\"\":1}", FAULT_FORMAT, "top");
	held("{\"id\":\"a\",\"\\u001b[2J\":1}", FAULT_FORMAT, "top.?[2J");
	held("[]", FAULT_FORMAT, "top");
	cause_clear(&why);
	TAP_INT(node_members(NULL, "", NULL, 0, &why), FAULT_FORMAT);
	TAP_STR(why.clause, "");
}

static void
test_nodes(void)
{
	static const char text[] =
	    "{\"z\":\"text\",\"i\":-5,\"t\":true,\"f\":false,\"n\":null,"
	    "\"a\":[1,\"two\",{}],\"o\":{\"in\":7},\"e\":\"\"}";
	const struct node *root, *a, *value = NULL;
	const char *key = NULL;
	struct doc *d = NULL;
	void *it = NULL;
	size_t i = 0, bad = 0;

	TAP_INT(doc_parse(&d, text, strlen(text), NULL), FAULT_NONE);
	root = doc_root(d);
	TAP_INT(node_type(root), NODE_OBJECT);
	TAP_STR(node_text(root, "z"), "text");
	TAP_STR(node_text(root, "e"), "");
	TAP_OK(node_text(root, "i") == NULL && node_text(root, "n") == NULL &&
	    node_text(root, "absent") == NULL && node_text(NULL, "z") == NULL);
	TAP_INT(node_int(root, "i", 9), -5);
	TAP_INT(node_int(root, "absent", 9), 9);
	TAP_INT(node_int(root, "n", 9), 9);
	TAP_INT(node_int(root, "z", 9), 9);
	TAP_OK(node_bool(root, "t", false) && !node_bool(root, "f", true));
	TAP_OK(node_bool(root, "absent", true) && node_bool(root, "i", true));
	TAP_INT(node_type(node_get(root, "n")), NODE_NULL);
	TAP_OK(node_get(root, "absent") == NULL && node_get(NULL, "z") == NULL);
	a = node_get(root, "a");
	TAP_INT(node_type(a), NODE_ARRAY);
	TAP_INT(node_count(a), 3);
	TAP_INT(node_count(root), 8);
	TAP_INT(node_count(NULL), 0);
	TAP_INT(node_count(node_get(root, "z")), 0);
	TAP_INT(node_integer(node_at(a, 0)), 1);
	TAP_STR(node_string(node_at(a, 1)), "two");
	TAP_OK(node_at(a, 3) == NULL && node_at(a, SIZE_MAX) == NULL);
	TAP_OK(node_at(root, 0) == NULL && node_get(a, "z") == NULL);
	TAP_INT(node_int(node_get(root, "o"), "in", 0), 7);
	TAP_OK(node_string(NULL) == NULL && node_integer(NULL) == 0 &&
	    !node_boolean(NULL));
	/* Both walks keep the order of the document. */
	for (i = 0; node_each(root, &it, &key, &value); i++)
		bad += strcmp(key, node_key_at(root, i, NULL)) != 0 ||
		    value != node_get(root, key);
	TAP_INT(i, 8);
	TAP_INT(bad, 0);
	TAP_STR(node_key_at(root, 0, &value), "z");
	TAP_OK(node_key_at(root, 8, &value) == NULL);
	it = NULL;
	TAP_OK(!node_each(a, &it, &key, &value));
	doc_free(d);
}

/* Whether one of our own rules, above JSON's, is broken by it. */
static bool
stricter(const char *s, size_t len, const char *name)
{
	size_t i, digits = 0;
	bool in = false;

	for (i = 0; i < len && strchr(" \t\r\n", s[i]) != NULL; i++)
		;
	if (i == len || (s[i] != '{' && s[i] != '['))
		return true;
	if (strstr(name, "duplicated_key") != NULL)
		return true;
	for (; i < len; i++) {
		if (in && s[i] == '\\') {
			if (len - i > 5 && memcmp(s + i, "\\u0000", 6) == 0)
				return true;
			i++;
			continue;
		}
		if (s[i] == '"')
			in = !in;
		if (in)
			continue;
		if (digits > 0 && strchr(".eE", s[i]) != NULL)
			return true;
		digits = s[i] >= '0' && s[i] <= '9' ? digits + 1 : 0;
		if (digits > 16)
			return true;
	}
	return false;
}

static void
one_file(int dir, const char *name, unsigned count[3])
{
	struct buf b = BUF_MAX(4 * MIB);
	enum fault f;
	bool ok = true;

	if (io_load(&b, dir, name, NULL) != FAULT_NONE) {
		tap_ok(0, name, __FILE__, __LINE__);
		return;
	}
	f = parse(buf_text(&b), b.len);
	if (name[0] == 'y')
		ok = f ==
		    (stricter(buf_text(&b), b.len, name) ? FAULT_FORMAT
							 : FAULT_NONE);
	else if (name[0] == 'n')
		ok = f == FAULT_FORMAT;
	else
		ok = f == FAULT_FORMAT || f == FAULT_NONE;
	count[name[0] == 'y' ? 0 : name[0] == 'n' ? 1 : 2]++;
	tap_ok(ok, name, __FILE__, __LINE__);
	buf_free(&b);
}

static void
test_corpus(void)
{
	const char *path = corpora_path("json-parsing/test_parsing");
	struct io_names names = { NULL, 0 };
	unsigned count[3] = { 0, 0, 0 };
	int dir = -1;
	size_t i;

	if (path == NULL ||
	    io_opendir(&dir, AT_FDCWD, path, NULL) != FAULT_NONE) {
		TAP_SKIP("json-parsing is absent");
		return;
	}
	TAP_INT(io_names(&names, dir, ".", 1000, NULL), FAULT_NONE);
	for (i = 0; i < names.n; i++)
		one_file(dir, names.name[i], count);
	TAP_INT(count[0], 95);
	TAP_INT(count[1], 188);
	TAP_INT(count[2], 35);
	io_names_free(&names);
	(void)close(dir);
}

int
main(void)
{
	test_taken();
	test_refused();
	test_depth();
	test_size();
	test_place();
	test_members();
	test_nodes();
	test_corpus();
	return TAP_DONE();
}
