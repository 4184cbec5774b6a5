/*
 * papers: one agreement that says everything the format can say, and what may
 * be wrong with it, in its text and in its signatures.
 */
#include "papers.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "set.h"
#include "text/doc.h"
#include "text/writer.h"

#define DIALECT                                                            \
	"\"dialect\":{\"delimiter\":\";\",\"quoteChar\":\"\\\"\","         \
	"\"lineTerminator\":\"\\n\",\"encoding\":\"utf-8\",\"bom\":false," \
	"\"header\":true}"
#define HOST_KEY       \
	"ssh-ed25519 " \
	"AAAAC3NzaC1lZDI1NTE5AAAAIP7+2PyJAIzhdlWd3x2kR/3dnOy2gZE8hvgn+OAe3RjS"

#define CODE_LIST                                                          \
	"{\"id\":\"negara\",\"sha256\":\"00000000000000000000000000000000" \
	"00000000000000000000000000000000\",\"title\":\"Negara\","         \
	"\"edition\":\"2026\"}"

/* %s: the root keys of sender, recipient, guardian. */
static const char paper_form[] =
    "{\"format\":\"serahterima-agreement/1\",\"id\":\"" PAPERS_ID "\","
    "\"version\":1,\"replaces\":null,\"title\":\"Perjanjian uji\","
    "\"documents\":[{\"kind\":\"PKS\",\"number\":\"UJI/1/2026\","
    "\"date\":\"2026-01-02\"}],\"valid\":{\"from\":\"2026-01-02\","
    "\"until\":\"2099-12-30\"},\"purpose\":\"vektor uji\","
    "\"legal_basis\":[\"UU 7/2017 ps. 201\"],\"parties\":["
    "{\"id\":\"" CAST_SENDER "\",\"role\":\"provider\","
    "\"name\":\"Pengirim\",\"root_key\":\"%s\"},"
    "{\"id\":\"" CAST_RECIPIENT "\",\"role\":\"recipient\","
    "\"name\":\"Penerima\",\"root_key\":\"%s\"},"
    "{\"id\":\"" CAST_GUARDIAN "\",\"role\":\"guardian\","
    "\"name\":\"Wali data\",\"root_key\":\"%s\"}],"
    "\"signatures_required\":[\"" CAST_SENDER "\",\"" CAST_RECIPIENT
    "\",\"" CAST_GUARDIAN "\"],\"drops\":["
    "{\"id\":\"hub\",\"url\":\"file:///srv/uji\",\"host_keys\":[]},"
    "{\"id\":\"server\",\"url\":\"sftp://uji@hub.example.invalid:2222/st\","
    "\"host_keys\":[\"" HOST_KEY "\"]}],\"datasets\":["
    "{\"id\":\"" PAPERS_DATASET "\",\"from\":\"" CAST_SENDER "\","
    "\"to\":[\"" CAST_RECIPIENT "\"],\"drop\":\"hub\"," DIALECT ","
    "\"schema\":{\"fields\":["
    "{\"name\":\"id\",\"type\":\"string\",\"constraints\":"
    "{\"required\":true,\"pattern\":\"^[0-9]{8}$\"}},"
    "{\"name\":\"nama\",\"type\":\"string\",\"constraints\":"
    "{\"required\":true,\"minLength\":1,\"maxLength\":40}},"
    "{\"name\":\"tanggal\",\"type\":\"date\",\"format\":\"%%d-%%m-%%Y\"},"
    "{\"name\":\"status\",\"type\":\"string\",\"constraints\":"
    "{\"required\":true,\"enum\":[\"A\",\"B\"]}},"
    "{\"name\":\"nilai\",\"type\":\"integer\",\"constraints\":"
    "{\"minimum\":-1000,\"maximum\":1000}}],"
    "\"missingValues\":[\"\"],\"primaryKey\":[\"id\"]},"
    "\"extra_columns\":\"refuse\",\"mask\":{},\"modes\":[\"full\"],"
    "\"manifest_fields\":["
    "{\"name\":\"surat\",\"type\":\"string\",\"constraints\":"
    "{\"required\":true,\"pattern\":\"^[0-9]+/UJI$\"}},"
    "{\"name\":\"gelombang\",\"type\":\"integer\",\"constraints\":"
    "{\"minimum\":1}}],"
    "\"totals\":[\"rows\",{\"count_by\":\"status\"},{\"sum\":\"nilai\"},"
    "{\"distinct\":\"nama\"}],"
    "\"rules\":[{\"required_when\":{\"column\":\"nilai\","
    "\"when\":\"status\",\"is\":[\"B\"]}},"
    "{\"at_least_one\":[\"tanggal\",\"nilai\"],\"level\":\"warning\"}],"
    "\"limits\":{\"rows\":1000,\"bytes\":100000},"
    "\"schedule\":{\"every\":\"P1M\",\"due\":\"P5D\"},"
    "\"retention\":\"P180D\",\"approvals\":0},"
    "{\"id\":\"balikan\",\"from\":\"" CAST_RECIPIENT "\","
    "\"to\":[\"" CAST_SENDER "\",\"" CAST_GUARDIAN "\"],"
    "\"drop\":\"server\"," DIALECT ",\"schema\":{\"fields\":["
    "{\"name\":\"id\",\"type\":\"string\"}]},\"manifest_fields\":[],"
    "\"totals\":[]}],"
    "\"handling\":{\"onward_transfer\":\"forbidden\",\"location\":\"ID\"},"
    "\"contacts\":[{\"party\":\"" CAST_RECIPIENT "\",\"name\":\"A. Petugas\","
    "\"role\":\"petugas PDP\",\"post\":\"pdp@example.invalid\","
    "\"hours\":\"24x7\"}]}";

