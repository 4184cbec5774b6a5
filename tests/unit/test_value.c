/*
 * value: every type, format and constraint with its edges; refused descriptors
 * with their clause; exact sums.
 */
#include "check/value.h"

#include <stdlib.h>

#include "check/number.h"
#include "check/set.h"
#include "column_case.h"
#include "tap.h"

static void
test_string(void)
{
	CHECK("{'name':'a','type':'string'}", { "", VALUE_OK },
	    { "x", VALUE_OK });
	CHECK("{'name':'a','type':'string','constraints':{'minLength':2,"
	      "'maxLength':4}}",
	    { "a", VALUE_MIN_LENGTH }, { "ab", VALUE_OK }, { "abcd", VALUE_OK },
	    { "abcde", VALUE_MAX_LENGTH }, { "\xc3\xa9", VALUE_MIN_LENGTH },
	    { "\xc3\xa9\xc3\xa9", VALUE_OK },
	    { "\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80"
	      "\xf0\x9f\x98\x80",
		VALUE_OK },
	    { "\xf0\x9f\x98\x80", VALUE_MIN_LENGTH },
	    { "\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80"
	      "\xf0\x9f\x98\x80x",
		VALUE_MAX_LENGTH });
	CHECK(
	    "{'name':'a','type':'string','constraints':{'minLength':3,"
	    "'pattern':'^[A-Z]+$','enum':['ABC','ABCD','LONGER THAN EIGHT']}}",
	    { "ab", VALUE_MIN_LENGTH }, { "abc", VALUE_PATTERN },
	    { "XYZ", VALUE_ENUM }, { "ABC", VALUE_OK }, { "ABCD", VALUE_OK },
	    { "LONGER THAN EIGHT", VALUE_PATTERN });
	CHECK("{'name':'a','type':'string','constraints':{'enum':['','L','P',"
	      "'BEKERJA','BERANGKAT','TERVERIFIKASI']}}",
	    { "", VALUE_OK }, { "L", VALUE_OK }, { "l", VALUE_ENUM },
	    { "LP", VALUE_ENUM }, { "BEKERJA", VALUE_OK },
	    { "BERANGKAT", VALUE_OK }, { "TERVERIFIKASI", VALUE_OK },
	    { "TERVERIFIKASX", VALUE_ENUM }, { "TERVERIFIKASI ", VALUE_ENUM });
}

static void
test_integer(void)
{
	CHECK("{'name':'a','type':'integer'}", { "0", VALUE_OK },
	    { "00", VALUE_OK }, { "000835", VALUE_OK }, { "-0", VALUE_OK },
	    { "+5", VALUE_OK }, { "-12", VALUE_OK }, { "", VALUE_TYPE },
	    { "-", VALUE_TYPE }, { "+", VALUE_TYPE }, { "--1", VALUE_TYPE },
	    { " 1", VALUE_TYPE }, { "1 ", VALUE_TYPE }, { "1.0", VALUE_TYPE },
	    { "1.", VALUE_TYPE }, { "1e5", VALUE_TYPE }, { "0x10", VALUE_TYPE },
	    { "8,80101E+15", VALUE_TYPE }, { "1,000", VALUE_TYPE },
	    { "\xd9\xa1", VALUE_TYPE }, { "NaN", VALUE_TYPE },
	    { "9999999999999999999", VALUE_OK },
	    { "-9999999999999999999", VALUE_OK },
	    { "00000000000000000000000000000000000001", VALUE_OK },
	    { "10000000000000000000", VALUE_FORMAT },
	    { "99999999999999999999999999999999999999", VALUE_FORMAT },
	    { "9999999999999999999999999999999999999x", VALUE_TYPE });
	CHECK("{'name':'a','type':'integer','constraints':{'minimum':-5,"
	      "'maximum':'9223372036854775808'}}",
	    { "-5", VALUE_OK }, { "-6", VALUE_MINIMUM }, { "-05", VALUE_OK },
	    { "9223372036854775808", VALUE_OK },
	    { "9223372036854775809", VALUE_MAXIMUM },
	    { "-9999999999999999999", VALUE_MINIMUM });
	CHECK("{'name':'a','type':'integer','constraints':{'enum':[3,1,'2',"
	      "'-007']}}",
	    { "1", VALUE_OK }, { "2", VALUE_OK }, { "3", VALUE_OK },
	    { "03", VALUE_OK }, { "-7", VALUE_OK }, { "7", VALUE_ENUM },
	    { "4", VALUE_ENUM }, { "0", VALUE_ENUM });
	CHECK("{'name':'a','type':'integer','groupChar':'.','bareNumber':true,"
	      "'constraints':{'maximum':'204.656.053'}}",
	    { "204.656.053", VALUE_OK }, { "204656053", VALUE_OK },
	    { "204.656.054", VALUE_MAXIMUM }, { "1.000", VALUE_OK },
	    { "-1.000", VALUE_OK }, { "1.00", VALUE_TYPE },
	    { "1000.000", VALUE_TYPE }, { ".000", VALUE_TYPE },
	    { "1..000", VALUE_TYPE }, { "1.000.", VALUE_TYPE },
	    { "1.000.0000", VALUE_TYPE }, { "1.0a0", VALUE_TYPE },
	    { "0.000.000.000.000.000.000.000.000.000.000.000.000.000.000.000."
	      "000.000",
		VALUE_FORMAT });
}

