/*
 * contents: one form only.  The reader holds what it read against what it would
 * write itself, so that two ways of writing the same facts cannot exist and a
 * differing hash always means differing facts.
 */
#include "record/contents.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/hex.h"
#include "base/intl.h"
#include "base/path.h"
#include "record/member.h"
#include "text/doc.h"
#include "text/writer.h"

#define CONTENTS_FORMAT "serahterima-contents/1"
#define SALT_BYTES ((CONTENTS_SALT_LEN - 1) / 2)

static const struct node_member contents_members[] = {
	{ "format", NODE_STRING, true, false },
	{ "salt", NODE_STRING, true, false },
	{ "files", NODE_ARRAY, true, false },
};

static const struct node_member file_members[] = {
	{ "name", NODE_STRING, true, false },
	{ "bytes", NODE_INTEGER, true, false },
	{ "sha256", NODE_STRING, true, false },
	{ "rows", NODE_INTEGER, true, false },
	{ "totals", NODE_ARRAY, true, false },
	{ "extent", NODE_STRING, true, false },
	{ "warnings", NODE_ARRAY, true, false },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* A salt is drawn by contents_new only: what was read keeps the sender's. */
static struct contents *
make(size_t n)
{
	struct contents *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->file = calloc(n > 0 ? n : 1, sizeof(*c->file));
	if (c->file == NULL) {
		free(c);
		return NULL;
	}
	c->n = n;
	return c;
}

enum fault
contents_new(struct contents **out, size_t n)
{
	uint8_t salt[SALT_BYTES];

	*out = make(n);
	if (*out == NULL)
		return FAULT_MEMORY;
	hash_random(salt, sizeof(salt));
	hex_encode((*out)->salt, salt, sizeof(salt));
	return FAULT_NONE;
}

void
contents_free(struct contents *c)
{
	size_t i;

	if (c == NULL)
		return;
	for (i = 0; i < c->n; i++) {
		totals_free(&c->file[i].totals);
		warnings_free(&c->file[i].warnings);
	}
	free(c->file);
	free(c);
}

/* Files of ours that lie, or will lie, beside the data when it is staged; some
 * disks do not tell capitals from small letters. */
bool
contents_name_reserved(const char *name)
{
	static const char *const ours[] = { CONTENTS_NAME, "manifest.json",
		"manifest.json.minisig", "load.sql" };
	size_t i;

	for (i = 0; i < COUNT(ours); i++)
		if (strcasecmp(name, ours[i]) == 0)
			return true;
	return false;
}

/* How far the check of unique keys went. */
static const char *
contents_extent_text(bool keyed)
{
	return keyed ? "file" : "none";
}

static void
read_extent(struct member *m, bool *keyed)
{
	const char *text = node_text(m->object, "extent");

	if (m->fault != FAULT_NONE)
		return;
	*keyed = strcmp(text, contents_extent_text(true)) == 0;
	if (!*keyed && strcmp(text, contents_extent_text(false)) != 0)
		m->fault = cause_set(member_place(m, "extent"), FAULT_FORMAT,
		    N_("the extent is \"file\" or \"none\""));
}

/* Two members of one name would overwrite each other when they are unpacked. */
static bool
name_taken(const struct contents *c, size_t before, const char *name)
{
	size_t i;

	for (i = 0; i < before; i++)
		if (strcmp(c->file[i].name, name) == 0)
			return true;
	return false;
}

static enum fault
read_file(
    struct contents *c, size_t i, const struct node *node, struct cause *why)
{
	struct contents_file *file = &c->file[i];
	char where[32], totals[48], warnings[48];
	struct member m = { node, where, why, FAULT_NONE };

	(void)snprintf(where, sizeof(where), "files[%zu]", i + 1);
	(void)snprintf(totals, sizeof(totals), "%s.totals", where);
	(void)snprintf(warnings, sizeof(warnings), "%s.warnings", where);
	member_table(&m, file_members, COUNT(file_members));
	member_text(&m, "name", file->name, sizeof(file->name));
	/* The name becomes a file beside ours. */
	if (m.fault == FAULT_NONE &&
	    (!path_member_ok(file->name) ||
		contents_name_reserved(file->name) ||
		name_taken(c, i, file->name)))
		m.fault = cause_set(member_place(&m, "name"), FAULT_FORMAT,
		    N_("not a safe file name, or there twice"));
	member_count(&m, "bytes", 0, &file->bytes);
	member_hash(&m, "sha256", file->sha256);
	member_count(&m, "rows", 0, &file->rows);
	read_extent(&m, &file->keyed);
	if (m.fault == FAULT_NONE)
		m.fault = totals_read(
		    &file->totals, node_get(node, "totals"), totals, why);
	if (m.fault == FAULT_NONE)
		m.fault = warnings_read(
		    &file->warnings, node_get(node, "warnings"), warnings, why);
	return m.fault;
}

/*
 * *out is given back even after a fault, for the caller to free: the files read
 * so far own their totals.
 */
static enum fault
read_contents(struct contents **out, const struct node *root, struct cause *why)
{
	struct member m = { root, "", why, FAULT_NONE };
	const struct node *files = NULL;
	const char *salt = NULL;
	size_t i;

	member_table(&m, contents_members, COUNT(contents_members));
	member_format(&m, CONTENTS_FORMAT);
	files = member_list(&m, "files", 1, LIMIT_FILES);
	if (m.fault != FAULT_NONE)
		return m.fault;
	salt = node_text(root, "salt");
	if (!hex_ok(salt, CONTENTS_SALT_LEN - 1))
		return cause_set(member_place(&m, "salt"), FAULT_FORMAT,
		    N_("the salt has 32 lower-case hex digits"));
	*out = make(node_count(files));
	if (*out == NULL)
		return cause_memory(why);
	memcpy((*out)->salt, salt, CONTENTS_SALT_LEN);
	for (i = 0; i < (*out)->n && m.fault == FAULT_NONE; i++)
		m.fault = read_file(*out, i, node_at(files, i), why);
	return m.fault;
}

/* Only the bytes that contents_format would write are contents. */
static enum fault
check_form(
    const struct contents *c, const void *bytes, size_t len, struct cause *why)
{
	struct buf again = BUF_MAX(LIMIT_CONTENTS);
	enum fault f = contents_format(&again, c);

	if (f == FAULT_MEMORY)
		f = cause_memory(why);
	else if (f != FAULT_NONE || again.len != len ||
	    memcmp(again.data, bytes, len) != 0)
		f = cause_set(why, FAULT_FORMAT,
		    N_("the contents are not written in their one form"));
	buf_free(&again);
	return f;
}

enum fault
contents_parse(
    struct contents **out, const void *bytes, size_t len, struct cause *why)
{
	struct contents *c = NULL;
	struct doc *doc = NULL;
	enum fault f = FAULT_NONE;

	*out = NULL;
	if (len > LIMIT_CONTENTS)
		return cause_set(why, FAULT_FORMAT,
		    N_("contents have at most %lu bytes"), LIMIT_CONTENTS);
	f = doc_parse(&doc, bytes, len, why);
	if (f != FAULT_NONE)
		return f;
	f = read_contents(&c, doc_root(doc), why);
	if (f == FAULT_NONE)
		f = check_form(c, bytes, len, why);
	if (f == FAULT_NONE) {
		*out = c;
		c = NULL;
	}
	contents_free(c);
	doc_free(doc);
	return f;
}

enum fault
contents_format(struct buf *out, const struct contents *c)
{
	struct writer *w = NULL;
	enum fault f = writer_new(&w, false);
	size_t i, from = out->len;

	for (i = 0; f == FAULT_NONE && i < c->n; i++)
		if (c->file[i].warnings.n > WARNINGS_MAX)
			f = FAULT_LARGER;
	if (f != FAULT_NONE) {
		writer_free(w);
		return f;
	}
	writer_open(w, NULL, NODE_OBJECT);
	writer_string(w, "format", CONTENTS_FORMAT);
	writer_string(w, "salt", c->salt);
	writer_open(w, "files", NODE_ARRAY);
	for (i = 0; i < c->n; i++) {
		writer_open(w, NULL, NODE_OBJECT);
		writer_string(w, "name", c->file[i].name);
		writer_integer(w, "bytes", (int64_t)c->file[i].bytes);
		writer_string(w, "sha256", c->file[i].sha256);
		writer_integer(w, "rows", (int64_t)c->file[i].rows);
		totals_write(w, "totals", &c->file[i].totals);
		writer_string(
		    w, "extent", contents_extent_text(c->file[i].keyed));
		warnings_write(w, "warnings", &c->file[i].warnings);
		writer_close(w);
	}
	writer_close(w);
	writer_close(w);
	f = writer_finish(w, out);
	/* What no reader takes is not sent. */
	if (f == FAULT_NONE && !doc_fits(out->data + from, out->len - from))
		f = FAULT_LARGER;
	if (f == FAULT_NONE)
		f = buf_puts(out, "\n");
	writer_free(w);
	return f;
}
