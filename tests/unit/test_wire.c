/*
 * test_wire: SFTP with a server that answers in pieces, out of order, short,
 * too much or nonsense.  The server is this file: no real one does these.
 */
#include "remote/wire.h"

#include <stdlib.h>
#include <string.h>

#include "remote/carry.h"
#include "remote/sftp.h"
#include "tap.h"

/* ---- a server in memory ---- */

enum trick {
	PLAIN,
	BACKWARDS, /* answers every four reads in reverse */
	SHORT,     /* at most 5,000 bytes a read */
	EMPTY,     /* a read without bytes */
	MORE,      /* a byte more than was asked for */
	STRANGER,  /* an answer to a question nobody asked */
	TYPE,      /* an answer of another kind */
	REFUSES,   /* the third write or read fails */
	ENDS       /* the stream ends in the middle of an answer */
};

#define HELD_MAX 4

struct fake {
	enum trick trick;
	const unsigned char *file; /* what reads give */
	size_t size;
	unsigned char *written; /* what writes left */
	size_t written_len, written_cap;
	unsigned char *out; /* bytes to the client */
	size_t out_len, out_at, out_cap;
	unsigned char *in; /* bytes of a request that is not whole */
	size_t in_len, in_cap;
	size_t step;  /* bytes given at one read; 0 = all */
	unsigned n;   /* reads and writes so far */
	size_t syncs; /* fsync requests */
	struct {
		uint32_t id;
		uint64_t at;
		uint32_t len;
	} held[HELD_MAX];
	unsigned n_held;
	bool ended; /* nothing more is said */
};

static void
put(struct fake *s, const void *bytes, size_t len)
{
	if (len == 0 || s->ended)
		return;
	if (s->out_len + len > s->out_cap) {
		s->out_cap = (s->out_len + len) * 2;
		s->out = realloc(s->out, s->out_cap);
	}
	memcpy(s->out + s->out_len, bytes, len);
	s->out_len += len;
}

static void
reply(struct fake *s, enum packet_type type, uint32_t id, const void *bytes,
    size_t len)
{
	static unsigned char room[WIRE_PACKET_MAX + 64];
	struct packet_out p;

	packet_begin(&p, room, sizeof(room), type);
	packet_put32(&p, id);
	if (type == PACKET_DATA || type == PACKET_HANDLE)
		packet_put_string(&p, bytes, len);
	else {
		memcpy(room + p.len, bytes, len);
		p.len += len;
	}
	packet_end(&p);
	put(s, room, p.len);
}

static void
status(struct fake *s, uint32_t id, uint32_t code)
{
	const unsigned char bytes[12] = { 0, 0, 0, (unsigned char)code };

	reply(s, PACKET_STATUS, id, bytes, sizeof(bytes));
}

static void
give(struct fake *s, uint32_t id, uint64_t at, uint32_t len)
{
	static unsigned char more[WIRE_PACKET_MAX];
	size_t n = at < s->size ? s->size - at : 0;

	if (n == 0) {
		status(s, id, PACKET_EOF);
		return;
	}
	if (n > len)
		n = len;
	if (s->trick == SHORT && n > 5000)
		n = 5000;
	memcpy(more, s->file + at, n);
	if (s->trick == EMPTY)
		n = 0;
	if (s->trick == MORE)
		n = len + 1;
	if (s->trick == STRANGER)
		id += 1000;
	reply(s, s->trick == TYPE ? PACKET_HANDLE : PACKET_DATA, id, more, n);
	if (s->trick == ENDS && s->n == 3) {
		s->out_len -= n / 2;
		s->ended = true;
	}
}

static void
on_read(struct fake *s, uint32_t id, struct packet_in *body)
{
	uint64_t at;
	uint32_t len;

	s->n++;
	at = packet_get64(body);
	len = packet_get32(body);
	if (s->trick == REFUSES && s->n == 3) {
		status(s, id, PACKET_FAILURE);
		return;
	}
	if (s->trick != BACKWARDS) {
		give(s, id, at, len);
		return;
	}
	s->held[s->n_held].id = id;
	s->held[s->n_held].at = at;
	s->held[s->n_held].len = len;
	s->n_held++;
	/* The last may be fewer: they end with the file. */
	if (s->n_held < HELD_MAX && at + len <= s->size)
		return;
	while (s->n_held > 0) {
		s->n_held--;
		give(s, s->held[s->n_held].id, s->held[s->n_held].at,
		    s->held[s->n_held].len);
	}
}

