/*
 * sftp: one call of libssh2 for each, and an exact fault for each answer.
 *
 * libssh2's -31 means only "the server said no" (or broke the protocol); the
 * reason is in libssh2_sftp_last_error, and nowhere else and never earlier.
 */
#include "remote/sftp.h"

#include <libssh2.h>
#include <libssh2_sftp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "base/limits.h"
#include "sys/process.h"

/* The drop is shared by a group that its host sets up; never by others. */
#define DIR_MODE 0770

/* Attribute bits of SFTP v3 follow POSIX, whatever this system's are. */
#define MODE_TYPE 0170000UL
#define MODE_FILE 0100000UL
#define MODE_DIR 0040000UL

enum fault
sftp_path(const struct sftp *s, const char *path, char out[SFTP_PATH_MAX],
    unsigned *len, struct cause *why)
{
	int n;

	/* A root of "/" is kept as "", so that no path begins with "//". */
	if (path[0] == '\0')
		n = snprintf(out, SFTP_PATH_MAX, "%s",
		    s->root[0] != '\0' ? s->root : "/");
	else
		n = snprintf(out, SFTP_PATH_MAX, "%s/%s", s->root, path);
	if (n < 0 || n >= SFTP_PATH_MAX)
		return cause_set(
		    why, FAULT_FORMAT, N_("a path of the drop is too long"));
	*len = (unsigned)n;
	return FAULT_NONE;
}

enum fault
sftp_fault(struct sftp *s, long code, const char *what, const char *path,
    struct cause *why)
{
	unsigned long status;

	if (code != LIBSSH2_ERROR_SFTP_PROTOCOL)
		return session_fault(s->session, code, why);
	status = libssh2_sftp_last_error(session_sftp(s->session));
	cause_place(why, path, 0, NULL, UINT64_MAX);
	switch (status) {
	case LIBSSH2_FX_OK:
	case LIBSSH2_FX_NO_CONNECTION:
	case LIBSSH2_FX_CONNECTION_LOST:
		/* No "no" at all: the bytes made no sense. */
		return session_fault(s->session, code, why);
	case LIBSSH2_FX_NO_SUCH_FILE:
	case LIBSSH2_FX_NO_SUCH_PATH:
		return cause_set(
		    why, FAULT_ABSENT, N_("the drop has no \"%s\""), path);
	case LIBSSH2_FX_FILE_ALREADY_EXISTS:
		return cause_set(
		    why, FAULT_EXISTS, N_("the drop has \"%s\" already"), path);
	case LIBSSH2_FX_NO_SPACE_ON_FILESYSTEM:
	case LIBSSH2_FX_QUOTA_EXCEEDED:
		return cause_set(why, FAULT_NO_ROOM,
		    N_("no room on the drop for \"%s\""), path);
	case LIBSSH2_FX_PERMISSION_DENIED:
	case LIBSSH2_FX_WRITE_PROTECT:
		return cause_set(why, FAULT_SYSTEM,
		    N_("permission denied on the drop: %s \"%s\""), what, path);
	default:
		return cause_set(why, FAULT_SYSTEM,
		    N_("the drop refused to %s \"%s\" (SFTP status %lu)"), what,
		    path, status);
	}
}

/*
 * Asked of the file itself, or of its directory if it never came to be.  Less
 * than one window free counts as full: the last blocks of a file system are
 * often out of reach of an ordinary account.
 */
static bool
is_full(struct sftp *s, const char *path)
{
	LIBSSH2_SFTP *sftp = session_sftp(s->session);
	LIBSSH2_SFTP_STATVFS st = { 0 };
	char full[SFTP_PATH_MAX];
	unsigned len = 0;

	if (sftp_path(s, path, full, &len, NULL) != FAULT_NONE)
		return false;
	if (libssh2_sftp_statvfs(sftp, full, len, &st) != 0) {
		const char *slash = strrchr(full, '/');

		if (slash == NULL || slash == full ||
		    libssh2_sftp_statvfs(
			sftp, full, (size_t)(slash - full), &st) != 0)
			return false;
	}
	if (st.f_files > 0 && st.f_favail == 0)
		return true;
	return st.f_frsize > 0 && st.f_bavail < LIMIT_WINDOW / st.f_frsize;
}

