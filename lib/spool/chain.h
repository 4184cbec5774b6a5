/*
 * chain: the journal's files as a sequence of lines (lib/spool only).
 *
 * journal/ holds NNNNNNNNNNNN.jsonl, each named after the number of its first
 * entry, so that names sort in the order of entries.
 */
#ifndef SPOOL_CHAIN_H
#define SPOOL_CHAIN_H

#include <stdint.h>

#include "base/cause.h"
#include "base/io.h"

#define CHAIN_FILE_LEN 32
#define CHAIN_HEAD "head.json"
#define CHAIN_HEAD_SIG "head.json.minisig"
/* The signature that is about to be in force; see journal_sign. */
#define CHAIN_HEAD_SIG_ASIDE ".head.json.minisig.next"
#define CHAIN_HEAD_FORMAT "serahterima-head/1"

/* The file that begins with this entry. */
void chain_file_name(char out[CHAIN_FILE_LEN], uint64_t first);
/* The number of a file's first entry; 0 when it is no journal file. */
uint64_t chain_file_first(const char *name);
/* The journal files below dir in order; free with io_names_free. */
enum fault chain_files(
    struct io_names *out, int dir, struct cause *why) FAULT_CHECKED;

#endif
