/*
 * archive_fixture: archives built byte by byte, and unpack run over them.  Each
 * test of the room bends one thing, so that each refusal has one cause.
 */
#ifndef UNIT_ARCHIVE_FIXTURE_H
#define UNIT_ARCHIVE_FIXTURE_H

#include <stdbool.h>
#include <stdlib.h>
#include <zstd.h>

#include "base/buf.h"
#include "base/cause.h"
#include "pack/unpack.h"
#include "tap.h"

#define BLOCK 512

/* ---- a source over memory ---- */

struct memory {
	const unsigned char *bytes;
	size_t len;
	size_t at;
	size_t piece;   /* at most so many at a time */
	size_t fail_at; /* FAULT_DECRYPT there; SIZE_MAX = never */
	bool ended;     /* has said so once */
};

static inline enum fault
memory_read(void *self, void *bytes, size_t cap, size_t *got, struct cause *why)
{
	struct memory *m = self;
	size_t n = m->len - m->at;

	if (n > cap)
		n = cap;
	if (n > m->piece)
		n = m->piece;
	if (m->at + n > m->fail_at)
		return cause_set(why, FAULT_DECRYPT, "injected");
	/* The end of a source is asked for once. */
	if (m->ended)
		return cause_set(why, FAULT_SYSTEM, "read after the end");
	m->ended = n == 0;
	memcpy(bytes, m->bytes + m->at, n);
	m->at += n;
	*got = n;
	return FAULT_NONE;
}

/* ---- building archives ---- */

static inline void
put(struct buf *b, const void *bytes, size_t len)
{
	if (buf_put(b, bytes, len) != FAULT_NONE)
		abort();
}

static inline void
put_zeros(struct buf *b, size_t len)
{
	static const unsigned char zeros[4096];

	for (; len > sizeof(zeros); len -= sizeof(zeros))
		put(b, zeros, sizeof(zeros));
	put(b, zeros, len);
}

static inline void
sum(unsigned char *header)
{
	unsigned total = 0;

	memset(header + 148, ' ', 8);
	for (size_t i = 0; i < BLOCK; i++)
		total += header[i];
	(void)snprintf((char *)header + 148, 8, "%06o", total);
}

static inline void
put_header(struct buf *b, const char *name, size_t size, char type)
{
	unsigned char h[BLOCK] = { 0 };

	memcpy(h, name, strlen(name));
	memcpy(h + 100, "0000600", 7);
	memcpy(h + 108, "0000000", 7);
	memcpy(h + 116, "0000000", 7);
	for (size_t i = 135; i-- > 124; size >>= 3)
		h[i] = (unsigned char)('0' + (size & 7));
	memcpy(h + 136, "14524770400", 11);
	h[156] = (unsigned char)type;
	memcpy(h + 257,
	    "ustar\0"
	    "00",
	    8);
	sum(h);
	put(b, h, BLOCK);
}

static inline void
put_padded(struct buf *b, const void *bytes, size_t len)
{
	put(b, bytes, len);
	put_zeros(b, (BLOCK - len % BLOCK) % BLOCK);
}

static inline void
put_file(struct buf *b, const char *name, const char *text)
{
	put_header(b, name, strlen(text), '0');
	put_padded(b, text, strlen(text));
}

/* One frame at level 1; flags as zstd's own tool sets them. */
static inline void
squeeze(struct buf *out, const void *bytes, size_t len)
{
	ZSTD_CCtx *z = ZSTD_createCCtx();
	size_t cap = ZSTD_compressBound(len);
	unsigned char *to = malloc(cap);
	size_t n = 0;

	(void)ZSTD_CCtx_setParameter(z, ZSTD_c_checksumFlag, 1);
	n = ZSTD_compress2(z, to, cap, bytes, len);
	put(out, to, n);
	free(to);
	ZSTD_freeCCtx(z);
}

/* ---- running ---- */

static const struct unpack_limits wide = { 1 << 30, 64 };

/* Unpacks all; names and bytes go to out as "name=bytes;" if not NULL. */
static inline enum fault
run(struct memory *m, const struct unpack_limits *limits, struct buf *out,
    struct cause *why)
{
	struct source in = { memory_read, m };
	struct unpack_member member;
	struct unpack *u = NULL;
	enum fault f = FAULT_NONE;
	unsigned char bytes[100];
	uint64_t total = 0;
	size_t got = 1;
	bool end = false;

	cause_clear(why);
	if (unpack_new(&u, in, limits, why) != FAULT_NONE)
		abort();
	while (f == FAULT_NONE && !end) {
		f = unpack_next(u, &member, &end, why);
		if (f == FAULT_NONE && !end && out != NULL)
			put(out, member.name, strlen(member.name));
		if (f == FAULT_NONE && !end && out != NULL)
			put(out, "=", 1);
		total = 0;
		for (got = 1; f == FAULT_NONE && !end && got > 0;
		     total += got) {
			f = unpack_read(u, bytes, sizeof(bytes), &got, why);
			if (f == FAULT_NONE && out != NULL)
				put(out, bytes, got);
		}
		if (f == FAULT_NONE && !end && total != member.size)
			abort();
		if (f == FAULT_NONE && !end && out != NULL)
			put(out, ";", 1);
	}
	/* A fault stays. */
	if (f != FAULT_NONE && unpack_next(u, &member, &end, why) != f)
		abort();
	if (f != FAULT_NONE && unpack_read(u, bytes, 1, &got, why) != f)
		abort();
	unpack_free(u);
	return f;
}

static inline enum fault
run_coded(const void *bytes, size_t len, struct buf *out, struct cause *why)
{
	struct memory m = { bytes, len, 0, SIZE_MAX, SIZE_MAX, false };

	return run(&m, &wide, out, why);
}

static inline enum fault
run_tar(const struct buf *tar, struct buf *out, struct cause *why)
{
	struct buf coded = BUF_MAX(64 << 20);
	enum fault f = FAULT_NONE;

	squeeze(&coded, tar->data, tar->len);
	f = run_coded(coded.data, coded.len, out, why);
	buf_free(&coded);
	return f;
}

/* "refused", the reason shown when the test fails. */
static inline void
refused(const struct buf *tar, enum fault want, const char *what)
{
	struct cause why;
	enum fault f = run_tar(tar, NULL, &why);

	tap_ok(f == want && why.fault == want && why.detail[0] != '\0', what,
	    __FILE__, __LINE__);
	if (f != want)
		printf("# fault %d: %s\n", (int)f, why.detail);
}

static inline void
accepted(const struct buf *tar, const char *want, const char *what)
{
	struct buf out = BUF_MAX(64 << 20);
	struct cause why;
	enum fault f = run_tar(tar, &out, &why);

	tap_ok(f == FAULT_NONE && strcmp(buf_text(&out), want) == 0, what,
	    __FILE__, __LINE__);
	if (f != FAULT_NONE)
		printf("# fault %d: %s\n", (int)f, why.detail);
	buf_free(&out);
}

/* ---- an archive of three members, and what it holds ---- */

static inline void
good(struct buf *b)
{
	put_file(b, "contents.json", "{}\n");
	put_file(b, "a.csv", "hello\n");
	put_file(b, "empty.csv", "");
}
#define GOOD "contents.json={}\n;a.csv=hello\n;empty.csv=;"

#endif
