/*
 * totals: what may be totalled, the one written form, strict reading, and the
 * first difference.
 */
#include "check/totals.h"

#include <stdlib.h>

#include "text/writer.h"
#include "tap.h"

static struct doc *
read_json(const char *json)
{
	char text[2048];
	struct doc *d = NULL;
	size_t i = 0;

	(void)snprintf(text, sizeof(text), "%s", json);
	for (i = 0; text[i] != '\0'; i++)
		if (text[i] == '\'')
			text[i] = '"';
	if (doc_parse(&d, text, strlen(text), NULL) != FAULT_NONE)
		printf("# not JSON: %s\n", text);
	return d;
}

static void
spec_is(const char *json, enum fault want, const char *clause)
{
	struct doc *fields = read_json("{'fields':["
				       "{'name':'nik','type':'string'},"
				       "{'name':'n','type':'integer'},"
				       "{'name':'x','type':'number'},"
				       "{'name':'d','type':'date'},"
				       "{'name':'t','type':'datetime'}]}");
	struct doc *d = read_json(json);
	struct schema *s = NULL;
	struct totals_spec spec;
	struct cause why = { 0 };

	printf("# %s\n", json);
	TAP_INT(schema_parse(&s, doc_root(fields), "S", NULL), FAULT_NONE);
	TAP_INT(totals_parse(&spec, doc_root(d), s, "T", &why), want);
	TAP_STR(why.clause, clause);
	if (want == FAULT_NONE && strstr(json, "'filled'") == NULL)
		TAP_INT(spec.n, node_count(doc_root(d)));
	if (want == FAULT_NONE && strstr(json, "'filled'") != NULL) {
		TAP_INT(spec.n, 6);
		TAP_INT(spec.spec[1].kind, TOTAL_FILLED);
		TAP_INT(spec.spec[1].column, 0);
		TAP_INT(spec.spec[5].column, 4);
	}
	schema_free(s);
	doc_free(d);
	doc_free(fields);
}

static void
test_spec(void)
{
	struct totals_spec spec;
	struct buf b = BUF_MAX(2000);
	int i = 0;

	spec_is("[]", FAULT_NONE, "");
	spec_is("['rows',{'count_by':'nik'},{'sum':'n'},{'sum':'x'},"
		"{'distinct':'nik'}]",
	    FAULT_NONE, "");
	spec_is("{}", FAULT_FORMAT, "T");
	spec_is("['row']", FAULT_FORMAT, "T[1]");
	spec_is("['rows',1]", FAULT_FORMAT, "T[2]");
	spec_is("[{'rows':true}]", FAULT_FORMAT, "T[1].rows");
	spec_is("[{'min':'d'},{'max':'d'},{'max':'t'}]", FAULT_NONE, "");
	spec_is("['rows','filled']", FAULT_NONE, "");
	spec_is("['rows',{'filled':'nik'},'filled']", FAULT_FORMAT, "T[3]");
	spec_is("['filled','filled']", FAULT_FORMAT, "T[2]");
	spec_is("['max']", FAULT_FORMAT, "T[1]");
	spec_is("[{'max':'n'}]", FAULT_FORMAT, "T[1].max");
	spec_is("[{'min':'nik'}]", FAULT_FORMAT, "T[1].min");
	spec_is("[{'median':'n'}]", FAULT_FORMAT, "T[1].median");
	spec_is("[{'filled':'no'}]", FAULT_FORMAT, "T[1].filled");
	spec_is("[{}]", FAULT_FORMAT, "T[1]");
	spec_is("[{'sum':'n','distinct':'n'}]", FAULT_FORMAT, "T[1]");
	spec_is("[{'sum':1}]", FAULT_FORMAT, "T[1].sum");
	spec_is("[{'sum':'nik'}]", FAULT_FORMAT, "T[1].sum");
	spec_is("[{'distinct':'no'}]", FAULT_FORMAT, "T[1].distinct");
	spec_is("['rows','rows']", FAULT_FORMAT, "T[2]");
	spec_is("[{'sum':'n'},{'sum':'n'}]", FAULT_FORMAT, "T[2]");
	TAP_INT(buf_puts(&b, "['rows'"), FAULT_NONE);
	for (i = 0; i < TOTALS_LISTED; i++)
		TAP_INT(buf_puts(&b, ",'rows'"), FAULT_NONE);
	TAP_INT(buf_puts(&b, "]"), FAULT_NONE);
	spec_is(buf_text(&b), FAULT_FORMAT, "T");
	buf_free(&b);
	TAP_INT(totals_parse(&spec, NULL, NULL, "T", NULL), FAULT_NONE);
	TAP_INT(spec.n, 0);
}

