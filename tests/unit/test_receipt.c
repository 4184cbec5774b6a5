/*
 * Receipts: round trips of every stage, and what a stage must and must not say.
 */
#include "tap.h"

#include <stdbool.h>
#include <stdlib.h>

#include "record/receipt.h"

#define SHA_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define SHA_B "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const char staged[] =
    "{\n"
    "  \"format\": \"serahterima-receipt/1\",\n"
    "  \"parcel\": \"PKS-KEMLU-KPU-2026/lapor-diri/KEMLU/17\",\n"
    "  \"recipient\": \"KPU\",\n"
    "  \"stage\": \"staged\",\n"
    "  \"manifest\": \"" SHA_A "\",\n"
    "  \"rows\": 593000,\n"
    "  \"warnings\": 12,\n"
    "  \"contents\": \"" SHA_B "\",\n"
    "  \"time\": \"2026-11-24T05:42:00Z\",\n"
    "  \"refusal\": null,\n"
    "  \"journal\": {\n"
    "    \"entries\": 5,\n"
    "    \"head\": \"" SHA_B "\"\n"
    "  },\n"
    "  \"tool\": \"terima 0.1\"\n"
    "}\n";

static void
fill(struct receipt *r, enum stage stage)
{
	memset(r, 0, sizeof(*r));
	cause_clear(&r->refusal);
	TAP_OK(parcel_name_parse(
	    &r->parcel, "PKS-KEMLU-KPU-2026/lapor-diri/KEMLU/17"));
	memcpy(r->recipient, "KPU", 4);
	r->stage = stage;
	memcpy(r->manifest_sha256, SHA_A, sizeof(SHA_A));
	r->rows = 593000;
	r->warnings = 12;
	memcpy(r->contents_sha256, SHA_B, sizeof(SHA_B));
	r->time = 1795498920;
	r->journal_entries = 5;
	memcpy(r->journal_head, SHA_B, sizeof(SHA_B));
	memcpy(r->tool, "terima 0.1", 11);
}

static enum fault
parse(struct receipt *r, const char *text, struct cause *why)
{
	cause_clear(why);
	return receipt_parse(r, text, strlen(text), why);
}

static enum fault
changed(const char *from, const char *to, struct cause *why)
{
	char text[4096];
	const char *at = strstr(staged, from);
	struct receipt r;

	if (at == NULL) {
		printf("# no such place: %s\n", from);
		return FAULT_NONE;
	}
	(void)snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - staged),
	    staged, to, at + strlen(from));
	return parse(&r, text, why);
}

static void
test_round_trip(void)
{
	struct buf out = BUF_MAX(LIMIT_DOCUMENT),
		   again = BUF_MAX(LIMIT_DOCUMENT);
	struct receipt r, back;
	struct cause why;
	unsigned i;

	fill(&r, STAGE_STAGED);
	TAP_INT(receipt_format(&out, &r), FAULT_NONE);
	TAP_STR(buf_text(&out), staged);
	for (i = STAGE_RECEIVED; i <= STAGE_DESTROYED; i++) {
		buf_free(&out);
		buf_free(&again);
		fill(&r, (enum stage)i);
		if (i == STAGE_RECEIVED)
			r.contents_sha256[0] = '\0';
		TAP_INT(receipt_format(&out, &r), FAULT_NONE);
		TAP_INT(parse(&back, buf_text(&out), &why), FAULT_NONE);
		TAP_INT(back.stage, i);
		TAP_INT(back.time, r.time);
		TAP_STR(back.contents_sha256, r.contents_sha256);
		TAP_INT(back.parcel.sequence, 17);
		TAP_INT(back.warnings, 12);
		TAP_INT(receipt_format(&again, &back), FAULT_NONE);
		TAP_STR(buf_text(&again), buf_text(&out));
	}
	buf_free(&out);
	buf_free(&again);
}

