/*
 * screen: what it calls sound must be what value_check takes, whatever the
 * bytes; and of good cells it should leave few to value_check, or it would be
 * there for nothing.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "check/screen.h"
#include "tap.h"

#define CELL_MAX 40
#define ROUNDS 400

/* A column, cells that it takes, and whether the screen must know them all. */
struct sample {
	const char *field;
	const char *cell[8];
	bool exact;
};

static const struct sample samples[] = {
	{ "{\"name\":\"x\",\"type\":\"string\",\"constraints\":{"
	  "\"pattern\":\"^[0-9]{16}$\"}}",
	    { "3171234567890123", "0000000000000000", "9999999999999999" },
	    true },
	{ "{\"name\":\"x\",\"type\":\"string\",\"constraints\":{"
	  "\"pattern\":\"^[A-Z]{1,2}[0-9]{6,7}$\"}}",
	    { "A123456", "A1234567", "AB123456", "ZZ9999999" }, true },
	{ "{\"name\":\"x\",\"type\":\"string\",\"constraints\":{"
	  "\"pattern\":\"^[0-9]{2}\\\\.[0-9]{2}$\"}}",
	    { "31.71", "99.00" }, true },
	{ "{\"name\":\"x\",\"type\":\"string\",\"constraints\":{"
	  "\"pattern\":\"^[a-z]{0,3}[0-9]{29,33}$\"}}",
	    { "abc01234567890123456789012345678" }, false },
	{ "{\"name\":\"x\",\"type\":\"string\",\"constraints\":{"
	  "\"pattern\":\"^[A-Z0-9-]{4,20}$\"}}",
	    { "P-01", "ABCDEFGHIJ0123456789", "-----" }, true },
	{ "{\"name\":\"x\",\"type\":\"string\",\"constraints\":{"
	  "\"pattern\":\"^[ -~]+$\"}}",
	    { "~ ~", "0123456789abcdef0123456789abcdef",
		"0123456789abcdef0123456789abcdef+" },
	    false },
	{ "{\"name\":\"x\",\"type\":\"string\",\"constraints\":{"
	  "\"minLength\":2,\"maxLength\":5}}",
	    { "abcde", "\xc3\xa9\xc3\xa9", "ab" }, false },
	{ "{\"name\":\"x\",\"type\":\"string\",\"constraints\":{"
	  "\"enum\":[\"L\",\"P\"]}}",
	    { "L", "P" }, true },
	{ "{\"name\":\"x\",\"type\":\"string\",\"constraints\":{\"enum\":["
	  "\"PTOP\",\"GTOG\",\"MANDIRI\",\"REENTRY\",\"SSW\",\"BERMASALAH\","
	  "\"SIXTEENBYTESLONG\",\"EIGHTBYT\"]}}",
	    { "PTOP", "GTOG", "MANDIRI", "REENTRY", "SSW", "BERMASALAH",
		"SIXTEENBYTESLONG", "EIGHTBYT" },
	    true },
	{ "{\"name\":\"x\",\"type\":\"string\",\"constraints\":{\"enum\":["
	  "\"SEVENTEENBYTESLON\",\"A\"]}}",
	    { "SEVENTEENBYTESLON", "A" }, false },
	{ "{\"name\":\"x\",\"type\":\"boolean\"}", { "true", "0", "FALSE" },
	    true },
	{ "{\"name\":\"x\",\"type\":\"boolean\","
	  "\"constraints\":{\"enum\":[\"true\"]}}",
	    { "true", "1" }, false },
	{ "{\"name\":\"x\",\"type\":\"integer\"}",
	    { "0", "1234567890123456", "-5", "12345678901234567" }, false },
	{ "{\"name\":\"x\",\"type\":\"integer\","
	  "\"constraints\":{\"minimum\":5}}",
	    { "5", "77" }, false },
	{ "{\"name\":\"x\",\"type\":\"date\",\"format\":\"%d-%m-%Y\","
	  "\"constraints\":{\"minimum\":\"02-01-1900\","
	  "\"maximum\":\"30-12-2026\"}}",
	    { "02-01-1900", "30-12-2026", "31-10-1999", "28-02-2001" }, true },
	{ "{\"name\":\"x\",\"type\":\"date\"}",
	    { "0001-01-01", "9999-12-31", "2024-04-30" }, true },
	{ "{\"name\":\"x\",\"type\":\"date\"}", { "2024-02-29" }, false },
	{ "{\"name\":\"x\",\"type\":\"date\",\"constraints\":{"
	  "\"enum\":[\"2024-04-30\"]}}",
	    { "2024-04-30" }, false },
	{ "{\"name\":\"x\",\"type\":\"date\",\"format\":"
	  "\"tanggal:%m hari %d tahun %Y\"}",
	    { "tanggal:10 hari 31 tahun 2024" }, true },
	{ "{\"name\":\"x\",\"type\":\"datetime\"}",
	    { "2024-12-31T23:59:59Z", "1970-01-01T00:00:00+07:00",
		"1970-01-01T00:00:00+09:59" },
	    true },
	{ "{\"name\":\"x\",\"type\":\"datetime\"}",
	    { "2024-12-31T23:59:59.5Z", "1970-01-01T00:00:00-07:00",
		"1970-01-01T00:00:00+1459" },
	    false },
	{ "{\"name\":\"x\",\"type\":\"datetime\","
	  "\"format\":\"%H:%M %d/%m/%Y\"}",
	    { "23:59 31/12/2024" }, true },
	{ "{\"name\":\"x\",\"type\":\"datetime\",\"constraints\":{"
	  "\"minimum\":\"2000-01-01T00:00:00Z\"}}",
	    { "2024-12-31T23:59:59Z" }, false },
};

