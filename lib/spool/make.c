/*
 * make: makes a party's home.
 *
 * A home is there when its configuration is there.  So everything is made aside
 * and appears by one rename; in an empty directory that packaging left, the
 * parts move in one by one and the configuration last.
 *
 * The name aside is always the same, and whoever works there holds a lock on
 * it: what a run that was killed left behind, keys above all, is found and
 * removed by the next.
 */
#include "spool/make.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/intl.h"
#include "base/limits.h"
#include "base/path.h"
#include "spool/home.h"
#include "spool/journal.h"

/* What a home consists of; the configuration must be the last. */
static const char *const parts[] = { "keys", "parties", "agreements", "outbox",
	"inbox", "staged", "refused", "records", "journal", "locks", "watch",
	HOME_CONF };
#define N_PARTS (sizeof(parts) / sizeof(parts[0]))
/* Where a home is made within its own directory, and its configuration when all
 * else is in place. */
#define WITHIN ".new"
#define READY ".serahterima.conf.ready"

static const char conf_head[] =
    "# serahterima.conf: the settings of this party alone; see\n"
    "# serahterima.conf(5).  One \"key = value\" a line, values without\n"
    "# quotes; a line that begins with # is a comment.\n"
    "\n"
    "# Whose home this is, as agreements name the party.\n";

static const char conf_rest[] =
    "\n"
    "# Whether sealed payloads stay on the drop after every recipient has\n"
    "# staged them (yes), or are removed then (no).\n"
    "#keep_payload = no\n"
    "\n"
    "# How hard to compress, from 1 (fast) to 19 (small): the level of zstd.\n"
    "#level = 1\n"
    "\n"
    "# How we reach a drop.  One section for each drop that an agreement\n"
    "# names, with its id.\n"
    "#[drop hub]\n"
    "# Our user name on the server.\n"
    "#user = kpu\n"
    "# Our SSH key, an OpenSSH key file; the path is relative to this home.\n"
    "#ssh_key = keys/ssh\n"
    "# Our own way to the same drop instead of the agreement's address:\n"
    "# sftp://host:port/path or file:///path.\n"
    "#url = file:///srv/drop\n"
    "# A proxy to go through: http://host:port or socks5h://host:port.\n"
    "#proxy = http://proxy.example:3128\n"
    "\n"
    "# A watch folder: what is put into watch/NAME/ of this home is sent by\n"
    "# itself once FILE.ready lies beside FILE, or FILE has not changed for\n"
    "# \"settle\" seconds.\n"
    "#[watch daily]\n"
    "#agreement = PKS-KEMLU-KPU-2026\n"
    "#dataset = lapor-diri\n"
    "#settle = 60\n";

struct making {
	const char *party;
	const char *name;
	const char *passphrase;
	int64_t now;
	int64_t validity;
};

enum fault
home_path(char **out, const char *path, struct cause *why)
{
	char *cwd = NULL;
	size_t len = strlen(path);
	int n = 0;

	*out = NULL;
	while (len > 1 && path[len - 1] == '/')
		len--;
	if (len == 0) {
		errno = ENOENT;
		return cause_system(why, "open", path);
	}
	if (path[0] != '/') {
		cwd = getcwd(NULL, 0);
		if (cwd == NULL)
			return cause_system(why, "getcwd", path);
	}
	n = asprintf(out, "%s%s%.*s", cwd != NULL ? cwd : "",
	    cwd != NULL ? "/" : "", (int)len, path);
	free(cwd);
	if (n < 0) {
		*out = NULL;
		return cause_memory(why);
	}
	return FAULT_NONE;
}

