/*
 * paper: what is asked for is only read, so no signature is asked about.
 */
#include "paper.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "base/io.h"
#include "base/path.h"

/* agreements/ID/versions/N/agreement.json of the home. */
#define OLD_PATH_MAX (LIMIT_ID + 64)

static enum fault
read_file(struct paper *p, int dir, const char *path, struct cause *why)
{
	struct buf bytes = BUF_MAX(LIMIT_DOCUMENT);
	enum fault f = io_load(&bytes, dir, path, why);

	if (f == FAULT_NONE) {
		cause_place(why, path, 0, NULL, UINT64_MAX);
		f = agreement_parse(&p->own, bytes.data, bytes.len, why);
	}
	if (f == FAULT_NONE)
		cause_clear(why);
	p->agreement = p->own;
	buf_free(&bytes);
	return f;
}

static bool
is_file(const char *word)
{
	size_t n = strlen(word);

	return strchr(word, '/') != NULL ||
	    (n > 5 && strcmp(word + n - 5, ".json") == 0);
}

/* Splits ID@VERSION; version 0: none named. */
static enum fault
split(const char *word, char id[LIMIT_ID + 1], unsigned long long *version,
    struct cause *why)
{
	const char *at = strchr(word, '@');
	size_t n = at == NULL ? strlen(word) : (size_t)(at - word);
	size_t digits = at == NULL ? 0 : strspn(at + 1, "0123456789");

	*version = 0;
	if (n > LIMIT_ID ||
	    (at != NULL &&
		(digits == 0 || digits > 15 || at[1 + digits] != '\0' ||
		    at[1] == '0')))
		return cause_set(
		    why, FAULT_USAGE, N_("%s is no identifier"), word);
	memcpy(id, word, n);
	id[n] = '\0';
	if (!path_id_ok(id))
		return cause_set(
		    why, FAULT_USAGE, N_("%s is no identifier"), word);
	if (at != NULL)
		*version = strtoull(at + 1, NULL, 10);
	return FAULT_NONE;
}

/* The one held, the one that waits, or one that was replaced. */
static enum fault
read_version(struct paper *p, const char *id, unsigned long long version,
    struct cause *why)
{
	char path[OLD_PATH_MAX];
	enum fault f = home_agreement(p->home, id, &p->held, why);

	if (f == FAULT_NONE &&
	    (version == 0 || p->held->agreement->version == version))
		return f;
	if (f != FAULT_NONE && f != FAULT_ABSENT)
		return f;
	home_agreement_free(p->held);
	p->held = NULL;
	cause_clear(why);
	f = home_agreement_pending(p->home, id, &p->held, why);
	if (f == FAULT_NONE &&
	    (version == 0 || p->held->agreement->version == version))
		return f;
	if (version == 0 || (f != FAULT_NONE && f != FAULT_ABSENT))
		return f;
	home_agreement_free(p->held);
	p->held = NULL;
	cause_clear(why);
	(void)snprintf(path, sizeof(path),
	    "agreements/%s/versions/%llu/agreement.json", id, version);
	return read_file(p, p->home->dir, path, why);
}

static enum fault
not_known(enum fault f, const char *word, struct cause *why)
{
	if (f != FAULT_ABSENT)
		return f;
	cause_clear(why);
	return cause_set(why, f,
	    N_("agreement %s is not known here; a file is named with its "
	       "directory, such as ./%s"),
	    word, word);
}

enum fault
paper_get(struct paper *out, const struct cli *cli, const char *word,
    struct cause *why)
{
	unsigned long long version = 0;
	char id[LIMIT_ID + 1] = "";
	enum fault f = FAULT_NONE;

	memset(out, 0, sizeof(*out));
	if (is_file(word))
		return read_file(out, AT_FDCWD, word, why);
	if ((f = split(word, id, &version, why)) != FAULT_NONE ||
	    (f = home_open(&out->home, cli_home(cli), why)) != FAULT_NONE)
		return f;
	f = read_version(out, id, version, why);
	if (out->held != NULL)
		out->agreement = out->held->agreement;
	return not_known(f, word, why);
}

enum fault
paper_waiting(
    struct paper *out, const struct cli *cli, const char *id, struct cause *why)
{
	enum fault f = FAULT_NONE;

	memset(out, 0, sizeof(*out));
	if (!path_id_ok(id))
		return cause_set(
		    why, FAULT_USAGE, N_("%s is no identifier"), id);
	if ((f = home_open(&out->home, cli_home(cli), why)) != FAULT_NONE)
		return f;
	f = home_agreement_pending(out->home, id, &out->held, why);
	if (f == FAULT_NONE)
		out->agreement = out->held->agreement;
	if (f != FAULT_ABSENT)
		return f;
	cause_clear(why);
	return cause_set(
	    why, f, N_("no version of %s waits for signatures"), id);
}

void
paper_free(struct paper *p)
{
	home_agreement_free(p->held);
	agreement_free(p->own);
	home_close(p->home);
	memset(p, 0, sizeof(*p));
}
