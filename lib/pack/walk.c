/*
 * The archive policy.
 *
 * libarchive is built to get files out of damaged and odd archives: it follows
 * links and global headers, puts sparse files together, does not mind a missing
 * end and never looks behind it.  A payload is no such archive.  So the bytes
 * pass here first, 512 at a time, and what has more than one reading, or a
 * place where something could hide, does not pass.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "pack/members.h"
#include "pack/pax.h"
#include "pack/ustar.h"
#include "pack/walk.h"

enum state {
	STATE_HEADER,   /* collecting a header */
	STATE_EXTENDED, /* collecting the records of an extended header */
	STATE_DATA,     /* passing a file's bytes */
	STATE_FILL,     /* zeros up to a whole block */
	STATE_MARK,     /* one zero block seen, the second is due */
	STATE_PADDING   /* zeros to the end */
};

struct walk {
	struct unpack_limits limits;
	struct members members;
	uint64_t bytes;  /* announced by all members together */
	uint64_t offset; /* of the next byte in the archive */
	enum state state;
	unsigned char block[USTAR_BLOCK];
	size_t have;   /* bytes of block or of records collected */
	uint64_t left; /* bytes of data, records or fill still due */
	size_t fill;   /* zeros after them */
	unsigned char records[PAX_MAX];
	struct pax pax;
	bool extended; /* pax belongs to the next header */
	size_t padding;
};

enum fault
walk_new(
    struct walk **out, const struct unpack_limits *limits, struct cause *why)
{
	*out = calloc(1, sizeof(**out));
	if (*out == NULL)
		return cause_memory(why);
	(*out)->limits = *limits;
	return FAULT_NONE;
}

/* Copies into a buffer that needs "want" bytes in all; returns bytes used. */
static size_t
collect(struct walk *w, unsigned char *to, size_t want,
    const unsigned char *bytes, size_t len)
{
	size_t n = want - w->have;

	if (n > len)
		n = len;
	memcpy(to + w->have, bytes, n);
	w->have += n;
	return n;
}

/* Expects "size" bytes and zeros up to a whole block. */
static void
expect(struct walk *w, enum state state, uint64_t size)
{
	w->left = size;
	w->fill = (USTAR_BLOCK - (size_t)(size % USTAR_BLOCK)) % USTAR_BLOCK;
	w->have = 0;
	w->state = size > 0 ? state : STATE_HEADER;
}

/* An extended header may repeat the file's header, not change it. */
static enum fault
check_same(const struct walk *w, const struct ustar *h, struct cause *why)
{
	if (w->extended && w->pax.has_size && w->pax.size != h->size)
		return cause_set(why, FAULT_ARCHIVE,
		    N_("a member's size differs between its two headers"));
	if (w->extended && w->pax.has_path && strcmp(w->pax.path, h->name) != 0)
		return cause_set(why, FAULT_ARCHIVE,
		    N_("a member's name differs between its two headers"));
	/* How more than eleven digits are written was never standardised. */
	if (h->wide && !(w->extended && w->pax.has_size))
		return cause_set(why, FAULT_ARCHIVE,
		    N_("a member of 8 GiB or more has no pax size"));
	return FAULT_NONE;
}

static enum fault
take_file(struct walk *w, const struct ustar *h, struct cause *why)
{
	enum fault f = check_same(w, h, why);

	if (f != FAULT_NONE)
		return f;
	w->extended = false;
	if (w->members.n >= w->limits.members)
		return cause_set(why, FAULT_LARGER,
		    N_("the archive holds more than %zu members"),
		    w->limits.members);
	if (h->size > w->limits.bytes - w->bytes)
		return cause_set(why, FAULT_LARGER,
		    N_("the archive's members hold more than %llu bytes"),
		    (unsigned long long)w->limits.bytes);
	f = members_add(&w->members, h->name, h->size, why);
	if (f == FAULT_FORMAT || f == FAULT_EXISTS) {
		f = FAULT_ARCHIVE;
		if (why != NULL)
			why->fault = f;
	}
	w->bytes += h->size;
	expect(w, STATE_DATA, h->size);
	return f;
}

static enum fault
take_extended(struct walk *w, const struct ustar *h, struct cause *why)
{
	if (w->extended)
		return cause_set(why, FAULT_ARCHIVE,
		    N_("two extended headers follow each other"));
	if (h->size == 0 || h->size > PAX_MAX)
		return cause_set(why, FAULT_ARCHIVE,
		    N_("an extended header is empty or larger than %d bytes"),
		    PAX_MAX);
	w->extended = true;
	expect(w, STATE_EXTENDED, h->size);
	return FAULT_NONE;
}