static void
on_write(struct fake *s, uint32_t id, struct packet_in *body)
{
	uint64_t at = packet_get64(body);
	size_t len = 0;
	const unsigned char *bytes = packet_get_string(body, &len);

	s->n++;
	if (s->trick == REFUSES && s->n == 3) {
		status(s, id, PACKET_NO_SPACE);
		return;
	}
	if (at + len > s->written_cap) {
		s->written_cap = (at + len) * 2;
		s->written = realloc(s->written, s->written_cap);
	}
	memcpy(s->written + at, bytes, len);
	if (at + len > s->written_len)
		s->written_len = at + len;
	status(s, s->trick == STRANGER ? id + 1000 : id, PACKET_OK);
}

static void
attrs(struct fake *s, uint32_t id, uint64_t size)
{
	unsigned char room[64];
	struct packet_out p = { room, 0, sizeof(room), false };

	packet_put32(&p, 5);
	packet_put64(&p, size);
	packet_put32(&p, 0100640);
	reply(s, PACKET_ATTRS, id, room, p.len);
}

static void
on_request(struct fake *s, const unsigned char *bytes, size_t len)
{
	struct packet_in body = { bytes + 1, len - 1, false };
	uint32_t id = packet_get32(&body);
	size_t n = 0;

	switch ((int)bytes[0]) {
	case PACKET_OPEN:
		reply(s, PACKET_HANDLE, id, "h", 1);
		break;
	case PACKET_READ:
		(void)packet_get_string(&body, &n);
		on_read(s, id, &body);
		break;
	case PACKET_WRITE:
		(void)packet_get_string(&body, &n);
		on_write(s, id, &body);
		break;
	case PACKET_FSTAT:
		attrs(s, id, s->size);
		break;
	case PACKET_LSTAT:
		attrs(s, id, s->written_len);
		break;
	case PACKET_EXTENDED:
		s->syncs++;
		status(s, id, PACKET_OK);
		break;
	default:
		status(s, id, PACKET_OK);
		break;
	}
}

static enum fault
take(void *self, const void *bytes, size_t len, struct cause *why)
{
	struct fake *s = self;
	size_t n;

	(void)why;
	if (s->in_len + len > s->in_cap) {
		s->in_cap = (s->in_len + len) * 2;
		s->in = realloc(s->in, s->in_cap);
	}
	memcpy(s->in + s->in_len, bytes, len);
	s->in_len += len;
	while (s->in_len >= 4) {
		n = (size_t)s->in[0] << 24 | (size_t)s->in[1] << 16 |
		    (size_t)s->in[2] << 8 | s->in[3];
		if (s->in_len < 4 + n)
			break;
		if (s->in[4] != PACKET_INIT)
			on_request(s, s->in + 4, n);
		memmove(s->in, s->in + 4 + n, s->in_len - 4 - n);
		s->in_len -= 4 + n;
	}
	return FAULT_NONE;
}

static enum fault
speak(void *self, void *bytes, size_t cap, size_t *got, struct cause *why)
{
	struct fake *s = self;
	size_t n = s->out_len - s->out_at;

	(void)why;
	if (n > cap)
		n = cap;
	if (s->step > 0 && n > s->step)
		n = s->step;
	if (n > 0)
		memcpy(bytes, s->out + s->out_at, n);
	s->out_at += n;
	*got = n;
	return FAULT_NONE;
}

/* VERSION 3 and its extensions, as OpenSSH gives them. */
static void
greet(struct fake *s, uint32_t version, const char *extension)
{
	unsigned char room[256];
	struct packet_out p;

	packet_begin(&p, room, sizeof(room), PACKET_VERSION);
	packet_put32(&p, version);
	if (extension != NULL) {
		packet_put_string(&p, extension, strlen(extension));
		packet_put_string(&p, "1", 1);
	}
	packet_end(&p);
	put(s, room, p.len);
}

static enum fault
open_fake(struct wire **w, struct fake *s, struct cause *why)
{
	cause_clear(why);
	return wire_open(
	    w, (struct source){ speak, s }, (struct sink){ take, s }, why);
}

static void
fake_free(struct fake *s)
{
	free(s->out);
	free(s->in);
	free(s->written);
}

/* ---- greeting ---- */

