/*
 * sql: the whole script of a small table as it must be, and names and values
 * that would like to be something else.
 */
#include <stdlib.h>
#include <string.h>

#include "check/sql.h"
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

/* The script of one file of one table. */
static enum fault
script(struct buf *out, const char *schema_json, const char *totals_json,
    const struct csv_dialect *dialect)
{
	struct doc *fields = read_json(schema_json);
	struct doc *list = read_json(totals_json);
	struct schema *schema = NULL;
	struct totals totals;
	struct sql_file file = { "a.csv", &totals };
	struct sql_job job = { "warga", NULL, dialect, &file, 1 };
	enum fault f = FAULT_NONE;

	if (schema_parse(&schema, doc_root(fields), "s", NULL) != FAULT_NONE ||
	    totals_read(&totals, doc_root(list), "t", NULL) != FAULT_NONE)
		exit(1);
	job.schema = schema;
	f = sql_format(out, &job);
	totals_free(&totals);
	schema_free(schema);
	doc_free(fields);
	doc_free(list);
	return f;
}

static void
says(const struct buf *out, const char *text)
{
	bool found = strstr(buf_text(out), text) != NULL;

	TAP_OK(found);
	if (!found)
		printf("# not there: %s\n", text);
}

static void
says_not(const struct buf *out, const char *text)
{
	TAP_OK(strstr(buf_text(out), text) == NULL);
}

static void
test_whole(void)
{
	static const char want[] =
	    "BEGIN;\n"
	    "SET LOCAL standard_conforming_strings = on;\n"
	    "SET LOCAL timezone = 'UTC';\n"
	    "SET LOCAL client_min_messages = warning;\n\n"
	    "CREATE TABLE IF NOT EXISTS :\"table\" (\n"
	    "  \"nik\" text NOT NULL, -- string\n"
	    "  \"lahir\" date -- date\n"
	    ");\n\n"
	    "-- The cells as they were checked.\n"
	    "CREATE TEMP TABLE serahterima_in (\n"
	    "  \"nik\" text,\n"
	    "  \"lahir\" text\n"
	    ") ON COMMIT DROP;\n\n"
	    "-- What stands for no value left out.\n"
	    "CREATE TEMP VIEW serahterima_cells AS SELECT\n"
	    "  CASE WHEN \"nik\" IN ('', '-') THEN NULL ELSE \"nik\" END AS "
	    "\"nik\",\n"
	    "  CASE WHEN \"lahir\" IN ('', '-') THEN NULL ELSE \"lahir\" END "
	    "AS \"lahir\"\n"
	    "FROM serahterima_in;\n\n"
	    "-- Each column in its type.\n"
	    "CREATE TEMP VIEW serahterima_rows AS SELECT\n"
	    "  \"nik\" AS \"nik\",\n"
	    "  make_date(substr(\"lahir\", 7, 4)::int, substr(\"lahir\", 4, "
	    "2)::int, substr(\"lahir\", 1, 2)::int) AS \"lahir\"\n"
	    "FROM serahterima_cells;\n\n";
	static const char copy[] =
	    "\\copy serahterima_in FROM 'a.csv' WITH (FORMAT csv, HEADER "
	    "MATCH, DELIMITER ',', QUOTE '\"', ENCODING 'UTF8', "
	    "FORCE_NOT_NULL (\"nik\", \"lahir\"))\n";
	struct csv_dialect d = { .delimiter = ',', .quote = '"' };
	struct buf a = BUF_MAX(LIMIT_SQL), b = BUF_MAX(LIMIT_SQL);
	struct buf small = BUF_MAX(100);
	const char *schema =
	    "{'fields':[{'name':'nik','type':'string','constraints':"
	    "{'required':true}},{'name':'lahir','type':'date',"
	    "'format':'%d-%m-%Y'}],'missingValues':['','-']}";
	const char *totals = "[{'rows':3},{'max':'lahir','value':'2001-02-03'},"
			     "{'min':'lahir','value':null}]";

	TAP_INT(script(&a, schema, totals, &d), FAULT_NONE);
	says(&a, want);
	says(&a, copy);
	says(&a, "\n  (1, 'rows', NULL::text, '3'),");
	says(&a, "\n  (2, 'max', 'lahir', '2001-02-03'),");
	says(&a, "\n  (3, 'min', 'lahir', NULL))");
	says(&a, "\nCOMMIT;\n");
	TAP_INT(script(&b, schema, totals, &d), FAULT_NONE);
	TAP_STR(buf_text(&b), buf_text(&a));
	TAP_INT(script(&small, schema, totals, &d), FAULT_LARGER);
	buf_free(&a);
	buf_free(&b);
	buf_free(&small);
}

static void
test_hostile(void)
{
	struct csv_dialect d = { .delimiter = '\t', .quote = 0, .bom = true };
	struct buf b = BUF_MAX(LIMIT_SQL);

	TAP_INT(script(&b,
		    "{'fields':[{'name':'a\\\"); DROP TABLE x; --',"
		    "'type':'string'},{'name':'b:c','type':'string'},"
		    "{'name':'ctid','type':'number','decimalChar':',',"
		    "'groupChar':'\\u0027'}],'missingValues':['\\u0027']}",
		    "[{'count_by':'b:c','values':{'\\n\\\\! id':1,"
		    "'\\u0027); DROP':2,':x':3}},"
		    "{'sum':'ctid','value':'0'}]",
		    &d),
	    FAULT_NONE);
	says(&b, "\"a\"\"); DROP TABLE x; --\" text");
	says(&b, "\n  (E'\\x0a\\\\! id', 1::bigint),");
	says(&b, "\n  ('''); DROP', 2),");
	says(&b, "\n  (':x', 3)");
	says(&b, " IN ('''') THEN");
	says(&b, "HEADER, DELIMITER E'\\x09', QUOTE E'\\x01', ");
	says(&b, "\"serahterima_column_3\" numeric -- number\n");
	says(&b,
	    "replace(replace(\"serahterima_column_3\", '''', ''), ',', "
	    "'.')::numeric");
	/* Nothing begins a line that psql would obey. */
	says_not(&b, "\n\\!");
	says_not(&b, "\n\\\\");
	buf_free(&b);
}

int
main(void)
{
	test_whole();
	test_hostile();
	return TAP_DONE();
}
