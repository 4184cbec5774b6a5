/*
 * payload: the chunks of an age v1 file (STREAM); used inside this room by
 * seal.c and unseal.c only.
 */
#ifndef ENVELOPE_PAYLOAD_H
#define ENVELOPE_PAYLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "envelope/header.h"

#define PAYLOAD_CHUNK (64 * 1024)
#define PAYLOAD_TAG 16
#define PAYLOAD_SEALED (PAYLOAD_CHUNK + PAYLOAD_TAG)
#define PAYLOAD_NONCE 16

/* The payload's secrets, for guarded memory. */
struct payload_keys {
	uint8_t file_key[FILE_KEY_LEN];
	uint8_t key[32];
};

/* Derives key from file_key and the payload's nonce, and wipes file_key. */
void payload_key(
    struct payload_keys *keys, const uint8_t nonce[static PAYLOAD_NONCE]);

/* Nonce of a chunk: its number, big-endian, then whether it is the last. */
void payload_chunk_nonce(uint8_t out[static 12], uint64_t number, bool last);

#endif
