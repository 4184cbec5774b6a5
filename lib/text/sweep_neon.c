/*
 * sweep_neon: 16 bytes at once.  Every 64-bit ARM has NEON.
 */
#include "text/sweep.h"
#include "text/sweep_mark.h"

#if defined(__aarch64__) && defined(__ARM_NEON)
#include <arm_neon.h>

#define STEP 16 /* bytes of a vector */

static inline uint8x16_t
load(const void *p)
{
	return vld1q_u8(p);
}

static inline uint8x16_t
map_hits(const char *p, uint8x16_t delimiter, uint8x16_t quote)
{
	uint8x16_t x = load(p);

	return vorrq_u8(vorrq_u8(vceqq_u8(x, delimiter), vceqq_u8(x, quote)),
	    vcleq_u8(x, vdupq_n_u8('\r')));
}

/* There is no movemask: each byte keeps a bit of its own, and neighbours are
 * added until eight stand in one byte. */
static void
neon_map(uint64_t *map, const char *p, size_t words, char delimiter, char quote)
{
	static const uint8_t own[STEP] = { 1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4,
		8, 16, 32, 64, 128 };
	const uint8x16_t field = vdupq_n_u8((uint8_t)delimiter);
	const uint8x16_t text = vdupq_n_u8((uint8_t)quote);
	const uint8x16_t bit = vld1q_u8(own);
	uint8x16_t low = bit, high = bit;
	size_t i = 0;

	for (i = 0; i < words; i++, p += SWEEP_WORD) {
		low = vpaddq_u8(vandq_u8(map_hits(p, field, text), bit),
		    vandq_u8(map_hits(p + STEP, field, text), bit));
		high = vpaddq_u8(
		    vandq_u8(map_hits(p + 2UL * STEP, field, text), bit),
		    vandq_u8(map_hits(p + 3UL * STEP, field, text), bit));
		low = vpaddq_u8(low, high);
		low = vpaddq_u8(low, low);
		map[i] = vgetq_lane_u64(vreinterpretq_u64_u8(low), 0);
	}
}

static size_t
neon_marks(
    uint32_t *out, size_t room, const uint64_t *map, size_t *at, size_t words)
{
	return sweep_marks(out, room, map, at, words);
}

static bool
neon_parity(const char *p, size_t len, char quote)
{
	const uint8x16_t pattern = vdupq_n_u8((uint8_t)quote);
	uint8x16_t odd = vdupq_n_u8(0);
	size_t i = 0;
	bool is = false;

	for (; len - i >= STEP; i += STEP)
		odd = veorq_u8(odd, vceqq_u8(pattern, load(p + i)));
	is = (vaddvq_u8(vandq_u8(odd, vdupq_n_u8(1))) & 1) != 0;
	for (; i < len; i++)
		is ^= p[i] == quote;
	return is;
}

/* ---- UTF-8 ---- */

/* Length of the ASCII text at p, in steps of 64 bytes. */
static inline size_t
ascii_steps(const unsigned char *p, size_t len)
{
	uint8x16_t low = vdupq_n_u8(0), high = low;
	size_t i = 0;

	for (; len - i >= 4UL * STEP; i += 4UL * STEP) {
		low = vorrq_u8(load(p + i), load(p + i + STEP));
		high = vorrq_u8(
		    load(p + i + 2UL * STEP), load(p + i + 3UL * STEP));
		if (vmaxvq_u8(vorrq_u8(low, high)) >= 0x80)
			break;
	}
	return i;
}

/* Whether x, which comes after "before", holds a fault or shows one in it. */
static inline bool
is_broken(uint8x16_t x, uint8x16_t before)
{
	static const uint8_t first_high[16] = { SWEEP_FIRST_HIGH };
	static const uint8_t first_low[16] = { SWEEP_FIRST_LOW };
	static const uint8_t second_high[16] = { SWEEP_SECOND_HIGH };
	const uint8x16_t one = vextq_u8(before, x, 15);
	const uint8x16_t two = vextq_u8(before, x, 14);
	const uint8x16_t three = vextq_u8(before, x, 13);
	uint8x16_t wrong = vandq_u8(
	    vandq_u8(vqtbl1q_u8(vld1q_u8(first_high), vshrq_n_u8(one, 4)),
		vqtbl1q_u8(
		    vld1q_u8(first_low), vandq_u8(one, vdupq_n_u8(0x0f)))),
	    vqtbl1q_u8(vld1q_u8(second_high), vshrq_n_u8(x, 4)));
	/* High bit: the byte must be a third or fourth one. */
	uint8x16_t later = vorrq_u8(vqsubq_u8(two, vdupq_n_u8(0xe0 - 0x80)),
	    vqsubq_u8(three, vdupq_n_u8(0xf0 - 0x80)));

	wrong = veorq_u8(wrong, vandq_u8(later, vdupq_n_u8(0x80)));
	return vmaxvq_u8(wrong) != 0;
}

static size_t
neon_utf8(const unsigned char *p, size_t len)
{
	uint8x16_t before = vdupq_n_u8(0), x = before;
	bool plain = true; /* the vector before is ASCII */
	size_t i = 0;

	for (; len - i >= STEP; i += STEP) {
		if (plain)
			i += ascii_steps(p + i, len - i);
		if (len - i < STEP)
			break;
		x = load(p + i);
		if (plain && vmaxvq_u8(x) < 0x80)
			continue;
		if (is_broken(x, plain ? vdupq_n_u8(0) : before))
			break;
		plain = vmaxvq_u8(x) < 0x80;
		before = x;
	}
	return sweep_retreat(p, i);
}

const struct sweep *
sweep_neon(void)
{
	static const struct sweep neon = { "NEON", neon_map, neon_marks,
		neon_parity, neon_utf8 };

	return &neon;
}
#endif
