/*
 * unique: exact counts and pairs, in whatever order threads bring the entries.
 */
#include <pthread.h>
#include <stdlib.h>

#include "check/unique.h"
#include "tap.h"

#define MANY 300000U

/* Spreads i over all 64 bits, one to one. */
static uint64_t
spread(uint64_t i)
{
	i = (i ^ (i >> 31)) * 0x9e3779b97f4a7c15ULL;
	return (i ^ (i >> 29)) * 0xbf58476d1ce4e5b9ULL;
}

static void
add(struct unique *u, uint64_t hash, uint64_t row)
{
	struct unique_entry e = { hash, row };

	TAP_INT(unique_add(u, &e, 1), FAULT_NONE);
}

static void
test_few(void)
{
	struct unique *u = NULL;
	struct unique_pair pair[3];
	uint64_t distinct = 9, equal = 9;
	size_t n = 9;

	TAP_INT(unique_new(&u, NULL), FAULT_NONE);
	TAP_INT(
	    unique_finish(u, &distinct, pair, 3, &n, &equal, NULL), FAULT_NONE);
	TAP_INT(distinct, 0);
	TAP_INT(n, 0);
	/* Hashes 0 and ~0 are as good as any; rows come out of order. */
	add(u, 0, 50);
	add(u, UINT64_MAX, 7);
	add(u, 0, 3);
	add(u, 1, 0);
	add(u, 0, 20);
	add(u, UINT64_MAX, 9);
	TAP_INT(
	    unique_finish(u, &distinct, pair, 3, &n, &equal, NULL), FAULT_NONE);
	TAP_INT(distinct, 3);
	TAP_INT(equal, 3);
	TAP_INT(n, 3);
	TAP_INT(pair[0].first, 7);
	TAP_INT(pair[0].second, 9);
	TAP_INT(pair[1].first, 3);
	TAP_INT(pair[1].second, 20);
	TAP_INT(pair[2].first, 3);
	TAP_INT(pair[2].second, 50);
	/* The earliest two only; and none at all. */
	TAP_INT(
	    unique_finish(u, &distinct, pair, 2, &n, &equal, NULL), FAULT_NONE);
	TAP_INT(n, 2);
	TAP_INT(equal, 3);
	TAP_INT(pair[1].second, 20);
	TAP_INT(
	    unique_finish(u, &distinct, NULL, 0, &n, &equal, NULL), FAULT_NONE);
	TAP_INT(n, 0);
	TAP_INT(equal, 3);
	unique_free(u);
	unique_free(NULL);
}

struct part {
	struct unique *u;
	uint64_t from;
	int failed;
};

/* Rows from, from + 4, … ; each tenth has the hash of a row of long ago. */
static void *
add_part(void *arg)
{
	struct part *p = arg;
	struct unique_entry e[100];
	size_t n = 0;
	uint64_t row = 0;

	for (row = p->from; row < MANY; row += 4) {
		e[n].row = row;
		e[n].hash = spread(row % 10 == 9 ? row / 10 : row);
		if (++n == 100) {
			p->failed |= unique_add(p->u, e, n) != FAULT_NONE;
			n = 0;
		}
	}
	p->failed |= unique_add(p->u, e, n) != FAULT_NONE;
	return NULL;
}

static void
test_many(void)
{
	struct unique *u = NULL;
	struct part part[4];
	pthread_t thread[4];
	static struct unique_pair pair[1000];
	uint64_t distinct = 0, equal = 0;
	size_t n = 0, i = 0, wrong = 0;

	TAP_INT(unique_new(&u, NULL), FAULT_NONE);
	for (i = 0; i < 4; i++) {
		part[i] = (struct part){ u, i, 0 };
		TAP_INT(
		    pthread_create(&thread[i], NULL, add_part, &part[i]), 0);
	}
	for (i = 0; i < 4; i++) {
		TAP_INT(pthread_join(thread[i], NULL), 0);
		TAP_OK(!part[i].failed);
	}
	TAP_INT(unique_finish(u, &distinct, pair, 1000, &n, &equal, NULL),
	    FAULT_NONE);
	/* Row 9, 19, … has the hash of row 0, 1, …; of those, row 9's own was
	 * never used, so that row 99 (which asks for it) is new. */
	TAP_INT(distinct + equal, MANY);
	TAP_INT(n, 1000);
	for (i = 0; i < n; i++) {
		wrong += pair[i].second % 10 != 9;
		wrong += pair[i].first >= pair[i].second;
		wrong += i > 0 && pair[i - 1].second >= pair[i].second;
	}
	TAP_INT(wrong, 0);
	TAP_INT(pair[0].first, 0);
	TAP_INT(pair[0].second, 9);
	unique_free(u);
}

/* One value a million times, and one bucket only. */
static void
test_lopsided(void)
{
	struct unique *u = NULL;
	struct unique_entry e[1000];
	struct unique_pair pair = { 0, 0 };
	uint64_t distinct = 0, equal = 0;
	size_t n = 0, i = 0, k = 0;
	int failed = 0;

	TAP_INT(unique_new(&u, NULL), FAULT_NONE);
	for (i = 0; i < 100; i++) {
		for (k = 0; k < 1000; k++) {
			e[k].hash = i < 50 ? 42 : 100000 + i * 1000 + k;
			e[k].row = 100000 - (i * 1000 + k);
		}
		failed |= unique_add(u, e, 1000) != FAULT_NONE;
	}
	TAP_OK(!failed);
	TAP_INT(unique_finish(u, &distinct, &pair, 1, &n, &equal, NULL),
	    FAULT_NONE);
	TAP_INT(distinct, 50001);
	TAP_INT(equal, 49999);
	TAP_INT(pair.first, 50001);
	TAP_INT(pair.second, 50002);
	unique_free(u);
}

/* Only counted: of one hash, the second tells them apart. */
static void
test_count(void)
{
	struct unique *u = NULL;
	uint64_t distinct = 0, equal = 0;
	size_t n = 0, i = 0;

	TAP_INT(unique_new(&u, NULL), FAULT_NONE);
	unique_count(u);
	/* More than the table has slots for at first. */
	for (i = 0; i < 3000; i++)
		add(u, 42 + i % 3, i % 1500);
	TAP_INT(
	    unique_finish(u, &distinct, NULL, 0, &n, &equal, NULL), FAULT_NONE);
	TAP_INT(distinct, 1500);
	TAP_INT(equal, 1500);
	TAP_OK(unique_hash(u, "key", 3) != unique_hash_second(u, "key", 3));
	unique_free(u);
}

int
main(void)
{
	struct unique *a = NULL, *b = NULL;

	test_few();
	test_many();
	test_lopsided();
	test_count();
	TAP_INT(unique_new(&a, NULL), FAULT_NONE);
	TAP_INT(unique_new(&b, NULL), FAULT_NONE);
	TAP_OK(unique_hash(a, "key", 3) == unique_hash(a, "key", 3));
	TAP_OK(unique_hash(a, "key", 3) != unique_hash(a, "kez", 3));
	TAP_OK(unique_hash(a, "key", 3) != unique_hash(b, "key", 3));
	unique_free(a);
	unique_free(b);
	return TAP_DONE();
}
