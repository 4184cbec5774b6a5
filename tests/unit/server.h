/*
 * server: an sshd of the test's own on loopback, as root or an ordinary user,
 * with everything it needs under one temporary directory.
 */
#ifndef UNIT_SERVER_H
#define UNIT_SERVER_H

#include "tap.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "remote/remote.h"

#define SSHD "/usr/sbin/sshd"

static char base[128];
static char user[64];
static char client_key[160];

static inline void server_signal_sessions(pid_t pid, int sig);

struct server {
	pid_t pid;
	unsigned port;
	char dir[160];
	char url[256];
	char pin[512]; /* public host key line */
};

static inline void text_file(const char *path, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static inline void
text_file(const char *path, const char *fmt, ...)
{
	va_list ap;
	FILE *f = fopen(path, "w");

	va_start(ap, fmt);
	if (f == NULL || vfprintf(f, fmt, ap) < 0 || fclose(f) != 0)
		TAP_OK(strcmp("text_file", "failed") == 0);
	va_end(ap);
}

static inline bool
keygen(const char *type, const char *path, const char *passphrase)
{
	pid_t pid = fork();
	int status = 1;

	if (pid == 0) {
		execlp("ssh-keygen", "ssh-keygen", "-q", "-t", type, "-N",
		    passphrase, "-C", "", "-f", path, (char *)NULL);
		_exit(127);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static inline void
first_line(char *out, size_t cap, const char *path)
{
	FILE *f = fopen(path, "r");

	out[0] = '\0';
	if (f == NULL || fgets(out, (int)cap, f) == NULL)
		TAP_OK(strcmp("first_line", "failed") == 0);
	if (f != NULL)
		(void)fclose(f);
	out[strcspn(out, "\n")] = '\0';
}

/* A port that nothing listens on just now. */
static inline unsigned
free_port(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) != 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &len) != 0)
		TAP_OK(strcmp("free_port", "failed") == 0);
	(void)close(fd);
	return ntohs(a.sin_port);
}

static inline bool
can_connect(unsigned port)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int rc;

	a.sin_port = htons((uint16_t)port);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	rc = connect(fd, (struct sockaddr *)&a, sizeof(a));
	(void)close(fd);
	return rc == 0;
}

static inline pid_t
spawn_sshd(const char *config, const char *log)
{
	pid_t pid = fork();

	if (pid == 0) {
		int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);

		/* A test that dies takes its server along. */
		(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
		(void)dup2(fd, 2);
		execl(SSHD, SSHD, "-D", "-e", "-f", config, (char *)NULL);
		_exit(127);
	}
	return pid;
}

static inline void
pause_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	(void)nanosleep(&t, NULL);
}

static inline bool
server_start(
    struct server *s, const char *name, const char *key_type, const char *extra)
{
	char path[256];
	char config[256];

	(void)snprintf(s->dir, sizeof(s->dir), "%s/%s", base, name);
	(void)mkdir(s->dir, 0700);
	(void)snprintf(path, sizeof(path), "%s/root", s->dir);
	(void)mkdir(path, 0700);
	(void)snprintf(path, sizeof(path), "%s/host_key", s->dir);
	if (access(path, F_OK) != 0 && !keygen(key_type, path, ""))
		return false;
	(void)snprintf(path, sizeof(path), "%s/host_key.pub", s->dir);
	first_line(s->pin, sizeof(s->pin), path);
	(void)snprintf(config, sizeof(config), "%s/config", s->dir);
	(void)snprintf(path, sizeof(path), "%s/log", s->dir);
	for (int i = 0; i < 200; i++) {
		int status;

		if (i % 50 == 0) {
			s->port = free_port();
			text_file(config,
			    "%s\nPort %u\nListenAddress "
			    "127.0.0.1\nHostKey %s/host_key\nPidFile none\n"
			    "AuthorizedKeysFile %s.pub\nStrictModes no\n"
			    "UsePAM no\nPasswordAuthentication no\n"
			    "KbdInteractiveAuthentication no\n"
			    "Subsystem sftp internal-sftp\n",
			    extra, s->port, s->dir, client_key);
			s->pid = spawn_sshd(config, path);
		}
		if (can_connect(s->port))
			break;
		if (waitpid(s->pid, &status, WNOHANG) == s->pid)
			i += 50 - i % 50 - 1;
		pause_ms(50);
	}
	(void)snprintf(s->url, sizeof(s->url), "sftp://%s@127.0.0.1:%u%s/root",
	    user, s->port, s->dir);
	return can_connect(s->port);
}

