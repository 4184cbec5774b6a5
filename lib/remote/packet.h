/*
 * packet: the packets of SFTP version 3, from bytes and to bytes; pure.
 *
 * Source: draft-ietf-secsh-filexfer-02 and OpenSSH's PROTOCOL, section 4.
 */
#ifndef REMOTE_PACKET_H
#define REMOTE_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Length and type, before all else; most packets go on with an id. */
#define PACKET_HEAD 5
#define PACKET_ID 4

/* Section 3: types. */
enum packet_type {
	PACKET_INIT = 1,
	PACKET_VERSION = 2,
	PACKET_OPEN = 3,
	PACKET_CLOSE = 4,
	PACKET_READ = 5,
	PACKET_WRITE = 6,
	PACKET_LSTAT = 7,
	PACKET_FSTAT = 8,
	PACKET_OPENDIR = 11,
	PACKET_READDIR = 12,
	PACKET_REMOVE = 13,
	PACKET_MKDIR = 14,
	PACKET_RMDIR = 15,
	PACKET_STAT = 17,
	PACKET_RENAME = 18,
	PACKET_STATUS = 101,
	PACKET_HANDLE = 102,
	PACKET_DATA = 103,
	PACKET_NAME = 104,
	PACKET_ATTRS = 105,
	PACKET_EXTENDED = 200,
	PACKET_EXTENDED_REPLY = 201,
};

/* Section 7, and what servers of later versions answer all the same. */
enum packet_status {
	PACKET_OK = 0,
	PACKET_EOF = 1,
	PACKET_NO_SUCH_FILE = 2,
	PACKET_PERMISSION_DENIED = 3,
	PACKET_FAILURE = 4,
	PACKET_BAD_MESSAGE = 5,
	PACKET_NO_CONNECTION = 6,
	PACKET_CONNECTION_LOST = 7,
	PACKET_UNSUPPORTED = 8,
	PACKET_NO_SUCH_PATH = 10,
	PACKET_EXISTS = 11,
	PACKET_WRITE_PROTECT = 12,
	PACKET_NO_SPACE = 14,
	PACKET_QUOTA = 15,
};

/* Section 6.3: how a file is opened. */
#define PACKET_FOR_READ 0x01U
#define PACKET_FOR_WRITE 0x02U
#define PACKET_CREATE 0x08U
#define PACKET_TRUNCATE 0x10U

/* Section 5; of the attributes, those that anything here asks for. */
struct packet_attrs {
	bool has_size;
	bool has_mode;
	uint64_t size;
	uint32_t mode; /* POSIX type and permissions */
};

/* ---- to bytes ---- */

/* A packet being written into the caller's room; "full" once it did not fit,
 * and then nothing in it counts. */
struct packet_out {
	unsigned char *bytes; /* not owned */
	size_t len;
	size_t cap;
	bool full;
};

/* Begins with a length that packet_end fills in. */
void packet_begin(
    struct packet_out *p, void *room, size_t cap, enum packet_type type);
void packet_end(struct packet_out *p);
void packet_put32(struct packet_out *p, uint32_t n);
void packet_put64(struct packet_out *p, uint64_t n);
void packet_put_string(struct packet_out *p, const void *bytes, size_t len);
/* Room for a string of len bytes, to be filled by the caller; NULL if it does
 * not fit. */
unsigned char *packet_put_room(struct packet_out *p, size_t len);
/* Attributes of a new file or directory: its permissions, and nothing else. */
void packet_put_mode(struct packet_out *p, uint32_t mode);

/* ---- from bytes ---- */

/* What is left of a packet; "bad" once it ended too early, and from then on
 * numbers are 0 and strings empty. */
struct packet_in {
	const unsigned char *at; /* not owned */
	size_t left;
	bool bad;
};

uint32_t packet_get32(struct packet_in *p);
uint64_t packet_get64(struct packet_in *p);
/* Points into the packet. */
const unsigned char *packet_get_string(struct packet_in *p, size_t *len);
void packet_get_attrs(struct packet_in *p, struct packet_attrs *out);

#endif
