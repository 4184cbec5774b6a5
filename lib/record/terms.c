/*
 * terms: the official papers stay the authority; this file quotes them, so it
 * must quote them completely.
 */
#include "record/terms.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/intl.h"
#include "record/member.h"

#define DAY 86400

static const struct node_member document_members[] = {
	{ "kind", NODE_STRING, true, false },
	{ "number", NODE_STRING, true, false },
	{ "date", NODE_STRING, true, false },
};

static const struct node_member valid_members[] = {
	{ "from", NODE_STRING, true, false },
	{ "until", NODE_STRING, true, false },
};

static const struct node_member handling_members[] = {
	{ "onward_transfer", NODE_STRING, true, false },
	{ "location", NODE_STRING, true, false },
};

static const struct node_member contact_members[] = {
	{ "party", NODE_STRING, true, false },
	{ "name", NODE_STRING, false, false },
	{ "role", NODE_STRING, true, false },
	{ "post", NODE_STRING, true, false },
	{ "hours", NODE_STRING, true, false },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* A text that is only looked at: the document keeps it. */
static void
look(struct member *m, const char *name)
{
	char text[MEMBER_TEXT_MAX + 1];

	member_text(m, name, text, sizeof(text));
}

/* Number and date of each paper end up on the hand-over record. */
static void
check_documents(struct member *top)
{
	const struct node *list =
	    member_list(top, "documents", 1, TERMS_LIST_MAX);
	char where[MEMBER_PLACE_MAX];
	struct member m;
	int64_t day = 0;
	size_t i;

	for (i = 0; list != NULL && i < node_count(list); i++) {
		member_element(where, "documents", NULL, i);
		m = (struct member){ node_at(list, i), where, top->why,
			top->fault };
		member_table(&m, document_members, COUNT(document_members));
		look(&m, "kind");
		look(&m, "number");
		member_day(&m, "date", &day);
		top->fault = m.fault;
	}
}

/* Personal data needs a ground to be passed on; an annex without one is none.
 */
static void
check_legal_basis(struct member *top)
{
	const struct node *list =
	    member_list(top, "legal_basis", 1, TERMS_LIST_MAX);
	const char *text = NULL;
	size_t i;

	for (i = 0; list != NULL && i < node_count(list); i++) {
		text = node_string(node_at(list, i));
		if (text != NULL && member_text_ok(text, MEMBER_TEXT_MAX))
			continue;
		top->fault = cause_set(member_place(top, "legal_basis"),
		    FAULT_FORMAT, N_("element %zu is no text"), i + 1);
		return;
	}
}

/* Only a first version replaces nothing: a chain that may be left out proves
 * nothing. */
static void
read_version(struct member *top, struct agreement *a)
{
	member_count(top, "version", 1, &a->version);
	member_hash(top, "replaces", a->replaces);
	if (top->fault == FAULT_NONE &&
	    (a->version == 1) != (a->replaces[0] == '\0'))
		top->fault =
		    cause_set(member_place(top, "replaces"), FAULT_FORMAT,
			N_("null belongs to version 1, and the SHA-256 of the "
			   "version before it to every later one"));
}

enum fault
terms_read_head(struct agreement *a, const struct node *root, struct cause *why)
{
	struct member top = { root, "", why, FAULT_NONE };

	member_format(&top, "serahterima-agreement/1");
	member_id(&top, "id", a->id);
	read_version(&top, a);
	member_copy(&top, "title", &a->title);
	member_copy(&top, "purpose", &a->purpose);
	check_legal_basis(&top);
	check_documents(&top);
	return top.fault;
}

enum fault
terms_read_valid(
    struct agreement *a, const struct node *root, struct cause *why)
{
	struct member top = { root, "", why, FAULT_NONE };
	struct member m = member_enter(&top, "valid", "valid");
	int64_t last = 0;

	member_table(&m, valid_members, COUNT(valid_members));
	member_day(&m, "from", &a->valid_from);
	member_day(&m, "until", &last);
	if (m.fault == FAULT_NONE && last < a->valid_from)
		m.fault = cause_set(member_place(&m, "until"), FAULT_FORMAT,
		    N_("ends before it begins"));
	/* The last day counts: the limit is the first second after it. */
	a->valid_until = last + DAY;
	return m.fault;
}

/* ISO 3166-1 alpha-2 by shape. */
static bool
country_ok(const char *text)
{
	return strlen(text) == 2 && text[0] >= 'A' && text[0] <= 'Z' &&
	    text[1] >= 'A' && text[1] <= 'Z';
}

/* A closed list of two words: free text here would be read as each side likes.
 */
enum fault
terms_check_handling(const struct node *root, struct cause *why)
{
	struct member top = { root, "", why, FAULT_NONE };
	struct member m = member_enter(&top, "handling", "handling");
	char onward[16] = "", location[16] = "";

	member_table(&m, handling_members, COUNT(handling_members));
	member_text(&m, "onward_transfer", onward, sizeof(onward));
	member_text(&m, "location", location, sizeof(location));
	if (m.fault != FAULT_NONE)
		return m.fault;
	if (strcmp(onward, "forbidden") != 0 && strcmp(onward, "allowed") != 0)
		return cause_set(member_place(&m, "onward_transfer"),
		    FAULT_FORMAT, N_("this is \"forbidden\" or \"allowed\""));
	if (!country_ok(location))
		return cause_set(member_place(&m, "location"), FAULT_FORMAT,
		    N_("a country of two capital letters is expected, such as "
		       "ID"));
	return FAULT_NONE;
}

/* Somebody must be reachable when a breach starts a clock of three days. */
enum fault
terms_check_contacts(
    const struct agreement *a, const struct node *root, struct cause *why)
{
	struct member top = { root, "", why, FAULT_NONE };
	const struct node *list =
	    member_list(&top, "contacts", 1, TERMS_LIST_MAX);
	char where[MEMBER_PLACE_MAX], party[LIMIT_ID + 1] = "";
	struct member m;
	size_t i;

	for (i = 0; list != NULL && i < node_count(list); i++) {
		member_element(where, "contacts", NULL, i);
		m = (struct member){ node_at(list, i), where, why, top.fault };
		member_table(&m, contact_members, COUNT(contact_members));
		member_id(&m, "party", party);
		if (m.fault == FAULT_NONE && agreement_party(a, party) == NULL)
			m.fault =
			    cause_set(member_place(&m, "party"), FAULT_FORMAT,
				N_("%s is no party of the agreement"), party);
		look(&m, "name");
		look(&m, "role");
		look(&m, "post");
		look(&m, "hours");
		top.fault = m.fault;
	}
	return top.fault;
}

/* Takes "nX" for the units still allowed, in their order. */
static const char *
units(const char *at, const char *allowed, bool *any)
{
	size_t digits;
	const char *unit = NULL;

	while ((digits = strspn(at, "0123456789")) > 0) {
		if (digits > 4 || strspn(at, "0") == digits ||
		    at[digits] == '\0')
			return NULL;
		unit = strchr(allowed, at[digits]);
		if (unit == NULL)
			return NULL;
		allowed = unit + 1;
		at += digits + 1;
		*any = true;
	}
	return at;
}

bool
terms_duration_ok(const char *text)
{
	bool days = false, hours = false;

	if (text[0] != 'P')
		return false;
	text = units(text + 1, "YMWD", &days);
	if (text == NULL)
		return false;
	if (text[0] == '\0')
		return days;
	if (text[0] != 'T')
		return false;
	text = units(text + 1, "HMS", &hours);
	return text != NULL && text[0] == '\0' && hours;
}
