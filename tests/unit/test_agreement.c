/*
 * Agreements: every rule of serahterima-agreement(5) is broken once, and the
 * place is named.
 */
#include "tap.h"

#include <stdbool.h>
#include <stdlib.h>

#include "record/agreement.h"
#include "record/drop.h"
#include "record/terms.h"
#include "record_fixture.h"

static void
test_reading(void)
{
	struct agreement *a = NULL;
	const struct dataset *d = NULL;
	struct cause why;
	char hash[HASH_TEXT_LEN];

	cause_clear(&why);
	TAP_INT(agreement_parse(&a, fixture, sizeof(fixture) - 1, &why),
	    FAULT_NONE);
	if (a == NULL) {
		printf("# %s: %s\n", why.clause, why.detail);
		return;
	}
	TAP_INT(
	    hash_bytes_text(hash, fixture, sizeof(fixture) - 1), FAULT_NONE);
	TAP_STR(a->sha256, hash);
	TAP_STR(a->id, "PKS-1");
	TAP_INT(a->version, 1);
	TAP_STR(a->replaces, "");
	TAP_STR(a->title, "Uji");
	TAP_INT(a->valid_until - a->valid_from, 364 * 86400);
	TAP_INT(a->n_parties, 3);
	TAP_STR(agreement_party(a, "DUKCAPIL")->name, "Dukcapil");
	TAP_STR(role_text(a->parties[2].role), "guardian");
	TAP_OK(agreement_party(a, "BAWASLU") == NULL);
	TAP_INT(a->n_required, 3);
	TAP_INT(agreement_drop(a, "hub")->n_host_keys, 1);
	TAP_STR(agreement_drop(a, "hub")->host_keys[0], HOST_KEY);
	TAP_INT(agreement_drop(a, "disk")->n_host_keys, 0);
	TAP_OK(agreement_drop(a, "other") == NULL);
	d = agreement_dataset(a, "lapor");
	TAP_STR(d->clause, "datasets[lapor]");
	TAP_INT(d->dialect.csv.delimiter, ';');
	TAP_INT(schema_count(d->schema), 2);
	TAP_INT(schema_count(d->manifest_fields), 2);
	TAP_INT(d->totals.n, 2);
	TAP_INT(d->max_rows, 1000);
	TAP_INT(d->max_bytes, 100000);
	d = agreement_dataset(a, "balikan");
	TAP_INT(d->n_to, 2);
	TAP_OK(d->manifest_fields == NULL);
	TAP_INT(d->max_rows, 0);
	TAP_OK(agreement_dataset(a, "x") == NULL);
	agreement_free(a);
	agreement_free(NULL);
}

#define ZEROS                              \
	"00000000000000000000000000000000" \
	"00000000000000000000000000000000"
#define CODES                                       \
	"{\"id\":\"iso\",\"sha256\":\"" ZEROS "\"," \
	"\"title\":\"Negara\",\"edition\":\"2026\"}"