/* Writes both files of a minisign pair: keys/NAME.key and keys/NAME.pub. */
static enum fault
save_pair(int dir, const struct secret_key *k, const struct making *m,
    bool root, struct cause *why)
{
	const char *what = root ? "root" : "signing";
	struct buf secret = BUF_MAX(LIMIT_KEY_FILE);
	struct buf public = BUF_MAX(LIMIT_KEY_FILE);
	struct public_key key = { 0 };
	char comment[LIMIT_ID + 64] = "";
	enum fault f = FAULT_NONE;

	(void)snprintf(
	    comment, sizeof(comment), "%s %s secret key", m->party, what);
	f = secret_key_format(
	    &secret, k, root ? m->passphrase : NULL, comment, why);
	if (f != FAULT_NONE)
		goto out;
	(void)snprintf(
	    comment, sizeof(comment), "%s %s public key", m->party, what);
	secret_key_public(k, &key);
	if (public_key_format(&public, &key, comment) != FAULT_NONE)
		f = cause_memory(why);
	if (f == FAULT_NONE)
		f = io_save(dir, root ? HOME_ROOT_KEY : HOME_SIGNING_KEY,
		    secret.data, secret.len, 0600, false, why);
	if (f == FAULT_NONE)
		f = io_save(dir, root ? HOME_ROOT_PUB : HOME_SIGNING_PUB,
		    public.data, public.len, 0600, false, why);
out:
	buf_wipe(&secret);
	buf_free(&public);
	return f;
}

/* The age pair; its public half goes into the card. */
static enum fault
make_identity(
    int dir, const struct making *m, struct recipient *out, struct cause *why)
{
	struct identity *id = NULL;
	struct buf secret = BUF_MAX(LIMIT_KEY_FILE);
	char line[RECIPIENT_TEXT_LEN + 1] = "";
	enum fault f = identity_new(&id, why);

	if (f == FAULT_NONE &&
	    identity_format(&secret, id, m->now) != FAULT_NONE)
		f = cause_memory(why);
	if (f != FAULT_NONE)
		goto out;
	identity_recipient(id, out);
	recipient_text(line, out);
	line[strlen(line) + 1] = '\0';
	line[strlen(line)] = '\n';
	f = io_save(dir, HOME_DECRYPTION_KEY, secret.data, secret.len, 0600,
	    false, why);
	if (f == FAULT_NONE)
		f = io_save(dir, HOME_DECRYPTION_PUB, line, strlen(line), 0600,
		    false, why);
out:
	identity_free(id);
	buf_wipe(&secret);
	return f;
}

/* Signs the card and pins it, as a partner would. */
static enum fault
save_card(int dir, const struct card *card, const struct secret_key *root,
    struct cause *why)
{
	struct buf bytes = BUF_MAX(LIMIT_DOCUMENT);
	struct buf signature = BUF_MAX(LIMIT_KEY_FILE);
	char comment[LIMIT_ID + 64] = "";
	int parties = -1;
	enum fault f = card_format(&bytes, card);

	/* Of all that is in the card, only the name was typed by a person. */
	if (f == FAULT_FORMAT)
		f = cause_set(why, FAULT_USAGE,
		    N_("a party's name must be printable UTF-8, in one line"));
	else if (f != FAULT_NONE)
		f = cause_memory(why);
	if (f != FAULT_NONE)
		goto out;
	(void)snprintf(comment, sizeof(comment),
	    "serahterima-card/1 %s serial 1", card->party);
	f = key_sign(&signature, root, bytes.data, bytes.len, comment, why);
	if (f == FAULT_NONE)
		f = io_opendir(&parties, dir, "parties", why);
	if (f == FAULT_NONE)
		f = trust_pin(parties, card, &bytes, &signature, why);
out:
	if (parties >= 0)
		(void)close(parties);
	buf_free(&bytes);
	buf_free(&signature);
	return f;
}

