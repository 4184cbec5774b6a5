/*
 * tell: what the walls are in this build and on this kernel, for the flow test.
 *
 *	tell count HALF		how many calls it may make
 *	tell list HALF		one a line: the calls a trace may show
 *	tell relaxed		exit 0 if the build has lower walls
 *	tell lacks		"landlock", "seccomp": what the kernel lacks
 *	tell landlock		the version of Landlock, 0 if none
 */
#include <linux/landlock.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sys/calls.h"
#include "sys/sandbox.h"

static const enum wall walls[] = { WALL_OPENING, WALL_NETWORK, WALL_DISK,
	WALL_CONTROL };

static int
tell_wall(const char *what, const char *half)
{
	const struct call *list;
	size_t i, j, n;

	for (i = 0; i < sizeof(walls) / sizeof(walls[0]); i++) {
		if (strcmp(calls_name(walls[i]), half) != 0)
			continue;
		if (strcmp(what, "count") == 0) {
			printf("%zu\n", calls_allowed(walls[i]));
			return 0;
		}
		list = calls_list(walls[i], &n);
		for (j = 0; j < n; j++)
			puts(list[j].name);
		return 0;
	}
	return 2;
}

int
main(int argc, char **argv)
{
	const unsigned lacks = sandbox_lacks();
	long abi;

	if (argc == 3)
		return tell_wall(argv[1], argv[2]);
	if (argc != 2)
		return 2;
	if (strcmp(argv[1], "relaxed") == 0)
		return sandbox_relaxed() ? 0 : 1;
	if (strcmp(argv[1], "landlock") == 0) {
		abi = syscall(SYS_landlock_create_ruleset, NULL, (size_t)0,
		    LANDLOCK_CREATE_RULESET_VERSION);
		printf("%ld\n", abi < 0 ? 0 : abi);
		return 0;
	}
	if ((lacks & SANDBOX_NO_LANDLOCK) != 0)
		puts("landlock");
	if ((lacks & SANDBOX_NO_SECCOMP) != 0)
		puts("seccomp");
	return 0;
}