static const struct {
	const char *from;
	const char *to;
	const char *clause;
} refusals[] = {
	/* the document */
	{ "agreement/1", "agreement/2", "format" },
	{ "\"id\":\"PKS-1\"", "\"id\":\"PKS 1\"", "id" },
	{ "\"version\":1", "\"version\":0", "version" },
	{ "\"version\":1", "\"version\":2", "replaces" },
	{ "\"version\":1", "\"version\":1.0", "" },
	{ "\"title\":\"Uji\"", "\"title\":\"\"", "title" },
	{ "\"title\":\"Uji\"", "\"title\":\"U\\u0007\"", "title" },
	{ "\"title\":\"Uji\"", "\"title\":\"A\",\"title\":\"B\"", "" },
	{ "\"title\"", "\"titel\"", "titel" },
	{ "\"purpose\":\"uji\",", "", "purpose" },
	{ "[\"UU 7/2017\"]", "[]", "legal_basis" },
	{ "[\"UU 7/2017\"]", "[7]", "legal_basis" },
	{ "\"1/2026\",\"date\"", "\"1/2026\",\"datum\"", "documents[1].datum" },
	{ "2026-01-02\"}]", "2026-02-30\"}]", "documents[1].date" },
	{ "\"until\":\"2026-12-31\"", "\"until\":\"2026-01-01\"",
	    "valid.until" },
	{ "\"from\":\"2026-01-02\"", "\"from\":\"02-01-2026\"", "valid.from" },
	/* parties and signatures */
	{ "\"role\":\"provider\"", "\"role\":\"sender\"",
	    "parties[KEMLU].role" },
	{ "\"role\":\"provider\"", "\"role\":\"guardian\"", "parties" },
	{ "\"role\":\"recipient\"", "\"role\":\"witness\"", "parties" },
	{ "{\"id\":\"KPU\",\"role\"", "{\"id\":\"KEMLU\",\"role\"",
	    "parties[KEMLU].id" },
	{ "{\"id\":\"KPU\",\"role\"", "{\"id\":\"K/U\",\"role\"",
	    "parties[2].id" },
	{ KEY_KPU, KEY_KEMLU, "parties[KPU].root_key" },
	{ KEY_KPU, "RWSxPrWKGOufvIIsyqY38", "parties[KPU].root_key" },
	{ "\"name\":\"KPU\",", "", "parties[KPU].name" },
	{ "[\"KEMLU\",\"KPU\",\"DUKCAPIL\"]", "[\"KEMLU\",\"KPU\"]",
	    "signatures_required" },
	{ "[\"KEMLU\",\"KPU\",\"DUKCAPIL\"]", "[\"KPU\",\"DUKCAPIL\"]",
	    "signatures_required" },
	{ "\"KPU\",\"DUKCAPIL\"]", "\"KPU\",\"DUKCAPIL\",\"KPU\"]",
	    "signatures_required" },
	{ "\"KPU\",\"DUKCAPIL\"]", "\"KPU\",\"DUKCAPIL\",\"BSSN\"]",
	    "signatures_required" },
	/* drops */
	{ "{\"id\":\"disk\"", "{\"id\":\"hub\"", "drops[hub].id" },
	{ "sftp://hub", "ftp://hub", "drops[hub].url" },
	{ "[\"" HOST_KEY "\"]", "[]", "drops[hub].host_keys" },
	{ HOST_KEY, "ssh-rsa AAAAB3NzaC1yc2E", "drops[hub].host_keys" },
	{ "\"host_keys\":[]", "\"host_keys\":[\"" HOST_KEY "\"]",
	    "drops[disk].host_keys" },
	/* code lists */
	{ "\"datasets\":[", "\"code_lists\":[],\"datasets\":[", "code_lists" },
	{ "\"datasets\":[", "\"code_lists\":{},\"datasets\":[", "code_lists" },
	{ "\"datasets\":[",
	    "\"code_lists\":[" CODES "," CODES "],\"datasets\":[",
	    "code_lists[iso].id" },
	{ "\"datasets\":[",
	    "\"code_lists\":[{\"id\":\"iso\",\"sha256\":\"0\","
	    "\"title\":\"x\",\"edition\":\"x\"}],\"datasets\":[",
	    "code_lists[iso].sha256" },
	{ "\"datasets\":[",
	    "\"code_lists\":[{\"id\":\"iso\",\"sha256\":\"" ZEROS "\","
	    "\"title\":\"x\"}],\"datasets\":[",
	    "code_lists[iso].edition" },
	{ "\"datasets\":[",
	    "\"code_lists\":[{\"id\":\"i/o\",\"sha256\":\"" ZEROS "\","
	    "\"title\":\"x\",\"edition\":\"x\"}],\"datasets\":[",
	    "code_lists[1].id" },
	{ "\"datasets\":[",
	    "\"code_lists\":[{\"id\":\"iso\",\"sha256\":\"" ZEROS "\","
	    "\"title\":\"x\",\"edition\":\"x\",\"dialect\":{"
	    "\"encoding\":\"windows-1252\"}}],\"datasets\":[",
	    "code_lists[iso].dialect.encoding" },
	{ "\"datasets\":[",
	    "\"code_lists\":[{\"id\":\"iso\",\"sha256\":\"" ZEROS "\","
	    "\"title\":\"x\",\"edition\":\"x\",\"dialect\":{"
	    "\"delimiter\":\";;\"}}],\"datasets\":[",
	    "code_lists[iso].dialect.delimiter" },
	/* data sets */
	{ "\"id\":\"balikan\"", "\"id\":\"lapor\"", "datasets[lapor].id" },
	{ "\"id\":\"lapor\"", "\"id\":\"..\"", "datasets[1].id" },
	{ "\"from\":\"KEMLU\"", "\"from\":\"BP2MI\"", "datasets[lapor].from" },
	{ "\"to\":[\"KPU\"]", "\"to\":[\"BP2MI\"]", "datasets[lapor].to" },
	{ "\"to\":[\"KPU\"]", "\"to\":[\"KEMLU\"]", "datasets[lapor].to" },
	{ "\"to\":[\"KPU\"]", "\"to\":[]", "datasets[lapor].to" },
	{ "\"drop\":\"hub\"", "\"drop\":\"other\"", "datasets[lapor].drop" },
	{ "\"delimiter\":\";\"", "\"delimiter\":\";;\"",
	    "datasets[lapor].dialect.delimiter" },
	{ "\"type\":\"integer\"", "\"type\":\"int\"",
	    "datasets[lapor].schema.fields[n].type" },
	{ "\"type\":\"integer\"}", "\"type\":\"integer\"},x", "" },
	{ "{\"sum\":\"n\"}", "{\"sum\":\"id\"}", NULL },
	{ "{\"sum\":\"n\"}", "{\"sum\":\"none\"}", NULL },
	{ "\"extra_columns\":\"refuse\"", "\"extra_columns\":\"keep\"",
	    "datasets[lapor].extra_columns" },
	{ "\"mask\":{}", "\"mask\":{\"id\":\"last4\"}",
	    "datasets[lapor].mask.id" },
	{ "\"mask\":{}", "\"mask\":{\"nik\":\"last:4\"}",
	    "datasets[lapor].mask.nik" },
	{ "\"mask\":{}", "\"mask\":{\"n\":\"star\"}",
	    "datasets[lapor].mask.n" },
	{ "\"mask\":{}", "\"only\":{\"pos\":[\"KBRI\"]}",
	    "datasets[lapor].only.pos" },
	{ "\"encoding\":\"utf-8\"", "\"encoding\":\"latin1\"",
	    "datasets[lapor].dialect.encoding" },
	{ "[\"full\"]", "[\"full\",\"delta\"]", "datasets[lapor].modes" },
	{ "[\"full\"]", "[]", "datasets[lapor].modes" },
	{ "\"approvals\":0", "\"approvals\":1", "datasets[lapor].approvals" },
	{ "P180D", "180", "datasets[lapor].retention" },
	{ "P1M", "monthly", "datasets[lapor].schedule.every" },
	{ "\"every\":\"P1M\",", "", "datasets[lapor].schedule.every" },
	{ "\"rows\":1000", "\"rows\":0", "datasets[lapor].limits.rows" },
	{ "\"rows\":1000", "\"row\":10", "datasets[lapor].limits.row" },
	{ "\"constraints\":{\"minimum\":1}",
	    "\"constraints\":{\"minimum\":\"a\"}", NULL },
	{ "\"name\":\"gelombang\"", "\"name\":\"nomor_surat\"", NULL },
	{ "\"name\":\"gelombang\"", "\"name\":\"a=b\"", NULL },
	{ "\"constraints\":{\"minimum\":1}",
	    "\"constraints\":{\"unique\":true}",
	    "datasets[lapor].manifest_fields[gelombang].constraints.unique" },
	{ "\"constraints\":{\"minimum\":1}", "\"foo\":1",
	    "datasets[lapor].manifest_fields[gelombang].foo" },
	/* words */
	{ "\"forbidden\"", "\"maybe\"", "handling.onward_transfer" },
	{ "\"location\":\"ID\"", "\"location\":\"Indonesia\"",
	    "handling.location" },
	{ "\"party\":\"KPU\"", "\"party\":\"BSSN\"", "contacts[1].party" },
	{ "\"hours\"", "\"hour\"", "contacts[1].hour" },
};

