/*
 * test_home: a home is made whole or not at all, is refused when others can
 * reach it, and its keys work.  Agreements are in test_store.
 */
#include <dirent.h>

#include "base/cause.h"
#include "key/hash.h"
#include "room.h"
#include "spool/home.h"
#include "tap.h"

#define NOW 1795500000 /* 2026-11-24 */

static struct cause why;

static enum fault
make(const char *name)
{
	cause_clear(&why);
	return home_make(room_name(name), "KPU", "Komisi Pemilihan Umum", NULL,
	    NOW, 86400 * 365, &why);
}

static enum fault
look(const char *name)
{
	struct home *h = NULL;
	enum fault f = FAULT_NONE;

	cause_clear(&why);
	f = home_open(&h, room_name(name), &why);
	TAP_OK((h != NULL) == (f == FAULT_NONE));
	home_close(h);
	return f;
}

/* Number of names in a directory of the room, dotted ones too. */
static int
count(const char *name)
{
	DIR *d = opendir(room_name(name));
	int n = -2;

	if (d == NULL)
		return -1;
	while (readdir(d) != NULL)
		n++;
	(void)closedir(d);
	return n;
}

static void
test_make(void)
{
	static const char *const keys[] = { "root.key", "root.pub",
		"signing.key", "signing.pub", "decryption.key",
		"decryption.pub" };
	struct home *h = NULL;
	const struct card *card = NULL;
	char name[64] = "";

	TAP_INT(make("a"), FAULT_NONE);
	TAP_INT(count("."), 1);
	TAP_INT(room_mode("a"), 0700);
	TAP_INT(count("a/keys"), 6);
	for (size_t i = 0; i < 6; i++) {
		(void)snprintf(name, sizeof(name), "a/keys/%s", keys[i]);
		TAP_INT(room_mode(name), 0600);
	}
	TAP_OK(room_size("a/parties/KPU.card.json") > 0);
	TAP_OK(room_size("a/parties/KPU.card.json.minisig") > 0);
	/* It tells of its making, in a first entry with a signed head. */
	TAP_OK(count("a/journal") > 2);
	TAP_INT(home_open(&h, room_name("a"), &why), FAULT_NONE);
	if (h == NULL)
		return;
	TAP_STR(h->conf->party, "KPU");
	TAP_INT(h->conf->n_drops, 0);
	card = trust_card(h->trust, "KPU");
	TAP_OK(card != NULL);
	TAP_STR(card->name, "Komisi Pemilihan Umum");
	TAP_INT(card->serial, 1);
	TAP_INT(card->signing[0].from, NOW);
	TAP_INT(card->signing[0].until, NOW + 86400 * 365);
	home_close(h);
	TAP_INT(make("a"), FAULT_EXISTS);
	TAP_STR(why.detail, "there is a home already; its keys stay");
}

/* The keys of the home are those of the card. */
static void
test_keys(void)
{
	struct home *h = NULL;
	struct secret_key *root = NULL, *signing = NULL;
	struct identity *id = NULL;
	struct public_key public = { 0 };
	struct recipient r = { 0 };
	const struct card *card = NULL;
	bool encrypted = true;

	TAP_INT(home_open(&h, room_name("a"), NULL), FAULT_NONE);
	if (h == NULL)
		return;
	card = trust_card(h->trust, "KPU");
	TAP_INT(home_root_encrypted(h, &encrypted, NULL), FAULT_NONE);
	TAP_OK(!encrypted);
	TAP_INT(home_root_key(h, NULL, &root, NULL), FAULT_NONE);
	TAP_INT(home_signing_key(h, &signing, NULL), FAULT_NONE);
	TAP_INT(home_decryption_key(h, &id, NULL), FAULT_NONE);
	if (root != NULL && signing != NULL && id != NULL) {
		secret_key_public(root, &public);
		TAP_OK(public_key_equal(&public, &card->root));
		secret_key_public(signing, &public);
		TAP_OK(public_key_equal(&public, &card->signing[0].key));
		identity_recipient(id, &r);
		TAP_OK(memcmp(&r, &card->encryption[0].key, sizeof(r)) == 0);
	}
	secret_key_free(root);
	secret_key_free(signing);
	identity_free(id);
	root = NULL;
	/* A root key that lives offline is named as such. */
	TAP_INT(unlink(room_name("a/keys/root.key")), 0);
	cause_clear(&why);
	TAP_INT(home_root_key(h, NULL, &root, &why), FAULT_ABSENT);
	TAP_STR(why.file, "keys/root.key");
	TAP_OK(root == NULL);
	home_close(h);
	TAP_INT(look("a"), FAULT_NONE);
}

