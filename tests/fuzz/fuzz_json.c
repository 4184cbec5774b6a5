/*
 * fuzz_json: a document that reads is written and read again as the same, both
 * compact and pretty, and nothing in what is written can turn a screen.
 */
#include "fuzz.h"
#include "text/doc.h"
#include "text/writer.h"

static void
write_node(struct buf *out, const struct node *node, bool pretty)
{
	struct writer *w = NULL;

	FUZZ_HOLD(writer_new(&w, pretty) == FAULT_NONE);
	writer_node(w, NULL, node);
	FUZZ_HOLD(writer_finish(w, out) == FAULT_NONE);
	writer_free(w);
}

static void
read_again(const struct buf *text, const struct buf *want)
{
	struct buf got = FUZZ_BUF;
	struct doc *doc = NULL;

	FUZZ_HOLD(doc_parse(&doc, text->data, text->len, NULL) == FAULT_NONE);
	write_node(&got, doc_root(doc), false);
	fuzz_equal(&got, want);
	doc_free(doc);
	buf_free(&got);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf compact = FUZZ_BUF, pretty = FUZZ_BUF;
	struct doc *doc = NULL;
	struct cause why;
	enum fault f = FAULT_NONE;

	cause_clear(&why);
	f = doc_parse(&doc, data, size, &why);
	if (f != FAULT_NONE) {
		fuzz_refused(f, FAULT_FORMAT, FAULT_FORMAT, &why);
		FUZZ_HOLD(doc == NULL);
		return 0;
	}
	write_node(&compact, doc_root(doc), false);
	FUZZ_HOLD(fuzz_shown(buf_text(&compact)));
	read_again(&compact, &compact);
	/* Blanks alone can make it too large for the writer. */
	if (size < MIB / 4) {
		write_node(&pretty, doc_root(doc), true);
		read_again(&pretty, &compact);
	}
	doc_free(doc);
	buf_free(&compact);
	buf_free(&pretty);
	return 0;
}
