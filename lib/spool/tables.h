/*
 * tables: the index's tables and every SQL statement of the project
 * (lib/spool only).
 */
#ifndef SPOOL_TABLES_H
#define SPOOL_TABLES_H

enum sql {
	SQL_BEGIN,
	SQL_COMMIT,
	SQL_ROLLBACK,
	SQL_SEEN,
	SQL_SET_SEEN,
	SQL_CLEAR_PARCELS,
	SQL_CLEAR_RECEIPTS,
	SQL_SEALED,
	SQL_SENT,
	SQL_RECEIPT,
	SQL_ANSWERED,
	SQL_RELEASED,
	SQL_TAKEN,
	SQL_STAGED,
	SQL_REFUSED,
	SQL_PARCEL,
	SQL_LAST,
	SQL_HAS_RECEIPT,
	SQL_PARCELS,
	SQL_N
};

/* Makes the tables in an empty database, in one transaction. */
extern const char table_schema[];
#define TABLE_APPLICATION_ID 0x53544d31 /* "STM1" */
#define TABLE_VERSION 2

/*
 * The statements.  Those that take in an event share one numbering of their
 * values: ?1 stream ?2 sequence ?3 n ?4 time ?5 manifest ?6 rows ?7 bytes
 * ?8 code ?9 contents ?10 party ?11 stage ?12 rank
 * ?13 warnings.
 */
extern const char *const table_sql[SQL_N];

#endif
