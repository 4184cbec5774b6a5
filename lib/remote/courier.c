/*
 * courier: one order after the other.  The walls go up when the first has told
 * which drop it is, and before a foreign byte is read.
 */
#include "remote/courier.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <libssh2.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/intl.h"
#include "remote/order.h"
#include "remote/site.h"
#include "sys/process.h"
#include "sys/sandbox.h"

#define TEXTS_MAX 64 /* five, and host keys */

struct courier {
	struct half *half;
	unsigned char *memory;
	struct site *site;
	bool tried; /* one drop in a life */

	struct order order;
	int fd; /* that came with it, or -1 */
	const char *text[TEXTS_MAX];
	uint64_t value; /* for the reply */

	size_t block;  /* being filled */
	size_t filled; /* bytes of it */
	size_t away;   /* blocks told and not yet given back */
};

/* ---- words over the line ---- */

static enum fault
say(struct courier *c, struct reply *reply, size_t len)
{
	struct line_message m = { reply, len, len, { 0 }, 0 };

	return line_send(&c->half->line, &m, NULL);
}

/* The next order, or what comes during one. */
static enum fault
hear(struct courier *c, struct order *order, int *fd)
{
	struct line_message m = { order, sizeof(*order), 0, { 0 }, 0 };
	enum fault f;

	*fd = -1;
	f = line_receive(&c->half->line, &m, NULL);
	if (f != FAULT_NONE)
		return f;
	if (m.n_fds > 0)
		*fd = m.fd[0];
	if (m.n_fds > 1)
		(void)close(m.fd[1]);
	return m.len == sizeof(*order) ? FAULT_NONE : FAULT_FORMAT;
}

/* ---- bytes through the shared memory ---- */

/* Takes a block back; its reader may want no more. */
static enum fault
take_back(struct courier *c, struct cause *why)
{
	struct order order;
	enum fault f;
	int fd = -1;

	f = hear(c, &order, &fd);
	if (fd >= 0)
		(void)close(fd);
	if (f != FAULT_NONE || order.verb != ORDER_TAKEN)
		return cause_set(
		    why, FAULT_SYSTEM, N_("the other process is gone"));
	c->away--;
	return order.flag != 0
	    ? FAULT_NONE
	    : cause_set(why, FAULT_INTERRUPTED, N_("no more is wanted"));
}

static enum fault
push(struct courier *c, struct cause *why)
{
	struct reply reply;

	memset(&reply, 0, offsetof(struct reply, why));
	reply.kind = REPLY_BLOCK;
	reply.value = c->filled;
	c->filled = 0;
	c->block = (c->block + 1) % ORDER_BLOCKS;
	c->away++;
	if (say(c, &reply, offsetof(struct reply, why)) != FAULT_NONE)
		return cause_set(
		    why, FAULT_SYSTEM, N_("the other process is gone"));
	return c->away < ORDER_BLOCKS ? FAULT_NONE : take_back(c, why);
}

static enum fault
pour(void *self, const void *bytes, size_t len, struct cause *why)
{
	struct courier *c = self;
	const unsigned char *from = bytes;
	enum fault f = FAULT_NONE;
	size_t n;

	while (f == FAULT_NONE && len > 0) {
		n = ORDER_BLOCK - c->filled;
		if (n > len)
			n = len;
		memcpy(c->memory + c->block * ORDER_BLOCK + c->filled, from, n);
		c->filled += n;
		from += n;
		len -= n;
		if (c->filled == ORDER_BLOCK)
			f = push(c, why);
	}
	return f;
}

/* All blocks are back before an order ends. */
static enum fault
pour_end(struct courier *c, enum fault f, struct cause *why)
{
	enum fault g = FAULT_NONE;

	if (f == FAULT_NONE && c->filled > 0)
		f = push(c, why);
	while (c->away > 0 && g != FAULT_SYSTEM) {
		g = take_back(c, f == FAULT_NONE ? why : NULL);
		if (f == FAULT_NONE)
			f = g;
	}
	c->block = c->filled = 0;
	return f;
}

/* ---- the walls ---- */

/* What names of hosts are looked up in; and the plug-ins of that, with what
 * they need. */
static const char *const lookup_files[] = { "/etc/hosts", "/etc/resolv.conf",
	"/etc/nsswitch.conf", "/etc/host.conf", "/etc/gai.conf",
	"/etc/services", "/etc/ld.so.cache", "/lib", "/lib64", "/usr/lib",
	"/usr/lib64" };
