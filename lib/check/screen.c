/*
 * screen: the rule is looked at once for 64 cells, and a cell is held against
 * it without a branch, which a mix of values would make the processor guess
 * wrong.  With AVX2 a cell of up to 32 bytes is one load; where there is none,
 * patterns and dates are left to value_check.
 */
#include "check/screen.h"

#include <endian.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "check/column.h"

#define WIDE 32  /* bytes of a vector */
#define MOULDS 8 /* a pattern with more forms is left to value_check */
#define TRIES 32
#define WORD_MAX 16

_Static_assert(SCREEN_SLACK >= WIDE, "a cell's load stays in its buffer");

/* A length and the range of each byte; behind the end every byte will do. */
struct mould {
	uint8_t low[WIDE];
	uint8_t high[WIDE];
	size_t len;
};

/* A free slot has index 0, and no cell is like it but the empty one. */
struct word_slot {
	uint64_t head;  /* first eight bytes, zeros behind a shorter word */
	uint64_t tail;  /* the next eight */
	uint32_t index; /* + 1 */
};

enum screen_kind {
	SCREEN_NONE,
	SCREEN_LENGTH,
	SCREEN_WORDS,
	SCREEN_MOULDS,
	SCREEN_CLASS,
	SCREEN_DATE
};

struct screen {
	enum screen_kind kind;
	const struct column *column;
	struct mould mould[MOULDS];
	size_t moulds;
	/* class: bit h of class[l] says whether the byte 16 h + l is in it */
	uint8_t class[16];
	size_t shortest, span;
	/* date: where YYYYMMDDHHMMSS are in the cell; key as date_read's */
	uint8_t order[WIDE];
	uint8_t zero[16]; /* '0' where a digit is */
	uint32_t key_low, key_span;
	/* words */
	struct word_slot *slot;
	const char **word; /* by index, borrowed */
	size_t words, mask;
	uint64_t factor;
	unsigned shift;
};

/* ---- words ---- */

/* What of eight bytes belongs to a word of which so many bytes are left. */
static const uint64_t kept[9] = { 0, 0xff, 0xffff, 0xffffff, 0xffffffff,
	0xffffffffff, 0xffffffffffff, 0xffffffffffffff, UINT64_MAX };

static inline uint64_t
load8(const char *at)
{
	uint64_t v = 0;

	memcpy(&v, at, 8);
	return le64toh(v);
}

static inline struct word_slot *
word_seek(const struct screen *s, uint64_t head, uint64_t tail)
{
	uint64_t hash = (head + tail * 31) * s->factor;
	size_t i = (size_t)(hash >> s->shift);

	while ((s->slot[i].head != head || s->slot[i].tail != tail) &&
	    s->slot[i].index != 0)
		i = (i + 1) & s->mask;
	return &s->slot[i];
}

static uint64_t
look_words(const struct screen *s, struct cells *cells)
{
	const struct csv_field *f = cells->field;
	const struct word_slot *slot = NULL;
	uint64_t sound = 0, head = 0, tail = 0;
	size_t i = 0, len = 0;

	for (i = 0; i < cells->n; i++, f += cells->stride) {
		len = f->len < WORD_MAX ? f->len : WORD_MAX;
		head = load8(f->at) & kept[len < 8 ? len : 8];
		tail = load8(f->at + 8) & kept[len < 8 ? 0 : len - 8];
		slot = word_seek(s, head, tail);
		cells->word[i] = (uint16_t)(slot->index - 1);
		sound |= (uint64_t)((slot->index != 0) & (f->len == len)) << i;
	}
	return sound;
}

/* Puts all words in; false when one is not where it is looked for first. */
static bool
words_place(struct screen *s, const struct set *set)
{
	char padded[WORD_MAX] = { 0 };
	bool direct = true;
	size_t i = 0;

	memset(s->slot, 0, (s->mask + 1) * sizeof(*s->slot));
	for (i = 0; i <= set->mask; i++) {
		const struct set_slot *from = &set->slots[i];
		struct word_slot slot = { 0, 0, from->index + 1 }, *to = NULL;

		if (from->word == NULL)
			continue;
		memset(padded, 0, sizeof(padded));
		memcpy(padded, from->word, from->len);
		slot.head = load8(padded);
		slot.tail = load8(padded + 8);
		to = word_seek(s, slot.head, slot.tail);
		direct = direct &&
		    to ==
			&s->slot[((slot.head + slot.tail * 31) * s->factor) >>
			    s->shift];
		*to = slot;
		s->word[from->index] = from->word;
	}
	return direct;
}

