/*
 * rule: what is found between columns and in identifiers, through the engine,
 * as errors and as warnings; and which rules are refused before anybody signs.
 */
#include <stdlib.h>

#include "check/identity.h"
#include "check/table.h"
#include "tap.h"

#define STRING(name) "{\"name\":\"" name "\",\"type\":\"string\"}"

static const char schema_text[] =
    "{\"fields\":["
    "{\"name\":\"id\",\"type\":\"string\","
    "\"constraints\":{\"required\":true}}," STRING("nik") "," STRING(
	"paspo"
	"r") "," STRING("skema") "," STRING("p3mi") ","
						    "{\"name\":"
						    "\"lahir\","
						    "\"type\":"
						    "\"date\","
						    "\"format\":\"%d-%"
						    "m-%Y\"},"
						    "{\"name\":"
						    "\"tiba\","
						    "\"type\":"
						    "\"date\"},"
						    "{\"name\":\"jk\","
						    "\"type\":"
						    "\"string\","
						    "\"constraints\":{"
						    "\"enum\":[\"L\","
						    "\"P\",\"1\"]}}"
						    "," STRING(
							"wilaya"
							"h") "," STRING("kk") ","
									      "{\"name"
									      "\":"
									      "\"dari"
									      "\","
									      "\"type"
									      "\":"
									      "\"datet"
									      "ime\"},"
									      "{\"name"
									      "\":"
									      "\"sampa"
									      "i\","
									      "\"type"
									      "\":"
									      "\"datet"
									      "ime\"}]"
									      ","
									      "\"missi"
									      "ngValue"
									      "s\":["
									      "\"\","
									      "\"-\"]"
									      "}";

#define HEADER "id,nik,paspor,skema,p3mi,lahir,tiba,jk,wilayah,kk,dari,sampai\n"

static struct schema *schema;

/* What a file has, in short: "ROW:COLUMN:RULE" of all faults, then "/" and of
 * all warnings. */
struct said {
	enum fault fault;
	char text[2048];
	char counts[1024];
	struct cause fault_cause, warning_cause;
	uint64_t faults, warnings;
	size_t kept;
};

static void
add_causes(char *out, size_t cap, const struct cause *c, size_t n)
{
	size_t i = 0, len = 0;

	for (i = 0; i < n; i++) {
		len = strlen(out);
		(void)snprintf(out + len, cap - len, "%s%ju:%s:%s",
		    i > 0 ? " " : "", (uintmax_t)c[i].row, c[i].column,
		    c[i].rule);
	}
}

static void
say(struct said *s, struct table *t)
{
	const struct cause *causes = NULL;
	struct warnings warned = { NULL, 0 };
	size_t i = 0, len = 0, n = table_causes(t, &causes);

	add_causes(s->text, sizeof(s->text), causes, n);
	if (n > 0)
		s->fault_cause = causes[0];
	n = table_warning_causes(t, &causes);
	s->kept = n;
	if (n > 0) {
		s->warning_cause = causes[0];
		strcat(s->text, " / ");
		add_causes(s->text + strlen(s->text),
		    sizeof(s->text) - strlen(s->text), causes, n);
	}
	s->faults = table_faults(t);
	s->warnings = table_warnings(t);
	table_warned(t, &warned);
	TAP_INT(warnings_total(&warned), s->warnings);
	for (i = 0; i < warned.n; i++, len = strlen(s->counts))
		(void)snprintf(s->counts + len, sizeof(s->counts) - len,
		    "%s%s:%s=%ju", i > 0 ? " " : "", warned.item[i].column,
		    warned.item[i].rule, (uintmax_t)warned.item[i].count);
	warnings_free(&warned);
}

static enum fault
read_rules(struct rules **out, const char *text, struct cause *why)
{
	struct doc *doc = NULL;
	enum fault f = FAULT_NONE;

	cause_clear(why);
	if (doc_parse(&doc, text, strlen(text), why) != FAULT_NONE) {
		printf("# %s\n", text);
		exit(1);
	}
	f = rules_parse(out, doc_root(doc), schema, "rules", why);
	doc_free(doc);
	return f;
}

