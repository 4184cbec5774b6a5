/*
 * test_index: the tables say what the journal says, whatever happened to their
 * file, and the sequence of a stream can be relied on.
 */
#include <sys/wait.h>

#include "base/cause.h"
#include "base/limits.h"
#include "room.h"
#include "spool/home.h"
#include "spool/index.h"
#include "spool/journal.h"
#include "tap.h"

#define NOW 1795500000 /* 2026-11-24T06:00:00Z */
#define FILE_NAME "h/journal/index.sqlite"
#define HASH_A                             \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HASH_B                             \
	"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" \
	"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static struct cause why;
static struct home *home;
static struct journal *journal;
static struct spool_index *idx;

/* Begins with an empty journal and no index. */
static void
begin(void)
{
	index_close(idx);
	journal_close(journal);
	idx = NULL;
	journal = NULL;
	TAP_INT(io_remove_tree(room_dir, "h/journal", NULL), FAULT_NONE);
	TAP_INT(io_mkdirs(room_dir, "h/journal", NULL), FAULT_NONE);
	TAP_INT(journal_open(&journal, home, NULL), FAULT_NONE);
	TAP_INT(index_open(&idx, home, NULL), FAULT_NONE);
}

/* Appends an event of parcel A/d/KEMLU/sequence. */
static void
put(const char *event, int sequence, const char *manifest, uint64_t code,
    const char *party, const char *stage)
{
	const struct journal_member m[] = {
		{ "manifest", manifest, 0 },
		{ "rows", NULL, 593000 },
		{ "bytes", NULL, 5000000000 },
		{ "code", NULL, code },
		{ "contents", HASH_B, 0 },
		{ "party", party, 0 },
		{ "stage", stage, 0 },
	};
	char subject[64] = "";

	(void)snprintf(subject, sizeof(subject), "A/d/KEMLU/%d", sequence);
	TAP_INT(
	    journal_append(journal, NOW + sequence, event, subject, m, 7, NULL),
	    FAULT_NONE);
	TAP_INT(index_refresh(idx, NULL), FAULT_NONE);
}

static struct parcel_name
name(int sequence)
{
	struct parcel_name p = { "A", "d", "KEMLU", 0, false };

	p.sequence = (uint64_t)sequence;
	return p;
}

/* The parcel's state, "" when it is not known. */
static const char *
state(int sequence, enum parcel_side side)
{
	static struct parcel_state s;
	const struct parcel_name p = name(sequence);
	enum fault f = FAULT_NONE;

	cause_clear(&why);
	f = index_parcel(idx, &p, side, &s, &why);
	if (f != FAULT_NONE && f != FAULT_ABSENT)
		return "fault";
	return f == FAULT_ABSENT ? "" : s.state;
}

/* The last sequence, 0 when there is none. */
static int
last(enum parcel_side side)
{
	struct parcel_state s = { 0 };
	const struct parcel_name p = name(0);

	return index_last(idx, &p, side, &s, NULL) == FAULT_NONE
	    ? (int)s.name.sequence
	    : 0;
}

