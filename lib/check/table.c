/*
 * table: the engine.  The caller's thread fills blocks and cuts them where
 * records end; workers check them; the ledger enters what they found in file
 * order.  Uniqueness and totals are settled when the file is done.
 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "check/queue.h"
#include "check/rehash.h"
#include "check/scan.h"
#include "check/settle.h"
#include "check/table.h"
#include "check/verdict.h"

/* More workers than this would wait for whoever fills the blocks. */
#define WORKERS_MAX 16
/* Scanning needs little; PCRE2 keeps its memory on the heap. */
#define WORKER_STACK (256 * KIB)
/* Causes are large: what no person would read is only counted. */
#define FAULTS_MAX 1000

struct worker {
	struct queue *queue;
	struct hash *const *hash; /* the table's */
	struct scanner scanner;
	pthread_t thread;
	bool running;
	enum fault fault; /* of its last batches */
};

struct table {
	struct table_job job;
	struct plan *plan;
	struct queue *queue;
	struct worker *worker;
	size_t workers;
	struct cause header; /* explains FINDING_HEADER */
	struct listing listing;
	struct hash *hash;  /* of all bytes, in order; or NULL */
	struct source anew; /* the file, if keys are followed */

	struct block *fill;     /* being filled; NULL once ended */
	size_t scanned;         /* bytes of it that csv_cut has seen */
	bool inside;            /* in quotes after them */
	uint64_t index, offset; /* of the next block */

	bool ended, ceased;
	struct cause first; /* what the file ended with */
	struct verdict verdict;
	struct totals totals;
};

static void *
worker_main(void *arg)
{
	struct worker *w = arg;
	struct block *b = NULL;
	enum queue_work work = QUEUE_END;
	bool skip = false;

	while ((work = queue_next(w->queue, &b, &skip)) != QUEUE_END) {
		if (work == QUEUE_TAP) {
			if (!skip)
				hash_add(*w->hash, b->bytes, b->len);
			queue_tapped(w->queue);
			continue;
		}
		if (!skip)
			scanner_block(&w->scanner, b);
		queue_done(w->queue, b);
	}
	w->fault = tally_flush(&w->scanner.tally);
	return NULL;
}

static enum fault
worker_start(struct worker *w, struct table *t, struct cause *why)
{
	pthread_attr_t attr;
	sigset_t all, old;
	int error = 0;

	w->queue = t->queue;
	w->hash = &t->hash;
	if (scanner_init(&w->scanner, &t->job, t->plan, &t->header) !=
	    FAULT_NONE)
		return cause_memory(why);
	if (pthread_attr_init(&attr) != 0)
		return cause_memory(why);
	(void)pthread_attr_setstacksize(&attr, WORKER_STACK);
	/* Signals are for the caller's thread: its waiting must be broken, not
	 * a worker's. */
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &old);
	error = pthread_create(&w->thread, &attr, worker_main, w);
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	(void)pthread_attr_destroy(&attr);
	if (error != 0)
		return cause_set(why, FAULT_SYSTEM,
		    N_("cannot start a thread: %s"), strerror(error));
	w->running = true;
	return FAULT_NONE;
}

/* The processors we may use; sysconf would open files, which a confined
 * process must not. */
static size_t
worker_count(unsigned asked)
{
	cpu_set_t set;
	size_t n = asked;

	CPU_ZERO(&set);
	if (n == 0 && sched_getaffinity(0, sizeof(set), &set) == 0)
		n = (size_t)CPU_COUNT(&set);
	/* It fails only where there are more than a thousand. */
	return n == 0 || n > WORKERS_MAX ? WORKERS_MAX : n;
}

/* Takes an empty block for the next bytes; NULL when nothing counts. */
static void
table_begin(struct table *t)
{
	/* NULL also ends a wait for workers that found the structure lost. */
	t->fill = queue_take(t->queue);
	t->scanned = 0;
	t->inside = false;
	if (t->fill != NULL)
		block_begin(t->fill, t->index++, t->offset);
}

enum fault
table_new(struct table **out, const struct table_job *job, struct cause *why)
{
	struct table *t = calloc(1, sizeof(*t));
	enum fault fault = FAULT_NONE;
	size_t i = 0;

	*out = NULL;
	if (t == NULL)
		return cause_memory(why);
	t->job = *job;
	if (t->job.max_faults < 1)
		t->job.max_faults = 1;
	if (t->job.max_faults > FAULTS_MAX)
		t->job.max_faults = FAULTS_MAX;
	fault = plan_new(&t->plan, job->schema, job->totals, job->lists, why);
	if (fault != FAULT_NONE)
		goto out;
	listing_init(&t->listing, &t->job, &t->header, t->plan->columns);
	t->workers = worker_count(job->threads);
	t->worker = calloc(t->workers, sizeof(*t->worker));
	fault = FAULT_MEMORY;
	if (t->worker != NULL)
		fault = queue_new(&t->queue, 4 * t->workers + 4,
		    t->plan->columns, t->job.max_faults, job->max_rows);
	if (fault != FAULT_NONE) {
		fault = cause_memory(why);
		goto out;
	}
	queue_list(t->queue, &t->listing);
	for (i = 0; i < t->workers && fault == FAULT_NONE; i++)
		fault = worker_start(&t->worker[i], t, why);
	table_begin(t);
out:
	if (fault != FAULT_NONE) {
		table_free(t);
		t = NULL;
	}
	*out = t;
	return fault;
}

