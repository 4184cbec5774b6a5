/*
 * Contents: one form, and whatever differs from it is refused.
 */
#include "tap.h"

#include <stdbool.h>
#include <stdlib.h>

#include "record/contents.h"

#define SHA_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define SHA_B "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const char form[] =
    "{\"format\":\"serahterima-contents/1\","
    "\"salt\":\"00112233445566778899aabbccddeeff\",\"files\":["
    "{\"name\":\"kul.csv\",\"bytes\":120,\"sha256\":\"" SHA_A "\",\"rows\":3,"
    "\"totals\":[{\"rows\":3},{\"count_by\":\"status\",\"values\":"
    "{\"BELUM\":1,\"TERVERIFIKASI\":2}},{\"sum\":\"n\",\"value\":\"-1.5\"},"
    "{\"distinct\":\"nik\",\"value\":3}],\"extent\":\"file\","
    "\"warnings\":[]},"
    "{\"name\":\"pen.csv\",\"bytes\":0,\"sha256\":\"" SHA_B "\",\"rows\":0,"
    "\"totals\":[],\"extent\":\"none\",\"warnings\":["
    "{\"column\":\"\",\"rule\":\"at_least_one\",\"count\":1},"
    "{\"column\":\"nik\",\"rule\":\"nik_serial\",\"count\":2}]}]}\n";

static enum fault
parse(const char *text, struct cause *why)
{
	struct contents *c = NULL;
	enum fault f;

	cause_clear(why);
	f = contents_parse(&c, text, strlen(text), why);
	if (f != FAULT_NONE && c != NULL)
		printf("# contents left behind a fault\n");
	contents_free(c);
	return f;
}

/* The form with one place changed. */
static enum fault
changed(const char *from, const char *to, struct cause *why)
{
	char text[2048];
	const char *at = strstr(form, from);

	if (at == NULL) {
		printf("# no such place: %s\n", from);
		return FAULT_NONE;
	}
	(void)snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - form), form,
	    to, at + strlen(from));
	return parse(text, why);
}

static void
test_round_trip(void)
{
	struct buf out = BUF_MAX(LIMIT_CONTENTS);
	struct contents *c = NULL;
	struct cause why;

	cause_clear(&why);
	TAP_INT(contents_parse(&c, form, strlen(form), &why), FAULT_NONE);
	if (c == NULL) {
		printf("# %s: %s\n", why.clause, why.detail);
		return;
	}
	TAP_INT(c->n, 2);
	TAP_STR(c->salt, "00112233445566778899aabbccddeeff");
	TAP_STR(c->file[0].name, "kul.csv");
	TAP_INT(c->file[0].bytes, 120);
	TAP_INT(c->file[0].rows, 3);
	TAP_INT(c->file[0].totals.n, 4);
	TAP_INT(c->file[0].warnings.n, 0);
	TAP_INT(c->file[1].warnings.n, 2);
	TAP_INT(warnings_total(&c->file[1].warnings), 3);
	TAP_STR(c->file[1].sha256, SHA_B);
	TAP_INT(contents_format(&out, c), FAULT_NONE);
	TAP_STR(buf_text(&out), form);
	buf_free(&out);
	contents_free(c);
}

