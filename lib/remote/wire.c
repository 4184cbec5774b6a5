/*
 * wire: replies are read into one buffer, many at a time, and looked at where
 * they lie; a reply that is cut by the buffer's end is moved to its front.
 */
#include "remote/wire.h"

#include <stdlib.h>
#include <string.h>

#include "base/intl.h"

#define VERSION 3
/* Read at once: several small replies. */
#define GULP (4 * KIB)
/* A whole packet, and what came with it. */
#define BUFFER (WIRE_PACKET_MAX + 4 + GULP)
/* A read's or write's own words around its bytes. */
#define OVERHEAD 1024

struct wire {
	struct source from;
	struct sink to;
	struct wire_offer offer;
	uint32_t id; /* of the next request */
	bool over;
	unsigned char *buffer;
	size_t start; /* of what has come and was not looked at */
	size_t end;
};

enum fault
wire_nonsense(struct wire *w, struct cause *why)
{
	w->over = true;
	return cause_set(why, FAULT_UNREACHABLE,
	    N_("the drop's answer is not what SFTP allows"));
}

static enum fault
over(struct cause *why)
{
	return cause_set(
	    why, FAULT_UNREACHABLE, N_("the connection to the drop has ended"));
}

const struct wire_offer *
wire_offer(const struct wire *w)
{
	return &w->offer;
}

/* ---- out ---- */

uint32_t
wire_begin(struct wire *w, struct packet_out *p, void *room, size_t cap,
    enum packet_type type)
{
	uint32_t id = w->id++;

	packet_begin(p, room, cap, type);
	packet_put32(p, id);
	return id;
}

static enum fault
send(struct wire *w, struct packet_out *p, struct cause *why)
{
	enum fault f;

	if (w->over)
		return over(why);
	packet_end(p);
	f = w->to.write(w->to.self, p->bytes, p->len, why);
	/* Half a request may be out: nothing can follow it. */
	if (f != FAULT_NONE)
		w->over = true;
	return f;
}

enum fault
wire_send(struct wire *w, struct packet_out *p, struct cause *why)
{
	if (p->full)
		return cause_set(
		    why, FAULT_FORMAT, N_("a path of the drop is too long"));
	return send(w, p, why);
}

/* ---- in ---- */

/* Until n bytes lie at start.  Little more than these is read: of a large reply
 * nothing then has to be moved. */
static enum fault
need(struct wire *w, size_t n, struct cause *why)
{
	size_t got = 0, cap;
	enum fault f;

	while (w->end - w->start < n) {
		if (BUFFER - w->start < n + GULP) {
			memmove(
			    w->buffer, w->buffer + w->start, w->end - w->start);
			w->end -= w->start;
			w->start = 0;
		}
		cap = n - (w->end - w->start);
		f = w->from.read(w->from.self, w->buffer + w->end,
		    cap < GULP ? GULP : cap, &got, why);
		if (f == FAULT_NONE && got == 0)
			f = over(why);
		if (f != FAULT_NONE) {
			w->over = true;
			return f;
		}
		w->end += got;
	}
	return FAULT_NONE;
}

/* A whole packet: its type and what follows. */
static enum fault
packet(struct wire *w, enum packet_type *type, struct packet_in *body,
    struct cause *why)
{
	struct packet_in head;
	size_t len;
	enum fault f;

	if (w->over)
		return over(why);
	if (w->start == w->end)
		w->start = w->end = 0;
	if ((f = need(w, PACKET_HEAD, why)) != FAULT_NONE)
		return f;
	head = (struct packet_in){ w->buffer + w->start, 4, false };
	len = packet_get32(&head);
	if (len < 1 || len > WIRE_PACKET_MAX)
		return wire_nonsense(w, why);
	if ((f = need(w, 4 + len, why)) != FAULT_NONE)
		return f;
	*type = (enum packet_type)w->buffer[w->start + 4];
	*body = (struct packet_in){ w->buffer + w->start + PACKET_HEAD, len - 1,
		false };
	w->start += 4 + len;
	return FAULT_NONE;
}

enum fault
wire_next(struct wire *w, struct wire_reply *reply, struct cause *why)
{
	enum fault f;

	memset(reply, 0, sizeof(*reply));
	if ((f = packet(w, &reply->type, &reply->body, why)) != FAULT_NONE)
		return f;
	reply->id = packet_get32(&reply->body);
	if (reply->type == PACKET_STATUS)
		reply->status = packet_get32(&reply->body);
	return reply->body.bad ? wire_nonsense(w, why) : FAULT_NONE;
}

