/*
 * Extended headers.
 *
 * They may change every field of the header that follows, so two readers that
 * disagree about one record disagree about the whole archive.  A record whose
 * key we do not know is refused, not skipped.
 */
#include <string.h>

#include "base/intl.h"
#include "pack/pax.h"

enum kind { KIND_TIME, KIND_NUMBER, KIND_SIZE, KIND_PATH };

static const struct {
	const char *key;
	enum kind kind;
} known[] = {
	{ "mtime", KIND_TIME },
	{ "atime", KIND_TIME },
	{ "ctime", KIND_TIME },
	{ "size", KIND_SIZE },
	{ "path", KIND_PATH },
	{ "uid", KIND_NUMBER },
	{ "gid", KIND_NUMBER },
	{ "SCHILY.dev", KIND_NUMBER },
	{ "SCHILY.ino", KIND_NUMBER },
	{ "SCHILY.nlink", KIND_NUMBER },
};
#define KNOWN (sizeof(known) / sizeof(known[0]))

struct span {
	const unsigned char *at;
	size_t len;
};

static size_t
digits(struct span s)
{
	size_t n = 0;

	while (n < s.len && s.at[n] >= '0' && s.at[n] <= '9')
		n++;
	return n;
}

/* Decimal without sign; up to 18 digits cannot overflow. */
static bool
decimal(uint64_t *out, struct span s)
{
	*out = 0;
	if (s.len == 0 || s.len > 18 || digits(s) != s.len)
		return false;
	for (size_t i = 0; i < s.len; i++)
		*out = *out * 10 + (uint64_t)(s.at[i] - '0');
	return true;
}

/* Seconds since 1970, perhaps before it, perhaps with a fraction. */
static bool
is_time(struct span s)
{
	size_t n = 0;

	if (s.len > 0 && s.at[0] == '-')
		s = (struct span){ s.at + 1, s.len - 1 };
	n = digits(s);
	if (n == 0 || n > 18)
		return false;
	if (n == s.len)
		return true;
	if (s.at[n] != '.')
		return false;
	s = (struct span){ s.at + n + 1, s.len - n - 1 };
	return s.len > 0 && s.len <= 18 && digits(s) == s.len;
}

static bool
take_path(struct pax *out, struct span s)
{
	if (s.len >= sizeof(out->path) || memchr(s.at, 0, s.len) != NULL)
		return false;
	memcpy(out->path, s.at, s.len);
	out->path[s.len] = '\0';
	out->has_path = true;
	return true;
}

static bool
take_value(struct pax *out, enum kind kind, struct span value)
{
	switch (kind) {
	case KIND_TIME:
		return is_time(value);
	case KIND_NUMBER:
		/* Twenty digits hold any 64 bits; the value is not used. */
		return value.len > 0 && value.len <= 20 &&
		    digits(value) == value.len;
	case KIND_SIZE:
		out->has_size = decimal(&out->size, value);
		return out->has_size;
	case KIND_PATH:
		return take_path(out, value);
	}
	return false;
}

/* One "key=value". */
static enum fault
take_record(struct pax *out, struct span record, struct cause *why)
{
	const unsigned char *equals = memchr(record.at, '=', record.len);
	struct span key = { record.at, 0 };
	struct span value = { NULL, 0 };
	size_t i = 0;

	if (equals == NULL)
		return cause_set(
		    why, FAULT_ARCHIVE, N_("a pax record has no equals sign"));
	key.len = (size_t)(equals - record.at);
	value = (struct span){ equals + 1, record.len - key.len - 1 };
	for (i = 0; i < KNOWN; i++)
		if (strlen(known[i].key) == key.len &&
		    memcmp(known[i].key, key.at, key.len) == 0)
			break;
	if (i == KNOWN)
		return cause_set(why, FAULT_ARCHIVE,
		    N_("the pax key \"%.*s\" is not allowed"),
		    (int)(key.len < 64 ? key.len : 64), (const char *)key.at);
	if ((out->seen & 1U << i) != 0)
		return cause_set(why, FAULT_ARCHIVE,
		    N_("the pax key \"%s\" is there twice"), known[i].key);
	out->seen |= 1U << i;
	if (!take_value(out, known[i].kind, value))
		return cause_set(why, FAULT_ARCHIVE,
		    N_("the pax key \"%s\" has a value that is not allowed"),
		    known[i].key);
	return FAULT_NONE;
}

/* "LEN key=value\n", LEN counting all of it; gives the part after the blank. */
static bool
cut(struct span all, struct span *record, size_t *used)
{
	size_t n = digits(all);
	uint64_t len = 0;

	if (n == 0 || n == all.len || all.at[n] != ' ' || all.at[0] == '0' ||
	    !decimal(&len, (struct span){ all.at, n }) || len > all.len ||
	    len < n + 2 || all.at[len - 1] != '\n')
		return false;
	*record = (struct span){ all.at + n + 1, (size_t)len - n - 2 };
	*used = (size_t)len;
	return true;
}

enum fault
pax_parse(
    struct pax *out, const unsigned char *bytes, size_t len, struct cause *why)
{
	struct span left = { bytes, len };
	struct span record = { NULL, 0 };
	enum fault f = FAULT_NONE;
	size_t used = 0;

	memset(out, 0, sizeof(*out));
	while (left.len > 0) {
		if (!cut(left, &record, &used))
			return cause_set(why, FAULT_ARCHIVE,
			    N_("a pax record has a wrong length"));
		f = take_record(out, record, why);
		if (f != FAULT_NONE)
			return f;
		left = (struct span){ left.at + used, left.len - used };
	}
	return FAULT_NONE;
}
