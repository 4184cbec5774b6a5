/*
 * Frames, archives, sealed files and packets.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "shape.h"

#define BLOCK 512

/* Bytes that do not compress; the same on every run. */
static void
put_noise(struct buf *out, size_t n)
{
	unsigned long x = 88172645463325252UL;

	for (size_t i = 0; i < n; i++) {
		const unsigned char byte = (unsigned char)(x >> 24);

		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		shape_put(out, &byte, 1);
	}
}

static void
put_zeros(struct buf *out, size_t n)
{
	static const unsigned char zeros[BLOCK];

	for (; n > BLOCK; n -= BLOCK)
		shape_put(out, zeros, BLOCK);
	shape_put(out, zeros, n);
}

/* ---- sealed files ---- */

/* The order of fuzz_stream: so long a plaintext, nothing happens to it. */
static void
stream_plain(struct buf *out, size_t n)
{
	const unsigned char order[10] = { 1, (unsigned char)(n >> 16),
		(unsigned char)(n >> 8), (unsigned char)n };

	shape_put(out, order, sizeof(order));
}

/* A header that does not end. */
static void
stream_header(struct buf *out, size_t n)
{
	const unsigned char raw = 0;

	shape_put(out, &raw, 1);
	shape_text(out, "age-encryption.org/v1\n");
	shape_repeat(out, "-> x y\n\n", n);
}

/* ---- zstd ---- */

static void
squeeze(struct buf *out, const struct buf *plain)
{
	size_t cap = ZSTD_compressBound(plain->len);
	void *coded = malloc(cap);
	size_t n = 0;

	if (coded == NULL)
		abort();
	n = ZSTD_compress(coded, cap, plain->data, plain->len, 1);
	if (ZSTD_isError(n))
		abort();
	shape_put(out, coded, n);
	free(coded);
}

static void
frame_noise(struct buf *out, size_t n)
{
	struct buf plain = BUF_MAX(1 << 24);

	put_noise(&plain, n);
	squeeze(out, &plain);
	buf_free(&plain);
}

static void
frame_zeros(struct buf *out, size_t n)
{
	struct buf plain = BUF_MAX(1 << 24);

	put_zeros(&plain, n);
	squeeze(out, &plain);
	buf_free(&plain);
}

/* Magic, no flags, the smallest window; then blocks of nothing. */
static void
frame_nothing(struct buf *out, size_t n)
{
	static const unsigned char head[] = { 0x28, 0xb5, 0x2f, 0xfd, 0, 0 };
	static const unsigned char nothing[3], last[3] = { 1 };

	shape_put(out, head, sizeof(head));
	while (n-- > 0)
		shape_put(out, nothing, sizeof(nothing));
	shape_put(out, last, sizeof(last));
}

/* ---- tar ---- */

static void
put_header(struct buf *out, const char *name, size_t size, char type)
{
	unsigned char h[BLOCK] = { 0 };
	unsigned sum = 0;

	memcpy(h, name, strlen(name));
	memcpy(h + 100, "0000600", 7);
	memcpy(h + 108, "0000000", 7);
	memcpy(h + 116, "0000000", 7);
	(void)snprintf((char *)h + 124, 12, "%011zo", size);
	memcpy(h + 136, "14524770400", 11);
	h[156] = (unsigned char)type;
	memcpy(h + 257, "ustar", 6);
	memcpy(h + 263, "00", 2);
	memset(h + 148, ' ', 8);
	for (size_t i = 0; i < BLOCK; i++)
		sum += h[i];
	(void)snprintf((char *)h + 148, 8, "%06o", sum);
	shape_put(out, h, BLOCK);
}

static void
put_file(struct buf *out, const char *name, size_t size)
{
	put_header(out, name, size, '0');
	put_noise(out, size);
	put_zeros(out, (BLOCK - size % BLOCK) % BLOCK);
}

static void
tar_long(struct buf *out, size_t n)
{
	put_file(out, "contents.json", n);
	put_zeros(out, 2 * BLOCK);
}

static void
tar_many(struct buf *out, size_t n)
{
	char name[32] = "";

	for (size_t i = 0; i < n; i++) {
		(void)snprintf(name, sizeof(name), "file-%zu.csv", i);
		put_file(out, name, 1);
	}
	put_zeros(out, 2 * BLOCK);
}

static void
tar_padding(struct buf *out, size_t n)
{
	put_file(out, "contents.json", 1);
	put_zeros(out, (2 + n) * BLOCK);
}

/* One record as long as an extended header may be. */
static void
tar_record(struct buf *out, size_t n)
{
	/* A record's length counts its own digits: four of them. */
	n = n < 1000 ? 1000 : n;
	put_header(out, "x", n, 'x');
	shape_text(out, "%zu path=", n);
	shape_repeat(out, "x", n - 11);
	shape_text(out, "\n");
	put_zeros(out, (BLOCK - n % BLOCK) % BLOCK);
	put_file(out, "contents.json", 1);
	put_zeros(out, 2 * BLOCK);
}

/* ---- SFTP ---- */

static void
put32(struct buf *out, size_t n)
{
	const unsigned char bytes[4] = { (unsigned char)(n >> 24),
		(unsigned char)(n >> 16), (unsigned char)(n >> 8),
		(unsigned char)n };

	shape_put(out, bytes, sizeof(bytes));
}

static void
put_greeting(struct buf *out)
{
	put32(out, 5);
	shape_put(out, "\002", 1);
	put32(out, 3);
}

/* Extensions that nobody knows. */
static void
wire_greeting(struct buf *out, size_t n)
{
	put32(out, 5 + n * 10);
	shape_put(out, "\002", 1);
	put32(out, 3);
	while (n-- > 0) {
		put32(out, 1);
		shape_put(out, "x", 1);
		put32(out, 1);
		shape_put(out, "y", 1);
	}
}

/* Attributes with as many extensions as a packet holds. */
static void
wire_attributes(struct buf *out, size_t n)
{
	put_greeting(out);
	put32(out, 1 + 4 + 4 + 4 + n * 8);
	shape_put(out, "\151", 1);
	put32(out, 0);
	put32(out, 0x80000000UL);
	put32(out, n);
	for (; n > 0; n--) {
		put32(out, 0);
		put32(out, 0);
	}
}

const struct shape shape_bytes[] = {
	{ "stream", "plain", 90000, stream_plain },
	{ "stream", "header", 1000, stream_header },
	{ "frame", "noise", 200000, frame_noise },
	{ "frame", "zeros", 800000, frame_zeros },
	{ "frame", "nothing", 30000, frame_nothing },
	{ "tar", "long", 60000, tar_long },
	{ "tar", "many", 4, tar_many },
	{ "tar", "padding", 500, tar_padding },
	{ "tar", "record", 2040, tar_record },
	{ "wire", "greeting", 10000, wire_greeting },
	{ "wire", "attributes", 12000, wire_attributes },
	{ NULL, NULL, 0, NULL },
};
