/*
 * chain: reads the journal as what it claims to be.
 *
 * The walk itself checks numbers, file names and the chain of hashes, so that
 * nobody (index, report, verify) can take in an entry that does not follow its
 * predecessor.  Nothing here locks: a line that another process is writing at
 * this moment, and a torn one, have no newline and end the walk.
 */
#include "spool/chain.h"

#include <sys/file.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hex.h"
#include "base/intl.h"
#include "base/limits.h"
#include "spool/journal.h"
#include "spool/shelf.h"
#include "text/doc.h"

#define FILE_DIGITS 12
#define FILE_SUFFIX ".jsonl"
/* A terabyte and a half of journal. */
#define FILES_MAX 25000
/* A line and the beginning of the next. */
#define WINDOW (2 * LIMIT_JOURNAL_LINE)

void
chain_file_name(char out[CHAIN_FILE_LEN], uint64_t first)
{
	(void)snprintf(
	    out, CHAIN_FILE_LEN, "%0*" PRIu64 FILE_SUFFIX, FILE_DIGITS, first);
}

uint64_t
chain_file_first(const char *name)
{
	uint64_t n = 0;

	for (size_t i = 0; i < FILE_DIGITS; i++) {
		if (name[i] < '0' || name[i] > '9')
			return 0;
		n = n * 10 + (uint64_t)(name[i] - '0');
	}
	return strcmp(name + FILE_DIGITS, FILE_SUFFIX) == 0 ? n : 0;
}

enum fault
chain_files(struct io_names *out, int dir, struct cause *why)
{
	enum fault f = io_names(out, dir, ".", FILES_MAX, why);
	size_t kept = 0;

	/* lock, head.json and the index lie beside the files. */
	for (size_t i = 0; f == FAULT_NONE && i < out->n; i++) {
		if (chain_file_first(out->name[i]) != 0)
			out->name[kept++] = out->name[i];
		else
			free(out->name[i]);
	}
	if (f == FAULT_NONE)
		out->n = kept;
	return f;
}

/* Copies a text member that must be there and fit. */
static bool
copy(char *out, size_t cap, const struct node *root, const char *name)
{
	const char *text = node_text(root, name);

	if (text == NULL || strlen(text) >= cap)
		return false;
	memcpy(out, text, strlen(text) + 1);
	return true;
}

enum fault
journal_entry_parse(
    struct journal_entry *out, const char *line, size_t len, struct cause *why)
{
	const struct node *root = NULL;
	int64_t when = 0, n = 0;
	enum fault f = FAULT_NONE;

	*out = (struct journal_entry){ 0 };
	if (len >= LIMIT_JOURNAL_LINE)
		return cause_set(why, FAULT_FORMAT,
		    N_("a journal line is longer than %lu bytes"),
		    LIMIT_JOURNAL_LINE);
	f = doc_parse(&out->doc, line, len, why);
	if (f != FAULT_NONE)
		return f;
	root = doc_root(out->doc);
	n = node_int(root, "n", 0);
	if (n < 1 || !copy(out->time, sizeof(out->time), root, "time") ||
	    !clock_parse(&when, out->time) ||
	    !copy(out->event, sizeof(out->event), root, "event") ||
	    !copy(out->subject, sizeof(out->subject), root, "subject") ||
	    !copy(out->prev, sizeof(out->prev), root, "prev") ||
	    !hex_ok(out->prev, HASH_TEXT_LEN - 1)) {
		f = cause_set(why, FAULT_FORMAT,
		    N_("a journal line needs n, time, event, subject, prev"));
		goto out;
	}
	out->n = (uint64_t)n;
	out->len = len;
	out->line = malloc(len + 1);
	if (out->line == NULL) {
		f = cause_memory(why);
		goto out;
	}
	memcpy(out->line, line, len);
	out->line[len] = '\0';
out:
	if (f != FAULT_NONE)
		journal_entry_free(out);
	return f;
}

void
journal_entry_free(struct journal_entry *e)
{
	if (e == NULL)
		return;
	doc_free(e->doc);
	free(e->line);
	*e = (struct journal_entry){ 0 };
}

struct journal_walk {
	int dir;
	int fd; /* the file being read, or -1 */
	struct io_names names;
	size_t next;     /* index of the file to open next */
	uint64_t from;   /* first entry to give */
	uint64_t expect; /* number of the line that comes next */
	bool chained;    /* prev is known */
	char prev[HASH_TEXT_LEN];
	size_t at, len; /* unread bytes of the window */
	char window[WINDOW];
};

/* The name of the file being read, for causes. */
static const char *
walk_file(const struct journal_walk *w)
{
	return w->next > 0 ? w->names.name[w->next - 1] : "journal";
}

