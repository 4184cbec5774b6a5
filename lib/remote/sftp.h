/*
 * sftp: names and directories of a drop on a server (SFTP version 3).
 *
 * Paths are relative to the root, "" is the root itself.  File contents are
 * carry's part; both stand on session.
 */
#ifndef REMOTE_SFTP_H
#define REMOTE_SFTP_H

#include <stddef.h>

#include "base/cause.h"
#include "remote/entry.h"
#include "remote/session.h"

#define SFTP_PATH_MAX 2048 /* URL_PATH_MAX and a path of ours */

struct sftp {
	struct session *session; /* owned */
	char *root;              /* absolute; "" for "/" */
};

/*
 * Opens a session and looks at the root: FAULT_UNREACHABLE when it is not a
 * directory; otherwise as session_open.
 */
enum fault sftp_open(struct sftp **out, const struct session_job *job,
    const char *root, struct cause *why) FAULT_CHECKED;
/* NULL-safe. */
void sftp_close(struct sftp *s);

/* The absolute path; returns its length. FAULT_FORMAT when it is too long. */
enum fault sftp_path(const struct sftp *s, const char *path,
    char out[SFTP_PATH_MAX], unsigned *len, struct cause *why) FAULT_CHECKED;

/*
 * The fault for a libssh2 code of a call that did "what" to "path":
 * FAULT_ABSENT, FAULT_EXISTS, FAULT_NO_ROOM, FAULT_SYSTEM (permission denied,
 * or refused for a reason the protocol does not tell), else session_fault.
 * sftp_fault_room also asks for the room left when the server only says
 * "failure", as OpenSSH does for a full disk.
 */
enum fault sftp_fault(struct sftp *s, long code, const char *what,
    const char *path, struct cause *why) FAULT_CHECKED;
enum fault sftp_fault_room(struct sftp *s, long code, const char *what,
    const char *path, struct cause *why) FAULT_CHECKED;

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
