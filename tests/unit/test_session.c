/*
 * test_session: the wrong server, a server that refuses us, one that stops
 * answering, dies in the middle of a file or sits behind a proxy.
 */
#include "server.h"

#include <poll.h>
#include <pthread.h>

#include "remote/carry.h"
#include "remote/sftp.h"
#include "sys/process.h"

/* ---- who is there ---- */

static void
test_host_keys(const struct server *ed, const struct server *ec)
{
	struct cause why;
	const char *other[] = { ec->pin };
	const char *both[] = { ec->pin, "  ssh-rsa AAAAB3Nza", ed->pin };
	const char *rsa[] = { "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7" };
	const char *junk[] = { "", "ssh-ed25519", "ssh-ed25519 ", "x y z" };
	const char *cut[1];
	const char *mixed[1];
	const char *commented[1];
	char line[600];

	remote_close(open_pinned(ed, FAULT_NONE, &why));
	remote_close(open_pinned(ec, FAULT_NONE, &why));
	remote_close(open_with(ed, both, 3, FAULT_NONE, &why));
	/* Another type, another key of the same type, none. */
	remote_close(open_with(ed, other, 1, FAULT_HOST_KEY, &why));
	TAP_OK(strstr(why.detail, "shows ssh-ed25519 SHA256:") != NULL);
	TAP_OK(
	    strstr(why.detail, "pinned: ecdsa-sha2-nistp256 SHA256:") != NULL);
	remote_close(open_with(ed, NULL, 0, FAULT_HOST_KEY, &why));
	remote_close(open_with(ed, rsa, 1, FAULT_HOST_KEY, &why));
	remote_close(open_with(ed, junk, 4, FAULT_HOST_KEY, &why));
	(void)snprintf(line, sizeof(line), "%s root@example\n", ed->pin);
	commented[0] = line;
	remote_close(open_with(ed, commented, 1, FAULT_NONE, &why));
	/* One letter less, and one letter other. */
	(void)snprintf(
	    line, sizeof(line), "%.*s", (int)strlen(ed->pin) - 2, ed->pin);
	cut[0] = line;
	remote_close(open_with(ed, cut, 1, FAULT_HOST_KEY, &why));
	(void)snprintf(line, sizeof(line), "%s", ed->pin);
	line[40] = line[40] == 'A' ? 'B' : 'A';
	remote_close(open_with(ed, cut, 1, FAULT_HOST_KEY, &why));
	/* The right bytes under a wrong type name. */
	(void)snprintf(line, sizeof(line), "ecdsa-sha2-nistp256 %s",
	    strchr(ed->pin, ' ') + 1);
	mixed[0] = line;
	remote_close(open_with(ed, mixed, 1, FAULT_HOST_KEY, &why));
}

/* The fingerprint people see is the one ssh-keygen prints. */
static void
test_fingerprint(const struct server *ed, const struct server *ec)
{
	char command[300];
	char want[200] = "";
	struct cause why;
	FILE *f;

	(void)snprintf(command, sizeof(command),
	    "ssh-keygen -lf %s/host_key.pub | cut -d' ' -f2", ed->dir);
	if ((f = popen(command, "r")) != NULL) {
		if (fgets(want, sizeof(want), f) == NULL)
			want[0] = '\0';
		(void)pclose(f);
	}
	want[strcspn(want, "\n")] = '\0';
	remote_close(open_with(
	    ed, (const char *const[]){ ec->pin }, 1, FAULT_HOST_KEY, &why));
	TAP_OK(strlen(want) == 50 && strstr(why.detail, want) != NULL);
}

