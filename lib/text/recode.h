/*
 * recode: text of an agreed encoding into UTF-8, as a stage of a stream.
 *
 * An encoding is stated, never guessed.  Nothing is replaced or left out: a
 * byte that is not in the encoding is a fault with its offset.  UTF-8 goes
 * through unchanged, but proved.  Pure; Windows-1252 and UTF-16 are the C
 * library's (iconv).
 */
#ifndef TEXT_RECODE_H
#define TEXT_RECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cause.h"
#include "base/stream.h"

enum recode_from {
	RECODE_UTF8,
	RECODE_WINDOWS_1252,
	RECODE_UTF16LE,
	RECODE_UTF16BE
};

/* "utf-8", "windows-1252", "utf-16le", "utf-16be"; static. */
const char *recode_name(enum recode_from from);
/* Whether the text is one of these names. */
bool recode_find(enum recode_from *out, const char *name);
/* Bytes of the encoding's byte order mark; 0 where there is none. */
size_t recode_bom(enum recode_from from);

struct recode;

/*
 * A stage that writes UTF-8 into "to".  "bom": the text begins with the byte
 * order mark, which is left out; else it must not.  FAULT_MEMORY; FAULT_CONF
 * when the C library cannot convert from it.
 */
enum fault recode_new(struct recode **out, enum recode_from from, bool bom,
    struct sink to, struct cause *why) FAULT_CHECKED;
/* NULL-safe. */
void recode_free(struct recode *r);

/*
 * Takes the next bytes, cut anywhere.  FAULT_ENCODING with the offset of the
 * first byte of what is not in the encoding (rule "encoding"), or at offset 0
 * where the mark is not as agreed (rule "bom"); whatever the cuts, all that
 * stands before it was written into "to".  Faults of "to" are passed on.
 */
enum fault recode_write(struct recode *r, const void *bytes, size_t len,
    struct cause *why) FAULT_CHECKED;
/* The end: FAULT_ENCODING when it comes within a character. */
enum fault recode_end(struct recode *r, struct cause *why) FAULT_CHECKED;

#endif
