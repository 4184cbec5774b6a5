/*
 * Lines, rows, values and addresses, long and many.
 */
#include <string.h>

#include "base/limits.h"
#include "bech32.h"
#include "envelope/header.h"
#include "shape.h"

#define KEY "RWTFKyMkwiDlXPY/q8Ji2T4B+jhkJW+F16RdGuUUVbGEpEs1AgmYU5VJ"
#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* ---- JSON ---- */

static void
json_blanks(struct buf *out, size_t n)
{
	shape_text(out, "[");
	shape_repeat(out, " ", n);
	shape_text(out, "]");
}

static void
json_numbers(struct buf *out, size_t n)
{
	shape_text(out, "[0");
	shape_repeat(out, ",12345", n);
	shape_text(out, "]");
}

static void
json_string(struct buf *out, size_t n)
{
	shape_text(out, "[\"");
	shape_repeat(out, "abcdefgh", n);
	shape_text(out, "\"]");
}

static void
json_escapes(struct buf *out, size_t n)
{
	shape_text(out, "[\"");
	shape_repeat(out, "\\n\\u202e\\ud83d\\ude00", n);
	shape_text(out, "\"]");
}

static void
json_keys(struct buf *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		shape_text(out, "%s\"m%zu\": %zu", i > 0 ? ", " : "{", i, i);
	shape_text(out, "}");
}

static void
json_nested(struct buf *out, size_t n)
{
	shape_text(out, "[");
	for (size_t i = 0; i < n; i++)
		shape_text(
		    out, "%s[[[[[[[[[[[[[[0]]]]]]]]]]]]]]", i > 0 ? "," : "");
	shape_text(out, "]");
}

/* ---- journal ---- */

static void
journal_members(struct buf *out, size_t n)
{
	shape_text(out,
	    "{\"n\":1,\"time\":\"2026-10-01T00:00:00Z\",\"event\":\"sealed\","
	    "\"subject\":\"PKS-1/lapor/KEMLU/17\",");
	for (size_t i = 0; i < n; i++)
		shape_text(out, "\"m%zu\":%zu,", i, i);
	shape_text(out, "\"manifest\":\"%s\",\"prev\":\"%s\"}", HASH, HASH);
}

/* ---- keys ---- */

static void
key_comment(struct buf *out, size_t n)
{
	shape_text(out, "untrusted comment: ");
	shape_repeat(out, "x", n);
	shape_text(out, "\n%s\n", KEY);
}

static void
key_lines(struct buf *out, size_t n)
{
	shape_text(out, "untrusted comment: x\n%s\n", KEY);
	shape_repeat(out, "\n", n);
}

static void
signature_comment(struct buf *out, size_t n)
{
	shape_text(out, "untrusted comment: x\nRUQ");
	shape_repeat(out, "A", 97);
	shape_text(out, "\ntrusted comment: ");
	shape_repeat(out, "x", n);
	shape_text(out, "\n");
	shape_repeat(out, "A", 86);
	shape_text(out, "==\n");
}

static void
identity_comments(struct buf *out, size_t n)
{
	shape_repeat(out, "# x\n\n", n);
}

/* ---- age's header ---- */

static void
header_end(struct buf *out)
{
	shape_text(out, "--- ");
	shape_repeat(out, "A", 43);
	shape_text(out, "\n");
}

static void
header_stanzas(struct buf *out, size_t n)
{
	shape_text(out, "age-encryption.org/v1\n");
	shape_repeat(out, "-> x y\n\n", n);
	header_end(out);
}

/* Each costs an agreement on a secret: the price of not saying to whom. */
static void
header_x25519(struct buf *out, size_t n)
{
	shape_text(out, "age-encryption.org/v1\n");
	shape_repeat(out,
	    "-> X25519 CQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
	    n);
	header_end(out);
}

/* Sealed to us, last of all. */
static void
header_opened(struct buf *out, size_t n)
{
	static const uint8_t file_key[FILE_KEY_LEN] = BECH32_FILE_KEY;
	struct recipient *to = calloc(n, sizeof(*to));
	struct identity *id = bech32_identity();

	FUZZ_HOLD(to != NULL && n > 0);
	for (size_t i = 0; i + 1 < n; i++)
		memcpy(to[i].key, &(uint8_t[]){ 9, (uint8_t)i }, 2);
	identity_recipient(id, &to[n - 1]);
	FUZZ_HOLD(header_format(out, file_key, to, n, NULL) == FAULT_NONE);
	identity_free(id);
	free(to);
}