/* On one line: the set holds it many times. */
static void
paper_text(struct buf *out, const struct cast *cast)
{
	struct buf text = BUF_MAX(SET_DOCUMENT);
	char root[3][KEY_TEXT_LEN];
	struct writer *w = NULL;
	struct doc *doc = NULL;

	for (size_t i = 0; i < 3; i++)
		public_key_text(root[i], &cast[i].card.root);
	set_must(
	    buf_putf(&text, paper_form, root[0], root[1], root[2]), "paper");
	set_must(doc_parse(&doc, text.data, text.len, NULL), "paper");
	set_must(writer_new(&w, false), "paper");
	writer_node(w, NULL, doc_root(doc));
	set_must(writer_finish(w, out), "paper");
	writer_free(w);
	doc_free(doc);
	buf_free(&text);
}

void
papers_new(struct paper *out, const struct cast *cast)
{
	*out = (struct paper){ BUF_MAX(SET_DOCUMENT), NULL, NULL };
	paper_text(&out->bytes, cast);
	set_must(agreement_parse(
		     &out->agreement, out->bytes.data, out->bytes.len, NULL),
	    "paper");
	out->dataset = agreement_dataset(out->agreement, PAPERS_DATASET);
}

void
papers_free(struct paper *paper)
{
	agreement_free(paper->agreement);
	buf_free(&paper->bytes);
}