static void
test_login(const struct server *s)
{
	const char *pin = s->pin;
	struct remote_job job = {
		.url = s->url, .host_keys = &pin, .n_host_keys = 1
	};
	struct remote *r = NULL;
	struct cause why;
	char key[256];
	char url[300];

	cause_clear(&why);
	(void)snprintf(key, sizeof(key), "%s/stranger", base);
	TAP_OK(keygen("ed25519", key, ""));
	job.ssh_key = key;
	TAP_INT(remote_open(&r, &job, &why), FAULT_LOGIN);
	(void)snprintf(key, sizeof(key), "%s/locked", base);
	TAP_OK(keygen("ed25519", key, "secret"));
	TAP_INT(remote_open(&r, &job, &why), FAULT_LOGIN);
	text_file(key, "no key at all\n");
	TAP_INT(remote_open(&r, &job, &why), FAULT_LOGIN);
	(void)snprintf(key, sizeof(key), "%s/absent", base);
	TAP_INT(remote_open(&r, &job, &why), FAULT_LOGIN);
	TAP_OK(strstr(why.detail, "absent") != NULL);
	/* RSA would need SHA-1 here, which servers refuse. */
	(void)snprintf(key, sizeof(key), "%s/rsa", base);
	TAP_OK(keygen("rsa", key, ""));
	TAP_INT(remote_open(&r, &job, &why), FAULT_LOGIN);
	printf("# %s\n", why.detail);
	job.ssh_key = client_key;
	(void)snprintf(url, sizeof(url), "sftp://nobody-%d@127.0.0.1:%u%s/root",
	    (int)getpid(), s->port, s->dir);
	job.url = url;
	TAP_INT(remote_open(&r, &job, &why), FAULT_LOGIN);
	(void)snprintf(
	    url, sizeof(url), "sftp://127.0.0.1:%u%s/root", s->port, s->dir);
	job.user = user;
	TAP_INT(remote_open(&r, &job, &why), FAULT_NONE);
	remote_close(r);
	(void)snprintf(
	    url, sizeof(url), "sftp://127.0.0.1:%u%s/gone", s->port, s->dir);
	TAP_INT(remote_open(&r, &job, &why), FAULT_UNREACHABLE);
	TAP_OK(strstr(why.detail, "/gone") != NULL);
}

static void
test_unreachable(const struct server *etm)
{
	const char *pin = etm->pin;
	char url[64];
	struct remote_job job = { .url = url,
		.user = "x",
		.ssh_key = client_key,
		.host_keys = &pin,
		.n_host_keys = 1 };
	struct remote *r = NULL;
	struct cause why;

	(void)snprintf(url, sizeof(url), "sftp://127.0.0.1:%u/", free_port());
	TAP_INT(remote_open(&r, &job, &why), FAULT_UNREACHABLE);
	job.url = "sftp://host.invalid/";
	TAP_INT(remote_open(&r, &job, &why), FAULT_UNREACHABLE);
	job.proxy = "https://127.0.0.1:1";
	TAP_INT(remote_open(&r, &job, &why), FAULT_FORMAT);
	/* A server that offers only methods we do not take. */
	remote_close(open_pinned(etm, FAULT_UNREACHABLE, &why));
}

/* ---- what can happen on the way ---- */

