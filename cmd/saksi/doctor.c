/*
 * doctor: what is wrong with this installation, in plain words: the machine,
 * the home, keys, clock and journal, each asked in turn.
 */
#include "saksi.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/intl.h"
#include "base/io.h"
#include "base/log.h"
#include "spool/home.h"
#include "spool/journal.h"
#include "sys/sandbox.h"

#define DOCTOR_DAY 86400
/* A key's renewal needs the officer with the root key. */
#define DOCTOR_DAYS 30
/* Less is a parcel that waits. */
#define DOCTOR_ROOM (1024UL * MIB)

enum state {
	STATE_GOOD,
	STATE_WEAK, /* works; somebody should look at it */
	STATE_BAD   /* some command will fail */
};

struct visit {
	struct cli *cli;
	struct home *home; /* or NULL: it cannot be opened */
	int64_t now;
	enum state worst;
};

static const char *
state_word(enum state state)
{
	static const char *const words[] = { N_("good"), N_("weak"),
		N_("bad") };

	return words[state];
}

/* ---- telling ---- */

static void find(struct visit *v, const char *check, enum state state,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* One finding; "fmt" is marked with N_().  Machines read English. */
static void
find(struct visit *v, const char *check, enum state state, const char *fmt, ...)
{
	const char *shown = cli_json(v->cli) ? fmt : gettext(fmt);
	char text[1024], quoted[1024];
	struct writer *w;
	va_list ap;

	if (state > v->worst)
		v->worst = state;
	va_start(ap, fmt);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	(void)vsnprintf(text, sizeof(text), shown, ap);
#pragma GCC diagnostic pop
	va_end(ap);
	(void)log_quote(quoted, sizeof(quoted), text);
	if (!cli_json(v->cli)) {
		if (state != STATE_GOOD || !cli_quiet(v->cli))
			(void)printf("%-5s %s\n", _(state_word(state)), quoted);
		return;
	}
	if ((w = cli_object()) == NULL)
		return;
	writer_string(w, "check", check);
	writer_string(w, "state", state_word(state));
	writer_string(w, "text", quoted);
	cli_print(w);
}

/* A step that failed, by its cause. */
static void
find_cause(struct visit *v, const char *check, const struct cause *why)
{
	char text[2048];

	if (cli_json(v->cli))
		(void)snprintf(text, sizeof(text), "%s: %s%s%s",
		    fault_text_english(why->fault), why->file,
		    why->file[0] != '\0' ? ": " : "", why->detail);
	else
		cause_text(text, sizeof(text), why);
	find(v, check, STATE_BAD, "%s", text);
	if (!cli_json(v->cli) && fault_advice(why->fault)[0] != '\0')
		(void)printf(_("      hint: %s\n"), fault_advice(why->fault));
}

/* ---- the machine ---- */

static void
look_at_kernel(struct visit *v)
{
	const unsigned lacks = sandbox_lacks();

	if ((lacks & SANDBOX_NO_LANDLOCK) == 0)
		find(v, "landlock", STATE_GOOD,
		    N_("the kernel has Landlock: confined processes reach no "
		       "file but their own"));
	else
		find(v, "landlock", STATE_WEAK,
		    N_("the kernel has no Landlock: a hole in serah or terima "
		       "could reach files beside its own; take a kernel of "
		       "5.19 or later with landlock among its security "
		       "modules"));
	if ((lacks & SANDBOX_NO_SECCOMP) == 0)
		find(v, "seccomp", STATE_GOOD,
		    N_("the kernel filters system calls: %zu are left to what "
		       "opens parcels, %zu to what reaches a server, %zu to "
		       "what reaches a directory"),
		    calls_allowed(WALL_OPENING), calls_allowed(WALL_NETWORK),
		    calls_allowed(WALL_DISK));
	else
		find(v, "seccomp", STATE_WEAK,
		    N_("the kernel filters no system calls: a hole in serah or "
		       "terima could use any; take a kernel with "
		       "CONFIG_SECCOMP_FILTER, and a container that allows "
		       "it"));
	if (sandbox_relaxed())
		find(v, "build", STATE_WEAK,
		    N_("built with sanitizers, for tests: the walls are "
		       "lower"));
}

static void
look_at_room(struct visit *v)
{
	unsigned long long left = 0;
	struct cause why;

	cause_clear(&why);
	if (io_free_bytes(&left, v->home->dir, &why) != FAULT_NONE)
		find_cause(v, "room", &why);
	else
		find(v, "room", left < DOCTOR_ROOM ? STATE_WEAK : STATE_GOOD,
		    N_("%llu MiB are free for the home"), left / MIB);
}

/* ---- the home ---- */

static void
look_at_home(struct visit *v)
{
	struct cause why;

	cause_clear(&why);
	if (home_open(&v->home, cli_home(v->cli), &why) != FAULT_NONE)
		find_cause(v, "home", &why);
	else
		find(v, "home", STATE_GOOD,
		    N_("the home of %s: nobody else can reach it or its keys, "
		       "configuration and pinned cards hold"),
		    v->home->conf->party);
}

static void
look_at_days(struct visit *v, const char *check, const char *key, int64_t until)
{
	const long long days = (until - v->now) / DOCTOR_DAY;

	if (days < DOCTOR_DAYS)
		find(v, check, STATE_WEAK,
		    N_("%s: valid for %lld more days; renew it before"), key,
		    days);
	else
		find(v, check, STATE_GOOD, N_("%s: valid for %lld days"), key,
		    days);
}

static void
look_at_signing_key(struct visit *v, const struct card *card)
{
	const struct public_key *known = NULL;
	struct secret_key *key = NULL;
	struct public_key own;
	struct cause why;
	size_t i;

	cause_clear(&why);
	if (home_signing_key(v->home, &key, &why) != FAULT_NONE) {
		find_cause(v, "signing_key", &why);
		return;
	}
	secret_key_public(key, &own);
	secret_key_free(key);
	if (card_signing_key(&known, card, own.id, v->now, &why) !=
	    FAULT_NONE) {
		find_cause(v, "signing_key", &why);
		return;
	}
	for (i = 0; i < card->n_signing; i++)
		if (memcmp(card->signing[i].key.id, own.id, sizeof(own.id)) ==
		    0)
			look_at_days(v, "signing_key", "keys/signing.key",
			    card->signing[i].until);
}

static void
look_at_decryption_key(struct visit *v, const struct card *card)
{
	const struct recipient *known = NULL;
	struct identity *identity = NULL;
	struct recipient own;
	struct cause why;
	size_t i;

	cause_clear(&why);
	if (home_decryption_key(v->home, &identity, &why) != FAULT_NONE ||
	    card_encryption_key(&known, card, v->now, &why) != FAULT_NONE) {
		find_cause(v, "decryption_key", &why);
		identity_free(identity);
		return;
	}
	identity_recipient(identity, &own);
	identity_free(identity);
	if (memcmp(&own, known, sizeof(own)) != 0) {
		find(v, "decryption_key", STATE_BAD,
		    N_("keys/decryption.key is not the one that partners seal "
		       "to by our card"));
		return;
	}
	for (i = 0; i < card->n_encryption; i++)
		if (memcmp(&card->encryption[i].key, &own, sizeof(own)) == 0)
			look_at_days(v, "decryption_key", "keys/decryption.key",
			    card->encryption[i].until);
}

static void
look_at_root_key(struct visit *v)
{
	bool encrypted = false;
	struct cause why;
	enum fault f;

	cause_clear(&why);
	f = home_root_encrypted(v->home, &encrypted, &why);
	if (f == FAULT_ABSENT)
		find(v, "root_key", STATE_GOOD,
		    N_("keys/root.key is kept elsewhere"));
	else if (f != FAULT_NONE)
		find_cause(v, "root_key", &why);
	else if (!encrypted)
		find(v, "root_key", STATE_WEAK,
		    N_("keys/root.key has no passphrase: whoever gets this "
		       "disk speaks for the party"));
	else
		find(v, "root_key", STATE_GOOD,
		    N_("keys/root.key has a passphrase"));
}

/* ---- journal and clock ---- */

static void
look_at_clock(struct visit *v, uint64_t last)
{
	struct journal_walk *walk = NULL;
	struct journal_entry e;
	struct cause why;
	int64_t then = 0;
	int end = 0;

	if (last == 0)
		return;
	cause_clear(&why);
	if (journal_walk_new(&walk, v->home, last, &why) != FAULT_NONE ||
	    journal_walk_next(walk, &e, &end, &why) != FAULT_NONE) {
		find_cause(v, "clock", &why);
		journal_walk_free(walk);
		return;
	}
	if (end == 0 && clock_parse(&then, e.time) && then > v->now)
		find(v, "clock", STATE_BAD,
		    N_("the clock is behind the journal's last entry, of %s: "
		       "agreements and keys are judged by a wrong day"),
		    e.time);
	else
		find(v, "clock", STATE_GOOD,
		    N_("the clock agrees with the journal"));
	if (end == 0)
		journal_entry_free(&e);
	journal_walk_free(walk);
}

static void
look_at_journal(struct visit *v)
{
	struct journal_head head;
	struct cause why;

	cause_clear(&why);
	if (journal_verify(v->home, &head, &why) != FAULT_NONE) {
		find_cause(v, "journal", &why);
		return;
	}
	find(v, "journal", STATE_GOOD, N_("the journal is whole: %llu entries"),
	    (unsigned long long)head.entries);
	look_at_clock(v, head.entries);
}

enum exit_status
saksi_doctor(struct cli *cli)
{
	struct visit v = { cli, NULL, clock_now(), STATE_GOOD };
	const struct card *card;

	look_at_kernel(&v);
	look_at_home(&v);
	if (v.home != NULL) {
		card = trust_card(v.home->trust, v.home->conf->party);
		look_at_signing_key(&v, card);
		look_at_decryption_key(&v, card);
		look_at_root_key(&v);
		look_at_journal(&v);
		look_at_room(&v);
	}
	home_close(v.home);
	return v.worst == STATE_BAD ? EXIT_STATUS_OURS : EXIT_STATUS_DONE;
}