void
table_hash(struct table *t, struct hash *hash)
{
	t->hash = hash;
	queue_tap(t->queue);
}

void
table_sorted(struct table *t, struct source again)
{
	t->anew = again;
	if (again.read != NULL)
		queue_follow(t->queue, t->plan->keys);
}

void
table_spill(struct table *t, int dir, size_t most)
{
	plan_spill(t->plan, dir, most);
}

void
table_scalar(struct table *t)
{
	size_t i = 0;

	/* No worker has had a block yet: the queue's lock is between. */
	for (i = 0; i < t->workers; i++)
		scanner_scalar(&t->worker[i].scanner);
}

/* Lets the workers end what was submitted, and waits for them. */
static void
table_join(struct table *t)
{
	size_t i = 0;

	if (t->queue == NULL)
		return;
	queue_stop(t->queue);
	for (i = 0; i < t->workers; i++) {
		if (t->worker[i].running)
			(void)pthread_join(t->worker[i].thread, NULL);
		t->worker[i].running = false;
	}
}

void
table_free(struct table *t)
{
	size_t i = 0;

	if (t == NULL)
		return;
	table_join(t);
	for (i = 0; t->worker != NULL && i < t->workers; i++)
		scanner_free(&t->worker[i].scanner);
	free(t->worker);
	queue_free(t->queue);
	listing_free(&t->listing);
	plan_free(t->plan);
	verdict_free(&t->verdict);
	totals_free(&t->totals);
	free(t);
}

/* Hands over the first "cut" bytes and begins the next block with the rest. */
static void
table_cut(struct table *t, size_t cut)
{
	struct block *full = t->fill;
	size_t rest = full->len - cut;
	bool inside = t->inside;

	t->offset += cut;
	table_begin(t);
	if (t->fill == NULL)
		return;
	/* The rest is copied before the block is out of our hands.  csv_cut has
	 * seen it: only what comes after is to be looked at. */
	memcpy(t->fill->bytes, full->bytes + cut, rest);
	t->fill->len = rest;
	t->scanned = rest;
	t->inside = inside;
	full->len = cut;
	queue_submit(t->queue, full);
}

static enum fault table_end(
    struct table *t, struct source again, struct cause *why) FAULT_CHECKED;

/* The fault that made further bytes useless. */
static enum fault
table_refuse(struct table *t, struct cause *why)
{
	struct source none = { NULL, NULL };

	if (!t->ended)
		return table_end(t, none, why);
	if (t->first.fault == FAULT_NONE)
		return cause_set(
		    why, FAULT_USAGE, N_("bytes after the end of the table"));
	if (why != NULL)
		*why = t->first;
	return t->first.fault;
}

enum fault
table_space(struct table *t, char **at, size_t *cap, struct cause *why)
{
	*at = NULL;
	*cap = 0;
	if (t->fill == NULL)
		return table_refuse(t, why);
	*at = t->fill->bytes + t->fill->len;
	*cap = BLOCK_CAPACITY - t->fill->len;
	/* Not more than a block's worth: it should stay in the cache. */
	if (t->fill->len < BLOCK_TARGET)
		*cap = BLOCK_TARGET - t->fill->len + BLOCK_SPACE;
	return FAULT_NONE;
}

enum fault
table_commit(struct table *t, size_t len, struct cause *why)
{
	struct block *b = t->fill;
	size_t cut = 0;

	if (b == NULL)
		return table_refuse(t, why);
	b->len += len;
	if (b->len < BLOCK_TARGET)
		return FAULT_NONE;
	cut = csv_cut(&t->job.dialect, t->worker[0].scanner.sweep,
	    b->bytes + t->scanned, b->len - t->scanned, &t->inside);
	if (cut > 0)
		cut += t->scanned;
	t->scanned = b->len;
	/* The record fills the block: a worker will say that it is too long. */
	if (cut == 0 && b->len > BLOCK_CAPACITY - BLOCK_SPACE)
		cut = b->len;
	if (cut > 0)
		table_cut(t, cut);
	return t->fill == NULL ? table_refuse(t, why) : FAULT_NONE;
}

