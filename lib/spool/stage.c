/*
 * stage: proved data appears by one rename.
 *
 * File names come out of a foreign archive.  They are held against the
 * allow-list, and the kernel is told besides to stay beneath the draft and to
 * follow no link: two locks, because this is the one place where a name that
 * somebody else chose becomes a file of ours.
 */
#include "spool/stage.h"

#include <sys/stat.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/flush.h"
#include "base/intl.h"
#include "base/io.h"
#include "base/limits.h"
#include "spool/shelf.h"

const char *
stage_shelf(const struct parcel_name *name)
{
	return name->test ? "staged-test" : "staged";
}

enum fault
stage_begin(struct home *h, const struct parcel_name *name,
    struct stage_draft *out, struct cause *why)
{
	enum fault f = FAULT_NONE;

	*out = (struct stage_draft){ .home = h, .dir = -1, .fd = -1 };
	f = shelf_begin(h, stage_shelf(name), name, out->path, &out->dir, why);
	if (f != FAULT_NONE)
		stage_end(out);
	return f;
}

/* Opens a name beneath the draft.  A kernel or a filter without openat2(2)
 * leaves the allow-list and O_NOFOLLOW, which suffice for a single name. */
static enum fault
open_beneath(const struct stage_draft *d, const char *name, int flags, int *fd,
    struct cause *why)
{
	struct open_how how = {
		.flags = (unsigned)(flags | O_CLOEXEC | O_NOFOLLOW),
		.mode = (flags & O_CREAT) != 0 ? 0600 : 0,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS |
		    RESOLVE_NO_MAGICLINKS,
	};

	*fd = -1;
	if (!path_member_ok(name)) {
		cause_place(why, name, 0, NULL, UINT64_MAX);
		return cause_set(
		    why, FAULT_ARCHIVE, N_("this name cannot become a file"));
	}
	*fd = (int)syscall(SYS_openat2, d->dir, name, &how, sizeof(how));
	if (*fd < 0 && (errno == ENOSYS || errno == EPERM))
		*fd =
		    openat(d->dir, name, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
	return *fd < 0 ? cause_system(why, "open", name) : FAULT_NONE;
}

enum fault
stage_file(struct stage_draft *d, const char *name, struct cause *why)
{
	d->written = 0;
	return open_beneath(d, name, O_WRONLY | O_CREAT | O_EXCL, &d->fd, why);
}

enum fault
stage_write(
    struct stage_draft *d, const void *bytes, size_t len, struct cause *why)
{
	enum fault f = io_write(d->fd, bytes, len, d->path, why);

	if (f != FAULT_NONE)
		return f;
	d->written += len;
	flush_reach(&d->flush, d->fd, d->written);
	return FAULT_NONE;
}

enum fault
stage_file_end(struct stage_draft *d, struct cause *why)
{
	int fd = d->fd;
	enum fault f = flush_end(&d->flush, d->path, why);

	d->fd = -1;
	if (fd < 0)
		return f;
	if (f == FAULT_NONE && fsync(fd) != 0)
		f = cause_system(why, "fsync", d->path);
	if (close(fd) != 0 && f == FAULT_NONE)
		f = cause_system(why, "close", d->path);
	return f;
}

enum fault
stage_reopen(
    struct stage_draft *d, const char *name, int *fd, struct cause *why)
{
	return open_beneath(d, name, O_RDONLY, fd, why);
}

enum fault
stage_commit(
    struct stage_draft *d, const struct parcel_name *name, struct cause *why)
{
	char place[SHELF_PATH_MAX] = "";
	enum fault f = stage_file_end(d, why);

	if (f != FAULT_NONE)
		return f;
	shelf_place(place, stage_shelf(name), name);
	f = shelf_publish(d->home, d->path, d->dir, place, why);
	/* Staged: stage_end has nothing to remove any more. */
	if (f == FAULT_NONE)
		d->path[0] = '\0';
	return f;
}

void
stage_end(struct stage_draft *d)
{
	if (d == NULL)
		return;
	/* What did not reach the disk is thrown away anyway. */
	(void)!flush_end(&d->flush, d->path, NULL);
	if (d->fd >= 0)
		(void)close(d->fd);
	if (d->dir >= 0)
		(void)close(d->dir);
	/* What cannot be removed now, the next stage_begin removes. */
	if (d->home != NULL && d->path[0] != '\0')
		(void)!io_remove_tree(d->home->dir, d->path, NULL);
	*d = (struct stage_draft){ .dir = -1, .fd = -1 };
}

enum fault
stage_exists(struct home *h, const struct parcel_name *name, bool *exists,
    struct cause *why)
{
	char place[SHELF_PATH_MAX] = "";
	struct stat st = { 0 };

	shelf_place(place, stage_shelf(name), name);
	*exists = fstatat(h->dir, place, &st, AT_SYMLINK_NOFOLLOW) == 0;
	if (*exists || errno == ENOENT || errno == ENOTDIR)
		return FAULT_NONE;
	return cause_system(why, "stat", place);
}
