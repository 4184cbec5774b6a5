/*
 * test_inbox: a payload's part goes on where it ended and belongs to one
 * manifest only; what was refused is kept with its reason.
 */
#include "base/cause.h"
#include "key/hash.h"
#include "room.h"
#include "spool/home.h"
#include "spool/inbox.h"
#include "tap.h"

#define PLACE "h/inbox/A/d/KEMLU/00000003"
#define REFUSED "h/refused/A/d/KEMLU/00000003"
#define HASH_A                             \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HASH_B                             \
	"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" \
	"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static struct home home;
static const struct parcel_name name = { "A", "d", "KEMLU", 3, false };

/* Opens, appends, and compares the hash with that of the whole text. */
static void
go_on(const char *manifest, const char *text, uint64_t have, const char *whole)
{
	struct inbox_part p = { 0 };
	struct sink s = { 0 };
	char got[HASH_TEXT_LEN] = "", want[HASH_TEXT_LEN] = "";

	TAP_INT(inbox_open(&home, &name, manifest, &p, NULL), FAULT_NONE);
	if (p.fd < 0)
		return;
	TAP_INT(p.have, have);
	s = inbox_sink(&p);
	TAP_INT(s.write(s.self, text, strlen(text), NULL), FAULT_NONE);
	TAP_INT(p.have, strlen(whole));
	hash_finish_text(p.hash, got);
	TAP_INT(hash_bytes_text(want, whole, strlen(whole)), FAULT_NONE);
	TAP_STR(got, want);
	inbox_close(&p);
	inbox_close(&p);
}

static void
test_part(void)
{
	struct inbox_part p = { 0 };

	go_on(HASH_A, "serah ", 0, "serah ");
	go_on(HASH_A, "terima", 6, "serah terima");
	TAP_INT(room_size(PLACE "/payload.part"), 12);
	TAP_INT(room_mode(PLACE "/payload.part"), 0600);
	/* Another manifest under the same number: begun anew. */
	go_on(HASH_B, "x", 0, "x");
	go_on(HASH_A, "y", 0, "y");
	/* A part that belongs to nobody. */
	TAP_INT(unlink(room_name(PLACE "/payload.for")), 0);
	go_on(HASH_A, "z", 0, "z");
	/* A crash cut the owner's file. */
	TAP_INT(truncate(room_name(PLACE "/payload.for"), 10), 0);
	go_on(HASH_A, "z", 0, "z");
	/* A link in the part's place is not followed. */
	TAP_INT(unlink(room_name(PLACE "/payload.part")), 0);
	TAP_OK(room_write("victim", "v", 1));
	TAP_INT(
	    symlink(room_name("victim"), room_name(PLACE "/payload.part")), 0);
	TAP_INT(inbox_open(&home, &name, HASH_A, &p, NULL), FAULT_SYSTEM);
	TAP_INT(p.fd, -1);
	TAP_OK(p.hash == NULL);
	TAP_INT(inbox_open(&home, &name, "../../etc", &p, NULL), FAULT_FORMAT);
	TAP_INT(inbox_remove(&home, &name, NULL), FAULT_NONE);
	TAP_INT(room_size(PLACE), -1);
	TAP_INT(inbox_remove(&home, &name, NULL), FAULT_NONE);
	TAP_INT(room_size("victim"), 1);
}

/* More than one block, so that hashing anew reads on. */
static void
test_long(void)
{
	size_t len = 600000;
	char *text = malloc(len + 1);

	if (text == NULL)
		return;
	memset(text, 'x', len);
	text[len] = '\0';
	go_on(HASH_A, text + 300001, 0, text + 300001);
	go_on(HASH_A, text + 299999, 299999, text);
	go_on(HASH_A, "", 600000, text);
	free(text);
	TAP_INT(inbox_remove(&home, &name, NULL), FAULT_NONE);
}

static void
test_refused(void)
{
	unsigned char text[] = "{\"m\":1}";
	const struct buf page = { text, 7, 7, 7 };
	struct cause c = { 0 };
	struct buf b = BUF_MAX(4096);

	cause_clear(&c);
	(void)cause_set(&c, FAULT_VALUE, "value breaks the pattern");
	cause_place(&c, "data.csv", 500001, "nik", UINT64_MAX);
	cause_rule(&c, "pattern");
	cause_clause(&c, "datasets[%s].schema", "lapor-diri");
	TAP_INT(refused_save(&home, &name, &c, &page, &page, 1795500000, NULL),
	    FAULT_NONE);
	TAP_INT(
	    io_load(&b, AT_FDCWD, room_name(REFUSED ".402/refusal.json"), NULL),
	    FAULT_NONE);
	TAP_STR(buf_text(&b),
	    "{\n"
	    "  \"code\": 402,\n"
	    "  \"reason\": \"value breaks the pattern\",\n"
	    "  \"clause\": \"datasets[lapor-diri].schema\",\n"
	    "  \"file\": \"data.csv\",\n"
	    "  \"row\": 500001,\n"
	    "  \"column\": \"nik\",\n"
	    "  \"rule\": \"pattern\",\n"
	    "  \"time\": \"2026-11-24T06:00:00Z\"\n"
	    "}\n");
	TAP_INT(room_size(REFUSED ".402/manifest.json"), 7);
	TAP_INT(room_size(REFUSED ".402/manifest.json.minisig"), 7);
	/* The same refusal again replaces; another code stands beside. */
	TAP_INT(refused_save(&home, &name, &c, NULL, NULL, 1795500001, NULL),
	    FAULT_NONE);
	TAP_INT(room_size(REFUSED ".402/manifest.json"), -1);
	cause_clear(&c);
	(void)cause_set(&c, FAULT_SIGNATURE, "does not hold");
	TAP_INT(refused_save(&home, &name, &c, &page, NULL, 1795500001, NULL),
	    FAULT_NONE);
	TAP_INT(room_size(REFUSED ".201/manifest.json"), 7);
	TAP_OK(room_size(REFUSED ".402/refusal.json") > 0);
	b.len = 0;
	TAP_INT(
	    io_load(&b, AT_FDCWD, room_name(REFUSED ".201/refusal.json"), NULL),
	    FAULT_NONE);
	TAP_OK(strstr(buf_text(&b), "\"row\": null") != NULL);
	TAP_OK(strstr(buf_text(&b), "\"file\": null") != NULL);
	TAP_INT(room_size("h/refused/.new-A+d+KEMLU"), -1);
	TAP_INT(room_size("h/refused/.old"), -1);
	buf_free(&b);
}

int
main(void)
{
	if (!room_make() || mkdir(room_name("h"), 0700) != 0)
		return 1;
	home.dir = open(room_name("h"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	test_part();
	test_long();
	test_refused();
	(void)close(home.dir);
	room_clear();
	return TAP_DONE();
}
