/*
 * sample: what is made passes the very check, for every data set of every
 * example and for every kind of column; the same seed gives the same bytes; the
 * list of faults is exactly what the check finds; what cannot be made is said.
 */
#include "check/sample.h"

#include <stdlib.h>

#include "base/limits.h"
#include "check/language.h"
#include "check/pattern.h"
#include "check/table.h"
#include "tap.h"

#define ROWS 400

struct setting {
	struct doc *doc;
	struct doc *rules_doc;
	struct rules *rules;
	struct schema *schema;
	struct sample_job job;
};

static void
setting_free(struct setting *s)
{
	rules_free(s->rules);
	schema_free(s->schema);
	doc_free(s->rules_doc);
	doc_free(s->doc);
}

/* A schema written with ' for ", and a dialect. */
static bool
setting_make(struct setting *s, const char *json, char delimiter, char quote)
{
	char text[4096];
	struct cause why;
	size_t i = 0;

	memset(s, 0, sizeof(*s));
	cause_clear(&why);
	(void)snprintf(text, sizeof(text), "%s", json);
	for (i = 0; text[i] != '\0'; i++)
		if (text[i] == '\'')
			text[i] = '"';
	if (doc_parse(&s->doc, text, strlen(text), &why) != FAULT_NONE ||
	    schema_parse(&s->schema, doc_root(s->doc), "S", &why) !=
		FAULT_NONE) {
		printf("# %s: %s\n", why.clause, why.detail);
		return false;
	}
	s->job.node = doc_root(s->doc);
	s->job.schema = s->schema;
	s->job.dialect.delimiter = delimiter;
	s->job.dialect.quote = quote;
	s->job.where = "S";
	s->job.rows = ROWS;
	s->job.seed = 7;
	return true;
}

static bool
setting_rules(struct setting *s, const char *json)
{
	char text[1024];
	struct cause why;
	size_t i = 0;

	cause_clear(&why);
	(void)snprintf(text, sizeof(text), "%s", json);
	for (i = 0; text[i] != '\0'; i++)
		if (text[i] == '\'')
			text[i] = '"';
	if (doc_parse(&s->rules_doc, text, strlen(text), &why) != FAULT_NONE ||
	    rules_parse(&s->rules, doc_root(s->rules_doc), s->schema, "R",
		&why) != FAULT_NONE) {
		printf("# %s: %s\n", why.clause, why.detail);
		return false;
	}
	s->job.rules_node = doc_root(s->rules_doc);
	s->job.rules = s->rules;
	return true;
}

static bool
write_all(struct sample *s, uint64_t rows, struct buf *out)
{
	struct cause why;
	uint64_t i = 0;
	enum fault f = FAULT_NONE;

	cause_clear(&why);
	f = sample_header(s, out, &why);
	for (i = 0; f == FAULT_NONE && i < rows; i++)
		f = sample_row(s, i, out, &why);
	if (f != FAULT_NONE)
		printf(
		    "# row %ju %s: %s\n", (uintmax_t)i, why.column, why.detail);
	return f == FAULT_NONE;
}

/* Whether two lists hold the same, in any order within a row. */
static bool
same_faults(const struct setting *set, const struct sample *s,
    const struct cause *found, size_t n)
{
	const struct sample_fault *want = NULL;
	size_t n_want = sample_faults(s, &want), i = 0, j = 0;

	for (i = 0; i < n_want; i++) {
		const char *name = want[i].column == SIZE_MAX
		    ? ""
		    : schema_name(set->schema, want[i].column);

		for (j = 0; j < n; j++)
			if (found[j].row == want[i].row &&
			    strcmp(found[j].column, name) == 0 &&
			    strcmp(found[j].rule, want[i].rule) == 0)
				break;
		if (j == n)
			printf("# not found: row %ju %s %s\n",
			    (uintmax_t)want[i].row, name, want[i].rule);
		if (j == n)
			return false;
	}
	for (i = n_want; i < n; i++)
		printf("# of %zu: row %ju %s %s\n", n, (uintmax_t)found[i].row,
		    found[i].column, found[i].rule);
	return n_want == n;
}

