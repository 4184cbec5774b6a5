/*
 * test_path: the names that may become files, and no others; a parcel's name
 * comes back as it was written.
 */
#include "tap.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/path.h"

static void
test_id(void)
{
	static const char *const good[] = { "a", "Z", "0", "KEMLU",
		"PKS-KEMLU-KPU-2026", "lapor-diri", "a.b_c-d", "a..b", "2026" };
	static const char *const bad[] = { "", ".", "..", "-a", "_a", ".a",
		"a/b", "/a", "a/", "a b", " a", "a ", "a\n", "a\\b", "a:b",
		"a*", "a?", "a%2f", "a~", "a+b", "a@b", "\xc3\xa9", "a\xc3\xa9",
		"a\x7f", "a\x01", "a\xff" };
	char id[LIMIT_ID + 2];
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		tap_ok(path_id_ok(good[i]), good[i], __FILE__, __LINE__);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		TAP_OK(!path_id_ok(bad[i]));
		if (path_id_ok(bad[i]))
			printf("# id %zu of the bad\n", i);
	}
	TAP_OK(!path_id_ok(NULL));
	memset(id, 'a', sizeof(id));
	id[LIMIT_ID] = '\0';
	TAP_OK(path_id_ok(id));
	id[LIMIT_ID] = 'a';
	id[LIMIT_ID + 1] = '\0';
	TAP_OK(!path_id_ok(id));
}

static void
test_each_byte(void)
{
	char one[2] = "", two[4] = "a?b", last[3] = "a?";
	unsigned c, bad = 0;

	for (c = 1; c < 256; c++) {
		int an = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
		    (c >= 'a' && c <= 'z');
		int in = an || c == '.' || c == '_' || c == '-';

		one[0] = two[1] = last[1] = (char)c;
		bad += path_id_ok(one) != an;
		bad += path_id_ok(two) != in;
		bad += path_member_ok(one) != (an || c == '_');
		bad += path_member_ok(two) != in;
		bad += path_member_ok(last) != (in && c != '.');
	}
	TAP_INT(bad, 0);
}

static void
test_member(void)
{
	static const char *const good[] = { "a", "_", "_a", "data.csv",
		"LN-2026_01.csv", "a..b", "contents.json", "a-", "console",
		"con1.csv", "auxiliary.csv", "com.csv", "com10", "com1a.csv",
		"lpt", "lpta", "nul-1", "null", "_con", "x.con", "con-.csv" };
	static const char *const bad[] = { "", ".", "..", ".a", "-a", "a.",
		"a..", "a/b", "../a", "a\\b", "c:a", "a b", "a\n", "\xc3\xa9",
		/* devices of DOS, in any case, whatever follows the dot */
		"con", "CON", "Con.csv", "prn", "prn.tar.gz", "aux.h", "AUX",
		"nul", "NUL.txt", "nul..x", "com1", "COM9.csv", "com0", "lpt1",
		"LPT9.txt", "lPt0.a" };
	char name[LIMIT_MEMBER_NAME + 2];
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		tap_ok(path_member_ok(good[i]), good[i], __FILE__, __LINE__);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		TAP_OK(!path_member_ok(bad[i]));
		if (path_member_ok(bad[i]))
			printf("# member %zu of the bad\n", i);
	}
	TAP_OK(!path_member_ok(NULL));
	memset(name, 'a', sizeof(name));
	name[LIMIT_MEMBER_NAME] = '\0';
	TAP_OK(path_member_ok(name));
	name[LIMIT_MEMBER_NAME] = 'a';
	name[LIMIT_MEMBER_NAME + 1] = '\0';
	TAP_OK(!path_member_ok(name));
}

