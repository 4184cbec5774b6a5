/*
 * remote: what a drop is to those who use it: orders to a courier, a process
 * of its own that holds the connection.  What it answers is foreign: faults,
 * sizes and names are looked at, and bytes are copied once out of the memory
 * that it could still change, before anybody looks at them.
 */
#include "remote/remote.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/intl.h"
#include "base/limits.h"
#include "remote/entry.h"
#include "remote/order.h"
#include "remote/url.h"
#include "sys/process.h"

/* How far a file grows before the courier is told, if it does not end. */
#define REMOTE_STEP ORDER_BLOCK

struct remote {
	struct outpost *outpost;
	struct outpost *own; /* if none was given */
	struct line line;
	pid_t pid; /* 0 when it has ended */
	unsigned char *memory;
	unsigned char *block; /* a copy */
};

/* One order and what comes of it. */
struct call {
	struct order order;
	const char *const *text; /* order.n of them */
	const void *bytes;       /* behind the texts, order.bytes of them */
	int fd;                  /* to go along, or -1 */
	struct sink into;        /* for its bytes; write NULL: it has none */
	uint64_t most;           /* bytes that may come */
	uint64_t came;
	enum fault kept; /* why no more is wanted */
	uint64_t value;
};

/* ---- the courier's end ---- */

/* It is gone, or has said what it cannot: how it ended is why. */
static enum fault
lost(struct remote *r, struct cause *why)
{
	enum fault f = FAULT_NONE;

	line_close(&r->line);
	cause_clear(why);
	if (r->pid != 0)
		f = outpost_reap(r->outpost, r->pid, why);
	r->pid = 0;
	if (process_interrupted)
		return cause_set(why, FAULT_INTERRUPTED,
		    N_("stopped while waiting for the drop"));
	if (f != FAULT_NONE)
		return f;
	return cause_set(why, FAULT_UNREACHABLE,
	    N_("the process that reaches the drop is gone"));
}

static enum fault
tell(struct remote *r, struct order *o, int fd, struct cause *why)
{
	struct line_message m = { o, sizeof(*o), sizeof(*o), { fd },
		fd >= 0 ? 1 : 0 };

	o->stop = process_interrupted != 0;
	return line_send(&r->line, &m, why);
}

static enum fault
order(struct remote *r, struct call *c, struct cause *why)
{
	size_t i, len, at = 0;

	for (i = 0; i < c->order.n; i++) {
		len = strlen(c->text[i]) + 1;
		if (len > ORDER_BLOCK - at)
			return cause_set(
			    why, FAULT_FORMAT, N_("the path is too long"));
		memcpy(r->memory + at, c->text[i], len);
		at += len;
	}
	if (c->order.bytes > ORDER_MEMORY - at)
		return cause_set(
		    why, FAULT_LARGER, N_("a file of the drop is too large"));
	if (c->order.bytes > 0)
		memcpy(r->memory + at, c->bytes, c->order.bytes);
	c->order.text = (uint32_t)at;
	return tell(r, &c->order, c->fd, why);
}

/* ---- what comes back ---- */

/* A block, once copied, is given back at once: the courier goes on while we
 * look at it.  What comes after a fault is not looked at. */
static enum fault
take_block(struct remote *r, struct call *c, size_t turn,
    const struct reply *reply, struct cause *why)
{
	struct order taken = { .verb = ORDER_TAKEN };
	size_t len = (size_t)reply->value;

	if (reply->value > ORDER_BLOCK || c->into.write == NULL)
		return FAULT_FORMAT;
	c->came += len;
	if (c->kept == FAULT_NONE && c->came > c->most)
		c->kept = cause_set(why, FAULT_LARGER,
		    N_("the drop gives more than there should be"));
	taken.flag = c->kept == FAULT_NONE;
	if (taken.flag != 0)
		memcpy(r->block, r->memory + turn * ORDER_BLOCK, len);
	if (tell(r, &taken, -1, NULL) != FAULT_NONE)
		return FAULT_ABSENT;
	if (taken.flag != 0)
		c->kept = c->into.write(c->into.self, r->block, len, why);
	return FAULT_NONE;
}

