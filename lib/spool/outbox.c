/*
 * outbox: sealed parcels until they are acknowledged, and the evidence that
 * outlives them.
 *
 * Only ciphertext and signed pages are ever here: a stolen outbox tells no more
 * than the drop does.
 */
#include "spool/outbox.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/intl.h"
#include "base/limits.h"
#include "spool/shelf.h"

#define OUTBOX "outbox"
#define RECORDS "records"
/* Manifest, contents and, for every recipient, five receipts with signatures.
 */
#define RECORDS_MAX (10UL * LIMIT_RECIPIENTS + 16)

enum fault
outbox_begin(struct home *h, const struct parcel_name *name,
    struct outbox_draft *out, struct cause *why)
{
	enum fault f = FAULT_NONE;

	*out = (struct outbox_draft){ .home = h, .dir = -1, .payload = -1 };
	f = shelf_begin(h, OUTBOX, name, out->path, &out->dir, why);
	if (f != FAULT_NONE)
		goto out;
	out->payload = openat(out->dir, PAYLOAD_NAME,
	    O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (out->payload < 0)
		f = cause_system(why, "create", PAYLOAD_NAME);
out:
	if (f != FAULT_NONE)
		outbox_end(out);
	return f;
}

enum fault
outbox_commit(struct outbox_draft *d, const struct parcel_name *name,
    const struct buf *manifest, const struct buf *signature, struct cause *why)
{
	char place[SHELF_PATH_MAX] = "";
	int payload = d->payload;
	enum fault f = FAULT_NONE;

	d->payload = -1;
	if (fsync(payload) != 0)
		f = cause_system(why, "fsync", PAYLOAD_NAME);
	/* A network file system may report only now that a write failed. */
	if (close(payload) != 0 && f == FAULT_NONE)
		f = cause_system(why, "close", PAYLOAD_NAME);
	if (f == FAULT_NONE)
		f = io_save(d->dir, MANIFEST_NAME, manifest->data,
		    manifest->len, 0600, false, why);
	if (f == FAULT_NONE)
		f = io_save(d->dir, MANIFEST_SIG_NAME, signature->data,
		    signature->len, 0600, false, why);
	if (f != FAULT_NONE)
		return f;
	shelf_place(place, OUTBOX, name);
	f = shelf_publish(d->home, d->path, d->dir, place, why);
	/* Committed: outbox_end has nothing to remove any more. */
	if (f == FAULT_NONE)
		d->path[0] = '\0';
	return f;
}

void
outbox_end(struct outbox_draft *d)
{
	if (d == NULL)
		return;
	if (d->payload >= 0)
		(void)close(d->payload);
	if (d->dir >= 0)
		(void)close(d->dir);
	/* What cannot be removed now, the next outbox_begin removes. */
	if (d->home != NULL && d->path[0] != '\0')
		(void)!io_remove_tree(d->home->dir, d->path, NULL);
	*d = (struct outbox_draft){ .dir = -1, .payload = -1 };
}

enum fault
outbox_list(struct home *h, struct outbox_list *out, struct cause *why)
{
	/* Of what was handed over and released, no copy is kept: not even by a
	 * run that was killed while it removed one. */
	enum fault f = io_remove_tree(h->dir, OUTBOX "/.old", why);

	*out = (struct outbox_list){ 0 };
	return f != FAULT_NONE
	    ? f
	    : shelf_list(h, OUTBOX, &out->name, &out->n, why);
}

void
outbox_list_free(struct outbox_list *l)
{
	if (l == NULL)
		return;
	free(l->name);
	*l = (struct outbox_list){ 0 };
}

enum fault
outbox_open(
    struct home *h, const struct parcel_name *name, int *dir, struct cause *why)
{
	char place[SHELF_PATH_MAX] = "";

	shelf_place(place, OUTBOX, name);
	return io_opendir(dir, h->dir, place, why);
}

enum fault
outbox_remove(struct home *h, const struct parcel_name *name, struct cause *why)
{
	char place[SHELF_PATH_MAX] = "";

	shelf_place(place, OUTBOX, name);
	return shelf_remove(h, OUTBOX, place, why);
}

/* records/A/D/S/SEQUENCE/FILE.  A receipt's file name was chosen by whoever
 * put it on the drop: only plain names pass. */
static enum fault
records_path(char *out, size_t cap, const struct parcel_name *name,
    const char *file, struct cause *why)
{
	char place[SHELF_PATH_MAX] = "";

	if (!path_member_ok(file))
		return cause_set(why, FAULT_FORMAT,
		    N_("'%s' is no name for a record"), file);
	shelf_place(place, RECORDS, name);
	(void)snprintf(out, cap, "%s/%s", place, file);
	return FAULT_NONE;
}

enum fault
records_save(struct home *h, const struct parcel_name *name, const char *file,
    const void *bytes, size_t len, struct cause *why)
{
	char place[SHELF_PATH_MAX] = "";
	char path[SHELF_PATH_MAX + LIMIT_MEMBER_NAME + 2] = "";
	enum fault f = records_path(path, sizeof(path), name, file, why);

	if (f != FAULT_NONE)
		return f;
	shelf_place(place, RECORDS, name);
	f = io_mkdirs(h->dir, place, why);
	if (f == FAULT_NONE)
		f = io_save(h->dir, path, bytes, len, 0600, true, why);
	return f;
}

enum fault
records_load(struct home *h, const struct parcel_name *name, const char *file,
    struct buf *out, struct cause *why)
{
	char path[SHELF_PATH_MAX + LIMIT_MEMBER_NAME + 2] = "";
	enum fault f = records_path(path, sizeof(path), name, file, why);

	if (f == FAULT_NONE)
		f = io_load(out, h->dir, path, why);
	return f;
}

enum fault
records_names(struct home *h, const struct parcel_name *name,
    struct io_names *out, struct cause *why)
{
	char place[SHELF_PATH_MAX] = "";

	shelf_place(place, RECORDS, name);
	return io_names(out, h->dir, place, RECORDS_MAX, why);
}
