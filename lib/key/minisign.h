/*
 * minisign: the lines that minisign's files are made of; used inside this room
 * by key.c and signature.c only.  serahterima-keys(5) holds the tables.
 */
#ifndef KEY_MINISIGN_H
#define KEY_MINISIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "key/key.h"

#define MINISIGN_UNTRUSTED "untrusted comment: "
#define MINISIGN_TRUSTED "trusted comment: "
#define MINISIGN_SIG_LEN 64
#define MINISIGN_PREHASH_LEN 64

/* What is left of a text, and one line of it; both borrow. */
struct minisign_text {
	const char *at;
	size_t left;
};
struct minisign_line {
	const char *at;
	size_t len;
};

/*
 * Takes the next line, without its LF or CR LF; the last one may lack it.
 * False when nothing is left, or the line holds a NUL or another CR.
 */
bool minisign_next(struct minisign_text *text, struct minisign_line *line);
/* Takes the prefix off; false when it is not there. */
bool minisign_prefix(struct minisign_line *line, const char *prefix);
/* Whether only empty lines are left. */
bool minisign_end(const struct minisign_text *text);
/* Canonical padded base64 of exactly n bytes. */
bool minisign_base64(uint8_t *out, size_t n, const struct minisign_line *line);
/* Valid UTF-8 without control bytes; the tab is allowed, as minisign does. */
bool minisign_printable(const char *text, size_t len);

/* Ed25519 with the guarded key: sig of len bytes. */
void secret_key_detached(const struct secret_key *k,
    uint8_t sig[static MINISIGN_SIG_LEN], const void *bytes, size_t len);

#endif
