/*
 * csv: records by the letter of RFC 4180, and the fast reader against a parser
 * that looks at one byte after the other.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "tap.h"
#include "text/csv.h"

#define FIELDS 16

static const struct csv_dialect comma = { ',', '"', CSV_LF, false };
static const struct csv_dialect crlf = { ';', '"', CSV_CRLF, false };
static const struct csv_dialect bare = { '|', 0, CSV_LF, false };

/* Renders a record as "[a][b]" with values unquoted, or the fault. */
static const char *
shown(const struct csv_dialect *d, const char *bytes, size_t len, bool last)
{
	static char out[400];
	struct csv_field f[FIELDS];
	size_t n = 0, used = 0, i = 0, at = 0;
	enum csv_wrong wrong =
	    csv_record(d, bytes, len, last, f, FIELDS, &n, &used);

	if (wrong != CSV_OK) {
		(void)snprintf(out, sizeof(out), "%d at %zu", (int)wrong, used);
		return out;
	}
	for (i = 0; i < n; i++) {
		char value[100];
		int v = (int)csv_unquote(d, &f[i], value);

		at += (size_t)snprintf(out + at, sizeof(out) - at, "%s%.*s%s",
		    f[i].quoted ? "<" : "[", v, value, f[i].quoted ? ">" : "]");
	}
	(void)snprintf(out + at, sizeof(out) - at, "%zu", used);
	return out;
}

#define SHOWN(d, text, last) shown(d, text, sizeof(text) - 1, last)

static void
test_records(void)
{
	TAP_STR(SHOWN(&comma, "a,b,c\nx", false), "[a][b][c]6");
	TAP_STR(SHOWN(&comma, "a,b,c", true), "[a][b][c]5");
	TAP_STR(SHOWN(&comma, "a,b,c", false), "1 at 5");
	TAP_STR(SHOWN(&comma, ",,\n", false), "[][][]3");
	TAP_STR(SHOWN(&comma, "\n", false), "[]1");
	TAP_STR(SHOWN(&comma, "", true), "1 at 0");
	TAP_STR(SHOWN(&comma, "a,", true), "[a][]2");
	TAP_STR(SHOWN(&comma, "a;b\tc d\n", false), "[a;b\tc d]8");
	TAP_STR(SHOWN(&comma, "\"a,b\",c\n", false), "<a,b>[c]8");
	TAP_STR(SHOWN(&comma, "\"a\"\"b\"\"\",c\n", false), "<a\"b\">[c]11");
	TAP_STR(SHOWN(&comma, "\"\",\"\"\n", false), "<><>6");
	TAP_STR(SHOWN(&comma, "\"a\nb\r\nc\",d\n", false), "<a\nb\r\nc>[d]11");
	TAP_STR(SHOWN(&comma, "x,\"a\"", true), "[x]<a>5");
	TAP_STR(SHOWN(&comma, "x,\"a\"", false), "1 at 5");
	TAP_STR(SHOWN(&comma, "\"\"\"\"", true), "<\">4");
	TAP_STR(SHOWN(&crlf, "a;\"b\"\r\nx", false), "[a]<b>7");
	TAP_STR(SHOWN(&crlf, "a,b\r", false), "1 at 4");
	TAP_STR(SHOWN(&crlf, "\r\n", false), "[]2");
	TAP_STR(SHOWN(&bare, "\"a\"b\"|c\n", false), "[\"a\"b\"][c]8");
}

/* Each fault with the place of the offending byte. */
static void
test_faults(void)
{
	struct csv_field f[2];
	size_t n = 0, used = 0;

	TAP_INT(CSV_STRAY_QUOTE, 2);
	TAP_STR(SHOWN(&comma, "a,b\"c\n", false), "2 at 3");
	TAP_STR(SHOWN(&comma, "a,\"b\"c\n", false), "3 at 5");
	TAP_STR(SHOWN(&comma, "a,\"b\" ,c\n", false), "3 at 5");
	TAP_STR(SHOWN(&comma, "a,\"b,c\n", true), "4 at 2");
	TAP_STR(SHOWN(&comma, "a,\"b\"\"", true), "4 at 2");
	TAP_STR(SHOWN(&comma, "a\rb\n", false), "5 at 1");
	TAP_STR(SHOWN(&comma, "a\r", true), "5 at 1");
	TAP_STR(SHOWN(&crlf, "a\rb\r\n", false), "5 at 1");
	TAP_STR(SHOWN(&comma, "a,b\r\n", false), "6 at 3");
	TAP_STR(SHOWN(&comma, "\"b\"\r\n", false), "6 at 3");
	TAP_STR(SHOWN(&crlf, "a;b\nc\r\n", false), "6 at 3");
	TAP_STR(SHOWN(&crlf, "\"b\"\n", false), "6 at 3");
	TAP_STR(SHOWN(&comma, "a,b\0c\n", false), "7 at 3");
	TAP_STR(SHOWN(&comma, "a,\"b\0c\"\n", false), "7 at 4");
	TAP_STR(SHOWN(&comma, "\"b\"\0\n", false), "7 at 3");
	TAP_STR(SHOWN(&bare, "a|\0|b\n", false), "7 at 2");
	TAP_INT(csv_record(&comma, "a,b,c\nd", 7, false, f, 2, &n, &used),
	    CSV_TOO_MANY);
	TAP_INT(n, 3);
	TAP_INT(used, 6);
	TAP_INT(f[1].len, 1);
}

