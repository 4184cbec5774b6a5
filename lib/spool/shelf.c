/*
 * shelf: how a parcel comes to its place and leaves it, the same for every
 * shelf: one rename each way, so that other processes and a run after a crash
 * see either the whole parcel or none.
 */
#include "spool/shelf.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"

/* Levels of directories: agreement, data set, sender, sequence. */
#define LEVELS 4

void
shelf_place(
    char out[SHELF_PATH_MAX], const char *shelf, const struct parcel_name *name)
{
	char dir[PARCEL_NAME_MAX] = "";

	parcel_name_dir(dir, name);
	(void)snprintf(out, SHELF_PATH_MAX, "%s/%s", shelf, dir);
}

enum fault
shelf_begin(struct home *h, const char *shelf, const struct parcel_name *name,
    char path[SHELF_PATH_MAX], int *dir, struct cause *why)
{
	char stream[PARCEL_NAME_MAX] = "", *slash = NULL;
	enum fault f = FAULT_NONE;

	*dir = -1;
	/* '+' is in no identifier: two streams never share a draft. */
	parcel_name_stream(stream, name);
	while ((slash = strchr(stream, '/')) != NULL)
		*slash = '+';
	(void)snprintf(path, SHELF_PATH_MAX, "%s/.new-%s", shelf, stream);
	f = io_remove_tree(h->dir, path, why);
	if (f == FAULT_NONE)
		f = io_mkdirs(h->dir, path, why);
	if (f == FAULT_NONE)
		f = io_opendir(dir, h->dir, path, why);
	return f;
}

enum fault
shelf_publish(struct home *h, const char *draft, int dir, const char *place,
    struct cause *why)
{
	char parent[SHELF_PATH_MAX] = "";
	char *slash = NULL;
	enum fault f = FAULT_NONE;

	(void)snprintf(parent, sizeof(parent), "%s", place);
	slash = strrchr(parent, '/');
	if (slash != NULL)
		*slash = '\0';
	f = io_sync_dir(dir, ".", why);
	if (f == FAULT_NONE)
		f = io_mkdirs(h->dir, parent, why);
	if (f == FAULT_NONE)
		f = io_rename(h->dir, draft, h->dir, place, why);
	return f;
}

enum fault
shelf_remove(
    struct home *h, const char *shelf, const char *place, struct cause *why)
{
	char old[SHELF_PATH_MAX] = "", grave[SHELF_PATH_MAX] = "";
	enum fault f = FAULT_NONE;

	(void)snprintf(old, sizeof(old), "%s/.old", shelf);
	f = io_remove_tree(h->dir, old, why);
	if (f != FAULT_NONE)
		return f;
	if (faccessat(h->dir, place, F_OK, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT || errno == ENOTDIR
		    ? FAULT_NONE
		    : cause_system(why, "access", place);
	(void)snprintf(grave, sizeof(grave), "%s/.old/parcel", shelf);
	f = io_mkdirs(h->dir, old, why);
	if (f == FAULT_NONE)
		f = io_rename(h->dir, place, h->dir, grave, why);
	if (f == FAULT_NONE)
		f = io_remove_tree(h->dir, old, why);
	return f;
}

/* A list that grows while the tree is walked. */
struct list {
	struct parcel_name *name;
	size_t n;
	const char *shelf;
};

static enum fault
list_add(struct list *l, const char *path, struct cause *why)
{
	struct parcel_name *grown = NULL;
	struct parcel_name name = { 0 };
	char place[SHELF_PATH_MAX] = "";

	/* Only the form that shelf_place makes is a parcel's place. */
	if (!parcel_name_parse(&name, path + strlen(l->shelf) + 1))
		return FAULT_NONE;
	shelf_place(place, l->shelf, &name);
	if (strcmp(place, path) != 0)
		return FAULT_NONE;
	grown = reallocarray(l->name, l->n + 1, sizeof(*grown));
	if (grown == NULL)
		return cause_memory(why);
	l->name = grown;
	l->name[l->n++] = name;
	return FAULT_NONE;
}

/* Walks one level; foreign files and names are no parcels and are skipped. */
static enum fault
list_level(struct list *l, int dir, const char *path, unsigned level,
    struct cause *why)
{
	struct io_names names = { 0 };
	enum fault f = io_names(&names, dir, path, LIMIT_DROP_ENTRIES, why);

	for (size_t i = 0; f == FAULT_NONE && i < names.n; i++) {
		char next[SHELF_PATH_MAX] = "";
		struct stat st = { 0 };
		int len =
		    snprintf(next, sizeof(next), "%s/%s", path, names.name[i]);

		if (names.name[i][0] == '.' || len < 0 ||
		    (size_t)len >= sizeof(next))
			continue;
		if (fstatat(dir, next, &st, AT_SYMLINK_NOFOLLOW) != 0) {
			/* Gone since it was listed. */
			if (errno != ENOENT)
				f = cause_system(why, "stat", next);
			continue;
		}
		if (!S_ISDIR(st.st_mode))
			continue;
		f = level == LEVELS ? list_add(l, next, why)
				    : list_level(l, dir, next, level + 1, why);
	}
	io_names_free(&names);
	return f;
}

enum fault
shelf_list(struct home *h, const char *shelf, struct parcel_name **out,
    size_t *n, struct cause *why)
{
	struct list l = { NULL, 0, shelf };
	enum fault f = list_level(&l, h->dir, shelf, 1, why);

	*out = NULL;
	*n = 0;
	if (f != FAULT_NONE) {
		free(l.name);
		return f;
	}
	*out = l.name;
	*n = l.n;
	return FAULT_NONE;
}

enum fault
shelf_read(
    struct buf *out, bool *there, int dir, const char *name, struct cause *why)
{
	*there = faccessat(dir, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
	if (*there)
		return io_load(out, dir, name, why);
	return errno == ENOENT ? FAULT_NONE : cause_system(why, "access", name);
}