/* Holds a file against rules, in pieces of "step" bytes. */
static struct said
hold(const char *rules_text, const char *csv, size_t len, size_t step)
{
	struct source none = { NULL, NULL };
	struct said s = { .fault = FAULT_NONE };
	struct rules *rules = NULL;
	struct table_job job = { .schema = schema,
		.dialect = { ',', '"', CSV_LF, false },
		.file = "f.csv",
		.clause = "datasets[d]",
		.max_faults = 20,
		.threads = 3 };
	struct table *t = NULL;
	struct cause why;
	size_t at = 0, n = 0;

	cause_clear(&why);
	TAP_INT(read_rules(&rules, rules_text, &why), FAULT_NONE);
	if (why.fault != FAULT_NONE)
		printf("# %s: %s\n", why.clause, why.detail);
	job.rules = rules;
	if (table_new(&t, &job, &why) != FAULT_NONE)
		exit(1);
	for (at = 0; at < len; at += n) {
		n = len - at < step ? len - at : step;
		if (table_write(t, csv + at, n, &why) != FAULT_NONE)
			break;
	}
	s.fault = table_finish(t, none, &why);
	say(&s, t);
	table_free(t);
	rules_free(rules);
	return s;
}

/* Rows below the header. */
static struct said
rows(const char *rules_text, const char *text)
{
	char csv[8192];

	(void)snprintf(csv, sizeof(csv), HEADER "%s", text);
	return hold(rules_text, csv, strlen(csv), 4096);
}

static void
test_across(void)
{
	struct said s = rows("[{\"at_least_one\":[\"nik\",\"paspor\"]}]",
	    "a,1,,,,,,,,,,\n"
	    "b,-,,,,,,,,,,\n"
	    "c,,\"\",,,,,,,,,\n"
	    "d,,X,,,,,,,,,\n");

	TAP_INT(s.fault, FAULT_VALUE);
	TAP_STR(s.text, "3::at_least_one 4::at_least_one");
	TAP_STR(s.fault_cause.clause, "datasets[d].rules[1]");
	TAP_OK(strstr(s.fault_cause.detail, "nik, paspor") != NULL);
	/* The same as a warning refuses nothing. */
	s = rows("[{\"at_least_one\":[\"nik\",\"paspor\"],"
		 "\"level\":\"warning\"}]",
	    "b,,,,,,,,,,,\n"
	    "c,,,,,,,,,,,\n");
	TAP_INT(s.fault, FAULT_NONE);
	TAP_STR(s.text, " / 2::at_least_one 3::at_least_one");
	TAP_STR(s.counts, ":at_least_one=2");
	TAP_INT(s.warning_cause.fault, FAULT_NONE);
	TAP_STR(s.warning_cause.file, "f.csv");
	s = rows("[{\"required_when\":{\"column\":\"p3mi\","
		 "\"when\":\"skema\",\"is\":[\"PTOP\",\"GTOG\"]}}]",
	    "a,,,PTOP,X,,,,,,,\n"
	    "b,,,PTOP,,,,,,,,\n"
	    "c,,,GTOG,-,,,,,,,\n"
	    "d,,,PTO,,,,,,,,\n"
	    "e,,,,,,,,,,,\n"
	    "f,,,\"PTOP\",,,,,,,,\n");
	TAP_STR(s.text,
	    "3:p3mi:required_when 4:p3mi:required_when "
	    "7:p3mi:required_when");
	TAP_OK(strstr(s.fault_cause.detail, "skema") != NULL);
	s = rows("[{\"equal\":[\"nik\",\"kk\"]}]",
	    "a,1,,,,,,,,1,,\n"
	    "b,1,,,,,,,,2,,\n"
	    "c,,,,,,,,,-,,\n"
	    "d,1,,,,,,,,,,\n"
	    "e,,,,,,,,,1,,\n"
	    "f,\"a\"\"b\",,,,,,,,\"a\"\"b\",,\n"
	    "g,1,,,,,,,,12,,\n");
	TAP_STR(s.text, "3:nik:equal 5:nik:equal 6:nik:equal 8:nik:equal");
}

static void
test_order(void)
{
	/* Two formats, one type. */
	struct said s = rows("[{\"not_before\":[\"tiba\",\"lahir\"]}]",
	    "a,,,,,31-12-1999,1999-12-31,,,,,\n"
	    "b,,,,,31-12-1999,2000-01-01,,,,,\n"
	    "c,,,,,01-02-2000,2000-01-31,,,,,\n"
	    "d,,,,,,2000-01-01,,,,,\n"
	    "e,,,,,01-01-2001,,,,,,\n"
	    /* A wrong cell has its own fault, and no second one. */
	    "f,,,,,31-02-2000,1999-01-01,,,,,\n");

	TAP_STR(s.text, "4:tiba:not_before 7:lahir:type");
	s = rows("[{\"not_before\":[\"sampai\",\"dari\"]}]",
	    "a,,,,,,,,,,2026-01-01T00:00:00+07:00,2025-12-31T17:00:00Z\n"
	    "b,,,,,,,,,,2026-01-01T00:00:00+07:00,2025-12-31T16:59:59Z\n"
	    "c,,,,,,,,,,2026-01-01T00:00:00Z,2026-01-01T00:00:00.1Z\n"
	    "d,,,,,,,,,,2026-01-01T00:00:00.2Z,2026-01-01T00:00:00.1Z\n");
	TAP_STR(s.text, "3:sampai:not_before 5:sampai:not_before");
}