enum fault
sftp_fault_room(struct sftp *s, long code, const char *what, const char *path,
    struct cause *why)
{
	if (code != LIBSSH2_ERROR_SFTP_PROTOCOL ||
	    libssh2_sftp_last_error(session_sftp(s->session)) !=
		LIBSSH2_FX_FAILURE)
		return sftp_fault(s, code, what, path, why);
	cause_place(why, path, 0, NULL, UINT64_MAX);
	if (is_full(s, path))
		return cause_set(why, FAULT_NO_ROOM,
		    N_("no room on the drop for \"%s\""), path);
	return cause_set(why, FAULT_SYSTEM,
	    N_("the drop failed to %s \"%s\" and gave no reason"), what, path);
}

enum fault
sftp_look(
    struct sftp *s, const char *path, struct entry *entry, struct cause *why)
{
	LIBSSH2_SFTP_ATTRIBUTES a = { 0 };
	LIBSSH2_SFTP *sftp = session_sftp(s->session);
	char full[SFTP_PATH_MAX];
	unsigned len = 0;
	enum fault f;
	int rc;

	*entry = (struct entry){ 0 };
	if ((f = sftp_path(s, path, full, &len, why)) != FAULT_NONE)
		return f;
	/* The root may be a link: its host decides where the drop lies. */
	rc = libssh2_sftp_stat_ex(sftp, full, len,
	    path[0] != '\0' ? LIBSSH2_SFTP_LSTAT : LIBSSH2_SFTP_STAT, &a);
	if (rc == LIBSSH2_ERROR_SFTP_PROTOCOL) {
		unsigned long status = libssh2_sftp_last_error(sftp);

		if (status == LIBSSH2_FX_NO_SUCH_FILE ||
		    status == LIBSSH2_FX_NO_SUCH_PATH)
			return FAULT_NONE;
	}
	if (rc != 0)
		return sftp_fault(s, rc, "stat", path, why);
	/* A server that tells no type has neither files nor directories for
	 * us: a guess would be worse. */
	entry->exists = true;
	if ((a.flags & LIBSSH2_SFTP_ATTR_PERMISSIONS) == 0)
		return FAULT_NONE;
	entry->directory = (a.permissions & MODE_TYPE) == MODE_DIR;
	entry->file = (a.permissions & MODE_TYPE) == MODE_FILE &&
	    (a.flags & LIBSSH2_SFTP_ATTR_SIZE) != 0;
	entry->size = entry->file ? a.filesize : 0;
	return FAULT_NONE;
}

/* Only names are taken: what the server says of each file in passing is asked
 * again where it matters. */
enum fault
sftp_list(struct sftp *s, const char *path, struct entry_list *list,
    struct cause *why)
{
	LIBSSH2_SFTP_ATTRIBUTES a = { 0 };
	LIBSSH2_SFTP *sftp = session_sftp(s->session);
	LIBSSH2_SFTP_HANDLE *dir = NULL;
	char full[SFTP_PATH_MAX];
	char name[4096];
	unsigned len = 0;
	enum fault f;
	int n = 0;

	if ((f = sftp_path(s, path, full, &len, why)) != FAULT_NONE)
		return f;
	dir = libssh2_sftp_open_ex(sftp, full, len, 0, 0, LIBSSH2_SFTP_OPENDIR);
	if (dir == NULL)
		return sftp_fault(
		    s, session_last_code(s->session), "list", path, why);
	for (;;) {
		if (process_interrupted) {
			f = cause_set(why, FAULT_INTERRUPTED,
			    N_("stopped while listing the drop"));
			break;
		}
		n = libssh2_sftp_readdir_ex(
		    dir, name, sizeof(name), NULL, 0, &a);
		if (n <= 0)
			break;
		f = entry_list_add(list, name, (size_t)n, why);
		if (f != FAULT_NONE)
			break;
	}
	if (n < 0)
		f = sftp_fault(s, n, "list", path, why);
	(void)libssh2_sftp_closedir(dir);
	return f;
}

