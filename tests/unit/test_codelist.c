/*
 * codelist: which files are lists, which codes they have, and cells of a table
 * held against them.
 */
#include <stdlib.h>

#include "check/set.h"
#include "check/table.h"
#include "tap.h"

#define PLAIN                                             \
	{                                                 \
		"x", { ',', '"', CSV_LF, false }, NULL, 0 \
	}

static struct codelist *
list(const char *id, const char *text)
{
	struct codelist_file file = PLAIN;
	struct codelist *l = NULL;
	struct cause why;

	cause_clear(&why);
	file.id = id;
	file.bytes = text;
	file.len = strlen(text);
	TAP_INT(codelist_parse(&l, &file, &why), FAULT_NONE);
	return l;
}

static void
refuse(const char *text, size_t len, uint64_t row)
{
	struct codelist_file file = PLAIN;
	struct codelist *l = NULL;
	struct cause why;

	cause_clear(&why);
	printf("# %s\n", text);
	file.bytes = text;
	file.len = len;
	TAP_INT(codelist_parse(&l, &file, &why), FAULT_FORMAT);
	TAP_OK(l == NULL);
	TAP_INT(why.row, row);
	TAP_OK(strstr(why.detail, "list x") != NULL);
}

#define REFUSE(text, row) refuse(text, sizeof(text) - 1, row)

static void
test_refused(void)
{
	REFUSE("", 0);
	REFUSE("\xef\xbb\xbfkode\n1\n", 0);
	REFUSE("kode\n\xff\n", 0);
	REFUSE("kode,kode\n1,2\n", 1);
	REFUSE("kode,nama\n1\n", 2);
	REFUSE("kode\n1,2\n", 2);
	REFUSE("kode\r\n1\r\n", 1);
	REFUSE("kode\n\"1\n", 2);
	REFUSE("kode\n1\"\n", 2);
	REFUSE("kode\n1\n\n\0", 4);
}

static bool
has(const struct set *s, const char *text)
{
	return set_find(s, text, strlen(text)) != SIZE_MAX;
}

static void
test_taken(void)
{
	struct codelist *l = list("iso",
	    "alpha3,nama,\"a,b\"\nIDN,Indonesia,\nMYS,\"Kuala \"\"L\"\"\",x\n"
	    "SAU,,x\nIDN,\"\",\"\"");
	struct set *s = NULL;

	TAP_OK(codelist_has(l, "nama") && codelist_has(l, "a,b"));
	TAP_OK(!codelist_has(l, "Nama") && !codelist_has(l, ""));
	TAP_INT(codelist_set(&s, l, "alpha3"), FAULT_NONE);
	TAP_OK(has(s, "IDN") && has(s, "MYS") && has(s, "SAU"));
	TAP_OK(!has(s, "idn") && !has(s, "ID") && !has(s, "") &&
	    !has(s, "alpha3"));
	set_free(s);
	TAP_INT(codelist_set(&s, l, "nama"), FAULT_NONE);
	TAP_OK(has(s, "Kuala \"L\"") && has(s, "Indonesia") && !has(s, ""));
	set_free(s);
	TAP_INT(codelist_set(&s, l, "a,b"), FAULT_NONE);
	TAP_OK(has(s, "x"));
	set_free(s);
	TAP_INT(codelist_set(&s, l, "kode"), FAULT_ABSENT);
	TAP_OK(s == NULL);
	codelist_free(l);
	l = list("empty", "kode\n");
	TAP_INT(codelist_set(&s, l, "kode"), FAULT_ABSENT);
	codelist_free(l);
	codelist_free(NULL);
	codelists_free(NULL);
}

/* Real lists have quotes in names, marks, and carriage returns. */
static void
test_dialects(void)
{
	static const char text[] = "\xef\xbb\xbfkode;nama\r\n"
				   "1;Soka\"an\r\n2;\"\r\n";
	struct codelist_file file = { "x", { ';', 0, CSV_CRLF, true }, text,
		sizeof(text) - 1 };
	struct codelist *l = NULL;
	struct set *s = NULL;

	TAP_INT(codelist_parse(&l, &file, NULL), FAULT_NONE);
	TAP_INT(codelist_set(&s, l, "nama"), FAULT_NONE);
	TAP_OK(has(s, "Soka\"an") && has(s, "\"") && !has(s, ""));
	set_free(s);
	TAP_INT(codelist_set(&s, l, "kode"), FAULT_NONE);
	TAP_OK(has(s, "1") && has(s, "2"));
	set_free(s);
	codelist_free(l);
	file.len = 3;
	TAP_INT(codelist_parse(&l, &file, NULL), FAULT_FORMAT);
	file.len = 2;
	TAP_INT(codelist_parse(&l, &file, NULL), FAULT_FORMAT);
	file.bytes = text + 3;
	file.len = sizeof(text) - 4;
	TAP_INT(codelist_parse(&l, &file, NULL), FAULT_FORMAT);
}

