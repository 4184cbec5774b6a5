/*
 * terms: what an agreement says in words: its head, the papers it belongs to,
 * validity, purpose, handling and contacts.  Held for form only; people and the
 * hand-over record read them.
 */
#ifndef RECORD_TERMS_H
#define RECORD_TERMS_H

#include <stdbool.h>

#include "base/cause.h"
#include "record/agreement.h"
#include "text/doc.h"

/* Papers, legal bases, contacts of one agreement. */
#define TERMS_LIST_MAX 64

/* id, version, replaces, title, purpose, legal_basis[], documents[]. */
enum fault terms_read_head(struct agreement *a, const struct node *root,
    struct cause *why) FAULT_CHECKED;
/* valid{from, until}. */
enum fault terms_read_valid(struct agreement *a, const struct node *root,
    struct cause *why) FAULT_CHECKED;
/* handling{onward_transfer, location}. */
enum fault terms_check_handling(
    const struct node *root, struct cause *why) FAULT_CHECKED;
/* contacts[]; needs the parties. */
enum fault terms_check_contacts(const struct agreement *a,
    const struct node *root, struct cause *why) FAULT_CHECKED;

/* A duration of ISO 8601, "P180D", "P1M", "PT2H": whole numbers of at most four
 * digits, not nothing at all. */
bool terms_duration_ok(const char *text);

#endif
