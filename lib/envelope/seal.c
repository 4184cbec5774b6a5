/*
 * seal: encrypts in chunks of 64 KiB.  A chunk is held back until it is known
 * whether more follows, because the last one is marked; a large write is
 * encrypted straight from the caller's bytes.
 */
#include <sodium.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "base/limits.h"
#include "envelope/header.h"
#include "envelope/payload.h"
#include "envelope/seal.h"

struct seal {
	struct sink into;
	struct payload_keys *keys; /* guarded */
	uint64_t number;           /* of the next chunk */
	size_t held;               /* bytes in plain */
	bool ended;                /* finished, or broken by a fault */
	uint8_t plain[PAYLOAD_CHUNK];
	uint8_t sealed[PAYLOAD_SEALED];
};

static enum fault
chunk_write(struct seal *s, const uint8_t *bytes, size_t len, bool last,
    struct cause *why)
{
	uint8_t nonce[crypto_aead_chacha20poly1305_ietf_NPUBBYTES] = { 0 };
	enum fault f = FAULT_NONE;

	payload_chunk_nonce(nonce, s->number++, last);
	(void)crypto_aead_chacha20poly1305_ietf_encrypt(
	    s->sealed, NULL, bytes, len, NULL, 0, NULL, nonce, s->keys->key);
	f = s->into.write(s->into.self, s->sealed, len + PAYLOAD_TAG, why);
	/* The sink's state is unknown now; no later chunk may follow. */
	if (f != FAULT_NONE)
		s->ended = true;
	return f;
}

static enum fault
seal_write(void *self, const void *bytes, size_t len, struct cause *why)
{
	struct seal *s = self;
	const uint8_t *at = bytes;
	enum fault f = FAULT_NONE;

	if (s->ended)
		return cause_set(
		    why, FAULT_FORMAT, N_("the sealed file has ended"));
	while (len > 0 && f == FAULT_NONE) {
		size_t n = PAYLOAD_CHUNK - s->held;

		if (n == 0) {
			f = chunk_write(s, s->plain, PAYLOAD_CHUNK, false, why);
			s->held = 0;
			continue;
		}
		/* More than a chunk: this one is surely not the last. */
		if (s->held == 0 && len > PAYLOAD_CHUNK) {
			f = chunk_write(s, at, PAYLOAD_CHUNK, false, why);
		} else {
			n = n < len ? n : len;
			memcpy(s->plain + s->held, at, n);
			s->held += n;
		}
		at += n;
		len -= n;
	}
	return f;
}

/* Header and the payload's nonce, in one write. */
static enum fault
seal_begin(
    struct seal *s, const struct recipient *to, size_t n, struct cause *why)
{
	struct buf header = BUF_MAX(LIMIT_AGE_HEADER + PAYLOAD_NONCE);
	uint8_t nonce[PAYLOAD_NONCE] = { 0 };
	enum fault f = FAULT_NONE;

	randombytes_buf(s->keys->file_key, sizeof s->keys->file_key);
	randombytes_buf(nonce, sizeof nonce);
	f = header_format(&header, s->keys->file_key, to, n, why);
	payload_key(s->keys, nonce);
	if (f != FAULT_NONE)
		goto out;
	f = buf_put(&header, nonce, sizeof nonce);
	if (f != FAULT_NONE) {
		f = cause_memory(why);
		goto out;
	}
	f = s->into.write(s->into.self, header.data, header.len, why);
out:
	buf_free(&header);
	return f;
}

enum fault
seal_new(struct seal **out, struct sink into, const struct recipient *to,
    size_t n, struct cause *why)
{
	struct seal *s = calloc(1, sizeof *s);
	enum fault f = FAULT_NONE;

	*out = NULL;
	if (s == NULL)
		return cause_memory(why);
	s->into = into;
	s->keys = sodium_malloc(sizeof *s->keys);
	f = s->keys == NULL ? cause_memory(why) : seal_begin(s, to, n, why);
	if (f != FAULT_NONE) {
		seal_free(s);
		return f;
	}
	*out = s;
	return FAULT_NONE;
}

struct sink
seal_sink(struct seal *s)
{
	return (struct sink){ seal_write, s };
}

enum fault
seal_finish(struct seal *s, struct cause *why)
{
	enum fault f = FAULT_NONE;

	if (s->ended)
		return cause_set(
		    why, FAULT_FORMAT, N_("the sealed file has ended"));
	/* Empty only when the whole file is: seal_write never leaves none. */
	f = chunk_write(s, s->plain, s->held, true, why);
	s->ended = true;
	return f;
}

void
seal_free(struct seal *s)
{
	if (s == NULL)
		return;
	sodium_free(s->keys);
	sodium_memzero(s->plain, sizeof s->plain);
	free(s);
}
