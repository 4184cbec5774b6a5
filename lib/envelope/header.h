/*
 * header: the text header of an age v1 file.  Source: C2SP age.md.
 */
#ifndef ENVELOPE_HEADER_H
#define ENVELOPE_HEADER_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cause.h"
#include "key/recipient.h"

#define FILE_KEY_LEN 16

/*
 * Appends the header that wraps file_key for n recipients, with its MAC line
 * and newline.  FAULT_MEMORY; FAULT_LARGER beyond LIMIT_AGE_STANZAS or
 * LIMIT_AGE_HEADER; FAULT_FORMAT for no recipient, or one of low order.
 */
enum fault header_format(struct buf *out,
    const uint8_t file_key[static FILE_KEY_LEN], const struct recipient *to,
    size_t n, struct cause *why) FAULT_CHECKED;

/* What went wrong, kept apart as the published vectors do; all but
 * HEADER_NONE are FAULT_DECRYPT for people. */
enum header_failure {
	HEADER_OK,
	HEADER_MALFORMED,
	HEADER_NO_MATCH,
	HEADER_MAC
};

/*
 * Parses a header at the start of bytes, unwraps the file key with id and
 * proves the MAC.  *used is the header's length (through the newline of the MAC
 * line).  *stanzas counts recipient stanzas.  FAULT_DECRYPT; file_key is wiped
 * on a fault.  More bytes needed: *failure is HEADER_MALFORMED and *used 0.
 */
enum fault header_open(const void *bytes, size_t len, const struct identity *id,
    uint8_t file_key[static FILE_KEY_LEN], size_t *used, size_t *stanzas,
    enum header_failure *failure, struct cause *why) FAULT_CHECKED;

/* HKDF-SHA256 (RFC 5869) of at most 32 bytes. */
void header_hkdf(uint8_t out[static 32], const void *secret, size_t secret_len,
    const void *salt, size_t salt_len, const char *info);

#endif
