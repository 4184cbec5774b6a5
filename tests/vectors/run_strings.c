/*
 * run_strings: the big list of naughty strings in every place where a stranger
 * may put a string.
 *
 * usage: run_strings DIR
 *
 * Each string of DIR/blns.json is tried as the name of an archive's member, as
 * a trusted comment, as a cell of a table, as text of a page, and in what
 * people read.  It comes back byte for byte or is refused; what people read
 * holds no byte that a terminal obeys.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/path.h"
#include "key/key.h"
#include "pack/pack.h"
#include "pack/unpack.h"
#include "text/csv.h"
#include "text/doc.h"
#include "text/utf8.h"
#include "text/writer.h"

static unsigned passed, failed;
static unsigned members, comments; /* how many were taken */
static struct secret_key *key;

static void
verdict(bool ok, size_t i, const char *where)
{
	if (ok) {
		passed++;
		return;
	}
	failed++;
	printf("FAILED string %zu: %s\n", i, where);
}

/* ---- as the name of a member ---- */

static enum fault
buf_sink(void *self, const void *bytes, size_t len, struct cause *why)
{
	(void)why;
	return buf_put(self, bytes, len);
}

struct memory {
	const struct buf *bytes;
	size_t at;
};

static enum fault
memory_read(void *self, void *bytes, size_t cap, size_t *got, struct cause *why)
{
	struct memory *m = self;
	size_t left = m->bytes->len - m->at;

	(void)why;
	*got = left < cap ? left : cap;
	memcpy(bytes, buf_text(m->bytes) + m->at, *got);
	m->at += *got;
	return FAULT_NONE;
}

static bool
unpacks_as(const struct buf *archive, const char *name)
{
	static const struct unpack_limits limits = { 1, 1 };
	struct memory m = { archive, 0 };
	struct unpack_member member;
	struct unpack *u = NULL;
	bool end = false;
	bool same = unpack_new(&u, (struct source){ memory_read, &m }, &limits,
			NULL) == FAULT_NONE &&
	    unpack_next(u, &member, &end, NULL) == FAULT_NONE && !end &&
	    strcmp(member.name, name) == 0 &&
	    unpack_next(u, &member, &end, NULL) == FAULT_NONE && end;

	unpack_free(u);
	return same;
}

static bool
as_member(const char *text)
{
	static const struct pack_job job = { 1, 0, 0 };
	struct buf archive = BUF_MAX(MIB);
	struct pack *p = NULL;
	bool good = false;
	enum fault f =
	    pack_new(&p, (struct sink){ buf_sink, &archive }, &job, NULL);

	if (f == FAULT_NONE)
		f = pack_member(p, text, 0, NULL);
	if (f == FAULT_NONE)
		f = pack_finish(p, NULL);
	if (f == FAULT_NONE) {
		members++;
		good = path_member_ok(text) && unpacks_as(&archive, text);
	} else
		good = f == FAULT_FORMAT && !path_member_ok(text);
	pack_free(p);
	buf_free(&archive);
	return good;
}

/* ---- as a trusted comment ---- */

static bool
as_comment(const char *text)
{
	static struct signature s;
	struct buf sig = BUF_MAX(LIMIT_KEY_FILE);
	struct public_key public;
	bool good = false;
	enum fault f = key_sign(&sig, key, "", 0, text, NULL);

	secret_key_public(key, &public);
	if (f == FAULT_NONE) {
		comments++;
		good = signature_parse(&s, sig.data, sig.len, NULL) ==
			FAULT_NONE &&
		    signature_verify(&s, &public, "", 0, NULL) == FAULT_NONE &&
		    strcmp(s.trusted_comment, text) == 0;
	} else
		good = f == FAULT_FORMAT && sig.len == 0;
	buf_free(&sig);
	return good;
}

/* ---- as a cell ---- */

