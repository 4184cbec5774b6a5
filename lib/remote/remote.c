/*
 * remote: one set of promises over two kinds of drop.  What needs more than one
 * step (directories, small files, renames) is built here once, from steps that
 * sftp and local both have.
 */
#include "remote/remote.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "base/limits.h"
#include "remote/carry.h"
#include "remote/entry.h"
#include "remote/local.h"
#include "remote/sftp.h"
#include "remote/url.h"

#define PATH_LONGEST 768 /* leaves room for ".part" and the drop's root */

/* Exactly one is set. */
struct remote {
	struct sftp *sftp;
	struct local *local;
};

/*
 * Names of ours, but parts of them come from manifests: no way out of the root,
 * no control bytes.  "" is the root.
 */
static enum fault
check_path(const char *path, bool root_too, struct cause *why)
{
	const char *at = path;
	bool ok = strlen(path) <= PATH_LONGEST;

	if (*path == '\0' && root_too)
		return FAULT_NONE;
	for (; ok; at++) {
		size_t len = strcspn(at, "/");

		ok = len > 0 && !(len == 1 && at[0] == '.') &&
		    !(len == 2 && at[0] == '.' && at[1] == '.');
		for (size_t i = 0; i < len; i++)
			ok =
			    ok && (unsigned char)at[i] >= 0x20 && at[i] != 0x7f;
		at += len;
		if (*at == '\0')
			break;
	}
	if (ok)
		return FAULT_NONE;
	return cause_set(why, FAULT_FORMAT,
	    N_("not a path below the drop's root: \"%s\""), path);
}

/*
 * Steps that may fail without harm write into a cause of their own, so that the
 * caller's stays clean; this one did harm after all.
 */
static enum fault
pass_on(struct cause *why, const struct cause *scratch, enum fault f)
{
	if (why != NULL)
		*why = *scratch;
	return f;
}

static enum fault
look(struct remote *r, const char *path, struct entry *e, struct cause *why)
{
	return r->sftp != NULL ? sftp_look(r->sftp, path, e, why)
			       : local_look(r->local, path, e, why);
}

static enum fault
get(struct remote *r, const char *path, const struct carry_want *want,
    struct sink into, struct cause *why)
{
	return r->sftp != NULL ? carry_get(r->sftp, path, want, into, why)
			       : local_get(r->local, path, want, into, why);
}

static enum fault
put(struct remote *r, const char *path, struct content *c, bool resume,
    struct cause *why)
{
	return r->sftp != NULL ? carry_put(r->sftp, path, c, resume, why)
			       : local_put(r->local, path, c, resume, why);
}

enum fault
remote_url_check(const char *url, struct cause *why)
{
	struct url u;

	return url_parse(&u, url, why);
}

enum fault
remote_open(
    struct remote **out, const struct remote_job *job, struct cause *why)
{
	struct session_job ssh = { .ssh_key = job->ssh_key,
		.host_keys = job->host_keys,
		.n_host_keys = job->n_host_keys,
		.proxy = job->proxy,
		.wait = LIMIT_WAIT };
	struct remote *r = NULL;
	struct url url;
	enum fault f;

	*out = NULL;
	if ((f = url_parse(&url, job->url, why)) != FAULT_NONE)
		return f;
	/* The URL is what was agreed; a configured name only fills it up. */
	ssh.host = url.host;
	ssh.port = url.port;
	ssh.user = url.user[0] != '\0' ? url.user : job->user;
	if (url.scheme == URL_SFTP && (ssh.user == NULL || *ssh.user == '\0'))
		return cause_set(why, FAULT_FORMAT,
		    N_("no user name is known for the drop at %s"), url.host);
	if (url.scheme == URL_SFTP && ssh.ssh_key == NULL)
		return cause_set(why, FAULT_FORMAT,
		    N_("no SSH key is named for the drop at %s"), url.host);
	if ((r = calloc(1, sizeof(*r))) == NULL)
		return cause_memory(why);
	f = url.scheme == URL_SFTP ? sftp_open(&r->sftp, &ssh, url.path, why)
				   : local_open(&r->local, url.path, why);
	if (f != FAULT_NONE) {
		free(r);
		return f;
	}
	*out = r;
	return FAULT_NONE;
}

void
remote_close(struct remote *r)
{
	if (r == NULL)
		return;
	sftp_close(r->sftp);
	local_close(r->local);
	free(r);
}

enum fault
remote_list(struct remote *r, const char *path, struct remote_names *out,
    struct cause *why)
{
	struct entry_list list = { 0 };
	struct cause scratch;
	enum fault f;