#define ROWS "{'rows':593000}"
#define BY                                                                    \
	"{'count_by':'status','values':{'':1,'BELUM':500475,'TERVERIFIKASI':" \
	"92524}}"
#define SUM "{'sum':'biaya','value':'-12.5'}"
#define DISTINCT "{'distinct':'nik','value':92524}"
#define EDGES                                                 \
	"{'min':'lahir','value':'1950-02-28'},"               \
	"{'max':'diubah','value':'2026-01-31T17:05:00.25Z'}," \
	"{'min':'diubah','value':null},{'filled':'nik','value':0}"
#define ALL "[" ROWS "," BY "," SUM "," DISTINCT "," EDGES "]"

static enum fault
read_totals(struct totals *out, const char *json, struct cause *why)
{
	struct doc *d = read_json(json);
	enum fault f = totals_read(out, doc_root(d), "C", why);

	doc_free(d);
	return f;
}

static void
test_round_trip(void)
{
	struct totals t;
	struct cause why = { 0 };
	struct writer *w = NULL;
	struct buf b = BUF_MAX(4096);
	char want[1024];
	size_t i = 0;

	TAP_INT(read_totals(&t, ALL, &why), FAULT_NONE);
	TAP_STR(why.clause, "");
	TAP_INT(t.n, 8);
	TAP_STR(t.total[0].value, "593000");
	TAP_OK(t.total[0].column == NULL);
	TAP_INT(t.total[1].n_groups, 3);
	TAP_STR(t.total[1].groups[2].value, "TERVERIFIKASI");
	TAP_INT(t.total[1].groups[2].count, 92524);
	TAP_STR(t.total[2].value, "-12.5");
	TAP_STR(t.total[3].column, "nik");
	TAP_STR(t.total[4].value, "1950-02-28");
	TAP_STR(t.total[6].value, "");
	TAP_INT(writer_new(&w, false), FAULT_NONE);
	writer_open(w, NULL, NODE_OBJECT);
	totals_write(w, "totals", &t);
	writer_close(w);
	TAP_INT(writer_finish(w, &b), FAULT_NONE);
	writer_free(w);
	(void)snprintf(want, sizeof(want), "{'totals':%s}", ALL);
	for (i = 0; want[i] != '\0'; i++)
		if (want[i] == '\'')
			want[i] = '"';
	TAP_STR(buf_text(&b), want);
	buf_free(&b);
	totals_free(&t);
	TAP_INT(t.n, 0);
	totals_free(&t);
	totals_free(NULL);
}

static void
refuse(const char *json, const char *clause)
{
	struct totals t;
	struct cause why = { 0 };

	printf("# %s\n", json);
	TAP_INT(read_totals(&t, json, &why), FAULT_FORMAT);
	TAP_STR(why.clause, clause);
	TAP_INT(t.n, 0);
	TAP_OK(t.total == NULL);
	totals_free(&t);
}

static void
test_strict(void)
{
	static const char *const sums[] = { "", "-", "-0", "00", "01", "+1",
		"1.", ".5", "1.0", "1.50", "0.0", "-0.0", "1e5", "1 ", "1,5",
		"--1", "1.2.3", "-01.5" };
	static const char *const good[] = { "0", "1", "-1", "10", "0.5", "-0.5",
		"10.05" };
	struct totals t;
	char json[160];
	size_t i = 0;

	refuse("{}", "C");
	refuse("[1]", "C[1]");
	refuse("[{}]", "C[1].filled");
	refuse("[" ROWS ",{'rows':-1}]", "C[2].rows");
	refuse("[{'rows':'1'}]", "C[1].rows");
	refuse("[{'rows':1,'value':1}]", "C[1].value");
	refuse("[{'rows':1,'sum':'x'}]", "C[1].sum");
	refuse("[{'sum':'x'}]", "C[1].value");
	refuse("[{'sum':'x','value':1}]", "C[1].value");
	refuse("[{'distinct':'x','value':'1'}]", "C[1].value");
	refuse("[{'distinct':'x','value':-1}]", "C[1].distinct");
	refuse("[{'filled':'x','value':null}]", "C[1].value");
	refuse("[{'filled':'x','value':-1}]", "C[1].filled");
	refuse("[{'min':'x','value':1}]", "C[1].value");
	refuse("[{'min':'x'}]", "C[1].value");
	refuse("[{'min':'x','value':''}]", "C[1].min");
	refuse("[{'max':'x','value':'2026-02-29'}]", "C[1].max");
	refuse("[{'count_by':'x','values':{'b':1,'a':1}}]", "C[1].count_by");
	refuse("[{'count_by':'x','values':{'a':0}}]", "C[1].count_by");
	refuse("[{'count_by':'x','values':{'a':'1'}}]", "C[1].count_by");
	refuse("[{'count_by':'x','values':[]}]", "C[1].values");
	for (i = 0; i < sizeof(sums) / sizeof(sums[0]); i++) {
		(void)snprintf(
		    json, sizeof(json), "[{'sum':'x','value':'%s'}]", sums[i]);
		refuse(json, "C[1].sum");
	}
	(void)snprintf(json, sizeof(json), "[{'sum':'x','value':'%080d'}]", 1);
	refuse(json, "C[1].sum");
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		(void)snprintf(
		    json, sizeof(json), "[{'sum':'x','value':'%s'}]", good[i]);
		TAP_INT(read_totals(&t, json, NULL), FAULT_NONE);
		totals_free(&t);
	}
	TAP_INT(totals_read(&t, NULL, "C", NULL), FAULT_FORMAT);
}

