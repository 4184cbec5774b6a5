/*
 * lists: each list is read, proved and let go before the next, because all of
 * them may be large.
 */
#include "spool/lists.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/intl.h"
#include "base/io.h"
#include "record/code.h"
#include "record/dataset.h"
#include "spool/store.h"

#define LISTS "lists"
#define PATH_SIZE (sizeof(LISTS) + HASH_TEXT_LEN + LIMIT_ID + 8)

static void
path_brought(char out[PATH_SIZE], const struct agreement_list *l)
{
	(void)snprintf(out, PATH_SIZE, LISTS "/%s.csv", l->id);
}

static void
path_kept(char out[PATH_SIZE], const struct agreement_list *l)
{
	(void)snprintf(out, PATH_SIZE, LISTS "/%s.csv", l->sha256);
}

/* The file's bytes, if they are the list's: FAULT_ABSENT, FAULT_PAYLOAD_HASH.
 */
static enum fault
read_proved(struct buf *out, int dir, const char *path,
    const struct agreement_list *l, struct cause *why)
{
	char sha256[HASH_TEXT_LEN] = "";
	enum fault f = FAULT_NONE;

	out->len = 0;
	out->max = LIMIT_CODE_LIST;
	f = io_load(out, dir, path, why);
	if (f == FAULT_NONE)
		f = hash_bytes_text(sha256, out->data, out->len);
	if (f == FAULT_MEMORY)
		return cause_memory(why);
	if (f != FAULT_NONE || hash_text_equal(sha256, l->sha256))
		return f;
	cause_place(why, path, 0, NULL, UINT64_MAX);
	return cause_set(why, FAULT_PAYLOAD_HASH,
	    N_("is not the code list %s that was signed; its hash differs"),
	    l->id);
}

/* From where it is brought; then from where it is kept. */
static enum fault
find(struct buf *out, const struct agreement_list *l, int from, int kept,
    struct cause *why)
{
	struct cause found;
	char path[PATH_SIZE];
	enum fault f = FAULT_NONE;

	cause_clear(&found);
	path_brought(path, l);
	f = read_proved(out, from, path, l, &found);
	if (f == FAULT_ABSENT && kept >= 0) {
		char ours[PATH_SIZE];

		path_kept(ours, l);
		f = read_proved(out, kept, ours, l, NULL);
		/* What is damaged with us must be brought again. */
		if (f == FAULT_PAYLOAD_HASH)
			f = FAULT_ABSENT;
	}
	if (f == FAULT_ABSENT) {
		cause_clear(&found);
		cause_place(&found, path, 0, NULL, UINT64_MAX);
		f = cause_set(&found, FAULT_ABSENT,
		    N_("the code list %s belongs to the agreement and is "
		       "missing beside it"),
		    l->id);
	}
	if (f != FAULT_NONE && why != NULL)
		*why = found;
	return f;
}

static struct codelist_file
file_of(const struct agreement_list *l, const struct buf *bytes)
{
	return (
	    struct codelist_file){ l->id, l->dialect, bytes->data, bytes->len };
}

enum fault
lists_prove(bool *fresh, const struct agreement *a, int from, int kept,
    struct cause *why)
{
	struct buf bytes = BUF_MAX(LIMIT_CODE_LIST);
	char path[PATH_SIZE];
	enum fault f = FAULT_NONE;

	*fresh = false;
	for (size_t i = 0; f == FAULT_NONE && i < a->n_lists; i++) {
		const struct agreement_list *l = &a->lists[i];
		struct codelist_file file;
		struct codelist *list = NULL;

		f = find(&bytes, l, from, kept, why);
		if (f == FAULT_NONE)
			file = file_of(l, &bytes);
		if (f == FAULT_NONE)
			f = codelist_parse(&list, &file, why);
		if (f == FAULT_NONE)
			f = code_fits(a, l->id, list, why);
		codelist_free(list);
		path_kept(path, l);
		if (f == FAULT_NONE)
			*fresh = *fresh || kept < 0 ||
			    read_proved(&bytes, kept, path, l, NULL) !=
				FAULT_NONE;
	}
	buf_free(&bytes);
	return f;
}

enum fault
lists_put(const struct agreement *a, int from, int to, struct cause *why)
{
	struct buf bytes = BUF_MAX(LIMIT_CODE_LIST);
	char path[PATH_SIZE];
	int dir = -1;
	enum fault f = FAULT_NONE;

	if (a->n_lists == 0)
		return FAULT_NONE;
	f = io_mkdirs(to, LISTS, why);
	if (f == FAULT_NONE)
		f = io_opendir(&dir, to, LISTS, why);
	for (size_t i = 0; f == FAULT_NONE && i < a->n_lists; i++) {
		const struct agreement_list *l = &a->lists[i];

		path_kept(path, l);
		if (read_proved(&bytes, to, path, l, NULL) == FAULT_NONE)
			continue;
		path_brought(path, l);
		f = read_proved(&bytes, from, path, l, why);
		path_kept(path, l);
		if (f == FAULT_NONE)
			f = io_save(dir, path + sizeof(LISTS), bytes.data,
			    bytes.len, 0600, true, why);
	}
	if (dir >= 0)
		(void)close(dir);
	buf_free(&bytes);
	return f;
}

static enum fault
load_one(struct codelists *out, int dir, const struct agreement_list *l,
    struct cause *why)
{
	struct buf bytes = BUF_MAX(LIMIT_CODE_LIST);
	struct codelist_file file;
	char path[PATH_SIZE];
	enum fault f = FAULT_NONE;

	path_kept(path, l);
	f = read_proved(&bytes, dir, path, l, why);
	if (f == FAULT_ABSENT || f == FAULT_PAYLOAD_HASH) {
		cause_place(why, path, 0, NULL, UINT64_MAX);
		f = cause_set(why, FAULT_CONF,
		    N_("the code list %s is missing here or damaged; take the "
		       "agreement in again with its lists"),
		    l->id);
	}
	file = file_of(l, &bytes);
	if (f == FAULT_NONE)
		f = codelist_parse(&out->list[out->n], &file, why);
	if (f == FAULT_NONE)
		out->n++;
	buf_free(&bytes);
	return f;
}

enum fault
lists_load(struct codelists *out, struct home *h, const struct agreement *a,
    const struct dataset *d, struct cause *why)
{
	char path[sizeof(STORE) + LIMIT_ID + 1];
	int dir = -1;
	enum fault f = FAULT_NONE;

	out->n = 0;
	for (size_t i = 0; f == FAULT_NONE && i < a->n_lists; i++) {
		if (!dataset_needs(d, a->lists[i].id))
			continue;
		(void)snprintf(path, sizeof(path), STORE "/%s", a->id);
		if (dir < 0)
			f = io_opendir(&dir, h->dir, path, why);
		if (f == FAULT_NONE)
			f = load_one(out, dir, &a->lists[i], why);
	}
	if (dir >= 0)
		(void)close(dir);
	return f;
}