static void
test_refusal(void)
{
	struct buf out = BUF_MAX(LIMIT_DOCUMENT),
		   again = BUF_MAX(LIMIT_DOCUMENT);
	struct receipt r, back;
	struct cause why;

	fill(&r, STAGE_REFUSED);
	r.rows = 0;
	r.contents_sha256[0] = '\0';
	(void)cause_set(&r.refusal, FAULT_VALUE, "%d values break the rule", 3);
	cause_place(&r.refusal, "kul.csv", 500001, "nik", UINT64_MAX);
	cause_clause(&r.refusal, "datasets[lapor-diri].schema.fields[nik]");
	cause_rule(&r.refusal, "pattern");
	TAP_INT(receipt_format(&out, &r), FAULT_NONE);
	TAP_OK(strstr(buf_text(&out), "\"code\": 402,") != NULL);
	TAP_OK(strstr(buf_text(&out), "\"row\": 500001,") != NULL);
	TAP_INT(parse(&back, buf_text(&out), &why), FAULT_NONE);
	TAP_INT(back.refusal.fault, FAULT_VALUE);
	TAP_STR(back.refusal.detail, "3 values break the rule");
	TAP_STR(back.refusal.file, "kul.csv");
	TAP_STR(back.refusal.column, "nik");
	TAP_STR(back.refusal.rule, "pattern");
	TAP_STR(back.refusal.clause, "datasets[lapor-diri].schema.fields[nik]");
	TAP_INT(back.refusal.row, 500001);
	TAP_OK(back.refusal.offset == UINT64_MAX);
	TAP_INT(receipt_format(&again, &back), FAULT_NONE);
	TAP_STR(buf_text(&again), buf_text(&out));
	/* Without a sentence the code's own words stand in. */
	buf_free(&out);
	cause_clear(&r.refusal);
	r.refusal.fault = FAULT_DECRYPT;
	TAP_INT(receipt_format(&out, &r), FAULT_NONE);
	TAP_OK(strstr(buf_text(&out), "\"row\": null") != NULL);
	TAP_INT(parse(&back, buf_text(&out), &why), FAULT_NONE);
	TAP_STR(back.refusal.detail, fault_text_english(FAULT_DECRYPT));
	/* A trouble of our own side is no refusal. */
	r.refusal.fault = FAULT_MEMORY;
	again.len = 0;
	TAP_INT(receipt_format(&again, &r), FAULT_FORMAT);
	TAP_INT(again.len, 0);
	buf_free(&out);
	buf_free(&again);
}

#define REFUSAL(code, row)                                                     \
	"\"refusal\": {\"code\": " code                                        \
	", \"reason\": \"x\", \"clause\": null,"                               \
	" \"file\": null, \"row\": " row ", \"column\": null, \"rule\": null," \
	" \"advice\": null}"

static void
test_refused_text(void)
{
	struct cause why;

	TAP_INT(changed("\"refusal\": null", REFUSAL("402", "null"), &why),
	    FAULT_FORMAT);
	TAP_STR(why.clause, "refusal");
	TAP_INT(
	    changed("\"stage\": \"staged\"", "\"stage\": \"refused\"", &why),
	    FAULT_FORMAT);
	TAP_STR(why.clause, "refusal");
	TAP_INT(changed("\"stage\": \"staged\"", "\"stage\": \"lost\"", &why),
	    FAULT_FORMAT);
	TAP_STR(why.clause, "stage");
	TAP_INT(
	    changed("\"contents\": \"" SHA_B "\"", "\"contents\": null", &why),
	    FAULT_FORMAT);
	TAP_STR(why.clause, "contents");
	TAP_INT(changed("KEMLU/17", "KEMLU/00000017", &why), FAULT_FORMAT);
	TAP_STR(why.clause, "parcel");
	TAP_INT(changed("KEMLU/17", "KEMLU/0", &why), FAULT_FORMAT);
	TAP_INT(changed("KEMLU/17", "../17", &why), FAULT_FORMAT);
	TAP_INT(changed("05:42:00Z", "05:42:00+00:00", &why), FAULT_FORMAT);
	TAP_STR(why.clause, "time");
	TAP_INT(
	    changed("\"entries\": 5", "\"entries\": -5", &why), FAULT_FORMAT);
	TAP_STR(why.clause, "journal.entries");
	TAP_INT(
	    changed("\"rows\": 593000", "\"rows\": null", &why), FAULT_FORMAT);
	TAP_INT(changed("\"warnings\": 12", "\"warnings\": -1", &why),
	    FAULT_FORMAT);
	TAP_STR(why.clause, "warnings");
	TAP_INT(changed("  \"warnings\": 12,\n", "", &why), FAULT_FORMAT);
	TAP_INT(changed("\"tool\"", "\"too\"", &why), FAULT_FORMAT);
	TAP_INT(
	    changed("\"rows\"", "\"rows\": 1, \"rows\"", &why), FAULT_FORMAT);
	TAP_INT(changed("terima 0.1", "terima\\u001b[2J", &why), FAULT_FORMAT);
	TAP_STR(why.clause, "tool");
	TAP_INT(changed("}\n", "}\n}", &why), FAULT_FORMAT);
}

