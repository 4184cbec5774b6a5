/*
 * listing: a line for every fault, in the order of the file, whoever found it;
 * bounded, and never a reason to stop the check.
 */
#include <stdlib.h>

#include "check/table.h"
#include "tap.h"

static const char people[] =
    "{\"fields\":["
    "{\"name\":\"id\",\"type\":\"integer\","
    "\"constraints\":{\"unique\":true,\"required\":true}},"
    "{\"name\":\"name\",\"type\":\"string\"},"
    "{\"name\":\"land\",\"type\":\"string\","
    "\"constraints\":{\"enum\":[\"MYS\",\"SAU\",\"a,b\",\"q\\\"q\"]}},"
    "{\"name\":\"fee\",\"type\":\"number\"}]}";

static const char alone[] =
    "{\"fields\":[{\"name\":\"x\",\"type\":\"string\"}]}";

/* Why a row is too short, most likely. */
#define FEWER                                                      \
	"; a value that holds a line break must stand in quotes, " \
	"and no line may be empty"

/* What a run is to be like, and what came of it. */
struct run {
	const char *schema;
	struct table_job job;
	uint64_t faults, warnings, listed;
	size_t n_causes;
};

static struct run
run_of(const char *schema)
{
	struct run r = { .schema = schema };

	r.job.dialect = (struct csv_dialect){ ',', '"', CSV_LF, false };
	r.job.file = "file.csv";
	r.job.max_faults = 1;
	r.job.threads = 3;
	return r;
}

static void
run_bytes(struct run *r, const char *text, size_t len)
{
	const struct source none = { NULL, NULL };
	const struct cause *causes = NULL;
	struct schema *schema = NULL;
	struct table *t = NULL;
	struct doc *doc = NULL;
	struct cause why;

	cause_clear(&why);
	if (doc_parse(&doc, r->schema, strlen(r->schema), NULL) != FAULT_NONE ||
	    schema_parse(&schema, doc_root(doc), "s", NULL) != FAULT_NONE)
		exit(1);
	r->job.schema = schema;
	if (table_new(&t, &r->job, NULL) != FAULT_NONE)
		exit(1);
	/* The fault of a table that gave up is told again at its end. */
	(void)!table_write(t, text, len, NULL);
	(void)!table_finish(t, none, &why);
	r->faults = table_faults(t);
	r->warnings = table_warnings(t);
	r->listed = table_listed(t);
	r->n_causes = table_causes(t, &causes);
	table_free(t);
	schema_free(schema);
	doc_free(doc);
}

#define RUN(r, text) run_bytes(r, text, sizeof(text) - 1)

#define HEAD "id,name,land,fee\n"

struct page {
	char text[4096];
	size_t len;
	size_t room; /* beyond it the sink fails */
	size_t calls;
};

static enum fault
page_write(void *self, const void *bytes, size_t len, struct cause *why)
{
	struct page *p = self;

	(void)why;
	p->calls++;
	if (p->len + len > p->room)
		return FAULT_NO_ROOM;
	memcpy(p->text + p->len, bytes, len);
	p->len += len;
	p->text[p->len] = '\0';
	return FAULT_NONE;
}

