/*
 * Keys that ascend, and keys that do so up to some row: whatever is found must
 * be what the same table finds that hashes them all, and the file is read again
 * only as far as something was left out.
 */
#include <stdbool.h>
#include <stdlib.h>

#include "base/limits.h"
#include "check/order.h"
#include "check/table.h"
#include "tap.h"

#define CASES 240
#define ROWS_MAX 100000U
#define CAUSES 50
#define COUNTS 8
/* What one call of table_write fills before the table cuts. */
#define BORDER (320 * KIB)

#define KEY_RULE                                                              \
	"\"type\":\"string\",\"constraints\":{\"unique\":true,\"maxLength\":" \
	"90}"

#define TWO_KEYS                                      \
	"{\"fields\":[{\"name\":\"k\"," KEY_RULE "}," \
	"{\"name\":\"m\"," KEY_RULE "},"              \
	"{\"name\":\"pad\",\"type\":\"string\"}],"    \
	"\"missingValues\":[\"\",\"-\"]"

static const char two_keys[] = TWO_KEYS "}";
static const char primary_key[] = TWO_KEYS ",\"primaryKey\":\"m\"}";

/* One key can be followed, the other is of two columns. */
static const char pair_key[] =
    "{\"fields\":[{\"name\":\"k\"," KEY_RULE "},"
    "{\"name\":\"m\",\"type\":\"string\","
    "\"constraints\":{\"maxLength\":90}},"
    "{\"name\":\"pad\",\"type\":\"string\"}],\"primaryKey\":[\"m\",\"pad\"],"
    "\"missingValues\":[\"\",\"-\"]}";

struct file {
	char *bytes;
	size_t len, cap;
};

struct reading {
	const struct file *file;
	size_t at;
	enum fault fault; /* given at the first read */
};

struct outcome {
	enum fault fault;
	struct cause first;
	uint64_t rows, faults;
	struct cause cause[CAUSES];
	size_t n_causes;
	struct table_count count[COUNTS];
	size_t n_counts;
	struct totals totals;
	size_t read; /* bytes, of the file once more */
};

/* How a table is to be run. */
struct way {
	const char *schema;
	unsigned threads;
	size_t step; /* bytes a write; 0 = all */
	bool sorted;
	bool count_key;          /* by value, beside being unique */
	const struct file *anew; /* NULL = the same */
	enum fault broken;       /* reading it fails */
};

static enum fault
reading_read(
    void *self, void *bytes, size_t cap, size_t *got, struct cause *why)
{
	struct reading *r = self;
	size_t n = r->file->len - r->at;

	if (r->fault != FAULT_NONE)
		return cause_set(why, r->fault, "%s", "broken");
	if (n > 30011)
		n = 30011;
	if (n > cap)
		n = cap;
	memcpy(bytes, r->file->bytes + r->at, n);
	r->at += n;
	*got = n;
	return FAULT_NONE;
}

/* Room for len bytes at the end. */
static char *
file_room(struct file *f, size_t len)
{
	if (f->bytes == NULL || len > f->cap - f->len) {
		f->cap = 2 * f->cap + len + 1;
		f->bytes = realloc(f->bytes, f->cap);
		if (f->bytes == NULL)
			exit(1);
	}
	f->len += len;
	return f->bytes + f->len - len;
}

static void
file_put(struct file *f, const void *bytes, size_t len)
{
	memcpy(file_room(f, len), bytes, len);
}

static void
file_text(struct file *f, const char *text)
{
	file_put(f, text, strlen(text));
}

static void
push(struct table *t, const struct file *f, size_t step)
{
	enum fault fault = FAULT_NONE;
	size_t at = 0, n = 0;

	if (step == 0)
		step = f->len;
	for (at = 0; at < f->len && fault == FAULT_NONE; at += n) {
		n = f->len - at < step ? f->len - at : step;
		fault = table_write(t, f->bytes + at, n, NULL);
	}
}

static void
outcome_take(struct outcome *o, struct table *t)
{
	const struct cause *causes = NULL;
	const struct table_count *counts = NULL;
	size_t i = 0;

	o->rows = table_rows(t);
	o->faults = table_faults(t);
	o->n_causes = table_causes(t, &causes);
	for (i = 0; i < o->n_causes && i < CAUSES; i++)
		o->cause[i] = causes[i];
	o->n_counts = table_counts(t, &counts);
	for (i = 0; i < o->n_counts && i < COUNTS; i++)
		o->count[i] = counts[i];
	table_totals(t, &o->totals);
}