static inline void
server_stop(struct server *s)
{
	if (s->pid > 0) {
		server_signal_sessions(s->pid, SIGCONT);
		server_signal_sessions(s->pid, SIGTERM);
		(void)kill(s->pid, SIGTERM);
		(void)waitpid(s->pid, NULL, 0);
	}
	s->pid = 0;
}

static inline struct remote *
open_with(const struct server *s, const char *const *pins, size_t n,
    enum fault want, struct cause *why)
{
	struct remote_job job = { .url = s->url,
		.ssh_key = client_key,
		.host_keys = pins,
		.n_host_keys = n };
	struct remote *r = NULL;

	cause_clear(why);
	TAP_INT(remote_open(&r, &job, why), want);
	if (why->fault != want || want != FAULT_NONE)
		printf("# %s\n", why->detail);
	TAP_OK((r != NULL) == (want == FAULT_NONE));
	return r;
}

static inline struct remote *
open_pinned(const struct server *s, enum fault want, struct cause *why)
{
	const char *pin = s->pin;

	return open_with(s, &pin, 1, want, why);
}

static inline void
in_root(char out[512], const struct server *s, const char *name)
{
	(void)snprintf(out, 512, "%s/root/%s", s->dir, name);
}

/* A descriptor of "size" bytes that differ from place to place. */
static inline int
pattern(size_t size, unsigned seed)
{
	char name[256];
	unsigned char *b = malloc(size + 1);
	int fd;

	(void)snprintf(name, sizeof(name), "%s/pattern", base);
	for (size_t i = 0; i < size; i++)
		b[i] = (unsigned char)((i * 2654435761U + seed) >> 13);
	fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || io_write(fd, b, size, name, NULL) != FAULT_NONE)
		TAP_OK(strcmp("pattern", "failed") == 0);
	free(b);
	(void)unlink(name);
	return fd;
}

/* Compares the file that lies on the server's disk. */
static inline bool
same(const struct server *s, const char *name, int fd, size_t size)
{
	struct buf got = BUF_MAX(64 * MIB);
	char full[512];
	unsigned char *want = malloc(size + 1);
	bool ok;

	in_root(full, s, name);
	ok = io_load(&got, AT_FDCWD, full, NULL) == FAULT_NONE &&
	    got.len == size && pread(fd, want, size, 0) == (ssize_t)size &&
	    (size == 0 || memcmp(got.data, want, size) == 0);
	free(want);
	buf_free(&got);
	return ok;
}

/* The processes that serve sessions; they have left the server's group. */
static inline void
server_signal_sessions(pid_t pid, int sig)
{
	char path[64];
	FILE *f;
	int child;

	(void)snprintf(path, sizeof(path), "/proc/%d/task/%d/children",
	    (int)pid, (int)pid);
	if ((f = fopen(path, "r")) == NULL)
		return;
	while (fscanf(f, "%d", &child) == 1) {
		server_signal_sessions(child, sig);
		(void)kill(child, sig);
	}
	(void)fclose(f);
}

/* Makes base, user and client key; false says why the test cannot run. */
static inline bool
server_setup(void)
{
	const char *tmp = getenv("TMPDIR");
	const struct passwd *pw = getpwuid(geteuid());

	if (access(SSHD, X_OK) != 0) {
		TAP_SKIP("no " SSHD " (package openssh-server)");
		return false;
	}
	(void)snprintf(base, sizeof(base), "%s/st-sshd-XXXXXX",
	    tmp != NULL && tmp[0] == '/' ? tmp : "/tmp");
	if (pw == NULL || mkdtemp(base) == NULL) {
		TAP_OK(strcmp("server_setup", "failed") == 0);
		return false;
	}
	(void)snprintf(user, sizeof(user), "%s", pw->pw_name);
	(void)snprintf(client_key, sizeof(client_key), "%s/client", base);
	if (geteuid() == 0)
		(void)mkdir("/run/sshd", 0755);
	TAP_OK(keygen("ed25519", client_key, ""));
	return true;
}

static inline void
server_clean(void)
{
	TAP_INT(io_remove_tree(AT_FDCWD, base, NULL), FAULT_NONE);
}

#endif
