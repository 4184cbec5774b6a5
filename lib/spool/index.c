/*
 * index: the journal's facts in SQLite, for quick questions.
 *
 * Nothing here is evidence.  The tables hold how far they have read (number and
 * hash of that entry); when that does not fit the journal, or the file is
 * damaged, they are made anew.  That is also why synchronous = NORMAL is
 * enough: what a power cut takes from the index, the next opening reads again
 * from the journal, which is fsynced.
 */
#include "spool/index.h"

#include <sys/file.h>

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/intl.h"
#include "base/io.h"
#include "base/limits.h"
#include "spool/event.h"
#include "spool/tables.h"

#define INDEX_NAME "index.sqlite"
/* Another process catches up at the same time: it is done in a moment. */
#define BUSY_MS 10000

struct spool_index {
	struct home *home; /* borrowed */
	sqlite3 *db;
	sqlite3_stmt *stmt[SQL_N]; /* prepared when first needed */
};

/* SQLite's word for what went wrong; never a value, only names. */
static enum fault
failed(struct spool_index *i, int rc, struct cause *why)
{
	cause_place(why, "journal/" INDEX_NAME, 0, NULL, UINT64_MAX);
	switch (rc & 0xff) {
	case SQLITE_NOMEM:
		return cause_memory(why);
	case SQLITE_FULL:
		return cause_set(
		    why, FAULT_NO_ROOM, N_("no room for the index"));
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return cause_set(
		    why, FAULT_BUSY, N_("another process holds the index"));
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		/* Ours, and no evidence: the next opening makes it anew.  A
		 * disk that cannot be read is told in these words, too. */
		return cause_set(why, FAULT_SYSTEM,
		    N_("the index is damaged; it can be rebuilt"));
	default:
		return cause_set(why, FAULT_SYSTEM, N_("SQLite: %s"),
		    i->db != NULL ? sqlite3_errmsg(i->db) : sqlite3_errstr(rc));
	}
}

/* The statement, ready for new values. */
static enum fault
prepare(struct spool_index *i, enum sql which, struct cause *why)
{
	int rc = SQLITE_OK;

	if (i->stmt[which] != NULL) {
		(void)sqlite3_reset(i->stmt[which]);
		(void)sqlite3_clear_bindings(i->stmt[which]);
		return FAULT_NONE;
	}
	rc = sqlite3_prepare_v3(i->db, table_sql[which], -1,
	    SQLITE_PREPARE_PERSISTENT, &i->stmt[which], NULL);
	return rc == SQLITE_OK ? FAULT_NONE : failed(i, rc, why);
}

/* Steps once: *row tells whether there is a row to read. */
static enum fault
step(struct spool_index *i, enum sql which, bool *row, struct cause *why)
{
	int rc = sqlite3_step(i->stmt[which]);

	*row = rc == SQLITE_ROW;
	if (rc == SQLITE_ROW)
		return FAULT_NONE;
	/* Done: let go of the read lock at once. */
	(void)sqlite3_reset(i->stmt[which]);
	return rc == SQLITE_DONE ? FAULT_NONE : failed(i, rc, why);
}

/* Prepares and runs a statement without values or rows. */
static enum fault
run(struct spool_index *i, enum sql which, struct cause *why)
{
	bool row = false;
	enum fault f = prepare(i, which, why);

	return f != FAULT_NONE ? f : step(i, which, &row, why);
}

/* Binds what the statement asks for and runs it. */
static enum fault
put_fact(struct spool_index *i, enum sql which, const struct fact *a,
    struct cause *why)
{
	const struct {
		const char *text; /* or the number */
		int64_t number;
	} value[] = { { a->stream, 0 }, { NULL, a->sequence }, { NULL, a->n },
		{ a->time, 0 }, { a->manifest, 0 }, { NULL, a->rows },
		{ NULL, a->bytes }, { NULL, a->code }, { a->contents, 0 },
		{ a->party, 0 }, { a->stage, 0 }, { NULL, a->rank },
		{ NULL, a->warnings } };
	int rc = SQLITE_OK, count = 0;
	bool row = false;
	enum fault f = prepare(i, which, why);

