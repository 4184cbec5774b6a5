/*
 * pump: bytes arrive whole and in order, faults of either side come through
 * with their cause, and no way of ending it hangs.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cause.h"
#include "base/pump.h"
#include "tap.h"

/* A neighbour that counts, checks a pattern, and fails at a given byte. */
struct end {
	uint64_t at;
	uint64_t fail_at; /* UINT64_MAX = never */
	uint64_t total;   /* source: bytes to give */
	size_t piece;     /* source: bytes at most a call */
	uint64_t calls;
	bool wrong;
	bool slow;
};

static unsigned char
pattern(uint64_t at)
{
	return (unsigned char)(at * 7 + (at >> 11));
}

static enum fault
end_write(void *self, const void *bytes, size_t len, struct cause *why)
{
	struct end *e = self;
	const unsigned char *b = bytes;

	e->calls++;
	if (e->slow)
		usleep(200);
	for (size_t i = 0; i < len; i++) {
		if (e->at >= e->fail_at)
			return cause_set(why, FAULT_NO_ROOM, "full at %d", 7);
		e->wrong |= b[i] != pattern(e->at);
		e->at++;
	}
	return FAULT_NONE;
}

static enum fault
end_read(void *self, void *bytes, size_t cap, size_t *got, struct cause *why)
{
	struct end *e = self;
	unsigned char *b = bytes;

	e->calls++;
	*got = 0;
	if (e->slow)
		usleep(200);
	while (*got < cap && *got < e->piece && e->at < e->total) {
		if (e->at >= e->fail_at) {
			if (*got > 0)
				return FAULT_NONE;
			return cause_set(why, FAULT_DECRYPT, "chunk %d", 9);
		}
		b[(*got)++] = pattern(e->at++);
	}
	return FAULT_NONE;
}

/* Writes total bytes in pieces; returns the first fault, of write or finish. */
static enum fault
send_all(struct pump *p, uint64_t total, size_t piece, struct cause *why)
{
	struct sink s = pump_sink(p);
	unsigned char *b = malloc(piece);
	enum fault f = FAULT_NONE;
	uint64_t at = 0;
	size_t n = 0;

	while (at < total && f == FAULT_NONE) {
		for (n = 0; n < piece && at + n < total; n++)
			b[n] = pattern(at + n);
		f = s.write(s.self, b, n, why);
		at += n;
	}
	free(b);
	if (f == FAULT_NONE)
		f = pump_finish(p, why);
	return f;
}

static void
test_sink(uint64_t total, size_t piece, bool slow)
{
	struct end e = { 0, UINT64_MAX, 0, 0, 0, false, slow };
	struct pump *p = NULL;
	struct cause why;

	cause_clear(&why);
	TAP_INT(pump_sink_new(&p, (struct sink){ end_write, &e }, &why),
	    FAULT_NONE);
	TAP_INT(send_all(p, total, piece, &why), FAULT_NONE);
	TAP_INT(e.at, total);
	TAP_OK(!e.wrong);
	/* Small writes are gathered. */
	TAP_OK(e.calls <= total / PUMP_BLOCK + 1);
	TAP_INT(pump_finish(p, &why), FAULT_NONE);
	/* Nothing is taken silently after the end. */
	TAP_OK(pump_sink(p).write(p, "x", 1, NULL) != FAULT_NONE);
	pump_free(p);
}

static void
test_sink_fault(uint64_t total, size_t piece, uint64_t fail_at)
{
	struct end e = { 0, fail_at, 0, 0, 0, false, false };
	struct pump *p = NULL;
	struct cause why;

	cause_clear(&why);
	cause_place(&why, "ours.csv", 0, NULL, UINT64_MAX);
	TAP_INT(pump_sink_new(&p, (struct sink){ end_write, &e }, &why),
	    FAULT_NONE);
	TAP_INT(send_all(p, total, piece, &why), FAULT_NO_ROOM);
	TAP_INT(why.fault, FAULT_NO_ROOM);
	TAP_STR(why.detail, "full at 7");
	TAP_STR(why.file, "ours.csv");
	TAP_INT(e.at, fail_at);
	/* The fault stays, also without a cause. */
	TAP_INT(pump_sink(p).write(p, "x", 1, NULL), FAULT_NO_ROOM);
	TAP_INT(pump_finish(p, NULL), FAULT_NO_ROOM);
	pump_free(p);
}