static void
header_body(struct buf *out, size_t n)
{
	shape_text(out, "age-encryption.org/v1\n-> x\n");
	for (size_t i = 0; i < n; i++) {
		shape_repeat(out, "A", 64);
		shape_text(out, "\n");
	}
	shape_text(out, "\n");
	header_end(out);
}

static void
header_arguments(struct buf *out, size_t n)
{
	shape_text(out, "age-encryption.org/v1\n->");
	shape_repeat(out, " x", n);
	shape_text(out, "\n\n");
	header_end(out);
}

/* ---- CSV ---- */

static void
csv_start(struct buf *out, unsigned char dialect)
{
	const unsigned char head[2] = { dialect, 0x80 };

	shape_put(out, head, sizeof(head));
}

static void
csv_rows(struct buf *out, size_t n)
{
	csv_start(out, 0xe0);
	shape_repeat(out, "1,Siti,\"Jl. Merdeka, 17\",2000-01-01\n", n);
}

static void
csv_columns(struct buf *out, size_t n)
{
	csv_start(out, 0xe0);
	shape_repeat(out, "x,", n);
	shape_text(out, "x\n");
}

static void
csv_quotes(struct buf *out, size_t n)
{
	csv_start(out, 0xe0);
	shape_text(out, "\"");
	shape_repeat(out, "\"\"\n", n);
	shape_text(out, "\"\n");
}

static void
csv_open(struct buf *out, size_t n)
{
	csv_start(out, 0xe0);
	shape_text(out, "\"");
	shape_repeat(out, "x\n", n);
}

/* ---- what leaves of a source ---- */

static void
recode_wide(struct buf *out, size_t n)
{
	shape_put(out, "\002\200", 2);
	for (; n > 0; n--)
		shape_put(out, "\075\330\000\336", 4);
}

static void
recode_long(struct buf *out, size_t n)
{
	shape_put(out, "\000\200", 2);
	shape_repeat(out, "\xf0\x9f\x98\x80", n);
}

static void
project_rows(struct buf *out, size_t n)
{
	shape_put(out, "\003\200", 2);
	shape_text(out, "a,b\n");
	shape_repeat(out, "8801,x\n\"88\"\"02\",y\n", n);
}

static void
project_open(struct buf *out, size_t n)
{
	shape_put(out, "\002\200", 2);
	shape_text(out, "a,b\n1,\"");
	shape_repeat(out, "x\n", n);
}

static void
project_columns(struct buf *out, size_t n)
{
	shape_put(out, "\001\200", 2);
	shape_text(out, "a,");
	shape_repeat(out, "x,", n);
	shape_text(out, "b\n");
}

/* ---- schema ---- */

static void
schema_fields(struct buf *out, size_t n)
{
	shape_text(out, "{\"fields\": [");
	for (size_t i = 0; i < n; i++)
		shape_text(out, "%s{\"name\": \"k%zu\", \"type\": \"integer\"}",
		    i > 0 ? ", " : "", i);
	shape_text(out, "]}");
}

static void
schema_key(struct buf *out, size_t n)
{
	schema_fields(out, n);
	out->len--;
	shape_text(out, ", \"primaryKey\": [");
	for (size_t i = 0; i < n; i++)
		shape_text(out, "%s\"k%zu\"", i > 0 ? ", " : "", i);
	shape_text(out, "]}");
}

static void
schema_list(struct buf *out, const char *type, const char *before,
    const char *after, size_t n)
{
	shape_text(out, "{\"fields\": [{\"name\": \"k\", \"type\": \"%s\", %s",
	    type, before);
	for (size_t i = 0; i < n; i++)
		shape_text(out, "%s\"%zu\"", i > 0 ? ", " : "", i);
	shape_text(out, "%s}]}", after);
}

static void
schema_words(struct buf *out, size_t n)
{
	schema_list(out, "string", "\"constraints\": {\"enum\": [", "]}", n);
}

