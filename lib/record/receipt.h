/*
 * receipt: a recipient's signed answer (serahterima-receipt/1).
 * serahterima-receipt(5) is the page.
 */
#ifndef RECORD_RECEIPT_H
#define RECORD_RECEIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cause.h"
#include "base/limits.h"
#include "base/path.h"
#include "key/hash.h"
#include "record/faults.h"

enum stage {
	STAGE_RECEIVED,
	STAGE_STAGED,
	STAGE_LOADED,
	STAGE_DESTROYED,
	STAGE_REFUSED
};
const char *stage_text(enum stage stage); /* "received" …; static */

#define RECEIPT_NAME_MAX 128

struct receipt {
	struct parcel_name parcel;
	char recipient[LIMIT_ID + 1];
	enum stage stage;
	char manifest_sha256[HASH_TEXT_LEN];
	uint64_t rows;                       /* as recounted; 0 if not */
	uint64_t warnings;                   /* likewise, of all files */
	char contents_sha256[HASH_TEXT_LEN]; /* as recounted; "" if not */
	int64_t time;
	struct cause refusal; /* stage refused: code and place */
	struct faults faults; /* of the data that was refused */
	uint64_t journal_entries;
	char journal_head[HASH_TEXT_LEN];
	char tool[64];
};

enum fault receipt_parse(struct receipt *out, const void *bytes, size_t len,
    struct cause *why) FAULT_CHECKED;
/*
 * Whether a receipt that comes from another process, which has read foreign
 * bytes, is one that receipt_parse can give; texts that people read are made
 * printable.
 */
bool receipt_check(struct receipt *r);
/* Appends the JSON, pretty; of a refusal: code, reason (English), clause, file,
 * row, column, rule, advice (English).  FAULT_FORMAT when stage refused has no
 * code of 100 to 599. */
enum fault receipt_format(
    struct buf *out, const struct receipt *r) FAULT_CHECKED;
/* "receipt.RECIPIENT.STAGE.json" */
void receipt_name(
    char out[RECEIPT_NAME_MAX], const char *recipient, enum stage stage);
/* The reverse; false if the name is none. */
bool receipt_name_parse(
    const char *name, char recipient[LIMIT_ID + 1], enum stage *stage);

#endif