static void
test_refusals(void)
{
	char text[FIXTURE_MAX];
	struct agreement *a = NULL;
	struct cause why;
	size_t i;

	for (i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		fixture_change(text, fixture, refusals[i].from, refusals[i].to);
		cause_clear(&why);
		TAP_INT(agreement_parse(&a, text, strlen(text), &why),
		    FAULT_FORMAT);
		TAP_OK(a == NULL);
		TAP_OK(why.detail[0] != '\0');
		if (refusals[i].clause != NULL)
			TAP_STR(why.clause, refusals[i].clause);
		else
			TAP_OK(
			    strncmp(why.clause, "datasets[lapor].", 16) == 0);
		TAP_OK(strstr(why.clause, "manifest_fields.fields") == NULL);
		agreement_free(a);
	}
}

/* A schema may refer to lists of the agreement only. */
static void
test_code_lists(void)
{
	char text[FIXTURE_MAX], with[FIXTURE_MAX];
	struct agreement *a = NULL;
	struct cause why;

	fixture_change(text, fixture, "\"datasets\":[",
	    "\"code_lists\":[" CODES "],\"datasets\":[");
	cause_clear(&why);
	TAP_INT(agreement_parse(&a, text, strlen(text), &why), FAULT_NONE);
	TAP_INT(a->n_lists, 1);
	TAP_STR(agreement_list(a, "iso")->sha256, ZEROS);
	TAP_OK(agreement_list(a, "ISO") == NULL);
	agreement_free(a);
	fixture_change(with, text, "\"schema\":{\"fields\":",
	    "\"schema\":{\"foreignKeys\":[{\"fields\":\"id\","
	    "\"reference\":{\"resource\":\"list:iso\",\"fields\":\"a\"}}],"
	    "\"fields\":");
	TAP_INT(agreement_parse(&a, with, strlen(with), &why), FAULT_NONE);
	agreement_free(a);
	fixture_change(text, with, "list:iso", "list:isa");
	TAP_INT(agreement_parse(&a, text, strlen(text), &why), FAULT_FORMAT);
	TAP_STR(why.clause,
	    "datasets[lapor].schema.foreignKeys[1].reference.resource");
}

