/*
 * import: takes an agreement and its signatures into a home.
 *
 * What the directory agreements/ID should hold afterwards is first decided in
 * memory, then built aside as a whole, then exchanged with the old directory in
 * one system call.  So a fault or a crash at any point leaves the old state or
 * the new one.
 */
#include "spool/store.h"

#include <sys/stat.h>

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/intl.h"
#include "base/io.h"
#include "base/limits.h"
#include "spool/lists.h"

#define DRAFT STORE "/.new"
#define NAMES_MAX LIMIT_DROP_ENTRIES
/* versions/N/FILE: no deeper tree is ours. */
#define CARRY_DEPTH 3

struct import {
	struct home *h;
	int from;                       /* the directory that is brought */
	struct home_agreement *source;  /* what is brought */
	struct home_agreement *current; /* agreements/ID, or NULL */
	struct home_agreement *pending; /* what waits there, or NULL */
	/* Afterwards; each points to one of the above, or is NULL. */
	const struct home_agreement *top;
	const struct home_agreement *waiting;
	const struct home_agreement *replaced;
	bool changed;
	size_t added;
};

static bool
same_bytes(const struct home_agreement *a, const struct home_agreement *b)
{
	return hash_text_equal(a->agreement->sha256, b->agreement->sha256);
}

/* Adds the signatures of "from" that "to" lacks; both are the same bytes. */
static enum fault
merge(struct import *im, struct home_agreement *to, struct cause *why)
{
	const struct home_agreement *from = im->source;
	enum fault f = FAULT_NONE;

	for (size_t i = 0; f == FAULT_NONE && i < from->n_signatures; i++) {
		const struct agreement_signature *s = &from->signatures[i];
		const struct agreement_signature *have =
		    store_signature(to, s->party);

		/* A damaged file of ours gives way to a good one. */
		if (have != NULL && store_verify(to, have, NULL) == FAULT_NONE)
			continue;
		f = store_add(to, s, why);
		im->added++;
		im->changed = true;
	}
	return f;
}

/* Whether every required signature verifies by the key in the agreement. */
static bool
all_signed(const struct home_agreement *a)
{
	for (size_t i = 0; i < a->agreement->n_required; i++) {
		const struct agreement_signature *s =
		    store_signature(a, a->agreement->required[i]);

		if (s == NULL || store_verify(a, s, NULL) != FAULT_NONE)
			return false;
	}
	return true;
}

/*
 * Whether a waiting version may replace the one in place.  Its keys must be
 * those of the pinned cards: else a paper that brings its own keys could push
 * out the agreement in force.
 */
static bool
all_trusted(const struct import *im, const struct home_agreement *a)
{
	for (size_t i = 0; i < a->agreement->n_required; i++)
		if (agreement_signature_state(a->agreement, a->bytes.data,
			a->bytes.len, a->signatures, a->n_signatures,
			a->agreement->required[i],
			im->h->trust) != SIGNATURE_VALID)
			return false;
	return true;
}

static enum fault
other_bytes(const struct home_agreement *a, struct cause *why)
{
	return cause_set(why, FAULT_CHAIN,
	    N_("version %" PRIu64 " of agreement %s is here already and has "
	       "other bytes"),
	    a->agreement->version, a->agreement->id);
}

/* A version beyond the one in place: it waits, or takes its place. */
static enum fault
plan_later(struct import *im, struct cause *why)
{
	const struct agreement *a = im->source->agreement;
	struct home_agreement *candidate = im->source;
	enum fault f = FAULT_NONE;

	if (im->pending != NULL && a->version < im->pending->agreement->version)
		return cause_set(why, FAULT_EXISTS,
		    N_("version %" PRIu64 " of agreement %s waits already"),
		    im->pending->agreement->version, a->id);
	if (im->pending != NULL &&
	    a->version == im->pending->agreement->version) {
		if (!same_bytes(im->source, im->pending))
			return other_bytes(im->pending, why);
		f = merge(im, im->pending, why);
		candidate = im->pending;
	} else if (hash_text_equal(
		       a->replaces, im->current->agreement->sha256) ||
	    (im->pending != NULL &&
		hash_text_equal(a->replaces, im->pending->agreement->sha256))) {
		im->added = candidate->n_signatures;
		im->changed = true;
	} else {
		cause_clause(why, "replaces");
		f = cause_set(why, FAULT_CHAIN,
		    N_("version %" PRIu64 " of agreement %s replaces another "
		       "version than the one known here"),
		    a->version, a->id);
	}
	if (f != FAULT_NONE)
		return f;
	if (all_trusted(im, candidate)) {
		im->top = candidate;
		im->replaced = im->current;
		im->changed = true;
	} else {
		im->top = im->current;
		im->waiting = candidate;
	}
	return FAULT_NONE;
}

