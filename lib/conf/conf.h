/*
 * conf: serahterima.conf, INI, strict: an unknown or repeated key is FAULT_CONF
 * with file and line.  serahterima.conf(5) is the page.
 */
#ifndef CONF_CONF_H
#define CONF_CONF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cause.h"
#include "base/limits.h"

#define CONF_VALUE_MAX 1024

/* How this party reaches a drop that an agreement names. */
struct conf_drop {
	char id[LIMIT_ID + 1];
	char user[LIMIT_ID + 1];      /* SSH user name, or "" */
	char ssh_key[CONF_VALUE_MAX]; /* path, relative to the home, or "" */
	char url[CONF_VALUE_MAX];     /* instead of the agreement's, or "" */
	char proxy[CONF_VALUE_MAX];   /* http://… or socks5h://…, or "" */
};

/* A folder whose files are on their way by themselves. */
struct conf_watch {
	char name[LIMIT_ID + 1];
	char agreement[LIMIT_ID + 1];
	char dataset[LIMIT_ID + 1];
	long settle; /* seconds without change that make a file complete,
		      * 1 … 604800; default 60 */
};

struct conf {
	char party[LIMIT_ID + 1];
	bool keep_payload; /* keep_payload = yes */
	int level;         /* zstd level, 1 … 19; default 1 */
	struct conf_drop *drops;
	size_t n_drops;
	struct conf_watch *watches;
	size_t n_watches;
};

/* "file" is only named in causes. */
enum fault conf_parse(struct conf **out, const char *bytes, size_t len,
    const char *file, struct cause *why) FAULT_CHECKED;
void conf_free(struct conf *c);
/* The drop's section, or NULL. */
const struct conf_drop *conf_drop(const struct conf *c, const char *id);

#endif