/* Faults that can come of a drop; the others would be believed elsewhere. */
static bool
plausible(uint32_t f)
{
	return f < 600 && fault_known((int)f) &&
	    (f < 100 || f == FAULT_LARGER || f > 500);
}

static enum fault
done(struct call *c, const struct reply *reply, struct cause *why)
{
	c->value = reply->value;
	/* A fault of the sink came first. */
	if (c->kept != FAULT_NONE)
		return c->kept;
	if (reply->fault == FAULT_NONE)
		return FAULT_NONE;
	(void)cause_adopt(why, &reply->why);
	if (why != NULL)
		why->fault = (enum fault)reply->fault;
	return (enum fault)reply->fault;
}

/* Until the order is done. */
static enum fault
hear(struct remote *r, struct call *c, struct cause *why)
{
	struct reply reply;
	struct line_message m = { &reply, sizeof(reply), 0, { 0 }, 0 };
	size_t turn = 0;

	for (;;) {
		memset(&reply, 0, sizeof(reply));
		if (line_receive(&r->line, &m, NULL) != FAULT_NONE)
			return lost(r, why);
		while (m.n_fds > 0)
			(void)close(m.fd[--m.n_fds]);
		if (m.len == sizeof(reply) && reply.kind == REPLY_DONE &&
		    plausible(reply.fault))
			return done(c, &reply, why);
		if (m.len != offsetof(struct reply, why) ||
		    reply.kind != REPLY_BLOCK ||
		    take_block(r, c, turn, &reply, why) != FAULT_NONE)
			return lost(r, why);
		turn = (turn + 1) % ORDER_BLOCKS;
	}
}

static enum fault
call(struct remote *r, struct call *c, struct cause *why)
{
	enum fault f;

	if (r->pid == 0)
		return cause_set(why, FAULT_UNREACHABLE,
		    N_("the process that reaches the drop is gone"));
	f = order(r, c, why);
	if (f == FAULT_ABSENT)
		return lost(r, why);
	return f != FAULT_NONE ? f : hear(r, c, why);
}

/* An order about one path. */
static struct call
about(enum order_verb verb, const char *const *path)
{
	return (struct call){
		.order = { .verb = verb, .n = 1 }, .text = path, .fd = -1
	};
}

static enum fault
simple(struct remote *r, enum order_verb verb, const char *path,
    uint64_t *value, struct cause *why)
{
	struct call c = about(verb, &path);
	enum fault f = call(r, &c, why);

	if (value != NULL)
		*value = f == FAULT_NONE ? c.value : 0;
	return f;
}

/* ---- opening ---- */

enum fault
remote_url_check(const char *url, struct cause *why)
{
	struct url u;

	return url_parse(&u, url, why);
}

