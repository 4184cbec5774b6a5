/*
 * calls: allow-lists, found by tracing every test and reading the libraries.
 * Names are resolved for the machine's own architecture when the filter is
 * made; one that it does not have counts for nothing.
 */
#include "sys/calls.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct call opening[] = {
	/* its descriptors */
	{ "read", CALL_ALLOWED },
	{ "write", CALL_ALLOWED },
	{ "close", CALL_ALLOWED },
	{ "fstat", CALL_ALLOWED },
	{ "newfstatat", CALL_ALLOWED },
	{ "lseek", CALL_ALLOWED },
	{ "fsync", CALL_ALLOWED },
	{ "fdatasync", CALL_ALLOWED },
	/* files in its draft; nothing else can be reached by a name */
	{ "openat", CALL_ALLOWED },
	{ "openat2", CALL_ALLOWED },
	/* the answer */
	{ "poll", CALL_ALLOWED },
	{ "sendmsg", CALL_ALLOWED },
	/* memory */
	{ "brk", CALL_ALLOWED },
	{ "mmap", CALL_NO_CODE },
	{ "mprotect", CALL_NO_CODE },
	{ "munmap", CALL_ALLOWED },
	{ "mremap", CALL_ALLOWED },
	{ "madvise", CALL_ALLOWED },
	{ "mlock", CALL_ALLOWED },
	{ "munlock", CALL_ALLOWED },
	/* qsort of more than a kilobyte asks how much there is */
	{ "sysinfo", CALL_ALLOWED },
	/* threads */
	{ "clone", CALL_THREAD },
	{ "clone3", CALL_MISSING },
	{ "futex", CALL_ALLOWED },
	{ "set_robust_list", CALL_ALLOWED },
	{ "rseq", CALL_ALLOWED },
	{ "sched_getaffinity", CALL_ALLOWED },
	{ "sched_yield", CALL_ALLOWED },
	{ "exit", CALL_ALLOWED },
	{ "exit_group", CALL_ALLOWED },
	/* signals, and the end by one */
	{ "rt_sigprocmask", CALL_ALLOWED },
	{ "rt_sigaction", CALL_ALLOWED },
	{ "rt_sigreturn", CALL_ALLOWED },
	{ "restart_syscall", CALL_ALLOWED },
	{ "getpid", CALL_ALLOWED },
	{ "gettid", CALL_ALLOWED },
	{ "tgkill", CALL_ALLOWED },
	/* clock and chance, where the vDSO does not answer */
	{ "clock_gettime", CALL_ALLOWED },
	{ "getrandom", CALL_ALLOWED },
};

static const struct call network[] = {
	/* its descriptors */
	{ "read", CALL_ALLOWED },
	{ "write", CALL_ALLOWED },
	{ "pread64", CALL_ALLOWED },
	{ "close", CALL_ALLOWED },
	{ "fstat", CALL_ALLOWED },
	{ "newfstatat", CALL_ALLOWED },
	{ "lseek", CALL_ALLOWED },
	{ "fcntl", CALL_ALLOWED },
	{ "ioctl", CALL_ALLOWED },
	{ "openat", CALL_ALLOWED },
	/* sockets */
	{ "socket", CALL_INTERNET },
	{ "socketpair", CALL_ALLOWED },
	{ "connect", CALL_ALLOWED },
	{ "bind", CALL_ALLOWED },
	{ "getsockname", CALL_ALLOWED },
	{ "getpeername", CALL_ALLOWED },
	{ "getsockopt", CALL_ALLOWED },
	{ "setsockopt", CALL_ALLOWED },
	{ "shutdown", CALL_ALLOWED },
	{ "sendto", CALL_ALLOWED },
	{ "recvfrom", CALL_ALLOWED },
	{ "sendmsg", CALL_ALLOWED },
	{ "sendmmsg", CALL_ALLOWED },
	{ "recvmsg", CALL_ALLOWED },
	{ "poll", CALL_ALLOWED },
	/* our own domain, where names without dots are looked up */
	{ "uname", CALL_ALLOWED },
	/* memory */
	{ "brk", CALL_ALLOWED },
	{ "mmap", CALL_ALLOWED },
	{ "mprotect", CALL_ALLOWED },
	{ "munmap", CALL_ALLOWED },
	{ "mremap", CALL_MISSING },
	{ "madvise", CALL_ALLOWED },
	/* qsort of more than a kilobyte asks how much there is */
	{ "sysinfo", CALL_ALLOWED },
	/* threads */
	{ "clone", CALL_THREAD },
	{ "clone3", CALL_MISSING },
	{ "futex", CALL_ALLOWED },
	{ "set_robust_list", CALL_ALLOWED },
	{ "rseq", CALL_ALLOWED },
	{ "exit", CALL_ALLOWED },
	{ "exit_group", CALL_ALLOWED },
	/* signals */
	{ "rt_sigprocmask", CALL_ALLOWED },
	{ "rt_sigaction", CALL_ALLOWED },
	{ "rt_sigreturn", CALL_ALLOWED },
	{ "getpid", CALL_ALLOWED },
	/* clock and chance */
	{ "clock_gettime", CALL_ALLOWED },
	{ "getrandom", CALL_ALLOWED },
	/* what plug-ins that look up names may try: they give up, and the next
	 * is asked */
	{ "access", CALL_MISSING },
	{ "faccessat", CALL_MISSING },
	{ "faccessat2", CALL_MISSING },
	{ "readlink", CALL_MISSING },
	{ "readlinkat", CALL_MISSING },
	{ "getdents64", CALL_MISSING },
	{ "statfs", CALL_MISSING },
	{ "statx", CALL_MISSING },
	{ "prctl", CALL_MISSING },
	{ "ppoll", CALL_MISSING },
	{ "epoll_create1", CALL_MISSING },
	{ "eventfd2", CALL_MISSING },
	{ "pipe2", CALL_MISSING },
	{ "sched_getaffinity", CALL_MISSING },
};