static const struct change papers_changes[] = {
	{ "blanks", 0, "other", TEXT("{\"format\""), TEXT("{ \r\n\t\"format\""),
	    "other white space" },
	{ "one-signature-more", 0, "own", TEXT("\"role\":\"guardian\""),
	    TEXT("\"role\":\"witness\""),
	    "a witness whose signature is required too" },
	{ "contact-without-name", 0, "own", TEXT("\"name\":\"A. Petugas\","),
	    TEXT(""), "a contact without a name" },
	{ "no-limits", 0, "own",
	    TEXT("\"limits\":{\"rows\":1000,\"bytes\":100000},"), TEXT(""),
	    "no limits" },
	{ "optional-left-out", 0, "own",
	    TEXT("\"extra_columns\":\"refuse\",\"mask\":{},"
		 "\"modes\":[\"full\"],"),
	    TEXT(""), "optional members are left out" },

	/* the document and its head */
	{ "unknown", 5, NULL, TEXT("\"title\""),
	    TEXT("\"subtitle\":\"x\",\"title\""), "an unknown member" },
	{ "twice", 5, NULL, TEXT("\"version\":1,"),
	    TEXT("\"version\":1,\"version\":1,"), "a member twice" },
	{ "missing", 5, NULL, TEXT("\"purpose\":\"vektor uji\","), TEXT(""),
	    "no purpose" },
	{ "format", 5, NULL, TEXT("serahterima-agreement/1"),
	    TEXT("serahterima-agreement/2"), "a later version of the format" },
	{ "id", 5, NULL, TEXT("\"id\":\"" PAPERS_ID "\""),
	    TEXT("\"id\":\"UJI/VEKTOR\""), "an id that is a path" },
	{ "version-0", 5, NULL, TEXT("\"version\":1"), TEXT("\"version\":0"),
	    "version 0" },
	{ "version-real", 5, NULL, TEXT("\"version\":1"),
	    TEXT("\"version\":1.0"), "a number that is not whole" },
	{ "replaces-nothing", 5, NULL, TEXT("\"version\":1"),
	    TEXT("\"version\":2"), "version 2 that replaces nothing" },
	{ "replaces-first", 5, NULL, TEXT("\"replaces\":null"),
	    TEXT("\"replaces\":\"0000000000000000000000000000000000000000"
		 "000000000000000000000000\""),
	    "version 1 that replaces something" },
	{ "title-empty", 5, NULL, TEXT("\"Perjanjian uji\""), TEXT("\"\""),
	    "an empty title" },
	{ "title-bidi", 5, NULL, TEXT("Perjanjian uji"),
	    TEXT("\\u202eiju naijnajreP"), "a title that is turned round" },
	{ "no-documents", 5, NULL,
	    TEXT("\"kind\":\"PKS\",\"number\":\"UJI/1/2026\","),
	    TEXT("\"kind\":\"PKS\","), "a paper without a number" },
	{ "day", 5, NULL, TEXT("\"2026-01-02\"}]"), TEXT("\"2026-02-30\"}]"),
	    "a day that there is not" },
	{ "valid-backwards", 5, NULL, TEXT("\"until\":\"2099-12-30\""),
	    TEXT("\"until\":\"2026-01-01\""), "it ends before it begins" },
	{ "legal-basis-number", 5, NULL, TEXT("\"UU 7/2017 ps. 201\""),
	    TEXT("7"), "a legal basis that is no text" },

	/* parties */
	{ "role", 5, NULL, TEXT("\"role\":\"guardian\""),
	    TEXT("\"role\":\"owner\""), "an unknown role" },
	{ "no-recipient", 5, NULL, TEXT("\"role\":\"recipient\""),
	    TEXT("\"role\":\"witness\""), "nobody receives" },
	{ "party-twice", 5, NULL, TEXT("\"id\":\"" CAST_GUARDIAN "\""),
	    TEXT("\"id\":\"" CAST_RECIPIENT "\""), "a party twice" },
	{ "root-key", 5, NULL, TEXT("\"root_key\":\"RW"),
	    TEXT("\"root_key\":\"RU"), "not a minisign public key" },
	{ "not-required", 5, NULL, TEXT(",\"" CAST_GUARDIAN "\"],\"drops\""),
	    TEXT("],\"drops\""), "the guardian's signature is not required" },
	{ "required-stranger", 5, NULL,
	    TEXT(",\"" CAST_GUARDIAN "\"],\"drops\""),
	    TEXT(",\"" CAST_GUARDIAN "\",\"" CAST_STRANGER "\"],\"drops\""),
	    "a signature of no party" },

	/* drops */
	{ "drop-host-key-missing", 5, NULL, TEXT("\"" HOST_KEY "\""), TEXT(""),
	    "a server without a host key" },
	{ "drop-host-key-needless", 5, NULL, TEXT("\"host_keys\":[]"),
	    TEXT("\"host_keys\":[\"" HOST_KEY "\"]"),
	    "a directory with a host key" },
	{ "drop-host-key-rsa", 5, NULL, TEXT("ssh-ed25519 "), TEXT("ssh-rsa "),
	    "a host key of another type" },
	{ "drop-password", 5, NULL, TEXT("sftp://uji@"),
	    TEXT("sftp://uji:rahasia@"), "a password in the address" },
	{ "drop-climbs", 5, NULL, TEXT("file:///srv/uji"),
	    TEXT("file:///srv/../uji"), "an address that climbs out" },
	{ "drop-escape", 5, NULL, TEXT("file:///srv/uji"),
	    TEXT("file:///srv/%75ji"), "an escape in the address" },
	{ "drop-http", 5, NULL, TEXT("file:///srv/uji"),
	    TEXT("https://hub.example.invalid/uji"), "another scheme" },
	{ "drop-twice", 5, NULL, TEXT("\"id\":\"server\""),
	    TEXT("\"id\":\"hub\""), "a drop twice" },

	/* data sets */
	{ "from-stranger", 5, NULL, TEXT("\"from\":\"" CAST_SENDER "\""),
	    TEXT("\"from\":\"" CAST_STRANGER "\""), "from no party" },
	{ "to-stranger", 5, NULL, TEXT("\"to\":[\"" CAST_RECIPIENT "\""),
	    TEXT("\"to\":[\"" CAST_STRANGER "\""), "to no party" },
	{ "to-itself", 5, NULL, TEXT("\"to\":[\"" CAST_RECIPIENT "\""),
	    TEXT("\"to\":[\"" CAST_SENDER "\""), "from a party to itself" },
	{ "to-twice", 5, NULL, TEXT("\"to\":[\"" CAST_RECIPIENT "\""),
	    TEXT("\"to\":[\"" CAST_RECIPIENT "\",\"" CAST_RECIPIENT "\""),
	    "a recipient twice" },
	{ "no-drop", 5, NULL, TEXT("\"drop\":\"hub\""),
	    TEXT("\"drop\":\"disk\""), "no such drop" },
	{ "dataset-twice", 5, NULL, TEXT("\"id\":\"balikan\""),
	    TEXT("\"id\":\"" PAPERS_DATASET "\""), "a data set twice" },
	{ "delimiter", 5, NULL, TEXT("\"delimiter\":\";\""),
	    TEXT("\"delimiter\":\";;\""), "a delimiter of two characters" },
	{ "encoding", 5, NULL, TEXT("\"encoding\":\"utf-8\""),
	    TEXT("\"encoding\":\"iso-8859-1\""), "an encoding that is none" },
	{ "encoding-utf-16", 0, "own", TEXT("\"encoding\":\"utf-8\""),
	    TEXT("\"encoding\":\"utf-16le\""), "another encoding" },
	{ "encoding-bom", 5, NULL, TEXT("\"encoding\":\"utf-8\""),
	    TEXT("\"encoding\":\"windows-1252\",\"bom\":true"),
	    "a mark that the encoding does not have" },
	{ "no-header", 5, NULL, TEXT("\"header\":true"),
	    TEXT("\"header\":false"), "a table without a header" },
	{ "schema-type", 5, NULL, TEXT("\"type\":\"integer\""),
	    TEXT("\"type\":\"geopoint\""), "a type that nobody checks" },
	{ "schema-constraint", 5, NULL, TEXT("\"minLength\":1"),
	    TEXT("\"jsonSchema\":1"), "a constraint that nobody checks" },
	{ "schema-pattern", 5, NULL, TEXT("^[0-9]{8}$"), TEXT("^[0-9{8}$"),
	    "a pattern that is none" },
	{ "schema-key", 5, NULL, TEXT("\"primaryKey\":[\"id\""),
	    TEXT("\"primaryKey\":[\"nik\""), "a key of no column" },
	{ "column-twice", 5, NULL, TEXT("\"name\":\"tanggal\""),
	    TEXT("\"name\":\"NAMA\""), "two columns that databases fold" },
	{ "total-column", 5, NULL, TEXT("\"sum\":\"nilai\""),
	    TEXT("\"sum\":\"harga\""), "a total of no column" },
	{ "total-text", 5, NULL, TEXT("\"sum\":\"nilai\""),
	    TEXT("\"sum\":\"nama\""), "a sum of text" },
	{ "total-twice", 5, NULL, TEXT("\"distinct\":\"nama\""),
	    TEXT("\"sum\":\"nilai\""), "a total twice" },
	{ "total-unknown", 5, NULL, TEXT("\"distinct\":\"nama\""),
	    TEXT("\"median\":\"nilai\""), "an unknown total" },
	{ "types-more", 0, "own", TEXT("\"schema\":{\"fields\":["),
	    TEXT("\"schema\":{\"fields\":["
		 "{\"name\":\"jam\",\"type\":\"time\",\"constraints\":{"
		 "\"exclusiveMaximum\":\"13:00:00\"}},"
		 "{\"name\":\"tahun\",\"type\":\"year\",\"constraints\":{"
		 "\"minimum\":1945}},"
		 "{\"name\":\"bulan\",\"type\":\"yearmonth\"},"
		 "{\"name\":\"lama\",\"type\":\"duration\"},"
		 "{\"name\":\"surel\",\"type\":\"string\",\"format\":"
		 "\"email\"},"
		 "{\"name\":\"kawin\",\"type\":\"string\",\"categories\":["
		 "{\"value\":\"B\",\"label\":\"belum\"},"
		 "{\"value\":\"S\"}],\"categoriesOrdered\":false},"),
	    "other types, formats and lists" },
	{ "schema-any", 5, NULL, TEXT("\"%d-%m-%Y\""), TEXT("\"any\""),
	    "a date written in any way" },
	{ "schema-both", 5, NULL, TEXT("\"minimum\":-1000"),
	    TEXT("\"minimum\":-1000,\"exclusiveMinimum\":-1000"),
	    "two bounds where one counts" },
	{ "unique-keys", 0, "own", TEXT("\"primaryKey\":[\"id\"]"),
	    TEXT("\"primaryKey\":[\"id\"],\"uniqueKeys\":[[\"nama\","
		 "\"tanggal\"],[\"nilai\"]],\"fieldsMatch\":\"exact\""),
	    "keys besides the primary one" },
	{ "unique-key-twice", 5, NULL, TEXT("\"primaryKey\":[\"id\"]"),
	    TEXT("\"primaryKey\":[\"id\"],\"uniqueKeys\":[[\"id\"]]"),
	    "the primary key once more" },
	{ "fields-match", 5, NULL, TEXT("\"primaryKey\":[\"id\"]"),
	    TEXT("\"primaryKey\":[\"id\"],\"fieldsMatch\":\"subset\""),
	    "columns that may be left out" },
	{ "code-lists", 0, "own", TEXT("\"drops\":["),
	    TEXT("\"code_lists\":[" CODE_LIST "],\"drops\":["), "a code list" },
	{ "code-list-twice", 5, NULL, TEXT("\"drops\":["),
	    TEXT("\"code_lists\":[" CODE_LIST "," CODE_LIST "],\"drops\":["),
	    "a code list twice" },
	{ "code-list-hash", 5, NULL, TEXT("\"drops\":["),
	    TEXT("\"code_lists\":[{\"id\":\"negara\",\"sha256\":\"\","
		 "\"title\":\"Negara\",\"edition\":\"2026\"}],"
		 "\"drops\":["),
	    "a code list without a hash" },
	{ "code-lists-none", 5, NULL, TEXT("\"drops\":["),
	    TEXT("\"code_lists\":[],\"drops\":["), "a list of no code list" },
	{ "foreign-stranger", 5, NULL, TEXT("\"primaryKey\":[\"id\"]"),
	    TEXT("\"primaryKey\":[\"id\"],\"foreignKeys\":[{\"fields\":"
		 "\"nama\",\"reference\":{\"resource\":\"list:negara\","
		 "\"fields\":\"alpha3\"}}]"),
	    "a code list that is not in the agreement" },
	{ "foreign-self", 5, NULL, TEXT("\"primaryKey\":[\"id\"]"),
	    TEXT("\"primaryKey\":[\"id\"],\"foreignKeys\":[{\"fields\":"
		 "\"nama\",\"reference\":{\"resource\":\"\","
		 "\"fields\":\"id\"}}]"),
	    "a key into the file itself" },
	{ "rules-more", 0, "own", TEXT("\"rules\":["),
	    TEXT("\"rules\":[{\"nik\":\"id\",\"birth_date\":\"tanggal\","
		 "\"sex\":\"status\",\"region\":\"nama\",\"male\":\"A\","
		 "\"female\":\"B\",\"level\":\"error\"},"
		 "{\"nkk\":\"nama\",\"level\":\"warning\"},"
		 "{\"passport\":\"nama\"},{\"area_code\":\"nama\"},"
		 "{\"equal\":[\"nama\",\"status\"]},"),
	    "rules of every other kind" },
	{ "rules-none", 0, "own",
	    TEXT("[{\"required_when\":{\"column\":\"nilai\",\"when\":"
		 "\"status\",\"is\":[\"B\"]}},{\"at_least_one\":[\"tanggal\","
		 "\"nilai\"],\"level\":\"warning\"}]"),
	    TEXT("[]"), "no rules" },
	{ "rule-unknown", 5, NULL, TEXT("\"at_least_one\""),
	    TEXT("\"at_most_one\""), "a rule that nobody checks" },
	{ "rule-column", 5, NULL, TEXT("[\"tanggal\",\"nilai\"]"),
	    TEXT("[\"tanggal\",\"harga\"]"), "a rule of no column" },
	{ "rule-required", 5, NULL, TEXT("[\"tanggal\",\"nilai\"]"),
	    TEXT("[\"tanggal\",\"nama\"]"), "a rule that can never be broken" },
	{ "rule-type", 5, NULL, TEXT("\"at_least_one\""),
	    TEXT("\"not_before\""), "an order of a day and a number" },
	{ "rule-value", 5, NULL, TEXT("\"is\":[\"B\"]"), TEXT("\"is\":[\"C\"]"),
	    "a value that cannot be" },
	{ "rule-level", 5, NULL, TEXT("\"level\":\"warning\""),
	    TEXT("\"level\":\"info\""), "an unknown level" },
	{ "rule-twice", 5, NULL, TEXT("\"rules\":["),
	    TEXT("\"rules\":[{\"at_least_one\":[\"tanggal\",\"nilai\"]},"),
	    "a rule twice" },
	{ "field-equals", 5, NULL, TEXT("\"name\":\"surat\""),
	    TEXT("\"name\":\"su=rat\""), "a field that cannot be typed" },
	{ "field-unique", 5, NULL, TEXT("\"minimum\":1"),
	    TEXT("\"unique\":true"), "a rule that means nothing here" },
	{ "limit-0", 5, NULL, TEXT("\"rows\":1000"), TEXT("\"rows\":0"),
	    "a limit of nothing" },
	{ "limit-negative", 5, NULL, TEXT("\"rows\":1000"), TEXT("\"rows\":-1"),
	    "a negative limit" },
	{ "schedule", 5, NULL, TEXT("\"P1M\""), TEXT("\"monthly\""),
	    "a duration in words" },
	{ "retention", 5, NULL, TEXT("\"P180D\""), TEXT("\"P\""),
	    "a duration of nothing" },

	/* what of a source leaves */
	{ "extra-columns", 0, "own", TEXT("\"refuse\""), TEXT("\"drop\""),
	    "extra columns dropped" },
	{ "extra-columns-keep", 5, NULL, TEXT("\"refuse\""), TEXT("\"keep\""),
	    "extra columns kept" },
	{ "mask", 0, "own", TEXT("\"mask\":{}"),
	    TEXT("\"mask\":{\"id\":\"hash\",\"nama\":\"first:3\"}"),
	    "masked columns" },
	{ "mask-stranger", 5, NULL, TEXT("\"mask\":{}"),
	    TEXT("\"mask\":{\"nik\":\"hash\"}"), "a mask of no column" },
	{ "mask-word", 5, NULL, TEXT("\"mask\":{}"),
	    TEXT("\"mask\":{\"id\":\"last:0\"}"), "a mask of nothing" },
	{ "mask-number", 5, NULL, TEXT("\"mask\":{}"),
	    TEXT("\"mask\":{\"nilai\":\"star\"}"), "a mask of numbers" },
	{ "only", 0, "own", TEXT("\"mask\":{}"),
	    TEXT("\"only\":{\"nama\":[\"CONTOH\",\"\"]}"), "some rows only" },
	{ "only-stranger", 5, NULL, TEXT("\"mask\":{}"),
	    TEXT("\"only\":{\"pos\":[\"KBRI\"]}"),
	    "rows by a column that is refused" },
	{ "only-empty", 5, NULL, TEXT("\"mask\":{}"),
	    TEXT("\"only\":{\"nama\":[]}"), "no rows at all" },
	{ "only-twice", 5, NULL, TEXT("\"mask\":{}"),
	    TEXT("\"only\":{\"nama\":[\"A\",\"A\"]}"), "a value twice" },

	/* rules that this version does not hold must not be signed */
	{ "later-mode", 5, NULL, TEXT("\"full\""), TEXT("\"delta\""),
	    "another mode" },
	{ "later-approvals", 5, NULL, TEXT("\"approvals\":0"),
	    TEXT("\"approvals\":2"), "approvals before sending" },

	/* words */
	{ "onward", 5, NULL, TEXT("\"forbidden\""), TEXT("\"perhaps\""),
	    "a word that each side reads as it likes" },
	{ "location", 5, NULL, TEXT("\"location\":\"ID\""),
	    TEXT("\"location\":\"Indonesia\""), "no country code" },
	{ "contact-stranger", 5, NULL, TEXT("\"party\":\"" CAST_RECIPIENT "\""),
	    TEXT("\"party\":\"" CAST_STRANGER "\""), "a contact of no party" },
};

