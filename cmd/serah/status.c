/*
 * status: one line a parcel: where it is on its way.
 */
#include "serah.h"

#include "base/intl.h"
#include "desk.h"
#include "state.h"

enum exit_status
serah_status(struct cli *cli)
{
	struct desk s;
	struct cause why;
	enum fault f;

	cause_clear(&why);
	if ((f = desk_open(&s, cli, NULL, &why)) != FAULT_NONE)
		return cli_fail(cli, &why);
	f = state_show(cli, &s, PARCEL_OUT, cli_arg(cli, 0), &why);
	f = desk_end(&s, f, &why);
	return f == FAULT_NONE ? EXIT_STATUS_DONE : cli_fail(cli, &why);
}
