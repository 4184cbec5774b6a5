/*
 * contents: what is inside the sealed payload (serahterima-contents/1).
 *
 * It has one form only: contents_format of equal facts gives equal bytes, so
 * that the receiver proves every total by one hash.
 */
#ifndef RECORD_CONTENTS_H
#define RECORD_CONTENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cause.h"
#include "base/limits.h"
#include "check/totals.h"
#include "check/warnings.h"
#include "key/hash.h"

#define CONTENTS_NAME "contents.json"
#define CONTENTS_SALT_LEN 33 /* 128 bits in hex and NUL */

struct contents_file {
	char name[LIMIT_MEMBER_NAME + 1];
	uint64_t bytes;
	char sha256[HASH_TEXT_LEN];
	uint64_t rows;
	struct totals totals;
	bool keyed; /* keys were proved unique, within this file */
	struct warnings warnings;
};

struct contents {
	char salt[CONTENTS_SALT_LEN];
	struct contents_file *file;
	size_t n;
};

/* Whether a staged parcel has a file of its own under this name, in capitals or
 * not: no data file may be called so. */
bool contents_name_reserved(const char *name);

enum fault contents_parse(struct contents **out, const void *bytes, size_t len,
    struct cause *why) FAULT_CHECKED;
/* Appends the one form: compact JSON and a newline.  FAULT_LARGER beyond
 * out->max, or with more groups or warnings than contents_parse would take. */
enum fault contents_format(
    struct buf *out, const struct contents *c) FAULT_CHECKED;
/* An empty one with a fresh salt; n files of zero. */
enum fault contents_new(struct contents **out, size_t n) FAULT_CHECKED;
void contents_free(struct contents *c);

/*
 * The same facts between two processes of ours: bytes of this machine.  What
 * was unpacked has the bounds of a page and names fit for files; nothing else
 * of it is sure until contents_format gives the page whose hash was signed.
 * FAULT_MEMORY, FAULT_LARGER; FAULT_FORMAT.
 */
#define CONTENTS_PACKED_MAX (4 * (size_t)LIMIT_CONTENTS)
enum fault contents_pack(
    struct buf *out, const struct contents *c) FAULT_CHECKED;
enum fault contents_unpack(struct contents **out, const void *bytes, size_t len,
    struct cause *why) FAULT_CHECKED;

#endif