static void
test_passphrase(void)
{
	struct home *h = NULL;
	struct secret_key *root = NULL;
	bool encrypted = false;

	cause_clear(&why);
	TAP_INT(home_make(
		    room_name("p"), "KPU", "KPU", "rahasia", NOW, 86400, &why),
	    FAULT_NONE);
	TAP_INT(home_open(&h, room_name("p"), NULL), FAULT_NONE);
	if (h == NULL)
		return;
	TAP_INT(home_root_encrypted(h, &encrypted, NULL), FAULT_NONE);
	TAP_OK(encrypted);
	TAP_INT(home_root_key(h, NULL, &root, NULL), FAULT_PASSPHRASE);
	TAP_INT(home_root_key(h, "rahasia", &root, NULL), FAULT_NONE);
	secret_key_free(root);
	home_close(h);
}

static void
test_where(void)
{
	char cwd[512] = "";
	struct home *h = NULL;

	/* An empty directory of packaging, open to others, is filled. */
	TAP_INT(mkdir(room_name("empty"), 0700), 0);
	TAP_INT(chmod(room_name("empty"), 0755), 0);
	TAP_INT(make("empty/"), FAULT_NONE);
	TAP_INT(room_mode("empty"), 0700);
	TAP_INT(count("empty"), 12);
	TAP_INT(look("empty"), FAULT_NONE);
	/* A directory with anything in it is not touched. */
	TAP_INT(mkdir(room_name("full"), 0700), 0);
	TAP_OK(room_write("full/x", "x", 1));
	TAP_INT(make("full"), FAULT_EXISTS);
	TAP_INT(count("full"), 1);
	TAP_STR(why.file, room_name("full"));
	TAP_OK(room_write("file", "x", 1));
	TAP_INT(make("file"), FAULT_EXISTS);
	TAP_INT(make("no/such/parent"), FAULT_ABSENT);
	TAP_INT(make(""), FAULT_EXISTS);
	/* Relative paths become absolute, so that chdir does no harm. */
	if (getcwd(cwd, sizeof(cwd)) == NULL || chdir(room_path) != 0)
		return;
	TAP_INT(home_open(&h, "empty", NULL), FAULT_NONE);
	if (h != NULL)
		TAP_STR(h->path, room_name("empty"));
	home_close(h);
	TAP_INT(chdir(cwd), 0);
}

static void
test_usage(void)
{
	char name[CARD_NAME_MAX + 1];

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	TAP_INT(home_make(room_name("u"), "../x", "n", NULL, NOW, 1, NULL),
	    FAULT_USAGE);
	TAP_INT(home_make(room_name("u"), "A", "", NULL, NOW, 1, NULL),
	    FAULT_USAGE);
	TAP_INT(home_make(room_name("u"), "A", name, NULL, NOW, 1, NULL),
	    FAULT_USAGE);
	TAP_INT(home_make(room_name("u"), "A", "n", NULL, NOW, 0, NULL),
	    FAULT_USAGE);
	/* A name that is no UTF-8 fails late; still nothing is left. */
	TAP_OK(home_make(room_name("u"), "A", "\xff", NULL, NOW, 9, NULL) !=
	    FAULT_NONE);
	TAP_INT(room_size("u"), -1);
	TAP_INT(mkdir(room_name("u"), 0700), 0);
	TAP_OK(home_make(room_name("u"), "A", "\xff", NULL, NOW, 9, NULL) !=
	    FAULT_NONE);
	TAP_INT(count("u"), 0);
}

