/*
 * fuzz_csv: the two readers of CSV give the same fields and the same faults;
 * cutting a stream anywhere changes nothing; what was read and is written with
 * quotes is read again as the same.  The same bytes as a code list: refused, or
 * a set of each column's words.
 *
 * The first byte says the dialect and how many fields are taken; the second is
 * where to cut.
 */
#include "check/codelist.h"
#include "check/set.h"
#include "fuzz.h"
#include "text/csv.h"

#define FIELDS 64

static struct csv_dialect
dialect_of(uint8_t byte)
{
	static const char delimiters[] = ",;\t|";
	struct csv_dialect d = { delimiters[byte & 3], '"', CSV_LF, false };

	d.newline = (byte & 4) != 0 ? CSV_CRLF : CSV_LF;
	if ((byte & 8) != 0)
		d.quote = (byte & 16) != 0 ? '\'' : '\0';
	return d;
}

static bool
same_field(const struct csv_field *a, const struct csv_field *b)
{
	return a->at == b->at && a->len == b->len && a->quoted == b->quoted &&
	    a->doubled == b->doubled;
}

/* One field, in quotes where the dialect has them. */
static void
put_field(struct buf *out, const struct csv_dialect *d,
    const struct csv_field *field, char *room)
{
	size_t n = csv_unquote(d, field, room);
	enum fault f = FAULT_NONE;

	if (d->quote != '\0')
		f = buf_put(out, &d->quote, 1);
	for (size_t i = 0; i < n && f == FAULT_NONE; i++) {
		if (d->quote != '\0' && room[i] == d->quote)
			f = buf_put(out, &d->quote, 1);
		if (f == FAULT_NONE)
			f = buf_put(out, &room[i], 1);
	}
	if (f == FAULT_NONE && d->quote != '\0')
		f = buf_put(out, &d->quote, 1);
	FUZZ_HOLD(f == FAULT_NONE);
}

static bool
same_value(const struct csv_dialect *d, const struct csv_field *a,
    const struct csv_field *b, char *room)
{
	char *other = room + a->len;
	size_t n = csv_unquote(d, a, room);

	return csv_unquote(d, b, other) == n && memcmp(room, other, n) == 0;
}

/* The record, written and read again. */
static void
write_again(
    const struct csv_dialect *d, const struct csv_field *fields, size_t n)
{
	struct csv_field again[FIELDS];
	struct buf out = FUZZ_BUF;
	size_t longest = 0, m = 0, used = 0;
	char *room = NULL;

	for (size_t i = 0; i < n; i++)
		longest = fields[i].len > longest ? fields[i].len : longest;
	room = malloc(3 * longest + 1);
	FUZZ_HOLD(room != NULL);
	for (size_t i = 0; i < n; i++) {
		put_field(&out, d, &fields[i], room);
		if (i + 1 < n)
			FUZZ_HOLD(
			    buf_put(&out, &d->delimiter, 1) == FAULT_NONE);
	}
	FUZZ_HOLD(buf_puts(&out, d->newline == CSV_CRLF ? "\r\n" : "\n") ==
	    FAULT_NONE);
	/* Beyond LIMIT_CSV_RECORD quotes may have made it too long. */
	if (out.len < LIMIT_CSV_RECORD) {
		FUZZ_HOLD(csv_record(d, buf_text(&out), out.len, true, again,
			      FIELDS, &m, &used) == CSV_OK);
		FUZZ_HOLD(m == n && used == out.len);
		for (size_t i = 0; i < n; i++)
			FUZZ_HOLD(same_value(d, &fields[i], &again[i], room));
	}
	free(room);
	buf_free(&out);
}

/* Both readers, one without vectors, over all records; returns how many, *sound
 * whether to the end. */
static size_t
read_all(const struct csv_dialect *d, const char *bytes, size_t len, size_t max,
    bool *sound)
{
	struct csv_field a[FIELDS], b[FIELDS];
	struct csv_reader *r = malloc(sizeof(*r));
	uint64_t *map = calloc(CSV_MAP_WORDS(len) + 1, sizeof(*map));
	enum csv_wrong wrong = CSV_OK, other = CSV_OK;
	size_t at = 0, records = 0, n = 0, m = 0, used = 0, next = 0;

	FUZZ_HOLD(r != NULL && map != NULL);
	csv_reader_start(r, d, bytes, len, true);
	csv_reader_map(r, sweep_best(), map);
	while (at < len && (wrong == CSV_OK || wrong == CSV_TOO_MANY)) {
		wrong = csv_record(
		    d, bytes + at, len - at, true, a, max, &n, &used);
		other = csv_reader_next(r, b, max, &m, &next);
		FUZZ_HOLD(wrong == other && wrong != CSV_MORE);
		FUZZ_HOLD(used <= len - at && next == at + used);
		if (wrong != CSV_OK && wrong != CSV_TOO_MANY)
			break;
		FUZZ_HOLD(n == m && (n > max) == (wrong == CSV_TOO_MANY));
		for (size_t i = 0; i < n && i < max; i++)
			FUZZ_HOLD(same_field(&a[i], &b[i]) &&
			    memchr(a[i].at, '\0', a[i].len) == NULL);
		if (wrong == CSV_OK)
			write_again(d, a, n);
		FUZZ_HOLD(used > 0);
		at += used;
		records++;
	}
	FUZZ_HOLD(csv_wrong_text(wrong)[0] != '\0' || wrong == CSV_OK);
	*sound = at == len;
	free(map);
	free(r);
	return records;
}

/* Whatever is taken as a list has its words, and a set knows them. */
static void
hold_list(const struct csv_dialect *d, const char *bytes, size_t len)
{
	struct codelist_file file = { "list", *d, bytes, len };
	struct codelist *l = NULL;
	struct cause why;
	enum fault f = FAULT_NONE;

	cause_clear(&why);
	f = codelist_parse(&l, &file, &why);
	FUZZ_HOLD((f == FAULT_NONE) == (l != NULL));
	if (f != FAULT_NONE) {
		fuzz_refused(f, FAULT_FORMAT, FAULT_FORMAT, &why);
		return;
	}
	for (const char *const *name =
		 (const char *const[]){ "", "a", "b", "kode", NULL };
	     *name != NULL; name++) {
		struct set *s = NULL;

		f = codelist_set(&s, l, *name);
		FUZZ_HOLD(f == FAULT_NONE || f == FAULT_ABSENT);
		FUZZ_HOLD((f == FAULT_NONE) == (s != NULL));
		FUZZ_HOLD(f == FAULT_ABSENT || codelist_has(l, *name));
		set_free(s);
	}
	codelist_free(l);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct csv_dialect d;
	const char *bytes = NULL;
	bool whole = false, first = false, rest = false, inside = false;
	size_t records = 0, max = 0, cut = 0, n = 0, m = 0;

	if (size < 3)
		return 0;
	d = dialect_of(data[0]);
	max = 1 + (data[0] >> 5) * 9UL;
	bytes = (const char *)data + 2;
	size -= 2;
	hold_list(&d, bytes, size);
	records = read_all(&d, bytes, size, max, &whole);
	cut = csv_cut(&d, sweep_best(), bytes, data[1] * size / 255, &inside);
	n = read_all(&d, bytes, cut, max, &first);
	m = read_all(&d, bytes + cut, size - cut, max, &rest);
	FUZZ_HOLD(whole == (first && rest));
	if (whole)
		FUZZ_HOLD(records == n + m);
	return 0;
}
