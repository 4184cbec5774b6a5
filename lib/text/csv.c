/*
 * csv: records and fields of strict RFC 4180.
 *
 * This is the hot path of every check, so bytes are not looked at one by one:
 * a map holds one bit for each byte that may mean something (delimiter, quote,
 * and the control bytes up to CR, among them LF and NUL), and the record
 * parser hops from bit to bit.  The maps are text/sweep's.
 */
#include <string.h>

#include "base/limits.h"
#include "text/csv.h"

#define WORD SWEEP_WORD

size_t
csv_cut(const struct csv_dialect *d, const struct sweep *by, const char *bytes,
    size_t len, bool *inside)
{
	bool in = false;
	size_t i = len;

	if (d->quote == 0) {
		const char *nl = memrchr(bytes, '\n', len);

		return nl == NULL ? 0 : (size_t)(nl - bytes) + 1;
	}
	/*
	 * Knowing the state after the last byte, the last record end is found
	 * from behind: seldom more than one record is walked.
	 */
	in = *inside ^ by->parity(bytes, len, d->quote);
	*inside = in;
	for (; i > 0; i--) {
		if (bytes[i - 1] == d->quote)
			in = !in;
		else if (bytes[i - 1] == '\n' && !in)
			return i;
	}
	return 0;
}

/* The map's last word, for the fewer than 64 bytes at p. */
static uint64_t
map_tail(const struct csv_reader *r, const char *p, size_t left)
{
	char copy[WORD] = { 0 };
	uint64_t word = 0;

	memcpy(copy, p, left);
	r->by->map(&word, copy, 1, r->dialect.delimiter, r->dialect.quote);
	return word & ((1ULL << left) - 1);
}

void
csv_reader_start(struct csv_reader *r, const struct csv_dialect *d,
    const char *bytes, size_t len, bool last)
{
	/* The marks need no beginning. */
	r->dialect = *d;
	r->bytes = bytes;
	r->len = len;
	r->last = last;
	r->by = sweep_scalar();
	r->map = NULL;
	r->at = r->word = r->next = r->n = 0;
}

void
csv_reader_map(struct csv_reader *r, const struct sweep *by, uint64_t *map)
{
	size_t words = r->len / WORD, left = r->len % WORD;

	r->by = by;
	r->map = map;
	by->map(map, r->bytes, words, r->dialect.delimiter, r->dialect.quote);
	if (left > 0)
		map[words] = map_tail(r, r->bytes + words * WORD, left);
}

/* The next words' marks, or without a map those of one word. */
static void
reader_marks(struct csv_reader *r)
{
	size_t base = r->word * WORD, left = r->len - base, zero = 0;
	uint64_t word = 0;
	uint32_t i = 0;

	r->next = 0;
	if (r->map != NULL) {
		r->n = r->by->marks(r->mark, CSV_MARKS, r->map, &r->word,
		    CSV_MAP_WORDS(r->len));
		return;
	}
	if (left < WORD)
		word = map_tail(r, r->bytes + base, left);
	else
		r->by->map(&word, r->bytes + base, 1, r->dialect.delimiter,
		    r->dialect.quote);
	r->n = r->by->marks(r->mark, 1, &word, &zero, 1);
	for (i = 0; i < r->n; i++)
		r->mark[i] += (uint32_t)base;
	r->word++;
}

/* Whether bytes are left whose marks were not taken. */
static inline bool
reader_more(const struct csv_reader *r)
{
	return r->word * WORD < r->len;
}

/* Position of the next marked byte, or len. */
static inline size_t
reader_hop(struct csv_reader *r)
{
	while (__builtin_expect(r->next == r->n, 0)) {
		if (!reader_more(r))
			return r->len;
		reader_marks(r);
	}
	return r->mark[r->next++];
}

/* The field being read. */
struct open_field {
	size_t start; /* first byte of the content */
	size_t tail;  /* bytes after the content: 1 for a closing quote */
	bool quoted;
	bool doubled;
};

/* The record being read. */
struct reader_record {
	struct csv_field *fields;
	size_t max, n;
	size_t used; /* as csv_record gives it */
};

