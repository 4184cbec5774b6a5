/*
 * manifest_pack: one list of members for both ways, so that neither can forget
 * one.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/intl.h"
#include "key/recipient.h"
#include "record/manifest.h"
#include "record/member.h"

/* Packs into a buffer, or takes from bytes. */
struct packing {
	struct buf *to;   /* or NULL */
	const char *from; /* the next text, if to is NULL */
	const char *end;
	enum fault fault;
};

static void
put(struct packing *p, const char *text)
{
	if (p->fault == FAULT_NONE)
		p->fault = buf_put(p->to, text, strlen(text) + 1);
}

/* The next text, "" after a fault. */
static const char *
take(struct packing *p)
{
	const char *text = p->from;
	size_t left = (size_t)(p->end - p->from);
	size_t len = p->fault == FAULT_NONE ? strnlen(text, left) : left;

	if (len == left) {
		p->fault = FAULT_FORMAT;
		return "";
	}
	p->from += len + 1;
	return text;
}

static void
text(struct packing *p, char *member, size_t cap)
{
	const char *taken;

	if (p->to != NULL) {
		put(p, member);
		return;
	}
	taken = take(p);
	if (strlen(taken) >= cap ||
	    (*taken != '\0' && !member_text_ok(taken, cap - 1)))
		p->fault = FAULT_FORMAT;
	else
		memcpy(member, taken, strlen(taken) + 1);
}

static void
number(struct packing *p, uint64_t *member, uint64_t min, uint64_t max)
{
	char digits[24], again[24];
	const char *taken;

	(void)snprintf(digits, sizeof(digits), "%" PRIu64, *member);
	if (p->to != NULL) {
		put(p, digits);
		return;
	}
	taken = take(p);
	if (p->fault != FAULT_NONE)
		return;
	*member = strtoull(taken, NULL, 10);
	/* One way of writing it, which strtoull alone does not see to. */
	(void)snprintf(again, sizeof(again), "%" PRIu64, *member);
	if (strcmp(again, taken) != 0 || *member < min || *member > max)
		p->fault = FAULT_FORMAT;
}

static void
identifier(struct packing *p, char member[LIMIT_ID + 1])
{
	text(p, member, LIMIT_ID + 1);
	if (p->fault == FAULT_NONE && !path_id_ok(member))
		p->fault = FAULT_FORMAT;
}

static void
hash(struct packing *p, char member[HASH_TEXT_LEN], bool or_none)
{
	text(p, member, HASH_TEXT_LEN);
	if (p->fault == FAULT_NONE && !(or_none && member[0] == '\0') &&
	    !hex_ok(member, HASH_TEXT_LEN - 1))
		p->fault = FAULT_FORMAT;
}

/* A word that this version knows. */
static void
word(struct packing *p, char *member, size_t cap, const char *one,
    const char *other)
{
	text(p, member, cap);
	if (p->fault == FAULT_NONE && strcmp(member, one) != 0 &&
	    strcmp(member, other) != 0)
		p->fault = FAULT_FORMAT;
}

/* ---- lists ---- */

static void
recipients(struct packing *p, struct manifest *m)
{
	uint64_t n = m->n_recipients, i;
	const char *taken;

	number(p, &n, 1, LIMIT_RECIPIENTS);
	for (i = 0; p->fault == FAULT_NONE && i < n; i++) {
		if (p->to != NULL) {
			put(p, m->recipients[i]);
			continue;
		}
		taken = take(p);
		if (p->fault == FAULT_NONE && !path_id_ok(taken))
			p->fault = FAULT_FORMAT;
		if (p->fault == FAULT_NONE)
			p->fault = manifest_add_recipient(m, taken);
	}
}

static void
payload_recipients(struct packing *p, struct manifest *m)
{
	uint64_t n = m->n_payload_recipients, i;
	struct recipient key;
	const char *taken;

	number(p, &n, 1, LIMIT_RECIPIENTS);
	for (i = 0; p->fault == FAULT_NONE && i < n; i++) {
		if (p->to != NULL) {
			put(p, m->payload_recipients[i]);
			continue;
		}
		taken = take(p);
		if (p->fault == FAULT_NONE)
			p->fault = recipient_parse(&key, taken, NULL);
		if (p->fault == FAULT_NONE)
			p->fault = manifest_add_payload_recipient(m, taken);
	}
}

