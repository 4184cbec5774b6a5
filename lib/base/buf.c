/*
 * buf: grows by doubling up to its maximum; always NUL-terminated.
 */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
buf_free(struct buf *b)
{
	if (b == NULL)
		return;
	free(b->data);
	b->data = NULL;
	b->len = b->cap = 0;
}

void
buf_wipe(struct buf *b)
{
	if (b != NULL && b->data != NULL)
		explicit_bzero(b->data, b->cap);
	buf_free(b);
}

/*
 * Room for len more bytes and the NUL.  Never by realloc: a buffer may hold a
 * secret, and the old block is wiped before it is given back.
 */
static enum fault
reserve(struct buf *b, size_t len)
{
	unsigned char *data = NULL;
	size_t cap;

	if (len > b->max || b->len > b->max - len)
		return FAULT_LARGER;
	if (b->len + len < b->cap)
		return FAULT_NONE;
	cap = b->cap < 256 ? 256 : b->cap;
	while (cap <= b->len + len)
		cap = cap > b->max / 2 ? b->max + 1 : cap * 2;
	if ((data = malloc(cap)) == NULL)
		return FAULT_MEMORY;
	if (b->data != NULL) {
		memcpy(data, b->data, b->len + 1);
		explicit_bzero(b->data, b->cap);
		free(b->data);
	}
	b->data = data;
	b->cap = cap;
	return FAULT_NONE;
}

enum fault
buf_put(struct buf *b, const void *bytes, size_t len)
{
	enum fault f;

	if ((f = reserve(b, len)) != FAULT_NONE)
		return f;
	if (len > 0)
		memcpy(b->data + b->len, bytes, len);
	b->len += len;
	b->data[b->len] = '\0';
	return FAULT_NONE;
}

enum fault
buf_puts(struct buf *b, const char *text)
{
	return buf_put(b, text, strlen(text));
}

enum fault
buf_putf(struct buf *b, const char *fmt, ...)
{
	enum fault f;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		return FAULT_FORMAT;
	if ((f = reserve(b, (size_t)n)) != FAULT_NONE)
		return f;
	va_start(ap, fmt);
	(void)vsnprintf((char *)b->data + b->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
	return FAULT_NONE;
}

const char *
buf_text(const struct buf *b)
{
	return b->data != NULL ? (const char *)b->data : "";
}
