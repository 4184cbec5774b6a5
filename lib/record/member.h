/*
 * member: takes members of a document's object into the fields of a struct.
 *
 * A reader of one object: faults are remembered as a writer remembers them, the
 * first one stays and later takes do nothing, so that a parser reads as the
 * list of its members.  Every fault is FAULT_FORMAT (or FAULT_MEMORY) and its
 * clause is "where.name".
 */
#ifndef RECORD_MEMBER_H
#define RECORD_MEMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cause.h"
#include "base/limits.h"
#include "key/hash.h"
#include "text/doc.h"

struct member {
	const struct node *object; /* borrowed */
	const char *where;         /* borrowed; "" at the top */
	struct cause *why;         /* borrowed; may be NULL */
	enum fault fault;          /* the first; FAULT_NONE so far */
};

/* Text that people read: not empty, printable, at most this many bytes. */
#define MEMBER_TEXT_MAX 1000

/* "LIST[ID]", or "LIST[n]" when the element has no fit id: the place of element
 * i (from 0), for people, who count from 1. */
#define MEMBER_PLACE_MAX (LIMIT_ID + 16)
void member_element(char out[static MEMBER_PLACE_MAX], const char *list,
    const struct node *element, size_t i);

/* Holds the object against its table of members (node_members). */
void member_table(struct member *m, const struct node_member *table, size_t n);

/* Whether an optional member is there (and nothing is wrong so far). */
bool member_has(const struct member *m, const char *name);

/*
 * A reader of the member object "name"; "where" is its own place and must
 * outlive it.  Give its fault back to m->fault afterwards.
 */
struct member member_enter(
    struct member *m, const char *name, const char *where);

/* The cause with its clause set to the member: for cause_set by the caller, who
 * keeps the fault in m->fault.  NULL if the caller wants no cause. */
struct cause *member_place(const struct member *m, const char *name);

/* The member "format" must be exactly this. */
void member_format(struct member *m, const char *format);
/* An identifier (path_id_ok). */
void member_id(struct member *m, const char *name, char out[LIMIT_ID + 1]);
/* SHA-256 in hex; null gives "" (the table says whether null is allowed). */
void member_hash(
    struct member *m, const char *name, char out[static HASH_TEXT_LEN]);
/* Text for people into cap bytes; null or an absent member gives "". */
void member_text(struct member *m, const char *name, char *out, size_t cap);
/* The same as an owned copy of at most MEMBER_TEXT_MAX bytes; an absent member
 * leaves *out as it is. */
void member_copy(struct member *m, const char *name, char **out);
/* A number of at least min; an absent member leaves *out as it is. */
void member_count(
    struct member *m, const char *name, uint64_t min, uint64_t *out);
/* "2026-11-24T05:42:00Z". */
void member_time(struct member *m, const char *name, int64_t *out);
/* "2026-11-24", as its first second. */
void member_day(struct member *m, const char *name, int64_t *out);

/*
 * The member as an array or object, or NULL after a fault: absent, of another
 * type, or with fewer than min or more than max elements.
 */
const struct node *member_list(
    struct member *m, const char *name, size_t min, size_t max);
const struct node *member_object(struct member *m, const char *name);
/* An array of different identifiers, at least one; owned copies, counted as
 * they are made, so that the caller frees what is there even after a fault. */
void member_ids(struct member *m, const char *name, char ***out, size_t *n);

/* The member "journal": {entries, head}. */
void member_journal(
    struct member *m, uint64_t *entries, char head[static HASH_TEXT_LEN]);

/* Whether text is fit for people to read and not longer than max bytes (at most
 * MEMBER_TEXT_MAX). */
bool member_text_ok(const char *text, size_t max);

#endif
