/*
 * Manifests: one writing, strict reading, and holding against the agreement.
 */
#include "tap.h"

#include <stdbool.h>
#include <stdlib.h>

#include "record/agreement.h"
#include "record/manifest.h"
#include "record_fixture.h"

#define SHA_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define SHA_B "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define AGE "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"

static const char page[] = "{\n"
			   "  \"format\": \"serahterima-manifest/1\",\n"
			   "  \"agreement\": {\n"
			   "    \"id\": \"PKS-1\",\n"
			   "    \"version\": 1,\n"
			   "    \"sha256\": \"" SHA_A "\"\n"
			   "  },\n"
			   "  \"dataset\": \"lapor\",\n"
			   "  \"sender\": \"KEMLU\",\n"
			   "  \"recipients\": [\n"
			   "    \"KPU\"\n"
			   "  ],\n"
			   "  \"sequence\": 2,\n"
			   "  \"previous\": \"" SHA_B "\",\n"
			   "  \"kind\": \"data\",\n"
			   "  \"mode\": \"full\",\n"
			   "  \"base\": null,\n"
			   "  \"purpose\": \"production\",\n"
			   "  \"period\": \"2026-11\",\n"
			   "  \"created\": \"2026-11-24T05:42:00Z\",\n"
			   "  \"payload\": {\n"
			   "    \"name\": \"payload.tar.zst.age\",\n"
			   "    \"bytes\": 4096,\n"
			   "    \"sha256\": \"" SHA_B "\",\n"
			   "    \"recipients\": [\n"
			   "      \"" AGE "\"\n"
			   "    ],\n"
			   "    \"unpacked_bytes\": 9000\n"
			   "  },\n"
			   "  \"contents\": \"" SHA_A "\",\n"
			   "  \"files\": 1,\n"
			   "  \"rows\": 20,\n"
			   "  \"fields\": {\n"
			   "    \"nomor_surat\": \"123/2026\",\n"
			   "    \"gelombang\": \"3\"\n"
			   "  },\n"
			   "  \"journal\": {\n"
			   "    \"entries\": 7,\n"
			   "    \"head\": \"" SHA_B "\"\n"
			   "  },\n"
			   "  \"tool\": \"serah 0.1\"\n"
			   "}\n";

static struct manifest *
read_page(const char *text)
{
	struct manifest *m = NULL;
	struct cause why;

	cause_clear(&why);
	TAP_INT(manifest_parse(&m, text, strlen(text), &why), FAULT_NONE);
	if (m == NULL)
		printf("# %s: %s\n", why.clause, why.detail);
	return m;
}

static void
test_round_trip(void)
{
	struct buf out = BUF_MAX(LIMIT_DOCUMENT),
		   again = BUF_MAX(LIMIT_DOCUMENT);
	struct manifest *m = read_page(page), *back = NULL;
	struct parcel_name name;
	char text[PARCEL_NAME_MAX];

	if (m == NULL)
		return;
	TAP_STR(m->agreement, "PKS-1");
	TAP_STR(m->recipients[0], "KPU");
	TAP_STR(m->payload_recipients[0], AGE);
	TAP_INT(m->unpacked_bytes, 9000);
	TAP_STR(m->fields[1].value, "3");
	TAP_INT(m->created, 1795498920);
	manifest_name(&name, m);
	parcel_name_text(text, &name);
	TAP_STR(text, "PKS-1/lapor/KEMLU/2");
	TAP_INT(manifest_format(&out, m), FAULT_NONE);
	TAP_STR(buf_text(&out), page);
	/* The first of a stream, without a period, with more of everything. */
	m->sequence = 1;
	m->previous[0] = m->period[0] = '\0';
	TAP_INT(manifest_add_recipient(m, "BAWASLU"), FAULT_NONE);
	TAP_INT(manifest_add_payload_recipient(m, AGE), FAULT_NONE);
	TAP_INT(manifest_add_field(m, "catatan", "\"kutip\" \\ \xc3\xa9"),
	    FAULT_NONE);
	buf_free(&out);
	TAP_INT(manifest_format(&out, m), FAULT_NONE);
	TAP_OK(strstr(buf_text(&out), "\"previous\": null,") != NULL);
	TAP_OK(strstr(buf_text(&out), "\"period\": null,") != NULL);
	back = read_page(buf_text(&out));
	if (back != NULL) {
		TAP_STR(back->fields[2].value, "\"kutip\" \\ \xc3\xa9");
		TAP_INT(manifest_format(&again, back), FAULT_NONE);
		TAP_STR(buf_text(&again), buf_text(&out));
	}
	manifest_free(m);
	manifest_free(back);
	manifest_free(NULL);
	buf_free(&out);
	buf_free(&again);
}

