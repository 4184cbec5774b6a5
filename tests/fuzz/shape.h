/*
 * shape: inputs of a given form and size, each the worst that we can think of
 * for one parser.
 */
#ifndef FUZZ_SHAPE_H
#define FUZZ_SHAPE_H

#include <stddef.h>

#include "base/buf.h"

struct shape {
	const char *target; /* whose input it is */
	const char *name;
	size_t units; /* of size one; two of them are still allowed */
	void (*put)(struct buf *out, size_t units);
};

/* Documents that people sign, from the formatters of the product. */
extern const struct shape shape_records[];
/* What is made of text and bytes; both lists end with a NULL. */
extern const struct shape shape_texts[];
extern const struct shape shape_bytes[];

/* Appends or aborts. */
void shape_put(struct buf *out, const void *bytes, size_t len);
void shape_text(struct buf *out, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Appends the text n times. */
void shape_repeat(struct buf *out, const char *text, size_t n);

#endif
