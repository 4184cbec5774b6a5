/*
 * sweep: loops over all bytes of a block, in as many versions as there are
 * kinds of vectors.  The scalar one is the reference; each other gives the same
 * for the same bytes.
 */
#ifndef TEXT_SWEEP_H
#define TEXT_SWEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SWEEP_WORD 64U /* bytes that a word of a map stands for */
/* Marks written beyond those asked for. */
#define SWEEP_SPARE (SWEEP_WORD + 8)

struct sweep {
	const char *name;
	/*
	 * One bit a byte, lowest first, for the first words * SWEEP_WORD bytes
	 * at p: set where the byte is the delimiter, the quote, or at most CR
	 * (so LF and NUL are among them).
	 */
	void (*map)(uint64_t *map, const char *p, size_t words, char delimiter,
	    char quote);
	/*
	 * Writes the positions of the bits of map from word *at on, until
	 * "room" are written or the words are used up; *at is the next word
	 * then. Returns their number; out has space for SWEEP_SPARE more than
	 * room.
	 */
	size_t (*marks)(uint32_t *out, size_t room, const uint64_t *map,
	    size_t *at, size_t words);
	/* Whether the number of quotes is odd. */
	bool (*parity)(const char *p, size_t len, char quote);
	/*
	 * Length of some valid UTF-8 at p, which ends with a whole sequence.
	 * What comes behind may be valid too: it was not looked at, or is left
	 * to whoever finds out what is wrong with it.
	 */
	size_t (*utf8)(const unsigned char *p, size_t len);
};

/* The reference, eight bytes at once.  Static, as all. */
const struct sweep *sweep_scalar(void);
/* AVX2, or NEON; NULL where the processor has none. */
const struct sweep *sweep_vector(void);
/* The fastest that this processor can do. */
const struct sweep *sweep_best(void);

#endif
