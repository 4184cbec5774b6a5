/*
 * One zstd frame and nothing else.
 *
 * libzstd by itself goes through skippable frames, starts a second frame after
 * the first, and looks at the window only when it does not decode in one go.
 * Each of these lets two tools see different things in the same bytes, so the
 * frame header is read here first, and the end is proven here.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "base/intl.h"
#include "base/limits.h"
#include "pack/frame.h"

/* Magic, descriptor, window and the widest content size. */
#define HEADER_MAX (4 + 1 + 1 + 8)
#define WINDOW_MAX (1ULL << LIMIT_ZSTD_WINDOW_LOG)

struct frame {
	struct source in;
	ZSTD_DCtx *zstd;
	unsigned char *coded;
	size_t coded_cap;
	ZSTD_inBuffer left; /* the part of coded not yet decoded */
	unsigned char *plain;
	size_t plain_cap;
	bool begun; /* the frame's header was looked at */
	bool whole; /* the decoder has seen the frame's end */
	bool dry;   /* the source has ended; it is not asked again */
};

enum fault
frame_new(struct frame **out, struct source in, struct cause *why)
{
	struct frame *f = NULL;

	*out = NULL;
	f = calloc(1, sizeof(*f));
	if (f == NULL)
		return cause_memory(why);
	f->in = in;
	f->coded_cap = ZSTD_DStreamInSize();
	f->plain_cap = ZSTD_DStreamOutSize();
	f->coded = malloc(f->coded_cap);
	f->plain = malloc(f->plain_cap);
	f->zstd = ZSTD_createDCtx();
	if (f->coded == NULL || f->plain == NULL || f->zstd == NULL ||
	    ZSTD_isError(ZSTD_DCtx_setParameter(
		f->zstd, ZSTD_d_windowLogMax, LIMIT_ZSTD_WINDOW_LOG))) {
		frame_free(f);
		return cause_memory(why);
	}
	f->left.src = f->coded;
	*out = f;
	return FAULT_NONE;
}

/* Little-endian, n <= 8. */
static uint64_t
number(const unsigned char *at, size_t n)
{
	uint64_t v = 0;

	while (n > 0)
		v = v << 8 | at[--n];
	return v;
}

/* RFC 8878, section 3.1.1.1: what the frame demands of us. */
static enum fault
check_header(const unsigned char *at, size_t len, struct cause *why)
{
	static const size_t size_bytes[] = { 0, 2, 4, 8 };
	uint64_t window = 0;
	size_t n = 0;

	if (len < 6 || number(at, 4) != ZSTD_MAGICNUMBER)
		return cause_set(
		    why, FAULT_ARCHIVE, N_("the payload is not a zstd frame"));
	if ((at[4] & 0x08) != 0)
		return cause_set(why, FAULT_ARCHIVE,
		    N_("the zstd frame has a reserved bit set"));
	if ((at[4] & 0x03) != 0)
		return cause_set(why, FAULT_ARCHIVE,
		    N_("the zstd frame asks for a dictionary"));
	if ((at[4] & 0x20) != 0) {
		/* One segment: the window is the whole content. */
		n = at[4] >> 6 == 0 ? 1 : size_bytes[at[4] >> 6];
		if (len < 5 + n)
			return cause_set(why, FAULT_ARCHIVE,
			    N_("the zstd frame ends in its header"));
		window = number(at + 5, n) + (n == 2 ? 256 : 0);
	} else {
		window = 1ULL << (10 + (at[5] >> 3));
		window += window / 8 * (at[5] & 7);
	}
	if (window > WINDOW_MAX)
		return cause_set(why, FAULT_ARCHIVE,
		    N_("the zstd frame asks for a window of more than "
		       "%llu bytes"),
		    WINDOW_MAX);
	return FAULT_NONE;
}

/* Reads more coded bytes behind those left, unless the source has ended. */
static enum fault
refill(struct frame *f, struct cause *why)
{
	enum fault fault = FAULT_NONE;
	size_t kept = f->left.size - f->left.pos;
	size_t got = 0;

	if (f->dry)
		return FAULT_NONE;
	if (kept > 0)
		memmove(f->coded, f->coded + f->left.pos, kept);
	f->left.pos = 0;
	f->left.size = kept;
	fault = f->in.read(
	    f->in.self, f->coded + kept, f->coded_cap - kept, &got, why);
	if (fault != FAULT_NONE)
		return fault;
	f->left.size += got;
	f->dry = got == 0;
	return FAULT_NONE;
}

static enum fault
begin(struct frame *f, struct cause *why)
{
	enum fault fault = FAULT_NONE;

	while (f->left.size < HEADER_MAX && !f->dry) {
		fault = refill(f, why);
		if (fault != FAULT_NONE)
			return fault;
	}
	f->begun = true;
	return check_header(f->coded, f->left.size, why);
}

/* After the frame there is only the end. */
static enum fault
end(struct frame *f, struct cause *why)
{
	enum fault fault = FAULT_NONE;

	if (f->left.pos == f->left.size) {
		fault = refill(f, why);
		if (fault != FAULT_NONE)
			return fault;
	}
	if (f->left.pos < f->left.size)
		return cause_set(why, FAULT_ARCHIVE,
		    N_("there are bytes after the end of the zstd frame"));
	return FAULT_NONE;
}

/* One step of the decoder; *len may be 0 without meaning the end. */
static enum fault
step(struct frame *f, size_t *len, struct cause *why)
{
	ZSTD_outBuffer out = { f->plain, f->plain_cap, 0 };
	enum fault fault = FAULT_NONE;
	size_t rc = 0;

	if (f->left.pos == f->left.size) {
		fault = refill(f, why);
		if (fault != FAULT_NONE)
			return fault;
	}
	/* Even without more input the decoder may hold decoded bytes back. */
	rc = ZSTD_decompressStream(f->zstd, &out, &f->left);
	if (ZSTD_isError(rc)) {
		if (ZSTD_getErrorCode(rc) == ZSTD_error_memory_allocation)
			return cause_memory(why);
		return cause_set(why, FAULT_ARCHIVE,
		    N_("the zstd frame is damaged: %s"), ZSTD_getErrorName(rc));
	}
	f->whole = rc == 0;
	*len = out.pos;
	if (!f->whole && f->dry && out.pos == 0 && f->left.pos == f->left.size)
		return cause_set(
		    why, FAULT_ARCHIVE, N_("the zstd frame is cut short"));
	return FAULT_NONE;
}

enum fault
frame_next(struct frame *f, const unsigned char **bytes, size_t *len,
    struct cause *why)
{
	enum fault fault = FAULT_NONE;

	*bytes = f->plain;
	*len = 0;
	if (!f->begun)
		fault = begin(f, why);
	while (fault == FAULT_NONE && *len == 0 && !f->whole)
		fault = step(f, len, why);
	if (fault == FAULT_NONE && *len == 0)
		fault = end(f, why);
	return fault;
}

void
frame_free(struct frame *f)
{
	if (f == NULL)
		return;
	ZSTD_freeDCtx(f->zstd);
	free(f->coded);
	free(f->plain);
	free(f);
}