#define LOOKUP (sizeof(lookup_files) / sizeof(lookup_files[0]))

static enum fault
wall_in(const struct url *url, const struct remote_job *job, struct cause *why)
{
	struct sandbox_place place[LOOKUP + 1];
	size_t i;

	if (url->scheme == URL_FILE) {
		place[0] =
		    (struct sandbox_place){ AT_FDCWD, url->path, SANDBOX_KEEP };
		return sandbox_enter(WALL_DISK, place, 1, why);
	}
	/* What these read of the machine's configuration they read now; what
	 * fails is told when they are used. */
	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
	(void)libssh2_init(0);
	for (i = 0; i < LOOKUP; i++)
		place[i] = (struct sandbox_place){ AT_FDCWD, lookup_files[i],
			SANDBOX_READ };
	place[i] = (struct sandbox_place){ AT_FDCWD,
		job->ssh_key != NULL ? job->ssh_key : "", SANDBOX_READ };
	return sandbox_enter(WALL_NETWORK, place, LOOKUP + 1, why);
}

static enum fault
open_site(struct courier *c, struct cause *why)
{
	struct remote_job job = { .url = c->text[0],
		.user = *c->text[1] != '\0' ? c->text[1] : NULL,
		.ssh_key = *c->text[2] != '\0' ? c->text[2] : NULL,
		.proxy = *c->text[3] != '\0' ? c->text[3] : NULL,
		.host_keys = c->text + 4,
		.n_host_keys = c->order.n - 4 };
	struct url url;
	enum fault f;

	if (c->tried)
		return cause_set(why, FAULT_SYSTEM, "%s", "");
	c->tried = true;
	if ((f = url_parse(&url, job.url, why)) != FAULT_NONE ||
	    (f = wall_in(&url, &job, why)) != FAULT_NONE)
		return f;
	return site_open(&c->site, &url, &job, why);
}

/* ---- orders ---- */

static enum fault
list(struct courier *c, struct cause *why)
{
	struct remote_names names = { NULL, 0 };
	enum fault f;
	size_t i;

	f = site_list(c->site, c->text[0], &names, why);
	for (i = 0; f == FAULT_NONE && i < names.n; i++)
		f = pour(c, names.name[i], strlen(names.name[i]) + 1, why);
	remote_names_free(&names);
	return f;
}

static enum fault
get(struct courier *c, struct cause *why)
{
	const struct carry_want want = { c->order.a, c->order.b,
		c->order.flag != 0 };

	return site_get(
	    c->site, c->text[0], &want, (struct sink){ pour, c }, why);
}

/* What the writer of a growing file tells comes over the line meanwhile. */
struct listener {
	struct courier *courier;
	struct growth *growth;
};

static void *
listen_on(void *self)
{
	struct listener *l = self;
	struct order order;
	enum fault f;
	int fd = -1;

	for (;;) {
		f = hear(l->courier, &order, &fd);
		if (fd >= 0)
			(void)close(fd);
		if (f != FAULT_NONE || order.verb != ORDER_GROWN) {
			growth_end(l->growth, false);
			return NULL;
		}
		growth_tell(l->growth, order.a);
		if (order.flag != 0) {
			growth_end(l->growth, order.b != 0);
			return NULL;
		}
	}
}

static enum fault
finish(struct courier *c, enum fault f, struct cause *why)
{
	struct reply reply;

	memset(&reply, 0, sizeof(reply));
	reply.kind = REPLY_DONE;
	reply.fault = (uint32_t)f;
	reply.value = c->value;
	reply.why = *why;
	return say(c, &reply, sizeof(reply));
}

/* The order is done when both have told their end: the writer may still tell
 * of bytes that cannot be put any more. */
