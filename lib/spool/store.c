/*
 * store: the agreements of a home as they lie on disk.
 *
 * An import puts a whole new directory into the place of the old one.  A reader
 * opens the directory once, reads everything through that descriptor, and then
 * looks whether it is still the one in place; so it never mixes two versions,
 * and no lock is needed for reading.
 */
#include "spool/store.h"

#include <sys/stat.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/intl.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/path.h"

#define SUFFIX ".minisig"
/* Imports are made by hand: two in the time of one reading do not happen. */
#define TRIES 3
/* Signatures of the largest agreement, suspensions, and some to spare. */
#define FILES_MAX (2UL * LIMIT_RECIPIENTS)

void
store_signature_name(char out[STORE_FILE_MAX], const char *party)
{
	(void)snprintf(out, STORE_FILE_MAX, "%s%s", party, SUFFIX);
}

const struct agreement_signature *
store_signature(const struct home_agreement *a, const char *party)
{
	for (size_t i = 0; i < a->n_signatures; i++)
		if (strcmp(a->signatures[i].party, party) == 0)
			return &a->signatures[i];
	return NULL;
}

void
home_agreement_free(struct home_agreement *a)
{
	if (a == NULL)
		return;
	for (size_t i = 0; i < a->n_signatures; i++)
		buf_free(&a->signatures[i].bytes);
	free(a->signatures);
	agreement_free(a->agreement);
	buf_free(&a->bytes);
	free(a);
}

enum fault
store_add(struct home_agreement *a, const struct agreement_signature *s,
    struct cause *why)
{
	struct agreement_signature *grown = NULL;
	struct buf copy = BUF_MAX(LIMIT_KEY_FILE);
	size_t i = 0;

	if (buf_put(&copy, s->bytes.data, s->bytes.len) != FAULT_NONE)
		return cause_memory(why);
	while (i < a->n_signatures &&
	    strcmp(a->signatures[i].party, s->party) != 0)
		i++;
	if (i == a->n_signatures) {
		grown = reallocarray(a->signatures, i + 1, sizeof(*grown));
		if (grown == NULL) {
			buf_free(&copy);
			return cause_memory(why);
		}
		a->signatures = grown;
		a->n_signatures++;
		grown[i] = (struct agreement_signature){ 0 };
		memcpy(grown[i].party, s->party, sizeof(s->party));
	}
	buf_free(&a->signatures[i].bytes);
	a->signatures[i].bytes = copy;
	return FAULT_NONE;
}

/* Takes PARTY.minisig; a name that is none, or of no party, is passed over. */
static enum fault
load_signature(
    struct home_agreement *a, int dir, const char *name, struct cause *why)
{
	struct agreement_signature s = { .bytes = BUF_MAX(LIMIT_KEY_FILE) };
	size_t len = strlen(name), suffix = sizeof(SUFFIX) - 1;
	enum fault f = FAULT_NONE;

	if (len <= suffix || len - suffix > LIMIT_ID ||
	    strcmp(name + len - suffix, SUFFIX) != 0)
		return FAULT_NONE;
	memcpy(s.party, name, len - suffix);
	if (agreement_party(a->agreement, s.party) == NULL)
		return FAULT_NONE;
	f = io_load(&s.bytes, dir, name, why);
	if (f == FAULT_NONE)
		f = store_add(a, &s, why);
	buf_free(&s.bytes);
	return f;
}

enum fault
store_load(struct home_agreement **out, int dir, struct cause *why)
{
	struct home_agreement *a = calloc(1, sizeof(*a));
	struct io_names names = { 0 };
	enum fault f = FAULT_NONE;

	*out = NULL;
	if (a == NULL)
		return cause_memory(why);
	a->bytes.max = LIMIT_DOCUMENT;
	f = io_load(&a->bytes, dir, STORE_AGREEMENT, why);
	if (f == FAULT_NONE)
		f = agreement_parse(
		    &a->agreement, a->bytes.data, a->bytes.len, why);
	if (f == FAULT_NONE)
		f = io_names(&names, dir, ".", FILES_MAX, why);
	for (size_t i = 0; f == FAULT_NONE && i < names.n; i++)
		f = load_signature(a, dir, names.name[i], why);
	io_names_free(&names);
	if (f != FAULT_NONE)
		home_agreement_free(a);
	else
		*out = a;
	return f;
}

