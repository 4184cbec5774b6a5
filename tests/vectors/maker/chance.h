/*
 * chance: randomness that anybody can compute, in place of libsodium's.
 *
 * Draw number K (from 0) under a label is the beginning of the SHA-256 hashes
 * of "serah terima test vectors, no secret: LABEL K B" for B = 0, 1 …
 */
#ifndef MAKER_CHANCE_H
#define MAKER_CHANCE_H

/* From now on, libsodium draws from here; before key_setup. */
void chance_install(void);
/* Begins the draws of a label: each vector has its own, so that none changes
 * when another is added. */
void chance_label(const char *label);

#endif
