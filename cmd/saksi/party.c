/*
 * party: the own card, partners' cards, and whom to trust.
 */
#include "saksi.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/intl.h"
#include "base/io.h"
#include "base/log.h"
#include "desk.h"

/* A card as it lies on the disk: exact bytes and signature. */
struct card_files {
	struct buf bytes;
	struct buf signature;
};

static void
card_files_free(struct card_files *c)
{
	buf_free(&c->bytes);
	buf_free(&c->signature);
}

static enum fault
load(struct card_files *c, int dir, const char *path, struct cause *why)
{
	char signature[PATH_MAX];
	enum fault f;
	int n;

	n = snprintf(signature, sizeof(signature), "%s.minisig", path);
	if (n < 0 || (size_t)n >= sizeof(signature))
		return cause_set(why, FAULT_USAGE, N_("the path is too long"));
	if ((f = io_load(&c->bytes, dir, path, why)) != FAULT_NONE)
		return f;
	return io_load(&c->signature, dir, signature, why);
}

static void
write_keys(struct writer *w, const struct card *card)
{
	char text[RECIPIENT_TEXT_LEN > KEY_TEXT_LEN ? RECIPIENT_TEXT_LEN
						    : KEY_TEXT_LEN];
	char when[CLOCK_TEXT_LEN];
	size_t i;

	writer_open(w, "signing_keys", NODE_ARRAY);
	for (i = 0; i < card->n_signing; i++) {
		writer_open(w, NULL, NODE_OBJECT);
		public_key_text(text, &card->signing[i].key);
		writer_string(w, "key", text);
		clock_text(when, card->signing[i].from);
		writer_string(w, "from", when);
		clock_text(when, card->signing[i].until);
		writer_string(w, "until", when);
		writer_close(w);
	}
	writer_close(w);
	writer_open(w, "encryption_keys", NODE_ARRAY);
	for (i = 0; i < card->n_encryption; i++) {
		writer_open(w, NULL, NODE_OBJECT);
		recipient_text(text, &card->encryption[i].key);
		writer_string(w, "key", text);
		clock_text(when, card->encryption[i].from);
		writer_string(w, "from", when);
		clock_text(when, card->encryption[i].until);
		writer_string(w, "until", when);
		writer_close(w);
	}
	writer_close(w);
}

static void
print_json(const struct card *card, bool keys)
{
	char fingerprint[KEY_FINGERPRINT_LEN], root[KEY_TEXT_LEN];
	struct writer *w;

	if ((w = cli_object()) == NULL)
		return;
	public_key_fingerprint(fingerprint, &card->root);
	public_key_text(root, &card->root);
	writer_string(w, "party", card->party);
	writer_string(w, "name", card->name);
	writer_integer(w, "serial", (int64_t)card->serial);
	writer_string(w, "root_key", root);
	writer_string(w, "fingerprint", fingerprint);
	if (keys)
		write_keys(w, card);
	cli_print(w);
}

static void
print_text(const struct card *card)
{
	char fingerprint[KEY_FINGERPRINT_LEN], text[RECIPIENT_TEXT_LEN];
	char root[KEY_TEXT_LEN], when[CLOCK_TEXT_LEN];
	size_t i;

	public_key_fingerprint(fingerprint, &card->root);
	public_key_text(root, &card->root);
	(void)printf(_("party        %s (%s), card number %llu\n"), card->party,
	    card->name, (unsigned long long)card->serial);
	(void)printf(_("root key     %s\n"), root);
	(void)printf(_("fingerprint  %s\n"), fingerprint);
	for (i = 0; i < card->n_signing; i++) {
		public_key_text(root, &card->signing[i].key);
		clock_text(when, card->signing[i].until);
		(void)printf(_("signs with   %s until %s\n"), root, when);
	}
	for (i = 0; i < card->n_encryption; i++) {
		recipient_text(text, &card->encryption[i].key);
		clock_text(when, card->encryption[i].until);
		(void)printf(_("seal to      %s until %s\n"), text, when);
	}
}

/* Writes FILE.minisig, then FILE: the card never stands there unsigned. */
static enum fault
write_out(const char *path, const struct card_files *c, struct cause *why)
{
	char signature[PATH_MAX];
	enum fault f;
	int n;

	n = snprintf(signature, sizeof(signature), "%s.minisig", path);
	if (n < 0 || (size_t)n >= sizeof(signature))
		return cause_set(why, FAULT_USAGE, N_("the path is too long"));
	f = io_save(AT_FDCWD, signature, c->signature.data, c->signature.len,
	    0644, true, why);
	if (f == FAULT_NONE)
		f = io_save(AT_FDCWD, path, c->bytes.data, c->bytes.len, 0644,
		    true, why);
	return f;
}

enum exit_status
saksi_card(struct cli *cli)
{
	struct card_files own = { BUF_MAX(LIMIT_DOCUMENT),
		BUF_MAX(LIMIT_KEY_FILE) };
	const char *out = cli_value(cli, "out");
	char path[LIMIT_ID + 32];
	struct home *home = NULL;
	struct card card;
	struct cause why;
	enum fault f;

	cause_clear(&why);
	if ((f = home_open(&home, cli_home(cli), &why)) != FAULT_NONE)
		goto out;
	(void)snprintf(
	    path, sizeof(path), "parties/%s.card.json", home->conf->party);
	if ((f = load(&own, home->dir, path, &why)) != FAULT_NONE ||
	    (f = card_check(&card, own.bytes.data, own.bytes.len,
		 own.signature.data, own.signature.len, &why)) != FAULT_NONE)
		goto out;
	if (out != NULL && (f = write_out(out, &own, &why)) != FAULT_NONE)
		goto out;
	if (cli_json(cli))
		print_json(&card, true);
	else if (!cli_quiet(cli))
		print_text(&card);
out:
	card_files_free(&own);
	home_close(home);
	return f == FAULT_NONE ? EXIT_STATUS_DONE : cli_fail(cli, &why);
}