static void
run(struct outcome *o, const struct way *way, const struct file *f)
{
	struct reading anew = { way->anew == NULL ? f : way->anew, 0,
		way->broken };
	struct reading again = { f, 0, FAULT_NONE };
	struct totals_spec totals = { .n = 3,
		.spec = { { TOTAL_ROWS, 0 }, { TOTAL_DISTINCT, 0 },
		    { TOTAL_COUNT_BY, way->count_key ? 0 : 2 } } };
	struct table_job job = { .file = "f.csv",
		.clause = "d",
		.max_faults = CAUSES,
		.threads = way->threads,
		.dialect = { ',', '"', CSV_LF, false } };
	struct doc *doc = NULL;
	struct schema *schema = NULL;
	struct table *t = NULL;

	memset(o, 0, sizeof(*o));
	cause_clear(&o->first);
	if (doc_parse(&doc, way->schema, strlen(way->schema), NULL) !=
		FAULT_NONE ||
	    schema_parse(&schema, doc_root(doc), "s", NULL) != FAULT_NONE)
		exit(1);
	job.schema = schema;
	job.totals = &totals;
	if (table_new(&t, &job, NULL) != FAULT_NONE)
		exit(1);
	if (way->sorted)
		table_sorted(t, (struct source){ reading_read, &anew });
	push(t, f, way->step);
	o->fault =
	    table_finish(t, (struct source){ reading_read, &again }, &o->first);
	outcome_take(o, t);
	o->read = anew.at;
	table_free(t);
	schema_free(schema);
	doc_free(doc);
}

static bool
totals_same(const struct totals *a, const struct totals *b)
{
	struct cause why;

	cause_clear(&why);
	if (a->n != b->n)
		return false;
	return a->n == 0 || totals_compare(a, b, &why) == FAULT_NONE;
}

static bool
same(const struct outcome *a, const struct outcome *b)
{
	size_t i = 0;

	if (a->fault != b->fault || a->rows != b->rows ||
	    a->faults != b->faults || a->n_causes != b->n_causes ||
	    a->n_counts != b->n_counts || !totals_same(&a->totals, &b->totals))
		return false;
	for (i = 0; i < a->n_causes; i++)
		if (memcmp(&a->cause[i], &b->cause[i], sizeof(a->cause[i])) !=
		    0)
			return false;
	for (i = 0; i < a->n_counts && i < COUNTS; i++)
		if (a->count[i].count != b->count[i].count ||
		    strcmp(a->count[i].column, b->count[i].column) != 0 ||
		    strcmp(a->count[i].rule, b->count[i].rule) != 0)
			return false;
	return a->fault == FAULT_NONE ||
	    memcmp(&a->first, &b->first, sizeof(a->first)) == 0;
}

/* Both ways on the same file; what was read again.  The outcome is of the one
 * that follows keys. */
static bool
agree(struct outcome *o, struct way way, const struct file *f)
{
	static struct outcome plain;
	bool ok = false;

	way.sorted = false;
	run(&plain, &way, f);
	way.sorted = true;
	run(o, &way, f);
	ok = same(o, &plain) && plain.read == 0;
	totals_free(&plain.totals);
	totals_free(&o->totals);
	return ok;
}

/* ---- files ---- */

enum style { PADDED, COUNTING, PREFIXES, LIMIT, LONG, QUOTED, STYLES };
enum bend {
	NOTHING,
	TWICE_NEXT,
	TWICE_FAR,
	SWAP_START,
	SWAP_MIDDLE,
	SWAP_END,
	REVERSE,
	SHUFFLE,
	ALL_EQUAL,
	BENDS
};

struct recipe {
	uint32_t rows;
	size_t pad;
	enum style style[2];
	enum bend bend[2];
	unsigned missing, wrong, ragged; /* one in so many; 0 = none */
	unsigned seed;
};

static uint32_t
chance(unsigned *seed, uint32_t below)
{
	return below == 0 ? 0 : (uint32_t)rand_r(seed) % below;
}

static void
swap(uint32_t *id, uint32_t a, uint32_t b)
{
	uint32_t was = id[a];

	id[a] = id[b];
	id[b] = was;
}

