/*
 * sftp: one request for each, and an exact fault for each answer.
 */
#include "remote/sftp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "base/limits.h"
#include "sys/process.h"

/* The drop is shared by a group that its host sets up; never by others. */
#define DIR_MODE 0770
#define FILE_MODE 0640

/* Permission bits of SFTP v3 follow POSIX, whatever this system's are. */
#define MODE_TYPE 0170000U
#define MODE_FILE 0100000U
#define MODE_DIR 0040000U

/* A request under way: its room and its reply. */
struct ask {
	unsigned char room[SFTP_ROOM];
	struct packet_out p;
	struct wire_reply reply;
};

static enum fault
full_path(const struct sftp *s, const char *path, char out[SFTP_PATH_MAX],
    struct cause *why)
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
	return FAULT_NONE;
}

enum fault
sftp_put_path(const struct sftp *s, struct packet_out *p, const char *path,
    struct cause *why)
{
	char full[SFTP_PATH_MAX];
	enum fault f;

	if ((f = full_path(s, path, full, why)) == FAULT_NONE)
		packet_put_string(p, full, strlen(full));
	return f;
}

enum fault
sftp_fault(struct sftp *s, uint32_t status, const char *what, const char *path,
    struct cause *why)
{
	cause_place(why, path, 0, NULL, UINT64_MAX);
	switch (status) {
	case PACKET_OK:
	case PACKET_NO_CONNECTION:
	case PACKET_CONNECTION_LOST:
		/* No "no" at all: the bytes made no sense. */
		return wire_nonsense(s->wire, why);
	case PACKET_NO_SUCH_FILE:
	case PACKET_NO_SUCH_PATH:
		return cause_set(
		    why, FAULT_ABSENT, N_("the drop has no \"%s\""), path);
	case PACKET_EXISTS:
		return cause_set(
		    why, FAULT_EXISTS, N_("the drop has \"%s\" already"), path);
	case PACKET_NO_SPACE:
	case PACKET_QUOTA:
		return cause_set(why, FAULT_NO_ROOM,
		    N_("no room on the drop for \"%s\""), path);
	case PACKET_PERMISSION_DENIED:
	case PACKET_WRITE_PROTECT:
		return cause_set(why, FAULT_SYSTEM,
		    N_("permission denied on the drop: %s \"%s\""), what, path);
	default:
		return cause_set(why, FAULT_SYSTEM,
		    N_("the drop refused to %s \"%s\" (SFTP status %lu)"), what,
		    path, (unsigned long)status);
	}
}

/* Of the file system that a path lies on; false where that is not told. */
static bool
statvfs_full(struct sftp *s, const char *full, size_t len, bool *told)
{
	static const char name[] = "statvfs@openssh.com";
	uint64_t bytes, blocks, files, inodes;
	struct ask a;

	(void)wire_begin(
	    s->wire, &a.p, a.room, sizeof(a.room), PACKET_EXTENDED);
	packet_put_string(&a.p, name, sizeof(name) - 1);
	packet_put_string(&a.p, full, len);
	*told = wire_ask(s->wire, &a.p, PACKET_EXTENDED_REPLY, &a.reply,
		    NULL) == FAULT_NONE &&
	    a.reply.type == PACKET_EXTENDED_REPLY;
	if (!*told)
		return false;
	/* f_bsize, f_frsize, f_blocks, f_bfree, f_bavail, f_files, f_ffree,
	 * f_favail; OpenSSH's PROTOCOL, section 4.4. */
	(void)packet_get64(&a.reply.body);
	bytes = packet_get64(&a.reply.body);
	(void)packet_get64(&a.reply.body);
	(void)packet_get64(&a.reply.body);
	blocks = packet_get64(&a.reply.body);
	files = packet_get64(&a.reply.body);
	(void)packet_get64(&a.reply.body);
	inodes = packet_get64(&a.reply.body);
	if (a.reply.body.bad)
		return false;
	return (files > 0 && inodes == 0) ||
	    (bytes > 0 && blocks < LIMIT_WINDOW / bytes);
}

