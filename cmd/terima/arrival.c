/*
 * arrival: the receiver's rules, one function each, in the order of the
 * contract.  What fails early is never looked at more closely.
 */
#include "arrival.h"

#include <stdio.h>
#include <string.h>

#include "base/intl.h"
#include "proof.h"
#include "reading.h"
#include "spool/outbox.h"

#define ARRIVAL_PATH_MAX (PARCEL_NAME_MAX + 64)

static enum fault
load_one(
    struct arrival *a, const char *name, struct buf *out, struct cause *why)
{
	char path[ARRIVAL_PATH_MAX];
	enum fault f;

	(void)snprintf(path, sizeof(path), "%s/%s", a->dir, name);
	f = remote_load(a->remote, path, out, why);
	if (f != FAULT_ABSENT)
		return f;
	cause_clear(why);
	cause_place(why, name, 0, NULL, UINT64_MAX);
	return cause_set(
	    why, FAULT_INCOMPLETE, N_("the parcel's directory lacks it"));
}

enum fault
arrival_load(struct arrival *a, struct cause *why)
{
	enum fault f;

	a->bytes.max = LIMIT_DOCUMENT;
	a->signature.max = LIMIT_KEY_FILE;
	parcel_name_text(a->text, &a->name);
	parcel_name_dir(a->dir, &a->name);
	if ((f = load_one(a, MANIFEST_NAME, &a->bytes, why)) != FAULT_NONE ||
	    (f = load_one(a, MANIFEST_SIG_NAME, &a->signature, why)) !=
		FAULT_NONE)
		return f;
	if (hash_bytes_text(a->sha256, a->bytes.data, a->bytes.len) !=
	    FAULT_NONE)
		return cause_memory(why);
	f = index_parcel(a->s->index, &a->name, PARCEL_IN, &a->known, why);
	if (f == FAULT_ABSENT) {
		cause_clear(why);
		memset(&a->known, 0, sizeof(a->known));
		return FAULT_NONE;
	}
	a->same =
	    f == FAULT_NONE && hash_text_equal(a->known.manifest, a->sha256);
	return f;
}

void
arrival_free(struct arrival *a)
{
	manifest_free(a->manifest);
	a->manifest = NULL;
	buf_free(&a->bytes);
	buf_free(&a->signature);
}

bool
arrival_final(int code)
{
	/* Only what is found after the order was proved uses a number up. */
	return (code >= FAULT_DIRECTION && code <= FAULT_MANIFEST_FIELD) ||
	    (code >= 400 && code < 500 && code != FAULT_PAYLOAD_HASH &&
		code != FAULT_DECRYPT);
}

/* ---- the rules ---- */

/* 1 and 2: the signature, by a key of the party in whose directory it lies,
 * valid when the manifest was made. */
static enum fault
signature(struct arrival *a, struct cause *why)
{
	struct proof proof;
	enum fault f;

	if ((f = proof_holds(&proof, a->s->home->trust, a->name.sender,
		 &a->bytes, &a->signature, why)) != FAULT_NONE) {
		cause_place(why, MANIFEST_NAME, 0, NULL, UINT64_MAX);
		return f;
	}
	f = reading_manifest(&a->manifest, a->bytes.data, a->bytes.len, why);
	if (f == FAULT_FORMAT)
		f = why->fault = FAULT_MANIFEST_FIELD;
	if (f != FAULT_NONE)
		return f;
	return proof_valid(&proof, a->manifest->created, why);
}

/* 3: the agreement the manifest names, by hash, in force today. */
static enum fault
agreement(struct arrival *a, struct cause *why)
{
	const struct manifest *m = a->manifest;
	const struct agreement *g = a->paper->agreement;

	if (strcmp(m->agreement, g->id) != 0) {
		cause_place(why, a->dir, 0, NULL, UINT64_MAX);
		return cause_set(why, FAULT_WRONG_PLACE,
		    N_("the manifest is of agreement %s"), m->agreement);
	}
	if (!hash_text_equal(m->agreement_sha256, g->sha256))
		return cause_set(why, FAULT_SIGNATURE_MISSING,
		    N_("made under another text of %s (version %llu) than the "
		       "one in force here (version %llu)"),
		    m->agreement, (unsigned long long)m->agreement_version,
		    (unsigned long long)g->version);
	return home_agreement_in_force(a->s->home, a->paper, a->s->now, why);
}

static bool
addressed(const struct manifest *m, const char *party)
{
	size_t i;

	for (i = 0; i < m->n_recipients; i++)
		if (strcmp(m->recipients[i], party) == 0)
			return true;
	return false;
}