static void
test_refusals(void)
{
	struct cause why;

	TAP_INT(
	    changed("\"rows\":3,", "\"rows\":3,\"x\":1,", &why), FAULT_FORMAT);
	TAP_STR(why.clause, "files[1].x");
	TAP_INT(changed("kul.csv", "../kul.csv", &why), FAULT_FORMAT);
	TAP_STR(why.clause, "files[1].name");
	TAP_INT(changed("pen.csv", "kul.csv", &why), FAULT_FORMAT);
	TAP_STR(why.clause, "files[2].name");
	TAP_INT(changed("pen.csv", "contents.json", &why), FAULT_FORMAT);
	TAP_INT(changed("pen.csv", "Contents.json", &why), FAULT_FORMAT);
	TAP_INT(changed("pen.csv", "manifest.json", &why), FAULT_FORMAT);
	TAP_INT(
	    changed("pen.csv", "manifest.json.minisig", &why), FAULT_FORMAT);
	TAP_INT(changed("pen.csv", "LOAD.sql", &why), FAULT_FORMAT);
	TAP_STR(why.clause, "files[2].name");
	TAP_INT(changed("\"bytes\":120", "\"bytes\":-1", &why), FAULT_FORMAT);
	TAP_STR(why.clause, "files[1].bytes");
	TAP_INT(
	    changed("\"bytes\":120", "\"bytes\":\"120\"", &why), FAULT_FORMAT);
	TAP_INT(changed("\"bytes\":120", "\"bytes\":1.5", &why), FAULT_FORMAT);
	TAP_INT(changed("aaaa", "AAAA", &why), FAULT_FORMAT);
	TAP_INT(changed("0011", "011", &why), FAULT_FORMAT);
	TAP_STR(why.clause, "salt");
	TAP_INT(changed("contents/1", "contents/2", &why), FAULT_FORMAT);
	TAP_STR(why.clause, "format");
	TAP_INT(
	    changed("\"warnings\":[]", "\"warnings\":0", &why), FAULT_FORMAT);
	TAP_STR(why.clause, "files[1].warnings");
	TAP_INT(changed("\"count\":2", "\"count\":0", &why), FAULT_FORMAT);
	TAP_STR(why.clause, "files[2].warnings[2]");
	TAP_INT(changed("\"nik\",\"rule\"", "\"\",\"rule\"", &why), FAULT_NONE);
	TAP_INT(
	    changed("\"nik_serial\"", "\"nik serial\"", &why), FAULT_FORMAT);
	TAP_INT(changed("\"nik_serial\"", "\"\"", &why), FAULT_FORMAT);
	TAP_INT(changed("\"nik\",\"rule\"", "\"n\\u202ek\",\"rule\"", &why),
	    FAULT_FORMAT);
	TAP_INT(parse("", &why), FAULT_FORMAT);
	TAP_INT(parse("[]", &why), FAULT_FORMAT);
	TAP_INT(parse("{}", &why), FAULT_FORMAT);
	TAP_INT(parse("{\"format\":\"serahterima-contents/1\",\"salt\":"
		      "\"00112233445566778899aabbccddeeff\",\"files\":[]}\n",
		    &why),
	    FAULT_FORMAT);
	TAP_STR(why.clause, "files");
}

/* The same facts in another writing are no contents. */
static void
test_one_form(void)
{
	struct cause why;

	TAP_INT(changed("\"rows\":3,", "\"rows\": 3,", &why), FAULT_FORMAT);
	TAP_INT(changed("]}\n", "]}", &why), FAULT_FORMAT);
	TAP_INT(changed("]}\n", "]}\n\n", &why), FAULT_FORMAT);
	TAP_INT(changed("kul.csv", "\\u006bul.csv", &why), FAULT_FORMAT);
	TAP_INT(changed("\"bytes\":0,", "\"warnings\":[],\"bytes\":0,", &why),
	    FAULT_FORMAT);
	TAP_INT(changed("\"BELUM\":1,\"TERVERIFIKASI\":2",
		    "\"TERVERIFIKASI\":2,\"BELUM\":1", &why),
	    FAULT_FORMAT);
}

static void
test_new(void)
{
	struct buf out = BUF_MAX(LIMIT_CONTENTS), small = BUF_MAX(16);
	struct contents *a = NULL, *b = NULL;
	size_t i;

	TAP_INT(contents_new(&a, 64), FAULT_NONE);
	TAP_INT(contents_new(&b, 0), FAULT_NONE);
	TAP_OK(strlen(a->salt) == 32 && strlen(b->salt) == 32);
	TAP_OK(strcmp(a->salt, b->salt) != 0);
	for (i = 0; i < a->n; i++) {
		(void)snprintf(
		    a->file[i].name, sizeof(a->file[i].name), "f%zu.csv", i);
		memcpy(a->file[i].sha256, SHA_A, sizeof(SHA_A));
	}
	TAP_INT(contents_format(&out, a), FAULT_NONE);
	contents_free(b);
	b = NULL;
	TAP_INT(contents_parse(&b, out.data, out.len, NULL), FAULT_NONE);
	TAP_INT(b != NULL ? b->n : 0, 64);
	/* No room: a fault, and nothing half-written. */
	TAP_INT(contents_format(&small, a), FAULT_LARGER);
	TAP_INT(small.len, 0);
	/* More warnings than a reader takes are not written. */
	a->file[0].warnings.item =
	    calloc(WARNINGS_MAX + 1, sizeof(*a->file[0].warnings.item));
	a->file[0].warnings.n = WARNINGS_MAX + 1;
	TAP_INT(contents_format(&out, a), FAULT_LARGER);
	contents_free(a);
	contents_free(b);
	contents_free(NULL);
	buf_free(&out);
	buf_free(&small);
}