/* Three key pairs and the card that shows their public halves. */
static enum fault
make_keys(int dir, const struct making *m, struct cause *why)
{
	struct secret_key *root = NULL, *signing = NULL;
	struct card *card = calloc(1, sizeof(*card));
	enum fault f = card == NULL ? cause_memory(why) : FAULT_NONE;

	if (f == FAULT_NONE)
		f = secret_key_new(&root, why);
	if (f == FAULT_NONE)
		f = secret_key_new(&signing, why);
	if (f == FAULT_NONE)
		f = save_pair(dir, root, m, true, why);
	if (f == FAULT_NONE)
		f = save_pair(dir, signing, m, false, why);
	if (f == FAULT_NONE)
		f = make_identity(dir, m, &card->encryption[0].key, why);
	if (f != FAULT_NONE)
		goto out;
	(void)snprintf(card->party, sizeof(card->party), "%s", m->party);
	(void)snprintf(card->name, sizeof(card->name), "%s", m->name);
	card->serial = 1;
	secret_key_public(root, &card->root);
	secret_key_public(signing, &card->signing[0].key);
	card->n_signing = card->n_encryption = 1;
	card->signing[0].from = card->encryption[0].from = m->now;
	card->signing[0].until = m->now + m->validity;
	card->encryption[0].until = m->now + m->validity;
	f = save_card(dir, card, root, why);
out:
	secret_key_free(root);
	secret_key_free(signing);
	free(card);
	return f;
}

static enum fault
make_conf(int dir, const struct making *m, struct cause *why)
{
	struct buf text = BUF_MAX(LIMIT_CONF);
	enum fault f =
	    buf_putf(&text, "%sparty = %s\n%s", conf_head, m->party, conf_rest);

	if (f != FAULT_NONE)
		f = cause_memory(why);
	else
		f = io_save(
		    dir, HOME_CONF, text.data, text.len, 0600, false, why);
	buf_free(&text);
	return f;
}

/* The first entry, before anybody sees the home: a home whose journal does not
 * tell of its making would be one that was cut short. */
static enum fault
make_journal(const char *aside, const struct making *m, struct cause *why)
{
	struct home *h = NULL;
	struct journal *j = NULL;
	struct secret_key *key = NULL;
	enum fault f = home_open(&h, aside, why);

	if (f == FAULT_NONE)
		f = journal_open(&j, h, why);
	if (f == FAULT_NONE)
		f = journal_append(j, m->now, "init", m->party, NULL, 0, why);
	if (f == FAULT_NONE)
		f = home_signing_key(h, &key, why);
	if (f == FAULT_NONE)
		f = journal_sign(j, key, m->now, why);
	secret_key_free(key);
	journal_close(j);
	home_close(h);
	return f;
}

/*
 * Makes the directory aside, or takes over what was left there, and locks it
 * for as long as *dir is open.  FAULT_BUSY when another process works there, or
 * did until now: then the directory may be its home already.
 */
static enum fault
take_aside(const char *aside, int *dir, struct cause *why)
{
	struct stat st = { 0 }, named = { 0 };
	enum fault f = FAULT_NONE;

	if (mkdir(aside, 0700) != 0 && errno != EEXIST)
		return cause_system(why, "mkdir", aside);
	f = io_opendir(dir, AT_FDCWD, aside, why);
	if (f != FAULT_NONE)
		return f;
	if (fstat(*dir, &st) != 0)
		return cause_system(why, "stat", aside);
	cause_place(why, aside, 0, NULL, UINT64_MAX);
	if (st.st_uid != geteuid())
		return cause_set(why, FAULT_UNSAFE,
		    N_("belongs to user %lu, we are user %lu"),
		    (unsigned long)st.st_uid, (unsigned long)geteuid());
	if (flock(*dir, LOCK_EX | LOCK_NB) != 0 || stat(aside, &named) != 0 ||
	    named.st_ino != st.st_ino || named.st_dev != st.st_dev)
		return cause_set(
		    why, FAULT_BUSY, N_("another process makes a home here"));
	cause_clear(why);
	return fchmod(*dir, 0700) == 0 ? FAULT_NONE
				       : cause_system(why, "chmod", aside);
}

/* Parts of a home that nobody has seen: taking them back loses nothing. */
static enum fault
remove_parts(int dir, struct cause *why)
{
	enum fault f = FAULT_NONE;

	for (size_t i = 0; f == FAULT_NONE && i < N_PARTS; i++)
		f = io_remove_tree(dir, parts[i], why);
	return f;
}

