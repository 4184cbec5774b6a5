/*
 * header: age's text header, written and read by the letter of C2SP age.md.
 *
 * Reading is one pass with a cursor: every byte is looked at once and must be
 * what the grammar allows.  No stanza is kept; each X25519 stanza is tried as
 * it passes, so memory does not depend on how many there are.
 */
#include <sodium.h>
#include <stdbool.h>
#include <string.h>

#include "base/intl.h"
#include "base/limits.h"
#include "envelope/header.h"
#include "key/base64.h"

#define VERSION_LINE "age-encryption.org/v1\n"
#define INFO_X25519 "age-encryption.org/v1/X25519"
#define INFO_HEADER "header"

#define KEY_LEN 32
#define BODY_LEN (FILE_KEY_LEN + crypto_aead_chacha20poly1305_ietf_ABYTES)
#define BASE64_32 43  /* columns of 32 bytes, without padding */
#define COLUMNS 64    /* of a body line that is not the last */
#define LINE_BYTES 48 /* what such a line holds */

/* ---- shared by both ways ---- */

void
header_hkdf(uint8_t out[static 32], const void *secret, size_t secret_len,
    const void *salt, size_t salt_len, const char *info)
{
	static const uint8_t counter = 1;
	crypto_auth_hmacsha256_state st;
	uint8_t prk[crypto_auth_hmacsha256_BYTES] = { 0 };

	/* An empty salt counts as a block of zeros, which HMAC's padding
	 * makes of it by itself. */
	(void)crypto_auth_hmacsha256_init(&st, salt, salt_len);
	(void)crypto_auth_hmacsha256_update(&st, secret, secret_len);
	(void)crypto_auth_hmacsha256_final(&st, prk);
	(void)crypto_auth_hmacsha256_init(&st, prk, sizeof prk);
	(void)crypto_auth_hmacsha256_update(
	    &st, (const uint8_t *)info, strlen(info));
	(void)crypto_auth_hmacsha256_update(&st, &counter, 1);
	(void)crypto_auth_hmacsha256_final(&st, out);
	sodium_memzero(prk, sizeof prk);
	sodium_memzero(&st, sizeof st);
}

/* The key that wraps the file key between a share and a recipient. */
static void
wrap_key(uint8_t out[static KEY_LEN], const uint8_t shared[static KEY_LEN],
    const uint8_t share[static KEY_LEN], const uint8_t to[static KEY_LEN])
{
	uint8_t salt[2 * KEY_LEN] = { 0 };

	memcpy(salt, share, KEY_LEN);
	memcpy(salt + KEY_LEN, to, KEY_LEN);
	header_hkdf(out, shared, KEY_LEN, salt, sizeof salt, INFO_X25519);
}

/* HMAC over the header through "---", under a key only the file key gives. */
static void
header_mac(uint8_t out[static KEY_LEN], const void *bytes, size_t len,
    const uint8_t file_key[static FILE_KEY_LEN])
{
	uint8_t key[KEY_LEN] = { 0 };

	header_hkdf(key, file_key, FILE_KEY_LEN, "", 0, INFO_HEADER);
	(void)crypto_auth_hmacsha256(out, bytes, len, key);
	sodium_memzero(key, sizeof key);
}

/* ---- writing ---- */

/* Secrets of one stanza, in guarded memory. */
struct wrap {
	uint8_t ephemeral[KEY_LEN];
	uint8_t shared[KEY_LEN];
	uint8_t key[KEY_LEN];
};

