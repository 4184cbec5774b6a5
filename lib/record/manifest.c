/*
 * manifest: read strictly, written in one order, so that what two parties sign
 * and compare is never a matter of taste.
 */
#include "record/manifest.h"

#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "key/recipient.h"
#include "record/member.h"
#include "text/doc.h"
#include "text/writer.h"

#define MANIFEST_FORMAT "serahterima-manifest/1"
static const struct node_member manifest_members[] = {
	{ "format", NODE_STRING, true, false },
	{ "agreement", NODE_OBJECT, true, false },
	{ "dataset", NODE_STRING, true, false },
	{ "sender", NODE_STRING, true, false },
	{ "recipients", NODE_ARRAY, true, false },
	{ "sequence", NODE_INTEGER, true, false },
	{ "previous", NODE_STRING, true, true },
	{ "kind", NODE_STRING, true, false },
	{ "mode", NODE_STRING, true, false },
	{ "base", NODE_STRING, true, true },
	{ "purpose", NODE_STRING, true, false },
	{ "period", NODE_STRING, true, true },
	{ "created", NODE_STRING, true, false },
	{ "payload", NODE_OBJECT, true, false },
	{ "contents", NODE_STRING, true, false },
	{ "files", NODE_INTEGER, true, false },
	{ "rows", NODE_INTEGER, true, false },
	{ "fields", NODE_OBJECT, true, false },
	{ "journal", NODE_OBJECT, true, false },
	{ "tool", NODE_STRING, true, false },
};

static const struct node_member agreement_members[] = {
	{ "id", NODE_STRING, true, false },
	{ "version", NODE_INTEGER, true, false },
	{ "sha256", NODE_STRING, true, false },
};