static void
test_long(void)
{
	size_t len = LIMIT_CSV_RECORD + 100, n = 0, used = 0;
	char *text = malloc(len);
	struct csv_field f[2];

	if (text == NULL)
		exit(1);
	memset(text, 'a', len);
	TAP_INT(csv_record(&comma, text, len, false, f, 2, &n, &used),
	    CSV_TOO_LONG);
	text[LIMIT_CSV_RECORD - 1] = '\n';
	TAP_INT(csv_record(&comma, text, len, false, f, 2, &n, &used), CSV_OK);
	TAP_INT(used, LIMIT_CSV_RECORD);
	TAP_INT(f[0].len, LIMIT_CSV_RECORD - 1);
	text[LIMIT_CSV_RECORD - 1] = 'a';
	text[LIMIT_CSV_RECORD] = '\n';
	TAP_INT(csv_record(&comma, text, len, false, f, 2, &n, &used),
	    CSV_TOO_LONG);
	text[0] = '"';
	TAP_INT(csv_record(&comma, text, len, false, f, 2, &n, &used),
	    CSV_TOO_LONG);
	free(text);
}

/* One byte after the other. */
static enum csv_wrong
plain(const struct csv_dialect *d, const char *p, size_t len, bool last,
    struct csv_field *f, size_t *n, size_t *used)
{
	size_t i = 0, start = 0;
	enum { BEGIN, BARE, QUOTED, CLOSED } state = BEGIN;
	bool doubled = false;

	for (*n = 0;; i++) {
		char c = i < len ? p[i] : '\n';
		bool end = i == len, q = d->quote != 0 && c == d->quote;
		bool cr = c == '\r' && !end && i + 1 < len && p[i + 1] == '\n';

		*used = i;
		if (end && (!last || len == 0))
			return CSV_MORE;
		if (end && state == QUOTED) {
			*used = start - 1;
			return CSV_OPEN_QUOTE;
		}
		if (c == '\0')
			return CSV_NUL;
		if (state == QUOTED) {
			if (q && i + 1 < len && p[i + 1] == d->quote) {
				doubled = true;
				i++;
			} else if (q && i + 1 == len && !last) {
				*used = len;
				return CSV_MORE;
			} else if (q) {
				state = CLOSED;
			}
			continue;
		}
		if (state == BEGIN && q) {
			start = i + 1;
			state = QUOTED;
			continue;
		}
		if (c == d->delimiter || c == '\n' || c == '\r') {
			if (c == '\r' && i + 1 == len && !last) {
				*used = len;
				return CSV_MORE;
			}
			if (c == '\r' && !cr)
				return CSV_LONE_CR;
			if (!end &&
			    ((cr && d->newline == CSV_LF) ||
				(c == '\n' && d->newline == CSV_CRLF)))
				return CSV_NEWLINE;
			f[*n].at = p + start;
			f[*n].len = (uint32_t)(i - start - (state == CLOSED));
			f[*n].quoted = state == CLOSED;
			f[*n].doubled = doubled;
			++*n;
			start = i + 1;
			state = BEGIN;
			doubled = false;
			if (c == d->delimiter)
				continue;
			*used = end ? i : i + 1 + (cr ? 1 : 0);
			return CSV_OK;
		}
		if (q)
			return state == CLOSED ? CSV_AFTER_QUOTE
					       : CSV_STRAY_QUOTE;
		if (state == CLOSED)
			return CSV_AFTER_QUOTE;
		state = BARE;
	}
}