struct change {
	const char *from;
	const char *to;
	const char *clause;
};

static const struct change refusals[] = {
	{ "manifest/1", "manifest/2", "format" },
	{ "\"dataset\"", "\"datasett\"", "datasett" },
	{ "\"tool\": \"serah 0.1\"", "\"tool\": \"s\", \"x\": 1", "x" },
	{ "PKS-1", "../PKS", "agreement.id" },
	{ "\"version\": 1", "\"version\": 0", "agreement.version" },
	{ SHA_A "\"\n  }", SHA_A "0\"\n  }", "agreement.sha256" },
	{ "\"KEMLU\"", "\"\"", "sender" },
	{ "\"KPU\"", "\"KPU\", \"KPU\"", "recipients" },
	{ "\"KPU\"", "", "recipients" },
	{ "\"KPU\"", "7", "recipients" },
	{ "\"sequence\": 2", "\"sequence\": 0", "sequence" },
	{ "\"sequence\": 2", "\"sequence\": 100000000", "sequence" },
	{ "\"sequence\": 2", "\"sequence\": 1", "previous" },
	{ "\"sequence\": 2", "\"sequence\": \"2\"", "sequence" },
	{ "\"previous\": \"" SHA_B "\"", "\"previous\": null", "previous" },
	{ "\"data\"", "\"nil\"", "kind" },
	{ "\"full\"", "\"delta\"", "mode" },
	{ "\"base\": null", "\"base\": \"1\"", "base" },
	{ "\"production\"", "\"play\"", "purpose" },
	{ "\"2026-11\"", "\"\"", "period" },
	{ "\"2026-11\"", "\"2026-11\\n\"", "period" },
	{ "24T05", "32T05", "created" },
	{ "payload.tar.zst.age\"", "a/b\"", "payload.name" },
	{ "\"bytes\": 4096", "\"bytes\": 0", "payload.bytes" },
	{ AGE, "age1qqqq", "payload.recipients" },
	{ "\"files\": 1", "\"files\": 65", "files" },
	{ "\"files\": 1", "\"files\": 0", "files" },
	{ "\"rows\": 20", "\"rows\": -1", "rows" },
	{ "\"3\"", "3", "fields" },
	{ "\"3\"", "\"\"", "fields" },
	{ "\"gelombang\"", "\"\"", "fields" },
	{ "\"entries\": 7", "\"entries\": 7.0", "" },
	{ "\"rows\": 20", "\"rows\": 20, \"rows\": 20", "" },
	{ "0.1\"\n}\n", "0.1\"\n}\n{}", "" },
	{ "\"head\": \"" SHA_B "\"", "\"head\": \"\"", "journal.head" },
	{ "\"serah 0.1\"", "null", "tool" },
};

static void
test_refusals(void)
{
	char text[FIXTURE_MAX];
	struct manifest *m = NULL;
	struct cause why;
	size_t i;

	for (i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		fixture_change(text, page, refusals[i].from, refusals[i].to);
		cause_clear(&why);
		TAP_INT(
		    manifest_parse(&m, text, strlen(text), &why), FAULT_FORMAT);
		TAP_OK(m == NULL);
		TAP_STR(why.clause, refusals[i].clause);
		TAP_OK(why.detail[0] != '\0');
		/* A refused text never needs a cause to be refused. */
		TAP_INT(
		    manifest_parse(&m, text, strlen(text), NULL), FAULT_FORMAT);
		manifest_free(m);
	}
}

static void
test_too_large(void)
{
	size_t len = LIMIT_DOCUMENT + 1;
	char *text = malloc(len);
	struct manifest *m = NULL;

	if (text == NULL)
		return;
	memset(text, ' ', len);
	memcpy(text, page, sizeof(page) - 1);
	TAP_INT(manifest_parse(&m, text, len, NULL), FAULT_FORMAT);
	TAP_INT(manifest_parse(&m, text, len - 1, NULL), FAULT_NONE);
	manifest_free(m);
	free(text);
}

/* The page with one change, held against the fixture's data set. */
static enum fault
check(const struct agreement *a, const char *from, const char *to,
    struct cause *why)
{
	char hashed[FIXTURE_MAX], text[FIXTURE_MAX];
	struct manifest *m = NULL;
	enum fault f = FAULT_NONE;