/* Cells with the slack that is promised, and not a byte more. */
struct room {
	char *bytes[SCREEN_CELLS];
	struct csv_field field[SCREEN_CELLS];
};

static uint64_t seed = 88172645463325252ULL;

static size_t
chance(size_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (size_t)(seed >> 11) % below;
}

static void
room_put(struct room *r, size_t i, const char *text, size_t len)
{
	memcpy(r->bytes[i], text, len);
	/* What stands behind a cell must not matter. */
	memset(r->bytes[i] + len, (int)chance(256), SCREEN_SLACK);
	r->field[i] =
	    (struct csv_field){ r->bytes[i], (uint32_t)len, false, false };
}

/* A cell that is taken, changed by some bytes near what it had. */
static size_t
change(char *out, const char *cell)
{
	static const char near[] = "0123459 /:;@AZ[`az{-+.TZ\x7f\x80\xff\x01";
	size_t len = strlen(cell), n = chance(4);

	memcpy(out, cell, len);
	if (len > 0 && chance(8) == 0)
		len--;
	else if (len < CELL_MAX && chance(8) == 0)
		out[len++] = near[chance(sizeof(near) - 1)];
	for (; n > 0 && len > 0; n--)
		out[chance(len)] = chance(2) > 0
		    ? near[chance(sizeof(near) - 1)]
		    : (char)('0' + chance(10));
	return len;
}

static size_t
choices(const struct sample *s)
{
	size_t n = 0;

	while (n < 8 && s->cell[n] != NULL)
		n++;
	return n;
}

static bool
word_is(const struct screen *screen, const struct cells *cells, size_t i)
{
	const char *word = NULL;

	if (screen_words(screen) == 0)
		return true;
	word = screen_word(screen, cells->word[i]);
	return strlen(word) == cells->field[i].len &&
	    memcmp(word, cells->field[i].at, cells->field[i].len) == 0;
}

/* No cell is sound that is not; words are the right ones, and all. */
static bool
round_holds(const struct screen *screen, const struct column *c,
    const struct room *r, size_t n)
{
	struct cells cells = { .field = r->field, .stride = 1, .n = n };
	uint64_t sound = screen_sound(screen, &cells);
	bool is = false, holds = n == SCREEN_CELLS || sound >> n == 0;
	size_t i = 0;

	for (i = 0; i < n; i++) {
		is = (sound >> i & 1) != 0;
		if (is || screen_words(screen) > 0)
			holds = holds &&
			    is ==
				(value_check(c, r->field[i].at,
				     r->field[i].len) == VALUE_OK);
		if (is)
			holds = holds && word_is(screen, &cells, i);
	}
	return holds;
}

