/*
 * session: an SSH connection with fixed methods, a pinned host key and a login
 * by private key; the only place that knows how to reach and leave a server.
 *
 * One thread at a time.  The seam towards wire is small on purpose: two streams
 * of bytes, and a way to break off.
 */
#ifndef REMOTE_SESSION_H
#define REMOTE_SESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cause.h"
#include "base/stream.h"

struct session;

struct session_job {
	const char *host;
	unsigned port;
	const char *user;
	const char *ssh_key;          /* path of the private key */
	const char *const *host_keys; /* "ssh-ed25519 AAAA…" */
	size_t n_host_keys;
	const char *proxy; /* may be NULL */
	unsigned wait;     /* seconds: the longest wait of any step */
};

/*
 * Connects, compares the host key, logs in, starts SFTP.  FAULT_UNREACHABLE,
 * FAULT_HOST_KEY (before anything about the user is sent), FAULT_LOGIN (the key
 * file cannot be used, or the server refuses it), FAULT_FORMAT (proxy),
 * FAULT_INTERRUPTED, FAULT_MEMORY, FAULT_SYSTEM.
 */
enum fault session_open(struct session **out, const struct session_job *job,
    struct cause *why) FAULT_CHECKED;

/*
 * The bytes of the server's SFTP subsystem, read as they come and written
 * whole; both wait no longer than the job said.  A source that ends is a fault
 * here.  FAULT_UNREACHABLE (also no answer in time, and the session is broken
 * off), FAULT_INTERRUPTED, FAULT_MEMORY.
 */
struct source session_source(struct session *s);
struct sink session_sink(struct session *s);

/* No byte passes any more: what follows fails at once instead of waiting. */
void session_break(struct session *s);

/* Ends at once, in any state.  NULL-safe. */
void session_close(struct session *s);

#endif
