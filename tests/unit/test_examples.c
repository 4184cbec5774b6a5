/*
 * The examples of the tree: agreements that pass every rule, and code lists
 * that fit their data sets exactly.
 */
#include "tap.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"
#include "record/agreement.h"
#include "record/dataset.h"

/* The project's root: where the harness says, or above this source file. */
static int
open_root(void)
{
	static const char here[] = __FILE__;
	const char *const roots[] = { getenv("top_srcdir"), getenv("srcdir"),
		".", "..", "../.." };
	char path[4096];
	int fd = -1;
	size_t i;

	for (i = 0; i < sizeof(roots) / sizeof(roots[0]); i++) {
		if (roots[i] == NULL)
			continue;
		(void)snprintf(path, sizeof(path), "%s/examples", roots[i]);
		if (access(path, R_OK) != 0)
			continue;
		fd = open(roots[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd >= 0)
			return fd;
	}
	(void)snprintf(path, sizeof(path), "%.*s/../..",
	    (int)(strrchr(here, '/') - here), here);
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static struct agreement *
read_agreement(int root, const char *name)
{
	struct buf text = BUF_MAX(LIMIT_DOCUMENT);
	struct cause faults[16];
	struct agreement *a = NULL;
	size_t i, n = 0;

	cause_clear(&faults[0]);
	TAP_INT(io_load(&text, root, name, &faults[0]), FAULT_NONE);
	TAP_INT(
	    agreement_check(text.data, text.len, faults, 16, &n), FAULT_NONE);
	for (i = 0; i < n; i++)
		printf(
		    "# %s: %s: %s\n", name, faults[i].clause, faults[i].detail);
	TAP_INT(agreement_parse(&a, text.data, text.len, NULL), FAULT_NONE);
	buf_free(&text);
	return a;
}

/* Every row of the file, held against the data set; the rows and bad rows. */
static void
test_file(int root, const struct agreement *a, const char *dataset,
    const char *file, uint64_t rows)
{
	const struct dataset *d = agreement_dataset(a, dataset);
	struct table_job job = { .file = file, .max_faults = 4, .threads = 2 };
	struct source none = { NULL, NULL };
	struct buf text = BUF_MAX(16 * MIB);
	struct table *t = NULL;
	struct cause why;

	cause_clear(&why);
	if (d == NULL || io_load(&text, root, file, &why) != FAULT_NONE) {
		TAP_OK(d != NULL);
		TAP_SKIP(file);
		return;
	}
	job.schema = d->schema;
	job.dialect = dataset_staged_dialect(d);
	job.totals = &d->totals;
	job.rules = d->rules;
	job.clause = d->clause;
	job.max_rows = d->max_rows;
	TAP_INT(table_new(&t, &job, &why), FAULT_NONE);
	TAP_INT(table_write(t, text.data, text.len, &why), FAULT_NONE);
	TAP_INT(table_finish(t, none, &why), FAULT_NONE);
	if (why.fault != FAULT_NONE)
		printf("# %s row %ju column %s: %s\n", file, (uintmax_t)why.row,
		    why.column, why.detail);
	TAP_INT(table_rows(t), rows);
	TAP_INT(table_faults(t), 0);
	TAP_OK(text.len <= d->max_bytes);
	table_free(t);
	buf_free(&text);
}

int
main(void)
{
	static const char *const others[] = {
		"examples/bp2mi-kpu/agreement.json",
		"examples/dukcapil-kpu/agreement.json",
		"examples/kpu-bawaslu/agreement.json",
	};
	struct agreement *a = NULL;
	int root = open_root();
	size_t i;

	TAP_OK(root >= 0);
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		agreement_free(read_agreement(root, others[i]));
	a = read_agreement(root, "examples/kemlu-kpu/agreement.json");
	if (a != NULL) {
		test_file(
		    root, a, "provinsi", "examples/data/provinces.csv", 38);
		test_file(
		    root, a, "kabupaten", "examples/data/regencies.csv", 514);
		/* Too large for the tree; the demonstration uses it too. */
		test_file(
		    root, a, "desa", "../shared/data/villages.csv", 83763);
	}
	agreement_free(a);
	(void)close(root);
	return TAP_DONE();
}
