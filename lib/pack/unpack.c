/*
 * Unpacking: frame (zstd) -> walk (our policy) -> libarchive (tar) -> caller.
 *
 * Two readers see the archive, ours and libarchive's, and each member must be
 * the same to both: then it is the same to the tar with which somebody opens
 * the parcel in twenty years.  The walk runs ahead, so libarchive is never
 * given a byte that the policy has not let pass.
 */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "pack/frame.h"
#include "pack/unpack.h"
#include "pack/walk.h"

struct unpack {
	struct frame *frame;
	struct walk *walk;
	struct archive *tar;
	size_t next; /* index of the next member */
	uint64_t size;
	uint64_t given;            /* bytes of the member given away */
	const unsigned char *data; /* libarchive's, not yet given away */
	size_t len;
	bool open;   /* libarchive has been started */
	bool proven; /* frame and archive have ended as they must */

	/* libarchive's callback knows neither faults nor causes. */
	enum fault fault;
	struct cause *why;
};

enum fault
unpack_new(struct unpack **out, struct source in,
    const struct unpack_limits *limits, struct cause *why)
{
	struct unpack *u = NULL;
	enum fault f = FAULT_NONE;

	*out = NULL;
	u = calloc(1, sizeof(*u));
	if (u == NULL)
		return cause_memory(why);
	f = frame_new(&u->frame, in, why);
	if (f == FAULT_NONE)
		f = walk_new(&u->walk, limits, why);
	if (f == FAULT_NONE) {
		u->tar = archive_read_new();
		if (u->tar == NULL ||
		    archive_read_support_format_tar(u->tar) != ARCHIVE_OK)
			f = cause_memory(why);
	}
	if (f != FAULT_NONE) {
		unpack_free(u);
		return f;
	}
	*out = u;
	return FAULT_NONE;
}

/* The next plain bytes, looked at; none when the end is proven. */
static enum fault
pull(struct unpack *u, const unsigned char **bytes, size_t *len,
    struct cause *why)
{
	enum fault f = FAULT_NONE;

	*len = 0;
	if (u->proven)
		return FAULT_NONE;
	f = frame_next(u->frame, bytes, len, why);
	if (f == FAULT_NONE && *len > 0)
		f = walk_feed(u->walk, *bytes, *len, why);
	else if (f == FAULT_NONE) {
		f = walk_end(u->walk, why);
		u->proven = f == FAULT_NONE;
	}
	return f;
}

/* libarchive's input; it borrows the bytes until it asks again. */
static la_ssize_t
give(struct archive *a, void *self, const void **bytes)
{
	struct unpack *u = self;
	const unsigned char *at = NULL;
	size_t len = 0;

	if (u->fault == FAULT_NONE)
		u->fault = pull(u, &at, &len, u->why);
	*bytes = at;
	if (u->fault == FAULT_NONE)
		return (la_ssize_t)len;
	archive_set_error(a, EIO, "refused");
	return -1;
}

/* What anything but OK from libarchive means: our own fault, if there is one,
 * else a refusal; warnings too. */
static enum fault
tar_fault(struct unpack *u, struct cause *why)
{
	const char *text = archive_error_string(u->tar);

	if (u->fault != FAULT_NONE)
		return u->fault;
	if (archive_errno(u->tar) == ENOMEM)
		u->fault = cause_memory(why);
	else
		u->fault = cause_set(why, FAULT_ARCHIVE,
		    N_("the archive reader objects: %s"),
		    text != NULL ? text : "?");
	return u->fault;
}

static enum fault
differ(struct unpack *u, struct cause *why)
{
	u->fault = cause_set(why, FAULT_ARCHIVE,
	    N_("the archive reads differently in two readers"));
	return u->fault;
}

/* After libarchive's end: everything up to our own. */
static enum fault
prove_end(struct unpack *u, struct cause *why)
{
	const unsigned char *bytes = NULL;
	size_t len = 0;

	while (u->fault == FAULT_NONE && !u->proven)
		u->fault = pull(u, &bytes, &len, why);
	if (u->fault == FAULT_NONE && walk_member(u->walk, u->next) != NULL)
		return differ(u, why);
	return u->fault;
}

/* Whether libarchive's entry is the member that the walk saw. */
static bool
same(struct archive_entry *e, const struct unpack_member *m)
{
	const char *name = archive_entry_pathname(e);

	return m != NULL && name != NULL && strcmp(name, m->name) == 0 &&
	    archive_entry_filetype(e) == AE_IFREG &&
	    archive_entry_size_is_set(e) &&
	    archive_entry_size(e) == (la_int64_t)m->size &&
	    archive_entry_hardlink(e) == NULL &&
	    archive_entry_symlink(e) == NULL &&
	    archive_entry_sparse_count(e) == 0;
}

enum fault
unpack_next(struct unpack *u, struct unpack_member *member, bool *end,
    struct cause *why)
{
	struct archive_entry *e = NULL;
	const struct unpack_member *seen = NULL;
	int rc = ARCHIVE_OK;

	*end = false;
	memset(member, 0, sizeof(*member));
	if (u->fault != FAULT_NONE)
		return u->fault;
	u->why = why;
	if (!u->open)
		rc = archive_read_open(u->tar, u, NULL, give, NULL);
	u->open = true;
	if (rc == ARCHIVE_OK)
		rc = archive_read_next_header(u->tar, &e);
	u->len = 0;
	u->given = u->size = 0;
	if (rc == ARCHIVE_EOF) {
		*end = prove_end(u, why) == FAULT_NONE;
		return u->fault;
	}
	if (rc != ARCHIVE_OK)
		return tar_fault(u, why);
	seen = walk_member(u->walk, u->next);
	if (!same(e, seen))
		return differ(u, why);
	*member = *seen;
	u->size = seen->size;
	u->next++;
	return FAULT_NONE;
}

/* Borrows the next run of the member's bytes; u->len = 0 at its end. */
static enum fault
borrow(struct unpack *u, struct cause *why)
{
	const void *data = NULL;
	la_int64_t offset = 0;
	int rc = ARCHIVE_OK;

	while (rc == ARCHIVE_OK && u->len == 0) {
		rc = archive_read_data_block(u->tar, &data, &u->len, &offset);
		/* A gap would be a sparse file, which the walk refuses. */
		if (rc == ARCHIVE_OK &&
		    ((uint64_t)offset != u->given ||
			u->len > u->size - u->given))
			return differ(u, why);
	}
	if (rc == ARCHIVE_EOF) {
		u->len = 0;
		return u->given == u->size ? FAULT_NONE : differ(u, why);
	}
	if (rc != ARCHIVE_OK)
		return tar_fault(u, why);
	u->data = data;
	return FAULT_NONE;
}

enum fault
unpack_read(
    struct unpack *u, void *bytes, size_t cap, size_t *got, struct cause *why)
{
	enum fault f = u->fault;

	*got = 0;
	u->why = why;
	if (f == FAULT_NONE && u->len == 0 && u->next > 0)
		f = borrow(u, why);
	if (f != FAULT_NONE || u->len == 0)
		return f;
	*got = u->len < cap ? u->len : cap;
	memcpy(bytes, u->data, *got);
	u->data += *got;
	u->len -= *got;
	u->given += *got;
	return FAULT_NONE;
}

void
unpack_free(struct unpack *u)
{
	if (u == NULL)
		return;
	(void)archive_read_free(u->tar);
	walk_free(u->walk);
	frame_free(u->frame);
	free(u);
}