static void
put_changes(const struct buf *good)
{
	struct buf text = BUF_MAX(SET_DOCUMENT);
	char path[128];

	for (size_t i = 0;
	     i < sizeof(papers_changes) / sizeof(papers_changes[0]); i++) {
		const struct change *c = &papers_changes[i];

		set_change(&text, good, &c->from, &c->to);
		(void)snprintf(
		    path, sizeof(path), "agreement/%s.json", c->name);
		set_buf(path, &text);
		set_change_row(path, "agreement", c);
	}
	buf_free(&text);
}

/* ---- in force, or not ---- */

/* How a party signs. */
enum hand { HAND_ROOT, HAND_NONE, HAND_MACHINE, HAND_LEGACY, HAND_STRANGER };

static void
put_hand(const char *dir, const struct cast *cast, size_t i, enum hand hand,
    const struct buf *paper)
{
	struct buf s = BUF_MAX(LIMIT_KEY_FILE);
	char path[256];

	switch (hand) {
	case HAND_NONE:
		return;
	case HAND_ROOT:
		cast_sign(&s, cast[i].root, paper, "test agreement");
		break;
	case HAND_MACHINE:
		cast_sign(&s, cast[i].signing, paper, "test agreement");
		break;
	case HAND_LEGACY:
		cast_sign_legacy(&s, cast[i].root, paper, "test agreement");
		break;
	case HAND_STRANGER:
		cast_sign(&s, cast_find(cast, CAST_STRANGER)->root, paper,
		    "test agreement");
		break;
	}
	(void)snprintf(path, sizeof(path), "%s/%s.minisig", dir, cast[i].id);
	set_buf(path, &s);
	buf_free(&s);
}

