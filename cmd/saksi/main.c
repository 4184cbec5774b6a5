/*
 * saksi: the witness.  Keys, partners, agreements, the journal and the
 * hand-over record.
 */
#include "saksi.h"

#include "base/intl.h"

static const struct cli_option init_options[] = {
	{ 0, "party", "ID", N_("short, stable name of this party") },
	{ 0, "name", "NAME", N_("display name of this party") },
	{ 0, "no-passphrase", NULL,
	    N_("root key unencrypted; for trials only") },
	{ 0, "days", "N", N_("validity of the machine keys (default 730)") },
	CLI_PASSPHRASE_OPTION,
};
static const struct cli_option card_options[] = {
	{ 0, "out", "FILE", N_("write FILE and FILE.minisig") },
};
static const struct cli_option trust_options[] = {
	{ 0, "fingerprint", "HEX",
	    N_("the fingerprint as the party told it; else it is asked") },
};
static const struct cli_option sign_options[] = {
	CLI_PASSPHRASE_OPTION,
};
static const struct cli_option sample_options[] = {
	{ 0, "rows", "N", N_("how many rows (default 100)") },
	{ 0, "seed", "S", N_("the same number, the same sample (default 1)") },
	{ 0, "out", "FILE", N_("write it to FILE instead of the screen") },
	{ 0, "faults", NULL,
	    N_("spoil some rows, and list them in FILE.faults.csv") },
};
static const struct cli_option show_options[] = {
	{ 0, "subject", "TEXT", N_("only entries about this subject") },
	{ 0, "event", "EVENT", N_("only entries of this event") },
};
static const struct cli_option record_options[] = {
	{ 0, "out", "FILE", N_("write it to FILE instead of the screen") },
};

#define OPTIONS(o) o, sizeof(o) / sizeof(o[0])

static const struct cli_command commands[] = {
	{ "init", "--party ID --name NAME",
	    N_("make a home: keys, own card, empty journal"), 0, 0,
	    OPTIONS(init_options), saksi_init },
	{ "card", "", N_("show or write the own public card"), 0, 0,
	    OPTIONS(card_options), saksi_card },
	{ "trust", "CARD", N_("pin a partner's card"), 1, 1,
	    OPTIONS(trust_options), saksi_trust },
	{ "party list", "", N_("list pinned parties"), 0, 0, NULL, 0,
	    saksi_party_list },
	{ "party show", "ID", N_("show a pinned party's card"), 1, 1, NULL, 0,
	    saksi_party_show },
	{ "agreement check", "FILE",
	    N_("hold a file against every rule of an agreement"), 1, 1, NULL, 0,
	    saksi_agreement_check },
	{ "agreement sign", "FILE", N_("sign an agreement with the root key"),
	    1, 1, OPTIONS(sign_options), saksi_agreement_sign },
	{ "agreement import", "DIR",
	    N_("take in an agreement and its signatures"), 1, 1, NULL, 0,
	    saksi_agreement_import },
	{ "agreement list", "", N_("list known agreements"), 0, 0, NULL, 0,
	    saksi_agreement_list },
	{ "agreement show", "ID",
	    N_("show an agreement and whether it is in force"), 1, 1, NULL, 0,
	    saksi_agreement_show },
	{ "agreement diff", "A B | ID",
	    N_("what a new version of an agreement changes"), 1, 2, NULL, 0,
	    saksi_agreement_diff },
	{ "agreement sample", "AGREEMENT/DATASET | FILE DATASET",
	    N_("a made-up extract that keeps every rule of the data set"), 1, 2,
	    OPTIONS(sample_options), saksi_agreement_sample },
	{ "journal verify", "", N_("prove the journal's chain"), 0, 0, NULL, 0,
	    saksi_journal_verify },
	{ "journal show", "", N_("show the journal"), 0, 0,
	    OPTIONS(show_options), saksi_journal_show },
	{ "journal index", "", N_("rebuild the index from the journal"), 0, 0,
	    NULL, 0, saksi_journal_index },
	{ "record", "PARCEL", N_("the hand-over record of a parcel"), 1, 1,
	    OPTIONS(record_options), saksi_record },
	{ "doctor", "", N_("what is wrong with this installation"), 0, 0, NULL,
	    0, saksi_doctor },
};

int
main(int argc, char **argv)
{
	static const struct cli_program program = { "saksi",
		N_("keys, partners, agreements, journal, hand-over record"),
		commands, sizeof(commands) / sizeof(commands[0]) };

	return cli_main(&program, argc, argv);
}