/* Makes it, and holds it against the table engine. */
static void
judge(struct setting *set, bool faults)
{
	struct buf first = BUF_MAX(64 * MIB), second = BUF_MAX(64 * MIB);
	struct table_job job = { .schema = set->schema,
		.rules = set->job.rules,
		.dialect = set->job.dialect,
		.file = "x.csv",
		.max_faults = 100,
		.threads = 1 };
	struct source none = { NULL, NULL };
	const struct cause *found = NULL;
	struct sample *s = NULL, *again = NULL;
	struct table *t = NULL;
	struct cause why;
	size_t n = 0;

	cause_clear(&why);
	set->job.faults = faults;
	TAP_INT(sample_new(&s, &set->job, &why), FAULT_NONE);
	if (s == NULL) {
		printf("# %s: %s\n", why.clause, why.detail);
		return;
	}
	TAP_INT(sample_new(&again, &set->job, &why), FAULT_NONE);
	TAP_OK(write_all(s, set->job.rows, &first));
	TAP_OK(again != NULL && write_all(again, set->job.rows, &second));
	TAP_STR(buf_text(&first), buf_text(&second));
	TAP_INT(table_new(&t, &job, &why), FAULT_NONE);
	TAP_INT(table_write(t, first.data, first.len, &why), FAULT_NONE);
	TAP_OK((table_finish(t, none, &why) == FAULT_NONE) != faults);
	TAP_INT(table_rows(t), set->job.rows);
	n = table_causes(t, &found);
	if (n > 0 && !faults)
		printf("# row %ju column %s rule %s\n", (uintmax_t)found[0].row,
		    found[0].column, found[0].rule);
	TAP_OK(same_faults(set, s, found, n));
	table_free(t);
	sample_free(s);
	sample_free(again);
	buf_free(&first);
	buf_free(&second);
}

static void
test_columns(void)
{
	static const char *const fields[] = {
		"'type':'string'",
		"'type':'string','constraints':{'minLength':3,'maxLength':5}",
		"'type':'string','constraints':{'unique':true,'maxLength':8}",
		"'type':'string','constraints':{'unique':true}",
		"'type':'string','constraints':{'minLength':200,"
		"'maxLength':210}",
		"'type':'string','constraints':{'pattern':'^[0-9]{16}$'}",
		"'type':'string','constraints':{'pattern':"
		"'^[A-Z]{1,2}[0-9]{6,7}$','unique':true}",
		"'type':'string','constraints':{'pattern':"
		"'(19|20)[0-9]{2}/(I|II|IV)','required':true}",
		"'type':'string','constraints':{'enum':['A','B',' ; x']}",
		"'type':'string','format':'email'",
		"'type':'string','format':'uri'",
		"'type':'string','format':'uuid','constraints':"
		"{'unique':true}",
		"'type':'string','categories':[{'value':'1','label':'satu'}]",
		"'type':'integer'",
		"'type':'integer','constraints':{'minimum':-5,'maximum':-1}",
		"'type':'integer','constraints':{'unique':true,"
		"'minimum':100}",
		"'type':'integer','groupChar':'.','constraints':"
		"{'minimum':'1.000','maximum':2000}",
		"'type':'integer','constraints':{'enum':[3,'7']}",
		"'type':'integer','constraints':{'exclusiveMinimum':1,"
		"'exclusiveMaximum':3}",
		"'type':'number','decimalChar':',','constraints':"
		"{'minimum':'0,5','maximum':'9,25'}",
		"'type':'boolean'",
		"'type':'boolean','trueValues':['Y'],'falseValues':['T'],"
		"'constraints':{'enum':['Y']}",
		"'type':'date','format':'%d-%m-%Y','constraints':"
		"{'unique':true,'minimum':'01-01-2027'}",
		"'type':'date','constraints':{'maximum':'1949-05-01',"
		"'required':true}",
		"'type':'datetime','constraints':{'minimum':"
		"'2026-01-01T00:00:00+07:00'}",
		"'type':'datetime','format':'%Y-%m-%d %H:%M'",
		"'type':'time'",
		"'type':'time','format':'%H.%M','constraints':"
		"{'maximum':'09.30'}",
		"'type':'year','constraints':{'minimum':1990}",
		"'type':'yearmonth','constraints':{'minimum':'2026-11'}",
		"'type':'duration'",
	};
	struct setting set;
	char json[1024];
	size_t i = 0;

	/* Of the first, free text, nothing can be wrong. */
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		memset(&set, 0, sizeof(set));
		printf("# %s\n", fields[i]);
		(void)snprintf(json, sizeof(json),
		    "{'fields':[{'name':'a',%s},{'name':'b;','type':'string'}],"
		    "'missingValues':['','-']}",
		    fields[i]);
		if (setting_make(&set, json, ';', '"'))
			judge(&set, false);
		setting_free(&set);
		memset(&set, 0, sizeof(set));
		if (i > 0 && setting_make(&set, json, ';', '"'))
			judge(&set, true);
		setting_free(&set);
	}
	/* No quotes, so no delimiter in a cell; no empty text. */
	if (setting_make(&set,
		"{'fields':[{'name':'a','type':'string','constraints':"
		"{'pattern':'[A-Z|]{1,4}'}},{'name':'b','type':'string'}],"
		"'missingValues':['-']}",
		'|', 0))
		judge(&set, false);
	setting_free(&set);
	/* A line with nothing on it is no row. */
	if (setting_make(
		&set, "{'fields':[{'name':'a','type':'integer'}]}", ';', '"'))
		judge(&set, false);
	setting_free(&set);
}