/* An agreement as it lies in a home: what is signed, what lies there, and how
 * the guardian signed; the two others always do. */
static void
put_home(const struct cast *cast, const char *name, const struct buf *there,
    const struct buf *with_signatures, enum hand guardian)
{
	char dir[128], path[256];

	(void)snprintf(dir, sizeof(dir), "agreement/%s", name);
	(void)snprintf(path, sizeof(path), "%s/agreement.json", dir);
	set_buf(path, there);
	put_hand(dir, cast, 0, HAND_ROOT, with_signatures);
	put_hand(dir, cast, 1, HAND_ROOT, with_signatures);
	put_hand(dir, cast, 2, guardian, with_signatures);
}

static void
put_row(const char *name, const char *code, const char *at, const char *what)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "agreement/%s", name);
	set_row(&(struct set_row){ path, "agreement", code,
	    strcmp(code, "0") == 0 ? "own" : NULL, at, what });
}

#define MIDDAY "2026-06-01T12:00:00Z"

/* One place after another. */
static void
swap_all(struct buf *text, const struct buf *good, const struct text (*pair)[2],
    size_t n)
{
	struct buf next = BUF_MAX(SET_DOCUMENT);

	set_must(buf_put(text, good->data, good->len), "paper");
	for (size_t i = 0; i < n; i++) {
		set_change(&next, text, &pair[i][0], &pair[i][1]);
		text->len = 0;
		set_must(buf_put(text, next.data, next.len), "paper");
	}
	buf_free(&next);
}

