/*
 * manifest: what a parcel is, in one signed page (serahterima-manifest/1).
 * serahterima-manifest(5) is the page.  No cell value is ever in it.
 */
#ifndef RECORD_MANIFEST_H
#define RECORD_MANIFEST_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cause.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/path.h"
#include "key/hash.h"
#include "record/agreement.h"

/* Agreed fields of one manifest: a letter's head has fewer. */
#define MANIFEST_FIELDS_MAX 64

struct manifest_field {
	char *name;  /* owned */
	char *value; /* owned */
};

struct manifest {
	char agreement[LIMIT_ID + 1];
	uint64_t agreement_version;
	char agreement_sha256[HASH_TEXT_LEN];
	char dataset[LIMIT_ID + 1];
	char sender[LIMIT_ID + 1];
	char **recipients; /* party ids */
	size_t n_recipients;
	uint64_t sequence;
	char previous[HASH_TEXT_LEN]; /* "" for the first */
	char kind[16];                /* "data" */
	char mode[16];                /* "full" */
	char purpose[16];             /* "production" or "test" */
	char period[64];              /* "" = null */
	int64_t created;
	char payload_name[LIMIT_MEMBER_NAME + 1];
	uint64_t payload_bytes;
	char payload_sha256[HASH_TEXT_LEN];
	char **payload_recipients; /* "age1…" */
	size_t n_payload_recipients;
	uint64_t unpacked_bytes; /* contents.json and the data files */
	char contents_sha256[HASH_TEXT_LEN];
	uint64_t files;
	uint64_t rows;
	struct manifest_field *fields;
	size_t n_fields;
	uint64_t journal_entries;
	char journal_head[HASH_TEXT_LEN];
	char tool[64];
};

/* Strict; FAULT_FORMAT with the member as clause.  *out NULL on a fault. */
enum fault manifest_parse(struct manifest **out, const void *bytes, size_t len,
    struct cause *why) FAULT_CHECKED;
/* Appends the JSON, pretty. */
enum fault manifest_format(
    struct buf *out, const struct manifest *m) FAULT_CHECKED;
/*
 * From one process to another, without JSON: every member as a text with its
 * NUL, in one order.  What is unpacked is held against the rules of the format
 * again, for it comes from a process that has read foreign bytes: FAULT_FORMAT,
 * FAULT_MEMORY.
 */
enum fault manifest_pack(
    struct buf *out, const struct manifest *m) FAULT_CHECKED;
enum fault manifest_unpack(struct manifest **out, const void *bytes, size_t len,
    struct cause *why) FAULT_CHECKED;
void manifest_free(struct manifest *m);

/* Owned copies. FAULT_MEMORY. */
enum fault manifest_add_recipient(
    struct manifest *m, const char *party) FAULT_CHECKED;
enum fault manifest_add_payload_recipient(
    struct manifest *m, const char *age) FAULT_CHECKED;
enum fault manifest_add_field(
    struct manifest *m, const char *name, const char *value) FAULT_CHECKED;

void manifest_name(struct parcel_name *out, const struct manifest *m);

/*
 * Holds a manifest against its agreement and data set: id, version and hash of
 * the agreement, direction (FAULT_DIRECTION), recipients, limits
 * (FAULT_OVER_LIMITS), agreed fields complete, known and valid
 * (FAULT_MANIFEST_FIELD).  Used on both sides.
 */
enum fault manifest_check(const struct manifest *m, const struct agreement *a,
    const struct dataset *d, struct cause *why) FAULT_CHECKED;

#endif