static bool
same(const struct csv_field *a, const struct csv_field *b, size_t n)
{
	size_t i = 0;

	for (i = 0; i < n; i++)
		if (a[i].at != b[i].at || a[i].len != b[i].len ||
		    a[i].quoted != b[i].quoted || a[i].doubled != b[i].doubled)
			return false;
	return true;
}

/* All three readers over one text; false at the first difference. */
static bool
agree(const struct csv_dialect *d, const char *text, size_t len, bool last)
{
	struct csv_field a[512], b[512], c[512];
	uint64_t map[CSV_MAP_WORDS(512)];
	struct csv_reader r;
	size_t at = 0, na = 0, nb = 0, nc = 0, ua = 0, ub = 0, uc = 0;
	enum csv_wrong wa = CSV_OK, wb = CSV_OK, wc = CSV_OK;

	csv_reader_start(&r, d, text, len, last);
	csv_reader_map(&r, sweep_best(), map);
	while (at < len && wa == CSV_OK) {
		wa = plain(d, text + at, len - at, last, a, &na, &ua);
		wb = csv_record(d, text + at, len - at, last, b, 512, &nb, &ub);
		wc = csv_reader_next(&r, c, 512, &nc, &uc);
		if (wa != wb || wa != wc || ua != ub || at + ua != uc)
			return false;
		if (wa == CSV_OK &&
		    (na != nb || na != nc || !same(a, b, na) ||
			!same(a, c, na)))
			return false;
		at += ua;
	}
	return true;
}

static size_t
plain_cut(const struct csv_dialect *d, const char *p, size_t len, bool *inside)
{
	size_t i = 0, cut = 0;

	for (i = 0; i < len; i++) {
		if (d->quote != 0 && p[i] == d->quote)
			*inside = !*inside;
		else if (p[i] == '\n' && !*inside)
			cut = i + 1;
	}
	return cut;
}

static void
test_random(void)
{
	static const char dense[] = "a,;|\"\"\n\r\nb\x01\tz\xff\x8d\x8a";
	const struct csv_dialect *dialects[] = { &comma, &crlf, &bare };
	unsigned seed = 11, wrong = 0, cuts = 0, i = 0;
	char text[500];

	for (i = 0; i < 200000; i++) {
		const struct csv_dialect *d = dialects[i % 3];
		size_t len = (size_t)rand_r(&seed) % (i % 10 == 0 ? 500 : 40);
		unsigned sparse = (unsigned)rand_r(&seed) % 30;
		bool a = d->quote != 0 && (i & 1) != 0, b = a;
		size_t k = 0, off = 0;

		for (k = 0; k < len; k++)
			text[k] = (unsigned)rand_r(&seed) % 30 < sparse
			    ? 'x'
			    : dense[(size_t)rand_r(&seed) %
				  (sizeof(dense) - 1)];
		if (len > 0 && i % 50 == 0)
			text[(size_t)rand_r(&seed) % len] = '\0';
		wrong += !agree(d, text, len, (i & 4) != 0);
		off = len > 8 ? i % 8 : 0;
		cuts += csv_cut(d, sweep_best(), text + off, len - off, &a) !=
		    plain_cut(d, text + off, len - off, &b);
		cuts += d->quote != 0 && a != b;
	}
	TAP_INT(wrong, 0);
	TAP_INT(cuts, 0);
}

/* A stream cut at every place parses to the same records. */
static void
test_cut(void)
{
	const char *text = "a,\"b\nc\"\n\"\"\"\n\",d\ne,f\n";
	size_t len = strlen(text), i = 0, cut = 0;
	bool inside = false;

	TAP_INT(csv_cut(&comma, sweep_best(), text, len, &inside), len);
	TAP_OK(!inside);
	for (i = 0; i < len; i++) {
		bool in = false, want = false;

		cut = csv_cut(&comma, sweep_best(), text, i, &in);
		TAP_INT(cut, plain_cut(&comma, text, i, &want));
		TAP_INT(in, want);
		(void)csv_cut(&comma, sweep_best(), text + i, len - i, &in);
		TAP_OK(!in);
	}
}

int
main(void)
{
	int wrong = 0;

	test_records();
	test_faults();
	test_long();
	test_random();
	test_cut();
	for (wrong = CSV_OK; wrong <= CSV_TOO_MANY; wrong++)
		TAP_OK(strcmp(csv_wrong_text((enum csv_wrong)wrong),
			   "unknown") != 0);
	return TAP_DONE();
}
