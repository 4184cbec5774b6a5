/*
 * content: pread leaves the caller's file position alone, and a part may be
 * gone on with from any place.
 */
#include "remote/content.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/intl.h"
#include "base/limits.h"

enum fault
content_more(struct content *c, uint64_t at, struct cause *why)
{
	if (c->growth == NULL)
		return FAULT_NONE;
	if (c->size > at)
		return content_look(c, why);
	return growth_wait(c->growth, at, &c->size, why);
}

enum fault
content_look(struct content *c, struct cause *why)
{
	return c->growth == NULL ? FAULT_NONE
				 : growth_look(c->growth, &c->size, why);
}

enum fault
content_read(const struct content *c, uint64_t offset, void *out, size_t len,
    struct cause *why)
{
	unsigned char *to = out;
	size_t done = 0;

	if (c->bytes != NULL) {
		memcpy(to, (const unsigned char *)c->bytes + offset, len);
		return FAULT_NONE;
	}
	while (done < len) {
		ssize_t n =
		    pread(c->fd, to + done, len - done, (off_t)(offset + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return cause_system(why, "pread", "file to put");
		if (n == 0)
			return cause_set(why, FAULT_INCOMPLETE,
			    N_("the file to put is shorter than it was"));
		done += (size_t)n;
	}
	return FAULT_NONE;
}

uint64_t
content_resume(const struct content *c, uint64_t have)
{
	/* Servers with several workers may have left holes in the last window
	 * that was in flight, so the part's size alone proves nothing. */
	if (have > c->size || have <= LIMIT_WINDOW)
		return 0;
	return have - LIMIT_WINDOW;
}