static void
test_keys(void)
{
	static const char *const schemas[] = {
		"{'fields':[{'name':'a','type':'string','constraints':"
		"{'pattern':'[0-9]{2}'}},{'name':'b','type':'string',"
		"'constraints':{'enum':['x','y','z','u','v']}}],"
		"'primaryKey':['a','b']}",
		"{'fields':[{'name':'a','type':'string','constraints':"
		"{'unique':true,'pattern':'[0-9]{4}'}},{'name':'b',"
		"'type':'string'}],'primaryKey':['a']}",
		"{'fields':[{'name':'a','type':'date'},{'name':'b',"
		"'type':'integer'},{'name':'c','type':'string'}],"
		"'primaryKey':['a','b'],'uniqueKeys':[['b','c'],['c']]}",
	};
	struct setting set;
	size_t i = 0;

	for (i = 0; i < sizeof(schemas) / sizeof(schemas[0]); i++) {
		printf("# %s\n", schemas[i]);
		if (!setting_make(&set, schemas[i], ',', '"')) {
			TAP_SKIP("not in this version");
			setting_free(&set);
			continue;
		}
		judge(&set, false);
		judge(&set, true);
		setting_free(&set);
	}
}

#define PEOPLE                                                               \
	"{'fields':[{'name':'nik','type':'string','constraints':{'unique':"  \
	"true}},{'name':'paspor','type':'string'},{'name':'berangkat',"      \
	"'type':'date','format':'%d-%m-%Y'},{'name':'pulang','type':'date'," \
	"'format':'%d-%m-%Y'},{'name':'skema','type':'string','constraints'" \
	":{'enum':['A','B']}},{'name':'nama','type':'string'},{'name':"      \
	"'asal','type':'string'},{'name':'asal2','type':'string'}]}"

/* Rows that keep the rules across columns, and some that break one each. */
static void
test_rules(void)
{
	static const char *const rules[] = {
		"[{'not_before':['pulang','berangkat']}]",
		"[{'at_least_one':['paspor','nama']}]",
		"[{'required_when':{'column':'nama','when':'skema',"
		"'is':['A']}}]",
		"[{'equal':['asal','asal2']}]",
		"[{'nik':'nik'},{'passport':'paspor'},{'area_code':'asal'}]",
		"[{'not_before':['pulang','berangkat']},{'at_least_one':"
		"['paspor','nama']},{'equal':['asal','asal2']},{'passport':"
		"'paspor'}]",
	};
	struct setting set;
	size_t i = 0, k = 0;

	for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		printf("# %s\n", rules[i]);
		for (k = 0; k < 2; k++) {
			TAP_OK(setting_make(&set, PEOPLE, ';', '"') &&
			    setting_rules(&set, rules[i]));
			judge(&set, k == 1);
			setting_free(&set);
		}
	}
	/* No region is 88: then no sample is better than a live number. */
	if (setting_make(&set, PEOPLE, ';', '"') &&
	    setting_rules(&set, "[{'nik':'nik','level':'error'}]")) {
		struct buf out = BUF_MAX(MIB);
		struct sample *s = NULL;
		struct cause why;

		cause_clear(&why);
		TAP_INT(sample_new(&s, &set.job, &why), FAULT_NONE);
		TAP_INT(sample_row(s, 0, &out, &why), FAULT_FORMAT);
		TAP_STR(why.detail,
		    "no row was found that keeps rule 1, nik_province");
		sample_free(s);
		buf_free(&out);
	}
	setting_free(&set);
}

static void
test_refused(void)
{
	static const struct {
		const char *field;
		const char *clause;
		const char *said;
	} wrong[] = {
		{ "'type':'string','constraints':{'pattern':'(a)\\\\1'}",
		    "S.fields[a]", "byte 4" },
		{ "'type':'string','constraints':{'pattern':'(?=b)a'}",
		    "S.fields[a]", "no value was found" },
		{ "'type':'string','constraints':{'unique':true,"
		  "'pattern':'[0-9]{2}'}",
		    "S.unique", "only 100 different values for 400" },
		{ "'type':'string','constraints':{'pattern':"
		  "'[a-z]{600}','maxLength':600}",
		    "S.fields[a]", "no value was found" },
	};
	struct setting set;
	struct sample *s = NULL;
	struct cause why;
	char json[1024];
	size_t i = 0;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		printf("# %s\n", wrong[i].field);
		(void)snprintf(json, sizeof(json),
		    "{'fields':[{'name':'a',%s}]}", wrong[i].field);
		cause_clear(&why);
		TAP_OK(setting_make(&set, json, ';', '"'));
		TAP_INT(sample_new(&s, &set.job, &why), FAULT_FORMAT);
		TAP_STR(why.clause, wrong[i].clause);
		TAP_OK(strstr(why.detail, wrong[i].said) != NULL);
		printf("# %s\n", why.detail);
		TAP_OK(s == NULL);
		setting_free(&set);
	}
	cause_clear(&why);
	TAP_OK(setting_make(
	    &set, "{'fields':[{'name':'a','type':'string'}]}", ';', '"'));
	set.job.faults = true;
	set.job.rows = 2;
	TAP_INT(sample_new(&s, &set.job, &why), FAULT_USAGE);
	setting_free(&set);
}

