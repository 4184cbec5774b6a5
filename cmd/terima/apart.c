/*
 * apart: the half is forked, so that agreement and manifest need no second
 * reading; its answer is one message, and is believed only as far as it can be
 * held against what is signed.
 */
#include "apart.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/intl.h"
#include "sys/half.h"
#include "sys/sandbox.h"

/* What the half tells. */
struct found {
	uint32_t fault;
	uint32_t begun; /* key and walls were there */
	uint64_t rows;
	uint64_t warnings;
	char contents_sha256[HASH_TEXT_LEN];
	struct cause why;
	struct faults faults;
};
_Static_assert(sizeof(struct found) <= LINE_MAX, "one message");

/* ---- inside ---- */

/*
 * Beyond what is declared no file grows, whatever becomes of the checks.  The
 * file of a column's keys may be longer than the data: a key takes two bytes
 * there, with what ends it, and sixteen here.
 */
static enum fault
bound(const struct opening *o, struct cause *why)
{
	const rlim_t most = 8 * o->manifest->unpacked_bytes + LIMIT_SQL;
	struct rlimit limit = { 0, 0 };

	/* Told as a full disk, not a death. */
	(void)signal(SIGXFSZ, SIG_IGN);
	/* Where a lower one is in force already, it stays. */
	if (getrlimit(RLIMIT_FSIZE, &limit) != 0)
		return cause_system(why, "getrlimit", "fsize");
	if (limit.rlim_max > most)
		limit.rlim_max = most;
	if (limit.rlim_cur > limit.rlim_max)
		limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
		return cause_system(why, "setrlimit", "fsize");
	return FAULT_NONE;
}

static void
run(struct opening *o, struct home *h, const struct half *half,
    struct found *found)
{
	const struct sandbox_place place = { o->draft->dir, NULL,
		SANDBOX_FILL };
	const int keep[] = { o->payload, o->draft->dir };
	struct identity *identity = NULL;

	enum fault f;

	if ((f = home_decryption_key(h, &identity, &found->why)) == FAULT_NONE)
		f = bound(o, &found->why);
	half_shut(half, keep, sizeof(keep) / sizeof(keep[0]));
	if (f == FAULT_NONE &&
	    (f = sandbox_enter(WALL_OPENING, &place, 1, &found->why)) ==
		FAULT_NONE) {
		found->begun = 1;
		o->identity = identity;
		f = opening_run(o, &found->why);
		o->identity = NULL;
	}
	found->fault = f;
	identity_free(identity);
}

static _Noreturn void
inside(struct opening *o, struct home *h, const struct half *half)
{
	struct found found;
	struct line_message m = { &found, sizeof(found), sizeof(found), { 0 },
		0 };

	memset(&found, 0, sizeof(found));
	cause_clear(&found.why);
	run(o, h, half, &found);
	found.faults = o->faults;
	found.rows = o->rows;
	found.warnings = o->warnings;
	memcpy(found.contents_sha256, o->contents_sha256,
	    sizeof(found.contents_sha256));
	/* If it cannot be told, that is what is told. */
	(void)!line_send(&half->line, &m, NULL);
	half_leave();
}

/* ---- outside ---- */

/* What the opening can find; the rest is not its business. */
static bool
plausible(uint32_t f)
{
	return f < 600 && fault_known((int)f) &&
	    (f < 100 || f == FAULT_OVER_LIMITS || (f > 400 && f < 500) ||
		f == FAULT_NO_ROOM);
}

static enum fault
nonsense(struct cause *why)
{
	cause_clear(why);
	return cause_set(why, FAULT_SYSTEM,
	    N_("the half that opens what comes in gave an answer that cannot "
	       "be"));
}

/* Nothing but the files it was to make (the data, contents.json, load.sql),
 * each a plain file of a plain name. */
static enum fault
look_through(const struct opening *o, struct cause *why)
{
	int fd = openat(o->draft->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *e;
	uint64_t n = 0;
	struct stat st;
	bool ok = true;

	if (d == NULL) {
		if (fd >= 0)
			(void)close(fd);
		return cause_system(why, "open", o->draft->path);
	}
	for (errno = 0; ok && (e = readdir(d)) != NULL; errno = 0) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		ok = path_member_ok(e->d_name) &&
		    fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(st.st_mode) && (st.st_mode & 07777) == 0600 &&
		    st.st_nlink == 1;
		n++;
	}
	ok = ok && errno == 0 && n == o->manifest->files + 2;
	(void)closedir(d);
	return ok ? FAULT_NONE : nonsense(why);
}

static enum fault
judge(struct opening *o, const struct found *found, bool *judged,
    struct cause *why)
{
	if (!plausible(found->fault))
		return nonsense(why);
	if (found->fault != FAULT_NONE) {
		*judged = found->begun != 0;
		(void)cause_adopt(why, &found->why);
		/* Nothing of it is needed to refuse. */
		o->faults = found->faults;
		if (!faults_check(&o->faults))
			memset(&o->faults, 0, sizeof(o->faults));
		return why->fault = (enum fault)found->fault;
	}
	/* Warnings are no part of the manifest but of what its hash is of: a
	 * half that is not to be believed can misstate no more than this. */
	if (found->rows != o->manifest->rows ||
	    found->warnings > WARNINGS_COUNT_MAX ||
	    memcmp(found->contents_sha256, o->manifest->contents_sha256,
		HASH_TEXT_LEN) != 0)
		return nonsense(why);
	o->rows = found->rows;
	o->warnings = found->warnings;
	memcpy(o->contents_sha256, o->manifest->contents_sha256,
	    sizeof(o->contents_sha256));
	cause_clear(why);
	return look_through(o, why);
}

/* A half that breaks down over a payload refuses it: who sends such another
 * must not have as many tries as there are timers.  One that was stopped from
 * outside, or for a call that is not in its list, is our own trouble. */
static bool
broke_down(int status)
{
	static const int signals[] = { SIGSEGV, SIGBUS, SIGABRT, SIGILL, SIGFPE,
		SIGTRAP };
	size_t i;

	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (WIFSIGNALED(status) && WTERMSIG(status) == signals[i])
			return true;
	return false;
}

static enum fault
outside(struct opening *o, struct half *half, bool *judged, struct cause *why)
{
	struct found found;
	struct line_message m = { &found, sizeof(found), 0, { 0 }, 0 };
	struct cause end;
	int status = 0;
	enum fault f, g;

	memset(&found, 0, sizeof(found));
	cause_clear(&end);
	f = line_receive(&half->line, &m, why);
	while (m.n_fds > 0)
		(void)close(m.fd[--m.n_fds]);
	g = half_end(half, &status, &end);
	if (broke_down(status)) {
		*judged = true;
		cause_clear(why);
		return cause_set(why, FAULT_ARCHIVE,
		    N_("the half that opened it broke down (signal %d); "
		       "nothing of it was taken"),
		    WTERMSIG(status));
	}
	if (g != FAULT_NONE) {
		*why = end;
		return g;
	}
	if (f != FAULT_NONE || m.len != sizeof(found))
		return nonsense(why);
	return judge(o, &found, judged, why);
}

enum fault
apart_open(struct opening *o, struct home *h, bool *judged, struct cause *why)
{
	struct half half;
	bool is_inside = false;
	enum fault f;

	*judged = false;
	if ((f = half_fork(&half, &is_inside, why)) != FAULT_NONE)
		return f;
	if (is_inside)
		inside(o, h, &half);
	return outside(o, &half, judged, why);
}