static void
test_number(void)
{
	CHECK("{'name':'a','type':'number'}", { "10.50", VALUE_OK },
	    { ".5", VALUE_OK }, { "5.", VALUE_OK }, { ".", VALUE_TYPE },
	    { "-.", VALUE_TYPE }, { "", VALUE_TYPE }, { "1.2.3", VALUE_TYPE },
	    { "1,5", VALUE_TYPE }, { "1e5", VALUE_TYPE },
	    { "1E+2", VALUE_TYPE }, { "INF", VALUE_TYPE },
	    { "-INF", VALUE_TYPE }, { "NaN", VALUE_TYPE },
	    { "0.123456789012345678", VALUE_OK },
	    { "0.1234567890123456789", VALUE_FORMAT },
	    { "0.1000000000000000000", VALUE_FORMAT },
	    { "9999999999999999999.999999999999999999", VALUE_OK },
	    { "10000000000000000000.0", VALUE_FORMAT });
	CHECK("{'name':'a','type':'number','constraints':{'minimum':'-0.1',"
	      "'maximum':'0.3'}}",
	    { "-0.1", VALUE_OK }, { "-0.100000000000000001", VALUE_MINIMUM },
	    { "-0.10", VALUE_OK }, { "0.30", VALUE_OK },
	    { "0.300000000000000001", VALUE_MAXIMUM }, { "0", VALUE_OK },
	    { "-0", VALUE_OK }, { "9999999999999999999", VALUE_MAXIMUM },
	    { "-9999999999999999999.9", VALUE_MINIMUM });
	CHECK("{'name':'a','type':'number','decimalChar':',','groupChar':'.',"
	      "'constraints':{'maximum':'1.000,5','enum':['1000,50',2]}}",
	    { "1.000,5", VALUE_OK }, { "1000,500", VALUE_OK },
	    { "2", VALUE_OK }, { "2,0", VALUE_OK }, { "3", VALUE_ENUM },
	    { "1.000,51", VALUE_MAXIMUM }, { "1,000.5", VALUE_TYPE },
	    { "1,000,5", VALUE_TYPE }, { "1.00,5", VALUE_TYPE });
	CHECK("{'name':'a','type':'number','groupChar':' '}",
	    { "10 000.00", VALUE_OK }, { " 01 ", VALUE_TYPE },
	    { "10 000 000", VALUE_OK }, { "10.000 000", VALUE_TYPE });
}

