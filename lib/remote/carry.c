/*
 * carry: many requests in flight, answered in whatever order.
 *
 * Requests are as large as the server takes (OpenSSH: 255 KiB): fewer of them
 * cost less on either side.  A server may answer a read short before the end of
 * a file, and then goes on being asked for the rest.
 */
#include "remote/carry.h"

#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "base/limits.h"
#include "sys/process.h"

/* Four of them fill the window. */
#define PUT_MOST (256 * KIB)
/* A growing file is not sent in crumbs while there is something in flight. */
#define PUT_LEAST (64 * KIB)
/* A server's disk likes to be given these. */
#define PAGE 4096
/* So much at a time goes to the server's disk. */
#define PUT_SYNC (16 * MIB)
/* A request's words around its bytes. */
#define PUT_WORDS (WIRE_HANDLE_MAX + 64)
#define FLIGHTS (LIMIT_WINDOW / WIRE_SAFE)

/* Ahead of what has come; together at most what session lets in. */
#define SLOTS 16
/* Small documents: less is asked for in vain behind their end. */
#define LOAD_READ (32 * KIB)
#define LOAD_AHEAD 2

/* A request that waits for its answer. */
struct flight {
	uint32_t id;
	size_t len; /* of a write; 0 of an fsync */
};

struct put {
	struct sftp *sftp;
	const char *path;
	struct content *content;
	struct sftp_handle handle;
	unsigned char *room;
	size_t most;     /* bytes of one write */
	uint64_t next;   /* content offset not yet sent */
	uint64_t synced; /* asked to be brought to the server's disk */
	struct flight flight[FLIGHTS];
	size_t n;
	size_t unanswered; /* bytes */
};

/* A piece of the file that was asked for. */
struct slot {
	uint32_t id;
	bool asked; /* an answer is to come */
	bool last;  /* the server said that the file ends here */
	uint64_t at;
	size_t want, have;
	unsigned char *kept; /* what came before its turn; or NULL */
};

struct get {
	struct sftp *sftp;
	const char *path;
	const struct carry_want *want;
	struct sink into;
	struct sftp_handle handle;
	size_t most;   /* bytes of one read */
	size_t ahead;  /* reads in flight */
	uint64_t next; /* not yet asked for */
	uint64_t end;  /* asked for up to here: one byte more than there may be
			*/
	uint64_t at;   /* gone into the sink */
	struct slot slot[SLOTS];
	size_t first, n;
};

static enum fault
interrupted(struct cause *why)
{
	return cause_set(why, FAULT_INTERRUPTED,
	    N_("stopped in the middle of a file; it can be gone on with"));
}

/* ---- putting ---- */

static enum fault
send_piece(struct put *p, size_t len, struct cause *why)
{
	struct wire *w = p->sftp->wire;
	struct packet_out out;
	unsigned char *at;
	uint32_t id;
	enum fault f;

	id = wire_begin(w, &out, p->room, PUT_WORDS + p->most, PACKET_WRITE);
	packet_put_string(&out, p->handle.bytes, p->handle.len);
	packet_put64(&out, p->next);
	if ((at = packet_put_room(&out, len)) == NULL)
		return cause_memory(why);
	if ((f = content_read(p->content, p->next, at, len, why)) !=
		FAULT_NONE ||
	    (f = wire_send(w, &out, why)) != FAULT_NONE)
		return f;
	p->flight[p->n++] = (struct flight){ id, len };
	p->unanswered += len;
	p->next += len;
	return FAULT_NONE;
}

/*
 * To the server's disk, where it offers that; waits for nothing.  Of a file
 * that is still growing this goes on beside: at the end there is little left to
 * wait for.
 */
static enum fault
send_sync(struct put *p, struct cause *why)
{
	static const char name[] = "fsync@openssh.com";
	unsigned char room[PUT_WORDS];
	struct wire *w = p->sftp->wire;
	struct packet_out out;
	enum fault f;
	uint32_t id;

	p->synced = p->next;
	if (!wire_offer(w)->fsync)
		return FAULT_NONE;
	id = wire_begin(w, &out, room, sizeof(room), PACKET_EXTENDED);
	packet_put_string(&out, name, sizeof(name) - 1);
	packet_put_string(&out, p->handle.bytes, p->handle.len);
	if ((f = wire_send(w, &out, why)) == FAULT_NONE)
		p->flight[p->n++] = (struct flight){ id, 0 };
	return f;
}

/* One answer, of whichever request; *what was refused, or NULL. */
static enum fault
take_answer(
    struct put *p, uint32_t *status, const char **what, struct cause *why)
{
	struct wire_reply reply;
	enum fault f;
	size_t i = 0;
	bool sync;

