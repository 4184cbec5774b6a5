/*
 * key: minisign keys and signatures, as minisign(1) writes them.
 *
 * Source: minisign 0.11/0.12 file formats; serahterima-keys(5) holds the
 * tables.  Signatures are written and accepted prehashed ("ED") only.  Secret
 * keys live in guarded memory and are wiped when freed.
 */
#ifndef KEY_KEY_H
#define KEY_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cause.h"

#define KEY_ID_LEN 8
#define KEY_PUBLIC_LEN 32
#define KEY_TEXT_LEN 57        /* base64 of 42 bytes and NUL: "RW…" */
#define KEY_FINGERPRINT_LEN 80 /* 64 hex digits in 16 groups of four, NUL */

struct public_key {
	uint8_t id[KEY_ID_LEN];
	uint8_t key[KEY_PUBLIC_LEN];
};

struct secret_key; /* opaque, guarded */

/* libsodium's start; call once before any thread.  FAULT_SYSTEM. */
enum fault key_setup(struct cause *why) FAULT_CHECKED;

/* A new random pair; *out is freed with secret_key_free. */
enum fault secret_key_new(
    struct secret_key **out, struct cause *why) FAULT_CHECKED;
void secret_key_free(struct secret_key *k);
void secret_key_public(const struct secret_key *k, struct public_key *out);

/*
 * Parses a minisign secret key file.  An encrypted key needs the passphrase
 * (not NULL): scrypt with the limits in the file, which are refused beyond
 * LIMIT_SCRYPT_OPS/MEM before deriving.  FAULT_FORMAT (also when the two halves
 * of the key do not belong together), FAULT_LARGER (limits),
 * FAULT_PASSPHRASE (needed and NULL, or wrong), FAULT_MEMORY.
 */
enum fault secret_key_parse(struct secret_key **out, const void *bytes,
    size_t len, const char *passphrase, struct cause *why) FAULT_CHECKED;
/* Whether the file's key is encrypted; FAULT_FORMAT if it is no key file. */
enum fault secret_key_encrypted(
    bool *out, const void *bytes, size_t len, struct cause *why) FAULT_CHECKED;

/*
 * Appends the key file.  passphrase NULL: unencrypted, as minisign -W.
 * Encrypting takes about a gigabyte and a second or more.  Wipe out afterwards
 * (buf_wipe).
 */
enum fault secret_key_format(struct buf *out, const struct secret_key *k,
    const char *passphrase, const char *comment,
    struct cause *why) FAULT_CHECKED;

/* The public key file (two lines), and the bare base64 line both ways. */
enum fault public_key_format(struct buf *out, const struct public_key *k,
    const char *comment) FAULT_CHECKED;
enum fault public_key_parse(struct public_key *out, const void *bytes,
    size_t len, struct cause *why) FAULT_CHECKED;
void public_key_text(char out[static KEY_TEXT_LEN], const struct public_key *k);
enum fault public_key_from_text(
    struct public_key *out, const char *text, struct cause *why) FAULT_CHECKED;
bool public_key_equal(const struct public_key *a, const struct public_key *b);

/* SHA-256 of the 32 public bytes: 16 groups of 4 hex digits, blank between. */
void public_key_fingerprint(
    char out[static KEY_FINGERPRINT_LEN], const struct public_key *k);
/* Compares what a person typed or read (blanks, colons, case ignored). */
bool public_key_fingerprint_equal(const struct public_key *k, const char *text);

/*
 * Signs bytes: appends the four-line signature file.  The trusted comment must
 * be printable UTF-8, and its line at most LIMIT_TRUSTED_COMMENT with prefix,
 * newline and a NUL, as minisign reads it; otherwise FAULT_FORMAT.
 */
enum fault key_sign(struct buf *out, const struct secret_key *k,
    const void *bytes, size_t len, const char *trusted_comment,
    struct cause *why) FAULT_CHECKED;

/* The parsed signature, for choosing the key before verifying. */
struct signature {
	uint8_t key_id[KEY_ID_LEN];
	uint8_t signature[64];
	uint8_t global[64];
	char trusted_comment[8192 + 1];
};
/*
 * FAULT_FORMAT; FAULT_SIGNATURE for a well-formed file of the legacy kind
 * ("Ed"), which is refused by policy.
 */
enum fault signature_parse(struct signature *out, const void *bytes, size_t len,
    struct cause *why) FAULT_CHECKED;

/*
 * Verifies signature, global signature and key id over the exact bytes.
 * FAULT_UNKNOWN_SIGNER when the key id differs, FAULT_SIGNATURE when it does
 * not hold.
 */
enum fault signature_verify(const struct signature *s,
    const struct public_key *k, const void *bytes, size_t len,
    struct cause *why) FAULT_CHECKED;

#endif
