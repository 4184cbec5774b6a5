/*
 * process: what a process gives up at its start: core files, being traced,
 * loose file modes.
 */
#include "sys/process.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

volatile sig_atomic_t process_interrupted = 0;

static void
note(int signal)
{
	(void)signal;
	process_interrupted = 1;
}

/* A closed standard descriptor would be given to the next file opened, and a
 * message meant for people would be written into it. */
static enum fault
fill_standard(struct cause *why)
{
	int fd;

	do {
		if ((fd = open("/dev/null", O_RDWR)) < 0)
			return cause_system(why, "open", "/dev/null");
	} while (fd <= 2);
	(void)close(fd);
	return FAULT_NONE;
}

enum fault
process_listen(struct cause *why)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	(void)sigemptyset(&sa.sa_mask);
	sa.sa_handler = SIG_IGN;
	if (sigaction(SIGPIPE, &sa, NULL) != 0)
		return cause_system(why, "sigaction", "SIGPIPE");
	sa.sa_handler = note;
	if (sigaction(SIGINT, &sa, NULL) != 0 ||
	    sigaction(SIGTERM, &sa, NULL) != 0)
		return cause_system(why, "sigaction", "SIGTERM");
	return FAULT_NONE;
}

enum fault
process_setup(struct cause *why)
{
	const struct rlimit none = { 0, 0 };
	enum fault f;

	(void)umask(077);
	if (setrlimit(RLIMIT_CORE, &none) != 0)
		return cause_system(why, "setrlimit", "core");
	/* Keys are in memory: nobody of the same user may attach or dump. */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return cause_system(why, "prctl", "dumpable");
	if ((f = process_listen(why)) != FAULT_NONE)
		return f;
	return fill_standard(why);
}