	*out = (struct remote_names){ 0 };
	if ((f = check_path(path, true, why)) != FAULT_NONE)
		return f;
	cause_clear(&scratch);
	f = r->sftp != NULL ? sftp_list(r->sftp, path, &list, &scratch)
			    : local_list(r->local, path, &list, &scratch);
	entry_list_finish(&list, out);
	if (f == FAULT_NONE || f == FAULT_ABSENT)
		return FAULT_NONE;
	remote_names_free(out);
	return pass_on(why, &scratch, f);
}

void
remote_names_free(struct remote_names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->name[i]);
	free(names->name);
	*names = (struct remote_names){ 0 };
}

enum fault
remote_size(
    struct remote *r, const char *path, uint64_t *size, struct cause *why)
{
	struct entry e;
	enum fault f;

	*size = 0;
	if ((f = check_path(path, false, why)) != FAULT_NONE ||
	    (f = look(r, path, &e, why)) != FAULT_NONE)
		return f;
	if (!e.file)
		return cause_set(
		    why, FAULT_ABSENT, N_("the drop has no file \"%s\""), path);
	*size = e.size;
	return FAULT_NONE;
}

enum fault
remote_exists(
    struct remote *r, const char *path, bool *exists, struct cause *why)
{
	struct entry e = { 0 };
	enum fault f;

	*exists = false;
	if ((f = check_path(path, true, why)) != FAULT_NONE ||
	    (f = look(r, path, &e, why)) != FAULT_NONE)
		return f;
	*exists = e.exists;
	return FAULT_NONE;
}

/* A sink over a buffer; the buffer's own maximum holds. */
static enum fault
append(void *self, const void *bytes, size_t len, struct cause *why)
{
	enum fault f = buf_put(self, bytes, len);

	if (f == FAULT_MEMORY)
		return cause_memory(why);
	return f == FAULT_NONE
	    ? f
	    : cause_set(why, f, N_("a file of the drop is too large"));
}

enum fault
remote_load(
    struct remote *r, const char *path, struct buf *out, struct cause *why)
{
	struct carry_want want = { .offset = 0, .expected = 0, .exact = false };
	struct sink into = { append, out };
	size_t before = out->len;
	enum fault f;

	if ((f = check_path(path, false, why)) != FAULT_NONE)
		return f;
	/* The size is not known before: at most what still fits. */
	want.expected = out->max - out->len;
	f = get(r, path, &want, into, why);
	/* Half a file is none. */
	if (f != FAULT_NONE && out->data != NULL) {
		out->len = before;
		out->data[before] = '\0';
	}
	return f;
}

enum fault
remote_get(struct remote *r, const char *path, uint64_t offset,
    uint64_t expected, struct sink into, struct cause *why)
{
	const struct carry_want want = { offset, expected, true };
	enum fault f;

	if ((f = check_path(path, false, why)) != FAULT_NONE)
		return f;
	return get(r, path, &want, into, why);
}

/* One directory; that somebody else was quicker is fine. */
static enum fault
make_dir(struct remote *r, const char *path, struct cause *why)
{
	struct cause scratch;
	struct entry e = { 0 };
	enum fault f;

	if ((f = look(r, path, &e, why)) != FAULT_NONE || e.directory)
		return f;
	cause_clear(&scratch);
	f = r->sftp != NULL ? sftp_mkdir(r->sftp, path, &scratch)
			    : local_mkdir(r->local, path, &scratch);
	if (f == FAULT_NONE)
		return f;
	if (look(r, path, &e, NULL) == FAULT_NONE && e.directory)
		return FAULT_NONE;
	return pass_on(why, &scratch, f);
}

/*
 * Usually all is there, and one question is enough; else from the root down.
 * The root itself is never made: a disk that is not mounted, or a drop that
 * moved, would be replaced by an empty directory that nobody reads.
 */
enum fault
remote_mkdirs(struct remote *r, const char *path, struct cause *why)
{
	char part[PATH_LONGEST + 1];
	struct entry e = { 0 };
	enum fault f;

	if ((f = check_path(path, true, why)) != FAULT_NONE ||
	    (f = look(r, path, &e, why)) != FAULT_NONE || e.directory)
		return f;
	if (path[0] == '\0')
		return cause_set(why, FAULT_UNREACHABLE,
		    N_("the drop's root directory is gone"));
	for (size_t i = 1; f == FAULT_NONE; i++) {
		i += strcspn(path + i, "/");
		(void)snprintf(part, sizeof(part), "%.*s", (int)i, path);
		f = make_dir(r, part, why);
		if (path[i] == '\0')
			break;
	}
	return f;
}

enum fault
remote_put(struct remote *r, const char *path, int fd, uint64_t size,
    bool resume, struct cause *why)
{
	struct content c = { fd, NULL, size, NULL };
	enum fault f;

	if ((f = check_path(path, false, why)) != FAULT_NONE)
		return f;
	return put(r, path, &c, resume, why);
}