static void
test_boolean(void)
{
	CHECK("{'name':'a','type':'boolean'}", { "true", VALUE_OK },
	    { "True", VALUE_OK }, { "TRUE", VALUE_OK }, { "1", VALUE_OK },
	    { "false", VALUE_OK }, { "False", VALUE_OK }, { "FALSE", VALUE_OK },
	    { "0", VALUE_OK }, { "tRUE", VALUE_TYPE }, { "yes", VALUE_TYPE },
	    { "", VALUE_TYPE }, { "00", VALUE_TYPE });
	CHECK("{'name':'a','type':'boolean','trueValues':['Y','sudah terekam'],"
	      "'constraints':{'enum':[true]}}",
	    { "Y", VALUE_OK }, { "sudah terekam", VALUE_OK },
	    { "sudah terekan", VALUE_TYPE }, { "true", VALUE_TYPE },
	    { "false", VALUE_ENUM }, { "0", VALUE_ENUM });
	CHECK("{'name':'a','type':'boolean','constraints':{'enum':['0']}}",
	    { "1", VALUE_ENUM }, { "false", VALUE_OK });
}

static void
test_date(void)
{
	CHECK("{'name':'a','type':'date'}", { "2026-11-24", VALUE_OK },
	    { "2024-02-29", VALUE_OK }, { "2023-02-29", VALUE_TYPE },
	    { "2000-02-29", VALUE_OK }, { "1900-02-29", VALUE_TYPE },
	    { "2026-02-30", VALUE_TYPE }, { "2026-04-31", VALUE_TYPE },
	    { "2026-12-31", VALUE_OK }, { "2026-13-01", VALUE_TYPE },
	    { "2026-00-01", VALUE_TYPE }, { "2026-01-00", VALUE_TYPE },
	    { "2026-01-32", VALUE_TYPE }, { "0000-01-01", VALUE_TYPE },
	    { "0001-01-01", VALUE_OK }, { "9999-12-31", VALUE_OK },
	    { "2026-1-01", VALUE_FORMAT }, { "26-11-24", VALUE_FORMAT },
	    { "20261124", VALUE_FORMAT }, { "2026/11/24", VALUE_FORMAT },
	    { "2026-11-24 ", VALUE_FORMAT }, { "20x6-11-24", VALUE_FORMAT },
	    { "202x-11-24", VALUE_FORMAT }, { "x026-11-24", VALUE_FORMAT },
	    { "2026-1x-24", VALUE_FORMAT }, { "2026-11- 4", VALUE_FORMAT },
	    { "2026-11-+4", VALUE_FORMAT }, { "24-11-2026", VALUE_FORMAT },
	    { "33059", VALUE_FORMAT }, { "", VALUE_FORMAT });
	CHECK("{'name':'a','type':'date','format':'%d-%m-%Y','constraints':{"
	      "'minimum':'01-07-1900','maximum':'14-02-2024'}}",
	    { "14-02-2024", VALUE_OK }, { "15-02-2024", VALUE_MAXIMUM },
	    { "01-03-2024", VALUE_MAXIMUM }, { "31-12-2023", VALUE_OK },
	    { "30-06-1900", VALUE_MINIMUM }, { "01-07-1900", VALUE_OK },
	    { "2024-02-14", VALUE_FORMAT }, { "29-02-2023", VALUE_TYPE });
	CHECK("{'name':'a','type':'date','format':'%Y%m%d'}",
	    { "20261124", VALUE_OK }, { "2026-11-24", VALUE_FORMAT });
	CHECK("{'name':'a','type':'date','format':'%d|%m|%Y%%'}",
	    { "24|11|2026%", VALUE_OK }, { "24|11|2026", VALUE_FORMAT });
	CHECK("{'name':'a','type':'date','constraints':{'enum':['2026-11-24',"
	      "'2024-02-14']}}",
	    { "2024-02-14", VALUE_OK }, { "2024-02-15", VALUE_ENUM });
}

