/*
 * upload: the payload first, the manifest last, one rename.
 */
#include "upload.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/intl.h"
#include "base/io.h"
#include "parcel.h"
#include "spool/outbox.h"

#define UPLOAD_PATH_MAX (UPLOAD_TEMP_MAX + 64)

/* Whether the final name is taken, and if so by this very parcel. */
static enum fault
published(struct remote *r, const char *final, const struct outbox_manifest *m,
    bool *yes, struct cause *why)
{
	struct buf there = BUF_MAX(LIMIT_DOCUMENT);
	char path[UPLOAD_PATH_MAX];
	enum fault f;

	if ((f = remote_exists(r, final, yes, why)) != FAULT_NONE || !*yes)
		return f;
	(void)snprintf(path, sizeof(path), "%s/%s", final, MANIFEST_NAME);
	f = remote_load(r, path, &there, why);
	if (f == FAULT_ABSENT || f == FAULT_LARGER ||
	    (f == FAULT_NONE &&
		(there.len != m->bytes.len ||
		    memcmp(there.data, m->bytes.data, there.len) != 0))) {
		cause_clear(why);
		cause_place(why, final, 0, NULL, UINT64_MAX);
		f = cause_set(why, FAULT_EQUIVOCATION,
		    N_("the drop holds another parcel under this number"));
	}
	buf_free(&there);
	return f;
}

