/*
 * carry: file contents to and from a server, with many requests in flight, so
 * that a long line is as fast as a short one.
 */
#ifndef REMOTE_CARRY_H
#define REMOTE_CARRY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cause.h"
#include "base/stream.h"
#include "remote/content.h"
#include "remote/sftp.h"

struct carry_want {
	uint64_t offset;   /* first byte wanted */
	uint64_t expected; /* the whole file's size */
	bool exact;        /* else expected is only a maximum */
};

/* FAULT_ABSENT, FAULT_INCOMPLETE, FAULT_LARGER, and the sink's own faults. */
enum fault carry_get(struct sftp *s, const char *path,
    const struct carry_want *want, struct sink into,
    struct cause *why) FAULT_CHECKED;

/*
 * Puts the content, going on with what is there if "resume"; fsync where the
 * server offers it; the size is read back.  FAULT_NO_ROOM, FAULT_INCOMPLETE.
 */
enum fault carry_put(struct sftp *s, const char *path, struct content *c,
    bool resume, struct cause *why) FAULT_CHECKED;

#endif