	fixture_change(hashed, page, SHA_A, a->sha256);
	fixture_change(text, hashed, from, to);
	cause_clear(why);
	f = manifest_parse(&m, text, strlen(text), why);
	if (f == FAULT_NONE)
		f = manifest_check(m, a, agreement_dataset(a, "lapor"), why);
	manifest_free(m);
	return f;
}

#define FIELD(name) "datasets[lapor].manifest_fields[" name "]"

static const struct {
	struct change change;
	enum fault fault;
	const char *rule;
} checks[] = {
	{ { "\"rows\": 20", "\"rows\": 1000", "" }, FAULT_NONE, "" },
	{ { "9000", "100000", "" }, FAULT_NONE, "" },
	{ { ",\n    \"gelombang\": \"3\"", "", "" }, FAULT_NONE, "" },
	{ { "PKS-1", "PKS-2", "agreement.id" }, FAULT_WRONG_PLACE, "" },
	{ { "\"version\": 1", "\"version\": 2", "agreement.version" },
	    FAULT_SIGNATURE_MISSING, "" },
	{ { "\"lapor\"", "\"balikan\"", "datasets[lapor]" }, FAULT_NO_DATASET,
	    "" },
	{ { "\"KEMLU\"", "\"KPU\"", "datasets[lapor].from" }, FAULT_DIRECTION,
	    "" },
	{ { "\"KPU\"", "\"DUKCAPIL\"", "datasets[lapor].to" }, FAULT_DIRECTION,
	    "" },
	{ { "\"KPU\"", "\"KPU\", \"DUKCAPIL\"", "datasets[lapor].to" },
	    FAULT_DIRECTION, "" },
	{ { "\"rows\": 20", "\"rows\": 1001", "datasets[lapor].limits.rows" },
	    FAULT_OVER_LIMITS, "" },
	{ { "9000", "100001", "datasets[lapor].limits.bytes" },
	    FAULT_OVER_LIMITS, "" },
	{ { "\"nomor_surat\": \"123/2026\",", "", FIELD("nomor_surat") },
	    FAULT_MANIFEST_FIELD, "required" },
	{ { "123/2026", "ABC", FIELD("nomor_surat") }, FAULT_MANIFEST_FIELD,
	    "pattern" },
	{ { "\"3\"", "\"tiga\"", FIELD("gelombang") }, FAULT_MANIFEST_FIELD,
	    "type" },
	{ { "\"3\"", "\"0\"", FIELD("gelombang") }, FAULT_MANIFEST_FIELD,
	    "minimum" },
	{ { "\"gelombang\"", "\"gelombng\"", FIELD("gelombng") },
	    FAULT_MANIFEST_FIELD, "" },
};

static void
test_check(const struct agreement *a)
{
	struct cause why;
	size_t i;

	for (i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		TAP_INT(
		    check(a, checks[i].change.from, checks[i].change.to, &why),
		    checks[i].fault);
		TAP_STR(why.clause, checks[i].change.clause);
		TAP_STR(why.rule, checks[i].rule);
	}
	/* No value typed into a field comes out again. */
	TAP_INT(check(a, "123/2026", "RAHASIA", &why), FAULT_MANIFEST_FIELD);
	TAP_OK(strstr(why.detail, "RAHASIA") == NULL);
}

static void
test_check_built(const struct agreement *a)
{
	const struct dataset *lapor = agreement_dataset(a, "lapor");
	const struct dataset *balikan = agreement_dataset(a, "balikan");
	struct manifest *m = read_page(page);
	struct cause why;
	size_t i;

	if (m == NULL)
		return;
	/* Other bytes of the same version are another agreement. */
	cause_clear(&why);
	TAP_INT(manifest_check(m, a, lapor, &why), FAULT_SIGNATURE_MISSING);
	memcpy(m->agreement_sha256, a->sha256, sizeof(m->agreement_sha256));
	TAP_INT(manifest_check(m, a, lapor, NULL), FAULT_NONE);
	/* What could be written, but not read again. */
	(void)snprintf(m->period, sizeof(m->period), "2026\n10");
	cause_clear(&why);
	TAP_INT(manifest_check(m, a, lapor, &why), FAULT_MANIFEST_FIELD);
	TAP_STR(why.clause, "period");
	m->period[0] = '\0';
	for (i = 0; i < m->n_fields; i++)
		if (strcmp(m->fields[i].name, "gelombang") == 0)
			m->fields[i].value[0] = '\0';
	cause_clear(&why);
	TAP_INT(manifest_check(m, a, lapor, &why), FAULT_MANIFEST_FIELD);
	TAP_STR(why.rule, "text");
	TAP_INT(manifest_add_field(m, "gelombang", "9999"), FAULT_NONE);
	cause_clear(&why);
	TAP_INT(manifest_check(m, a, lapor, &why), FAULT_MANIFEST_FIELD);
	TAP_STR(why.rule, "twice");
	/* Both recipients of the other data set, in any order; no fields. */
	memcpy(m->dataset, "balikan", 8);
	memcpy(m->sender, "KPU", 4);
	free(m->recipients[0]);
	m->n_recipients = 0;
	TAP_INT(manifest_add_recipient(m, "DUKCAPIL"), FAULT_NONE);
	TAP_INT(manifest_check(m, a, balikan, NULL), FAULT_DIRECTION);
	TAP_INT(manifest_add_recipient(m, "KEMLU"), FAULT_NONE);
	TAP_INT(manifest_check(m, a, balikan, NULL), FAULT_MANIFEST_FIELD);
	while (m->n_fields > 0) {
		m->n_fields--;
		free(m->fields[m->n_fields].name);
		free(m->fields[m->n_fields].value);
	}
	TAP_INT(manifest_check(m, a, balikan, NULL), FAULT_NONE);
	manifest_free(m);
}