static void
test_greeting(void)
{
	static const struct {
		const char *bytes;
		size_t len;
	} bad[] = {
		{ "", 0 },
		{ "\0\0\0\5\2\0\0", 7 },
		{ "\0\0\0\0\2", 5 },
		{ "\xff\xff\xff\xff\2\0\0\0\3", 9 },
		{ "\0\4\0\1\2\0\0\0\3", 9 },
		{ "\0\0\0\5\2\0\0\0\2", 9 },
		{ "\0\0\0\5\2\0\0\0\4", 9 },
		{ "\0\0\0\5\145\0\0\0\3", 9 },
		{ "\0\0\0\3\2\0\0", 7 },
		{ "\0\0\0\x0a\2\0\0\0\3\0\0\0\x09x", 14 },
		{ "\0\0\0\x0a\2\0\0\0\3\0\0\0\1x", 14 },
	};
	struct wire *w = NULL;
	struct cause why;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct fake s = { .step = 1 };

		put(&s, bad[i].bytes, bad[i].len);
		TAP_INT(open_fake(&w, &s, &why), FAULT_UNREACHABLE);
		TAP_OK(w == NULL);
		fake_free(&s);
	}
	for (size_t step = 0; step < 3; step++) {
		struct fake s = { .step = step };

		greet(&s, 3, "fsync@openssh.com");
		TAP_INT(open_fake(&w, &s, &why), FAULT_NONE);
		TAP_OK(wire_offer(w)->fsync && !wire_offer(w)->statvfs);
		TAP_INT(wire_offer(w)->reads, WIRE_SAFE);
		wire_close(w);
		fake_free(&s);
	}
}

/* What is offered is held to what fits; a server's 0 means no limit. */
static void
test_limits(void)
{
	static const struct {
		uint64_t said;
		size_t taken;
	} cases[] = { { 0, WIRE_PACKET_MAX - 1024 }, { 1, WIRE_SAFE },
		{ 65536, 65536 }, { UINT64_MAX, WIRE_PACKET_MAX - 1024 } };
	struct wire *w = NULL;
	struct cause why;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fake s = { 0 };
		unsigned char room[64];
		struct packet_out p = { room, 0, sizeof(room), false };

		greet(&s, 3, "limits@openssh.com");
		for (int k = 0; k < 4; k++)
			packet_put64(&p, cases[i].said);
		reply(&s, PACKET_EXTENDED_REPLY, 0, room, p.len);
		TAP_INT(open_fake(&w, &s, &why), FAULT_NONE);
		TAP_INT(wire_offer(w)->reads, cases[i].taken);
		TAP_INT(wire_offer(w)->writes, cases[i].taken);
		wire_close(w);
		fake_free(&s);
	}
}

/* ---- packets ---- */

static void
test_packets(void)
{
	unsigned char room[16];
	struct packet_attrs a;
	struct packet_out p;
	struct packet_in in;
	size_t len = 9;

	packet_begin(&p, room, sizeof(room), PACKET_CLOSE);
	packet_put_string(&p, "1234567", 7);
	packet_end(&p);
	TAP_INT(p.len, 16);
	TAP_INT(room[3], 12);
	packet_put32(&p, 1);
	TAP_OK(p.full);
	TAP_OK(packet_put_room(&p, 1) == NULL);
	in =
	    (struct packet_in){ (const unsigned char *)"\0\0\0\3ab", 6, false };
	TAP_OK(packet_get_string(&in, &len) == NULL);
	TAP_OK(in.bad);
	TAP_INT(len, 0);
	TAP_INT(packet_get32(&in), 0);
	/* Four thousand million pairs that are not there. */
	in = (struct packet_in){
		(const unsigned char *)"\x80\0\0\0\xff\xff\xff\xff", 8, false
	};
	packet_get_attrs(&in, &a);
	TAP_OK(in.bad && !a.has_size && !a.has_mode);
}

/* ---- files ---- */

struct collect {
	unsigned char *bytes;
	size_t len;
	size_t refuse; /* at this many bytes; 0 = never */
};

static enum fault
collect(void *self, const void *bytes, size_t len, struct cause *why)
{
	struct collect *c = self;

	if (c->refuse > 0 && c->len + len > c->refuse)
		return cause_set(why, FAULT_NO_ROOM, "%s", "full");
	memcpy(c->bytes + c->len, bytes, len);
	c->len += len;
	return FAULT_NONE;
}

#define FILE_SIZE (1500 * KIB + 77)

