/*
 * schema: what is taken, what is refused and with which clause, missing values,
 * keys, and the check of one value.
 */
#include "check/schema.h"

#include <stdlib.h>

#include "base/limits.h"
#include "tap.h"

static enum fault
make(struct schema **out, const char *json, struct cause *why)
{
	char text[2048];
	struct doc *d = NULL;
	size_t i = 0;
	enum fault f = FAULT_NONE;

	*out = NULL;
	(void)snprintf(text, sizeof(text), "%s", json);
	for (i = 0; text[i] != '\0'; i++)
		if (text[i] == '\'')
			text[i] = '"';
	if ((f = doc_parse(&d, text, strlen(text), why)) != FAULT_NONE)
		return f;
	f = schema_parse(out, doc_root(d), "S", why);
	doc_free(d);
	return f;
}

static void
refuse(const char *json, const char *clause)
{
	struct schema *s = NULL;
	struct cause why = { 0 };

	printf("# %s\n", json);
	TAP_INT(make(&s, json, &why), FAULT_FORMAT);
	TAP_STR(why.clause, clause);
	TAP_OK(why.detail[0] != '\0');
	TAP_OK(s == NULL);
	schema_free(s);
}

#define ID "{'name':'id','type':'integer'}"
#define TITLE "{'name':'title','type':'string'}"

static void
test_refused(void)
{
	refuse("[]", "S");
	refuse("{}", "S.fields");
	refuse("{'fields':{}}", "S.fields");
	refuse("{'fields':[]}", "S.fields");
	refuse("{'fields':[1]}", "S.fields[1]");
	refuse("{'fields':[" ID ",{'type':'string'}]}", "S.fields[2].name");
	refuse("{'fields':[" ID "],'foreignKeys':[]}", "S.foreignKeys");
	refuse("{'fields':[" ID "],'uniqueKeys':[]}", "S.uniqueKeys");
	refuse("{'fields':[" ID "],'uniqueKeys':['id']}", "S.uniqueKeys[1]");
	refuse("{'fields':[" ID "],'uniqueKeys':[[]]}", "S.uniqueKeys[1]");
	refuse("{'fields':[" ID "],'uniqueKeys':[['ID']]}", "S.uniqueKeys[1]");
	refuse("{'fields':[" ID "],'uniqueKeys':[['id'],['id']]}",
	    "S.uniqueKeys[2]");
	refuse("{'fields':[" ID "," TITLE "],'uniqueKeys':[['title'],"
	       "['title','id'],['id','title']]}",
	    "S.uniqueKeys[3]");
	refuse("{'fields':[" ID "," TITLE "],'primaryKey':['id','title'],"
	       "'uniqueKeys':[['title','id']]}",
	    "S.uniqueKeys[1]");
	refuse("{'fields':[" ID "],'fieldsMatch':'subset'}", "S.fieldsMatch");
	refuse("{'fields':[" ID "],'fieldsMatch':[]}", "S.fieldsMatch");
	refuse("{'fields':[" ID "],'fieldsMatch':['exact','equal']}",
	    "S.fieldsMatch");
	refuse("{'fields':[" ID "],'fieldsMatch':true}", "S.fieldsMatch");
	refuse("{'fields':[{'name':'id','type':'integer','constraints':"
	       "{'jsonSchema':{}}}]}",
	    "S.fields[id].constraints.jsonSchema");
	refuse("{'fields':[" ID "," ID "]}", "S.fields[id].name");
	refuse("{'fields':[" ID ",{'name':'ID','type':'string'}]}",
	    "S.fields[ID].name");
	refuse("{'fields':[" ID "],'primaryKey':'no'}", "S.primaryKey");
	refuse("{'fields':[" ID "],'primaryKey':'ID'}", "S.primaryKey");
	refuse("{'fields':[" ID "],'primaryKey':1}", "S.primaryKey");
	refuse("{'fields':[" ID "],'primaryKey':[]}", "S.primaryKey");
	refuse("{'fields':[" ID "," TITLE "],'primaryKey':['id','id']}",
	    "S.primaryKey");
	refuse("{'fields':[" ID "," TITLE "],'primaryKey':['id',1]}",
	    "S.primaryKey");
	refuse("{'fields':[" ID "," TITLE "],'primaryKey':['id','titel']}",
	    "S.primaryKey");
	refuse("{'fields':[" ID "],'missingValues':'-'}", "S.missingValues");
	refuse("{'fields':[" ID "],'missingValues':[{'value':'-'}]}",
	    "S.missingValues");
	refuse(
	    "{'fields':[" ID "],'missingValues':['-','-']}", "S.missingValues");
}

#define FK(fields, resource, in)                                        \
	"{'fields':[" ID "," TITLE "],'foreignKeys':[{'fields':" fields \
	",'reference':{'resource':" resource ",'fields':" in "}}]}"

