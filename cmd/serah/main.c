/*
 * serah: the party that hands over.  Check, pack, sign, seal, upload.
 */
#include "serah.h"

#include "base/intl.h"

#define REPORT_OPTION                                                         \
	{                                                                     \
		0, "report", "FILE.csv",                                      \
		    N_("every fault and warning into this file, a line each") \
	}

static const struct cli_option check_options[] = { REPORT_OPTION };
static const struct cli_option send_options[] = {
	{ 0, "field", "NAME=VALUE",
	    N_("a manifest field the parties agreed on; may be repeated") },
	{ 0, "also", "AGREEMENT/DATASET",
	    N_("the same files under this data set, too; may be repeated") },
	{ 0, "period", "P", N_("the period the data is about") },
	{ 0, "to", "URL", N_("this drop instead of the agreement's") },
	{ 0, "test", NULL,
	    N_("a rehearsal: never staged among production data") },
	REPORT_OPTION,
};
static const struct cli_option run_options[] = {
	{ 0, "to", "URL", N_("this drop instead of the agreement's") },
};

#define OPTIONS(o) o, sizeof(o) / sizeof(o[0])

static const struct cli_command commands[] = {
	{ "check", "AGREEMENT/DATASET FILE...",
	    N_("every check; nothing is written or sent"), 2, -1,
	    OPTIONS(check_options), serah_check },
	{ "send", "AGREEMENT/DATASET FILE...", N_("check, seal and hand over"),
	    2, -1, OPTIONS(send_options), serah_send },
	{ "run", "", N_("the timer's job: resume, collect receipts"), 0, 0,
	    OPTIONS(run_options), serah_run },
	{ "status", "[PARCEL]", N_("what was handed over, and how far it got"),
	    0, 1, NULL, 0, serah_status },
};

int
main(int argc, char **argv)
{
	static const struct cli_program program = { "serah",
		N_("hand over: check, pack, sign, seal, upload"), commands,
		sizeof(commands) / sizeof(commands[0]) };

	return cli_main(&program, argc, argv);
}
