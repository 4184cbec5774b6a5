/*
 * drop: the agreement pins the server's key, so that there is never a first use
 * that somebody has to trust.
 */
#include "record/drop.h"

#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "record/member.h"

static const struct node_member drop_members[] = {
	{ "id", NODE_STRING, true, false },
	{ "url", NODE_STRING, true, false },
	{ "host_keys", NODE_ARRAY, true, false },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/*
 * The base64 of a host key begins with the lengths and names that RFC 4253
 * section 6.6 puts first, so a type, its beginning and its length identify the
 * kind; whether the point is on the curve is for the handshake.
 */
static const struct host_key_kind {
	const char *type;
	const char *begin; /* all whole base64 digits that are constant */
	size_t len;        /* base64 characters, padding counted */
	size_t padding;
} host_key_kinds[] = {
	{ "ssh-ed25519", "AAAAC3NzaC1lZDI1NTE5AAAAI", 68, 0 },
	{ "ecdsa-sha2-nistp256",
	    "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABB", 140, 1 },
	{ "ecdsa-sha2-nistp384",
	    "AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABh", 184, 2 },
	{ "ecdsa-sha2-nistp521",
	    "AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACF", 232, 2 },
};

static const char alnum[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "abcdefghijklmnopqrstuvwxyz0123456789";

/* How many bytes at the start of text are letters, digits or in "more". */
static size_t
span(const char *text, const char *more)
{
	size_t n = 0;

	while (text[n] != '\0' &&
	    (strchr(alnum, text[n]) != NULL || strchr(more, text[n]) != NULL))
		n++;
	return n;
}

/*
 * A comment or a host name in the line is refused, not skipped: the line is
 * compared as text with what the server shows.
 */
bool
drop_host_key_ok(const char *line)
{
	const struct host_key_kind *k = NULL;
	size_t i, n = strcspn(line, " ");

	for (i = 0; i < COUNT(host_key_kinds); i++)
		if (strlen(host_key_kinds[i].type) == n &&
		    memcmp(line, host_key_kinds[i].type, n) == 0)
			k = &host_key_kinds[i];
	if (k == NULL || line[n] != ' ')
		return false;
	line += n + 1;
	return strlen(line) == k->len &&
	    strncmp(line, k->begin, strlen(k->begin)) == 0 &&
	    span(line, "+/") == k->len - k->padding &&
	    strspn(line + k->len - k->padding, "=") == k->padding;
}

/* An absolute path of plain segments: what one side calls a place, the other
 * must call the same, whatever a server makes of dots and escapes. */
static bool
path_ok(const char *path)
{
	size_t n = 0;

	if (path[0] != '/')
		return false;
	while (path[0] == '/') {
		path++;
		n = span(path, "._-+@,=~");
		if ((n == 1 && path[0] == '.') ||
		    (n == 2 && memcmp(path, "..", 2) == 0))
			return false;
		/* Empty only as the very end: "/", "/srv/". */
		if (n == 0 && path[0] != '\0')
			return false;
		path += n;
	}
	return path[0] == '\0';
}

/* ":port" or nothing; returns what follows, or NULL. */
static const char *
port_end(const char *at)
{
	size_t n = 0;
	unsigned long port = 0;

	if (at[0] != ':')
		return at;
	at++;
	for (; n < 5 && at[n] >= '0' && at[n] <= '9'; n++)
		port = port * 10 + (unsigned long)(at[n] - '0');
	if (n == 0 || at[0] == '0' || port > 65535)
		return NULL;
	return at + n;
}

/*
 * A user name may stand there; a password cannot, as ":" is not in the span.  A
 * host never begins with "-", which some tool might take for an option.
 */
static bool
sftp_ok(const char *at)
{
	size_t n = span(at, "._-");

	if (n > 0 && at[n] == '@') {
		if (n > DROP_USER_MAX)
			return false;
		at += n + 1;
		n = span(at, ".-");
	}
	if (at[0] == '[') {
		/* An IPv6 address; whether it is one is for the resolver. */
		n = 1 + strspn(at + 1, "0123456789abcdefABCDEF:.");
		if (n < 3 || at[n] != ']' || n > DROP_HOST_MAX ||
		    memchr(at, ':', n) == NULL)
			return false;
		n++;
	} else if (n == 0 || n > DROP_HOST_MAX || at[0] == '-' ||
	    at[0] == '.' || memchr(at, '_', n) != NULL)
		return false;
	at = port_end(at + n);
	return at != NULL && path_ok(at);
}

bool
drop_url_ok(const char *url)
{
	if (strlen(url) > DROP_URL_MAX)
		return false;
	if (strncmp(url, "sftp://", 7) == 0)
		return sftp_ok(url + 7);
	return strncmp(url, "file://", 7) == 0 && path_ok(url + 7);
}

/* Keys without a server, or a server without keys, are both a slip. */
static void
read_host_keys(struct member *m, struct agreement_drop *d)
{
	const struct node *list =
	    member_list(m, "host_keys", 0, DROP_HOST_KEYS_MAX);
	const char *line = NULL;
	bool sftp = false;
	size_t i;

	if (list == NULL)
		return;
	sftp = strncmp(d->url, "sftp:", 5) == 0;
	if (sftp != (node_count(list) > 0)) {
		m->fault = cause_set(member_place(m, "host_keys"), FAULT_FORMAT,
		    sftp ? N_("an sftp drop pins at least one host key")
			 : N_("a file drop has no host key"));
		return;
	}
	d->host_keys = calloc(node_count(list) + 1, sizeof(*d->host_keys));
	if (d->host_keys == NULL) {
		m->fault = cause_memory(m->why);
		return;
	}
	for (i = 0; i < node_count(list); i++) {
		line = node_string(node_at(list, i));
		if (line == NULL || !drop_host_key_ok(line)) {
			m->fault = cause_set(member_place(m, "host_keys"),
			    FAULT_FORMAT,
			    N_("element %zu is no \"ssh-ed25519 AAAA...\" or "
			       "\"ecdsa-sha2-nistp... AAAA...\""),
			    i + 1);
			return;
		}
		d->host_keys[i] = strdup(line);
		if (d->host_keys[i] == NULL) {
			m->fault = cause_memory(m->why);
			return;
		}
		d->n_host_keys = i + 1;
	}
}

static enum fault
read_drop(
    struct agreement *a, size_t at, const struct node *node, struct cause *why)
{
	struct agreement_drop *d = &a->drops[at];
	char where[MEMBER_PLACE_MAX];
	struct member m = { node, where, why, FAULT_NONE };
	size_t i;

	member_element(where, "drops", node, at);
	member_table(&m, drop_members, COUNT(drop_members));
	member_id(&m, "id", d->id);
	for (i = 0; i < at && m.fault == FAULT_NONE; i++)
		if (strcmp(a->drops[i].id, d->id) == 0)
			m.fault = cause_set(member_place(&m, "id"),
			    FAULT_FORMAT, N_("this id is there twice"));
	member_copy(&m, "url", &d->url);
	if (m.fault == FAULT_NONE && !drop_url_ok(d->url))
		m.fault = cause_set(member_place(&m, "url"), FAULT_FORMAT,
		    N_("a drop is sftp://[user@]host[:port]/path or "
		       "file:///path"));
	read_host_keys(&m, d);
	return m.fault;
}

enum fault
drop_read(struct agreement *a, const struct node *root, struct cause *why)
{
	struct member top = { root, "", why, FAULT_NONE };
	const struct node *list = member_list(&top, "drops", 1, DROP_MAX);
	size_t i;

	if (list == NULL)
		return top.fault;
	a->drops = calloc(node_count(list), sizeof(*a->drops));
	if (a->drops == NULL)
		return cause_memory(why);
	for (i = 0; i < node_count(list) && top.fault == FAULT_NONE; i++) {
		a->n_drops = i + 1;
		top.fault = read_drop(a, i, node_at(list, i), why);
	}
	return top.fault;
}

void
drop_free(struct agreement *a)
{
	size_t i, j;

	for (i = 0; i < a->n_drops; i++) {
		for (j = 0; j < a->drops[i].n_host_keys; j++)
			free(a->drops[i].host_keys[j]);
		free(a->drops[i].host_keys);
		free(a->drops[i].url);
	}
	free(a->drops);
}