static void
test_out(void)
{
	const struct parcel_name p = name(1);
	struct parcel_state s = { 0 };
	bool there = true;

	begin();
	TAP_STR(state(1, PARCEL_OUT), "");
	TAP_INT(last(PARCEL_OUT), 0);
	put("sealed", 1, HASH_A, 0, "", "");
	TAP_STR(state(1, PARCEL_OUT), "sealed");
	TAP_STR(state(1, PARCEL_IN), "");
	TAP_INT(index_parcel(idx, &p, PARCEL_OUT, &s, NULL), FAULT_NONE);
	TAP_STR(s.name.sender, "KEMLU");
	TAP_INT(s.name.sequence, 1);
	TAP_STR(s.manifest, HASH_A);
	TAP_STR(s.contents, "");
	TAP_INT(s.rows, 593000);
	TAP_INT(s.bytes, 5000000000);
	TAP_STR(s.time, "2026-11-24T06:00:01Z");
	put("sent", 1, HASH_A, 0, "", "");
	TAP_STR(state(1, PARCEL_OUT), "sent");
	/* Two recipients; the least of their answers counts. */
	put("receipt", 1, HASH_A, 0, "KPU", "received");
	TAP_STR(state(1, PARCEL_OUT), "received");
	put("receipt", 1, HASH_A, 0, "KPU", "staged");
	TAP_STR(state(1, PARCEL_OUT), "staged");
	put("receipt", 1, HASH_A, 0, "BAWASLU", "received");
	TAP_STR(state(1, PARCEL_OUT), "received");
	put("receipt", 1, HASH_A, 402, "BAWASLU", "refused");
	TAP_STR(state(1, PARCEL_OUT), "refused");
	TAP_INT(index_parcel(idx, &p, PARCEL_OUT, &s, NULL), FAULT_NONE);
	TAP_INT(s.code, 402);
	put("receipt", 1, HASH_A, 0, "BAWASLU", "staged");
	TAP_STR(state(1, PARCEL_OUT), "staged");
	/* A late "received" takes nothing back. */
	put("receipt", 1, HASH_A, 0, "KPU", "received");
	TAP_STR(state(1, PARCEL_OUT), "staged");
	TAP_INT(index_receipt(idx, HASH_A, "KPU", "staged", &there, NULL),
	    FAULT_NONE);
	TAP_OK(there);
	TAP_INT(index_receipt(idx, HASH_A, "KPU", "loaded", &there, NULL),
	    FAULT_NONE);
	TAP_OK(!there);
	TAP_INT(index_receipt(idx, HASH_B, "KPU", "staged", &there, NULL),
	    FAULT_NONE);
	TAP_OK(!there);
	put("released", 1, HASH_A, 0, "", "");
	put("receipt", 1, HASH_A, 0, "KPU", "destroyed");
	TAP_STR(state(1, PARCEL_OUT), "released");
	/* Events of another manifest change nothing. */
	put("sealed", 2, HASH_A, 0, "", "");
	put("sent", 2, HASH_B, 0, "", "");
	put("released", 2, HASH_B, 0, "", "");
	put("receipt", 2, HASH_B, 0, "KPU", "staged");
	TAP_STR(state(2, PARCEL_OUT), "sealed");
	TAP_INT(last(PARCEL_OUT), 2);
	TAP_INT(last(PARCEL_IN), 0);
}

static void
test_in(void)
{
	const struct parcel_name p = name(1);
	struct parcel_state s = { 0 };

	begin();
	put("taken", 1, HASH_A, 0, "", "");
	TAP_STR(state(1, PARCEL_IN), "taken");
	TAP_INT(last(PARCEL_IN), 0);
	put("staged", 1, HASH_A, 0, "", "");
	TAP_STR(state(1, PARCEL_IN), "staged");
	TAP_INT(last(PARCEL_IN), 1);
	TAP_INT(index_parcel(idx, &p, PARCEL_IN, &s, NULL), FAULT_NONE);
	TAP_STR(s.contents, HASH_B);
	/* Whatever turns up in its place, staged stays staged. */
	put("equivocation", 1, HASH_B, 0, "", "");
	put("refused", 1, HASH_B, 302, "", "");
	put("refused", 1, HASH_A, 402, "", "");
	put("refused", 1, "", 201, "", "");
	put("taken", 1, HASH_B, 0, "", "");
	put("staged", 1, HASH_B, 0, "", "");
	TAP_INT(index_parcel(idx, &p, PARCEL_IN, &s, NULL), FAULT_NONE);
	TAP_STR(s.state, "staged");
	TAP_STR(s.manifest, HASH_A);
	/* A forgery in its place does not use the number up. */
	put("refused", 2, "", 201, "", "");
	TAP_STR(state(2, PARCEL_IN), "refused");
	TAP_INT(last(PARCEL_IN), 1);
	put("taken", 2, HASH_A, 0, "", "");
	TAP_STR(state(2, PARCEL_IN), "taken");
	put("refused", 2, HASH_B, 302, "", "");
	TAP_STR(state(2, PARCEL_IN), "taken");
	/* The carriage's fault: may come again. */
	put("refused", 2, HASH_A, 404, "", "");
	TAP_STR(state(2, PARCEL_IN), "refused");
	TAP_INT(last(PARCEL_IN), 1);
	put("taken", 2, HASH_A, 0, "", "");
	put("refused", 2, HASH_A, 405, "", "");
	TAP_INT(last(PARCEL_IN), 1);
	put("taken", 2, HASH_A, 0, "", "");
	put("refused", 2, HASH_A, 402, "", "");
	TAP_INT(last(PARCEL_IN), 2);
	/* Refused for good: another manifest cannot give the number back. */
	put("refused", 2, HASH_B, 302, "", "");
	put("taken", 2, HASH_B, 0, "", "");
	TAP_INT(last(PARCEL_IN), 2);
	TAP_STR(state(2, PARCEL_IN), "refused");
	put("taken", 3, HASH_A, 0, "", "");
	put("refused", 3, HASH_A, 106, "", "");
	TAP_INT(last(PARCEL_IN), 3);
	put("refused", 4, HASH_A, 504, "", "");
	TAP_INT(last(PARCEL_IN), 3);
}