/* Leaves the kind alone when a word is too long or empty. */
static enum fault
words_new(struct screen *s, const struct set *set)
{
	size_t i = 0, tries = 0, slots = 16;

	for (i = 0; i <= set->mask; i++) {
		if (set->slots[i].word == NULL)
			continue;
		if (set->slots[i].len > WORD_MAX || set->slots[i].len == 0)
			return FAULT_NONE;
		s->words++;
	}
	for (s->shift = 60; slots / 4 < s->words; s->shift--)
		slots *= 2;
	s->mask = slots - 1;
	s->slot = calloc(slots, sizeof(*s->slot));
	s->word = calloc(s->words, sizeof(*s->word));
	if (s->slot == NULL || s->word == NULL)
		return FAULT_MEMORY;
	/* Few words find places without any clash: no loop then runs twice. */
	s->factor = 0x9e3779b97f4a7c15ULL;
	for (tries = 0; tries < TRIES && !words_place(s, set); tries++)
		s->factor = s->factor * 0xd1342543de82ef95ULL | 1;
	if (tries == TRIES)
		(void)words_place(s, set);
	s->kind = SCREEN_WORDS;
	return FAULT_NONE;
}

/* ---- lengths ---- */

static uint64_t
look_length(const struct screen *s, const struct cells *cells)
{
	const struct csv_field *f = cells->field;
	size_t low = s->column->sure_low, span = s->column->sure_span, i = 0;
	uint64_t sound = 0;

	for (i = 0; i < cells->n; i++, f += cells->stride)
		sound |= (uint64_t)(f->len - low <= span) << i;
	return sound;
}

/* ---- vectors ---- */

#if defined(__x86_64__)
#define VECTORS __attribute__((target("avx2")))

VECTORS static inline __m256i
load_wide(const void *at)
{
	return _mm256_loadu_si256((const __m256i *)at);
}

VECTORS static inline __m128i
load_half(const void *at)
{
	return _mm_loadu_si128((const __m128i *)at);
}

/* Not zero where a byte is out of its range. */
VECTORS static inline __m256i
beyond(__m256i x, __m256i low, __m256i high)
{
	return _mm256_or_si256(
	    _mm256_subs_epu8(x, high), _mm256_subs_epu8(low, x));
}

VECTORS static uint64_t
look_mould(const struct mould *m, const struct cells *cells)
{
	const __m256i low = load_wide(m->low), high = load_wide(m->high);
	const struct csv_field *f = cells->field;
	const size_t n = cells->n, stride = cells->stride, len = m->len;
	uint64_t sound = 0;
	__m256i off = low;
	size_t i = 0;

	for (i = 0; i < n; i++, f += stride) {
		off = beyond(load_wide(f->at), low, high);
		sound |= (uint64_t)((_mm256_testz_si256(off, off) != 0) &
			     (f->len == len))
		    << i;
	}
	return sound;
}

VECTORS static uint64_t
look_class(const struct screen *s, const struct cells *cells)
{
	const __m256i class = _mm256_broadcastsi128_si256(load_half(s->class));
	const __m256i bit = _mm256_set1_epi64x((long long)0x8040201008040201);
	const __m256i nibble = _mm256_set1_epi8(0x0f);
	const __m256i none = _mm256_setzero_si256();
	const struct csv_field *f = cells->field;
	uint64_t sound = 0, out = 0;
	__m256i x = none, high = none;
	size_t i = 0;

	for (i = 0; i < cells->n; i++, f += cells->stride) {
		/* Beyond ASCII the first shuffle gives 0: not in the class. */
		x = load_wide(f->at);
		high = _mm256_and_si256(_mm256_srli_epi16(x, 4), nibble);
		x = _mm256_and_si256(_mm256_shuffle_epi8(class, x),
		    _mm256_shuffle_epi8(bit, high));
		out =
		    (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(x, none));
		/* Of a length over 32 the last condition fails. */
		out &= (1ULL << (f->len & 63)) - 1;
		sound |=
		    (uint64_t)((out == 0) & (f->len - s->shortest <= s->span))
		    << i;
	}
	return sound;
}

/* Which days each month has, but for 29 February. */
static const uint32_t month_days[16] = { 0, 0xfffffffe, 0x1ffffffe, 0xfffffffe,
	0x7ffffffe, 0xfffffffe, 0x7ffffffe, 0xfffffffe, 0xfffffffe, 0x7ffffffe,
	0xfffffffe, 0x7ffffffe, 0xfffffffe, 0, 0, 0 };

