/*
 * session: libssh2 in blocking mode over dial's socket.
 *
 * Methods are fixed here and not configurable: a choice would be a downgrade
 * waiting to be asked for.  On every abort the socket is shut down first, since
 * libssh2's closing calls otherwise wait for the peer, each a full time-out.
 */
#include "remote/session.h"

#include <errno.h>
#include <fcntl.h>
#include <libssh2.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/intl.h"
#include "base/limits.h"
#include "remote/dial.h"
#include "remote/pin.h"
#include "sys/process.h"

/* What the server may send before we have read it: a long line is kept busy,
 * and memory bounded. */
#define RECEIVE_WINDOW (4 * MIB)

struct session {
	struct dial *dial;
	LIBSSH2_SESSION *ssh;
	LIBSSH2_CHANNEL *channel;
	unsigned wait;
	bool broken;
};

/* libssh2_init is not safe between threads: once for the process. */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int once_code = LIBSSH2_ERROR_INVAL;

static void
set_up(void)
{
	once_code = libssh2_init(0);
}

void
session_break(struct session *s)
{
	s->broken = true;
	dial_shutdown(s->dial);
}

void
session_close(struct session *s)
{
	if (s == NULL)
		return;
	/* A word of goodbye is sent if it can be, never waited for. */
	if (s->ssh != NULL && !s->broken) {
		libssh2_session_set_blocking(s->ssh, 0);
		(void)libssh2_session_disconnect(s->ssh, "done");
		libssh2_session_set_blocking(s->ssh, 1);
	}
	if (s->dial != NULL)
		dial_shutdown(s->dial);
	/* Frees the channel too. */
	if (s->ssh != NULL)
		(void)libssh2_session_free(s->ssh);
	dial_close(s->dial);
	free(s);
}

/* libssh2's own English sentence; foreign text, printable only in a cause. */
static const char *
last_words(struct session *s)
{
	char *text = NULL;

	(void)libssh2_session_last_error(s->ssh, &text, NULL, 0);
	return text != NULL ? text : "";
}

/* The fault for a negative libssh2 code, and the end of the session. */
static enum fault
session_fault(struct session *s, long code, struct cause *why)
{
	if (code == LIBSSH2_ERROR_ALLOC)
		return cause_memory(why);
	/* The bytes of an answer may be half read: nothing may follow. */
	session_break(s);
	/* A signal ends a wait with what looks like a time-out. */
	if (process_interrupted)
		return cause_set(why, FAULT_INTERRUPTED,
		    N_("stopped while waiting for the drop"));
	if (code == LIBSSH2_ERROR_TIMEOUT ||
	    code == LIBSSH2_ERROR_SOCKET_TIMEOUT)
		return cause_set(why, FAULT_UNREACHABLE,
		    N_("no answer from the drop within %u seconds"), s->wait);
	return cause_set(why, FAULT_UNREACHABLE,
	    N_("the connection to the drop failed: %s (%ld)"), last_words(s),
	    code);
}

/*
 * Debian's libssh2 1.10 knows neither encrypt-then-MAC nor AES-GCM; of what it
 * knows these are sound.  AES-128 would save 8 % of our processor time, no
 * time on the clock; SHA-512 would cost 20 % more than SHA-256.
 */
static enum fault
fix_methods(struct session *s, const char *host_keys, struct cause *why)
{
	static const char kex[] =
	    "curve25519-sha256,"
	    "curve25519-sha256@libssh.org,ecdh-sha2-nistp384,"
	    "ecdh-sha2-nistp256,diffie-hellman-group16-sha512";
	static const char ciphers[] = "aes128-ctr,aes256-ctr";
	static const char macs[] = "hmac-sha2-256,hmac-sha2-512";
	const struct {
		int kind;
		const char *names;
	} methods[] = {
		{ LIBSSH2_METHOD_KEX, kex },
		{ LIBSSH2_METHOD_HOSTKEY, host_keys },
		{ LIBSSH2_METHOD_CRYPT_CS, ciphers },
		{ LIBSSH2_METHOD_CRYPT_SC, ciphers },
		{ LIBSSH2_METHOD_MAC_CS, macs },
		{ LIBSSH2_METHOD_MAC_SC, macs },
		{ LIBSSH2_METHOD_COMP_CS, "none" },
		{ LIBSSH2_METHOD_COMP_SC, "none" },
	};

	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (libssh2_session_method_pref(
			s->ssh, methods[i].kind, methods[i].names) != 0)
			return cause_set(why, FAULT_SYSTEM,
			    N_("this libssh2 cannot be held to \"%s\""),
			    methods[i].names);
	return FAULT_NONE;
}

