/*
 * dialect: how the agreed CSV is written.  A dialect is stated, never guessed;
 * members are those of the Frictionless Table Dialect, plus encoding and bom.
 */
#include "check/dialect.h"

#include <string.h>

#include "base/intl.h"

static const struct node_member members[] = {
	{ "delimiter", NODE_STRING, false, false },
	{ "quoteChar", NODE_STRING, false, true },
	{ "lineTerminator", NODE_STRING, false, false },
	{ "encoding", NODE_STRING, false, false },
	{ "bom", NODE_BOOL, false, false },
	{ "header", NODE_BOOL, false, false },
};

/* Names the member that is wrong. */
static enum fault
wrong_member(
    const char *where, const char *name, const char *allowed, struct cause *why)
{
	cause_clause(why, "%s.%s", where, name);
	return cause_set(
	    why, FAULT_FORMAT, N_("\"%s\" must be %s"), name, allowed);
}

/* One printable ASCII byte or tab. */
static bool
is_byte(const char *text)
{
	return (text[0] == '\t' || (text[0] >= ' ' && text[0] <= '~')) &&
	    text[1] == '\0';
}

static enum fault
dialect_characters(struct csv_dialect *d, const struct node *object,
    const char *where, struct cause *why)
{
	const char *text = node_text(object, "delimiter");
	const struct node *quote = node_get(object, "quoteChar");

	if (text != NULL && !is_byte(text))
		return wrong_member(
		    where, "delimiter", "one ASCII character", why);
	if (text != NULL)
		d->delimiter = text[0];
	if (quote != NULL && node_type(quote) == NODE_NULL)
		d->quote = 0;
	text = node_text(object, "quoteChar");
	if (text != NULL && !is_byte(text))
		return wrong_member(
		    where, "quoteChar", "one ASCII character or null", why);
	if (text != NULL)
		d->quote = text[0];
	if (d->quote == d->delimiter)
		return wrong_member(where, "quoteChar",
		    "another character than the delimiter", why);
	return FAULT_NONE;
}

/* A file in Windows-1252 has no byte order mark: one that is agreed would
 * never be there. */
static enum fault
dialect_text(struct dialect *d, const struct node *object, const char *where,
    struct cause *why)
{
	const char *text = node_text(object, "encoding");

	if (text != NULL && !recode_find(&d->encoding, text))
		return wrong_member(where, "encoding",
		    "\"utf-8\", \"windows-1252\", \"utf-16le\" or "
		    "\"utf-16be\"",
		    why);
	d->csv.bom = node_bool(object, "bom", false);
	if (d->csv.bom && recode_bom(d->encoding) == 0)
		return wrong_member(
		    where, "bom", "false with this encoding", why);
	return FAULT_NONE;
}

enum fault
dialect_parse(struct dialect *out, const struct node *object, const char *where,
    struct cause *why)
{
	struct dialect d = { { ',', '"', CSV_LF, false }, RECODE_UTF8 };
	enum fault fault = FAULT_NONE;
	const char *text = NULL;

	*out = d;
	if (object == NULL)
		return FAULT_NONE;
	fault = node_members(
	    object, where, members, sizeof(members) / sizeof(members[0]), why);
	if (fault == FAULT_NONE)
		fault = dialect_characters(&d.csv, object, where, why);
	if (fault == FAULT_NONE)
		fault = dialect_text(&d, object, where, why);
	if (fault != FAULT_NONE)
		return fault;
	text = node_text(object, "lineTerminator");
	if (text != NULL && strcmp(text, "\r\n") == 0)
		d.csv.newline = CSV_CRLF;
	else if (text != NULL && strcmp(text, "\n") != 0)
		return wrong_member(
		    where, "lineTerminator", "\"\\n\" or \"\\r\\n\"", why);
	if (!node_bool(object, "header", true))
		return wrong_member(where, "header", "true", why);
	*out = d;
	return FAULT_NONE;
}

struct csv_dialect
dialect_normal(const struct dialect *d)
{
	return (struct csv_dialect){ d->csv.delimiter, d->csv.quote, CSV_LF,
		false };
}

bool
dialect_is_normal(const struct dialect *d)
{
	return d->encoding == RECODE_UTF8 && !d->csv.bom &&
	    d->csv.newline == CSV_LF;
}