/*
 * Shuffles the digits into one order whatever the format's is, makes numbers of
 * pairs of them, and holds those against their ranges.
 */
VECTORS static uint64_t
look_date(
    const struct screen *s, const struct mould *m, const struct cells *cells)
{
	const __m256i low = load_wide(m->low), high = load_wide(m->high);
	const __m256i order = load_wide(s->order);
	const __m128i zero = load_half(s->zero);
	const __m128i tens = _mm_set1_epi16(0x010a);
	const __m128i least = _mm_setr_epi16(0, 0, 1, 1, 0, 0, 0, 0);
	const __m128i most = _mm_setr_epi16(99, 99, 12, 31, 23, 59, 59, 0);
	const __m128i weight = _mm_setr_epi16(100, 1, 32, 1, 0, 0, 0, 0);
	const struct csv_field *f = cells->field;
	uint64_t sound = 0, parts = 0, day = 0;
	__m256i x = low, y = low;
	__m128i v = zero;
	size_t i = 0;

	for (i = 0; i < cells->n; i++, f += cells->stride) {
		x = load_wide(f->at);
		y = _mm256_shuffle_epi8(x, order);
		v = _mm_or_si128(
		    _mm256_castsi256_si128(y), _mm256_extracti128_si256(y, 1));
		v = _mm_maddubs_epi16(_mm_sub_epi8(v, zero), tens);
		x = _mm256_or_si256(beyond(x, low, high),
		    _mm256_zextsi128_si256(_mm_or_si128(
			_mm_subs_epu16(v, most), _mm_subs_epu16(least, v))));
		parts = (uint64_t)_mm_cvtsi128_si64(_mm_madd_epi16(v, weight));
		/* The year, and month * 32 + day. */
		day = parts >> 32;
		parts = (uint32_t)((uint32_t)parts << 9 | day) - s->key_low;
		sound |=
		    (uint64_t)((_mm256_testz_si256(x, x) != 0) &
			(f->len == m->len) & ((uint32_t)parts <= s->key_span) &
			(month_days[day >> 5 & 15] >> (day & 31)))
		    << i;
	}
	return sound;
}

/* The forms one after another, until no cell is left that is there. */
static uint64_t
look_moulds(const struct screen *s, const struct cells *cells)
{
	uint64_t all = UINT64_MAX >> (SCREEN_CELLS - cells->n), sound = 0;
	size_t i = 0;

	for (i = 0; i < s->moulds; i++) {
		if ((all & ~(sound | cells->missing)) == 0)
			break;
		sound |= s->kind == SCREEN_DATE
		    ? look_date(s, &s->mould[i], cells)
		    : look_mould(&s->mould[i], cells);
	}
	return sound;
}
#endif

uint64_t
screen_sound(const struct screen *s, struct cells *cells)
{
	if (cells->n == 0 || (cells->scalar && s->kind > SCREEN_WORDS))
		return 0;
	switch (s->kind) {
	case SCREEN_LENGTH:
		return look_length(s, cells);
	case SCREEN_WORDS:
		return look_words(s, cells);
#if defined(__x86_64__)
	case SCREEN_MOULDS:
	case SCREEN_DATE:
		return look_moulds(s, cells);
	case SCREEN_CLASS:
		return look_class(s, cells);
#else
	case SCREEN_MOULDS:
	case SCREEN_DATE:
	case SCREEN_CLASS:
#endif
	case SCREEN_NONE:
	default:
		return 0;
	}
}

/* ---- making ---- */

/* Adds the shape with one of the ends that its cells may have, written as pairs
 * of lowest and highest byte; false when it is too long. */
static bool
mould_add(struct screen *s, const struct shape *shape, const char *ends)
{
	struct mould *m = &s->mould[s->moulds];
	size_t i = 0, len = shape->len + strlen(ends) / 2;

	if (s->moulds == MOULDS || len > WIDE)
		return false;
	memset(m->high, 0xff, sizeof(m->high));
	for (i = 0; i < shape->len; i++) {
		m->low[i] = shape->under[i];
		m->high[i] = (uint8_t)(0x7f - shape->over[i]);
	}
	for (; i < len; i++, ends += 2) {
		m->low[i] = (uint8_t)ends[0];
		m->high[i] = (uint8_t)ends[1];
	}
	m->len = len;
	s->moulds++;
	return true;
}

static void
class_add(struct screen *s, unsigned char c)
{
	s->class[c & 0x0f] |= (uint8_t)(1U << (c >> 4));
}

