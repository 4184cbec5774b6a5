/*
 * outpost: two orders, a courier or an end.  It is believed, and takes nothing
 * from anybody else.
 */
#include "remote/outpost.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/intl.h"
#include "remote/courier.h"
#include "sys/half.h"

struct outpost {
	struct half half;
};

/* Both ways: a pid, 0 in an order for a new one; the answer's status. */
struct word {
	int32_t pid;
	int32_t status;
};

/* ---- inside ---- */

/* A new courier; its line goes to whoever asked, if there is one. */
static enum fault
begin(const struct half *self, int memory)
{
	struct word word = { 0, 0 };
	struct line_message m = { &word, sizeof(word), sizeof(word), { -1 },
		1 };
	struct half courier;
	bool inside = false;
	enum fault f;

	if ((f = half_fork(&courier, &inside, NULL)) != FAULT_NONE) {
		m.n_fds = 0;
		return line_send(&self->line, &m, NULL);
	}
	if (inside) {
		courier_run(&courier, memory);
		half_leave();
	}
	word.pid = courier.pid;
	m.fd[0] = courier.line.fd;
	f = line_send(&self->line, &m, NULL);
	line_close(&courier.line);
	return f;
}

static enum fault
end(const struct half *self, pid_t pid)
{
	struct half courier = { { -1, 0 }, pid };
	struct word word = { pid, -1 };
	struct line_message m = { &word, sizeof(word), sizeof(word), { 0 }, 0 };
	int status = -1;

	/* How it ended is judged by who asked. */
	(void)!half_end(&courier, &status, NULL);
	word.status = status;
	return line_send(&self->line, &m, NULL);
}

static void
serve(struct half *self)
{
	struct word word;
	struct line_message m = { &word, sizeof(word), 0, { 0 }, 0 };
	enum fault f = FAULT_NONE;

	while (f == FAULT_NONE &&
	    (f = line_receive(&self->line, &m, NULL)) == FAULT_NONE) {
		if (m.n_fds == 1)
			f = begin(self, m.fd[0]);
		else
			f = end(self, word.pid);
		while (m.n_fds > 0)
			(void)close(m.fd[--m.n_fds]);
	}
}

/* ---- outside ---- */

enum fault
outpost_open(struct outpost **out, struct cause *why)
{
	struct outpost *o = calloc(1, sizeof(*o));
	bool inside = false;
	enum fault f;

	*out = NULL;
	if (o == NULL)
		return cause_memory(why);
	if ((f = half_fork(&o->half, &inside, why)) != FAULT_NONE) {
		free(o);
		return f;
	}
	if (inside) {
		/* One group, so that one signal reaches all that is outside;
		 * and a terminal's goes to us alone, who pass it on. */
		(void)setpgid(0, 0);
		half_shut(&o->half, NULL, 0);
		serve(&o->half);
		free(o);
		half_leave();
	}
	(void)setpgid(o->half.pid, o->half.pid);
	*out = o;
	return FAULT_NONE;
}

void
outpost_close(struct outpost *o)
{
	if (o == NULL)
		return;
	/* Nothing is left to be done for its sake. */
	(void)!half_end(&o->half, NULL, NULL);
	free(o);
}

static enum fault
ask(struct outpost *o, struct line_message *m, struct cause *why)
{
	/* It answers at once, whatever is asked of us. */
	struct line line = { o->half.line.fd, 0 };
	enum fault f;

	if ((f = line_send(&line, m, why)) == FAULT_NONE)
		f = line_receive(&line, m, why);
	if (f == FAULT_NONE && m->len != m->cap)
		f = cause_set(why, FAULT_SYSTEM,
		    N_("no process for the network can be had"));
	return f == FAULT_ABSENT
	    ? cause_set(why, FAULT_SYSTEM,
		  N_("no process for the network can be had"))
	    : f;
}

enum fault
outpost_send(struct outpost *o, int memory, struct line *line, pid_t *pid,
    struct cause *why)
{
	struct word word = { 0, 0 };
	struct line_message m = { &word, sizeof(word), sizeof(word), { memory },
		1 };
	enum fault f;

	*line = (struct line){ -1, 0 };
	if ((f = ask(o, &m, why)) != FAULT_NONE)
		return f;
	if (m.n_fds != 1)
		return cause_set(why, FAULT_SYSTEM,
		    N_("no process for the network can be had"));
	line->fd = m.fd[0];
	line->peer = -o->half.pid;
	*pid = word.pid;
	return FAULT_NONE;
}

enum fault
outpost_reap(struct outpost *o, pid_t pid, struct cause *why)
{
	struct word word = { pid, 0 };
	struct line_message m = { &word, sizeof(word), sizeof(word), { 0 }, 0 };
	enum fault f;

	if ((f = ask(o, &m, why)) != FAULT_NONE)
		return f;
	return half_verdict(word.status, why);
}
