/*
 * csv: records and fields of strict RFC 4180.
 *
 * This is the hot path of every check, so bytes are not looked at one by one:
 * a map holds one bit for each byte that may mean something (delimiter, quote,
 * and the control bytes up to CR, among them LF and NUL), and the record
 * parser hops from bit to bit.  The map comes from AVX2 where the processor has
 * it, else from eight bytes in a 64-bit word; both are compared by a test.
 */
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "base/limits.h"
#include "text/csv.h"

#define ONES 0x0101010101010101ULL
#define HIGH 0x8080808080808080ULL
#define LOW7 0x7f7f7f7f7f7f7f7fULL
#define WORD 64U

/* High bit of each byte that is zero; exact, no borrow between bytes. */
static inline uint64_t
zero_bytes(uint64_t x)
{
	return ~(((x & LOW7) + LOW7) | x) & HIGH;
}

/* High bit of each byte that is at most '\r' (13). */
static inline uint64_t
control_bytes(uint64_t x)
{
	return ~(((x & LOW7) + ONES * (0x80 - 14)) | x) & HIGH;
}

static inline uint64_t
repeat(char c)
{
	return ONES * (unsigned char)c;
}

/* The map's word for the 64 bytes at p. */
static uint64_t
map_word(const struct csv_dialect *d, const char *p)
{
	uint64_t delimiter = repeat(d->delimiter), quote = repeat(d->quote);
	uint64_t word = 0, x = 0, hits = 0;
	unsigned i = 0;

	for (i = 0; i < WORD / 8; i++) {
		memcpy(&x, p + i * 8, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
		x = __builtin_bswap64(x);
#endif
		hits = zero_bytes(x ^ delimiter) | zero_bytes(x ^ quote) |
		    control_bytes(x);
		/* Gathers the eight high bits in one byte, in order. */
		hits = ((hits >> 7) * 0x0102040810204080ULL) >> 56;
		word |= hits << (i * 8);
	}
	return word;
}

/* The same where fewer than 64 bytes are left. */
static uint64_t
map_tail(const struct csv_dialect *d, const char *p, size_t left)
{
	char copy[WORD] = { 0 };

	memcpy(copy, p, left);
	return map_word(d, copy) & ((1ULL << left) - 1);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static inline uint32_t
map_half_avx2(const char *p, __m256i delimiter, __m256i quote)
{
	__m256i x = _mm256_loadu_si256((const __m256i *)(const void *)p);
	__m256i hits = _mm256_or_si256(
	    _mm256_or_si256(
		_mm256_cmpeq_epi8(x, delimiter), _mm256_cmpeq_epi8(x, quote)),
	    _mm256_cmpeq_epi8(_mm256_min_epu8(x, _mm256_set1_epi8('\r')), x));

	return (uint32_t)_mm256_movemask_epi8(hits);
}

__attribute__((target("avx2"))) static void
map_avx2(
    const struct csv_dialect *d, const char *p, size_t words, uint64_t *map)
{
	__m256i delimiter = _mm256_set1_epi8(d->delimiter);
	__m256i quote = _mm256_set1_epi8(d->quote);
	size_t i = 0;

	for (i = 0; i < words; i++, p += WORD)
		map[i] = map_half_avx2(p, delimiter, quote) |
		    (uint64_t)map_half_avx2(p + 32, delimiter, quote) << 32;
}

/* Odd number of quotes in "steps" times 32 bytes. */
__attribute__((target("avx2"))) static bool
parity_avx2(const char *p, size_t steps, char quote)
{
	__m256i pattern = _mm256_set1_epi8(quote);
	__m256i odd = _mm256_setzero_si256();
	size_t i = 0;

	for (i = 0; i < steps; i++)
		odd = _mm256_xor_si256(odd,
		    _mm256_cmpeq_epi8(pattern,
			_mm256_loadu_si256(
			    (const __m256i *)(const void *)(p + i * 32))));
	return __builtin_parity((uint32_t)_mm256_movemask_epi8(odd)) != 0;
}
#endif

/* AVX2, and the bit instructions that came before or with it. */
static bool
has_vectors(void)
{
#if defined(__x86_64__)
	return __builtin_cpu_supports("avx2") != 0 &&
	    __builtin_cpu_supports("bmi") != 0 &&
	    __builtin_cpu_supports("popcnt") != 0;
#else
	return false;
#endif
}

/* Whether the number of quotes is odd. */
static bool
parity(const char *p, size_t len, char quote)
{
	uint64_t pattern = repeat(quote), odd = 0, x = 0;
	size_t i = 0;
	bool is = false;

#if defined(__x86_64__)
	if (has_vectors()) {
		is = parity_avx2(p, len / 32, quote);
		i = len / 32 * 32;
	}
#endif
	for (; i + 8 <= len; i += 8) {
		memcpy(&x, p + i, 8);
		odd ^= zero_bytes(x ^ pattern);
	}
	is ^= __builtin_parityll(odd) != 0;
	for (; i < len; i++)
		is ^= p[i] == quote;
	return is;
}

size_t
csv_cut(
    const struct csv_dialect *d, const char *bytes, size_t len, bool *inside)
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
	in = *inside ^ parity(bytes, len, d->quote);
	*inside = in;
	for (; i > 0; i--) {
		if (bytes[i - 1] == d->quote)
			in = !in;
		else if (bytes[i - 1] == '\n' && !in)
			return i;
	}
	return 0;
}

static uint64_t
reader_word(const struct csv_reader *r, size_t base)
{
	size_t left = r->len - base;

	if (r->map != NULL)
		return r->map[base / WORD];
	if (left < WORD)
		return map_tail(&r->dialect, r->bytes + base, left);
	return map_word(&r->dialect, r->bytes + base);
}

void
csv_reader_start(struct csv_reader *r, const struct csv_dialect *d,
    const char *bytes, size_t len, bool last, uint64_t *map)
{
	size_t words = len / WORD, i = 0;

	/* The marks need no beginning. */
	r->dialect = *d;
	r->bytes = bytes;
	r->len = len;
	r->last = last;
	r->map = NULL;
	r->at = r->base = r->next = r->n = 0;
	if (map != NULL) {
#if defined(__x86_64__)
		if (has_vectors()) {
			map_avx2(d, bytes, words, map);
			i = words;
		}
#endif
		for (; i < words; i++)
			map[i] = map_word(d, bytes + i * WORD);
		if (len % WORD != 0)
			map[words] =
			    map_tail(d, bytes + words * WORD, len % WORD);
		r->map = map;
	}
}

/*
 * Writes the positions of the word's bits, and returns their number.  Eight are
 * written whether they are there or not: to branch on their number, which
 * differs from word to word, would cost more.
 */
static inline __attribute__((always_inline)) size_t
word_marks(uint64_t word, uint32_t base, uint32_t *out)
{
	size_t bits = (size_t)__builtin_popcountll(word), i = 0;

	/* Eight steps without a loop: gcc -O2 would not do so by itself. */
#pragma GCC unroll 8
	for (i = 0; i < 8; i++) {
		/* With the bit above all, no bit has a position too. */
		out[i] = base + (uint32_t)__builtin_ctzll(word | 1ULL << 63);
		word &= word - 1;
	}
	for (; i < bits; i++) {
		out[i] = base + (uint32_t)__builtin_ctzll(word);
		word &= word - 1;
	}
	return bits;
}

#if defined(__x86_64__)
/* The same code, but popcount and ctz are one instruction each. */
__attribute__((target("avx2,bmi,popcnt"))) static void
reader_marks_avx2(struct csv_reader *r, size_t room)
{
	for (; r->n < room && r->base < r->len; r->base += WORD)
		r->n += word_marks(
		    r->map[r->base / WORD], (uint32_t)r->base, r->mark + r->n);
}
#endif

static void
reader_marks(struct csv_reader *r)
{
	size_t room = r->map != NULL ? CSV_MARKS - WORD : 1;

	r->next = r->n = 0;
#if defined(__x86_64__)
	if (r->map != NULL && has_vectors()) {
		reader_marks_avx2(r, room);
		return;
	}
#endif
	for (; r->n < room && r->base < r->len; r->base += WORD)
		r->n += word_marks(
		    reader_word(r, r->base), (uint32_t)r->base, r->mark + r->n);
}

/* Position of the next marked byte, or len. */
static inline size_t
reader_hop(struct csv_reader *r)
{
	while (__builtin_expect(r->next == r->n, 0)) {
		if (r->base >= r->len)
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
		if (r->base >= p)
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

	csv_reader_start(&r, d, bytes, len, last, NULL);
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