/* What a half may tell of the faults, and what a receipt says of them. */
static void
test_faults(void)
{
	static struct table_count count[40];
	static struct cause cause[30];
	struct buf out = BUF_MAX(LIMIT_DOCUMENT),
		   again = BUF_MAX(LIMIT_DOCUMENT);
	static struct receipt r, back;
	struct cause why;
	size_t i;

	fill(&r, STAGE_REFUSED);
	r.contents_sha256[0] = '\0';
	r.refusal.fault = FAULT_VALUE;
	for (i = 0; i < 40; i++) {
		count[i].column[0] = '\0';
		if (i > 0)
			(void)snprintf(count[i].column, sizeof(count[i].column),
			    "c%02zu", 39 - i);
		(void)snprintf(count[i].rule, sizeof(count[i].rule), "enum");
		count[i].count = 100 - i;
	}
	for (i = 0; i < 30; i++) {
		cause_clear(&cause[i]);
		cause_place(&cause[i], "a.csv", i, i == 0 ? NULL : "nik", 7);
		cause_rule(&cause[i], "pattern");
	}
	faults_count(&r.faults, 5000, count, 40);
	faults_first(&r.faults, cause, 30);
	TAP_INT(r.faults.n_kinds, FAULTS_KINDS);
	TAP_INT(r.faults.n_places, FAULTS_PLACES);
	TAP_STR(r.faults.kind[0].column, "");
	TAP_STR(r.faults.kind[1].column, "c08");
	TAP_OK(receipt_check(&r));
	TAP_INT(receipt_format(&out, &r), FAULT_NONE);
	TAP_INT(parse(&back, buf_text(&out), &why), FAULT_NONE);
	TAP_INT(back.faults.total, 5000);
	TAP_INT(back.faults.place[19].row, 19);
	TAP_INT(back.faults.place[0].row, 0);
	TAP_STR(back.faults.place[19].column, "nik");
	TAP_STR(back.faults.kind[31].column, "c38");
	TAP_INT(receipt_format(&again, &back), FAULT_NONE);
	TAP_STR(buf_text(&again), buf_text(&out));
	/* From another process anything may come. */
	back.faults.n_kinds = FAULTS_KINDS + 1;
	TAP_OK(!receipt_check(&back));
	back.faults.n_kinds = 1;
	back.faults.n_places = SIZE_MAX;
	TAP_OK(!receipt_check(&back));
	back.faults.n_places = 1;
	memset(back.faults.place[0].file, 'x', CAUSE_NAME_MAX);
	TAP_OK(!receipt_check(&back));
	back.faults.place[0].file[1] = '\0';
	back.faults.place[0].file[0] = '\033';
	TAP_OK(receipt_check(&back));
	TAP_STR(back.faults.place[0].file, "?");
	back.faults.place[0].rule[0] = '\0';
	TAP_OK(!receipt_check(&back));
	buf_free(&out);
	buf_free(&again);
}

