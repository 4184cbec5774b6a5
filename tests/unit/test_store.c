/*
 * test_store: agreements of a home: taken whole or not at all, signatures as
 * they arrive, a new version only when all that count have signed.
 */
#include "base/cause.h"
#include "record_fixture.h"
#include "room.h"
#include "spool/home.h"
#include "tap.h"

#define NOW 1795500000 /* 2026-11-24 */
#define IN "KPU/agreements/PKS-1"
#define REPLACES_NONE "\"version\":1,\"replaces\":null"

static const char *const ids[] = { "KEMLU", "KPU", "DUKCAPIL" };
static struct home *homes[3];
static struct home *kpu;
static struct cause why;

static char id[LIMIT_ID + 1];
static bool complete;
static size_t added;

static enum fault
import(void)
{
	cause_clear(&why);
	return home_agreement_import(
	    kpu, room_name("brought"), id, &complete, &added, &why);
}

/* Empties the directory to be imported and puts the text there. */
static void
bring(const char *text)
{
	TAP_INT(io_remove_tree(room_dir, "brought", NULL), FAULT_NONE);
	TAP_INT(io_mkdirs(room_dir, "brought", NULL), FAULT_NONE);
	TAP_OK(room_write("brought/agreement.json", text, strlen(text)));
}

/* Puts a party's signature over the text beside it. */
static void
sign(size_t party, const char *text, const char *comment)
{
	struct secret_key *root = NULL;
	struct buf sig = BUF_MAX(LIMIT_KEY_FILE);
	char name[128] = "";

	TAP_INT(home_root_key(homes[party], NULL, &root, NULL), FAULT_NONE);
	TAP_INT(key_sign(&sig, root, text, strlen(text), comment, NULL),
	    FAULT_NONE);
	(void)snprintf(name, sizeof(name), "brought/%s.minisig", ids[party]);
	TAP_OK(room_write(name, sig.data, sig.len));
	secret_key_free(root);
	buf_free(&sig);
}

/* Pins a party's card at KPU's. */
static void
pin(size_t party)
{
	struct buf bytes = BUF_MAX(LIMIT_DOCUMENT);
	struct buf sig = BUF_MAX(LIMIT_KEY_FILE);
	struct card *card = calloc(1, sizeof(*card));
	char name[128] = "";
	int parties = -1;

	(void)snprintf(name, sizeof(name), "parties/%s.card.json", ids[party]);
	TAP_INT(io_load(&bytes, homes[party]->dir, name, NULL), FAULT_NONE);
	(void)snprintf(
	    name, sizeof(name), "parties/%s.card.json.minisig", ids[party]);
	TAP_INT(io_load(&sig, homes[party]->dir, name, NULL), FAULT_NONE);
	TAP_INT(io_opendir(&parties, kpu->dir, "parties", NULL), FAULT_NONE);
	if (card != NULL &&
	    card_check(card, bytes.data, bytes.len, sig.data, sig.len, NULL) ==
		FAULT_NONE)
		TAP_INT(
		    trust_pin(parties, card, &bytes, &sig, NULL), FAULT_NONE);
	(void)close(parties);
	free(card);
	buf_free(&bytes);
	buf_free(&sig);
	home_close(kpu);
	kpu = homes[1] = NULL;
	TAP_INT(home_open(&kpu, room_name("KPU"), NULL), FAULT_NONE);
	homes[1] = kpu;
}

/* The agreement with the parties' own keys. */
static void
version_1(char out[FIXTURE_MAX])
{
	static const char *const keys[] = { KEY_KEMLU, KEY_KPU, KEY_DUKCAPIL };
	char next[FIXTURE_MAX] = "", key[KEY_TEXT_LEN] = "";

	memcpy(out, fixture, sizeof(fixture));
	for (size_t i = 0; i < 3; i++) {
		public_key_text(
		    key, &trust_card(homes[i]->trust, ids[i])->root);
		fixture_change(next, out, keys[i], key);
		memcpy(out, next, sizeof(next));
	}
}

