/*
 * test_cause: a failure is told with its facts and place, printable whatever
 * the foreign names in it, and never beyond the room given.
 */
#include "tap.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cause.h"
#include "text/utf8.h"

static void
test_clear(void)
{
	struct cause why;

	memset(&why, 0x5a, sizeof(why));
	cause_clear(&why);
	TAP_INT(why.fault, FAULT_NONE);
	TAP_STR(why.clause, "");
	TAP_STR(why.file, "");
	TAP_STR(why.column, "");
	TAP_STR(why.rule, "");
	TAP_STR(why.detail, "");
	TAP_STR(why.local, "");
	TAP_INT(why.row, 0);
	TAP_OK(why.offset == UINT64_MAX);
	cause_clear(NULL);
}

static void
test_nobody_asks(void)
{
	TAP_INT(cause_set(NULL, FAULT_VALUE, "%d", 1), FAULT_VALUE);
	TAP_INT(cause_memory(NULL), FAULT_MEMORY);
	errno = ENOENT;
	TAP_INT(cause_system(NULL, "open", "x"), FAULT_ABSENT);
	cause_place(NULL, "f", 1, "c", 2);
	cause_clause(NULL, "%s", "a");
	cause_rule(NULL, "required");
	TAP_OK(1);
}

static void
test_set(void)
{
	struct cause why;

	cause_clear(&why);
	cause_place(&why, "a.csv", 7, "nik", 99);
	cause_rule(&why, "pattern");
	cause_clause(&why, "datasets[%d].schema", 2);
	TAP_INT(
	    cause_set(&why, FAULT_VALUE, "rule %s, %d", "x", 3), FAULT_VALUE);
	TAP_INT(why.fault, FAULT_VALUE);
	TAP_STR(why.detail, "rule x, 3");
	TAP_STR(why.local, "rule x, 3");
	TAP_STR(why.file, "a.csv");
	TAP_INT(why.row, 7);
	TAP_STR(why.column, "nik");
	TAP_INT(why.offset, 99);
	TAP_STR(why.rule, "pattern");
	TAP_STR(why.clause, "datasets[2].schema");
	/* What is not given leaves the place as it is. */
	cause_place(&why, NULL, 0, NULL, UINT64_MAX);
	TAP_STR(why.file, "a.csv");
	TAP_INT(why.row, 7);
	TAP_STR(why.column, "nik");
	TAP_INT(why.offset, 99);
	cause_place(&why, "b.csv", 8, "nama", 100);
	TAP_STR(why.file, "b.csv");
	TAP_INT(why.row, 8);
	TAP_STR(why.column, "nama");
	TAP_INT(why.offset, 100);
	/* gettext("") would be the header of a catalogue. */
	TAP_INT(cause_set(&why, FAULT_GAP, "%s", ""), FAULT_GAP);
	TAP_STR(why.local, "");
}

static void
test_system(void)
{
	static const struct {
		int err;
		enum fault fault;
	} table[] = { { ENOSPC, FAULT_NO_ROOM }, { EDQUOT, FAULT_NO_ROOM },
		{ EFBIG, FAULT_NO_ROOM }, { ENOMEM, FAULT_MEMORY },
		{ ENOENT, FAULT_ABSENT }, { EACCES, FAULT_SYSTEM },
		{ EIO, FAULT_SYSTEM }, { EMFILE, FAULT_SYSTEM },
		{ ELOOP, FAULT_SYSTEM }, { 99999, FAULT_SYSTEM } };
	struct cause why;
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		cause_clear(&why);
		errno = table[i].err;
		TAP_INT(cause_system(&why, "open", "name"), table[i].fault);
		TAP_INT(why.fault, table[i].fault);
		TAP_STR(why.file, "name");
		TAP_OK(strncmp(why.detail, "open: ", 6) == 0 &&
		    why.detail[6] != '\0');
		TAP_OK(strncmp(why.local, "open: ", 6) == 0);
		TAP_OK(why.offset == UINT64_MAX);
	}
	cause_clear(&why);
	cause_place(&why, "first", 0, NULL, UINT64_MAX);
	errno = EACCES;
	TAP_INT(cause_system(&why, "write", "second"), FAULT_SYSTEM);
	TAP_STR(why.file, "first");
	TAP_STR(why.detail, "write: Permission denied");
	cause_clear(&why);
	errno = EACCES;
	TAP_INT(cause_system(&why, "write", NULL), FAULT_SYSTEM);
	TAP_STR(why.file, "");
	cause_clear(&why);
	errno = ENOENT;
	(void)cause_system(&why, "open", "\033[2Ja\nb\xff");
	TAP_STR(why.file, "?[2Ja?b?");
}

