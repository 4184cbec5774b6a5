/*
 * carry: the sliding window.
 *
 * libssh2_sftp_write cuts what it is given into packets of 30,000 bytes, sends
 * them all and returns when the first is acknowledged.  The bytes that are not
 * yet acknowledged must be presented again, unchanged, at the front of the next
 * call: so the buffer always begins with them and is topped up behind, and the
 * line is never idle.  A buffer written to its end before the next is begun
 * would empty the line once a buffer.
 */
#include "remote/carry.h"

#include <libssh2.h>
#include <libssh2_sftp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/intl.h"
#include "base/limits.h"
#include "sys/process.h"

/* The drop's group reads; others never do. */
#define FILE_MODE 0640

/* Refilled once in four windows, so that moving the rest costs little. */
#define PUT_BUFFER (4 * LIMIT_WINDOW)
/* Worth a wait for the server's disk in between. */
#define PUT_SYNC (16 * MIB)
/* libssh2 asks for four times this ahead. */
#define GET_READ (1 * MIB)
/* Small documents: less is asked for in vain behind their end. */
#define LOAD_READ (32 * KIB)

struct put {
	struct sftp *sftp;
	const char *path;
	struct content *content;
	LIBSSH2_SFTP_HANDLE *handle;
	unsigned char *buffer;
	size_t start; /* first byte not acknowledged */
	size_t end;
	uint64_t next;   /* content offset of the byte that goes to end */
	uint64_t synced; /* brought to the server's disk */
};

struct get {
	struct sftp *sftp;
	const char *path;
	const struct carry_want *want;
	struct sink into;
	LIBSSH2_SFTP_HANDLE *handle;
	unsigned char *buffer; /* two reads long */
	size_t read;           /* bytes asked for at once */
};