static void
bend(uint32_t *id, uint32_t n, enum bend how, unsigned *seed)
{
	uint32_t i = 0, at = chance(seed, n - 1);

	switch (how) {
	case TWICE_NEXT:
		id[at + 1] = id[at];
		break;
	case TWICE_FAR:
		id[n - 1 - at / 2] = id[at / 3];
		break;
	case SWAP_START:
		swap(id, 0, 1);
		break;
	case SWAP_MIDDLE:
		swap(id, at, at + 1);
		break;
	case SWAP_END:
		swap(id, n - 2, n - 1);
		break;
	case REVERSE:
		for (i = 0; i < n / 2; i++)
			swap(id, i, n - 1 - i);
		break;
	case SHUFFLE:
		for (i = n - 1; i > 0; i--)
			swap(id, i, chance(seed, i + 1));
		break;
	case ALL_EQUAL:
		for (i = 0; i < n; i++)
			id[i] = 7;
		break;
	case NOTHING:
	case BENDS:
		break;
	}
}

/* Ascends with the id, but for COUNTING by length first. */
static void
key_put(struct file *f, enum style style, uint32_t id)
{
	static const char tail[] = "aaaaaaa";
	char text[128] = "";
	int pad = style == LIMIT ? ORDER_KEY : ORDER_KEY + 1;

	switch (style) {
	case COUNTING:
		(void)snprintf(text, sizeof(text), "%u", (unsigned)id);
		break;
	case PREFIXES:
		(void)snprintf(text, sizeof(text), "q%06u%.*s",
		    (unsigned)id / 8, (int)(id % 8), tail);
		break;
	case LIMIT:
	case LONG:
		(void)snprintf(text, sizeof(text), "%0*u", pad, (unsigned)id);
		break;
	case QUOTED:
		(void)snprintf(
		    text, sizeof(text), "\"%06u\"\",\n\"", (unsigned)id);
		break;
	case PADDED:
	case STYLES:
		(void)snprintf(text, sizeof(text), "P%08u", (unsigned)id);
		break;
	}
	file_text(f, text);
}

static void
cell_put(struct file *f, const struct recipe *r, enum style style, uint32_t id,
    unsigned *seed)
{
	static const char wrong[] = "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"
				    "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"
				    "zzzzzzzzzzzzzzz";

	if (r->missing > 0 && chance(seed, r->missing) == 0)
		file_text(f, chance(seed, 2) == 0 ? "" : "-");
	else if (r->wrong > 0 && chance(seed, r->wrong) == 0)
		file_text(f, wrong);
	else
		key_put(f, style, id);
}

static void
file_make(struct file *f, const struct recipe *r)
{
	static uint32_t id[2][ROWS_MAX];
	unsigned seed = r->seed;
	uint32_t i = 0, c = 0;

	for (c = 0; c < 2; c++) {
		for (i = 0; i < r->rows; i++)
			id[c][i] = i;
		if (r->rows >= 2)
			bend(id[c], r->rows, r->bend[c], &seed);
	}
	f->len = 0;
	file_text(f, "k,m,pad\n");
	for (i = 0; i < r->rows; i++) {
		if (r->ragged > 0 && chance(&seed, r->ragged) == 0)
			file_text(f, "0,0\n");
		for (c = 0; c < 2; c++) {
			cell_put(f, r, r->style[c], id[c][i], &seed);
			file_text(f, ",");
		}
		memset(file_room(f, r->pad), 'x', r->pad);
		file_text(f, "\n");
	}
}

/* ---- tests ---- */

static struct recipe
recipe_of(unsigned seed)
{
	struct recipe r = { .seed = seed };
	unsigned c = 0;

	r.rows = chance(&seed, 3000);
	r.pad = chance(&seed, 400);
	if (chance(&seed, 8) == 0)
		r.rows = chance(&seed, 5);
	if (chance(&seed, 16) == 0) {
		r.rows = chance(&seed, ROWS_MAX);
		r.pad = 1;
	}
	for (c = 0; c < 2; c++) {
		r.style[c] = (enum style)chance(&seed, STYLES);
		if (chance(&seed, 3) > 0)
			r.bend[c] = (enum bend)chance(&seed, BENDS);
	}
	if (chance(&seed, 3) == 0)
		r.missing = 1 + chance(&seed, 9);
	if (chance(&seed, 4) == 0)
		r.wrong = 1 + chance(&seed, 2000);
	if (chance(&seed, 4) == 0)
		r.ragged = 1 + chance(&seed, 2000);
	return r;
}

