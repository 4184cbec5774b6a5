/*
 * make_vectors: writes tests/vectors/own, the vectors of our own formats.
 *
 * usage: make_vectors DIR       the set, into an empty directory
 *        make_vectors -k DIR    the recipient's secret keys, of which no file
 *                               is in the tree
 *
 * The same bytes each time: dates are fixed, and all that is drawn follows from
 * one rule (maker/chance.h), the secrets of age among them.  A payload that was
 * made once and kept could not be made anew when its manifest must change.
 */
#include <stdio.h>
#include <string.h>

#include "maker/cards.h"
#include "maker/cast.h"
#include "maker/chance.h"
#include "maker/goods.h"
#include "maker/journals.h"
#include "maker/manifests.h"
#include "maker/papers.h"
#include "maker/parcels.h"
#include "maker/receipts.h"
#include "maker/set.h"

/* Refusals that no file can show: which test does, or that nothing gives them
 * yet.  15-own-vectors.sh holds this against fault.h and against the tests. */
static const struct set_row elsewhere[] = {
	{ "-", "later", "103", NULL, NULL,
	    "FAULT_SUSPENDED: no program suspends an agreement yet" },
	{ "-", "later", "305", NULL, NULL,
	    "FAULT_RECALLED: no program recalls a parcel yet" },
	{ "-", "flow", "501", NULL, NULL,
	    "tests/flow/40-server.sh: another host key" },
	{ "-", "flow", "502", NULL, NULL,
	    "tests/flow/40-server.sh: a login that the server refuses" },
	{ "-", "flow", "503", NULL, NULL,
	    "tests/flow/40-server.sh: no server" },
	{ "-", "flow", "504", NULL, NULL,
	    "tests/flow/41-full-disk.sh: a disk without room" },
};

static void
put_all(const struct cast *cast)
{
	struct paper paper;

	papers_new(&paper, cast);
	cast_put_parties(cast);
	cards_put(cast);
	papers_put(&paper, cast);
	manifests_put(&paper, cast);
	goods_put(&paper);
	receipts_put(cast);
	journals_put(cast);
	parcels_put(&paper, cast);
	for (size_t i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++)
		set_row(&elsewhere[i]);
	papers_free(&paper);
}

int
main(int argc, char **argv)
{
	struct cast cast[CAST_N];
	bool keys = argc == 3 && strcmp(argv[1], "-k") == 0;

	if (argc != 2 && !keys) {
		(void)fprintf(stderr, "usage: make_vectors [-k] DIR\n");
		return 2;
	}
	chance_install();
	set_must(key_setup(NULL), "libsodium");
	cast_new(cast);
	set_begin(argv[argc - 1]);
	if (keys)
		cast_put_keys(cast);
	else
		put_all(cast);
	set_end(!keys);
	cast_free(cast);
	return 0;
}
