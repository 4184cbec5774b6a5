/*
 * moment: every day there is, both ways; and what the table engine finds as
 * first and last, and as filled, whatever the format and the threads.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/date.h"
#include "check/moment.h"
#include "check/table.h"
#include "tap.h"

/* All days of the years 1 to 9999 as dates, and noon of them as moments: what
 * date_read makes of a text is written as that text. */
static void
test_every_day(void)
{
	struct date_format date, time;
	char text[MOMENT_TEXT], again[MOMENT_TEXT];
	unsigned y = 0, m = 0, d = 0, days = 0, wrong = 0;
	value_wide key = 0;

	TAP_INT(date_format_parse(&date, "default", false, NULL), FAULT_NONE);
	TAP_INT(date_format_parse(&time, "default", true, NULL), FAULT_NONE);
	for (y = 1; y <= 9999; y++)
		for (m = 1; m <= 12; m++)
			for (d = 1; d <= 31; d++) {
				(void)snprintf(text, sizeof(text),
				    "%04u-%02u-%02u", y, m, d);
				if (date_read(&key, &date, text, 10) !=
				    VALUE_OK) {
					wrong += moment_ok(text);
					continue;
				}
				days++;
				moment_text(again, key, false);
				wrong += strcmp(text, again) != 0;
				(void)strcat(text, "T12:34:56Z");
				wrong += date_read(&key, &time, text, 20) !=
				    VALUE_OK;
				moment_text(again, key, true);
				wrong += strcmp(text, again) != 0;
				wrong += !moment_ok(text);
			}
	TAP_INT(days, 3652059);
	TAP_INT(wrong, 0);
}

static void
is(const char *cell, const char *want)
{
	struct date_format f;
	char text[MOMENT_TEXT] = "";
	value_wide key = 0;

	TAP_INT(date_format_parse(&f, "default", true, NULL), FAULT_NONE);
	TAP_INT(date_read(&key, &f, cell, strlen(cell)), VALUE_OK);
	moment_text(text, key, true);
	TAP_STR(text, want);
	TAP_OK(moment_ok(text));
}

static void
test_moments(void)
{
	static const char *const not [] = { "", "2026", "2026-1-31",
		"2026-02-29", "2026-13-01", "2026-00-01", "2026-01-00",
		"0000-01-01", "10000-01-01", "02026-01-01", "2026-01-31 ",
		"2026-01-31T", "2026-01-31T00:00Z", "2026-01-31T24:00:00Z",
		"2026-01-31T23:59:60Z", "2026-01-31T00:00:00",
		"2026-01-31T00:00:00+00:00", "2026-01-31T00:00:00.Z",
		"2026-01-31T00:00:00.0Z", "2026-01-31T00:00:00.10Z",
		"2026-01-31T00:00:00.1234567891Z", "2026-02-30T00:00:00Z",
		"0000-02-29T00:00:00Z", "2026-01-31t00:00:00z", "-026-01-31",
		"99999999-01-01T00:00:00Z" };
	size_t i = 0;

	is("2026-01-31T17:05:00Z", "2026-01-31T17:05:00Z");
	is("2026-02-01T00:05:00+07:00", "2026-01-31T17:05:00Z");
	is("2026-01-31T17:05:00.500Z", "2026-01-31T17:05:00.5Z");
	is("2026-01-31T17:05:00.000000001Z", "2026-01-31T17:05:00.000000001Z");
	is("0001-01-01T00:00:00+15:00", "0000-12-31T09:00:00Z");
	is("9999-12-31T23:59:59-15:00", "10000-01-01T14:59:59Z");
	is("2000-02-29T00:00:00Z", "2000-02-29T00:00:00Z");
	for (i = 0; i < sizeof(not ) / sizeof(not [0]); i++)
		if (moment_ok(not [i]))
			TAP_STR(not [i], "refused");
}

/* ---- through the engine ---- */

static const char schema_text[] =
    "{\"fields\":[{\"name\":\"id\",\"type\":\"string\","
    "\"constraints\":{\"unique\":true}},"
    "{\"name\":\"d\",\"type\":\"date\",\"format\":\"%d-%m-%Y\"},"
    "{\"name\":\"t\",\"type\":\"datetime\"},"
    "{\"name\":\"n\",\"type\":\"date\"}],"
    "\"missingValues\":[\"\",\"-\"]}";
static const char totals_text[] =
    "[\"rows\",{\"min\":\"d\"},{\"max\":\"d\"},{\"min\":\"t\"},"
    "{\"max\":\"t\"},{\"min\":\"n\"},{\"max\":\"n\"},\"filled\"]";

/* A file of many rows: "first" and "last" stand somewhere in the middle. */
static char *
many(size_t rows, size_t *len)
{
	char *text = malloc(rows * 64 + 64);
	size_t i = 0, n = 0;

	if (text == NULL)
		exit(1);
	n = (size_t)sprintf(text, "id,d,t,n\n");
	for (i = 0; i < rows; i++)
		n += (size_t)sprintf(text + n, "%zu,%s,%s,%s\n",
		    (i * 7919) % rows,
		    i == rows / 3       ? "09-12-1901"
			: i == rows / 2 ? "01-02-2031"
			: i % 5 == 0    ? "-"
					: "28-06-1999",
		    i == rows / 4       ? "2026-01-01T00:00:00+07:00"
			: i == rows / 5 ? "2026-02-01T00:00:00.25-01:00"
					: "2026-01-01T00:00:00Z",
		    i % 2 == 0 ? "" : "-");
	*len = n;
	return text;
}

static void
test_engine(unsigned threads)
{
	static const char *const want[] = { "30000", "1901-12-09", "2031-02-01",
		"2025-12-31T17:00:00Z", "2026-02-01T01:00:00.25Z", "", "",
		"30000", "24002", "30000", "0" };
	struct doc *fields = NULL, *list = NULL;
	struct schema *schema = NULL;
	static struct totals_spec spec;
	struct table_job job = { .dialect = { ',', '"', CSV_LF, false },
		.file = "f.csv",
		.clause = "d",
		.max_faults = 1,
		.threads = threads };
	struct source none = { NULL, NULL };
	struct totals got = { NULL, 0 };
	struct table *t = NULL;
	size_t len = 0, i = 0;
	char *text = many(30000, &len);

	if (doc_parse(&fields, schema_text, strlen(schema_text), NULL) !=
		FAULT_NONE ||
	    doc_parse(&list, totals_text, strlen(totals_text), NULL) !=
		FAULT_NONE ||
	    schema_parse(&schema, doc_root(fields), "s", NULL) != FAULT_NONE ||
	    totals_parse(&spec, doc_root(list), schema, "t", NULL) !=
		FAULT_NONE)
		exit(1);
	job.schema = schema;
	job.totals = &spec;
	TAP_INT(table_new(&t, &job, NULL), FAULT_NONE);
	TAP_INT(table_write(t, text, len, NULL), FAULT_NONE);
	TAP_INT(table_finish(t, none, NULL), FAULT_NONE);
	TAP_OK(table_keyed(t));
	table_totals(t, &got);
	TAP_INT(got.n, 11);
	for (i = 0; i < got.n && i < 11; i++)
		TAP_STR(got.total[i].value, want[i]);
	totals_free(&got);
	table_free(t);
	schema_free(schema);
	doc_free(fields);
	doc_free(list);
	free(text);
}

int
main(void)
{
	test_every_day();
	test_moments();
	test_engine(1);
	test_engine(3);
	return TAP_DONE();
}
