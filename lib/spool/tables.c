/*
 * tables: all SQL in one place, so that what the index knows, and which event
 * may change what, can be read on one page.
 */
#include "spool/tables.h"

const char table_schema[] =
    "BEGIN IMMEDIATE;"
    "CREATE TABLE seen (id INTEGER PRIMARY KEY CHECK (id = 1),"
    " n INTEGER NOT NULL, hash TEXT NOT NULL) STRICT;"
    "INSERT INTO seen VALUES (1, 0, '');"
    /* side: enum parcel_side; born: number of the entry that first named it */
    "CREATE TABLE parcel (side INTEGER NOT NULL, stream TEXT NOT NULL,"
    " sequence INTEGER NOT NULL, born INTEGER NOT NULL,"
    " state TEXT NOT NULL, manifest TEXT NOT NULL, contents TEXT NOT NULL,"
    " row_count INTEGER NOT NULL, bytes INTEGER NOT NULL, code INTEGER NOT "
    "NULL,"
    " time TEXT NOT NULL, warnings INTEGER NOT NULL, PRIMARY KEY (side, "
    "stream, sequence))"
    " STRICT, WITHOUT ROWID;"
    "CREATE INDEX parcel_born ON parcel (side, born);"
    "CREATE TABLE receipt (manifest TEXT NOT NULL, party TEXT NOT NULL,"
    " stage TEXT NOT NULL, rank INTEGER NOT NULL, code INTEGER NOT NULL,"
    " PRIMARY KEY (manifest, party, stage)) STRICT, WITHOUT ROWID;"
    "PRAGMA application_id = 0x53544d31;"
    "PRAGMA user_version = 2;"
    "COMMIT;";

#define COLUMNS                                                          \
	"stream, sequence, state, manifest, contents, row_count, bytes," \
	" code, time, warnings"
/* Refusals that use the number up, found after the order was proved: the
 * parcel was the right one, its content was not.  404 and 405 may be the
 * carriage's fault. */
#define NUMBER_USED                                             \
	"(code BETWEEN 105 AND 107 OR code BETWEEN 400 AND 499" \
	" AND code NOT IN (404, 405))"

const char *const table_sql[SQL_N] = {
	[SQL_BEGIN] = "BEGIN IMMEDIATE",
	[SQL_COMMIT] = "COMMIT",
	[SQL_ROLLBACK] = "ROLLBACK",
	[SQL_SEEN] = "SELECT n, hash FROM seen",
	[SQL_SET_SEEN] = "UPDATE seen SET n = ?1, hash = ?2",
	[SQL_CLEAR_PARCELS] = "DELETE FROM parcel",
	[SQL_CLEAR_RECEIPTS] = "DELETE FROM receipt",
	[SQL_SEALED] =
	    "INSERT INTO parcel VALUES"
	    " (0, ?1, ?2, ?3, 'sealed', ?5, '', ?6, ?7, 0, ?4, 0)"
	    " ON CONFLICT DO UPDATE SET state = 'sealed', manifest = ?5,"
	    " row_count = ?6, bytes = ?7, code = 0, time = ?4"
	    " WHERE state = 'sealed'",
	[SQL_SENT] = "UPDATE parcel SET state = 'sent', time = ?4"
		     " WHERE side = 0 AND stream = ?1 AND sequence = ?2"
		     " AND manifest = ?5 AND state = 'sealed'",
	[SQL_RECEIPT] = "INSERT OR REPLACE INTO receipt VALUES"
			" (?5, ?10, ?11, ?12, ?8)",
	/* The best answer of each party; of the parties, the least. */
	[SQL_ANSWERED] =
	    "WITH best AS (SELECT party, max(rank) AS rank FROM receipt"
	    "  WHERE manifest = ?5 GROUP BY party),"
	    " least AS (SELECT min(rank) AS rank FROM best)"
	    " UPDATE parcel SET time = ?4,"
	    " state = (SELECT CASE WHEN EXISTS (SELECT 1 FROM best WHERE"
	    "   rank = 2) THEN 'refused' WHEN rank = 1 THEN 'received'"
	    "  ELSE 'staged' END FROM least),"
	    " code = coalesce((SELECT code FROM receipt JOIN best"
	    "  USING (party, rank) WHERE manifest = ?5 AND rank = 2"
	    "  ORDER BY party LIMIT 1), 0)"
	    " WHERE side = 0 AND stream = ?1 AND sequence = ?2"
	    " AND manifest = ?5 AND state <> 'released'",
	[SQL_RELEASED] =
	    "UPDATE parcel SET state = 'released', code = 0, time = ?4"
	    " WHERE side = 0 AND stream = ?1 AND sequence = ?2"
	    " AND manifest = ?5",
	/* A parcel that is staged, or was refused for good, keeps its number
	 * and its state whatever else turns up in its place. */
	[SQL_TAKEN] =
	    "INSERT INTO parcel VALUES"
	    " (1, ?1, ?2, ?3, 'taken', ?5, '', ?6, 0, 0, ?4, 0)"
	    " ON CONFLICT DO UPDATE SET state = 'taken', manifest = ?5,"
	    " row_count = ?6, code = 0, time = ?4"
	    " WHERE state = 'taken' OR (state = 'refused' AND NOT " NUMBER_USED
	    ")",
	[SQL_STAGED] =
	    "INSERT INTO parcel VALUES"
	    " (1, ?1, ?2, ?3, 'staged', ?5, ?9, ?6, 0, 0, ?4, ?13)"
	    " ON CONFLICT DO UPDATE SET state = 'staged', manifest = ?5,"
	    " contents = ?9, row_count = ?6, code = 0, time = ?4,"
	    " warnings = ?13"
	    " WHERE state <> 'staged'",
	[SQL_REFUSED] =
	    "INSERT INTO parcel VALUES"
	    " (1, ?1, ?2, ?3, 'refused', ?5, '', 0, 0, ?8, ?4, 0)"
	    " ON CONFLICT DO UPDATE SET state = 'refused', manifest = ?5,"
	    " row_count = 0, code = ?8, time = ?4"
	    " WHERE (state = 'taken' AND manifest = ?5)"
	    " OR (state = 'refused' AND (manifest = ?5 OR NOT " NUMBER_USED
	    "))",
	[SQL_PARCEL] = "SELECT " COLUMNS " FROM parcel WHERE side = ?1"
		       " AND stream = ?2 AND sequence = ?3",
	[SQL_LAST] = "SELECT " COLUMNS " FROM parcel WHERE side = ?1"
		     " AND stream = ?2 AND (side = 0 OR state = 'staged'"
		     " OR (state = 'refused' AND " NUMBER_USED "))"
		     " ORDER BY sequence DESC LIMIT 1",
	[SQL_HAS_RECEIPT] = "SELECT 1 FROM receipt WHERE manifest = ?1"
			    " AND party = ?2 AND stage = ?3",
	[SQL_PARCELS] = "SELECT " COLUMNS " FROM parcel WHERE side = ?1"
			" ORDER BY born",
};