/* Decides what the directory should hold. */
static enum fault
plan(struct import *im, struct cause *why)
{
	const struct agreement *a = im->source->agreement;

	if (im->current == NULL) {
		im->top = im->source;
		im->added = im->source->n_signatures;
		im->changed = true;
		return FAULT_NONE;
	}
	if (a->version > im->current->agreement->version)
		return plan_later(im, why);
	if (a->version < im->current->agreement->version)
		return cause_set(why, FAULT_EXISTS,
		    N_("version %" PRIu64 " of agreement %s is here already"),
		    im->current->agreement->version, a->id);
	if (!same_bytes(im->source, im->current))
		return other_bytes(im->current, why);
	im->top = im->current;
	im->waiting = im->pending;
	return merge(im, im->current, why);
}

/* Writes agreement.json and signatures into a new directory below dir. */
static enum fault
write_set(int dir, const char *path, const struct home_agreement *a,
    struct cause *why)
{
	int set = -1;
	enum fault f = io_mkdirs(dir, path, why);

	if (f == FAULT_NONE)
		f = io_opendir(&set, dir, path, why);
	if (f == FAULT_NONE)
		f = io_save(set, STORE_AGREEMENT, a->bytes.data, a->bytes.len,
		    0600, false, why);
	for (size_t i = 0; f == FAULT_NONE && i < a->n_signatures; i++) {
		const struct agreement_signature *s = &a->signatures[i];
		char name[STORE_FILE_MAX] = "";

		store_signature_name(name, s->party);
		f = io_save(
		    set, name, s->bytes.data, s->bytes.len, 0600, false, why);
	}
	if (set >= 0)
		(void)close(set);
	return f;
}

