/*
 * spreadsheet: what is named as damage, and what is left to the rule it breaks.
 */
#include <stdlib.h>

#include "check/schema.h"
#include "check/spreadsheet.h"
#include "tap.h"

static struct column *
column(const char *json)
{
	struct column *c = NULL;
	struct doc *doc = NULL;

	if (doc_parse(&doc, json, strlen(json), NULL) != FAULT_NONE ||
	    column_parse(&c, doc_root(doc), "f", NULL) != FAULT_NONE)
		exit(1);
	doc_free(doc);
	return c;
}

/* Only what value_check refuses is ever asked about. */
static void
marked(const char *json, const char *text, enum spreadsheet_mark mark)
{
	struct column *c = column(json);

	TAP_OK(value_check(c, text, strlen(text)) != VALUE_OK);
	TAP_INT(spreadsheet_mark(c, text, strlen(text)), mark);
	column_free(c);
}

#define TEXT(p)                                                             \
	"{\"name\":\"x\",\"type\":\"string\",\"constraints\":{\"pattern\":" \
	"\"" p "\"}}"
#define NIK TEXT("^[0-9]{16}$")
#define RT TEXT("^[0-9]{3}$")
#define PHONE TEXT("^\\\\+[0-9]{6,15}$")
#define DATE "{\"name\":\"x\",\"type\":\"date\",\"format\":\"%d-%m-%Y\"}"
#define INTEGER "{\"name\":\"x\",\"type\":\"integer\"}"
#define WORDS                                                            \
	"{\"name\":\"x\",\"type\":\"string\",\"constraints\":{\"enum\":" \
	"[\"01\",\"02\"]}}"

