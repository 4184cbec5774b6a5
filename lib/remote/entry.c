/*
 * entry: names come from a server that may be hostile: bounded in number and
 * length, and free of everything that could not be one of our own names.
 */
#include "remote/entry.h"

#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "base/limits.h"
#include "text/utf8.h"

#define NAME_LONGEST 255 /* NAME_MAX of Linux file systems */

/* Left out and not refused: one odd name that somebody left on a shared drop
 * must not stop every exchange. */
static bool
is_plain(const char *name, size_t len)
{
	if (len == 0 || len > NAME_LONGEST)
		return false;
	if ((len == 1 && name[0] == '.') ||
	    (len == 2 && name[0] == '.' && name[1] == '.'))
		return false;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)name[i] < 0x20 || name[i] == 0x7f ||
		    name[i] == '/')
			return false;
	return utf8_valid(name, len) == len;
}

enum fault
entry_list_add(
    struct entry_list *list, const char *name, size_t len, struct cause *why)
{
	char *copy;

	if (list->seen++ >= LIMIT_DROP_ENTRIES)
		return cause_set(why, FAULT_LARGER,
		    N_("a directory of the drop has more than %d names"),
		    LIMIT_DROP_ENTRIES);
	if (!is_plain(name, len))
		return FAULT_NONE;
	if (list->names.n == list->cap) {
		size_t cap = list->cap > 0 ? list->cap * 2 : 64;
		char **grown =
		    reallocarray(list->names.name, cap, sizeof(*grown));

		if (grown == NULL)
			return cause_memory(why);
		list->names.name = grown;
		list->cap = cap;
	}
	if ((copy = strndup(name, len)) == NULL)
		return cause_memory(why);
	list->names.name[list->names.n++] = copy;
	return FAULT_NONE;
}

static int
compare(const void *a, const void *b)
{
	const char *const *x = a;
	const char *const *y = b;

	return strcmp(*x, *y);
}

void
entry_list_finish(struct entry_list *list, struct remote_names *out)
{
	struct remote_names *names = &list->names;
	size_t n = 0;

	if (names->n > 0)
		qsort(names->name, names->n, sizeof(*names->name), compare);
	for (size_t i = 0; i < names->n; i++) {
		if (n > 0 && strcmp(names->name[n - 1], names->name[i]) == 0)
			free(names->name[i]);
		else
			names->name[n++] = names->name[i];
	}
	/* A server may repeat a name; a parcel must not be taken twice. */
	names->n = n;
	*out = *names;
	*list = (struct entry_list){ 0 };
}
