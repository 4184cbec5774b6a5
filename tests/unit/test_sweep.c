/*
 * sweep: with vectors all comes out as without, on random bytes of several
 * mixes, at every alignment and every cut.  Files that others wrote are for
 * tests/vectors/run_sweep.
 */
#include <stdlib.h>

#include "sweep_same.h"
#include "tap.h"

#define ROUNDS 1500
#define LONGEST 700

static const char *const signs[] = { ",\"", ";\"", "|'", "\t\0", "\xff\x80" };

/* Of a hundred bytes so many are each kind; the rest are letters. */
struct mix {
	unsigned sign, control, point, any;
};
static const struct mix mixes[] = {
	{ 0, 0, 0, 0 },   /* plain */
	{ 15, 3, 0, 0 },  /* as data are */
	{ 15, 3, 2, 0 },  /* with a name here and there */
	{ 3, 1, 90, 0 },  /* another script */
	{ 60, 20, 0, 0 }, /* dense */
	{ 10, 3, 10, 1 }, /* broken once in a while */
	{ 0, 0, 0, 100 }, /* noise */
	{ 0, 0, 99, 1 },
};

/* One code point at p, from all lengths; its length. */
static size_t
point(char *p, unsigned *seed)
{
	static const uint32_t edge[] = { 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000,
		0xffff, 0x10000, 0x10ffff, 0xe9, 0x627, 0x4e2d, 0x1f600 };
	uint32_t c = edge[(unsigned)rand_r(seed) % 12];
	size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4, i = 0;
	static const unsigned char lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

	for (i = n - 1; i > 0; i--, c >>= 6)
		p[i] = (char)(0x80 | (c & 0x3f));
	p[0] = (char)(lead[n] | c);
	return n;
}

static size_t
text_fill(char *p, size_t len, const struct mix *m, unsigned *seed)
{
	size_t i = 0;

	while (i + 4 < len) {
		unsigned die = (unsigned)rand_r(seed) % 100;

		if (die < m->sign)
			p[i++] = ",;|\t\"\""[(unsigned)rand_r(seed) % 6];
		else if ((die -= m->sign) < m->control)
			p[i++] = (char)((unsigned)rand_r(seed) % 16);
		else if ((die -= m->control) < m->point)
			i += point(p + i, seed);
		else if (die - m->point < m->any)
			p[i++] = (char)rand_r(seed);
		else
			p[i++] = (char)('a' + (unsigned)rand_r(seed) % 26);
	}
	return i;
}

static unsigned
random_texts(const struct sweep *v)
{
	unsigned seed = 5, differs = 0, i = 0;
	char text[LONGEST + 4];

	for (i = 0; i < ROUNDS; i++) {
		size_t len = (size_t)rand_r(&seed) % LONGEST;

		len = text_fill(text, len,
		    &mixes[i % (sizeof(mixes) / sizeof(mixes[0]))], &seed);
		differs += sweep_differs(v, text, len, 40, signs[i % 5]);
	}
	return differs;
}

/* Two and three bytes of every kind, across the seams of vectors. */
static unsigned
all_seams(const struct sweep *v)
{
	static const size_t seams[] = { 14, 15, 30, 31, 62, 63, 126, 127 };
	static const unsigned char third[] = { 'a', 0x7f, 0x80, 0xbf, 0xc3,
		0xf1 };
	unsigned differs = 0, i = 0;
	unsigned char text[160];

	for (i = 0; i < 1U << 16; i++) {
		size_t at = seams[i % 8], k = i / 8 % sizeof(third);

		memset(text, 'x', sizeof(text));
		text[at] = (unsigned char)(i >> 8);
		text[at + 1] = (unsigned char)i;
		text[at + 2] = third[k];
		text[at + 3] = (k & 1) != 0 ? 0x80 : 'x';
		differs += !same_text(v, text, sizeof(text));
		differs += !same_text(v, text, at + 1 + k % 4);
	}
	return differs;
}

/* All sequences of four bytes whose first is a lead of three or four, at one
 * place, with bytes from the edges of table 3-7. */
static unsigned
all_edges(const struct sweep *v)
{
	static const unsigned char edge[] = { 'a', 0x7f, 0x80, 0x8f, 0x90, 0x9f,
		0xa0, 0xbf, 0xc0, 0xc2, 0xe0, 0xff };
	const unsigned n = sizeof(edge);
	unsigned differs = 0, i = 0;
	unsigned char text[96];

	for (i = 0; i < 32 * n * n * n; i++) {
		memset(text, 'x', sizeof(text));
		text[40] = (unsigned char)(0xe0 + i % 32);
		text[41] = edge[i / 32 % n];
		text[42] = edge[i / 32 / n % n];
		text[43] = edge[i / 32 / n / n];
		differs += !same_text(v, text, sizeof(text));
	}
	return differs;
}

int
main(void)
{
	const struct sweep *v = sweep_vector();

	TAP_STR(sweep_scalar()->name, "scalar");
	TAP_OK(sweep_best() == (v != NULL ? v : sweep_scalar()));
	/* The reference against itself: the comparison holds. */
	TAP_INT(sweep_differs(sweep_scalar(), "a,\"b\"\n", 6, 6, ",\""), 0);
	if (v == NULL) {
		TAP_SKIP("no vectors on this processor");
		return TAP_DONE();
	}
	printf("# %s\n", v->name);
	TAP_INT(random_texts(v), 0);
	TAP_INT(all_seams(v), 0);
	TAP_INT(all_edges(v), 0);
	return TAP_DONE();
}
