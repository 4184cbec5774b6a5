/*
 * site: one set of promises over two kinds of drop.  What needs more than one
 * step (directories, small files, renames) is built here once, from steps that
 * sftp and local both have.
 */
#include "remote/site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "base/limits.h"
#include "remote/carry.h"
#include "remote/entry.h"
#include "remote/local.h"
#include "remote/sftp.h"

#define PATH_LONGEST 768 /* leaves room for ".part" and the drop's root */

/* Exactly one is set. */
struct site {
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
look(struct site *s, const char *path, struct entry *e, struct cause *why)
{
	return s->sftp != NULL ? sftp_look(s->sftp, path, e, why)
			       : local_look(s->local, path, e, why);
}

static enum fault
get(struct site *s, const char *path, const struct carry_want *want,
    struct sink into, struct cause *why)
{
	return s->sftp != NULL ? carry_get(s->sftp, path, want, into, why)
			       : local_get(s->local, path, want, into, why);
}

static enum fault
put(struct site *s, const char *path, struct content *c, bool resume,
    struct cause *why)
{
	return s->sftp != NULL ? carry_put(s->sftp, path, c, resume, why)
			       : local_put(s->local, path, c, resume, why);
}

enum fault
site_open(struct site **out, const struct url *url,
    const struct remote_job *job, struct cause *why)
{
	struct session_job ssh = { .ssh_key = job->ssh_key,
		.host = url->host,
		.port = url->port,
		.host_keys = job->host_keys,
		.n_host_keys = job->n_host_keys,
		.proxy = job->proxy,
		.wait = LIMIT_WAIT };
	struct site *s = NULL;
	enum fault f;

	*out = NULL;
	/* The URL is what was agreed; a configured name only fills it up. */
	ssh.user = url->user[0] != '\0' ? url->user : job->user;
	if (url->scheme == URL_SFTP && (ssh.user == NULL || *ssh.user == '\0'))
		return cause_set(why, FAULT_FORMAT,
		    N_("no user name is known for the drop at %s"), url->host);
	if (url->scheme == URL_SFTP && ssh.ssh_key == NULL)
		return cause_set(why, FAULT_FORMAT,
		    N_("no SSH key is named for the drop at %s"), url->host);
	if ((s = calloc(1, sizeof(*s))) == NULL)
		return cause_memory(why);
	f = url->scheme == URL_SFTP ? sftp_open(&s->sftp, &ssh, url->path, why)
				    : local_open(&s->local, url->path, why);
	if (f != FAULT_NONE) {
		free(s);
		return f;
	}
	*out = s;
	return FAULT_NONE;
}

void
site_close(struct site *s)
{
	if (s == NULL)
		return;
	sftp_close(s->sftp);
	local_close(s->local);
	free(s);
}

enum fault
site_list(struct site *s, const char *path, struct remote_names *out,
    struct cause *why)
{
	struct entry_list list = { 0 };
	struct cause scratch;
	enum fault f;

	*out = (struct remote_names){ 0 };
	if ((f = check_path(path, true, why)) != FAULT_NONE)
		return f;
	cause_clear(&scratch);
	f = s->sftp != NULL ? sftp_list(s->sftp, path, &list, &scratch)
			    : local_list(s->local, path, &list, &scratch);
	entry_list_finish(&list, out);
	if (f == FAULT_NONE || f == FAULT_ABSENT)
		return FAULT_NONE;
	remote_names_free(out);
	return pass_on(why, &scratch, f);
}

enum fault
site_size(struct site *s, const char *path, uint64_t *size, struct cause *why)
{
	struct entry e;
	enum fault f;

	*size = 0;
	if ((f = check_path(path, false, why)) != FAULT_NONE ||
	    (f = look(s, path, &e, why)) != FAULT_NONE)
		return f;
	if (!e.file)
		return cause_set(
		    why, FAULT_ABSENT, N_("the drop has no file \"%s\""), path);
	*size = e.size;
	return FAULT_NONE;
}

enum fault
site_exists(struct site *s, const char *path, bool *exists, struct cause *why)
{
	struct entry e = { 0 };
	enum fault f;

	*exists = false;
	if ((f = check_path(path, true, why)) != FAULT_NONE ||
	    (f = look(s, path, &e, why)) != FAULT_NONE)
		return f;
	*exists = e.exists;
	return FAULT_NONE;
}

enum fault
site_get(struct site *s, const char *path, const struct carry_want *want,
    struct sink into, struct cause *why)
{
	enum fault f;