static void
class_lengths(struct screen *s, size_t shortest, size_t longest)
{
	if (longest > WIDE)
		longest = WIDE;
	if (shortest > longest)
		return;
	s->shortest = shortest;
	s->span = longest - shortest;
	s->kind = SCREEN_CLASS;
}

static void
screen_pattern(struct screen *s, const struct pattern *p)
{
	struct pattern_class class = { { false }, 0, 0 };
	const struct shape *shape = NULL;
	size_t n = 0, i = 0;

	shape = pattern_shapes(p, &n);
	for (i = 0; i < n && mould_add(s, &shape[i], ""); i++)
		s->kind = SCREEN_MOULDS;
	if (n > 0 || !pattern_class(p, &class))
		return;
	for (i = 0; i < sizeof(class.in); i++)
		if (class.in[i])
			class_add(s, (unsigned char)i);
	class_lengths(s, class.min, class.max);
}

/* Up to 16 plain digits are a number, whatever else may be one. */
static void
screen_number(struct screen *s)
{
	unsigned char c = 0;

	if (s->column->compare)
		return;
	for (c = '0'; c <= '9'; c++)
		class_add(s, c);
	class_lengths(s, 1, 16);
}

/* One part of the date: digits from offset "at" of the cell. */
static void
date_part(struct screen *s, size_t to, uint8_t at, size_t n)
{
	size_t i = 0;

	if (at == DATE_NONE)
		return;
	/* Each half of the vector is shuffled in itself. */
	for (i = at; i < at + n && i < WIDE; i++, to++) {
		s->zero[to] = '0';
		s->order[i < 16 ? to : to + 16] = (uint8_t)(i & 15);
	}
}

static void
screen_date(struct screen *s)
{
	const struct column *c = s->column;
	const struct date_format *f = &c->date;
	/* The first and the last day there can be. */
	value_wide low = 1 << 9, high = 9999 << 9 | 12 << 5 | 31;

	/* Keys of points in time are another thing. */
	if (c->values != NULL || (c->compare && f->hour != DATE_NONE))
		return;
	if (c->has_minimum && c->minimum > low)
		low = c->minimum;
	if (c->has_maximum && c->maximum < high)
		high = c->maximum;
	s->key_low = (uint32_t)low;
	s->key_span = (uint32_t)(high - low);
	memset(s->order, 0x80, sizeof(s->order));
	date_part(s, 0, f->year, 4);
	date_part(s, 4, f->month, 2);
	date_part(s, 6, f->day, 2);
	date_part(s, 8, f->hour, 2);
	date_part(s, 10, f->minute, 2);
	date_part(s, 12, f->second, 2);
	/* Of the zones the common ones: Z, and +00:00 to +09:59. */
	if (mould_add(s, &f->shape, f->zone ? "ZZ" : "") && f->zone)
		(void)mould_add(s, &f->shape, "++0009::0509");
	if (s->moulds > 0)
		s->kind = SCREEN_DATE;
}

static enum fault
screen_fill(struct screen *s)
{
	const struct column *c = s->column;

	switch (c->path) {
	case PATH_LENGTH:
		s->kind = SCREEN_LENGTH;
		break;
	case PATH_SHAPE:
	case PATH_PATTERN:
		screen_pattern(s, c->pattern);
		break;
	case PATH_WORDS:
		return words_new(s, c->words);
	case PATH_BOOLEAN:
		return c->allow_true && c->allow_false ? words_new(s, c->words)
						       : FAULT_NONE;
	case PATH_NUMBER:
		screen_number(s);
		break;
	case PATH_DATE:
		screen_date(s);
		break;
	case PATH_TIME:
	case PATH_DURATION:
	case PATH_STRING:
	default:
		break;
	}
#if defined(__x86_64__)
	if (s->kind > SCREEN_WORDS && __builtin_cpu_supports("avx2") == 0)
		s->kind = SCREEN_NONE;
#endif
	return FAULT_NONE;
}

enum fault
screen_new(struct screen **out, const struct column *c)
{
	struct screen *s = calloc(1, sizeof(*s));
	enum fault fault = FAULT_MEMORY;

	*out = NULL;
	if (s == NULL)
		return fault;
	s->column = c;
	fault = screen_fill(s);
	if (fault == FAULT_NONE)
		*out = s;
	else
		screen_free(s);
	return fault;
}

void
screen_free(struct screen *s)
{
	if (s == NULL)
		return;
	free(s->slot);
	free(s->word);
	free(s);
}

size_t
screen_words(const struct screen *s)
{
	return s->kind == SCREEN_WORDS ? s->words : 0;
}

const char *
screen_word(const struct screen *s, size_t index)
{
	return s->word[index];
}
