/*
 * journal: the hash-chained log of a home (serahterima-journal(5)).
 *
 * One JSON object a line: n, time, event, subject, further members, prev (the
 * SHA-256 of the previous line's bytes without its newline; 64 zeros for the
 * first).  An entry is fsynced before journal_append returns, so that the world
 * is told only what is on record.
 */
#ifndef SPOOL_JOURNAL_H
#define SPOOL_JOURNAL_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cause.h"
#include "key/hash.h"
#include "spool/home.h"

struct journal;

struct journal_head {
	uint64_t entries;
	char hash[HASH_TEXT_LEN]; /* of the last line; 64 zeros when empty */
};

/* Opens for appending and reading.  The last line must be whole: a torn last
 * line (crash in mid-write) is cut off, which is safe as nobody was told. */
enum fault journal_open(
    struct journal **out, struct home *h, struct cause *why) FAULT_CHECKED;
void journal_close(struct journal *j);

/* A further member of an entry: text when text is set, else number. */
struct journal_member {
	const char *name;
	const char *text;
	uint64_t number;
};

/*
 * Appends one entry, under a lock that other processes respect (they see each
 * other's entries), and fsyncs it.  Members with text "" are left out.
 * FAULT_LARGER or FAULT_FORMAT when it could not be read again (too long, a
 * member twice, no UTF-8), FAULT_NO_ROOM, FAULT_CHAIN when entries that were
 * there are gone.  On a fault the entry is taken back from the disk; if even
 * that fails, a torn line is left, which the next append cuts off.
 * One thread at a time may use a journal; processes need no care.
 */
enum fault journal_append(struct journal *j, int64_t now, const char *event,
    const char *subject, const struct journal_member *members, size_t n,
    struct cause *why) FAULT_CHECKED;

/* The head as of the last line on disk. */
enum fault journal_head(struct journal *j, struct journal_head *out,
    struct cause *why) FAULT_CHECKED;

/*
 * Reads the chain from its first line.  FAULT_CHAIN names the first bad line
 * (file and n): a wrong prev, a wrong n, no JSON.  If head.json is there, its
 * signature by our signing key and its place in the chain must hold.
 */
enum fault journal_verify(
    struct home *h, struct journal_head *out, struct cause *why) FAULT_CHECKED;

/*
 * Signs the head: journal/head.json and .minisig (end of a run).  A crash in
 * between leaves the new signature aside, where journal_verify finds it.
 */
enum fault journal_sign(struct journal *j, const struct secret_key *key,
    int64_t now, struct cause *why) FAULT_CHECKED;

/* One line as parsed; texts are owned by the entry. */
struct journal_entry {
	uint64_t n;
	char time[24];
	char event[32];
	char subject[256];
	char prev[HASH_TEXT_LEN];
	char *line; /* the exact bytes, NUL-terminated */
	size_t len;
	struct doc *doc; /* the members */
};
enum fault journal_entry_parse(struct journal_entry *out, const char *line,
    size_t len, struct cause *why) FAULT_CHECKED;
void journal_entry_free(struct journal_entry *e);

/*
 * Walks entries from number "from" (1 = the first) in order.  Begin with
 * journal_walk_new; each call of journal_walk_next gives the next entry (free
 * it), *end at the last.
 */
struct journal_walk;
enum fault journal_walk_new(struct journal_walk **out, struct home *h,
    uint64_t from, struct cause *why) FAULT_CHECKED;
enum fault journal_walk_next(struct journal_walk *w, struct journal_entry *e,
    int *end, struct cause *why) FAULT_CHECKED;
void journal_walk_free(struct journal_walk *w);

#endif