/* Makes all parts in the directory aside, which is open as dir. */
static enum fault
make_parts(
    const char *aside, const struct making *m, int dir, struct cause *why)
{
	enum fault f = remove_parts(dir, why);

	for (size_t i = 0; f == FAULT_NONE && i + 1 < N_PARTS; i++)
		f = io_mkdirs(dir, parts[i], why);
	if (f == FAULT_NONE)
		f = make_keys(dir, m, why);
	if (f == FAULT_NONE)
		f = make_conf(dir, m, why);
	if (f == FAULT_NONE)
		f = make_journal(aside, m, why);
	return f;
}

static enum fault
make_beside(const char *path, const struct making *m, struct cause *why)
{
	const char *base = strrchr(path, '/') + 1;
	char *aside = NULL;
	int dir = -1;
	enum fault f = FAULT_NONE;

	if (asprintf(&aside, "%.*s.%s.new", (int)(base - path), path, base) < 0)
		return cause_memory(why);
	f = take_aside(aside, &dir, why);
	if (f == FAULT_NONE) {
		f = make_parts(aside, m, dir, why);
		if (f == FAULT_NONE)
			f = io_rename(AT_FDCWD, aside, AT_FDCWD, path, why);
		if (f != FAULT_NONE)
			(void)!io_remove_tree(AT_FDCWD, aside, NULL);
	}
	if (dir >= 0)
		(void)close(dir);
	free(aside);
	return f;
}