	if ((f = check_path(path, false, why)) != FAULT_NONE)
		return f;
	return get(s, path, want, into, why);
}

/* One directory; that somebody else was quicker is fine. */
static enum fault
make_dir(struct site *s, const char *path, struct cause *why)
{
	struct cause scratch;
	struct entry e = { 0 };
	enum fault f;

	if ((f = look(s, path, &e, why)) != FAULT_NONE || e.directory)
		return f;
	cause_clear(&scratch);
	f = s->sftp != NULL ? sftp_mkdir(s->sftp, path, &scratch)
			    : local_mkdir(s->local, path, &scratch);
	if (f == FAULT_NONE)
		return f;
	if (look(s, path, &e, NULL) == FAULT_NONE && e.directory)
		return FAULT_NONE;
	return pass_on(why, &scratch, f);
}

/*
 * Usually all is there, and one question is enough; else from the root down.
 * The root itself is never made: a disk that is not mounted, or a drop that
 * moved, would be replaced by an empty directory that nobody reads.
 */
enum fault
site_mkdirs(struct site *s, const char *path, struct cause *why)
{
	char part[PATH_LONGEST + 1];
	struct entry e = { 0 };
	enum fault f;

	if ((f = check_path(path, true, why)) != FAULT_NONE ||
	    (f = look(s, path, &e, why)) != FAULT_NONE || e.directory)
		return f;
	if (path[0] == '\0')
		return cause_set(why, FAULT_UNREACHABLE,
		    N_("the drop's root directory is gone"));
	for (size_t i = 1; f == FAULT_NONE; i++) {
		i += strcspn(path + i, "/");
		(void)snprintf(part, sizeof(part), "%.*s", (int)i, path);
		f = make_dir(s, part, why);
		if (path[i] == '\0')
			break;
	}
	return f;
}

enum fault
site_put(struct site *s, const char *path, struct content *c, bool resume,
    struct cause *why)
{
	enum fault f;

	if ((f = check_path(path, false, why)) != FAULT_NONE)
		return f;
	return put(s, path, c, resume, why);
}

/*
 * Readers look at final names only, and those appear whole.  Between removal
 * and rename the name is missing for a moment: SFTP 3 has no way to replace,
 * and a reader takes a missing receipt for one that is still to come.
 */
enum fault
site_save(struct site *s, const char *path, const void *bytes, size_t len,
    bool replace, struct cause *why)
{
	struct content c = { -1, len > 0 ? bytes : "", len, NULL };
	char part[PATH_LONGEST + 8];
	struct entry e = { 0 };
	enum fault f;

	if ((f = check_path(path, false, why)) != FAULT_NONE ||
	    (f = look(s, path, &e, why)) != FAULT_NONE)
		return f;
	if (e.exists && !replace) {
		cause_place(why, path, 0, NULL, UINT64_MAX);
		return cause_set(
		    why, FAULT_EXISTS, N_("the drop has \"%s\" already"), path);
	}
	(void)snprintf(part, sizeof(part), "%s.part", path);
	if ((f = put(s, part, &c, false, why)) != FAULT_NONE)
		return f;
	/* Only now, so that a failed upload costs nothing. */
	if (e.exists && (f = site_remove(s, path, why)) != FAULT_NONE)
		return f;
	return site_rename(s, part, path, why);
}

enum fault
site_rename(struct site *s, const char *from, const char *to, struct cause *why)
{
	struct cause scratch;
	struct entry old = { 0 };
	struct entry new = { 0 };
	enum fault f;

	if ((f = check_path(from, false, why)) != FAULT_NONE ||
	    (f = check_path(to, false, why)) != FAULT_NONE ||
	    (f = look(s, to, &new, why)) != FAULT_NONE)
		return f;
	/* Some servers would overwrite; ours is never asked to. */
	if (new.exists)
		goto exists;
	cause_clear(&scratch);
	f = s->sftp != NULL ? sftp_rename(s->sftp, from, to, &scratch)
			    : local_rename(s->local, from, to, &scratch);
	if (f == FAULT_NONE)
		return f;
	/* A server's lost answer may hide a success: the names tell.  Of a
	 * directory here that was not synced they prove nothing. */
	if (s->sftp != NULL && f != FAULT_UNREACHABLE &&
	    f != FAULT_INTERRUPTED && look(s, from, &old, NULL) == FAULT_NONE &&
	    look(s, to, &new, NULL) == FAULT_NONE && new.exists) {
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
site_remove(struct site *s, const char *path, struct cause *why)
{
	struct cause scratch;
	enum fault f;

	if ((f = check_path(path, false, why)) != FAULT_NONE)
		return f;
	cause_clear(&scratch);
	f = s->sftp != NULL ? sftp_remove(s->sftp, path, &scratch)
			    : local_remove(s->local, path, &scratch);
	if (f == FAULT_NONE || f == FAULT_ABSENT)
		return FAULT_NONE;
	return pass_on(why, &scratch, f);
}

/*
 * One level only: a parcel's directory holds files, and whatever else somebody
 * put there makes the last step fail and stays for people to look at.
 */
enum fault
site_remove_dir(struct site *s, const char *path, struct cause *why)
{
	char full[PATH_LONGEST + 260];
	struct remote_names names = { 0 };
	struct cause scratch;
	enum fault f;

	if ((f = check_path(path, false, why)) != FAULT_NONE ||
	    (f = site_list(s, path, &names, why)) != FAULT_NONE)
		return f;
	for (size_t i = 0; i < names.n && f == FAULT_NONE; i++) {
		(void)snprintf(
		    full, sizeof(full), "%s/%s", path, names.name[i]);
		f = site_remove(s, full, why);
	}
	remote_names_free(&names);
	if (f != FAULT_NONE)
		return f;
	cause_clear(&scratch);
	f = s->sftp != NULL ? sftp_remove_dir(s->sftp, path, &scratch)
			    : local_remove_dir(s->local, path, &scratch);
	if (f == FAULT_NONE || f == FAULT_ABSENT)
		return FAULT_NONE;
	return pass_on(why, &scratch, f);
}
