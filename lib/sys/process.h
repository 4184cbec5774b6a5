/*
 * process: what a process gives up at its start.
 */
#ifndef SYS_PROCESS_H
#define SYS_PROCESS_H

#include <signal.h>

#include "base/cause.h"

/* Set by SIGINT and SIGTERM; looked at between chunks. */
extern volatile sig_atomic_t process_interrupted;

/*
 * No core files, not dumpable, umask 077, SIGPIPE ignored, SIGINT and SIGTERM
 * noted, descriptors 0 to 2 open (on /dev/null if need be).
 */
enum fault process_setup(struct cause *why) FAULT_CHECKED;
/* The part of it that is about signals. */
enum fault process_listen(struct cause *why) FAULT_CHECKED;

#endif
