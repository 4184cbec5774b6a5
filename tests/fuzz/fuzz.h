/*
 * fuzz: what every target stands on: a claim that must hold for all bytes, the
 * words in which a parser may refuse, and a stream made of the input.
 */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cause.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/stream.h"

/* libFuzzer's entry; replay.c calls it, too. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_HOLD(claim) fuzz_hold((claim), #claim, __FILE__, __LINE__)

/* Larger than any document that is written again. */
#define FUZZ_BUF BUF_MAX(16 * MIB)

/* A claim that does not hold is a crash, which both drivers notice. */
static inline void
fuzz_hold(bool holds, const char *claim, const char *file, int line)
{
	if (holds)
		return;
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, claim);
	abort();
}

/* Whether a terminal may see all of it. */
static inline bool
fuzz_shown(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text += n)
		if ((n = log_shown(text)) == 0)
			return false;
	return true;
}

/* A refusal is one of at most two faults, says why, and shows nothing that the
 * foreign bytes could do to a screen. */
static inline void
fuzz_refused(
    enum fault f, enum fault one, enum fault other, const struct cause *why)
{
	FUZZ_HOLD(f == one || f == other);
	FUZZ_HOLD(why->fault == f);
	FUZZ_HOLD(why->detail[0] != '\0');
	FUZZ_HOLD(fuzz_shown(why->detail) && fuzz_shown(why->local));
	FUZZ_HOLD(fuzz_shown(why->clause) && fuzz_shown(why->file));
	FUZZ_HOLD(fuzz_shown(why->column) && fuzz_shown(why->rule));
}

static inline void
fuzz_equal(const struct buf *a, const struct buf *b)
{
	FUZZ_HOLD(a->len == b->len);
	FUZZ_HOLD(memcmp(buf_text(a), buf_text(b), a->len) == 0);
}

/* The input as a string of its own, of exactly its bytes; to be freed. */
static inline char *
fuzz_string(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	FUZZ_HOLD(text != NULL);
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

/* A source of the input's bytes, at most "piece" at a time. */
struct fuzz_input {
	const uint8_t *at;
	size_t left;
	size_t piece;
	bool once;  /* its end is to be asked for once only */
	bool ended; /* has said so */
};

static inline enum fault
fuzz_input_read(
    void *self, void *bytes, size_t cap, size_t *got, struct cause *why)
{
	struct fuzz_input *in = self;
	size_t n = in->left < cap ? in->left : cap;

	(void)why;
	FUZZ_HOLD(cap > 0 && !(in->once && in->ended));
	if (n > in->piece)
		n = in->piece;
	if (n > 0)
		memcpy(bytes, in->at, n);
	in->at += n;
	in->left -= n;
	in->ended = n == 0;
	*got = n;
	return FAULT_NONE;
}

static inline struct source
fuzz_source(struct fuzz_input *in)
{
	return (struct source){ fuzz_input_read, in };
}

/* A sink into a buffer. */
static inline enum fault
fuzz_buf_write(void *self, const void *bytes, size_t len, struct cause *why)
{
	(void)why;
	return buf_put(self, bytes, len);
}

#endif
