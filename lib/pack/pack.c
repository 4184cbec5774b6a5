/*
 * Packing: libarchive writes the tar headers, libzstd compresses, nothing in
 * between buffers.
 *
 * libarchive has a zstd filter of its own, but that one writes no content
 * checksum and its window cannot be bounded.  "pax restricted" writes plain
 * ustar headers as long as they can say everything, so that the archive of an
 * ordinary parcel is one that any tar of the last thirty years reads.
 */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "base/intl.h"
#include "pack/members.h"
#include "pack/pack.h"

/* What one worker of zstd takes at once. */
#define PACK_JOB (4 * 1024 * 1024)

struct pack {
	struct sink into;
	struct archive *tar;
	struct archive_entry *entry;
	ZSTD_CCtx *zstd;
	unsigned char *coded; /* compressed bytes on their way to the sink */
	size_t coded_cap;
	size_t coded_len;
	struct members members;
	int64_t mtime;
	uint64_t left; /* bytes the current member still owes */
	bool closing;  /* pack_free: write nothing any more */

	/* libarchive's callback knows neither faults nor causes. */
	enum fault fault;
	struct cause *why;
};

static enum fault
zstd_fault(size_t rc, struct cause *why)
{
	if (ZSTD_getErrorCode(rc) == ZSTD_error_memory_allocation)
		return cause_memory(why);
	return cause_set(why, FAULT_SYSTEM, N_("compression failed: %s"),
	    ZSTD_getErrorName(rc));
}

static enum fault
flush(struct pack *p, struct cause *why)
{
	enum fault f = FAULT_NONE;

	if (p->coded_len > 0)
		f = p->into.write(p->into.self, p->coded, p->coded_len, why);
	p->coded_len = 0;
	return f;
}

/* Compresses; the sink gets whole buffers, and the rest at the end. */
static enum fault
compress(struct pack *p, const void *bytes, size_t len, ZSTD_EndDirective how,
    struct cause *why)
{
	ZSTD_inBuffer in = { bytes, len, 0 };
	ZSTD_outBuffer out = { p->coded, p->coded_cap, 0 };
	enum fault f = FAULT_NONE;
	size_t rc = 1;

	while (how == ZSTD_e_end ? rc != 0 : in.pos < in.size) {
		out.pos = p->coded_len;
		rc = ZSTD_compressStream2(p->zstd, &out, &in, how);
		p->coded_len = out.pos;
		if (ZSTD_isError(rc))
			return zstd_fault(rc, why);
		if (p->coded_len == p->coded_cap)
			f = flush(p, why);
		if (f != FAULT_NONE)
			return f;
	}
	return how == ZSTD_e_end ? flush(p, why) : FAULT_NONE;
}

/* libarchive's output. */
static la_ssize_t
take(struct archive *a, void *self, const void *bytes, size_t len)
{
	struct pack *p = self;

	if (p->fault == FAULT_NONE)
		p->fault = compress(p, bytes, len, ZSTD_e_continue, p->why);
	/* Told of a fault, libarchive would never let go of its own state; it
	 * goes on into nothing, and the callers look at p->fault. */
	if (!p->closing)
		return (la_ssize_t)len;
	archive_set_error(a, EIO, "abandoned");
	return -1;
}

/* What a failed call of libarchive means: our own fault, if there is one. */
static enum fault
tar_fault(struct pack *p, struct cause *why)
{
	if (p->fault != FAULT_NONE)
		return p->fault;
	if (archive_errno(p->tar) == ENOMEM)
		p->fault = cause_memory(why);
	else
		p->fault = cause_set(why, FAULT_SYSTEM,
		    N_("writing the archive failed: %s"),
		    archive_error_string(p->tar));
	return p->fault;
}

static enum fault
set_zstd(struct pack *p, const struct pack_job *job, struct cause *why)
{
	size_t rc = 0;

	rc = ZSTD_CCtx_setParameter(
	    p->zstd, ZSTD_c_compressionLevel, job->level);
	if (!ZSTD_isError(rc))
		rc = ZSTD_CCtx_setParameter(p->zstd, ZSTD_c_checksumFlag, 1);
	if (!ZSTD_isError(rc) && job->threads > 0)
		rc = ZSTD_CCtx_setParameter(p->zstd, ZSTD_c_nbWorkers,
		    (int)(job->threads < 64 ? job->threads : 64));
	/* Jobs that do not look back at each other: a tenth of a per cent
	 * larger, and no byte is read twice. */
	if (!ZSTD_isError(rc) && job->threads > 0)
		rc = ZSTD_CCtx_setParameter(p->zstd, ZSTD_c_overlapLog, 1);
	if (!ZSTD_isError(rc) && job->threads > 0)
		rc = ZSTD_CCtx_setParameter(p->zstd, ZSTD_c_jobSize, PACK_JOB);
	return ZSTD_isError(rc) ? zstd_fault(rc, why) : FAULT_NONE;
}

