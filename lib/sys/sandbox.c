/*
 * sandbox: Landlock by its three system calls, which the C library does not
 * wrap, seccomp by a program of our own.
 */
#include "sys/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/intl.h"
#include "sys/filter.h"

#if defined(__SANITIZE_ADDRESS__)
#define RELAXED true
#else
#define RELAXED false
#endif

/* Of later kernels than our headers know. */
#define FS_TRUNCATE (1ULL << 14)
#define FS_IOCTL_DEV (1ULL << 15)
#define NET_BIND (1ULL << 0)
#define NET_CONNECT (1ULL << 1)
#define SCOPE_ABSTRACT (1ULL << 0)
#define SCOPE_SIGNAL (1ULL << 1)

struct ruleset {
	uint64_t fs;
	uint64_t net;
	uint64_t scoped;
};

/* Moves between directories cannot be allowed before the second version. */
#define ABI_REFER 2
#define ABI_TRUNCATE 3
#define ABI_NET 4
#define ABI_IOCTL 5
#define ABI_SCOPE 6

#define FS_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define FS_FILL                                                         \
	(LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | \
	    LANDLOCK_ACCESS_FS_MAKE_REG | FS_TRUNCATE)
#define FS_NAME (LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE)
#define FS_KEEP                                                              \
	(FS_READ | FS_FILL | LANDLOCK_ACCESS_FS_MAKE_DIR |                   \
	    LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | \
	    LANDLOCK_ACCESS_FS_REFER)
/* A rule for a file, not a directory, takes only these. */
#define FS_OF_FILE                                                      \
	(LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | \
	    FS_TRUNCATE)

bool
sandbox_relaxed(void)
{
	return RELAXED;
}

/* ---- what there is ---- */

static long
landlock_abi(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, (size_t)0,
	    LANDLOCK_CREATE_RULESET_VERSION);
}

static bool
seccomp_there(void)
{
	uint32_t action = SECCOMP_RET_KILL_PROCESS;

	return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0U, &action) == 0;
}

unsigned
sandbox_lacks(void)
{
	unsigned lacks = 0;

	/* The first version cannot be used where files are moved. */
	if (landlock_abi() < ABI_REFER)
		lacks |= SANDBOX_NO_LANDLOCK;
	if (!seccomp_there())
		lacks |= SANDBOX_NO_SECCOMP;
	return lacks;
}

/* ---- names ---- */

static struct ruleset
everything(enum wall wall, long abi)
{
	struct ruleset r = { LANDLOCK_ACCESS_FS_MAKE_SYM * 2 - 1, 0, 0 };

	r.fs |= LANDLOCK_ACCESS_FS_REFER;
	if (abi >= ABI_TRUNCATE)
		r.fs |= FS_TRUNCATE;
	if (abi >= ABI_NET)
		r.net =
		    wall == WALL_NETWORK ? NET_BIND : NET_BIND | NET_CONNECT;
	if (abi >= ABI_IOCTL)
		r.fs |= FS_IOCTL_DEV;
	/* The control process signals its halves, and is not signalled. */
	if (abi >= ABI_SCOPE)
		r.scoped = wall == WALL_CONTROL ? SCOPE_ABSTRACT
						: SCOPE_ABSTRACT | SCOPE_SIGNAL;
	return r;
}

static uint64_t
rights(enum sandbox_may may)
{
	switch (may) {
	case SANDBOX_READ:
		return FS_READ;
	case SANDBOX_FILL:
		return FS_FILL;
	case SANDBOX_NAME:
		return FS_NAME;
	case SANDBOX_KEEP:
		break;
	}
	return FS_KEEP;
}

static enum fault
allow(int rules, const struct ruleset *all, const struct sandbox_place *place,
    struct cause *why)
{
	struct landlock_path_beneath_attr attr = { rights(place->may) & all->fs,
		place->dir };
	enum fault f = FAULT_NONE;
	struct stat st;

	if (place->path != NULL)
		attr.parent_fd =
		    openat(place->dir, place->path, O_PATH | O_CLOEXEC);
	/* What is not there, or not for us, is met when it is needed. */
	if (attr.parent_fd < 0)
		return FAULT_NONE;
	if (fstat(attr.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode))
		attr.allowed_access &= FS_OF_FILE;
	if (syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH,
		&attr, 0U) != 0)
		f = cause_system(why, "landlock_add_rule", place->path);
	if (place->path != NULL)
		(void)close(attr.parent_fd);
	return f;
}

/* The sanitizers read their maps, and symbols for a report. */
static const struct sandbox_place relaxed_places[] = {
	{ AT_FDCWD, "/proc", SANDBOX_READ },
	{ AT_FDCWD, "/usr", SANDBOX_READ },
	{ AT_FDCWD, "/lib", SANDBOX_READ },
	{ AT_FDCWD, "/lib64", SANDBOX_READ },
};

static enum fault
enter_landlock(enum wall wall, const struct sandbox_place *place, size_t n,
    struct cause *why)
{
	long abi = landlock_abi();
	struct ruleset all = everything(wall, abi);
	enum fault f = FAULT_NONE;
	size_t i;
	int rules;

	if (abi < ABI_REFER)
		return FAULT_NONE;
	/* The kernel takes the shorter struct of an earlier version. */
	rules = (int)syscall(SYS_landlock_create_ruleset, &all,
	    abi >= ABI_SCOPE     ? sizeof(all)
		: abi >= ABI_NET ? sizeof(all) - sizeof(all.scoped)
				 : sizeof(all.fs),
	    0U);
	if (rules < 0)
		return cause_system(why, "landlock_create_ruleset", NULL);
	for (i = 0; f == FAULT_NONE && i < n; i++)
		f = allow(rules, &all, &place[i], why);
	for (i = 0; RELAXED && f == FAULT_NONE && i < 4; i++)
		f = allow(rules, &all, &relaxed_places[i], why);
	if (f == FAULT_NONE &&
	    syscall(SYS_landlock_restrict_self, rules, 0U) != 0)
		f = cause_system(why, "landlock_restrict_self", NULL);
	(void)close(rules);
	return f;
}

/* ---- calls ---- */

/* What a sanitizer's build cannot do without. */
static bool
spared(enum wall wall, const char *name)
{
	return RELAXED &&
	    (strcmp(name, "ptrace") == 0 ||
		(wall == WALL_NETWORK &&
		    (strcmp(name, "socket") == 0 ||
			strcmp(name, "connect") == 0 ||
			strcmp(name, "bind") == 0)));
}

static enum fault
enter_seccomp(enum wall wall, struct cause *why)
{
	struct filter filter = { 0 };
	const struct call *list;
	size_t i, n;
	bool ok = true;

	if (!seccomp_there())
		return FAULT_NONE;
	/* In a sanitizer's build: what is denied around the control process. */
	filter.allow_rest = wall == WALL_CONTROL || RELAXED;
	list = calls_list(RELAXED ? WALL_CONTROL : wall, &n);
	errno = E2BIG;
	for (i = 0; ok && i < n; i++)
		ok =
		    spared(wall, list[i].name) || filter_add(&filter, &list[i]);
	if (ok && filter_load(&filter))
		return FAULT_NONE;
	return cause_system(why, "seccomp", NULL);
}

enum fault
sandbox_enter(enum wall wall, const struct sandbox_place *place, size_t n,
    struct cause *why)
{
	enum fault f;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return cause_system(why, "prctl", "no_new_privs");
	if ((f = enter_landlock(wall, place, n, why)) != FAULT_NONE)
		return f;
	return enter_seccomp(wall, why);
}
