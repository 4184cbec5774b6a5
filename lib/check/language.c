/*
 * language: the expression as a tree, and walks through it that take one branch
 * each.  PCRE2 took the expression before, so only what means something is
 * looked for; the judge of what is made is the pattern itself.
 */
#include "check/language.h"

#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "check/pattern.h"

#define DEPTH_MAX 32
#define ENDLESS SIZE_MAX
#define SPREAD 12 /* an open count goes so far beyond its least */
#define NONE SIZE_MAX
#define STEPS_MAX 65536 /* empty rows can be repeated within each other */

enum twig_kind { TWIG_LETTER, TWIG_ROW, TWIG_CHOICE, TWIG_REPEAT };

struct twig {
	enum twig_kind kind;
	struct letter letter;
	size_t min, max;
	size_t child; /* the first, or NONE */
	size_t next;  /* of the same parent, or NONE */
};

struct language {
	struct twig *twig;
	size_t n, cap;
	size_t root;
};

struct reading {
	struct language *l;
	const char *start, *at;
	const char *trouble; /* where, once something was not understood */
	bool memory;
};

/* ---- classes ---- */

static bool
trouble(struct reading *r, const char *at)
{
	if (r->trouble == NULL)
		r->trouble = at;
	return false;
}

/* \p{NAME}, \pL and their opposites; *at is at the name. */
static bool
add_property(struct reading *r, struct letter *t, bool opposite)
{
	struct letter k = { { 0, 0 }, 0 };
	const char *name = r->at, *end = name + 1;

	if (*name == '{') {
		name++;
		if (*name == '^') {
			opposite = !opposite;
			name++;
		}
		end = strchr(name, '}');
	}
	if (end == NULL || !letter_named(&k, name, (size_t)(end - name)))
		return trouble(r, name);
	r->at = end + (*end == '}');
	if (opposite)
		letter_invert(&k);
	t->in[0] |= k.in[0];
	t->in[1] |= k.in[1];
	return true;
}

static void
add_point(struct letter *t, uint32_t point)
{
	if (point < 128)
		letter_add(t, point, point);
	else
		t->point = point;
}

/* The code point at *at, which is UTF-8 because PCRE2 took it. */
static uint32_t
take_point(const char **at)
{
	const unsigned char *s = (const unsigned char *)*at;
	size_t more = s[0] < 0x80 ? 0 : s[0] < 0xe0 ? 1 : s[0] < 0xf0 ? 2 : 3;
	uint32_t point = more == 0 ? s[0] : s[0] & (0x3fU >> more);
	size_t i = 0;

	for (i = 1; i <= more && s[i] != '\0'; i++)
		point = point << 6 | (s[i] & 0x3fU);
	*at += i;
	return point;
}

static bool
take_hex(struct reading *r, uint32_t *out)
{
	bool braces = *r->at == '{';
	const char *digits = r->at + (braces ? 1 : 0);
	char text[9] = "";
	size_t n = strspn(digits, "0123456789abcdefABCDEF");

	if (!braces && n > 2)
		n = 2;
	if (n == 0 || n > 6 || (braces && digits[n] != '}'))
		return trouble(r, r->at);
	memcpy(text, digits, n);
	*out = (uint32_t)strtoul(text, NULL, 16);
	r->at = digits + n + (braces ? 1 : 0);
	return *out != 0;
}

/* Behind a backslash: one letter or a class.  *single: it may begin a range. */
static bool
take_escape(struct reading *r, struct letter *t, bool *single, uint32_t *point)
{
	char c = *r->at;

	*single = false;
	*point = 0;
	if (c == '\0')
		return trouble(r, r->at);
	r->at++;
	if (strchr("dDwWsShH", c) != NULL)
		return letter_kind(t, c);
	if (c == 'p' || c == 'P')
		return add_property(r, t, c == 'P');
	*single = true;
	if (c == 't')
		*point = '\t';
	else if (c == 'x' && !take_hex(r, point))
		return trouble(r, r->at);
	else if (c != 'x' &&
	    ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
		(c >= 'a' && c <= 'z')))
		return trouble(r, r->at - 2);
	else if (c != 'x') {
		r->at--;
		*point = take_point(&r->at);
	}
	add_point(t, *point);
	return true;
}