static void
version_after(
    char out[FIXTURE_MAX], const char *before, int version, const char *title)
{
	char hash[HASH_TEXT_LEN] = "", line[256] = "", first[FIXTURE_MAX] = "";

	TAP_INT(hash_bytes_text(hash, before, strlen(before)), FAULT_NONE);
	version_1(first);
	(void)snprintf(line, sizeof(line), "\"version\":%d,\"replaces\":\"%s\"",
	    version, hash);
	fixture_change(out, first, REPLACES_NONE, line);
	memcpy(first, out, sizeof(first));
	(void)snprintf(line, sizeof(line), "\"title\":\"%s\"", title);
	fixture_change(out, first, "\"title\":\"Uji\"", line);
}

static enum fault
in_force(void)
{
	struct home_agreement *a = NULL;
	enum fault f = home_agreement(kpu, "PKS-1", &a, NULL);

	cause_clear(&why);
	if (f == FAULT_NONE)
		f = home_agreement_in_force(kpu, a, NOW, &why);
	home_agreement_free(a);
	return f;
}

/* The version in place, 0 when there is none. */
static uint64_t
version(void)
{
	struct home_agreement *a = NULL;
	uint64_t v = 0;

	if (home_agreement(kpu, "PKS-1", &a, NULL) == FAULT_NONE)
		v = a->agreement->version;
	home_agreement_free(a);
	return v;
}

static uint64_t
pending(void)
{
	struct home_agreement *a = NULL;
	uint64_t v = 0;

	if (home_agreement_pending(kpu, "PKS-1", &a, NULL) == FAULT_NONE)
		v = a->agreement->version;
	home_agreement_free(a);
	return v;
}

static void
test_first(const char *v1)
{
	struct io_names names = { 0 };

	TAP_INT(in_force(), FAULT_ABSENT);
	bring(v1);
	sign(0, v1, "a");
	/* Of nobody in the agreement: not looked at. */
	TAP_OK(room_write("brought/BAWASLU.minisig", "x", 1));
	TAP_OK(room_write("brought/notes.txt", "x", 1));
	TAP_INT(import(), FAULT_NONE);
	TAP_STR(id, "PKS-1");
	TAP_INT(added, 1);
	TAP_OK(!complete);
	TAP_INT(room_size(IN "/BAWASLU.minisig"), -1);
	TAP_INT(room_size(IN "/notes.txt"), -1);
	TAP_INT(room_size(IN "/agreement.json"), (long)strlen(v1));
	TAP_INT(room_mode(IN "/agreement.json"), 0600);
	TAP_INT(in_force(), FAULT_SIGNATURE_MISSING);
	TAP_INT(import(), FAULT_NONE);
	TAP_INT(added, 0);
	/* The others arrive; what others keep beside stays. */
	TAP_OK(room_write(IN "/suspension.1.json", "{}", 2));
	bring(v1);
	sign(0, v1, "signed once more");
	sign(1, v1, "a");
	sign(2, v1, "a");
	TAP_INT(import(), FAULT_NONE);
	TAP_INT(added, 2);
	TAP_OK(complete);
	TAP_INT(room_size(IN "/suspension.1.json"), 2);
	TAP_INT(room_size("KPU/agreements/.new"), -1);
	/* Signed by keys that nobody here has pinned. */
	TAP_INT(in_force(), FAULT_SIGNATURE_MISSING);
	pin(0);
	pin(2);
	TAP_INT(in_force(), FAULT_NONE);
	TAP_INT(home_agreements(kpu, &names, NULL), FAULT_NONE);
	TAP_INT(names.n, 1);
	io_names_free(&names);
}

