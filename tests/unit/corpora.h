/*
 * corpora: published test files that stand outside the tree; a test that finds
 * none of them skips aloud.
 */
#ifndef UNIT_CORPORA_H
#define UNIT_CORPORA_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * Path of a name in $SERAHTERIMA_CORPORA, else in ../shared/corpora seen from
 * the project's root; NULL when it is not there.  Static.
 */
static inline const char *
corpora_path(const char *name)
{
	static const char here[] = __FILE__;
	static char path[4096];
	const char *const roots[] = { getenv("top_srcdir"), getenv("srcdir"),
		"." };
	const char *given = getenv("SERAHTERIMA_CORPORA");
	size_t i;

	if (given != NULL && given[0] == '/') {
		(void)snprintf(path, sizeof(path), "%s/%s", given, name);
		return access(path, R_OK) == 0 ? path : NULL;
	}
	if (given == NULL || given[0] == '\0')
		given = "../shared/corpora";
	for (i = 0; i < sizeof(roots) / sizeof(roots[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s/%s",
		    roots[i] != NULL ? roots[i] : ".", given, name);
		if (access(path, R_OK) == 0)
			return path;
	}
	/* The root is above this source file. */
	(void)snprintf(path, sizeof(path), "%.*s/../../%s/%s",
	    (int)(strrchr(here, '/') - here), here, given, name);
	return access(path, R_OK) == 0 ? path : NULL;
}

#endif