/* Whose size the courier cannot change under us. */
static enum fault
share(struct remote *r, int *fd, struct cause *why)
{
	void *memory;

	*fd = memfd_create("drop", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (*fd < 0)
		return cause_system(why, "memfd_create", NULL);
	if (ftruncate(*fd, ORDER_MEMORY) != 0 ||
	    fcntl(*fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) <
		0)
		return cause_system(why, "memfd", NULL);
	memory = mmap(
	    NULL, ORDER_MEMORY, PROT_READ | PROT_WRITE, MAP_SHARED, *fd, 0);
	if (memory == MAP_FAILED)
		return cause_system(why, "mmap", NULL);
	r->memory = memory;
	return FAULT_NONE;
}

/* Line, courier and memory. */
static enum fault
prepare(struct remote *r, struct outpost *outpost, struct cause *why)
{
	int fd = -1;
	enum fault f = FAULT_NONE;

	r->line.fd = -1;
	if ((r->block = malloc(ORDER_BLOCK)) == NULL)
		return cause_memory(why);
	if (outpost == NULL)
		f = outpost_open(&r->own, why);
	r->outpost = outpost != NULL ? outpost : r->own;
	if (f == FAULT_NONE && (f = share(r, &fd, why)) == FAULT_NONE)
		f = outpost_send(r->outpost, fd, &r->line, &r->pid, why);
	if (fd >= 0)
		(void)close(fd);
	return f;
}

enum fault
remote_open(
    struct remote **out, const struct remote_job *job, struct cause *why)
{
	const size_t n = 4 + job->n_host_keys;
	const char **text = calloc(n, sizeof(*text));
	struct remote *r = calloc(1, sizeof(*r));
	struct call c = { .order = { .verb = ORDER_OPEN, .n = (uint32_t)n },
		.text = text,
		.fd = -1 };
	enum fault f;
	size_t i;

	*out = NULL;
	if (text == NULL || r == NULL) {
		f = cause_memory(why);
		goto out;
	}
	text[0] = job->url;
	text[1] = job->user != NULL ? job->user : "";
	text[2] = job->ssh_key != NULL ? job->ssh_key : "";
	text[3] = job->proxy != NULL ? job->proxy : "";
	for (i = 4; i < n; i++)
		text[i] = job->host_keys[i - 4];
	if ((f = prepare(r, job->outpost, why)) != FAULT_NONE ||
	    (f = call(r, &c, why)) != FAULT_NONE)
		goto out;
	*out = r;
	r = NULL;
out:
	free(text);
	remote_close(r);
	return f;
}

void
remote_close(struct remote *r)
{
	if (r == NULL)
		return;
	line_close(&r->line);
	/* Its goodbye is waited for, so that nothing of ours is left. */
	if (r->pid != 0)
		(void)!outpost_reap(r->outpost, r->pid, NULL);
	outpost_close(r->own);
	if (r->memory != NULL)
		(void)munmap(r->memory, ORDER_MEMORY);
	free(r->block);
	free(r);
}

/* ---- names ---- */

/* Names as they come, each with its NUL. */
struct reading {
	struct entry_list list;
	char name[256];
	size_t len;
};

static enum fault
read_names(void *self, const void *bytes, size_t len, struct cause *why)
{
	struct reading *reading = self;
	const char *from = bytes;
	enum fault f = FAULT_NONE;

	for (size_t i = 0; f == FAULT_NONE && i < len; i++) {
		if (from[i] != '\0' && reading->len < sizeof(reading->name))
			reading->name[reading->len++] = from[i];
		if (from[i] != '\0')
			continue;
		f = entry_list_add(
		    &reading->list, reading->name, reading->len, why);
		reading->len = 0;
	}
	return f;
}

enum fault
remote_list(struct remote *r, const char *path, struct remote_names *out,
    struct cause *why)
{
	struct call c = about(ORDER_LIST, &path);
	struct reading reading;
	enum fault f;

	memset(&reading, 0, sizeof(reading));
	c.into = (struct sink){ read_names, &reading };
	c.most = (uint64_t)LIMIT_DROP_ENTRIES * sizeof(reading.name);
	f = call(r, &c, why);
	entry_list_finish(&reading.list, out);
	if (f != FAULT_NONE)
		remote_names_free(out);
	return f;
}

void
remote_names_free(struct remote_names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->name[i]);
	free(names->name);
	*names = (struct remote_names){ 0 };
}

enum fault
remote_size(
    struct remote *r, const char *path, uint64_t *size, struct cause *why)
{
	return simple(r, ORDER_SIZE, path, size, why);
}

enum fault
remote_exists(
    struct remote *r, const char *path, bool *exists, struct cause *why)
{
	uint64_t value = 0;
	enum fault f = simple(r, ORDER_EXISTS, path, &value, why);

	*exists = value != 0;
	return f;
}

enum fault
remote_mkdirs(struct remote *r, const char *path, struct cause *why)
{
	return simple(r, ORDER_MKDIRS, path, NULL, why);
}

enum fault
remote_rename(
    struct remote *r, const char *from, const char *to, struct cause *why)
{
	const char *const text[] = { from, to };
	struct call c = about(ORDER_RENAME, text);

	c.order.n = 2;
	return call(r, &c, why);
}

