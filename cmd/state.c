/*
 * state: answered from the index alone, so that it is quick with years of
 * parcels behind it.
 */
#include "state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"

/* The word a person reads. */
static const char *
word(const struct parcel_state *p)
{
	static const char *const words[][2] = {
		{ "sealed", N_("sealed, waits to be sent") },
		{ "sent", N_("sent, no receipt yet") },
		{ "received", N_("received, not staged yet") },
		{ "staged", N_("staged") },
		{ "released", N_("staged by all; sealed copy let go") },
		{ "refused", N_("refused") },
		{ "taken", N_("being proved") },
	};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(p->state, words[i][0]) == 0)
			return _(words[i][1]);
	return p->state;
}

static void
show_one(const struct cli *cli, const struct parcel_state *p)
{
	char text[PARCEL_NAME_MAX];
	struct writer *w;

	parcel_name_text(text, &p->name);
	if (!cli_json(cli)) {
		(void)printf("%s  %-40s %10llu  %s", p->time, text,
		    (unsigned long long)p->rows, word(p));
		if (p->code != 0)
			(void)printf(" %d: %s", p->code,
			    fault_text((enum fault)p->code));
		(void)printf("\n");
		return;
	}
	if ((w = cli_object()) == NULL)
		return;
	writer_string(w, "parcel", text);
	if (p->name.test)
		writer_string(w, "purpose", "test");
	writer_string(w, "state", p->state);
	writer_string(w, "manifest", p->manifest);
	writer_integer(w, "rows", (int64_t)p->rows);
	if (p->side == PARCEL_OUT)
		writer_integer(w, "sealed_bytes", (int64_t)p->bytes);
	if (p->code != 0)
		writer_integer(w, "code", p->code);
	writer_string(w, "time", p->time);
	cli_print(w);
}

static enum fault
show_named(const struct cli *cli, struct desk *s, enum parcel_side side,
    const char *parcel, struct cause *why)
{
	struct parcel_state state;
	struct parcel_name name;
	enum fault f;

	if (!parcel_name_parse(&name, parcel))
		return cause_set(why, FAULT_USAGE,
		    N_("%s is not of the form AGREEMENT/DATASET/SENDER/"
		       "SEQUENCE"),
		    parcel);
	f = index_parcel(s->index, &name, side, &state, why);
	if (f == FAULT_ABSENT)
		return cause_set(
		    why, f, N_("parcel %s is not known here"), parcel);
	if (f == FAULT_NONE)
		show_one(cli, &state);
	return f;
}

enum fault
state_show(const struct cli *cli, struct desk *s, enum parcel_side side,
    const char *parcel, struct cause *why)
{
	struct parcel_state *states = NULL;
	enum fault f;
	size_t i, n = 0;

	if (parcel != NULL)
		return show_named(cli, s, side, parcel, why);
	if ((f = index_parcels(s->index, side, &states, &n, why)) != FAULT_NONE)
		return f;
	for (i = 0; i < n; i++)
		show_one(cli, &states[i]);
	if (n == 0 && !cli_json(cli) && !cli_quiet(cli))
		(void)printf(_("no parcels\n"));
	free(states);
	return FAULT_NONE;
}