/* Every one-byte change is either refused or a changed fact, never the same. */
static void
test_every_byte(void)
{
	struct buf out = BUF_MAX(LIMIT_CONTENTS);
	struct contents *c = NULL;
	char text[sizeof(form)];
	size_t i, same = 0;
	enum fault f;

	for (i = 0; i + 1 < sizeof(form); i++) {
		memcpy(text, form, sizeof(form));
		text[i] = (char)(text[i] ^ 0x11);
		f = contents_parse(&c, text, sizeof(form) - 1, NULL);
		if (f != FAULT_NONE)
			continue;
		buf_free(&out);
		if (contents_format(&out, c) != FAULT_NONE ||
		    strcmp(buf_text(&out), text) != 0)
			same++;
		contents_free(c);
	}
	buf_free(&out);
	TAP_INT(same, 0);
}

/* What one process of ours tells another comes out as it went in; what a broken
 * one could tell is refused or is another page, and never more than that. */
static void
test_pack(void)
{
	struct buf packed = BUF_MAX(CONTENTS_PACKED_MAX);
	struct buf page = BUF_MAX(LIMIT_CONTENTS);
	struct contents *c = NULL, *d = NULL;
	size_t i, cut = 0, same = 0;
	char *other = NULL;

	TAP_INT(contents_parse(&c, form, sizeof(form) - 1, NULL), FAULT_NONE);
	TAP_INT(contents_pack(&packed, c), FAULT_NONE);
	TAP_INT(contents_unpack(&d, packed.data, packed.len, NULL), FAULT_NONE);
	TAP_INT(contents_format(&page, d), FAULT_NONE);
	TAP_STR(buf_text(&page), form);
	contents_free(d);
	other = malloc(packed.len + 1);
	TAP_OK(other != NULL);
	for (i = 0; other != NULL && i < packed.len; i++) {
		memcpy(other, packed.data, packed.len);
		cut += contents_unpack(&d, other, i, NULL) == FAULT_FORMAT;
		other[i] = (char)(other[i] ^ 0x11);
		if (contents_unpack(&d, other, packed.len, NULL) != FAULT_NONE)
			continue;
		buf_free(&page);
		if (contents_format(&page, d) == FAULT_NONE &&
		    strcmp(buf_text(&page), form) == 0)
			same++;
		contents_free(d);
	}
	TAP_INT(cut, packed.len);
	TAP_INT(same, 0);
	if (other != NULL) {
		memcpy(other, packed.data, packed.len);
		other[packed.len] = 0;
		TAP_INT(contents_unpack(&d, other, packed.len + 1, NULL),
		    FAULT_FORMAT);
	}
	memcpy(c->file[0].name, "../x", 5);
	buf_free(&packed);
	packed = (struct buf)BUF_MAX(CONTENTS_PACKED_MAX);
	TAP_INT(contents_pack(&packed, c), FAULT_NONE);
	TAP_INT(
	    contents_unpack(&d, packed.data, packed.len, NULL), FAULT_FORMAT);
	free(other);
	contents_free(c);
	buf_free(&packed);
	buf_free(&page);
}

int
main(void)
{
	test_pack();
	test_round_trip();
	test_refusals();
	test_one_form();
	test_new();
	test_every_byte();
	return TAP_DONE();
}