enum fault
upload_temporary(char out[static UPLOAD_TEMP_MAX],
    const struct parcel_name *name, int payload, struct cause *why)
{
	char stream[PARCEL_NAME_MAX], tag[HASH_TEXT_LEN];
	uint8_t head[UPLOAD_HEAD];
	size_t have = 0;

	/* All of it, so that the same file has the same name each time. */
	while (have < sizeof(head)) {
		ssize_t n = pread(
		    payload, head + have, sizeof(head) - have, (off_t)have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return cause_system(why, "pread", PAYLOAD_NAME);
		if (n == 0)
			break;
		have += (size_t)n;
	}
	if (hash_bytes_text(tag, head, have) != FAULT_NONE)
		return cause_memory(why);
	parcel_name_stream(stream, name);
	(void)snprintf(out, UPLOAD_TEMP_MAX, "%s/.%08llu.%.16s.part", stream,
	    (unsigned long long)name->sequence, tag);
	return FAULT_NONE;
}

static enum fault
open_payload(int *out, const struct outbox_manifest *m, struct cause *why)
{
	*out = openat(m->dir, PAYLOAD_NAME, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	return *out < 0 ? cause_system(why, "open", PAYLOAD_NAME) : FAULT_NONE;
}

static enum fault
put_payload(struct remote *r, const char *temp, int payload, uint64_t size,
    struct cause *why)
{
	char path[UPLOAD_PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/%s", temp, PAYLOAD_NAME);
	return remote_put(r, path, payload, size, true, why);
}

static enum fault
put_page(struct remote *r, const char *temp, const char *name,
    const struct buf *bytes, struct cause *why)
{
	char path[UPLOAD_PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/%s", temp, name);
	return remote_save(r, path, bytes->data, bytes->len, true, why);
}

static enum fault
put_pages(struct remote *r, const char *temp, const struct outbox_manifest *m,
    struct cause *why)
{
	struct buf signature = BUF_MAX(LIMIT_KEY_FILE);
	enum fault f;

	if ((f = io_load(&signature, m->dir, MANIFEST_SIG_NAME, why)) ==
		FAULT_NONE &&
	    (f = put_page(r, temp, MANIFEST_SIG_NAME, &signature, why)) ==
		FAULT_NONE)
		f = put_page(r, temp, MANIFEST_NAME, &m->bytes, why);
	buf_free(&signature);
	return f;
}

/* Parts of earlier tries with this number, left by a kill or a dead line.  Only
 * tidiness: what fails here is tried again after the next parcel. */
static void
sweep(struct remote *r, const struct parcel_name *name)
{
	struct remote_names names = { NULL, 0 };
	char stream[PARCEL_NAME_MAX], path[UPLOAD_PATH_MAX], begin[16];
	struct cause none;
	size_t i, len;

	cause_clear(&none);
	parcel_name_stream(stream, name);
	(void)snprintf(begin, sizeof(begin), ".%08llu.",
	    (unsigned long long)name->sequence % (PARCEL_SEQUENCE_MAX + 1));
	if (remote_list(r, stream, &names, &none) != FAULT_NONE)
		return;
	for (i = 0; i < names.n; i++) {
		len = strlen(names.name[i]);
		if (strncmp(names.name[i], begin, strlen(begin)) != 0 ||
		    len < 5 || strcmp(names.name[i] + len - 5, ".part") != 0 ||
		    len > LIMIT_ID)
			continue;
		(void)snprintf(
		    path, sizeof(path), "%s/%.64s", stream, names.name[i]);
		(void)!remote_remove_dir(r, path, &none);
	}
	remote_names_free(&names);
}

static enum fault
publish(struct remote *r, const struct parcel_name *name,
    const struct outbox_manifest *m, bool carried, struct cause *why)
{
	char temp[UPLOAD_TEMP_MAX], final[PARCEL_NAME_MAX];
	enum fault f;
	int payload = -1;

	if ((f = open_payload(&payload, m, why)) != FAULT_NONE)
		return f;
	parcel_name_dir(final, name);
	if ((f = upload_temporary(temp, name, payload, why)) == FAULT_NONE &&
	    (f = remote_mkdirs(r, temp, why)) == FAULT_NONE && !carried)
		f = put_payload(
		    r, temp, payload, m->manifest->payload_bytes, why);
	(void)close(payload);
	if (f == FAULT_NONE && (f = put_pages(r, temp, m, why)) == FAULT_NONE)
		f = remote_rename(r, temp, final, why);
	if (f == FAULT_NONE)
		sweep(r, name);
	return f;
}

enum fault
upload_parcel(struct desk *s, struct remote *r, const struct parcel_name *name,
    bool carried, struct cause *why)
{
	char final[PARCEL_NAME_MAX], text[PARCEL_NAME_MAX];
	struct journal_member members[1];
	struct outbox_manifest m;
	bool there = false;
	enum fault f;

	if ((f = outbox_manifest_load(&m, s->home, name, why)) != FAULT_NONE)
		return f;
	parcel_name_dir(final, name);
	parcel_name_text(text, name);
	if ((f = published(r, final, &m, &there, why)) != FAULT_NONE ||
	    (!there && (f = publish(r, name, &m, carried, why)) != FAULT_NONE))
		goto out;
	members[0] = (struct journal_member){ "manifest", m.sha256, 0 };
	f = desk_note(s, "sent", text, members, 1, why);
out:
	outbox_manifest_free(&m);
	return f;
}

/* The drop knows no rename onto a name: for a moment the payload is missing,
 * which a receiver takes for "not yet". */
static enum fault
replace_payload(struct remote *r, const struct parcel_name *name,
    const struct outbox_manifest *m, struct cause *why)
{
	char final[PARCEL_NAME_MAX];
	char old[UPLOAD_PATH_MAX], new[UPLOAD_PATH_MAX + 8];
	enum fault f;
	int payload = -1;

	if ((f = open_payload(&payload, m, why)) != FAULT_NONE)
		return f;
	parcel_name_dir(final, name);
	(void)snprintf(old, sizeof(old), "%s/%s", final, PAYLOAD_NAME);
	(void)snprintf(new, sizeof(new), "%s.part", old);
	if ((f = remote_put(r, new, payload, m->manifest->payload_bytes, false,
		 why)) == FAULT_NONE &&
	    (f = remote_remove(r, old, why)) == FAULT_NONE)
		f = remote_rename(r, new, old, why);
	(void)close(payload);
	return f;
}

enum fault
upload_again(struct desk *s, struct remote *r, const struct parcel_name *name,
    struct cause *why)
{
	struct journal_member members[1];
	char text[PARCEL_NAME_MAX];
	struct outbox_manifest m;
	enum fault f;

	if ((f = outbox_manifest_load(&m, s->home, name, why)) != FAULT_NONE)
		return f;
	parcel_name_text(text, name);
	members[0] = (struct journal_member){ "manifest", m.sha256, 0 };
	if ((f = replace_payload(r, name, &m, why)) == FAULT_NONE)
		f = desk_note(s, "mended", text, members, 1, why);
	outbox_manifest_free(&m);
	return f;
}
