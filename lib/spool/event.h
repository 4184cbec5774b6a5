/*
 * event: what a journal entry says of a parcel (lib/spool only).
 */
#ifndef SPOOL_EVENT_H
#define SPOOL_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/path.h"
#include "spool/journal.h"
#include "spool/tables.h"

/* Texts are borrowed from the entry; what it does not say is "" or 0. */
struct fact {
	enum sql sql; /* the statement that takes the event in */
	char stream[PARCEL_NAME_MAX];
	int64_t sequence;
	int64_t n;
	const char *time;
	const char *manifest;
	int64_t rows;
	int64_t bytes;
	int64_t code;
	const char *contents;
	const char *party;
	const char *stage;
	int64_t rank; /* of the stage */
	int64_t warnings;
};

/* False when the entry is of another kind, or not of the form of its kind. */
bool event_fact(struct fact *out, const struct journal_entry *e);

#endif