static enum fault
follow(struct courier *c, struct cause *why)
{
	struct content content = { c->fd, NULL, 0, NULL };
	struct listener listener = { c, NULL };
	pthread_t thread;
	sigset_t all, was;
	enum fault f;
	int rc;

	if (growth_new(&listener.growth) != FAULT_NONE)
		return finish(c, cause_memory(why), why);
	content.growth = listener.growth;
	/* Signals are for the thread that waits for the drop. */
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &was);
	rc = pthread_create(&thread, NULL, listen_on, &listener);
	(void)pthread_sigmask(SIG_SETMASK, &was, NULL);
	if (rc != 0)
		f = cause_set(
		    why, FAULT_SYSTEM, N_("a thread cannot be started"));
	else
		f = site_put(c->site, c->text[0], &content, false, why);
	f = finish(c, f, why);
	if (rc == 0)
		(void)pthread_join(thread, NULL);
	else
		(void)listen_on(&listener);
	growth_free(listener.growth);
	return f;
}

static enum fault
act(struct courier *c, struct cause *why)
{
	const struct order *o = &c->order;
	struct content content = { c->fd, NULL, o->a, NULL };
	bool exists = false;
	enum fault f;

	switch ((enum order_verb)o->verb) {
	case ORDER_OPEN:
		return open_site(c, why);
	case ORDER_LIST:
		return list(c, why);
	case ORDER_SIZE:
		return site_size(c->site, c->text[0], &c->value, why);
	case ORDER_EXISTS:
		f = site_exists(c->site, c->text[0], &exists, why);
		c->value = exists;
		return f;
	case ORDER_GET:
		return get(c, why);
	case ORDER_MKDIRS:
		return site_mkdirs(c->site, c->text[0], why);
	case ORDER_PUT:
		return site_put(
		    c->site, c->text[0], &content, o->flag != 0, why);
	case ORDER_SAVE:
		return site_save(c->site, c->text[0], c->memory + o->text,
		    o->bytes, o->flag != 0, why);
	case ORDER_RENAME:
		return site_rename(c->site, c->text[0], c->text[1], why);
	case ORDER_REMOVE:
		return site_remove(c->site, c->text[0], why);
	case ORDER_REMOVE_DIR:
		return site_remove_dir(c->site, c->text[0], why);
	case ORDER_FOLLOW:
	case ORDER_TAKEN:
	case ORDER_GROWN:
		break;
	}
	return cause_set(why, FAULT_SYSTEM, "%s", "");
}

/* The texts, which stay where they are while the order is under way, unless
 * bytes come back: those are copied by no one, so they are copied here. */
static bool
read_texts(struct courier *c, char *room)
{
	const char *at = room;
	const struct order *o = &c->order;
	size_t i;

	if (o->n == 0 || o->n > TEXTS_MAX || o->text == 0 ||
	    o->text > ORDER_BLOCK || o->bytes > ORDER_MEMORY - o->text)
		return false;
	memcpy(room, c->memory, o->text);
	if (room[o->text - 1] != '\0')
		return false;
	for (i = 0; i < o->n && at < room + o->text; i++) {
		c->text[i] = at;
		at += strlen(at) + 1;
	}
	/* An order that wants two texts has them. */
	return i == o->n &&
	    i >= (o->verb == ORDER_OPEN            ? 4
			 : o->verb == ORDER_RENAME ? 2
						   : 1) &&
	    (o->verb == ORDER_OPEN) == (c->site == NULL);
}

static enum fault
obey(struct courier *c, char *room)
{
	struct cause why;
	enum fault f;

	cause_clear(&why);
	/* Who is asked to stop, and told to do this all the same, knows why. */
	process_interrupted = c->order.stop != 0;
	c->value = 0;
	if (!read_texts(c, room))
		f = cause_set(
		    &why, FAULT_UNREACHABLE, N_("the drop is not open"));
	else if (c->order.verb == ORDER_FOLLOW)
		return follow(c, &why);
	else
		f = pour_end(c, act(c, &why), &why);
	return finish(c, f, &why);
}

void
courier_run(struct half *h, int memory)
{
	struct courier c;
	char *room = malloc(ORDER_BLOCK);

	memset(&c, 0, sizeof(c));
	c.half = h;
	c.memory = mmap(
	    NULL, ORDER_MEMORY, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
	half_shut(h, NULL, 0);
	if (c.memory == MAP_FAILED || room == NULL) {
		free(room);
		return;
	}
	while (hear(&c, &c.order, &c.fd) == FAULT_NONE) {
		enum fault f = obey(&c, room);

		if (c.fd >= 0)
			(void)close(c.fd);
		if (f != FAULT_NONE)
			break;
	}
	site_close(c.site);
	free(room);
	(void)munmap(c.memory, ORDER_MEMORY);
}