static void
test_source(uint64_t total, size_t piece, size_t cap, uint64_t fail_at)
{
	struct end e = { 0, fail_at, total, piece, 0, false, false };
	struct pump *p = NULL;
	struct cause why;
	struct source s;
	unsigned char *b = malloc(cap);
	enum fault f = FAULT_NONE;
	uint64_t at = 0;
	size_t got = 1;
	bool wrong = false;

	cause_clear(&why);
	TAP_INT(pump_source_new(&p, (struct source){ end_read, &e }, &why),
	    FAULT_NONE);
	s = pump_source(p);
	while (got > 0 && f == FAULT_NONE) {
		f = s.read(s.self, b, cap, &got, &why);
		for (size_t i = 0; i < got; i++)
			wrong |= b[i] != pattern(at++);
	}
	TAP_OK(!wrong);
	TAP_INT(f, fail_at < total ? FAULT_DECRYPT : FAULT_NONE);
	/* What came before the fault was given. */
	TAP_INT(at, fail_at < total ? fail_at : total);
	if (fail_at < total) {
		TAP_STR(why.detail, "chunk 9");
	} else {
		/* The end stays the end. */
		TAP_INT(s.read(s.self, b, cap, &got, &why), FAULT_NONE);
		TAP_INT(got, 0);
	}
	pump_free(p);
	free(b);
}

/* Letting go at any moment neither hangs nor leaks. */
static void
test_abandon(void)
{
	struct end e = { 0, UINT64_MAX, 64 << 20, 1000, 0, false, true };
	unsigned char b[4096];
	struct pump *p = NULL;
	size_t got = 0;

	TAP_INT(pump_source_new(&p, (struct source){ end_read, &e }, NULL),
	    FAULT_NONE);
	pump_free(p);
	e = (struct end){ 0, UINT64_MAX, 64 << 20, 1 << 20, 0, false, false };
	TAP_INT(pump_source_new(&p, (struct source){ end_read, &e }, NULL),
	    FAULT_NONE);
	TAP_INT(pump_source(p).read(p, b, sizeof(b), &got, NULL), FAULT_NONE);
	TAP_OK(got > 0);
	TAP_INT(pump_finish(p, NULL), FAULT_NONE);
	/* A stopped source does not look like one that has ended. */
	TAP_OK(pump_source(p).read(p, b, sizeof(b), &got, NULL) != FAULT_NONE);
	pump_free(p);
	/* It read ahead no further than its blocks. */
	TAP_OK(e.at <= (PUMP_BLOCKS + 1) * (uint64_t)PUMP_BLOCK);

	e = (struct end){ 0, UINT64_MAX, 0, 0, 0, false, true };
	TAP_INT(pump_sink_new(&p, (struct sink){ end_write, &e }, NULL),
	    FAULT_NONE);
	memset(b, 0, sizeof(b));
	TAP_INT(pump_sink(p).write(p, b, sizeof(b), NULL), FAULT_NONE);
	pump_free(p);
	/* What was not finished was not written. */
	TAP_INT(e.at, 0);
	pump_free(NULL);
}

int
main(void)
{
	const uint64_t block = PUMP_BLOCK;

	test_sink(0, 1, false);
	test_sink(1, 1, false);
	test_sink(block, 4096, false);
	test_sink(block + 1, block + 1, false);
	test_sink(40 * block + 17, 1000, false);
	test_sink(40 * block + 17, 3 * block + 5, true);
	test_sink_fault(40 * block, 1000, 5 * block + 3);
	test_sink_fault(40 * block, 5 * block, 0);
	test_sink_fault(40 * block, 5 * block, 39 * block + 1);
	test_source(0, 1, 10, UINT64_MAX);
	test_source(1, 1, 10, UINT64_MAX);
	test_source(block, 1000, 4096, UINT64_MAX);
	test_source(20 * block + 3, block + 1, 100000, UINT64_MAX);
	test_source(20 * block + 3, 7777, 2 * block, UINT64_MAX);
	test_source(20 * block, 5000, 4096, 0);
	test_source(20 * block, 5000, 4096, 13 * block + 1);
	test_source(20 * block, 5000, 4096, block);
	test_abandon();
	return TAP_DONE();
}