static void
test_foreign(void)
{
	static const char fields[] = "S.foreignKeys[1].fields";
	static const char resource[] = "S.foreignKeys[1].reference.resource";
	static const char in[] = "S.foreignKeys[1].reference.fields";
	const struct foreign *foreign = NULL;
	struct schema *s = NULL;
	struct cause why = { 0 };

	refuse("{'fields':[" ID "],'foreignKeys':[1]}", "S.foreignKeys[1]");
	refuse("{'fields':[" ID "],'foreignKeys':[{'fields':'id'}]}",
	    "S.foreignKeys[1].reference");
	refuse(FK("'title'", "''", "'id'"), resource);
	refuse(FK("'title'", "'cities'", "'id'"), resource);
	refuse(FK("'title'", "'list:'", "'id'"), resource);
	refuse(FK("'title'", "'list:../x'", "'id'"), resource);
	refuse(FK("'titel'", "'list:l'", "'id'"), fields);
	refuse(FK("['title','id']", "'list:l'", "['a','b']"), fields);
	refuse(FK("[]", "'list:l'", "'a'"), fields);
	refuse(FK("1", "'list:l'", "'a'"), fields);
	/* 03 and 3 are one number and two codes. */
	refuse(FK("'id'", "'list:l'", "'a'"), fields);
	refuse(FK("'title'", "'list:l'", "['a','b']"), in);
	refuse(FK("'title'", "'list:l'", "''"), in);
	refuse("{'fields':[" TITLE "],'foreignKeys':["
	       "{'fields':'title','reference':{'resource':'list:l',"
	       "'fields':'a'}},{'fields':'title','reference':{"
	       "'resource':'list:m','fields':'a'}}]}",
	    "S.foreignKeys[2].fields");
	TAP_INT(make(&s, FK("['title']", "'list:l-1'", "'kode'"), &why),
	    FAULT_NONE);
	TAP_STR(why.clause, "");
	TAP_INT(schema_foreign(s, &foreign), 1);
	TAP_INT(foreign[0].column, 1);
	TAP_STR(foreign[0].list, "l-1");
	TAP_STR(foreign[0].in, "kode");
	schema_free(s);
}

static void
test_taken(void)
{
	struct schema *s = NULL;
	struct cause why = { 0 };
	const size_t *key = NULL;

	TAP_INT(make(&s,
		    "{'fields':[" ID "," TITLE ",{'name':'Nama Ibu',"
		    "'type':'string'}],'primaryKey':['title','id']}",
		    &why),
	    FAULT_NONE);
	TAP_STR(why.clause, "");
	TAP_INT(schema_count(s), 3);
	TAP_STR(schema_name(s, 2), "Nama Ibu");
	TAP_STR(schema_type(s, 0), "integer");
	TAP_INT(schema_find(s, "title"), 1);
	TAP_OK(schema_find(s, "Title") == SIZE_MAX);
	TAP_OK(schema_find(s, "") == SIZE_MAX);
	TAP_INT(schema_key(s, &key), 2);
	TAP_INT(key[0], 1);
	TAP_INT(key[1], 0);
	/* Columns of the primary key are required. */
	TAP_OK(column_required(schema_column(s, 0)));
	TAP_OK(!column_required(schema_column(s, 2)));
	TAP_OK(schema_missing(s, "", 0));
	TAP_OK(!schema_missing(s, "-", 1));
	schema_free(s);
	TAP_INT(make(&s, "{'fields':[" ID "],'primaryKey':'id'}", &why),
	    FAULT_NONE);
	TAP_INT(schema_key(s, &key), 1);
	schema_free(s);
	TAP_INT(make(&s,
		    "{'fields':[" ID "," TITLE "],'fieldsMatch':['exact'],"
		    "'uniqueKeys':[['title'],['title','id']]}",
		    &why),
	    FAULT_NONE);
	TAP_INT(schema_unique_key(s, 0, &key), 1);
	TAP_INT(schema_unique_key(s, 1, &key), 2);
	TAP_INT(key[0], 1);
	TAP_INT(schema_unique_key(s, 2, &key), 0);
	/* Only a primary key requires. */
	TAP_OK(!column_required(schema_column(s, 1)));
	schema_free(s);
	TAP_INT(make(&s, "{'fields':[" ID "]}", &why), FAULT_NONE);
	TAP_INT(schema_key(s, &key), 0);
	schema_free(s);
	schema_free(NULL);
}

static void
test_missing(void)
{
	struct schema *s = NULL;

	TAP_INT(make(&s,
		    "{'fields':[" ID "],'missingValues':['','-','NA',"
		    "'tidak ada']}",
		    NULL),
	    FAULT_NONE);
	TAP_OK(schema_missing(s, "", 0));
	TAP_OK(schema_missing(s, "-", 1));
	TAP_OK(schema_missing(s, "NA", 2));
	TAP_OK(schema_missing(s, "tidak ada", 9));
	TAP_OK(!schema_missing(s, "na", 2));
	TAP_OK(!schema_missing(s, "tidak adaa", 10));
	schema_free(s);
	TAP_INT(make(&s, "{'fields':[" ID "],'missingValues':['NA']}", NULL),
	    FAULT_NONE);
	TAP_OK(!schema_missing(s, "", 0));
	TAP_OK(schema_missing(s, "NA", 2));
	schema_free(s);
	TAP_INT(make(&s, "{'fields':[" ID "],'missingValues':[]}", NULL),
	    FAULT_NONE);
	TAP_OK(!schema_missing(s, "", 0));
	TAP_OK(!schema_missing(s, "NA", 2));
	schema_free(s);
}

