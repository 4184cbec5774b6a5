/*
 * store: an agreement and its signatures as they lie in one directory
 * (lib/spool only).
 *
 * agreements/ID/ holds agreement.json and PARTY.minisig, pending/ the same of a
 * version that waits for signatures, versions/N/ the same of those that were
 * replaced.
 */
#ifndef SPOOL_STORE_H
#define SPOOL_STORE_H

#include <stdbool.h>

#include "base/cause.h"
#include "spool/home.h"

#define STORE "agreements"
#define STORE_AGREEMENT "agreement.json"
#define STORE_PENDING "pending"
#define STORE_VERSIONS "versions"
#define STORE_FILE_MAX (LIMIT_ID + 16)

/* PARTY.minisig. */
void store_signature_name(char out[STORE_FILE_MAX], const char *party);

/*
 * Reads agreement.json and the signatures of its parties; other files are not
 * looked at.  Nothing is verified.  FAULT_ABSENT, FAULT_FORMAT.
 */
enum fault store_load(
    struct home_agreement **out, int dir, struct cause *why) FAULT_CHECKED;

/* Whether the party's signature is one over the agreement by the root key that
 * the agreement names: FAULT_SIGNATURE with the file when it is not. */
enum fault store_verify(const struct home_agreement *a,
    const struct agreement_signature *s, struct cause *why) FAULT_CHECKED;

/* Adds a copy of a signature, or puts it in the place of the party's. */
enum fault store_add(struct home_agreement *a,
    const struct agreement_signature *s, struct cause *why) FAULT_CHECKED;

/* The party's signature, or NULL. */
const struct agreement_signature *store_signature(
    const struct home_agreement *a, const char *party);

#endif
