/*
 * site: a drop as the half has it that reaches it: by SFTP or as a local
 * directory, with the promises of remote.h, function by function.
 */
#ifndef REMOTE_SITE_H
#define REMOTE_SITE_H

#include "remote/carry.h"
#include "remote/content.h"
#include "remote/remote.h"
#include "remote/url.h"

struct site;

/* The job's URL is "url", parsed. */
enum fault site_open(struct site **out, const struct url *url,
    const struct remote_job *job, struct cause *why) FAULT_CHECKED;
/* NULL-safe. */
void site_close(struct site *s);

/* Free with remote_names_free. */
enum fault site_list(struct site *s, const char *path, struct remote_names *out,
    struct cause *why) FAULT_CHECKED;
enum fault site_size(struct site *s, const char *path, uint64_t *size,
    struct cause *why) FAULT_CHECKED;
enum fault site_exists(struct site *s, const char *path, bool *exists,
    struct cause *why) FAULT_CHECKED;
enum fault site_get(struct site *s, const char *path,
    const struct carry_want *want, struct sink into,
    struct cause *why) FAULT_CHECKED;
enum fault site_mkdirs(
    struct site *s, const char *path, struct cause *why) FAULT_CHECKED;
/* Also a file that grows: never goes on with an earlier part then. */
enum fault site_put(struct site *s, const char *path, struct content *c,
    bool resume, struct cause *why) FAULT_CHECKED;
enum fault site_save(struct site *s, const char *path, const void *bytes,
    size_t len, bool replace, struct cause *why) FAULT_CHECKED;
enum fault site_rename(struct site *s, const char *from, const char *to,
    struct cause *why) FAULT_CHECKED;
enum fault site_remove(
    struct site *s, const char *path, struct cause *why) FAULT_CHECKED;
enum fault site_remove_dir(
    struct site *s, const char *path, struct cause *why) FAULT_CHECKED;

#endif
