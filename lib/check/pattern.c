/*
 * pattern: three engines behind one verb.
 *
 * Most patterns of an agreement are a row of ASCII classes with counts.  When
 * every class is one range of bytes and the counts leave few possibilities, all
 * of them are written out as shapes.  Otherwise, where no class of variable
 * length shares a byte with what may follow it, taking as many as possible is
 * the only way to match, and a loop over a table does.  Both give PCRE2's
 * answer at a tenth of its cost; the rest is PCRE2's.
 */
#include "check/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "check/shape.h"

#define ELEMENTS 32
#define ENDLESS SIZE_MAX
#define REPEAT_MAX 65535 /* PCRE2's own */
/* Steps of one match: a pattern that needs more is a trap, not a rule. */
#define MATCH_LIMIT 100000
#define HEAP_LIMIT_KIB 4096
/* What PCRE2 allocates for a match without captures takes a third of it. */
#define ARENA 768
#define SHAPES 16

/* A class and how often; bit names its column in struct pattern.table. */
struct element {
	uint32_t bit;
	size_t min;
	size_t max;
	bool range; /* the class is lo to hi */
	unsigned char lo;
	unsigned char hi;
};

struct pattern {
	bool simple;
	size_t longest;
	size_t n;
	struct element element[ELEMENTS];
	uint32_t table[256];  /* which elements' classes hold the byte */
	struct shape *shapes; /* ascending by length; NULL: use the table */
	size_t n_shapes;
	uint8_t first[SHAPE_MAX + 2]; /* of each length */
	pcre2_code *code;             /* NULL when simple */
	pcre2_match_context *context;
};

/* ---- reading the simple form; false means: leave it to PCRE2 ---- */

static void
add_range(struct pattern *p, uint32_t bit, unsigned lo, unsigned hi)
{
	unsigned c = 0;

	for (c = lo; c <= hi; c++)
		p->table[c] |= bit;
}

/* \d, \w and escaped punctuation; both mean the same inside a class. */
static bool
add_escape(struct pattern *p, uint32_t bit, char c)
{
	if (c == 'd' || c == 'w')
		add_range(p, bit, '0', '9');
	if (c == 'w') {
		add_range(p, bit, 'A', 'Z');
		add_range(p, bit, 'a', 'z');
		add_range(p, bit, '_', '_');
	}
	if (c == 'd' || c == 'w')
		return true;
	if (c <= ' ' || c > '~' || c == '_' || isalnum((unsigned char)c) != 0)
		return false;
	add_range(p, bit, (unsigned char)c, (unsigned char)c);
	return true;
}

static inline bool
plain(char c)
{
	return c >= ' ' && c <= '~';
}

/* One item of a class at *at: an escape, a range, a byte. */
static bool
add_item(struct pattern *p, uint32_t bit, const char **at)
{
	const char *s = *at;

	if (*s == '\\') {
		*at = s + 2;
		return s[1] != '\0' && add_escape(p, bit, s[1]);
	}
	if (!plain(*s) || *s == '[' || *s == '^')
		return false;
	if (s[1] == '-' && s[2] != ']') {
		if (*s == '-' || !plain(s[2]) || s[2] == '\\' || s[2] == '[' ||
		    s[2] < *s)
			return false;
		add_range(p, bit, (unsigned char)*s, (unsigned char)s[2]);
		*at = s + 3;
		return true;
	}
	add_range(p, bit, (unsigned char)*s, (unsigned char)*s);
	*at = s + 1;
	return true;
}

static bool
read_class(struct pattern *p, uint32_t bit, const char **at)
{
	bool first = true;

	(*at)++;
	/* "[:x:]", "[.x.]" and "[=x=]" would be POSIX names: PCRE2 refuses. */
	if (**at != '\0' && strchr(":.=", **at) != NULL) {
		const char *close = strchr(*at + 1, ']');

		if (close == NULL || (close > *at + 1 && close[-1] == **at))
			return false;
	}
	for (; **at != ']'; first = false) {
		/* Behind a range or an escape only a last hyphen is plain. */
		if (!first && **at == '-' && (*at)[1] != ']')
			return false;
		if (**at == '\0' || !add_item(p, bit, at))
			return false;
	}
	(*at)++;
	return !first;
}

