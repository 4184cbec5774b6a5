/*
 * set: files and index.  Every line of the index is put by whoever writes the
 * file, so that neither can be there without the other.
 */
#include "set.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"

static int set_dir = -1;
static struct buf set_index = BUF_MAX(256 * 1024);

_Noreturn void
set_stop(const char *what)
{
	(void)fprintf(stderr, "make_vectors: %s\n", what);
	exit(1);
}

void
set_must(enum fault f, const char *what)
{
	if (f != FAULT_NONE) {
		(void)fprintf(stderr, "make_vectors: fault %d\n", (int)f);
		set_stop(what);
	}
}

void
set_begin(const char *dir)
{
	set_dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (set_dir < 0)
		set_stop("the directory cannot be opened");
	set_must(buf_puts(&set_index, "path\tformat\tcodes\tform\tat\twhat\n"),
	    "index");
}

void
set_file(const char *path, const void *bytes, size_t len)
{
	char up[512] = "";
	char *slash = NULL;

	(void)snprintf(up, sizeof(up), "%s", path);
	slash = strrchr(up, '/');
	if (slash != NULL) {
		*slash = '\0';
		set_must(io_mkdirs(set_dir, up, NULL), up);
	}
	/* Two scenarios under one name would hide each other. */
	set_must(io_save(set_dir, path, bytes, len, 0644, false, NULL), path);
}

void
set_buf(const char *path, const struct buf *bytes)
{
	set_file(path, bytes->data, bytes->len);
}

void
set_row(const struct set_row *row)
{
	if (strpbrk(row->what, "\t\n") != NULL)
		set_stop(row->path);
	set_must(
	    buf_putf(&set_index, "%s\t%s\t%s\t%s\t%s\t%s\n", row->path,
		row->format, row->codes, row->form != NULL ? row->form : "-",
		row->at != NULL ? row->at : "-", row->what),
	    "index");
}

void
set_end(bool index)
{
	if (index)
		set_buf("INDEX.tsv", &set_index);
	buf_free(&set_index);
	(void)close(set_dir);
}

void
set_change(struct buf *out, const struct buf *good, const struct text *from,
    const struct text *to)
{
	const unsigned char *at = NULL;
	size_t before = 0;

	out->len = 0;
	if (from->at == NULL) {
		set_must(buf_put(out, to->at, to->len), "change");
		return;
	}
	at = memmem(good->data, good->len, from->at, from->len);
	if (at == NULL)
		set_stop(from->at);
	before = (size_t)(at - good->data);
	set_must(buf_put(out, good->data, before), "change");
	set_must(buf_put(out, to->at, to->len), "change");
	set_must(buf_put(out, at + from->len, good->len - before - from->len),
	    "change");
}

void
set_change_row(const char *path, const char *format, const struct change *c)
{
	struct set_row row = { path, format, NULL, c->form, NULL, c->what };
	char codes[16];

	if ((c->code == 0) != (c->form != NULL))
		set_stop(path);
	(void)snprintf(codes, sizeof(codes), "%d", c->code);
	row.codes = codes;
	set_row(&row);
}
