/*
 * payload: the sealed stream of a parcel: tar, zstd, age, side by side on
 * threads, into a file whose bytes are hashed on the way.
 */
#ifndef CMD_PAYLOAD_H
#define CMD_PAYLOAD_H

#include "base/growth.h"
#include "extract.h"
#include "key/hash.h"
#include "key/recipient.h"

struct payload {
	uint64_t bytes;
	char sha256[HASH_TEXT_LEN];
};

struct payload_job {
	int fd; /* where the sealed bytes go */
	struct extract *extract;
	const struct buf *page; /* contents.json */
	const struct recipient *to;
	size_t n_to;
	struct growth *growth; /* is told how far the file is; or NULL */
	int level;             /* of zstd */
	int64_t mtime;         /* of every member */
};

/*
 * Writes page and extract, packed and sealed to the recipients.
 * FAULT_PAYLOAD_HASH when a file is not the one that was checked.
 */
enum fault payload_write(struct payload *out, const struct payload_job *job,
    struct cause *why) FAULT_CHECKED;

#endif
