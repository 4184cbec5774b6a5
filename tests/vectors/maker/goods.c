/*
 * goods: a small table, counted by the engine that counts in the programs, so
 * that the totals in the vectors are those that a receiver must find.
 */
#include "goods.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chance.h"
#include "check/table.h"
#include "record/dataset.h"
#include "set.h"

/* Quotes, a break within quotes, a missing value, other scripts. */
const char goods_table[] = "id;nama;tanggal;status;nilai\n"
			   "00000001;CONTOH SATU;01-02-1980;A;10\n"
			   "00000002;\"CONTOH; DUA\";;B;-7\n"
			   "00000003;\"CONTOH \"\"TIGA\"\"\nBARIS\";"
			   "29-02-2000;A;\n"
			   "00000004;\xc3\x89MILE;31-12-1999;A;1000\n"
			   "00000005;CONTOH SATU;01-02-1980;B;0\n";

_Static_assert(sizeof(goods_table) - 1 == 212, "GOODS_BYTES");

/* What the engine finds in a table; a table that it refuses has no totals. */
static void
count(struct contents_file *file, const struct paper *paper,
    const struct text *table)
{
	const struct dataset *d = paper->dataset;
	struct table_job job = { .schema = d->schema,
		.dialect = dataset_staged_dialect(d),
		.totals = &d->totals,
		.rules = d->rules,
		.file = file->name,
		.clause = d->clause,
		.max_rows = d->max_rows,
		.max_faults = 1,
		.threads = 1 };
	struct source none = { NULL, NULL };
	struct table *t = NULL;

	file->bytes = table->len;
	set_must(hash_bytes_text(file->sha256, table->at, table->len), "hash");
	set_must(table_new(&t, &job, NULL), "table");
	set_must(table_write(t, table->at, table->len, NULL), "table");
	set_must(table_finish(t, none, NULL), "table");
	file->rows = table_rows(t);
	table_totals(t, &file->totals);
	table_warned(t, &file->warnings);
	file->keyed = table_keyed(t);
	table_free(t);
}

struct contents *
goods_count(const struct paper *paper, const char *label, const char *name,
    const struct text *table)
{
	struct contents *c = NULL;

	chance_label(label);
	set_must(contents_new(&c, 1), label);
	(void)snprintf(c->file[0].name, sizeof(c->file[0].name), "%s", name);
	count(&c->file[0], paper, table);
	return c;
}

void
goods_add(struct contents *c, const struct paper *paper, const char *name,
    const struct text *table)
{
	struct contents_file *more =
	    reallocarray(c->file, c->n + 1, sizeof(*more));

	if (more == NULL)
		set_stop("no memory");
	c->file = more;
	memset(&more[c->n], 0, sizeof(*more));
	(void)snprintf(more[c->n].name, sizeof(more->name), "%s", name);
	count(&more[c->n], paper, table);
	c->n++;
}

/* 64 of them. */
#define ZEROS                              \
	"00000000000000000000000000000000" \
	"00000000000000000000000000000000"
#define MEMBER100                                  \
	"a123456789b123456789c123456789d123456789" \
	"e123456789f123456789g123456789h123456789" \
	"i123456789j12345.csv"