/* What can be wrong with the line that comes next. */
enum wrong {
	WRONG_FILE,
	WRONG_LONG,
	WRONG_TORN,
	WRONG_JSON,
	WRONG_NUMBER,
	WRONG_PREV
};

/* A whole sentence each, so that it can be translated. */
static enum fault
broken(const struct journal_walk *w, enum wrong wrong, struct cause *why)
{
	const uint64_t n = w->expect;

	cause_place(why, walk_file(w), 0, NULL, UINT64_MAX);
	switch (wrong) {
	case WRONG_FILE:
		return cause_set(why, FAULT_CHAIN,
		    N_("journal entry %" PRIu64 ": no file begins with it"), n);
	case WRONG_LONG:
		return cause_set(why, FAULT_CHAIN,
		    N_("journal entry %" PRIu64 ": the line is too long"), n);
	case WRONG_TORN:
		return cause_set(why, FAULT_CHAIN,
		    N_("journal entry %" PRIu64 ": the line is not whole"), n);
	case WRONG_JSON:
		return cause_set(why, FAULT_CHAIN,
		    N_("journal entry %" PRIu64 ": is no journal line"), n);
	case WRONG_NUMBER:
		return cause_set(why, FAULT_CHAIN,
		    N_("journal entry %" PRIu64 ": the line bears another "
		       "number"),
		    n);
	case WRONG_PREV:
		break;
	}
	return cause_set(why, FAULT_CHAIN,
	    N_("journal entry %" PRIu64 ": prev is not the hash of the line "
	       "before"),
	    n);
}

enum fault
journal_walk_new(
    struct journal_walk **out, struct home *h, uint64_t from, struct cause *why)
{
	struct journal_walk *w = calloc(1, sizeof(*w));
	enum fault f = FAULT_NONE;
	size_t i = 0;

	*out = NULL;
	if (w == NULL)
		return cause_memory(why);
	w->dir = w->fd = -1;
	w->from = from == 0 ? 1 : from;
	w->expect = 1;
	f = io_opendir(&w->dir, h->dir, "journal", why);
	if (f == FAULT_NONE)
		f = chain_files(&w->names, w->dir, why);
	if (f != FAULT_NONE)
		goto out;
	/* Begin with the last file that begins at or before "from"; its name
	 * says which number it begins with. */
	while (i + 1 < w->names.n &&
	    chain_file_first(w->names.name[i + 1]) <= w->from)
		i++;
	w->next = i;
	if (i > 0)
		w->expect = chain_file_first(w->names.name[i]);
	w->chained = w->expect == 1;
	memset(w->prev, '0', HASH_TEXT_LEN - 1);
out:
	if (f != FAULT_NONE)
		journal_walk_free(w);
	else
		*out = w;
	return f;
}

void
journal_walk_free(struct journal_walk *w)
{
	if (w == NULL)
		return;
	if (w->fd >= 0)
		(void)close(w->fd);
	if (w->dir >= 0)
		(void)close(w->dir);
	io_names_free(&w->names);
	free(w);
}