static void
test_get(enum trick trick, bool exact, size_t said, enum fault expected)
{
	unsigned char *file = malloc(FILE_SIZE);
	struct fake s = { .trick = trick, .file = file, .size = FILE_SIZE };
	struct collect c = { malloc(FILE_SIZE + WIRE_PACKET_MAX), 0, 0 };
	struct carry_want want = { 0, said, exact };
	struct sftp sftp = { NULL, NULL, NULL };
	char root[] = "";
	struct cause why;
	enum fault f;

	for (size_t i = 0; i < FILE_SIZE; i++)
		file[i] = (unsigned char)(i * 31 + (i >> 9));
	greet(&s, 3, NULL);
	sftp.root = root;
	s.step = 7919;
	TAP_INT(open_fake(&sftp.wire, &s, &why), FAULT_NONE);
	f = carry_get(&sftp, "x", &want, (struct sink){ collect, &c }, &why);
	TAP_INT(f, expected);
	if (f == FAULT_NONE)
		TAP_OK(c.len == FILE_SIZE &&
		    memcmp(c.bytes, file, FILE_SIZE) == 0);
	else
		TAP_OK(memcmp(c.bytes, file, c.len) == 0);
	/* The conversation goes on, or it is over at once. */
	s.trick = PLAIN;
	c.len = 0;
	f = carry_get(&sftp, "x", &want, (struct sink){ collect, &c }, &why);
	TAP_OK(expected == FAULT_UNREACHABLE
		? f == FAULT_UNREACHABLE
		: f == FAULT_NONE || f == expected);
	wire_close(sftp.wire);
	fake_free(&s);
	free(c.bytes);
	free(file);
}

/* The sink's own fault, with answers still on their way. */
static void
test_full_sink(void)
{
	unsigned char *file = calloc(1, FILE_SIZE);
	struct fake s = { .file = file, .size = FILE_SIZE };
	struct collect c = { malloc(FILE_SIZE), 0, 300000 };
	struct carry_want want = { 0, FILE_SIZE, true };
	struct sftp sftp = { NULL, NULL, NULL };
	char root[] = "";
	struct cause why;

	greet(&s, 3, NULL);
	sftp.root = root;
	TAP_INT(open_fake(&sftp.wire, &s, &why), FAULT_NONE);
	TAP_INT(
	    carry_get(&sftp, "x", &want, (struct sink){ collect, &c }, &why),
	    FAULT_NO_ROOM);
	c.len = c.refuse = 0;
	TAP_INT(
	    carry_get(&sftp, "x", &want, (struct sink){ collect, &c }, &why),
	    FAULT_NONE);
	TAP_INT(c.len, FILE_SIZE);
	wire_close(sftp.wire);
	fake_free(&s);
	free(c.bytes);
	free(file);
}

static void
test_put(enum trick trick, enum fault expected)
{
	unsigned char *file = malloc(FILE_SIZE);
	struct fake s = { .trick = trick };
	struct content c = { -1, file, FILE_SIZE, NULL };
	struct sftp sftp = { NULL, NULL, NULL };
	char root[] = "/drop";
	struct cause why;

	for (size_t i = 0; i < FILE_SIZE; i++)
		file[i] = (unsigned char)(i * 17 + (i >> 10));
	greet(&s, 3, "fsync@openssh.com");
	sftp.root = root;
	TAP_INT(open_fake(&sftp.wire, &s, &why), FAULT_NONE);
	TAP_INT(carry_put(&sftp, "x", &c, false, &why), expected);
	if (expected == FAULT_NONE) {
		TAP_OK(s.written_len == FILE_SIZE &&
		    memcmp(s.written, file, FILE_SIZE) == 0);
		TAP_INT(s.syncs, 1);
	}
	wire_close(sftp.wire);
	fake_free(&s);
	free(file);
}

int
main(void)
{
	test_greeting();
	test_limits();
	test_packets();
	test_get(PLAIN, true, FILE_SIZE, FAULT_NONE);
	test_get(PLAIN, false, FILE_SIZE, FAULT_NONE);
	test_get(PLAIN, false, 2 * FILE_SIZE, FAULT_NONE);
	test_get(PLAIN, true, FILE_SIZE - 1, FAULT_LARGER);
	test_get(PLAIN, true, FILE_SIZE + 1, FAULT_INCOMPLETE);
	test_get(PLAIN, true, UINT64_MAX, FAULT_INCOMPLETE);
	test_get(BACKWARDS, true, FILE_SIZE, FAULT_NONE);
	test_get(SHORT, true, FILE_SIZE, FAULT_NONE);
	test_get(SHORT, false, FILE_SIZE, FAULT_NONE);
	test_get(EMPTY, true, FILE_SIZE, FAULT_UNREACHABLE);
	test_get(MORE, true, FILE_SIZE, FAULT_UNREACHABLE);
	test_get(STRANGER, true, FILE_SIZE, FAULT_UNREACHABLE);
	test_get(TYPE, true, FILE_SIZE, FAULT_UNREACHABLE);
	test_get(REFUSES, true, FILE_SIZE, FAULT_SYSTEM);
	test_get(ENDS, true, FILE_SIZE, FAULT_UNREACHABLE);
	test_full_sink();
	test_put(PLAIN, FAULT_NONE);
	test_put(REFUSES, FAULT_NO_ROOM);
	test_put(STRANGER, FAULT_UNREACHABLE);
	return TAP_DONE();
}
