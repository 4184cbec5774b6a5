/*
 * run_json: holds our strict JSON reader, and every page that is read with it,
 * against a folder in the layout of nst/JSONTestSuite.
 *
 * usage: run_json DIR
 *
 * DIR holds test_parsing/ and test_transform/, or the files themselves.  A name
 * that begins with y_ must be taken, with n_ refused; any other (i_, a fuzzer's
 * seed) may be either.  Whatever it is, it may take no longer than a second, a
 * refusal says why, and what is taken is written and read again to the same
 * text.  The table below has what others take and we refuse, and why.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "check/schema.h"
#include "key/card.h"
#include "key/key.h"
#include "record/agreement.h"
#include "record/contents.h"
#include "record/manifest.h"
#include "record/receipt.h"
#include "text/doc.h"
#include "text/writer.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define FILE_MAX (16 * MIB)

/* serahterima-manifest(5), "How JSON is read". */
#define REAL "a number that is no integer: readers round it"
#define TWICE "a key that stands twice has two values"
#define ZERO "a NUL ends a string for some readers"
#define TOP "a page is an object or an array"

static struct exception {
	const char *name, *reason;
	unsigned used;
} exceptions[] = {
	{ "y_number.json", REAL, 0 },
	{ "y_number_0e+1.json", REAL, 0 },
	{ "y_number_0e1.json", REAL, 0 },
	{ "y_number_double_close_to_zero.json", REAL, 0 },
	{ "y_number_int_with_exp.json", REAL, 0 },
	{ "y_number_real_capital_e.json", REAL, 0 },
	{ "y_number_real_capital_e_neg_exp.json", REAL, 0 },
	{ "y_number_real_capital_e_pos_exp.json", REAL, 0 },
	{ "y_number_real_exponent.json", REAL, 0 },
	{ "y_number_real_fraction_exponent.json", REAL, 0 },
	{ "y_number_real_neg_exp.json", REAL, 0 },
	{ "y_number_real_pos_exponent.json", REAL, 0 },
	{ "y_number_simple_real.json", REAL, 0 },
	{ "y_object_extreme_numbers.json", REAL, 0 },
	{ "y_object_duplicated_key.json", TWICE, 0 },
	{ "y_object_duplicated_key_and_value.json", TWICE, 0 },
	{ "y_object_escaped_null_in_key.json", ZERO, 0 },
	{ "y_string_null_escape.json", ZERO, 0 },
	{ "y_string_space.json", TOP, 0 },
	{ "y_structure_lonely_false.json", TOP, 0 },
	{ "y_structure_lonely_int.json", TOP, 0 },
	{ "y_structure_lonely_negative_real.json", TOP, 0 },
	{ "y_structure_lonely_null.json", TOP, 0 },
	{ "y_structure_lonely_string.json", TOP, 0 },
	{ "y_structure_lonely_true.json", TOP, 0 },
	{ "y_structure_string_empty.json", TOP, 0 },
};

/* test_transform: what parsers make of it differs, so we take these alone. */
static const char *const transformed[] = {
	"number_1000000000000000.json",
	"object_key_nfc_nfd.json",
	"object_key_nfd_nfc.json",
};

static unsigned passed, failed;
static unsigned open_taken, open_refused; /* what the suite leaves open */

static void
verdict(bool ok, const char *what, const char *why)
{
	if (ok) {
		passed++;
		return;
	}
	failed++;
	printf("FAILED %s: %s\n", what, why);
}

static bool
exception(const char *name)
{
	for (size_t i = 0; i < COUNT(exceptions); i++)
		if (strcmp(exceptions[i].name, name) == 0) {
			exceptions[i].used++;
			return true;
		}
	return false;
}

/* ---- one file ---- */

static bool
put(struct buf *out, const struct doc *d)
{
	struct writer *w = NULL;
	bool ok = false;

	if (writer_new(&w, false) != FAULT_NONE)
		abort();
	writer_node(w, NULL, doc_root(d));
	ok = writer_finish(w, out) == FAULT_NONE;
	writer_free(w);
	return ok;
}

/* What was written is read again, and written again it is the same text. */
static bool
same_again(const struct doc *d)
{
	struct buf first = BUF_MAX(8 * FILE_MAX);
	struct buf second = BUF_MAX(8 * FILE_MAX);
	struct doc *again = NULL;
	bool same = put(&first, d) &&
	    doc_parse(&again, first.data, first.len, NULL) == FAULT_NONE &&
	    put(&second, again) && first.len == second.len &&
	    memcmp(first.data, second.data, first.len) == 0;

	doc_free(again);
	buf_free(&first);
	buf_free(&second);
	return same;
}

