/*
 * bending: every bit of a file changed, one at a time; every length cut; grown
 * by 1 to 64 bytes; and the count of what became of it.
 */
#ifndef UNIT_BENDING_H
#define UNIT_BENDING_H

#include "exchange_rules.h"

/* A file under change: "prove" says what it is worth with these bytes. */
struct subject {
	const char *name;
	const struct buf *good;
	enum fault (*prove)(const struct buf *changed, struct cause *why);
	/* Bytes nobody vouches for: [from, until). */
	size_t from, until;
	/* The faults that may be given, ended by FAULT_NONE; none = any. */
	enum fault only[4];
};

struct score {
	unsigned long tried, refused, tolerated, wrong;
};

static inline bool
expected_fault(const struct subject *s, enum fault f)
{
	size_t i;

	/* Nothing here fails for want of disk or memory. */
	if (f == FAULT_SYSTEM || f == FAULT_MEMORY || f == FAULT_NO_ROOM)
		return false;
	if (s->only[0] == FAULT_NONE)
		return true;
	for (i = 0; s->only[i] != FAULT_NONE; i++)
		if (f == s->only[i])
			return true;
	return false;
}

static inline void
try(struct score *score, const struct subject *s, const struct buf *changed,
    bool tolerable, size_t at)
{
	struct cause why;
	enum fault f;

	cause_clear(&why);
	f = s->prove(changed, &why);
	score->tried++;
	if (f == FAULT_NONE && tolerable)
		score->tolerated++;
	else if (f != FAULT_NONE && expected_fault(s, f))
		score->refused++;
	else if (score->wrong++ < 5)
		printf("# %s: byte %zu, length %zu: fault %d %s\n", s->name, at,
		    changed->len, (int)f, why.detail);
}

static inline void
tell(const char *name, const char *what, const struct score *score)
{
	char line[160];

	(void)snprintf(line, sizeof(line),
	    "%s, %s: %lu tried, %lu refused, %lu no matter", name, what,
	    score->tried, score->refused, score->tolerated);
	tap_ok(score->wrong == 0 && score->tried > 0 &&
		score->refused + score->tolerated == score->tried,
	    line, __FILE__, __LINE__);
}

static inline void
flip_all(const struct subject *s, struct buf *copy)
{
	struct score score = { 0 };
	size_t i;
	int bit;

	for (i = 0; i < copy->len; i++)
		for (bit = 0; bit < 8; bit++) {
			copy->data[i] ^= (unsigned char)(1 << bit);
			try(&score, s, copy, i >= s->from && i < s->until, i);
			copy->data[i] ^= (unsigned char)(1 << bit);
		}
	/* A change that nobody vouches against must not hide the others. */
	if (score.tolerated > 8 * (s->until - s->from))
		score.wrong++;
	tell(s->name, "every bit", &score);
}

/* Without the last line end a file says the same. */
static inline void
cut_all(const struct subject *s, struct buf *copy)
{
	struct score score = { 0 };
	size_t len = copy->len;
	bool line = copy->data[len - 1] == '\n' && s->until > 0;

	while (copy->len-- > 0)
		try(&score, s, copy, line && copy->len == len - 1, copy->len);
	copy->len = len;
	if (score.tolerated > 1)
		score.wrong++;
	tell(s->name, "every cut", &score);
}

/* Line ends after the last line are no line; all else is one too many. */
static inline void
grow_all(const struct subject *s, const struct buf *good)
{
	static const unsigned char with[] = { 0, '\n', ' ', '}', 0xff, 'A' };
	struct score score = { 0 };
	struct buf copy = BUF_MAX(good->len + 64);
	size_t i, n;

	for (i = 0; i < sizeof(with); i++) {
		copy.len = 0;
		MUST(buf_put(&copy, good->data, good->len) == FAULT_NONE);
		for (n = 1; n <= 64; n++) {
			MUST(buf_put(&copy, &with[i], 1) == FAULT_NONE);
			try(&score, s, &copy, with[i] == '\n' && s->until > 0,
			    good->len);
		}
	}
	buf_free(&copy);
	tell(s->name, "grown by 1 to 64", &score);
}

static inline void
bend(const struct subject *s)
{
	struct buf copy = BUF_MAX(s->good->len);
	struct cause why;

	cause_clear(&why);
	/* Else all that follows would pass for the wrong reason. */
	TAP_INT(s->prove(s->good, &why), FAULT_NONE);
	MUST(buf_put(&copy, s->good->data, s->good->len) == FAULT_NONE);
	flip_all(s, &copy);
	cut_all(s, &copy);
	grow_all(s, s->good);
	buf_free(&copy);
}

/* Length of the first line's text behind "untrusted comment: ". */
static inline void
untrusted(struct subject *s)
{
	const char *text = buf_text(s->good);

	s->from = strlen("untrusted comment: ");
	s->until = strcspn(text, "\n");
}

#endif