/* Links a file, or a directory with all in it, into the new directory. */
static enum fault
carry(int from, int to, const char *name, unsigned depth, struct cause *why)
{
	struct io_names names = { 0 };
	struct stat st = { 0 };
	int in = -1, out = -1;
	enum fault f = FAULT_NONE;

	if (fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return cause_system(why, "stat", name);
	if (!S_ISDIR(st.st_mode) || depth == 0) {
		if (linkat(from, name, to, name, 0) != 0)
			return cause_system(why, "link", name);
		return FAULT_NONE;
	}
	f = io_mkdirs(to, name, why);
	if (f == FAULT_NONE)
		f = io_opendir(&in, from, name, why);
	if (f == FAULT_NONE)
		f = io_opendir(&out, to, name, why);
	if (f == FAULT_NONE)
		f = io_names(&names, in, ".", NAMES_MAX, why);
	for (size_t i = 0; f == FAULT_NONE && i < names.n; i++)
		f = carry(in, out, names.name[i], depth - 1, why);
	if (f == FAULT_NONE)
		f = io_sync_dir(out, ".", why);
	io_names_free(&names);
	if (in >= 0)
		(void)close(in);
	if (out >= 0)
		(void)close(out);
	return f;
}

/* Whether a name in agreements/ID is written anew by every import. */
static bool
rewritten(const struct home_agreement *current, const char *name)
{
	char signature[STORE_FILE_MAX] = "";

	if (strcmp(name, STORE_AGREEMENT) == 0 ||
	    strcmp(name, STORE_PENDING) == 0)
		return true;
	for (size_t i = 0; i < current->n_signatures; i++) {
		store_signature_name(signature, current->signatures[i].party);
		if (strcmp(name, signature) == 0)
			return true;
	}
	return false;
}

/* Old versions, and files that others keep beside the agreement. */
static enum fault
carry_all(const struct import *im, const char *old, int to, struct cause *why)
{
	struct io_names names = { 0 };
	int from = -1;
	enum fault f = io_opendir(&from, im->h->dir, old, why);

	if (f == FAULT_NONE)
		f = io_names(&names, from, ".", NAMES_MAX, why);
	for (size_t i = 0; f == FAULT_NONE && i < names.n; i++)
		if (!rewritten(im->current, names.name[i]))
			f = carry(from, to, names.name[i], CARRY_DEPTH, why);
	io_names_free(&names);
	if (from >= 0)
		(void)close(from);
	return f;
}

/* Builds the new directory aside. */
static enum fault
build(const struct import *im, const char *place, struct cause *why)
{
	char path[sizeof(STORE_VERSIONS) + 24] = "";
	int dir = -1;
	enum fault f = io_remove_tree(im->h->dir, DRAFT, why);

	if (f == FAULT_NONE)
		f = write_set(im->h->dir, DRAFT, im->top, why);
	if (f == FAULT_NONE)
		f = io_opendir(&dir, im->h->dir, DRAFT, why);
	if (f == FAULT_NONE && im->waiting != NULL)
		f = write_set(dir, STORE_PENDING, im->waiting, why);
	if (f == FAULT_NONE && im->current != NULL)
		f = carry_all(im, place, dir, why);
	if (f == FAULT_NONE && im->replaced != NULL) {
		(void)snprintf(path, sizeof(path), "%s/%" PRIu64,
		    STORE_VERSIONS, im->replaced->agreement->version);
		f = write_set(dir, path, im->replaced, why);
	}
	/* Those of other versions have been carried over. */
	if (f == FAULT_NONE)
		f = lists_put(im->source->agreement, im->from, dir, why);
	if (f == FAULT_NONE)
		f = io_sync_dir(dir, ".", why);
	if (dir >= 0)
		(void)close(dir);
	return f;
}

static enum fault
put(const struct import *im, struct cause *why)
{
	char place[sizeof(STORE) + LIMIT_ID + 2] = "";
	enum fault f = FAULT_NONE;

	(void)snprintf(
	    place, sizeof(place), "%s/%s", STORE, im->source->agreement->id);
	f = build(im, place, why);
	if (f == FAULT_NONE && im->current == NULL)
		f = io_rename(im->h->dir, DRAFT, im->h->dir, place, why);
	else if (f == FAULT_NONE &&
	    renameat2(im->h->dir, DRAFT, im->h->dir, place, RENAME_EXCHANGE) !=
		0)
		f = cause_system(why, "exchange", place);
	else if (f == FAULT_NONE)
		f = io_sync_dir(im->h->dir, STORE, why);
	/* Either the old directory, or what failed. */
	if (f == FAULT_NONE)
		return io_remove_tree(im->h->dir, DRAFT, why);
	(void)!io_remove_tree(im->h->dir, DRAFT, NULL);
	return f;
}

/* Reads what is brought; each signature of a party must verify. */
static enum fault
load_source(struct import *im, const char *from, struct cause *why)
{
	enum fault f = io_opendir(&im->from, AT_FDCWD, from, why);

	if (f == FAULT_NONE)
		f = store_load(&im->source, im->from, why);
	for (size_t i = 0; f == FAULT_NONE && i < im->source->n_signatures; i++)
		f = store_verify(im->source, &im->source->signatures[i], why);
	return f;
}

/* Reads what is there, under the lock. */
static enum fault
load_present(struct import *im, const char *id, struct cause *why)
{
	struct cause found = { 0 };
	enum fault f = FAULT_NONE;

	cause_clear(&found);
	f = home_agreement(im->h, id, &im->current, &found);
	if (f == FAULT_NONE)
		f = home_agreement_pending(im->h, id, &im->pending, &found);
	if (f == FAULT_ABSENT)
		return FAULT_NONE;
	if (f != FAULT_NONE && why != NULL)
		*why = found;
	return f;
}

/* The code lists that belong to what is brought; one that is new, or damaged
 * with us, is reason enough to write. */
static enum fault
prove_lists(struct import *im, struct cause *why)
{
	char place[sizeof(STORE) + LIMIT_ID + 2] = "";
	bool fresh = false;
	int kept = -1;
	enum fault f = FAULT_NONE;

	if (im->source->agreement->n_lists == 0)
		return FAULT_NONE;
	(void)snprintf(
	    place, sizeof(place), "%s/%s", STORE, im->source->agreement->id);
	if (im->current != NULL)
		f = io_opendir(&kept, im->h->dir, place, why);
	if (f == FAULT_NONE)
		f = lists_prove(
		    &fresh, im->source->agreement, im->from, kept, why);
	im->changed = im->changed || fresh;
	if (kept >= 0)
		(void)close(kept);
	return f;
}

enum fault
home_agreement_import(struct home *h, const char *from, char id[LIMIT_ID + 1],
    bool *complete, size_t *added, struct cause *why)
{
	struct import im = { .h = h, .from = -1 };
	int lock = -1;
	enum fault f = FAULT_NONE;

	id[0] = '\0';
	*complete = false;
	*added = 0;
	f = load_source(&im, from, why);
	if (f != FAULT_NONE)
		goto out;
	memcpy(id, im.source->agreement->id, LIMIT_ID + 1);
	f = home_lock(h, "agreements", &lock, why);
	if (f == FAULT_NONE)
		f = load_present(&im, id, why);
	if (f == FAULT_NONE)
		f = plan(&im, why);
	if (f == FAULT_NONE)
		f = prove_lists(&im, why);
	if (f == FAULT_NONE && im.changed)
		f = put(&im, why);
	else if (f == FAULT_NONE)
		/* A run that was cut short may have left it. */
		f = io_remove_tree(h->dir, DRAFT, why);
	if (f != FAULT_NONE)
		goto out;
	*added = im.added;
	*complete = (im.waiting == NULL ||
			im.waiting->agreement->version !=
			    im.source->agreement->version) &&
	    all_signed(im.top);
out:
	if (lock >= 0)
		(void)close(lock);
	if (im.from >= 0)
		(void)close(im.from);
	home_agreement_free(im.source);
	home_agreement_free(im.current);
	home_agreement_free(im.pending);
	return f;
}
