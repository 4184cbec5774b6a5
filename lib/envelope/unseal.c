/*
 * unseal: decrypts chunk by chunk and gives only what is authentic.  The end is
 * given only when the last chunk said so and nothing follows it.
 */
#include <sodium.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "base/limits.h"
#include "envelope/payload.h"
#include "envelope/unseal.h"

#define READ_STEP 4096 /* of the header; what is read too much is kept */

struct unseal {
	struct source in;
	struct payload_keys *keys; /* guarded */
	struct buf head;           /* header and the bytes read beyond it */
	size_t head_at;            /* what of it is taken already */
	size_t stanzas;
	uint64_t number; /* of the next chunk */
	bool last;       /* the final chunk was opened */
	bool ended;      /* and nothing follows it */
	enum fault broken;
	size_t plain_at; /* given of plain */
	size_t plain_len;
	uint8_t plain[PAYLOAD_CHUNK];
	uint8_t sealed[PAYLOAD_SEALED];
};

/* ---- the input ---- */

/* Takes from what the header's reader left, then from the source. */
static enum fault
input_some(
    struct unseal *u, void *bytes, size_t cap, size_t *got, struct cause *why)
{
	size_t left = u->head.len - u->head_at;

	if (left == 0)
		return u->in.read(u->in.self, bytes, cap, got, why);
	*got = left < cap ? left : cap;
	memcpy(bytes, u->head.data + u->head_at, *got);
	u->head_at += *got;
	return FAULT_NONE;
}

/* Fills bytes; *got < cap means the end of the input. */
static enum fault
input_full(struct unseal *u, uint8_t *bytes, size_t cap, size_t *got,
    struct cause *why)
{
	enum fault f = FAULT_NONE;
	size_t n = 1;

	*got = 0;
	while (*got < cap && n > 0 && f == FAULT_NONE) {
		n = 0;
		f = input_some(u, bytes + *got, cap - *got, &n, why);
		*got += n;
	}
	return f;
}

/* ---- the header ---- */

/*
 * Whether the MAC line is complete.  *from is where to go on looking, so that a
 * source that gives single bytes costs no more than one that gives many.
 */
static bool
header_whole(const struct buf *head, size_t *from)
{
	static const char mark[] = "\n---";
	const char *text = buf_text(head);
	const char *mac = NULL;

	mac = memmem(text + *from, head->len - *from, mark, sizeof mark - 1);
	if (mac == NULL) {
		*from = head->len < sizeof mark ? 0 : head->len - sizeof mark;
		return false;
	}
	*from = (size_t)(mac - text);
	return memchr(mac + 1, '\n', head->len - *from - 1) != NULL;
}

/* Reads until the header is whole, the input ends, or the limit is reached. */
static enum fault
header_read(struct unseal *u, struct cause *why)
{
	size_t from = 0;
	size_t n = 1;
	enum fault f = FAULT_NONE;

	while (n > 0 && !header_whole(&u->head, &from)) {
		size_t room = u->head.max - u->head.len;

		if (room == 0)
			return cause_set(why, FAULT_DECRYPT,
			    N_("the sealed file's header is larger than is "
			       "allowed"));
		n = 0;
		f = u->in.read(u->in.self, u->sealed,
		    room < READ_STEP ? room : READ_STEP, &n, why);
		if (f == FAULT_NONE)
			f = buf_put(&u->head, u->sealed, n);
		if (f == FAULT_MEMORY)
			f = cause_memory(why);
		if (f != FAULT_NONE)
			return f;
	}
	return FAULT_NONE;
}

static enum fault
unseal_begin(struct unseal *u, const struct identity *id,
    enum header_failure *failure, struct cause *why)
{
	uint8_t nonce[PAYLOAD_NONCE] = { 0 };
	size_t got = 0;
	enum fault f = header_read(u, why);

	if (f != FAULT_NONE)
		return f;
	f = header_open(buf_text(&u->head), u->head.len, id, u->keys->file_key,
	    &u->head_at, &u->stanzas, failure, why);
	if (f != FAULT_NONE)
		return f;
	f = input_full(u, nonce, sizeof nonce, &got, why);
	if (f != FAULT_NONE)
		return f;
	/* The vectors count the nonce as part of the header. */
	if (got < sizeof nonce) {
		*failure = HEADER_MALFORMED;
		return cause_set(
		    why, FAULT_DECRYPT, N_("the sealed file is cut short"));
	}
	payload_key(u->keys, nonce);
	return FAULT_NONE;
}