/* As many records as may be, and one more. */
static void
test_long(void)
{
	struct buf b = BUF_MAX(LIMIT_CODE_LIST);
	struct codelist_file file = PLAIN;
	struct codelist *l = NULL;
	struct set *s = NULL;

	TAP_INT(buf_puts(&b, "kode\n"), FAULT_NONE);
	for (int i = 0; i < CODELIST_RECORDS_MAX; i++)
		if (buf_putf(&b, "%06d\n", i) != FAULT_NONE)
			abort();
	file.bytes = b.data;
	file.len = b.len;
	TAP_INT(codelist_parse(&l, &file, NULL), FAULT_NONE);
	TAP_INT(codelist_set(&s, l, "kode"), FAULT_NONE);
	TAP_OK(has(s, "000000") && has(s, "199999") && !has(s, "200000"));
	set_free(s);
	codelist_free(l);
	TAP_INT(buf_puts(&b, "x\n"), FAULT_NONE);
	file.bytes = b.data;
	file.len = b.len;
	TAP_INT(codelist_parse(&l, &file, NULL), FAULT_FORMAT);
	buf_free(&b);
}

/* ---- tables ---- */

static const char json[] =
    "{\"fields\":[{\"name\":\"a\",\"type\":\"string\"},{\"name\":\"negara\","
    "\"type\":\"string\",\"constraints\":{\"pattern\":\"[A-Z]+\"}},"
    "{\"name\":\"desa\",\"type\":\"string\"}],"
    "\"missingValues\":[\"\",\"-\"],\"foreignKeys\":["
    "{\"fields\":[\"desa\"],\"reference\":{\"resource\":\"list:desa\","
    "\"fields\":[\"kode\"]}},{\"fields\":\"negara\",\"reference\":{"
    "\"resource\":\"list:iso\",\"fields\":\"alpha3\"}}]}";

static struct schema *
schema(void)
{
	struct schema *s = NULL;
	struct doc *d = NULL;

	if (doc_parse(&d, json, strlen(json), NULL) != FAULT_NONE ||
	    schema_parse(&s, doc_root(d), "S", NULL) != FAULT_NONE)
		abort();
	doc_free(d);
	return s;
}

/* How many faults; the first is left in *why. */
static uint64_t
run(const char *file, unsigned threads, struct cause *why)
{
	struct codelists lists = { { NULL }, 2 };
	struct schema *s = schema();
	struct table_job job = { .schema = s,
		.dialect = { ',', '"', CSV_LF, false },
		.lists = &lists,
		.file = "f.csv",
		.clause = "d",
		.max_faults = 8,
		.threads = threads };
	struct source none = { NULL, NULL };
	struct table *t = NULL;
	uint64_t faults = 0;

	lists.list[0] = list("iso", "alpha3,nama\nIDN,x\nMYS,y\n");
	lists.list[1] =
	    list("desa", "nama,kode\nA,11.01.01.2001\nB,\"b\"\"\"\n");
	cause_clear(why);
	TAP_INT(table_new(&t, &job, why), FAULT_NONE);
	/* The table has what it needs. */
	codelists_free(&lists);
	(void)!table_write(t, file, strlen(file), why);
	(void)!table_finish(t, none, why);
	faults = table_faults(t);
	table_free(t);
	schema_free(s);
	return faults;
}

static void
test_table(void)
{
	struct cause why;

	for (unsigned threads = 1; threads <= 2; threads++) {
		TAP_INT(run("a,negara,desa\n1,IDN,11.01.01.2001\n2,MYS,-\n"
			    "3,,\n4,\"IDN\",\"b\"\"\"\n",
			    threads, &why),
		    0);
		TAP_INT(run("a,negara,desa\n1,IDN,-\n2,SAU,-\n3,IDN,x\n",
			    threads, &why),
		    2);
		TAP_INT(why.fault, FAULT_VALUE);
		TAP_INT(why.row, 3);
		TAP_STR(why.column, "negara");
		TAP_STR(why.rule, "foreignKey");
		TAP_STR(why.clause, "d.schema.foreignKeys");
		TAP_OK(strstr(why.detail, "list iso") != NULL);
		TAP_OK(strstr(why.detail, "SAU") == NULL);
		/* A value that breaks another rule is named by that. */
		TAP_INT(run("a,negara,desa\n1,idn,-\n", threads, &why), 1);
		TAP_STR(why.rule, "pattern");
		TAP_INT(
		    run("a,negara,desa\n1,,11.01.01.2001 \n", threads, &why),
		    1);
		TAP_STR(why.column, "desa");
		TAP_OK(strstr(why.detail, "list desa") != NULL);
	}
}

/* No row is looked at without the list, or without its column. */
static void
test_absent(void)
{
	struct codelists lists = { { NULL }, 0 };
	struct schema *s = schema();
	struct table_job job = { .schema = s,
		.dialect = { ',', '"', CSV_LF, false },
		.file = "f.csv" };
	struct table *t = NULL;
	struct cause why;

	cause_clear(&why);
	TAP_INT(table_new(&t, &job, &why), FAULT_CONF);
	TAP_OK(t == NULL && strstr(why.detail, "desa") != NULL);
	job.lists = &lists;
	lists.list[lists.n++] = list("desa", "kode\n1\n");
	TAP_INT(table_new(&t, &job, &why), FAULT_CONF);
	TAP_OK(t == NULL && strstr(why.detail, "iso") != NULL);
	lists.list[lists.n++] = list("iso", "alpha2\nID\n");
	TAP_INT(table_new(&t, &job, &why), FAULT_CONF);
	TAP_OK(t == NULL && strstr(why.detail, "alpha3") != NULL);
	codelists_free(&lists);
	schema_free(s);
}

int
main(void)
{
	test_refused();
	test_taken();
	test_dialects();
	test_long();
	test_table();
	test_absent();
	return TAP_DONE();
}