static void
test_at_random(void)
{
	static const unsigned threads[] = { 1, 2, 4 };
	static const char *const schema[] = { two_keys, primary_key, pair_key,
		two_keys, two_keys };
	static const size_t step[] = { 0, 100003, 4096 };
	static struct outcome o;
	struct way way = { .schema = two_keys };
	struct file f = { NULL, 0, 0 };
	struct recipe r;
	unsigned i = 0, good = 0, bad = 0, differ = 0, unread = 0, some = 0;

	for (i = 0; i < CASES; i++) {
		r = recipe_of(1000 + i);
		file_make(&f, &r);
		way.schema = schema[i % 5];
		way.threads = threads[i % 3];
		way.step = step[i / 3 % 3];
		if (!agree(&o, way, &f)) {
			printf("# case %u differs: rows %u, pad %zu, styles "
			       "%d %d, bends %d %d, threads %u\n",
			    i, (unsigned)r.rows, r.pad, (int)r.style[0],
			    (int)r.style[1], (int)r.bend[0], (int)r.bend[1],
			    way.threads);
			differ++;
		}
		good += o.fault == FAULT_NONE;
		bad += o.fault == FAULT_NOT_UNIQUE;
		unread += o.read == 0;
		some += o.read > 0 && o.read < f.len;
	}
	TAP_INT(differ, 0);
	/* All that is meant was met. */
	printf("# %u good, %u not unique, %u not read again, %u in part\n",
	    good, bad, unread, some);
	TAP_OK(good > CASES / 8);
	TAP_OK(bad > CASES / 8);
	TAP_OK(unread > CASES / 8);
	TAP_OK(some > CASES / 16);
	free(f.bytes);
}

/* Two equal keys about the place where the first block ends. */
static void
test_border(void)
{
	struct recipe r = { .rows = 900, .pad = 980 };
	struct way way = { .schema = two_keys };
	struct file f = { NULL, 0, 0 };
	static struct outcome o;
	uint32_t row = 0, at = 0, near = 0;
	unsigned differ = 0, found = 0;

	file_make(&f, &r);
	/* "k,m,pad" and rows of two keys of nine bytes. */
	row = (uint32_t)((BORDER - 8) / (9 + 1 + 9 + 1 + r.pad + 1));
	for (near = row - 3; near < row + 3; near++)
		for (way.threads = 1; way.threads <= 4; way.threads *= 2) {
			file_make(&f, &r);
			at = 8 + near * 1001;
			memcpy(f.bytes + at, f.bytes + at - 1001, 9);
			differ += !agree(&o, way, &f);
			found += o.fault == FAULT_NOT_UNIQUE &&
			    o.first.row == near + 2 && o.faults == 1;
		}
	TAP_INT(differ, 0);
	TAP_INT(found, 18);
	free(f.bytes);
}

/* What is read again: nothing, little, or all. */
static void
test_reading(void)
{
	struct recipe r = { .rows = 60000, .pad = 100 };
	struct way way = { .schema = two_keys, .threads = 2 };
	struct file f = { NULL, 0, 0 };
	static struct outcome o;
	unsigned s = 0;

	for (s = PADDED; s < STYLES; s++) {
		r.style[0] = r.style[1] = (enum style)s;
		file_make(&f, &r);
		TAP_OK(agree(&o, way, &f));
		TAP_INT(o.fault, FAULT_NONE);
		TAP_INT(o.read == 0, s != LONG);
	}
	r.missing = 3;
	r.style[0] = COUNTING;
	r.style[1] = PADDED;
	file_make(&f, &r);
	TAP_OK(agree(&o, way, &f));
	TAP_INT(o.fault, FAULT_NONE);
	TAP_INT(o.read, 0);
	/* Shorter ones first and ascending bytes are two orders: each holds
	 * for a part, neither for all. */
	f.len = 0;
	file_text(&f, "k,m,pad\n9,a,\n10,aa,\n11,b,\n2,c,\n");
	TAP_OK(agree(&o, way, &f));
	TAP_INT(o.fault, FAULT_NONE);
	TAP_INT(o.read, f.len);
	r.missing = 0;
	r.bend[1] = SHUFFLE;
	file_make(&f, &r);
	TAP_OK(agree(&o, way, &f));
	TAP_INT(o.fault, FAULT_NONE);
	TAP_OK(o.read > 0);
	/* With two workers there are twelve blocks at once. */
	TAP_OK(o.read <= 13 * BORDER);
	TAP_OK(o.read < f.len);
	r.bend[1] = SWAP_END;
	file_make(&f, &r);
	TAP_OK(agree(&o, way, &f));
	TAP_INT(o.fault, FAULT_NONE);
	TAP_INT(o.read, f.len);
	free(f.bytes);
}

