/*
 * Every bit of a journal whose head is signed, of the head and of its signature
 * changed; every length cut; grown; lines swapped, dropped and repeated: the
 * journal does not verify.  Two things do not matter: the untrusted comment of
 * the signature, and bytes behind the last line that are no line yet, as a
 * crash leaves them: nobody was told of them, and the next entry cuts them off.
 */
#include "bending.h"

#include "spool/home.h"
#include "spool/journal.h"

#define FIRST "h/journal/000000000001.jsonl"
#define HEAD "h/journal/head.json"
#define HEAD_SIG "h/journal/head.json.minisig"
#define LINES 6

static struct home *home;
static struct journal_head signed_head;

/* The journal with one of its files written anew. */
static enum fault
verify_with(const char *name, const struct buf *changed, struct cause *why)
{
	struct journal_head head = { 0 };
	enum fault f;

	MUST(room_write(name, changed->data, changed->len));
	f = journal_verify(home, &head, why);
	/* It must never verify as another journal. */
	if (f == FAULT_NONE &&
	    (head.entries != signed_head.entries ||
		strcmp(head.hash, signed_head.hash) != 0))
		f = FAULT_SYSTEM;
	return f;
}

static enum fault
as_lines(const struct buf *changed, struct cause *why)
{
	return verify_with(FIRST, changed, why);
}

static enum fault
as_head(const struct buf *changed, struct cause *why)
{
	return verify_with(HEAD, changed, why);
}

static enum fault
as_head_sig(const struct buf *changed, struct cause *why)
{
	return verify_with(HEAD_SIG, changed, why);
}

static void
load(struct buf *out, const char *name)
{
	*out = (struct buf)BUF_MAX(LIMIT_DOCUMENT);
	MUST(io_load(out, AT_FDCWD, room_name(name), NULL) == FAULT_NONE);
}

static void
fill(void)
{
	struct journal_member members[] = { { "manifest", "", 0 },
		{ "rows", NULL, 0 } };
	struct secret_key *key = NULL;
	struct journal *j = NULL;
	size_t i;

	MUST(home_make(room_name("h"), "KEMLU", "Kemlu", NULL, EXCHANGE_NOW,
		 EXCHANGE_DAY, NULL) == FAULT_NONE);
	MUST(home_open(&home, room_name("h"), NULL) == FAULT_NONE);
	MUST(journal_open(&j, home, NULL) == FAULT_NONE);
	/* Equal lines but for their numbers. */
	for (i = 0; i < LINES; i++)
		MUST(journal_append(j, EXCHANGE_NOW, "sealed", "A/d/KEMLU/1",
			 members, 2, NULL) == FAULT_NONE);
	MUST(home_signing_key(home, &key, NULL) == FAULT_NONE);
	MUST(journal_sign(j, key, EXCHANGE_NOW, NULL) == FAULT_NONE);
	MUST(journal_head(j, &signed_head, NULL) == FAULT_NONE);
	secret_key_free(key);
	journal_close(j);
}

/* Lines of the journal in another order, some of them twice or not at all. */
static void
arrange(struct buf *out, const struct buf *good, const size_t *line, size_t n)
{
	const char *text = buf_text(good);
	const char *at[LINES + 1] = { text };
	size_t i;

	for (i = 0; i < LINES; i++)
		at[i + 1] = strchr(at[i], '\n') + 1;
	out->len = 0;
	for (i = 0; i < n; i++)
		MUST(
		    buf_put(out, at[line[i]],
			(size_t)(at[line[i] + 1] - at[line[i]])) == FAULT_NONE);
}

static void
test_lines(const struct subject *s)
{
	struct score swaps = { 0 }, drops = { 0 }, repeats = { 0 };
	struct buf copy = BUF_MAX(2 * s->good->len);
	size_t order[LINES + 1], i, j, k;

	for (i = 0; i < LINES; i++)
		for (j = i + 1; j < LINES; j++) {
			for (k = 0; k < LINES; k++)
				order[k] = k == i ? j : k == j ? i : k;
			arrange(&copy, s->good, order, LINES);
			try(&swaps, s, &copy, false, i);
		}
	for (i = 0; i < LINES; i++) {
		for (j = 0; j + 1 < LINES; j++)
			order[j] = j < i ? j : j + 1;
		arrange(&copy, s->good, order, LINES - 1);
		try(&drops, s, &copy, false, i);
		for (j = 0; j < LINES + 1; j++)
			order[j] = j <= i ? j : j - 1;
		arrange(&copy, s->good, order, LINES + 1);
		try(&repeats, s, &copy, false, i);
	}
	buf_free(&copy);
	tell(s->name, "two lines swapped", &swaps);
	tell(s->name, "a line dropped", &drops);
	tell(s->name, "a line repeated", &repeats);
}

/* What is no line yet changes nothing; what is one is refused. */
static void
test_torn(const struct subject *s)
{
	struct score torn = { 0 }, lines = { 0 };
	struct buf copy = BUF_MAX(s->good->len + 80);
	size_t n;

	for (n = 1; n <= 64; n++) {
		copy.len = 0;
		MUST(buf_put(&copy, s->good->data, s->good->len) == FAULT_NONE);
		while (copy.len < s->good->len + n)
			MUST(buf_puts(&copy, "{") == FAULT_NONE);
		try(&torn, s, &copy, true, n);
		MUST(buf_puts(&copy, "\n") == FAULT_NONE);
		try(&lines, s, &copy, false, n);
	}
	buf_free(&copy);
	tell(s->name, "1 to 64 bytes that are no line", &torn);
	tell(s->name, "1 to 64 bytes that are one", &lines);
}

int
main(void)
{
	struct buf lines, head, sig;
	struct subject subjects[] = {
		{ "journal", &lines, as_lines, 0, 0, { FAULT_CHAIN } },
		{ "head.json", &head, as_head, 0, 0, { FAULT_NONE } },
		{ "head.json.minisig", &sig, as_head_sig, 0, 0,
		    { FAULT_NONE } },
	};
	struct cause why;
	size_t i;

	MUST(room_make());
	MUST(key_setup(NULL) == FAULT_NONE);
	fill();
	load(&lines, FIRST);
	load(&head, HEAD);
	load(&sig, HEAD_SIG);
	untrusted(&subjects[2]);
	for (i = 0; i < 3; i++) {
		struct buf copy = BUF_MAX(subjects[i].good->len);

		MUST(buf_put(&copy, subjects[i].good->data,
			 subjects[i].good->len) == FAULT_NONE);
		cause_clear(&why);
		TAP_INT(subjects[i].prove(&copy, &why), FAULT_NONE);
		flip_all(&subjects[i], &copy);
		cut_all(&subjects[i], &copy);
		if (i > 0)
			grow_all(&subjects[i], &copy);
		else {
			test_lines(&subjects[0]);
			test_torn(&subjects[0]);
		}
		TAP_INT(subjects[i].prove(&copy, &why), FAULT_NONE);
		buf_free(&copy);
	}
	buf_free(&lines);
	buf_free(&head);
	buf_free(&sig);
	home_close(home);
	room_clear();
	return TAP_DONE();
}
