/*
 * filter: numbers are looked up as in a tree, so that the longest list costs
 * about as much as a short one.  Arguments are looked at by their lower half:
 * all that we ask about are bits and numbers below 2^32, and the kernel itself
 * takes no more of them.
 */
#include "sys/filter.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LEAF 4 /* calls that are compared one by one */
#define CODE_MAX 1024

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define LOWER_HALF 0
#else
#define LOWER_HALF 4
#endif

struct program {
	struct sock_filter code[CODE_MAX];
	size_t n;
	uint32_t rest; /* what becomes of calls that are not in the list */
};

bool
filter_add(struct filter *f, const struct call *call)
{
	int number = seccomp_syscall_resolve_name(call->name);

	if (number < 0)
		return true;
	if (f->n == FILTER_CALLS)
		return false;
	f->call[f->n].number = (unsigned)number;
	f->call[f->n++].rule = call->rule;
	return true;
}

/* A full program is refused when it is loaded. */
static void
put(struct program *p, unsigned code, uint32_t k, uint8_t yes, uint8_t no)
{
	if (p->n < CODE_MAX)
		p->code[p->n] =
		    (struct sock_filter){ (uint16_t)code, yes, no, k };
	p->n++;
}

static void
put_return(struct program *p, uint32_t action)
{
	put(p, BPF_RET | BPF_K, action, 0, 0);
}

static void
put_argument(struct program *p, unsigned i)
{
	put(p, BPF_LD | BPF_W | BPF_ABS,
	    (uint32_t)(offsetof(struct seccomp_data, args) +
		i * sizeof(uint64_t) + LOWER_HALF),
	    0, 0);
}

/* Where glibc asks for a socket of another kind (a cache of names), it does
 * without when there is none. */
static void
put_internet(struct program *p)
{
	put_argument(p, 0);
	put(p, BPF_JMP | BPF_JEQ | BPF_K, AF_INET, 2, 0);
	put(p, BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 1, 0);
	put(p, BPF_JMP | BPF_JEQ | BPF_K, AF_NETLINK, 0, 1);
	put_return(p, SECCOMP_RET_ALLOW);
	put(p, BPF_JMP | BPF_JEQ | BPF_K, AF_UNIX, 0, 1);
	put_return(p, SECCOMP_RET_ERRNO | EAFNOSUPPORT);
	put_return(p, p->rest);
}

/* Allowed if some of the bits are set in an argument, or if none is. */
static void
put_bits(struct program *p, unsigned i, uint32_t bits, bool set)
{
	put_argument(p, i);
	put(p, BPF_JMP | BPF_JSET | BPF_K, bits, set ? 0 : 1, set ? 1 : 0);
	put_return(p, SECCOMP_RET_ALLOW);
	put_return(p, p->rest);
}

static void
put_rule(struct program *p, enum call_rule rule)
{
	switch (rule) {
	case CALL_ALLOWED:
		put_return(p, SECCOMP_RET_ALLOW);
		return;
	case CALL_THREAD:
		put_bits(p, 0, CLONE_THREAD, true);
		return;
	case CALL_NO_CODE:
		put_bits(p, 2, PROT_EXEC, false);
		return;
	case CALL_INTERNET:
		put_internet(p);
		return;
	case CALL_MISSING:
		put_return(p, SECCOMP_RET_ERRNO | ENOSYS);
		return;
	case CALL_DENIED:
		break;
	}
	put_return(p, SECCOMP_RET_ERRNO | EPERM);
}

static void
put_leaf(struct program *p, const struct filter *f, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		size_t at = p->n;

		put(p, BPF_JMP | BPF_JEQ | BPF_K, f->call[i].number, 0, 0);
		put_rule(p, f->call[i].rule);
		if (at < CODE_MAX)
			p->code[at].jf = (uint8_t)(p->n - at - 1);
	}
	put_return(p, p->rest);
}

/* Jumps of comparisons reach 255 steps only; the plain one any. */
static void
put_tree(struct program *p, const struct filter *f, size_t from, size_t to)
{
	size_t middle = from + (to - from) / 2, at;

	if (to - from <= LEAF) {
		put_leaf(p, f, from, to);
		return;
	}
	put(p, BPF_JMP | BPF_JGE | BPF_K, f->call[middle].number, 0, 1);
	at = p->n;
	put(p, BPF_JMP | BPF_JA, 0, 0, 0);
	put_tree(p, f, from, middle);
	if (at < CODE_MAX)
		p->code[at].k = (uint32_t)(p->n - at - 1);
	put_tree(p, f, middle, to);
}

/* Calls of another machine's kind, which have other numbers, are the end. */
static void
put_begin(struct program *p)
{
	put(p, BPF_LD | BPF_W | BPF_ABS,
	    (uint32_t)offsetof(struct seccomp_data, arch), 0, 0);
	put(p, BPF_JMP | BPF_JEQ | BPF_K, seccomp_arch_native(), 1, 0);
	put_return(p, SECCOMP_RET_KILL_PROCESS);
	put(p, BPF_LD | BPF_W | BPF_ABS,
	    (uint32_t)offsetof(struct seccomp_data, nr), 0, 0);
#if defined(__x86_64__)
	/* x32; but -1 is what a tracer puts in place of a call that it calls
	 * off, and is no call. */
	put(p, BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 2);
	put(p, BPF_JMP | BPF_JEQ | BPF_K, 0xffffffff, 1, 0);
	put_return(p, SECCOMP_RET_KILL_PROCESS);
#endif
}

static int
by_number(const void *a, const void *b)
{
	unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;

	return (x > y) - (x < y);
}

bool
filter_load(struct filter *f)
{
	struct program p;
	struct sock_fprog whole;

	p.n = 0;
	p.rest = f->allow_rest ? SECCOMP_RET_ALLOW : SECCOMP_RET_KILL_PROCESS;
	/* Each begins with its number. */
	qsort(f->call, f->n, sizeof(f->call[0]), by_number);
	put_begin(&p);
	put_tree(&p, f, 0, f->n);
	if (p.n > CODE_MAX) {
		errno = E2BIG;
		return false;
	}
	whole.len = (unsigned short)p.n;
	whole.filter = p.code;
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0U, &whole) == 0;
}