/*
 * Asked of the file itself, or of its directory if it never came to be.  Less
 * than one window free counts as full: the last blocks of a file system are
 * often out of reach of an ordinary account.
 */
static bool
is_full(struct sftp *s, const char *path)
{
	char full[SFTP_PATH_MAX];
	const char *slash;
	bool told = false, is;

	if (!wire_offer(s->wire)->statvfs ||
	    full_path(s, path, full, NULL) != FAULT_NONE)
		return false;
	is = statvfs_full(s, full, strlen(full), &told);
	slash = strrchr(full, '/');
	if (!told && slash != NULL && slash != full)
		is = statvfs_full(s, full, (size_t)(slash - full), &told);
	return is;
}

enum fault
sftp_fault_room(struct sftp *s, uint32_t status, const char *what,
    const char *path, struct cause *why)
{
	if (status != PACKET_FAILURE)
		return sftp_fault(s, status, what, path, why);
	cause_place(why, path, 0, NULL, UINT64_MAX);
	if (is_full(s, path))
		return cause_set(why, FAULT_NO_ROOM,
		    N_("no room on the drop for \"%s\""), path);
	return cause_set(why, FAULT_SYSTEM,
	    N_("the drop failed to %s \"%s\" and gave no reason"), what, path);
}

/* ---- what stands there ---- */

enum fault
sftp_look(
    struct sftp *s, const char *path, struct entry *entry, struct cause *why)
{
	/* The root may be a link: its host decides where the drop lies. */
	enum packet_type type = path[0] != '\0' ? PACKET_LSTAT : PACKET_STAT;
	struct packet_attrs attrs;
	struct ask a;
	enum fault f;

	*entry = (struct entry){ 0 };
	(void)wire_begin(s->wire, &a.p, a.room, sizeof(a.room), type);
	if ((f = sftp_put_path(s, &a.p, path, why)) != FAULT_NONE ||
	    (f = wire_ask(s->wire, &a.p, PACKET_ATTRS, &a.reply, why)) !=
		FAULT_NONE)
		return f;
	if (a.reply.type == PACKET_STATUS) {
		if (a.reply.status == PACKET_NO_SUCH_FILE ||
		    a.reply.status == PACKET_NO_SUCH_PATH)
			return FAULT_NONE;
		return sftp_fault(s, a.reply.status, "stat", path, why);
	}
	packet_get_attrs(&a.reply.body, &attrs);
	if (a.reply.body.bad)
		return wire_nonsense(s->wire, why);
	/* A server that tells no type has neither files nor directories for
	 * us: a guess would be worse. */
	entry->exists = true;
	if (!attrs.has_mode)
		return FAULT_NONE;
	entry->directory = (attrs.mode & MODE_TYPE) == MODE_DIR;
	entry->file = (attrs.mode & MODE_TYPE) == MODE_FILE && attrs.has_size;
	entry->size = entry->file ? attrs.size : 0;
	return FAULT_NONE;
}

enum fault
sftp_ask_handle(struct sftp *s, struct packet_out *p,
    struct sftp_handle *handle, uint32_t *status, struct cause *why)
{
	struct wire_reply reply;
	const unsigned char *bytes;
	enum fault f;

	handle->len = 0;
	if ((f = wire_ask(s->wire, p, PACKET_HANDLE, &reply, why)) !=
	    FAULT_NONE)
		return f;
	*status = reply.status;
	if (reply.type == PACKET_STATUS)
		return FAULT_NONE;
	bytes = packet_get_string(&reply.body, &handle->len);
	if (handle->len == 0 || handle->len > sizeof(handle->bytes)) {
		handle->len = 0;
		return wire_nonsense(s->wire, why);
	}
	memcpy(handle->bytes, bytes, handle->len);
	return FAULT_NONE;
}

