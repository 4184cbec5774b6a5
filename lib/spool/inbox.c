/*
 * inbox: a fetched payload while it is on its way, and what was refused.
 *
 * A part may outlive a crash or a broken line; what counts of it is only what
 * the hash, taken anew from its first byte, says.
 */
#include "spool/inbox.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hex.h"
#include "base/intl.h"
#include "base/io.h"
#include "base/limits.h"
#include "spool/outbox.h"
#include "spool/shelf.h"
#include "text/doc.h"

#define INBOX "inbox"
#define REFUSED "refused"
#define PART_NAME "payload.part"
/* Holds the hash of the manifest that the part belongs to. */
#define FOR_NAME "payload.for"
#define BLOCK (256 * KIB)

/*
 * Makes sure that a part in dir belongs to this manifest.  A foreign part is
 * gone from the disk before the new name is written: a crash in between must
 * not marry the old part to the new manifest.
 */
static enum fault
claim(int dir, const char *manifest_sha256, struct cause *why)
{
	struct buf owner = BUF_MAX(LIMIT_KEY_FILE);
	bool there = false;
	enum fault f = shelf_read(&owner, &there, dir, FOR_NAME, why);

	if (f != FAULT_NONE)
		goto out;
	if (there && hash_text_equal(buf_text(&owner), manifest_sha256))
		goto out;
	f = io_remove_tree(dir, PART_NAME, why);
	if (f == FAULT_NONE)
		f = io_save(dir, FOR_NAME, manifest_sha256,
		    strlen(manifest_sha256), 0600, true, why);
out:
	buf_free(&owner);
	return f;
}

/* Puts the part's bytes into the hash; the descriptor then stands at the end.
 */
static enum fault
rehash(struct inbox_part *p, struct cause *why)
{
	unsigned char *block = malloc(BLOCK);
	size_t got = BLOCK;
	enum fault f = FAULT_NONE;

	if (block == NULL)
		return cause_memory(why);
	while (f == FAULT_NONE && got == BLOCK) {
		f = io_read(p->fd, block, BLOCK, &got, p->path, why);
		if (f != FAULT_NONE)
			break;
		hash_add(p->hash, block, got);
		p->have += got;
	}
	free(block);
	return f;
}

enum fault
inbox_open(struct home *h, const struct parcel_name *name,
    const char *manifest_sha256, struct inbox_part *out, struct cause *why)
{
	char place[SHELF_PATH_MAX] = "";
	int dir = -1;
	enum fault f = FAULT_NONE;

	*out = (struct inbox_part){ .fd = -1 };
	if (!hex_ok(manifest_sha256, HASH_TEXT_LEN - 1))
		return cause_set(why, FAULT_FORMAT,
		    N_("a manifest's hash has 64 hex digits"));
	shelf_place(place, INBOX, name);
	(void)snprintf(out->path, sizeof(out->path), "%s/%s", place, PART_NAME);
	f = io_mkdirs(h->dir, place, why);
	if (f == FAULT_NONE)
		f = io_opendir(&dir, h->dir, place, why);
	if (f == FAULT_NONE)
		f = claim(dir, manifest_sha256, why);
	if (f == FAULT_NONE && hash_new(&out->hash) != FAULT_NONE)
		f = cause_memory(why);
	if (f != FAULT_NONE)
		goto out;
	out->fd = openat(dir, PART_NAME,
	    O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	if (out->fd < 0)
		f = cause_system(why, "open", out->path);
	else
		f = rehash(out, why);
out:
	if (dir >= 0)
		(void)close(dir);
	if (f != FAULT_NONE)
		inbox_close(out);
	return f;
}

static enum fault
part_write(void *self, const void *bytes, size_t len, struct cause *why)
{
	struct inbox_part *p = self;
	enum fault f = io_write(p->fd, bytes, len, p->path, why);

	if (f != FAULT_NONE)
		return f;
	hash_add(p->hash, bytes, len);
	p->have += len;
	return FAULT_NONE;
}

struct sink
inbox_sink(struct inbox_part *part)
{
	return (struct sink){ part_write, part };
}

void
inbox_close(struct inbox_part *part)
{
	if (part == NULL)
		return;
	/* No fsync: a part that did not reach the disk is fetched again. */
	if (part->fd >= 0)
		(void)close(part->fd);
	hash_free(part->hash);
	part->fd = -1;
	part->hash = NULL;
}

enum fault
inbox_remove(struct home *h, const struct parcel_name *name, struct cause *why)
{
	char place[SHELF_PATH_MAX] = "";

	shelf_place(place, INBOX, name);
	return shelf_remove(h, INBOX, place, why);
}

/* refusal.json: what a person needs to ask the sender for a better parcel. */
static enum fault
format_refusal(struct buf *out, const struct cause *c, int64_t now)
{
	struct writer *w = NULL;
	char time[CLOCK_TEXT_LEN] = "";
	enum fault f = writer_new(&w, true);

	if (f != FAULT_NONE)
		return f;
	clock_text(time, now);
	writer_open(w, NULL, NODE_OBJECT);
	writer_integer(w, "code", (int64_t)c->fault);
	writer_string(w, "reason", c->detail);
	writer_string_or_null(w, "clause", c->clause);
	writer_string_or_null(w, "file", c->file);
	if (c->row == 0 || c->row > INT64_MAX)
		writer_null(w, "row");
	else
		writer_integer(w, "row", (int64_t)c->row);
	writer_string_or_null(w, "column", c->column);
	writer_string_or_null(w, "rule", c->rule);
	writer_string(w, "time", time);
	writer_close(w);
	f = writer_finish(w, out);
	writer_free(w);
	return f;
}

/* Fills the draft directory. */
static enum fault
fill_refused(int dir, const struct buf *refusal, const struct buf *manifest,
    const struct buf *signature, struct cause *why)
{
	enum fault f = io_save(
	    dir, "refusal.json", refusal->data, refusal->len, 0600, false, why);

	if (f == FAULT_NONE && manifest != NULL)
		f = io_save(dir, MANIFEST_NAME, manifest->data, manifest->len,
		    0600, false, why);
	if (f == FAULT_NONE && signature != NULL)
		f = io_save(dir, MANIFEST_SIG_NAME, signature->data,
		    signature->len, 0600, false, why);
	return f;
}

enum fault
refused_save(struct home *h, const struct parcel_name *name,
    const struct cause *why_refused, const struct buf *manifest,
    const struct buf *signature, int64_t now, struct cause *why)
{
	struct buf refusal = BUF_MAX(LIMIT_DOCUMENT);
	char draft[SHELF_PATH_MAX] = "";
	char place[SHELF_PATH_MAX] = "", coded[SHELF_PATH_MAX + 16] = "";
	int dir = -1;
	enum fault f = format_refusal(&refusal, why_refused, now);

	if (f != FAULT_NONE) {
		f = cause_set(why, f, N_("cannot write refusal.json"));
		goto out;
	}
	shelf_place(place, REFUSED, name);
	(void)snprintf(
	    coded, sizeof(coded), "%s.%d", place, (int)why_refused->fault);
	f = shelf_begin(h, REFUSED, name, draft, &dir, why);
	if (f == FAULT_NONE)
		f = fill_refused(dir, &refusal, manifest, signature, why);
	if (f == FAULT_NONE)
		f = shelf_remove(h, REFUSED, coded, why);
	if (f == FAULT_NONE)
		f = shelf_publish(h, draft, dir, coded, why);
	if (f != FAULT_NONE)
		(void)!io_remove_tree(h->dir, draft, NULL);
out:
	if (dir >= 0)
		(void)close(dir);
	buf_free(&refusal);
	return f;
}
