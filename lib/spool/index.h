/*
 * index: SQLite tables made from the journal, for quick questions.  It can be
 * thrown away and rebuilt at any time; index_open catches up with the journal
 * by itself.  Only user of sqlite3.h.
 *
 * Events it understands (subject is the parcel "A/D/S/N" unless said):
 *   sealed     manifest, rows, bytes     our parcel lies in the outbox
 *   sent       manifest                  it is published on the drop
 *   receipt    manifest, party, stage, code  a receipt of ours-as-sender holds
 *   released   manifest                  the sealed copy was let go
 *   taken      manifest, rows            signature, place and order hold
 *   staged     manifest, rows, warnings, contents  staged
 *   refused    manifest, code            refused (manifest may be absent)
 *   equivocation manifest                two manifests with one number
 */
#ifndef SPOOL_INDEX_H
#define SPOOL_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cause.h"
#include "base/path.h"
#include "key/hash.h"
#include "spool/home.h"
#include "spool/journal.h"

struct spool_index;

/* Opens journal/index.sqlite, rebuilding it when it is missing, damaged or not
 * of this journal, and takes in the entries it has not seen. */
enum fault index_open(
    struct spool_index **out, struct home *h, struct cause *why) FAULT_CHECKED;
void index_close(struct spool_index *i);
/* Throws the tables away and reads the whole journal; *entries read. */
enum fault index_rebuild(
    struct home *h, uint64_t *entries, struct cause *why) FAULT_CHECKED;
/* Takes in entries appended since.  On a fault the tables are as they were. */
enum fault index_refresh(
    struct spool_index *i, struct cause *why) FAULT_CHECKED;

/* What is known of one parcel. */
enum parcel_side { PARCEL_OUT, PARCEL_IN };
struct parcel_state {
	struct parcel_name name;
	enum parcel_side side;
	char state[16]; /* OUT: sealed, sent, received, staged, refused,
			 * released; IN: taken, staged, refused */
	char manifest[HASH_TEXT_LEN];
	char contents[HASH_TEXT_LEN]; /* IN, staged; else "" */
	uint64_t rows;
	uint64_t warnings; /* IN, staged */
	uint64_t bytes;    /* OUT: sealed bytes */
	int code;          /* refused: the code; else 0 */
	char time[24];     /* of the last event */
};

/* FAULT_ABSENT when not known. */
enum fault index_parcel(struct spool_index *i, const struct parcel_name *name,
    enum parcel_side side, struct parcel_state *out,
    struct cause *why) FAULT_CHECKED;
/* The highest sequence of a stream (name->sequence is ignored); FAULT_ABSENT
 * when there is none.  For IN only parcels that took their number count:
 * staged, or refused for content (4xx except 404 and 405, 105 to 107). */
enum fault index_last(struct spool_index *i, const struct parcel_name *stream,
    enum parcel_side side, struct parcel_state *out,
    struct cause *why) FAULT_CHECKED;
/* Whether a receipt of party and stage for this manifest is on record. */
enum fault index_receipt(struct spool_index *i, const char *manifest,
    const char *party, const char *stage, bool *out,
    struct cause *why) FAULT_CHECKED;
/* All parcels of a side, newest last; free the array. */
enum fault index_parcels(struct spool_index *i, enum parcel_side side,
    struct parcel_state **out, size_t *n, struct cause *why) FAULT_CHECKED;

#endif