static void
expect_page(const struct manifest *m, const char *want)
{
	struct buf text = BUF_MAX(LIMIT_DOCUMENT);

	TAP_OK(m != NULL && manifest_format(&text, m) == FAULT_NONE);
	TAP_STR(buf_text(&text), want);
	buf_free(&text);
}

static bool
reads_back(const struct manifest *m)
{
	struct buf text = BUF_MAX(LIMIT_DOCUMENT);
	struct manifest *read = NULL;
	bool ok = manifest_format(&text, m) == FAULT_NONE &&
	    manifest_parse(&read, text.data, text.len, NULL) == FAULT_NONE;

	if (!ok)
		printf("# taken: %s\n", buf_text(&text));
	manifest_free(read);
	buf_free(&text);
	return ok;
}

/* Another process tells members, not JSON; what it may say is the same. */
static void
test_packed(void)
{
	static const unsigned char others[] = { 0, '0', '9', 'a', '/', '.',
		0x1b, 0x7f, 0xff };
	struct buf packed = BUF_MAX(LIMIT_DOCUMENT);
	struct manifest *m = read_page(page), *again = NULL;
	size_t i, j, taken = 0, unreadable = 0, cut = 0;

	TAP_INT(manifest_pack(&packed, m), FAULT_NONE);
	TAP_INT(
	    manifest_unpack(&again, packed.data, packed.len, NULL), FAULT_NONE);
	expect_page(again, page);
	manifest_free(again);
	for (i = 0; i < packed.len; i++) {
		if (manifest_unpack(&again, packed.data, i, NULL) ==
			FAULT_FORMAT &&
		    again == NULL)
			cut++;
		manifest_free(again);
	}
	TAP_INT(cut, packed.len);
	/* Whatever is taken is a manifest that could have been read. */
	for (i = 0; i < packed.len; i++)
		for (j = 0; j < sizeof(others); j++) {
			unsigned char was = packed.data[i];

			packed.data[i] = others[j];
			if (manifest_unpack(&again, packed.data, packed.len,
				NULL) == FAULT_NONE) {
				taken++;
				unreadable += reads_back(again) ? 0 : 1;
			}
			manifest_free(again);
			packed.data[i] = was;
		}
	printf("# %zu changed ones were taken\n", taken);
	TAP_OK(taken > 0);
	TAP_INT(unreadable, 0);
	/* One text more than there is. */
	TAP_INT(buf_put(&packed, "x", 2), FAULT_NONE);
	TAP_INT(manifest_unpack(&again, packed.data, packed.len, NULL),
	    FAULT_FORMAT);
	TAP_INT(manifest_unpack(&again, "", 0, NULL), FAULT_FORMAT);
	buf_free(&packed);
	manifest_free(m);
}

int
main(void)
{
	struct agreement *a = NULL;
	struct cause why;

	test_round_trip();
	test_refusals();
	test_too_large();
	cause_clear(&why);
	TAP_INT(agreement_parse(&a, fixture, sizeof(fixture) - 1, &why),
	    FAULT_NONE);
	if (a != NULL) {
		test_check(a);
		test_check_built(a);
	} else
		printf("# %s: %s\n", why.clause, why.detail);
	agreement_free(a);
	test_packed();
	return TAP_DONE();
}