/* The whole may be no agreement at all. */
static void
test_missing(void)
{
	char text[FIXTURE_MAX];
	struct cause why;
	struct agreement *a = NULL;

	fixture_change(text, fixture, "\"contacts\"", "\"kontak\"");
	cause_clear(&why);
	TAP_INT(agreement_parse(&a, text, strlen(text), &why), FAULT_FORMAT);
	TAP_STR(why.clause, "kontak");
	TAP_INT(agreement_parse(&a, "", 0, NULL), FAULT_FORMAT);
	TAP_INT(agreement_parse(&a, "[]", 2, NULL), FAULT_FORMAT);
	TAP_INT(agreement_parse(&a, "{}", 2, &why), FAULT_FORMAT);
	TAP_INT(agreement_parse(&a, fixture, sizeof(fixture) - 3, NULL),
	    FAULT_FORMAT);
}

/* Independent faults are all named, and those that follow from others not. */
static void
test_many(void)
{
	char a[FIXTURE_MAX], b[FIXTURE_MAX];
	struct cause faults[16];
	size_t n = 99;

	fixture_change(
	    a, fixture, "\"until\":\"2026-12-31\"", "\"until\":\"2025-12-31\"");
	fixture_change(b, a, "\"drop\":\"hub\"", "\"drop\":\"other\"");
	fixture_change(a, b, "\"drop\":\"disk\"", "\"drop\":\"disc\"");
	fixture_change(b, a, "\"location\":\"ID\"", "\"location\":\"Bumi\"");
	TAP_INT(agreement_check(b, strlen(b), faults, 16, &n), FAULT_FORMAT);
	TAP_INT(n, 4);
	TAP_STR(faults[0].clause, "valid.until");
	TAP_STR(faults[1].clause, "handling.location");
	TAP_STR(faults[2].clause, "datasets[lapor].drop");
	TAP_STR(faults[3].clause, "datasets[balikan].drop");
	TAP_INT(agreement_check(b, strlen(b), faults, 2, &n), FAULT_FORMAT);
	TAP_INT(n, 2);
	TAP_INT(agreement_check(b, strlen(b), NULL, 0, &n), FAULT_FORMAT);
	TAP_INT(n, 0);
	/* Parties that cannot be read do not make every name unknown. */
	fixture_change(a, fixture, "\"role\":\"guardian\"", "\"role\":\"x\"");
	TAP_INT(agreement_check(a, strlen(a), faults, 16, &n), FAULT_FORMAT);
	TAP_INT(n, 1);
	TAP_STR(faults[0].clause, "parties[DUKCAPIL].role");
	/* An unknown member hides nothing else. */
	fixture_change(b, a, "\"title\"", "\"titel\"");
	TAP_INT(agreement_check(b, strlen(b), faults, 16, &n), FAULT_FORMAT);
	TAP_INT(n, 2);
	TAP_STR(faults[0].clause, "titel");
	TAP_INT(agreement_check(fixture, sizeof(fixture) - 1, faults, 16, &n),
	    FAULT_NONE);
	TAP_INT(n, 0);
	TAP_INT(agreement_check("{}", 2, faults, 16, &n), FAULT_FORMAT);
	TAP_INT(n, 1);
}

