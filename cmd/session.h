/*
 * session: what every command that works in a home holds open: the home, its
 * journal, its index, its lock.
 */
#ifndef CMD_SESSION_H
#define CMD_SESSION_H

#include "cli.h"

#include "spool/home.h"
#include "spool/index.h"
#include "spool/journal.h"

struct session {
	struct home *home;
	struct journal *journal;
	struct spool_index *index;
	int lock; /* or -1 */
	int64_t now;
	uint64_t entries; /* of the journal when the session began */
};

/*
 * Opens all of it.  "lock" names the lock that keeps a second instance out, or
 * is NULL for a command that only looks.  On a fault nothing stays open.
 */
enum fault session_open(struct session *s, const struct cli *cli,
    const char *lock, struct cause *why) FAULT_CHECKED;

/*
 * Ends with the fault the work ended with: signs the journal's head if entries
 * were added (also after a fault: what is on record is signed), closes
 * everything, and returns "f", or the fault of the signing if f is none.
 */
enum fault session_end(struct session *s, enum fault f, struct cause *why)
    FAULT_CHECKED;

/* Writes one entry about a parcel and lets the index take it in. */
enum fault session_note(struct session *s, const char *event,
    const char *subject, const struct journal_member *members, size_t n,
    struct cause *why) FAULT_CHECKED;

#endif