static bool
read_atom(struct pattern *p, uint32_t bit, const char **at)
{
	if (**at == '[')
		return read_class(p, bit, at);
	if (**at == '\\') {
		*at += 2;
		return (*at)[-1] != '\0' && add_escape(p, bit, (*at)[-1]);
	}
	if (!plain(**at) || strchr(".^$*+?()[]{}|", **at) != NULL)
		return false;
	add_range(p, bit, (unsigned char)**at, (unsigned char)**at);
	(*at)++;
	return true;
}

static bool
read_count(size_t *out, const char **at)
{
	size_t n = 0;
	const char *start = *at;

	for (; **at >= '0' && **at <= '9' && *at - start < 5; (*at)++)
		n = n * 10 + (size_t)(**at - '0');
	*out = n;
	return *at > start && n <= REPEAT_MAX;
}

static bool
read_repeat(struct element *e, const char **at)
{
	e->min = e->max = 1;
	if (**at == '?' || **at == '*')
		e->min = 0;
	if (**at == '+' || **at == '*')
		e->max = ENDLESS;
	if (**at == '?' || **at == '*' || **at == '+') {
		(*at)++;
	} else if (**at == '{') {
		(*at)++;
		if (!read_count(&e->min, at))
			return false;
		e->max = e->min;
		if (**at == ',' && (*at)[1] == '}') {
			e->max = ENDLESS;
			(*at)++;
		} else if (**at == ',') {
			(*at)++;
			if (!read_count(&e->max, at))
				return false;
		}
		if (**at != '}' || e->max < e->min || e->max == 0)
			return false;
		(*at)++;
	}
	/* Lazy, possessive, repeated repeats. */
	return **at == '\0' || strchr("?+*{", **at) == NULL;
}

/* Whether the class is one run of bytes. */
static void
find_range(struct element *e, const uint32_t table[256])
{
	unsigned char lo = 0;
	unsigned char hi = 127;
	unsigned c = 0;

	while (lo < 127 && (table[lo] & e->bit) == 0)
		lo++;
	while (hi > lo && (table[hi] & e->bit) == 0)
		hi--;
	e->range = true;
	for (c = lo; c <= hi; c++)
		if ((table[c] & e->bit) == 0)
			e->range = false;
	e->lo = lo;
	e->hi = hi;
}

/* Writes out every length the counts allow; false when they are too many. */
static bool
few_shapes(const struct pattern *p, size_t *n)
{
	size_t i = 0;

	*n = 1;
	if (p->longest > SHAPE_MAX)
		return false;
	for (i = 0; i < p->n; i++) {
		*n *= p->element[i].max - p->element[i].min + 1;
		if (*n > SHAPES || !p->element[i].range)
			return false;
	}
	return true;
}

/* The k-th choice of counts, as a number whose digits are the counts. */
static void
write_shape(struct shape *s, const struct pattern *p, size_t k)
{
	size_t i = 0;

	for (i = 0; i < p->n; i++) {
		const struct element *e = &p->element[i];
		size_t choices = e->max - e->min + 1;

		/* Fits: few_shapes held the longest against SHAPE_MAX. */
		(void)shape_put(s, e->lo, e->hi, e->min + k % choices);
		k /= choices;
	}
}

static int
by_length(const void *a, const void *b)
{
	size_t x = ((const struct shape *)a)->len;
	size_t y = ((const struct shape *)b)->len;

	return (x > y) - (x < y);
}

static bool
make_shapes(struct pattern *p)
{
	size_t n = 0;
	size_t i = 0;
	size_t len = 0;

	if (!few_shapes(p, &n) ||
	    (p->shapes = calloc(n, sizeof(*p->shapes))) == NULL)
		return false;
	for (i = 0; i < n; i++)
		write_shape(&p->shapes[i], p, i);
	qsort(p->shapes, n, sizeof(*p->shapes), by_length);
	p->n_shapes = n;
	for (i = 0, len = 0; len < SHAPE_MAX + 2; len++) {
		while (i < n && p->shapes[i].len < len)
			i++;
		p->first[len] = (uint8_t)i;
	}
	return true;
}