static void
test_urls(void)
{
	static const char *const good[] = { "sftp://h/", "sftp://h.x/srv/st",
		"sftp://u.v-w_x@h-1.example:2222/srv/st/", "sftp://10.0.0.1/d",
		"sftp://[2001:db8::1]:22/d", "sftp://u@[::1]/d", "file:///",
		"file:///media/disk-1/st", "file:///tmp/tmp.Ab1/..x" };
	static const char *const bad[] = { "", "sftp://", "sftp:///srv",
		"sftp://h", "sftp://h:0/d", "sftp://h:65536/d", "sftp://h:/d",
		"sftp://h:022/d", "sftp://u:p@h/d", "sftp://@h/d",
		"sftp://u@@h/d", "sftp://h/a/../b", "sftp://h/./b",
		"sftp://h//b", "sftp://h/a%2fb", "sftp://h/a b", "sftp://h/a?b",
		"sftp://h/a#b", "sftp://-oProxyCommand=x/d", "sftp://h_x/d",
		"sftp://[::1/d", "sftp://[]/d", "sftp://[21]/d", "SFTP://h/d",
		"scp://h/d", "file://host/d", "file://", "file:///a/..",
		"file:/a", "file:///a\nb", "sftp://h/\xc3\xa9", "sftp://.h/d" };
	char longest[DROP_URL_MAX + 2], fill[DROP_HOST_MAX + 2];
	size_t i;

	memset(fill, 'a', sizeof(fill) - 1);
	fill[sizeof(fill) - 1] = '\0';
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		tap_ok(drop_url_ok(good[i]), good[i], __FILE__, __LINE__);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		TAP_OK(!drop_url_ok(bad[i]));
	memset(longest, 'a', sizeof(longest));
	memcpy(longest, "file:///", 8);
	longest[DROP_URL_MAX] = '\0';
	TAP_OK(drop_url_ok(longest));
	longest[DROP_URL_MAX] = 'a';
	longest[DROP_URL_MAX + 1] = '\0';
	TAP_OK(!drop_url_ok(longest));
	/* No longer than the carrier reads them. */
	(void)snprintf(
	    longest, sizeof(longest), "sftp://%.*s@h/d", DROP_USER_MAX, fill);
	TAP_OK(drop_url_ok(longest));
	(void)snprintf(longest, sizeof(longest), "sftp://%.*s@h/d",
	    DROP_USER_MAX + 1, fill);
	TAP_OK(!drop_url_ok(longest));
	(void)snprintf(
	    longest, sizeof(longest), "sftp://%.*s/d", DROP_HOST_MAX, fill);
	TAP_OK(drop_url_ok(longest));
	(void)snprintf(
	    longest, sizeof(longest), "sftp://%.*s/d", DROP_HOST_MAX + 1, fill);
	TAP_OK(!drop_url_ok(longest));
}

#define P256                                                                   \
	"AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBJ8Gd6SgfLXwsAZd" \
	"+0yb6+sO/7xC+8L7trRGCSts/"                                            \
	"6a1qYj47QMVm48CFrLUl3MO3hMePMRi1vqAxax8+MuzQ"                         \
	"hI="
#define P384                                                                   \
	"AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBIhEqk/WrNtXJRsM" \
	"MCehBwGYXsSaMrEIcSsZ7Vqxx44+P3olRpXiQpen6lTIN7RrQKJDn8QST/5whDjTH6qm" \
	"Wme6EUUl5Sl7lepaj8467Yhnhc/1wbv0DUEOZvJBVbvPUA=="
