/* seal, unseal: sizes around the chunk, odd writes and reads, every cut, and
 * the real age both ways. */
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "envelope/seal.h"
#include "envelope/unseal.h"
#include "key/key.h"
#include "tap.h"

#define CHUNK 65536UL
#define BIG (3 * CHUNK + 1000)

static unsigned char plain[BIG];
static struct identity *id;
static struct recipient own;

static enum fault
put(void *self, const void *bytes, size_t len, struct cause *why)
{
	(void)why;
	return buf_put(self, bytes, len);
}

struct bytes {
	const unsigned char *at;
	size_t left;
	size_t step;
	enum fault end; /* given instead of the end */
};

static enum fault
take(void *self, void *out, size_t cap, size_t *got, struct cause *why)
{
	struct bytes *b = self;

	(void)why;
	*got = b->left < cap ? b->left : cap;
	if (*got > b->step)
		*got = b->step;
	memcpy(out, b->at, *got);
	b->at += *got;
	b->left -= *got;
	return b->left == 0 && *got == 0 ? b->end : FAULT_NONE;
}

/* Seals the first len bytes of plain in writes of step. */
static void
seal_it(struct buf *out, size_t len, size_t step)
{
	struct seal *s = NULL;
	struct sink to = { put, out };
	struct sink w;
	enum fault f = seal_new(&s, to, &own, 1, NULL);

	if (f != FAULT_NONE) {
		TAP_INT(f, FAULT_NONE);
		return;
	}
	w = seal_sink(s);
	for (size_t at = 0; at < len && f == FAULT_NONE; at += step)
		f = w.write(w.self, plain + at,
		    len - at < step ? len - at : step, NULL);
	TAP_INT(f, FAULT_NONE);
	TAP_INT(seal_finish(s, NULL), FAULT_NONE);
	TAP_INT(w.write(w.self, "x", 1, NULL), FAULT_FORMAT);
	TAP_INT(seal_finish(s, NULL), FAULT_FORMAT);
	seal_free(s);
}

/* Opens; *n is what was released; false if that was not the plaintext. */
static enum fault
open_it(const void *bytes, size_t len, size_t step, size_t cap, size_t *n)
{
	struct bytes b = { bytes, len, step, FAULT_NONE };
	struct source in = { take, &b };
	struct unseal *u = NULL;
	unsigned char *block = malloc(cap);
	enum fault f = unseal_new(&u, in, id, NULL);

	*n = 0;
	while (f == FAULT_NONE && block != NULL) {
		struct source s = unseal_source(u);
		size_t got = 0;

		f = s.read(s.self, block, cap, &got, NULL);
		if (f != FAULT_NONE || got == 0) {
			/* The end stays the end, a fault stays a fault. */
			if (s.read(s.self, block, cap, &got, NULL) != f ||
			    got != 0)
				f = FAULT_SYSTEM;
			break;
		}
		if (*n + got > sizeof plain ||
		    memcmp(plain + *n, block, got) != 0)
			f = FAULT_SYSTEM;
		*n += got;
	}
	if (u != NULL && unseal_stanzas(u) != 1)
		f = FAULT_SYSTEM;
	unseal_free(u);
	free(block);
	return f;
}

static void
sizes(void)
{
	static const size_t size[] = { 0, 1, 15, 16, 17, CHUNK - 1, CHUNK,
		CHUNK + 1, 2 * CHUNK - 1, 2 * CHUNK, 2 * CHUNK + 1, BIG };
	static const size_t step[] = { 1000, CHUNK - 1, CHUNK, CHUNK + 1, BIG };
	static const size_t cap[] = { 777, CHUNK - 1, CHUNK, 3 * CHUNK };
	size_t n = 0;

	for (size_t i = 0; i < sizeof size / sizeof size[0]; i++) {
		for (size_t j = 0; j < sizeof step / sizeof step[0]; j++) {
			struct buf b = BUF_MAX(2 * BIG);

			seal_it(&b, size[i], step[j]);
			for (size_t k = 0; k < 4; k++) {
				TAP_INT(
				    open_it(b.data, b.len, step[j], cap[k], &n),
				    FAULT_NONE);
				TAP_INT(n, size[i]);
			}
			buf_free(&b);
		}
	}
}