/* Whatever is made from an expression matches it, when look-around and anchors
 * do not matter; forms count right and ascend. */
static void
test_language(void)
{
	static const char *const regexes[] = { "^[0-9]{16}$", "a|b|", "(?:ab)+",
		"(?<x>[A-F]{2})-\\d{3}", "[^;]{1,10}", "\\w+\\s\\w*", ".{0,20}",
		"[[:alpha:]]{2}[[:digit:]]*", "\\p{L}{3}\\p{Nd}?", "é[ü-]",
		"\\x41\\x{e9}\\.", "[\\d.-]{4}?", "((a|bc){2,3}d)*e++", "\\Q",
		"[]a]{3}", "a{2", "(?i)abc[x-z]", "^\\A(x|^y)\\z$",
		"[+-]?[0-9]", "\\+62[0-9]{8,12}", "(((a*)*)*)*",
		"[\\w.]+@[\\w.]+\\.id" };
	struct buf a = BUF_MAX(4096), b = BUF_MAX(4096);
	struct mould *m = calloc(1, sizeof(*m));
	struct language *l = NULL;
	struct pattern *p = NULL;
	struct cause why;
	size_t i = 0, k = 0, bad = 0;

	for (i = 0; m != NULL && i < sizeof(regexes) / sizeof(regexes[0]);
	     i++) {
		struct chance chance = { i };

		cause_clear(&why);
		if (pattern_new(&p, regexes[i], &why) != FAULT_NONE)
			continue;
		printf("# %s\n", regexes[i]);
		TAP_INT(language_new(&l, regexes[i], &why),
		    strcmp(regexes[i], "\\Q") == 0 ? FAULT_FORMAT : FAULT_NONE);
		for (k = 0, bad = 0; l != NULL && k < 500; k++) {
			a.len = 0;
			if (!language_any(l, &chance, m))
				continue;
			if (k % 2 == 0)
				mould_tame(m);
			bad += mould_write_any(m, &chance, &a) != FAULT_NONE;
			bad += !pattern_match(p, buf_text(&a), a.len);
		}
		TAP_INT(bad, 0);
		if (l != NULL && language_fixed(l, 0, 1, m)) {
			for (k = 0, bad = 0; k < 100 && k < mould_count(m);
			     k++) {
				b.len = 0;
				bad += mould_write(m, k, &b) != FAULT_NONE;
				bad += k > 0 &&
				    strcmp(buf_text(&a), buf_text(&b)) >= 0;
				a.len = 0;
				bad += buf_put(&a, b.data, b.len) != FAULT_NONE;
			}
			TAP_INT(bad, 0);
		}
		language_free(l);
		pattern_free(p);
		l = NULL;
	}
	free(m);
	buf_free(&a);
	buf_free(&b);
}

/* Not one that could be somebody's: 88 before, 9 at its serial number. */
static void
test_nik(void)
{
	struct buf out = BUF_MAX(MIB);
	struct setting set;
	struct sample *s = NULL;
	struct cause why;
	const char *at = NULL;
	size_t bad = 0;

	cause_clear(&why);
	TAP_OK(setting_make(&set,
	    "{'fields':[{'name':'nik','type':'string','constraints':"
	    "{'unique':true,'pattern':'[0-9]{16}'}},{'name':'no_kk','type':"
	    "'string','constraints':{'required':true,'pattern':"
	    "'\\\\d{16}'}}]}",
	    ';', '"'));
	TAP_INT(sample_new(&s, &set.job, &why), FAULT_NONE);
	TAP_OK(s != NULL && write_all(s, ROWS, &out));
	at = strchr(buf_text(&out), '\n') + 1;
	for (; *at != '\0'; at += 34)
		bad += strncmp(at, "88", 2) != 0 || at[12] != '9' ||
		    strncmp(at + 17, "88", 2) != 0 || at[29] != '9' ||
		    at[33] != '\n';
	TAP_INT(bad, 0);
	sample_free(s);
	setting_free(&set);
	buf_free(&out);
}

int
main(void)
{
	test_columns();
	test_keys();
	test_rules();
	test_refused();
	test_language();
	test_nik();
	return TAP_DONE();
}
