/*
 * table: holds a stream of CSV against a schema, on all processors, in constant
 * memory (plus at most 16 bytes a row for each unique key or distinct total,
 * bounded by table_spill; none for a key that ascends, see table_sorted).
 *
 * Bytes are pushed in; the engine cuts them into blocks at record ends and lets
 * worker threads parse and check them.  Faults carry file, row (the header is
 * row 1), column, rule and byte; never a value.  The first faults in file order
 * are kept (table_job.max_faults) and all are counted.  Warnings are kept and
 * counted likewise, and apart from them; they refuse nothing.
 */
#ifndef CHECK_TABLE_H
#define CHECK_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cause.h"
#include "base/stream.h"
#include "check/origin.h"
#include "check/rule.h"
#include "check/codelist.h"
#include "check/schema.h"
#include "check/totals.h"
#include "check/warnings.h"
#include "key/hash.h"
#include "text/csv.h"

struct table_job {
	const struct schema *schema; /* borrowed */
	struct csv_dialect dialect;
	const struct totals_spec *totals; /* borrowed; may be NULL */
	const struct codelists *lists;    /* borrowed until table_new is done;
					     NULL: none */
	const char *file;                 /* borrowed; for causes */
	const char *clause;        /* borrowed; clause prefix for causes */
	uint64_t max_rows;         /* 0 = none; beyond it FAULT_OVER_LIMITS */
	size_t max_faults;         /* causes kept of each kind, at least 1 */
	unsigned threads;          /* workers; 0 = processors */
	const struct rules *rules; /* borrowed; may be NULL */
	/*
	 * Where a line of CSV goes for each fault, as it is found, at most
	 * max_listed of them; write NULL: nowhere.  In the order of the file;
	 * those that show only when it is whole, such as equal keys, come
	 * behind the others.  After a fault of the sink no more is listed, and
	 * nothing else changes.  One thread at a time writes, not always the
	 * same.
	 */
	struct sink listing;
	uint64_t max_listed;
	/* The bytes are those of a projection: faults name the rows of its
	 * source, and no byte.  Borrowed; NULL: they are the file's. */
	struct origin *origin;
};

struct table;

/* FAULT_CONF when a code list that the schema needs is not among the lists. */
enum fault table_new(struct table **out, const struct table_job *job,
    struct cause *why) FAULT_CHECKED;
/* Stops the workers, whatever their state.  NULL-safe. */
void table_free(struct table *t);

/*
 * From the first byte on, which must not have come yet, all bytes go into the
 * hash as well, on the workers' time.  Borrowed until table_finish, and whole
 * after it if that returned FAULT_NONE.
 */
void table_hash(struct table *t, struct hash *hash);

/*
 * From the first byte on, which must not have come yet: keys of one column that
 * come in strictly ascending order, by their bytes or shorter ones first, take
 * no memory and hardly time.  "again" gives the same file from its start; it is
 * read in table_finish, at most once, before the one given there, and only if
 * they did not ascend to the end; NULL read: they are not followed.  Nothing
 * else comes out differently.
 */
void table_sorted(struct table *t, struct source again);

/* Before the first byte: works without vectors, slower; nothing else comes out
 * differently. */
void table_scalar(struct table *t);

/*
 * From the first byte on, which must not have come yet: of all keys together at
 * most "most" bytes (but UNIQUE_LEAST for each of them) stay in memory; what is
 * more goes to files without names in the directory, as keyed hashes and rows,
 * 16 bytes each, until the table is freed.  Where the file system has no such
 * files, all stay in memory.  A full disk is FAULT_NO_ROOM.
 */
void table_spill(struct table *t, int dir, size_t most);

/*
 * Takes the next bytes.  Returns FAULT_NONE even when rows are wrong (so that
 * all faults are found), unless the structure is lost (columns, encoding,
 * quotes) or rows exceed max_rows: then the fault, and further writes return it
 * again.
 */
enum fault table_write(struct table *t, const void *bytes, size_t len,
    struct cause *why) FAULT_CHECKED;
struct sink table_sink(struct table *t);

/*
 * The space where the next bytes may be put in place (at least 64 KiB), and
 * their taking: saves a copy on the way from a file.
 */
enum fault table_space(
    struct table *t, char **at, size_t *cap, struct cause *why) FAULT_CHECKED;
enum fault table_commit(
    struct table *t, size_t len, struct cause *why) FAULT_CHECKED;

/*
 * Ends the file: waits for the workers, settles uniqueness, sums up.  "again"
 * gives the same file from its start (used only to settle two equal hashes of
 * a key exactly); NULL read settles by hash alone.  Returns the first fault in
 * file order, or FAULT_NONE.
 */
enum fault table_finish(
    struct table *t, struct source again, struct cause *why) FAULT_CHECKED;

/* What came is not whole, though its last record is, and no more will come:
 * table_finish then looks at rows alone, not at keys and totals. */
void table_cease(struct table *t);

/* After table_finish. */
uint64_t table_rows(const struct table *t);   /* data records */
uint64_t table_faults(const struct table *t); /* all faults counted */
/* Lines that were listed. */
uint64_t table_listed(const struct table *t);
/* Kept faults in file order. */
size_t table_causes(const struct table *t, const struct cause **out);
/* Faults counted by column and rule, most first; column "" for the record. */
size_t table_counts(const struct table *t, const struct table_count **out);
/* All warnings counted, and the first ones in file order: causes without a
 * fault.  Those of a file whose structure is lost end where it is. */
uint64_t table_warnings(const struct table *t);
size_t table_warning_causes(const struct table *t, const struct cause **out);
/* Moves the counts of warnings out, sorted; caller frees. */
void table_warned(struct table *t, struct warnings *out);
/* Whether the schema has keys, which were looked for twice in the whole file.
 */
bool table_keyed(const struct table *t);
/* Moves the totals out (all zero after a fault); caller frees. */
void table_totals(struct table *t, struct totals *out);

#endif