/* Numbers of provinces and people that cannot be: 88 is no province, and of a
 * serial of 9... none was ever given. */
static void
test_nik(void)
{
	static const char rule[] =
	    "[{\"nik\":\"nik\",\"birth_date\":\"lahir\",\"sex\":\"jk\","
	    "\"region\":\"wilayah\"}]";
	struct said s = rows(rule,
	    "a,3273010101809001,,,,01-01-1980,,L,32.73.01.1001,,,\n"
	    "b,3273014101809001,,,,01-01-1980,,P,327301,,,\n"
	    "c,,,,,01-01-1980,,L,,,,\n"
	    "d,3273010101809001,,,,,,,,,,\n"
	    "e,327301010180****,,,,01-01-1980,,L,32,,,\n"
	    "f,9901230101809001,,,,01-01-1980,,L,32.73,,,\n"
	    "g,3273010101809001,,,,01-01-1880,,1,bukan kode,,,\n");

	TAP_INT(s.fault, FAULT_NONE);
	TAP_STR(s.text, "");
	s = rows(rule,
	    "a,327301010180900,,,,,,,,,,\n"
	    "b,32730101018090011,,,,,,,,,,\n"
	    "c,327301010180900A,,,,,,,,,,\n"
	    "d,327301010180***,,,,,,,,,,\n"
	    "e,32730101018*****,,,,,,,,,,\n"
	    "g, 327301010180900,,,,,,,,,,\n");
	TAP_INT(s.fault, FAULT_VALUE);
	TAP_STR(s.text,
	    "2:nik:nik 3:nik:nik 4:nik:nik 5:nik:nik 6:nik:nik 7:nik:nik");
	TAP_STR(s.fault_cause.clause, "datasets[d].rules[1]");
	TAP_OK(strstr(s.fault_cause.detail, "327301") == NULL);
	s = rows(rule,
	    "a,3273010113809001,,,,,,,,,,\n"
	    "b,3273013201809001,,,,,,,,,,\n"
	    "c,3273010001809001,,,,,,,,,,\n"
	    "d,3273014001809001,,,,01-01-1980,,L,,,,\n"
	    "e,3273017201809001,,,,,,,,,,\n"
	    "f,3273010101800000,,,,,,,,,,\n"
	    "g,8873010101809001,,,,,,,32,,,\n"
	    "h,3273010101809001,,,,02-01-1980,,P,32.74,,,\n"
	    "i,3273014101809001,,,,01-01-1981,,L,33,,,\n"
	    "j,1073010100800000,,,,,,,,,,\n");
	TAP_INT(s.fault, FAULT_NONE);
	TAP_STR(s.counts,
	    "nik:nik_birth_date=2 nik:nik_date=6 nik:nik_province=2 "
	    "nik:nik_region=2 nik:nik_serial=2 nik:nik_sex=2");
	TAP_STR(s.text,
	    " / 2:nik:nik_date 3:nik:nik_date 4:nik:nik_date 5:nik:nik_date "
	    "6:nik:nik_date 7:nik:nik_serial 8:nik:nik_province "
	    "9:nik:nik_birth_date 9:nik:nik_sex 9:nik:nik_region "
	    "10:nik:nik_birth_date 10:nik:nik_sex 10:nik:nik_region "
	    "11:nik:nik_date 11:nik:nik_serial 11:nik:nik_province");
}

/* What a spreadsheet did is named, in a column without a pattern, too. */
static void
test_damage(void)
{
	struct said s = rows("[{\"nik\":\"nik\"}]",
	    "a,"
	    "\"3,27301E+15\",,,,,,,,,,\n"
	    "b,3.27301010180900E+15,,,,,,,,,,\n");
	char csv[8192] = HEADER;
	size_t i = 0;

	TAP_INT(s.fault, FAULT_SPREADSHEET);
	TAP_STR(s.text, "2:nik:spreadsheet 3:nik:spreadsheet");
	for (i = 0; i < 200; i++)
		(void)sprintf(csv + strlen(csv),
		    "%zu,327301010180%s,,,,,,,,,,\n", i,
		    i % 3 == 0 ? "1230" : "1231");
	s = hold("[{\"nik\":\"nik\"}]", csv, strlen(csv), 99);
	TAP_INT(s.fault, FAULT_SPREADSHEET);
	TAP_STR(s.text, "0:nik:spreadsheet");
}

