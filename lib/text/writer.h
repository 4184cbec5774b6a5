/*
 * writer: JSON text in one stable form.
 */
#ifndef TEXT_WRITER_H
#define TEXT_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "text/doc.h"

/*
 * Writers build text directly: members come out in the order they are put.
 * Faults are remembered and returned by writer_finish.  Compact: one line,
 * no blanks.  Pretty: two blanks a level, and a final newline.
 * Non-ASCII is written as UTF-8.  Escaped is what JSON demands, and what a
 * terminal must not see (log_shown): JSON is read on screens too.
 */
struct writer;

enum fault writer_new(struct writer **out, bool pretty) FAULT_CHECKED;
void writer_free(struct writer *w);
/* key is NULL inside an array. */
void writer_open(struct writer *w, const char *key, enum node_type type);
void writer_close(struct writer *w);
void writer_string(struct writer *w, const char *key, const char *value);
void writer_integer(struct writer *w, const char *key, int64_t value);
void writer_boolean(struct writer *w, const char *key, bool value);
void writer_null(struct writer *w, const char *key);
/* Writes a read node again (agreement show). */
void writer_node(struct writer *w, const char *key, const struct node *node);
/* A string, or null when value is NULL or "". */
void writer_string_or_null(
    struct writer *w, const char *key, const char *value);
/*
 * Appends the text to out.  FAULT_MEMORY, FAULT_LARGER (out->max), FAULT_FORMAT
 * when a string is not valid UTF-8 or the calls do not nest.
 */
enum fault writer_finish(struct writer *w, struct buf *out) FAULT_CHECKED;

#endif