static void
test_unsafe(void)
{
	char detail[600] = "";

	TAP_INT(make("s"), FAULT_NONE);
	TAP_INT(chmod(room_name("s"), 0750), 0);
	TAP_INT(look("s"), FAULT_UNSAFE);
	(void)snprintf(detail, sizeof(detail),
	    "others can reach it; run: chmod go= %s", room_name("s"));
	TAP_STR(why.detail, detail);
	TAP_STR(why.file, room_name("s"));
	TAP_INT(chmod(room_name("s"), 0700), 0);
	TAP_INT(chmod(room_name("s/keys"), 0711), 0);
	TAP_INT(look("s"), FAULT_UNSAFE);
	TAP_STR(why.file, room_name("s/keys"));
	TAP_INT(chmod(room_name("s/keys"), 0700), 0);
	TAP_INT(chmod(room_name("s/keys/signing.key"), 0640), 0);
	TAP_INT(look("s"), FAULT_UNSAFE);
	TAP_STR(why.file, room_name("s/keys/signing.key"));
	TAP_INT(chmod(room_name("s/keys/signing.key"), 0600), 0);
	TAP_INT(symlink("/dev/null", room_name("s/keys/ssh")), 0);
	TAP_INT(look("s"), FAULT_UNSAFE);
	TAP_INT(unlink(room_name("s/keys/ssh")), 0);
	/* ssh-keygen leaves a public half that others may read. */
	TAP_OK(room_write("s/keys/ssh.pub", "x", 1));
	TAP_INT(chmod(room_name("s/keys/ssh.pub"), 0644), 0);
	TAP_INT(look("s"), FAULT_NONE);
	TAP_INT(chmod(room_name("s/keys/ssh.pub"), 0666), 0);
	TAP_INT(look("s"), FAULT_UNSAFE);
	TAP_INT(unlink(room_name("s/keys/ssh.pub")), 0);
	if (geteuid() == 0) {
		TAP_INT(chown(room_name("s/keys/root.key"), 65534, 65534), 0);
		TAP_INT(look("s"), FAULT_UNSAFE);
		TAP_STR(why.detail, "belongs to user 65534, we are user 0");
		TAP_INT(chown(room_name("s/keys/root.key"), 0, 0), 0);
	} else {
		TAP_SKIP("only root can give a file away");
	}
	TAP_INT(look("s"), FAULT_NONE);
}

static void
test_damage(void)
{
	TAP_INT(look("nothing"), FAULT_ABSENT);
	TAP_INT(mkdir(room_name("bare"), 0700), 0);
	TAP_INT(look("bare"), FAULT_ABSENT);
	TAP_STR(why.detail, "there is no home here; saksi init makes one");
	TAP_INT(make("d"), FAULT_NONE);
	TAP_OK(room_write("d/serahterima.conf", "party = KPU\nx = y\n", 18));
	TAP_INT(look("d"), FAULT_CONF);
	TAP_INT(why.row, 2);
	TAP_OK(room_write("d/serahterima.conf", "party = BAWASLU\n", 16));
	TAP_INT(look("d"), FAULT_CONF);
	TAP_OK(room_write("d/serahterima.conf", "party = KPU\n", 12));
	TAP_INT(look("d"), FAULT_NONE);
	TAP_INT(truncate(room_name("d/parties/KPU.card.json"),
		    room_size("d/parties/KPU.card.json") - 1),
	    0);
	TAP_INT(look("d"), FAULT_SIGNATURE);
}

static void
test_lock(void)
{
	struct home *h = NULL;
	int a = -1, b = -1, c = -1;

	TAP_INT(home_open(&h, room_name("s"), NULL), FAULT_NONE);
	if (h == NULL)
		return;
	cause_clear(&why);
	TAP_INT(home_lock(h, "serah", &a, &why), FAULT_NONE);
	TAP_INT(home_lock(h, "serah", &b, &why), FAULT_BUSY);
	TAP_INT(b, -1);
	TAP_INT(home_lock(h, "terima", &c, &why), FAULT_NONE);
	(void)close(a);
	TAP_INT(home_lock(h, "serah", &b, &why), FAULT_NONE);
	(void)close(b);
	(void)close(c);
	TAP_INT(home_lock(h, "../serah", &b, &why), FAULT_USAGE);
	home_close(h);
}

int
main(void)
{
	if (key_setup(NULL) != FAULT_NONE || !room_make())
		return 1;
	test_make();
	test_keys();
	test_where();
	test_usage();
	test_unsafe();
	test_damage();
	test_lock();
	test_passphrase();
	room_clear();
	return TAP_DONE();
}
