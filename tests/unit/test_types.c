/*
 * types: times, years and durations, the forms of strings, exclusive bounds and
 * categories, with their edges.
 */
#include "column_case.h"
#include "tap.h"

static void
test_clock(void)
{
	CHECK("{'name':'a','type':'time'}", { "05:42:00", VALUE_OK },
	    { "00:00:00", VALUE_OK }, { "23:59:59.999999999", VALUE_OK },
	    { "05:42:00.5", VALUE_OK }, { "24:00:00", VALUE_TYPE },
	    { "23:60:00", VALUE_TYPE }, { "23:59:60", VALUE_TYPE },
	    { "05:42", VALUE_FORMAT }, { "5:42:00", VALUE_FORMAT },
	    { "05:42:00Z", VALUE_FORMAT }, { "05:42:00+07:00", VALUE_FORMAT },
	    { "05:42:00.", VALUE_FORMAT },
	    { "05:42:00.1234567890", VALUE_FORMAT }, { "", VALUE_FORMAT },
	    { "05:42:00.5x", VALUE_FORMAT }, { "05.42.00", VALUE_FORMAT });
	CHECK("{'name':'a','type':'time','constraints':{'minimum':'07:30:00',"
	      "'exclusiveMaximum':'13:00:00'}}",
	    { "07:30:00", VALUE_OK }, { "07:30:00.0", VALUE_OK },
	    { "07:29:59.999999999", VALUE_MINIMUM },
	    { "12:59:59.999999999", VALUE_OK },
	    { "13:00:00", VALUE_EXCLUSIVE_MAXIMUM },
	    { "13:00:01", VALUE_EXCLUSIVE_MAXIMUM });
	CHECK("{'name':'a','type':'time','format':'%H.%M','constraints':{"
	      "'enum':['07.00','13.00']}}",
	    { "07.00", VALUE_OK }, { "13.00", VALUE_OK },
	    { "14.00", VALUE_ENUM }, { "07:00", VALUE_FORMAT },
	    { "07.00.00", VALUE_FORMAT }, { "25.00", VALUE_TYPE });
}

static void
test_years(void)
{
	CHECK("{'name':'a','type':'year'}", { "2026", VALUE_OK },
	    { "0001", VALUE_OK }, { "9999", VALUE_OK }, { "0000", VALUE_TYPE },
	    { "26", VALUE_FORMAT }, { "02026", VALUE_FORMAT },
	    { "-2026", VALUE_FORMAT }, { "2026Z", VALUE_FORMAT },
	    { "3.14", VALUE_FORMAT }, { "", VALUE_FORMAT });
	CHECK("{'name':'a','type':'year','constraints':{'minimum':476,"
	      "'maximum':'2026'}}",
	    { "0476", VALUE_OK }, { "0475", VALUE_MINIMUM },
	    { "2026", VALUE_OK }, { "2027", VALUE_MAXIMUM });
	CHECK("{'name':'a','type':'year','constraints':{'enum':[2019,"
	      "'2024']}}",
	    { "2019", VALUE_OK }, { "2024", VALUE_OK }, { "2020", VALUE_ENUM });
	CHECK("{'name':'a','type':'yearmonth'}", { "2026-11", VALUE_OK },
	    { "2026-12", VALUE_OK }, { "2026-13", VALUE_TYPE },
	    { "2026-00", VALUE_TYPE }, { "0000-01", VALUE_TYPE },
	    { "2026-1", VALUE_FORMAT }, { "2026-11-01", VALUE_FORMAT },
	    { "202611", VALUE_FORMAT }, { "2026", VALUE_FORMAT });
	CHECK("{'name':'a','type':'yearmonth','constraints':{"
	      "'exclusiveMinimum':'2025-12','maximum':'2026-11'}}",
	    { "2025-12", VALUE_EXCLUSIVE_MINIMUM }, { "2026-01", VALUE_OK },
	    { "2026-11", VALUE_OK }, { "2026-12", VALUE_MAXIMUM });
}