static void
test_bad(const char *v1)
{
	char other[FIXTURE_MAX] = "";

	/* A signature over other bytes, by another key, or no signature. */
	bring(v1);
	sign(0, "{}", "a");
	TAP_INT(import(), FAULT_SIGNATURE);
	TAP_STR(why.file, "KEMLU.minisig");
	bring(v1);
	sign(0, v1, "a");
	TAP_INT(rename(room_name("brought/KEMLU.minisig"),
		    room_name("brought/DUKCAPIL.minisig")),
	    0);
	TAP_INT(import(), FAULT_SIGNATURE);
	TAP_STR(why.file, "DUKCAPIL.minisig");
	TAP_OK(room_write("brought/DUKCAPIL.minisig", "x", 1));
	TAP_INT(import(), FAULT_SIGNATURE);
	/* One bad signature: none of the good ones is taken either. */
	TAP_INT(unlink(room_name(IN "/KPU.minisig")), 0);
	sign(1, v1, "a");
	TAP_INT(import(), FAULT_SIGNATURE);
	TAP_INT(room_size(IN "/KPU.minisig"), -1);
	TAP_INT(unlink(room_name("brought/DUKCAPIL.minisig")), 0);
	TAP_INT(import(), FAULT_NONE);
	TAP_INT(added, 1);
	/* A damaged signature of ours is healed. */
	TAP_OK(room_write(IN "/KPU.minisig", "x", 1));
	TAP_INT(in_force(), FAULT_SIGNATURE);
	TAP_INT(import(), FAULT_NONE);
	TAP_INT(added, 1);
	TAP_INT(in_force(), FAULT_NONE);
	/* The same version with another word. */
	fixture_change(other, v1, "\"title\":\"Uji\"", "\"title\":\"Uju\"");
	bring(other);
	TAP_INT(import(), FAULT_CHAIN);
	TAP_INT(in_force(), FAULT_NONE);
	bring("{}");
	TAP_INT(import(), FAULT_FORMAT);
	TAP_INT(unlink(room_name("brought/agreement.json")), 0);
	TAP_INT(import(), FAULT_ABSENT);
}

static void
test_later(const char *v1)
{
	char v2[FIXTURE_MAX] = "", v2b[FIXTURE_MAX] = "", v3[FIXTURE_MAX] = "";
	struct stat a, b;

	version_after(v2, v1, 2, "Uji 2");
	version_after(v3, v1, 3, "Uji 3");
	bring(v2);
	sign(0, v2, "a");
	TAP_INT(import(), FAULT_NONE);
	TAP_INT(added, 1);
	TAP_OK(!complete);
	TAP_INT(version(), 1);
	TAP_INT(pending(), 2);
	TAP_INT(in_force(), FAULT_NONE);
	/* The old one may be brought again meanwhile. */
	bring(v1);
	TAP_INT(import(), FAULT_NONE);
	TAP_OK(complete);
	TAP_INT(pending(), 2);
	version_after(v2b, v1, 2, "Uji 2b");
	bring(v2b);
	TAP_INT(import(), FAULT_CHAIN);
	/* A later draft takes the place of the one that waits. */
	bring(v3);
	sign(1, v3, "a");
	TAP_INT(import(), FAULT_NONE);
	TAP_INT(pending(), 3);
	bring(v2);
	TAP_INT(import(), FAULT_EXISTS);
	/* It replaces something else than what is here. */
	version_after(v2b, "x", 4, "Uji 4");
	bring(v2b);
	TAP_INT(import(), FAULT_CHAIN);
	TAP_STR(why.clause, "replaces");
	TAP_INT(stat(room_name(IN), &a), 0);
	bring(v3);
	sign(0, v3, "a");
	sign(2, v3, "a");
	TAP_INT(import(), FAULT_NONE);
	TAP_INT(added, 2);
	TAP_OK(complete);
	TAP_INT(version(), 3);
	TAP_INT(pending(), 0);
	TAP_INT(in_force(), FAULT_NONE);
	TAP_INT(room_size(IN "/versions/1/agreement.json"), (long)strlen(v1));
	TAP_OK(room_size(IN "/versions/1/DUKCAPIL.minisig") > 0);
	TAP_INT(room_size(IN "/suspension.1.json"), 2);
	/* By exchange of the whole directory. */
	TAP_INT(stat(room_name(IN), &b), 0);
	TAP_OK(a.st_ino != b.st_ino);
	bring(v1);
	TAP_INT(import(), FAULT_EXISTS);
	/* The next one is complete at once; older versions stay. */
	version_after(v2, v3, 4, "Uji 4");
	bring(v2);
	for (size_t i = 0; i < 3; i++)
		sign(i, v2, "a");
	TAP_INT(import(), FAULT_NONE);
	TAP_INT(added, 3);
	TAP_INT(version(), 4);
	TAP_INT(room_size(IN "/versions/1/agreement.json"), (long)strlen(v1));
	TAP_INT(room_size(IN "/versions/3/agreement.json"), (long)strlen(v3));
}

