/*
 * sweep_avx2: 32 bytes at once.  Compiled for every x86-64, run only where the
 * processor says that it can.
 */
#include "text/sweep.h"
#include "text/sweep_mark.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define VECTORS __attribute__((target("avx2,bmi,popcnt")))
#define STEP 32 /* bytes of a vector */

VECTORS static inline __m256i
load(const void *p)
{
	return _mm256_loadu_si256((const __m256i *)p);
}

VECTORS static inline uint32_t
map_half(const char *p, __m256i delimiter, __m256i quote)
{
	__m256i x = load(p);
	__m256i hits = _mm256_or_si256(
	    _mm256_or_si256(
		_mm256_cmpeq_epi8(x, delimiter), _mm256_cmpeq_epi8(x, quote)),
	    _mm256_cmpeq_epi8(_mm256_min_epu8(x, _mm256_set1_epi8('\r')), x));

	return (uint32_t)_mm256_movemask_epi8(hits);
}

VECTORS static void
avx2_map(uint64_t *map, const char *p, size_t words, char delimiter, char quote)
{
	const __m256i field = _mm256_set1_epi8(delimiter);
	const __m256i text = _mm256_set1_epi8(quote);
	size_t i = 0;

	for (i = 0; i < words; i++, p += SWEEP_WORD)
		map[i] = map_half(p, field, text) |
		    (uint64_t)map_half(p + STEP, field, text) << STEP;
}

VECTORS static size_t
avx2_marks(
    uint32_t *out, size_t room, const uint64_t *map, size_t *at, size_t words)
{
	return sweep_marks(out, room, map, at, words);
}

VECTORS static bool
avx2_parity(const char *p, size_t len, char quote)
{
	const __m256i pattern = _mm256_set1_epi8(quote);
	__m256i odd = _mm256_setzero_si256();
	size_t i = 0;
	bool is = false;

	for (; len - i >= STEP; i += STEP)
		odd = _mm256_xor_si256(
		    odd, _mm256_cmpeq_epi8(pattern, load(p + i)));
	is = __builtin_parity((uint32_t)_mm256_movemask_epi8(odd)) != 0;
	for (; i < len; i++)
		is ^= p[i] == quote;
	return is;
}

/* ---- UTF-8 ---- */

/* Length of the ASCII text at p, in steps of 128 bytes. */
VECTORS static inline size_t
ascii_steps(const unsigned char *p, size_t len)
{
	__m256i low = _mm256_setzero_si256(), high = low;
	size_t i = 0;

	for (; len - i >= 4UL * STEP; i += 4UL * STEP) {
		low = _mm256_or_si256(load(p + i), load(p + i + STEP));
		high = _mm256_or_si256(
		    load(p + i + 2UL * STEP), load(p + i + 3UL * STEP));
		if (_mm256_movemask_epi8(_mm256_or_si256(low, high)) != 0)
			break;
	}
	return i;
}

/* The high halves of bytes, as indexes. */
VECTORS static inline __m256i
halves(__m256i x)
{
	return _mm256_and_si256(
	    _mm256_srli_epi16(x, 4), _mm256_set1_epi8(0x0f));
}

VECTORS static inline __m256i
looked_up(const uint8_t *table, __m256i x)
{
	return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(_mm_loadu_si128(
				       (const __m128i *)(const void *)table)),
	    x);
}

/* Whether x, which comes after "before", holds a fault or shows one in it. */
VECTORS static inline bool
is_broken(__m256i x, __m256i before)
{
	static const uint8_t first_high[16] = { SWEEP_FIRST_HIGH };
	static const uint8_t first_low[16] = { SWEEP_FIRST_LOW };
	static const uint8_t second_high[16] = { SWEEP_SECOND_HIGH };
	/* The vector that begins with the last bytes before x. */
	const __m256i carry = _mm256_permute2x128_si256(before, x, 0x21);
	const __m256i one = _mm256_alignr_epi8(x, carry, 15);
	const __m256i two = _mm256_alignr_epi8(x, carry, 14);
	const __m256i three = _mm256_alignr_epi8(x, carry, 13);
	__m256i wrong = _mm256_and_si256(
	    _mm256_and_si256(looked_up(first_high, halves(one)),
		looked_up(
		    first_low, _mm256_and_si256(one, _mm256_set1_epi8(0x0f)))),
	    looked_up(second_high, halves(x)));
	/* High bit: the byte must be a third or fourth one. */
	__m256i later = _mm256_or_si256(
	    _mm256_subs_epu8(two, _mm256_set1_epi8(0xe0 - 0x80)),
	    _mm256_subs_epu8(three, _mm256_set1_epi8(0xf0 - 0x80)));

	wrong = _mm256_xor_si256(
	    wrong, _mm256_and_si256(later, _mm256_set1_epi8((char)0x80)));
	return _mm256_testz_si256(wrong, wrong) == 0;
}

VECTORS static size_t
avx2_utf8(const unsigned char *p, size_t len)
{
	__m256i before = _mm256_setzero_si256(), x = before;
	bool plain = true; /* the vector before is ASCII */
	size_t i = 0;

	for (; len - i >= STEP; i += STEP) {
		if (plain)
			i += ascii_steps(p + i, len - i);
		if (len - i < STEP)
			break;
		x = load(p + i);
		if (plain && _mm256_movemask_epi8(x) == 0)
			continue;
		if (is_broken(x, plain ? _mm256_setzero_si256() : before))
			break;
		plain = _mm256_movemask_epi8(x) == 0;
		before = x;
	}
	return sweep_retreat(p, i);
}

const struct sweep *
sweep_avx2(void)
{
	static const struct sweep avx2 = { "AVX2", avx2_map, avx2_marks,
		avx2_parity, avx2_utf8 };

	return &avx2;
}
#endif
