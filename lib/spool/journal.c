/*
 * journal: appends to the hash-chained log.
 *
 * Several processes write one journal.  All that counts is on the disk: under
 * the lock each looks whether the newest file has grown since it last looked,
 * reads the last line again if so, and writes its own line with one write(2).
 * Nothing before the last line is read for an append, so its cost does not grow
 * with the journal.
 */
#include "spool/journal.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hex.h"
#include "base/intl.h"
#include "base/io.h"
#include "base/limits.h"
#include "spool/chain.h"
#include "text/doc.h"

/* A whole last line and a torn one behind it. */
#define TAIL_LEN (2 * LIMIT_JOURNAL_LINE)
/* Integers that every JSON reader takes exactly. */
#define NUMBER_MAX ((UINT64_C(1) << 53) - 1)

struct journal {
	struct home *home; /* borrowed */
	int dir;           /* journal/ */
	int lock;          /* journal/lock */
	int fd;            /* the newest file, or -1 while there is none */
	off_t size;        /* its length when last looked at */
	char file[CHAIN_FILE_LEN];
	struct journal_head head;
};

static enum fault
lock_take(struct journal *j, struct cause *why)
{
	/* Held for milliseconds: waiting needs no bound. */
	while (flock(j->lock, LOCK_EX) != 0)
		if (errno != EINTR)
			return cause_system(why, "flock", "journal/lock");
	return FAULT_NONE;
}

static void
lock_drop(struct journal *j)
{
	/* Explicitly: a child may have inherited the description. */
	(void)flock(j->lock, LOCK_UN);
}

/* Reads up to cap bytes at an offset, through EINTR and short reads. */
static enum fault
read_at(int fd, char *out, size_t cap, off_t at, size_t *got, const char *name,
    struct cause *why)
{
	ssize_t n = 0;

	*got = 0;
	while (*got < cap) {
		n = pread(fd, out + *got, cap - *got, at + (off_t)*got);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return cause_system(why, "read", name);
		if (n == 0)
			break;
		*got += (size_t)n;
	}
	return FAULT_NONE;
}

/* Whoever was not told of an entry cannot miss it: only a line that is torn,
 * and therefore was never reported as done, is cut off. */
static enum fault
cut(int fd, off_t size, const char *name, struct cause *why)
{
	if (ftruncate(fd, size) != 0)
		return cause_system(why, "truncate", name);
	if (fsync(fd) != 0)
		return cause_system(why, "fsync", name);
	return FAULT_NONE;
}

static enum fault
no_line(const char *name, struct cause *why)
{
	cause_place(why, name, 0, NULL, UINT64_MAX);
	return cause_set(
	    why, FAULT_CHAIN, N_("the end of the journal is no journal line"));
}

/*
 * Finds the last whole line of a file.  *size: the file up to its end; head
 * untouched and *size 0 when the file has no whole line.  A torn line is cut
 * off the newest file; in another it is no trace of a crash and stays as
 * evidence.
 */
static enum fault
file_tail(int fd, const char *name, bool newest, off_t *size,
    struct journal_head *head, struct cause *why)
{
	struct journal_entry e = { 0 };
	struct stat st = { 0 };
	char *tail = NULL, *last = NULL, *before = NULL;
	size_t got = 0, start = 0;
	off_t from = 0;
	enum fault f = FAULT_NONE;

	*size = 0;
	if (fstat(fd, &st) != 0)
		return cause_system(why, "stat", name);
	if (st.st_size > (off_t)TAIL_LEN)
		from = st.st_size - (off_t)TAIL_LEN;
	tail = malloc(TAIL_LEN);
	if (tail == NULL)
		return cause_memory(why);
	f = read_at(fd, tail, TAIL_LEN, from, &got, name, why);
	if (f != FAULT_NONE)
		goto out;
	last = memrchr(tail, '\n', got);
	*size = last == NULL ? 0 : from + (last - tail) + 1;
	/* No write of ours leaves more than a line behind. */
	if (st.st_size - *size > (newest ? (off_t)LIMIT_JOURNAL_LINE : 0)) {
		f = no_line(name, why);
		goto out;
	}
	if (*size < st.st_size)
		f = cut(fd, *size, name, why);
	if (f != FAULT_NONE || last == NULL)
		goto out;
	before = memrchr(tail, '\n', (size_t)(last - tail));
	start = before == NULL ? 0 : (size_t)(before - tail) + 1;
	f = before == NULL && from > 0
	    ? FAULT_CHAIN
	    : journal_entry_parse(
		  &e, tail + start, (size_t)(last - tail) - start, why);
	if (f == FAULT_FORMAT || f == FAULT_CHAIN)
		f = no_line(name, why);
	if (f != FAULT_NONE)
		goto out;
	head->entries = e.n;
	f = hash_bytes_text(head->hash, e.line, e.len);
out:
	journal_entry_free(&e);
	free(tail);
	return f;
}

