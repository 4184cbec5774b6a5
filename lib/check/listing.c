/*
 * listing: called in the order of the file, by one thread at a time, whatever
 * the number of workers.  It never holds a value, for no finding does.
 *
 * A sink that fails keeps its own reason; the check goes on without it, because
 * what is found is worth more than the list of it.
 */
#include "check/listing.h"

#include <string.h>

#include "check/block.h"
#include "check/table.h"

void
listing_init(struct listing *l, const struct table_job *job,
    const struct cause *header, size_t columns)
{
	memset(l, 0, sizeof(*l));
	l->job = job;
	l->header = header;
	findings_init(&l->late, columns, LISTING_LATE);
	findings_init(&l->late_warned, columns, LISTING_LATE);
	l->line.max = 4 * sizeof(struct cause);
	l->done = job->listing.write == NULL || job->max_listed == 0;
}

void
listing_free(struct listing *l)
{
	findings_free(&l->late);
	findings_free(&l->late_warned);
	buf_free(&l->line);
}

bool
listing_open(const struct listing *l)
{
	return l->job != NULL && !l->done;
}

enum fault
listing_text(struct buf *line, const char *text)
{
	enum fault f = FAULT_NONE;

	if (text[strcspn(text, ",\"\r\n")] == '\0')
		return buf_puts(line, text);
	f = buf_put(line, "\"", 1);
	for (; f == FAULT_NONE && *text != '\0'; text++) {
		f = buf_put(line, text, 1);
		if (f == FAULT_NONE && *text == '"')
			f = buf_put(line, text, 1);
	}
	return f == FAULT_NONE ? buf_put(line, "\"", 1) : f;
}

static enum fault
put_number(struct buf *line, uint64_t n, uint64_t none)
{
	return n == none ? FAULT_NONE
			 : buf_putf(line, "%llu", (unsigned long long)n);
}

enum fault
listing_line(struct buf *line, const struct cause *why)
{
	const char *reason =
	    why->local[0] != '\0' ? why->local : fault_text(why->fault);
	enum fault f = FAULT_NONE;

	if ((f = listing_text(line, why->file)) != FAULT_NONE ||
	    (f = buf_puts(line, ",")) != FAULT_NONE ||
	    (f = put_number(line, why->row, 0)) != FAULT_NONE ||
	    (f = buf_puts(line, ",")) != FAULT_NONE ||
	    (f = listing_text(line, why->column)) != FAULT_NONE ||
	    (f = buf_puts(line, ",")) != FAULT_NONE ||
	    (f = put_number(line, why->offset, UINT64_MAX)) != FAULT_NONE ||
	    (f = buf_putf(line, ",%s,", why->rule)) != FAULT_NONE ||
	    (f = put_number(line, why->fault, FAULT_NONE)) != FAULT_NONE ||
	    (f = buf_puts(
		 line, why->fault == FAULT_NONE ? ",warning," : ",error,")) !=
		FAULT_NONE ||
	    (f = listing_text(line, reason)) != FAULT_NONE)
		return f;
	return buf_puts(line, "\n");
}

static void
listing_write(struct listing *l, const struct finding *found)
{
	const struct sink *sink = &l->job->listing;
	struct cause why = { .fault = FAULT_NONE };

	(void)finding_cause(found, l->job, &why);
	if (found->rule == FINDING_HEADER && l->header->fault != FAULT_NONE)
		why = *l->header;
	l->line.len = 0;
	if (listing_line(&l->line, &why) != FAULT_NONE ||
	    sink->write(sink->self, l->line.data, l->line.len, NULL) !=
		FAULT_NONE) {
		l->done = true;
		return;
	}
	l->lines++;
	l->warned += why.fault == FAULT_NONE;
	l->done = l->lines == l->job->max_listed;
}

/* Both in the order of the file. */
static void
listing_merge(struct listing *l, const struct findings *found,
    const struct findings *warned, uint64_t rows)
{
	struct finding next;
	size_t i = 0, j = 0;
	bool warning = false;

	while (listing_open(l) && (i < found->n || j < warned->n)) {
		warning = i == found->n ||
		    (j < warned->n &&
			findings_before(
			    found, &warned->item[j], &found->item[i]));
		next = warning ? warned->item[j++] : found->item[i++];
		next.row += rows;
		if (!warning || l->warned < l->job->max_listed / 2)
			listing_write(l, &next);
	}
}

void
listing_block(struct listing *l, const struct block *b, uint64_t rows)
{
	listing_merge(l, &b->found, &b->warned, rows);
}

enum fault
listing_late(struct listing *l, const struct finding *found, bool warning)
{
	if (!listing_open(l))
		return FAULT_NONE;
	return findings_insert(warning ? &l->late_warned : &l->late, found);
}

void
listing_end(struct listing *l)
{
	listing_merge(l, &l->late, &l->late_warned, 0);
	findings_clear(&l->late);
	findings_clear(&l->late_warned);
}
