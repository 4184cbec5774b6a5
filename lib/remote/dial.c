/*
 * dial: libcurl connects, and nothing else: CONNECT_ONLY leaves a plain socket
 * behind a proxy.  The easy handle owns that socket and so lives as long.
 */
#include "remote/dial.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/intl.h"
#include "sys/process.h"

struct dial {
	CURL *curl;
	curl_socket_t fd;
	char error[CURL_ERROR_SIZE];
};

/* libcurl must be set up once for the process, before any handle. */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static CURLcode once_code = CURLE_FAILED_INIT;

static void
set_up(void)
{
	once_code = curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* A proxy's own words are not for us, and must not reach stdout. */
static size_t
discard(char *bytes, size_t size, size_t n, void *self)
{
	(void)bytes;
	(void)self;
	return size * n;
}

/* Called at least once a second: lets a signal end the attempt. */
static int
stop_asked(void *self, curl_off_t down_total, curl_off_t down,
    curl_off_t up_total, curl_off_t up)
{
	(void)self;
	(void)down_total;
	(void)down;
	(void)up_total;
	(void)up;
	return process_interrupted ? 1 : 0;
}

/* An https:// proxy would keep the bytes inside libcurl's TLS, where libssh2
 * can not read them; others were never asked for. */
static bool
proxy_ok(const char *proxy)
{
	static const char *const schemes[] = { "http://", "socks5://",
		"socks5h://" };

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		size_t n = strlen(schemes[i]);

		if (strncmp(proxy, schemes[i], n) == 0 && proxy[n] != '\0')
			return true;
	}
	return false;
}

static CURLcode
set_options(struct dial *d, const struct dial_job *job)
{
	/* "" switches the environment's proxies off. */
	const char *proxy = job->proxy != NULL ? job->proxy : "";
	bool v6 = strchr(job->host, ':') != NULL;
	char url[320];
	CURL *c = d->curl;
	CURLcode rc;
	int n;

	n = snprintf(url, sizeof(url), v6 ? "http://[%s]:%u/" : "http://%s:%u/",
	    job->host, job->port);
	if (n < 0 || (size_t)n >= sizeof(url))
		return CURLE_URL_MALFORMAT;
	if ((rc = curl_easy_setopt(c, CURLOPT_URL, url)) != CURLE_OK ||
	    (rc = curl_easy_setopt(c, CURLOPT_PROXY, proxy)) != CURLE_OK ||
	    (rc = curl_easy_setopt(c, CURLOPT_NOPROXY, "")) != CURLE_OK ||
	    (rc = curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http")) !=
		CURLE_OK)
		return rc;
	/* These cannot fail: they take numbers and addresses. */
	(void)curl_easy_setopt(c, CURLOPT_CONNECT_ONLY, 1L);
	(void)curl_easy_setopt(c, CURLOPT_HTTPPROXYTUNNEL, 1L);
	(void)curl_easy_setopt(c, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	(void)curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, discard);
	(void)curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, discard);
	/* No SIGALRM for slow name servers: threads would not survive it. */
	(void)curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)job->wait);
	(void)curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)job->wait);
	(void)curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
	(void)curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, stop_asked);
	(void)curl_easy_setopt(c, CURLOPT_ERRORBUFFER, d->error);
	return CURLE_OK;
}

static enum fault
connect_fault(const struct dial *d, const struct dial_job *job, CURLcode rc,
    struct cause *why)
{
	if (process_interrupted)
		return cause_set(why, FAULT_INTERRUPTED,
		    N_("stopped while connecting to %s"), job->host);
	if (rc == CURLE_OUT_OF_MEMORY)
		return cause_memory(why);
	return cause_set(why, FAULT_UNREACHABLE,
	    N_("cannot connect to %s port %u: %s"), job->host, job->port,
	    d->error[0] != '\0' ? d->error : curl_easy_strerror(rc));
}

/*
 * Small packets go at once (the pipeline of requests is ours), and a peer that
 * vanished without a word is noticed within "wait" even when nothing is sent.
 */
static enum fault
set_socket(int fd, unsigned wait, struct cause *why)
{
	static const int one = 1;
	static const int idle = 20;
	static const int interval = 10;
	static const int count = 3;
	unsigned ms = wait * 1000;

	if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) != 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof(one)) != 0 ||
	    setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof(idle)) !=
		0 ||
	    setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval,
		sizeof(interval)) != 0 ||
	    setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof(count)) !=
		0 ||
	    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof(ms)) != 0)
		return cause_system(why, "setsockopt", "socket");
	return FAULT_NONE;
}

enum fault
dial_open(struct dial **out, const struct dial_job *job, struct cause *why)
{
	struct dial *d = NULL;
	enum fault f = FAULT_NONE;
	CURLcode rc;

	*out = NULL;
	/* The proxy's URL may hold a password: it is never repeated. */
	if (job->proxy != NULL && !proxy_ok(job->proxy))
		return cause_set(why, FAULT_FORMAT,
		    N_("a proxy is given as "
		       "http://host:port, socks5:// or socks5h://"));
	(void)pthread_once(&once, set_up);
	if (once_code != CURLE_OK)
		return cause_set(why, FAULT_SYSTEM,
		    N_("libcurl cannot be used: %s"),
		    curl_easy_strerror(once_code));
	if ((d = calloc(1, sizeof(*d))) == NULL)
		return cause_memory(why);
	d->fd = CURL_SOCKET_BAD;
	if ((d->curl = curl_easy_init()) == NULL) {
		f = cause_memory(why);
		goto out;
	}
	if ((rc = set_options(d, job)) != CURLE_OK ||
	    (rc = curl_easy_perform(d->curl)) != CURLE_OK ||
	    (rc = curl_easy_getinfo(d->curl, CURLINFO_ACTIVESOCKET, &d->fd)) !=
		CURLE_OK ||
	    d->fd == CURL_SOCKET_BAD) {
		f = connect_fault(d, job, rc, why);
		goto out;
	}
	if ((f = set_socket(d->fd, job->wait, why)) != FAULT_NONE)
		goto out;
	*out = d;
	d = NULL;
out:
	dial_close(d);
	return f;
}

int
dial_socket(const struct dial *d)
{
	return d->fd;
}

void
dial_cork(const struct dial *d, bool corked)
{
	int on = corked;

	(void)setsockopt(
	    dial_socket(d), IPPROTO_TCP, TCP_CORK, &on, sizeof(on));
}

void
dial_shutdown(struct dial *d)
{
	if (d->fd != CURL_SOCKET_BAD)
		(void)shutdown(d->fd, SHUT_RDWR);
}

void
dial_close(struct dial *d)
{
	if (d == NULL)
		return;
	curl_easy_cleanup(d->curl);
	free(d);
}