static void
test_datetime(void)
{
	CHECK("{'name':'a','type':'datetime'}",
	    { "2026-11-24T05:42:00Z", VALUE_OK },
	    { "2026-11-24T05:42:00.5Z", VALUE_OK },
	    { "2026-11-24T05:42:00.123456789+07:00", VALUE_OK },
	    { "2026-11-24T05:42:00.1234567891Z", VALUE_FORMAT },
	    { "2026-11-24T05:42:00.Z", VALUE_FORMAT },
	    { "2026-11-24T05:42:00.5", VALUE_FORMAT },
	    { "2026-11-24T05:42:00-00:00", VALUE_OK },
	    { "2026-11-24T05:42:00+0700", VALUE_OK },
	    { "2026-11-24T05:42:00+07", VALUE_FORMAT },
	    { "2026-11-24T05:42:00+7:00", VALUE_FORMAT },
	    { "2026-11-24T05:42:00+07:60", VALUE_TYPE },
	    { "2026-11-24T05:42:00+16:00", VALUE_TYPE },
	    { "2026-11-24T05:42:00+15:59", VALUE_OK },
	    { "2026-11-24T05:42:00", VALUE_FORMAT },
	    { "2026-11-24T05:42:00z", VALUE_FORMAT },
	    { "2026-11-24t05:42:00Z", VALUE_FORMAT },
	    { "2026-11-24 05:42:00Z", VALUE_FORMAT },
	    { "2026-11-24T05:42:60Z", VALUE_TYPE },
	    { "2026-11-24T24:00:00Z", VALUE_TYPE },
	    { "2026-11-24T23:60:00Z", VALUE_TYPE },
	    { "2026-11-24T24:00:00", VALUE_FORMAT },
	    { "2026-11-31T00:00:00Z", VALUE_TYPE },
	    { "2026-11-24T05:42Z", VALUE_FORMAT },
	    { "2026-11-24T05:42:00ZZ", VALUE_FORMAT },
	    { "2026-11-24T05:42:00+07x00", VALUE_FORMAT },
	    { "2026-11-24", VALUE_FORMAT }, { "", VALUE_FORMAT });
	CHECK("{'name':'a','type':'datetime','constraints':{"
	      "'minimum':'2026-01-01T00:00:00+07:00',"
	      "'maximum':'2026-12-31T23:59:59.999999999Z'}}",
	    { "2025-12-31T17:00:00Z", VALUE_OK },
	    { "2025-12-31T16:59:59.999999999Z", VALUE_MINIMUM },
	    { "2026-01-01T00:00:00Z", VALUE_OK },
	    { "2027-01-01T00:00:00Z", VALUE_MAXIMUM },
	    { "2027-01-01T06:59:59+07:00", VALUE_OK },
	    { "2026-12-31T23:59:59-00:01", VALUE_MAXIMUM });
	CHECK("{'name':'a','type':'datetime','format':'%d/%m/%Y %H:%M'}",
	    { "24/11/2026 05:42", VALUE_OK },
	    { "24/11/2026 5:42", VALUE_FORMAT },
	    { "24/11/2026 05:42:00", VALUE_FORMAT },
	    { "24/11/2026 25:42", VALUE_TYPE });
	CHECK("{'name':'a','type':'datetime','format':'%Y-%m-%d %H:%M:%S%z'}",
	    { "2026-11-24 05:42:00Z", VALUE_OK },
	    { "2026-11-24 05:42:00+0700", VALUE_OK },
	    { "2026-11-24 05:42:00.5Z", VALUE_FORMAT });
}

static void
refuse(const char *json, const char *clause)
{
	struct column *c = NULL;
	struct cause why = { 0 };

	printf("# %s\n", json);
	TAP_INT(make(&c, json, &why), FAULT_FORMAT);
	TAP_STR(why.clause, clause);
	TAP_OK(why.detail[0] != '\0');
	TAP_OK(c == NULL);
	column_free(c);
}

#define T(type, rest) "{'name':'a','type':'" type "'," rest "}"
#define C(type, rest) T(type, "'constraints':{" rest "}")

