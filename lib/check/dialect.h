/*
 * dialect: how an agreed file is written, and how it leaves.
 *
 * The dialect of a data set describes the source.  What leaves the house, and
 * what is staged, is its normal form.
 */
#ifndef CHECK_DIALECT_H
#define CHECK_DIALECT_H

#include <stdbool.h>

#include "base/cause.h"
#include "text/csv.h"
#include "text/doc.h"
#include "text/recode.h"

struct dialect {
	struct csv_dialect csv; /* of the text, whatever encodes it */
	enum recode_from encoding;
};

/* The dataset's dialect{}: delimiter, quoteChar, lineTerminator ("\n" or
 * "\r\n"), encoding, bom, header (true).  NULL gives the defaults. FAULT_FORMAT
 * for others. */
enum fault dialect_parse(struct dialect *out, const struct node *object,
    const char *where, struct cause *why) FAULT_CHECKED;

/* The normal form: UTF-8 without a byte order mark, LF, the same delimiter and
 * quote. */
struct csv_dialect dialect_normal(const struct dialect *d);
/* Whether the source has that form already. */
bool dialect_is_normal(const struct dialect *d);

#endif
