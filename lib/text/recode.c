/*
 * recode: whole characters go on, the beginning of one that is cut off waits
 * for its rest.  So it makes no difference where a stream is cut, and a fault
 * has the same offset always.
 */
#include "text/recode.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "base/limits.h"
#include "text/utf8.h"

/* The longest character, and the longest byte order mark. */
#define WHOLE 4
#define RECODE_ROOM (64 * KIB)

struct recode {
	enum recode_from from;
	bool bom;
	struct sink to;
	iconv_t iconv;        /* (iconv_t)-1 for UTF-8 */
	uint64_t offset;      /* of the first byte not yet taken or held */
	bool begun;           /* the mark was looked at */
	char held[2 * WHOLE]; /* a character's beginning, before "offset" */
	size_t n_held;
	char *room; /* RECODE_ROOM; NULL for UTF-8 */
};

static const struct {
	const char *name;
	const char *iconv;
	const char *bom;
} encodings[] = {
	[RECODE_UTF8] = { "utf-8", NULL, "\xef\xbb\xbf" },
	[RECODE_WINDOWS_1252] = { "windows-1252", "WINDOWS-1252", "" },
	[RECODE_UTF16LE] = { "utf-16le", "UTF-16LE", "\xff\xfe" },
	[RECODE_UTF16BE] = { "utf-16be", "UTF-16BE", "\xfe\xff" },
};
#define ENCODINGS (sizeof(encodings) / sizeof(encodings[0]))

const char *
recode_name(enum recode_from from)
{
	return encodings[from].name;
}

bool
recode_find(enum recode_from *out, const char *name)
{
	size_t i = 0;

	for (i = 0; i < ENCODINGS; i++)
		if (strcmp(encodings[i].name, name) == 0) {
			*out = (enum recode_from)i;
			return true;
		}
	return false;
}

size_t
recode_bom(enum recode_from from)
{
	return strlen(encodings[from].bom);
}

enum fault
recode_new(struct recode **out, enum recode_from from, bool bom, struct sink to,
    struct cause *why)
{
	struct recode *r = calloc(1, sizeof(*r));

	*out = NULL;
	if (r == NULL)
		return cause_memory(why);
	r->from = from;
	r->bom = bom;
	r->to = to;
	r->iconv = (iconv_t)-1;
	if (from != RECODE_UTF8) {
		r->iconv = iconv_open("UTF-8", encodings[from].iconv);
		r->room = malloc(RECODE_ROOM);
	}
	if (from != RECODE_UTF8 && r->iconv == (iconv_t)-1) {
		recode_free(r);
		return cause_set(why, FAULT_CONF,
		    N_("the C library cannot convert from %s"),
		    recode_name(from));
	}
	if (from != RECODE_UTF8 && r->room == NULL) {
		recode_free(r);
		return cause_memory(why);
	}
	*out = r;
	return FAULT_NONE;
}

void
recode_free(struct recode *r)
{
	if (r == NULL)
		return;
	if (r->iconv != (iconv_t)-1)
		(void)iconv_close(r->iconv);
	free(r->room);
	free(r);
}

static enum fault
recode_wrong(const struct recode *r, uint64_t offset, struct cause *why)
{
	enum fault f = cause_set(why, FAULT_ENCODING,
	    N_("the text is not valid %s"), recode_name(r->from));

	cause_place(why, NULL, 0, NULL, offset);
	cause_rule(why, "encoding");
	return f;
}

/*
 * Converts what is whole of the bytes; *used of them.  What is left is the
 * beginning of a character.  "offset" is that of the first.
 */
static enum fault
convert(struct recode *r, const char *bytes, size_t len, uint64_t offset,
    size_t *used, struct cause *why)
{
	char *in = (char *)(uintptr_t)bytes, *out = NULL;
	size_t left = len, room = 0;
	int error = 0;
	enum fault f = FAULT_NONE;

	do {
		out = r->room;
		room = RECODE_ROOM;
		error = 0;
		if (iconv(r->iconv, &in, &left, &out, &room) == (size_t)-1)
			error = errno;
		if (room < RECODE_ROOM)
			f = r->to.write(
			    r->to.self, r->room, RECODE_ROOM - room, why);
	} while (f == FAULT_NONE && error == E2BIG);
	*used = len - left;
	if (f == FAULT_NONE && error == EILSEQ)
		f = recode_wrong(r, offset + *used, why);
	return f;
}