static void
differ(
    const char *want, const char *got, const char *column, const char *detail)
{
	struct totals a;
	struct totals b;
	struct cause why = { 0 };

	TAP_INT(read_totals(&a, want, NULL), FAULT_NONE);
	TAP_INT(read_totals(&b, got, NULL), FAULT_NONE);
	TAP_INT(totals_compare(&a, &b, &why), FAULT_TOTALS);
	TAP_STR(why.column, column);
	TAP_STR(why.detail, detail);
	TAP_OK(totals_compare(&a, &b, NULL) == FAULT_TOTALS);
	totals_free(&a);
	totals_free(&b);
}

static void
test_compare(void)
{
	struct totals a;
	struct totals b;
	struct cause why = { 0 };

	TAP_INT(read_totals(&a, ALL, NULL), FAULT_NONE);
	TAP_INT(read_totals(&b, ALL, NULL), FAULT_NONE);
	TAP_INT(totals_compare(&a, &b, &why), FAULT_NONE);
	TAP_INT(why.fault, FAULT_NONE);
	TAP_STR(why.column, "");
	totals_free(&a);
	totals_free(&b);
	differ("[{'rows':2}]", "[{'rows':3}]", "",
	    "total \"rows\" differs: 2 declared, 3 counted");
	differ("[{'rows':2}]", "[]", "", "1 totals declared, 0 counted");
	differ("[{'rows':2}]", "[{'distinct':'x','value':2}]", "",
	    "total 1 declared is not the one counted");
	differ("[{'distinct':'y','value':2}]", "[{'distinct':'x','value':2}]",
	    "", "total 1 declared is not the one counted");
	differ("[{'rows':1},{'sum':'x','value':'0.5'}]",
	    "[{'rows':1},{'sum':'x','value':'0.50001'}]", "x",
	    "total \"sum\" differs: 0.5 declared, 0.50001 counted");
	differ("[{'filled':'x','value':2}]", "[{'filled':'x','value':3}]", "x",
	    "total \"filled\" differs: 2 declared, 3 counted");
	/* Days are values of cells. */
	differ("[{'max':'x','value':'2026-01-01'}]",
	    "[{'max':'x','value':'2026-01-02'}]", "x", "total \"max\" differs");
	differ("[{'min':'x','value':null}]",
	    "[{'min':'x','value':'2026-01-02'}]", "x", "total \"min\" differs");
	/* The group's value is a cell's value: never shown. */
	differ("[{'count_by':'x','values':{'A':1,'B':2}}]",
	    "[{'count_by':'x','values':{'A':1,'B':3}}]", "x",
	    "\"count_by\" differs in group 2: 2 declared, 3 counted");
	differ("[{'count_by':'x','values':{'A':1,'B':2}}]",
	    "[{'count_by':'x','values':{'A':1,'C':2}}]", "x",
	    "\"count_by\" differs: group 2 of 2 declared is not group 2 of 2 "
	    "counted");
	differ("[{'count_by':'x','values':{'A':1,'B':2}}]",
	    "[{'count_by':'x','values':{'A':1}}]", "x",
	    "\"count_by\" differs: 2 groups declared, 1 counted");
}

int
main(void)
{
	test_spec();
	test_round_trip();
	test_strict();
	test_compare();
	return TAP_DONE();
}