enum fault
remote_remove(struct remote *r, const char *path, struct cause *why)
{
	return simple(r, ORDER_REMOVE, path, NULL, why);
}

enum fault
remote_remove_dir(struct remote *r, const char *path, struct cause *why)
{
	return simple(r, ORDER_REMOVE_DIR, path, NULL, why);
}

/* ---- bytes ---- */

/* A sink over a buffer; the buffer's own maximum holds. */
static enum fault
append(void *self, const void *bytes, size_t len, struct cause *why)
{
	enum fault f = buf_put(self, bytes, len);

	if (f == FAULT_MEMORY)
		return cause_memory(why);
	return f == FAULT_NONE
	    ? f
	    : cause_set(why, f, N_("a file of the drop is too large"));
}

enum fault
remote_load(
    struct remote *r, const char *path, struct buf *out, struct cause *why)
{
	struct call c = about(ORDER_GET, &path);
	size_t before = out->len;
	enum fault f;

	/* The size is not known before: at most what still fits. */
	c.order.b = c.most = out->max - out->len;
	c.into = (struct sink){ append, out };
	f = call(r, &c, why);
	/* Half a file is none. */
	if (f != FAULT_NONE && out->data != NULL) {
		out->len = before;
		out->data[before] = '\0';
	}
	return f;
}

enum fault
remote_get(struct remote *r, const char *path, uint64_t offset,
    uint64_t expected, struct sink into, struct cause *why)
{
	struct call c = about(ORDER_GET, &path);
	enum fault f;

	c.order.a = offset;
	c.order.b = expected;
	c.order.flag = 1;
	c.most = expected > offset ? expected - offset : 0;
	c.into = into;
	f = call(r, &c, why);
	if (f == FAULT_NONE && c.came != c.most)
		return cause_set(why, FAULT_INCOMPLETE,
		    N_("%llu bytes came, and %llu were to come"),
		    (unsigned long long)c.came, (unsigned long long)c.most);
	return f;
}

enum fault
remote_put(struct remote *r, const char *path, int fd, uint64_t size,
    bool resume, struct cause *why)
{
	struct call c = about(ORDER_PUT, &path);

	c.order.a = size;
	c.order.flag = resume;
	c.fd = fd;
	return call(r, &c, why);
}

/*
 * Tells the courier how far the file is, until its end.  An order that is done
 * before has failed; its end is told all the same, for the courier listens for
 * that.
 */
static enum fault
tell_growth(struct remote *r, struct growth *growth)
{
	struct order grown = { .verb = ORDER_GROWN };
	enum fault f = FAULT_NONE;
	uint64_t size = 0;

	while (f == FAULT_NONE && grown.flag == 0) {
		f = growth_wait(growth, grown.a + REMOTE_STEP - 1, &size, NULL);
		grown.b = f == FAULT_NONE && !line_ready(&r->line);
		grown.flag = f != FAULT_NONE || size < grown.a + REMOTE_STEP ||
		    line_ready(&r->line);
		grown.a = size;
		f = tell(r, &grown, -1, NULL);
	}
	return f;
}

enum fault
remote_follow(struct remote *r, const char *path, int fd, struct growth *growth,
    struct cause *why)
{
	struct call c = about(ORDER_FOLLOW, &path);
	enum fault f;

	c.fd = fd;
	if (r->pid == 0)
		return call(r, &c, why);
	f = order(r, &c, why);
	if (f == FAULT_NONE)
		f = tell_growth(r, growth);
	if (f == FAULT_ABSENT)
		return lost(r, why);
	return f != FAULT_NONE ? f : hear(r, &c, why);
}

enum fault
remote_save(struct remote *r, const char *path, const void *bytes, size_t len,
    bool replace, struct cause *why)
{
	struct call c = about(ORDER_SAVE, &path);

	if (len > ORDER_MEMORY)
		return cause_set(
		    why, FAULT_LARGER, N_("a file of the drop is too large"));
	c.order.bytes = (uint32_t)len;
	c.order.flag = replace;
	c.bytes = bytes;
	return call(r, &c, why);
}
