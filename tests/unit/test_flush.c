/*
 * A file brought to the disk while it grows is the same file; small ones have
 * no thread; ending twice, or what never began, is nothing; a fault is told.
 */
#include "base/flush.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
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
	struct cause why;
	int fd = mkstemp(path), pipes[2];

	cause_clear(&why);
	TAP_OK(fd >= 0);
	(void)unlink(path);
	TAP_INT(fill(fd, &f, 4), 4 * CHUNK);
	TAP_OK(f == NULL);
	TAP_INT(flush_end(&f, "x", NULL), FAULT_NONE);
	TAP_INT(fill(fd, &f, 50), 50 * CHUNK);
	TAP_OK(f != NULL);
	TAP_INT(flush_end(&f, "x", NULL), FAULT_NONE);
	TAP_OK(f == NULL);
	TAP_INT(flush_end(&f, "x", NULL), FAULT_NONE);
	TAP_INT(fsync(fd), 0);
	TAP_INT(lseek(fd, 0, SEEK_END), 54 * CHUNK);
	(void)close(fd);
	/* What cannot be brought to a disk is said at the end. */
	TAP_INT(pipe(pipes), 0);
	flush_reach(&f, pipes[1], 20 * CHUNK);
	flush_reach(&f, pipes[1], 60 * CHUNK);
	TAP_INT(flush_end(&f, "x", &why), FAULT_SYSTEM);
	TAP_OK(strstr(why.detail, "fdatasync") != NULL);
	TAP_OK(f == NULL);
	(void)close(pipes[0]);
	(void)close(pipes[1]);
	return TAP_DONE();
}
