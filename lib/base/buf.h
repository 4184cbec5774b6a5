/*
 * buf: the one growing byte buffer; its maximum is given at birth.
 *
 * data is NUL-terminated one byte past len, so text may be read as a string.
 * A struct buf of zero bytes with max set is a valid empty buffer.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stddef.h>

#include "base/fault.h"

struct buf {
	unsigned char *data; /* owned; NULL while empty */
	size_t len;
	size_t cap;
	size_t max; /* len never exceeds it */
};

#define BUF_MAX(n)              \
	{                       \
		NULL, 0, 0, (n) \
	}

/* Forgets and frees the bytes; max stays.  NULL-safe. */
void buf_free(struct buf *b);
/* As buf_free, wiping the bytes first: for secrets in passing. */
void buf_wipe(struct buf *b);

/*
 * Appends.  FAULT_LARGER beyond max, FAULT_MEMORY; on a fault the buffer is as
 * it was.
 */
enum fault buf_put(struct buf *b, const void *bytes, size_t len) FAULT_CHECKED;
enum fault buf_puts(struct buf *b, const char *text) FAULT_CHECKED;
enum fault buf_putf(struct buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3))) FAULT_CHECKED;

/* Text of an empty buffer is "", never NULL. */
const char *buf_text(const struct buf *b);

#endif
