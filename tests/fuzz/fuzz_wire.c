/*
 * fuzz_wire: what a hostile server may say over SFTP.  The input is all that it
 * ever sends; whatever it is, the conversation ends in a documented way, and
 * nothing of a reply lies outside its packet.
 */
#include "fuzz.h"
#include "remote/wire.h"

#define REQUESTS 32

static enum fault
swallow(void *self, const void *bytes, size_t len, struct cause *why)
{
	uint8_t *sum = self;

	(void)why;
	/* Looked at, so that memory that was never written is noticed. */
	for (size_t i = 0; i < len; i++)
		*sum = (uint8_t)(*sum ^ ((const uint8_t *)bytes)[i]);
	return FAULT_NONE;
}

/* Reads a reply as those who asked would. */
static void
look_at(struct wire_reply *reply)
{
	struct packet_attrs attrs;
	const unsigned char *at = NULL;
	size_t len = 0, left = reply->body.left;
	uint8_t *copy = malloc(left + 1);

	FUZZ_HOLD(copy != NULL);

	while (reply->body.left > 0 && !reply->body.bad) {
		at = packet_get_string(&reply->body, &len);
		FUZZ_HOLD(len <= left);
		if (len > 0)
			memcpy(copy, at, len);
		if (reply->type == PACKET_NAME || reply->type == PACKET_ATTRS)
			packet_get_attrs(&reply->body, &attrs);
		else
			(void)packet_get32(&reply->body);
	}
	free(copy);
	FUZZ_HOLD(reply->body.left <= left);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size, 1 + size / 3, false, false };
	unsigned char room[512];
	struct wire_reply reply;
	struct packet_out p;
	struct wire *w = NULL;
	struct cause why;
	uint8_t sum = 0;
	enum fault f = FAULT_NONE;

	cause_clear(&why);
	f = wire_open(
	    &w, fuzz_source(&in), (struct sink){ swallow, &sum }, &why);
	FUZZ_HOLD((f == FAULT_NONE) == (w != NULL));
	for (unsigned i = 0; f == FAULT_NONE && i < REQUESTS; i++) {
		(void)wire_begin(w, &p, room, sizeof(room), PACKET_STAT);
		packet_put_string(&p, "/drop", 5);
		f = wire_ask(w, &p, PACKET_ATTRS, &reply, &why);
		if (f == FAULT_NONE)
			look_at(&reply);
		if (f == FAULT_NONE && i % 4 == 3) {
			f = wire_next(w, &reply, &why);
			if (f == FAULT_NONE)
				look_at(&reply);
		}
	}
	if (f != FAULT_NONE)
		fuzz_refused(f, FAULT_UNREACHABLE, FAULT_UNREACHABLE, &why);
	wire_close(w);
	return 0;
}