/* A whole block stands where a header is due. */
static enum fault
take_block(struct walk *w, struct cause *why)
{
	struct ustar header;
	enum fault f = FAULT_NONE;
	bool zero = ustar_zero(w->block, sizeof(w->block));

	w->have = 0;
	if (zero && w->extended)
		return cause_set(why, FAULT_ARCHIVE,
		    N_("an extended header belongs to no member"));
	if (!zero && w->state == STATE_MARK)
		return cause_set(why, FAULT_ARCHIVE,
		    N_("the end-of-archive marker is not whole"));
	if (zero) {
		w->state = w->state == STATE_MARK ? STATE_PADDING : STATE_MARK;
		return FAULT_NONE;
	}
	f = ustar_parse(&header, w->block, why);
	if (f != FAULT_NONE)
		return f;
	return header.type == USTAR_EXTENDED ? take_extended(w, &header, why)
					     : take_file(w, &header, why);
}

/* Data or records are through. */
static void
leave(struct walk *w)
{
	w->have = 0;
	w->state = w->fill > 0 ? STATE_FILL : STATE_HEADER;
}

static enum fault
feed_records(struct walk *w, const unsigned char *bytes, size_t len,
    size_t *used, struct cause *why)
{
	*used = collect(w, w->records, (size_t)w->left, bytes, len);
	if (w->have < w->left)
		return FAULT_NONE;
	leave(w);
	return pax_parse(&w->pax, w->records, (size_t)w->left, why);
}

static void
feed_data(struct walk *w, size_t len, size_t *used)
{
	*used = w->left < len ? (size_t)w->left : len;
	w->left -= *used;
	if (w->left == 0)
		leave(w);
}

static enum fault
feed_fill(struct walk *w, const unsigned char *bytes, size_t len, size_t *used,
    struct cause *why)
{
	*used = w->fill < len ? w->fill : len;
	if (!ustar_zero(bytes, *used))
		return cause_set(why, FAULT_ARCHIVE,
		    N_("the padding of a member is not zero"));
	w->fill -= *used;
	if (w->fill == 0)
		w->state = STATE_HEADER;
	return FAULT_NONE;
}

static enum fault
feed_padding(struct walk *w, const unsigned char *bytes, size_t len,
    size_t *used, struct cause *why)
{
	*used = len;
	w->padding += len;
	if (!ustar_zero(bytes, len))
		return cause_set(why, FAULT_ARCHIVE,
		    N_("there are bytes after the end of the archive"));
	if (w->padding > WALK_PADDING)
		return cause_set(why, FAULT_ARCHIVE,
		    N_("more than %lu zero bytes follow the archive"),
		    WALK_PADDING);
	return FAULT_NONE;
}

/* Takes at least one byte. */
static enum fault
feed(struct walk *w, const unsigned char *bytes, size_t len, size_t *used,
    struct cause *why)
{
	switch (w->state) {
	case STATE_EXTENDED:
		return feed_records(w, bytes, len, used, why);
	case STATE_DATA:
		feed_data(w, len, used);
		return FAULT_NONE;
	case STATE_FILL:
		return feed_fill(w, bytes, len, used, why);
	case STATE_PADDING:
		return feed_padding(w, bytes, len, used, why);
	case STATE_HEADER:
	case STATE_MARK:
		break;
	}
	*used = collect(w, w->block, USTAR_BLOCK, bytes, len);
	return w->have == USTAR_BLOCK ? take_block(w, why) : FAULT_NONE;
}

/* The offset counts in the archive: not when the caller speaks of a member. */
static void
place(const struct walk *w, struct cause *why)
{
	if (why != NULL && why->file[0] == '\0')
		cause_place(why, NULL, 0, NULL, w->offset);
}

enum fault
walk_feed(
    struct walk *w, const unsigned char *bytes, size_t len, struct cause *why)
{
	enum fault f = FAULT_NONE;
	size_t used = 0;

	while (len > 0 && f == FAULT_NONE) {
		f = feed(w, bytes, len, &used, why);
		if (f != FAULT_NONE)
			place(w, why);
		w->offset += used;
		bytes += used;
		len -= used;
	}
	return f;
}

enum fault
walk_end(struct walk *w, struct cause *why)
{
	/* Archives come in whole blocks; a part of one is no padding. */
	if (w->state == STATE_PADDING && w->padding % USTAR_BLOCK == 0)
		return FAULT_NONE;
	place(w, why);
	return cause_set(why, FAULT_ARCHIVE,
	    N_("the archive ends without its end-of-archive marker"));
}

const struct unpack_member *
walk_member(const struct walk *w, size_t i)
{
	return i < w->members.n ? &w->members.at[i] : NULL;
}

void
walk_free(struct walk *w)
{
	if (w == NULL)
		return;
	members_free(&w->members);
	free(w);
}
