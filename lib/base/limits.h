/*
 * limits: every maximum, with its reason.  The manual repeats them.
 */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

#define KIB 1024UL
#define MIB (1024UL * 1024UL)

/* A signed document is read whole before its signature holds: keep it small. */
#define LIMIT_DOCUMENT (1 * MIB)
/* contents.json: totals of 64 files with bounded groups. */
#define LIMIT_CONTENTS (4 * MIB)
/* A key file or signature is a few lines. */
#define LIMIT_KEY_FILE (16 * KIB)
/* minisign's own bounds (comment line, trusted comment). */
#define LIMIT_COMMENT 1024
#define LIMIT_TRUSTED_COMMENT 8192
/* scrypt limits of a foreign key file, libsodium's "sensitive": 1 GiB. */
#define LIMIT_SCRYPT_OPS 33554432ULL
#define LIMIT_SCRYPT_MEM 1073741824ULL
/* age sets no bound on its header: ours, for LIMIT_AGE_STANZAS of 98 bytes. */
#define LIMIT_AGE_HEADER (256 * KIB)
#define LIMIT_AGE_STANZAS 2048
/* Recipients of one parcel: every stakeholder of the largest partner. */
#define LIMIT_RECIPIENTS 1400
/* JSON nesting in anything we sign. */
#define LIMIT_JSON_DEPTH 16
/* Values, and lists and objects among them, of one document: a tree takes up to
 * a hundred times the room of its text. */
#define LIMIT_JSON_VALUES 131072
#define LIMIT_JSON_NESTS 32768
/* Party, agreement, dataset identifiers: they become directory names. */
#define LIMIT_ID 64
/* Code lists of an agreement, and the bytes of one: the villages of a country
 * are 3 MB. */
#define LIMIT_CODE_LISTS 64
#define LIMIT_CODE_LIST (16 * MIB)
/* One CSV record: an address with line breaks is far below. */
#define LIMIT_CSV_RECORD (1 * MIB)
/* Columns of a table: PostgreSQL ends at 1,600. */
#define LIMIT_CSV_COLUMNS 1600
/* Faults written into the file of --report: a million lines are the most that a
 * spreadsheet opens, and 150 MB. */
#define LIMIT_REPORT 1000000
/* Different groups of one count_by total. */
#define LIMIT_GROUPS 10000
/* Memory for keys that must be unique, or are counted; beyond it they go to the
 * disk.  With the blocks and one bucket in work it stays below 256 MiB. */
#define LIMIT_KEYS_MEMORY (128 * MIB)
/* Files of one parcel. */
#define LIMIT_FILES 64
/* Member name in the archive; also the name of a staged file. */
#define LIMIT_MEMBER_NAME 100
/* load.sql: what LIMIT_CONTENTS gives when each byte is escaped, and the
 * columns of LIMIT_FILES files. */
#define LIMIT_SQL (64 * MIB)
/* Decompression window: 8 MiB, as zstd -19 uses. */
#define LIMIT_ZSTD_WINDOW_LOG 23
/* Names in one directory of a drop. */
#define LIMIT_DROP_ENTRIES 100000
/* One journal line. */
#define LIMIT_JOURNAL_LINE (16 * KIB)
/* A journal file is begun anew beyond this. */
#define LIMIT_JOURNAL_FILE (64 * MIB)
/* Bytes in flight to a server: beyond 2 MiB OpenSSH stalls. */
#define LIMIT_WINDOW (1 * MIB)
/* No wait on a network is longer, seconds. */
#define LIMIT_WAIT 60
/* Configuration file. */
#define LIMIT_CONF (256 * KIB)

#endif