	if (f != FAULT_NONE)
		return f;
	count = sqlite3_bind_parameter_count(i->stmt[which]);
	for (int k = 0; rc == SQLITE_OK && k < count; k++)
		rc = value[k].text != NULL
		    ? sqlite3_bind_text(i->stmt[which], k + 1, value[k].text,
			  -1, SQLITE_STATIC)
		    : sqlite3_bind_int64(
			  i->stmt[which], k + 1, value[k].number);
	if (rc != SQLITE_OK)
		return failed(i, rc, why);
	return step(i, which, &row, why);
}

/* Takes in one entry; what it does not understand is only counted. */
static enum fault
take(struct spool_index *i, const struct journal_entry *e, struct cause *why)
{
	struct fact a = { 0 };
	enum fault f = FAULT_NONE;

	if (!event_fact(&a, e))
		return FAULT_NONE;
	f = put_fact(i, a.sql, &a, why);
	if (f == FAULT_NONE && a.sql == SQL_RECEIPT)
		f = put_fact(i, SQL_ANSWERED, &a, why);
	return f;
}

/* How far the tables have read. */
static enum fault
get_seen(struct spool_index *i, struct journal_head *out, struct cause *why)
{
	bool row = false;
	enum fault f = prepare(i, SQL_SEEN, why);

	*out = (struct journal_head){ 0 };
	if (f == FAULT_NONE)
		f = step(i, SQL_SEEN, &row, why);
	if (f != FAULT_NONE || !row)
		return f;
	out->entries = (uint64_t)sqlite3_column_int64(i->stmt[SQL_SEEN], 0);
	(void)snprintf(out->hash, sizeof(out->hash), "%s",
	    (const char *)sqlite3_column_text(i->stmt[SQL_SEEN], 1));
	(void)sqlite3_reset(i->stmt[SQL_SEEN]);
	return FAULT_NONE;
}

static enum fault
set_seen(
    struct spool_index *i, const struct journal_head *seen, struct cause *why)
{
	bool row = false;
	int rc = SQLITE_OK;
	enum fault f = prepare(i, SQL_SET_SEEN, why);

	if (f != FAULT_NONE)
		return f;
	rc = sqlite3_bind_int64(
	    i->stmt[SQL_SET_SEEN], 1, (int64_t)seen->entries);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_text(
		    i->stmt[SQL_SET_SEEN], 2, seen->hash, -1, SQLITE_STATIC);
	if (rc != SQLITE_OK)
		return failed(i, rc, why);
	return step(i, SQL_SET_SEEN, &row, why);
}

/*
 * Reads the journal on from *seen.  *fits is false when entry seen->entries is
 * not the one that was read: this is another journal.
 */
static enum fault
read_on(struct spool_index *i, struct journal_head *seen, bool *fits,
    struct cause *why)
{
	struct journal_walk *w = NULL;
	struct journal_entry e = { 0 };
	char hash[HASH_TEXT_LEN] = "";
	int end = 0;
	enum fault f = journal_walk_new(&w, i->home, seen->entries, why);

	*fits = seen->entries == 0;
	while (f == FAULT_NONE) {
		f = journal_walk_next(w, &e, &end, why);
		if (f != FAULT_NONE || end)
			break;
		f = hash_bytes_text(hash, e.line, e.len);
		if (f != FAULT_NONE)
			f = cause_memory(why);
		else if (*fits)
			f = take(i, &e, why);
		else if (!hash_text_equal(hash, seen->hash))
			break;
		*fits = true;
		seen->entries = e.n;
		memcpy(seen->hash, hash, sizeof(hash));
		journal_entry_free(&e);
	}
	journal_entry_free(&e);
	journal_walk_free(w);
	return f;
}