static void
test_duration(void)
{
	CHECK("{'name':'a','type':'duration'}",
	    { "P1Y10M3DT5H11M7S", VALUE_OK }, { "P1Y", VALUE_OK },
	    { "-P1M", VALUE_OK }, { "PT1S", VALUE_OK }, { "PT0S", VALUE_OK },
	    { "PT1.5S", VALUE_OK }, { "PT0.123456789S", VALUE_OK },
	    { "P1DT1S", VALUE_OK }, { "P999999999Y999999999M", VALUE_OK },
	    { "P000000000000000000001D", VALUE_FORMAT },
	    { "P1234567890D", VALUE_FORMAT },
	    { "PT0.1234567890S", VALUE_FORMAT }, { "P", VALUE_TYPE },
	    { "PT", VALUE_TYPE }, { "P1YT", VALUE_TYPE }, { "", VALUE_TYPE },
	    { "-", VALUE_TYPE }, { "1Y", VALUE_TYPE }, { "P1", VALUE_TYPE },
	    { "PY", VALUE_TYPE }, { "P1M1Y", VALUE_TYPE },
	    { "P1Y1Y", VALUE_TYPE }, { "P-1Y", VALUE_TYPE },
	    { "+P1Y", VALUE_TYPE }, { "--P1Y", VALUE_TYPE },
	    { "P1H", VALUE_TYPE }, { "PT1D", VALUE_TYPE },
	    { "PT1S1M", VALUE_TYPE }, { "P1W", VALUE_TYPE },
	    { "P1.5D", VALUE_TYPE }, { "PT1.5M", VALUE_TYPE },
	    { "PT1.S", VALUE_TYPE }, { "PT.5S", VALUE_TYPE },
	    { "PT1,5S", VALUE_TYPE }, { "P1YT1ST1S", VALUE_TYPE },
	    { "p1y", VALUE_TYPE }, { "P1Y ", VALUE_TYPE });
	CHECK("{'name':'a','type':'duration','constraints':{'enum':['P1Y',"
	      "'P1D','-PT90M']}}",
	    { "P12M", VALUE_OK }, { "PT24H", VALUE_OK },
	    { "PT86400.0S", VALUE_OK }, { "-PT1H30M", VALUE_OK },
	    { "P365D", VALUE_ENUM }, { "PT90M", VALUE_ENUM },
	    { "-P1D", VALUE_ENUM });
}

static void
test_forms(void)
{
	CHECK("{'name':'a','type':'string','format':'email'}",
	    { "name@gmail.com", VALUE_OK },
	    { "a.b+c'd@sub.kpu.go.id", VALUE_OK }, { "a@b.c1", VALUE_OK },
	    { "a@b-c.id", VALUE_OK }, { "", VALUE_FORMAT },
	    { "@", VALUE_FORMAT }, { "string", VALUE_FORMAT },
	    { "@kpu.go.id", VALUE_FORMAT }, { "a@", VALUE_FORMAT },
	    { "a@localhost", VALUE_FORMAT }, { "a@b.", VALUE_FORMAT },
	    { "a@.b", VALUE_FORMAT }, { "a@b..c", VALUE_FORMAT },
	    { "a@-b.c", VALUE_FORMAT }, { "a@b-.c", VALUE_FORMAT },
	    { "a@127.0.0.1", VALUE_FORMAT }, { "a@[127.0.0.1]", VALUE_FORMAT },
	    { ".a@b.c", VALUE_FORMAT }, { "a.@b.c", VALUE_FORMAT },
	    { "a..b@b.c", VALUE_FORMAT }, { "a b@b.c", VALUE_FORMAT },
	    { "a@b@c.d", VALUE_FORMAT }, { "\"a\"@b.c", VALUE_FORMAT },
	    { "a@b.c ", VALUE_FORMAT }, { "\xc3\xa9@b.c", VALUE_FORMAT },
	    { "a@b_c.d", VALUE_FORMAT },
	    { "1234567890123456789012345678901234567890123456789012345678901234"
	      "@b.c",
		VALUE_OK },
	    { "1234567890123456789012345678901234567890123456789012345678901234"
	      "5"
	      "@b.c",
		VALUE_FORMAT },
	    { "a@"
	      "123456789012345678901234567890123456789012345678901234567890123"
	      ".c",
		VALUE_OK },
	    { "a@1234567890123456789012345678901234567890123456789012345678901"
	      "234.c",
		VALUE_FORMAT });
	CHECK("{'name':'a','type':'string','format':'uri'}",
	    { "http://google.com", VALUE_OK }, { "urn:uuid:x", VALUE_OK },
	    { "mailto:a@b.c", VALUE_OK }, { "file:///etc/passwd", VALUE_OK },
	    { "https://u:p@h:8443/a;b=c/%7e?q=[x", VALUE_FORMAT },
	    { "https://u:p@h:8443/a;b=c/%7e?q=x/?#f?", VALUE_OK },
	    { "http://[::1]:80/", VALUE_OK }, { "http://[::1]", VALUE_OK },
	    { "http://[::ffff:1.2.3.4]/", VALUE_OK }, { "a:", VALUE_OK },
	    { "HTTP://h", VALUE_OK }, { "httpx:", VALUE_OK },
	    { "", VALUE_FORMAT }, { ":", VALUE_FORMAT },
	    { "string", VALUE_FORMAT }, { "://no-scheme.test", VALUE_FORMAT },
	    { "1a:b", VALUE_FORMAT }, { "/a/b", VALUE_FORMAT },
	    { "http:", VALUE_FORMAT }, { "http:a", VALUE_FORMAT },
	    { "http://", VALUE_FORMAT }, { "https:///a", VALUE_FORMAT },
	    { "http://h:8x", VALUE_FORMAT }, { "http://h:80:90", VALUE_FORMAT },
	    { "http://[::1", VALUE_FORMAT }, { "http://[g::1]", VALUE_FORMAT },
	    { "http://[::1]x", VALUE_FORMAT }, { "http://[]", VALUE_FORMAT },
	    { "http://a@b@c", VALUE_FORMAT }, { "http://h/ a", VALUE_FORMAT },
	    { "http://h/%4", VALUE_FORMAT }, { "http://h/%", VALUE_FORMAT },
	    { "http://h/%zz", VALUE_FORMAT }, { "http://h/#a#b", VALUE_FORMAT },
	    { "http://h/\xc3\xa9", VALUE_FORMAT },
	    { "http://h/<a>", VALUE_FORMAT }, { "http://h/\\", VALUE_FORMAT });
	CHECK("{'name':'a','type':'string','format':'uuid','constraints':{"
	      "'pattern':'[0-9a-f-]*'}}",
	    { "0190a6f2-9e1c-7c3b-8f7e-0123456789ab", VALUE_OK },
	    { "0190A6F2-9e1c-7c3b-8f7e-0123456789ab", VALUE_PATTERN },
	    { "0190a6f29e1c7c3b8f7e0123456789ab", VALUE_FORMAT },
	    { "{0190a6f2-9e1c-7c3b-8f7e-0123456789ab}", VALUE_FORMAT },
	    { "0190a6f2-9e1c-7c3b-8f7e-0123456789ag", VALUE_FORMAT },
	    { "0190a6f2-9e1c-7c3b-8f7e-0123456789a", VALUE_FORMAT },
	    { "0190a6f2_9e1c-7c3b-8f7e-0123456789ab", VALUE_FORMAT },
	    { "", VALUE_FORMAT });
	CHECK("{'name':'a','type':'string','format':'email','constraints':{"
	      "'maxLength':8,'enum':['a@b.c','d@e.f']}}",
	    { "abcdefgh", VALUE_FORMAT }, { "abcd@e.fg", VALUE_MAX_LENGTH },
	    { "a@b.d", VALUE_ENUM }, { "d@e.f", VALUE_OK });
}