static const struct node_member payload_members[] = {
	{ "name", NODE_STRING, true, false },
	{ "bytes", NODE_INTEGER, true, false },
	{ "sha256", NODE_STRING, true, false },
	{ "recipients", NODE_ARRAY, true, false },
	{ "unpacked_bytes", NODE_INTEGER, true, false },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* ---- reading ---- */

static void
read_agreement(struct member *top, struct manifest *m)
{
	struct member part = member_enter(top, "agreement", "agreement");

	member_table(&part, agreement_members, COUNT(agreement_members));
	member_id(&part, "id", m->agreement);
	member_count(&part, "version", 1, &m->agreement_version);
	member_hash(&part, "sha256", m->agreement_sha256);
	top->fault = part.fault;
}

/* The age recipients are parsed only to be judged; the text is what is kept. */
static void
read_payload_recipients(struct member *part, struct manifest *m)
{
	const struct node *list =
	    member_list(part, "recipients", 1, LIMIT_RECIPIENTS);
	struct recipient key;
	struct cause unused;
	const char *text = NULL;
	size_t i;

	for (i = 0; list != NULL && i < node_count(list); i++) {
		text = node_string(node_at(list, i));
		cause_clear(&unused);
		if (text == NULL ||
		    recipient_parse(&key, text, &unused) != FAULT_NONE) {
			part->fault = cause_set(
			    member_place(part, "recipients"), FAULT_FORMAT,
			    N_("element %zu is no age1 recipient"), i + 1);
			return;
		}
		if (manifest_add_payload_recipient(m, text) != FAULT_NONE) {
			part->fault = cause_memory(part->why);
			return;
		}
	}
}

/* The name becomes a file in the inbox, before anything of it is proved. */
static void
read_payload(struct member *top, struct manifest *m)
{
	struct member part = member_enter(top, "payload", "payload");

	member_table(&part, payload_members, COUNT(payload_members));
	member_text(&part, "name", m->payload_name, sizeof(m->payload_name));
	if (part.fault == FAULT_NONE && !path_member_ok(m->payload_name))
		part.fault = cause_set(member_place(&part, "name"),
		    FAULT_FORMAT, N_("not a safe file name"));
	member_count(&part, "bytes", 1, &m->payload_bytes);
	member_hash(&part, "sha256", m->payload_sha256);
	read_payload_recipients(&part, m);
	member_count(&part, "unpacked_bytes", 1, &m->unpacked_bytes);
	top->fault = part.fault;
}

/* Always text: "007" and 7 are different numbers of a letter. */
static void
read_fields(struct member *top, struct manifest *m)
{
	const struct node *object = member_object(top, "fields");
	const struct node *value = NULL;
	const char *name = NULL;
	size_t i;

	if (object == NULL)
		return;
	if (node_count(object) > MANIFEST_FIELDS_MAX) {
		top->fault =
		    cause_set(member_place(top, "fields"), FAULT_FORMAT,
			N_("more than %d fields"), MANIFEST_FIELDS_MAX);
		return;
	}
	for (i = 0; i < node_count(object); i++) {
		name = node_key_at(object, i, &value);
		if (node_type(value) != NODE_STRING ||
		    !member_text_ok(name, MEMBER_TEXT_MAX) ||
		    !member_text_ok(node_string(value), MEMBER_TEXT_MAX)) {
			top->fault =
			    cause_set(member_place(top, "fields"), FAULT_FORMAT,
				N_("field %zu is no text of at most %d bytes"),
				i + 1, MEMBER_TEXT_MAX);
			return;
		}
		if (manifest_add_field(m, name, node_string(value)) !=
		    FAULT_NONE) {
			top->fault = cause_memory(top->why);
			return;
		}
	}
}

/* A word of a closed list; version 1 knows few, and says so. */
static void
want(struct member *top, const char *name, const char *got, bool known)
{
	if (top->fault == FAULT_NONE && !known)
		top->fault = cause_set(member_place(top, name), FAULT_FORMAT,
		    N_("\"%s\" is not known in this version"), got);
}

/* Later versions will know more; a word we do not act on is not passed over. */
static void
read_kind(struct member *top, struct manifest *m)
{
	member_text(top, "kind", m->kind, sizeof(m->kind));
	want(top, "kind", m->kind, strcmp(m->kind, "data") == 0);
	member_text(top, "mode", m->mode, sizeof(m->mode));
	want(top, "mode", m->mode, strcmp(m->mode, "full") == 0);
	want(top, "base", "base", node_text(top->object, "base") == NULL);
	member_text(top, "purpose", m->purpose, sizeof(m->purpose));
	want(top, "purpose", m->purpose,
	    strcmp(m->purpose, "production") == 0 ||
		strcmp(m->purpose, "test") == 0);
}

/* The first of a stream, and only the first, has nothing before it. */
static void
read_order(struct member *top, struct manifest *m)
{
	member_count(top, "sequence", 1, &m->sequence);
	member_hash(top, "previous", m->previous);
	if (top->fault != FAULT_NONE)
		return;
	if (m->sequence > PARCEL_SEQUENCE_MAX)
		top->fault = cause_set(member_place(top, "sequence"),
		    FAULT_FORMAT, N_("beyond %llu"), PARCEL_SEQUENCE_MAX);
	else if ((m->sequence == 1) != (m->previous[0] == '\0'))
		top->fault =
		    cause_set(member_place(top, "previous"), FAULT_FORMAT,
			N_("null belongs to sequence 1, and a SHA-256 to every "
			   "later one"));
}

/* What is declared here bounds what is unpacked later. */
static void
read_size(struct member *top, struct manifest *m)
{
	member_hash(top, "contents", m->contents_sha256);
	member_count(top, "files", 1, &m->files);
	if (top->fault == FAULT_NONE && m->files > LIMIT_FILES)
		top->fault = cause_set(member_place(top, "files"), FAULT_FORMAT,
		    N_("more than %d files"), LIMIT_FILES);
	member_count(top, "rows", 0, &m->rows);
}

/* The order of the page, so that the first fault is the topmost one. */
static enum fault
read_manifest(struct manifest *m, const struct node *root, struct cause *why)
{
	struct member top = { root, "", why, FAULT_NONE };

	member_table(&top, manifest_members, COUNT(manifest_members));
	member_format(&top, MANIFEST_FORMAT);
	read_agreement(&top, m);
	member_id(&top, "dataset", m->dataset);
	member_id(&top, "sender", m->sender);
	member_ids(&top, "recipients", &m->recipients, &m->n_recipients);
	read_order(&top, m);
	read_kind(&top, m);
	member_text(&top, "period", m->period, sizeof(m->period));
	member_time(&top, "created", &m->created);
	read_payload(&top, m);
	read_size(&top, m);
	read_fields(&top, m);
	member_journal(&top, &m->journal_entries, m->journal_head);
	member_text(&top, "tool", m->tool, sizeof(m->tool));
	return top.fault;
}

enum fault
manifest_parse(
    struct manifest **out, const void *bytes, size_t len, struct cause *why)
{
	struct manifest *m = NULL;
	struct doc *doc = NULL;
	enum fault f = FAULT_NONE;

	*out = NULL;
	if (len > LIMIT_DOCUMENT)
		return cause_set(why, FAULT_FORMAT,
		    N_("a manifest has at most %lu bytes"), LIMIT_DOCUMENT);
	f = doc_parse(&doc, bytes, len, why);
	if (f != FAULT_NONE)
		return f;
	m = calloc(1, sizeof(*m));
	if (m == NULL) {
		f = cause_memory(why);
		goto out;
	}
	f = read_manifest(m, doc_root(doc), why);
	if (f != FAULT_NONE)
		goto out;
	*out = m;
	m = NULL;
out:
	manifest_free(m);
	doc_free(doc);
	return f;
}

/* ---- writing ---- */

static void
write_list(struct writer *w, const char *key, char *const *list, size_t n)
{
	size_t i;

	writer_open(w, key, NODE_ARRAY);
	for (i = 0; i < n; i++)
		writer_string(w, NULL, list[i]);
	writer_close(w);
}

static void
write_payload(struct writer *w, const struct manifest *m)
{
	writer_open(w, "payload", NODE_OBJECT);
	writer_string(w, "name", m->payload_name);
	writer_integer(w, "bytes", (int64_t)m->payload_bytes);
	writer_string(w, "sha256", m->payload_sha256);
	write_list(
	    w, "recipients", m->payload_recipients, m->n_payload_recipients);
	writer_integer(w, "unpacked_bytes", (int64_t)m->unpacked_bytes);
	writer_close(w);
}

static void
write_head(struct writer *w, const struct manifest *m)
{
	char created[CLOCK_TEXT_LEN];

	writer_string(w, "format", MANIFEST_FORMAT);
	writer_open(w, "agreement", NODE_OBJECT);
	writer_string(w, "id", m->agreement);
	writer_integer(w, "version", (int64_t)m->agreement_version);
	writer_string(w, "sha256", m->agreement_sha256);
	writer_close(w);
	writer_string(w, "dataset", m->dataset);
	writer_string(w, "sender", m->sender);
	write_list(w, "recipients", m->recipients, m->n_recipients);
	writer_integer(w, "sequence", (int64_t)m->sequence);
	writer_string_or_null(w, "previous", m->previous);
	writer_string(w, "kind", m->kind);
	writer_string(w, "mode", m->mode);
	writer_null(w, "base");
	writer_string(w, "purpose", m->purpose);
	writer_string_or_null(w, "period", m->period);
	clock_text(created, m->created);
	writer_string(w, "created", created);
}

static void
write_tail(struct writer *w, const struct manifest *m)
{
	size_t i;

	writer_string(w, "contents", m->contents_sha256);
	writer_integer(w, "files", (int64_t)m->files);
	writer_integer(w, "rows", (int64_t)m->rows);
	writer_open(w, "fields", NODE_OBJECT);
	for (i = 0; i < m->n_fields; i++)
		writer_string(w, m->fields[i].name, m->fields[i].value);
	writer_close(w);
	writer_open(w, "journal", NODE_OBJECT);
	writer_integer(w, "entries", (int64_t)m->journal_entries);
	writer_string(w, "head", m->journal_head);
	writer_close(w);
	writer_string(w, "tool", m->tool);
}

/* Members come out as manifest_parse takes them; the order is part of the
 * format, though readers do not depend on it. */
enum fault
manifest_format(struct buf *out, const struct manifest *m)
{
	struct writer *w = NULL;
	enum fault f = writer_new(&w, true);

	if (f != FAULT_NONE)
		return f;
	writer_open(w, NULL, NODE_OBJECT);
	write_head(w, m);
	write_payload(w, m);
	write_tail(w, m);
	writer_close(w);
	f = writer_finish(w, out);
	writer_free(w);
	return f;
}

/* ---- building ---- */

static void
free_list(char **list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		free(list[i]);
	free(list);
}

void
manifest_free(struct manifest *m)
{
	size_t i;

	if (m == NULL)
		return;
	free_list(m->recipients, m->n_recipients);
	free_list(m->payload_recipients, m->n_payload_recipients);
	for (i = 0; i < m->n_fields; i++) {
		free(m->fields[i].name);
		free(m->fields[i].value);
	}
	free(m->fields);
	free(m);
}

/* Lists are short and made once: growing by one is enough. */
static enum fault
add(char ***list, size_t *n, const char *text)
{
	char **more = reallocarray(*list, *n + 1, sizeof(**list));

	if (more == NULL)
		return FAULT_MEMORY;
	*list = more;
	more[*n] = strdup(text);
	if (more[*n] == NULL)
		return FAULT_MEMORY;
	(*n)++;
	return FAULT_NONE;
}

enum fault
manifest_add_recipient(struct manifest *m, const char *party)
{
	return add(&m->recipients, &m->n_recipients, party);
}

enum fault
manifest_add_payload_recipient(struct manifest *m, const char *age)
{
	return add(&m->payload_recipients, &m->n_payload_recipients, age);
}

enum fault
manifest_add_field(struct manifest *m, const char *name, const char *value)
{
	struct manifest_field *more =
	    reallocarray(m->fields, m->n_fields + 1, sizeof(*more));
	struct manifest_field field = { NULL, NULL };

	if (more == NULL)
		return FAULT_MEMORY;
	m->fields = more;
	field.name = strdup(name);
	field.value = strdup(value);
	if (field.name == NULL || field.value == NULL) {
		free(field.name);
		free(field.value);
		return FAULT_MEMORY;
	}
	more[m->n_fields++] = field;
	return FAULT_NONE;
}

void
manifest_name(struct parcel_name *out, const struct manifest *m)
{
	memset(out, 0, sizeof(*out));
	memcpy(out->agreement, m->agreement, sizeof(out->agreement));
	memcpy(out->dataset, m->dataset, sizeof(out->dataset));
	memcpy(out->sender, m->sender, sizeof(out->sender));
	out->sequence = m->sequence;
	out->test = strcmp(m->purpose, "test") == 0;
}