/* Entries that the index does not understand are only counted. */
static void
test_foreign(void)
{
	struct parcel_state *all = NULL;
	uint64_t entries = 0;
	size_t n = 0;

	begin();
	TAP_INT(journal_append(journal, NOW, "init", "KPU", NULL, 0, NULL),
	    FAULT_NONE);
	TAP_INT(
	    journal_append(journal, NOW, "sealed", "no parcel", NULL, 0, NULL),
	    FAULT_NONE);
	put("sealed", 1, "no hash", 0, "", "");
	put("sealed", 9, "", 0, "", "");
	put("receipt", 1, HASH_A, 0, "", "staged");
	put("receipt", 1, HASH_A, 0, "KPU", "eaten");
	put("sneezed", 1, HASH_A, 0, "", "");
	TAP_INT(index_parcels(idx, PARCEL_OUT, &all, &n, NULL), FAULT_NONE);
	TAP_INT(n, 0);
	free(all);
	TAP_INT(index_rebuild(home, &entries, NULL), FAULT_NONE);
	TAP_INT(entries, 7);
}

static void
test_list(void)
{
	struct parcel_state *all = NULL;
	size_t n = 0;

	begin();
	put("sealed", 3, HASH_A, 0, "", "");
	put("sealed", 1, HASH_A, 0, "", "");
	put("taken", 1, HASH_A, 0, "", "");
	put("sealed", 2, HASH_A, 0, "", "");
	put("sent", 3, HASH_A, 0, "", "");
	TAP_INT(index_parcels(idx, PARCEL_OUT, &all, &n, NULL), FAULT_NONE);
	TAP_INT(n, 3);
	if (n == 3) {
		TAP_INT(all[0].name.sequence, 3);
		TAP_STR(all[0].state, "sent");
		TAP_INT(all[1].name.sequence, 1);
		TAP_INT(all[2].name.sequence, 2);
		TAP_INT(all[2].side, PARCEL_OUT);
	}
	free(all);
	TAP_INT(index_parcels(idx, PARCEL_IN, &all, &n, NULL), FAULT_NONE);
	TAP_INT(n, 1);
	free(all);
}

/* Opens anew and asks for what the journal of test_list says. */
static void
again(const char *what)
{
	index_close(idx);
	idx = NULL;
	cause_clear(&why);
	TAP_INT(index_open(&idx, home, &why), FAULT_NONE);
	tap_ok(idx != NULL && strcmp(state(3, PARCEL_OUT), "sent") == 0 &&
		strcmp(state(2, PARCEL_OUT), "sealed") == 0 &&
		strcmp(state(1, PARCEL_IN), "taken") == 0,
	    what, __FILE__, __LINE__);
	if (why.fault != FAULT_NONE)
		printf("# %s\n", why.detail);
}

static void
test_damage(void)
{
	static char noise[40000];
	struct buf b = BUF_MAX(10 * MIB);
	uint64_t entries = 0;

	again("as it was");
	TAP_INT(room_mode(FILE_NAME), 0600);
	index_close(idx);
	idx = NULL;
	TAP_INT(unlink(room_name(FILE_NAME)), 0);
	again("missing");
	TAP_OK(room_write(FILE_NAME, "", 0));
	again("empty");
	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (char)(i * 7 + i / 256);
	index_close(idx);
	idx = NULL;
	TAP_OK(room_write(FILE_NAME, noise, sizeof(noise)));
	again("noise");
	TAP_INT(io_load(&b, AT_FDCWD, room_name(FILE_NAME), NULL), FAULT_NONE);
	/* Each page damaged in turn, the header left whole. */
	for (size_t at = 100; at < b.len; at += 4096) {
		struct buf copy = BUF_MAX(10 * MIB);

		index_close(idx);
		idx = NULL;
		TAP_INT(buf_put(&copy, b.data, b.len), FAULT_NONE);
		memset(copy.data + at, 0xa5,
		    b.len - at < 3000 ? b.len - at : 3000);
		TAP_OK(room_write(FILE_NAME, copy.data, copy.len));
		buf_free(&copy);
		again("a damaged page");
	}
	index_close(idx);
	idx = NULL;
	TAP_OK(room_write(FILE_NAME, b.data, b.len / 2));
	again("cut in half");
	buf_free(&b);
	TAP_INT(index_rebuild(home, &entries, NULL), FAULT_NONE);
	TAP_INT(entries, 5);
	/* An index that is open meanwhile goes on. */
	TAP_STR(state(3, PARCEL_OUT), "sent");
	put("sent", 2, HASH_A, 0, "", "");
	TAP_STR(state(2, PARCEL_OUT), "sent");
}

