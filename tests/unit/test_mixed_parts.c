/*
 * Parts of eight valid exchanges, put together in every way: only what belongs
 * together is taken, wherever it is put, and also when the payload's hash, the
 * first thing that tells, is taken out of the way.
 */
#include "exchange_rules.h"

static struct world *w;
static struct exchange *x;

/* How often each fault was the answer. */
static unsigned answers[1000];

static void
count(enum fault f)
{
	answers[(unsigned)f < 1000 ? f : 0]++;
}

static void
show_answers(const char *what)
{
	unsigned i;

	printf("# %s:", what);
	for (i = 0; i < 1000; i++)
		if (answers[i] > 0)
			printf(" %u x %u", i, answers[i]);
	printf("\n");
	memset(answers, 0, sizeof(answers));
}

/* Manifest i in its own place, signature j, payload k, receipt l with its own
 * signature: 4096 ways. */
static void
test_four(void)
{
	unsigned taken = 0, wrong = 0, ours = 0;
	struct cause why;
	size_t n;

	for (n = 0; n < 4096; n++) {
		const size_t i = n & 7, j = n >> 3 & 7, k = n >> 6 & 7,
			     l = n >> 9;
		struct offer o = { &x[i].manifest, &x[j].manifest_sig,
			&x[k].payload, &x[l].receipt, &x[l].receipt_sig };
		enum fault f = rules_receive(w, &x[i], &o, &why);

		if (f == FAULT_NONE)
			f = rules_receipt(w, &x[i], &o, &why);
		count(f);
		taken += f == FAULT_NONE;
		wrong += (f == FAULT_NONE) != (i == j && j == k && k == l);
		/* Never held to be our own disk, memory or time. */
		ours += f != FAULT_NONE && fault_exit(f) != EXIT_STATUS_REFUSED;
	}
	show_answers("manifest, signature, payload, receipt");
	TAP_INT(taken, EXCHANGES);
	TAP_INT(wrong, 0);
	TAP_INT(ours, 0);
}

/* Whole parcels in every place of every other, for receivers with the record of
 * that place. */
static void
test_places(void)
{
	unsigned taken = 0, wrong = 0;
	struct cause why;
	size_t i, p;

	for (i = 0; i < EXCHANGES; i++)
		for (p = 0; p < EXCHANGES; p++) {
			struct offer o = offer_of(&x[i]);
			enum fault f = rules_receive(w, &x[p], &o, &why);

			count(f);
			taken += f == FAULT_NONE;
			wrong += (f == FAULT_NONE) != (i == p);
		}
	show_answers("parcel, place");
	TAP_INT(taken, EXCHANGES);
	TAP_INT(wrong, 0);
}

/* Receipt l with the signature of receipt s about manifest i. */
static void
test_receipts(void)
{
	unsigned taken = 0, wrong = 0;
	struct cause why;
	size_t n;

	for (n = 0; n < 512; n++) {
		const size_t i = n & 7, l = n >> 3 & 7, s = n >> 6;
		struct offer o = { NULL, NULL, NULL, &x[l].receipt,
			&x[s].receipt_sig };
		enum fault f = rules_receipt(w, &x[i], &o, &why);

		count(f);
		taken += f == FAULT_NONE;
		wrong += (f == FAULT_NONE) != (i == l && l == s);
	}
	show_answers("manifest, receipt, its signature");
	TAP_INT(taken, EXCHANGES);
	TAP_INT(wrong, 0);
}

/* With no hash before it: another's payload cannot be opened, and one of ours
 * is not the one the manifest tells of. */
static void
test_unhashed(void)
{
	unsigned taken = 0, wrong = 0, leaked = 0;
	struct manifest *m = NULL;
	struct cause why;
	size_t i, k;

	for (i = 0; i < EXCHANGES; i++) {
		cause_clear(&why);
		MUST(manifest_parse(&m, x[i].manifest.data, x[i].manifest.len,
			 &why) == FAULT_NONE);
		for (k = 0; k < EXCHANGES; k++) {
			struct bytes payload = { x[k].payload.data,
				x[k].payload.len };
			struct release r = { { NULL, NULL }, NULL, 0, false };
			enum fault f =
			    rules_open(w, &x[i], m, payload, &r, &why);

			count(f);
			taken += f == FAULT_NONE;
			wrong += (f == FAULT_NONE) != (i == k);
			leaked += x[i].receiver != x[k].receiver && r.n > 0;
		}
		manifest_free(m);
		m = NULL;
	}
	show_answers("manifest, payload, no hash");
	TAP_INT(taken, EXCHANGES);
	TAP_INT(wrong, 0);
	TAP_INT(leaked, 0);
}

/* Signed by a party's other key, or by another party: no key of the card. */
static void
test_signers(void)
{
	struct buf sig = BUF_MAX(LIMIT_KEY_FILE);
	struct offer o = offer_of(&x[0]);
	unsigned taken = 0;
	struct cause why;
	size_t i;

	o.manifest_sig = &sig;
	for (i = 0; i < 2 * PARTIES; i++) {
		const struct kit *k = &w->kit[i / 2];

		buf_free(&sig);
		MUST(key_sign(&sig, i % 2 == 0 ? k->root : k->signing,
			 x[0].manifest.data, x[0].manifest.len, "manifest",
			 NULL) == FAULT_NONE);
		taken += rules_receive(w, &x[0], &o, &why) == FAULT_NONE;
	}
	TAP_INT(taken, 1);
	buf_free(&sig);
}

int
main(void)
{
	static const char csv[] = "id;n\n1;10\n2;20\n3;-7\n";
	size_t i;

	MUST(room_make());
	w = world_make();
	x = w->exchange;
	for (i = 0; i < EXCHANGES; i++)
		make_exchange(w, i, csv, sizeof(csv) - 1);
	test_four();
	test_places();
	test_receipts();
	test_unhashed();
	test_signers();
	world_free(w);
	room_clear();
	return TAP_DONE();
}
