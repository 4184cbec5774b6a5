/*
 * fate: what the driver decides and the preloaded library carries out, in one
 * page of memory that both share, and with them every thread and every process
 * that the program forks.
 */
#ifndef FAKE_FATE_H
#define FAKE_FATE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <sys/types.h>

/* Names the inherited descriptor of the page. */
#define FATE_FD "SERAHTERIMA_FATE_FD"

/* Kinds of calls; a point is a call of one of the kinds asked for. */
enum fate_kind {
	FATE_MEMORY = 1 << 0,  /* malloc and its kin, anonymous mmap */
	FATE_PROCESS = 1 << 1, /* fork, pthread_create */
	FATE_OPEN = 1 << 2,    /* a descriptor of what exists; directories */
	FATE_CREATE = 1 << 3,  /* open with O_CREAT */
	FATE_CLOSE = 1 << 4,
	FATE_READ = 1 << 5,
	FATE_WRITE = 1 << 6, /* not to standard output and error */
	FATE_SYNC = 1 << 7,
	FATE_RENAME = 1 << 8, /* and link */
	FATE_MKDIR = 1 << 9,
	FATE_UNLINK = 1 << 10,
	FATE_CHANGE = 1 << 11, /* size and mode */
	FATE_WAIT = 1 << 12,   /* flock, poll, a message between processes */
	FATE_RANDOM = 1 << 13,
	FATE_LIST = 1 << 14 /* readdir */
};

/* What happens instead of an error of errno. */
#define FATE_SHORT -1 /* half of the bytes are read or written */
#define FATE_KILL -2  /* the program is killed, with all its processes */
#define FATE_DIE -3   /* the process is killed that makes the call */

struct fate {
	/* by the driver */
	unsigned kinds;
	int error; /* of errno, or FATE_... */
	long nth;  /* from 1; 0: only counts */
	bool lasting;

	/* by the library */
	atomic_long count;
	atomic_long hits;
	_Atomic pid_t main; /* the process that was started */
	atomic_int stuck;   /* another process waits to be killed */
	int open;           /* descriptors at the end */
	char where[160];    /* the first call that was hit, and its file */
};

#endif