static void
test_parcel(void)
{
	static const char *const bad[] = { "", "A", "A/B", "A/B/C", "A/B/C/",
		"A/B/C/0", "A/B/C/00000000", "A/B/C/017", "A/B/C/0000017",
		"A/B/C/000000017", "A/B/C/100000000", "A/B/C/-1", "A/B/C/+1",
		"A/B/C/ 1", "A/B/C/1 ", "A/B/C/1/", "A/B/C/1/x", "A/B/C/1x",
		"A/B/C/0x1", "A/B/C/1\n", "/A/B/C/1", "A//C/1", "A/B//1",
		"//C/1", "../B/C/1", "A/../C/1", "A/B/../1", "./B/C/1",
		"A/B/.C/1", "A/B/C d/1", "A/_B/C/1", "A\\B\\C\\1",
		"A/B/C/99999999999999999999999", "A/B/C/18446744073709551617",
		"A/B/C/\xd9\xa1" };
	char text[PARCEL_NAME_MAX];
	struct parcel_name p;
	size_t i;

	TAP_OK(parcel_name_parse(&p, "PKS-KEMLU-KPU-2026/lapor-diri/KEMLU/17"));
	TAP_STR(p.agreement, "PKS-KEMLU-KPU-2026");
	TAP_STR(p.dataset, "lapor-diri");
	TAP_STR(p.sender, "KEMLU");
	TAP_INT(p.sequence, 17);
	parcel_name_text(text, &p);
	TAP_STR(text, "PKS-KEMLU-KPU-2026/lapor-diri/KEMLU/17");
	parcel_name_dir(text, &p);
	TAP_STR(text, "PKS-KEMLU-KPU-2026/lapor-diri/KEMLU/00000017");
	parcel_name_stream(text, &p);
	TAP_STR(text, "PKS-KEMLU-KPU-2026/lapor-diri/KEMLU");
	/* A test is another parcel, of another stream. */
	TAP_OK(!p.test);
	TAP_OK(parcel_name_parse(&p, "A/lapor-diri~test/C/17") && p.test);
	TAP_STR(p.dataset, "lapor-diri");
	parcel_name_text(text, &p);
	TAP_STR(text, "A/lapor-diri~test/C/17");
	parcel_name_dir(text, &p);
	TAP_STR(text, "A/lapor-diri~test/C/00000017");
	parcel_name_stream(text, &p);
	TAP_STR(text, "A/lapor-diri~test/C");
	TAP_OK(!parcel_name_parse(&p, "A~test/B/C/1"));
	TAP_OK(!parcel_name_parse(&p, "A/B/C~test/1"));
	TAP_OK(!parcel_name_parse(&p, "A/~test/C/1"));
	TAP_OK(!parcel_name_parse(&p, "A/B~test~test/C/1"));
	TAP_OK(!parcel_name_parse(&p, "A/B~Test/C/1"));
	TAP_OK(parcel_name_parse(&p, "A/B/C/00000017"));
	TAP_INT(p.sequence, 17);
	TAP_OK(parcel_name_parse(&p, "A/B/C/1"));
	TAP_INT(p.sequence, 1);
	TAP_OK(parcel_name_parse(&p, "A/B/C/99999999"));
	TAP_INT(p.sequence, PARCEL_SEQUENCE_MAX);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		TAP_OK(!parcel_name_parse(&p, bad[i]));
		if (parcel_name_parse(&p, bad[i]))
			printf("# parcel %zu of the bad\n", i);
	}
}

/* A random identifier of 1 to LIMIT_ID characters. */
static void
invent(char out[LIMIT_ID + 1])
{
	static const char set[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrs"
	    "tuvwxyz0123456789._-";
	size_t n =
	    random() % 8 == 0 ? LIMIT_ID : 1 + (size_t)random() % LIMIT_ID;
	size_t i;

	for (i = 0; i < n; i++)
		out[i] = set[(size_t)random() % (i == 0 ? 62 : 65)];
	out[n] = '\0';
}

static void
test_round_trip(void)
{
	char text[PARCEL_NAME_MAX], dir[PARCEL_NAME_MAX];
	struct parcel_name in, out;
	unsigned i, bad = 0;

	srandom(17);
	for (i = 0; i < 20000; i++) {
		memset(&in, 0, sizeof(in));
		invent(in.agreement);
		invent(in.dataset);
		invent(in.sender);
		in.sequence = 1 + (uint64_t)random() % PARCEL_SEQUENCE_MAX;
		if (random() % 3 == 0)
			in.sequence = in.sequence % 100 + 1;
		in.test = random() % 4 == 0;
		bad += !path_id_ok(in.agreement) || !path_id_ok(in.sender);
		parcel_name_text(text, &in);
		bad += !parcel_name_parse(&out, text) ||
		    !parcel_name_equal(&in, &out);
		parcel_name_dir(dir, &in);
		bad += !parcel_name_parse(&out, dir) ||
		    !parcel_name_equal(&in, &out);
		bad += strlen(strrchr(dir, '/') + 1) != 8;
		/* One byte more in a part, and it is no name. */
		if (strlen(in.sender) == LIMIT_ID) {
			(void)snprintf(
			    text, sizeof(text), "A/B/%sx/1", in.sender);
			bad += parcel_name_parse(&out, text);
		}
	}
	TAP_INT(bad, 0);
}

/* What is read from noise is written as it was read, and climbs nowhere. */
static void
test_noise(void)
{
	static const char set[] = "A/b0./1_-\\ \xc3";
	char text[24], again[PARCEL_NAME_MAX], dir[PARCEL_NAME_MAX];
	struct parcel_name p;
	unsigned i, taken = 0, bad = 0;
	size_t n, j;

	srandom(23);
	for (i = 0; i < 300000; i++) {
		n = 7 + (size_t)random() % (sizeof(text) - 8);
		for (j = 0; j < n; j++)
			text[j] = set[(size_t)random() % (sizeof(set) - 1)];
		/* Most noise has too many slashes or too few. */
		text[1] = text[3] = text[5] = '/';
		text[n] = '\0';
		if (!parcel_name_parse(&p, text))
			continue;
		taken++;
		parcel_name_text(again, &p);
		parcel_name_dir(dir, &p);
		bad += strcmp(text, again) != 0 && strcmp(text, dir) != 0;
		bad += strstr(dir, "/.") != NULL || strstr(dir, "//") != NULL;
	}
	TAP_INT(bad, 0);
	TAP_OK(taken > 10);
}

int
main(void)
{
	test_id();
	test_each_byte();
	test_member();
	test_parcel();
	test_round_trip();
	test_noise();
	return TAP_DONE();
}