static enum fault
stanza_put(struct buf *out, struct wrap *w,
    const uint8_t file_key[static FILE_KEY_LEN], const struct recipient *to)
{
	static const uint8_t nonce[crypto_aead_chacha20poly1305_ietf_NPUBBYTES];
	uint8_t share[KEY_LEN] = { 0 };
	uint8_t body[BODY_LEN] = { 0 };
	char share_text[BASE64_32 + 1] = "";
	char body_text[BASE64_32 + 1] = "";

	randombytes_buf(w->ephemeral, sizeof w->ephemeral);
	(void)crypto_scalarmult_base(share, w->ephemeral);
	/* Fails for a recipient of low order, to whom nothing is secret. */
	if (crypto_scalarmult(w->shared, w->ephemeral, to->key) != 0)
		return FAULT_FORMAT;
	wrap_key(w->key, w->shared, share, to->key);
	/* The key is used once, so the nonce may be zero. */
	(void)crypto_aead_chacha20poly1305_ietf_encrypt(
	    body, NULL, file_key, FILE_KEY_LEN, NULL, 0, NULL, nonce, w->key);
	(void)sodium_bin2base64(share_text, sizeof share_text, share,
	    sizeof share, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
	(void)sodium_bin2base64(body_text, sizeof body_text, body, sizeof body,
	    sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
	return buf_putf(out, "-> X25519 %s\n%s\n", share_text, body_text);
}

static enum fault
header_put(struct buf *out, const uint8_t file_key[static FILE_KEY_LEN],
    const struct recipient *to, size_t n)
{
	uint8_t mac[KEY_LEN] = { 0 };
	char mac_text[BASE64_32 + 1] = "";
	struct wrap *w = sodium_malloc(sizeof *w);
	enum fault f = w == NULL ? FAULT_MEMORY : FAULT_NONE;

	if (f == FAULT_NONE)
		f = buf_puts(out, VERSION_LINE);
	for (size_t i = 0; i < n && f == FAULT_NONE; i++)
		f = stanza_put(out, w, file_key, &to[i]);
	sodium_free(w);
	if (f == FAULT_NONE)
		f = buf_puts(out, "---");
	if (f != FAULT_NONE)
		return f;
	header_mac(mac, out->data, out->len, file_key);
	(void)sodium_bin2base64(mac_text, sizeof mac_text, mac, sizeof mac,
	    sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
	return buf_putf(out, " %s\n", mac_text);
}

enum fault
header_format(struct buf *out, const uint8_t file_key[static FILE_KEY_LEN],
    const struct recipient *to, size_t n, struct cause *why)
{
	/* Built aside: the MAC covers the header alone, and a fault must leave
	 * the caller's buffer as it was. */
	struct buf header = BUF_MAX(LIMIT_AGE_HEADER);
	enum fault f = FAULT_NONE;

	if (n == 0)
		return cause_set(
		    why, FAULT_FORMAT, N_("there is no recipient to seal to"));
	f = n > LIMIT_AGE_STANZAS ? FAULT_LARGER : FAULT_NONE;
	if (f == FAULT_NONE)
		f = header_put(&header, file_key, to, n);
	if (f == FAULT_NONE)
		f = buf_put(out, header.data, header.len);
	buf_free(&header);
	if (f == FAULT_MEMORY)
		return cause_memory(why);
	if (f == FAULT_LARGER)
		return cause_set(why, f,
		    N_("%zu recipients are more than a sealed file's header "
		       "may hold"),
		    n);
	if (f != FAULT_NONE)
		return cause_set(
		    why, f, N_("a recipient's key is no usable X25519 key"));
	return FAULT_NONE;
}

/* ---- reading ---- */

struct cursor {
	const char *at;
	const char *end;
	bool cut; /* the bytes ended where the grammar wanted more */
};

/* The line up to the next LF, which is passed over; NULL when there is none. */
static const char *
line_take(struct cursor *c, size_t *len)
{
	const char *line = c->at;
	const char *lf = memchr(c->at, '\n', (size_t)(c->end - c->at));

	if (lf == NULL) {
		c->cut = true;
		return NULL;
	}
	*len = (size_t)(lf - line);
	c->at = lf + 1;
	return line;
}

/* Canonical base64 without padding, of exactly n bytes. */
static bool
base64_32(uint8_t out[static KEY_LEN], const char *text, size_t len)
{
	size_t got = 0;

	return len == BASE64_32 && base64_bare(out, KEY_LEN, &got, text, len) &&
	    got == KEY_LEN;
}

/* What a stanza says, as far as anybody here acts on it. */
struct stanza {
	const char *type;
	size_t type_len;
	const char *arg; /* the first argument after the type */
	size_t arg_len;
	size_t n_args; /* with the type */
	uint8_t body[LINE_BYTES];
	size_t body_len; /* the whole body's; only 48 bytes are kept */
};

/* "-> " and one or more arguments of visible ASCII, one blank between. */
static bool
arguments_take(struct stanza *s, const char *line, size_t len)
{
	size_t start = 3;

	if (len < 4 || memcmp(line, "-> ", 3) != 0)
		return false;
	for (size_t i = start; i <= len; i++) {
		if (i < len && line[i] >= 0x21 && line[i] <= 0x7e)
			continue;
		if ((i < len && line[i] != ' ') || i == start)
			return false;
		if (s->n_args == 0) {
			s->type = line + start;
			s->type_len = i - start;
		} else if (s->n_args == 1) {
			s->arg = line + start;
			s->arg_len = i - start;
		}
		s->n_args++;
		start = i + 1;
	}
	return true;
}

/* Body lines: full ones, then one that is shorter, possibly empty. */
static bool
body_take(struct stanza *s, struct cursor *c)
{
	uint8_t bytes[LINE_BYTES] = { 0 };
	size_t len = COLUMNS;

	while (len == COLUMNS) {
		size_t got = 0;
		const char *line = line_take(c, &len);

		if (line == NULL || len > COLUMNS ||
		    !base64_bare(bytes, sizeof bytes, &got, line, len))
			return false;
		if (s->body_len == 0)
			memcpy(s->body, bytes, got);
		s->body_len += got;
	}
	return true;
}

static bool
stanza_is(const struct stanza *s, const char *type)
{
	return s->type_len == strlen(type) &&
	    memcmp(s->type, type, s->type_len) == 0;
}

/* What the reader has found so far. */
struct opening {
	const struct identity *id;
	struct recipient own;
	uint8_t *file_key;
	bool found;
	bool scrypt;
	size_t stanzas;
};

/* Secrets of one attempt, in guarded memory. */
struct unwrap {
	uint8_t shared[KEY_LEN];
	uint8_t key[KEY_LEN];
	uint8_t file_key[FILE_KEY_LEN];
};

/*
 * Tries a stanza that claims to be X25519.  False when it is malformed.  The
 * body's length is checked before anything is decrypted: a longer one could be
 * made to open under many keys and so tell which of them is ours.
 */
static bool
x25519_try(struct opening *o, struct unwrap *u, const struct stanza *s)
{
	static const uint8_t nonce[crypto_aead_chacha20poly1305_ietf_NPUBBYTES];
	uint8_t share[KEY_LEN] = { 0 };

	if (s->n_args != 2 || !base64_32(share, s->arg, s->arg_len) ||
	    s->body_len != BODY_LEN)
		return false;
	if (identity_agree(o->id, share, u->shared) != FAULT_NONE)
		return false;
	wrap_key(u->key, u->shared, share, o->own.key);
	if (crypto_aead_chacha20poly1305_ietf_decrypt(u->file_key, NULL, NULL,
		s->body, s->body_len, NULL, 0, nonce, u->key) != 0)
		return true;
	if (!o->found)
		memcpy(o->file_key, u->file_key, FILE_KEY_LEN);
	o->found = true;
	return true;
}

static bool
stanza_take(struct opening *o, struct unwrap *u, struct cursor *c,
    const char *line, size_t len)
{
	struct stanza s;

	memset(&s, 0, sizeof s);
	if (++o->stanzas > LIMIT_AGE_STANZAS ||
	    !arguments_take(&s, line, len) || !body_take(&s, c))
		return false;
	/* A passphrase opens for everybody who knows it, so it must be alone;
	 * what others such a file is sealed to would be untrue. */
	if (stanza_is(&s, "scrypt"))
		o->scrypt = true;
	if (o->scrypt && o->stanzas > 1)
		return false;
	if (stanza_is(&s, "X25519"))
		return x25519_try(o, u, &s);
	return true;
}

/*
 * The whole grammar.  On success mac holds the MAC line's bytes and *covered
 * the end of what it covers.
 */
static bool
header_take(struct opening *o, struct unwrap *u, struct cursor *c,
    uint8_t mac[static KEY_LEN], const char **covered)
{
	size_t version = sizeof VERSION_LINE - 1;
	size_t have = (size_t)(c->end - c->at);

	if (memcmp(c->at, VERSION_LINE, have < version ? have : version) != 0)
		return false;
	if (have < version) {
		c->cut = true;
		return false;
	}
	c->at += version;
	for (;;) {
		size_t len = 0;
		const char *line = line_take(c, &len);

		if (line == NULL)
			return false;
		if (len >= 3 && memcmp(line, "---", 3) == 0) {
			*covered = line + 3;
			/* At least one stanza, says the grammar. */
			return o->stanzas > 0 && len == 4 + BASE64_32 &&
			    line[3] == ' ' && base64_32(mac, line + 4, len - 4);
		}
		if (!stanza_take(o, u, c, line, len))
			return false;
	}
}

static enum fault
header_prove(const struct opening *o, const void *bytes, size_t covered,
    const uint8_t mac[static KEY_LEN], enum header_failure *failure,
    struct cause *why)
{
	uint8_t want[KEY_LEN] = { 0 };
	bool same = false;

	if (!o->found) {
		*failure = HEADER_NO_MATCH;
		return cause_set(why, FAULT_DECRYPT,
		    N_("the file is not sealed to our decryption key"));
	}
	header_mac(want, bytes, covered, o->file_key);
	same = sodium_memcmp(want, mac, sizeof want) == 0;
	sodium_memzero(want, sizeof want);
	if (!same) {
		*failure = HEADER_MAC;
		return cause_set(why, FAULT_DECRYPT,
		    N_("the sealed file's header was changed"));
	}
	*failure = HEADER_OK;
	return FAULT_NONE;
}

enum fault
header_open(const void *bytes, size_t len, const struct identity *id,
    uint8_t file_key[static FILE_KEY_LEN], size_t *used, size_t *stanzas,
    enum header_failure *failure, struct cause *why)
{
	struct cursor c = { bytes, (const char *)bytes + len, false };
	struct opening o = { id, { { 0 } }, file_key, false, false, 0 };
	struct unwrap *u = sodium_malloc(sizeof *u);
	uint8_t mac[KEY_LEN] = { 0 };
	const char *covered = NULL;
	enum fault f = FAULT_NONE;

	*used = 0;
	*stanzas = 0;
	*failure = HEADER_MALFORMED;
	if (u == NULL)
		return cause_memory(why);
	sodium_memzero(file_key, FILE_KEY_LEN);
	identity_recipient(id, &o.own);
	if (header_take(&o, u, &c, mac, &covered))
		f = header_prove(&o, bytes,
		    (size_t)(covered - (const char *)bytes), mac, failure, why);
	else
		f = cause_set(why, FAULT_DECRYPT,
		    N_("the file has no well-formed age header"));
	*used = c.cut ? 0 : (size_t)(c.at - (const char *)bytes);
	*stanzas = o.stanzas;
	if (f != FAULT_NONE)
		sodium_memzero(file_key, FILE_KEY_LEN);
	sodium_free(u);
	return f;
}
