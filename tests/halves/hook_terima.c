/*
 * hook_terima: the places of the hook that only terima has.
 */
#include "hook.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "opening.h"
#include "record/manifest.h"

enum fault __real_opening_run(struct opening *o, struct cause *why);
enum fault __wrap_opening_run(struct opening *o, struct cause *why);

/* All was well, but what is told, or left in the draft, is not. */
static void
lie(struct opening *o, const char *what)
{
	if (strcmp(what, "rows") == 0)
		o->rows++;
	else if (strcmp(what, "contents") == 0)
		o->contents_sha256[0] ^= 1;
	else if (strcmp(what, "counted") == 0)
		o->counted->file[0].rows++;
	else if (strcmp(what, "name") == 0)
		memcpy(o->counted->file[0].name, "../x", 5);
	else if (strcmp(what, "litter") == 0)
		(void)!openat(o->draft->dir, ".more", O_CREAT | O_RDWR, 0600);
	else if (strcmp(what, "mode") == 0)
		(void)!openat(o->draft->dir, "more", O_CREAT | O_RDWR, 0640);
	else if (strcmp(what, "page") == 0)
		(void)!openat(o->draft->dir, CONTENTS_NAME, O_RDWR | O_TRUNC);
	else if (strcmp(what, "crash") == 0)
		(void)raise(SIGSEGV);
	else
		_exit(3);
}

enum fault
__wrap_opening_run(struct opening *o, struct cause *why)
{
	const char *what = getenv("HOOK_LIE");
	enum fault f = hook("opening", why);

	if (f == FAULT_NONE)
		f = __real_opening_run(o, why);
	if (f == FAULT_NONE && what != NULL)
		lie(o, what);
	return f;
}

enum fault __real_manifest_parse(
    struct manifest **out, const void *bytes, size_t len, struct cause *why);
enum fault __wrap_manifest_parse(
    struct manifest **out, const void *bytes, size_t len, struct cause *why);

enum fault
__wrap_manifest_parse(
    struct manifest **out, const void *bytes, size_t len, struct cause *why)
{
	enum fault f = hook("reading", why);

	return f != FAULT_NONE ? f
			       : __real_manifest_parse(out, bytes, len, why);
}
