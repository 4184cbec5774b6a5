/*
 * packet: numbers are big-endian, strings carry their length; a packet that
 * does not hold what it says is told once, at its end, not at every field.
 */
#include "remote/packet.h"

#include <string.h>

/* Section 5: which attributes are there. */
#define ATTR_SIZE 0x01U
#define ATTR_OWNER 0x02U
#define ATTR_MODE 0x04U
#define ATTR_TIMES 0x08U
#define ATTR_EXTENDED 0x80000000U

static void
put(struct packet_out *p, const void *bytes, size_t len)
{
	if (p->full || len > p->cap - p->len) {
		p->full = true;
		return;
	}
	if (len > 0)
		memcpy(p->bytes + p->len, bytes, len);
	p->len += len;
}

static void
to_bytes(unsigned char out[4], uint32_t n)
{
	out[0] = (unsigned char)(n >> 24);
	out[1] = (unsigned char)(n >> 16);
	out[2] = (unsigned char)(n >> 8);
	out[3] = (unsigned char)n;
}

void
packet_put32(struct packet_out *p, uint32_t n)
{
	unsigned char bytes[4];

	to_bytes(bytes, n);
	put(p, bytes, sizeof(bytes));
}

void
packet_put64(struct packet_out *p, uint64_t n)
{
	packet_put32(p, (uint32_t)(n >> 32));
	packet_put32(p, (uint32_t)n);
}

void
packet_put_string(struct packet_out *p, const void *bytes, size_t len)
{
	if (len > UINT32_MAX) {
		p->full = true;
		return;
	}
	packet_put32(p, (uint32_t)len);
	put(p, bytes, len);
}

unsigned char *
packet_put_room(struct packet_out *p, size_t len)
{
	unsigned char *at = NULL;

	if (len <= UINT32_MAX)
		packet_put32(p, (uint32_t)len);
	if (len > UINT32_MAX || p->full || len > p->cap - p->len) {
		p->full = true;
		return NULL;
	}
	at = p->bytes + p->len;
	p->len += len;
	return at;
}

void
packet_put_mode(struct packet_out *p, uint32_t mode)
{
	packet_put32(p, ATTR_MODE);
	packet_put32(p, mode);
}

void
packet_begin(
    struct packet_out *p, void *room, size_t cap, enum packet_type type)
{
	const unsigned char byte = (unsigned char)type;

	*p = (struct packet_out){ .bytes = room, .cap = cap };
	packet_put32(p, 0);
	put(p, &byte, 1);
}

void
packet_end(struct packet_out *p)
{
	if (!p->full)
		to_bytes(p->bytes, (uint32_t)(p->len - 4));
}

/* The next n bytes, or NULL. */
static const unsigned char *
take(struct packet_in *p, size_t n)
{
	const unsigned char *at = p->at;

	if (p->bad || n > p->left) {
		p->bad = true;
		return NULL;
	}
	p->at += n;
	p->left -= n;
	return at;
}

uint32_t
packet_get32(struct packet_in *p)
{
	const unsigned char *b = take(p, 4);

	if (b == NULL)
		return 0;
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
	    (uint32_t)b[2] << 8 | b[3];
}

uint64_t
packet_get64(struct packet_in *p)
{
	uint64_t high = packet_get32(p);

	return high << 32 | packet_get32(p);
}

const unsigned char *
packet_get_string(struct packet_in *p, size_t *len)
{
	size_t n = packet_get32(p);
	const unsigned char *at = take(p, n);

	*len = at == NULL ? 0 : n;
	return at;
}

void
packet_get_attrs(struct packet_in *p, struct packet_attrs *out)
{
	uint32_t flags = packet_get32(p), n = 0;
	size_t len = 0;

	*out = (struct packet_attrs){ .has_size = (flags & ATTR_SIZE) != 0,
		.has_mode = (flags & ATTR_MODE) != 0 };
	if (out->has_size)
		out->size = packet_get64(p);
	if ((flags & ATTR_OWNER) != 0)
		(void)packet_get64(p);
	if (out->has_mode)
		out->mode = packet_get32(p);
	if ((flags & ATTR_TIMES) != 0)
		(void)packet_get64(p);
	if ((flags & ATTR_EXTENDED) == 0)
		return;
	/* Pairs of name and value; each takes eight bytes at least, so a lie
	 * about their number ends with the packet. */
	for (n = packet_get32(p); n > 0 && !p->bad; n--) {
		(void)packet_get_string(p, &len);
		(void)packet_get_string(p, &len);
	}
}