/* No blocks of libarchive's own: what it writes goes straight to zstd. */
static enum fault
open_tar(struct pack *p, struct cause *why)
{
	if (archive_write_set_format_pax_restricted(p->tar) != ARCHIVE_OK ||
	    archive_write_set_bytes_per_block(p->tar, 0) != ARCHIVE_OK ||
	    archive_write_set_bytes_in_last_block(p->tar, 1) != ARCHIVE_OK ||
	    archive_write_open(p->tar, p, NULL, take, NULL) != ARCHIVE_OK)
		return tar_fault(p, why);
	return FAULT_NONE;
}

enum fault
pack_new(struct pack **out, struct sink into, const struct pack_job *job,
    struct cause *why)
{
	struct pack *p = NULL;
	enum fault f = FAULT_NONE;

	*out = NULL;
	/* Levels beyond 19 want windows that unpack refuses. */
	if (job->level < 1 || job->level > 19)
		return cause_set(why, FAULT_USAGE,
		    N_("the compression level is not 1 to 19"));
	p = calloc(1, sizeof(*p));
	if (p == NULL)
		return cause_memory(why);
	p->into = into;
	p->mtime = job->mtime;
	p->coded_cap = ZSTD_CStreamOutSize();
	p->coded = malloc(p->coded_cap);
	p->zstd = ZSTD_createCCtx();
	p->tar = archive_write_new();
	p->entry = archive_entry_new();
	if (p->coded == NULL || p->zstd == NULL || p->tar == NULL ||
	    p->entry == NULL)
		f = cause_memory(why);
	if (f == FAULT_NONE)
		f = set_zstd(p, job, why);
	if (f == FAULT_NONE)
		f = open_tar(p, why);
	if (f != FAULT_NONE) {
		pack_free(p);
		return f;
	}
	*out = p;
	return FAULT_NONE;
}

/* Ends the current member, which must be whole. */
static enum fault
end_member(struct pack *p, struct cause *why)
{
	if (p->fault == FAULT_NONE && p->left > 0)
		p->fault = cause_set(why, FAULT_FORMAT,
		    N_("a member has fewer bytes than was said"));
	if (p->fault != FAULT_NONE)
		return p->fault;
	if (p->members.n == 0)
		return FAULT_NONE;
	if (archive_write_finish_entry(p->tar) != ARCHIVE_OK ||
	    p->fault != FAULT_NONE)
		return tar_fault(p, why);
	return FAULT_NONE;
}

enum fault
pack_member(struct pack *p, const char *name, uint64_t size, struct cause *why)
{
	enum fault f = FAULT_NONE;

	p->why = why;
	f = end_member(p, why);
	if (f != FAULT_NONE)
		return f;
	if (size > INT64_MAX / 2)
		return cause_set(why, FAULT_FORMAT,
		    N_("a member is too large for an archive"));
	f = members_add(&p->members, name, size, why);
	if (f != FAULT_NONE)
		return f;
	archive_entry_clear(p->entry);
	archive_entry_set_pathname(p->entry, name);
	archive_entry_set_filetype(p->entry, AE_IFREG);
	archive_entry_set_perm(p->entry, 0600);
	archive_entry_set_mtime(p->entry, (time_t)p->mtime, 0);
	archive_entry_set_size(p->entry, (la_int64_t)size);
	if (archive_write_header(p->tar, p->entry) != ARCHIVE_OK ||
	    p->fault != FAULT_NONE)
		return tar_fault(p, why);
	p->left = size;
	return FAULT_NONE;
}

enum fault
pack_write(struct pack *p, const void *bytes, size_t len, struct cause *why)
{
	p->why = why;
	if (p->fault != FAULT_NONE)
		return p->fault;
	/* libarchive would cut the surplus off without a word. */
	if (len > p->left) {
		p->fault = cause_set(why, FAULT_FORMAT,
		    N_("a member has more bytes than was said"));
		return p->fault;
	}
	if (len == 0)
		return FAULT_NONE;
	if (archive_write_data(p->tar, bytes, len) != (la_ssize_t)len ||
	    p->fault != FAULT_NONE)
		return tar_fault(p, why);
	p->left -= len;
	return FAULT_NONE;
}

enum fault
pack_finish(struct pack *p, struct cause *why)
{
	enum fault f = FAULT_NONE;

	p->why = why;
	f = end_member(p, why);
	if (f != FAULT_NONE)
		return f;
	if (archive_write_close(p->tar) != ARCHIVE_OK || p->fault != FAULT_NONE)
		return tar_fault(p, why);
	p->fault = compress(p, NULL, 0, ZSTD_e_end, why);
	return p->fault;
}

void
pack_free(struct pack *p)
{
	if (p == NULL)
		return;
	/* An archive that was not finished must not be finished now. */
	if (p->fault == FAULT_NONE)
		p->fault = FAULT_INTERRUPTED;
	p->closing = true;
	(void)archive_write_free(p->tar);
	archive_entry_free(p->entry);
	ZSTD_freeCCtx(p->zstd);
	members_free(&p->members);
	free(p->coded);
	free(p);
}
