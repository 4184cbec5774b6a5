/*
 * test_remote: a courier that was taken over.  A stand-in for the outpost gives
 * couriers that answer whatever they like; what a remote tells must still be
 * what its header says.  (Honest couriers: test_local, test_session,
 * test_sftp.)
 */
#include "tap.h"

#include <fcntl.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "remote/order.h"
#include "remote/remote.h"

/* ---- the stand-in ---- */

struct hostile {
	struct line line;
	unsigned char *memory;
};

static void (*script)(struct hostile *h, const struct order *o);
static struct hostile hostile;
static pthread_t thread;

static void
say(struct hostile *h, uint32_t kind, uint32_t fault, uint64_t value,
    size_t len)
{
	struct reply reply;
	struct line_message m = { &reply, len, len, { 0 }, 0 };

	memset(&reply, 0, sizeof(reply));
	reply.kind = kind;
	reply.fault = fault;
	reply.value = value;
	(void)!line_send(&h->line, &m, NULL);
}

static void
say_done(struct hostile *h, uint32_t fault, uint64_t value)
{
	say(h, REPLY_DONE, fault, value, sizeof(struct reply));
}

static void
say_block(struct hostile *h, uint64_t len)
{
	say(h, REPLY_BLOCK, 0, len, offsetof(struct reply, why));
}

/* The next word; false at the end. */
static bool
hear(struct hostile *h, struct order *o)
{
	struct line_message m = { o, sizeof(*o), 0, { 0 }, 0 };
	enum fault f =
	    h->line.fd < 0 ? FAULT_ABSENT : line_receive(&h->line, &m, NULL);

	while (m.n_fds > 0)
		(void)close(m.fd[--m.n_fds]);
	return f == FAULT_NONE && m.len == sizeof(*o);
}

static void *
courier(void *self)
{
	struct hostile *h = self;
	struct order o;

	if (hear(h, &o))
		say_done(h, FAULT_NONE, 0);
	if (hear(h, &o))
		script(h, &o);
	/* What else is said is not listened to. */
	while (hear(h, &o))
		;
	line_close(&h->line);
	(void)munmap(h->memory, ORDER_MEMORY);
	return NULL;
}

enum fault
outpost_open(struct outpost **out, struct cause *why)
{
	static char nobody;

	(void)why;
	*out = (struct outpost *)(void *)&nobody;
	return FAULT_NONE;
}

void
outpost_close(struct outpost *o)
{
	(void)o;
}

enum fault
outpost_send(struct outpost *o, int memory, struct line *line, pid_t *pid,
    struct cause *why)
{
	int end[2];