static void
test_refused_members(void)
{
	refuse("{'type':'string'}", "F.name");
	refuse("{'name':'a'}", "F.type");
	refuse("{'name':1,'type':'string'}", "F.name");
	refuse("{'name':'','type':'string'}", "F.name");
	refuse("{'name':'a\\u0007','type':'string'}", "F.name");
	refuse("{'name':'a\\u202eb','type':'string'}", "F.name");
	refuse("{'name':'a','type':'any'}", "F.type");
	refuse("{'name':'a','type':'String'}", "F.type");
	refuse(T("string", "'format':'binary'"), "F.format");
	refuse(T("string", "'format':'Email'"), "F.format");
	refuse(T("integer", "'format':'email'"), "F.format");
	refuse(T("time", "'format':'any'"), "F.format");
	refuse(T("time", "'format':'%H'"), "F.format");
	refuse(T("time", "'format':'%H:%M%z'"), "F.format");
	refuse(T("time", "'format':'%d %H:%M'"), "F.format");
	refuse(T("year", "'format':'%Y'"), "F.format");
	refuse(T("yearmonth", "'format':'%Y-%m'"), "F.format");
	refuse(T("duration", "'format':'any'"), "F.format");
	refuse(T("string", "'categories':[]"), "F.categories");
	refuse(T("string", "'categories':[1]"), "F.categories");
	refuse(T("string", "'categories':['a','a']"), "F.categories");
	refuse(T("string", "'categories':['a',{'value':'b'}]"), "F.categories");
	refuse(T("string", "'categories':[{'value':'b'},'a']"), "F.categories");
	refuse(
	    T("string", "'categories':[{'label':'b'}]"), "F.categories.value");
	refuse(T("string", "'categories':[{'value':'b','x':1}]"),
	    "F.categories.x");
	refuse(T("integer", "'categories':['1',1]"), "F.categories");
	refuse(T("boolean", "'categories':['1']"), "F.categories");
	refuse(T("string", "'categoriesOrdered':true"), "F.categoriesOrdered");
	refuse(T("string", "'categories':['a'],'constraints':{'enum':['a']}"),
	    "F.constraints.enum");
	refuse(T("string", "'format':''"), "F.format");
	refuse(T("integer", "'format':'x'"), "F.format");
	refuse(T("string", "'rdfType':'x'"), "F.rdfType");
	refuse(T("string", "'required':true"), "F.required");
	refuse(T("string", "'decimalChar':','"), "F.decimalChar");
	refuse(T("integer", "'decimalChar':','"), "F.decimalChar");
	refuse(T("date", "'groupChar':','"), "F.groupChar");
	refuse(T("number", "'decimalChar':''"), "F.decimalChar");
	refuse(T("number", "'decimalChar':'ab'"), "F.decimalChar");
	refuse(T("number", "'decimalChar':'1'"), "F.decimalChar");
	refuse(T("number", "'groupChar':'-'"), "F.groupChar");
	refuse(T("number", "'groupChar':'.'"), "F.groupChar");
	refuse(T("number", "'groupChar':'\\u00a0'"), "F.groupChar");
	refuse(T("number", "'bareNumber':false"), "F.bareNumber");
	refuse(T("string", "'trueValues':['x']"), "F.trueValues");
	refuse(T("boolean", "'trueValues':[]"), "F.trueValues");
	refuse(T("boolean", "'trueValues':[1]"), "F.trueValues");
	refuse(T("boolean", "'falseValues':['']"), "F.falseValues");
	refuse(T("boolean", "'falseValues':['true']"), "F.falseValues");
	refuse(T("date", "'format':'any'"), "F.format");
	refuse(T("date", "'format':'fmt:%Y-%m-%d'"), "F.format");
	refuse(T("date", "'format':'%d/%m/%y'"), "F.format");
	refuse(T("date", "'format':'%Y-%m'"), "F.format");
	refuse(T("date", "'format':'%Y-%m-%d-%d'"), "F.format");
	refuse(T("date", "'format':'%Y-%m-%d%'"), "F.format");
	refuse(T("date", "'format':'%Y-%m-%d %H'"), "F.format");
	refuse(T("date", "'format':'%Y-%m-%d\\u00e9'"), "F.format");
	refuse(T("datetime", "'format':'%Y-%m-%d'"), "F.format");
	refuse(T("datetime", "'format':'%z%Y-%m-%d %H:%M'"), "F.format");
	refuse(T("datetime",
		   "'format':'%Y-%m-%d %H:%M ......................"
		   "...........................................'"),
	    "F.format");
}

