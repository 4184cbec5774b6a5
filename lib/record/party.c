/*
 * party: an agreement that could come into force without the data guardian, or
 * with one key standing for two bodies, is refused before anybody signs it.
 */
#include "record/party.h"

#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/intl.h"
#include "check/set.h"
#include "record/member.h"

static const struct node_member party_members[] = {
	{ "id", NODE_STRING, true, false },
	{ "role", NODE_STRING, true, false },
	{ "name", NODE_STRING, true, false },
	{ "root_key", NODE_STRING, true, false },
};

static const char *const role_names[] = {
	[ROLE_PROVIDER] = N_("provider"),
	[ROLE_RECIPIENT] = N_("recipient"),
	[ROLE_GUARDIAN] = N_("guardian"),
	[ROLE_WITNESS] = N_("witness"),
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

const char *
role_text(enum role role)
{
	return role_names[role];
}

/* A role says whose signature is needed, so an unknown one cannot be let by. */
static void
read_role(struct member *m, struct agreement_party *p)
{
	const char *text = NULL;
	unsigned i;

	if (m->fault != FAULT_NONE)
		return;
	text = node_text(m->object, "role");
	for (i = 0; text != NULL && i < COUNT(role_names); i++)
		if (strcmp(role_names[i], text) == 0) {
			p->role = (enum role)i;
			return;
		}
	m->fault = cause_set(member_place(m, "role"), FAULT_FORMAT,
	    N_("a role is provider, recipient, guardian or witness"));
}

static void
read_root_key(struct member *m, struct agreement_party *p)
{
	struct cause unused;

	if (m->fault != FAULT_NONE)
		return;
	/* The reader of keys speaks of key files; here it is one line. */
	cause_clear(&unused);
	if (public_key_from_text(&p->root, node_text(m->object, "root_key"),
		&unused) != FAULT_NONE)
		m->fault = cause_set(member_place(m, "root_key"), FAULT_FORMAT,
		    N_("not the base64 line (RW...) of a minisign public key"));
}

/* By the key itself: a minisign key id is a label that anybody may write. */
static bool
same_key(const struct public_key *a, const struct public_key *b)
{
	return memcmp(a->key, b->key, KEY_PUBLIC_LEN) == 0 ||
	    memcmp(a->id, b->id, KEY_ID_LEN) == 0;
}

/* What no two parties may share. */
enum trait { TRAIT_ID, TRAIT_KEY, TRAIT_KEY_ID, TRAIT_N };

static void
trait_text(char out[static HASH_TEXT_LEN], const struct agreement_party *p,
    enum trait trait)
{
	if (trait == TRAIT_ID)
		memcpy(out, p->id, sizeof(p->id));
	else if (trait == TRAIT_KEY)
		hex_encode(out, p->root.key, KEY_PUBLIC_LEN);
	else
		hex_encode(out, p->root.id, KEY_ID_LEN);
}

/* A set of one trait of all parties; FAULT_EXISTS with the party that has it
 * from another.  1,400 parties are too many to compare each with each. */
static enum fault
trait_set(struct set **out, const struct agreement *a, enum trait trait,
    size_t *twice)
{
	char(*text)[HASH_TEXT_LEN] = calloc(a->n_parties, HASH_TEXT_LEN);
	const char **words = calloc(a->n_parties, sizeof(*words));
	enum fault f = FAULT_MEMORY;
	size_t i;

	*out = NULL;
	for (i = 0; text != NULL && words != NULL && i < a->n_parties; i++) {
		trait_text(text[i], &a->parties[i], trait);
		words[i] = text[i];
	}
	if (text != NULL && words != NULL)
		f = set_new(out, words, a->n_parties, twice);
	free(words);
	free(text);
	return f;
}

static enum fault
refuse_twice(const struct agreement *a, const struct node *list,
    enum trait trait, size_t twice, struct cause *why)
{
	char where[MEMBER_PLACE_MAX];
	struct member m = { node_at(list, twice), where, why, FAULT_NONE };
	size_t i = 0;

	member_element(where, "parties", m.object, twice);
	if (trait == TRAIT_ID)
		return cause_set(member_place(&m, "id"), FAULT_FORMAT,
		    N_("this id is there twice"));
	while (i < twice &&
	    !same_key(&a->parties[i].root, &a->parties[twice].root))
		i++;
	return cause_set(member_place(&m, "root_key"), FAULT_FORMAT,
	    N_("%s has the same key or key id: one could be "
	       "taken for the other"),
	    a->parties[i].id);
}

/* No two are equal; their names stay, to be looked up. */
static enum fault
hold_different(struct agreement *a, const struct node *list, struct cause *why)
{
	struct set *sets[TRAIT_N] = { NULL };
	enum fault f = FAULT_NONE;
	size_t twice = 0;
	unsigned i;

	for (i = 0; i < TRAIT_N && f == FAULT_NONE; i++)
		f = trait_set(&sets[i], a, (enum trait)i, &twice);
	if (f == FAULT_EXISTS)
		f = refuse_twice(a, list, (enum trait)(i - 1), twice, why);
	else if (f == FAULT_MEMORY)
		f = cause_memory(why);
	if (f == FAULT_NONE) {
		a->party_names = sets[TRAIT_ID];
		sets[TRAIT_ID] = NULL;
	}
	for (i = 0; i < TRAIT_N; i++)
		set_free(sets[i]);
	return f;
}

static enum fault
read_party(
    struct agreement *a, size_t at, const struct node *node, struct cause *why)
{
	struct agreement_party *p = &a->parties[at];
	char where[MEMBER_PLACE_MAX];
	struct member m = { node, where, why, FAULT_NONE };

	member_element(where, "parties", node, at);
	member_table(&m, party_members, COUNT(party_members));
	member_id(&m, "id", p->id);
	read_role(&m, p);
	member_copy(&m, "name", &p->name);
	read_root_key(&m, p);
	return m.fault;
}

/* Without both sides there is nothing to hand over. */
static bool
has_role(const struct agreement *a, enum role role)
{
	size_t i;

	for (i = 0; i < a->n_parties; i++)
		if (a->parties[i].role == role)
			return true;
	return false;
}

enum fault
party_read(struct agreement *a, const struct node *root, struct cause *why)
{
	struct member top = { root, "", why, FAULT_NONE };
	const struct node *list =
	    member_list(&top, "parties", 2, LIMIT_RECIPIENTS);
	size_t i;

	if (list == NULL)
		return top.fault;
	a->parties = calloc(node_count(list), sizeof(*a->parties));
	if (a->parties == NULL)
		return cause_memory(why);
	for (i = 0; i < node_count(list) && top.fault == FAULT_NONE; i++) {
		a->n_parties = i + 1;
		top.fault = read_party(a, i, node_at(list, i), why);
	}
	if (top.fault == FAULT_NONE)
		top.fault = hold_different(a, list, why);
	if (top.fault == FAULT_NONE &&
	    (!has_role(a, ROLE_PROVIDER) || !has_role(a, ROLE_RECIPIENT)))
		top.fault = cause_set(member_place(&top, "parties"),
		    FAULT_FORMAT,
		    N_("at least one provider and one recipient are needed"));
	return top.fault;
}

/*
 * The list is written out although it could be derived: who signs must be
 * legible on the paper.  A witness may sign, and need not.
 */
enum fault
party_read_required(
    struct agreement *a, const struct node *root, struct cause *why)
{
	struct member top = { root, "", why, FAULT_NONE };
	const struct agreement_party *p = NULL;
	struct set *required = NULL;
	size_t i, twice = 0;

	member_ids(&top, "signatures_required", &a->required, &a->n_required);
	/* They are different: member_ids has seen to that. */
	if (top.fault == FAULT_NONE &&
	    set_new(&required, (const char *const *)a->required, a->n_required,
		&twice) != FAULT_NONE)
		top.fault = cause_memory(why);
	for (i = 0; i < a->n_required && top.fault == FAULT_NONE; i++)
		if (agreement_party(a, a->required[i]) == NULL)
			top.fault = cause_set(
			    member_place(&top, "signatures_required"),
			    FAULT_FORMAT, N_("%s is no party of the agreement"),
			    a->required[i]);
	for (i = 0; i < a->n_parties && top.fault == FAULT_NONE; i++) {
		p = &a->parties[i];
		if (p->role != ROLE_WITNESS &&
		    set_find(required, p->id, strlen(p->id)) == SIZE_MAX)
			top.fault =
			    cause_set(member_place(&top, "signatures_required"),
				FAULT_FORMAT,
				N_("the signature of %s (%s) is left out"),
				p->id, role_text(p->role));
	}
	set_free(required);
	return top.fault;
}

void
party_free(struct agreement *a)
{
	size_t i;

	for (i = 0; i < a->n_parties; i++)
		free(a->parties[i].name);
	free(a->parties);
	set_free(a->party_names);
	for (i = 0; i < a->n_required; i++)
		free(a->required[i]);
	free(a->required);
}