static bool
as_cell(const char *text)
{
	static const struct csv_dialect dialect = { ';', '"', CSV_LF, false };
	struct csv_field field[2];
	struct buf row = BUF_MAX(MIB);
	char *value = NULL;
	size_t n = 0, used = 0, len = 0;
	bool good = false;
	enum fault f = buf_puts(&row, "x;\"");

	for (const char *c = text; *c != '\0' && f == FAULT_NONE; c++)
		f = *c == '"' ? buf_puts(&row, "\"\"") : buf_put(&row, c, 1);
	if (f == FAULT_NONE)
		f = buf_puts(&row, "\"\n");
	value = malloc(row.len + 1);
	if (f != FAULT_NONE || value == NULL)
		abort();
	good = csv_record(&dialect, buf_text(&row), row.len, true, field, 2, &n,
		   &used) == CSV_OK &&
	    n == 2 && used == row.len;
	if (good) {
		len = csv_unquote(&dialect, &field[1], value);
		good = len == strlen(text) && memcmp(value, text, len) == 0;
	}
	free(value);
	buf_free(&row);
	return good;
}

/* ---- in a page, and on a screen ---- */

static bool
as_text(const char *text)
{
	struct buf page = BUF_MAX(MIB);
	struct writer *w = NULL;
	struct doc *d = NULL;
	const char *back = NULL;
	bool good = false;

	if (writer_new(&w, true) != FAULT_NONE)
		abort();
	writer_open(w, NULL, NODE_OBJECT);
	writer_string(w, text, text);
	writer_close(w);
	good = writer_finish(w, &page) == FAULT_NONE &&
	    doc_parse(&d, page.data, page.len, NULL) == FAULT_NONE;
	back = good ? node_text(doc_root(d), text) : NULL;
	good = back != NULL && strcmp(back, text) == 0;
	writer_free(w);
	doc_free(d);
	buf_free(&page);
	return good;
}

/* Whether a terminal would only show it. */
static bool
harmless(const char *text)
{
	while (*text != '\0') {
		size_t n = log_shown(text);

		if (n == 0)
			return false;
		text += n;
	}
	return true;
}

static bool
as_shown(const char *text)
{
	static char quoted[16384];
	static char sentence[2048];
	struct cause why;

	cause_clear(&why);
	cause_place(&why, text, 1, text, 0);
	(void)cause_set(&why, FAULT_FORMAT, "%s", text);
	cause_text(sentence, sizeof(sentence), &why);
	log_quote(quoted, sizeof(quoted), text);
	/* What is only shown stays as it is. */
	return harmless(quoted) && harmless(sentence) && harmless(why.detail) &&
	    harmless(why.file) && harmless(why.column) &&
	    (!harmless(text) || strcmp(quoted, text) == 0);
}

static void
run(size_t i, const char *text)
{
	verdict(as_member(text), i, "as a member's name");
	verdict(as_comment(text), i, "as a trusted comment");
	verdict(as_cell(text), i, "as a cell");
	verdict(as_text(text), i, "in a page");
	verdict(as_shown(text), i, "on a screen");
	/* Names that become directories are of plain letters, or none. */
	verdict(!path_id_ok(text) ||
		(harmless(text) && strpbrk(text, "/\\ \"'$`") == NULL &&
		    utf8_length(text, strlen(text)) == strlen(text)),
	    i, "as an identifier");
}

int
main(int argc, char **argv)
{
	struct buf file = BUF_MAX(16 * MIB);
	struct doc *d = NULL;
	char path[4096];

	if (argc != 2) {
		fprintf(stderr, "usage: run_strings DIR\n");
		return 2;
	}
	(void)snprintf(path, sizeof(path), "%s/blns.json", argv[1]);
	if (key_setup(NULL) != FAULT_NONE ||
	    secret_key_new(&key, NULL) != FAULT_NONE ||
	    io_load(&file, AT_FDCWD, path, NULL) != FAULT_NONE ||
	    doc_parse(&d, file.data, file.len, NULL) != FAULT_NONE) {
		fprintf(stderr, "run_strings: %s: cannot be read\n", path);
		return 2;
	}
	for (size_t i = 0; i < node_count(doc_root(d)); i++)
		run(i, node_string(node_at(doc_root(d), i)));
	printf("# %zu strings: %u may be members, %u trusted comments\n",
	    node_count(doc_root(d)), members, comments);
	doc_free(d);
	buf_free(&file);
	secret_key_free(key);
	printf("%u passed, %u failed, 0 skipped\n", passed, failed);
	return failed > 0 || passed == 0 ? 1 : 0;
}