static void
test_levels(void)
{
	struct said s = rows("[{\"nik\":\"nik\",\"level\":\"error\"}]",
	    "a,3273010101800000,,,,,,,,,,\n");

	TAP_INT(s.fault, FAULT_VALUE);
	TAP_STR(s.text, "2:nik:nik_serial");
	s = rows(
	    "[{\"nik\":\"nik\",\"level\":\"warning\"}]", "a,12,,,,,,,,,,\n");
	TAP_INT(s.fault, FAULT_NONE);
	TAP_STR(s.text, " / 2:nik:nik");
	/* Other words for the sexes. */
	s = rows("[{\"nik\":\"nik\",\"sex\":\"jk\",\"male\":\"1\","
		 "\"female\":\"P\"}]",
	    "a,3273010101809001,,,,,,1,,,,\n"
	    "b,3273014101809001,,,,,,1,,,,\n"
	    "c,3273014101809001,,,,,,L,,,,\n");
	TAP_STR(s.text, " / 3:nik:nik_sex");
	/* Faults and warnings of one file, and no warning takes a fault's
	 * place or the other way round. */
	s = rows("[{\"passport\":\"paspor\"},{\"nik\":\"nik\"}]",
	    "a,3273010101800000,x,,,,,,,,,\n"
	    "b,3273010101800000,A1234567,,,,,,,,,\n");
	TAP_INT(s.fault, FAULT_VALUE);
	TAP_STR(
	    s.text, "2:paspor:passport / 2:nik:nik_serial 3:nik:nik_serial");
	TAP_STR(s.fault_cause.clause, "datasets[d].rules[1]");
	TAP_STR(s.warning_cause.clause, "datasets[d].rules[2]");
}

static void
test_others(void)
{
	struct said s = rows("[{\"nkk\":\"kk\"}]",
	    "a,,,,,,,,,3273010101189001,,\n"
	    "b,,,,,,,,,327301010118****,,\n"
	    "c,,,,,,,,,3273014101180000,,\n"
	    "d,,,,,,,,,9901230101189001,,\n"
	    "e,,,,,,,,,32730101011,,\n");

	TAP_STR(s.text,
	    "6:kk:nkk / 4:kk:nkk_date 4:kk:nkk_serial "
	    "5:kk:nkk_province");
	s = rows("[{\"passport\":\"paspor\"}]",
	    "a,,A1234567,,,,,,,,,\nb,,AB123456,,,,,,,,,\n"
	    "c,,A123456,,,,,,,,,\nd,,AB1234567,,,,,,,,,\n"
	    "e,,ABC123456,,,,,,,,,\nf,,A12345,,,,,,,,,\n"
	    "g,,A12345678,,,,,,,,,\nh,,a1234567,,,,,,,,,\n"
	    "i,,12345678,,,,,,,,,\nj,,AB12345C,,,,,,,,,\n");
	TAP_STR(s.text,
	    "6:paspor:passport 7:paspor:passport 8:paspor:passport "
	    "9:paspor:passport 10:paspor:passport 11:paspor:passport");
	s = rows("[{\"area_code\":\"wilayah\"}]",
	    "a,,,,,,,,32,,,\nb,,,,,,,,32.73,,,\nc,,,,,,,,32.73.01,,,\n"
	    "d,,,,,,,,32.73.01.1001,,,\ne,,,,,,,,3273011001,,,\n"
	    "f,,,,,,,,96.71,,,\n"
	    "g,,,,,,,,32.7301,,,\nh,,,,,,,,3273.01,,,\n"
	    "i,,,,,,,,32.73.,,,\nj,,,,,,,,32.73.01.101,,,\n"
	    "k,,,,,,,,3,,,\nl,,,,,,,,32730,,,\nm,,,,,,,,32.73.01.10011,,,\n"
	    "n,,,,,,,,.32,,,\no,,,,,,,,32..73,,,\n"
	    "p,,,,,,,,88.01,,,\nq,,,,,,,,32.70,,,\nr,,,,,,,,3200,,,\n");
	TAP_STR(s.text,
	    "8:wilayah:area_code 9:wilayah:area_code 10:wilayah:area_code "
	    "11:wilayah:area_code 12:wilayah:area_code 13:wilayah:area_code "
	    "14:wilayah:area_code 15:wilayah:area_code 16:wilayah:area_code "
	    "/ 17:wilayah:area_province 18:wilayah:area_regency "
	    "19:wilayah:area_regency");
}