static bool
is_there(int dir, const char *name)
{
	return faccessat(dir, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/*
 * Whether parts may lie in the directory that nobody has seen yet: they move in
 * only while the finished configuration is still aside.  Of a home that lost
 * its configuration, this is not true.
 */
static bool
half_moved(int home)
{
	return !is_there(home, HOME_CONF) &&
	    (is_there(home, WITHIN "/" HOME_CONF) || is_there(home, READY));
}

/* The configuration goes by way of a name of its own, so that nothing is left
 * to be tidied up when the home is there. */
static enum fault
move_in(int dir, int home, struct cause *why)
{
	enum fault f = FAULT_NONE;

	for (size_t i = 0; f == FAULT_NONE && i + 1 < N_PARTS; i++)
		f = io_rename(dir, parts[i], home, parts[i], why);
	if (f == FAULT_NONE)
		f = io_rename(dir, HOME_CONF, home, READY, why);
	if (f == FAULT_NONE)
		f = io_remove_tree(home, WITHIN, why);
	if (f == FAULT_NONE)
		f = io_rename(home, READY, home, HOME_CONF, why);
	return f;
}

/* One process at a time looks at what is there, and changes it. */
static enum fault
take_home(const char *path, int *home, struct cause *why)
{
	*home = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*home < 0)
		return cause_system(why, "open", path);
	cause_place(why, path, 0, NULL, UINT64_MAX);
	if (flock(*home, LOCK_EX | LOCK_NB) != 0)
		return cause_set(
		    why, FAULT_BUSY, N_("another process makes a home here"));
	if (is_there(*home, HOME_CONF))
		return cause_set(why, FAULT_EXISTS,
		    N_("there is a home already; its keys stay"));
	cause_clear(why);
	/* Ours from now on; chmod fails if the directory is another's. */
	return fchmod(*home, 0700) == 0 ? FAULT_NONE
					: cause_system(why, "chmod", path);
}

/* Fills a directory that is there already, and empty but for what a run left
 * that was cut short. */
static enum fault
make_within(const char *path, const struct making *m, struct cause *why)
{
	char *aside = NULL;
	int dir = -1, home = -1;
	enum fault f;

	if (asprintf(&aside, "%s/" WITHIN, path) < 0)
		return cause_memory(why);
	f = take_home(path, &home, why);
	if (f == FAULT_NONE)
		f = take_aside(aside, &dir, why);
	if (f != FAULT_NONE)
		goto out;
	if (half_moved(home))
		f = remove_parts(home, why);
	if (f == FAULT_NONE)
		f = io_remove_tree(home, READY, why);
	if (f == FAULT_NONE)
		f = make_parts(aside, m, dir, why);
	if (f == FAULT_NONE)
		f = move_in(dir, home, why);
	if (f != FAULT_NONE && half_moved(home))
		(void)!remove_parts(home, NULL);
	if (f != FAULT_NONE && !is_there(home, HOME_CONF)) {
		(void)!io_remove_tree(home, READY, NULL);
		(void)!io_remove_tree(home, WITHIN, NULL);
	}
out:
	if (dir >= 0)
		(void)close(dir);
	if (home >= 0)
		(void)close(home);
	free(aside);
	return f;
}

/* Whether all that lies there is left by a run that was cut short. */
static bool
left_over(const char *path, const struct io_names *names)
{
	int home = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	size_t ours = 0;

	if (home < 0)
		return false;
	for (size_t i = 0; i < names->n; i++)
		for (size_t k = 0; k < N_PARTS; k++)
			ours += strcmp(names->name[i], parts[k]) == 0;
	if (!half_moved(home))
		ours = 0;
	(void)close(home);
	return names->n > 0 && ours == names->n;
}

/* Whether path is there, and if so, whether a home may be made in it. */
static enum fault
look(const char *path, bool *there, struct cause *why)
{
	struct io_names names = { 0 };
	struct stat st = { 0 };
	enum fault f = FAULT_NONE;

	*there = stat(path, &st) == 0;
	if (!*there)
		return errno == ENOENT ? FAULT_NONE
				       : cause_system(why, "stat", path);
	if (S_ISDIR(st.st_mode))
		f = io_names(&names, AT_FDCWD, path, LIMIT_DROP_ENTRIES, why);
	if (f != FAULT_NONE)
		return f;
	if (!S_ISDIR(st.st_mode) || (names.n > 0 && !left_over(path, &names))) {
		bool home = false;

		for (size_t i = 0; i < names.n; i++)
			home |= strcmp(names.name[i], HOME_CONF) == 0;
		cause_place(why, path, 0, NULL, UINT64_MAX);
		f = home ? cause_set(why, FAULT_EXISTS,
			       N_("there is a home already; its keys stay"))
			 : cause_set(why, FAULT_EXISTS,
			       N_("is no empty directory; name one that is "
				  "empty, or one that is not there yet"));
	} else if (st.st_uid != geteuid()) {
		cause_place(why, path, 0, NULL, UINT64_MAX);
		f = cause_set(why, FAULT_UNSAFE,
		    N_("belongs to user %lu, we are user %lu"),
		    (unsigned long)st.st_uid, (unsigned long)geteuid());
	}
	io_names_free(&names);
	return f;
}

enum fault
home_make(const char *path, const char *party, const char *name,
    const char *passphrase, int64_t now, int64_t validity, struct cause *why)
{
	const struct making m = { party, name, passphrase, now, validity };
	char *where = NULL;
	bool there = false;
	enum fault f = FAULT_NONE;

	if (!path_id_ok(party))
		return cause_set(why, FAULT_USAGE,
		    N_("a party's id has at most %d letters, digits, '.', '_' "
		       "and '-'"),
		    LIMIT_ID);
	if (name[0] == '\0' || strlen(name) >= CARD_NAME_MAX)
		return cause_set(why, FAULT_USAGE,
		    N_("a party's name has 1 to %d bytes"), CARD_NAME_MAX - 1);
	if (validity <= 0)
		return cause_set(
		    why, FAULT_USAGE, N_("keys must be valid for some time"));
	f = home_path(&where, path, why);
	if (f == FAULT_NONE)
		f = look(where, &there, why);
	if (f == FAULT_NONE)
		f = there ? make_within(where, &m, why)
			  : make_beside(where, &m, why);
	free(where);
	return f;
}
