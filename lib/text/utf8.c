/*
 * utf8: validity of text.  Nearly all of our bytes are ASCII, so that is
 * skipped 32 or 128 bytes at a time; what is left goes through table 3-7 of
 * Unicode.
 */
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "text/utf8.h"

#define HIGH 0x8080808080808080ULL

#if defined(__x86_64__)
/* Length of the ASCII text at p, in whole steps of 128 bytes. */
__attribute__((target("avx2"))) static size_t
ascii_steps_avx2(const unsigned char *p, size_t len)
{
	const __m256i *at = (const __m256i *)(const void *)p;
	__m256i low = _mm256_setzero_si256(), high = low;
	size_t i = 0;

	for (; len - i >= 128; i += 128, at += 4) {
		low = _mm256_or_si256(
		    _mm256_loadu_si256(at), _mm256_loadu_si256(at + 1));
		high = _mm256_or_si256(
		    _mm256_loadu_si256(at + 2), _mm256_loadu_si256(at + 3));
		if (_mm256_movemask_epi8(_mm256_or_si256(low, high)) != 0)
			break;
	}
	return i;
}
#endif

/* The same without vectors, in steps of 32 bytes. */
static size_t
ascii_steps(const unsigned char *p, size_t len)
{
	uint64_t w[4] = { 0 };
	size_t i = 0;

	for (; len - i >= sizeof(w); i += sizeof(w)) {
		memcpy(w, p + i, sizeof(w));
		if (((w[0] | w[1] | w[2] | w[3]) & HIGH) != 0)
			break;
	}
	return i;
}

static inline size_t
ascii_text(const unsigned char *p, size_t len)
{
#if defined(__x86_64__)
	size_t n = 0;

	if (len >= 128 && __builtin_cpu_supports("avx2") != 0 &&
	    (n = ascii_steps_avx2(p, len)) > 0)
		return n;
#endif
	return ascii_steps(p, len);
}

static bool
between(unsigned char c, unsigned char low, unsigned char high)
{
	return c >= low && c <= high;
}

/* Length of the well-formed sequence at p, 0 if there is none. */
static size_t
sequence(const unsigned char *p, size_t len)
{
	unsigned char low = 0x80, high = 0xbf;
	size_t need = 0, i = 0;

	if (p[0] < 0x80)
		return 1;
	if (between(p[0], 0xc2, 0xdf))
		need = 2;
	else if (between(p[0], 0xe0, 0xef))
		need = 3;
	else if (between(p[0], 0xf0, 0xf4))
		need = 4;
	if (need == 0 || len < need)
		return 0;
	/* Only the second byte has narrower bounds: overlong forms,
	 * surrogates and what lies beyond U+10FFFF end there. */
	if (p[0] == 0xe0)
		low = 0xa0;
	else if (p[0] == 0xed)
		high = 0x9f;
	else if (p[0] == 0xf0)
		low = 0x90;
	else if (p[0] == 0xf4)
		high = 0x8f;
	if (!between(p[1], low, high))
		return 0;
	for (i = 2; i < need; i++)
		if (!between(p[i], 0x80, 0xbf))
			return 0;
	return need;
}

size_t
utf8_valid(const void *bytes, size_t len)
{
	const unsigned char *p = bytes;
	size_t i = 0, n = 0;

	while (i < len) {
		if (p[i] < 0x80 && (n = ascii_text(p + i, len - i)) > 0) {
			i += n;
			continue;
		}
		n = sequence(p + i, len - i);
		if (n == 0)
			return i;
		i += n;
	}
	return len;
}

size_t
utf8_length(const void *bytes, size_t len)
{
	const unsigned char *p = bytes;
	size_t i = 0, n = 0;

	/* Each code point has one byte that is no continuation. */
	for (i = 0; i < len; i++)
		n += (p[i] & 0xc0) != 0x80;
	return n;
}