enum fault
unseal_new_class(struct unseal **out, struct source in,
    const struct identity *id, enum header_failure *failure, struct cause *why)
{
	struct unseal *u = calloc(1, sizeof *u);
	enum fault f = FAULT_NONE;

	*out = NULL;
	*failure = HEADER_MALFORMED;
	if (u == NULL)
		return cause_memory(why);
	u->in = in;
	u->head.max = LIMIT_AGE_HEADER;
	u->keys = sodium_malloc(sizeof *u->keys);
	f = u->keys == NULL ? cause_memory(why)
			    : unseal_begin(u, id, failure, why);
	if (f != FAULT_NONE) {
		unseal_free(u);
		return f;
	}
	*out = u;
	return FAULT_NONE;
}

enum fault
unseal_new(struct unseal **out, struct source in, const struct identity *id,
    struct cause *why)
{
	enum header_failure failure = HEADER_OK;

	return unseal_new_class(out, in, id, &failure, why);
}

/* ---- the payload ---- */

static bool
chunk_open(struct unseal *u, uint8_t *plain, size_t sealed, bool last)
{
	uint8_t nonce[crypto_aead_chacha20poly1305_ietf_NPUBBYTES] = { 0 };

	payload_chunk_nonce(nonce, u->number, last);
	return crypto_aead_chacha20poly1305_ietf_decrypt(plain, NULL, NULL,
		   u->sealed, sealed, NULL, 0, nonce, u->keys->key) == 0;
}

/*
 * Opens the next chunk into plain, which holds PAYLOAD_CHUNK bytes.  A whole
 * chunk may be the last one or not, and only its mark tells: it is tried as the
 * common kind first.
 */
static enum fault
chunk_read(struct unseal *u, uint8_t *plain, size_t *len, struct cause *why)
{
	size_t got = 0;
	enum fault f = input_full(u, u->sealed, sizeof u->sealed, &got, why);

	*len = 0;
	if (f != FAULT_NONE)
		return f;
	if (got < PAYLOAD_TAG)
		return cause_set(
		    why, FAULT_DECRYPT, N_("the sealed file is cut short"));
	/* An empty last chunk after others would be a second form of the
	 * same file. */
	if (got == PAYLOAD_TAG && u->number > 0)
		return cause_set(why, FAULT_DECRYPT,
		    N_("the sealed file ends in an empty chunk"));
	if (got < sizeof u->sealed || !chunk_open(u, plain, got, false)) {
		if (!chunk_open(u, plain, got, true))
			return cause_set(why, FAULT_DECRYPT,
			    N_("the sealed file is damaged or cut short, in "
			       "chunk %llu"),
			    (unsigned long long)u->number);
		u->last = true;
	}
	u->number++;
	*len = got - PAYLOAD_TAG;
	return FAULT_NONE;
}

/* After the last chunk: nothing may follow. */
static enum fault
end_prove(struct unseal *u, struct cause *why)
{
	uint8_t byte = 0;
	size_t got = 0;
	enum fault f = input_some(u, &byte, 1, &got, why);

	if (f == FAULT_NONE && got > 0)
		f = cause_set(why, FAULT_DECRYPT,
		    N_("bytes follow the end of the sealed file"));
	u->ended = f == FAULT_NONE;
	return f;
}

static enum fault
unseal_read(void *self, void *bytes, size_t cap, size_t *got, struct cause *why)
{
	struct unseal *u = self;
	enum fault f = FAULT_NONE;
	size_t n = 0;

	*got = 0;
	if (u->broken != FAULT_NONE)
		return cause_set(why, u->broken,
		    N_("the sealed file could not be opened to its end"));
	/* Straight into the caller's memory when a chunk fits there. */
	if (u->plain_at == u->plain_len && !u->last && cap >= PAYLOAD_CHUNK) {
		f = chunk_read(u, bytes, got, why);
		if (f == FAULT_NONE && *got > 0)
			return f;
	} else if (u->plain_at == u->plain_len && !u->last) {
		u->plain_at = 0;
		f = chunk_read(u, u->plain, &u->plain_len, why);
	}
	n = u->plain_len - u->plain_at;
	if (f == FAULT_NONE && n > 0) {
		n = n < cap ? n : cap;
		memcpy(bytes, u->plain + u->plain_at, n);
		u->plain_at += n;
		*got = n;
		return f;
	}
	if (f == FAULT_NONE && !u->ended)
		f = end_prove(u, why);
	u->broken = f;
	return f;
}

struct source
unseal_source(struct unseal *u)
{
	return (struct source){ unseal_read, u };
}

size_t
unseal_stanzas(const struct unseal *u)
{
	return u->stanzas;
}

void
unseal_free(struct unseal *u)
{
	if (u == NULL)
		return;
	sodium_free(u->keys);
	sodium_memzero(u->plain, sizeof u->plain);
	buf_free(&u->head);
	free(u);
}