static const struct change goods_changes[] = {
	{ "plain", 0, "own", TEXT("{"), TEXT("{"), "as it should be" },
	{ "no-totals", 0, "own",
	    TEXT("[{\"rows\":5},{\"count_by\":\"status\",\"values\":"
		 "{\"A\":3,\"B\":2}},{\"sum\":\"nilai\",\"value\":\"1003\"},"
		 "{\"distinct\":\"nama\",\"value\":4}]"),
	    TEXT("[]"), "no totals agreed" },
	{ "no-groups", 0, "own", TEXT("{\"A\":3,\"B\":2}"), TEXT("{}"),
	    "no groups" },
	{ "missing-group", 0, "own", TEXT("{\"A\":3,\"B\":2}"),
	    TEXT("{\"\":2,\"A\":3}"), "records without a value" },
	{ "odd-groups", 0, "own", TEXT("{\"A\":3,\"B\":2}"),
	    TEXT("{\"\\u0001\":1,\"\\t\":1,\"\\n\":1,\"\\r\":1,\" \":1,"
		 "\"\\\"\":1,\"/\":1,\"A\":1,\"\\\\\":1,\"a\":1,\"\\u007f\":1,"
		 "\"\\u0080\":1,\"\xc3\xa9\":1,\"\\u200b\":1,\"\\u2028\":1,"
		 "\"\\u202e\":1,\"\\ufeff\":1,\"\xf0\x9f\x93\xa6\":1,"
		 "\"\\udb40\\udc41\":1}"),
	    "every kind of escape, in the order of the bytes" },
	{ "sum-fraction", 0, "own", TEXT("\"1003\""), TEXT("\"-0.25\""),
	    "a sum with a fraction" },
	{ "sum-long", 0, "own", TEXT("\"1003\""),
	    TEXT("\"12345678901234567890123456789.123456789\""),
	    "a sum beyond 64 bits" },
	{ "largest", 0, "own", TEXT("\"warnings\":[]"),
	    TEXT("\"warnings\":[{\"column\":\"nik\",\"rule\":"
		 "\"nik_serial\",\"count\":9007199254740991}]"),
	    "2^53 - 1" },
	{ "warnings", 0, "own", TEXT("\"warnings\":[]"),
	    TEXT("\"warnings\":[{\"column\":\"\",\"rule\":"
		 "\"at_least_one\",\"count\":3},{\"column\":\"nik\","
		 "\"rule\":\"nik_date\",\"count\":1},{\"column\":\"nik\","
		 "\"rule\":\"nik_serial\",\"count\":2}]"),
	    "warnings, in order" },
	{ "edges", 0, "own", TEXT("{\"sum\":\"nilai\",\"value\":\"1003\"}"),
	    TEXT("{\"min\":\"tanggal\",\"value\":\"1980-02-01\"},"
		 "{\"max\":\"tanggal\",\"value\":\"2026-01-31T17:00:00.5Z\"},"
		 "{\"min\":\"nama\",\"value\":null},"
		 "{\"filled\":\"tanggal\",\"value\":4}"),
	    "first and last day or moment, none, and how many there are" },
	{ "no-keys", 0, "own", TEXT("\"extent\":\"file\""),
	    TEXT("\"extent\":\"none\""), "no key was agreed" },
	{ "longest-name", 0, "own", TEXT("\"" GOODS_NAME "\""),
	    TEXT("\"" MEMBER100 "\""), "a name of 100 bytes" },

	/* the one form */
	{ "no-newline", 5, NULL, TEXT("}]}\n"), TEXT("}]}"),
	    "no newline at the end" },
	{ "newline-more", 5, NULL, TEXT("}]}\n"), TEXT("}]}\n\n"),
	    "a second newline" },
	{ "crlf", 5, NULL, TEXT("}]}\n"), TEXT("}]}\r\n"), "CR LF" },
	{ "blank", 5, NULL, TEXT(",\"files\""), TEXT(", \"files\""),
	    "a blank" },
	{ "order", 5, NULL,
	    TEXT("\"name\":\"" GOODS_NAME "\",\"bytes\":" GOODS_BYTES),
	    TEXT("\"bytes\":" GOODS_BYTES ",\"name\":\"" GOODS_NAME "\""),
	    "members in another order" },
	{ "escape-needless", 5, NULL, TEXT("\"A\":3"), TEXT("\"\\u0041\":3"),
	    "an escape that need not be" },
	{ "escape-missing", 5, NULL, TEXT("\"A\":3"),
	    TEXT("\"A\xe2\x80\xae\":3"), "an escape that must be" },
	{ "escape-upper", 5, NULL, TEXT("\"A\":3"), TEXT("\"A\\u202E\":3"),
	    "capitals in an escape" },
	{ "escape-slash", 5, NULL, TEXT("\"A\":3"), TEXT("\"A\\/\":3"),
	    "an escaped slash" },
	{ "escape-b", 5, NULL, TEXT("\"A\":3"), TEXT("\"A\\b\":3"),
	    "a short escape that is not used" },
	{ "groups-order", 5, NULL, TEXT("{\"A\":3,\"B\":2}"),
	    TEXT("{\"B\":2,\"A\":3}"), "groups in another order" },
	{ "groups-twice", 5, NULL, TEXT("{\"A\":3,\"B\":2}"),
	    TEXT("{\"A\":3,\"A\":2}"), "a group twice" },
	{ "group-of-none", 5, NULL, TEXT("{\"A\":3,\"B\":2}"),
	    TEXT("{\"A\":3,\"B\":0}"), "a group of no record" },
	{ "warnings-order", 5, NULL, TEXT("\"warnings\":[]"),
	    TEXT("\"warnings\":[{\"column\":\"nik\",\"rule\":"
		 "\"nik_serial\",\"count\":2},{\"column\":\"nik\","
		 "\"rule\":\"nik_date\",\"count\":1}]"),
	    "warnings in another order" },
	{ "warnings-twice", 5, NULL, TEXT("\"warnings\":[]"),
	    TEXT("\"warnings\":[{\"column\":\"nik\",\"rule\":"
		 "\"nik_date\",\"count\":2},{\"column\":\"nik\","
		 "\"rule\":\"nik_date\",\"count\":1}]"),
	    "a warning twice" },
	{ "warnings-none", 5, NULL, TEXT("\"warnings\":[]"),
	    TEXT("\"warnings\":[{\"column\":\"nik\",\"rule\":"
		 "\"nik_date\",\"count\":0}]"),
	    "a warning that was never given" },
	{ "warnings-number", 5, NULL, TEXT("\"warnings\":[]"),
	    TEXT("\"warnings\":0"), "warnings as a number" },
	{ "sum-plus", 5, NULL, TEXT("\"1003\""), TEXT("\"+1003\""),
	    "a plus sign" },
	{ "sum-zeros", 5, NULL, TEXT("\"1003\""), TEXT("\"1003.0\""),
	    "zeros at the end of a sum" },
	{ "sum-leading", 5, NULL, TEXT("\"1003\""), TEXT("\"01003\""),
	    "a zero before a sum" },
	{ "sum-exponent", 5, NULL, TEXT("\"1003\""), TEXT("\"1.003e3\""),
	    "an exponent" },
	{ "sum-minus-zero", 5, NULL, TEXT("\"1003\""), TEXT("\"-0\""),
	    "minus zero" },
	{ "sum-number", 5, NULL, TEXT("\"1003\""), TEXT("1003"),
	    "a sum that is no text" },

	{ "edge-format", 5, NULL,
	    TEXT("{\"sum\":\"nilai\",\"value\":\"1003\"}"),
	    TEXT("{\"min\":\"tanggal\",\"value\":\"01-02-1980\"}"),
	    "a day in the form of the column" },
	{ "edge-no-day", 5, NULL,
	    TEXT("{\"sum\":\"nilai\",\"value\":\"1003\"}"),
	    TEXT("{\"min\":\"tanggal\",\"value\":\"2026-02-29\"}"),
	    "a day that is none" },
	{ "edge-zone", 5, NULL, TEXT("{\"sum\":\"nilai\",\"value\":\"1003\"}"),
	    TEXT("{\"max\":\"tanggal\",\"value\":"
		 "\"2026-02-01T00:00:00+07:00\"}"),
	    "a moment with another zone" },
	{ "edge-zeros", 5, NULL, TEXT("{\"sum\":\"nilai\",\"value\":\"1003\"}"),
	    TEXT("{\"max\":\"tanggal\",\"value\":"
		 "\"2026-01-31T17:00:00.50Z\"}"),
	    "a zero at the end of a fraction" },

	/* members */
	{ "unknown", 5, NULL, TEXT("\"warnings\":[]"),
	    TEXT("\"warnings\":[],\"note\":\"x\""), "an unknown member" },
	{ "missing", 5, NULL, TEXT(",\"warnings\":[]"), TEXT(""),
	    "no warnings" },
	{ "format", 5, NULL, TEXT("serahterima-contents/1"),
	    TEXT("serahterima-contents/2"), "a later version" },
	{ "salt-short", 5, NULL, TEXT("\"salt\":\""), TEXT("\"salt\":\"a"),
	    "a salt of 33 digits" },
	{ "no-files", 5, NULL, TEXT("\"files\":[{"),
	    TEXT("\"files\":[],\"x\":[{"), "no files" },
	{ "bytes-negative", 5, NULL, TEXT("\"bytes\":" GOODS_BYTES),
	    TEXT("\"bytes\":-1"), "a negative size" },
	{ "bytes-real", 5, NULL, TEXT("\"bytes\":" GOODS_BYTES),
	    TEXT("\"bytes\":212.0"), "a size with a fraction" },
	{ "bytes-large", 5, NULL, TEXT("\"bytes\":" GOODS_BYTES),
	    TEXT("\"bytes\":9007199254740992"), "2^53" },
	{ "hash-upper", 5, NULL, TEXT("\"sha256\":\""), TEXT("\"sha256\":\"A"),
	    "not 64 hex digits" },
	{ "total-unknown", 5, NULL, TEXT("\"distinct\":\"nama\""),
	    TEXT("\"median\":\"nama\""), "an unknown total" },
	{ "extent-unknown", 5, NULL, TEXT("\"extent\":\"file\""),
	    TEXT("\"extent\":\"parcel\""), "an extent that is not checked" },
	{ "extent-missing", 5, NULL, TEXT("\"extent\":\"file\","), TEXT(""),
	    "no extent" },
	{ "total-text", 5, NULL, TEXT("{\"rows\":5}"), TEXT("{\"rows\":\"5\"}"),
	    "a count as text" },

	/* names that must not become files */
	{ "name-climbs", 5, NULL, TEXT("\"" GOODS_NAME "\""),
	    TEXT("\"../" GOODS_NAME "\""), "a name that climbs out" },
	{ "name-path", 5, NULL, TEXT("\"" GOODS_NAME "\""),
	    TEXT("\"a/" GOODS_NAME "\""), "a name in a directory" },
	{ "name-hidden", 5, NULL, TEXT("\"" GOODS_NAME "\""),
	    TEXT("\"." GOODS_NAME "\""), "a hidden name" },
	{ "name-option", 5, NULL, TEXT("\"" GOODS_NAME "\""),
	    TEXT("\"-" GOODS_NAME "\""), "a name like an option" },
	{ "name-dot", 5, NULL, TEXT("\"" GOODS_NAME "\""),
	    TEXT("\"" GOODS_NAME ".\""), "a full stop at the end" },
	{ "name-blank", 5, NULL, TEXT("\"" GOODS_NAME "\""),
	    TEXT("\"warga 1.csv\""), "a blank" },
	{ "name-device", 5, NULL, TEXT("\"" GOODS_NAME "\""),
	    TEXT("\"Con.csv\""), "the name of a device" },
	{ "name-long", 5, NULL, TEXT("\"" GOODS_NAME "\""),
	    TEXT("\"" MEMBER100 "x\""), "a name of 101 bytes" },
	{ "name-ours", 5, NULL, TEXT("\"" GOODS_NAME "\""),
	    TEXT("\"manifest.json\""), "the name of a file of ours" },
	{ "name-ours-capitals", 5, NULL, TEXT("\"" GOODS_NAME "\""),
	    TEXT("\"Contents.JSON\""), "the same in capitals" },
	{ "name-twice", 5, NULL, TEXT("}]}\n"),
	    TEXT(
		"},{\"name\":\"" GOODS_NAME "\",\"bytes\":0,\"sha256\":\"" ZEROS
		"\",\"rows\":0,\"totals\":[],\"extent\":\"none\","
		"\"warnings\":[]}]}\n"),
	    "a name twice" },
};

void
goods_put(const struct paper *paper)
{
	const struct text table = { goods_table, strlen(goods_table) };
	struct contents *c = goods_count(paper, "contents", GOODS_NAME, &table);
	struct buf good = BUF_MAX(SET_DOCUMENT), text = BUF_MAX(SET_DOCUMENT);
	char path[128];

	set_must(contents_format(&good, c), "contents");
	for (size_t i = 0; i < sizeof(goods_changes) / sizeof(goods_changes[0]);
	     i++) {
		const struct change *change = &goods_changes[i];

		set_change(&text, &good, &change->from, &change->to);
		(void)snprintf(
		    path, sizeof(path), "contents/%s.json", change->name);
		set_buf(path, &text);
		set_change_row(path, "contents", change);
	}
	goods_add(c, paper, "lain.csv", &table);
	text.len = 0;
	set_must(contents_format(&text, c), "contents");
	set_buf("contents/two-files.json", &text);
	set_row(&(struct set_row){ "contents/two-files.json", "contents", "0",
	    "own", NULL, "two files" });
	contents_free(c);
	buf_free(&good);
	buf_free(&text);
}