static bool
has_vectors(void)
{
#if defined(__x86_64__)
	return __builtin_cpu_supports("avx2") != 0;
#else
	return false;
#endif
}

static void
try_sample(const struct sample *s, struct room *r)
{
	char text[CELL_MAX + 1] = { 0 };
	struct cells cells = { .field = r->field, .stride = 1 };
	struct column *c = NULL;
	struct screen *screen = NULL;
	struct doc *doc = NULL;
	struct cause why;
	size_t i = 0, round = 0, n = choices(s);
	bool holds = true;

	cause_clear(&why);
	if (doc_parse(&doc, s->field, strlen(s->field), &why) != FAULT_NONE ||
	    column_parse(&c, doc_root(doc), "f", &why) != FAULT_NONE ||
	    screen_new(&screen, c) != FAULT_NONE) {
		tap_ok(false, s->field, __FILE__, __LINE__);
		goto out;
	}
	for (i = 0; i < n; i++)
		room_put(r, i, s->cell[i], strlen(s->cell[i]));
	cells.n = n;
	holds = round_holds(screen, c, r, n);
	if (s->exact && (has_vectors() || screen_words(screen) > 0))
		holds =
		    holds && screen_sound(screen, &cells) == (1ULL << n) - 1;
	tap_ok(holds, s->field, __FILE__, __LINE__);
	for (round = 0, holds = true; round < ROUNDS && holds; round++) {
		for (i = 0; i < SCREEN_CELLS; i++)
			room_put(r, i, text, change(text, s->cell[chance(n)]));
		holds = round_holds(screen, c, r, 1 + chance(SCREEN_CELLS));
	}
	tap_ok(holds, s->field, __FILE__, __LINE__);
out:
	screen_free(screen);
	column_free(c);
	doc_free(doc);
}

/* Every day of every month, and those that are none, of a leap year or not. */
static void
try_days(struct room *r)
{
	static const char field[] = "{\"name\":\"x\",\"type\":\"date\"}";
	struct column *c = NULL;
	struct screen *screen = NULL;
	struct doc *doc = NULL;
	struct cause why;
	unsigned year = 0, month = 0, day = 0;
	char text[32] = "";
	bool holds = true;

	cause_clear(&why);
	if (doc_parse(&doc, field, strlen(field), &why) != FAULT_NONE ||
	    column_parse(&c, doc_root(doc), "f", &why) != FAULT_NONE ||
	    screen_new(&screen, c) != FAULT_NONE)
		holds = false;
	for (year = 0; holds && year < 2100; year += year == 0 ? 1899 : 1)
		for (month = 0; month < 100; month++) {
			for (day = 0; day < SCREEN_CELLS; day++) {
				(void)snprintf(text, sizeof(text),
				    "%04u-%02u-%02u", year, month, day);
				room_put(r, day, text, strlen(text));
			}
			holds =
			    holds && round_holds(screen, c, r, SCREEN_CELLS);
		}
	tap_ok(holds, "days of 200 years", __FILE__, __LINE__);
	screen_free(screen);
	column_free(c);
	doc_free(doc);
}

int
main(void)
{
	struct room r = { 0 };
	size_t i = 0;

	for (i = 0; i < SCREEN_CELLS; i++) {
		r.bytes[i] = malloc(CELL_MAX + SCREEN_SLACK);
		if (r.bytes[i] == NULL)
			return 1;
	}
	for (i = 0; i < sizeof(samples) / sizeof(samples[0]); i++)
		try_sample(&samples[i], &r);
	try_days(&r);
	for (i = 0; i < SCREEN_CELLS; i++)
		free(r.bytes[i]);
	return TAP_DONE();
}