/* All faults, though only one is kept; keys come last. */
static void
test_listing(void)
{
	static struct page page = { "", 0, sizeof(page.text) - 1, 0 };
	struct run r = run_of(people);

	r.job.listing = (struct sink){ page_write, &page };
	r.job.max_listed = 100;
	RUN(&r,
	    HEAD "1,a,MYS,2\n1,a,ZZZ,two\n,b,MYS,2\n4,\"a\nb\",,q\n4,b\n"
		 "1,c,,\n");
	TAP_INT(r.n_causes, 1);
	TAP_INT(r.faults, 7);
	TAP_STR(page.text,
	    "file.csv,3,land,31,enum,402,error,"
	    "\"the value is not in the agreed list: MYS, SAU, a,b, q\"\"q\"\n"
	    "file.csv,3,fee,35,type,402,error,"
	    "the value is not of type number\n"
	    "file.csv,4,id,39,required,402,error,"
	    "a required value is missing\n"
	    "file.csv,5,fee,57,type,402,error,"
	    "the value is not of type number\n"
	    "file.csv,6,,59,columns,401,error,"
	    "\"the row has 2 fields, agreed are 4" FEWER "\"\n"
	    "file.csv,3,id,,unique,410,error,"
	    "the value must be unique and is the same as in row 2\n"
	    "file.csv,7,id,,unique,410,error,"
	    "the value must be unique and is the same as in row 2\n");
	/* No more than may be, and nothing after a sink failed. */
	page.len = 0;
	r.job.max_listed = 2;
	RUN(&r, HEAD "1,a,Z,t\n2,a,Z,t\n");
	TAP_INT(page.calls, 9);
	TAP_INT(r.faults, 4);
	page.room = page.len;
	page.calls = 0;
	r.job.max_listed = 100;
	RUN(&r, HEAD "1,a,Z,t\n2,a,Z,t\n");
	TAP_INT(page.calls, 1);
	TAP_INT(r.faults, 4);
	/* The header's cause, and a text that must be quoted. */
	page = (struct page){ "", 0, sizeof(page.text) - 1, 0 };
	RUN(&r, "id,land,name,fee\n1,MYS,a,2\n");
	TAP_STR(page.text,
	    "file.csv,1,name,,columns,401,error,\"columns are out of order: "
	    "column 2 is \"\"land\"\", agreed is \"\"name\"\"\"\n");
}

/* Every fault of a file of many blocks, in order, by many workers. */
struct order {
	uint64_t last, n, wrong;
};

static enum fault
order_write(void *self, const void *bytes, size_t len, struct cause *why)
{
	struct order *o = self;
	uint64_t row = strtoull((const char *)bytes + 9, NULL, 10);

	(void)why;
	(void)len;
	o->wrong += row != o->last + 1;
	o->last = row;
	o->n++;
	return FAULT_NONE;
}

static void
test_listing_big(void)
{
	const size_t rows = 300000;
	struct order order = { 1, 0, 0 };
	struct run r = run_of(alone);
	char *text = malloc(2 + rows * 3);
	size_t i = 0;

	if (text == NULL)
		exit(1);
	memcpy(text, "x\n", 2);
	/* Two fields where one is agreed: a fault a row. */
	for (i = 0; i < rows; i++)
		memcpy(text + 2 + 3 * i, "a,\n", 3);
	r.job.listing = (struct sink){ order_write, &order };
	r.job.max_listed = UINT64_MAX;
	run_bytes(&r, text, 2 + rows * 3);
	TAP_INT(r.faults, rows);
	TAP_INT(order.n, rows);
	TAP_INT(order.wrong, 0);
	free(text);
}

/* Warnings stand among the faults, and leave them half of the lines. */
static void
test_listing_warnings(void)
{
	static struct page page = { "", 0, sizeof(page.text) - 1, 0 };
	struct run r = run_of(people);

	r.job.listing = (struct sink){ page_write, &page };
	r.job.max_listed = 6;
	RUN(&r, HEAD "1,=a,Z,\n2,=a,Z,\n3,=a,,\n4,=a,,\n5,=a,Z,\n");
	TAP_INT(r.faults, 3);
	TAP_INT(r.warnings, 5);
	TAP_INT(r.listed, 6);
	TAP_OK(strncmp(page.text, "file.csv,2,name,19,formula,,warning,", 36) ==
	    0);
	TAP_OK(strstr(page.text, "file.csv,4,name") != NULL);
	TAP_OK(strstr(page.text, "file.csv,5,name") == NULL);
	TAP_OK(strstr(page.text, "file.csv,6,land") != NULL);
}

int
main(void)
{
	test_listing();
	test_listing_big();
	test_listing_warnings();
	return TAP_DONE();
}