/*
 * Taking as many as possible is exact when no byte of a class of variable
 * length can also begin what follows it.
 */
static bool
greedy_is_exact(const struct pattern *p)
{
	size_t i = 0;
	size_t j = 0;
	unsigned c = 0;

	for (i = 0; i < p->n; i++) {
		uint32_t after = 0;

		if (p->element[i].min == p->element[i].max)
			continue;
		for (j = i + 1; j < p->n; j++) {
			after |= p->element[j].bit;
			if (p->element[j].min > 0)
				break;
		}
		for (c = 0; c < 256; c++)
			if ((p->table[c] & p->element[i].bit) != 0 &&
			    (p->table[c] & after) != 0)
				return false;
	}
	return true;
}

static bool
read_simple(struct pattern *p, const char *regex)
{
	const char *at = regex + (*regex == '^');
	struct element *e = NULL;

	while (*at != '\0' && !(at[0] == '$' && at[1] == '\0')) {
		if (p->n == ELEMENTS)
			return false;
		e = &p->element[p->n];
		e->bit = 1U << p->n++;
		if (!read_atom(p, e->bit, &at) || !read_repeat(e, &at))
			return false;
		find_range(e, p->table);
		p->longest = e->max == ENDLESS || p->longest == ENDLESS
		    ? ENDLESS
		    : p->longest + e->max;
	}
	return make_shapes(p) || greedy_is_exact(p);
}

/* ---- matching ---- */

static inline bool
match_shapes(const struct pattern *p, const char *text, size_t len)
{
	size_t i = p->first[len];

	for (; i < p->first[len + 1]; i++)
		if (shape_match(&p->shapes[i], text))
			return true;
	return false;
}

__attribute__((noinline)) static bool
match_table(const struct pattern *p, const unsigned char *at, size_t len)
{
	const unsigned char *end = at + len;
	const struct element *e = p->element;
	const struct element *last = e + p->n;
	const unsigned char *stop = NULL;

	for (; e < last; e++) {
		if ((size_t)(end - at) < e->min)
			return false;
		for (stop = at + e->min; at < stop; at++)
			if ((p->table[*at] & e->bit) == 0)
				return false;
		if (e->max == e->min)
			continue;
		stop = e->max - e->min < (size_t)(end - at)
		    ? at + (e->max - e->min)
		    : end;
		while (at < stop && (p->table[*at] & e->bit) != 0)
			at++;
	}
	return at == end;
}

/*
 * Memory of one match, on the stack of whoever asks: value_check promises not
 * to allocate, and threads need no state of their own.  What does not fit
 * (PCRE2 without JIT) comes from malloc.
 */
struct arena {
	size_t used;
	_Alignas(16) unsigned char bytes[ARENA];
};

static void *
arena_take(size_t n, void *data)
{
	struct arena *a = data;
	void *at = NULL;

	n = (n + 15) & ~(size_t)15;
	if (n > sizeof(a->bytes) - a->used)
		return malloc(n);
	at = a->bytes + a->used;
	a->used += n;
	return at;
}

static void
arena_give(void *at, void *data)
{
	struct arena *a = data;
	uintptr_t p = (uintptr_t)at;

	if (p < (uintptr_t)a->bytes || p >= (uintptr_t)(a->bytes + ARENA))
		free(at);
}

__attribute__((noinline)) static bool
match_pcre(const struct pattern *p, const char *text, size_t len)
{
	struct arena arena;
	pcre2_general_context *general = NULL;
	pcre2_match_data *data = NULL;
	int rc = PCRE2_ERROR_NOMEMORY;

	arena.used = 0;
	general = pcre2_general_context_create(arena_take, arena_give, &arena);
	if (general != NULL)
		data = pcre2_match_data_create(1, general);
	if (data != NULL) {
		rc = pcre2_match(
		    p->code, (PCRE2_SPTR)text, len, 0, 0, data, p->context);
		/* JIT's stack is small: the interpreter has the heap. */
		if (rc == PCRE2_ERROR_JIT_STACKLIMIT)
			rc = pcre2_match(p->code, (PCRE2_SPTR)text, len, 0,
			    PCRE2_NO_JIT, data, p->context);
	}
	pcre2_match_data_free(data);
	pcre2_general_context_free(general);
	return rc >= 0;
}