/* Up to the host key: nothing about the user has been sent when this ends. */
static enum fault
greet(struct session *s, const struct pins *pins, struct cause *why)
{
	char host_keys[PIN_METHODS_MAX];
	char seen[PIN_FINGERPRINT_MAX];
	const char *key;
	enum fault f;
	size_t len = 0;
	int type = 0;
	int rc;

	if (!pin_methods(pins, host_keys))
		return pin_fault(pins, "", why);
	if ((f = fix_methods(s, host_keys, why)) != FAULT_NONE)
		return f;
	rc = libssh2_session_handshake(s->ssh, dial_socket(s->dial));
	/* The server's signature with its host key did not hold. */
	if (rc == LIBSSH2_ERROR_HOSTKEY_SIGN)
		return cause_set(why, FAULT_HOST_KEY,
		    N_("the server could not prove its host key"));
	if (rc == LIBSSH2_ERROR_KEX_FAILURE ||
	    rc == LIBSSH2_ERROR_KEY_EXCHANGE_FAILURE) {
		session_break(s);
		if (process_interrupted)
			return session_fault(s, rc, why);
		return cause_set(why, FAULT_UNREACHABLE,
		    N_("no SSH methods in common with the server, or its key "
		       "exchange failed: %s (%d)"),
		    last_words(s), rc);
	}
	if (rc != 0)
		return session_fault(s, rc, why);
	key = libssh2_session_hostkey(s->ssh, &len, &type);
	if (key == NULL)
		return session_fault(s, LIBSSH2_ERROR_HOSTKEY_INIT, why);
	if (pin_holds(pins, (const unsigned char *)key, len))
		return FAULT_NONE;
	f = pin_fingerprint(seen, (const unsigned char *)key, len);
	return f == FAULT_NONE
	    ? pin_fault(pins, seen, why)
	    : cause_set(why, f, N_("the host key's fingerprint failed"));
}

/* libssh2 says only "unable" of a key file; the kernel says why. */
static enum fault
key_readable(const char *path, struct cause *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return cause_set(why, FAULT_LOGIN,
		    N_("the SSH key %s cannot be read: %s"), path,
		    strerror(errno));
	(void)close(fd);
	return FAULT_NONE;
}

/* By key only, and by this file only: no agent, whose keys nobody agreed on,
 * and no password, which could be asked for by whoever got this far. */
static enum fault
login(struct session *s, const struct session_job *job, struct cause *why)
{
	enum fault f;
	int rc;

	if ((f = key_readable(job->ssh_key, why)) != FAULT_NONE)
		return f;
	rc = libssh2_userauth_publickey_fromfile_ex(s->ssh, job->user,
	    (unsigned)strlen(job->user), NULL, job->ssh_key, NULL);
	switch (rc) {
	case 0:
		return FAULT_NONE;
	case LIBSSH2_ERROR_AUTHENTICATION_FAILED:
	case LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED:
		return cause_set(why, FAULT_LOGIN,
		    N_("the server refuses user \"%s\" with the SSH key %s"),
		    job->user, job->ssh_key);
	case LIBSSH2_ERROR_FILE:
	case LIBSSH2_ERROR_METHOD_NOT_SUPPORTED:
	case LIBSSH2_ERROR_METHOD_NONE:
		return cause_set(why, FAULT_LOGIN,
		    N_("the SSH key %s cannot be used: it must be an ed25519 "
		       "or ecdsa key without a passphrase"),
		    job->ssh_key);
	default:
		return session_fault(s, rc, why);
	}
}

/* What the server prints beside the protocol is nobody's to read, and must not
 * fill the window. */
