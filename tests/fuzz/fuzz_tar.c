/*
 * fuzz_tar: the archive policy.  However an archive comes in pieces, the walk
 * says the same; what unpacks has members that may be files, each once, as long
 * as announced, within the limits, and is packed and unpacked again as the
 * same.
 *
 * A header's checksum stops almost every change.  So each input is tried twice:
 * as it is, and with the checksums put right.
 */
#include <ctype.h>
#include <zstd.h>

#include "base/path.h"
#include "fuzz.h"
#include "pack/pack.h"
#include "pack/unpack.h"
#include "pack/walk.h"

#define BLOCK 512
#define MEMBERS 8
#define SUM 148 /* offset of the checksum */

static const struct unpack_limits limits = { MIB, MEMBERS };

struct archive_read {
	struct unpack_member member[MEMBERS];
	struct buf bytes[MEMBERS];
	size_t n;
};

static void
archive_free(struct archive_read *a)
{
	for (size_t i = 0; i < MEMBERS; i++)
		buf_free(&a->bytes[i]);
}

static enum fault
walk(const uint8_t *tar, size_t size, size_t piece, struct cause *why)
{
	struct walk *w = NULL;
	enum fault f = FAULT_NONE;
	size_t n = 0;

	cause_clear(why);
	FUZZ_HOLD(walk_new(&w, &limits, why) == FAULT_NONE);
	for (; size > 0 && f == FAULT_NONE; tar += n, size -= n) {
		n = size < piece ? size : piece;
		f = walk_feed(w, tar, n, why);
	}
	if (f == FAULT_NONE)
		f = walk_end(w, why);
	walk_free(w);
	return f;
}

static bool
same_letters(const char *a, const char *b)
{
	while (*a != '\0' &&
	    tolower((unsigned char)*a) == tolower((unsigned char)*b)) {
		a++;
		b++;
	}
	return *a == '\0' && *b == '\0';
}

/* A name that can only be a new file below the directory it is opened in. */
static void
hold_names(const struct archive_read *a)
{
	uint64_t total = 0;

	for (size_t i = 0; i < a->n; i++) {
		const char *name = a->member[i].name;

		FUZZ_HOLD(path_member_ok(name) && strchr(name, '/') == NULL);
		FUZZ_HOLD(a->member[i].size == a->bytes[i].len);
		for (size_t k = 0; k < i; k++)
			FUZZ_HOLD(!same_letters(name, a->member[k].name));
		total += a->member[i].size;
	}
	FUZZ_HOLD(total <= limits.bytes);
}

static enum fault
unpack_all(struct archive_read *a, const uint8_t *coded, size_t size,
    struct cause *why)
{
	struct fuzz_input in = { coded, size, SIZE_MAX, true, false };
	struct unpack_member member;
	struct unpack *u = NULL;
	enum fault f = FAULT_NONE;
	uint8_t bytes[1024];
	bool end = false;
	size_t got = 1;

	memset(a, 0, sizeof(*a));
	cause_clear(why);
	FUZZ_HOLD(unpack_new(&u, fuzz_source(&in), &limits, why) == FAULT_NONE);
	while ((f = unpack_next(u, &member, &end, why)) == FAULT_NONE && !end) {
		FUZZ_HOLD(a->n < MEMBERS);
		a->member[a->n] = member;
		a->bytes[a->n].max = MIB;
		do {
			f = unpack_read(u, bytes, sizeof(bytes), &got, why);
			if (f == FAULT_NONE)
				f = buf_put(&a->bytes[a->n], bytes, got);
		} while (f == FAULT_NONE && got > 0);
		if (f != FAULT_NONE)
			break;
		a->n++;
	}
	unpack_free(u);
	return f;
}

static void
pack_again(const struct archive_read *a)
{
	struct archive_read *again = malloc(sizeof(*again));
	struct pack_job job = { 1, 0, 0 };
	struct buf out = FUZZ_BUF;
	struct pack *p = NULL;

	FUZZ_HOLD(again != NULL);
	FUZZ_HOLD(pack_new(&p, (struct sink){ fuzz_buf_write, &out }, &job,
		      NULL) == FAULT_NONE);
	for (size_t i = 0; i < a->n; i++) {
		FUZZ_HOLD(pack_member(p, a->member[i].name, a->member[i].size,
			      NULL) == FAULT_NONE);
		FUZZ_HOLD(pack_write(p, buf_text(&a->bytes[i]), a->bytes[i].len,
			      NULL) == FAULT_NONE);
	}
	FUZZ_HOLD(pack_finish(p, NULL) == FAULT_NONE);
	pack_free(p);
	FUZZ_HOLD(unpack_all(again, out.data, out.len, &(struct cause){ 0 }) ==
	    FAULT_NONE);
	FUZZ_HOLD(again->n == a->n);
	for (size_t i = 0; i < a->n; i++) {
		FUZZ_HOLD(
		    strcmp(again->member[i].name, a->member[i].name) == 0);
		fuzz_equal(&again->bytes[i], &a->bytes[i]);
	}
	archive_free(again);
	free(again);
	buf_free(&out);
}

static void
try(const uint8_t *tar, size_t size)
{
	struct archive_read *a = malloc(sizeof(*a));
	size_t cap = ZSTD_compressBound(size), n = 0;
	uint8_t *coded = malloc(cap);
	struct cause why, other;
	enum fault seen = FAULT_NONE, f = FAULT_NONE;

	FUZZ_HOLD(a != NULL && coded != NULL);
	seen = walk(tar, size, SIZE_MAX, &why);
	FUZZ_HOLD(walk(tar, size, 1, &other) == seen);
	FUZZ_HOLD(strcmp(why.detail, other.detail) == 0);
	FUZZ_HOLD(why.offset == other.offset || seen != FAULT_NONE);
	if (seen != FAULT_NONE)
		fuzz_refused(seen, FAULT_ARCHIVE, FAULT_LARGER, &why);
	n = ZSTD_compress(coded, cap, tar, size, 1);
	FUZZ_HOLD(!ZSTD_isError(n));
	f = unpack_all(a, coded, n, &why);
	if (f != FAULT_NONE)
		fuzz_refused(f, FAULT_ARCHIVE, FAULT_LARGER, &why);
	/* The other reader may object as well; it never overrules. */
	FUZZ_HOLD(seen == FAULT_NONE || f != FAULT_NONE);
	if (f == FAULT_NONE) {
		hold_names(a);
		pack_again(a);
	}
	archive_free(a);
	free(a);
	free(coded);
}

/* As the writer of such a header would have summed it up. */
static bool
put_right(uint8_t *tar, size_t size)
{
	bool changed = false;
	char text[8] = "";

	for (uint8_t *h = tar; (size_t)(h - tar) + BLOCK <= size; h += BLOCK) {
		unsigned sum = 8 * ' ';

		if (memcmp(h + 257, "ustar", 5) != 0)
			continue;
		for (size_t i = 0; i < BLOCK; i++)
			if (i < SUM || i >= SUM + 8)
				sum += h[i];
		(void)snprintf(text, sizeof(text), "%06o", sum);
		text[7] = ' ';
		changed = changed || memcmp(h + SUM, text, 8) != 0;
		memcpy(h + SUM, text, 8);
	}
	return changed;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size + 1);

	FUZZ_HOLD(copy != NULL);
	try(data, size);
	if (size > 0)
		memcpy(copy, data, size);
	if (put_right(copy, size))
		try(copy, size);
	free(copy);
	return 0;
}