	*what = NULL;
	if ((f = wire_next(p->sftp->wire, &reply, why)) != FAULT_NONE)
		return f;
	while (i < p->n && p->flight[i].id != reply.id)
		i++;
	if (i == p->n || reply.type != PACKET_STATUS)
		return wire_nonsense(p->sftp->wire, why);
	sync = p->flight[i].len == 0;
	p->unanswered -= p->flight[i].len;
	p->flight[i] = p->flight[--p->n];
	*status = reply.status;
	if (*status != PACKET_OK && !(sync && *status == PACKET_UNSUPPORTED))
		*what = sync ? "fsync" : "write";
	return FAULT_NONE;
}

/* All that is still to be answered, whatever it says: only then can another
 * question be asked.  A fault here is told by that question. */
static void
settle_put(struct put *p)
{
	const char *what = NULL;
	struct cause none;
	uint32_t status = PACKET_OK;

	cause_clear(&none);
	while (p->n > 0 && take_answer(p, &status, &what, &none) == FAULT_NONE)
		;
}

static enum fault
await_answer(struct put *p, struct cause *why)
{
	const char *what = NULL;
	uint32_t status = PACKET_OK;
	enum fault f;

	f = take_answer(p, &status, &what, why);
	if (f != FAULT_NONE || what == NULL)
		return f;
	settle_put(p);
	return sftp_fault_room(p->sftp, status, what, p->path, why);
}

/* How much to send now; 0 when an answer is to be waited for first. */
static size_t
piece(const struct put *p)
{
	uint64_t left = p->content->size - p->next;
	size_t len = left < p->most ? (size_t)left : p->most;

	if (p->n == FLIGHTS || p->unanswered + len > LIMIT_WINDOW)
		return 0;
	if (p->content->growth == NULL)
		return len;
	if (p->n > 0 && len < PUT_LEAST)
		return 0;
	/* Whole pages, while more is to come. */
	return len > PAGE ? len - len % PAGE : len;
}

/* One step: more bytes, an fsync of a growing file, an answer, or patience.
 * *ended when all is sent and answered. */
static enum fault
put_step(struct put *p, bool *ended, struct cause *why)
{
	enum fault f;
	size_t len;

	if ((f = content_look(p->content, why)) != FAULT_NONE)
		return f;
	if (p->content->growth != NULL && p->n < FLIGHTS &&
	    p->next - p->synced >= PUT_SYNC)
		return send_sync(p, why);
	if ((len = piece(p)) > 0)
		return send_piece(p, len, why);
	if (p->n > 0)
		return await_answer(p, why);
	f = content_more(p->content, p->next, why);
	*ended = p->next == p->content->size;
	return f;
}

static enum fault
put_bytes(struct put *p, struct cause *why)
{
	enum fault f = FAULT_NONE;
	bool ended = false;

	while (f == FAULT_NONE && !ended)
		f = process_interrupted ? interrupted(why)
					: put_step(p, &ended, why);
	if (f == FAULT_NONE)
		f = send_sync(p, why);
	while (f == FAULT_NONE && p->n > 0)
		f = await_answer(p, why);
	return f;
}

/*
 * Opens, and sets next to where to begin.  A server may refuse to open what
 * exists (ProFTPD), which is then removed, or empty it silently (rclone).
 */
static enum fault
open_put(struct put *p, bool resume, struct cause *why)
{
	const uint32_t again = PACKET_FOR_WRITE | PACKET_CREATE;
	const uint32_t anew = again | PACKET_TRUNCATE;
	struct entry part = { 0 };
	struct cause none;
	uint64_t size = 0;
	uint32_t status = PACKET_OK;
	bool told = false;
	enum fault f;

	if (resume &&
	    (f = sftp_look(p->sftp, p->path, &part, why)) != FAULT_NONE)
		return f;
	p->next = part.file ? content_resume(p->content, part.size) : 0;
	if ((f = sftp_open_file(p->sftp, p->path, p->next > 0 ? again : anew,
		 &p->handle, &status, why)) != FAULT_NONE)
		return f;
	if (p->handle.len == 0) {
		/* Whether this helps is seen by opening, which also brings
		 * back the true reason if it does not. */
		cause_clear(&none);
		(void)!sftp_remove(p->sftp, p->path, &none);
		p->next = 0;
		if ((f = sftp_open_file(p->sftp, p->path, anew, &p->handle,
			 &status, why)) != FAULT_NONE)
			return f;
	}
	if (p->handle.len == 0)
		return sftp_fault_room(p->sftp, status, "open", p->path, why);
	if (p->next == 0)
		return FAULT_NONE;
	if ((f = sftp_file_size(p->sftp, &p->handle, &size, &told, why)) !=
	    FAULT_NONE)
		return f;
	if (!told || size != part.size)
		p->next = 0;
	return FAULT_NONE;
}