/* Bytes that a sequence of UTF-8 has, by its first. */
static size_t
sequence(char first)
{
	unsigned char c = (unsigned char)first;

	return c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;
}

/* The same for UTF-8: nothing is copied. */
static enum fault
prove(struct recode *r, const char *bytes, size_t len, uint64_t offset,
    size_t *used, struct cause *why)
{
	size_t good = utf8_valid(bytes, len);
	enum fault f = FAULT_NONE;

	*used = good;
	if (good > 0)
		f = r->to.write(r->to.self, bytes, good, why);
	if (f == FAULT_NONE && good < len &&
	    len - good >= sequence(bytes[good]))
		f = recode_wrong(r, offset + good, why);
	return f;
}

static enum fault
take(struct recode *r, const char *bytes, size_t len, uint64_t offset,
    size_t *used, struct cause *why)
{
	return r->from == RECODE_UTF8
	    ? prove(r, bytes, len, offset, used, why)
	    : convert(r, bytes, len, offset, used, why);
}

/* Completes the character that is held; *len bytes are there, and what is used
 * of them is taken off. */
static enum fault
complete(struct recode *r, const char **bytes, size_t *len, struct cause *why)
{
	size_t more = WHOLE - r->n_held, used = 0;
	enum fault f = FAULT_NONE;

	if (more > *len)
		more = *len;
	memcpy(r->held + r->n_held, *bytes, more);
	f = take(
	    r, r->held, r->n_held + more, r->offset - r->n_held, &used, why);
	if (used < r->n_held) {
		/* Still not whole: all that came is held. */
		memmove(r->held, r->held + used, r->n_held + more - used);
		r->n_held += more - used;
	} else {
		more = used - r->n_held;
		r->n_held = 0;
	}
	r->offset += more;
	*bytes += more;
	*len -= more;
	return f;
}

static enum fault
text(struct recode *r, const char *bytes, size_t len, struct cause *why)
{
	enum fault f = FAULT_NONE;
	size_t used = 0;

	while (f == FAULT_NONE && r->n_held > 0 && len > 0)
		f = complete(r, &bytes, &len, why);
	if (f != FAULT_NONE || len == 0)
		return f;
	f = take(r, bytes, len, r->offset, &used, why);
	r->offset += len;
	r->n_held = len - used;
	/* After a fault nothing is held any more. */
	if (f != FAULT_NONE)
		r->n_held = 0;
	else if (r->n_held > 0)
		memcpy(r->held, bytes + used, r->n_held);
	return f;
}

static enum fault
wrong_mark(const struct recode *r, struct cause *why)
{
	enum fault f = cause_set(why, FAULT_ENCODING,
	    r->bom ? N_("the file does not begin with the agreed byte order "
			"mark")
		   : N_("the file begins with a byte order mark, which is not "
			"agreed"));

	cause_place(why, NULL, 0, NULL, 0);
	cause_rule(why, "bom");
	return f;
}

/* The first bytes are there, or there are no more. */
static enum fault
begin(struct recode *r, struct cause *why)
{
	const char *bom = encodings[r->from].bom;
	/* Windows-1252 has none, but what it might be given has. */
	const char *mark = bom[0] != '\0' ? bom : encodings[RECODE_UTF8].bom;
	size_t n = strlen(mark), len = r->n_held;
	bool there = len >= n && memcmp(r->held, mark, n) == 0;
	char first[WHOLE];

	r->begun = true;
	r->n_held = 0;
	if (there != r->bom)
		return wrong_mark(r, why);
	if (there) {
		r->offset = n;
		len -= n;
	}
	memcpy(first, r->held + (there ? n : 0), len);
	return text(r, first, len, why);
}

enum fault
recode_write(struct recode *r, const void *bytes, size_t len, struct cause *why)
{
	const char *at = bytes;
	size_t need = recode_bom(r->from) == 0 ? 3 : recode_bom(r->from);
	enum fault f = FAULT_NONE;

	while (!r->begun && len > 0) {
		r->held[r->n_held++] = *at++;
		len--;
		if (r->n_held == need && (f = begin(r, why)) != FAULT_NONE)
			return f;
	}
	return len == 0 ? FAULT_NONE : text(r, at, len, why);
}

enum fault
recode_end(struct recode *r, struct cause *why)
{
	enum fault f = FAULT_NONE;

	if (!r->begun)
		f = begin(r, why);
	if (f == FAULT_NONE && r->n_held > 0)
		f = recode_wrong(r, r->offset - r->n_held, why);
	return f;
}