/* Within a transaction: reads on, or anew when the tables do not fit. */
static enum fault
catch_up(struct spool_index *i, struct cause *why)
{
	struct journal_head seen = { 0 };
	uint64_t before = 0;
	bool fits = false;
	enum fault f = get_seen(i, &seen, why);

	before = seen.entries;
	if (f == FAULT_NONE)
		f = read_on(i, &seen, &fits, why);
	if (f == FAULT_NONE && !fits) {
		seen = (struct journal_head){ 0 };
		f = run(i, SQL_CLEAR_PARCELS, why);
		if (f == FAULT_NONE)
			f = run(i, SQL_CLEAR_RECEIPTS, why);
		if (f == FAULT_NONE)
			f = read_on(i, &seen, &fits, why);
	} else if (seen.entries == before) {
		return f;
	}
	return f != FAULT_NONE ? f : set_seen(i, &seen, why);
}

enum fault
index_refresh(struct spool_index *i, struct cause *why)
{
	enum fault f = run(i, SQL_BEGIN, why);

	if (f != FAULT_NONE)
		return f;
	f = catch_up(i, why);
	if (f == FAULT_NONE)
		f = run(i, SQL_COMMIT, why);
	if (f != FAULT_NONE)
		(void)!run(i, SQL_ROLLBACK, NULL);
	return f;
}