static void
test_exclusive(void)
{
	CHECK("{'name':'a','type':'integer','constraints':{"
	      "'exclusiveMinimum':0,'exclusiveMaximum':'17'}}",
	    { "0", VALUE_EXCLUSIVE_MINIMUM }, { "1", VALUE_OK },
	    { "-1", VALUE_EXCLUSIVE_MINIMUM }, { "16", VALUE_OK },
	    { "17", VALUE_EXCLUSIVE_MAXIMUM });
	CHECK("{'name':'a','type':'number','constraints':{"
	      "'exclusiveMinimum':'-0.5','maximum':2}}",
	    { "-0.5", VALUE_EXCLUSIVE_MINIMUM },
	    { "-0.50", VALUE_EXCLUSIVE_MINIMUM },
	    { "-0.499999999999999999", VALUE_OK }, { "2.0", VALUE_OK },
	    { "2.000000000000000001", VALUE_MAXIMUM });
	CHECK("{'name':'a','type':'date','constraints':{"
	      "'exclusiveMinimum':'2025-12-31',"
	      "'exclusiveMaximum':'2027-01-01'}}",
	    { "2025-12-31", VALUE_EXCLUSIVE_MINIMUM },
	    { "2026-01-01", VALUE_OK }, { "2026-12-31", VALUE_OK },
	    { "2027-01-01", VALUE_EXCLUSIVE_MAXIMUM });
	CHECK("{'name':'a','type':'datetime','constraints':{"
	      "'exclusiveMaximum':'2026-11-24T12:00:00+07:00'}}",
	    { "2026-11-24T05:00:00Z", VALUE_EXCLUSIVE_MAXIMUM },
	    { "2026-11-24T04:59:59.999999999Z", VALUE_OK });
}

static void
test_categories(void)
{
	CHECK("{'name':'a','type':'string','categories':['B','S','P'],"
	      "'categoriesOrdered':false}",
	    { "B", VALUE_OK }, { "P", VALUE_OK }, { "X", VALUE_CATEGORIES });
	CHECK("{'name':'a','type':'integer','categoriesOrdered':true,"
	      "'categories':[{'value':0,'label':'none'},{'value':'1'}]}",
	    { "0", VALUE_OK }, { "01", VALUE_OK }, { "2", VALUE_CATEGORIES },
	    { "x", VALUE_TYPE });
	CHECK("{'name':'a','type':'string','categories':[{'value':'B',"
	      "'label':'belum'},{'value':'S'}],'constraints':{"
	      "'required':true,'pattern':'[A-Z]'}}",
	    { "b", VALUE_PATTERN }, { "C", VALUE_CATEGORIES },
	    { "S", VALUE_OK });
}

int
main(void)
{
	test_clock();
	test_years();
	test_duration();
	test_forms();
	test_exclusive();
	test_categories();
	return TAP_DONE();
}
