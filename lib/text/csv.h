/*
 * csv: strict RFC 4180 records with a stated dialect.
 *
 * Two jobs, both pure: find where records end (fast, for cutting a stream into
 * blocks that threads can parse by themselves), and split a record into fields.
 * A quote inside a bare field, text after a closing quote, a lone CR, a NUL and
 * a last record that ends inside quotes are faults.
 */
#ifndef TEXT_CSV_H
#define TEXT_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "text/sweep.h"

enum csv_newline { CSV_LF, CSV_CRLF };

struct csv_dialect {
	char delimiter; /* one byte, not quote, CR or LF */
	char quote;     /* '"' ; 0 = no quoting at all */
	enum csv_newline newline;
	bool bom; /* the file begins with EF BB BF */
};

/* A field as it lies in the block; quoted fields with doubled quotes must be
 * copied by csv_unquote before their value is looked at. */
struct csv_field {
	const char *at; /* first byte of the content, quotes left out */
	uint32_t len;   /* content bytes, doubled quotes counted twice */
	bool quoted;    /* was within quotes: "" is not missing */
	bool doubled;   /* holds doubled quotes */
};

/*
 * Cuts: given the first "len" bytes of a stream that begins outside quotes (or
 * inside, as *inside says), returns the length up to and with the last newline
 * that ends a record, 0 if there is none, and leaves in *inside whether the
 * stream is within quotes after all "len" bytes.
 */
size_t csv_cut(const struct csv_dialect *d, const struct sweep *by,
    const char *bytes, size_t len, bool *inside);

/* What is wrong with a record. */
enum csv_wrong {
	CSV_OK,
	CSV_MORE,
	CSV_STRAY_QUOTE,
	CSV_AFTER_QUOTE,
	CSV_OPEN_QUOTE,
	CSV_LONE_CR,
	CSV_NEWLINE,
	CSV_NUL,
	CSV_TOO_LONG,
	CSV_TOO_MANY
};

/*
 * Splits the record at bytes into fields (at most max).  "last" says that the
 * stream ends after len, so that a final newline may be missing.  On CSV_OK
 * *used is the record with its newline; on a fault *used is the offset of the
 * offending byte (of the opening quote for CSV_OPEN_QUOTE).  CSV_MORE: the
 * record does not end within len.  CSV_TOO_MANY: the record is sound and *used
 * its length, but it has *n > max fields, of which the first max are given.
 * Line breaks within quotes may be of any kind.
 */
enum csv_wrong csv_record(const struct csv_dialect *d, const char *bytes,
    size_t len, bool last, struct csv_field *fields, size_t max, size_t *n,
    size_t *used);

/*
 * Reads the records of a block one after another.  Without a map the bytes that
 * may mean something are looked for word by word; with one, in one go, which is
 * faster.
 */
#define CSV_MAP_WORDS(len) (((len) + SWEEP_WORD - 1) / SWEEP_WORD)
#define CSV_MARKS 512
struct csv_reader {
	struct csv_dialect dialect;
	const char *bytes;
	size_t len;
	bool last; /* the stream ends after len */
	const struct sweep *by;
	const uint64_t *map;
	size_t at;      /* where the next record begins */
	size_t word;    /* the first whose bits are not taken yet */
	size_t next, n; /* marks used and there */
	uint32_t mark[CSV_MARKS + SWEEP_SPARE]; /* positions of mapped bytes */
};
/* len is below 4 GiB; the bytes are borrowed. */
void csv_reader_start(struct csv_reader *r, const struct csv_dialect *d,
    const char *bytes, size_t len, bool last);
/* Just after the start; "map" is room for CSV_MAP_WORDS(len) words, borrowed.
 */
void csv_reader_map(
    struct csv_reader *r, const struct sweep *by, uint64_t *map);
/* As csv_record; *used counts from the block's start and is where the next
 * record begins.  After a fault that is not CSV_TOO_MANY the reader is spent.
 */
enum csv_wrong csv_reader_next(struct csv_reader *r, struct csv_field *fields,
    size_t max, size_t *n, size_t *used);

/* Writes the field's value, doubled quotes halved; out holds field->len bytes
 * and may be field->at itself.  Returns the value's length. */
size_t csv_unquote(
    const struct csv_dialect *d, const struct csv_field *field, char *out);

/* Short English words for the wrong ("stray quote"), static; for causes. */
const char *csv_wrong_text(enum csv_wrong wrong);

#endif
