/*
 * event: which entries the index understands.  An entry that is not of the
 * agreed form is passed over, not refused: the journal is the truth, and an
 * older program must be able to read on in a newer one's journal.
 */
#include "spool/event.h"

#include <string.h>

#include "base/hex.h"
#include "key/hash.h"
#include "text/doc.h"

/* How much an answer says; a party's best answer is what counts, whatever the
 * order in which its receipts were found. */
static int64_t
rank(const char *stage)
{
	static const char *const stages[] = { "received", "refused", "staged",
		"loaded", "destroyed" };

	for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++)
		if (strcmp(stages[i], stage) == 0)
			return (int64_t)i + 1;
	return 0;
}

static const char *
text_of(const struct node *root, const char *name)
{
	const char *text = node_text(root, name);

	return text != NULL ? text : "";
}

bool
event_fact(struct fact *out, const struct journal_entry *e)
{
	static const struct {
		const char *event;
		enum sql sql;
	} events[] = { { "sealed", SQL_SEALED }, { "sent", SQL_SENT },
		{ "receipt", SQL_RECEIPT }, { "released", SQL_RELEASED },
		{ "taken", SQL_TAKEN }, { "staged", SQL_STAGED },
		{ "refused", SQL_REFUSED } };
	const struct node *root = doc_root(e->doc);
	const size_t n = sizeof(events) / sizeof(events[0]);
	struct parcel_name name = { 0 };
	size_t k = 0;

	while (k < n && strcmp(events[k].event, e->event) != 0)
		k++;
	if (k == n || !parcel_name_parse(&name, e->subject))
		return false;
	*out = (struct fact){
		.sql = events[k].sql, .n = (int64_t)e->n, .time = e->time
	};
	parcel_name_stream(out->stream, &name);
	out->sequence = (int64_t)name.sequence;
	out->manifest = text_of(root, "manifest");
	out->contents = text_of(root, "contents");
	out->party = text_of(root, "party");
	out->stage = text_of(root, "stage");
	out->rows = node_int(root, "rows", 0);
	out->bytes = node_int(root, "bytes", 0);
	out->code = node_int(root, "code", 0);
	out->rank = rank(out->stage);
	out->warnings = node_int(root, "warnings", 0);
	/* What was refused may have had no manifest that could be read. */
	if (!hex_ok(out->manifest, HASH_TEXT_LEN - 1) &&
	    (out->sql != SQL_REFUSED || out->manifest[0] != '\0'))
		return false;
	return out->sql != SQL_RECEIPT ||
	    (out->party[0] != '\0' && out->rank != 0);
}