#define FAULTS(count, kinds, first)                                          \
	"\"refusal\": {\"code\": 402, \"reason\": \"r\", \"clause\": null, " \
	"\"file\": null, \"row\": null, \"column\": null, \"rule\": null, "  \
	"\"advice\": null, \"faults\": {\"count\": " count                   \
	", \"kinds\": " kinds ", \"first\": " first "}}"
#define KIND(c, n) \
	"{\"column\": \"" c "\", \"rule\": \"enum\", \"count\": " n "}"
#define PLACE(row, rule)                                        \
	"{\"file\": null, \"row\": " row ", \"column\": null, " \
	"\"rule\": " rule "}"

static void
test_codes(void)
{
	static const char head[] =
	    "{\"format\":\"serahterima-receipt/1\","
	    "\"parcel\":\"A/B/C/1\",\"recipient\":\"KPU\","
	    "\"stage\":\"refused\",\"manifest\":\"" SHA_A
	    "\",\"rows\":0,\"warnings\":0,"
	    "\"contents\":null,\"time\":\"2026-11-24T05:42:00Z\",";
	static const char tail[] =
	    ",\"journal\":{\"entries\":0,\"head\":\"" SHA_A
	    "\"},\"tool\":\"t\"}";
	static const struct {
		const char *refusal;
		enum fault want;
	} cases[] = {
		{ REFUSAL("402", "2"), FAULT_NONE },
		{ REFUSAL("599", "null"), FAULT_NONE },
		{ REFUSAL("99", "null"), FAULT_FORMAT },
		{ REFUSAL("600", "null"), FAULT_FORMAT },
		{ REFUSAL("402", "0"), FAULT_FORMAT },
		{ REFUSAL("402", "-1"), FAULT_FORMAT },
		{ REFUSAL("\"402\"", "1"), FAULT_FORMAT },
		{ "\"refusal\": {}", FAULT_FORMAT },
		{ "\"refusal\": []", FAULT_FORMAT },
		{ FAULTS("1", "[]", "[]"), FAULT_NONE },
		{ FAULTS(
		      "1", "[" KIND("a", "1") "]", "[" PLACE("1", "\"x\"") "]"),
		    FAULT_NONE },
		{ FAULTS("0", "[]", "[]"), FAULT_FORMAT },
		{ FAULTS("1", "{}", "[]"), FAULT_FORMAT },
		{ FAULTS("1", "[]", "null"), FAULT_FORMAT },
		{ FAULTS("1", "[" KIND("b", "1") "," KIND("a", "1") "]", "[]"),
		    FAULT_FORMAT },
		{ FAULTS("1", "[" KIND("a", "0") "]", "[]"), FAULT_FORMAT },
		{ FAULTS("1", "[]", "[" PLACE("0", "\"x\"") "]"),
		    FAULT_FORMAT },
		{ FAULTS("1", "[]", "[" PLACE("1", "null") "]"), FAULT_FORMAT },
		{ FAULTS("1", "[]", "[{}]"), FAULT_FORMAT },
	};
	char text[2048];
	struct receipt r;
	struct cause why;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		(void)snprintf(
		    text, sizeof(text), "%s%s%s", head, cases[i].refusal, tail);
		TAP_INT(parse(&r, text, &why), cases[i].want);
		if (cases[i].want != FAULT_NONE)
			TAP_STR(r.recipient, "");
	}
}

