/*
 * drop: the agreement says where and whose host keys, the configuration says
 * with which login; nothing else is asked.
 */
#include "drop.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/intl.h"

static enum fault
key_path(char out[PATH_MAX], const struct home *h, const struct conf_drop *c,
    const char *id, struct cause *why)
{
	int n;

	if (c == NULL || c->ssh_key[0] == '\0') {
		cause_place(why, "serahterima.conf", 0, NULL, UINT64_MAX);
		return cause_set(why, FAULT_CONF,
		    N_("section [drop %s] must name ssh_key, our SSH key for "
		       "this drop"),
		    id);
	}
	n = snprintf(out, PATH_MAX, "%s%s%s",
	    c->ssh_key[0] == '/' ? "" : h->path,
	    c->ssh_key[0] == '/' ? "" : "/", c->ssh_key);
	if (n < 0 || n >= PATH_MAX)
		return cause_set(why, FAULT_CONF, N_("the path is too long"));
	return FAULT_NONE;
}

enum fault
drop_url_check(const char *url, struct cause *why)
{
	enum fault f = FAULT_NONE;

	if (url != NULL)
		f = remote_url_check(url, why);
	return f == FAULT_FORMAT ? (why->fault = FAULT_USAGE) : f;
}

enum fault
drop_open(struct remote **out, struct desk *s, const struct agreement *a,
    const char *id, const char *url, struct cause *why)
{
	const struct agreement_drop *d = agreement_drop(a, id);
	const struct conf_drop *c = conf_drop(s->home->conf, id);
	struct remote_job job;
	char key[PATH_MAX] = "";
	enum fault f;

	*out = NULL;
	if (d == NULL)
		return cause_set(why, FAULT_NO_DATASET,
		    N_("the agreement names no drop %s"), id);
	memset(&job, 0, sizeof(job));
	job.url = url != NULL                ? url
	    : c != NULL && c->url[0] != '\0' ? c->url
					     : d->url;
	if (strncmp(job.url, "sftp:", 5) == 0 &&
	    (f = key_path(key, s->home, c, id, why)) != FAULT_NONE)
		return f;
	job.user = c != NULL && c->user[0] != '\0' ? c->user : NULL;
	job.ssh_key = key;
	job.host_keys = (const char *const *)d->host_keys;
	job.n_host_keys = d->n_host_keys;
	job.proxy = c != NULL && c->proxy[0] != '\0' ? c->proxy : NULL;
	job.outpost = s->outpost;
	f = remote_open(out, &job, why);
	if (f != FAULT_FORMAT)
		return f;
	cause_place(why, "serahterima.conf", 0, NULL, UINT64_MAX);
	return why->fault = FAULT_CONF;
}
