/*
 * licence: the agreement that lets one data set be sent, proved to be in force.
 * The paper comes first: no byte of data is read without one.
 */
#ifndef CMD_LICENCE_H
#define CMD_LICENCE_H

#include "desk.h"
#include "check/codelist.h"
#include "key/pseudonym.h"
#include "record/manifest.h"

struct licence {
	struct home_agreement *paper;
	const struct agreement *agreement; /* of paper */
	const struct dataset *dataset;     /* of agreement */
	struct pseudonym *pseudonym;       /* for its masks; or NULL */
	struct codelists lists;            /* that its schema needs */
};

/*
 * "what" is AGREEMENT/DATASET.  FAULT_USAGE (no such form), FAULT_NO_DATASET,
 * FAULT_DIRECTION (we are not its sender), 101, 102, 201 as
 * home_agreement_in_force; as lists_load.  On a fault nothing is held.
 */
enum fault licence_get(struct licence *out, struct home *h, const char *what,
    struct cause *why) FAULT_CHECKED;
/*
 * What masks of the data set ask for.  "make": where the home has no secret for
 * the agreement yet, one is made and kept; else one of chance serves for a
 * check.  FAULT_CONF, FAULT_SYSTEM, FAULT_MEMORY.
 */
enum fault licence_pseudonym(struct licence *l, struct home *h, bool make,
    struct cause *why) FAULT_CHECKED;
/*
 * Whether a parcel that was sealed earlier may leave now: the very text it was
 * sealed under must be the one in force, for a later one may name other
 * recipients, and the receiver would refuse it.  101, 102, 201.
 */
enum fault licence_still(struct desk *s, const struct home_agreement *paper,
    const struct manifest *m, struct cause *why) FAULT_CHECKED;
void licence_free(struct licence *l);

#endif
