/*
 * A payload changed at every bit (a small one) and at every byte (one of 1
 * MiB), cut, grown, its chunks swapped, dropped and repeated: refused by its
 * hash; and with the hash taken out of the way, refused by unseal, which has
 * released nothing but whole chunks that went in.
 *
 * With SERAHTERIMA_LONG set the 1 MiB are changed at every byte, for the hash
 * and for unseal; else, and for the whole way behind it, at the edges of chunks
 * and at every 1021st.  (The long one takes a quarter of an hour.)
 */
#include "bending.h"

#include <pthread.h>

#define CHUNK (64 * 1024UL)
#define SEALED (CHUNK + 16)
#define SHARDS 2 /* of a sweep, each on a thread */

static struct world *w;
static struct exchange *x;

/* ---- payload ---- */

static enum fault
as_payload(const struct buf *changed, struct cause *why)
{
	struct offer o = offer_of(x);

	o.payload = changed;
	return rules_receive(w, x, &o, why);
}

static struct buf plain;
static struct manifest *manifest;

/* Of a payload alone: the manifest is as it was. */
static enum fault
as_hashed(const struct buf *changed, struct cause *why)
{
	return rule_hash(manifest, changed, why);
}

/* The hash taken out of the way. */

static enum fault
as_opened(const struct buf *changed, struct cause *why)
{
	struct bytes payload = { changed->data, changed->len };
	struct release r = { { NULL, NULL }, &plain, 0, false };
	enum fault f = rules_open(w, x, manifest, payload, &r, why);

	/* Whole chunks that went in, or nothing. */
	if (f != FAULT_NONE &&
	    (r.other || (r.n % CHUNK != 0 && r.n != plain.len)))
		f = FAULT_SYSTEM;
	return f;
}

/* The same, by unseal alone. */
static enum fault
as_unsealed(const struct buf *changed, struct cause *why)
{
	struct bytes payload = { changed->data, changed->len };
	struct release r = { { NULL, NULL }, &plain, 0, false };
	struct unseal *u = NULL;
	unsigned char *block = malloc(CHUNK);
	size_t got = 1;
	enum fault f;

	MUST(block != NULL);
	f = unseal_new(&u, (struct source){ bytes_read, &payload },
	    w->kit[x->receiver].identity, why);
	if (f == FAULT_NONE)
		r.in = unseal_source(u);
	while (f == FAULT_NONE && got > 0)
		f = release_read(&r, block, CHUNK, &got, why);
	if (f != FAULT_NONE && (r.other || r.n % CHUNK != 0))
		f = FAULT_SYSTEM;
	free(block);
	unseal_free(u);
	return f;
}

/* What the payload of the exchange holds, and its manifest. */
static void
learn(void)
{
	struct bytes payload = { x->payload.data, x->payload.len };
	struct unseal *u = NULL;
	static unsigned char block[CHUNK];
	struct source s;
	size_t got = 1;

	manifest_free(manifest);
	manifest = NULL;
	buf_free(&plain);
	plain.max = 64 * MIB;
	MUST(manifest_parse(&manifest, x->manifest.data, x->manifest.len,
		 NULL) == FAULT_NONE);
	MUST(unseal_new(&u, (struct source){ bytes_read, &payload },
		 w->kit[x->receiver].identity, NULL) == FAULT_NONE);
	for (s = unseal_source(u); got > 0;) {
		MUST(s.read(s.self, block, sizeof(block), &got, NULL) ==
		    FAULT_NONE);
		MUST(buf_put(&plain, block, got) == FAULT_NONE);
	}
	unseal_free(u);
}

static void
test_payload(void)
{
	struct subject hashed = { "payload", &x->payload, as_payload, 0, 0,
		{ FAULT_PAYLOAD_HASH } };
	struct subject opened = { "payload without its hash", &x->payload,
		as_opened, 0, 0, { FAULT_DECRYPT } };

	learn();
	bend(&hashed);
	bend(&opened);
}

/* ---- a payload of 1 MiB ---- */

static bool
worth(size_t at, size_t len, size_t body, bool all)
{
	size_t in = at < body ? 0 : (at - body) % SEALED;

	return all || at < body + 64 || len - at <= 64 || in < 8 ||
	    in >= SEALED - 24 || at % 1021 == 0;
}

/* Every second byte that is worth it, beginning with "first". */
struct shard {
	const struct subject *s;
	size_t body, first;
	bool all;
	struct score score;
	pthread_t thread;
};

/* One bit of each byte, another bit each time. */
static void *
sweep_shard(void *self)
{
	struct shard *h = self;
	struct buf copy = BUF_MAX(h->s->good->len);
	size_t i;

	MUST(buf_put(&copy, h->s->good->data, h->s->good->len) == FAULT_NONE);
	for (i = h->first; i < copy.len; i += SHARDS) {
		if (!worth(i, copy.len, h->body, h->all))
			continue;
		copy.data[i] ^= (unsigned char)(1 << (i / SHARDS % 8));
		try(&h->score, h->s, &copy, false, i);
		copy.data[i] ^= (unsigned char)(1 << (i / SHARDS % 8));
	}
	buf_free(&copy);
	return NULL;
}

