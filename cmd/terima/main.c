/*
 * terima: the party that receives.  Fetch, prove, open, check again, stage,
 * acknowledge.
 */
#include "terima.h"

#include "base/intl.h"

static const struct cli_option run_options[] = {
	{ 0, "from", "URL", N_("this drop instead of the agreements'") },
	{ 0, "wait", NULL, N_("look again until something came") },
};

#define OPTIONS(o) o, sizeof(o) / sizeof(o[0])

static const struct cli_command commands[] = {
	{ "run", "",
	    N_("the timer's job: fetch, prove, open, check, stage, "
	       "acknowledge"),
	    0, 0, OPTIONS(run_options), terima_run },
	{ "list", "", N_("what is staged"), 0, 0, NULL, 0, terima_list },
	{ "show", "PARCEL", N_("a received parcel: manifest, totals, receipts"),
	    1, 1, NULL, 0, terima_show },
	{ "status", "[PARCEL]", N_("what came, and how far it got"), 0, 1, NULL,
	    0, terima_status },
};

int
main(int argc, char **argv)
{
	static const struct cli_program program = { "terima",
		N_("receive: fetch, prove, open, check, stage, acknowledge"),
		commands, sizeof(commands) / sizeof(commands[0]) };

	return cli_main(&program, argc, argv);
}
