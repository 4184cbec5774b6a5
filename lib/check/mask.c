/*
 * mask: stars in the place of code points, one for one, so that a masked value
 * still shows how long it was; or a pseudonym, which shows nothing.
 */
#include "check/mask.h"

#include <string.h>

#include "text/utf8.h"

/* A whole number from 1 to MASK_POINTS_MAX, written in one way only. */
static bool
points(size_t *out, const char *text)
{
	size_t n = 0;

	if (text[0] < '1' || text[0] > '9')
		return false;
	for (; *text >= '0' && *text <= '9' && n <= MASK_POINTS_MAX; text++)
		n = n * 10 + (size_t)(*text - '0');
	*out = n;
	return *text == '\0' && n <= MASK_POINTS_MAX;
}

bool
mask_parse(struct mask *out, const char *text)
{
	*out = (struct mask){ MASK_NONE, 0 };
	if (strcmp(text, "star") == 0)
		out->kind = MASK_STAR;
	else if (strcmp(text, "hash") == 0)
		out->kind = MASK_HASH;
	else if (strncmp(text, "last:", 5) == 0 && points(&out->n, text + 5))
		out->kind = MASK_LAST;
	else if (strncmp(text, "first:", 6) == 0 && points(&out->n, text + 6))
		out->kind = MASK_FIRST;
	return out->kind != MASK_NONE;
}

/* Which code points become stars: those from *from on, up to *until. */
static void
hidden(const struct mask *m, size_t length, size_t *from, size_t *until)
{
	*from = 0;
	*until = length;
	if (m->kind == MASK_LAST && m->n < length)
		*from = length - m->n;
	if (m->kind == MASK_FIRST && m->n < length)
		*until = m->n;
}

size_t
mask_apply(const struct mask *m, const struct pseudonym *p, const char *value,
    size_t len, char *out)
{
	size_t from = 0, until = 0, i = 0, n = 0, point = 0;

	if (m->kind == MASK_HASH) {
		pseudonym_text(p, value, len, out);
		return PSEUDONYM_LEN;
	}
	hidden(m, utf8_length(value, len), &from, &until);
	for (i = 0; i < len; i++) {
		bool begins = ((unsigned char)value[i] & 0xc0) != 0x80;
		/* The point that this byte belongs to. */
		size_t at = begins ? point++ : point - 1;

		if (at < from || at >= until)
			out[n++] = value[i];
		else if (begins)
			out[n++] = '*';
	}
	return n;
}

static bool
is_pseudonym(const char *value, size_t len)
{
	size_t i = 0;

	for (i = 0; i < len; i++)
		if (!(value[i] >= '0' && value[i] <= '9') &&
		    !(value[i] >= 'a' && value[i] <= 'f'))
			return false;
	return len == PSEUDONYM_LEN;
}

bool
mask_holds(const struct mask *m, const char *value, size_t len)
{
	size_t from = 0, until = 0, i = 0, point = 0;

	if (m->kind == MASK_NONE)
		return true;
	if (m->kind == MASK_HASH)
		return is_pseudonym(value, len);
	hidden(m, utf8_length(value, len), &from, &until);
	for (i = 0; i < len; i++) {
		if (((unsigned char)value[i] & 0xc0) == 0x80)
			continue;
		if (point >= from && point < until && value[i] != '*')
			return false;
		point++;
	}
	return true;
}