enum fault
wire_ask(struct wire *w, struct packet_out *p, enum packet_type want,
    struct wire_reply *reply, struct cause *why)
{
	uint32_t id = w->id - 1;
	enum fault f;

	if ((f = wire_send(w, p, why)) != FAULT_NONE ||
	    (f = wire_next(w, reply, why)) != FAULT_NONE)
		return f;
	if (reply->id != id)
		return wire_nonsense(w, why);
	if (reply->type == want ||
	    (reply->type == PACKET_STATUS && reply->status != PACKET_OK))
		return FAULT_NONE;
	return wire_nonsense(w, why);
}

/* ---- greeting ---- */

/* Name and value of an extension; the value is its revision. */
static void
note_offer(struct wire *w, const unsigned char *name, size_t len, bool *limits)
{
	const struct {
		const char *name;
		bool *there;
	} known[] = {
		{ "fsync@openssh.com", &w->offer.fsync },
		{ "statvfs@openssh.com", &w->offer.statvfs },
		{ "limits@openssh.com", limits },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strlen(known[i].name) == len &&
		    memcmp(known[i].name, name, len) == 0)
			*known[i].there = true;
}

/* A limit of 0 means none; ours is what fits into a packet. */
static size_t
limit(uint64_t n)
{
	const size_t most = WIRE_PACKET_MAX - OVERHEAD;

	if (n == 0 || n > most)
		return most;
	return n < WIRE_SAFE ? WIRE_SAFE : (size_t)n;
}

static enum fault
ask_limits(struct wire *w, struct cause *why)
{
	static const char name[] = "limits@openssh.com";
	unsigned char room[64];
	struct wire_reply reply;
	struct packet_out p;
	uint64_t reads, writes;
	enum fault f;

	(void)wire_begin(w, &p, room, sizeof(room), PACKET_EXTENDED);
	packet_put_string(&p, name, sizeof(name) - 1);
	if ((f = wire_ask(w, &p, PACKET_EXTENDED_REPLY, &reply, why)) !=
	    FAULT_NONE)
		return f;
	/* A server that takes its offer back has said nothing of limits. */
	if (reply.type == PACKET_STATUS)
		return FAULT_NONE;
	(void)packet_get64(&reply.body);
	reads = packet_get64(&reply.body);
	writes = packet_get64(&reply.body);
	if (reply.body.bad)
		return wire_nonsense(w, why);
	w->offer.reads = limit(reads);
	w->offer.writes = limit(writes);
	return FAULT_NONE;
}

static enum fault
greet(struct wire *w, struct cause *why)
{
	unsigned char room[16];
	enum packet_type type;
	struct packet_in body;
	struct packet_out p;
	bool limits = false;
	enum fault f;

	packet_begin(&p, room, sizeof(room), PACKET_INIT);
	packet_put32(&p, VERSION);
	if ((f = send(w, &p, why)) != FAULT_NONE ||
	    (f = packet(w, &type, &body, why)) != FAULT_NONE)
		return f;
	if (type != PACKET_VERSION || packet_get32(&body) != VERSION)
		return wire_nonsense(w, why);
	while (body.left > 0 && !body.bad) {
		size_t len = 0, value_len = 0;
		const unsigned char *name = packet_get_string(&body, &len);

		(void)packet_get_string(&body, &value_len);
		if (!body.bad)
			note_offer(w, name, len, &limits);
	}
	if (body.bad)
		return wire_nonsense(w, why);
	return limits ? ask_limits(w, why) : FAULT_NONE;
}

enum fault
wire_open(
    struct wire **out, struct source from, struct sink to, struct cause *why)
{
	struct wire *w = calloc(1, sizeof(*w));
	enum fault f;

	*out = NULL;
	if (w == NULL || (w->buffer = malloc(BUFFER)) == NULL) {
		wire_close(w);
		return cause_memory(why);
	}
	w->from = from;
	w->to = to;
	w->offer.reads = w->offer.writes = WIRE_SAFE;
	if ((f = greet(w, why)) != FAULT_NONE) {
		wire_close(w);
		return f;
	}
	*out = w;
	return FAULT_NONE;
}

void
wire_close(struct wire *w)
{
	if (w == NULL)
		return;
	free(w->buffer);
	free(w);
}