static bool
in_place(const struct arrival *a)
{
	char named[PARCEL_NAME_MAX];
	struct parcel_name name;

	manifest_name(&name, a->manifest);
	parcel_name_dir(named, &name);
	return strcmp(named, a->dir) == 0;
}

/* 4: addressed to us, and in the directory it names. */
static enum fault
place(struct arrival *a, struct cause *why)
{
	const struct manifest *m = a->manifest;
	const char *own = a->s->home->conf->party;

	if (!addressed(m, own))
		return cause_set(why, FAULT_NOT_ADDRESSED,
		    N_("%s is not among its recipients"), own);
	if (!in_place(a)) {
		cause_place(why, a->dir, 0, NULL, UINT64_MAX);
		if (!a->name.test && strcmp(m->purpose, "test") == 0)
			return cause_set(why, FAULT_WRONG_PLACE,
			    N_("it is a test, and lies where production data "
			       "belongs"));
		return cause_set(why, FAULT_WRONG_PLACE,
		    N_("its manifest belongs to %s, data set %s, number %llu"),
		    m->agreement, m->dataset, (unsigned long long)m->sequence);
	}
	a->dataset = agreement_dataset(a->paper->agreement, m->dataset);
	if (a->dataset == NULL)
		return cause_set(why, FAULT_NO_DATASET,
		    N_("agreement %s has no data set %s"), m->agreement,
		    m->dataset);
	return FAULT_NONE;
}

/* Whether what is on record has this number: what was refused before its order
 * was looked at never had it. */
static bool
number_taken(const struct parcel_state *known)
{
	return known->state[0] != '\0' &&
	    !(strcmp(known->state, "refused") == 0 &&
		known->code <= FAULT_NO_DATASET);
}

/* What it waits for: numbers that did not come, or one that came and was
 * refused in a way that may still be mended. */
static enum fault
gap(struct arrival *a, uint64_t expected, struct cause *why)
{
	struct parcel_name name = a->name;
	struct parcel_state state;
	enum fault f;

	name.sequence = expected;
	f = index_parcel(a->s->index, &name, PARCEL_IN, &state, why);
	if (f != FAULT_NONE && f != FAULT_ABSENT)
		return f;
	cause_clear(why);
	if (f == FAULT_NONE && state.code != 0)
		return cause_set(why, FAULT_GAP,
		    N_("number %llu is not settled: it was refused with code "
		       "%d"),
		    (unsigned long long)expected, state.code);
	if (a->name.sequence > expected + 1)
		return cause_set(why, FAULT_GAP,
		    N_("numbers %llu to %llu are missing"),
		    (unsigned long long)expected,
		    (unsigned long long)a->name.sequence - 1);
	return cause_set(why, FAULT_GAP, N_("number %llu is missing"),
	    (unsigned long long)expected);
}

/* 5: the next number, with the right hash of the manifest before it. */
static enum fault
sequence(struct arrival *a, struct cause *why)
{
	const struct manifest *m = a->manifest;
	struct parcel_state last;
	uint64_t expected = 1;
	enum fault f;

	/* Its order was proved when it was taken. */
	if (number_taken(&a->known) && a->same)
		return FAULT_NONE;
	if (number_taken(&a->known))
		return cause_set(why, FAULT_EQUIVOCATION,
		    N_("manifest %.16s… is on record, %.16s… lies on the drop; "
		       "both are signed"),
		    a->known.manifest, a->sha256);
	memset(&last, 0, sizeof(last));
	f = index_last(a->s->index, &a->name, PARCEL_IN, &last, why);
	if (f == FAULT_NONE)
		expected = last.name.sequence + 1;
	else if (f != FAULT_ABSENT)
		return f;
	cause_clear(why);
	if (m->sequence > expected)
		return gap(a, expected, why);
	if (m->sequence < expected || strcmp(m->previous, last.manifest) != 0)
		return cause_set(why, FAULT_CHAIN,
		    N_("it does not follow the parcel we have as number "
		       "%llu"),
		    (unsigned long long)expected - 1);
	return FAULT_NONE;
}

enum fault
arrival_prove(struct arrival *a, struct cause *why)
{
	enum fault f;

	if ((f = signature(a, why)) != FAULT_NONE)
		return f;
	/* Whom a refusal answers: asked now, for an agreement out of force is
	 * told to its sender too. */
	a->ours =
	    addressed(a->manifest, a->s->home->conf->party) && in_place(a);
	if ((f = agreement(a, why)) != FAULT_NONE ||
	    (f = place(a, why)) != FAULT_NONE ||
	    (f = sequence(a, why)) != FAULT_NONE ||
	    (f = manifest_check(a->manifest, a->paper->agreement, a->dataset,
		 why)) != FAULT_NONE)
		return f;
	cause_clear(why);
	return FAULT_NONE;
}
