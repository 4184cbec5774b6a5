/*
 * hash: SHA-256 (libcrypto, which uses the processor's SHA instructions) and
 * the keyed 64-bit hash that uniqueness is counted with (SipHash, libsodium).
 */
#ifndef KEY_HASH_H
#define KEY_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"

#define HASH_LEN 32
#define HASH_TEXT_LEN 65 /* 64 lower-case hex digits and NUL */

struct hash;

enum fault hash_new(struct hash **out) FAULT_CHECKED;
void hash_free(struct hash *h);
void hash_add(struct hash *h, const void *bytes, size_t len);
/* Ends and restarts: the hash may be used for the next message. */
void hash_finish(struct hash *h, uint8_t out[static HASH_LEN]);
void hash_finish_text(struct hash *h, char out[static HASH_TEXT_LEN]);

/* In one go. */
enum fault hash_bytes(
    uint8_t out[static HASH_LEN], const void *bytes, size_t len) FAULT_CHECKED;
enum fault hash_bytes_text(char out[static HASH_TEXT_LEN], const void *bytes,
    size_t len) FAULT_CHECKED;

/* Constant-time comparison of two hashes in hex; false if either is none. */
bool hash_text_equal(const char *a, const char *b);

/* libcrypto's tables (an OSSL_LIB_CTX), for its other user in this room; NULL
 * without memory, and then for good. */
void *hash_library(void);

/* A secret key of 16 random bytes for hash_short. */
#define HASH_SHORT_KEY 16
void hash_short_key(uint8_t key[static HASH_SHORT_KEY]);
uint64_t hash_short(
    const uint8_t key[static HASH_SHORT_KEY], const void *bytes, size_t len);

/* n random bytes; never fails (libsodium aborts without entropy). */
void hash_random(void *out, size_t n);

#endif