/* Many blocks, many workers: the first in file order, all counted, rows right;
 * more warnings than are kept take no fault's place. */
static void
test_many(void)
{
	static const char rule[] =
	    "[{\"nik\":\"nik\"},{\"at_least_one\":[\"nik\",\"paspor\"]}]";
	const size_t n = 60000;
	char *csv = malloc(n * 40 + 256), *at = csv;
	struct said one, other;
	size_t i = 0;

	if (csv == NULL)
		exit(1);
	at += sprintf(at, HEADER);
	for (i = 0; i < n; i++)
		at += sprintf(at, "%zu,%s,,,,,,,,,,\n", i,
		    i % 20000 == 19999 ? "" : "3273010113809001");
	one = hold(rule, csv, (size_t)(at - csv), 65536);
	other = hold(rule, csv, (size_t)(at - csv), 777);
	free(csv);
	TAP_INT(one.fault, FAULT_VALUE);
	TAP_INT(one.faults, 3);
	TAP_INT(one.warnings, n - 3);
	TAP_INT(one.kept, 20);
	TAP_OK(strncmp(one.text,
		   "20001::at_least_one 40001::at_least_one "
		   "60001::at_least_one / 2:nik:nik_date 3:nik:nik_date ",
		   92) == 0);
	TAP_STR(one.counts, "nik:nik_date=59997");
	TAP_STR(one.text, other.text);
	TAP_STR(one.counts, other.counts);
	/* Of a file that is lost, what was seen until then. */
	other = rows(rule,
	    "a,3273010101800000,,,,,,,,,,\n"
	    "b,3\"3,,,,,,,,,,\n"
	    "c,3273010101800000,,,,,,,,,,\n");
	TAP_INT(other.fault, FAULT_COLUMNS);
	TAP_STR(other.text, "3:nik:quote / 2:nik:nik_serial");
}

static void
refused(const char *text, const char *clause)
{
	struct rules *rules = NULL;
	struct cause why;

	TAP_INT(read_rules(&rules, text, &why), FAULT_FORMAT);
	TAP_STR(why.clause, clause);
	TAP_OK(rules == NULL);
	if (rules != NULL || strcmp(why.clause, clause) != 0)
		printf("# %s: %s\n", text, why.detail);
	rules_free(rules);
}