/* Single bytes in and out. */
static void
dribble(void)
{
	struct buf b = BUF_MAX(2 * BIG);
	size_t n = 0;

	seal_it(&b, CHUNK + 5, 1);
	TAP_INT(open_it(b.data, b.len, 1, 1, &n), FAULT_NONE);
	TAP_INT(n, CHUNK + 5);
	buf_free(&b);
}

static void
hostile(void)
{
	static const size_t size[] = { 0, 5, CHUNK, CHUNK + 3, 2 * CHUNK };
	size_t n = 0;
	size_t accepted = 0;

	for (size_t i = 0; i < sizeof size / sizeof size[0]; i++) {
		struct buf b = BUF_MAX(2 * BIG);

		seal_it(&b, size[i], BIG);
		/* Cut at every length near a border, and at many between. */
		for (size_t len = 0; len < b.len; len++) {
			if (len > 300 && b.len - len > 40 && len % 4099 != 0)
				continue;
			if (open_it(b.data, len, BIG, CHUNK, &n) !=
			    FAULT_DECRYPT)
				accepted++;
		}
		/* A flipped bit in the payload, and a byte behind the end. */
		for (size_t at = b.len - 1; at > b.len - 16; at--) {
			b.data[at] ^= 1;
			if (open_it(b.data, b.len, BIG, 100, &n) !=
			    FAULT_DECRYPT)
				accepted++;
			b.data[at] ^= 1;
		}
		TAP_INT(buf_put(&b, "", 1), FAULT_NONE);
		if (open_it(b.data, b.len, BIG, 100, &n) != FAULT_DECRYPT)
			accepted++;
		buf_free(&b);
	}
	TAP_INT(accepted, 0);
}

/* Chunks swapped, dropped, repeated. */
static void
shuffled(void)
{
	struct buf b = BUF_MAX(2 * BIG);
	struct buf c = BUF_MAX(2 * BIG);
	size_t sealed = CHUNK + 16;
	size_t head = 0;
	size_t n = 0;

	seal_it(&b, 3 * CHUNK, BIG);
	head = b.len - 3 * sealed;
	/* Without the first, without the middle, the first twice. */
	TAP_INT(buf_put(&c, b.data, head), FAULT_NONE);
	TAP_INT(buf_put(&c, b.data + head + sealed, 2 * sealed), FAULT_NONE);
	TAP_INT(open_it(c.data, c.len, BIG, CHUNK, &n), FAULT_DECRYPT);
	TAP_INT(n, 0);
	buf_free(&c);
	TAP_INT(buf_put(&c, b.data, head + sealed), FAULT_NONE);
	TAP_INT(buf_put(&c, b.data + head + 2 * sealed, sealed), FAULT_NONE);
	TAP_INT(open_it(c.data, c.len, BIG, CHUNK, &n), FAULT_DECRYPT);
	TAP_INT(n, CHUNK);
	buf_free(&c);
	TAP_INT(buf_put(&c, b.data, head + sealed), FAULT_NONE);
	TAP_INT(buf_put(&c, b.data + head, 3 * sealed), FAULT_NONE);
	TAP_INT(open_it(c.data, c.len, BIG, CHUNK, &n), FAULT_DECRYPT);
	TAP_INT(n, CHUNK);
	buf_free(&c);
	buf_free(&b);
}

static enum fault
refuse(void *self, const void *bytes, size_t len, struct cause *why)
{
	size_t *left = self;

	(void)bytes;
	if (len > *left)
		return cause_set(why, FAULT_NO_ROOM, "full");
	*left -= len;
	return FAULT_NONE;
}