/* Opens the file; whether it is an index of ours is another question. */
static enum fault
open_file(struct spool_index *i, struct cause *why)
{
	char *path = NULL;
	int fd = -1, rc = SQLITE_OK;
	enum fault f = FAULT_NONE;

	/* SQLite would make it readable to whoever the umask lets. */
	fd = openat(i->home->dir, "journal/" INDEX_NAME,
	    O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return cause_system(why, "open", "journal/" INDEX_NAME);
	(void)close(fd);
	if (asprintf(&path, "%s/journal/%s", i->home->path, INDEX_NAME) < 0)
		return cause_memory(why);
	rc = sqlite3_open_v2(path, &i->db, SQLITE_OPEN_READWRITE, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_busy_timeout(i->db, BUSY_MS);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(i->db,
		    "PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY;"
		    "PRAGMA trusted_schema = OFF;",
		    NULL, NULL, NULL);
	/* What is no database is found here; usable() says so once more. */
	if (rc != SQLITE_OK && rc != SQLITE_NOTADB && rc != SQLITE_CORRUPT)
		f = failed(i, rc, why);
	free(path);
	return f;
}

/* The first column of the first row as text is what is wanted. */
static bool
says(struct spool_index *i, const char *sql, const char *want)
{
	sqlite3_stmt *s = NULL;
	bool yes = false;

	if (sqlite3_prepare_v2(i->db, sql, -1, &s, NULL) == SQLITE_OK &&
	    sqlite3_step(s) == SQLITE_ROW) {
		const char *got = (const char *)sqlite3_column_text(s, 0);

		yes = got != NULL && strcmp(got, want) == 0;
	}
	(void)sqlite3_finalize(s);
	return yes;
}

/* Whether the file is an undamaged index of this version. */
static bool
usable(struct spool_index *i)
{
	char id[16] = "", version[16] = "";

	(void)snprintf(id, sizeof(id), "%d", TABLE_APPLICATION_ID);
	(void)snprintf(version, sizeof(version), "%d", TABLE_VERSION);
	return says(i, "PRAGMA application_id", id) &&
	    says(i, "PRAGMA user_version", version) &&
	    says(i, "PRAGMA quick_check(1)", "ok");
}

static void
forget_statements(struct spool_index *i)
{
	for (size_t k = 0; k < SQL_N; k++) {
		(void)sqlite3_finalize(i->stmt[k]);
		i->stmt[k] = NULL;
	}
}

/*
 * Empties the file in place and makes the tables.  Removing the file instead
 * would pull it from under a process that has it open, whose rollback journal
 * would then be taken for that of the new one.
 */
static enum fault
make_tables(struct spool_index *i, struct cause *why)
{
	int rc = SQLITE_OK;

	forget_statements(i);
	rc = sqlite3_db_config(i->db, SQLITE_DBCONFIG_RESET_DATABASE, 1, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(i->db, "VACUUM", NULL, NULL, NULL);
	(void)sqlite3_db_config(i->db, SQLITE_DBCONFIG_RESET_DATABASE, 0, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(i->db, table_schema, NULL, NULL, NULL);
	return rc == SQLITE_OK ? FAULT_NONE : failed(i, rc, why);
}

/* One process at a time looks whether the file must be made anew. */
static enum fault
lock_file(struct home *h, int *lock, struct cause *why)
{
	*lock = openat(h->dir, "journal/index.lock",
	    O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (*lock < 0)
		return cause_system(why, "open", "journal/index.lock");
	while (flock(*lock, LOCK_EX) != 0)
		if (errno != EINTR)
			return cause_system(why, "flock", "journal/index.lock");
	return FAULT_NONE;
}

static enum fault
open_index(
    struct spool_index **out, struct home *h, bool anew, struct cause *why)
{
	struct spool_index *i = calloc(1, sizeof(*i));
	int lock = -1;
	enum fault f = i == NULL ? cause_memory(why) : lock_file(h, &lock, why);

	*out = NULL;
	if (f != FAULT_NONE)
		goto out;
	i->home = h;
	f = open_file(i, why);
	if (f == FAULT_NONE && (anew || !usable(i)))
		f = make_tables(i, why);
	if (f == FAULT_NONE)
		f = index_refresh(i, why);
out:
	if (lock >= 0)
		(void)close(lock);
	if (f != FAULT_NONE)
		index_close(i);
	else
		*out = i;
	return f;
}

enum fault
index_open(struct spool_index **out, struct home *h, struct cause *why)
{
	return open_index(out, h, false, why);
}

void
index_close(struct spool_index *i)
{
	if (i == NULL)
		return;
	forget_statements(i);
	(void)sqlite3_close(i->db);
	free(i);
}

enum fault
index_rebuild(struct home *h, uint64_t *entries, struct cause *why)
{
	struct spool_index *i = NULL;
	struct journal_head seen = { 0 };
	enum fault f = open_index(&i, h, true, why);

	if (f == FAULT_NONE)
		f = get_seen(i, &seen, why);
	*entries = seen.entries;
	index_close(i);
	return f;
}

static void
get_text(char *out, size_t cap, sqlite3_stmt *s, int column)
{
	const unsigned char *text = sqlite3_column_text(s, column);

	(void)snprintf(out, cap, "%s", text != NULL ? (const char *)text : "");
}

/* Reads a row of COLUMNS. */
static void
get_parcel(struct parcel_state *out, enum parcel_side side, sqlite3_stmt *s)
{
	char name[PARCEL_NAME_MAX + 24] = "";

	*out = (struct parcel_state){ .side = side };
	(void)snprintf(name, sizeof(name), "%s/%lld",
	    (const char *)sqlite3_column_text(s, 0),
	    (long long)sqlite3_column_int64(s, 1));
	(void)parcel_name_parse(&out->name, name);
	get_text(out->state, sizeof(out->state), s, 2);
	get_text(out->manifest, sizeof(out->manifest), s, 3);
	get_text(out->contents, sizeof(out->contents), s, 4);
	out->rows = (uint64_t)sqlite3_column_int64(s, 5);
	out->bytes = (uint64_t)sqlite3_column_int64(s, 6);
	out->code = sqlite3_column_int(s, 7);
	get_text(out->time, sizeof(out->time), s, 8);
	out->warnings = (uint64_t)sqlite3_column_int64(s, 9);
}

/* SQL_PARCEL or SQL_LAST: at most one row. */
static enum fault
one_parcel(struct spool_index *i, enum sql which,
    const struct parcel_name *name, struct parcel_state *out, struct cause *why)
{
	char stream[PARCEL_NAME_MAX] = "";
	sqlite3_stmt *s = NULL;
	bool row = false;
	int rc = SQLITE_OK;
	enum fault f = prepare(i, which, why);

	if (f != FAULT_NONE)
		return f;
	s = i->stmt[which];
	parcel_name_stream(stream, name);
	rc = sqlite3_bind_int(s, 1, (int)out->side);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_text(s, 2, stream, -1, SQLITE_STATIC);
	if (rc == SQLITE_OK && which == SQL_PARCEL)
		rc = sqlite3_bind_int64(s, 3, (int64_t)name->sequence);
	if (rc != SQLITE_OK)
		return failed(i, rc, why);
	f = step(i, which, &row, why);
	if (f == FAULT_NONE && row)
		get_parcel(out, out->side, s);
	else if (f == FAULT_NONE)
		f = cause_set(
		    why, FAULT_ABSENT, N_("no such parcel is on record"));
	(void)sqlite3_reset(s);
	(void)sqlite3_clear_bindings(s);
	return f;
}

enum fault
index_parcel(struct spool_index *i, const struct parcel_name *name,
    enum parcel_side side, struct parcel_state *out, struct cause *why)
{
	*out = (struct parcel_state){ .side = side };
	return one_parcel(i, SQL_PARCEL, name, out, why);
}

enum fault
index_last(struct spool_index *i, const struct parcel_name *stream,
    enum parcel_side side, struct parcel_state *out, struct cause *why)
{
	*out = (struct parcel_state){ .side = side };
	return one_parcel(i, SQL_LAST, stream, out, why);
}

enum fault
index_receipt(struct spool_index *i, const char *manifest, const char *party,
    const char *stage, bool *out, struct cause *why)
{
	const char *const values[] = { manifest, party, stage };
	int rc = SQLITE_OK;
	enum fault f = prepare(i, SQL_HAS_RECEIPT, why);

	*out = false;
	if (f != FAULT_NONE)
		return f;
	for (int k = 0; rc == SQLITE_OK && k < 3; k++)
		rc = sqlite3_bind_text(i->stmt[SQL_HAS_RECEIPT], k + 1,
		    values[k], -1, SQLITE_TRANSIENT);
	if (rc != SQLITE_OK)
		return failed(i, rc, why);
	f = step(i, SQL_HAS_RECEIPT, out, why);
	(void)sqlite3_reset(i->stmt[SQL_HAS_RECEIPT]);
	return f;
}

/* Room for one more, doubling. */
static enum fault
parcels_grow(struct parcel_state **all, size_t n, struct cause *why)
{
	struct parcel_state *grown = NULL;

	if ((n & (n - 1)) != 0)
		return FAULT_NONE;
	grown = reallocarray(*all, n == 0 ? 1 : 2 * n, sizeof(*grown));
	if (grown == NULL)
		return cause_memory(why);
	*all = grown;
	return FAULT_NONE;
}

enum fault
index_parcels(struct spool_index *i, enum parcel_side side,
    struct parcel_state **out, size_t *n, struct cause *why)
{
	struct parcel_state *all = NULL;
	bool row = false;
	enum fault f = prepare(i, SQL_PARCELS, why);

	*out = NULL;
	*n = 0;
	if (f != FAULT_NONE)
		return f;
	if (sqlite3_bind_int(i->stmt[SQL_PARCELS], 1, (int)side) != SQLITE_OK)
		return failed(i, SQLITE_MISUSE, why);
	f = step(i, SQL_PARCELS, &row, why);
	while (f == FAULT_NONE && row) {
		f = parcels_grow(&all, *n, why);
		if (f != FAULT_NONE)
			break;
		get_parcel(&all[(*n)++], side, i->stmt[SQL_PARCELS]);
		f = step(i, SQL_PARCELS, &row, why);
	}
	(void)sqlite3_reset(i->stmt[SQL_PARCELS]);
	if (f != FAULT_NONE) {
		free(all);
		*n = 0;
		return f;
	}
	*out = all;
	return FAULT_NONE;
}