/* The time of day may be set while a file is on its way. */
static int64_t
seconds(void)
{
	struct timespec t = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

static enum fault
interrupted(struct cause *why)
{
	return cause_set(why, FAULT_INTERRUPTED,
	    N_("stopped in the middle of a file; it can be gone on with"));
}

/* Moving is no change: libssh2 counts the bytes and keeps no pointer. */
static enum fault
top_up(struct put *p, struct cause *why)
{
	size_t rest = p->end - p->start;
	uint64_t left = p->content->size - p->next;
	size_t room = PUT_BUFFER - rest;
	size_t n = left < room ? (size_t)left : room;
	enum fault f;

	memmove(p->buffer, p->buffer + p->start, rest);
	p->start = 0;
	p->end = rest;
	f = content_read(p->content, p->next, p->buffer + rest, n, why);
	if (f != FAULT_NONE)
		return f;
	p->end += n;
	p->next += n;
	return FAULT_NONE;
}

/* To the server's disk, where it offers that (fsync@openssh.com). */
static enum fault
sync_put(struct put *p, struct cause *why)
{
	int rc = libssh2_sftp_fsync(p->handle);

	if (rc == 0 ||
	    (rc == LIBSSH2_ERROR_SFTP_PROTOCOL &&
		libssh2_sftp_last_error(session_sftp(p->sftp->session)) ==
		    LIBSSH2_FX_OP_UNSUPPORTED))
		return FAULT_NONE;
	return sftp_fault_room(p->sftp, rc, "fsync", p->path, why);
}

/*
 * With nothing in flight it is worth waiting for the file to grow.  If it has
 * not grown yet, the server may bring what it has to its disk meanwhile: then
 * there is little left to wait for at the end.
 */
static enum fault
await_more(struct put *p, struct cause *why)
{
	enum fault f;

	if ((f = content_look(p->content, why)) != FAULT_NONE)
		return f;
	if (p->next == p->content->size && p->content->growth != NULL &&
	    p->next - p->synced >= PUT_SYNC) {
		if ((f = sync_put(p, why)) != FAULT_NONE)
			return f;
		p->synced = p->next;
	}
	return content_more(p->content, p->next, why);
}

static enum fault
put_bytes(struct put *p, struct cause *why)
{
	int64_t moved = seconds();
	enum fault f;

	for (;;) {
		size_t n = p->end - p->start;
		ssize_t got;

		if (process_interrupted)
			return interrupted(why);
		if (n == 0) {
			f = await_more(p, why);
			/* The server did nothing wrong meanwhile. */
			moved = seconds();
		} else
			f = content_look(p->content, why);
		if (f != FAULT_NONE)
			return f;
		if (n < LIMIT_WINDOW && p->next < p->content->size) {
			if ((f = top_up(p, why)) != FAULT_NONE)
				return f;
			n = p->end;
		}
		if (n == 0)
			return FAULT_NONE;
		if (n > LIMIT_WINDOW)
			n = LIMIT_WINDOW;
		got = libssh2_sftp_write(
		    p->handle, (const char *)p->buffer + p->start, n);
		if (got < 0)
			return sftp_fault_room(
			    p->sftp, got, "write", p->path, why);
		p->start += (size_t)got;
		/* 0 means "again" (seen with Dropbear), but not for ever. */
		if (got > 0)
			moved = seconds();
		else if (seconds() - moved > LIMIT_WAIT)
			return session_fault(
			    p->sftp->session, LIBSSH2_ERROR_TIMEOUT, why);
	}
}

/*
 * Opens, and sets next to where to begin.  A server may refuse to open what
 * exists (ProFTPD), which is then removed, or empty it silently (rclone).
 */
static enum fault
open_put(struct put *p, bool resume, struct cause *why)
{
	const unsigned long again = LIBSSH2_FXF_WRITE | LIBSSH2_FXF_CREAT;
	const unsigned long anew = again | LIBSSH2_FXF_TRUNC;
	LIBSSH2_SFTP *sftp = session_sftp(p->sftp->session);
	LIBSSH2_SFTP_ATTRIBUTES a = { 0 };
	struct entry part = { 0 };
	char full[SFTP_PATH_MAX];
	unsigned len = 0;
	enum fault f;

	if ((f = sftp_path(p->sftp, p->path, full, &len, why)) != FAULT_NONE)
		return f;
	if (resume &&
	    (f = sftp_look(p->sftp, p->path, &part, why)) != FAULT_NONE)
		return f;
	p->next = part.file ? content_resume(p->content, part.size) : 0;
	p->handle = libssh2_sftp_open_ex(sftp, full, len,
	    p->next > 0 ? again : anew, FILE_MODE, LIBSSH2_SFTP_OPENFILE);
	if (p->handle == NULL &&
	    session_last_code(p->sftp->session) ==
		LIBSSH2_ERROR_SFTP_PROTOCOL) {
		/* Whether this helps is seen by opening, which also brings
		 * back the true reason if it does not. */
		(void)libssh2_sftp_unlink_ex(sftp, full, len);
		p->next = 0;
		p->handle = libssh2_sftp_open_ex(
		    sftp, full, len, anew, FILE_MODE, LIBSSH2_SFTP_OPENFILE);
	}
	if (p->handle == NULL)
		return sftp_fault_room(p->sftp,
		    session_last_code(p->sftp->session), "open", p->path, why);
	if (p->next > 0 &&
	    (libssh2_sftp_fstat_ex(p->handle, &a, 0) != 0 ||
		(a.flags & LIBSSH2_SFTP_ATTR_SIZE) == 0 ||
		a.filesize != part.size))
		p->next = 0;
	libssh2_sftp_seek64(p->handle, p->next);
	return FAULT_NONE;
}

enum fault
carry_put(struct sftp *s, const char *path, struct content *c, bool resume,
    struct cause *why)
{
	struct put p = { .sftp = s, .path = path, .content = c };
	struct entry done;
	enum fault f = FAULT_NONE;
	int rc;

	if ((p.buffer = malloc(PUT_BUFFER)) == NULL)
		return cause_memory(why);
	if ((f = open_put(&p, resume, why)) != FAULT_NONE ||
	    (f = put_bytes(&p, why)) != FAULT_NONE ||
	    (f = sync_put(&p, why)) != FAULT_NONE)
		goto out;
	rc = libssh2_sftp_close(p.handle);
	p.handle = NULL;
	if (rc != 0) {
		f = sftp_fault_room(s, rc, "close", path, why);
		goto out;
	}
	if ((f = sftp_look(s, path, &done, why)) != FAULT_NONE)
		goto out;
	if (!done.file || done.size != c->size)
		f = cause_set(why, FAULT_INCOMPLETE,
		    N_("\"%s\" has %llu bytes on the drop, not %llu"), path,
		    (unsigned long long)done.size, (unsigned long long)c->size);
out:
	if (p.handle != NULL)
		(void)libssh2_sftp_close(p.handle);
	free(p.buffer);
	return f;
}

/*
 * Without a size to hold it against, the end that the reads came to is held
 * against what the server says of the open file: a document cut short would
 * look like a forged one.
 */
static enum fault
prove_end(struct get *g, uint64_t at, struct cause *why)
{
	LIBSSH2_SFTP_ATTRIBUTES a = { 0 };
	uint64_t want = g->want->expected;
	int rc;

	if (!g->want->exact) {
		rc = libssh2_sftp_fstat_ex(g->handle, &a, 0);
		if (rc != 0)
			return sftp_fault(g->sftp, rc, "stat", g->path, why);
		want =
		    (a.flags & LIBSSH2_SFTP_ATTR_SIZE) != 0 ? a.filesize : at;
	}
	if (at >= want)
		return FAULT_NONE;
	return cause_set(why, FAULT_INCOMPLETE,
	    N_("\"%s\" on the drop ends after %llu of %llu bytes"), g->path,
	    (unsigned long long)at, (unsigned long long)want);
}

static enum fault
get_bytes(struct get *g, struct cause *why)
{
	uint64_t at = g->want->offset;
	size_t have = 0;
	enum fault f;

	for (;;) {
		ssize_t n;

		if (process_interrupted)
			return interrupted(why);
		/* Always asked for in full, even for less room behind: the
		 * size of the question sets how far ahead libssh2 reads. */
		n = libssh2_sftp_read(
		    g->handle, (char *)g->buffer + have, g->read);
		if (n < 0)
			return sftp_fault(g->sftp, n, "read", g->path, why);
		at += (size_t)n;
		have += (size_t)n;
		if (at > g->want->expected)
			return cause_set(why, FAULT_LARGER,
			    N_("\"%s\" on the drop goes on after %llu bytes"),
			    g->path, (unsigned long long)g->want->expected);
		if (have >= g->read || (n == 0 && have > 0)) {
			f = g->into.write(g->into.self, g->buffer, have, why);
			if (f != FAULT_NONE)
				return f;
			have = 0;
		}
		if (n == 0)
			return prove_end(g, at, why);
	}
}

enum fault
carry_get(struct sftp *s, const char *path, const struct carry_want *want,
    struct sink into, struct cause *why)
{
	struct get g = { .sftp = s, .path = path, .want = want, .into = into };
	char full[SFTP_PATH_MAX];
	unsigned len = 0;
	enum fault f = FAULT_NONE;

	if ((f = sftp_path(s, path, full, &len, why)) != FAULT_NONE)
		return f;
	g.read = want->exact ? GET_READ : LOAD_READ;
	if ((g.buffer = malloc(2 * g.read)) == NULL)
		return cause_memory(why);
	g.handle = libssh2_sftp_open_ex(session_sftp(s->session), full, len,
	    LIBSSH2_FXF_READ, 0, LIBSSH2_SFTP_OPENFILE);
	if (g.handle == NULL) {
		f = sftp_fault(
		    s, session_last_code(s->session), "open", path, why);
		goto out;
	}
	libssh2_sftp_seek64(g.handle, want->offset);
	f = get_bytes(&g, why);
out:
	if (g.handle != NULL)
		(void)libssh2_sftp_close(g.handle);
	free(g.buffer);
	return f;
}