/* Faults of the neighbours come through as they are. */
static void
neighbours(void)
{
	size_t room = 10;
	struct sink to = { refuse, &room };
	struct sink w;
	struct seal *s = NULL;
	struct unseal *u = NULL;
	struct buf b = BUF_MAX(2 * BIG);
	struct bytes in = { NULL, 0, 1, FAULT_UNREACHABLE };
	struct source from = { take, &in };
	unsigned char block[64];
	size_t got = 0;

	TAP_INT(seal_new(&s, to, &own, 1, NULL), FAULT_NO_ROOM);
	TAP_OK(s == NULL);
	room = 1000;
	TAP_INT(seal_new(&s, to, &own, 1, NULL), FAULT_NONE);
	w = seal_sink(s);
	TAP_INT(w.write(w.self, plain, BIG, NULL), FAULT_NO_ROOM);
	TAP_INT(w.write(w.self, plain, 1, NULL), FAULT_FORMAT);
	TAP_INT(seal_finish(s, NULL), FAULT_FORMAT);
	seal_free(s);
	seal_free(NULL);
	TAP_INT(seal_new(&s, to, NULL, 0, NULL), FAULT_FORMAT);

	seal_it(&b, 100, 100);
	in.at = b.data;
	in.left = 50;
	TAP_INT(unseal_new(&u, from, id, NULL), FAULT_UNREACHABLE);
	in.at = b.data;
	in.left = b.len - 50;
	in.step = BIG;
	TAP_INT(unseal_new(&u, from, id, NULL), FAULT_NONE);
	from = unseal_source(u);
	TAP_INT(from.read(from.self, block, sizeof block, &got, NULL),
	    FAULT_UNREACHABLE);
	TAP_INT(got, 0);
	unseal_free(u);
	unseal_free(NULL);
	buf_free(&b);
}

static void
age_both_ways(int dir_fd, const char *dir)
{
	char line[3 * PATH_MAX] = "";
	char to[RECIPIENT_TEXT_LEN] = "";
	struct buf b = BUF_MAX(2 * BIG);
	size_t n = 0;

	TAP_INT(identity_format(&b, id, 0), FAULT_NONE);
	TAP_INT(
	    io_save(dir_fd, "id", b.data, b.len, 0600, true, NULL), FAULT_NONE);
	buf_wipe(&b);
	seal_it(&b, 2 * CHUNK, 1234);
	TAP_INT(io_save(dir_fd, "x.age", b.data, b.len, 0600, true, NULL),
	    FAULT_NONE);
	buf_free(&b);
	TAP_INT(io_save(dir_fd, "x", plain, 2 * CHUNK, 0600, true, NULL),
	    FAULT_NONE);
	recipient_text(to, &own);
	(void)snprintf(line, sizeof line,
	    "cd '%s' && age -d -i id x.age | cmp - x && "
	    "age -r %s -o y.age x",
	    dir, to);
	TAP_INT(system(line), 0);
	TAP_INT(io_load(&b, dir_fd, "y.age", NULL), FAULT_NONE);
	TAP_INT(open_it(b.data, b.len, BIG, CHUNK, &n), FAULT_NONE);
	TAP_INT(n, 2 * CHUNK);
	buf_free(&b);
}

int
main(void)
{
	const char *tmp = getenv("TMPDIR");
	char dir[PATH_MAX] = "";
	int fd = -1;

	(void)snprintf(
	    dir, sizeof dir, "%s/test_seal.XXXXXX", tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(dir) == NULL ||
	    io_opendir(&fd, AT_FDCWD, dir, NULL) != FAULT_NONE)
		return 99;
	for (size_t i = 0; i < sizeof plain; i++)
		plain[i] = (unsigned char)(i * 2654435761U >> 24);
	TAP_INT(key_setup(NULL), FAULT_NONE);
	TAP_INT(identity_new(&id, NULL), FAULT_NONE);
	identity_recipient(id, &own);
	sizes();
	dribble();
	hostile();
	shuffled();
	neighbours();
	if (system("command -v age >/dev/null") == 0)
		age_both_ways(fd, dir);
	else
		TAP_SKIP("age is not installed");
	identity_free(id);
	(void)close(fd);
	if (io_remove_tree(AT_FDCWD, dir, NULL) != FAULT_NONE)
		printf("# %s is left\n", dir);
	return TAP_DONE();
}
