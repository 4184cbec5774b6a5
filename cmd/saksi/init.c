/*
 * init: makes a home and shows what it made.
 */
#include "saksi.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/intl.h"
#include "base/log.h"
#include "base/path.h"
#include "desk.h"

#define INIT_DAYS 730
#define INIT_DAYS_MAX 3650

/* Days of --days, or 0 when they are no number between 1 and the maximum. */
static int64_t
days(const struct cli *cli)
{
	const char *text = cli_value(cli, "days");
	char *end = NULL;
	long n;

	if (text == NULL)
		return INIT_DAYS;
	n = strtol(text, &end, 10);
	if (end == text || *end != '\0' || n < 1 || n > INIT_DAYS_MAX)
		return 0;
	return (int64_t)n;
}

static enum fault
words(const struct cli *cli, struct cause *why)
{
	if (!path_id_ok(cli_value(cli, "party")))
		return cause_set(why, FAULT_USAGE,
		    N_("--party ID: letters, digits, '.', '_' and '-'"));
	if (cli_value(cli, "name") == NULL)
		return cause_set(why, FAULT_USAGE, N_("--name is missing"));
	if (days(cli) == 0)
		return cause_set(
		    why, FAULT_USAGE, N_("--days N: 1 to %d"), INIT_DAYS_MAX);
	if (cli_value(cli, "no-passphrase") != NULL &&
	    cli_value(cli, "passphrase-file") != NULL)
		return cause_set(why, FAULT_USAGE,
		    N_("--no-passphrase and --passphrase-file exclude each "
		       "other"));
	return FAULT_NONE;
}

static enum fault
make(const struct cli *cli, struct cause *why)
{
	struct buf passphrase = BUF_MAX(1024);
	enum fault f = FAULT_NONE;
	bool open = cli_value(cli, "no-passphrase") != NULL;
	char conf[PATH_MAX];

	/* Nobody should think of a passphrase in vain. */
	(void)snprintf(
	    conf, sizeof(conf), "%s/serahterima.conf", cli_home(cli));
	if (access(conf, F_OK) == 0) {
		cause_place(why, cli_home(cli), 0, NULL, UINT64_MAX);
		return cause_set(
		    why, FAULT_EXISTS, N_("there is a home already"));
	}
	if (!open)
		f = cli_passphrase(cli, _("New passphrase for the root key: "),
		    true, &passphrase, why);
	if (f == FAULT_NONE)
		f = home_make(cli_home(cli), cli_value(cli, "party"),
		    cli_value(cli, "name"), open ? NULL : buf_text(&passphrase),
		    clock_now(), days(cli) * 86400, why);
	buf_wipe(&passphrase);
	return f;
}

static void
show(const struct cli *cli, const struct card *card)
{
	char fingerprint[KEY_FINGERPRINT_LEN], home[PATH_MAX];
	struct writer *w;

	public_key_fingerprint(fingerprint, &card->root);
	/* A path may hold anything, even what is no UTF-8. */
	(void)log_quote(home, sizeof(home), cli_home(cli));
	if (cli_json(cli)) {
		if ((w = cli_object()) == NULL)
			return;
		writer_string(w, "party", card->party);
		writer_string(w, "home", home);
		writer_string(w, "fingerprint", fingerprint);
		cli_print(w);
		return;
	}
	if (cli_quiet(cli))
		return;
	(void)printf(
	    _("home %s made for %s (%s)\n"), home, card->party, card->name);
	(void)printf(_("fingerprint of the root key, to be read aloud to "
		       "partners:\n  %s\n"),
	    fingerprint);
	(void)printf(_("next: saksi card --out FILE, and give both files to "
		       "every partner\n"));
}

enum exit_status
saksi_init(struct cli *cli)
{
	struct desk s;
	struct cause why;
	enum fault f;

	cause_clear(&why);
	if ((f = words(cli, &why)) != FAULT_NONE ||
	    (f = make(cli, &why)) != FAULT_NONE ||
	    (f = desk_open(&s, cli, NULL, &why)) != FAULT_NONE)
		return cli_fail(cli, &why);
	show(cli, trust_card(s.home->trust, s.home->conf->party));
	f = desk_end(&s, f, &why);
	return f == FAULT_NONE ? EXIT_STATUS_DONE : cli_fail(cli, &why);
}