static void
test_exponent(void)
{
	static const char *const yes[] = { "8,80101E+15", "8.80101E+15",
		"8,80101010101E+15", "8E+15", "8.8e+15", "8,E+15", "8E+5",
		"8E+115" };
	static const char *const no[] = { "8,80101", "88,0101E+15", "E+15",
		"8,80101E+", "8,80101E15", "8,80101E-15", "8,80101E+15 ",
		"8E+1155", "A,8E+15", "8,80E+1x", "" };
	size_t i;

	for (i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
		marked(NIK, yes[i], SPREADSHEET_EXPONENT);
		marked(INTEGER, yes[i], SPREADSHEET_EXPONENT);
		marked(DATE, yes[i], SPREADSHEET_NONE);
	}
	for (i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		marked(NIK, no[i], SPREADSHEET_NONE);
}

static void
test_dates(void)
{
	static const char *const yes[] = { "3-Mei", "03-May", "05-Mar", "3/Jan",
		"Mar-05", "Mei-24", "Mar-2005", "3-Agustus", "31 Des",
		"3-May-24", "1-Jan-1970", "1.Agt.70" };
	static const char *const no[] = { "Mei", "Maria", "3-Xyz", "Maria-05x",
		"123-Mei", "3-", "3", "3-Mei-", "3-Mei-1", "3-Mei-123",
		"-Mei-12", "3-5", "03/05", "3-SeptemberX" };
	size_t i;

	for (i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		marked(TEXT("^[0-9]{3}/[0-9]{3}$"), yes[i], SPREADSHEET_DATE);
	for (i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		marked(TEXT("^[0-9]{3}/[0-9]{3}$"), no[i], SPREADSHEET_NONE);
	marked(DATE, "33059", SPREADSHEET_SERIAL);
	marked(DATE, "3305", SPREADSHEET_NONE);
	marked(DATE, "330590", SPREADSHEET_NONE);
	marked(DATE, "3305x", SPREADSHEET_NONE);
	marked(DATE, "3-Mei", SPREADSHEET_DATE);
	marked(DATE, "3-Mei-90", SPREADSHEET_DATE);
	/* Nothing is lost here. */
	marked(DATE, "03-Mei-1990", SPREADSHEET_NONE);
	marked(DATE, "03/05/1990", SPREADSHEET_NONE);
	marked(
	    "{\"name\":\"x\",\"type\":\"boolean\"}", "3-Mei", SPREADSHEET_NONE);
}

static void
test_front(void)
{
	marked(RT, "3", SPREADSHEET_ZEROS);
	marked(RT, "35", SPREADSHEET_ZEROS);
	marked(RT, "", SPREADSHEET_NONE);
	marked(RT, "03", SPREADSHEET_NONE);
	marked(RT, "3535", SPREADSHEET_NONE);
	marked(RT, "3a", SPREADSHEET_NONE);
	marked(WORDS, "1", SPREADSHEET_ZEROS);
	marked(WORDS, "3", SPREADSHEET_NONE);
	marked(TEXT("^0[0-9]{11}$"), "12345678901", SPREADSHEET_ZEROS);
	/* An identifier that long begins with no zero: a digit is missing. */
	marked(NIK, "880101010101001", SPREADSHEET_NONE);
	marked(INTEGER, "1,5", SPREADSHEET_NONE);
	marked(PHONE, "62811234567", SPREADSHEET_PLUS);
	marked(PHONE, "62", SPREADSHEET_NONE);
	marked(PHONE, "62 811", SPREADSHEET_NONE);
	marked(PHONE, "123456789012345678901234567890123", SPREADSHEET_NONE);
}

static bool
identifiers(const char *json)
{
	struct column *c = column(json);
	bool yes = column_identifiers(c);

	column_free(c);
	return yes;
}

/* Whether such a column is looked at, and what is said of the value. */
static void
formula(const char *json, bool possible, const char *text, bool is)
{
	struct column *c = column(json);

	TAP_INT(column_formulas(c), possible);
	if (text != NULL) {
		TAP_INT(value_check(c, text, strlen(text)), VALUE_OK);
		TAP_INT(column_formula(c, text, strlen(text)), is);
	}
	column_free(c);
}

#define FREE "{\"name\":\"x\",\"type\":\"string\"}"

static void
test_formulas(void)
{
	static const char *const yes[] = { "=1", "+62811", "-", "@SUM(A1)",
		"\tx", "\rx", "= ", "-1" };
	static const char *const no[] = { "", "1=1", " =1", "'=1", "A", "(1)",
		"\xc3\xa9=" };
	size_t i;

	for (i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		formula(FREE, true, yes[i], true);
	for (i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		formula(FREE, true, no[i], false);
	/* A pattern may leave no room for one. */
	formula(NIK, false, NULL, false);
	formula(TEXT("^[A-Z]{1,2}[0-9]{6,7}$"), false, NULL, false);
	formula(TEXT("^[A-Z]{1,200}$"), false, NULL, false);
	formula(TEXT("^[-A-Z]{1,200}$"), true, "-A", true);
	formula(WORDS, false, NULL, false);
	formula(INTEGER, false, NULL, false);
	formula(DATE, false, NULL, false);
	/* Phone numbers, and what only looks like one. */
	formula(PHONE, true, "+62811234567", false);
	formula(TEXT("^.{1,40}$"), true, "+62 811-234 (5)", false);
	formula(TEXT("^.{1,40}$"), true, "-1.5", false);
	formula(TEXT("^.{1,40}$"), true, "+1+cmd|'/C calc'!A0", true);
	formula(TEXT("^.{1,40}$"), true, "=1", true);
}

static bool
cut(uint64_t all, uint64_t zeros)
{
	const struct spreadsheet_digits d = { all, zeros };

	return spreadsheet_cut(&d);
}

static void
test_digits(void)
{
	TAP_OK(identifiers(NIK));
	TAP_OK(identifiers(TEXT("^[0-9]{12}[0-9]{4}$")));
	TAP_OK(!identifiers(RT));
	TAP_OK(!identifiers(TEXT("^[0-9]{15}[0-8]$")));
	TAP_OK(!identifiers(TEXT("^[0-9]{12}\\\\*{4}$")));
	TAP_OK(!identifiers(INTEGER));
	TAP_OK(!cut(0, 0));
	TAP_OK(!cut(9, 9));
	TAP_OK(cut(10, 10));
	TAP_OK(!cut(10, 9));
	TAP_OK(!cut(99, 98));
	TAP_OK(cut(99, 99));
	TAP_OK(!cut(100, 25));
	TAP_OK(cut(100, 26));
	TAP_OK(!cut(1000000000, 250000000));
	TAP_OK(cut(1000000000, 250000001));
}

int
main(void)
{
	test_exponent();
	test_dates();
	test_front();
	test_digits();
	test_formulas();
	return TAP_DONE();
}