enum fault
table_write(struct table *t, const void *bytes, size_t len, struct cause *why)
{
	const char *from = bytes;
	enum fault fault = FAULT_NONE;
	char *at = NULL;
	size_t n = 0;

	while (len > 0 && fault == FAULT_NONE) {
		fault = table_space(t, &at, &n, why);
		if (fault != FAULT_NONE)
			return fault;
		n = n > len ? len : n;
		memcpy(at, from, n);
		from += n;
		len -= n;
		fault = table_commit(t, n, why);
	}
	return fault;
}

static enum fault
table_sink_write(void *self, const void *bytes, size_t len, struct cause *why)
{
	return table_write(self, bytes, len, why);
}

struct sink
table_sink(struct table *t)
{
	struct sink sink = { table_sink_write, t };

	return sink;
}

/* Submits what is left and waits; the ledger is complete then. */
static enum fault
table_drain(struct table *t, struct cause *why)
{
	struct ledger *ledger = queue_ledger(t->queue);
	struct tally *all = &t->worker[0].scanner.tally;
	enum fault fault = FAULT_NONE;
	size_t i = 0;

	/* An empty file still goes through: it lacks a header. */
	if (t->fill != NULL && (t->fill->len > 0 || t->fill->index == 0)) {
		t->fill->last = true;
		queue_submit(t->queue, t->fill);
	}
	t->fill = NULL;
	queue_drain(t->queue);
	table_join(t);
	fault = ledger->fault;
	for (i = 0; i < t->workers && fault == FAULT_NONE; i++) {
		fault = t->worker[i].fault;
		if (fault != FAULT_NONE || i == 0)
			continue;
		scanner_merge(&t->worker[0].scanner, &t->worker[i].scanner);
		fault = tally_merge(all, &t->worker[i].scanner.tally);
	}
	return fault == FAULT_NONE ? fault : plan_trouble(t->plan, why);
}

/* Equal keys of all sets, gathered to be settled in one reading. */
struct candidates {
	struct settle_list list;
	uint64_t *distinct; /* by set */
	uint64_t *equal;    /* by set: all pairs, known or only counted */
};

/* Adds the pairs of one set, rows translated. */
static enum fault
candidates_add(
    struct table *t, struct candidates *c, size_t set, struct cause *why)
{
	const struct plan_set *s = &t->plan->set[set];
	const struct ledger *ledger = queue_ledger(t->queue);
	struct unique_pair pairs[SETTLE_PAIRS];
	struct settle_pair *more = NULL;
	enum fault fault = FAULT_NONE;
	size_t n = 0, i = 0;

	/* Of a distinct total only the count is wanted. */
	fault = unique_finish(s->unique, &c->distinct[set], pairs,
	    s->distinct ? 0 : SETTLE_PAIRS, &n, &c->equal[set], why);
	if (fault != FAULT_NONE || n == 0)
		return fault;
	more = reallocarray(c->list.pair, c->list.n + n, sizeof(*more));
	if (more == NULL)
		return cause_memory(why);
	c->list.pair = more;
	for (i = 0; i < n; i++) {
		struct settle_pair *p = &more[c->list.n++];

		p->first = ledger_row(ledger, pairs[i].first);
		p->second = ledger_row(ledger, pairs[i].second);
		p->offset = UINT64_MAX;
		p->set = set;
		p->equal = true;
		p->believed = c->equal[set] > SETTLE_PAIRS;
	}
	return FAULT_NONE;
}

/* Enters what is truly equal, and what was only counted. */
static enum fault
candidates_enter(struct table *t, struct candidates *c)
{
	struct ledger *ledger = queue_ledger(t->queue);
	enum fault fault = FAULT_NONE;
	size_t i = 0;

	for (i = 0; i < c->list.n && fault == FAULT_NONE; i++) {
		const struct settle_pair *p = &c->list.pair[i];
		const struct plan_set *s = &t->plan->set[p->set];
		struct finding found = { p->second, p->offset, p->first,
			s->column, s->rule };

		/* What remains in the end was counted, but not named. */
		c->equal[p->set]--;
		if (p->equal || p->believed)
			fault = ledger_add(ledger, &found);
		if (i + 1 < c->list.n && p[1].set == p->set)
			continue;
		if (fault == FAULT_NONE)
			findings_count(
			    &ledger->found, &found, c->equal[p->set]);
	}
	return fault;
}

/* Uniqueness of all sets; c gets the distinct counts. */
static enum fault
table_unique(struct table *t, struct source again, struct candidates *c,
    struct cause *why)
{
	enum fault fault = FAULT_NONE;
	size_t i = 0;

