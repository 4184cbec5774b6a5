/*
 * objection: what unpack does when libarchive has something to object, or sees
 * another archive than our walk does.
 *
 * The walk lets nothing pass that would make libarchive do either, so its
 * functions are stood in for here: each calls the real one, and then bends what
 * it gave.
 */
#include <archive.h>
#include <archive_entry.h>
#include <dlfcn.h>
#include <stdbool.h>

#include "archive_fixture.h"

enum bend {
	BEND_NOTHING,
	BEND_HEADER, /* next_header gives rc */
	BEND_BLOCK,  /* data_block gives rc */
	BEND_NAME,
	BEND_SIZE,
	BEND_NO_SIZE,
	BEND_LINK,
	BEND_HARD_LINK,
	BEND_SYMLINK,
	BEND_SPARSE,
	BEND_GAP,   /* a block that does not begin where the last ended */
	BEND_MORE,  /* more bytes than the member has */
	BEND_SHORT, /* an end before its end */
	BEND_EARLY, /* the end of the archive before its end */
};

static enum bend bend;
static int bend_rc;
static int bend_at; /* at the how many-th call */
static int calls;   /* made since */

static void *
real(const char *name)
{
	void *symbol = dlsym(RTLD_NEXT, name);

	if (symbol == NULL)
		abort();
	return symbol;
}

int
archive_read_next_header(struct archive *a, struct archive_entry **e)
{
	int (*next)(struct archive *, struct archive_entry **) = NULL;
	void *symbol = real("archive_read_next_header");
	int rc = 0;

	memcpy(&next, &symbol, sizeof(next));
	rc = next(a, e);
	if (bend == BEND_NOTHING || bend == BEND_BLOCK || bend == BEND_GAP ||
	    bend == BEND_MORE || bend == BEND_SHORT || calls++ != bend_at)
		return rc;
	if (bend == BEND_HEADER)
		return bend_rc;
	if (bend == BEND_EARLY)
		return ARCHIVE_EOF;
	if (rc != ARCHIVE_OK)
		return rc;
	if (bend == BEND_NAME)
		archive_entry_set_pathname(*e, "other.csv");
	else if (bend == BEND_SIZE)
		archive_entry_set_size(*e, archive_entry_size(*e) + 1);
	else if (bend == BEND_NO_SIZE)
		archive_entry_unset_size(*e);
	else if (bend == BEND_LINK)
		archive_entry_set_filetype(*e, AE_IFLNK);
	else if (bend == BEND_HARD_LINK)
		archive_entry_set_hardlink(*e, "a.csv");
	else if (bend == BEND_SYMLINK)
		archive_entry_set_symlink(*e, "/etc/passwd");
	else if (bend == BEND_SPARSE)
		archive_entry_sparse_add_entry(*e, 1, 1);
	return rc;
}

int
archive_read_data_block(
    struct archive *a, const void **bytes, size_t *len, la_int64_t *offset)
{
	int (*block)(struct archive *, const void **, size_t *, la_int64_t *) =
	    NULL;
	void *symbol = real("archive_read_data_block");
	static const char many[4096];
	int rc = 0;

	memcpy(&block, &symbol, sizeof(block));
	rc = block(a, bytes, len, offset);
	if ((bend != BEND_BLOCK && bend != BEND_GAP && bend != BEND_MORE &&
		bend != BEND_SHORT) ||
	    calls++ != bend_at)
		return rc;
	if (bend == BEND_GAP)
		*offset += 1;
	if (bend == BEND_MORE) {
		*bytes = many;
		*len = sizeof(many);
	}
	if (bend == BEND_SHORT)
		return ARCHIVE_EOF;
	return bend == BEND_BLOCK ? bend_rc : rc;
}

static enum fault
bent(enum bend how, int rc, int at, struct buf *out, struct cause *why)
{
	struct buf b = BUF_MAX(1 << 20);
	enum fault f = FAULT_NONE;

	good(&b);
	put_zeros(&b, 2 * BLOCK);
	bend = how;
	bend_rc = rc;
	bend_at = at;
	calls = 0;
	f = run_tar(&b, out, why);
	bend = BEND_NOTHING;
	buf_free(&b);
	return f;
}

/* A warning is a refusal, wherever it comes; so is all else but OK. */
static void
test_objections(void)
{
	static const int rcs[] = { ARCHIVE_WARN, ARCHIVE_RETRY, ARCHIVE_FAILED,
		ARCHIVE_FATAL };
	struct cause why;
	int at = 0;

	TAP_INT(bent(BEND_NOTHING, 0, 0, NULL, &why), FAULT_NONE);
	for (size_t i = 0; i < sizeof(rcs) / sizeof(rcs[0]); i++) {
		/* Three members, and the end. */
		for (at = 0; at < 4; at++) {
			TAP_INT(bent(BEND_HEADER, rcs[i], at, NULL, &why),
			    FAULT_ARCHIVE);
			TAP_INT(calls, at + 1);
			TAP_OK(strstr(why.detail, "objects") != NULL);
		}
		TAP_INT(bent(BEND_HEADER, rcs[i], at, NULL, &why), FAULT_NONE);
		/* The first block, and the first member's end. */
		for (at = 0; at < 2; at++)
			TAP_INT(bent(BEND_BLOCK, rcs[i], at, NULL, &why),
			    FAULT_ARCHIVE);
	}
}

/* Two readers that do not see the same: refused, and nothing is given. */
static void
test_differences(void)
{
	static const enum bend headers[] = { BEND_NAME, BEND_SIZE, BEND_NO_SIZE,
		BEND_LINK, BEND_HARD_LINK, BEND_SYMLINK, BEND_SPARSE,
		BEND_EARLY };
	static const enum bend blocks[] = { BEND_GAP, BEND_MORE, BEND_SHORT };
	struct buf out = BUF_MAX(1 << 20);
	struct cause why;

	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		out.len = 0;
		TAP_INT(bent(headers[i], 0, 0, &out, &why), FAULT_ARCHIVE);
		TAP_INT(out.len, 0);
		TAP_OK(strstr(why.detail, "two readers") != NULL);
	}
	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
		out.len = 0;
		TAP_INT(bent(blocks[i], 0, 0, &out, &why), FAULT_ARCHIVE);
		TAP_STR(buf_text(&out), "contents.json=");
		TAP_OK(strstr(why.detail, "two readers") != NULL);
	}
	buf_free(&out);
}

int
main(void)
{
	test_objections();
	test_differences();
	return TAP_DONE();
}