/* Other words of the same agreement, properly signed. */
static void
put_other_words(const struct cast *cast, const struct buf *good)
{
	struct buf text = BUF_MAX(SET_DOCUMENT);
	char root[KEY_TEXT_LEN], other[KEY_TEXT_LEN];
	const struct text pair[][2] = {
		{ { root, KEY_TEXT_LEN - 1 }, { other, KEY_TEXT_LEN - 1 } },
		{ TEXT("\"id\":\"" CAST_GUARDIAN "\""),
		    TEXT("\"id\":\"" CAST_STRANGER "\"") },
		{ TEXT("\"" CAST_GUARDIAN "\"],\"drops\""),
		    TEXT("\"" CAST_STRANGER "\"],\"drops\"") },
		{ TEXT(",\"" CAST_GUARDIAN "\""), TEXT("") },
	};

	public_key_text(root, &cast[2].card.root);
	public_key_text(other, &cast[3].card.root);
	swap_all(&text, good, pair, 4);
	put_home(cast, "no-card", &text, &text, HAND_NONE);
	put_hand("agreement/no-card", cast, 3, HAND_ROOT, &text);
	put_row("no-card", "101", MIDDAY,
	    "a required party whose card is not pinned; it has signed");
	text.len = 0;
	swap_all(&text, good, pair, 1);
	put_home(cast, "other-root", &text, &text, HAND_STRANGER);
	put_row("other-root", "101", MIDDAY,
	    "another root key than on the pinned card; that key has signed");
	buf_free(&text);
}

