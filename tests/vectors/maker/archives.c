/*
 * archives: POSIX.1-2017 table 4-14 (tar), RFC 8878 (zstd), XXH64 for the
 * checksum of a frame.
 */
#include "archives.h"

#include <stdio.h>
#include <string.h>

#define BLOCK_MAX (128 * 1024)
#define RUN_MIN 16
#define FRAME_SINGLE 0x20
#define FRAME_CHECKSUM 0x04
#define FRAME_SIZE_4 0x80

static void
put(struct buf *out, const void *bytes, size_t len)
{
	set_must(buf_put(out, bytes, len), "archive");
}

void
archive_zeros(struct buf *out, size_t len)
{
	static const uint8_t zeros[ARCHIVES_BLOCK];

	for (; len > sizeof(zeros); len -= sizeof(zeros))
		put(out, zeros, sizeof(zeros));
	put(out, zeros, len);
}

/* ---- tar ---- */

static void
checksum(uint8_t *h)
{
	unsigned sum = 0;

	memset(h + 148, ' ', 8);
	for (size_t i = 0; i < ARCHIVES_BLOCK; i++)
		sum += h[i];
	(void)snprintf((char *)h + 148, 8, "%06o", sum);
}

void
archive_header(struct buf *tar, const char *name, uint64_t size, char type)
{
	static const char magic[8] = { 'u', 's', 't', 'a', 'r', 0, '0', '0' };
	uint8_t h[ARCHIVES_BLOCK] = { 0 };

	memcpy(h, name, strlen(name));
	memcpy(h + 100, "0000600", 7);
	memcpy(h + 108, "0000000", 7);
	memcpy(h + 116, "0000000", 7);
	for (size_t i = 135; i-- > 124; size >>= 3)
		h[i] = (uint8_t)('0' + (size & 7));
	memcpy(h + 136, "15207272100", 11);
	h[156] = (uint8_t)type;
	memcpy(h + 257, magic, sizeof(magic));
	checksum(h);
	put(tar, h, sizeof(h));
}

void
archive_patch(
    struct buf *tar, size_t header, size_t at, const void *bytes, size_t len)
{
	memcpy(tar->data + header + at, bytes, len);
	checksum(tar->data + header);
}

void
archive_data(struct buf *tar, const void *bytes, size_t len)
{
	put(tar, bytes, len);
	archive_zeros(
	    tar, (ARCHIVES_BLOCK - len % ARCHIVES_BLOCK) % ARCHIVES_BLOCK);
}

void
archive_file(struct buf *tar, const char *name, const struct text *bytes)
{
	archive_header(tar, name, bytes->len, '0');
	archive_data(tar, bytes->at, bytes->len);
}

void
archive_pax(struct buf *tar, const char *records)
{
	archive_header(tar, "PaxHeader", strlen(records), 'x');
	archive_data(tar, records, strlen(records));
}

/* ---- zstd ---- */

#define P1 0x9e3779b185ebca87ULL
#define P2 0xc2b2ae3d27d4eb4fULL
#define P3 0x165667b19e3779f9ULL
#define P4 0x85ebca77c2b2ae63ULL
#define P5 0x27d4eb2f165667c5ULL

static uint64_t
turn(uint64_t v, unsigned by)
{
	return v << by | v >> (64 - by);
}

static uint64_t
number(const uint8_t *at, size_t n)
{
	uint64_t v = 0;

	while (n > 0)
		v = v << 8 | at[--n];
	return v;
}

static uint64_t
mix(uint64_t sum, uint64_t word)
{
	return turn(sum + word * P2, 31) * P1;
}

/* The last bytes, and the final stirring. */
static uint64_t
finish(uint64_t h, const uint8_t *at, size_t left)
{
	for (; left >= 8; at += 8, left -= 8)
		h = turn(h ^ mix(0, number(at, 8)), 27) * P1 + P4;
	for (; left >= 4; at += 4, left -= 4)
		h = turn(h ^ number(at, 4) * P1, 23) * P2 + P3;
	for (; left > 0; at++, left--)
		h = turn(h ^ *at * P5, 11) * P1;
	h = (h ^ h >> 33) * P2;
	h = (h ^ h >> 29) * P3;
	return h ^ h >> 32;
}

/* XXH64 with seed 0. */
static uint64_t
xxh64(const uint8_t *at, size_t len)
{
	static const unsigned turns[4] = { 1, 7, 12, 18 };
	uint64_t lane[4] = { P1 + P2, P2, 0, 0 - P1 };
	uint64_t h = P5;
	size_t left = len;

	if (len >= 32) {
		for (h = 0; left >= 32; at += 32, left -= 32)
			for (size_t i = 0; i < 4; i++)
				lane[i] = mix(lane[i], number(at + 8 * i, 8));
		for (size_t i = 0; i < 4; i++)
			h += turn(lane[i], turns[i]);
		for (size_t i = 0; i < 4; i++)
			h = (h ^ mix(0, lane[i])) * P1 + P4;
	}
	return finish(h + len, at, left);
}

static void
little(struct buf *out, uint64_t v, size_t n)
{
	uint8_t bytes[8];

	for (size_t i = 0; i < n; i++)
		bytes[i] = (uint8_t)(v >> (8 * i));
	put(out, bytes, n);
}

static void
begin(struct buf *out, uint8_t descriptor)
{
	little(out, 0xfd2fb528, 4);
	little(out, descriptor, 1);
}

enum { BLOCK_STORED = 0, BLOCK_REPEATED = 1 };

static void
block(struct buf *out, unsigned type, const uint8_t *at, size_t len, bool last)
{
	little(out, (last ? 1U : 0U) | type << 1 | len << 3, 3);
	put(out, at, type == BLOCK_REPEATED ? 1 : len);
}

/* Zeros from here on, up to the end. */
static size_t
zeros(const uint8_t *at, size_t len)
{
	size_t n = 0;

	while (n < len && at[n] == 0)
		n++;
	return n;
}

/* Stored blocks, and one repeated byte for each run of zeros, of which a tar
 * archive has many: all the compression that these vectors need. */
static void
blocks(struct buf *out, const struct buf *plain, bool last)
{
	const uint8_t *at = plain->data, *end = at + plain->len;
	size_t n, run;

	if (plain->len > BLOCK_MAX)
		set_stop("an archive beyond one block");
	while (at < end) {
		run = zeros(at, (size_t)(end - at));
		if (run > RUN_MIN) {
			block(out, BLOCK_REPEATED, at, run,
			    last && at + run == end);
			at += run;
			continue;
		}
		for (n = 1; at + n < end; n++)
			if (zeros(at + n, (size_t)(end - at) - n) > RUN_MIN)
				break;
		block(out, BLOCK_STORED, at, n, last && at + n == end);
		at += n;
	}
}

void
archive_frame(struct buf *out, const struct buf *plain)
{
	begin(out, FRAME_SIZE_4 | FRAME_SINGLE | FRAME_CHECKSUM);
	little(out, plain->len, 4);
	blocks(out, plain, true);
	little(out, xxh64(plain->data, plain->len) & 0xffffffff, 4);
}

void
archive_frame_window(struct buf *out, const struct buf *plain, uint8_t window)
{
	begin(out, 0);
	little(out, window, 1);
	blocks(out, plain, true);
}

void
archive_frame_bomb(struct buf *out, const struct buf *plain, size_t n)
{
	static const uint8_t zero;

	begin(out, 0);
	little(out, 0x68, 1);
	blocks(out, plain, false);
	while (n-- > 0)
		block(out, BLOCK_REPEATED, &zero, BLOCK_MAX, n == 0);
}
