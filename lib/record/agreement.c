/*
 * agreement: read part by part.  One reader serves both uses: parsing stops at
 * the first fault, checking goes on with every part that does not rest on a
 * faulty one, so that an author mends a draft in one round.
 */
#include "record/agreement.h"

#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "check/set.h"
#include "record/code.h"
#include "record/dataset.h"
#include "record/drop.h"
#include "record/member.h"
#include "record/party.h"
#include "record/terms.h"

static const struct node_member agreement_members[] = {
	{ "format", NODE_STRING, true, false },
	{ "id", NODE_STRING, true, false },
	{ "version", NODE_INTEGER, true, false },
	{ "replaces", NODE_STRING, true, true },
	{ "title", NODE_STRING, true, false },
	{ "documents", NODE_ARRAY, true, false },
	{ "valid", NODE_OBJECT, true, false },
	{ "purpose", NODE_STRING, true, false },
	{ "legal_basis", NODE_ARRAY, true, false },
	{ "parties", NODE_ARRAY, true, false },
	{ "signatures_required", NODE_ARRAY, true, false },
	{ "drops", NODE_ARRAY, true, false },
	{ "code_lists", NODE_ARRAY, false, false },
	{ "datasets", NODE_ARRAY, true, false },
	{ "handling", NODE_OBJECT, true, false },
	{ "contacts", NODE_ARRAY, true, false },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* The parts, in the order they are read. */
enum part {
	PART_MEMBERS,
	PART_HEAD,
	PART_VALID,
	PART_PARTIES,
	PART_REQUIRED,
	PART_DROPS,
	PART_LISTS,
	PART_HANDLING,
	PART_CONTACTS,
	PART_DATASETS,
	PART_N
};

#define BIT(part) (1U << (part))

/* What a part is read from and which parts it rests on. */
static const struct part_rule {
	const char *member; /* of the root; NULL = the whole root */
	enum node_type type;
	unsigned needs;
} part_rules[PART_N] = {
	[PART_MEMBERS] = { NULL, NODE_OBJECT, 0 },
	[PART_HEAD] = { NULL, NODE_OBJECT, BIT(PART_MEMBERS) },
	[PART_VALID] = { "valid", NODE_OBJECT, 0 },
	[PART_PARTIES] = { "parties", NODE_ARRAY, 0 },
	[PART_REQUIRED] = { "signatures_required", NODE_ARRAY,
	    BIT(PART_PARTIES) },
	[PART_DROPS] = { "drops", NODE_ARRAY, 0 },
	[PART_LISTS] = { NULL, NODE_OBJECT, 0 },
	[PART_HANDLING] = { "handling", NODE_OBJECT, 0 },
	[PART_CONTACTS] = { "contacts", NODE_ARRAY, BIT(PART_PARTIES) },
	[PART_DATASETS] = { "datasets", NODE_ARRAY, 0 },
};

/* A reading under way. */
struct review {
	struct agreement *a;
	const struct node *root;
	struct cause *faults;
	size_t max;
	size_t n;
	unsigned done; /* BIT of each part without a fault */
	bool no_memory;
};

/* Keeps a fault.  Without memory nothing more can be said about the rest. */
static bool
settle(struct review *r, enum fault f, const struct cause *found)
{
	if (f == FAULT_NONE)
		return true;
	if (f == FAULT_MEMORY)
		r->no_memory = true;
	if (r->n < r->max)
		r->faults[r->n++] = *found;
	return false;
}

/* Whether the reading may stop: nobody would be told more. */
static bool
full(const struct review *r)
{
	return r->no_memory || r->n >= r->max;
}

/* Whether a part can be judged; what the root lacks is a fault of the root. */
static bool
readable(const struct review *r, enum part part)
{
	const struct part_rule *rule = &part_rules[part];
	const struct node *node = NULL;

	if ((r->done & rule->needs) != rule->needs)
		return false;
	if (part == PART_MEMBERS)
		return true;
	node = rule->member != NULL ? node_get(r->root, rule->member) : r->root;
	return node != NULL && node_type(node) == rule->type;
}

/* One data set: by itself, and among its neighbours. */
static bool
review_dataset(struct review *r, size_t at, const struct node *node)
{
	/* Where it comes from and goes to is judged only by lists that
	 * stand: a faulty list of parties would make every name unknown. */
	const unsigned places =
	    BIT(PART_PARTIES) | BIT(PART_DROPS) | BIT(PART_LISTS);
	struct dataset *d = &r->a->datasets[at];
	struct cause found;
	enum fault f = FAULT_NONE;
	bool good = false;
	size_t i;

	cause_clear(&found);
	good = settle(r, dataset_read(d, node, at, &found), &found);
	for (i = 0; good && i < at; i++)
		if (strcmp(r->a->datasets[i].id, d->id) == 0) {
			cause_clause(&found, "%s.id", d->clause);
			f = cause_set(
			    &found, FAULT_FORMAT, N_("this id is there twice"));
			good = settle(r, f, &found);
		}
	if (!good || (r->done & places) != places)
		return good;
	return settle(r, dataset_check(d, r->a, &found), &found);
}

/* Each data set has faults of its own, so the list is a part of many. */
static bool
review_datasets(struct review *r)
{
	struct cause found;
	struct member top = { r->root, "", &found, FAULT_NONE };
	const struct node *list = NULL;
	struct agreement *a = r->a;
	bool good = true;
	size_t i;

	cause_clear(&found);
	list = member_list(&top, "datasets", 1, DATASET_MAX);
	if (list == NULL)
		return settle(r, top.fault, &found);
	a->datasets = calloc(node_count(list), sizeof(*a->datasets));
	if (a->datasets == NULL)
		return settle(r, cause_memory(&found), &found);
	for (i = 0; i < node_count(list) && !full(r); i++) {
		a->n_datasets = i + 1;
		if (!review_dataset(r, i, node_at(list, i)))
			good = false;
	}
	return good;
}

/* A switch and no table of functions: the reader sees what runs when. */
static enum fault
read_part(struct review *r, enum part part, struct cause *why)
{
	struct member top = { r->root, "", why, FAULT_NONE };

	switch (part) {
	case PART_MEMBERS:
		member_table(&top, agreement_members, COUNT(agreement_members));
		return top.fault;
	case PART_HEAD:
		return terms_read_head(r->a, r->root, why);
	case PART_VALID:
		return terms_read_valid(r->a, r->root, why);
	case PART_PARTIES:
		return party_read(r->a, r->root, why);
	case PART_REQUIRED:
		return party_read_required(r->a, r->root, why);
	case PART_DROPS:
		return drop_read(r->a, r->root, why);
	case PART_LISTS:
		return code_read(r->a, r->root, why);
	case PART_HANDLING:
		return terms_check_handling(r->root, why);
	case PART_CONTACTS:
		return terms_check_contacts(r->a, r->root, why);
	case PART_DATASETS: /* has faults of its own: review_datasets */
	case PART_N:
	default:
		return FAULT_NONE;
	}
}

/*
 * Part after part.  A part that rests on a faulty one is left out: its faults
 * would only be echoes, and the author has enough to mend.
 */
static void
review(struct review *r)
{
	struct cause found;
	unsigned part;
	bool good = false;

	for (part = 0; part < PART_N && !full(r); part++) {
		if (!readable(r, (enum part)part))
			continue;
		cause_clear(&found);
		if (part == PART_DATASETS)
			good = review_datasets(r);
		else
			good = settle(
			    r, read_part(r, (enum part)part, &found), &found);
		if (good)
			r->done |= BIT(part);
	}
}

/* Reads what it can; *out is to be freed even when there are faults. */
static enum fault
examine(struct agreement **out, const void *bytes, size_t len, struct review *r)
{
	struct agreement *a = NULL;
	struct cause found;
	enum fault f = FAULT_NONE;

	*out = NULL;
	cause_clear(&found);
	if (len > LIMIT_DOCUMENT) {
		f = cause_set(&found, FAULT_FORMAT,
		    N_("an agreement has at most %lu bytes"), LIMIT_DOCUMENT);
		goto out;
	}
	a = calloc(1, sizeof(*a));
	if (a == NULL || hash_bytes_text(a->sha256, bytes, len) != FAULT_NONE) {
		f = cause_memory(&found);
		goto out;
	}
	f = doc_parse(&a->doc, bytes, len, &found);
	if (f != FAULT_NONE)
		goto out;
	r->a = a;
	r->root = doc_root(a->doc);
	review(r);
out:
	(void)settle(r, f, &found);
	*out = a;
	if (r->no_memory)
		return FAULT_MEMORY;
	return r->n > 0 ? FAULT_FORMAT : FAULT_NONE;
}

enum fault
agreement_parse(
    struct agreement **out, const void *bytes, size_t len, struct cause *why)
{
	struct cause first;
	struct review r = { NULL, NULL, &first, 1, 0, 0, false };
	enum fault f = FAULT_NONE;

	cause_clear(&first);
	f = examine(out, bytes, len, &r);
	if (f == FAULT_NONE)
		return FAULT_NONE;
	agreement_free(*out);
	*out = NULL;
	if (why != NULL) {
		/* The caller may have named the file already. */
		cause_place(&first, why->file[0] != '\0' ? why->file : NULL, 0,
		    NULL, UINT64_MAX);
		*why = first;
	}
	return f;
}

enum fault
agreement_check(
    const void *bytes, size_t len, struct cause *faults, size_t max, size_t *n)
{
	struct cause one;
	struct review r = { NULL, NULL, faults, max, 0, 0, false };
	struct agreement *a = NULL;
	enum fault f = FAULT_NONE;

	/* Room for none must not mean that nothing is looked at. */
	if (max == 0) {
		r.faults = &one;
		r.max = 1;
	}
	f = examine(&a, bytes, len, &r);
	agreement_free(a);
	*n = max > 0 ? r.n : 0;
	return f;
}

void
agreement_free(struct agreement *a)
{
	size_t i;

	if (a == NULL)
		return;
	for (i = 0; i < a->n_datasets; i++)
		dataset_free(&a->datasets[i]);
	free(a->datasets);
	party_free(a);
	drop_free(a);
	code_free(a);
	free(a->title);
	free(a->purpose);
	doc_free(a->doc);
	free(a);
}

const struct dataset *
agreement_dataset(const struct agreement *a, const char *id)
{
	size_t i;

	for (i = 0; i < a->n_datasets; i++)
		if (strcmp(a->datasets[i].id, id) == 0)
			return &a->datasets[i];
	return NULL;
}

const struct agreement_party *
agreement_party(const struct agreement *a, const char *id)
{
	size_t i = a->party_names == NULL
	    ? SIZE_MAX
	    : set_find(a->party_names, id, strlen(id));

	return i == SIZE_MAX ? NULL : &a->parties[i];
}

const struct agreement_drop *
agreement_drop(const struct agreement *a, const char *id)
{
	size_t i;

	for (i = 0; i < a->n_drops; i++)
		if (strcmp(a->drops[i].id, id) == 0)
			return &a->drops[i];
	return NULL;
}

const struct agreement_list *
agreement_list(const struct agreement *a, const char *id)
{
	size_t i;

	for (i = 0; i < a->n_lists; i++)
		if (strcmp(a->lists[i].id, id) == 0)
			return &a->lists[i];
	return NULL;
}