enum fault
sftp_close_handle(struct sftp *s, struct sftp_handle *handle, uint32_t *status,
    struct cause *why)
{
	struct ask a;
	enum fault f;

	*status = PACKET_OK;
	if (handle->len == 0)
		return FAULT_NONE;
	(void)wire_begin(s->wire, &a.p, a.room, sizeof(a.room), PACKET_CLOSE);
	packet_put_string(&a.p, handle->bytes, handle->len);
	handle->len = 0;
	f = wire_ask(s->wire, &a.p, PACKET_STATUS, &a.reply, why);
	*status = a.reply.status;
	return f;
}

enum fault
sftp_open_file(struct sftp *s, const char *path, uint32_t flags,
    struct sftp_handle *handle, uint32_t *status, struct cause *why)
{
	unsigned char room[SFTP_ROOM];
	struct packet_out p;
	enum fault f;

	(void)wire_begin(s->wire, &p, room, sizeof(room), PACKET_OPEN);
	if ((f = sftp_put_path(s, &p, path, why)) != FAULT_NONE)
		return f;
	packet_put32(&p, flags);
	if ((flags & PACKET_CREATE) != 0)
		packet_put_mode(&p, FILE_MODE);
	else
		packet_put32(&p, 0);
	return sftp_ask_handle(s, &p, handle, status, why);
}

enum fault
sftp_file_size(struct sftp *s, const struct sftp_handle *handle, uint64_t *size,
    bool *told, struct cause *why)
{
	unsigned char room[SFTP_ROOM];
	struct packet_attrs attrs = { 0 };
	struct wire_reply reply;
	struct packet_out p;
	enum fault f;

	(void)wire_begin(s->wire, &p, room, sizeof(room), PACKET_FSTAT);
	packet_put_string(&p, handle->bytes, handle->len);
	if ((f = wire_ask(s->wire, &p, PACKET_ATTRS, &reply, why)) !=
	    FAULT_NONE)
		return f;
	if (reply.type == PACKET_ATTRS)
		packet_get_attrs(&reply.body, &attrs);
	if (reply.body.bad)
		return wire_nonsense(s->wire, why);
	*told = attrs.has_size;
	*size = attrs.size;
	return FAULT_NONE;
}

/* Only names are taken: what the server says of each file in passing is asked
 * again where it matters. */
static enum fault
take_names(struct sftp *s, struct packet_in *body, struct entry_list *list,
    struct cause *why)
{
	struct packet_attrs attrs;
	uint32_t n = packet_get32(body);
	enum fault f = FAULT_NONE;

	for (; n > 0 && !body->bad && f == FAULT_NONE; n--) {
		size_t len = 0, long_len = 0;
		const unsigned char *name = packet_get_string(body, &len);

		(void)packet_get_string(body, &long_len);
		packet_get_attrs(body, &attrs);
		if (!body->bad)
			f = entry_list_add(list, (const char *)name, len, why);
	}
	return body->bad ? wire_nonsense(s->wire, why) : f;
}

static enum fault
read_dir(struct sftp *s, const struct sftp_handle *dir, const char *path,
    struct entry_list *list, struct cause *why)
{
	struct ask a;
	enum fault f;

	for (;;) {
		if (process_interrupted)
			return cause_set(why, FAULT_INTERRUPTED,
			    N_("stopped while listing the drop"));
		(void)wire_begin(
		    s->wire, &a.p, a.room, sizeof(a.room), PACKET_READDIR);
		packet_put_string(&a.p, dir->bytes, dir->len);
		if ((f = wire_ask(s->wire, &a.p, PACKET_NAME, &a.reply, why)) !=
		    FAULT_NONE)
			return f;
		if (a.reply.type == PACKET_STATUS)
			return a.reply.status == PACKET_EOF
			    ? FAULT_NONE
			    : sftp_fault(s, a.reply.status, "list", path, why);
		if ((f = take_names(s, &a.reply.body, list, why)) != FAULT_NONE)
			return f;
	}
}

