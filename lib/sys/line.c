/*
 * line: a pair of sequenced-packet sockets.  Messages keep their bounds, so
 * there is no half message to recover from; a longer one than the reader has
 * room for is a fault, not a surprise.
 */
#include "sys/line.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/intl.h"
#include "sys/process.h"

/* How soon a wish to stop is passed on, milliseconds. */
#define LINE_TICK 100

/* Room for the descriptors, aligned as the kernel wants it. */
union ancillary {
	struct cmsghdr align;
	char room[CMSG_SPACE(sizeof(int) * LINE_FDS)];
};

enum fault
line_pair(int end[2], struct cause *why)
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, end) != 0)
		return cause_system(why, "socketpair", "half");
	return FAULT_NONE;
}

void
line_close(struct line *l)
{
	if (l == NULL)
		return;
	if (l->fd >= 0)
		(void)close(l->fd);
	l->fd = -1;
}

static enum fault
gone(struct cause *why)
{
	return cause_set(why, FAULT_ABSENT, N_("the other process is gone"));
}

/* Waits for the line to be ready, passing a wish to stop on to the other side
 * again and again: one signal may come just before it waits. */
static void
wait_for(const struct line *l, short events)
{
	struct pollfd p = { l->fd, events, 0 };

	for (;;) {
		int n = poll(&p, 1, l->peer != 0 ? LINE_TICK : -1);

		if (n > 0 || (n < 0 && errno != EINTR))
			return;
		if (process_interrupted && l->peer != 0)
			(void)kill(l->peer, SIGTERM);
	}
}

enum fault
line_send(const struct line *l, const struct line_message *m, struct cause *why)
{
	struct iovec iov = { m->bytes, m->len };
	union ancillary a;
	struct msghdr h;
	ssize_t n;

	memset(&h, 0, sizeof(h));
	memset(&a, 0, sizeof(a));
	h.msg_iov = &iov;
	h.msg_iovlen = 1;
	if (m->n_fds > 0) {
		a.align.cmsg_level = SOL_SOCKET;
		a.align.cmsg_type = SCM_RIGHTS;
		a.align.cmsg_len = CMSG_LEN(sizeof(int) * m->n_fds);
		memcpy(CMSG_DATA(&a.align), m->fd, sizeof(int) * m->n_fds);
		h.msg_control = a.room;
		h.msg_controllen = CMSG_SPACE(sizeof(int) * m->n_fds);
	}
	while ((n = sendmsg(l->fd, &h, MSG_NOSIGNAL | MSG_DONTWAIT)) < 0) {
		if (errno == EAGAIN)
			wait_for(l, POLLOUT);
		else if (errno == EPIPE || errno == ECONNRESET)
			return gone(why);
		else if (errno != EINTR)
			return cause_system(why, "sendmsg", "half");
	}
	return FAULT_NONE;
}

/* Descriptors beyond those we have room for were closed by the kernel. */
static void
take_descriptors(struct msghdr *h, struct line_message *m)
{
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(h); c != NULL; c = CMSG_NXTHDR(h, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		m->n_fds = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		memcpy(m->fd, CMSG_DATA(c), sizeof(int) * m->n_fds);
	}
}

enum fault
line_receive(struct line *l, struct line_message *m, struct cause *why)
{
	struct iovec iov = { m->bytes, m->cap };
	union ancillary a;
	struct msghdr h;
	ssize_t n;

	m->len = m->n_fds = 0;
	do {
		memset(&h, 0, sizeof(h));
		h.msg_iov = &iov;
		h.msg_iovlen = 1;
		h.msg_control = a.room;
		h.msg_controllen = sizeof(a.room);
		wait_for(l, POLLIN);
		n = recvmsg(l->fd, &h, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	} while (n < 0 && (errno == EINTR || errno == EAGAIN));
	if (n == 0 || (n < 0 && errno == ECONNRESET))
		return gone(why);
	if (n < 0)
		return cause_system(why, "recvmsg", "half");
	take_descriptors(&h, m);
	m->len = (size_t)n;
	if ((h.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0)
		return FAULT_NONE;
	while (m->n_fds > 0)
		(void)close(m->fd[--m->n_fds]);
	return cause_set(why, FAULT_LARGER, N_("a message is too large"));
}

bool
line_ready(const struct line *l)
{
	struct pollfd p = { l->fd, POLLIN, 0 };

	return poll(&p, 1, 0) > 0;
}
