/*
 * desk: opened in one order, closed in the reverse, so that no command
 * repeats the ladder.
 */
#include "desk.h"

#include <string.h>
#include <unistd.h>

#include "base/clock.h"

static void
desk_close(struct desk *s)
{
	index_close(s->index);
	journal_close(s->journal);
	if (s->lock >= 0)
		(void)close(s->lock);
	home_close(s->home);
	memset(s, 0, sizeof(*s));
	s->lock = -1;
}

enum fault
desk_open(
    struct desk *s, const struct cli *cli, const char *lock, struct cause *why)
{
	struct journal_head head;
	enum fault f;

	memset(s, 0, sizeof(*s));
	s->lock = -1;
	s->now = clock_now();
	if ((f = home_open(&s->home, cli_home(cli), why)) != FAULT_NONE)
		goto out;
	if (lock != NULL &&
	    (f = home_lock(s->home, lock, &s->lock, why)) != FAULT_NONE)
		goto out;
	if ((f = journal_open(&s->journal, s->home, why)) != FAULT_NONE ||
	    (f = journal_head(s->journal, &head, why)) != FAULT_NONE)
		goto out;
	s->entries = head.entries;
	f = index_open(&s->index, s->home, why);
out:
	if (f != FAULT_NONE)
		desk_close(s);
	return f;
}

static enum fault
sign_head(struct desk *s, struct cause *why)
{
	struct secret_key *key = NULL;
	struct journal_head head;
	enum fault f;

	if ((f = journal_head(s->journal, &head, why)) != FAULT_NONE ||
	    head.entries == s->entries)
		return f;
	if ((f = home_signing_key(s->home, &key, why)) == FAULT_NONE)
		f = journal_sign(s->journal, key, s->now, why);
	secret_key_free(key);
	return f;
}

enum fault
desk_end(struct desk *s, enum fault f, struct cause *why)
{
	struct cause end;
	enum fault signing;

	cause_clear(&end);
	signing = sign_head(s, &end);
	if (f == FAULT_NONE && signing != FAULT_NONE)
		*why = end;
	desk_close(s);
	return f != FAULT_NONE ? f : signing;
}

enum fault
desk_note(struct desk *s, const char *event, const char *subject,
    const struct journal_member *members, size_t n, struct cause *why)
{
	enum fault f;

	/* The clock is read anew: a run may take hours. */
	f = journal_append(
	    s->journal, clock_now(), event, subject, members, n, why);
	if (f == FAULT_NONE)
		f = index_refresh(s->index, why);
	return f;
}
