/*
 * paper: an agreement as it is named on a command line, in force or not, known
 * to the home or not.
 */
#ifndef CMD_PAPER_H
#define CMD_PAPER_H

#include "cli.h"
#include "spool/home.h"

struct paper {
	struct home *home;           /* NULL for a file */
	struct home_agreement *held; /* or */
	struct agreement *own;
	const struct agreement *agreement; /* of either */
};

/*
 * "word" is a file (a path with "/", or a name that ends in ".json"), ID for
 * the version that the home holds (the one that waits for signatures if there
 * is no other), or ID@VERSION.  FAULT_ABSENT, FAULT_FORMAT, FAULT_USAGE.  Free
 * also after a fault.
 */
enum fault paper_get(struct paper *out, const struct cli *cli, const char *word,
    struct cause *why) FAULT_CHECKED;
/* The version that waits for signatures; FAULT_ABSENT when none does. */
enum fault paper_waiting(struct paper *out, const struct cli *cli,
    const char *id, struct cause *why) FAULT_CHECKED;
void paper_free(struct paper *p);

#endif