static void
test_refused_constraints(void)
{
	refuse(C("string", "'exclusiveMinimum':1"),
	    "F.constraints.exclusiveMinimum");
	refuse(C("integer", "'exclusiveMinimum':1,'minimum':1"),
	    "F.constraints.exclusiveMinimum");
	refuse(C("integer", "'exclusiveMaximum':1,'maximum':3"),
	    "F.constraints.exclusiveMaximum");
	refuse(C("integer", "'exclusiveMinimum':1,'exclusiveMaximum':2"),
	    "F.constraints.exclusiveMaximum");
	refuse(C("number", "'exclusiveMinimum':1,'maximum':1"),
	    "F.constraints.maximum");
	refuse(C("number", "'minimum':1,'exclusiveMaximum':1"),
	    "F.constraints.exclusiveMaximum");
	refuse(C("number", "'exclusiveMinimum':'x'"),
	    "F.constraints.exclusiveMinimum");
	refuse(C("duration", "'minimum':'P1D'"), "F.constraints.minimum");
	refuse(C("duration", "'enum':['P1D','PT24H']"), "F.constraints.enum");
	refuse(C("year", "'minimum':20260"), "F.constraints.minimum");
	refuse(C("year", "'minimum':-1"), "F.constraints.minimum");
	refuse(C("yearmonth", "'minimum':202601"), "F.constraints.minimum");
	refuse(C("year", "'pattern':'x'"), "F.constraints.pattern");
	refuse(C("string", "'required':'yes'"), "F.constraints.required");
	refuse(C("string", "'minimum':1"), "F.constraints.minimum");
	refuse(C("boolean", "'maximum':1"), "F.constraints.maximum");
	refuse(C("integer", "'pattern':'1'"), "F.constraints.pattern");
	refuse(C("date", "'minLength':1"), "F.constraints.minLength");
	refuse(C("string", "'minLength':-1"), "F.constraints.minLength");
	refuse(C("string", "'maxLength':9000000"), "F.constraints.maxLength");
	refuse(C("string", "'minLength':3,'maxLength':2"),
	    "F.constraints.maxLength");
	refuse(C("string", "'pattern':'('"), "F.constraints.pattern");
	refuse(C("string", "'enum':[]"), "F.constraints.enum");
	refuse(C("string", "'enum':[1]"), "F.constraints.enum");
	refuse(C("string", "'enum':['a','a']"), "F.constraints.enum");
	refuse(C("integer", "'enum':['1','01']"), "F.constraints.enum");
	refuse(C("integer", "'enum':['x']"), "F.constraints.enum");
	refuse(C("boolean", "'enum':['yes']"), "F.constraints.enum");
	refuse(C("boolean", "'enum':[1]"), "F.constraints.enum");
	refuse(C("integer", "'minimum':'1.5'"), "F.constraints.minimum");
	refuse(C("integer", "'minimum':true"), "F.constraints.minimum");
	refuse(C("integer", "'minimum':null"), "F.constraints.minimum");
	refuse(C("number", "'maximum':'1e5'"), "F.constraints.maximum");
	refuse(
	    C("integer", "'minimum':2,'maximum':1"), "F.constraints.maximum");
	refuse(C("date", "'minimum':20260101"), "F.constraints.minimum");
	refuse(C("date", "'minimum':'2026-02-30'"), "F.constraints.minimum");
	refuse(T("date",
		   "'format':'%d-%m-%Y','constraints':{"
		   "'minimum':'2026-02-03'}"),
	    "F.constraints.minimum");
	refuse(T("string", "'constraints':[]"), "F.constraints");
}