enum fault
sftp_list(struct sftp *s, const char *path, struct entry_list *list,
    struct cause *why)
{
	struct sftp_handle dir;
	struct cause none;
	uint32_t status = PACKET_OK;
	struct ask a;
	enum fault f;

	(void)wire_begin(s->wire, &a.p, a.room, sizeof(a.room), PACKET_OPENDIR);
	if ((f = sftp_put_path(s, &a.p, path, why)) != FAULT_NONE ||
	    (f = sftp_ask_handle(s, &a.p, &dir, &status, why)) != FAULT_NONE)
		return f;
	if (dir.len == 0)
		return sftp_fault(s, status, "list", path, why);
	f = read_dir(s, &dir, path, list, why);
	/* A listing is what was read, however its closing went. */
	cause_clear(&none);
	(void)!sftp_close_handle(s, &dir, &status, &none);
	return f;
}

/* ---- changes ---- */

/* A request begun with its words, which is answered by a status. */
static enum fault
ask_status(struct sftp *s, struct ask *a, struct cause *why)
{
	return wire_ask(s->wire, &a->p, PACKET_STATUS, &a->reply, why);
}

/* The server's umask may narrow the mode; to widen it is its host's affair. */
enum fault
sftp_mkdir(struct sftp *s, const char *path, struct cause *why)
{
	struct ask a;
	enum fault f;

	(void)wire_begin(s->wire, &a.p, a.room, sizeof(a.room), PACKET_MKDIR);
	if ((f = sftp_put_path(s, &a.p, path, why)) != FAULT_NONE)
		return f;
	packet_put_mode(&a.p, DIR_MODE);
	if ((f = ask_status(s, &a, why)) != FAULT_NONE)
		return f;
	return a.reply.status == PACKET_OK
	    ? FAULT_NONE
	    : sftp_fault_room(s, a.reply.status, "make directory", path, why);
}

/* Version 3 has no flags, and servers refuse to overwrite (or are found out by
 * those who call this). */
enum fault
sftp_rename(struct sftp *s, const char *from, const char *to, struct cause *why)
{
	struct ask a;
	enum fault f;

	(void)wire_begin(s->wire, &a.p, a.room, sizeof(a.room), PACKET_RENAME);
	if ((f = sftp_put_path(s, &a.p, from, why)) != FAULT_NONE ||
	    (f = sftp_put_path(s, &a.p, to, why)) != FAULT_NONE ||
	    (f = ask_status(s, &a, why)) != FAULT_NONE)
		return f;
	return a.reply.status == PACKET_OK
	    ? FAULT_NONE
	    : sftp_fault(s, a.reply.status, "rename", from, why);
}

static enum fault
remove_one(struct sftp *s, enum packet_type type, const char *what,
    const char *path, struct cause *why)
{
	struct ask a;
	enum fault f;

	(void)wire_begin(s->wire, &a.p, a.room, sizeof(a.room), type);
	if ((f = sftp_put_path(s, &a.p, path, why)) != FAULT_NONE ||
	    (f = ask_status(s, &a, why)) != FAULT_NONE)
		return f;
	return a.reply.status == PACKET_OK
	    ? FAULT_NONE
	    : sftp_fault(s, a.reply.status, what, path, why);
}

/* Only files: version 3 servers refuse a directory here. */
enum fault
sftp_remove(struct sftp *s, const char *path, struct cause *why)
{
	return remove_one(s, PACKET_REMOVE, "remove", path, why);
}

enum fault
sftp_remove_dir(struct sftp *s, const char *path, struct cause *why)
{
	return remove_one(s, PACKET_RMDIR, "remove directory", path, why);
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
	    (f = wire_open(&s->wire, session_source(s->session),
		 session_sink(s->session), why)) != FAULT_NONE ||
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
	wire_close(s->wire);
	session_close(s->session);
	free(s->root);
	free(s);
}