static int64_t
now_ms(void)
{
	struct timespec t = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* A short wait, so that the test need not take a minute. */
static struct sftp *
open_short(const struct server *s, const char *proxy, enum fault want)
{
	const char *pin = s->pin;
	struct session_job job = { .host = "127.0.0.1",
		.port = s->port,
		.user = user,
		.ssh_key = client_key,
		.host_keys = &pin,
		.n_host_keys = 1,
		.proxy = proxy,
		.wait = 2 };
	struct sftp *sftp = NULL;
	struct cause why;
	char root[200];

	cause_clear(&why);
	(void)snprintf(root, sizeof(root), "%s/root", s->dir);
	TAP_INT(sftp_open(&sftp, &job, root, &why), want);
	if (why.fault != FAULT_NONE)
		printf("# %s\n", why.detail);
	return sftp;
}

/* Does something to the server's sessions a little later. */
struct later {
	pid_t server;
	pthread_t to; /* or a signal to a thread of ours, if server is 0 */
	long ms;
	int sig;
};

static void *
do_later(void *arg)
{
	const struct later *l = arg;

	pause_ms(l->ms);
	if (l->server > 0)
		server_signal_sessions(l->server, l->sig);
	else
		(void)pthread_kill(l->to, l->sig);
	return NULL;
}

static void
test_frozen(const struct server *s)
{
	struct sftp *sftp = open_short(s, NULL, FAULT_NONE);
	struct entry e;
	struct cause why;
	int64_t t = now_ms();

	cause_clear(&why);
	if (sftp == NULL)
		return;
	server_signal_sessions(s->pid, SIGSTOP);
	TAP_INT(sftp_look(sftp, "x", &e, &why), FAULT_UNREACHABLE);
	printf("# %s\n", why.detail);
	TAP_OK(now_ms() - t < 5000);
	/* Whatever follows does not wait again. */
	t = now_ms();
	TAP_INT(sftp_mkdir(sftp, "x", &why), FAULT_UNREACHABLE);
	sftp_close(sftp);
	TAP_OK(now_ms() - t < 1000);
	server_signal_sessions(s->pid, SIGCONT);
}

static void
test_stop_in_put(const struct server *s, int sig)
{
	const size_t size = 60 * MIB;
	int fd = pattern(size, 5);
	struct content c = { fd, NULL, size, NULL };
	struct later later = { s->pid, pthread_self(), 60, sig };
	struct sftp *sftp = open_short(s, NULL, FAULT_NONE);
	struct stat st = { 0 };
	struct cause why;
	pthread_t t;
	int64_t begin;
	char full[512];

	cause_clear(&why);
	if (sftp == NULL)
		return;
	in_root(full, s, "cut");
	TAP_INT(pthread_create(&t, NULL, do_later, &later), 0);
	begin = now_ms();
	TAP_INT(carry_put(sftp, "cut", &c, false, &why), FAULT_UNREACHABLE);
	printf("# %s\n", why.detail);
	sftp_close(sftp);
	TAP_OK(now_ms() - begin < 6000);
	(void)pthread_join(t, NULL);
	server_signal_sessions(s->pid, SIGKILL);
	TAP_INT(stat(full, &st), 0);
	TAP_OK(st.st_size < (off_t)size);
	printf("# cut after %lld bytes\n", (long long)st.st_size);
	/* A new session goes on and ends with the right bytes. */
	sftp = open_short(s, NULL, FAULT_NONE);
	TAP_INT(carry_put(sftp, "cut", &c, true, &why), FAULT_NONE);
	TAP_OK(same(s, "cut", fd, size));
	TAP_INT(sftp_remove(sftp, "cut", &why), FAULT_NONE);
	sftp_close(sftp);
	(void)close(fd);
}

static enum fault
kill_sessions(void *self, const void *bytes, size_t len, struct cause *why)
{
	const struct server *s = self;

	(void)bytes;
	(void)len;
	(void)why;
	server_signal_sessions(s->pid, SIGKILL);
	return FAULT_NONE;
}

static void
test_die_in_get(struct server *s)
{
	const size_t size = 20 * MIB;
	const struct carry_want want = { 0, size, true };
	const struct sink sink = { kill_sessions, s };
	int fd = pattern(size, 6);
	struct content c = { fd, NULL, size, NULL };
	struct sftp *sftp = open_short(s, NULL, FAULT_NONE);
	struct cause why;

	cause_clear(&why);
	if (sftp == NULL)
		return;
	TAP_INT(carry_put(sftp, "g", &c, false, &why), FAULT_NONE);
	TAP_INT(carry_get(sftp, "g", &want, sink, &why), FAULT_UNREACHABLE);
	printf("# %s\n", why.detail);
	sftp_close(sftp);
	(void)close(fd);
}

/* A signal ends a wait at once, and is not taken for a time-out. */
static void
test_interrupt(const struct server *s)
{
	struct later later = { 0, pthread_self(), 300, SIGTERM };
	struct sftp *sftp = open_short(s, NULL, FAULT_NONE);
	struct entry e;
	struct cause why;
	pthread_t t;
	int64_t begin = now_ms();

	cause_clear(&why);
	if (sftp == NULL)
		return;
	server_signal_sessions(s->pid, SIGSTOP);
	TAP_INT(pthread_create(&t, NULL, do_later, &later), 0);
	TAP_INT(sftp_look(sftp, "x", &e, &why), FAULT_INTERRUPTED);
	TAP_OK(now_ms() - begin < 1500);
	(void)pthread_join(t, NULL);
	process_interrupted = 0;
	sftp_close(sftp);
	server_signal_sessions(s->pid, SIGCONT);
}

static int
listen_on(unsigned *port)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) != 0 ||
	    listen(fd, 4) != 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &len) != 0)
		TAP_OK(strcmp("listen_on", "failed") == 0);
	*port = ntohs(a.sin_port);
	return fd;
}

/* Something accepts and says nothing, ever. */
static void
test_silent(const struct server *s)
{
	struct server mute = *s;
	struct later later = { 0, pthread_self(), 300, SIGTERM };
	pthread_t t;
	int fd = listen_on(&mute.port);
	int64_t begin = now_ms();

	sftp_close(open_short(&mute, NULL, FAULT_UNREACHABLE));
	TAP_OK(now_ms() - begin < 5000);
	TAP_INT(pthread_create(&t, NULL, do_later, &later), 0);
	begin = now_ms();
	sftp_close(open_short(&mute, NULL, FAULT_INTERRUPTED));
	TAP_OK(now_ms() - begin < 1800);
	(void)pthread_join(t, NULL);
	process_interrupted = 0;
	(void)close(fd);
}

