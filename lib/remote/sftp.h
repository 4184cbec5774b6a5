/*
 * sftp: names and directories of a drop on a server (SFTP version 3).
 *
 * Paths are relative to the root, "" is the root itself.  File contents are
 * carry's part; both speak through wire, over the streams of session.
 */
#ifndef REMOTE_SFTP_H
#define REMOTE_SFTP_H

#include <stddef.h>

#include "base/cause.h"
#include "remote/entry.h"
#include "remote/session.h"
#include "remote/wire.h"

#define SFTP_PATH_MAX 2048 /* URL_PATH_MAX and a path of ours */
#define SFTP_ROOM 8192     /* a request with two paths */

struct sftp {
	struct session *session; /* owned */
	struct wire *wire;       /* owned */
	char *root;              /* absolute; "" for "/" */
};

/* An open file or directory, as the server calls it. */
struct sftp_handle {
	unsigned char bytes[WIRE_HANDLE_MAX];
	size_t len; /* 0: none is open */
};

/*
 * Opens a session and looks at the root: FAULT_UNREACHABLE when it is not a
 * directory; otherwise as session_open.
 */
enum fault sftp_open(struct sftp **out, const struct session_job *job,
    const char *root, struct cause *why) FAULT_CHECKED;
/* NULL-safe. */
void sftp_close(struct sftp *s);

/* The absolute path, into a request. FAULT_FORMAT when it is too long. */
enum fault sftp_put_path(const struct sftp *s, struct packet_out *p,
    const char *path, struct cause *why) FAULT_CHECKED;

/*
 * The fault for a status other than PACKET_OK of a request that did "what" to
 * "path": FAULT_ABSENT, FAULT_EXISTS, FAULT_NO_ROOM, FAULT_SYSTEM (permission
 * denied, or refused for a reason the protocol does not tell).
 * sftp_fault_room also asks for the room left when the server only says
 * "failure", as OpenSSH does for a full disk; nothing may be in flight.
 */
enum fault sftp_fault(struct sftp *s, uint32_t status, const char *what,
    const char *path, struct cause *why) FAULT_CHECKED;
enum fault sftp_fault_room(struct sftp *s, uint32_t status, const char *what,
    const char *path, struct cause *why) FAULT_CHECKED;

/* Sends what was begun, which opens something, and takes its handle. *status
 * is PACKET_OK or the server's "no", which is no fault here. */
enum fault sftp_ask_handle(struct sftp *s, struct packet_out *p,
    struct sftp_handle *handle, uint32_t *status,
    struct cause *why) FAULT_CHECKED;
/* Opens a file for what the flags say (PACKET_FOR_READ and others); *status as
 * above. */
enum fault sftp_open_file(struct sftp *s, const char *path, uint32_t flags,
    struct sftp_handle *handle, uint32_t *status,
    struct cause *why) FAULT_CHECKED;
/* The size of an open file; *told says whether the server gives one. */
enum fault sftp_file_size(struct sftp *s, const struct sftp_handle *handle,
    uint64_t *size, bool *told, struct cause *why) FAULT_CHECKED;
/* Closes; *status as above.  Without a handle nothing is done. */
enum fault sftp_close_handle(struct sftp *s, struct sftp_handle *handle,
    uint32_t *status, struct cause *why) FAULT_CHECKED;

/* A missing name is no fault: entry->exists is false. */
enum fault sftp_look(struct sftp *s, const char *path, struct entry *entry,
    struct cause *why) FAULT_CHECKED;
/* FAULT_ABSENT, FAULT_LARGER. */
enum fault sftp_list(struct sftp *s, const char *path, struct entry_list *list,
    struct cause *why) FAULT_CHECKED;
enum fault sftp_mkdir(
    struct sftp *s, const char *path, struct cause *why) FAULT_CHECKED;
enum fault sftp_rename(struct sftp *s, const char *from, const char *to,
    struct cause *why) FAULT_CHECKED;
enum fault sftp_remove(
    struct sftp *s, const char *path, struct cause *why) FAULT_CHECKED;
enum fault sftp_remove_dir(
    struct sftp *s, const char *path, struct cause *why) FAULT_CHECKED;

#endif