/* Makes fd the file that grows. */
static void
take_file(struct journal *j, int fd, off_t size, const char *name)
{
	if (j->fd >= 0)
		(void)close(j->fd);
	j->fd = fd;
	j->size = size;
	(void)snprintf(j->file, sizeof(j->file), "%s", name);
}

static enum fault
open_file(
    struct journal *j, const char *name, int flags, int *fd, struct cause *why)
{
	*fd = openat(j->dir, name,
	    flags | O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
	return *fd < 0 ? cause_system(why, "open", name) : FAULT_NONE;
}

/*
 * The head as the newest files on disk have it.  A crash may leave the newest
 * file without a whole line; then the one before it ends the chain.
 */
static enum fault
find_head(struct journal *j, struct journal_head *head, struct cause *why)
{
	struct io_names names = { 0 };
	uint64_t empty = 0; /* first number of a file without a line */
	enum fault f = chain_files(&names, j->dir, why);

	*head = (struct journal_head){ 0 };
	memset(head->hash, '0', HASH_TEXT_LEN - 1);
	for (size_t i = names.n; f == FAULT_NONE && i-- > 0;) {
		off_t size = 0;
		int fd = -1;

		f = open_file(j, names.name[i], 0, &fd, why);
		if (f == FAULT_NONE)
			f = file_tail(fd, names.name[i], i == names.n - 1,
			    &size, head, why);
		if (f == FAULT_NONE && i == names.n - 1)
			take_file(j, fd, size, names.name[i]);
		else if (fd >= 0)
			(void)close(fd);
		if (size > 0)
			break;
		if (f == FAULT_NONE && empty != 0)
			f = no_line(names.name[i], why);
		empty = chain_file_first(names.name[i]);
	}
	if (f == FAULT_NONE && empty != 0 && empty != head->entries + 1)
		f = no_line(names.name[names.n - 1], why);
	io_names_free(&names);
	return f;
}

/*
 * Brings what is remembered up to what is on the disk; the lock is held.  The
 * same length of a file that is still linked means: nobody wrote.  Beyond
 * LIMIT_JOURNAL_FILE somebody may have begun the next file.
 */
static enum fault
refresh(struct journal *j, struct cause *why)
{
	struct journal_head head = { 0 };
	struct stat st = { 0 };
	enum fault f = FAULT_NONE;

	if (j->fd >= 0 && fstat(j->fd, &st) != 0)
		return cause_system(why, "stat", j->file);
	if (j->fd >= 0 && st.st_nlink > 0 && st.st_size == j->size &&
	    st.st_size <= (off_t)LIMIT_JOURNAL_FILE)
		return FAULT_NONE;
	f = find_head(j, &head, why);
	/* Others only append: fewer entries, or another last one of as many,
	 * means that some were taken away. */
	if (f == FAULT_NONE &&
	    (head.entries < j->head.entries ||
		(head.entries == j->head.entries && j->head.entries > 0 &&
		    !hash_text_equal(head.hash, j->head.hash)))) {
		cause_place(why, j->file, 0, NULL, UINT64_MAX);
		f = cause_set(why, FAULT_CHAIN,
		    N_("entries were taken away: the journal had %" PRIu64
		       " and now ends with another entry %" PRIu64),
		    j->head.entries, head.entries);
	}
	if (f == FAULT_NONE)
		j->head = head;
	else
		j->size = -1; /* so that the next call looks again */
	return f;
}

enum fault
journal_open(struct journal **out, struct home *h, struct cause *why)
{
	struct journal *j = calloc(1, sizeof(*j));
	enum fault f = FAULT_NONE;

	*out = NULL;
	if (j == NULL)
		return cause_memory(why);
	j->home = h;
	j->dir = j->lock = j->fd = -1;
	f = io_opendir(&j->dir, h->dir, "journal", why);
	if (f != FAULT_NONE)
		goto out;
	j->lock = openat(
	    j->dir, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (j->lock < 0) {
		f = cause_system(why, "open", "journal/lock");
		goto out;
	}
	f = lock_take(j, why);
	if (f != FAULT_NONE)
		goto out;
	f = refresh(j, why);
	lock_drop(j);
out:
	if (f != FAULT_NONE)
		journal_close(j);
	else
		*out = j;
	return f;
}

void
journal_close(struct journal *j)
{
	if (j == NULL)
		return;
	if (j->fd >= 0)
		(void)close(j->fd);
	if (j->lock >= 0)
		(void)close(j->lock);
	if (j->dir >= 0)
		(void)close(j->dir);
	free(j);
}

/* The members that the caller brings. */
static enum fault
write_members(struct writer *w, const struct journal_member *members, size_t n,
    struct cause *why)
{
	for (size_t i = 0; i < n; i++) {
		const struct journal_member *m = &members[i];

		if (m->text != NULL && m->text[0] != '\0') {
			writer_string(w, m->name, m->text);
		} else if (m->text == NULL) {
			if (m->number > NUMBER_MAX)
				return cause_set(why, FAULT_LARGER,
				    N_("journal member '%s' is too large"),
				    m->name);
			writer_integer(w, m->name, (int64_t)m->number);
		}
	}
	return FAULT_NONE;
}

/* Appends the next line, with its newline, to out. */
static enum fault
format_line(const struct journal *j, struct buf *out, int64_t now,
    const char *event, const char *subject,
    const struct journal_member *members, size_t n, struct cause *why)
{
	struct journal_entry e = { 0 };
	struct writer *w = NULL;
	char time[CLOCK_TEXT_LEN] = "";
	enum fault f = writer_new(&w, false);

	if (f != FAULT_NONE)
		goto out;
	clock_text(time, now);
	writer_open(w, NULL, NODE_OBJECT);
	writer_integer(w, "n", (int64_t)j->head.entries + 1);
	writer_string(w, "time", time);
	writer_string(w, "event", event);
	writer_string(w, "subject", subject);
	f = write_members(w, members, n, why);
	writer_string(w, "prev", j->head.hash);
	writer_close(w);
	if (f == FAULT_NONE)
		f = writer_finish(w, out);
	/* What we could not read again must never be on record: a member named
	 * twice or a subject too long would end the journal. */
	if (f == FAULT_NONE)
		f = journal_entry_parse(
		    &e, (const char *)out->data, out->len, why);
	if (f == FAULT_NONE)
		f = buf_puts(out, "\n");
out:
	if (f == FAULT_MEMORY)
		f = cause_memory(why);
	else if (f == FAULT_LARGER || f == FAULT_FORMAT)
		f = cause_set(
		    why, f, N_("'%s' does not fit a journal entry"), event);
	journal_entry_free(&e);
	writer_free(w);
	return f;
}

/* Begins the first file, or the next one when the newest is full. */
static enum fault
next_file(struct journal *j, struct cause *why)
{
	char name[CHAIN_FILE_LEN] = "";
	int fd = -1;
	enum fault f = FAULT_NONE;

	if (j->fd >= 0 && j->size <= (off_t)LIMIT_JOURNAL_FILE)
		return FAULT_NONE;
	chain_file_name(name, j->head.entries + 1);
	f = open_file(j, name, O_CREAT | O_EXCL, &fd, why);
	if (f == FAULT_NONE)
		f = io_sync_dir(j->dir, ".", why);
	if (f == FAULT_NONE)
		take_file(j, fd, 0, name);
	else if (fd >= 0)
		(void)close(fd);
	return f;
}

/* Writes the line and brings it to the disk; on a fault it is taken back. */
static enum fault
put_line(struct journal *j, const struct buf *line, struct cause *why)
{
	char hash[HASH_TEXT_LEN] = "";
	enum fault f = hash_bytes_text(hash, line->data, line->len - 1);

	if (f != FAULT_NONE)
		return cause_memory(why);
	f = next_file(j, why);
	if (f != FAULT_NONE)
		return f;
	f = io_write(j->fd, line->data, line->len, j->file, why);
	if (f == FAULT_NONE && fdatasync(j->fd) != 0)
		f = cause_system(why, "fdatasync", j->file);
	if (f != FAULT_NONE) {
		(void)cut(j->fd, j->size, j->file, NULL);
		j->size = -1;
		return f;
	}
	memcpy(j->head.hash, hash, sizeof(hash));
	j->head.entries++;
	j->size += (off_t)line->len;
	return FAULT_NONE;
}

enum fault
journal_append(struct journal *j, int64_t now, const char *event,
    const char *subject, const struct journal_member *members, size_t n,
    struct cause *why)
{
	struct buf line = BUF_MAX(LIMIT_JOURNAL_LINE);
	enum fault f = lock_take(j, why);

	if (f != FAULT_NONE)
		return f;
	f = refresh(j, why);
	if (f == FAULT_NONE)
		f = format_line(j, &line, now, event, subject, members, n, why);
	if (f == FAULT_NONE)
		f = put_line(j, &line, why);
	lock_drop(j);
	buf_free(&line);
	return f;
}

enum fault
journal_head(struct journal *j, struct journal_head *out, struct cause *why)
{
	enum fault f = lock_take(j, why);

	if (f != FAULT_NONE)
		return f;
	f = refresh(j, why);
	if (f == FAULT_NONE)
		*out = j->head;
	lock_drop(j);
	return f;
}

static enum fault
format_head(const struct journal *j, struct buf *out, int64_t now)
{
	struct writer *w = NULL;
	char time[CLOCK_TEXT_LEN] = "";
	enum fault f = writer_new(&w, true);

	if (f != FAULT_NONE)
		return f;
	clock_text(time, now);
	writer_open(w, NULL, NODE_OBJECT);
	writer_string(w, "format", CHAIN_HEAD_FORMAT);
	writer_string(w, "party", j->home->conf->party);
	writer_integer(w, "entries", (int64_t)j->head.entries);
	writer_string(w, "head", j->head.hash);
	writer_string(w, "time", time);
	writer_close(w);
	f = writer_finish(w, out);
	writer_free(w);
	return f;
}

/*
 * Two files cannot change at one instant.  The signature is first laid aside,
 * so that after a crash between the two renames journal_verify still finds the
 * one that fits.
 */
static enum fault
save_head(const struct journal *j, const struct buf *head,
    const struct buf *signature, struct cause *why)
{
	enum fault f = io_save(j->dir, CHAIN_HEAD_SIG_ASIDE, signature->data,
	    signature->len, 0600, true, why);

	if (f == FAULT_NONE)
		f = io_save(
		    j->dir, CHAIN_HEAD, head->data, head->len, 0600, true, why);
	if (f == FAULT_NONE)
		f = io_save(j->dir, CHAIN_HEAD_SIG, signature->data,
		    signature->len, 0600, true, why);
	/* Left behind it does no harm, but would hide that the signature in its
	 * place was damaged later. */
	if (f == FAULT_NONE)
		(void)unlinkat(j->dir, CHAIN_HEAD_SIG_ASIDE, 0);
	return f;
}

enum fault
journal_sign(struct journal *j, const struct secret_key *key, int64_t now,
    struct cause *why)
{
	struct buf head = BUF_MAX(LIMIT_KEY_FILE);
	struct buf signature = BUF_MAX(LIMIT_KEY_FILE);
	char comment[LIMIT_COMMENT] = "";
	enum fault f = lock_take(j, why);

	if (f != FAULT_NONE)
		return f;
	f = refresh(j, why);
	if (f != FAULT_NONE)
		goto out;
	f = format_head(j, &head, now);
	if (f != FAULT_NONE) {
		f = cause_set(why, f, N_("cannot write the journal's head"));
		goto out;
	}
	(void)snprintf(comment, sizeof(comment), "%s %s entries %" PRIu64,
	    CHAIN_HEAD_FORMAT, j->home->conf->party, j->head.entries);
	f = key_sign(&signature, key, head.data, head.len, comment, why);
	if (f == FAULT_NONE)
		f = save_head(j, &head, &signature, why);
out:
	lock_drop(j);
	buf_free(&head);
	buf_free(&signature);
	return f;
}