/* The second reading gives something else, or nothing. */
static void
test_changed(void)
{
	struct recipe r = {
		.rows = 3000, .pad = 300, .bend = { NOTHING, SWAP_END }
	};
	struct way way = { .schema = two_keys, .threads = 2, .sorted = true };
	struct file f = { NULL, 0, 0 }, other = { NULL, 0, 0 };
	static struct outcome o;

	file_make(&f, &r);
	file_make(&other, &r);
	way.anew = &other;
	other.len -= 1;
	run(&o, &way, &f);
	TAP_INT(o.fault, FAULT_FORMAT);
	TAP_STR(o.first.detail, "the file changed while it was being checked");
	other.len = 0;
	run(&o, &way, &f);
	TAP_INT(o.fault, FAULT_FORMAT);
	other.len = f.len;
	other.bytes[f.len / 2] = '\n';
	run(&o, &way, &f);
	TAP_INT(o.fault, FAULT_FORMAT);
	other.bytes[f.len / 2] = '"';
	run(&o, &way, &f);
	TAP_INT(o.fault, FAULT_FORMAT);
	way.broken = FAULT_SYSTEM;
	run(&o, &way, &f);
	TAP_INT(o.fault, FAULT_SYSTEM);
	TAP_STR(o.first.detail, "broken");
	TAP_INT(o.totals.n, 0);
	/* Where nothing is read again, it may be broken. */
	r.bend[1] = NOTHING;
	file_make(&f, &r);
	run(&o, &way, &f);
	TAP_INT(o.fault, FAULT_NONE);
	totals_free(&o.totals);
	free(f.bytes);
	free(other.bytes);
}

/* More sets than are followed: the last equal keys are in the last column. */
static void
test_many_sets(void)
{
	struct way way = { .threads = 2 };
	struct file schema = { NULL, 0, 0 }, f = { NULL, 0, 0 };
	static struct outcome o;
	char text[160] = "";
	unsigned c = 0, i = 0;

	file_text(&schema, "{\"fields\":[");
	for (c = 0; c < 70; c++) {
		(void)snprintf(text, sizeof(text),
		    "%s{\"name\":\"c%u\"," KEY_RULE "}", c == 0 ? "" : ",", c);
		file_text(&schema, text);
		(void)snprintf(
		    text, sizeof(text), "c%u%c", c, c == 69 ? '\n' : ',');
		file_text(&f, text);
	}
	file_put(&schema, "]}", 3);
	for (i = 0; i < 2000; i++)
		for (c = 0; c < 70; c++) {
			(void)snprintf(text, sizeof(text), "%05u%c",
			    i == 1999 && (c == 0 || c == 63 || c >= 68) ? 5 : i,
			    c == 69 ? '\n' : ',');
			file_text(&f, text);
		}
	way.schema = schema.bytes;
	TAP_OK(agree(&o, way, &f));
	TAP_INT(o.fault, FAULT_NOT_UNIQUE);
	TAP_INT(o.faults, 4);
	TAP_INT(o.read, f.len);
	free(schema.bytes);
	free(f.bytes);
}

/* No rows, no keys, a file that is lost. */
static void
test_little(void)
{
	static const char *const texts[] = { "", "k,m,pad", "k,m,pad\n",
		"k,m,pad\n,,\n-,,\n", "k,m,pad\n1,1,\n1,1,\n",
		"k,m,pad\n2,1,\n1,2,", "k,m,pad\n2,1,\n1\"2,2,\n2,1,\n" };
	static const enum fault want[] = { FAULT_COLUMNS, FAULT_NONE,
		FAULT_NONE, FAULT_NONE, FAULT_NOT_UNIQUE, FAULT_NONE,
		FAULT_COLUMNS };
	struct way way = {
		.schema = two_keys, .threads = 1, .count_key = true
	};
	struct file f = { NULL, 0, 0 };
	static struct outcome o;
	size_t i = 0;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		f.len = 0;
		file_text(&f, texts[i]);
		TAP_OK(agree(&o, way, &f));
		TAP_INT(o.fault, want[i]);
	}
	free(f.bytes);
}

int
main(void)
{
	test_little();
	test_border();
	test_reading();
	test_changed();
	test_many_sets();
	test_at_random();
	return TAP_DONE();
}