/* What a mark that is no delimiter turned out to be. */
enum mark { MARK_NOTHING, MARK_END, MARK_FAULT };

/*
 * Goes through a quoted field whose opening quote is at "open"; leaves the next
 * mark to be its delimiter or newline.
 */
static enum csv_wrong
reader_quoted(
    struct csv_reader *r, size_t open, struct open_field *f, size_t *used)
{
	size_t p = 0;
	char c = 0;

	*used = open;
	f->start = open + 1;
	f->quoted = true;
	f->tail = 1;
	for (;;) {
		p = reader_hop(r);
		if (p == r->len)
			return r->last ? CSV_OPEN_QUOTE : CSV_MORE;
		c = r->bytes[p];
		if (c == '\0') {
			*used = p;
			return CSV_NUL;
		}
		if (c != r->dialect.quote)
			continue;
		if (p + 1 == r->len)
			return r->last ? CSV_OK : CSV_MORE;
		c = r->bytes[p + 1];
		if (c != r->dialect.quote)
			break;
		f->doubled = true;
		(void)reader_hop(r);
	}
	if (c == r->dialect.delimiter || c == '\n' || c == '\r')
		return CSV_OK;
	*used = p + 1;
	return c == '\0' ? CSV_NUL : CSV_AFTER_QUOTE;
}

/* A CR or LF outside quotes at p. */
static enum mark
reader_newline(
    struct csv_reader *r, size_t p, enum csv_wrong *wrong, size_t *used)
{
	bool crlf = r->dialect.newline == CSV_CRLF;
	bool before_lf = p + 1 < r->len && r->bytes[p + 1] == '\n';

	*used = p;
	if (r->bytes[p] == '\n') {
		*wrong = crlf ? CSV_NEWLINE : CSV_OK;
		*used = crlf ? p : p + 1;
	} else if (p + 1 == r->len && !r->last) {
		*wrong = CSV_MORE;
	} else if (!before_lf) {
		*wrong = CSV_LONE_CR;
	} else if (!crlf) {
		*wrong = CSV_NEWLINE;
	} else {
		(void)reader_hop(r);
		*wrong = CSV_OK;
		*used = p + 2;
	}
	return *wrong == CSV_OK ? MARK_END : MARK_FAULT;
}

/* Everything but the plain delimiter. */
static enum mark
reader_mark(struct csv_reader *r, size_t p, struct open_field *f,
    enum csv_wrong *wrong, size_t *used)
{
	char c = 0;

	*used = p;
	if (p == r->len) {
		*wrong = r->last && p > r->at ? CSV_OK : CSV_MORE;
		return *wrong == CSV_OK ? MARK_END : MARK_FAULT;
	}
	c = r->bytes[p];
	if (c == '\n' || c == '\r')
		return reader_newline(r, p, wrong, used);
	*wrong = CSV_NUL;
	if (c == '\0')
		return MARK_FAULT;
	if (c != r->dialect.quote)
		return MARK_NOTHING;
	*wrong = CSV_STRAY_QUOTE;
	if (p == f->start)
		*wrong = reader_quoted(r, p, f, used);
	return *wrong == CSV_OK ? MARK_NOTHING : MARK_FAULT;
}

static inline void
field_put(struct csv_field *field, const char *bytes,
    const struct open_field *f, size_t end)
{
	field->at = bytes + f->start;
	field->len = (uint32_t)(end - f->start - f->tail);
	field->quoted = f->quoted;
	field->doubled = f->doubled;
}

/*
 * The fields of a record as long as they are plain; returns the first mark that
 * is no delimiter, or len.  What changes is held apart from the reader: stores
 * into fields could alias it, and all would be loaded again for each field.
 */