/* Shows the fingerprint and asks whether it is the one that was told. */
static enum fault
ask(const struct card *card, struct cause *why)
{
	char fingerprint[KEY_FINGERPRINT_LEN], answer[128] = "";
	FILE *tty;

	public_key_fingerprint(fingerprint, &card->root);
	if ((tty = fopen("/dev/tty", "r+")) == NULL)
		return cause_set(why, FAULT_USAGE,
		    N_("there is no terminal to ask on; give --fingerprint as "
		       "the party told it"));
	(void)fprintf(tty, _("%s (%s) has the fingerprint\n  %s\n"),
	    card->party, card->name, fingerprint);
	(void)fprintf(tty,
	    _("Compare it with what the party reads to you.  "
	      "Type its first group of four to trust it: "));
	(void)fflush(tty);
	if (fgets(answer, sizeof(answer), tty) == NULL)
		answer[0] = '\0';
	(void)fclose(tty);
	answer[strcspn(answer, "\r\n")] = '\0';
	if (strncmp(answer, fingerprint, 4) != 0 || strlen(answer) != 4)
		return cause_set(why, FAULT_UNKNOWN_SIGNER,
		    N_("not confirmed; nothing was trusted"));
	return FAULT_NONE;
}

static enum fault
confirm(const struct cli *cli, const struct card *card, struct cause *why)
{
	const char *told = cli_value(cli, "fingerprint");
	char fingerprint[KEY_FINGERPRINT_LEN];

	if (told == NULL)
		return ask(card, why);
	if (public_key_fingerprint_equal(&card->root, told))
		return FAULT_NONE;
	public_key_fingerprint(fingerprint, &card->root);
	return cause_set(why, FAULT_UNKNOWN_SIGNER,
	    N_("the card's fingerprint is %s, not the one given"), fingerprint);
}

static enum fault
pin(struct desk *s, const struct card *card, const struct card_files *c,
    struct cause *why)
{
	char fingerprint[KEY_FINGERPRINT_LEN];
	struct journal_member members[2] = { { "fingerprint", fingerprint, 0 },
		{ "serial", NULL, card->serial } };
	enum fault f;
	int dir = -1;

	public_key_fingerprint(fingerprint, &card->root);
	if ((f = io_opendir(&dir, s->home->dir, "parties", why)) != FAULT_NONE)
		return f;
	f = trust_pin(dir, card, &c->bytes, &c->signature, why);
	(void)close(dir);
	if (f == FAULT_NONE)
		f = desk_note(s, "trusted", card->party, members, 2, why);
	/* The same card again is no fault: the wish is fulfilled. */
	return f == FAULT_EXISTS ? FAULT_NONE : f;
}

enum exit_status
saksi_trust(struct cli *cli)
{
	struct card_files c = { BUF_MAX(LIMIT_DOCUMENT),
		BUF_MAX(LIMIT_KEY_FILE) };
	struct desk s;
	struct card card;
	struct cause why;
	enum fault f;

	cause_clear(&why);
	if ((f = desk_open(&s, cli, NULL, &why)) != FAULT_NONE)
		return cli_fail(cli, &why);
	cause_place(&why, cli_arg(cli, 0), 0, NULL, UINT64_MAX);
	if ((f = load(&c, AT_FDCWD, cli_arg(cli, 0), &why)) != FAULT_NONE ||
	    (f = card_check(&card, c.bytes.data, c.bytes.len, c.signature.data,
		 c.signature.len, &why)) != FAULT_NONE ||
	    (f = confirm(cli, &card, &why)) != FAULT_NONE ||
	    (f = pin(&s, &card, &c, &why)) != FAULT_NONE)
		goto out;
	if (cli_json(cli))
		print_json(&card, false);
	else if (!cli_quiet(cli))
		(void)printf(_("%s (%s) is trusted\n"), card.party, card.name);
out:
	card_files_free(&c);
	f = desk_end(&s, f, &why);
	return f == FAULT_NONE ? EXIT_STATUS_DONE : cli_fail(cli, &why);
}

enum exit_status
saksi_party_list(struct cli *cli)
{
	char fingerprint[KEY_FINGERPRINT_LEN];
	const struct card *card;
	struct home *home = NULL;
	struct cause why;
	size_t i;

	cause_clear(&why);
	if (home_open(&home, cli_home(cli), &why) != FAULT_NONE)
		return cli_fail(cli, &why);
	for (i = 0; i < trust_count(home->trust); i++) {
		card = trust_at(home->trust, i);
		if (cli_json(cli)) {
			print_json(card, false);
			continue;
		}
		public_key_fingerprint(fingerprint, &card->root);
		(void)printf(
		    "%-16s %s  %s\n", card->party, fingerprint, card->name);
	}
	home_close(home);
	return EXIT_STATUS_DONE;
}

enum exit_status
saksi_party_show(struct cli *cli)
{
	const struct card *card;
	struct home *home = NULL;
	struct cause why;
	enum fault f;

	cause_clear(&why);
	if ((f = home_open(&home, cli_home(cli), &why)) != FAULT_NONE)
		return cli_fail(cli, &why);
	card = trust_card(home->trust, cli_arg(cli, 0));
	if (card == NULL)
		f = cause_set(&why, FAULT_ABSENT,
		    N_("no card of %s is pinned; see: saksi party list"),
		    cli_arg(cli, 0));
	else if (cli_json(cli))
		print_json(card, true);
	else
		print_text(card);
	home_close(home);
	return f == FAULT_NONE ? EXIT_STATUS_DONE : cli_fail(cli, &why);
}
