/*
 * home: opens a party's directory and hands out its keys.
 *
 * Everything below is protected by the modes of the home and of keys/ alone, so
 * they are looked at before anything is read.  home_make is in make.c, the
 * agreements of a home are in store.c.
 */
#include "spool/home.h"

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
#include "spool/make.h"

/* Key pairs of several years and an SSH key for each drop. */
#define KEYS_MAX 1000
#define SEAT_LEN 512

/* Who may do what to a thing below keys/: nobody but us, except that the
 * public half of an SSH pair is made readable by ssh-keygen(1). */
static mode_t
forbidden(const char *name)
{
	size_t len = strlen(name);

	return len > 4 && strcmp(name + len - 4, ".pub") == 0 ? 022 : 077;
}

static enum fault
check_private(
    const struct stat *st, mode_t bits, const char *path, struct cause *why)
{
	if (st->st_uid == geteuid() && (st->st_mode & bits) == 0)
		return FAULT_NONE;
	cause_place(why, path, 0, NULL, UINT64_MAX);
	if (st->st_uid != geteuid())
		return cause_set(why, FAULT_UNSAFE,
		    N_("belongs to user %lu, we are user %lu"),
		    (unsigned long)st->st_uid, (unsigned long)geteuid());
	return cause_set(why, FAULT_UNSAFE,
	    N_("others can reach it; run: chmod go= %s"), path);
}

