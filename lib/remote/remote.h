/*
 * remote: a drop, by SFTP or as a local directory; the same promises for both.
 *
 * What is done there, a confined process does (courier): this one opens no
 * connection and no file of the drop.  One thread at a time.
 *
 * Paths are relative to the drop's root; one that could leave it, or holds
 * control bytes, is FAULT_FORMAT.  Nothing is overwritten by a rename.
 * Host keys come from the caller alone; no first-use trust exists.  Connections
 * are opened by libcurl (dial), so proxies work, and handed to libssh2 with
 * fixed methods.  Every wait ends within LIMIT_WAIT.
 */
#ifndef REMOTE_REMOTE_H
#define REMOTE_REMOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cause.h"
#include "base/growth.h"
#include "base/stream.h"
#include "remote/outpost.h"

struct remote;

struct remote_job {
	const char *url;     /* sftp://[user@]host[:port]/path, file:///path */
	const char *user;    /* if the URL has none; may be NULL */
	const char *ssh_key; /* path of the private key; sftp only */
	const char *const *host_keys; /* "ssh-ed25519 AAAA…"; sftp only */
	size_t n_host_keys;
	const char *proxy; /* http://, socks5h://; may be NULL */
	/* Where the process comes from; NULL: from this one, which then must
	 * hold nothing that the drop's server may not have, and run no other
	 * thread. */
	struct outpost *outpost;
};

/* Whether the URL can be used: scheme, host, absolute path. FAULT_FORMAT. */
enum fault remote_url_check(const char *url, struct cause *why) FAULT_CHECKED;

/*
 * Opens.  FAULT_UNREACHABLE (network, name, time-out, no SFTP, a local root
 * that is not there), FAULT_HOST_KEY (checked before the login), FAULT_LOGIN
 * (also a key file that cannot be used), FAULT_FORMAT (URL, proxy, no user),
 * FAULT_INTERRUPTED, FAULT_MEMORY, FAULT_SYSTEM.
 *
 * Every other call may also return FAULT_UNREACHABLE (the connection is gone,
 * and each further call fails at once: close and open anew), FAULT_INTERRUPTED,
 * and FAULT_SYSTEM (the drop refused; permission denied).
 */
enum fault remote_open(struct remote **out, const struct remote_job *job,
    struct cause *why) FAULT_CHECKED;
/* Ends the session at once, also after a time-out.  NULL-safe. */
void remote_close(struct remote *r);

/*
 * Names in a directory, sorted bytewise, without "." and "..", names with '/',
 * control bytes or invalid UTF-8 left out; at most LIMIT_DROP_ENTRIES
 * (FAULT_LARGER).  Names that begin with '.' are given.  "" is the root.  A
 * missing directory gives none.
 */
struct remote_names {
	char **name;
	size_t n;
};
enum fault remote_list(struct remote *r, const char *path,
    struct remote_names *out, struct cause *why) FAULT_CHECKED;
void remote_names_free(struct remote_names *names);

/* Size of a regular file, or FAULT_ABSENT. */
enum fault remote_size(struct remote *r, const char *path, uint64_t *size,
    struct cause *why) FAULT_CHECKED;
/* Whether anything has this name (file or directory). */
enum fault remote_exists(struct remote *r, const char *path, bool *exists,
    struct cause *why) FAULT_CHECKED;

/* Appends a small file to out: FAULT_ABSENT, FAULT_LARGER beyond out->max. */
enum fault remote_load(struct remote *r, const char *path, struct buf *out,
    struct cause *why) FAULT_CHECKED;

/*
 * Streams a file from offset to its end into a sink, with a window of reads in
 * flight.  "expected" is the whole file's size, whatever the offset; no byte
 * behind it reaches the sink.  FAULT_ABSENT, FAULT_INCOMPLETE (ends before
 * expected bytes), FAULT_LARGER (goes on after them), FAULT_UNREACHABLE
 * (connection lost).
 */
enum fault remote_get(struct remote *r, const char *path, uint64_t offset,
    uint64_t expected, struct sink into, struct cause *why) FAULT_CHECKED;

/* Makes the directories of path; existing is fine. */
enum fault remote_mkdirs(
    struct remote *r, const char *path, struct cause *why) FAULT_CHECKED;

/*
 * Writes size bytes of the descriptor (read with pread from offset 0) to path,
 * going on from what is there if "resume" and the remote part is not longer
 * (going back one window first), with a sliding window of LIMIT_WINDOW in
 * flight; then fsync where the server offers it, and the size read back.
 * FAULT_NO_ROOM, FAULT_INCOMPLETE (size differs), FAULT_UNREACHABLE.
 */
enum fault remote_put(struct remote *r, const char *path, int fd, uint64_t size,
    bool resume, struct cause *why) FAULT_CHECKED;
/*
 * The same for a file that is still being written: follows it to the end that
 * "growth" tells.  Never goes on with an earlier part.  Besides, the writer's
 * FAULT_INTERRUPTED.
 */
enum fault remote_follow(struct remote *r, const char *path, int fd,
    struct growth *growth, struct cause *why) FAULT_CHECKED;
/* Puts a small file under its name: written to "path.part", size proven, old
 * "path" removed if "replace", renamed.  FAULT_EXISTS without replace. */
enum fault remote_save(struct remote *r, const char *path, const void *bytes,
    size_t len, bool replace, struct cause *why) FAULT_CHECKED;

/*
 * Renames a file or directory to a name that must not exist (FAULT_EXISTS).
 * After an unclear answer both names are looked at.
 */
enum fault remote_rename(struct remote *r, const char *from, const char *to,
    struct cause *why) FAULT_CHECKED;
/* Removes a file; missing is fine. */
enum fault remote_remove(
    struct remote *r, const char *path, struct cause *why) FAULT_CHECKED;
/* Removes a directory and the files in it (one level); missing is fine. */
enum fault remote_remove_dir(
    struct remote *r, const char *path, struct cause *why) FAULT_CHECKED;

#endif
