/*
 * manifest_check: what a manifest says, held against what was agreed.  The same
 * rules on both sides: the sender is told before anything leaves, the receiver
 * does not depend on the sender having looked.
 */
#include "record/manifest.h"

#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "check/schema.h"
#include "record/member.h"
#include "check/set.h"

/*
 * The hash, not the version number, says which agreement it is: two papers may
 * bear one number, but not one hash.
 */
static enum fault
check_agreement(const struct manifest *m, const struct agreement *a,
    const struct dataset *d, struct cause *why)
{
	if (strcmp(m->agreement, a->id) != 0) {
		cause_clause(why, "agreement.id");
		return cause_set(why, FAULT_WRONG_PLACE,
		    N_("the manifest belongs to agreement %s, not to %s"),
		    m->agreement, a->id);
	}
	/* Another version is another paper: its signatures are not these. */
	if (m->agreement_version != a->version ||
	    !hash_text_equal(m->agreement_sha256, a->sha256)) {
		cause_clause(why, "agreement.version");
		return cause_set(why, FAULT_SIGNATURE_MISSING,
		    N_("the manifest names version %llu of the agreement, "
		       "whose "
		       "bytes are not those of version %llu that we hold"),
		    (unsigned long long)m->agreement_version,
		    (unsigned long long)a->version);
	}
	if (strcmp(m->dataset, d->id) != 0) {
		cause_clause(why, "%s", d->clause);
		return cause_set(why, FAULT_NO_DATASET,
		    N_("the manifest is for data set %s"), m->dataset);
	}
	return FAULT_NONE;
}

/* Whether each agreed recipient is there and nobody else; marks those seen. */
static enum fault
check_recipients(const struct manifest *m, const struct dataset *d,
    const struct set *agreed, bool *seen, struct cause *why)
{
	size_t i, at;

	for (i = 0; i < m->n_recipients; i++) {
		at = set_find(
		    agreed, m->recipients[i], strlen(m->recipients[i]));
		if (at == SIZE_MAX) {
			cause_clause(why, "%s.to", d->clause);
			return cause_set(why, FAULT_DIRECTION,
			    N_("%s is no recipient of this data set"),
			    m->recipients[i]);
		}
		seen[at] = true;
	}
	for (i = 0; i < d->n_to; i++)
		if (!seen[i]) {
			cause_clause(why, "%s.to", d->clause);
			return cause_set(why, FAULT_DIRECTION,
			    N_("the recipient %s is left out"), d->to[i]);
		}
	return FAULT_NONE;
}

/*
 * All agreed recipients and nobody else: one that is left out would miss a
 * number of the stream and wait for it for ever.
 */
static enum fault
check_direction(
    const struct manifest *m, const struct dataset *d, struct cause *why)
{
	struct set *agreed = NULL;
	bool *seen = NULL;
	enum fault f = FAULT_NONE;
	size_t twice = 0;

	if (strcmp(m->sender, d->from) != 0) {
		cause_clause(why, "%s.from", d->clause);
		return cause_set(why, FAULT_DIRECTION,
		    N_("%s is the sender; the agreement names %s"), m->sender,
		    d->from);
	}
	/* The agreement's reader has held them different. */
	seen = calloc(d->n_to, sizeof(*seen));
	if (seen == NULL ||
	    set_new(&agreed, (const char *const *)d->to, d->n_to, &twice) !=
		FAULT_NONE)
		f = cause_memory(why);
	else
		f = check_recipients(m, d, agreed, seen, why);
	set_free(agreed);
	free(seen);
	return f;
}

/* By what the manifest declares; the receiver also counts while it unpacks. */
static enum fault
check_limits(
    const struct manifest *m, const struct dataset *d, struct cause *why)
{
	const char *what = "rows";
	uint64_t have = m->rows, most = d->max_rows;

	if (most == 0 || have <= most) {
		what = "bytes";
		have = m->unpacked_bytes;
		most = d->max_bytes;
	}
	if (most == 0 || have <= most)
		return FAULT_NONE;
	cause_clause(why, "%s.limits.%s", d->clause, what);
	return cause_set(why, FAULT_OVER_LIMITS,
	    N_("%s: %llu, agreed are %llu"), what, (unsigned long long)have,
	    (unsigned long long)most);
}