/* The server's umask may narrow the mode; to widen it is its host's affair. */
enum fault
sftp_mkdir(struct sftp *s, const char *path, struct cause *why)
{
	char full[SFTP_PATH_MAX];
	unsigned len = 0;
	enum fault f;
	int rc;

	if ((f = sftp_path(s, path, full, &len, why)) != FAULT_NONE)
		return f;
	rc = libssh2_sftp_mkdir_ex(
	    session_sftp(s->session), full, len, DIR_MODE);
	return rc == 0 ? FAULT_NONE
		       : sftp_fault_room(s, rc, "make directory", path, why);
}

enum fault
sftp_rename(struct sftp *s, const char *from, const char *to, struct cause *why)
{
	char full_from[SFTP_PATH_MAX];
	char full_to[SFTP_PATH_MAX];
	unsigned from_len = 0;
	unsigned to_len = 0;
	enum fault f;
	int rc;

	if ((f = sftp_path(s, from, full_from, &from_len, why)) != FAULT_NONE ||
	    (f = sftp_path(s, to, full_to, &to_len, why)) != FAULT_NONE)
		return f;
	/* Version 3 sends no flags; never ask for an overwrite all the same. */
	rc = libssh2_sftp_rename_ex(session_sftp(s->session), full_from,
	    from_len, full_to, to_len, LIBSSH2_SFTP_RENAME_NATIVE);
	return rc == 0 ? FAULT_NONE : sftp_fault(s, rc, "rename", from, why);
}

/* Only files: version 3 servers refuse a directory here. */
enum fault
sftp_remove(struct sftp *s, const char *path, struct cause *why)
{
	char full[SFTP_PATH_MAX];
	unsigned len = 0;
	enum fault f;
	int rc;

	if ((f = sftp_path(s, path, full, &len, why)) != FAULT_NONE)
		return f;
	rc = libssh2_sftp_unlink_ex(session_sftp(s->session), full, len);
	return rc == 0 ? FAULT_NONE : sftp_fault(s, rc, "remove", path, why);
}

enum fault
sftp_remove_dir(struct sftp *s, const char *path, struct cause *why)
{
	char full[SFTP_PATH_MAX];
	unsigned len = 0;
	enum fault f;
	int rc;

	if ((f = sftp_path(s, path, full, &len, why)) != FAULT_NONE)
		return f;
	rc = libssh2_sftp_rmdir_ex(session_sftp(s->session), full, len);
	return rc == 0 ? FAULT_NONE
		       : sftp_fault(s, rc, "remove directory", path, why);
}

/* The root is looked at once, so that a wrong path is told at the start, and
 * not as a missing parcel later. */
enum fault
sftp_open(struct sftp **out, const struct session_job *job, const char *root,
    struct cause *why)
{
	struct sftp *s = NULL;
	struct entry entry;
	enum fault f = FAULT_NONE;

	*out = NULL;
	if ((s = calloc(1, sizeof(*s))) == NULL ||
	    (s->root = strdup(strcmp(root, "/") == 0 ? "" : root)) == NULL) {
		f = cause_memory(why);
		goto out;
	}
	if ((f = session_open(&s->session, job, why)) != FAULT_NONE ||
	    (f = sftp_look(s, "", &entry, why)) != FAULT_NONE)
		goto out;
	if (!entry.directory) {
		f = cause_set(why, FAULT_UNREACHABLE,
		    N_("the server has no directory %s"), root);
		goto out;
	}
	*out = s;
	s = NULL;
out:
	sftp_close(s);
	return f;
}

void
sftp_close(struct sftp *s)
{
	if (s == NULL)
		return;
	session_close(s->session);
	free(s->root);
	free(s);
}
