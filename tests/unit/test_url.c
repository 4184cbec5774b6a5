/*
 * test_url: which addresses of drops are understood, and that every other form
 * is refused without repeating it.
 */
#include "tap.h"

#include <stdlib.h>

#include "base/cause.h"
#include "remote/remote.h"
#include "remote/url.h"

static void
good(const char *text, const char *user, const char *host, unsigned port,
    const char *path)
{
	struct cause why;
	struct url u = { .scheme = URL_FILE };

	cause_clear(&why);
	TAP_INT(url_parse(&u, text, &why), FAULT_NONE);
	TAP_STR(u.user, user);
	TAP_STR(u.host, host);
	TAP_INT(u.port, port);
	TAP_STR(u.path, path);
	TAP_INT(remote_url_check(text, NULL), FAULT_NONE);
}

static void
bad(const char *text)
{
	struct cause why;
	struct url u = { .port = 7 };

	cause_clear(&why);
	if (url_parse(&u, text, &why) != FAULT_FORMAT)
		printf("# %s\n", text);
	TAP_INT(why.fault, FAULT_FORMAT);
	TAP_INT(u.port, 7);
	TAP_OK(strstr(why.detail, "secret") == NULL);
}

int
main(void)
{
	static const char *const wrong[] = { "", "sftp", "sftp:", "sftp://",
		"sftp://host", "sftp:///path", "SFTP://host/path",
		"http://host/path", "scp://host/path", "sftp:/host/path",
		" sftp://host/path", "sftp://user:secret@host/path",
		"sftp://:secret@host/path", "sftp://@host/path",
		"sftp://user@/path", "sftp://host:/path", "sftp://host:0/path",
		"sftp://host:65536/path", "sftp://host:99999999999/path",
		"sftp://host:22x/path", "sftp://host:-1/path",
		"sftp://host:+22/path", "sftp://ho st/path",
		"sftp://ho%73t/path", "sftp://-oProxyCommand=x/path",
		"sftp://host\n/path", "sftp://::1/path", "sftp://[::1/path",
		"sftp://[host]/path", "sftp://[]/path", "sftp://[::1]x/path",
		"sftp://host/a/../b", "sftp://host/..", "sftp://host/./b",
		"sftp://host/%2e%2e/b", "sftp://host/a%2fb",
		"sftp://host/a%2Fb", "sftp://host/a%00b", "sftp://host/a%0ab",
		"sftp://host/a%7fb", "sftp://host/a%", "sftp://host/a%4",
		"sftp://host/a%zz", "sftp://host/a?b", "sftp://host/a#b",
		"sftp://host/a\tb", "sftp://us%2fer@host/path", "file:/tmp/x",
		"file://tmp/x", "file://localhost/x", "file://",
		"file:///a/../b" };
	char long_url[2048];

	good("sftp://host/path", "", "host", 22, "/path");
	good("sftp://kpu@sftp.example.go.id:2222/drop/kemlu", "kpu",
	    "sftp.example.go.id", 2222, "/drop/kemlu");
	good("sftp://host/", "", "host", 22, "/");
	good("sftp://host//a///b/", "", "host", 22, "/a/b");
	good("sftp://host/.hidden/..a/b..", "", "host", 22, "/.hidden/..a/b..");
	good("sftp://a%40b@host/with%20blank/%7Ex", "a@b", "host", 22,
	    "/with blank/~x");
	good("sftp://[2001:db8::7]:65535/x", "", "2001:db8::7", 65535, "/x");
	good("sftp://[::1]/x", "", "::1", 22, "/x");
	good("sftp://127.0.0.1:1/x", "", "127.0.0.1", 1, "/x");
	good("file:///srv/drop", "", "", 0, "/srv/drop");
	good("file:////srv/drop/", "", "", 0, "/srv/drop");
	good("file:///", "", "", 0, "/");

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		bad(wrong[i]);

	/* Bounds: one byte less than each maximum is taken. */
	memset(long_url, 'a', sizeof(long_url));
	memcpy(long_url, "sftp://", 7);
	strcpy(long_url + 7 + 256, "/x");
	bad(long_url);
	memset(long_url + 7, 'a', 300);
	strcpy(long_url + 7 + 255, "/x");
	TAP_INT(remote_url_check(long_url, NULL), FAULT_NONE);
	memset(long_url, 'a', sizeof(long_url));
	memcpy(long_url, "file:///", 8);
	long_url[7 + 1024] = '\0';
	bad(long_url);
	long_url[7 + 1023] = '\0';
	TAP_INT(remote_url_check(long_url, NULL), FAULT_NONE);
	memset(long_url, 'a', 100);
	memcpy(long_url, "sftp://", 7);
	strcpy(long_url + 7 + 65, "@host/x");
	bad(long_url);
	memset(long_url + 7, 'a', 80);
	strcpy(long_url + 7 + 64, "@host/x");
	TAP_INT(remote_url_check(long_url, NULL), FAULT_NONE);
	return TAP_DONE();
}