static const char *
field_value(const struct manifest *m, const char *name)
{
	size_t i;

	for (i = 0; i < m->n_fields; i++)
		if (strcmp(m->fields[i].name, name) == 0)
			return m->fields[i].value;
	return NULL;
}

/* The value is not repeated: what was typed there may be anything. */
static enum fault
field_fault(const struct dataset *d, const char *name, const char *rule,
    struct cause *why)
{
	cause_clause(why, "%s.manifest_fields[%s]", d->clause, name);
	if (rule[0] == '\0')
		return cause_set(why, FAULT_MANIFEST_FIELD,
		    N_("the agreement knows no field \"%s\""), name);
	cause_rule(why, rule);
	if (strcmp(rule, "twice") == 0)
		return cause_set(why, FAULT_MANIFEST_FIELD,
		    N_("the field \"%s\" is given twice"), name);
	if (strcmp(rule, "required") == 0)
		return cause_set(why, FAULT_MANIFEST_FIELD,
		    N_("the agreed field \"%s\" is missing"), name);
	if (strcmp(rule, "text") == 0)
		return cause_set(why, FAULT_MANIFEST_FIELD,
		    N_("the field \"%s\" is not 1 to %d bytes of printable "
		       "text in one line"),
		    name, MEMBER_TEXT_MAX);
	return cause_set(why, FAULT_MANIFEST_FIELD,
	    N_("the field \"%s\" breaks the agreed rule \"%s\""), name, rule);
}

/*
 * Unknown fields first: a misspelt name would otherwise be told as the right
 * one missing, which is true but does not help.
 */
static enum fault
check_fields(
    const struct manifest *m, const struct dataset *d, struct cause *why)
{
	const struct schema *s = d->manifest_fields;
	const char *name = NULL;
	struct cause found;
	enum fault f = FAULT_NONE;
	size_t i;

	for (i = 0; i < m->n_fields; i++) {
		name = m->fields[i].name;
		if (s == NULL || schema_find(s, name) == SIZE_MAX)
			return field_fault(d, name, "", why);
		/* Given twice, the first would be judged and both written. */
		if (field_value(m, name) != m->fields[i].value)
			return field_fault(d, name, "twice", why);
	}
	for (i = 0; s != NULL && i < schema_count(s); i++) {
		name = schema_name(s, i);
		cause_clear(&found);
		f = schema_check(s, i, field_value(m, name), &found);
		if (f == FAULT_VALUE)
			return field_fault(d, name,
			    found.rule[0] != '\0' ? found.rule : "type", why);
		if (f != FAULT_NONE) {
			if (why != NULL)
				*why = found;
			return f;
		}
	}
	/* Else the page could be written, but not read again: the number would
	 * be used up, and no parcel could ever have it. */
	for (i = 0; i < m->n_fields; i++)
		if (!member_text_ok(m->fields[i].value, MEMBER_TEXT_MAX))
			return field_fault(d, m->fields[i].name, "text", why);
	if (m->period[0] != '\0' &&
	    !member_text_ok(m->period, sizeof(m->period) - 1)) {
		cause_clause(why, "period");
		return cause_set(why, FAULT_MANIFEST_FIELD,
		    N_("the period is not printable text in one line"));
	}
	return FAULT_NONE;
}

/* From the paper to the details: each step makes sense of the next. */
enum fault
manifest_check(const struct manifest *m, const struct agreement *a,
    const struct dataset *d, struct cause *why)
{
	enum fault f = check_agreement(m, a, d, why);

	if (f == FAULT_NONE)
		f = check_direction(m, d, why);
	if (f == FAULT_NONE)
		f = check_limits(m, d, why);
	if (f == FAULT_NONE)
		f = check_fields(m, d, why);
	return f;
}
