/*
 * path: an allow-list of names; what is not on it does not become a file.
 */
#include "base/path.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/limits.h"

static bool
alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	    (c >= 'a' && c <= 'z');
}

/* [A-Za-z0-9._-] after a first character that is none of ".-". */
static bool
plain(const char *s, size_t max)
{
	size_t i;

	if (!alnum(s[0]) && s[0] != '_')
		return false;
	for (i = 1; s[i] != '\0'; i++)
		if (i >= max || (!alnum(s[i]) && strchr("._-", s[i]) == NULL))
			return false;
	return true;
}

bool
path_id_ok(const char *id)
{
	return id != NULL && alnum(id[0]) && plain(id, LIMIT_ID);
}

bool
path_member_ok(const char *name)
{
	static const char *const devices[] = { "con", "prn", "aux", "nul" };
	size_t i, stem;

	if (name == NULL || !plain(name, LIMIT_MEMBER_NAME) ||
	    name[strlen(name) - 1] == '.')
		return false;
	/* A staged file may be copied to Windows, where these are devices. */
	stem = strcspn(name, ".");
	for (i = 0; i < sizeof(devices) / sizeof(devices[0]); i++)
		if (stem == 3 && strncasecmp(name, devices[i], 3) == 0)
			return false;
	if (stem == 4 && name[3] >= '0' && name[3] <= '9' &&
	    (strncasecmp(name, "com", 3) == 0 ||
		strncasecmp(name, "lpt", 3) == 0))
		return false;
	return true;
}

/* One part up to '/', as an id, before what marks a test if *test is asked for;
 * returns what follows the slash, or NULL. */
static const char *
part(char out[LIMIT_ID + 1], const char *text, bool *test)
{
	size_t n = strcspn(text, "/"), mark = strlen(PARCEL_TEST), id = n;

	if (test != NULL && n > mark &&
	    strncmp(text + n - mark, PARCEL_TEST, mark) == 0) {
		*test = true;
		id -= mark;
	}
	if (id == 0 || id > LIMIT_ID || text[n] != '/')
		return NULL;
	memcpy(out, text, id);
	out[id] = '\0';
	return path_id_ok(out) ? text + n + 1 : NULL;
}

bool
parcel_name_parse(struct parcel_name *out, const char *text)
{
	const char *s = text;
	size_t i;

	memset(out, 0, sizeof(*out));
	if ((s = part(out->agreement, s, NULL)) == NULL ||
	    (s = part(out->dataset, s, &out->test)) == NULL ||
	    (s = part(out->sender, s, NULL)) == NULL)
		return false;
	for (i = 0; s[i] >= '0' && s[i] <= '9' && i < 8; i++)
		out->sequence = out->sequence * 10 + (uint64_t)(s[i] - '0');
	/* "17" and "00000017" are forms of it, "0017" is none. */
	return i > 0 && s[i] == '\0' && out->sequence > 0 &&
	    (s[0] != '0' || i == 8);
}

bool
parcel_name_equal(const struct parcel_name *a, const struct parcel_name *b)
{
	return strcmp(a->agreement, b->agreement) == 0 &&
	    strcmp(a->dataset, b->dataset) == 0 &&
	    strcmp(a->sender, b->sender) == 0 && a->sequence == b->sequence &&
	    a->test == b->test;
}

static const char *
mark(const struct parcel_name *p)
{
	return p->test ? PARCEL_TEST : "";
}

void
parcel_name_text(char out[PARCEL_NAME_MAX], const struct parcel_name *p)
{
	(void)snprintf(out, PARCEL_NAME_MAX, "%s/%s%s/%s/%llu", p->agreement,
	    p->dataset, mark(p), p->sender, (unsigned long long)p->sequence);
}

void
parcel_name_dir(char out[PARCEL_NAME_MAX], const struct parcel_name *p)
{
	(void)snprintf(out, PARCEL_NAME_MAX, "%s/%s%s/%s/%08llu", p->agreement,
	    p->dataset, mark(p), p->sender, (unsigned long long)p->sequence);
}

void
parcel_name_stream(char out[PARCEL_NAME_MAX], const struct parcel_name *p)
{
	(void)snprintf(out, PARCEL_NAME_MAX, "%s/%s%s/%s", p->agreement,
	    p->dataset, mark(p), p->sender);
}