static void
test_facts(void)
{
	struct column *c = NULL;

	TAP_INT(make(&c,
		    "{'name':'nik','type':'string','title':'t','description':"
		    "'d','constraints':{'required':true,'unique':true}}",
		    NULL),
	    FAULT_NONE);
	TAP_STR(column_name(c), "nik");
	TAP_STR(column_type(c), "string");
	TAP_OK(column_required(c) && column_unique(c) && !column_numeric(c));
	column_free(c);
	TAP_INT(make(&c, "{'name':'n','type':'number'}", NULL), FAULT_NONE);
	TAP_OK(!column_required(c) && !column_unique(c) && column_numeric(c));
	column_require(c);
	TAP_OK(column_required(c));
	column_free(c);
	column_free(NULL);
}

static void
sum_is(const char *const *cells, size_t n, const char *want)
{
	struct column *c = NULL;
	struct value_sum sums[3] = { 0 };
	char text[VALUE_SUM_TEXT];
	size_t i = 0;

	TAP_INT(make(&c, "{'name':'n','type':'number'}", NULL), FAULT_NONE);
	for (i = 0; i < n; i++) {
		value_sum_add(&sums[0], c, cells[i], strlen(cells[i]));
		value_sum_add(&sums[1 + i % 2], c, cells[i], strlen(cells[i]));
	}
	TAP_OK(value_sum_text(&sums[0], text, sizeof(text)));
	TAP_STR(text, want);
	/* Any division among threads gives the same. */
	value_sum_merge(&sums[2], &sums[1]);
	TAP_OK(value_sum_text(&sums[2], text, sizeof(text)));
	TAP_STR(text, want);
	column_free(c);
}

#define SUM(want, ...)                                                    \
	do {                                                              \
		static const char *const cells_[] = { __VA_ARGS__ };      \
		sum_is(cells_, sizeof(cells_) / sizeof(cells_[0]), want); \
	} while (0)

static void
test_sums(void)
{
	struct value_sum sum = { 0 };
	struct value_sum more = { 0 };
	struct column *c = NULL;
	char text[VALUE_SUM_TEXT];
	int i = 0;

	TAP_OK(value_sum_text(&sum, text, sizeof(text)));
	TAP_STR(text, "0");
	TAP_OK(!value_sum_text(&sum, text, 1));
	SUM("0", "-0", "0.00");
	SUM("6", "1", "2", "3");
	SUM("0.3", "0.1", "0.2");
	SUM("0", "0.1", "-0.1");
	SUM("-0.5", "-1", "0.5");
	SUM("0.5", "1", "-0.5");
	SUM("-1.7", "-2", "0.3");
	SUM("1.7", "2", "-0.3");
	SUM("-0.000000000000000001", "-0.000000000000000001");
	SUM("2", "0.999999999999999999", "0.999999999999999999",
	    "0.000000000000000002");
	SUM("-2", "-0.999999999999999999", "-0.999999999999999999",
	    "-0.000000000000000002");
	SUM("19999999999999999999.999999999999999998",
	    "9999999999999999999.999999999999999999",
	    "9999999999999999999.999999999999999999");
	SUM("835", "000835", "1.50", "-1.5");
	TAP_INT(make(&c, "{'name':'n','type':'integer'}", NULL), FAULT_NONE);
	value_sum_add(&sum, c, "9999999999999999999", 19);
	for (i = 0; i < 62; i++) {
		more = sum;
		value_sum_merge(&sum, &more);
	}
	TAP_OK(!value_sum_text(&sum, text, sizeof(text)));
	memset(&more, 0, sizeof(more));
	value_sum_merge(&more, &sum);
	TAP_OK(!value_sum_text(&more, text, sizeof(text)));
	column_free(c);
}