/* A paper that brings its own keys may not push out the agreement. */
static void
test_foreign(void)
{
	struct home_agreement *now = NULL;
	struct secret_key *thief = NULL;
	struct public_key public;
	char v5[FIXTURE_MAX] = "", text[FIXTURE_MAX] = "";
	char key[KEY_TEXT_LEN] = "", good[KEY_TEXT_LEN] = "";
	struct buf sig = BUF_MAX(LIMIT_KEY_FILE);

	TAP_INT(home_agreement(kpu, "PKS-1", &now, NULL), FAULT_NONE);
	version_after(text, buf_text(&now->bytes), 5, "Uji 5");
	home_agreement_free(now);
	TAP_INT(secret_key_new(&thief, NULL), FAULT_NONE);
	secret_key_public(thief, &public);
	public_key_text(key, &public);
	public_key_text(good, &trust_card(homes[2]->trust, ids[2])->root);
	fixture_change(v5, text, good, key);
	bring(v5);
	sign(0, v5, "a");
	sign(1, v5, "a");
	TAP_INT(key_sign(&sig, thief, v5, strlen(v5), "a", NULL), FAULT_NONE);
	TAP_OK(room_write("brought/DUKCAPIL.minisig", sig.data, sig.len));
	TAP_INT(import(), FAULT_NONE);
	TAP_INT(added, 3);
	TAP_OK(!complete);
	TAP_INT(version(), 4);
	TAP_INT(pending(), 5);
	TAP_INT(in_force(), FAULT_NONE);
	secret_key_free(thief);
	buf_free(&sig);
}

static void
test_damage(void)
{
	struct home_agreement *a = NULL;

	TAP_INT(home_agreement(kpu, "../PKS-1", &a, NULL), FAULT_ABSENT);
	TAP_INT(home_agreement(kpu, "", &a, NULL), FAULT_ABSENT);
	TAP_INT(home_agreement(kpu, "PKS-2", &a, NULL), FAULT_ABSENT);
	/* What a crash left of an import is swept away by the next. */
	TAP_INT(
	    io_mkdirs(room_dir, "KPU/agreements/.new/x/y", NULL), FAULT_NONE);
	bring("{}");
	TAP_INT(rename(room_name(IN), room_name("KPU/agreements/PKS-2")), 0);
	cause_clear(&why);
	TAP_INT(home_agreement(kpu, "PKS-2", &a, &why), FAULT_FORMAT);
	TAP_STR(why.detail, "this is agreement PKS-1");
	TAP_OK(a == NULL);
	home_agreement_free(NULL);
}

int
main(void)
{
	char v1[FIXTURE_MAX] = "";
	bool good = key_setup(NULL) == FAULT_NONE && room_make();

	for (size_t i = 0; good && i < 3; i++)
		good = home_make(room_name(ids[i]), ids[i], ids[i], NULL, NOW,
			   86400, NULL) == FAULT_NONE &&
		    home_open(&homes[i], room_name(ids[i]), NULL) == FAULT_NONE;
	if (!good)
		return 1;
	kpu = homes[1];
	version_1(v1);
	test_first(v1);
	test_bad(v1);
	test_later(v1);
	test_foreign();
	test_damage();
	for (size_t i = 0; i < 3; i++)
		home_close(homes[i]);
	room_clear();
	return TAP_DONE();
}
