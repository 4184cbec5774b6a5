/*
 * licence: from two words on the command line to an agreement in force.
 */
#include "licence.h"

#include <string.h>

#include "base/clock.h"
#include "base/intl.h"
#include "key/hash.h"
#include "spool/lists.h"
#include "spool/pepper.h"

/* Splits "AGREEMENT/DATASET". */
static enum fault
split(char agreement[LIMIT_ID + 1], char dataset[LIMIT_ID + 1],
    const char *what, struct cause *why)
{
	const char *slash = strchr(what, '/');
	size_t n = slash == NULL ? 0 : (size_t)(slash - what);

	if (n == 0 || n > LIMIT_ID || strlen(slash + 1) > LIMIT_ID)
		return cause_set(why, FAULT_USAGE,
		    N_("%s is not of the form AGREEMENT/DATASET"), what);
	memcpy(agreement, what, n);
	agreement[n] = '\0';
	memcpy(dataset, slash + 1, strlen(slash + 1) + 1);
	if (!path_id_ok(agreement) || !path_id_ok(dataset))
		return cause_set(why, FAULT_USAGE,
		    N_("%s is not of the form AGREEMENT/DATASET"), what);
	return FAULT_NONE;
}

enum fault
licence_get(
    struct licence *out, struct home *h, const char *what, struct cause *why)
{
	char agreement[LIMIT_ID + 1], dataset[LIMIT_ID + 1];
	enum fault f;

	memset(out, 0, sizeof(*out));
	if ((f = split(agreement, dataset, what, why)) != FAULT_NONE)
		return f;
	f = home_agreement(h, agreement, &out->paper, why);
	if (f == FAULT_ABSENT) {
		cause_clear(why);
		return cause_set(why, FAULT_NO_DATASET,
		    N_("agreement %s is not known here; take it in with: "
		       "saksi agreement import"),
		    agreement);
	}
	if (f != FAULT_NONE ||
	    (f = home_agreement_in_force(h, out->paper, clock_now(), why)) !=
		FAULT_NONE)
		goto out;
	out->agreement = out->paper->agreement;
	out->dataset = agreement_dataset(out->agreement, dataset);
	if (out->dataset == NULL)
		f = cause_set(why, FAULT_NO_DATASET,
		    N_("agreement %s has no data set %s"), agreement, dataset);
	else if (strcmp(out->dataset->from, h->conf->party) != 0) {
		cause_clause(why, "%s.from", out->dataset->clause);
		f = cause_set(why, FAULT_DIRECTION,
		    N_("%s sends %s, and we are %s"), out->dataset->from,
		    dataset, h->conf->party);
	}
	if (f == FAULT_NONE)
		f = lists_load(
		    &out->lists, h, out->agreement, out->dataset, why);
out:
	if (f != FAULT_NONE)
		licence_free(out);
	return f;
}

enum fault
licence_pseudonym(
    struct licence *l, struct home *h, bool make, struct cause *why)
{
	uint8_t secret[PSEUDONYM_SECRET];
	enum fault f = FAULT_NONE;

	if (!l->dataset->projection.hashes)
		return FAULT_NONE;
	f = pepper_load(h, l->agreement->id, make, secret, why);
	if (f == FAULT_ABSENT) {
		cause_clear(why);
		hash_random(secret, sizeof(secret));
		f = FAULT_NONE;
	}
	if (f == FAULT_NONE)
		f = pseudonym_new(&l->pseudonym, secret, why);
	explicit_bzero(secret, sizeof(secret));
	return f;
}

enum fault
licence_still(struct desk *s, const struct home_agreement *paper,
    const struct manifest *m, struct cause *why)
{
	const struct agreement *a = paper->agreement;

	if (!hash_text_equal(m->agreement_sha256, a->sha256))
		return cause_set(why, FAULT_SIGNATURE_MISSING,
		    N_("sealed under version %llu of %s, and version %llu has "
		       "taken its place; it does not leave any more"),
		    (unsigned long long)m->agreement_version, a->id,
		    (unsigned long long)a->version);
	return home_agreement_in_force(s->home, paper, s->now, why);
}

void
licence_free(struct licence *l)
{
	codelists_free(&l->lists);
	home_agreement_free(l->paper);
	pseudonym_free(l->pseudonym);
	memset(l, 0, sizeof(*l));
}
