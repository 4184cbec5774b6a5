/*
 * run_zstd: holds our reading of one zstd frame against golden frames.
 *
 * usage: run_zstd DIR
 *
 * DIR holds golden-decompression/ (to be read) and golden-decompression-errors/
 * (to be refused), as in zstd's own tests.  Which damage is seen depends on the
 * libzstd that is linked: the table below has what older ones do otherwise.  A
 * frame that is read gives the bytes that libzstd gives in one go, whole and
 * one byte at a time.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

#include "base/io.h"
#include "base/limits.h"
#include "pack/frame.h"

#define FILE_MAX (64 * MIB)
#define PLAIN_MAX (64 * MIB)

/* What a libzstd before version "fixed" does against upstream's word. */
static const struct exception {
	const char *name;
	unsigned fixed;
	const char *reason;
} exceptions[] = {
	{ "off0.bin.zst", 10505, "an offset of zero is not seen" },
	{ "truncated_huff_state.zst", 10505,
	    "a cut Huffman state is not seen" },
	{ "zeroSeq_extraneous.zst", 10505,
	    "bytes behind no sequences are not seen" },
	{ "zeroSeq_2B.zst", 10505, "a count of none in two bytes is refused" },
};

static unsigned passed, failed;

struct memory {
	const unsigned char *at;
	size_t left;
	size_t step;
};

static enum fault
memory_read(void *self, void *bytes, size_t cap, size_t *got, struct cause *why)
{
	struct memory *m = self;

	(void)why;
	*got = m->left < cap ? m->left : cap;
	if (*got > m->step)
		*got = m->step;
	memcpy(bytes, m->at, *got);
	m->at += *got;
	m->left -= *got;
	return FAULT_NONE;
}

static enum fault
decode(struct buf *out, const struct buf *file, size_t step)
{
	struct memory m = { (const unsigned char *)buf_text(file), file->len,
		step };
	const unsigned char *bytes = NULL;
	struct frame *frame = NULL;
	size_t len = 1;
	enum fault f =
	    frame_new(&frame, (struct source){ memory_read, &m }, NULL);

	while (f == FAULT_NONE && len > 0) {
		f = frame_next(frame, &bytes, &len, NULL);
		if (f == FAULT_NONE && buf_put(out, bytes, len) != FAULT_NONE)
			abort();
	}
	frame_free(frame);
	return f;
}

/* Read or refused, both ways alike, and read as libzstd reads it. */
static bool
agrees(const struct buf *file, enum fault *f)
{
	struct buf whole = BUF_MAX(PLAIN_MAX);
	struct buf bits = BUF_MAX(PLAIN_MAX);
	unsigned char *plain = malloc(PLAIN_MAX);
	size_t len = 0;
	bool same = false;

	if (plain == NULL)
		abort();
	*f = decode(&whole, file, SIZE_MAX);
	same = decode(&bits, file, 1) == *f;
	len = ZSTD_decompress(plain, PLAIN_MAX, buf_text(file), file->len);
	if (*f == FAULT_NONE)
		same = same && !ZSTD_isError(len) && whole.len == len &&
		    bits.len == len &&
		    memcmp(buf_text(&whole), plain, len) == 0 &&
		    memcmp(buf_text(&bits), plain, len) == 0;
	free(plain);
	buf_free(&whole);
	buf_free(&bits);
	return same;
}

static void
run(int dir, const char *name, bool want)
{
	struct buf file = BUF_MAX(FILE_MAX);
	enum fault f = FAULT_NONE;
	bool good = io_load(&file, dir, name, NULL) == FAULT_NONE;

	for (size_t i = 0; i < sizeof(exceptions) / sizeof(exceptions[0]); i++)
		if (strcmp(exceptions[i].name, name) == 0 &&
		    ZSTD_versionNumber() < exceptions[i].fixed) {
			printf("# libzstd %s: %s: %s\n", ZSTD_versionString(),
			    name, exceptions[i].reason);
			want = !want;
		}
	good = good && agrees(&file, &f) &&
	    f == (want ? FAULT_NONE : FAULT_ARCHIVE);
	passed += good;
	failed += !good;
	if (!good)
		printf("FAILED %s: wanted to be %s, got fault %d\n", name,
		    want ? "read" : "refused", (int)f);
	buf_free(&file);
}

static void
run_folder(int at, const char *path, bool want)
{
	struct io_names names = { NULL, 0 };
	int dir = -1;

	if (io_opendir(&dir, at, path, NULL) != FAULT_NONE) {
		printf("# no %s\n", path);
		return;
	}
	if (io_names(&names, dir, ".", 10000, NULL) != FAULT_NONE)
		abort();
	for (size_t i = 0; i < names.n; i++)
		run(dir, names.name[i], want);
	io_names_free(&names);
	(void)close(dir);
}

int
main(int argc, char **argv)
{
	int dir = -1;

	if (argc != 2) {
		fprintf(stderr, "usage: run_zstd DIR\n");
		return 2;
	}
	if (io_opendir(&dir, AT_FDCWD, argv[1], NULL) != FAULT_NONE) {
		fprintf(stderr, "run_zstd: %s: cannot be read\n", argv[1]);
		return 2;
	}
	run_folder(dir, "golden-decompression", true);
	run_folder(dir, "golden-decompression-errors", false);
	(void)close(dir);
	printf("%u passed, %u failed, 0 skipped\n", passed, failed);
	return failed > 0 || passed == 0 ? 1 : 0;
}
