/*
 * sweep: the reference, in 64-bit words, and the choice.  The versions with
 * vectors have files of their own.
 */
#include <string.h>

#include "text/sweep.h"
#include "text/sweep_mark.h"

#define ONES 0x0101010101010101ULL
#define HIGH 0x8080808080808080ULL
#define LOW7 0x7f7f7f7f7f7f7f7fULL

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

static void
scalar_map(
    uint64_t *map, const char *p, size_t words, char delimiter, char quote)
{
	const uint64_t field = repeat(delimiter), text = repeat(quote);
	uint64_t word = 0, x = 0, hits = 0;
	unsigned i = 0;

	for (; words > 0; words--, p += SWEEP_WORD) {
		word = 0;
		for (i = 0; i < SWEEP_WORD / 8; i++) {
			memcpy(&x, p + i * 8UL, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
			x = __builtin_bswap64(x);
#endif
			hits = zero_bytes(x ^ field) | zero_bytes(x ^ text) |
			    control_bytes(x);
			/* Gathers the eight high bits in one byte, in order. */
			hits = ((hits >> 7) * 0x0102040810204080ULL) >> 56;
			word |= hits << (i * 8);
		}
		*map++ = word;
	}
}

static size_t
scalar_marks(
    uint32_t *out, size_t room, const uint64_t *map, size_t *at, size_t words)
{
	return sweep_marks(out, room, map, at, words);
}

static bool
scalar_parity(const char *p, size_t len, char quote)
{
	uint64_t pattern = repeat(quote), odd = 0, x = 0;
	size_t i = 0;
	bool is = false;

	for (; i + 8 <= len; i += 8) {
		memcpy(&x, p + i, 8);
		odd ^= zero_bytes(x ^ pattern);
	}
	is = __builtin_parityll(odd) != 0;
	for (; i < len; i++)
		is ^= p[i] == quote;
	return is;
}

/* Only what is ASCII, in steps of 32 bytes. */
static size_t
scalar_utf8(const unsigned char *p, size_t len)
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

const struct sweep *
sweep_scalar(void)
{
	static const struct sweep scalar = { "scalar", scalar_map, scalar_marks,
		scalar_parity, scalar_utf8 };

	return &scalar;
}

const struct sweep *
sweep_vector(void)
{
#if defined(__x86_64__)
	/* The bit instructions came before AVX2 or with it; a machine may yet
	 * hide them. */
	if (__builtin_cpu_supports("avx2") != 0 &&
	    __builtin_cpu_supports("bmi") != 0 &&
	    __builtin_cpu_supports("popcnt") != 0)
		return sweep_avx2();
	return NULL;
#elif defined(__aarch64__) && defined(__ARM_NEON)
	return sweep_neon();
#else
	return NULL;
#endif
}

const struct sweep *
sweep_best(void)
{
	const struct sweep *vector = sweep_vector();

	return vector != NULL ? vector : sweep_scalar();
}
