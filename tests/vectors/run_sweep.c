/*
 * run_sweep: the loops with vectors against those without, on files that others
 * wrote.
 *
 *	run_sweep DIR	every file below it
 *
 * Each file is swept at every alignment, and cut at every place (at 500 of
 * them, if it is longer), with each of the usual delimiters.
 */
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>

#include "../unit/sweep_same.h"
#include "base/io.h"
#include "base/limits.h"

#define FILE_MAX (4 * MIB)
#define CUTS 500
#define SHORT (64 * KIB)

static unsigned passed, failed;

static int
visit(const char *path, const struct stat *st, int type, struct FTW *at)
{
	static const char *const signs[] = { ",\"", ";\"", "\t'" };
	struct buf file = BUF_MAX(FILE_MAX);
	unsigned differs = 0;

	(void)st;
	(void)at;
	if (type != FTW_F)
		return 0;
	if (io_load(&file, AT_FDCWD, path, NULL) != FAULT_NONE)
		abort();
	for (size_t i = 0; i < 3; i++)
		differs += sweep_differs(sweep_best(), buf_text(&file),
		    file.len, file.len < SHORT ? CUTS : 10, signs[i]);
	buf_free(&file);
	if (differs == 0) {
		passed++;
		return 0;
	}
	failed++;
	printf("FAILED %s: %s differs %u times\n", path, sweep_best()->name,
	    differs);
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc != 2) {
		(void)fprintf(stderr, "usage: run_sweep DIR\n");
		return 2;
	}
	if (nftw(argv[1], visit, 16, FTW_PHYS) != 0)
		abort();
	printf("%s: %u passed, %u failed, 0 skipped\n", sweep_best()->name,
	    passed, failed);
	return failed > 0 || passed == 0;
}