/* None of these files is a page of ours: each reader must say so. */
static bool
pages_refuse(const void *bytes, size_t len, const struct doc *d)
{
	struct agreement *a = NULL;
	struct contents *c = NULL;
	struct manifest *m = NULL;
	struct schema *s = NULL;
	static struct receipt r;
	static struct card card;
	bool ok = true;

	ok = manifest_parse(&m, bytes, len, NULL) >= FAULT_FORMAT && m == NULL;
	ok = agreement_parse(&a, bytes, len, NULL) >= FAULT_FORMAT && ok;
	ok = contents_parse(&c, bytes, len, NULL) >= FAULT_FORMAT && ok;
	ok = receipt_parse(&r, bytes, len, NULL) >= FAULT_FORMAT && ok;
	ok = card_parse(&card, bytes, len, NULL) >= FAULT_FORMAT && ok;
	if (d != NULL)
		ok = schema_parse(&s, doc_root(d), "S", NULL) == FAULT_FORMAT &&
		    ok;
	return ok;
}

static void
judge(const char *name, bool transform, enum fault f)
{
	bool taken = f == FAULT_NONE;
	bool want = name[0] == 'y';

	if (transform) {
		want = false;
		for (size_t i = 0; i < COUNT(transformed); i++)
			want = want || strcmp(transformed[i], name) == 0;
		verdict(
		    taken == want, name, want ? "must be taken" : "ambiguous");
	} else if (strncmp(name, "y_", 2) == 0) {
		want = !exception(name);
		verdict(taken == want, name, want ? "refused" : "taken");
	} else if (strncmp(name, "n_", 2) == 0)
		verdict(!taken, name, "taken");
	else {
		open_taken += taken;
		open_refused += !taken;
		passed++;
	}
}

static void
run(int dir, const char *name, bool transform)
{
	struct buf file = BUF_MAX(FILE_MAX);
	struct cause why;
	struct doc *d = NULL;
	unsigned char *exact = NULL;
	clock_t start = clock();
	enum fault f = io_load(&file, dir, name, NULL);

	/* A block that ends where the file does: a byte too far is seen. */
	if (f == FAULT_NONE)
		exact = malloc(file.len + 1);
	if (exact == NULL) {
		verdict(false, name, "cannot be read");
		goto out;
	}
	exact[0] = '\0';
	if (file.len > 0)
		memcpy(exact + 1, file.data, file.len);
	cause_clear(&why);
	f = doc_parse(&d, exact + 1, file.len, &why);
	if (f != FAULT_NONE && (f != FAULT_FORMAT || why.detail[0] == '\0'))
		verdict(false, name, "refused without a reason");
	else if (f == FAULT_NONE && !same_again(d))
		verdict(false, name, "written again it is another");
	else if (!pages_refuse(exact + 1, file.len, d))
		verdict(false, name, "taken as a page of ours");
	else if (clock() - start > CLOCKS_PER_SEC)
		verdict(false, name, "took more than a second");
	else
		judge(name, transform, f);
out:
	doc_free(d);
	free(exact);
	buf_free(&file);
}

static bool
run_folder(int at, const char *path, bool transform)
{
	struct io_names names = { NULL, 0 };
	int dir = -1;

	if (io_opendir(&dir, at, path, NULL) != FAULT_NONE)
		return false;
	if (io_names(&names, dir, ".", 100000, NULL) != FAULT_NONE)
		abort();
	for (size_t i = 0; i < names.n; i++)
		if (strcmp(names.name[i], "LICENSE") != 0)
			run(dir, names.name[i], transform);
	io_names_free(&names);
	(void)close(dir);
	return true;
}

int
main(int argc, char **argv)
{
	bool suite = false;
	int dir = -1;

	if (argc != 2) {
		fprintf(stderr, "usage: run_json DIR\n");
		return 2;
	}
	if (key_setup(NULL) != FAULT_NONE ||
	    io_opendir(&dir, AT_FDCWD, argv[1], NULL) != FAULT_NONE) {
		fprintf(stderr, "run_json: %s: cannot be read\n", argv[1]);
		return 2;
	}
	suite = run_folder(dir, "test_parsing", false);
	suite = run_folder(dir, "test_transform", true) || suite;
	if (!suite)
		(void)run_folder(dir, ".", false);
	for (size_t i = 0; i < COUNT(exceptions); i++)
		if (exceptions[i].used > 0)
			printf("# stricter: %s: %s\n", exceptions[i].name,
			    exceptions[i].reason);
	printf("# left open by the suite: %u taken, %u refused\n", open_taken,
	    open_refused);
	printf("%u passed, %u failed, 0 skipped\n", passed, failed);
	(void)close(dir);
	return failed > 0 || passed == 0 ? 1 : 0;
}
