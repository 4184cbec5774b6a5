/*
 * home: one party's directory, its configuration, keys and locks.
 *
 * serahterima-home(5) is the page.
 */
#ifndef SPOOL_HOME_H
#define SPOOL_HOME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cause.h"
#include "base/io.h"
#include "conf/conf.h"
#include "key/card.h"
#include "key/key.h"
#include "key/recipient.h"
#include "key/trust.h"
#include "record/agreement.h"

struct home {
	int dir;    /* the home itself */
	char *path; /* as given, absolute */
	struct conf *conf;
	struct trust *trust; /* pinned cards, our own among them */
};

/*
 * Opens an existing home: the directory and keys/ must belong to us and let
 * nobody else in (FAULT_UNSAFE with the path and the chmod to run), the
 * configuration must parse (FAULT_CONF), cards must verify.  FAULT_ABSENT when
 * there is no home.
 */
enum fault home_open(
    struct home **out, const char *path, struct cause *why) FAULT_CHECKED;
void home_close(struct home *h);

/*
 * Makes a home at path: directories, three key pairs, card with signature,
 * configuration with comments.  passphrase NULL: root key unencrypted.
 * validity: seconds for which the machine keys are good.  Made aside and
 * renamed: on a fault there is no home.  FAULT_EXISTS when path has a home, or
 * is anything but an empty directory.  An empty directory of ours is filled,
 * its mode set to 0700.  After a crash: a directory PATH.new-PID beside it, or
 * in an empty directory PATH/.new-PID and parts without a configuration.
 */
enum fault home_make(const char *path, const char *party, const char *name,
    const char *passphrase, int64_t now, int64_t validity,
    struct cause *why) FAULT_CHECKED;

/* Keys; each call reads the file anew.  root: passphrase may be NULL. */
enum fault home_root_key(struct home *h, const char *passphrase,
    struct secret_key **out, struct cause *why) FAULT_CHECKED;
enum fault home_root_encrypted(
    struct home *h, bool *out, struct cause *why) FAULT_CHECKED;
enum fault home_signing_key(
    struct home *h, struct secret_key **out, struct cause *why) FAULT_CHECKED;
enum fault home_decryption_key(
    struct home *h, struct identity **out, struct cause *why) FAULT_CHECKED;

/* An exclusive lock by name ("serah", "terima") for the life of *fd:
 * FAULT_BUSY when another process holds it. */
enum fault home_lock(
    struct home *h, const char *name, int *fd, struct cause *why) FAULT_CHECKED;

/* An agreement of the home with all that proves it. */
struct home_agreement {
	struct agreement *agreement;
	struct buf bytes; /* exact */
	struct agreement_signature *signatures;
	size_t n_signatures;
};
/* FAULT_ABSENT when it is not known; FAULT_FORMAT. */
enum fault home_agreement(struct home *h, const char *id,
    struct home_agreement **out, struct cause *why) FAULT_CHECKED;
/* The version that waits for signatures (agreements/ID/pending), or
 * FAULT_ABSENT. */
enum fault home_agreement_pending(struct home *h, const char *id,
    struct home_agreement **out, struct cause *why) FAULT_CHECKED;
void home_agreement_free(struct home_agreement *a);
/* agreement_in_force of it, now. */
enum fault home_agreement_in_force(struct home *h,
    const struct home_agreement *a, int64_t now,
    struct cause *why) FAULT_CHECKED;
/* Ids of all known agreements, sorted. */
enum fault home_agreements(
    struct home *h, struct io_names *out, struct cause *why) FAULT_CHECKED;

/*
 * Takes agreement.json and PARTY.minisig files from a directory.  A first or
 * the same version: signatures are added (each must verify by the party's root
 * key in the agreement; one that does not is FAULT_SIGNATURE and nothing is
 * taken).  A higher version waits in pending/ until every required signature is
 * there, then takes the place of the old, which goes to versions/N/.
 * Same version with other bytes, or a higher one that replaces (by its member
 * "replaces") neither the one in place nor the one that waits: FAULT_CHAIN.
 * Lower: FAULT_EXISTS.  FAULT_BUSY while another import runs.  Its code lists,
 * lists/ID.csv, come with it (FAULT_ABSENT, FAULT_PAYLOAD_HASH, FAULT_FORMAT);
 * those that are here already need not be brought again.
 *
 * *complete: all required signatures are there now; a higher version is
 * complete only when they are by the root keys of the pinned cards, else it
 * waits on. *added: new signatures.  On a fault, and after a crash,
 * agreements/ID is as it was or as it should be, never in between;
 * agreements/.new may be left and is removed by the next import.
 */
enum fault home_agreement_import(struct home *h, const char *from,
    char id[LIMIT_ID + 1], bool *complete, size_t *added,
    struct cause *why) FAULT_CHECKED;

#endif