static void
put_force(const struct cast *cast, const struct buf *good)
{
	static const struct {
		const char *name;
		enum hand hand;
		const char *code, *what;
	} hands[] = {
		{ "not-signed", HAND_NONE, "101",
		    "the guardian has not signed" },
		{ "signed-by-machine", HAND_MACHINE, "201",
		    "the guardian signed with the machine's signing key" },
		{ "signed-legacy", HAND_LEGACY, "201",
		    "a signature of the legacy kind" },
		{ "signed-by-stranger", HAND_STRANGER, "201",
		    "a stranger signed under the guardian's name" },
	};
	const struct text from = TEXT("P180D"), to = TEXT("P999D");
	struct buf text = BUF_MAX(SET_DOCUMENT);

	put_home(cast, "in-force", good, good, HAND_ROOT);
	put_row("in-force", "0", MIDDAY, "everything holds");
	put_row("in-force", "0", "2026-01-02T00:00:00Z", "the first second");
	put_row("in-force", "0", "2099-12-30T23:59:59Z", "the last second");
	put_row("in-force", "102", "2026-01-01T23:59:59Z",
	    "a second before it begins");
	put_row("in-force", "102", "2099-12-31T00:00:00Z",
	    "the first second after it");
	for (size_t i = 0; i < sizeof(hands) / sizeof(hands[0]); i++) {
		put_home(cast, hands[i].name, good, good, hands[i].hand);
		put_row(hands[i].name, hands[i].code, MIDDAY, hands[i].what);
	}
	set_change(&text, good, &from, &to);
	put_home(cast, "changed", &text, good, HAND_ROOT);
	put_row("changed", "201", MIDDAY, "changed after it was signed");
	put_home(cast, "stranger-besides", good, good, HAND_ROOT);
	put_hand("agreement/stranger-besides", cast, 3, HAND_ROOT, good);
	put_row("stranger-besides", "0", MIDDAY,
	    "a signature of no party lies there too");
	buf_free(&text);
	put_other_words(cast, good);
}

void
papers_put(const struct paper *p, const struct cast *cast)
{
	put_changes(&p->bytes);
	put_force(cast, &p->bytes);
}