static void
test_names(void)
{
	static const char *const bad[] = { "", "receipt", "receipt.json",
		"receipt..staged.json", "receipt.KPU.json",
		"receipt.KPU.staged.json.minisig", "receipt.KPU.lost.json",
		"receipt...staged.json", "Receipt.KPU.staged.json",
		"receipt.K/U.staged.json", "receipt.KPU.staged.jso",
		"receipt.staged.json", "receipt.KPUstaged.json" };
	char name[RECEIPT_NAME_MAX], recipient[LIMIT_ID + 1];
	char longest[LIMIT_ID + 1];
	enum stage stage = STAGE_RECEIVED;
	size_t i;

	receipt_name(name, "KPU", STAGE_REFUSED);
	TAP_STR(name, "receipt.KPU.refused.json");
	TAP_OK(receipt_name_parse(name, recipient, &stage));
	TAP_STR(recipient, "KPU");
	TAP_INT(stage, STAGE_REFUSED);
	/* An id may hold dots, even a stage's word. */
	receipt_name(name, "KPU.staged", STAGE_LOADED);
	TAP_OK(receipt_name_parse(name, recipient, &stage));
	TAP_STR(recipient, "KPU.staged");
	TAP_INT(stage, STAGE_LOADED);
	memset(longest, 'A', LIMIT_ID);
	longest[LIMIT_ID] = '\0';
	receipt_name(name, longest, STAGE_DESTROYED);
	TAP_OK(receipt_name_parse(name, recipient, &stage));
	TAP_STR(recipient, longest);
	(void)snprintf(name, sizeof(name), "receipt.%sA.staged.json", longest);
	TAP_OK(!receipt_name_parse(name, recipient, &stage));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		TAP_OK(!receipt_name_parse(bad[i], recipient, &stage));
}

/* A receipt as another process tells it: any bytes may lie in it. */
static void
test_told(void)
{
	struct receipt r;

#define TOLD(change, want)                           \
	do {                                         \
		fill(&r, STAGE_STAGED);              \
		change;                              \
		TAP_OK(receipt_check(&r) == (want)); \
	} while (0)
	TOLD((void)0, true);
	TOLD(r.stage = STAGE_RECEIVED, true);
	TOLD(r.tool[0] = '\0', true);
	TOLD(r.contents_sha256[0] = '\0', true);
	TOLD(
	    memset(r.parcel.agreement, 'A', sizeof(r.parcel.agreement)), false);
	TOLD(memset(r.parcel.dataset, 'A', sizeof(r.parcel.dataset)), false);
	TOLD(memset(r.parcel.sender, 'A', sizeof(r.parcel.sender)), false);
	TOLD(memcpy(r.parcel.sender, "../x", 5), false);
	TOLD(r.parcel.sequence = 0, false);
	TOLD(r.parcel.sequence = PARCEL_SEQUENCE_MAX + 1, false);
	TOLD(memset(r.recipient, 'A', sizeof(r.recipient)), false);
	TOLD(r.recipient[0] = '/', false);
	TOLD(r.stage = (enum stage)99, false);
	TOLD(r.stage = STAGE_REFUSED, false);
	TOLD(r.refusal.fault = FAULT_VALUE, false);
	TOLD(r.manifest_sha256[0] = '\0', false);
	TOLD(r.manifest_sha256[3] = 'G', false);
	TOLD(memset(r.manifest_sha256, 'a', sizeof(r.manifest_sha256)), false);
	TOLD(r.contents_sha256[63] = '\0', false);
	TOLD(r.journal_head[0] = '-', false);
	TOLD(memset(r.tool, 'x', sizeof(r.tool)), false);
	TOLD(r.tool[0] = '\033', false);
#undef TOLD
	fill(&r, STAGE_REFUSED);
	(void)cause_set(&r.refusal, (enum fault)599, "later");
	memset(r.refusal.column, '\033', sizeof(r.refusal.column));
	TAP_OK(receipt_check(&r));
	TAP_INT(r.refusal.fault, 599);
	TAP_STR(r.refusal.detail, "later");
	TAP_INT(strlen(r.refusal.column), sizeof(r.refusal.column) - 1);
	TAP_OK(strchr(r.refusal.column, '\033') == NULL);
	r.refusal.fault = (enum fault)600;
	TAP_OK(!receipt_check(&r));
	r.refusal.fault = FAULT_SYSTEM;
	TAP_OK(!receipt_check(&r));
}

int
main(void)
{
	test_round_trip();
	test_refusal();
	test_refused_text();
	test_codes();
	test_faults();
	test_names();
	test_told();
	return TAP_DONE();
}