static const struct call disk[] = {
	/* its descriptors */
	{ "read", CALL_ALLOWED },
	{ "write", CALL_ALLOWED },
	{ "pread64", CALL_ALLOWED },
	{ "pwrite64", CALL_ALLOWED },
	{ "close", CALL_ALLOWED },
	{ "fstat", CALL_ALLOWED },
	{ "newfstatat", CALL_ALLOWED },
	{ "lseek", CALL_ALLOWED },
	{ "fcntl", CALL_ALLOWED },
	{ "ftruncate", CALL_ALLOWED },
	{ "fadvise64", CALL_ALLOWED },
	{ "fchmod", CALL_ALLOWED },
	{ "fsync", CALL_ALLOWED },
	{ "fdatasync", CALL_ALLOWED },
	/* names below the drop's root */
	{ "openat", CALL_ALLOWED },
	{ "getdents64", CALL_ALLOWED },
	{ "mkdirat", CALL_ALLOWED },
	{ "renameat", CALL_ALLOWED },
	{ "renameat2", CALL_ALLOWED },
	{ "unlinkat", CALL_ALLOWED },
	/* orders and answers */
	{ "poll", CALL_ALLOWED },
	{ "sendmsg", CALL_ALLOWED },
	{ "recvmsg", CALL_ALLOWED },
	/* memory */
	{ "brk", CALL_ALLOWED },
	{ "mmap", CALL_NO_CODE },
	{ "mprotect", CALL_NO_CODE },
	{ "munmap", CALL_ALLOWED },
	{ "mremap", CALL_ALLOWED },
	{ "madvise", CALL_ALLOWED },
	/* qsort of more than a kilobyte asks how much there is */
	{ "sysinfo", CALL_ALLOWED },
	/* threads */
	{ "clone", CALL_THREAD },
	{ "clone3", CALL_MISSING },
	{ "futex", CALL_ALLOWED },
	{ "set_robust_list", CALL_ALLOWED },
	{ "rseq", CALL_ALLOWED },
	{ "exit", CALL_ALLOWED },
	{ "exit_group", CALL_ALLOWED },
	/* signals */
	{ "rt_sigprocmask", CALL_ALLOWED },
	{ "rt_sigaction", CALL_ALLOWED },
	{ "rt_sigreturn", CALL_ALLOWED },
	{ "getpid", CALL_ALLOWED },
	{ "tgkill", CALL_ALLOWED },
	/* clock and chance */
	{ "clock_gettime", CALL_ALLOWED },
	{ "getrandom", CALL_ALLOWED },
};

static const struct call control[] = {
	/* no network; its halves are reached by pairs made at once */
	{ "socket", CALL_DENIED },
	{ "connect", CALL_DENIED },
	{ "bind", CALL_DENIED },
	{ "listen", CALL_DENIED },
	{ "accept", CALL_DENIED },
	{ "accept4", CALL_DENIED },
	/* no other program, and no look into another process */
	{ "execve", CALL_DENIED },
	{ "execveat", CALL_DENIED },
	{ "ptrace", CALL_DENIED },
	{ "process_vm_readv", CALL_DENIED },
	{ "process_vm_writev", CALL_DENIED },
	{ "pidfd_getfd", CALL_DENIED },
	{ "kcmp", CALL_DENIED },
	/* no way round the filter, or out of the house */
	{ "io_uring_setup", CALL_DENIED },
	{ "io_uring_enter", CALL_DENIED },
	{ "io_uring_register", CALL_DENIED },
	{ "open_by_handle_at", CALL_DENIED },
	{ "mount", CALL_DENIED },
	{ "umount2", CALL_DENIED },
	{ "move_mount", CALL_DENIED },
	{ "open_tree", CALL_DENIED },
	{ "pivot_root", CALL_DENIED },
	{ "chroot", CALL_DENIED },
	{ "unshare", CALL_DENIED },
	{ "setns", CALL_DENIED },
	{ "bpf", CALL_DENIED },
	{ "perf_event_open", CALL_DENIED },
	{ "userfaultfd", CALL_DENIED },
	{ "add_key", CALL_DENIED },
	{ "request_key", CALL_DENIED },
	{ "keyctl", CALL_DENIED },
	{ "init_module", CALL_DENIED },
	{ "finit_module", CALL_DENIED },
	{ "kexec_load", CALL_DENIED },
	{ "personality", CALL_DENIED },
};

const struct call *
calls_list(enum wall wall, size_t *n)
{
	switch (wall) {
	case WALL_OPENING:
		*n = COUNT(opening);
		return opening;
	case WALL_NETWORK:
		*n = COUNT(network);
		return network;
	case WALL_DISK:
		*n = COUNT(disk);
		return disk;
	case WALL_CONTROL:
		break;
	}
	*n = COUNT(control);
	return control;
}

size_t
calls_allowed(enum wall wall)
{
	const struct call *list;
	size_t i, n, allowed = 0;

	list = calls_list(wall, &n);
	for (i = 0; i < n; i++)
		if (list[i].rule != CALL_MISSING && list[i].rule != CALL_DENIED)
			allowed++;
	return allowed;
}

const char *
calls_name(enum wall wall)
{
	switch (wall) {
	case WALL_OPENING:
		return "opening";
	case WALL_NETWORK:
		return "network";
	case WALL_DISK:
		return "disk";
	case WALL_CONTROL:
		break;
	}
	return "control";
}