static uint64_t state = 88172645463325252ULL;

static uint64_t
next(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/* Digits of every length against printf, and one spoilt byte in each. */
static void
test_digits(void)
{
	const struct number_format plain = { '\0', '\0' };
	struct number n = { 0, 0, false };
	unsigned wrong = 0;
	char text[32];
	int i = 0;

	for (i = 0; i < 60000; i++) {
		uint64_t v = next() % 10000000000000000000ULL;
		int cut = (int)(next() % 19);
		size_t len = 0;

		for (; cut > 0; cut--)
			v /= 10;
		(void)snprintf(
		    text, sizeof(text), "%0*" PRIu64, (int)(next() % 20), v);
		len = strlen(text);
		wrong += number_read(&n, &plain, text, len) != VALUE_OK ||
		    n.whole != v || n.part != 0 || n.negative;
		text[next() % len] = "/:\xb0\x10 .,pAx\x7f"[next() % 11];
		wrong += number_read(&n, &plain, text, len) != VALUE_TYPE;
	}
	TAP_INT(wrong, 0);
}

/* Every byte against every range, at every place among bytes that fit. */
static void
test_shape(void)
{
	unsigned wrong = 0;
	unsigned lo = 0;
	unsigned hi = 0;
	unsigned c = 0;
	size_t len = 0;

	for (len = 1; len < 20; len += 3) {
		for (c = 0; c < 256; c++) {
			struct shape s = { 0 };
			char text[20];
			size_t at = c % len;

			lo = (unsigned)(next() % 128);
			hi = lo + (unsigned)(next() % (128 - lo));
			wrong += !shape_put(
			    &s, (unsigned char)lo, (unsigned char)hi, len);
			memset(text, (int)(c % 2 ? lo : hi), sizeof(text));
			wrong += !shape_match(&s, text);
			text[at] = (char)(unsigned char)c;
			wrong += shape_match(&s, text) != (c >= lo && c <= hi);
		}
	}
	TAP_INT(wrong, 0);
}

/* Many words of every length, found each and nothing else. */
static void
test_set(void)
{
	static char words[3000][24];
	static const char *list[3000];
	struct set *s = NULL;
	size_t twice = 0;
	size_t i = 0;
	unsigned wrong = 0;
	char other[32];

	for (i = 0; i < 3000; i++) {
		(void)snprintf(words[i], sizeof(words[i]), "%.*s%zu",
		    (int)(i % 13), "xxxxxxxxxxxxxx", i);
		list[i] = words[i];
	}
	TAP_INT(set_new(&s, list, 3000, &twice), FAULT_NONE);
	for (i = 0; i < 3000; i++) {
		(void)snprintf(other, sizeof(other), "%.24s.", words[i]);
		wrong += set_find(s, words[i], strlen(words[i])) != i;
		wrong += set_find(s, other, strlen(other)) != SIZE_MAX;
		other[0] ^= 1;
		wrong += set_find(s, other, strlen(words[i])) == i;
	}
	TAP_INT(wrong, 0);
	TAP_OK(set_find(s, "", 0) == SIZE_MAX);
	set_free(s);
	list[2999] = words[7];
	TAP_INT(set_new(&s, list, 3000, &twice), FAULT_EXISTS);
	TAP_INT(twice, 2999);
	TAP_OK(s == NULL);
	TAP_INT(set_new(&s, list, 0, &twice), FAULT_NONE);
	TAP_OK(set_find(s, "x", 1) == SIZE_MAX);
	set_free(s);
	set_free(NULL);
}

int
main(void)
{
	test_string();
	test_integer();
	test_number();
	test_boolean();
	test_date();
	test_datetime();
	test_refused_members();
	test_refused_constraints();
	test_facts();
	test_sums();
	test_digits();
	test_shape();
	test_set();
	return TAP_DONE();
}
