/*
 * check: every check of a hand-over, and the faults in words.
 */
#include "serah.h"

#include <stdio.h>

#include "base/intl.h"
#include "extract.h"
#include "licence.h"
#include "report.h"
#include "desk.h"
#include "walls.h"

enum exit_status
serah_check(struct cli *cli)
{
	struct licence licence = { 0 };
	struct extract x = { 0 };
	struct sheet *sheet = NULL;
	struct walls_gate gate = { cli_args(cli, 1), (size_t)cli_count(cli) - 1,
		{ -1, NULL, SANDBOX_NAME } };
	struct home *home = NULL;
	struct cause why;
	enum fault f;

	cause_clear(&why);
	if ((f = sheet_open(&sheet, cli_value(cli, "report"), &why)) !=
	    FAULT_NONE)
		goto out;
	gate.place = sheet_place(sheet);
	if ((f = walls_raise(NULL, cli, &gate, &why)) != FAULT_NONE ||
	    (f = home_open(&home, cli_home(cli), &why)) != FAULT_NONE ||
	    (f = licence_get(&licence, home, cli_arg(cli, 0), &why)) !=
		FAULT_NONE ||
	    (f = licence_pseudonym(&licence, home, false, &why)) !=
		FAULT_NONE ||
	    (f = extract_open(&x, &licence, cli_args(cli, 1),
		 (size_t)cli_count(cli) - 1, &why)) != FAULT_NONE ||
	    (f = sheet_apart(sheet, x.fd, x.n, &why)) != FAULT_NONE)
		goto out;
	x.dir = home->dir;
	x.listing = sheet_sink(sheet);
	f = extract_check(&x, 1, &why);
	f = report_extract(cli, &x, sheet, f, &why);
out:
	sheet_free(sheet);
	extract_free(&x);
	licence_free(&licence);
	home_close(home);
	return f == FAULT_NONE ? EXIT_STATUS_DONE : cli_fail(cli, &why);
}