/* One item of a class, a range as well. */
static bool
take_item(struct reading *r, struct letter *t)
{
	uint32_t lo = 0, hi = 0;
	bool single = true;
	const char *end = NULL;

	if (r->at[0] == '[' && r->at[1] == ':' &&
	    (end = strstr(r->at, ":]")) != NULL) {
		if (!letter_named(t, r->at + 2, (size_t)(end - r->at - 2)))
			return trouble(r, r->at);
		r->at = end + 2;
		return true;
	}
	if (*r->at == '\\') {
		r->at++;
		if (!take_escape(r, t, &single, &lo))
			return false;
	} else {
		lo = take_point(&r->at);
		add_point(t, lo);
	}
	if (!single || r->at[0] != '-' || r->at[1] == ']' || r->at[1] == '\0')
		return true;
	r->at++;
	if (*r->at == '\\') {
		r->at++;
		if (!take_escape(r, t, &single, &hi))
			return false;
	} else
		hi = take_point(&r->at);
	letter_add(t, lo, hi);
	return true;
}

static bool
take_class(struct reading *r, struct letter *t)
{
	const char *start = r->at++;
	bool opposite = *r->at == '^';

	r->at += opposite ? 1 : 0;
	do {
		if (*r->at == '\0')
			return trouble(r, start);
		if (!take_item(r, t))
			return false;
	} while (*r->at != ']');
	r->at++;
	if (opposite)
		letter_invert(t);
	/* ASCII is enough of a class that has some. */
	if ((t->in[0] | t->in[1]) != 0)
		t->point = 0;
	else if (t->point == 0)
		return trouble(r, start);
	return true;
}

/* ---- the tree ---- */

static size_t
grow(struct reading *r, enum twig_kind kind)
{
	struct language *l = r->l;
	size_t cap = l->cap > 0 ? l->cap * 2 : 64;
	struct twig *more = NULL;

	if (l->n == l->cap) {
		more = reallocarray(l->twig, cap, sizeof(*more));
		if (more == NULL) {
			r->memory = true;
			(void)trouble(r, r->at);
			return NONE;
		}
		l->twig = more;
		l->cap = cap;
	}
	memset(&l->twig[l->n], 0, sizeof(*l->twig));
	l->twig[l->n].kind = kind;
	l->twig[l->n].child = l->twig[l->n].next = NONE;
	return l->n++;
}

static size_t take_choice(struct reading *r, unsigned depth);

