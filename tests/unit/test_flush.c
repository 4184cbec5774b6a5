/*
 * A file brought to the disk while it grows is the same file; small ones have
 * no thread; ending twice, or what never began, is nothing.
 */
#include "base/flush.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "tap.h"

#define CHUNK (1UL << 20)

static uint64_t
fill(int fd, struct flush **f, unsigned chunks)
{
	static char block[CHUNK];
	uint64_t size = 0;
	unsigned i;

	for (i = 0; i < chunks; i++) {
		memset(block, (int)i, sizeof(block));
		if (write(fd, block, sizeof(block)) != (ssize_t)sizeof(block))
			break;
		size += sizeof(block);
		flush_reach(f, fd, size);
	}
	return size;
}

int
main(void)
{
	char path[] = "/tmp/flush.XXXXXX";
	struct flush *f = NULL;
	int fd = mkstemp(path);

	TAP_OK(fd >= 0);
	(void)unlink(path);
	TAP_INT(fill(fd, &f, 4), 4 * CHUNK);
	TAP_OK(f == NULL);
	flush_end(&f);
	TAP_INT(fill(fd, &f, 50), 50 * CHUNK);
	TAP_OK(f != NULL);
	flush_end(&f);
	TAP_OK(f == NULL);
	flush_end(&f);
	TAP_INT(fsync(fd), 0);
	TAP_INT(lseek(fd, 0, SEEK_END), 54 * CHUNK);
	(void)close(fd);
	return TAP_DONE();
}