	(void)o;
	TAP_INT(line_pair(end, why), FAULT_NONE);
	/* Whose size the other side cannot change. */
	TAP_OK(ftruncate(memory, 1) != 0);
	hostile.line = (struct line){ end[1], 0 };
	hostile.memory = mmap(
	    NULL, ORDER_MEMORY, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
	*line = (struct line){ end[0], 0 };
	*pid = 1;
	return pthread_create(&thread, NULL, courier, &hostile) == 0
	    ? FAULT_NONE
	    : FAULT_SYSTEM;
}

enum fault
outpost_reap(struct outpost *o, pid_t pid, struct cause *why)
{
	(void)o;
	(void)pid;
	(void)why;
	(void)pthread_join(thread, NULL);
	return FAULT_NONE;
}

static struct remote *
meet(void (*how)(struct hostile *h, const struct order *o))
{
	struct remote_job job = { .url = "file:///nowhere" };
	struct remote *r = NULL;

	script = how;
	TAP_INT(remote_open(&r, &job, NULL), FAULT_NONE);
	return r;
}

/* ---- answers that cannot be ---- */

static unsigned turn;

static void
nonsense(struct hostile *h, const struct order *o)
{
	(void)o;
	switch (turn) {
	case 0: /* more than a block holds */
		say_block(h, ORDER_BLOCK + 1);
		break;
	case 1:
		say_block(h, UINT64_MAX);
		break;
	case 2: /* half a message */
		say(h, REPLY_DONE, 0, 0, 8);
		break;
	case 3:
		say(h, 77, 0, 0, sizeof(struct reply));
		break;
	case 4: /* a word too long */
		say(h, REPLY_BLOCK, 0, 0, sizeof(struct reply));
		break;
	case 5: /* faults that no drop has */
		say_done(h, FAULT_SIGNATURE, 0);
		break;
	case 6:
		say_done(h, 12345, 0);
		break;
	case 7:
		say_done(h, UINT32_MAX, 0);
		break;
	case 8: /* bytes where none were asked for: not with a size */
		say_block(h, 16);
		say_done(h, FAULT_NONE, 0);
		break;
	default: /* nothing at all */
		line_close(&h->line);
		break;
	}
}

static void
test_nonsense(void)
{
	struct cause why;
	uint64_t size = 7;
	bool exists = true;

	for (turn = 0; turn < 10; turn++) {
		struct remote *r = meet(nonsense);

		cause_clear(&why);
		TAP_INT(remote_size(r, "a", &size, &why), FAULT_UNREACHABLE);
		TAP_INT(why.fault, FAULT_UNREACHABLE);
		TAP_INT(size, 0);
		/* And it stays so, at once. */
		TAP_INT(
		    remote_exists(r, "a", &exists, &why), FAULT_UNREACHABLE);
		TAP_OK(!exists);
		remote_close(r);
	}
}

static void
wild_cause(struct hostile *h, const struct order *o)
{
	struct reply reply;
	struct line_message m = { &reply, sizeof(reply), sizeof(reply), { 0 },
		0 };

	(void)o;
	memset(&reply, 0xff, sizeof(reply));
	memset(reply.why.detail, '\033', sizeof(reply.why.detail));
	reply.kind = REPLY_DONE;
	reply.fault = FAULT_ABSENT;
	(void)!line_send(&h->line, &m, NULL);
}

static void
test_wild_cause(void)
{
	struct remote *r = meet(wild_cause);
	struct cause why;
	uint64_t size = 7;

	cause_clear(&why);
	TAP_INT(remote_size(r, "a", &size, &why), FAULT_ABSENT);
	TAP_INT(why.fault, FAULT_ABSENT);
	TAP_INT(strlen(why.detail), sizeof(why.detail) - 1);
	TAP_OK(strspn(why.detail, "?") == strlen(why.detail));
	TAP_INT(strlen(why.file), sizeof(why.file) - 1);
	remote_close(r);
}

/* ---- bytes ---- */

static struct {
	uint64_t came;
	enum fault fault;
	unsigned changed;
	const unsigned char *memory;
} pit;

/* Whether what it was given is what it goes on to be. */
static enum fault
swallow(void *self, const void *bytes, size_t len, struct cause *why)
{
	const unsigned char *b = bytes;

	(void)self;
	(void)why;
	pit.came += len;
	for (size_t i = 0; i < len; i++)
		pit.changed += b[i] != 'g';
	(void)usleep(2000);
	for (size_t i = 0; i < len; i++)
		pit.changed += b[i] != 'g';
	return pit.fault;
}

/* turn blocks of ten bytes, each bent when it is believed. */
static void
drip(struct hostile *h, const struct order *o)
{
	struct order word;

	(void)o;
	for (unsigned i = 0; i < turn; i++) {
		unsigned char *at =
		    h->memory + (i % ORDER_BLOCKS) * ORDER_BLOCK;

		memset(at, 'g', 10);
		say_block(h, 10);
		if (!hear(h, &word) || word.verb != ORDER_TAKEN)
			return;
		memset(at, 'b', 10);
	}
	say_done(h, FAULT_NONE, 0);
}

static enum fault
get_from(unsigned blocks, uint64_t expected, enum fault fault)
{
	struct remote *r;
	enum fault f;

	turn = blocks;
	memset(&pit, 0, sizeof(pit));
	pit.fault = fault;
	r = meet(drip);
	f = remote_get(
	    r, "a", 0, expected, (struct sink){ swallow, NULL }, NULL);
	remote_close(r);
	return f;
}

static void
test_bytes(void)
{
	struct buf b = BUF_MAX(35);
	struct remote *r;

	TAP_INT(get_from(12, 120, FAULT_NONE), FAULT_NONE);
	TAP_INT(pit.came, 120);
	TAP_INT(pit.changed, 0);
	TAP_INT(get_from(12, 130, FAULT_NONE), FAULT_INCOMPLETE);
	TAP_INT(get_from(12, 115, FAULT_NONE), FAULT_LARGER);
	/* No byte behind what was expected reaches the sink. */
	TAP_OK(pit.came <= 115);
	/* The sink's own fault, with whatever comes after it unseen. */
	TAP_INT(get_from(30, 300, FAULT_NO_ROOM), FAULT_NO_ROOM);
	TAP_INT(pit.came, 10);
	TAP_INT(buf_puts(&b, "before"), FAULT_NONE);
	turn = 3;
	r = meet(drip);
	TAP_INT(remote_load(r, "a", &b, NULL), FAULT_LARGER);
	TAP_STR(buf_text(&b), "before");
	remote_close(r);
	buf_free(&b);
}

/* ---- names ---- */

static void
bad_names(struct hostile *h, const struct order *o)
{
	static const char names[] = "b\0../x\0a\0\033[31m\0.\0..\0a\0\0c\xff";
	struct order word;

	(void)o;
	memcpy(h->memory, names, sizeof(names));
	say_block(h, sizeof(names));
	(void)hear(h, &word);
	say_done(h, FAULT_NONE, 0);
}

/* One letter without end, or names without end. */
static void
no_end(struct hostile *h, const struct order *o)
{
	struct order word;
	unsigned i = 0;

	(void)o;
	for (size_t k = 0; k < ORDER_MEMORY; k += 2)
		memcpy(h->memory + k, turn == 0 ? "xx" : "x", 2);
	do
		say_block(h, ORDER_BLOCK);
	while (hear(h, &word) && word.flag != 0 && i++ < 1000);
	say_done(h, FAULT_NONE, 0);
}

static void
test_names(void)
{
	struct remote_names names = { NULL, 0 };
	struct remote *r = meet(bad_names);

	TAP_INT(remote_list(r, "a", &names, NULL), FAULT_NONE);
	TAP_INT(names.n, 2);
	TAP_STR(names.n > 0 ? names.name[0] : "", "a");
	TAP_STR(names.n > 1 ? names.name[1] : "", "b");
	remote_names_free(&names);
	remote_close(r);
	for (turn = 0; turn < 2; turn++) {
		r = meet(no_end);
		TAP_INT(remote_list(r, "a", &names, NULL), FAULT_LARGER);
		TAP_INT(names.n, 0);
		remote_close(r);
	}
}

/* ---- a growing file ---- */

static void
gives_up(struct hostile *h, const struct order *o)
{
	(void)o;
	say_done(h, FAULT_NO_ROOM, 0);
}

static void
test_follow(void)
{
	struct growth *growth = NULL;
	struct remote *r = meet(gives_up);
	int fd = open("/dev/null", O_RDONLY);

	TAP_INT(growth_new(&growth), FAULT_NONE);
	growth_tell(growth, 4 * MIB);
	growth_end(growth, true);
	TAP_INT(remote_follow(r, "a", fd, growth, NULL), FAULT_NO_ROOM);
	growth_free(growth);
	remote_close(r);
	(void)close(fd);
}

int
main(void)
{
	test_nonsense();
	test_wild_cause();
	test_bytes();
	test_names();
	test_follow();
	return TAP_DONE();
}