static enum fault
close_put(struct put *p, struct cause *why)
{
	struct entry done;
	uint32_t status = PACKET_OK;
	enum fault f;

	if ((f = sftp_close_handle(p->sftp, &p->handle, &status, why)) !=
	    FAULT_NONE)
		return f;
	if (status != PACKET_OK)
		return sftp_fault_room(p->sftp, status, "close", p->path, why);
	if ((f = sftp_look(p->sftp, p->path, &done, why)) != FAULT_NONE)
		return f;
	if (done.file && done.size == p->content->size)
		return FAULT_NONE;
	return cause_set(why, FAULT_INCOMPLETE,
	    N_("\"%s\" has %llu bytes on the drop, not %llu"), p->path,
	    (unsigned long long)done.size,
	    (unsigned long long)p->content->size);
}

enum fault
carry_put(struct sftp *s, const char *path, struct content *c, bool resume,
    struct cause *why)
{
	struct put p = { .sftp = s, .path = path, .content = c };
	struct cause none;
	uint32_t status = PACKET_OK;
	enum fault f;

	p.most = wire_offer(s->wire)->writes;
	if (p.most > PUT_MOST)
		p.most = PUT_MOST;
	p.most -= p.most % PAGE;
	if ((p.room = malloc(PUT_WORDS + p.most)) == NULL)
		return cause_memory(why);
	if ((f = open_put(&p, resume, why)) != FAULT_NONE ||
	    (f = put_bytes(&p, why)) != FAULT_NONE ||
	    (f = close_put(&p, why)) != FAULT_NONE)
		goto out;
out:
	cause_clear(&none);
	settle_put(&p);
	(void)!sftp_close_handle(s, &p.handle, &status, &none);
	free(p.room);
	return f;
}

/* ---- getting ---- */

static struct slot *
nth(struct get *g, size_t i)
{
	return &g->slot[(g->first + i) % SLOTS];
}

/* Asks for what a slot still lacks. */
static enum fault
ask(struct get *g, struct slot *s, struct cause *why)
{
	unsigned char room[PUT_WORDS];
	struct wire *w = g->sftp->wire;
	struct packet_out p;

	s->id = wire_begin(w, &p, room, sizeof(room), PACKET_READ);
	packet_put_string(&p, g->handle.bytes, g->handle.len);
	packet_put64(&p, s->at + s->have);
	packet_put32(&p, (uint32_t)(s->want - s->have));
	s->asked = true;
	return wire_send(w, &p, why);
}

static enum fault
ask_ahead(struct get *g, struct cause *why)
{
	enum fault f = FAULT_NONE;

	while (f == FAULT_NONE && g->n < g->ahead && g->next < g->end) {
		struct slot *s = nth(g, g->n++);
		uint64_t left = g->end - g->next;

		*s = (struct slot){ .at = g->next };
		s->want = left < g->most ? (size_t)left : g->most;
		g->next += s->want;
		f = ask(g, s, why);
	}
	return f;
}

/* Into the sink, in the order of the file. */
static enum fault
deliver(
    struct get *g, const unsigned char *bytes, size_t len, struct cause *why)
{
	g->at += len;
	if (g->at > g->want->expected)
		return cause_set(why, FAULT_LARGER,
		    N_("\"%s\" on the drop goes on after %llu bytes"), g->path,
		    (unsigned long long)g->want->expected);
	return g->into.write(g->into.self, bytes, len, why);
}

/* Bytes for a slot: straight on if it is its turn, else kept until it is. */
static enum fault
take_bytes(
    struct get *g, struct slot *s, struct packet_in *body, struct cause *why)
{
	size_t len = 0;
	const unsigned char *bytes = packet_get_string(body, &len);
	enum fault f = FAULT_NONE;

	/* Nothing, or more than was asked for, would be no answer. */
	if (body->bad || len == 0 || len > s->want - s->have)
		return wire_nonsense(g->sftp->wire, why);
	if (s == nth(g, 0))
		f = deliver(g, bytes, len, why);
	else {
		if (s->kept == NULL && (s->kept = malloc(s->want)) == NULL)
			return cause_memory(why);
		memcpy(s->kept + s->have, bytes, len);
	}
	s->have += len;
	/* Later pieces are asked for as this server likes to give them. */
	if (f == FAULT_NONE && s->have < s->want) {
		if (len >= WIRE_SAFE / 8 && len < g->most)
			g->most = len;
		f = ask(g, s, why);
	}
	return f;
}