static enum fault
start_sftp(struct session *s, struct cause *why)
{
	static const char type[] = "session";
	int rc;

	s->channel = libssh2_channel_open_ex(s->ssh, type, sizeof(type) - 1,
	    RECEIVE_WINDOW, LIBSSH2_CHANNEL_PACKET_DEFAULT, NULL, 0);
	if (s->channel == NULL)
		return session_fault(
		    s, libssh2_session_last_errno(s->ssh), why);
	rc = libssh2_channel_subsystem(s->channel, "sftp");
	if (rc == 0)
		rc = libssh2_channel_handle_extended_data2(
		    s->channel, LIBSSH2_CHANNEL_EXTENDED_DATA_IGNORE);
	return rc == 0 ? FAULT_NONE : session_fault(s, rc, why);
}

/* ---- bytes ---- */

static enum fault
channel_read(
    void *self, void *bytes, size_t cap, size_t *got, struct cause *why)
{
	struct session *s = self;
	ssize_t n = libssh2_channel_read(s->channel, bytes, cap);

	*got = 0;
	if (n < 0)
		return session_fault(s, n, why);
	/* The end, or no answer in time that was told as nothing. */
	if (n == 0)
		return session_fault(s,
		    libssh2_channel_eof(s->channel) != 0
			? LIBSSH2_ERROR_CHANNEL_CLOSED
			: LIBSSH2_ERROR_TIMEOUT,
		    why);
	*got = (size_t)n;
	return FAULT_NONE;
}

/* A request of many SSH packets leaves as one. */
#define CORK_LEAST (64 * KIB)

/* The time of day may be set while a file is on its way. */
static int64_t
seconds(void)
{
	struct timespec t = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

static enum fault
write_all(struct session *s, const void *bytes, size_t len, struct cause *why)
{
	const char *from = bytes;
	int64_t moved = seconds();
	ssize_t n;

	while (len > 0) {
		n = libssh2_channel_write(s->channel, from, len);
		if (n < 0)
			return session_fault(s, n, why);
		/* 0 means "again", but not for ever. */
		if (n == 0 && seconds() - moved > (int64_t)s->wait)
			return session_fault(s, LIBSSH2_ERROR_TIMEOUT, why);
		if (n > 0)
			moved = seconds();
		from += n;
		len -= (size_t)n;
	}
	return FAULT_NONE;
}

static enum fault
channel_write(void *self, const void *bytes, size_t len, struct cause *why)
{
	struct session *s = self;
	enum fault f;

	if (len < CORK_LEAST)
		return write_all(s, bytes, len, why);
	dial_cork(s->dial, true);
	f = write_all(s, bytes, len, why);
	dial_cork(s->dial, false);
	return f;
}

struct source
session_source(struct session *s)
{
	return (struct source){ channel_read, s };
}

struct sink
session_sink(struct session *s)
{
	return (struct sink){ channel_write, s };
}

enum fault
session_open(
    struct session **out, const struct session_job *job, struct cause *why)
{
	const struct pins pins = { job->host_keys, job->n_host_keys };
	const struct dial_job dial = { job->host, job->port, job->proxy,
		job->wait };
	struct session *s = NULL;
	enum fault f = FAULT_NONE;

	*out = NULL;
	(void)pthread_once(&once, set_up);
	if (once_code != 0)
		return cause_set(why, FAULT_SYSTEM,
		    N_("libssh2 cannot be used (%d)"), once_code);
	if ((s = calloc(1, sizeof(*s))) == NULL)
		return cause_memory(why);
	s->wait = job->wait;
	if ((f = dial_open(&s->dial, &dial, why)) != FAULT_NONE)
		goto out;
	if ((s->ssh = libssh2_session_init()) == NULL) {
		f = cause_memory(why);
		goto out;
	}
	/* The time-out counts for each call; libssh2 rounds to seconds. */
	libssh2_session_set_blocking(s->ssh, 1);
	libssh2_session_set_timeout(s->ssh, (long)job->wait * 1000);
	if ((f = greet(s, &pins, why)) != FAULT_NONE ||
	    (f = login(s, job, why)) != FAULT_NONE)
		goto out;
	if ((f = start_sftp(s, why)) != FAULT_NONE)
		goto out;
	*out = s;
	s = NULL;
out:
	session_close(s);
	return f;
}