/* Goes on to the next file; *end when there is none. */
static enum fault
walk_open(struct journal_walk *w, int *end, struct cause *why)
{
	const char *name = NULL;

	if (w->fd >= 0)
		(void)close(w->fd);
	w->fd = -1;
	w->at = w->len = 0;
	*end = w->next >= w->names.n;
	if (*end)
		return FAULT_NONE;
	name = w->names.name[w->next++];
	if (chain_file_first(name) != w->expect)
		return broken(w, WRONG_FILE, why);
	w->fd = openat(w->dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	return w->fd < 0 ? cause_system(why, "open", name) : FAULT_NONE;
}

/* Fills the window behind the unread bytes; *got 0 at the end of the file. */
static enum fault
walk_fill(struct journal_walk *w, size_t *got, struct cause *why)
{
	enum fault f = FAULT_NONE;

	memmove(w->window, w->window + w->at, w->len);
	w->at = 0;
	f = io_read(
	    w->fd, w->window + w->len, WINDOW - w->len, got, walk_file(w), why);
	if (f == FAULT_NONE)
		w->len += *got;
	return f;
}

/* The next line as it lies in the window, without its newline. */
static enum fault
walk_line(struct journal_walk *w, const char **line, size_t *len, int *end,
    struct cause *why)
{
	const char *stop = NULL;
	size_t got = 0;
	enum fault f = FAULT_NONE;

	*end = 0;
	while (stop == NULL) {
		if (w->fd < 0) {
			f = walk_open(w, end, why);
			if (f != FAULT_NONE || *end)
				return f;
		}
		stop = memchr(w->window + w->at, '\n', w->len);
		if (stop != NULL)
			break;
		if (w->len >= LIMIT_JOURNAL_LINE)
			return broken(w, WRONG_LONG, why);
		f = walk_fill(w, &got, why);
		if (f != FAULT_NONE)
			return f;
		if (got > 0)
			continue;
		*end = w->next >= w->names.n;
		if (*end)
			return FAULT_NONE;
		if (w->len > 0)
			return broken(w, WRONG_TORN, why);
		(void)close(w->fd);
		w->fd = -1;
	}
	*line = w->window + w->at;
	*len = (size_t)(stop - *line);
	w->at += *len + 1;
	w->len -= *len + 1;
	return FAULT_NONE;
}

/* Holds an entry against its place. */
static enum fault
walk_check(
    struct journal_walk *w, const struct journal_entry *e, struct cause *why)
{
	if (e->n != w->expect)
		return broken(w, WRONG_NUMBER, why);
	if (w->chained && !hash_text_equal(e->prev, w->prev))
		return broken(w, WRONG_PREV, why);
	return FAULT_NONE;
}

enum fault
journal_walk_next(struct journal_walk *w, struct journal_entry *e, int *end,
    struct cause *why)
{
	const char *line = NULL;
	size_t len = 0;
	bool skip = true;
	enum fault f = FAULT_NONE;

	*e = (struct journal_entry){ 0 };
	while (skip) {
		f = walk_line(w, &line, &len, end, why);
		if (f != FAULT_NONE || *end)
			return f;
		/* Lines before "from" were read by others; only the hash of
		 * the last of them is of use here. */
		skip = w->expect < w->from;
		if (!skip) {
			f = journal_entry_parse(e, line, len, NULL);
			if (f == FAULT_NONE)
				f = walk_check(w, e, why);
			else if (f == FAULT_FORMAT)
				f = broken(w, WRONG_JSON, why);
			else
				f = cause_memory(why);
		}
		if (f == FAULT_NONE && w->expect + 1 >= w->from) {
			f = hash_bytes_text(w->prev, line, len);
			w->chained = true;
		}
		w->expect++;
		if (f != FAULT_NONE)
			break;
	}
	if (f != FAULT_NONE)
		journal_entry_free(e);
	return f;
}

/* The signed head, if there is one: what it says of the chain. */
struct signed_head {
	bool there;
	struct journal_head head;
};

static enum fault
parse_head(struct signed_head *out, int64_t *when, const struct home *h,
    const struct buf *bytes, struct cause *why)
{
	static const struct node_member members[] = {
		{ "format", NODE_STRING, true, false },
		{ "party", NODE_STRING, true, false },
		{ "entries", NODE_INTEGER, true, false },
		{ "head", NODE_STRING, true, false },
		{ "time", NODE_STRING, true, false },
	};
	const struct node *root = NULL;
	struct doc *doc = NULL;
	enum fault f = doc_parse(&doc, bytes->data, bytes->len, why);

	if (f != FAULT_NONE)
		return f;
	root = doc_root(doc);
	f = node_members(
	    root, "", members, sizeof(members) / sizeof(members[0]), why);
	if (f != FAULT_NONE)
		goto out;
	out->head.entries = (uint64_t)node_int(root, "entries", 0);
	if (strcmp(node_text(root, "format"), CHAIN_HEAD_FORMAT) != 0 ||
	    strcmp(node_text(root, "party"), h->conf->party) != 0 ||
	    node_int(root, "entries", -1) < 0 ||
	    !copy(out->head.hash, HASH_TEXT_LEN, root, "head") ||
	    !clock_parse(when, node_text(root, "time")))
		f = cause_set(
		    why, FAULT_FORMAT, N_("is no signed head of this journal"));
out:
	doc_free(doc);
	return f;
}

/* Whether one of our signing keys signed the head. */
static enum fault
check_head(const struct home *h, int dir, const char *name,
    const struct buf *bytes, int64_t when, struct cause *why)
{
	const struct card *own = trust_card(h->trust, h->conf->party);
	const struct public_key *key = NULL;
	struct signature *s = calloc(1, sizeof(*s));
	struct buf sig = BUF_MAX(LIMIT_KEY_FILE);
	enum fault f = FAULT_NONE;

	if (s == NULL)
		return cause_memory(why);
	f = io_load(&sig, dir, name, why);
	if (f == FAULT_NONE)
		f = signature_parse(s, sig.data, sig.len, why);
	if (f == FAULT_NONE && own == NULL)
		f = cause_set(why, FAULT_CONF, N_("our own card is missing"));
	if (f == FAULT_NONE) {
		/* Our own word on our own log: a key past its date still shows
		 * that this machine wrote it. */
		f = card_signing_key(&key, own, s->key_id, when, NULL);
		if (f == FAULT_KEY_EXPIRED)
			f = FAULT_NONE;
		else if (f != FAULT_NONE)
			f = cause_set(
			    why, f, N_("is not signed by a key of our card"));
	}
	if (f == FAULT_NONE)
		f = signature_verify(s, key, bytes->data, bytes->len, why);
	buf_free(&sig);
	free(s);
	return f;
}

/* By the signature in its place, or by the one laid aside, which counts after a
 * crash between the two renames. */
static enum fault
prove_head(const struct home *h, int dir, const struct buf *bytes, int64_t when,
    struct cause *why)
{
	enum fault f = check_head(h, dir, CHAIN_HEAD_SIG, bytes, when, why);

	if (f == FAULT_NONE ||
	    check_head(h, dir, CHAIN_HEAD_SIG_ASIDE, bytes, when, NULL) !=
		FAULT_NONE)
		return f;
	cause_clear(why);
	return FAULT_NONE;
}

/* Reads and proves head.json; it is read before the chain, which only grows. */
static enum fault
load_head(
    struct signed_head *out, const struct home *h, int dir, struct cause *why)
{
	struct buf bytes = BUF_MAX(LIMIT_KEY_FILE);
	int64_t when = 0;
	enum fault f = FAULT_NONE;

	*out = (struct signed_head){ 0 };
	f = shelf_read(&bytes, &out->there, dir, CHAIN_HEAD, why);
	if (f != FAULT_NONE || !out->there)
		goto out;
	f = parse_head(out, &when, h, &bytes, why);
	if (f == FAULT_NONE)
		f = prove_head(h, dir, &bytes, when, why);
	if (f != FAULT_NONE)
		cause_place(why, CHAIN_HEAD, 0, NULL, UINT64_MAX);
out:
	buf_free(&bytes);
	return f;
}

/* load_head while no process is between the two files. */
static enum fault
load_head_locked(
    struct signed_head *out, const struct home *h, int dir, struct cause *why)
{
	enum fault f = FAULT_NONE;
	int lock = openat(dir, "lock", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	/* A copy of a home that is only read may lack the lock. */
	while (lock >= 0 && flock(lock, LOCK_SH) != 0)
		if (errno != EINTR) {
			f = cause_system(why, "flock", "journal/lock");
			goto out;
		}
	f = load_head(out, h, dir, why);
out:
	if (lock >= 0)
		(void)close(lock);
	return f;
}

/* Walks the whole chain; "at" is filled with the hash of entry at->entries. */
static enum fault
walk_all(struct journal_head *out, struct journal_head *at, struct home *h,
    struct cause *why)
{
	struct journal_walk *w = NULL;
	struct journal_entry e = { 0 };
	enum fault f = journal_walk_new(&w, h, 1, why);
	int end = 0;

	*out = (struct journal_head){ 0 };
	memset(out->hash, '0', HASH_TEXT_LEN - 1);
	memcpy(at->hash, out->hash, HASH_TEXT_LEN);
	while (f == FAULT_NONE) {
		f = journal_walk_next(w, &e, &end, why);
		if (f != FAULT_NONE || end)
			break;
		out->entries = e.n;
		memcpy(out->hash, w->prev, HASH_TEXT_LEN);
		if (e.n == at->entries)
			memcpy(at->hash, w->prev, HASH_TEXT_LEN);
		journal_entry_free(&e);
	}
	journal_walk_free(w);
	return f;
}

enum fault
journal_verify(struct home *h, struct journal_head *out, struct cause *why)
{
	struct signed_head signed_head = { 0 };
	struct journal_head at = { 0 };
	int dir = -1;
	enum fault f = io_opendir(&dir, h->dir, "journal", why);

	if (f != FAULT_NONE)
		return f;
	f = load_head_locked(&signed_head, h, dir, why);
	if (f != FAULT_NONE)
		goto out;
	at.entries = signed_head.head.entries;
	f = walk_all(out, &at, h, why);
	if (f != FAULT_NONE || !signed_head.there)
		goto out;
	if (at.entries > out->entries) {
		cause_place(why, CHAIN_HEAD, 0, NULL, UINT64_MAX);
		f = cause_set(why, FAULT_CHAIN,
		    N_("the signed head counts %" PRIu64 " entries, the "
		       "journal ends with entry %" PRIu64),
		    at.entries, out->entries);
	} else if (!hash_text_equal(at.hash, signed_head.head.hash)) {
		cause_place(why, CHAIN_HEAD, 0, NULL, UINT64_MAX);
		f = cause_set(why, FAULT_CHAIN,
		    N_("journal entry %" PRIu64 " is not the one that the "
		       "signed head names"),
		    at.entries);
	}
out:
	(void)close(dir);
	return f;
}
