/*
 * hook_terima: the places of the hook that only terima has.
 */
#include "hook.h"

#include "opening.h"
#include "record/manifest.h"

enum fault __real_opening_run(struct opening *o, struct cause *why);
enum fault __wrap_opening_run(struct opening *o, struct cause *why);

enum fault
__wrap_opening_run(struct opening *o, struct cause *why)
{
	enum fault f = hook("opening", why);

	return f != FAULT_NONE ? f : __real_opening_run(o, why);
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