enum fault
remote_follow(struct remote *r, const char *path, int fd, struct growth *growth,
    struct cause *why)
{
	struct content c = { fd, NULL, 0, growth };
	enum fault f;

	if ((f = check_path(path, false, why)) != FAULT_NONE)
		return f;
	return put(r, path, &c, false, why);
}

/*
 * Readers look at final names only, and those appear whole.  Between removal
 * and rename the name is missing for a moment: SFTP 3 has no way to replace,
 * and a reader takes a missing receipt for one that is still to come.
 */
enum fault
remote_save(struct remote *r, const char *path, const void *bytes, size_t len,
    bool replace, struct cause *why)
{
	struct content c = { -1, len > 0 ? bytes : "", len, NULL };
	char part[PATH_LONGEST + 8];
	struct entry e = { 0 };
	enum fault f;

	if ((f = check_path(path, false, why)) != FAULT_NONE ||
	    (f = look(r, path, &e, why)) != FAULT_NONE)
		return f;
	if (e.exists && !replace) {
		cause_place(why, path, 0, NULL, UINT64_MAX);
		return cause_set(
		    why, FAULT_EXISTS, N_("the drop has \"%s\" already"), path);
	}
	(void)snprintf(part, sizeof(part), "%s.part", path);
	if ((f = put(r, part, &c, false, why)) != FAULT_NONE)
		return f;
	/* Only now, so that a failed upload costs nothing. */
	if (e.exists && (f = remote_remove(r, path, why)) != FAULT_NONE)
		return f;
	return remote_rename(r, part, path, why);
}

enum fault
remote_rename(
    struct remote *r, const char *from, const char *to, struct cause *why)
{
	struct cause scratch;
	struct entry old = { 0 };
	struct entry new = { 0 };
	enum fault f;

	if ((f = check_path(from, false, why)) != FAULT_NONE ||
	    (f = check_path(to, false, why)) != FAULT_NONE ||
	    (f = look(r, to, &new, why)) != FAULT_NONE)
		return f;
	/* Some servers would overwrite; ours is never asked to. */
	if (new.exists)
		goto exists;
	cause_clear(&scratch);
	f = r->sftp != NULL ? sftp_rename(r->sftp, from, to, &scratch)
			    : local_rename(r->local, from, to, &scratch);
	if (f == FAULT_NONE)
		return f;
	/* A lost answer may hide a success: the names tell. */
	if (f != FAULT_UNREACHABLE && f != FAULT_INTERRUPTED &&
	    look(r, from, &old, NULL) == FAULT_NONE &&
	    look(r, to, &new, NULL) == FAULT_NONE && new.exists) {
		if (!old.exists)
			return FAULT_NONE;
		goto exists;
	}
	return pass_on(why, &scratch, f);
exists:
	cause_place(why, to, 0, NULL, UINT64_MAX);
	return cause_set(
	    why, FAULT_EXISTS, N_("the drop has \"%s\" already"), to);
}

enum fault
remote_remove(struct remote *r, const char *path, struct cause *why)
{
	struct cause scratch;
	enum fault f;

	if ((f = check_path(path, false, why)) != FAULT_NONE)
		return f;
	cause_clear(&scratch);
	f = r->sftp != NULL ? sftp_remove(r->sftp, path, &scratch)
			    : local_remove(r->local, path, &scratch);
	if (f == FAULT_NONE || f == FAULT_ABSENT)
		return FAULT_NONE;
	return pass_on(why, &scratch, f);
}

/*
 * One level only: a parcel's directory holds files, and whatever else somebody
 * put there makes the last step fail and stays for people to look at.
 */
enum fault
remote_remove_dir(struct remote *r, const char *path, struct cause *why)
{
	char full[PATH_LONGEST + 260];
	struct remote_names names = { 0 };
	struct cause scratch;
	enum fault f;

	if ((f = check_path(path, false, why)) != FAULT_NONE ||
	    (f = remote_list(r, path, &names, why)) != FAULT_NONE)
		return f;
	for (size_t i = 0; i < names.n && f == FAULT_NONE; i++) {
		(void)snprintf(
		    full, sizeof(full), "%s/%s", path, names.name[i]);
		f = remote_remove(r, full, why);
	}
	remote_names_free(&names);
	if (f != FAULT_NONE)
		return f;
	cause_clear(&scratch);
	f = r->sftp != NULL ? sftp_remove_dir(r->sftp, path, &scratch)
			    : local_remove_dir(r->local, path, &scratch);
	if (f == FAULT_NONE || f == FAULT_ABSENT)
		return FAULT_NONE;
	return pass_on(why, &scratch, f);
}