#define P521                                                                   \
	"AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBAC/8Mu+cEckIAFt" \
	"S31habqF1DWFE94wyO4ZL9p3yVP1h+VJIcvIkHI6CCCuF6esENc0yGkKn9oXrk3PuL1W" \
	"BaGxJwCim2vKOAdVI0ccHygZ/4/dhYEr28CQArl+twkL/sc/rykWzZ7uZOYqqKeILnRu" \
	"GADltJBseg4yeIJTrMogw0j9jA=="

static void
test_host_keys(void)
{
	static const char *const good[] = { HOST_KEY,
		"ecdsa-sha2-nistp256 " P256, "ecdsa-sha2-nistp384 " P384,
		"ecdsa-sha2-nistp521 " P521 };
	static const char *const bad[] = { "", "ssh-ed25519", "ssh-ed25519 ",
		HOST_KEY " user@host", HOST_KEY "A", " " HOST_KEY,
		"ecdsa-sha2-nistp384 " P256, "ecdsa-sha2-nistp256 " P384,
		"ssh-rsa " P256, "ecdsa-sha2-nistp256  " P256,
		"ecdsa-sha2-nistp256 " P256 "\n",
		"hub.example.invalid " HOST_KEY,
		"ssh-ed25519-cert-v01@openssh.com " P256 };
	char text[512];
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		TAP_OK(drop_host_key_ok(good[i]));
		/* One character less, a foreign one, padding inside. */
		(void)snprintf(text, sizeof(text), "%s", good[i]);
		text[strlen(text) - 1] = '\0';
		TAP_OK(!drop_host_key_ok(text));
		(void)snprintf(text, sizeof(text), "%s", good[i]);
		text[strlen(text) - 5] = '*';
		TAP_OK(!drop_host_key_ok(text));
		text[strlen(text) - 5] = '=';
		TAP_OK(!drop_host_key_ok(text));
		text[strlen(text) - 1] = '.';
		TAP_OK(!drop_host_key_ok(text));
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		TAP_OK(!drop_host_key_ok(bad[i]));
}

static void
test_durations(void)
{
	static const char *const good[] = { "P1Y", "P180D", "P2W", "P1Y2M3DT4H",
		"PT15M", "P9999D", "P1MT1M", "P05D" };
	static const char *const bad[] = { "", "P", "PT", "P0D", "P00D", "1D",
		"P1", "P1H", "PT1D", "P1D2M", "P1DT", "P-1D", "P1.5D",
		"P10000D", "P1D ", "p1d", "P1DT1H1", "PT1HP1D" };
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		tap_ok(terms_duration_ok(good[i]), good[i], __FILE__, __LINE__);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		tap_ok(!terms_duration_ok(bad[i]), bad[i], __FILE__, __LINE__);
}

/* Every cut and many changed bytes: no crash, no leak, never half a struct. */
static void
test_hostile(void)
{
	char text[sizeof(fixture)];
	struct agreement *a = NULL;
	size_t i, wrong = 0;
	enum fault f;

	for (i = 0; i < sizeof(fixture) - 2; i += 7) {
		f = agreement_parse(&a, fixture, i, NULL);
		if (f != FAULT_FORMAT || a != NULL)
			wrong++;
	}
	for (i = 0; i < sizeof(fixture) - 1; i += 3) {
		memcpy(text, fixture, sizeof(fixture));
		text[i] = (char)(text[i] ^ (1 << (i % 7)));
		f = agreement_parse(&a, text, sizeof(fixture) - 1, NULL);
		if ((f == FAULT_NONE) != (a != NULL) ||
		    (f != FAULT_NONE && f != FAULT_FORMAT))
			wrong++;
		agreement_free(a);
	}
	TAP_INT(wrong, 0);
}

int
main(void)
{
	struct cause why;

	if (key_setup(&why) != FAULT_NONE)
		return 1;
	test_reading();
	test_refusals();
	test_code_lists();
	test_missing();
	test_many();
	test_urls();
	test_host_keys();
	test_durations();
	test_hostile();
	return TAP_DONE();
}
