/*
 * path: which names are safe to become files.
 */
#ifndef BASE_PATH_H
#define BASE_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Party, agreement, dataset: [A-Za-z0-9] then [A-Za-z0-9._-], <= LIMIT_ID. */
bool path_id_ok(const char *id);

/* Archive member and staged file: [A-Za-z0-9_] then [A-Za-z0-9._-], at most
 * LIMIT_MEMBER_NAME, no trailing dot, not a DOS device name. */
bool path_member_ok(const char *name);

/* A parcel's name, AGREEMENT/DATASET/SENDER/SEQUENCE.  A test's is
 * AGREEMENT/DATASET~test/SENDER/SEQUENCE: '~' is in no identifier, so a test
 * has a stream, a number and places of its own, everywhere. */
#define PARCEL_TEST "~test"
struct parcel_name {
	char agreement[65];
	char dataset[65];
	char sender[65];
	uint64_t sequence; /* 1 … 99,999,999 */
	bool test;         /* its purpose */
};
#define PARCEL_NAME_MAX 224
#define PARCEL_SEQUENCE_MAX 99999999ULL

/* Parses "A/D/S/17" or the directory form "A/D/S/00000017". */
bool parcel_name_parse(struct parcel_name *out, const char *text);
/* Whether the two are one. */
bool parcel_name_equal(
    const struct parcel_name *a, const struct parcel_name *b);
/* "A/D/S/17" for people and JSON. */
void parcel_name_text(char out[PARCEL_NAME_MAX], const struct parcel_name *p);
/* "A/D/S/00000017" for directories. */
void parcel_name_dir(char out[PARCEL_NAME_MAX], const struct parcel_name *p);
/* "A/D/S", or "A/D~test/S": the stream a parcel belongs to. */
void parcel_name_stream(char out[PARCEL_NAME_MAX], const struct parcel_name *p);

#endif