static void
sweep(const struct subject *s, size_t body, bool all)
{
	struct shard shard[SHARDS];
	struct score score = { 0 };
	struct cause why;
	size_t i;

	cause_clear(&why);
	TAP_INT(s->prove(s->good, &why), FAULT_NONE);
	for (i = 0; i < SHARDS; i++) {
		shard[i] = (struct shard){ s, body, i, all, { 0 }, 0 };
		MUST(pthread_create(
			 &shard[i].thread, NULL, sweep_shard, &shard[i]) == 0);
	}
	for (i = 0; i < SHARDS; i++) {
		MUST(pthread_join(shard[i].thread, NULL) == 0);
		score.tried += shard[i].score.tried;
		score.refused += shard[i].score.refused;
		score.wrong += shard[i].score.wrong;
	}
	tell(s->name, "bytes", &score);
}

/* "n" chunks of the copy are those named, in this order. */
static void
arrange(struct buf *out, const struct buf *good, size_t body,
    const size_t *chunk, size_t n)
{
	size_t i, at, len;

	out->len = 0;
	MUST(buf_put(out, good->data, body) == FAULT_NONE);
	for (i = 0; i < n; i++) {
		at = body + chunk[i] * SEALED;
		len = good->len - at < SEALED ? good->len - at : SEALED;
		MUST(buf_put(out, good->data + at, len) == FAULT_NONE);
	}
}

static void
test_chunks(const struct subject *s, size_t body)
{
	const struct buf *good = s->good;
	size_t n = (good->len - body + SEALED - 1) / SEALED, order[64], i, j;
	struct buf copy = BUF_MAX(2 * good->len);
	struct score swaps = { 0 }, drops = { 0 }, repeats = { 0 };

	MUST(n > 15 && n < 63);
	for (i = 0; i < n; i++)
		for (j = i + 1; j < n; j++) {
			for (size_t k = 0; k < n; k++)
				order[k] = k == i ? j : k == j ? i : k;
			arrange(&copy, good, body, order, n);
			try(&swaps, s, &copy, false, i);
		}
	for (i = 0; i < n; i++) {
		for (j = 0; j + 1 < n; j++)
			order[j] = j < i ? j : j + 1;
		arrange(&copy, good, body, order, n - 1);
		try(&drops, s, &copy, false, i);
		for (j = 0; j < n + 1; j++)
			order[j] = j <= i ? j : j - 1;
		arrange(&copy, good, body, order, n + 1);
		try(&repeats, s, &copy, false, i);
	}
	tell(s->name, "two chunks swapped", &swaps);
	tell(s->name, "a chunk dropped", &drops);
	tell(s->name, "a chunk repeated", &repeats);
	buf_free(&copy);
}

/* At every length a chunk can end, and beside it; every one is too many. */
static void
test_cuts(const struct subject *s, size_t body)
{
	struct buf copy = BUF_MAX(s->good->len);
	struct score score = { 0 };
	size_t len;

	MUST(buf_put(&copy, s->good->data, s->good->len) == FAULT_NONE);
	for (len = s->good->len; len-- > 0;) {
		if (!worth(len, s->good->len, body, false))
			continue;
		copy.len = len;
		try(&score, s, &copy, false, len);
	}
	tell(s->name, "cuts", &score);
	buf_free(&copy);
}

/* Rows that zstd can make smaller by a quarter only. */
static void
make_big(struct buf *csv)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklm"
				      "nopqrstuvwxyz0123456789+-";
	unsigned char random[96];
	char text[sizeof(random) + 1] = "";
	unsigned i;
	size_t j;

	*csv = (struct buf)BUF_MAX(16 * MIB);
	MUST(buf_puts(csv, "id;n\n") == FAULT_NONE);
	for (i = 0; csv->len < 1430000; i++) {
		hash_random(random, sizeof(random));
		for (j = 0; j < sizeof(random); j++)
			text[j] = letters[random[j] & 63];
		MUST(buf_putf(csv, "%s;%u\n", text, i) == FAULT_NONE);
	}
}

static void
test_big(bool all)
{
	struct subject hashed = { "1 MiB payload", NULL, as_hashed, 0, 0,
		{ FAULT_PAYLOAD_HASH } };
	struct subject unsealed = { "1 MiB payload, unsealed", NULL,
		as_unsealed, 0, 0, { FAULT_DECRYPT } };
	struct subject opened = { "1 MiB payload without its hash", NULL,
		as_opened, 0, 0, { FAULT_DECRYPT } };
	size_t body;
	struct buf csv;

	make_big(&csv);
	x = &w->exchange[1];
	make_exchange(w, 1, csv.data, csv.len);
	buf_free(&csv);
	learn();
	TAP_OK(x->payload.len >= 1024 * 1024);
	/* What is left when the chunks are taken off. */
	body =
	    x->payload.len - plain.len - 16 * ((plain.len + CHUNK - 1) / CHUNK);
	hashed.good = unsealed.good = opened.good = &x->payload;
	sweep(&hashed, body, all);
	sweep(&unsealed, body, all);
	sweep(&opened, body, false);
	test_chunks(&opened, body);
	test_cuts(&opened, body);
}

int
main(void)
{
	static const char csv[] = "id;n\n1;10\n2;20\n3;-7\n";

	MUST(room_make());
	w = world_make();
	x = w->exchange;
	make_exchange(w, 0, csv, sizeof(csv) - 1);
	test_payload();
	test_big(getenv("SERAHTERIMA_LONG") != NULL);
	manifest_free(manifest);
	buf_free(&plain);
	world_free(w);
	room_clear();
	return TAP_DONE();
}