	c->distinct = calloc(t->plan->n_sets + 1, sizeof(*c->distinct));
	c->equal = calloc(t->plan->n_sets + 1, sizeof(*c->equal));
	if (c->distinct == NULL || c->equal == NULL)
		return cause_memory(why);
	fault = rehash_blocks(&t->worker[0].scanner, queue_take(t->queue),
	    queue_ledger(t->queue), t->anew, why);
	for (i = 0; i < t->plan->n_sets && fault == FAULT_NONE; i++)
		fault = candidates_add(t, c, i, why);
	if (fault == FAULT_NONE && again.read != NULL)
		fault = settle_pairs(t->plan, &t->job, again, &c->list, why);
	if (fault == FAULT_NONE && candidates_enter(t, c) != FAULT_NONE)
		fault = cause_memory(why);
	return fault;
}

/* Totals beyond the limits stand behind all rows. */
static enum fault
table_over(struct table *t, struct cause *why)
{
	struct finding over = { 0, UINT64_MAX, 0, 0, 0 };
	bool sum = false;
	size_t column = tally_over(&t->worker[0].scanner.tally, &sum);

	if (column == SIZE_MAX)
		return FAULT_NONE;
	over.column = (uint32_t)column;
	over.rule = sum ? FINDING_SUM : FINDING_GROUPS;
	if (ledger_add(queue_ledger(t->queue), &over) != FAULT_NONE)
		return cause_memory(why);
	return FAULT_NONE;
}

static enum fault
table_sum_up(struct table *t, struct source again, struct cause *why)
{
	struct candidates c = { { NULL, 0 }, NULL, NULL };
	struct ledger *ledger = queue_ledger(t->queue);
	enum fault fault = table_drain(t, why);

	/* Of half a file neither keys nor totals mean anything. */
	if (fault == FAULT_NONE && !ledger->lost && !t->ceased) {
		fault = table_unique(t, again, &c, why);
		if (fault == FAULT_NONE)
			fault = table_over(t, why);
		if (fault == FAULT_NONE &&
		    scanner_judge(&t->worker[0].scanner, ledger) != FAULT_NONE)
			fault = cause_memory(why);
	}
	listing_end(&t->listing);
	if (fault == FAULT_NONE)
		fault = verdict_reach(
		    &t->verdict, ledger, &t->job, &t->header, why);
	if (fault == FAULT_NONE && !t->ceased)
		fault = tally_totals(&t->worker[0].scanner.tally, table_rows(t),
		    c.distinct, &t->totals, why);
	free(c.list.pair);
	free(c.distinct);
	free(c.equal);
	return fault;
}

static enum fault
table_end(struct table *t, struct source again, struct cause *why)
{
	struct cause own = { .fault = FAULT_NONE };
	enum fault fault = FAULT_NONE;

	/* Kept, so that whoever asks again is told the same. */
	cause_clear(&own);
	cause_place(&own, t->job.file, 0, NULL, UINT64_MAX);
	fault = table_sum_up(t, again, &own);
	t->ended = true;
	t->first = own;
	t->first.fault = fault;
	if (fault != FAULT_NONE && why != NULL)
		*why = t->first;
	return fault;
}

enum fault
table_finish(struct table *t, struct source again, struct cause *why)
{
	if (!t->ended)
		return table_end(t, again, why);
	if (t->first.fault != FAULT_NONE && why != NULL)
		*why = t->first;
	return t->first.fault;
}

void
table_cease(struct table *t)
{
	t->ceased = true;
}

uint64_t
table_rows(const struct table *t)
{
	uint64_t records = queue_ledger(t->queue)->records;

	return records > 0 ? records - 1 : 0;
}

uint64_t
table_faults(const struct table *t)
{
	return queue_ledger(t->queue)->found.total;
}

uint64_t
table_listed(const struct table *t)
{
	return t->listing.lines;
}

size_t
table_causes(const struct table *t, const struct cause **out)
{
	*out = t->verdict.causes;
	return t->verdict.n_causes;
}

size_t
table_counts(const struct table *t, const struct table_count **out)
{
	*out = t->verdict.counts;
	return t->verdict.n_counts;
}

uint64_t
table_warnings(const struct table *t)
{
	return queue_ledger(t->queue)->warned.total;
}

size_t
table_warning_causes(const struct table *t, const struct cause **out)
{
	*out = t->verdict.cautions;
	return t->verdict.n_cautions;
}

void
table_warned(struct table *t, struct warnings *out)
{
	*out = t->verdict.warned;
	memset(&t->verdict.warned, 0, sizeof(t->verdict.warned));
}

bool
table_keyed(const struct table *t)
{
	size_t i = 0;

	for (i = 0; i < t->plan->n_sets; i++)
		if (!t->plan->set[i].distinct)
			return true;
	return false;
}

void
table_totals(struct table *t, struct totals *out)
{
	*out = t->totals;
	memset(&t->totals, 0, sizeof(t->totals));
}