static bool
field_known(const struct manifest *m, const char *name)
{
	size_t i;

	for (i = 0; i < m->n_fields; i++)
		if (strcmp(m->fields[i].name, name) == 0)
			return true;
	return false;
}

static void
fields(struct packing *p, struct manifest *m)
{
	uint64_t n = m->n_fields, i;
	const char *name, *value;

	number(p, &n, 0, MANIFEST_FIELDS_MAX);
	for (i = 0; p->fault == FAULT_NONE && i < n; i++) {
		if (p->to != NULL) {
			put(p, m->fields[i].name);
			put(p, m->fields[i].value);
			continue;
		}
		name = take(p);
		value = take(p);
		if (p->fault == FAULT_NONE &&
		    (!member_text_ok(name, MEMBER_TEXT_MAX) ||
			!member_text_ok(value, MEMBER_TEXT_MAX) ||
			field_known(m, name)))
			p->fault = FAULT_FORMAT;
		if (p->fault == FAULT_NONE)
			p->fault = manifest_add_field(m, name, value);
	}
}

/* ---- the list of members ---- */

static void
members(struct packing *p, struct manifest *m)
{
	uint64_t created = (uint64_t)m->created;

	identifier(p, m->agreement);
	number(p, &m->agreement_version, 1, INT64_MAX);
	hash(p, m->agreement_sha256, false);
	identifier(p, m->dataset);
	identifier(p, m->sender);
	recipients(p, m);
	number(p, &m->sequence, 1, PARCEL_SEQUENCE_MAX);
	hash(p, m->previous, m->sequence == 1);
	word(p, m->kind, sizeof(m->kind), "data", "data");
	word(p, m->mode, sizeof(m->mode), "full", "full");
	word(p, m->purpose, sizeof(m->purpose), "production", "test");
	text(p, m->period, sizeof(m->period));
	number(p, &created, 0, UINT64_MAX);
	m->created = (int64_t)created;
	text(p, m->payload_name, sizeof(m->payload_name));
	number(p, &m->payload_bytes, 1, INT64_MAX);
	hash(p, m->payload_sha256, false);
	payload_recipients(p, m);
	number(p, &m->unpacked_bytes, 1, INT64_MAX);
	hash(p, m->contents_sha256, false);
	number(p, &m->files, 1, LIMIT_FILES);
	number(p, &m->rows, 0, INT64_MAX);
	fields(p, m);
	number(p, &m->journal_entries, 0, INT64_MAX);
	hash(p, m->journal_head, false);
	text(p, m->tool, sizeof(m->tool));
}

enum fault
manifest_pack(struct buf *out, const struct manifest *m)
{
	struct packing p = { out, NULL, NULL, FAULT_NONE };

	/* Members are only read on this way. */
	members(&p, (struct manifest *)(uintptr_t)m);
	return p.fault;
}

enum fault
manifest_unpack(
    struct manifest **out, const void *bytes, size_t len, struct cause *why)
{
	const char *from = bytes;
	struct packing p = { NULL, from, from + len, FAULT_NONE };
	struct manifest *m = calloc(1, sizeof(*m));

	*out = NULL;
	if (m == NULL)
		return cause_memory(why);
	members(&p, m);
	if (p.fault == FAULT_NONE &&
	    (p.from != p.end || !path_member_ok(m->payload_name) ||
		(m->sequence == 1) != (m->previous[0] == '\0')))
		p.fault = FAULT_FORMAT;
	if (p.fault == FAULT_NONE) {
		*out = m;
		return FAULT_NONE;
	}
	manifest_free(m);
	if (p.fault == FAULT_MEMORY)
		return cause_memory(why);
	return cause_set(why, FAULT_FORMAT,
	    N_("what was read is not what a manifest can say"));
}
