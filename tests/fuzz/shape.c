/*
 * shape: writes one file a shape, each so many times its unit size:
 *
 *	shape DIRECTORY TIMES
 *
 * DIRECTORY/TARGET/NAME is an input of fuzz_TARGET.  tests/flow/17-linear.sh
 * counts what each costs once and twice as large.  TIMES 0 gives the small ones
 * that the corpus began with.
 */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/io.h"
#include "base/limits.h"
#include "key/key.h"
#include "shape.h"

#define SEED 3 /* units */

void
shape_put(struct buf *out, const void *bytes, size_t len)
{
	if (buf_put(out, bytes, len) != FAULT_NONE)
		abort();
}

void
shape_text(struct buf *out, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;
	int len = 0;

	va_start(ap, fmt);
	len = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (len < 0)
		abort();
	shape_put(out, text, (size_t)len);
	free(text);
}

void
shape_repeat(struct buf *out, const char *text, size_t n)
{
	while (n-- > 0)
		shape_put(out, text, strlen(text));
}

static enum fault
write_list(
    const char *dir, const struct shape *list, size_t times, struct cause *why)
{
	enum fault f = FAULT_NONE;

	for (; list->put != NULL && f == FAULT_NONE; list++) {
		struct buf out = BUF_MAX(16 * MIB);
		char path[4096] = "";

		(void)snprintf(path, sizeof(path), "%s/%s", dir, list->target);
		(void)mkdir(path, 0777);
		(void)snprintf(path, sizeof(path), "%s/%s/%s", dir,
		    list->target, list->name);
		list->put(&out, times > 0 ? list->units * times : SEED);
		f = io_save(
		    AT_FDCWD, path, out.data, out.len, 0666, false, why);
		buf_free(&out);
	}
	return f;
}

int
main(int argc, char **argv)
{
	struct cause why;
	size_t times = 0;
	enum fault f = FAULT_NONE;

	if (argc != 3) {
		fprintf(stderr, "usage: shape DIRECTORY TIMES\n");
		return 2;
	}
	times = strtoul(argv[2], NULL, 10);
	cause_clear(&why);
	(void)mkdir(argv[1], 0777);
	f = key_setup(&why);
	if (f == FAULT_NONE)
		f = write_list(argv[1], shape_records, times, &why);
	if (f == FAULT_NONE)
		f = write_list(argv[1], shape_texts, times, &why);
	if (f == FAULT_NONE)
		f = write_list(argv[1], shape_bytes, times, &why);
	if (f != FAULT_NONE)
		fprintf(stderr, "shape: %s\n", why.detail);
	return f == FAULT_NONE ? 0 : 1;
}
