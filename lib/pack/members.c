/*
 * The names of one archive.
 *
 * Writer and reader share this list, so that what we pack is what we accept.
 * It is searched from end to end: an archive holds LIMIT_FILES names, and the
 * names are plain ASCII, so no table and no locale is needed.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/intl.h"
#include "base/path.h"
#include "pack/members.h"

/* Doubles the list; a count this side of memory cannot overflow it. */
static enum fault
grow(struct members *m, struct cause *why)
{
	size_t cap = m->cap == 0 ? 16 : m->cap * 2;
	struct unpack_member *at = NULL;

	if (m->n < m->cap)
		return FAULT_NONE;
	at = reallocarray(m->at, cap, sizeof(*at));
	if (at == NULL)
		return cause_memory(why);
	m->at = at;
	m->cap = cap;
	return FAULT_NONE;
}

enum fault
members_add(
    struct members *m, const char *name, uint64_t size, struct cause *why)
{
	enum fault f = FAULT_NONE;

	if (!path_member_ok(name))
		return cause_set(why, FAULT_FORMAT,
		    N_("the member name \"%s\" is not allowed"), name);
	for (size_t i = 0; i < m->n; i++)
		if (strcasecmp(m->at[i].name, name) == 0)
			return cause_set(why, FAULT_EXISTS,
			    N_("the member \"%s\" is there twice"), name);
	f = grow(m, why);
	if (f != FAULT_NONE)
		return f;
	memset(&m->at[m->n], 0, sizeof(m->at[m->n]));
	memcpy(m->at[m->n].name, name, strlen(name) + 1);
	m->at[m->n].size = size;
	m->n++;
	return FAULT_NONE;
}

void
members_free(struct members *m)
{
	if (m == NULL)
		return;
	free(m->at);
	*m = (struct members){ NULL, 0, 0 };
}