/* An HTTP proxy that serves one CONNECT, or refuses it. */
struct proxy {
	int fd;
	unsigned target;
	bool refuse;
	char asked[128]; /* first line of the request */
};

static void
relay(int a, int b)
{
	struct pollfd p[2] = { { a, POLLIN, 0 }, { b, POLLIN, 0 } };
	char bytes[16384];

	while (poll(p, 2, -1) > 0) {
		for (int i = 0; i < 2; i++) {
			ssize_t n;

			if (p[i].revents == 0)
				continue;
			n = read(p[i].fd, bytes, sizeof(bytes));
			if (n <= 0 ||
			    io_write(p[1 - i].fd, bytes, (size_t)n, "relay",
				NULL) != FAULT_NONE)
				return;
		}
	}
}

static void *
run_proxy(void *arg)
{
	static const char yes[] = "HTTP/1.1 200 OK\r\nX-Noise: 1\r\n\r\n";
	static const char no[] = "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n";
	struct proxy *x = arg;
	struct sockaddr_in a = { .sin_family = AF_INET };
	int from = accept(x->fd, NULL, NULL);
	int to = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char head[1024] = "";
	size_t n = 0;

	while (n + 1 < sizeof(head) && strstr(head, "\r\n\r\n") == NULL &&
	    read(from, head + n, 1) == 1)
		n++;
	(void)snprintf(
	    x->asked, sizeof(x->asked), "%.*s", (int)strcspn(head, "\r"), head);
	a.sin_port = htons((uint16_t)x->target);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (x->refuse) {
		(void)!write(from, no, sizeof(no) - 1);
	} else if (connect(to, (struct sockaddr *)&a, sizeof(a)) == 0) {
		(void)!write(from, yes, sizeof(yes) - 1);
		relay(from, to);
	}
	(void)close(to);
	(void)close(from);
	return NULL;
}

static void
test_proxy(const struct server *s, bool refuse)
{
	struct proxy x = { .target = s->port, .refuse = refuse };
	struct entry e = { 0 };
	struct sftp *sftp;
	char url[64];
	char want[64];
	unsigned port = 0;
	pthread_t t;

	x.fd = listen_on(&port);
	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%u", port);
	(void)snprintf(
	    want, sizeof(want), "CONNECT 127.0.0.1:%u HTTP/1.1", s->port);
	TAP_INT(pthread_create(&t, NULL, run_proxy, &x), 0);
	sftp = open_short(s, url, refuse ? FAULT_UNREACHABLE : FAULT_NONE);
	if (sftp != NULL) {
		TAP_INT(sftp_look(sftp, "", &e, NULL), FAULT_NONE);
		TAP_OK(e.directory);
	}
	sftp_close(sftp);
	(void)pthread_join(t, NULL);
	(void)close(x.fd);
	TAP_STR(x.asked, want);
}

int
main(void)
{
	struct server ed = { 0 };
	struct server ec = { 0 };
	struct server etm = { 0 };

	if (!server_setup())
		return TAP_DONE();
	/* For its signal handlers. */
	TAP_INT(process_setup(NULL), FAULT_NONE);
	(void)setenv("http_proxy", "http://127.0.0.1:1", 1);
	(void)setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
	TAP_OK(server_start(&ed, "ed", "ed25519", ""));
	TAP_OK(server_start(&ec, "ec", "ecdsa", ""));
	TAP_OK(server_start(
	    &etm, "etm", "ed25519", "MACs hmac-sha2-256-etm@openssh.com"));
	test_host_keys(&ed, &ec);
	test_fingerprint(&ed, &ec);
	test_login(&ed);
	test_unreachable(&etm);
	test_frozen(&ed);
	test_stop_in_put(&ed, SIGKILL);
	test_stop_in_put(&ed, SIGSTOP);
	test_die_in_get(&ed);
	test_interrupt(&ed);
	test_silent(&ed);
	test_proxy(&ed, false);
	test_proxy(&ed, true);
	server_stop(&ed);
	server_stop(&ec);
	server_stop(&etm);
	server_clean();
	return TAP_DONE();
}