/* A single class: whatever the bytes' order, all of them must be in it. */
static inline bool
match_class(const struct pattern *p, const unsigned char *at, size_t len)
{
	uint32_t in = p->element[0].bit;
	size_t i = 0;

	for (i = 0; i + 4 <= len; i += 4)
		in &= p->table[at[i]] & p->table[at[i + 1]] &
		    p->table[at[i + 2]] & p->table[at[i + 3]];
	for (; i < len; i++)
		in &= p->table[at[i]];
	return in != 0 && len >= p->element[0].min && len <= p->element[0].max;
}

bool
pattern_match(const struct pattern *p, const char *text, size_t len)
{
	if (p->shapes != NULL)
		return len <= SHAPE_MAX && match_shapes(p, text, len);
	if (!p->simple)
		return match_pcre(p, text, len);
	if (p->n == 1)
		return match_class(p, (const unsigned char *)text, len);
	return match_table(p, (const unsigned char *)text, len);
}

const struct shape *
pattern_shape(const struct pattern *p)
{
	return p->n_shapes == 1 ? p->shapes : NULL;
}

const struct shape *
pattern_shapes(const struct pattern *p, size_t *n)
{
	*n = p->n_shapes;
	return p->shapes;
}

bool
pattern_class(const struct pattern *p, struct pattern_class *out)
{
	size_t i = 0;

	if (!p->simple || p->n != 1)
		return false;
	for (i = 0; i < sizeof(out->in); i++)
		out->in[i] = (p->table[i] & p->element[0].bit) != 0;
	out->min = p->element[0].min;
	out->max = p->element[0].max;
	return true;
}

bool
pattern_is_simple(const struct pattern *p)
{
	return p->simple;
}

/* ---- making ---- */

static enum fault
compile(struct pattern *p, const char *regex, struct cause *why)
{
	char text[128] = "";
	PCRE2_SIZE offset = 0;
	int error = 0;

	p->code = pcre2_compile((PCRE2_SPTR)regex, PCRE2_ZERO_TERMINATED,
	    PCRE2_UTF | PCRE2_ANCHORED | PCRE2_ENDANCHORED |
		PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C,
	    &error, &offset, NULL);
	if (p->code == NULL) {
		(void)pcre2_get_error_message(
		    error, (PCRE2_UCHAR *)text, sizeof(text));
		return cause_set(why, FAULT_FORMAT,
		    N_("not a regular expression: %s at byte %zu"), text,
		    (size_t)offset);
	}
	p->context = pcre2_match_context_create(NULL);
	if (p->context == NULL)
		return cause_memory(why);
	(void)pcre2_set_match_limit(p->context, MATCH_LIMIT);
	(void)pcre2_set_heap_limit(p->context, HEAP_LIMIT_KIB);
	/* Where there is no JIT the interpreter gives the same answers. */
	(void)pcre2_jit_compile(p->code, PCRE2_JIT_COMPLETE);
	return FAULT_NONE;
}

/* Tries the simple form, leaving no trace of a failed try. */
static void
simplify(struct pattern *p, const char *regex)
{
	p->simple = read_simple(p, regex);
	if (p->simple)
		return;
	free(p->shapes);
	memset(p, 0, sizeof(*p));
}

enum fault
pattern_new(struct pattern **out, const char *regex, struct cause *why)
{
	struct pattern *p = NULL;
	enum fault f = FAULT_NONE;

	*out = NULL;
	if (strlen(regex) > PATTERN_MAX)
		return cause_set(why, FAULT_FORMAT,
		    N_("the pattern is longer than %d bytes"), PATTERN_MAX);
	if ((p = calloc(1, sizeof(*p))) == NULL)
		return cause_memory(why);
	simplify(p, regex);
	if (!p->simple && (f = compile(p, regex, why)) != FAULT_NONE)
		goto out;
	*out = p;
	p = NULL;
out:
	pattern_free(p);
	return f;
}

void
pattern_free(struct pattern *p)
{
	if (p == NULL)
		return;
	free(p->shapes);
	pcre2_code_free(p->code);
	pcre2_match_context_free(p->context);
	free(p);
}
