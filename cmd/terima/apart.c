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
	uint64_t packed; /* bytes that follow: what was counted */
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
	const rlim_t most = 8 * o->manifest->unpacked_bytes + LIMIT_CONTENTS;
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

static enum fault
send(const struct half *half, void *bytes, size_t len)
{
	struct line_message m = { bytes, len, len, { 0 }, 0 };

	return line_send(&half->line, &m, NULL);
}

static _Noreturn void
inside(struct opening *o, struct home *h, const struct half *half)
{
	struct buf packed = BUF_MAX(CONTENTS_PACKED_MAX);
	struct found found;
	enum fault f;
	size_t at, n;

	memset(&found, 0, sizeof(found));
	cause_clear(&found.why);
	run(o, h, half, &found);
	if (found.fault == FAULT_NONE &&
	    contents_pack(&packed, o->counted) != FAULT_NONE)
		found.fault = cause_memory(&found.why);
	found.faults = o->faults;
	found.rows = o->rows;
	found.packed = found.fault == FAULT_NONE ? packed.len : 0;
	memcpy(found.contents_sha256, o->contents_sha256,
	    sizeof(found.contents_sha256));
	/* If it cannot be told, that is what is told. */
	f = send(half, &found, sizeof(found));
	for (at = 0; f == FAULT_NONE && at < found.packed; at += n) {
		n = packed.len - at < LINE_MAX ? packed.len - at : LINE_MAX;
		f = send(half, packed.data + at, n);
	}
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

/* Nothing but the files it was to make (the data and contents.json), each a
 * plain file of a plain name. */
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
	ok = ok && errno == 0 && n == o->manifest->files + 1;
	(void)closedir(d);
	return ok ? FAULT_NONE : nonsense(why);
}

/* The totals that were agreed, and no other: a page that was signed may still
 * say what no agreement does. */
static bool
agreed(const struct dataset *d, const struct totals *t)
{
	const struct total_spec *spec = d->totals.spec;
	size_t i;

	for (i = 0; i < t->n && i < d->totals.n; i++)
		if (t->total[i].kind != spec[i].kind ||
		    (t->total[i].column != NULL &&
			strcmp(t->total[i].column,
			    schema_name(d->schema, spec[i].column)) != 0))
			return false;
	return t->n == d->totals.n;
}

/* The page of what it counted has the hash that the sender signed: it is no
 * longer the half's word then, whatever the half has become. */
static enum fault
prove(struct opening *o, const struct buf *packed, struct cause *why)
{
	struct buf page = BUF_MAX(LIMIT_CONTENTS);
	char sha256[HASH_TEXT_LEN] = "";
	enum fault f;
	size_t i;

	f = contents_unpack(&o->counted, packed->data, packed->len, why);
	if (f == FAULT_NONE)
		f = contents_format(&page, o->counted);
	if (f == FAULT_NONE)
		f = hash_bytes_text(sha256, page.data, page.len);
	buf_free(&page);
	if (f == FAULT_MEMORY)
		return cause_memory(why);
	if (f != FAULT_NONE ||
	    !hash_text_equal(sha256, o->manifest->contents_sha256))
		return nonsense(why);
	o->rows = 0;
	o->warnings = 0;
	for (i = 0; i < o->counted->n; i++) {
		if (!agreed(o->dataset, &o->counted->file[i].totals))
			return nonsense(why);
		o->rows += o->counted->file[i].rows;
		o->warnings += warnings_total(&o->counted->file[i].warnings);
	}
	memcpy(o->contents_sha256, sha256, sizeof(sha256));
	return FAULT_NONE;
}

static enum fault
judge(struct opening *o, const struct found *found, const struct buf *packed,
    bool *judged, struct cause *why)
{
	enum fault f;

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
	if (found->rows != o->manifest->rows ||
	    memcmp(found->contents_sha256, o->manifest->contents_sha256,
		HASH_TEXT_LEN) != 0)
		return nonsense(why);
	cause_clear(why);
	if ((f = prove(o, packed, why)) != FAULT_NONE)
		return f;
	return look_through(o, why);
}

/* The pieces of what was counted; what is cut short is seen by its hash. */
static void
hear(struct half *half, uint64_t len, struct buf *packed)
{
	unsigned char piece[LINE_MAX];

	while (packed->len < len) {
		struct line_message m = { piece, sizeof(piece), 0, { 0 }, 0 };
		enum fault f = line_receive(&half->line, &m, NULL);

		while (m.n_fds > 0)
			(void)close(m.fd[--m.n_fds]);
		if (f != FAULT_NONE || m.len == 0 ||
		    buf_put(packed, piece, m.len) != FAULT_NONE)
			return;
	}
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
	struct buf packed = BUF_MAX(CONTENTS_PACKED_MAX);
	struct cause end;
	int status = 0;
	enum fault f, g;

	memset(&found, 0, sizeof(found));
	cause_clear(&end);
	f = line_receive(&half->line, &m, why);
	while (m.n_fds > 0)
		(void)close(m.fd[--m.n_fds]);
	if (f == FAULT_NONE && m.len == sizeof(found))
		hear(half, found.packed, &packed);
	g = half_end(half, &status, &end);
	if (broke_down(status)) {
		*judged = true;
		cause_clear(why);
		f = cause_set(why, FAULT_ARCHIVE,
		    N_("the half that opened it broke down (signal %d); "
		       "nothing of it was taken"),
		    WTERMSIG(status));
	} else if (g != FAULT_NONE) {
		*why = end;
		f = g;
	} else if (f != FAULT_NONE || m.len != sizeof(found)) {
		f = nonsense(why);
	} else {
		f = judge(o, &found, &packed, judged, why);
	}
	buf_free(&packed);
	return f;
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
