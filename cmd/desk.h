/*
 * desk: what every command that works in a home holds open: the home, its
 * journal, its index, its lock.
 */
#ifndef CMD_DESK_H
#define CMD_DESK_H

#include "cli.h"

#include "spool/home.h"
#include "spool/index.h"
#include "spool/journal.h"

struct outpost;

struct desk {
	struct home *home;
	struct journal *journal;
	struct spool_index *index;
	int lock; /* or -1 */
	/* Of the command, set after desk_open; NULL: it reaches no drop. */
	struct outpost *outpost;
	int64_t now;
	uint64_t entries; /* of the journal when the desk was opened */
};

/*
 * Opens all of it.  "lock" names the lock that keeps a second instance out, or
 * is NULL for a command that only looks.  On a fault nothing stays open.
 */
enum fault desk_open(struct desk *s, const struct cli *cli, const char *lock,
    struct cause *why) FAULT_CHECKED;

/*
 * Ends with the fault the work ended with: signs the journal's head if entries
 * were added (also after a fault: what is on record is signed), closes
 * everything, and returns "f", or the fault of the signing if f is none.
 */
enum fault desk_end(
    struct desk *s, enum fault f, struct cause *why) FAULT_CHECKED;

/* Writes one entry about a parcel and lets the index take it in. */
enum fault desk_note(struct desk *s, const char *event, const char *subject,
    const struct journal_member *members, size_t n,
    struct cause *why) FAULT_CHECKED;

#endif