static void
test_refusals(void)
{
	refused("{}", "rules");
	refused("[[]]", "rules[1]");
	refused("[{}]", "rules[1]");
	refused("[{\"unique_together\":[\"nik\"]}]", "rules[1]");
	refused("[{\"nik\":\"nik\",\"nkk\":\"kk\"}]", "rules[1].nkk");
	refused("[{\"nik\":\"nik\",\"x\":1}]", "rules[1].x");
	refused("[{\"nik\":\"nik\",\"level\":\"fatal\"}]", "rules[1].level");
	refused("[{\"nik\":\"nik\"},{\"nik\":\"tak ada\"}]", "rules[2].nik");
	refused("[{\"nik\":\"lahir\"}]", "rules[1].nik");
	refused("[{\"nik\":[\"nik\"]}]", "rules[1].nik");
	refused("[{\"nik\":\"nik\",\"birth_date\":\"dari\"}]",
	    "rules[1].birth_date");
	refused("[{\"nik\":\"nik\",\"region\":\"nik\"}]", "rules[1].region");
	refused("[{\"nik\":\"nik\",\"male\":\"L\"}]", "rules[1].male");
	refused("[{\"nik\":\"nik\",\"sex\":\"jk\",\"male\":\"M\"}]",
	    "rules[1].male");
	refused("[{\"nik\":\"nik\",\"sex\":\"jk\",\"female\":\"-\"}]",
	    "rules[1].female");
	refused("[{\"nik\":\"nik\",\"sex\":\"jk\",\"female\":\"L\"}]",
	    "rules[1].female");
	refused(
	    "[{\"nik\":\"nik\"},{\"nik\":\"nik\",\"sex\":\"jk\"}]", "rules[2]");
	refused("[{\"at_least_one\":[\"nik\"]}]", "rules[1].at_least_one");
	refused("[{\"at_least_one\":\"nik\"}]", "rules[1].at_least_one");
	refused("[{\"at_least_one\":[\"nik\",1]}]", "rules[1].at_least_one");
	refused(
	    "[{\"at_least_one\":[\"nik\",\"nik\"]}]", "rules[1].at_least_one");
	refused(
	    "[{\"at_least_one\":[\"nik\",\"id\"]}]", "rules[1].at_least_one");
	refused("[{\"equal\":[\"nik\",\"lahir\"]}]", "rules[1].equal");
	refused("[{\"equal\":[\"nik\",\"kk\",\"paspor\"]}]", "rules[1].equal");
	refused("[{\"equal\":[\"nik\",\"kk\"]},{\"equal\":[\"nik\",\"kk\"]}]",
	    "rules[2]");
	refused("[{\"not_before\":[\"nik\",\"kk\"]}]", "rules[1].not_before");
	refused(
	    "[{\"not_before\":[\"dari\",\"tiba\"]}]", "rules[1].not_before");
#define WHEN(members) "[{\"required_when\":{" members "}}]"
	refused(WHEN("\"column\":\"p3mi\",\"when\":\"skema\""),
	    "rules[1].required_when.is");
	refused(WHEN("\"column\":\"p3mi\",\"when\":\"skema\",\"is\":[]"),
	    "rules[1].required_when.is");
	refused(WHEN("\"column\":\"p3mi\",\"when\":\"skema\",\"is\":[\"\"]"),
	    "rules[1].required_when.is");
	refused(WHEN("\"column\":\"p3mi\",\"when\":\"jk\",\"is\":[\"X\"]"),
	    "rules[1].required_when.is");
	refused(
	    WHEN("\"column\":\"p3mi\",\"when\":\"jk\",\"is\":[\"L\",\"L\"]"),
	    "rules[1].required_when.is");
	refused(WHEN("\"column\":\"id\",\"when\":\"jk\",\"is\":[\"L\"]"),
	    "rules[1].required_when.column");
	refused(WHEN("\"column\":\"jk\",\"when\":\"jk\",\"is\":[\"L\"]"),
	    "rules[1].required_when.when");
	refused(WHEN("\"column\":\"p3mi\",\"when\":\"jk\",\"is\":[\"L\"],"
		     "\"x\":1"),
	    "rules[1].required_when.x");
	refused("[{\"required_when\":[]}]", "rules[1].required_when");
}

static void
test_number(void)
{
	char text[RULES_MAX * 32 + 64] = "[";
	struct rules *rules = NULL;
	struct cause why;
	size_t i = 0;

	TAP_INT(rules_parse(&rules, NULL, schema, "rules", &why), FAULT_NONE);
	TAP_INT(rules_count(rules), 0);
	TAP_INT(read_rules(&rules, "[]", &why), FAULT_NONE);
	TAP_INT(rules_count(rules), 0);
	rules_free(rules);
	for (i = 0; i <= RULES_MAX; i++)
		strcat(
		    text, i > 0 ? ",{\"nik\":\"nik\"}" : "{\"nik\":\"nik\"}");
	strcat(text, "]");
	refused(text, "rules");
}

/* The codes of all provinces, and no others. */
static void
test_provinces(void)
{
	static const char codes[] =
	    "11 12 13 14 15 16 17 18 19 21 31 32 33 34 35 36 51 52 53 61 62 63 "
	    "64 65 71 72 73 74 75 76 81 82 91 92 93 94 95 96 ";
	unsigned i = 0, known = 0;
	char code[4] = "";

	for (i = 0; i < 100; i++) {
		(void)snprintf(code, sizeof(code), "%02u", i);
		if (identity_area(code, 2) == 0) {
			code[2] = ' ';
			TAP_OK(strstr(codes, code) != NULL);
			known++;
		}
	}
	TAP_INT(known, 38);
}

int
main(void)
{
	struct doc *doc = NULL;
	struct cause why;

	cause_clear(&why);
	if (doc_parse(&doc, schema_text, strlen(schema_text), &why) !=
		FAULT_NONE ||
	    schema_parse(&schema, doc_root(doc), "s", &why) != FAULT_NONE) {
		printf("Bail out! %s %s\n", why.clause, why.detail);
		return 99;
	}
	doc_free(doc);
	test_across();
	test_order();
	test_nik();
	test_damage();
	test_levels();
	test_others();
	test_many();
	test_refusals();
	test_number();
	test_provinces();
	schema_free(schema);
	return TAP_DONE();
}
