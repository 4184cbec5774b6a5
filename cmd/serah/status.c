/*
 * status: one line a parcel: where it is on its way.
 */
#include "serah.h"

#include "base/intl.h"
#include "session.h"
#include "state.h"

enum exit_status
serah_status(struct cli *cli)
{
	struct session s;
	struct cause why;
	enum fault f;

	cause_clear(&why);
	if ((f = session_open(&s, cli, NULL, &why)) != FAULT_NONE)
		return cli_fail(cli, &why);
	f = state_show(cli, &s, PARCEL_OUT, cli_arg(cli, 0), &why);
	f = session_end(&s, f, &why);
	return f == FAULT_NONE ? EXIT_STATUS_DONE : cli_fail(cli, &why);
}
