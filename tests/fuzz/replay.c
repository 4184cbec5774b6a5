/*
 * replay: gives files to a fuzz target, one after another; linked in
 * libFuzzer's place, so that any compiler builds the targets and check tries
 * the corpus.
 *
 *	fuzz_NAME [-v] FILE|DIRECTORY...
 *
 * Prints how many inputs there were.  A claim that does not hold, a sanitizer's
 * report or a minute's work without an end kills the process: with -v the last
 * name on standard error is the input.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/time.h>

#include "base/io.h"
#include "fuzz.h"

#define INPUT_MAX (64 * MIB)
#define PATIENCE 60 /* seconds of its own: a machine under load may stall */

static unsigned long replayed;
static bool verbose;

/* In memory of exactly its size, so that one byte too far is noticed. */
static void
replay(const char *path)
{
	const struct itimerval limit = { .it_value = { PATIENCE, 0 } };
	struct buf b = BUF_MAX(INPUT_MAX);
	struct cause why;
	uint8_t *exact = NULL;

	cause_clear(&why);
	if (io_load(&b, AT_FDCWD, path, &why) != FAULT_NONE ||
	    (exact = malloc(b.len > 0 ? b.len : 1)) == NULL) {
		fprintf(stderr, "replay: %s: %s\n", path, why.detail);
		exit(1);
	}
	memcpy(exact, buf_text(&b), b.len);
	if (verbose)
		fprintf(stderr, "%s\n", path);
	(void)setitimer(ITIMER_PROF, &limit, NULL);
	(void)LLVMFuzzerTestOneInput(exact, b.len);
	replayed++;
	free(exact);
	buf_free(&b);
}

static int
visit(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)at;
	if (type == FTW_F)
		replay(path);
	return 0;
}

int
main(int argc, char **argv)
{
	int i = 1;

	if (i < argc && strcmp(argv[i], "-v") == 0) {
		verbose = true;
		i++;
	}
	for (; i < argc; i++)
		if (nftw(argv[i], visit, 16, FTW_PHYS) != 0) {
			fprintf(stderr, "replay: %s: %s\n", argv[i],
			    strerror(errno));
			return 1;
		}
	printf("%lu inputs\n", replayed);
	return replayed > 0 ? 0 : 1;
}