static enum fault
check_key_file(
    const struct home *h, int keys, const char *name, struct cause *why)
{
	char path[SEAT_LEN] = "";
	struct stat st = { 0 };

	(void)snprintf(path, sizeof(path), "%s/keys/%s", h->path, name);
	if (fstatat(keys, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return cause_system(why, "stat", path);
	/* What a link points to may change without a trace here. */
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) {
		cause_place(why, path, 0, NULL, UINT64_MAX);
		return cause_set(
		    why, FAULT_UNSAFE, N_("is neither a file nor a directory"));
	}
	return check_private(&st, forbidden(name), path, why);
}

/* Home, keys/ and every file in it. */
static enum fault
check_modes(const struct home *h, struct cause *why)
{
	struct io_names names = { 0 };
	char path[SEAT_LEN] = "";
	struct stat st = { 0 };
	int keys = -1;
	enum fault f = FAULT_NONE;

	if (fstat(h->dir, &st) != 0)
		return cause_system(why, "stat", h->path);
	f = check_private(&st, 077, h->path, why);
	if (f != FAULT_NONE)
		return f;
	(void)snprintf(path, sizeof(path), "%s/keys", h->path);
	f = io_opendir(&keys, h->dir, "keys", why);
	if (f != FAULT_NONE)
		return f;
	if (fstat(keys, &st) != 0)
		f = cause_system(why, "stat", path);
	else
		f = check_private(&st, 077, path, why);
	if (f == FAULT_NONE)
		f = io_names(&names, keys, ".", KEYS_MAX, why);
	for (size_t i = 0; f == FAULT_NONE && i < names.n; i++)
		f = check_key_file(h, keys, names.name[i], why);
	io_names_free(&names);
	(void)close(keys);
	return f;
}

/* Opens the directory; without a configuration in it, it is no home. */
static enum fault
open_dir(struct home *h, struct cause *why)
{
	/* The last component may be a link: the administrator's choice; what
	 * counts is whose directory it leads to. */
	h->dir = open(h->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (h->dir < 0 && errno != ENOENT)
		return cause_system(why, "open", h->path);
	if (h->dir >= 0 && faccessat(h->dir, HOME_CONF, F_OK, 0) == 0)
		return FAULT_NONE;
	cause_place(why, h->path, 0, NULL, UINT64_MAX);
	return cause_set(why, FAULT_ABSENT,
	    N_("there is no home here; saksi init makes one"));
}

static enum fault
load_conf(struct home *h, struct cause *why)
{
	struct buf text = BUF_MAX(LIMIT_CONF);
	enum fault f = io_load(&text, h->dir, HOME_CONF, why);

	if (f == FAULT_NONE)
		f = conf_parse(
		    &h->conf, buf_text(&text), text.len, HOME_CONF, why);
	buf_free(&text);
	return f;
}

static enum fault
load_cards(struct home *h, struct cause *why)
{
	int parties = -1;
	enum fault f = io_opendir(&parties, h->dir, "parties", why);

	if (f != FAULT_NONE)
		return f;
	f = trust_load(&h->trust, parties, why);
	if (f == FAULT_NONE && trust_card(h->trust, h->conf->party) == NULL)
		f = cause_set(why, FAULT_CONF,
		    N_("the card of %s, whose home this is, is not in "
		       "parties"),
		    h->conf->party);
	(void)close(parties);
	return f;
}

enum fault
home_open(struct home **out, const char *path, struct cause *why)
{
	struct home *h = calloc(1, sizeof(*h));
	enum fault f = FAULT_NONE;

	*out = NULL;
	if (h == NULL)
		return cause_memory(why);
	h->dir = -1;
	f = home_path(&h->path, path, why);
	if (f == FAULT_NONE)
		f = open_dir(h, why);
	if (f == FAULT_NONE)
		f = check_modes(h, why);
	if (f == FAULT_NONE)
		f = load_conf(h, why);
	if (f == FAULT_NONE)
		f = load_cards(h, why);
	if (f != FAULT_NONE)
		home_close(h);
	else
		*out = h;
	return f;
}

void
home_close(struct home *h)
{
	if (h == NULL)
		return;
	if (h->dir >= 0)
		(void)close(h->dir);
	trust_free(h->trust);
	conf_free(h->conf);
	free(h->path);
	free(h);
}

/* Reads a key file; wipe out afterwards. */
static enum fault
load_key(struct home *h, const char *name, struct buf *out, struct cause *why)
{
	enum fault f = io_load(out, h->dir, name, why);

	if (f == FAULT_ABSENT)
		f = cause_set(why, FAULT_ABSENT,
		    N_("this key is not in the home; it may be kept offline"));
	return f;
}

static enum fault
load_secret(struct home *h, const char *name, const char *passphrase,
    struct secret_key **out, struct cause *why)
{
	struct buf file = BUF_MAX(LIMIT_KEY_FILE);
	enum fault f = load_key(h, name, &file, why);

	*out = NULL;
	if (f == FAULT_NONE)
		f = secret_key_parse(out, file.data, file.len, passphrase, why);
	if (f != FAULT_NONE)
		cause_place(why, name, 0, NULL, UINT64_MAX);
	buf_wipe(&file);
	return f;
}

enum fault
home_root_key(struct home *h, const char *passphrase, struct secret_key **out,
    struct cause *why)
{
	return load_secret(h, HOME_ROOT_KEY, passphrase, out, why);
}

enum fault
home_root_encrypted(struct home *h, bool *out, struct cause *why)
{
	struct buf file = BUF_MAX(LIMIT_KEY_FILE);
	enum fault f = load_key(h, HOME_ROOT_KEY, &file, why);

	if (f == FAULT_NONE)
		f = secret_key_encrypted(out, file.data, file.len, why);
	buf_wipe(&file);
	return f;
}

enum fault
home_signing_key(struct home *h, struct secret_key **out, struct cause *why)
{
	return load_secret(h, HOME_SIGNING_KEY, NULL, out, why);
}

enum fault
home_decryption_key(struct home *h, struct identity **out, struct cause *why)
{
	struct buf file = BUF_MAX(LIMIT_KEY_FILE);
	enum fault f = load_key(h, HOME_DECRYPTION_KEY, &file, why);

	*out = NULL;
	if (f == FAULT_NONE)
		f = identity_parse(out, file.data, file.len, why);
	if (f != FAULT_NONE)
		cause_place(why, HOME_DECRYPTION_KEY, 0, NULL, UINT64_MAX);
	buf_wipe(&file);
	return f;
}

enum fault
home_lock(struct home *h, const char *name, int *fd, struct cause *why)
{
	char path[LIMIT_MEMBER_NAME + 16] = "";
	enum fault f = FAULT_NONE;

	*fd = -1;
	if (!path_member_ok(name))
		return cause_set(
		    why, FAULT_USAGE, N_("'%s' cannot name a lock"), name);
	f = io_mkdirs(h->dir, "locks", why);
	if (f != FAULT_NONE)
		return f;
	(void)snprintf(path, sizeof(path), "locks/%s", name);
	/* The file stays: removing it would let two hold "the" lock. */
	*fd = openat(
	    h->dir, path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (*fd < 0)
		return cause_system(why, "open", path);
	while (flock(*fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno == EINTR)
			continue;
		if (errno == EWOULDBLOCK)
			f = cause_set(why, FAULT_BUSY,
			    N_("another process holds the lock '%s' of this "
			       "home"),
			    name);
		else
			f = cause_system(why, "flock", path);
		(void)close(*fd);
		*fd = -1;
		break;
	}
	return f;
}