static inline size_t
reader_plain(struct csv_reader *r, struct csv_field *fields, size_t max,
    size_t *n, size_t *start)
{
	const char *bytes = r->bytes;
	const char delimiter = r->dialect.delimiter;
	struct open_field f = { r->at, 0, false, false };
	size_t p = r->len, count = 0, next = 0, end = 0;

	for (;;) {
		end = r->n;
		for (next = r->next; next < end; count++) {
			p = r->mark[next++];
			if (bytes[p] != delimiter)
				goto out;
			if (count < max)
				field_put(&fields[count], bytes, &f, p);
			f.start = p + 1;
		}
		p = r->len;
		if (!reader_more(r))
			goto out;
		reader_marks(r);
	}
out:
	r->next = next;
	*n = count;
	*start = f.start;
	return p;
}

/* The record's other marks, of which p is the first. */
static enum csv_wrong
reader_rest(struct csv_reader *r, size_t p, struct open_field f,
    struct reader_record *out)
{
	enum csv_wrong wrong = CSV_OK;
	enum mark mark = MARK_NOTHING;

	for (;; p = reader_hop(r)) {
		if (p == r->len || r->bytes[p] != r->dialect.delimiter) {
			mark = reader_mark(r, p, &f, &wrong, &out->used);
			if (mark == MARK_NOTHING)
				continue;
			if (mark == MARK_FAULT)
				break;
		}
		if (out->n < out->max)
			field_put(&out->fields[out->n], r->bytes, &f, p);
		out->n++;
		if (mark == MARK_END)
			break;
		f = (struct open_field){ p + 1, 0, false, false };
	}
	return wrong;
}

enum csv_wrong
csv_reader_next(struct csv_reader *r, struct csv_field *fields, size_t max,
    size_t *n, size_t *used)
{
	struct reader_record record = { fields, max, 0, 0 };
	struct open_field f = { r->at, 0, false, false };
	enum csv_wrong wrong = CSV_OK;
	size_t p = reader_plain(r, fields, max, &record.n, &f.start);

	if (p < r->len && r->bytes[p] == '\n' && r->dialect.newline == CSV_LF) {
		/* Nearly every record ends here. */
		if (record.n < max)
			field_put(&fields[record.n], r->bytes, &f, p);
		record.n++;
		record.used = p + 1;
	} else {
		wrong = reader_rest(r, p, f, &record);
	}
	*n = record.n;
	*used = wrong == CSV_MORE ? r->len : record.used;
	if ((wrong == CSV_OK || wrong == CSV_MORE) &&
	    *used - r->at > LIMIT_CSV_RECORD) {
		*used = r->at + LIMIT_CSV_RECORD;
		return CSV_TOO_LONG;
	}
	if (wrong != CSV_OK)
		return wrong;
	r->at = *used;
	return record.n > max ? CSV_TOO_MANY : CSV_OK;
}

enum csv_wrong
csv_record(const struct csv_dialect *d, const char *bytes, size_t len,
    bool last, struct csv_field *fields, size_t max, size_t *n, size_t *used)
{
	struct csv_reader r;

	csv_reader_start(&r, d, bytes, len, last);
	return csv_reader_next(&r, fields, max, n, used);
}

size_t
csv_unquote(
    const struct csv_dialect *d, const struct csv_field *field, char *out)
{
	size_t i = 0, n = 0;

	for (i = 0; i < field->len; i++) {
		out[n++] = field->at[i];
		if (field->quoted && field->at[i] == d->quote)
			i++; /* its double */
	}
	return n;
}

const char *
csv_wrong_text(enum csv_wrong wrong)
{
	switch (wrong) {
	case CSV_OK:
		return "nothing wrong";
	case CSV_MORE:
		return "record does not end";
	case CSV_STRAY_QUOTE:
		return "quote inside a field that is not quoted";
	case CSV_AFTER_QUOTE:
		return "text after a closing quote";
	case CSV_OPEN_QUOTE:
		return "quote that is never closed";
	case CSV_LONE_CR:
		return "carriage return that ends no line";
	case CSV_NEWLINE:
		return "line end that is not the agreed one";
	case CSV_NUL:
		return "NUL byte";
	case CSV_TOO_LONG:
		return "record longer than 1 MiB";
	case CSV_TOO_MANY:
		return "too many fields";
	}
	return "unknown";
}