enum fault
store_verify(const struct home_agreement *a,
    const struct agreement_signature *s, struct cause *why)
{
	const struct agreement_party *p =
	    agreement_party(a->agreement, s->party);
	struct signature *parsed = malloc(sizeof(*parsed));
	char name[STORE_FILE_MAX] = "";
	enum fault f = FAULT_NONE;

	if (parsed == NULL)
		return cause_memory(why);
	f = signature_parse(parsed, s->bytes.data, s->bytes.len, NULL);
	if (f == FAULT_NONE && p != NULL)
		f = signature_verify(
		    parsed, &p->root, a->bytes.data, a->bytes.len, NULL);
	if (f == FAULT_MEMORY)
		f = cause_memory(why);
	if (f == FAULT_NONE || f == FAULT_MEMORY)
		goto out;
	/* No signature file, another key, other bytes: one fault for all. */
	store_signature_name(name, s->party);
	cause_place(why, name, 0, NULL, UINT64_MAX);
	f = cause_set(why, FAULT_SIGNATURE,
	    N_("is no signature of this agreement by the root key that it "
	       "names for %s"),
	    s->party);
out:
	free(parsed);
	return f;
}

/* Reads through one descriptor; *same says whether the path still leads to
 * the directory that was read. */
static enum fault
load_once(struct home *h, const char *path, struct home_agreement **out,
    bool *same, struct cause *why)
{
	struct stat read = { 0 }, now = { 0 };
	int dir = -1;
	enum fault f = io_opendir(&dir, h->dir, path, why);

	*same = true;
	if (f != FAULT_NONE)
		return f;
	if (fstat(dir, &read) != 0)
		f = cause_system(why, "stat", path);
	else
		f = store_load(out, dir, why);
	*same = fstatat(h->dir, path, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
	    now.st_ino == read.st_ino && now.st_dev == read.st_dev;
	(void)close(dir);
	return f;
}

static enum fault
load(struct home *h, const char *path, const char *id,
    struct home_agreement **out, struct cause *why)
{
	struct cause found = { 0 };
	bool same = false;
	enum fault f = FAULT_NONE;

	*out = NULL;
	for (int i = 0; i < TRIES && !same; i++) {
		home_agreement_free(*out);
		*out = NULL;
		cause_clear(&found);
		f = load_once(h, path, out, &same, &found);
	}
	/* A directory that was renamed by hand would answer for another. */
	if (f == FAULT_NONE && strcmp((*out)->agreement->id, id) != 0) {
		cause_place(&found, path, 0, NULL, UINT64_MAX);
		f = cause_set(&found, FAULT_FORMAT, N_("this is agreement %s"),
		    (*out)->agreement->id);
	}
	if (f == FAULT_NONE)
		return f;
	home_agreement_free(*out);
	*out = NULL;
	if (why != NULL)
		*why = found;
	return f;
}

enum fault
home_agreement(struct home *h, const char *id, struct home_agreement **out,
    struct cause *why)
{
	char path[sizeof(STORE) + LIMIT_ID + 2] = "";
	enum fault f = FAULT_ABSENT;

	*out = NULL;
	if (path_id_ok(id)) {
		(void)snprintf(path, sizeof(path), "%s/%s", STORE, id);
		f = load(h, path, id, out, why);
	}
	if (f == FAULT_ABSENT)
		f = cause_set(why, FAULT_ABSENT,
		    N_("agreement %s is not known here"), id);
	return f;
}

enum fault
home_agreement_pending(struct home *h, const char *id,
    struct home_agreement **out, struct cause *why)
{
	char path[sizeof(STORE) + LIMIT_ID + sizeof(STORE_PENDING) + 2] = "";
	enum fault f = FAULT_ABSENT;

	*out = NULL;
	if (path_id_ok(id)) {
		(void)snprintf(
		    path, sizeof(path), "%s/%s/%s", STORE, id, STORE_PENDING);
		f = load(h, path, id, out, why);
	}
	if (f == FAULT_ABSENT)
		f = cause_set(why, FAULT_ABSENT,
		    N_("no version of agreement %s waits for signatures"), id);
	return f;
}

enum fault
home_agreement_in_force(struct home *h, const struct home_agreement *a,
    int64_t now, struct cause *why)
{
	return agreement_in_force(a->agreement, a->bytes.data, a->bytes.len,
	    a->signatures, a->n_signatures, h->trust, now, why);
}

enum fault
home_agreements(struct home *h, struct io_names *out, struct cause *why)
{
	enum fault f = io_names(out, h->dir, STORE, LIMIT_DROP_ENTRIES, why);
	size_t kept = 0;

	for (size_t i = 0; f == FAULT_NONE && i < out->n; i++) {
		if (path_id_ok(out->name[i]))
			out->name[kept++] = out->name[i];
		else
			free(out->name[i]);
	}
	if (f == FAULT_NONE)
		out->n = kept;
	return f;
}
