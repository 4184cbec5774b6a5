/*
 * agreement: the MoU's technical annex (serahterima-agreement/1), signed by
 * every party.  serahterima-agreement(5) is the page.
 */
#ifndef RECORD_AGREEMENT_H
#define RECORD_AGREEMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cause.h"
#include "base/limits.h"
#include "check/dialect.h"
#include "check/projection.h"
#include "check/schema.h"
#include "check/table.h"
#include "check/totals.h"
#include "key/hash.h"
#include "key/key.h"
#include "key/trust.h"
#include "text/doc.h"

enum role { ROLE_PROVIDER, ROLE_RECIPIENT, ROLE_GUARDIAN, ROLE_WITNESS };

struct agreement_party {
	char id[LIMIT_ID + 1];
	enum role role;
	char *name;
	struct public_key root;
};

struct agreement_drop {
	char id[LIMIT_ID + 1];
	char *url;
	char **host_keys; /* "ssh-ed25519 AAAA…", as known_hosts has them */
	size_t n_host_keys;
};

struct dataset {
	char id[LIMIT_ID + 1];
	char from[LIMIT_ID + 1];
	char **to;
	size_t n_to;
	char drop[LIMIT_ID + 1];
	struct dialect dialect;       /* of the source */
	struct projection projection; /* what of it leaves */
	struct schema *schema;        /* of what leaves */
	struct totals_spec totals;
	struct rules *rules;            /* NULL when none were agreed */
	struct schema *manifest_fields; /* NULL when none were agreed */
	uint64_t max_rows;              /* 0 = none */
	uint64_t max_bytes;             /* 0 = none; one parcel, unpacked */
	char clause[LIMIT_ID + 16];     /* "datasets[ID]", for causes */
};

/* A list of codes: proved by its hash, kept beside the agreement. */
struct agreement_list {
	char id[LIMIT_ID + 1];
	char sha256[HASH_TEXT_LEN];
	struct csv_dialect dialect;
};

struct set; /* check/set.h */

struct agreement {
	char id[LIMIT_ID + 1];
	uint64_t version;
	char replaces[HASH_TEXT_LEN]; /* version before; "" for the first */
	char *title;
	char *purpose;
	int64_t valid_from;  /* first second */
	int64_t valid_until; /* first second after the last day */
	struct agreement_party *parties;
	size_t n_parties;
	struct set *party_names; /* of parties, in their order */
	char **required;         /* party ids whose signatures are required */
	size_t n_required;
	struct agreement_drop *drops;
	size_t n_drops;
	struct agreement_list *lists;
	size_t n_lists;
	struct dataset *datasets;
	size_t n_datasets;
	char sha256[HASH_TEXT_LEN]; /* of the exact bytes */
	struct doc *doc;            /* the whole document, for show */
};

/*
 * Parses and holds it against every rule of its page, stopping at the first
 * fault (FAULT_FORMAT, clause names the place).  *out is NULL on a fault.
 */
enum fault agreement_parse(struct agreement **out, const void *bytes,
    size_t len, struct cause *why) FAULT_CHECKED;
void agreement_free(struct agreement *a);

/*
 * As agreement_parse, but goes on and gives every independent fault found, at
 * most max (at least 1); *n is how many.  FAULT_FORMAT when there are any.
 */
enum fault agreement_check(const void *bytes, size_t len, struct cause *faults,
    size_t max, size_t *n) FAULT_CHECKED;

const struct dataset *agreement_dataset(
    const struct agreement *a, const char *id);
const struct agreement_party *agreement_party(
    const struct agreement *a, const char *id);
const struct agreement_drop *agreement_drop(
    const struct agreement *a, const char *id);
const struct agreement_list *agreement_list(
    const struct agreement *a, const char *id);
const char *role_text(enum role role); /* "provider" …; static */

/* A signature that lies beside the agreement. */
struct agreement_signature {
	char party[LIMIT_ID + 1];
	struct buf bytes; /* the .minisig file */
};

/*
 * Whether the agreement is in force at "now": every required signature is there
 * and verifies over the exact bytes by the party's root key, which must be the
 * one on its pinned card; the day is inside valid.  FAULT_SIGNATURE_MISSING
 * (none, no card pinned or another root key: the cause says which),
 * FAULT_SIGNATURE (there, but does not verify), FAULT_OUTSIDE_VALIDITY.
 */
enum fault agreement_in_force(const struct agreement *a, const void *bytes,
    size_t len, const struct agreement_signature *signatures, size_t n,
    const struct trust *trust, int64_t now, struct cause *why) FAULT_CHECKED;

/* State of one required signature, for "agreement show". */
enum signature_state {
	SIGNATURE_VALID,
	SIGNATURE_MISSING,
	SIGNATURE_INVALID,
	SIGNATURE_NO_CARD,
	SIGNATURE_OTHER_ROOT
};
enum signature_state agreement_signature_state(const struct agreement *a,
    const void *bytes, size_t len, const struct agreement_signature *signatures,
    size_t n, const char *party, const struct trust *trust);

#endif
