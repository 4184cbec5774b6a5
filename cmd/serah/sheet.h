/*
 * sheet: the file given with --report, a line for every fault.  It has its name
 * only when it is whole.
 */
#ifndef CMD_SHEET_H
#define CMD_SHEET_H

#include <stddef.h>
#include <stdint.h>

#include "base/cause.h"
#include "base/stream.h"
#include "sys/sandbox.h"

struct sheet;

/*
 * Begins the file aside, in the directory of "path"; before the walls.  With
 * path NULL there is none: *out is NULL, which all the others take.
 * FAULT_USAGE when the name cannot be a file's, or something else than a
 * regular file stands there; FAULT_ABSENT when there is no such directory.
 */
enum fault sheet_open(
    struct sheet **out, const char *path, struct cause *why) FAULT_CHECKED;
/* Removes what was begun and not ended. */
void sheet_free(struct sheet *s);

/* Where the file has to be given its name behind the walls. */
struct sandbox_place sheet_place(const struct sheet *s);

/* FAULT_USAGE when the file would take the place of one of the n open ones. */
enum fault sheet_apart(const struct sheet *s, const int *fd, size_t n,
    struct cause *why) FAULT_CHECKED;

/* Where its lines go; write is NULL when there is none.  What fails is told by
 * sheet_end. */
struct sink sheet_sink(struct sheet *s);

/*
 * Says how many faults and warnings have no line, if any, and gives the file
 * its name, in place of one of an earlier run.  A fault leaves nothing new
 * there.
 */
enum fault sheet_end(
    struct sheet *s, uint64_t unlisted, struct cause *why) FAULT_CHECKED;

/* Its path as given, once it is whole; else NULL. */
const char *sheet_name(const struct sheet *s);

#endif