static void
test_foreign(void)
{
	struct cause why;
	char big[2000];

	cause_clear(&why);
	(void)cause_set(&why, FAULT_FORMAT, "\"%s\" is bad", "\033]0;x\a\r\n");
	TAP_STR(why.detail, "\"?]0;x???\" is bad");
	TAP_STR(why.local, why.detail);
	cause_clause(&why, "a.%s",
	    "\xe2\x80\xae"
	    "b");
	TAP_STR(why.clause, "a.???b");
	cause_place(&why, "\x7f", 0, "\xc2\x9b", UINT64_MAX);
	TAP_STR(why.file, "?");
	TAP_STR(why.column, "??");
	/* Cut where a character of two bytes would be halved. */
	memset(big, 0, sizeof(big));
	for (size_t i = 0; i + 2 < sizeof(big); i += 2)
		memcpy(big + i, "\xc3\xa9", 2);
	(void)cause_set(&why, FAULT_FORMAT, "%s", big);
	cause_clause(&why, "%s", big);
	cause_place(&why, big, 0, big, UINT64_MAX);
	cause_rule(&why, "a rule of more than thirty-one bytes");
	TAP_OK(strlen(why.detail) >= CAUSE_DETAIL_MAX - 2);
	TAP_INT(utf8_valid(why.detail, strlen(why.detail)), strlen(why.detail));
	TAP_INT(utf8_valid(why.local, strlen(why.local)), strlen(why.local));
	TAP_INT(utf8_valid(why.clause, strlen(why.clause)), strlen(why.clause));
	TAP_INT(utf8_valid(why.file, strlen(why.file)), strlen(why.file));
	TAP_INT(utf8_valid(why.column, strlen(why.column)), strlen(why.column));
	TAP_INT(strlen(why.rule), sizeof(why.rule) - 1);
}

/* Every room from none on: terminated, within it, a beginning of the whole. */
static void
test_room(const struct cause *why)
{
	char whole[2048];
	unsigned bad = 0;
	size_t cap, n;
	char *out;

	cause_text(whole, sizeof(whole), why);
	for (cap = 0; cap <= strlen(whole) + 2; cap++) {
		if ((out = malloc(cap + 1)) == NULL)
			break;
		memset(out, '#', cap + 1);
		cause_text(out, cap, why);
		bad += out[cap] != '#';
		n = cap == 0 ? 0 : strnlen(out, cap);
		bad += cap > 0 && n == cap;
		bad += strncmp(whole, out, n) != 0;
		bad += utf8_valid(out, n) != n;
		free(out);
	}
	TAP_INT(bad, 0);
}

static void
test_text(void)
{
	struct cause why;
	char out[1024];

	cause_clear(&why);
	(void)cause_memory(&why);
	cause_text(out, sizeof(out), &why);
	TAP_STR(out, fault_text(FAULT_MEMORY));
	(void)cause_set(&why, FAULT_VALUE, "too long");
	cause_text(out, sizeof(out), &why);
	TAP_STR(out, "a value breaks an agreed rule: too long");
	cause_place(&why, NULL, 0, "nama", UINT64_MAX);
	cause_text(out, sizeof(out), &why);
	TAP_STR(out, "a value breaks an agreed rule: too long (column nama)");
	cause_place(&why, "f.csv", 3, NULL, 77);
	cause_rule(&why, "maxLength");
	cause_clause(&why, "schema");
	cause_text(out, sizeof(out), &why);
	TAP_STR(out,
	    "a value breaks an agreed rule: too long (file f.csv, row 3, "
	    "column nama, rule maxLength, byte 77, clause schema)");
	test_room(&why);
	cause_place(&why, "\xe2\x82\xac.csv", UINT64_MAX, "\xf0\x9f\x99\x82",
	    UINT64_MAX - 1);
	test_room(&why);
	/* A cause of zero bytes, never cleared, shows no byte 0. */
	memset(&why, 0, sizeof(why));
	(void)cause_set(&why, FAULT_GAP, "12");
	cause_text(out, sizeof(out), &why);
	TAP_STR(out, "an earlier parcel is missing: 12");
}

/* A cause from another process proves nothing about itself. */
static void
test_adopted(void)
{
	struct cause foreign, why;

	cause_clear(&why);
	memset(&foreign, 'A', sizeof(foreign));
	TAP_INT(cause_adopt(&why, &foreign), FAULT_SYSTEM);
	TAP_INT(why.fault, FAULT_SYSTEM);
	TAP_INT(strlen(why.clause), CAUSE_NAME_MAX - 1);
	TAP_INT(strlen(why.file), CAUSE_NAME_MAX - 1);
	TAP_INT(strlen(why.column), CAUSE_NAME_MAX - 1);
	TAP_INT(strlen(why.rule), sizeof(why.rule) - 1);
	TAP_INT(strlen(why.detail), CAUSE_DETAIL_MAX - 1);
	TAP_INT(strlen(why.local), CAUSE_DETAIL_MAX - 1);
	test_room(&why);
	cause_clear(&foreign);
	(void)cause_set(&foreign, FAULT_VALUE, "x");
	memcpy(foreign.file, "a\033[31m\xff", 8);
	cause_place(&foreign, NULL, 7, "nama", 9);
	TAP_INT(cause_adopt(&why, &foreign), FAULT_VALUE);
	TAP_STR(why.file, "a?[31m?");
	TAP_STR(why.column, "nama");
	TAP_INT(why.row, 7);
	TAP_INT(why.offset, 9);
	TAP_STR(why.detail, "x");
	TAP_INT(cause_adopt(NULL, &foreign), FAULT_VALUE);
}

int
main(void)
{
	test_clear();
	test_nobody_asks();
	test_set();
	test_system();
	test_foreign();
	test_text();
	test_adopted();
	return TAP_DONE();
}
