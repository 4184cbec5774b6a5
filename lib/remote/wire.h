/*
 * wire: a conversation in SFTP version 3 over two streams of bytes: requests
 * with their numbers, replies, and what the server says it can do.  It knows
 * neither SSH nor paths.
 *
 * One thread at a time.  After any fault of these functions the conversation is
 * over, and each further call fails at once with FAULT_UNREACHABLE.
 *
 * Source: draft-ietf-secsh-filexfer-02; OpenSSH's PROTOCOL, sections 4.3
 * to 4.7.
 */
#ifndef REMOTE_WIRE_H
#define REMOTE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cause.h"
#include "base/limits.h"
#include "base/stream.h"
#include "remote/packet.h"

/* The longest packet taken; OpenSSH's own bound. */
#define WIRE_PACKET_MAX (256 * KIB)
/* The longest handle a server may give: section 6.3. */
#define WIRE_HANDLE_MAX 256
/* What every server takes: section 3. */
#define WIRE_SAFE (32 * KIB)

struct wire;

/* What a server may offer beyond version 3. */
struct wire_offer {
	bool fsync;    /* fsync@openssh.com */
	bool statvfs;  /* statvfs@openssh.com */
	size_t reads;  /* bytes of one read, WIRE_SAFE at least */
	size_t writes; /* of one write */
};

/*
 * Greets, and asks for the limits where they are offered.  The streams must
 * outlive the wire.  FAULT_UNREACHABLE (no SFTP of version 3 there), the
 * streams' own faults, FAULT_MEMORY.
 */
enum fault wire_open(struct wire **out, struct source from, struct sink to,
    struct cause *why) FAULT_CHECKED;
/* Frees; nothing is sent.  NULL-safe. */
void wire_close(struct wire *w);

const struct wire_offer *wire_offer(const struct wire *w);

/* Begins a request in the caller's room; returns its number. */
uint32_t wire_begin(struct wire *w, struct packet_out *p, void *room,
    size_t cap, enum packet_type type);
/* Ends and sends it, waiting for nothing. FAULT_FORMAT if it did not fit. */
enum fault wire_send(
    struct wire *w, struct packet_out *p, struct cause *why) FAULT_CHECKED;

/* The next reply, valid until the next call. */
struct wire_reply {
	enum packet_type type;
	uint32_t id;
	struct packet_in body; /* behind type and number */
	uint32_t status;       /* of a PACKET_STATUS */
};
enum fault wire_next(
    struct wire *w, struct wire_reply *reply, struct cause *why) FAULT_CHECKED;

/*
 * Sends a request and waits for its reply, which is of type "want" or a
 * PACKET_STATUS other than PACKET_OK; with want PACKET_STATUS any status.  No
 * other request may be in flight.
 */
enum fault wire_ask(struct wire *w, struct packet_out *p, enum packet_type want,
    struct wire_reply *reply, struct cause *why) FAULT_CHECKED;

/* What was said makes no sense: FAULT_UNREACHABLE, and the end of it. */
enum fault wire_nonsense(struct wire *w, struct cause *why) FAULT_CHECKED;

#endif