/* One answer, of whichever read. */
static enum fault
take_piece(struct get *g, struct cause *why)
{
	struct wire_reply reply;
	struct slot *s = NULL;
	enum fault f;

	if ((f = wire_next(g->sftp->wire, &reply, why)) != FAULT_NONE)
		return f;
	for (size_t i = 0; i < g->n && s == NULL; i++)
		if (nth(g, i)->asked && nth(g, i)->id == reply.id)
			s = nth(g, i);
	if (s == NULL)
		return wire_nonsense(g->sftp->wire, why);
	s->asked = false;
	if (reply.type == PACKET_DATA)
		return take_bytes(g, s, &reply.body, why);
	if (reply.type != PACKET_STATUS)
		return wire_nonsense(g->sftp->wire, why);
	if (reply.status != PACKET_EOF)
		return sftp_fault(g->sftp, reply.status, "read", g->path, why);
	s->last = true;
	return FAULT_NONE;
}

static void
drop_front(struct get *g)
{
	free(nth(g, 0)->kept);
	g->first = (g->first + 1) % SLOTS;
	g->n--;
}

/* What stands at the front and is whole leaves; what then is the front goes on
 * from what was kept of it.  *ended at the end of the file. */
static enum fault
pass_front(struct get *g, bool *ended, struct cause *why)
{
	enum fault f = FAULT_NONE;

	while (f == FAULT_NONE && g->n > 0 && !*ended) {
		struct slot *s = nth(g, 0);

		if (s->kept != NULL) {
			f = deliver(g, s->kept, s->have, why);
			free(s->kept);
			s->kept = NULL;
		}
		*ended = s->last;
		if (s->have < s->want)
			break;
		drop_front(g);
	}
	return f;
}

/* What was asked for must be answered before another question. */
static void
settle_get(struct get *g)
{
	struct wire_reply reply;
	struct cause none;
	size_t asked = 0;

	cause_clear(&none);
	for (size_t i = 0; i < g->n; i++)
		asked += nth(g, i)->asked;
	while (
	    asked > 0 && wire_next(g->sftp->wire, &reply, &none) == FAULT_NONE)
		asked--;
	while (g->n > 0)
		drop_front(g);
}

static enum fault
get_bytes(struct get *g, struct cause *why)
{
	bool ended = false;
	enum fault f = FAULT_NONE;

	while (f == FAULT_NONE && !ended) {
		if (process_interrupted)
			return interrupted(why);
		if ((f = ask_ahead(g, why)) != FAULT_NONE)
			return f;
		if (g->n == 0)
			break;
		if ((f = take_piece(g, why)) == FAULT_NONE)
			f = pass_front(g, &ended, why);
	}
	return f;
}

/*
 * Without a size to hold it against, the end that the reads came to is held
 * against what the server says of the open file: a document cut short would
 * look like a forged one.
 */
static enum fault
prove_end(struct get *g, struct cause *why)
{
	uint64_t want = g->want->expected;
	bool told = false;
	enum fault f;

	if (!g->want->exact) {
		if ((f = sftp_file_size(
			 g->sftp, &g->handle, &want, &told, why)) != FAULT_NONE)
			return f;
		if (!told)
			want = g->at;
	}
	if (g->at >= want)
		return FAULT_NONE;
	return cause_set(why, FAULT_INCOMPLETE,
	    N_("\"%s\" on the drop ends after %llu of %llu bytes"), g->path,
	    (unsigned long long)g->at, (unsigned long long)want);
}

enum fault
carry_get(struct sftp *s, const char *path, const struct carry_want *want,
    struct sink into, struct cause *why)
{
	struct get g = { .sftp = s, .path = path, .want = want, .into = into };
	uint32_t status = PACKET_OK;
	struct cause none;
	enum fault f;

	g.ahead = want->exact ? SLOTS : LOAD_AHEAD;
	g.most = want->exact ? wire_offer(s->wire)->reads : LOAD_READ;
	g.at = g.next = want->offset;
	g.end = want->expected < UINT64_MAX ? want->expected + 1 : UINT64_MAX;
	if ((f = sftp_open_file(s, path, PACKET_FOR_READ, &g.handle, &status,
		 why)) != FAULT_NONE)
		return f;
	if (g.handle.len == 0)
		return sftp_fault(s, status, "open", path, why);
	f = get_bytes(&g, why);
	settle_get(&g);
	if (f == FAULT_NONE)
		f = prove_end(&g, why);
	cause_clear(&none);
	(void)!sftp_close_handle(s, &g.handle, &status, &none);
	return f;
}