/* The index of another journal is made anew. */
static void
test_other(void)
{
	struct buf b = BUF_MAX(10 * MIB);

	begin();
	for (int i = 1; i <= 9; i++)
		put("sealed", i, HASH_A, 0, "", "");
	index_close(idx);
	idx = NULL;
	TAP_INT(io_load(&b, AT_FDCWD, room_name(FILE_NAME), NULL), FAULT_NONE);
	/* Shorter than what the index has read. */
	begin();
	put("sealed", 20, HASH_A, 0, "", "");
	index_close(idx);
	idx = NULL;
	TAP_OK(room_write(FILE_NAME, b.data, b.len));
	TAP_INT(index_open(&idx, home, NULL), FAULT_NONE);
	TAP_STR(state(1, PARCEL_OUT), "");
	TAP_STR(state(20, PARCEL_OUT), "sealed");
	/* Longer, with other entries. */
	for (int i = 21; i < 40; i++)
		put("sealed", i, HASH_A, 0, "", "");
	index_close(idx);
	idx = NULL;
	TAP_OK(room_write(FILE_NAME, b.data, b.len));
	TAP_INT(index_open(&idx, home, NULL), FAULT_NONE);
	TAP_STR(state(1, PARCEL_OUT), "");
	TAP_STR(state(39, PARCEL_OUT), "sealed");
	buf_free(&b);
}

/* A broken chain is not taken in. */
static void
test_broken(void)
{
	struct buf b = BUF_MAX(10 * MIB);

	begin();
	put("sealed", 1, HASH_A, 0, "", "");
	put("sealed", 2, HASH_A, 0, "", "");
	put("sealed", 3, HASH_A, 0, "", "");
	TAP_INT(io_load(&b, AT_FDCWD, room_name("h/journal/000000000001.jsonl"),
		    NULL),
	    FAULT_NONE);
	*strstr((char *)b.data, "KEMLU") = 'k';
	TAP_OK(room_write("h/journal/000000000001.jsonl", b.data, b.len));
	cause_clear(&why);
	index_close(idx);
	idx = NULL;
	TAP_INT(unlink(room_name(FILE_NAME)), 0);
	TAP_INT(index_open(&idx, home, &why), FAULT_CHAIN);
	TAP_OK(idx == NULL);
	buf_free(&b);
}

static void
test_processes(void)
{
	int status = 0, failed = 0;

	begin();
	index_close(idx);
	idx = NULL;
	(void)fflush(stdout);
	for (int i = 0; i < 3; i++) {
		if (fork() != 0)
			continue;
		for (int k = 0; k < 10; k++) {
			struct journal *j = NULL;
			const struct journal_member m = { "manifest", HASH_A,
				0 };

			if (journal_open(&j, home, NULL) != FAULT_NONE ||
			    journal_append(j, NOW, "sealed",
				i == 0 ? "A/d/KEMLU/1" : "A/d/KEMLU/2", &m, 1,
				NULL) != FAULT_NONE ||
			    index_open(&idx, home, NULL) != FAULT_NONE)
				_exit(1);
			index_close(idx);
			journal_close(j);
		}
		_exit(0);
	}
	while (wait(&status) > 0)
		failed += status != 0;
	TAP_INT(failed, 0);
	TAP_INT(index_open(&idx, home, NULL), FAULT_NONE);
	TAP_INT(last(PARCEL_OUT), 2);
}

int
main(void)
{
	if (key_setup(NULL) != FAULT_NONE || !room_make())
		return 1;
	if (home_make(room_name("h"), "KPU", "KPU", NULL, NOW, 86400, NULL) ==
		FAULT_NONE &&
	    home_open(&home, room_name("h"), NULL) == FAULT_NONE) {
		test_out();
		test_in();
		test_foreign();
		test_list();
		test_damage();
		test_other();
		test_broken();
		test_processes();
	} else {
		tap_ok(0, "a home", __FILE__, __LINE__);
	}
	index_close(idx);
	journal_close(journal);
	home_close(home);
	room_clear();
	return TAP_DONE();
}