static void
test_check(void)
{
	struct schema *s = NULL;
	struct cause why = { 0 };

	TAP_INT(make(&s,
		    "{'fields':[{'name':'surat','type':'string','constraints':"
		    "{'required':true,'pattern':'^[0-9]+/KPU$'}},"
		    "{'name':'tanggal','type':'date'},"
		    "{'name':'bebas','type':'string'}],"
		    "'missingValues':['','-']}",
		    &why),
	    FAULT_NONE);
	TAP_INT(schema_check(s, 0, "12/KPU", &why), FAULT_NONE);
	TAP_STR(why.clause, "");
	TAP_INT(schema_check(s, 0, "rahasia", &why), FAULT_VALUE);
	TAP_STR(why.clause, "S.fields[surat].constraints.pattern");
	TAP_STR(why.rule, "pattern");
	TAP_STR(why.column, "surat");
	TAP_OK(strstr(why.detail, "rahasia") == NULL);
	cause_clear(&why);
	TAP_INT(schema_check(s, 0, NULL, &why), FAULT_VALUE);
	TAP_STR(why.rule, "required");
	TAP_INT(schema_check(s, 0, "", NULL), FAULT_VALUE);
	TAP_INT(schema_check(s, 0, "-", NULL), FAULT_VALUE);
	TAP_INT(schema_check(s, 1, NULL, NULL), FAULT_NONE);
	TAP_INT(schema_check(s, 1, "-", NULL), FAULT_NONE);
	TAP_INT(schema_check(s, 1, "2026-02-30", &why), FAULT_VALUE);
	TAP_STR(why.clause, "S.fields[tanggal].type");
	TAP_INT(schema_check(s, 1, "30-02-2026", &why), FAULT_VALUE);
	TAP_STR(why.clause, "S.fields[tanggal].format");
	/* A command line may hold anything. */
	TAP_INT(schema_check(s, 2,
		    "Stra\xdf"
		    "e",
		    &why),
	    FAULT_VALUE);
	schema_free(s);
}

/* A schema of n columns. */
static enum fault
make_wide(struct schema **out, size_t n)
{
	struct buf b = BUF_MAX(LIMIT_DOCUMENT);
	struct doc *d = NULL;
	enum fault f = buf_puts(&b, "{\"fields\":[");
	size_t i = 0;

	*out = NULL;
	for (i = 0; f == FAULT_NONE && i < n; i++)
		f = buf_putf(&b, "%s{\"name\":\"k%zu\",\"type\":\"string\"}",
		    i > 0 ? "," : "", i);
	if (f == FAULT_NONE)
		f = buf_puts(&b, "]}");
	if (f == FAULT_NONE)
		f = doc_parse(&d, b.data, b.len, NULL);
	if (f == FAULT_NONE)
		f = schema_parse(out, doc_root(d), "S", NULL);
	doc_free(d);
	buf_free(&b);
	return f;
}

static void
test_wide(void)
{
	struct schema *s = NULL;

	TAP_INT(make_wide(&s, LIMIT_CSV_COLUMNS), FAULT_NONE);
	TAP_INT(schema_count(s), LIMIT_CSV_COLUMNS);
	TAP_INT(schema_find(s, "k1599"), 1599);
	TAP_OK(schema_find(s, "k1600") == SIZE_MAX);
	schema_free(s);
	TAP_INT(make_wide(&s, LIMIT_CSV_COLUMNS + 1), FAULT_FORMAT);
	TAP_OK(s == NULL);
}

static void
test_names(void)
{
	char json[512];
	char name[160];
	struct schema *s = NULL;
	struct cause why = { 0 };

	memset(name, 'n', sizeof(name));
	name[129] = '\0';
	(void)snprintf(json, sizeof(json),
	    "{'fields':[{'name':'%s','type':'string'}]}", name);
	TAP_INT(make(&s, json, &why), FAULT_FORMAT);
	name[128] = '\0';
	(void)snprintf(json, sizeof(json),
	    "{'fields':[{'name':'%s','type':'string'}]}", name);
	TAP_INT(make(&s, json, NULL), FAULT_NONE);
	TAP_STR(schema_name(s, 0), name);
	schema_free(s);
	TAP_INT(make(&s,
		    "{'fields':[{'name':'Stra\xc3\x9f"
		    "e','type':'string'}]}",
		    NULL),
	    FAULT_NONE);
	TAP_INT(schema_find(s,
		    "Stra\xc3\x9f"
		    "e"),
	    0);
	schema_free(s);
}

int
main(void)
{
	test_refused();
	test_foreign();
	test_taken();
	test_missing();
	test_check();
	test_wide();
	test_names();
	return TAP_DONE();
}