/* Behind "(": what kind of group; *drop: it says nothing about the text. */
static bool
take_group_head(struct reading *r, bool *drop)
{
	static const char *const taken[] = { "?:", "?>", "?|" };
	static const char *const dropped[] = { "?=", "?!", "?<=", "?<!" };
	const char *start = r->at;
	size_t i = 0, n = 0;

	*drop = false;
	if (*r->at == '*')
		return trouble(r, start);
	if (*r->at != '?')
		return true;
	for (i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		if (strncmp(r->at, taken[i], 2) == 0) {
			r->at += 2;
			return true;
		}
	for (i = 0; i < sizeof(dropped) / sizeof(dropped[0]); i++)
		if (strncmp(r->at, dropped[i], strlen(dropped[i])) == 0) {
			r->at += strlen(dropped[i]);
			*drop = true;
			return true;
		}
	/* (?<name>, (?P<name>, (?'name'; (?P=name) is a back reference. */
	n = r->at[1] == 'P' && r->at[2] == '<' ? 2 : 1;
	if (r->at[n] != '<' && r->at[n] != '\'')
		return trouble(r, start);
	r->at = strchr(r->at + n + 1, r->at[n] == '<' ? '>' : '\'');
	if (r->at == NULL)
		return trouble(r, start);
	r->at++;
	return true;
}

static size_t
take_group(struct reading *r, unsigned depth)
{
	const char *start = r->at++;
	bool drop = false;
	size_t t = NONE;

	if (strncmp(r->at, "?i)", 3) == 0) {
		r->at += 3;
		return grow(r, TWIG_ROW);
	}
	if (depth == DEPTH_MAX) {
		(void)trouble(r, start);
		return NONE;
	}
	if (!take_group_head(r, &drop))
		return NONE;
	t = take_choice(r, depth + 1);
	if (r->trouble != NULL)
		return NONE;
	if (*r->at != ')') {
		(void)trouble(r, start);
		return NONE;
	}
	r->at++;
	return drop ? grow(r, TWIG_ROW) : t;
}

/* Anchors and word boundaries: an empty row. */
static bool
take_anchor(struct reading *r)
{
	if (*r->at == '^' || *r->at == '$') {
		r->at++;
		return true;
	}
	if (*r->at == '\\' && r->at[1] != '\0' &&
	    strchr("AzZGbB", r->at[1]) != NULL) {
		r->at += 2;
		return true;
	}
	return false;
}

static size_t
take_atom(struct reading *r, unsigned depth)
{
	struct letter letter = { { 0, 0 }, 0 };
	uint32_t point = 0;
	bool single = true;
	size_t t = NONE;

	if (*r->at == '(')
		return take_group(r, depth);
	if (take_anchor(r))
		return grow(r, TWIG_ROW);
	if (*r->at == '[') {
		if (!take_class(r, &letter))
			return NONE;
	} else if (*r->at == '\\') {
		r->at++;
		if (!take_escape(r, &letter, &single, &point))
			return NONE;
	} else if (*r->at == '.') {
		letter_add(&letter, ' ', '~');
		r->at++;
	} else {
		add_point(&letter, take_point(&r->at));
	}
	if ((t = grow(r, TWIG_LETTER)) != NONE)
		r->l->twig[t].letter = letter;
	return t;
}

/* "{2}", "{2,}", "{2,3}"; anything else in braces is literal. */
static bool
take_braces(struct reading *r, size_t *min, size_t *max)
{
	char *end = NULL;
	const char *at = r->at + 1;

	if (*at < '0' || *at > '9')
		return false;
	*min = *max = (size_t)strtoul(at, &end, 10);
	at = end;
	if (*at == ',') {
		*max = ENDLESS;
		if (*++at >= '0' && *at <= '9') {
			*max = (size_t)strtoul(at, &end, 10);
			at = end;
		}
	}
	if (*at != '}')
		return false;
	r->at = at + 1;
	return true;
}

static size_t
take_repeat(struct reading *r, size_t atom)
{
	size_t t = NONE, min = 0, max = ENDLESS;

	if (*r->at == '*' || *r->at == '+' || *r->at == '?') {
		min = *r->at == '+' ? 1 : 0;
		max = *r->at == '?' ? 1 : ENDLESS;
		r->at++;
	} else if (*r->at != '{' || !take_braces(r, &min, &max))
		return atom;
	/* Lazy or possessive: the texts are the same, or fewer. */
	if (*r->at == '?' || *r->at == '+')
		r->at++;
	if ((t = grow(r, TWIG_REPEAT)) == NONE)
		return NONE;
	r->l->twig[t].child = atom;
	r->l->twig[t].min = min;
	r->l->twig[t].max = max;
	return t;
}

static size_t
take_row(struct reading *r, unsigned depth)
{
	size_t row = grow(r, TWIG_ROW), last = NONE, t = NONE;

	while (r->trouble == NULL && *r->at != '\0' && *r->at != '|' &&
	    *r->at != ')') {
		t = take_atom(r, depth);
		if (t != NONE && r->trouble == NULL)
			t = take_repeat(r, t);
		if (t == NONE || r->trouble != NULL)
			return NONE;
		if (last == NONE)
			r->l->twig[row].child = t;
		else
			r->l->twig[last].next = t;
		last = t;
	}
	return row;
}

static size_t
take_choice(struct reading *r, unsigned depth)
{
	size_t choice = grow(r, TWIG_CHOICE), last = NONE, t = NONE;

	if (choice == NONE)
		return NONE;
	for (;; r->at++) {
		t = take_row(r, depth);
		if (t == NONE || r->trouble != NULL)
			return NONE;
		if (last == NONE)
			r->l->twig[choice].child = t;
		else
			r->l->twig[last].next = t;
		last = t;
		if (*r->at != '|')
			return choice;
	}
}

enum fault
language_new(struct language **out, const char *regex, struct cause *why)
{
	struct reading r = { NULL, regex, regex, NULL, false };
	enum fault f = FAULT_NONE;

	*out = NULL;
	if ((r.l = calloc(1, sizeof(*r.l))) == NULL)
		return cause_memory(why);
	r.l->root = take_choice(&r, 0);
	if (r.trouble == NULL && *r.at != '\0')
		(void)trouble(&r, r.at);
	if (r.memory)
		f = cause_memory(why);
	else if (r.trouble != NULL)
		f = cause_set(why, FAULT_FORMAT,
		    N_("no sample can be made from this pattern: its part at "
		       "byte %zu is not understood"),
		    (size_t)(r.trouble - r.start) + 1);
	if (f == FAULT_NONE)
		*out = r.l;
	else
		language_free(r.l);
	return f;
}

void
language_free(struct language *l)
{
	if (l == NULL)
		return;
	free(l->twig);
	free(l);
}

/* ---- one way through the tree ---- */

struct walk {
	const struct language *l;
	struct chance *chance; /* NULL: the same everywhere */
	size_t choice, extra;
	struct mould *mould;
	size_t steps;
};

static size_t
count_of(const struct walk *w, const struct twig *t)
{
	size_t spare = t->max == ENDLESS ? SPREAD : t->max - t->min;

	if (w->chance == NULL && t->max == ENDLESS)
		return t->min + w->extra;
	if (w->chance == NULL)
		return t->min + (w->extra < spare ? w->extra : spare);
	return t->min +
	    chance_below(w->chance, (spare < SPREAD ? spare : SPREAD) + 1);
}

static size_t
branch_of(const struct walk *w, const struct twig *t)
{
	size_t n = 0, take = w->choice, at = t->child;

	for (at = t->child; at != NONE; at = w->l->twig[at].next)
		n++;
	if (w->chance != NULL)
		take = chance_below(w->chance, n);
	else if (take >= n)
		take = n - 1;
	for (at = t->child; take > 0; take--)
		at = w->l->twig[at].next;
	return at;
}

static bool
walk(struct walk *w, size_t at)
{
	const struct twig *t = &w->l->twig[at];
	size_t i = 0, n = 0;

	if (++w->steps > STEPS_MAX)
		return false;
	switch (t->kind) {
	case TWIG_LETTER:
		if (w->mould->n == MOULD_LONGEST)
			return false;
		w->mould->letter[w->mould->n++] = t->letter;
		return true;
	case TWIG_ROW:
		for (i = t->child; i != NONE; i = w->l->twig[i].next)
			if (!walk(w, i))
				return false;
		return true;
	case TWIG_CHOICE:
		return walk(w, branch_of(w, t));
	case TWIG_REPEAT:
		n = count_of(w, t);
		for (i = 0; i < n; i++)
			if (!walk(w, t->child))
				return false;
		return true;
	}
	return false;
}

bool
language_any(const struct language *l, struct chance *chance, struct mould *out)
{
	struct walk w = { l, chance, 0, 0, out, 0 };

	out->n = 0;
	return walk(&w, l->root);
}

bool
language_fixed(
    const struct language *l, size_t choice, size_t extra, struct mould *out)
{
	struct walk w = { l, NULL, choice, extra, out, 0 };

	out->n = 0;
	return walk(&w, l->root);
}
