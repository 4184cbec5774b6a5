/*
 * local: a drop that is a directory of this machine: the recipient's own disk,
 * or a disk that is carried.  The same promises as on a server, kept with
 * descriptors: nothing outside the root is reached, no symbolic link is
 * followed below it, files and directories are fsynced.
 *
 * Paths are relative to the root, "" is the root itself.
 */
#ifndef REMOTE_LOCAL_H
#define REMOTE_LOCAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cause.h"
#include "base/stream.h"
#include "remote/carry.h"
#include "remote/content.h"
#include "remote/entry.h"

struct local;

/* FAULT_UNREACHABLE when root is not there (a disk not mounted). */
enum fault local_open(
    struct local **out, const char *root, struct cause *why) FAULT_CHECKED;
/* NULL-safe. */
void local_close(struct local *l);

/* A missing name is no fault: entry->exists is false. */
enum fault local_look(struct local *l, const char *path, struct entry *entry,
    struct cause *why) FAULT_CHECKED;
/* FAULT_ABSENT, FAULT_LARGER. */
enum fault local_list(struct local *l, const char *path,
    struct entry_list *list, struct cause *why) FAULT_CHECKED;
/* As carry_get and carry_put; what is no regular file is FAULT_ABSENT. */
enum fault local_get(struct local *l, const char *path,
    const struct carry_want *want, struct sink into,
    struct cause *why) FAULT_CHECKED;
enum fault local_put(struct local *l, const char *path, struct content *c,
    bool resume, struct cause *why) FAULT_CHECKED;
enum fault local_mkdir(
    struct local *l, const char *path, struct cause *why) FAULT_CHECKED;
/* FAULT_EXISTS: nothing is replaced. */
enum fault local_rename(struct local *l, const char *from, const char *to,
    struct cause *why) FAULT_CHECKED;
enum fault local_remove(
    struct local *l, const char *path, struct cause *why) FAULT_CHECKED;
enum fault local_remove_dir(
    struct local *l, const char *path, struct cause *why) FAULT_CHECKED;

#endif