/* All alike but in the middle, where a hurried hash does not look. */
static void
schema_alike(struct buf *out, size_t n)
{
	shape_text(out,
	    "{\"fields\": [{\"name\": \"k\", \"type\": \"string\", "
	    "\"constraints\": {\"enum\": [\"x\"");
	for (size_t i = 0; i < n; i++)
		shape_text(out, ",\"KABUPATEN %08zu PEMILIHAN\"", i);
	shape_text(out, "]}}]}");
}

static void
schema_numbers(struct buf *out, size_t n)
{
	schema_list(out, "integer", "\"constraints\": {\"enum\": [", "]}", n);
}

static void
schema_truth(struct buf *out, size_t n)
{
	schema_list(out, "boolean", "\"trueValues\": [", "]", n);
}

/* ---- pattern ---- */

static void
pattern_simple(struct buf *out, size_t n)
{
	shape_text(out, "^[a-z]+[0-9]*$\n");
	shape_repeat(out, "abcdefgh", n);
}

static void
pattern_trap(struct buf *out, size_t n)
{
	shape_text(out, "^(a|aa)+$\n");
	shape_repeat(out, "a", n);
	shape_text(out, "b");
}

/* ---- configuration ---- */

static void
conf_drops(struct buf *out, size_t n)
{
	shape_text(out, "party = KPU\n");
	for (size_t i = 0; i < n; i++)
		shape_text(out, "[drop d%zu]\nurl = file:///media/disk\n", i);
}

static void
conf_watches(struct buf *out, size_t n)
{
	shape_text(out, "party = KPU\n");
	for (size_t i = 0; i < n; i++)
		shape_text(out,
		    "[watch w%zu]\nagreement = PKS-1\ndataset = lapor\n", i);
}

static void
conf_comments(struct buf *out, size_t n)
{
	shape_text(out, "party = KPU\n");
	shape_repeat(out, "# nothing\n", n);
}

/* ---- address ---- */

static void
url_slashes(struct buf *out, size_t n)
{
	shape_text(out, "sftp://hub.example.invalid/");
	shape_repeat(out, "a/", n);
}

static void
url_escapes(struct buf *out, size_t n)
{
	shape_text(out, "sftp://hub.example.invalid/");
	shape_repeat(out, "%41", n);
}

const struct shape shape_texts[] = {
	{ "json", "blanks", 50000, json_blanks },
	{ "json", "numbers", 2000, json_numbers },
	{ "json", "string", 2000, json_string },
	{ "json", "escapes", 500, json_escapes },
	{ "json", "keys", 1000, json_keys },
	{ "json", "nested", 100, json_nested },
	{ "journal", "members", 500, journal_members },
	{ "key", "comment", 480, key_comment },
	{ "key", "lines", 8000, key_lines },
	{ "signature", "comment", 4000, signature_comment },
	{ "identity", "comments", 1500, identity_comments },
	{ "header", "stanzas", LIMIT_AGE_STANZAS / 2, header_stanzas },
	{ "header", "x25519", 6, header_x25519 },
	{ "header", "opened", 4, header_opened },
	{ "header", "body", 1000, header_body },
	{ "header", "arguments", 20000, header_arguments },
	{ "csv", "rows", 300, csv_rows },
	{ "csv", "columns", 5000, csv_columns },
	{ "csv", "quotes", 5000, csv_quotes },
	{ "csv", "open", 10000, csv_open },
	{ "recode", "wide", 20000, recode_wide },
	{ "recode", "long", 20000, recode_long },
	{ "project", "rows", 3000, project_rows },
	{ "project", "open", 100000, project_open },
	{ "project", "columns", LIMIT_CSV_COLUMNS / 2 - 4, project_columns },
	{ "schema", "fields", LIMIT_CSV_COLUMNS / 2, schema_fields },
	{ "schema", "key", LIMIT_CSV_COLUMNS / 2, schema_key },
	{ "schema", "words", 2000, schema_words },
	{ "schema", "alike", 1000, schema_alike },
	{ "schema", "numbers", 3000, schema_numbers },
	{ "schema", "truth", 3000, schema_truth },
	{ "pattern", "simple", 5000, pattern_simple },
	{ "pattern", "trap", 2000, pattern_trap },
	{ "conf", "drops", 512, conf_drops },
	{ "conf", "watches", 512, conf_watches },
	{ "conf", "comments", 5000, conf_comments },
	{ "url", "slashes", 250, url_slashes },
	{ "url", "escapes", 500, url_escapes },
	{ NULL, NULL, 0, NULL },
};
